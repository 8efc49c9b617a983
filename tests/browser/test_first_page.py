"""The first load of a page stays small; how long it takes is for `make first-page` on a quiet machine."""

from __future__ import annotations

import subprocess

from conftest import ROOT

from dashboard.settings import Settings


def test_a_page_opens_with_few_requests_and_bytes(demo: Settings) -> None:
    done = subprocess.run(["make", "first-page", f"PAGE={demo.home} /"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    lines = [line.split(", ") for line in done.stdout.splitlines() if line.startswith("/, ")]
    assert [line[1].partition(":")[0] for line in lines] == ["no limit", "9 Mbit/s"]
    for *_, requests, sent in lines:
        assert 20 < int(requests.split()[0]) < 50
        assert 500 < int(sent.split()[0]) < 1_000  # kB
