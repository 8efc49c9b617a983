"""The plan changed in a browser: from a link, by two people at once, from a CSV; nothing is lost."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from browser.conftest import assert_nobody_is_kept_out, served
from dashboard.settings import Settings

LINK = "new=initiative&strategy=establish-flow&stage=Testing&metric=lead_time&stream=bank"


@pytest.fixture(scope="module")
def home(demo: Settings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's home, to be written in."""
    home = tmp_path_factory.mktemp("plan") / "home"
    shutil.copytree(demo.home, home)
    return home


@pytest.fixture(scope="module")
def address(home: Path) -> Iterator[str]:
    with served(home) as address:
        yield address


def opened(page: Page, address: str, query: str) -> None:
    page.goto(f"{address}/plan?{query}")
    expect(page.locator("#main .plan")).to_be_visible()
    page.wait_for_load_state("networkidle")


def test_an_initiative_from_a_link_is_changed_by_two_and_nothing_is_lost(
    clean_page: Page, address: str, home: Path
) -> None:
    page = clean_page
    head = (home / "plan.toml").read_text().splitlines()[0]
    opened(page, address, LINK)
    expect(page.get_by_label("Strategy")).to_have_value("establish-flow")
    expect(page.get_by_label("Metric", exact=True)).to_have_value("lead_time")
    page.get_by_role("button", name="Add this initiative").click()
    expect(page.locator("#plan-said")).to_contain_text("name is missing")
    page.get_by_label("Name", exact=True).fill("Pair on reviews")
    page.get_by_label("Milestones").fill("2026-12-01 First pair")
    page.get_by_role("button", name="Add this initiative").click()
    expect(page).not_to_have_url(re.compile("new="))
    expect(page.get_by_role("heading", name="Pair on reviews")).to_be_visible()
    assert 'milestones = [{on = 2026-12-01, name = "First pair"}]' in (home / "plan.toml").read_text()
    assert (home / "plan.toml").read_text().splitlines()[0] == head

    other = page.context.new_page()
    for each in (page, other):
        opened(each, address, "stream=bank")
        each.get_by_role("link", name="Change Pair on reviews").click()
        expect(each.get_by_label("Owner")).to_be_visible()
        each.wait_for_load_state("networkidle")
    other.get_by_label("Owner").fill("Head of test")
    other.get_by_role("button", name="Save this initiative").click()
    expect(other).not_to_have_url(re.compile("edit="))
    page.get_by_label("Expected effect").fill("A day less")
    page.get_by_label("Owner").fill("Lead engineer")
    page.get_by_role("button", name="Save this initiative").click()
    said = page.locator("#plan-said")
    expect(said).to_contain_text("plan.toml was changed since this form was opened. Nothing was written.")
    expect(said).to_contain_text("Owner: nothing → Head of test")
    expect(page.get_by_label("Expected effect")).to_have_value("A day less")
    assert 'owner = "Head of test"' in (home / "plan.toml").read_text()
    page.get_by_role("button", name="Save this initiative").click()
    expect(page).not_to_have_url(re.compile("edit="))
    assert 'owner = "Lead engineer"' in (home / "plan.toml").read_text()
    page.get_by_text("What was changed here?").click()
    expect(page.locator(".plan")).to_contain_text("initiative Pair on reviews: Owner: Head of test → Lead engineer")
    other.close()


def test_a_review_is_recorded_and_removed(clean_page: Page, address: str, home: Path) -> None:
    page = clean_page
    opened(page, address, "stream=bank&as=table")
    page.get_by_role("link", name="Record a review").click()
    page.get_by_label("Day of the review").fill("2026-10-15")
    page.get_by_label("What was decided").fill("Go on")
    page.get_by_role("button", name="Add this review").click()
    page.get_by_role("link", name="Change of 2026-10-15").click()
    expect(page.get_by_label("What was decided")).to_have_value("Go on")
    page.get_by_role("button", name="Remove this review").click()
    expect(page).not_to_have_url(re.compile("edit="))
    expect(page.get_by_role("link", name="Change of 2026-10-15")).to_have_count(0)
    assert "2026-10-15" not in (home / "plan.toml").read_text()


def test_a_csv_is_looked_at_before_it_is_taken_in(clean_page: Page, address: str, home: Path, tmp_path: Path) -> None:
    page = clean_page
    opened(page, address, "stream=retailer")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download CSV", exact=True).first.click()
    text = download.value.path().read_text(encoding="utf-8")
    assert text.startswith("kind,id,stream,")
    assert "retailer-weekly" in text
    file = tmp_path / "plan.csv"
    file.write_text("kind,id,name,due\ninitiative,retailer-on-call,,31/12/2026\ninitiative,,Canary,\n")
    page.get_by_text("Import from CSV").click()
    page.locator("#plan-file input").set_input_files(file)
    expect(page.get_by_label("or paste its text")).to_have_value(re.compile("Canary"))
    page.get_by_role("button", name="See what it would change").click()
    said = page.locator("#plan-said")
    expect(said).to_contain_text("line 2, column due: is '31/12/2026', which is no day")
    before = (home / "plan.toml").read_text()
    page.get_by_label("or paste its text").fill(
        "kind,id,due,name\ninitiative,retailer-on-call,2027-01-31,Share the duty\ninitiative,,,Canary\n"
    )
    page.get_by_role("button", name="See what it would change").click()
    expect(said).to_contain_text("It would add 1 and change 1; 0 stay as they are.")
    expect(said).to_contain_text("Due: nothing → 2027-01-31")
    assert (home / "plan.toml").read_text() == before
    page.get_by_label("or paste its text").press("Control+End")
    page.get_by_label("or paste its text").type("initiative,,,Unseen\n")
    page.get_by_role("button", name="Write this into the plan").click()
    expect(said).to_contain_text("The text was changed since it was looked at.")
    page.get_by_role("button", name="See what it would change").click()
    expect(said).to_contain_text("It would add 2 and change 1")
    page.get_by_role("button", name="Write this into the plan").click()
    expect(page.get_by_role("heading", name="Canary")).to_be_visible()
    assert 'name = "Share the duty"\nstart = 2026-12-01' in (home / "plan.toml").read_text()


def test_a_broken_plan_is_told_and_the_last_good_one_shown(clean_page: Page, address: str, home: Path) -> None:
    page, path = clean_page, home / "plan.toml"
    text = path.read_text()
    opened(page, address, "stream=bank")
    path.write_text(text.replace('stream = "bank"', "stream =", 1))
    opened(page, address, "stream=bank")
    expect(page.locator(".alert")).to_contain_text("plan.toml, line 6, key 'stream': can't be read as TOML")
    expect(page.get_by_role("heading", name="A release every quarter")).to_be_visible()
    expect(page.get_by_role("link", name="New target")).to_have_count(0)
    path.write_text(text)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_the_page_is_read_by_everyone_at_every_width(
    clean_page: Page, address: str, width: int, theme: Literal["light", "dark"]
) -> None:
    page = clean_page
    page.emulate_media(color_scheme=theme)
    page.set_viewport_size({"width": width, "height": 900})
    for query in ("stream=bank", "stream=bank&as=timeline", "stream=bank&as=table", LINK, "new=target&stream=bank"):
        opened(page, address, query)
        page.get_by_text("Import from CSV").click()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), query
        assert_nobody_is_kept_out(page)
