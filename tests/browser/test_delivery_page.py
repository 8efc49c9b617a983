"""Delivery in a real browser: a service is chosen, a cause is corrected, nothing is in the way."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from browser.conftest import assert_nobody_is_kept_out, served
from dashboard.settings import Settings


@pytest.fixture(scope="module")
def address(demo: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home: Path = tmp_path_factory.mktemp("delivery") / "home"
    shutil.copytree(demo.home, home)
    with served(home) as address:
        yield address


def test_a_service_is_chosen_and_a_cause_is_corrected(clean_page: Page, address: str) -> None:
    page = clean_page
    page.goto(f"{address}/delivery?stream=retailer")
    rate = page.locator(".kpi").filter(has_text="Change fail rate")
    expect(rate).to_contain_text("n = 468 deployments")
    page.get_by_label("Service", exact=True).select_option("checkout-api")
    expect(rate).to_contain_text("n = 129 deployments")
    expect(page).to_have_url(re.compile("service=checkout-api"))
    page.get_by_text("Correct a cause").click()
    page.get_by_label("Incident", exact=True).select_option("SHOP-INC-180")
    page.get_by_label("Caused by").select_option(index=1)
    page.get_by_role("button", name="Correct it").click()
    card = page.locator(".card").filter(has_text="What caused each incident?")
    expect(card.locator(".card-answer")).to_contain_text("1: corrected here")
    expect(rate).to_contain_text("n = 129 deployments")
    page.reload()
    expect(card.locator(".card-answer")).to_contain_text("1: corrected here")
    page.get_by_text("Correct a cause").click()
    page.get_by_role("button", name="Take it back").click()
    expect(card.locator(".card-answer")).not_to_contain_text("corrected here")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_has_no_barrier_and_fits_a_phone(
    clean_page: Page, address: str, scheme: Literal["light", "dark"]
) -> None:
    page = clean_page
    page.emulate_media(color_scheme=scheme)
    page.goto(f"{address}/delivery?stream=retailer")
    expect(page.locator("#delivery-satisfaction-title")).to_be_visible(timeout=15_000)
    page.wait_for_load_state("networkidle")
    expect(page.locator("[data-dash-is-loading]")).to_have_count(0)
    for reason in page.locator(".reason > summary").all():
        reason.click()
    assert_nobody_is_kept_out(page)
    page.set_viewport_size({"width": 390, "height": 900})
    page.reload()
    expect(page.locator("#delivery-satisfaction-title")).to_be_visible(timeout=15_000)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
