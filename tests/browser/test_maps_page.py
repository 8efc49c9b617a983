"""Maps that people design, in a browser: a sketch is typed, a future state is changed, compared, simulated."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from browser.conftest import assert_nobody_is_kept_out, served
from dashboard.catalogue import Catalogue
from dashboard.designs.document import Change, Design, MapStep
from dashboard.designs.folder import keep_new
from dashboard.pages.measured_design import design_from
from dashboard.pages.view import view_of
from dashboard.settings import Settings
from dashboard.warehouse import Warehouse


@pytest.fixture(scope="module")
def home(demo: Settings, catalogue: Catalogue, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's home, to be written in, with a future state that has one change and a sketch of other work."""
    home = tmp_path_factory.mktemp("maps") / "home"
    shutil.copytree(demo.home, home)
    seen, _ = view_of(Warehouse(demo.warehouse, catalogue), home, {"stream": "bank", "from": "2026-03-01"})
    change = Change(do="set", step="Waiting for release", batch=4, wip_limit=8)
    keep_new(home, design_from(seen, "Trains of four").model_copy(update={"change": (change,)}))
    keep_new(
        home, Design(name="Card requests", stream="cards", step=(MapStep(name="Print", wait="2 d", process="5 min"),))
    )
    return home


@pytest.fixture(scope="module")
def address(home: Path) -> Iterator[str]:
    with served(home) as address:
        yield address


def created(page: Page, address: str, name: str, source: str) -> None:
    page.goto(f"{address}/maps?stream=bank&from=2026-03-01")
    page.get_by_label("Name of the new map").fill(name)
    page.get_by_label("Begin with").select_option(source)
    page.get_by_role("button", name="Create the map").click()
    expect(page).to_have_url(re.compile(f"map={name.lower().replace(' ', '-')}"))
    expect(page.get_by_label("Map", exact=True)).to_have_value(name.lower().replace(" ", "-"))


def row(page: Page, number: int, **cells: str) -> None:
    for column, text in cells.items():
        page.get_by_label(f"{column.replace('_', ' ')}, row {number}", exact=True).fill(text)


def test_a_sketch_is_typed_and_drawn(clean_page: Page, address: str, home: Path) -> None:
    page = clean_page
    created(page, address, "Partner onboarding", "empty")
    expect(page.get_by_text("The sketch has no step yet")).to_be_visible()
    row(page, 1, Step="Request", Process_time="2 h")
    row(page, 2, Step="Contract review", Wait_before="5", Process_time="3 h")
    page.get_by_role("button", name="Save the sketch").click()
    expect(page.locator(".alert")).to_contain_text("Row 2 (Contract review): Wait before is '5'")
    # What was typed is still there.
    expect(page.get_by_label("Step, row 1", exact=True)).to_have_value("Request")
    row(page, 2, Wait_before="5 d")
    page.get_by_label("Tools, with commas").fill("Mail, CRM")
    page.get_by_role("button", name="Save the sketch").click()
    card = page.locator(".card").filter(has_text="How does work flow, as far as we know?")
    expect(card.locator(".card-answer")).to_have_text("Lead time 5.2 d, of it 5.0 h of work")
    drawing = card.locator(".map-across svg.vsm")
    expect(drawing.locator(".step")).to_have_count(3)
    expect(drawing).to_contain_text("Sketch: typed by people, not measured.")
    expect(drawing).to_contain_text("CRM")
    row(page, 3, Step="Hand over", Process_time="30 min")
    page.get_by_label("No., row 3", exact=True).fill("0")
    page.get_by_role("button", name="Save the sketch").click()
    expect(page.get_by_label("Step, row 1", exact=True)).to_have_value("Hand over")
    expect(page.locator("#maps-said")).to_be_focused()
    # What stands in the table and is not saved yet is not lost with another change.
    row(page, 4, Step="Archive", Wait_before="1 d")
    page.get_by_text("Add a change").click()
    page.get_by_label("Step", exact=True).select_option("Contract review")
    page.get_by_label("Wait before it").fill("2 d")
    page.get_by_role("button", name="Add this change").click()
    expect(page.get_by_label("Step, row 4", exact=True)).to_have_value("Archive")
    expect(page.locator(".map-changes > li")).to_have_count(1)
    assert 'wait = "5 d"' in (home / "maps" / "partner-onboarding.toml").read_text()
    expect(page.get_by_text("A sketch has no measured stays")).to_be_visible()


def test_a_future_state_is_changed_compared_and_simulated(clean_page: Page, address: str) -> None:
    page = clean_page
    created(page, address, "Release every week", "measured")
    answer = page.locator(".card").filter(has_text="How is work to flow?").locator(".card-answer")
    expect(answer).to_have_text(re.compile(r"Lead time 53\.1 d, of it 18\.6 d of work"))
    simulated = page.locator(".card").filter(has_text="How long would items take?")
    expect(simulated.locator(".card-answer")).to_contain_text("The flow as it is, simulated: half within")
    page.get_by_label("Step", exact=True).select_option("Waiting for release")
    page.get_by_label("Wait before it").fill("2 d")
    page.get_by_label("Why", exact=True).fill("a release each week")
    page.get_by_label("Initiative").select_option(index=1)
    page.get_by_role("button", name="Add this change").click()
    changes = page.locator(".map-changes > li")
    expect(changes).to_have_text(
        [re.compile(r"Waiting for release: wait 9\.5 d → 2\.0 d\. Lead time 53\.1 d → 45\.5 d")]
    )
    expect(answer).to_contain_text("1 change: lead time 53.1 d → 45.5 d (−14 %)")
    page.get_by_label("What is done").select_option("remove")
    page.get_by_label("Step", exact=True).select_option("Open")
    page.get_by_role("button", name="Add this change").click()
    expect(changes).to_have_count(2)
    expect(simulated.locator(".card-answer")).to_contain_text("As designed, half would be done within")
    beside = page.locator(".card").filter(has_text="How does it differ?")
    expect(beside.locator("tbody tr").first).to_have_text(re.compile(r"Open\s*14\.3 d\s*–\s*−14\.3 d"))
    page.reload()
    expect(changes).to_have_count(2)
    changes.nth(1).get_by_role("button", name="Take it back").click()
    expect(changes).to_have_count(1)
    page.get_by_label("Beside").select_option("card-requests")
    expect(beside.locator(".card-answer")).to_contain_text("From Card requests to Release every week")
    expect(page).to_have_url(re.compile("beside=card-requests"))


def test_a_step_chosen_in_the_drawing_is_the_one_to_be_changed(clean_page: Page, address: str) -> None:
    page = clean_page
    created(page, address, "Chosen by hand", "measured")
    page.locator(".map-across [data-id='Development']").first.press("Enter")
    expect(page.get_by_label("Step", exact=True)).to_have_value("Development")
    page.locator(".map-across [data-id='Waiting for test']").first.click()
    expect(page.get_by_label("Step", exact=True)).to_have_value("Waiting for test")


@pytest.mark.parametrize("kind", ["svg", "drawio", "mermaid"])
def test_a_designed_map_leaves_as_a_file(clean_page: Page, address: str, kind: str) -> None:
    page = clean_page
    page.goto(f"{address}/maps?stream=bank&map=trains-of-four")
    name = {"svg": "SVG", "drawio": "draw.io", "mermaid": "Mermaid"}[kind]
    with page.expect_download() as download:
        page.locator(".card").first.get_by_role("link", name=name, exact=True).click()
    assert "Waiting for release" in Path(download.value.path()).read_text(encoding="utf-8")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_has_no_barrier_and_fits_a_phone(clean_page: Page, address: str, scheme: str) -> None:
    page = clean_page
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    for name in ("trains-of-four", "card-requests"):
        page.goto(f"{address}/maps?stream=bank&from=2026-03-01&map={name}")
        expect(page.locator(".card").first).to_be_visible()
        page.wait_for_load_state("networkidle")
        expect(page.locator("[data-dash-is-loading]")).to_have_count(0)
        assert_nobody_is_kept_out(page)
    page.set_viewport_size({"width": 390, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_second_of_two_people_is_told(clean_page: Page, address: str, home: Path) -> None:
    page = clean_page
    created(page, address, "Two hands", "measured")
    path = home / "maps" / "two-hands.toml"
    path.write_text(path.read_text() + "\n# somebody was here\n")
    page.get_by_label("Wait before it").fill("1 d")
    page.get_by_role("button", name="Add this change").click()
    expect(page.locator(".alert")).to_contain_text("two-hands.toml was changed since this page was opened")
    assert "somebody was here" in path.read_text()
    assert "[[change]]" not in path.read_text()


def test_a_map_is_removed(clean_page: Page, address: str, home: Path) -> None:
    page = clean_page
    created(page, address, "Gone soon", "measured")
    page.get_by_text("Remove this map").click()
    page.get_by_role("button", name="Yes, remove it").click()
    expect(page).not_to_have_url(re.compile("map="))
    assert not (home / "maps" / "gone-soon.toml").exists()
