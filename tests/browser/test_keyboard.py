"""Every page by keyboard alone, with little motion, and each chart with a table behind it."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest
from playwright.sync_api import Page, expect

from dashboard.pages import PAGES

# What can be worked, as a browser sees it; of radio buttons of one name only the chosen one is in the way of Tab.
LISTEN = """() => {
  window.way = [];
  window.unmarked = [];
  document.addEventListener("focusin", ({ target }) => {
    window.way.push(target);
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(target);
    const drawn = (each) => getComputedStyle(each.querySelector(".ring, .target") ?? each).stroke;
    const other = document.querySelector(`svg .${target.classList[0]}:not(:focus)`); // a step of a map, drawn anew
    const isMarked = (outlineStyle !== "none" && parseFloat(outlineWidth) > 0) || boxShadow !== "none"
      || (target.closest("svg") && other && drawn(other) !== drawn(target));
    if (!isMarked) window.unmarked.push(target.outerHTML.slice(0, 120));
  });
}"""
WORKED = "a[href], button, input, select, textarea, summary, [tabindex]:not([tabindex='-1'])"
MISSED = """(worked) => {
  const seen = new Set(window.way);
  const names = new Set(window.way.filter((each) => each.type === "radio").map((each) => each.name));
  const can = [...document.querySelectorAll(worked)].filter(
    (each) => !each.disabled && each.tabIndex >= 0 && each.checkVisibility({ visibilityProperty: true })
      && !(each.type === "radio" && names.has(each.name)));
  return can.filter((each) => !seen.has(each)).map((each) => each.outerHTML.slice(0, 120));
}"""
MOVING = """() => [...document.querySelectorAll("*")].filter((each) => {
  const { transitionDuration, animationName } = getComputedStyle(each);
  return animationName !== "none" || transitionDuration.split(",").some((part) => parseFloat(part) > 0);
}).map((each) => each.outerHTML.slice(0, 120))"""
WITHOUT_TABLE = """() => [...document.querySelectorAll(".js-plotly-plot, .card svg[role]")]
  .filter((chart) => !chart.closest(".card")?.querySelector("details, table"))
  .map((chart) => chart.closest(".card")?.textContent.slice(0, 80) ?? chart.outerHTML.slice(0, 80))"""


def opened(page: Page, server: str, shown: ModuleType) -> None:
    page.emulate_media(reduced_motion="reduce")
    page.goto(f"{server}{shown.PATH}?stream=bank")
    expect(page.locator("#page-body > *").first).to_be_visible()
    page.wait_for_load_state("networkidle")


@pytest.mark.parametrize("shown", PAGES, ids=lambda shown: Path(shown.__file__).stem)
def test_tab_reaches_all_that_can_be_worked_nothing_moves_and_each_chart_has_a_table(
    clean_page: Page, server: str, shown: ModuleType
) -> None:
    opened(clean_page, server, shown)
    assert clean_page.evaluate(WITHOUT_TABLE) == []
    assert clean_page.evaluate(MOVING) == []
    clean_page.evaluate(LISTEN)
    assert len(clean_page.evaluate(MISSED, WORKED)) > 10
    for _ in range(clean_page.locator(WORKED).count() + 20):
        clean_page.keyboard.press("Tab")
        if clean_page.evaluate("window.way.length > 1 && document.activeElement === window.way[0]"):
            break
    else:
        pytest.fail("Tab does not come around: something holds it")
    assert clean_page.evaluate(MISSED, WORKED) == []
    assert clean_page.evaluate("window.unmarked") == []


def test_the_first_tab_leads_past_the_menu(clean_page: Page, server: str) -> None:
    opened(clean_page, server, PAGES[1])
    clean_page.keyboard.press("Tab")
    skip = clean_page.get_by_role("link", name="Skip to content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    clean_page.keyboard.press("Enter")
    clean_page.keyboard.press("Tab")
    assert clean_page.evaluate("document.querySelector('#main').contains(document.activeElement)")
