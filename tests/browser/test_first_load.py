"""What a browser that was never here before loads until it shows figures."""

from __future__ import annotations

from playwright.sync_api import Browser, Page

MOST_BYTES, MOST_REQUESTS = 1_000_000, 40
SHOWN = ".js-plotly-plot .main-svg"


def loaded(page: Page, address: str) -> dict[str, int]:
    """Bytes over the wire by address, as the browser counts them, headers too."""
    client = page.context.new_cdp_session(page)
    client.send("Network.enable")
    names: dict[str, str] = {}
    sizes: dict[str, int] = {}
    client.on("Network.responseReceived", lambda event: names.update({event["requestId"]: event["response"]["url"]}))

    def finished(event: dict[str, float | str]) -> None:
        name = names.get(str(event["requestId"]), "?")
        sizes[name] = sizes.get(name, 0) + int(event["encodedDataLength"])

    client.on("Network.loadingFinished", finished)
    page.goto(address)
    page.locator(SHOWN).first.wait_for()
    page.wait_for_load_state("networkidle")
    return sizes


def test_a_first_visit_loads_little(browser: Browser, server: str) -> None:
    with browser.new_context() as context:
        sizes = loaded(context.new_page(), f"{server}/?stream=bank")
    assert sum(sizes.values()) < MOST_BYTES, sizes
    assert len(sizes) < MOST_REQUESTS, sorted(sizes)


def test_a_second_visit_loads_the_page_alone(browser: Browser, server: str) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        first = loaded(page, f"{server}/?stream=bank")
        page.goto("about:blank")
        second = loaded(page, f"{server}/?stream=bank")
    scripts = {name: size for name, size in second.items() if name.endswith((".js", ".css")) and size > 1_000}
    assert not scripts
    assert sum(second.values()) < sum(first.values()) / 4
