"""The first load of a page, by a browser that knows nothing yet: what is sent, and when the first figure stands.

make first-page PAGE="/tmp/demo / /timeline"        a home, then the paths; each as fast as it goes, and by 9 Mbit/s
"""

from __future__ import annotations

import shutil
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, CDPSession, sync_playwright
from run import served

FIGURE = ".main-svg"
MILLISECONDS = 60_000
LINES = ("no limit", "9 Mbit/s")
# The second of them, 40 ms away.
SLOW = {"offline": False, "latency": 40, "downloadThroughput": 9e6 / 8, "uploadThroughput": 9e6 / 8}


@dataclass
class First:
    """Until the first figure stood: seconds, and those that the page's thread was at work; requests; bytes sent."""

    seconds: float = 0
    busy_seconds: float = 0
    requests: int = 0
    bytes: int = 0


def first(browser: Browser, address: str, *, is_slow: bool = False) -> First:
    """Open an address as somebody who was never there."""
    with browser.new_context(viewport={"width": 1440, "height": 900}) as context:
        page, found = context.new_page(), First()
        session = context.new_cdp_session(page)
        for part in ("Network", "Performance"):
            session.send(f"{part}.enable")
        if is_slow:
            session.send("Network.emulateNetworkConditions", SLOW)

        def count(event: dict[str, float]) -> None:
            found.requests += 1
            found.bytes += int(event["encodedDataLength"])

        session.on("Network.loadingFinished", count)
        began = time.monotonic()
        page.goto(address)
        page.locator(FIGURE).first.wait_for(timeout=MILLISECONDS)
        found.seconds, found.busy_seconds = time.monotonic() - began, _busy(session)
        return found


def _busy(session: CDPSession) -> float:
    metrics = session.send("Performance.getMetrics")["metrics"]
    return float(next(each["value"] for each in metrics if each["name"] == "TaskDuration"))


def main(home: Path, paths: list[str]) -> None:
    """Print a line for each path and line speed."""
    with served(home) as (address, _), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for path in paths:
            for line in LINES:
                found = first(browser, address + path, is_slow=line == "9 Mbit/s")
                print(
                    f"{path}, {line}: first figure after {found.seconds:.1f} s ({found.busy_seconds:.1f} s at work), "
                    f"{found.requests} requests, {found.bytes / 1000:.0f} kB"
                )


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:] or ["/"])
