"""Parts of a page are drawn when they come into view, and all of them where the whole page is wanted."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, Request, Route, expect

WAITING, LATER = ".later", '"className":"later"'
WAITS = 300
PAGES = ("/", "/value-stream", "/timeline", "/delivery", "/data")


@pytest.fixture
def reader(browser: Browser) -> Iterator[Page]:
    """Somebody at a screen, who has not scrolled yet."""
    with browser.new_context(viewport={"width": 1440, "height": 600}) as context:
        yield context.new_page()


def scroll_until(page: Page, is_there: Callable[[], bool]) -> None:
    """Scroll down, as far as it takes."""
    for _ in range(WAITS):
        if is_there():
            return
        page.mouse.wheel(0, 400)
        page.wait_for_timeout(100)
    raise AssertionError("it never came into view")


def parts_asked(page: Page) -> list[str]:
    """The parts that the page will ask for, as it does."""
    asked: list[str] = []

    def note(request: Request) -> None:
        told = json.loads(request.post_data or "{}") if request.method == "POST" else {}
        name = str((told.get("changedPropIds") or [""])[0]).rpartition(".")[0]
        if '"type":"later"' in name:
            asked.append(json.loads(name)["part"])

    page.on("request", note)
    return asked


@pytest.mark.parametrize("path", PAGES)
def test_only_what_is_in_view_is_drawn_and_the_rest_when_it_comes(reader: Page, server: str, path: str) -> None:
    asked = parts_asked(reader)
    with reader.expect_response(lambda answer: "_pages_content" in (answer.request.post_data or "")) as drawn:
        reader.goto(f"{server}{path}?stream=bank")
    parts = drawn.value.text().count(LATER)
    expect(reader.locator(WAITING)).not_to_have_count(0)
    reader.wait_for_load_state("networkidle")
    assert len(asked) < parts
    scroll_until(reader, lambda: not reader.locator(WAITING).count())
    assert len(asked) == len(set(asked)) == parts


def test_another_scope_draws_what_was_seen_without_a_gap(reader: Page, server: str) -> None:
    reader.goto(f"{server}/?stream=bank")
    reader.wait_for_load_state("networkidle")
    expect(reader.locator(WAITING)).not_to_have_count(0)
    waiting = reader.locator(WAITING).count()
    asked = parts_asked(reader)
    with reader.expect_response(lambda answer: "page-body" in (answer.request.post_data or "")) as drawn:
        reader.get_by_role("button", name="90 days").click()
    assert drawn.value.text().count(LATER) == waiting
    expect(reader.locator("#flow-ageing-title")).to_be_visible()
    assert asked == []


def test_an_address_leads_to_a_place_that_is_not_drawn_yet(reader: Page, server: str) -> None:
    reader.goto(f"{server}/?stream=bank#flow-any-title")
    expect(reader.locator("#flow-any-title")).to_be_in_viewport()


def test_a_place_stays_in_view_while_charts_above_it_come_until_the_reader_goes_on(reader: Page, server: str) -> None:
    held: list[Route] = []
    reader.route("**/plotly*.js*", lambda route: held.append(route))
    reader.goto(f"{server}/?stream=bank#flow-any-title")
    place = reader.locator("#flow-any-title")
    expect(place).to_be_in_viewport()
    height = reader.locator(".graph-place").first.evaluate("place => place.getBoundingClientRect().height")
    assert height > 150  # though nothing can be drawn in it yet
    assert held
    for route in held:
        route.continue_()
    expect(reader.locator(".main-svg").first).to_be_attached()
    expect(place).to_be_in_viewport()
    reader.mouse.wheel(0, -9_000)
    expect(place).not_to_be_in_viewport()
    reader.wait_for_timeout(500)
    expect(place).not_to_be_in_viewport()


def test_a_finding_leads_to_its_figure(reader: Page, server: str) -> None:
    reader.goto(f"{server}/?stream=bank")
    reader.wait_for_load_state("networkidle")
    expect(reader.locator(WAITING)).not_to_have_count(0)
    reader.evaluate("location.hash = 'flow-types-finished-title'")
    expect(reader.locator("#flow-types-finished-title")).to_be_in_viewport()


@pytest.mark.parametrize("way", ["button", "keys"])
def test_the_whole_page_stands_on_paper(reader: Page, server: str, way: str) -> None:
    reader.add_init_script("window.print = () => { window.onPaper = document.querySelectorAll('.later').length; }")
    reader.goto(f"{server}/?stream=bank")
    reader.wait_for_load_state("networkidle")
    expect(reader.locator(WAITING)).not_to_have_count(0)
    if way == "button":
        reader.get_by_role("button", name="Print or PDF").click()
    else:
        reader.keyboard.press("Control+p")
    expect(reader.locator("#flow-any-title")).to_be_attached()
    for _ in range(WAITS):
        if (left := reader.evaluate("window.onPaper")) is not None:
            break
        reader.wait_for_timeout(100)
    assert left == 0


def test_a_part_that_leaves_the_view_and_comes_back_is_asked_for_once(reader: Page, server: str) -> None:
    def hold(route: Route) -> None:
        held.append(route) if is_slow else route.continue_()

    held: list[Route] = []
    is_slow = True
    asked = parts_asked(reader)
    reader.goto(f"{server}/?stream=bank")
    reader.wait_for_load_state("networkidle")
    reader.route("**/_dash-update-component*", hold)
    begun = len(asked)
    scroll_until(reader, lambda: len(asked) > begun)
    for wheel in (-9_000, 9_000, -9_000):
        reader.mouse.wheel(0, wheel)
        reader.wait_for_timeout(500)
    is_slow = False
    for route in held:
        route.continue_()
    scroll_until(reader, lambda: not reader.locator(WAITING).count())
    assert len(asked) == len(set(asked))


def test_a_part_that_could_not_be_drawn_is_asked_for_again(reader: Page, server: str) -> None:
    def refuse_once(route: Route) -> None:
        if "Is it stable?" in (route.request.post_data or "") and not refused:
            refused.append(1)
            route.fulfill(status=500, body="")
        else:
            route.continue_()

    refused: list[int] = []
    reader.route("**/_dash-update-component*", refuse_once)
    reader.goto(f"{server}/?stream=bank")
    reader.wait_for_load_state("networkidle")
    scroll_until(reader, lambda: bool(refused))
    expect(reader.get_by_text("This could not be drawn.")).to_be_visible()
    reader.mouse.wheel(0, -5_000)
    reader.wait_for_timeout(500)
    reader.mouse.wheel(0, 9_000)
    expect(reader.locator("#flow-any-title")).to_be_visible()
