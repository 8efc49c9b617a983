"""What people keep of the pages: a view by its name, a note where it was written, and two people at one note."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import ROOT
from playwright.sync_api import Browser, Locator, Page, expect

from browser.conftest import assert_nobody_is_kept_out, served
from dashboard import build
from dashboard.catalogue import Catalogue
from dashboard.settings import Settings

VIEW = "/explore?stream=bank&label=refunds"


@pytest.fixture(scope="module")
def own_server(tmp_path_factory: pytest.TempPathFactory, catalogue: Catalogue) -> Iterator[str]:
    """A server with a store of its own: what is kept here is no business of other tests."""
    home = tmp_path_factory.mktemp("kept")
    (home / "streams.toml").write_text((ROOT / "data" / "streams.toml").read_text(encoding="utf-8"), encoding="utf-8")
    files = sorted((ROOT / "data" / "sample" / "demo").glob("*.csv"))
    build.import_files(files, Settings(home=Path(home)), catalogue, build.Options())
    with served(home) as address:
        yield address


def kept(page: Page) -> Locator:
    """The open panel."""
    panel = page.locator("details.kept")
    if panel.get_attribute("open") is None:
        panel.locator("summary").first.click()
    return panel


def test_a_view_and_its_note_are_found_again(clean_page: Page, own_server: str) -> None:
    page = clean_page
    page.goto(f"{own_server}/explore?stream=bank")
    panel = kept(page)
    expect(panel).to_contain_text("Nothing is kept of this stream yet.")
    page.get_by_role("combobox", name="Label").select_option("refunds")
    expect(page.locator(".findings-line")).to_contain_text("labelled refunds")
    found = page.locator(".findings-line").inner_text()
    panel.get_by_label("Name of this view").fill("Refunds")
    panel.get_by_role("button", name="Save this view").click()
    expect(panel).to_contain_text("Kept as Refunds.")
    panel.get_by_label("Note on this view").fill("<b>Two</b> of them waited for the ledger.")
    panel.get_by_role("button", name="Pin the note").click()
    expect(panel.locator(".kept-text")).to_have_text("<b>Two</b> of them waited for the ledger.")
    panel.get_by_label("Name of this view").fill("Refunds")
    panel.get_by_role("button", name="Save this view").click()
    expect(panel.locator("#kept-told")).to_contain_text("Refunds")
    expect(panel.locator("#kept-told")).not_to_contain_text("Kept as")
    assert_nobody_is_kept_out(page)
    # From another page: the note is told to be elsewhere, the view leads back to the same figures.
    page.goto(f"{own_server}/?stream=bank")
    panel = kept(page)
    expect(panel).to_contain_text("Notes on other views")
    panel.get_by_role("link", name="Refunds").click()
    expect(page.locator(".findings-line")).to_have_text(found)
    expect(page.locator("details.kept summary").first).to_contain_text("1 note on this view")
    # Another scope is another view.
    page.locator("#scope-type").select_option("defect")
    expect(kept(page)).to_contain_text("Notes on other views")


def test_the_second_of_two_people_loses_nothing(browser: Browser, own_server: str) -> None:
    pages = [browser.new_page() for _ in range(2)]
    pages[0].goto(own_server + VIEW + "&sort=title")
    panel = kept(pages[0])
    panel.get_by_label("Note on this view").fill("first")
    panel.get_by_role("button", name="Pin the note").click()
    expect(panel.locator(".kept-text").first).to_have_text("first")
    pages[1].goto(own_server + VIEW + "&sort=title")
    for page, text in zip(pages, ("mine", "yours"), strict=True):
        own = kept(page)
        own.get_by_text("Change").first.click()
        own.get_by_label("New text of the note").first.fill(text)
    kept(pages[0]).get_by_role("button", name="Save the note").first.click()
    expect(kept(pages[0]).locator(".kept-text").first).to_have_text("mine")
    kept(pages[1]).get_by_role("button", name="Save the note").first.click()
    told = kept(pages[1]).locator("#kept-told")
    expect(told).to_contain_text("Somebody changed this note")
    expect(told).to_contain_text("Yours, which was not kept, said: yours")
    expect(kept(pages[1]).locator(".kept-text").first).to_have_text("mine")
    kept(pages[1]).get_by_text("Change").first.click()
    kept(pages[1]).get_by_role("button", name="Remove the note").first.click()
    expect(told).to_have_text("The note is removed.")
    for page in pages:
        page.close()
