"""Folders that the workers of one server share: what a killed server leaves, the next one removes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from conftest import ROOT

from dashboard import shared_folders

PREFIX = "vsm-test-"
HOLD = f"from dashboard import shared_folders; print(shared_folders.new({PREFIX!r})[0], flush=True); input()"


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(shared_folders, "STARTING_SECONDS", 0)


def another(tmp_path: Path) -> tuple[subprocess.Popen[str], Path]:
    """A server of its own, and its folder."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "TMPDIR": str(tmp_path), "PYTHONPATH": str(ROOT)},
    )
    assert process.stdout
    line = process.stdout.readline().strip()
    assert line
    folder = Path(line)
    (folder / "page").write_text("kept", encoding="ascii")
    return process, folder


def test_a_folder_in_use_is_left_alone_and_one_of_a_killed_server_goes(tmp_path: Path) -> None:
    process, folder = another(tmp_path)
    mine, held = shared_folders.new(PREFIX)
    assert (folder / "page").exists()
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert list(shared_folders.left_over(PREFIX)) == [folder]
    os.close(shared_folders.new(PREFIX)[1])
    assert not folder.exists()
    assert mine.exists()
    os.close(held)


def test_a_folder_that_was_just_made_may_be_of_one_who_starts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / f"{PREFIX}new").mkdir()
    monkeypatch.setattr(shared_folders, "STARTING_SECONDS", 60)
    assert not list(shared_folders.left_over(PREFIX))
    monkeypatch.setattr(shared_folders, "STARTING_SECONDS", 0)
    assert list(shared_folders.left_over(PREFIX)) == [tmp_path / f"{PREFIX}new"]


def test_nothing_is_followed_that_only_looks_like_a_folder(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / f"{PREFIX}link").symlink_to(tmp_path / "elsewhere")
    (tmp_path / f"{PREFIX}file").write_text("", encoding="ascii")
    assert not list(shared_folders.left_over(PREFIX))
