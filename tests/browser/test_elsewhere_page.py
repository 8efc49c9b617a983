"""Single visits on a cluster: the pages show them, name the cluster and its seconds, and stand where it is gone."""

from __future__ import annotations

import re
from pathlib import Path

from drill_downs import CATALOGUE, home_of
from playwright.sync_api import Page, Route, expect
from spark_cluster import sailing

from browser.conftest import served
from dashboard.build import import_files
from dashboard.settings import Settings


def test_what_a_cluster_is_asked_is_shown_with_its_name(clean_page: Page, demo: Settings, tmp_path: Path) -> None:
    page = clean_page
    with sailing() as url:
        home = home_of(demo, tmp_path, url)
        import_files([], home, CATALOGUE)
        host = url.removeprefix("sc://")
        named = f"Single visits lie on the cluster (Spark at {host})"
        with served(home.home, VSM_ENGINE=url) as address:
            page.goto(f"{address}/explore?stream=bank")
            expect(page.locator(".findings-line")).to_have_text("473 items.")
            expect(page.locator(".asked-of").first).to_have_text(re.compile(rf"Asks Spark at {host}: \d+\.\d s"))
            expect(page.locator("#page-footer")).to_contain_text(f"{named}: about")
            # The drawer opens before its items come.
            held: list[Route] = []

            def hold(route: Route) -> None:
                if '"drawer-asked.data"' in (route.request.post_data or ""):
                    held.append(route)
                else:
                    route.continue_()

            page.route("**/_dash-update-component*", hold)
            page.get_by_role("combobox", name="Group by", exact=True).select_option("rework")
            page.locator(".row-open").first.click()
            drawer = page.locator(".drawer")
            expect(drawer).to_contain_text(named)
            expect(drawer.locator("tbody tr")).to_have_count(0)
            held[0].continue_()
            expect(drawer.locator("tbody tr").first).to_be_visible()
            expect(drawer).not_to_contain_text(named)
            page.goto("about:blank")
    with served(home.home, VSM_ENGINE=url) as address:
        gone = page.get_by_text("the cluster that holds the single visits did not answer")
        page.goto(f"{address}/explore?stream=bank")
        expect(gone.first).to_be_visible()
        page.goto(f"{address}/?stream=bank")
        expect(gone.first).to_be_visible()
        expect(page.locator(".kpi-value").first).to_have_text(re.compile(r"\d"))
        expect(page.locator("#page-footer")).to_contain_text("it was not asked yet")
        page.goto(f"{address}/overview?stream=bank")
        expect(page.locator(".overview-table").get_by_text("the plan says why").first).to_be_visible()
        expect(page.locator(".overview-spark").first).to_be_visible()
