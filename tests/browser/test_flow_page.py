"""Questions that a team asks each week, answered in the browser without help."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from browser.conftest import assert_nobody_is_kept_out


def opened(page: Page, server: str, query: str = "stream=retailer") -> Page:
    """The flow page, drawn."""
    page.goto(f"{server}/?{query}")
    expect(page.locator(".js-plotly-plot").first).to_be_visible(timeout=20_000)
    expect(page.locator(".js-plotly-plot")).to_have_count(16, timeout=20_000)
    return page


def card(page: Page, question: str) -> Locator:
    """The card of a question."""
    return page.locator(".card").filter(has=page.locator(".card-question", has_text=question))


def number(text: str) -> int:
    """The first number in a text."""
    found = re.search(r"[\d,]+", text)
    assert found, text
    return int(found[0].replace(",", ""))


def test_what_is_ageing(clean_page: Page, server: str) -> None:
    page = opened(clean_page, server)
    ageing = card(page, "What is growing old")
    said = number(ageing.locator(".card-answer").inner_text())
    assert ageing.locator(".scatterlayer .point").count() == said
    tile = page.locator(".kpi").filter(has_text="Work in progress").locator(".kpi-value").inner_text()
    assert number(tile) == said == number(card(page, "How many are on the way?").locator(".card-answer").inner_text())
    ageing.locator("summary", has_text="Table").click()
    oldest = ageing.locator(".row-open").first
    key = oldest.inner_text()
    oldest.press("Enter")
    expect(page.locator(".drawer-words")).to_have_text(f"1 item, the item {key}.")
    page.locator(".drawer td a").click()
    expect(page.locator(".card-question").first).to_contain_text(f"{key}:")
    expect(page.get_by_text("What happened, step by step?")).to_be_visible()
    expect(page).to_have_url(re.compile(f"item={key}"))


def test_is_the_flow_stable(clean_page: Page, server: str) -> None:
    page = opened(clean_page, server, "stream=bank")
    shown = page.locator("#flow-picked")
    # Releases by quarters, then by months: as noisy as before, until the baseline is the newer time.
    expect(shown.locator(".card-answer").first).to_contain_text("No signal: what moves is noise")
    page.get_by_label("Baseline from").fill("2025-12-01")
    page.get_by_label("Baseline to").fill("2026-09-01")
    page.get_by_label("Baseline to").press("Enter")
    expect(shown.locator(".card-answer").first).to_contain_text("10 periods, 1 Dec 2025 to 1 Sep 2026")
    expect(shown.locator("li").first).to_contain_text("4 of 5 points in a row more than 1 sigma below the centre")
    page.get_by_label("Shown as").select_option("ranges")
    expect(page.get_by_text("How much does it move from one period to the next?")).to_be_visible()
    expect(page).to_have_url(re.compile("base_from=2025-12-01.*shape=ranges"))
    page.goto(page.url)
    expect(shown.locator(".card-answer").first).to_contain_text("10 periods, 1 Dec 2025 to 1 Sep 2026")
    expect(page.get_by_text("How much does it move from one period to the next?")).to_be_visible()
    page.get_by_label("Any metric of the catalogue").select_option("team_satisfaction")
    expect(shown.locator(".card-answer").first).to_contain_text(re.compile("No limits|noise"))


def test_what_can_we_promise_for_20_items(clean_page: Page, server: str) -> None:
    page = opened(clean_page, server)
    promise = page.locator("#flow-forecast")
    expect(promise).to_contain_text(re.compile(r"20 items: with 85 % by \d+ \w+ \d{4}"))
    expect(promise).to_contain_text(re.compile(r"the 85 % forecast held in \d+ of \d+"))
    before = promise.locator("tbody tr").nth(2).inner_text()
    page.get_by_label("How many items?").fill("40")
    page.get_by_label("How many items?").press("Enter")
    expect(promise).to_contain_text("40 items done in")
    assert number(promise.locator("tbody tr").nth(2).locator("td").nth(1).inner_text()) > number(before.split("\t")[1])
    expect(page).to_have_url(re.compile("items=40"))
    expect(page).not_to_have_url(re.compile("by="))
    answer = promise.locator(".card-answer").inner_text()
    page.locator("#scope-type").select_option("feature")
    expect(promise.locator(".card-answer")).not_to_have_text(answer, timeout=20_000)
    expect(promise).to_contain_text("40 items done in")
    page.reload()
    expect(promise).to_contain_text("40 items done in")
    page.get_by_label("By which day?").fill("2020-01-01")
    page.get_by_label("By which day?").press("Enter")
    expect(promise).not_to_contain_text("items done by")


def test_which_items_made_a_month_slow(clean_page: Page, server: str) -> None:
    page = opened(clean_page, server, "stream=bank")
    done = card(page, "How many get done?")
    done.scroll_into_view_if_needed()
    bar = done.locator(".bars .point path").nth(25)
    box = bar.bounding_box()
    assert box and box["height"] > 5
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    words = page.locator(".drawer-words")
    expect(words).to_contain_text("items finished from 1 Sep 2025 to 30 Sep 2025")
    rows = page.locator(".drawer tbody tr")
    assert rows.count() == number(words.inner_text()) == 43
    ages = [float(text.replace(",", "")) for text in rows.locator("td:nth-child(7)").all_inner_texts()]
    assert ages == sorted(ages, reverse=True)
    assert_nobody_is_kept_out(page)
    page.keyboard.press("Escape")
    expect(page.locator(".drawer")).to_be_hidden()


def test_what_changed_since_last_month(clean_page: Page, server: str) -> None:
    page = opened(clean_page, server, "stream=bank&from=2026-04-01&to=2026-08-31")
    finding = page.locator(".findings a").filter(has_text="the period before").first
    finding.click()
    expect(card(page, "How").locator(".card-question:target")).to_be_in_viewport()
    expect(page.locator(".kpi-change").first).to_contain_text(re.compile("better|worse|unchanged"))


@pytest.mark.parametrize(("kind", "begins"), [("PNG", b"\x89PNG"), ("SVG", b"<svg")])
def test_a_figure_leaves_as_a_picture_with_its_question(
    kind: str, begins: bytes, clean_page: Page, server: str, tmp_path: Path
) -> None:
    page = opened(clean_page, server, "stream=bank")
    with page.expect_download() as started:
        card(page, "How many get done?").get_by_role("button", name=kind).click()
    saved = tmp_path / started.value.suggested_filename
    started.value.save_as(saved)
    assert saved.name == f"flow-throughput.{kind.lower()}"
    assert saved.read_bytes().startswith(begins) and saved.stat().st_size > 5_000
    if kind == "SVG":
        assert "How many get done?" in saved.read_text(encoding="utf-8")


def test_days_of_another_period_are_compared_with(clean_page: Page, server: str) -> None:
    page = opened(clean_page, server, "stream=bank&from=2026-01-01&to=2026-06-30")
    page.locator(".scope-bar summary").click()
    page.get_by_label("or with days from").fill("2024-01-01")
    page.locator("#scope-against-until").fill("2024-06-30")
    page.locator("#scope-against-until").press("Enter")
    expect(page.locator(".kpi-change").first).to_contain_text("than 1 Jan 2024 to 30 Jun 2024")
    expect(page.locator("#scope-against")).to_have_value("2024-01-01~2024-06-30")
    expect(page).to_have_url(re.compile("against=2024-01-01%7E2024-06-30"))
    told = page.locator(".kpi-change").first.inner_text()
    page.goto(page.url)
    expect(page.locator(".kpi-change").first).to_have_text(told)


def test_the_page_prints_whole(clean_page: Page, server: str) -> None:
    page = opened(clean_page, server, "stream=bank")
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    expect(page.locator(".scope-bar")).to_be_hidden()
    expect(page.locator(".card-controls").first).to_be_hidden()
    expect(page.locator("p.print-only")).to_contain_text(
        "Harbour Bank – Payments · 9 Aug 2023 – 30 Oct 2026 · all teams"
    )
    cut = page.evaluate(
        "[...document.querySelectorAll('.js-plotly-plot .svg-container')].filter(frame => {"
        " const svg = frame.querySelector('.main-svg'), card = frame.closest('.card').getBoundingClientRect();"
        " return !svg.getAttribute('viewBox') || svg.getBoundingClientRect().right > card.right + 1 }).length"
    )
    assert cut == 0
    paper = page.pdf(prefer_css_page_size=True)
    assert 5 <= len(re.findall(rb"/Type /Page\b", paper)) <= 20
    page.emulate_media(media="screen")
    page.evaluate("window.print = () => { document.title = 'printed' }")
    page.get_by_role("button", name="Print or PDF").click()
    expect(page).to_have_title("printed")


def test_the_forecast_leaves_as_it_is_shown(clean_page: Page, server: str, tmp_path: Path) -> None:
    page = opened(clean_page, server)
    promise = page.locator("#flow-forecast")
    with page.expect_download() as started:
        promise.get_by_role("link", name="Download CSV").first.click()
    started.value.save_as(tmp_path / "forecast.csv")
    saved = list(csv.reader((tmp_path / "forecast.csv").read_text(encoding="utf-8").splitlines()))
    heads = promise.locator("figure th").all_inner_texts()
    assert started.value.suggested_filename == "forecast.csv"
    assert saved[0] == heads and len(saved) == 5
