"""The waste page in a browser: from a category to its items, its trend and a new initiative, by links alone."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect


def test_a_category_leads_to_its_items_and_to_a_new_initiative(clean_page: Page, server: str) -> None:
    page = clean_page
    page.goto(f"{server}/waste?stream=bank")
    card = page.locator(".card").filter(has_text="How much is that, in days and in money?")
    card.get_by_role("link", name="Batch").click()
    expect(page).to_have_url(re.compile(r"/waste\?stream=bank&category=batch"))
    expect(page.locator("#waste-room-title")).to_have_text("Batch")
    trend = page.locator(".card").filter(has_text="Is it growing or falling?")
    expect(trend.locator(".chip.active")).to_have_text("Batch")

    items = page.locator(".card").filter(has_text="Which items lost the most to it?")
    items.get_by_role("button", name=re.compile("^All ")).click()
    expect(page.locator(".drawer-words")).to_contain_text(re.compile(r"\d+ items that ended .* waiting for a release"))
    page.keyboard.press("Escape")

    plan = page.locator(".waste-strategies").get_by_role("link", name="Plan an initiative").first
    address = plan.get_attribute("href") or ""
    assert address.startswith("/plan?stream=bank&new=initiative&strategy=reduce-batch-size")
    assert "stage=Waiting+for+release&metric=batch_size" in address


def test_the_pareto_opens_the_items_behind_a_waste(clean_page: Page, server: str) -> None:
    page = clean_page
    page.goto(f"{server}/waste?stream=retailer&category=rework")
    pareto = page.locator(".card").filter(has_text="Which wastes are the most?")
    expect(pareto.locator(".barlayer .point").first).to_be_visible()
    page.wait_for_load_state("networkidle")
    pareto.get_by_text("Table", exact=True).click()
    pareto.locator(".row-open").first.click()
    expect(page.locator(".drawer-words")).to_contain_text(re.compile(r"\d+ items that ended"))


def test_the_page_and_a_room_fit_on_a_phone(clean_page: Page, server: str) -> None:
    page = clean_page
    page.set_viewport_size({"width": 390, "height": 844})
    for stream, category in (("healthcare", "task-switching"), ("bank", "waiting")):
        page.goto(f"{server}/waste?stream={stream}&category={category}")
        expect(page.get_by_text("What to try?")).to_be_visible()
        page.wait_for_load_state("networkidle")
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
