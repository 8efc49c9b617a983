"""Data that would run, load or lead away, on every page: they are shown as they are written, and do nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from playwright.sync_api import Page, expect

from dashboard.build import Options, import_files
from dashboard.catalogue import Catalogue
from dashboard.pages import PAGES
from dashboard.settings import Settings
from tests.browser.conftest import served

IMAGE = "<img src=x onerror=window.pwned=1>"
LINK = "<a href='javascript:window.pwned=1'>x</a>"
SCRIPT = "</script><script>window.pwned=1</script>"
ELSEWHERE = "<img src=//evil.example/x><b>bold</b>"
FORMULA = '=HYPERLINK("http://evil.example","x")'
STATES = ("Open", f"Doing {IMAGE}", f"Review {SCRIPT}", f"Done {ELSEWHERE}")


def quoted(*cells: str) -> str:
    return ",".join('"' + cell.replace('"', '""') + '"' for cell in cells)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory, catalogue: Catalogue) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("hostile")
    items, moves = ["item_id,title,type,team,labels,priority,created_at"], ["item_id,occurred_at,to_state"]
    deployments = ["deployment_id,service,deployed_at,succeeded"]
    incidents = ["incident_id,service,severity,started_at,restored_at"]
    for number in range(1, 41):
        key, day = f"K{number}{IMAGE}", f"2024-01-{1 + number % 28:02}"
        team, kind = f"Team {LINK if number % 2 else SCRIPT}", f"Story {ELSEWHERE}"
        items.append(quoted(key, f"{FORMULA}{IMAGE}", kind, team, f"{LINK}|{IMAGE}", SCRIPT, f"{day}T08:00:00Z"))
        last = 4 if number % 5 else 3
        moves += [quoted(key, f"2024-0{1 + step}-{1 + number % 28:02}T09:00:00Z", STATES[step]) for step in range(last)]
        deployments.append(
            quoted(f"D{number}{IMAGE}", f"Service {LINK}", f"2024-03-{1 + number % 28:02}T10:00:00Z", "true")
        )
    incidents.append(quoted(f"I{SCRIPT}", f"Service {LINK}", IMAGE, "2024-03-10T11:00:00Z", "2024-03-10T12:00:00Z"))
    tables = {"items": items, "transitions": moves, "deployments": deployments, "incidents": incidents}
    for name, rows in tables.items():
        (folder / f"{name}.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    home = Settings(home=folder / "home")
    import_files([folder / f"{name}.csv" for name in tables], home, catalogue, Options(stream="hostile"))
    with served(home.home) as found:
        yield found


@pytest.mark.parametrize("shown", PAGES, ids=lambda shown: Path(shown.__file__).stem)
def test_no_page_runs_loads_or_follows_what_stands_in_the_data(
    shown: ModuleType, address: str, clean_page: Page
) -> None:
    """The fixture fails on a message in the console, such as of the Content-Security-Policy, and on other hosts."""
    clean_page.on("dialog", lambda dialog: pytest.fail(dialog.message))
    clean_page.goto(address + shown.PATH)
    expect(clean_page.locator("#main")).to_be_visible(timeout=60_000)
    clean_page.wait_for_load_state("networkidle", timeout=60_000)
    clean_page.wait_for_timeout(1_500)
    assert clean_page.evaluate("window.pwned") is None
    assert clean_page.locator("#main img[src='x'], #main a[href^='javascript']").count() == 0
    if shown.PATH in ("/explore", "/timeline"):
        assert "onerror" in clean_page.locator("#main").inner_text()
