"""`make load` works; what it measures is for a quiet machine."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from conftest import ROOT


def test_readers_are_answered_while_an_import_publishes(tmp_path: Path) -> None:
    asked = f"LOAD=--size 2000 --users 3 --rate 3 --minutes 0.2 --imports 1 --folder {tmp_path}"
    done = subprocess.run(["make", "load", asked], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    count, failed = map(int, re.findall(r"(\d+) requests, (\d+) failed", done.stdout)[0])
    assert count > 10 and failed == 0
    assert len(re.findall(r"^worker \d+: ", done.stdout, re.MULTILINE)) == 2
