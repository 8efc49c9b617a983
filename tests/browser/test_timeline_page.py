"""The Timeline page: bars sorted, grouped and turned page by page, marks, dots and lines; each opens its items."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

import pytest
from playwright.sync_api import Locator, Page, expect

from browser.conftest import assert_nobody_is_kept_out
from dashboard.pages.timeline_bars import SORTS

# The machine may be busy; speed is measured elsewhere.

BARS, DOTS, SPECTRUM = "#timeline-drawn", "#dotted-drawn", "#spectrum-drawn"
# Where on the screen a point of a trace is drawn, once that is in its middle.
PLACE = """(graph, [name, number]) => {
    const trace = graph.data.find((each) => each.name === name), { xaxis, yaxis } = graph._fullLayout;
    const across = xaxis._offset + xaxis.d2p(trace.x[number]), down = yaxis._offset + yaxis.d2p(trace.y[number]);
    scrollBy({ top: graph.getBoundingClientRect().y + down - innerHeight / 2, behavior: "instant" });
    const frame = graph.getBoundingClientRect();
    return [frame.x + across, frame.y + down];
}"""


def opened(page: Page, server: str, query: str = "stream=bank") -> Page:
    """The page, its three figures drawn."""
    page.goto(f"{server}/timeline?{query}")
    for place in (BARS, DOTS, SPECTRUM):
        expect(page.locator(f"{place} .main-svg").first).to_be_visible()
    page.wait_for_load_state("networkidle")
    return page


def answer(page: Page, place: str) -> Locator:
    """What a figure says in numbers."""
    return page.locator(f"{place} .card-answer")


def click(page: Page, place: str, find: Callable[[], tuple[float, float]]) -> None:
    """A click on what is drawn there, once the mouse over it has its words; what moves meanwhile is found again."""
    words = page.locator(f"{place} .hovertext")
    for _ in range(30):
        x, y = find()
        page.mouse.move(x, y - 1)
        page.mouse.move(x, y)
        page.wait_for_timeout(1_000)
        if words.count():
            break
    expect(words).to_be_visible()
    page.mouse.click(x, y)


def test_bars_are_sorted_grouped_and_turned_page_by_page(clean_page: Page, server: str) -> None:
    page = opened(clean_page, server)
    expect(answer(page, BARS)).to_have_text(re.compile("1 to 40 of 473 items, page 1 of 12: still open first"))
    number = page.get_by_label("Page", exact=True)
    number.fill("12")
    number.press("Enter")
    expect(answer(page, BARS)).to_contain_text("441 to 473 of 473 items, page 12 of 12")
    expect(page).to_have_url(re.compile("page=12"))
    page.get_by_label("Sorted by").select_option("lead_days")
    expect(answer(page, BARS)).to_contain_text("page 1 of 12: longest lead time first")
    expect(number).to_have_value("1")
    page.get_by_label("Grouped by").select_option("outcome")
    headings = page.locator(f"{BARS} .annotation-text")
    expect(headings.first).to_have_text(re.compile(r"Still open – \d+ items"))
    expect(page).to_have_url(re.compile("sort=lead_days.*group=outcome|group=outcome.*sort=lead_days"))
    expect(page).not_to_have_url(re.compile("page="))
    number.fill("2")
    number.press("Enter")
    expect(headings.first).to_have_text(re.compile(r"\d+ to \d+ of \d+ items"))
    told = [answer(page, BARS).inner_text(), *headings.all_text_contents()]
    opened(page, server, page.url.partition("?")[2])
    expect(answer(page, BARS)).to_have_text(told[0])
    expect(headings).to_have_text(told[1:])
    expect(number).to_have_value("2")
    number.fill("99")
    number.press("Enter")
    expect(page.get_by_text("There is no such page.")).to_be_visible()


@pytest.mark.parametrize("group", ["type", "team", "stage"])
def test_every_order_and_group_draws(clean_page: Page, server: str, group: str) -> None:
    page = opened(clean_page, server)
    page.get_by_label("Grouped by").select_option(group)
    for sort in ("created_on", "stage_days", "item_id"):
        page.get_by_label("Sorted by").select_option(sort)
        expect(answer(page, BARS)).to_contain_text(f"{SORTS[sort][1:]}, grouped by")
        expect(page.locator(f"{BARS} .annotation-text").first).to_be_visible()
        expect(page).to_have_url(re.compile(f"(?=.*sort={sort})(?=.*group={group})"))


def switched(page: Page, label: str, *, is_on: bool) -> None:
    """A click on a box, which then is so: while a figure is drawn Dash takes longer than `check` waits."""
    box = page.get_by_label(label)
    box.click()
    expect(box).to_be_checked(checked=is_on)


def test_marks_are_switched_on_and_off(clean_page: Page, server: str) -> None:
    page = opened(clean_page, server, "stream=retailer&from=2026-08-01")
    # The names of the lanes stand beside them; only bars and lines have dates below.
    lanes = page.locator(f"{BARS} .y2tick")
    expect(lanes).to_have_text(["Deployments"])
    for kind, lane in (("Failed deployments", "Failed"), ("Incidents", "Incidents")):
        switched(page, kind, is_on=True)
        expect(lanes.filter(has_text=lane)).to_have_count(1)
    expect(page.locator(BARS)).to_contain_text(re.compile(r"Failed deployments: \d+\. Incidents: \d+"))
    expect(page.locator(BARS)).to_contain_text(re.compile(r"Grey bands are the \d+ days off"))
    page.locator(f"{BARS} summary", has_text="Table of the marks").click()
    expect(page.locator(f"{BARS} details[open] td").first).to_have_text("Deployments")
    expect(page).to_have_url(re.compile("marks=deployments%7Eplan%7Edays-off%7Efailed%7Eincidents"))
    # Each is drawn before the next click: boxes move while a figure becomes smaller.
    for kind, left in (("Deployments and releases", 2), ("Failed deployments", 1), ("Incidents", 0)):
        switched(page, kind, is_on=False)
        expect(lanes).to_have_count(left)
    switched(page, "Initiatives of the plan", is_on=False)
    switched(page, "Weekends and holidays", is_on=False)
    expect(page.locator(BARS)).not_to_contain_text("Grey bands")
    expect(page).to_have_url(re.compile("marks=%7Enone"))
    opened(page, server, page.url.partition("?")[2])
    expect(lanes).to_have_count(0)
    expect(page.get_by_label("Initiatives of the plan")).not_to_be_checked()


def test_dots_stand_by_date_or_by_the_time_since_creation(clean_page: Page, server: str) -> None:
    page = opened(clean_page, server)
    expect(answer(page, DOTS)).to_contain_text("4,488 entries into stages by 473 items")
    axis = page.locator(f"{DOTS} .xtitle")
    expect(axis).to_have_text("Date")
    page.get_by_label("Dots placed by").select_option("creation")
    expect(axis).to_have_text("Time since creation, days")
    for order, words in (("lead_days", "longest lead time first"), ("latest", "still open first, then ended last")):
        page.get_by_label("Items in the order").select_option(order)
        expect(page.locator(f"{DOTS} .ytitle")).to_have_text(f"Items, {words}")
    expect(page).to_have_url(re.compile("(?=.*across=creation)(?=.*dots=latest)"))
    # A choice for all figures is heard by each.
    page.get_by_label("Show", exact=True).select_option("finished")
    expect(answer(page, DOTS)).to_contain_text("by 421 items")
    expect(answer(page, BARS)).to_contain_text("1 to 40 of 421 items")
    expect(axis).to_have_text("Time since creation, days")
    page.locator("#scope-type").select_option("defect")
    expect(answer(page, BARS)).not_to_contain_text("of 421 items")
    expect(axis).to_have_text("Time since creation, days")


def test_the_spectrum_shows_the_batches_of_the_releases(clean_page: Page, server: str) -> None:
    page = opened(clean_page, server)
    expect(answer(page, SPECTRUM)).to_contain_text("87 % of those from Waiting for release to Stabilisation")
    titles = page.locator(f"{SPECTRUM} .annotation-text")
    expect(titles).to_have_count(10)
    page.get_by_label("Moves between stages").select_option("path")
    expect(titles).to_have_count(8)
    expect(titles.first).to_contain_text("Open → Analysis")
    expect(page).to_have_url(re.compile("pairs=path"))
    page.locator(f"{SPECTRUM} summary", has_text="Table").first.click()
    row = page.locator(f"{SPECTRUM} .row-open").first
    items = row.locator("xpath=ancestor::tr/td[7]").inner_text()
    row.press("Enter")
    expect(page.locator(".drawer-words")).to_contain_text(re.compile(f"^{items} items that left Development"))


def test_bars_dots_and_lines_open_their_items(clean_page: Page, server: str) -> None:
    page = opened(clean_page, server, "stream=bank&marks=~none")
    words = page.locator(".drawer-words")
    bar = page.locator(f"{BARS} .bars .point path").first

    def middle() -> tuple[float, float]:
        bar.scroll_into_view_if_needed()
        box = bar.bounding_box()
        assert box
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    click(page, BARS, middle)
    expect(words).to_have_text(re.compile("^1 item, the item PAY-"))
    for place, trace in ((DOTS, "Waiting for release"), (SPECTRUM, "Slowest quarter")):
        page.keyboard.press("Escape")
        expect(page.locator(".drawer")).to_be_hidden()
        graph = page.locator(f"{place} .js-plotly-plot")
        click(page, place, partial(graph.evaluate, PLACE, [trace, 0]))
        expect(words).to_have_text(re.compile("^1 item, the item PAY-"))


def test_the_legend_takes_the_lines_it_needs_on_a_phone(clean_page: Page, server: str) -> None:
    clean_page.set_viewport_size({"width": 390, "height": 900})
    page = opened(clean_page, server)
    expect(page.locator(".js-plotly-plot .legend")).to_have_count(0)
    legend = page.locator(f"{BARS} ul.legend")
    expect(legend.locator("li").first).to_have_text("Open")
    assert legend.evaluate("list => list.scrollHeight <= list.clientHeight + 1 && list.scrollWidth <= list.clientWidth")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_every_choice_of_the_page_is_accessible(clean_page: Page, server: str) -> None:
    every = "marks=deployments~failed~incidents~plan~days-off&group=team&across=creation&pairs=path"
    page = opened(clean_page, server, f"stream=retailer&{every}")
    assert_nobody_is_kept_out(page)


def test_one_item_has_its_legend_too(clean_page: Page, server: str) -> None:
    page = clean_page
    page.goto(f"{server}/timeline?stream=bank&item=PAY-338")
    expect(page.locator("ul.legend li").last).to_have_text("Finished")
    expect(page.locator(".js-plotly-plot .main-svg").first).to_be_visible()
