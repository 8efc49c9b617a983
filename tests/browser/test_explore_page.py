"""The Explore page: conditions stand in the URL, narrow the list, and a link gives the same to somebody else."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect


def test_conditions_narrow_the_list_and_stand_in_the_url(clean_page: Page, server: str) -> None:
    page = clean_page
    page.goto(f"{server}/explore?stream=bank")
    line = page.locator(".findings-line")
    expect(line).to_have_text("473 items.")
    page.get_by_role("combobox", name="Outcome", exact=True).select_option("cancelled")
    expect(line).to_contain_text("cancelled")
    words = page.get_by_label("Key or title")
    words.fill("payment")
    words.press("Enter")
    expect(line).to_contain_text("'payment' in key or title")
    expect(page).to_have_url(re.compile("outcome=cancelled.*text=payment"))
    told, address = line.inner_text(), page.url
    page.locator("#scope-type").select_option("feature")
    expect(line).not_to_have_text(told)
    expect(line).to_contain_text("'payment' in key or title")
    page.goto(address)
    expect(line).to_have_text(told)
    # Where nothing is found, the controls stay, and lead back.
    words.fill("no such item")
    words.press("Enter")
    expect(page.get_by_text("No item meets these conditions.")).to_be_visible()
    words.fill("payment")
    words.press("Enter")
    expect(line).to_have_text(told)
    page.get_by_role("combobox", name="Outcome", exact=True).select_option("~any")
    expect(line).not_to_contain_text("cancelled")
    expect(page).not_to_have_url(re.compile("outcome"))


def test_pages_and_groups_of_a_list(clean_page: Page, server: str) -> None:
    page = clean_page
    page.goto(f"{server}/explore?stream=bank")
    expect(page.get_by_text("1 to 50 of 473, page 1 of 10")).to_be_visible()
    first = page.locator("tbody a").first.inner_text()
    page.get_by_label("Page", exact=True).fill("10")
    page.get_by_label("Page", exact=True).press("Enter")
    expect(page.get_by_text("451 to 473 of 473")).to_be_visible()
    assert page.locator("tbody a").first.inner_text() != first
    page.get_by_role("combobox", name="Outcome", exact=True).select_option("finished")
    expect(page.get_by_label("Page", exact=True)).to_have_value("1")
    page.get_by_role("combobox", name="Outcome", exact=True).select_option("~any")
    expect(page.get_by_text("1 to 50 of 473")).to_be_visible()
    page.get_by_label("Group by").select_option("rework")
    row = page.locator(".row-open").first
    expect(row).to_have_text("without rework")
    count = row.locator("xpath=ancestor::tr/td[2]").inner_text()
    row.click()
    expect(page.locator(".drawer-words")).to_contain_text(re.compile(rf"^{count} items, without rework"))
    page.locator(".drawer").get_by_role("link", name="Open in Explore").click()
    expect(page.locator(".findings-line")).to_have_text(f"{count} items, without rework.")


def test_any_two_sides_are_compared_and_stand_in_the_url(clean_page: Page, server: str) -> None:
    page = clean_page
    page.goto(f"{server}/explore?stream=bank")
    sides = page.locator(".card").filter(has_text="Is the difference more than chance?")
    expect(sides).to_contain_text("Choose two sides")
    page.get_by_label("Compare", exact=True).select_option("type=defect")
    page.get_by_label("with", exact=True).select_option("label=refunds")
    expect(sides.locator(".card-answer")).to_contain_text("defect: median cycle time")
    expect(sides.locator("th").nth(2)).to_have_text("refunds")
    page.get_by_text("Columns of the list").click()
    page.get_by_label("Labels").check()
    page.get_by_role("checkbox", name="Outcome").uncheck()
    items = page.locator(".card").filter(has_text="Which items are these?").locator("th")
    heads = ["item", "title", "type", "labels", "stage", "lead time, days", "cycle time or age, days", "blocked, days"]
    expect(items).to_have_text(heads)
    expect(page).to_have_url(re.compile("columns=.*labels"))
    answer, address = sides.locator(".card-answer").inner_text(), page.url
    page.goto(address)
    expect(sides.locator(".card-answer")).to_have_text(answer)
    expect(items).to_have_text(heads)
