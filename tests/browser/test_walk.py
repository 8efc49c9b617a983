"""A group walks the bank's stream in a real browser: it goes from step to step, writes, comes back, takes it along."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import ROOT
from playwright.sync_api import Browser, Page, expect

from browser.conftest import assert_nobody_is_kept_out, served
from dashboard import build
from dashboard.catalogue import Catalogue
from dashboard.settings import Settings

STOPS = ("Analysis", "Development", "Test", "Stabilisation")
WALK = "/walk?stream=bank&from=2026-01-01&to=2026-06-30"


@pytest.fixture(scope="module")
def own_server(tmp_path_factory: pytest.TempPathFactory, catalogue: Catalogue) -> Iterator[str]:
    """A server with a store of its own."""
    home = tmp_path_factory.mktemp("walk")
    (home / "streams.toml").write_text((ROOT / "data" / "streams.toml").read_text(encoding="utf-8"), encoding="utf-8")
    files = sorted((ROOT / "data" / "sample" / "demo").glob("*.csv"))
    build.import_files(files, Settings(home=Path(home)), catalogue, build.Options())
    with served(home) as address:
        yield address


def heading(page: Page, words: str) -> None:
    """Wait for a place of the walk; its heading has the focus where it was walked to."""
    expect(page.locator("#walk-heading")).to_contain_text(words)


def begin(page: Page, address: str, title: str) -> None:
    """Begin a record; the walk then stands at its first step."""
    page.goto(address)
    page.get_by_label("Title").fill(title)
    page.get_by_label("In the room").fill("two developers, a tester")
    page.get_by_role("button", name="Begin the walk").click()
    heading(page, "Analysis, step 1 of 4")


def keep(page: Page, kind: str, text: str) -> None:
    """Write down an observation or an idea."""
    label = {"observation": "What do we see?", "idea": "What could be tried?"}[kind]
    page.get_by_label(label).fill(text)
    page.get_by_role("button", name=f"Keep the {kind}").click()
    expect(page.locator("#walk-notes-told")).to_have_text(f"The {kind} is kept.")
    expect(page.get_by_label(label)).to_have_value("")


def test_a_group_walks_the_stream_writes_comes_back_and_takes_the_record_along(
    clean_page: Page, own_server: str
) -> None:
    page = clean_page
    page.goto(f"{own_server}/value-stream?stream=bank&from=2026-01-01&to=2026-06-30")
    page.get_by_role("link", name="Walk the process with a group").click()
    heading(page, "Before we begin")
    expect(page.locator("#page-body")).to_contain_text("Head of payments, who owns the stream.")
    begin(page, own_server + WALK, "Spring walk")
    expect(page).to_have_url(re.compile(r"from=2026-01-01.*step=Analysis.*walk=1"))
    for number, stop in enumerate(STOPS, 1):
        heading(page, f"{stop}, step {number} of 4")
        expect(page.locator("#page-body")).to_contain_text("What do you need before you can begin?")
        keep(page, "observation", f"Seen at {stop},\n<b>twice</b>")
        page.get_by_label("What could be tried?").fill(f"Not kept at {stop}")
        page.get_by_role("link", name="Next").first.click()
    heading(page, "What we found")
    expect(page.locator("#walk-heading")).to_be_focused()
    # By keyboard back to the last step: what was typed and not kept is still there.
    page.keyboard.press("ArrowLeft")
    heading(page, "Stabilisation, step 4 of 4")
    expect(page.get_by_label("What could be tried?")).to_have_value("Not kept at Stabilisation")
    keep(page, "idea", "Release every week")
    page.get_by_text("Change", exact=True).first.click()
    page.get_by_label("New text of the note").first.fill("Seen at Stabilisation, once")
    page.get_by_role("button", name="Save the note").first.click()
    expect(page.locator("#walk-notes-told")).to_have_text("The note is changed.")
    page.locator("#walk-heading").focus()
    page.keyboard.press("ArrowRight")
    heading(page, "What we found")
    keep(page, "idea", "Walk again in autumn")
    record = page.locator("#walk-record")
    expect(record).to_contain_text("Walk again in autumn (The whole stream)")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download as Markdown").click()
    text = download.value.path().read_text(encoding="utf-8")
    assert download.value.suggested_filename.startswith("walk-bank-20")
    assert text.startswith("# Spring walk\n\n- Value stream: Harbour Bank – Payments\n- Walked on ")
    assert "- In the room: two developers, a tester\n- Figures: 1 Jan 2026 – 30 Jun 2026 · all teams" in text
    assert "- Seen at Test,\n  \\<b>twice\\</b>" in text
    assert "- Seen at Stabilisation, once" in text
    ideas = text.split("## Ideas that could become initiatives\n\n")[1]
    assert ideas == "- [ ] Release every week (Stabilisation)\n- [ ] Walk again in autumn (The whole stream)\n"
    # Another day: the list leads to the walk in its own scope.
    page.goto(f"{own_server}/walk?stream=bank")
    page.get_by_role("link", name="Spring walk").click()
    expect(page.locator("#walk-head")).to_contain_text("Record: Spring walk")
    expect(page.locator("#scope-since")).to_have_value("2026-01-01")
    page.get_by_role("link", name="What we found").click()
    expect(record).to_contain_text("Seen at Analysis")
    expect(page.locator("#walk-head")).not_to_contain_text("another scope")
    page.locator("#scope-type").select_option("defect")
    expect(page.locator("#walk-head")).to_contain_text("The figures shown are of another scope")
    page.get_by_role("link", name="Show the figures of the walk").click()
    expect(page.locator("#walk-head")).not_to_contain_text("another scope")


def test_the_second_of_two_people_loses_nothing(browser: Browser, own_server: str) -> None:
    pages = [browser.new_page() for _ in range(2)]
    begin(pages[0], own_server + WALK, "Of two")
    keep(pages[0], "observation", "first")
    pages[1].goto(pages[0].url)
    for page, text in zip(pages, ("mine", "yours"), strict=True):
        page.get_by_text("Change", exact=True).click()
        page.get_by_label("New text of the note").fill(text)
    for page in pages:
        page.get_by_role("button", name="Save the note").click()
        expect(page.locator("#walk-notes .kept-text")).to_have_text("mine")
    told = pages[1].locator("#walk-notes-told")
    expect(told).to_contain_text("Somebody changed this note of a walk")
    expect(told).to_contain_text("Yours, which was not kept, said: yours")
    # The record itself: what was entered stays in the fields, and can be put in its place.
    for page in pages:
        page.get_by_role("link", name="Before we begin").click()
        heading(page, "Before we begin")
    for page, title in zip(pages, ("One title", "Other title"), strict=True):
        page.get_by_label("Title").fill(title)
        page.get_by_role("button", name="Save the changes").click()
        expect(page.locator("#walk-head")).to_contain_text("Record: One title")
    expect(pages[1].locator("#walk-told")).to_contain_text("Somebody changed this walk")
    expect(pages[1].get_by_label("Title")).to_have_value("Other title")
    pages[1].get_by_role("button", name="Save the changes").click()
    expect(pages[1].locator("#walk-head")).to_contain_text("Record: Other title")
    pages[1].get_by_role("button", name="Remove the record").click()
    expect(pages[1].locator("#walk-told")).to_contain_text("This walk has 1 note.")
    for page in pages:
        page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_every_place_of_the_walk_is_accessible_and_fits(
    clean_page: Page, own_server: str, width: int, scheme: str
) -> None:
    # Without the fading of the button under the pointer, whose colours in between are no one's to read.
    clean_page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
    clean_page.set_viewport_size({"width": width, "height": 900})
    begin(clean_page, own_server + WALK, f"{scheme} {width}")
    keep(clean_page, "idea", "Try it")
    for place in (*STOPS, "What we found"):
        heading(clean_page, place)
        assert_nobody_is_kept_out(clean_page)
        assert clean_page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        if place in STOPS:
            clean_page.get_by_role("link", name="Next").first.click()


def test_the_record_is_copied(clean_page: Page, own_server: str) -> None:
    clean_page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    clean_page.goto(f"{own_server}{WALK}&step=~found")
    clean_page.get_by_role("button", name="Copy the Markdown").click()
    expect(clean_page.locator(".copied")).to_have_text("Copied.")
    assert clean_page.evaluate("navigator.clipboard.readText()").startswith("# Walk along Harbour Bank – Payments\n")
