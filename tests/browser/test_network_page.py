"""The network of streams in a real browser: a line of the map opens the waits behind it."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

MAP, WAITS = "#network-title", "#network-drawn"
PLATFORM = "Which items of Harbour Bank – Payments waited for Harbour Bank – Cloud platform?"


def opened(page: Page, server: str, query: str = "stream=bank") -> Page:
    page.goto(f"{server}/network?{query}")
    expect(page.locator("svg .move")).to_have_count(2)
    return page


def test_a_line_opens_its_waits_by_click_and_by_key_and_stands_in_the_url(clean_page: Page, server: str) -> None:
    page = opened(clean_page, server)
    expect(page.locator(WAITS)).to_contain_text("Which items of Harbour Bank – Customer desk waited for")
    line = page.locator("svg .move", has_text="Cloud platform")
    line.locator(".target").click(force=True)
    expect(page.locator(WAITS)).to_contain_text(PLATFORM)
    expect(page).to_have_url(re.compile("edge=stream%3Dbank%26on%3Dbank-platform"))
    expect(page.locator("#network-drawn tbody tr").first).to_contain_text("PAY-595")
    page.locator("svg .move", has_text="Customer desk").focus()
    page.keyboard.press("Enter")
    expect(page.locator(WAITS)).to_contain_text("Which items of Harbour Bank – Customer desk waited for")


def test_a_link_with_a_line_opens_it_and_an_item_leads_to_its_story(clean_page: Page, server: str) -> None:
    page = opened(clean_page, server, "stream=retailer&edge=stream%3Dbank%26on%3Dbank-platform")
    expect(page.locator(WAITS)).to_contain_text(PLATFORM)
    page.get_by_role("link", name="PAY-595").click()
    expect(page).to_have_url(re.compile("/timeline.*stream=bank.*item=PAY-595|/timeline.*item=PAY-595.*stream=bank"))
    expect(page.locator("#story-title")).to_be_visible()


def test_the_name_of_a_line_opens_it_too(clean_page: Page, server: str) -> None:
    page = opened(clean_page, server)
    page.get_by_label("Waits shown").select_option(label="Harbour Bank – Payments, for Harbour Bank – Cloud platform")
    expect(page.locator(WAITS)).to_contain_text(PLATFORM)
