"""The map in a real browser: no two texts meet, what it shows is chosen, and it leaves as PNG and as PDF."""

from __future__ import annotations

import re
import struct
import zlib
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from browser.test_browser import _open
from dashboard.figures.value_stream_map import BackFlow, Step, ValueStreamMap, render

DAY = 86_400.0
LONG = (
    "Integration and regression test",
    "Approval of the change advisory board",
    "Donaudampfschifffahrtsgesellschaft",
)
# Every pair of texts that share more than a pixel in both directions, and every text that leaves the drawing.
MEETING = """() => {
  const svg = document.querySelector("svg");
  const texts = [...svg.querySelectorAll("text")].map((text) => ({
    words: text.firstChild?.data ?? "", box: text.getBoundingClientRect(),
  })).filter(({ words }) => words.trim());
  const paper = svg.getBoundingClientRect();
  const found = texts.filter(({ box }) =>
    box.left < paper.left - 1 || box.right > paper.right + 1 || box.top < paper.top - 1 || box.bottom > paper.bottom + 1
  ).map(({ words }) => ["leaves", words]);
  texts.forEach((one, place) => texts.slice(place + 1).forEach((other) => {
    const across = Math.min(one.box.right, other.box.right) - Math.max(one.box.left, other.box.left);
    const down = Math.min(one.box.bottom, other.box.bottom) - Math.max(one.box.top, other.box.top);
    if (across > 1 && down > 1) found.push([one.words, other.words, across.toFixed(1), down.toFixed(1)]);
  }));
  return [texts.length, found];
}"""


def crowded(count: int) -> ValueStreamMap:
    """A map with as much as can stand on it: every third step waits, names are long and numbers large."""
    steps = tuple(_step(i) for i in range(count))
    names = [step.name for step in steps]
    back = tuple(
        BackFlow(names[min(i + 2 + i % 3, count - 1)], names[i], 0.05 + i / 50) for i in range(0, count - 2, 2)
    )
    return ValueStreamMap(
        title="Payments, accounts and cards of the whole enterprise group, with all of its subsidiaries and partners",
        supplier="Product management and the payments regulator",
        customer="Account holders and small firms of the northern region",
        tools=("Issue tracker", "Source control", "Release calendar", "Incident desk", "Test management"),
        steps=steps,
        back_flows=back,
        lead_seconds=sum(step.mean_seconds for step in steps) + 12 * DAY,
        unattributed_seconds=12 * DAY,
        items=123_456,
        period="9 Aug 2023 – 30 Oct 2026",
        constraint=(names[1], "items wait 1,254.8 d for it, 39 % of the lead time; 12,345 wait now"),
        bursts=((names[0], "Two at once"), *((name, f"Tests of {name} run in the night") for name in names[::3])),
        is_proposal=True,
        demand_per_day=1234.5,
        takt_seconds=30.0,
        median_lead_seconds=1012.4 * DAY,
        first_pass_yield=0.692,
        batch_basis="Batch = items per deployment, median of 12,345: told where work waits, and at the step before.",
    )


def _step(number: int) -> Step:
    is_wait = number % 3 == 0
    return Step(
        name=f"{LONG[number % len(LONG)]} {number + 1}",
        mode="wait" if is_wait else "active",
        mean_seconds=(1012.4 + number) * DAY,
        process_seconds=0 if is_wait else 998.7 * DAY,
        work_in_progress=12_345,
        visits=123_456,
        received=None if is_wait else 0.985,
        produced=None if is_wait else 0.9,
        rework_ratio=0.125,
        team=f"Team of the platform and its infrastructure {number}",
        wip_limit=10_000 if number % 2 else None,
        is_handoff=number % 2 == 0,
        days_of_supply=1234.5,
        leaves_per_day=1234.5,
        falls_behind=number % 4 == 1,
        median_seconds=1011.3 * DAY,
        median_process_seconds=997.6 * DAY,
        batch=1234.5,
    )


@pytest.mark.parametrize("is_vertical", [False, True], ids=["wide", "tall"])
@pytest.mark.parametrize("average", ["mean", "median"])
@pytest.mark.parametrize("count", [4, 8, 15, 20])
def test_no_two_texts_of_a_crowded_map_meet(page: Page, count: int, average: str, is_vertical: bool) -> None:
    value_map = replace(crowded(count), average=average)  # type: ignore[arg-type]
    page.set_viewport_size({"width": 390 if is_vertical else 1440, "height": 900})
    page.set_content(f"<body>{render(value_map, is_vertical=is_vertical)}")
    texts, meeting = page.evaluate(MEETING)
    assert texts > 20 * count / 4
    assert meeting == []


@pytest.mark.parametrize("is_vertical", [False, True], ids=["wide", "tall"])
@pytest.mark.parametrize("rows", [("n",), ("lead", "wip"), ("process", "lead", "accurate", "rework", "wip")])
def test_no_two_texts_meet_whichever_rows_are_chosen(page: Page, rows: tuple[str, ...], is_vertical: bool) -> None:
    page.set_content(f"<body>{render(replace(crowded(8), rows=rows), is_vertical=is_vertical)}")
    assert page.evaluate(MEETING)[1] == []


def test_rows_and_average_are_chosen_and_stand_in_the_url_and_in_the_files(clean_page: Page, server: str) -> None:
    _open(clean_page, f"{server}/value-stream?stream=bank")
    box = clean_page.locator("#map-across [data-id='Test']")
    expect(box).to_contain_text("Process time")
    clean_page.get_by_label("Times in the data boxes").select_option("median")
    expect(box).to_contain_text("Median process")
    expect(clean_page).to_have_url(re.compile(r"[?&]average=median"))
    clean_page.locator("summary", has_text="Rows of the data boxes").click()
    clean_page.get_by_label("Rework share").uncheck()
    expect(box).not_to_contain_text("Rework")
    expect(clean_page).to_have_url(re.compile(r"rows=process(~|%7E)lead(~|%7E)accurate(~|%7E)wip"))
    expect(box).to_contain_text("Batch")
    link = clean_page.get_by_role("link", name="SVG", exact=True).get_attribute("href") or ""
    told = clean_page.request.get(server + link).text()
    assert "Median process" in told and "Rework" not in told
    clean_page.reload()
    expect(box).to_contain_text("Median process")
    expect(box).not_to_contain_text("Rework")


def test_the_map_is_saved_as_png(clean_page: Page, server: str) -> None:
    _open(clean_page, f"{server}/value-stream?stream=bank")
    box = clean_page.locator("#map-across svg").get_attribute("viewBox") or ""
    with clean_page.expect_download() as download:
        clean_page.get_by_role("button", name="PNG of the map").click()
    assert download.value.suggested_filename == "value-stream-map.png"
    saved = Path(download.value.path()).read_bytes()
    assert saved.startswith(b"\x89PNG")
    drawn = [round(2 * float(side)) for side in box.split()[2:]]
    assert list(struct.unpack(">II", saved[16:24])) == pytest.approx(drawn, abs=1)
    assert len(saved) > 50_000  # something is on it


def test_the_map_alone_is_printed_on_one_page_in_vectors(clean_page: Page, server: str) -> None:
    clean_page.emulate_media(color_scheme="dark")
    _open(clean_page, f"{server}/value-stream?stream=bank")
    clean_page.evaluate("window.print = () => { window.wasPrinted = true; }")
    clean_page.get_by_role("button", name="PDF of the map").click()
    assert clean_page.evaluate("window.wasPrinted")
    # Chromium tells the page that it prints and that it has printed, as it does after its dialogue.
    pages, drawn = pdf_of(clean_page)
    assert pages == [(1191, 842)]  # A3 across, in points
    assert b"/Subtype /Image" not in drawn
    expect(clean_page.locator("html")).not_to_have_class(re.compile("map-alone"))


def test_a_page_prints_its_map_whole_within_one_page(clean_page: Page, server: str) -> None:
    _open(clean_page, f"{server}/value-stream?stream=bank")
    wide = render(crowded(20))
    clean_page.evaluate("svg => { document.querySelector('#map-across').innerHTML = svg; }", wide)
    clean_page.emulate_media(media="print")
    clean_page.set_viewport_size({"width": 1047, "height": 718})  # A4 across without its margins
    size = clean_page.locator("#map-across svg").bounding_box()
    assert size
    assert size["x"] >= 0 and size["x"] + size["width"] <= 1047
    assert size["height"] <= 718
    assert pdf_of(clean_page)[0][0] == (842, 595)


def pdf_of(page: Page) -> tuple[list[tuple[int, int]], bytes]:
    """What Chromium prints: the size of each page in points, and the file with its streams unpacked."""
    printed = page.pdf(prefer_css_page_size=True)
    boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", printed)
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", printed, re.DOTALL)
    unpacked = [zlib.decompressobj().decompress(each) for each in streams if each[:1] == b"x"]
    return [(round(float(width)), round(float(height))) for width, height in boxes], b"".join([printed, *unpacked])


def test_a_move_of_the_process_map_opens_the_items_that_made_it(clean_page: Page, server: str) -> None:
    clean_page.goto(f"{server}/value-stream?stream=bank")
    move = clean_page.locator(".process-map .move[aria-label^='In Development to Waiting for Test:']")
    told = re.search(r"moves of ([\d,]+ items)", move.get_attribute("aria-label") or "")
    assert told
    for _ in range(2):  # the same one again, after the drawer was closed
        move.press("Enter")
        drawer = clean_page.locator(".drawer.show")
        expect(drawer).to_contain_text(told[1])
        clean_page.keyboard.press("Escape")
        expect(drawer).to_have_count(0)
