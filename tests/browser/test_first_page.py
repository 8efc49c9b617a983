"""The first load of a page stays small; how long it takes is for `make first-page` on a quiet machine."""

from __future__ import annotations

import subprocess
import sys

from conftest import ROOT

from dashboard.settings import Settings


def test_a_page_opens_with_few_requests_and_bytes(demo: Settings) -> None:
    command = [sys.executable, ROOT / "tests" / "load" / "first_page.py", demo.home, "/"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    lines = [line.split(", ") for line in done.stdout.splitlines() if line.startswith("/, ")]
    assert [line[1].partition(":")[0] for line in lines] == ["no limit", "9 Mbit/s"]
    for *_, requests, sent in lines:
        assert 20 < int(requests.split()[0]) < 60
        assert 500 < int(sent.split()[0]) < 1_200  # kB
