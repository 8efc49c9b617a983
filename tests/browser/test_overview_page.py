"""The monthly review in a browser: from the overview to the reason why a target is off track, and one by one."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect


def test_two_clicks_lead_from_the_overview_to_the_items_behind_a_target_that_is_off_track(
    clean_page: Page, server: str
) -> None:
    page = clean_page
    page.goto(f"{server}/overview?stream=healthcare")
    row = page.locator(".overview-table tr").filter(has_text="First-pass yield").first
    expect(row).to_contain_text("off track")
    expect(row).to_contain_text("behind the path by more than 30 % of the way")
    row.get_by_role("link", name="First-pass yield").click()
    card = page.locator(".card").filter(has_text="First-pass yield").first
    expect(page).to_have_url(re.compile(r"/plan\?.*#plan-healthcare-first-pass-title"))
    expect(card).to_contain_text("off track")
    card.get_by_text("Table", exact=True).click()
    card.locator(".row-open").last.click()
    expect(page.locator(".drawer-words")).to_contain_text(re.compile(r"\d+ items?"))


def test_the_review_goes_through_the_objectives(clean_page: Page, server: str) -> None:
    page = clean_page
    page.goto(f"{server}/overview?stream=bank")
    page.get_by_role("link", name="Step through the objectives").click()
    expect(page.locator(".review-title")).to_have_text("Payment features reach customers within two months")
    page.get_by_role("link", name="Next →").click()
    expect(page.locator(".review-title")).to_have_text("Releases are routine, not weekends")
    expect(page.get_by_text("Objective 2 of 2")).to_be_visible()
    page.get_by_role("button", name="Full screen").click()
    expect(page.locator(".scope-bar")).to_be_hidden()
    page.get_by_role("button", name="Full screen").click()
    expect(page.locator(".scope-bar")).to_be_visible()
    page.get_by_role("link", name="End the review").click()
    expect(page.get_by_text("Are we on the way to the targets?")).to_be_visible()


@pytest.mark.parametrize("stream", ["bank", "retailer", "healthcare"])
def test_the_overview_is_sent_on_two_sheets(clean_page: Page, server: str, stream: str) -> None:
    page = clean_page
    page.goto(f"{server}/overview?stream={stream}")
    expect(page.get_by_text("Is the improvement effort itself healthy?")).to_be_visible()
    page.wait_for_load_state("networkidle")
    printed = page.pdf(format="A4", print_background=True)
    assert 1 <= len(re.findall(rb"/Type\s*/Page\b", printed)) <= 2
