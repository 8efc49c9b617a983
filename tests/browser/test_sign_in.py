"""The sign-in by an OpenID provider, as a person goes through it."""

from __future__ import annotations

from collections.abc import Iterator

import oidc_provider_mock
import pytest
from playwright.sync_api import Page, expect

from dashboard.build import Options, import_files
from dashboard.catalogue import Catalogue
from dashboard.settings import Settings
from tests.browser.conftest import served
from tests.test_access import ACCESS, exports
from tests.test_oidc import DEPRECATED, SECRET

pytestmark = DEPRECATED


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory, catalogue: Catalogue) -> Iterator[str]:
    """A server where people sign in at a provider that lets anybody in."""
    folder = tmp_path_factory.mktemp("sign-in")
    home = Settings(home=folder / "home")
    import_files(exports(folder), home, catalogue, Options(stream="shop"))
    (home.home / "access.toml").write_text(ACCESS, encoding="utf-8")
    ann = oidc_provider_mock.User(sub="ann", claims={"groups": ["A"]})
    with oidc_provider_mock.run_server_in_thread(user_claims=[ann]) as provider:
        issuer = f"http://localhost:{provider.server_port}"
        more = {"VSM_OIDC_CLIENT": "vsm", "VSM_OIDC_SECRET": SECRET, "VSM_SESSION_SECRET": SECRET}
        with served(home.home, VSM_OIDC_ISSUER=issuer, **more) as found:
            yield found


def test_who_opens_a_page_signs_in_sees_it_and_signs_out(page: Page, address: str) -> None:
    page.route("https://**", lambda route: route.abort())  # the provider's looks come from elsewhere
    page.goto(f"{address}/timeline?team=Alpha")
    page.get_by_role("button", name="ann").click()
    expect(page.get_by_text("You see the items of Alpha")).to_be_visible()
    assert page.url.startswith(f"{address}/timeline?") and "team=Alpha" in page.url

    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_text("You are signed out here")).to_be_visible()
    page.get_by_role("link", name="To the pages").click()
    expect(page.get_by_role("heading", name="Authorize Client")).to_be_visible()


def test_whose_sign_in_ends_while_a_page_is_open_is_told_and_comes_back_to_it(page: Page, address: str) -> None:
    page.route("https://**", lambda route: route.abort())
    page.goto(f"{address}/timeline")
    page.get_by_role("button", name="ann").click()
    expect(page.get_by_text("You see the items of Alpha")).to_be_visible()
    page.context.clear_cookies()
    page.get_by_role("button", name="30 days").click()
    told = page.get_by_role("alert")
    expect(told).to_contain_text("Your sign-in has ended")
    told.get_by_role("link").click()
    expect(page.get_by_role("heading", name="Authorize Client")).to_be_visible()
    page.get_by_role("button", name="ann").first.click()
    expect(page.get_by_text("You see the items of Alpha")).to_be_visible()
    assert "/timeline?" in page.url


def test_the_way_out_fits_on_a_phone(page: Page, address: str) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    page.route("https://**", lambda route: route.abort())
    page.goto(f"{address}/timeline")
    page.get_by_role("button", name="ann").click()
    expect(page.get_by_text("You see the items of Alpha")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
