"""What only a browser can show: pages are drawn, controls work, the URL is the state, nothing overflows."""

from __future__ import annotations

import re

import pytest
from conftest import Imports
from playwright.sync_api import Page, expect

from browser.conftest import assert_nobody_is_kept_out, served
from dashboard.pages import PAGES

PATHS = [page.PATH for page in PAGES]

# The machine may be busy; speed is measured elsewhere.


def _open(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.locator("#page-body > *").first).to_be_visible()
    page.wait_for_load_state("networkidle")


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(("width", "stream"), [(1440, "retailer"), (390, "bank")])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_page_is_drawn_nothing_overflows_and_nobody_is_kept_out(
    clean_page: Page, server: str, path: str, width: int, stream: str, scheme: str
) -> None:
    clean_page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    clean_page.set_viewport_size({"width": width, "height": 900})
    _open(clean_page, f"{server}{path}?stream={stream}")
    assert clean_page.evaluate("document.documentElement.dataset.bsTheme") == scheme
    assert clean_page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    for graph in clean_page.locator(".dash-graph").all():
        expect(graph.locator(".main-svg").first).to_be_visible()
    if width == 1440:
        assert_nobody_is_kept_out(clean_page)


def test_a_choice_goes_to_the_url_and_changes_the_figures(clean_page: Page, server: str) -> None:
    _open(clean_page, f"{server}/?stream=bank")
    value = clean_page.locator(".kpi-value").nth(2)
    before = value.inner_text()
    clean_page.locator("#scope-type").select_option("defect")
    expect(value).not_to_have_text(before)
    expect(clean_page).to_have_url(f"{server}/?stream=bank&type=defect")


def test_a_link_reproduces_the_view_elsewhere(clean_page: Page, server: str) -> None:
    address = f"{server}/?stream=bank&type=defect&from=2026-01-01&period=quarter&percentile=0.85&clock=working"
    _open(clean_page, address)
    shown = clean_page.locator(".kpi-value").all_inner_texts()
    assert clean_page.locator("#scope-type").input_value() == "defect"
    assert clean_page.locator("#scope-percentile").input_value() == "0.85"
    clean_page.reload()
    expect(clean_page.locator(".kpi-value").first).to_have_text(shown[0])
    assert clean_page.locator(".kpi-value").all_inner_texts() == shown


def test_the_menu_keeps_the_scope_and_back_returns_to_it(clean_page: Page, server: str) -> None:
    _open(clean_page, f"{server}/?stream=bank")
    clean_page.locator("#scope-type").select_option("defect")
    expect(clean_page).to_have_url(re.compile("type=defect"))
    clean_page.get_by_role("link", name="Waste").click()
    expect(clean_page.get_by_role("heading", level=1)).to_have_text("Waste")
    expect(clean_page).to_have_url(re.compile("type=defect"))
    clean_page.go_back()
    expect(clean_page.get_by_role("heading", level=1)).to_have_text("Flow")
    assert clean_page.locator("#scope-type").input_value() == "defect"


def test_another_stream_opens_with_its_own_teams(clean_page: Page, server: str) -> None:
    _open(clean_page, f"{server}/?stream=bank")
    teams = clean_page.locator("#scope-team option").all_inner_texts()
    clean_page.locator("#scope-stream").select_option("healthcare")
    expect(clean_page).to_have_url(re.compile("stream=healthcare"))
    expect(clean_page.locator("#scope-stream")).to_have_value("healthcare")
    clean_page.wait_for_load_state("networkidle")
    assert clean_page.locator("#scope-team option").all_inner_texts() != teams


def test_a_preset_sets_the_dates_and_reset_takes_them_back(clean_page: Page, server: str) -> None:
    _open(clean_page, f"{server}/?stream=bank")
    clean_page.locator("#scope-type").select_option("feature")
    clean_page.get_by_role("button", name="90 days").click()
    expect(clean_page.locator("#scope-since")).to_have_value("2026-08-02")
    expect(clean_page.get_by_role("button", name="90 days")).to_have_class("chip active")
    expect(clean_page.locator("#scope-type")).to_have_value("feature")
    expect(clean_page).to_have_url(re.compile("type=feature"))
    clean_page.get_by_role("link", name="Reset").click()
    expect(clean_page.locator("#scope-since")).to_have_value("2023-08-09")


def test_any_metric_can_be_picked(clean_page: Page, server: str) -> None:
    _open(clean_page, f"{server}/?stream=bank")
    clean_page.get_by_label("Any metric of the catalogue").select_option("first_pass_yield")
    expect(clean_page.locator("#flow-any-title")).to_have_text("First-pass yield")


def test_the_timeline_shows_only_the_chosen_outcome(clean_page: Page, server: str) -> None:
    _open(clean_page, f"{server}/timeline?stream=bank")
    clean_page.get_by_label("Show", exact=True).select_option("open")
    expect(clean_page.locator("#timeline-drawn .card-answer")).to_contain_text("items")
    shown = clean_page.locator("#timeline-drawn details.data-table td:nth-child(7)")
    expect(shown.first).to_have_text("open")


def test_a_step_of_the_map_opens_by_keyboard(clean_page: Page, server: str) -> None:
    _open(clean_page, f"{server}/value-stream?stream=bank")
    step = clean_page.locator("#map-across [data-id='Development']")
    step.focus()
    clean_page.keyboard.press("Enter")
    expect(clean_page.locator("#map-step")).to_contain_text("Items are worked on here")
    expect(clean_page.locator("#map-step")).to_contain_text("Is what is handed on complete and accurate?")
    expect(step).to_have_attribute("aria-pressed", "true")


def test_the_theme_is_switched_and_remembered(clean_page: Page, server: str) -> None:
    clean_page.emulate_media(color_scheme="light")
    _open(clean_page, f"{server}/?stream=bank")
    clean_page.locator("#theme-button").click()
    assert clean_page.evaluate("document.documentElement.dataset.bsTheme") == "dark"
    clean_page.reload()
    expect(clean_page.locator("#page-body > *").first).to_be_visible()
    assert clean_page.evaluate("document.documentElement.dataset.bsTheme") == "dark"


def test_a_table_is_downloaded_with_all_its_rows(clean_page: Page, server: str) -> None:
    _open(clean_page, f"{server}/waste?stream=bank")
    clean_page.locator("summary", has_text="Table").first.click()
    with clean_page.expect_download() as download:
        clean_page.get_by_role("link", name="Download CSV").first.click()
    lines = download.value.path().read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("bucket,activity,stage,position,reason,days,share_ratio,items,cost")
    assert len(lines) > 10


def test_pages_of_a_list_without_history_have_no_complaint(clean_page: Page, whole_imports: Imports) -> None:
    whole_imports.run(whole_imports.file("few.csv", "id,created,finished\nA,2024-01-01,2024-01-03\nB,2024-01-02,\n"))
    with served(whole_imports.settings.home) as address:
        for path in PATHS:
            _open(clean_page, f"{address}{path}")
