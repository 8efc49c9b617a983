"""A home kept in one file comes back as it was."""

from __future__ import annotations

import io
import resource
import shutil
import sqlite3
import tarfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from test_reliability import SCOPE, a_home

from dashboard import elsewhere, snapshots
from dashboard.__main__ import main
from dashboard.backup import back_up, restore
from dashboard.build import import_files
from dashboard.catalogue import Catalogue
from dashboard.errors import DashboardError, SettingsError
from dashboard.settings import Settings
from dashboard.store import store_of
from dashboard.warehouse import Warehouse


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, catalogue: Catalogue) -> Settings:
    found = a_home(tmp_path_factory.mktemp("backup"), catalogue, 1, 2)
    store_of(found).add_note("s", "/?stream=s", "Written before the backup")
    (found.home / "plan.toml").write_text("", encoding="utf-8")
    (found.home / "maps").mkdir()
    (found.home / "maps" / "a.toml").write_text("[map]\n", encoding="utf-8")
    return found


@pytest.fixture(scope="module")
def kept(home: Settings) -> Path:
    target = home.home.parent / "backup.tar.gz"
    back_up(home, target)
    return target


def test_what_was_kept_comes_back(home: Settings, kept: Path, tmp_path: Path, catalogue: Catalogue) -> None:
    other = replace(home, home=tmp_path / "other")
    restore(other, kept)
    for name in ("plan.toml", "maps/a.toml", "warehouse/people.key"):
        assert (other.home / name).read_bytes() == (home.home / name).read_bytes()
    warehouse = Warehouse(other.warehouse, catalogue)
    assert warehouse.ask("metrics.throughput", SCOPE)["value"].tolist() == [2] and warehouse.fault is None
    assert [note.text for note in store_of(other).notes("s")] == ["Written before the backup"]
    assert not [path for path in other.home.iterdir() if path.name.startswith("tmp")]
    assert snapshots.current(other.warehouse).name == "000002"


def test_what_lies_elsewhere_is_not_in_it_and_named(home: Settings, tmp_path: Path) -> None:
    def told(to: str) -> str:
        return CliRunner().invoke(main, ["--home", str(home.home), "backup", str(tmp_path / to)]).output

    assert "Not in it" not in told("whole.tar.gz")
    marker = snapshots.current(home.warehouse) / elsewhere.FILE
    elsewhere.write(marker.parent, elsewhere.Elsewhere(tmp_path / "storage", frozenset(("marts.visits",))))
    try:
        assert f"Not in it: marts.visits. They lie in {tmp_path / 'storage'}: keep that too." in told("part.tar.gz")
    finally:
        marker.unlink()


def test_it_is_for_the_owner_only(kept: Path) -> None:
    assert kept.stat().st_mode & 0o777 == 0o600


def test_a_store_that_is_written_to_meanwhile_is_kept_whole(home: Settings, tmp_path: Path) -> None:
    with sqlite3.connect(home.home / "store.sqlite") as writer:
        writer.execute("begin immediate")
        back_up(home, tmp_path / "second.tar.gz")
        writer.rollback()
    other = replace(home, home=tmp_path / "other")
    restore(other, tmp_path / "second.tar.gz")
    assert len(store_of(other).notes("s")) == 1


def test_nothing_is_written_over(home: Settings, kept: Path) -> None:
    with pytest.raises(SettingsError, match="is there already"):
        back_up(home, kept)
    with pytest.raises(SettingsError, match="is not empty"):
        restore(home, kept)


def test_a_backup_that_can_not_be_written_leaves_nothing(home: Settings, tmp_path: Path) -> None:
    """The file is written beside its place: no one finds half of it, and the next backup is not in its way."""
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, limit[1]))
    try:
        with pytest.raises(SettingsError, match=r"could not be written: (File too large|disk I/O error)\."):
            back_up(home, tmp_path / "b.tar.gz")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
    assert not list(tmp_path.iterdir())
    with pytest.raises(SettingsError, match="could not be written"):
        back_up(home, tmp_path / "nowhere" / "b.tar.gz")
    back_up(home, tmp_path / "b.tar.gz")
    assert [path.name for path in tmp_path.iterdir()] == ["b.tar.gz"]


def test_a_home_whose_first_import_was_refused_is_empty(
    home: Settings, kept: Path, tmp_path: Path, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = replace(home, home=tmp_path / "other")
    with pytest.raises(DashboardError):
        import_files([tmp_path / "none.csv"], other, catalogue)
    (other.warehouse / "people.key").write_text("of nobody", encoding="ascii")
    (other.home / "maps").mkdir()
    (other.home / "maps" / "a.svg").write_text("drawn", encoding="utf-8")
    # In the place of the last file: what was moved before it goes back.
    (in_the_way := other.warehouse / "snapshots" / "000002" / "warehouse.duckdb" / "folder").mkdir(parents=True)
    in_the_way.parent.parent.rename(away := other.home / "away")
    monkeypatch.setattr(snapshots, "verify", lambda _: away.exists() and away.rename(in_the_way.parent.parent))
    monkeypatch.setattr(snapshots, "is_empty", lambda _: True)
    with pytest.raises(SettingsError, match=r"could not be written: (Is a directory|Directory not empty)"):
        restore(other, kept)
    monkeypatch.undo()
    left = {path.name for path in other.home.rglob("*") if path.is_file()}
    assert left == {"a.svg", "LOCK"}  # a key that names nobody is made anew
    shutil.rmtree(in_the_way.parent.parent)
    restore(other, kept)
    assert (other.warehouse / "people.key").read_bytes() == (home.warehouse / "people.key").read_bytes()
    assert Warehouse(other.warehouse, catalogue).ask("metrics.throughput", SCOPE)["value"].tolist() == [2]


HOSTILE: Mapping[str, str] = {"../outside": "file", "/tmp/outside": "file", "link": "link"}  # noqa: S108 - must not be written


@pytest.mark.parametrize("name", HOSTILE)
def test_a_file_that_would_write_elsewhere_is_refused(name: str, home: Settings, tmp_path: Path) -> None:
    path = tmp_path / "hostile.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        member = tarfile.TarInfo(name)
        if HOSTILE[name] == "link":
            member.type, member.linkname = tarfile.SYMTYPE, "/etc/passwd"
        else:
            member.size = 1
        archive.addfile(member, io.BytesIO(b"x"))
    other = replace(home, home=tmp_path / "other")
    with pytest.raises(DashboardError):
        restore(other, path)
    assert not list(other.home.iterdir()) and not (tmp_path / "outside").exists()


def test_a_backup_that_is_cut_is_refused(home: Settings, kept: Path, tmp_path: Path) -> None:
    content = kept.read_bytes()
    for share in (0, 0.2, 0.9, 0.999):
        path = tmp_path / "cut.tar.gz"
        path.write_bytes(content[: int(len(content) * share)])
        other = replace(home, home=tmp_path / f"other{share}")
        with pytest.raises(DashboardError):
            restore(other, path)
        assert not list(other.home.iterdir())
