"""The stage mapping in a real browser: a change is saved, built, and seen; the second editor loses nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from browser.conftest import assert_nobody_is_kept_out, served
from dashboard.build import import_files
from dashboard.catalogue import Catalogue
from dashboard.settings import Settings
from dashboard.streams.definition import read_definition

MOVES = "".join(
    f"{item},2024-01-{item:02}T08:00:00Z,Open\n{item},2024-01-{item:02}T09:00:00Z,Doing\n"
    f"{item},2024-01-{item:02}T12:00:00Z,Check\n{item},2024-01-{item:02}T16:00:00Z,Done\n"
    for item in range(1, 21)
)


@pytest.fixture
def shop(tmp_path: Path, catalogue: Catalogue) -> Iterator[tuple[str, Path]]:
    """A server of its own, and its definition: one proposed stream of four states."""
    (tmp_path / "shop.csv").write_text(f"item_id,occurred_at,to_state\n{MOVES}", encoding="utf-8")
    settings = Settings(home=tmp_path / "home")
    import_files([tmp_path / "shop.csv"], settings, catalogue)
    with served(settings.home) as address:
        yield address, settings.home / "streams.toml"


def open_mapping(page: Page, address: str) -> None:
    page.goto(f"{address}/mapping?stream=shop")
    expect(page.locator("#mapping-form fieldset").first).to_be_visible()
    page.wait_for_load_state("networkidle")


def test_a_changed_category_is_saved_and_the_figures_follow(clean_page: Page, shop: tuple[str, Path]) -> None:
    address, path = shop
    clean_page.goto(f"{address}/?stream=shop")
    cycle = clean_page.locator(".kpi-value").nth(1)
    expect(cycle).to_have_text("7.0 h")
    clean_page.get_by_role("link", name="Data").click()
    clean_page.get_by_role("link", name="Check and confirm the stages").click()
    doing = clean_page.get_by_role("group", name="2. Doing")
    doing.get_by_label("Category").select_option("backlog")
    clean_page.get_by_role("button", name="Confirm and rebuild").click()
    expect(clean_page.locator("#mapping-said")).to_contain_text("every page now shows import 2")
    expect(clean_page.locator("#page-footer")).not_to_contain_text("nobody has confirmed")
    expect(doing.get_by_label("Category")).to_have_value("backlog")
    assert [stage.category for stage in read_definition(path)["shop"].stage] == [
        "backlog",
        "backlog",
        "in-progress",
        "done",
    ]
    clean_page.get_by_role("link", name="Flow").click()
    expect(cycle).to_have_text("4.0 h")


def test_a_state_moves_into_another_stage(clean_page: Page, shop: tuple[str, Path]) -> None:
    address, path = shop
    open_mapping(clean_page, address)
    check = clean_page.get_by_role("group", name="3. Check")
    check.get_by_label("belongs to").select_option(label="2. Doing")
    clean_page.get_by_role("button", name="Confirm and rebuild").click()
    expect(clean_page.locator("#mapping-said")).to_contain_text("import 2")
    expect(clean_page.get_by_role("group", name="3. Done")).to_be_visible()
    assert read_definition(path)["shop"].stage[1].states == ("Doing", "Check")


def test_the_second_of_two_editors_is_told_and_keeps_what_was_entered(clean_page: Page, shop: tuple[str, Path]) -> None:
    address, path = shop
    open_mapping(clean_page, address)
    other = clean_page.context.new_page()
    open_mapping(other, address)
    other.get_by_role("group", name="2. Doing").get_by_label("Team").fill("Builders")
    other.get_by_role("button", name="Confirm and rebuild").click()
    expect(other.locator("#mapping-said")).to_contain_text("import 2")
    written = path.read_bytes()
    team = clean_page.get_by_role("group", name="2. Doing").get_by_label("Team")
    team.fill("Mine")
    clean_page.get_by_role("button", name="Confirm and rebuild").click()
    expect(clean_page.locator("#mapping-said")).to_contain_text("was changed since")
    expect(team).to_have_value("Mine")
    assert path.read_bytes() == written


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_form_is_accessible_when_it_complains(clean_page: Page, shop: tuple[str, Path], scheme: str) -> None:
    clean_page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    open_mapping(clean_page, shop[0])
    clean_page.get_by_role("group", name="2. Doing").get_by_label("WIP limit").fill("0.5")
    clean_page.get_by_role("button", name="Confirm and rebuild").click()
    expect(clean_page.locator("#mapping-said")).to_contain_text("The limit of the stage 'Doing' is '0.5'")
    assert_nobody_is_kept_out(clean_page)
