"""A real server on the demo data, and Debian's Chromium."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect

from dashboard.settings import Settings

# A slow machine is no fault of the page: what is expected may take its time.
expect.set_options(timeout=30_000)

# Chromium's own background traffic is no business of the page.
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

SEES_ALL = """
window.IntersectionObserver = class {
  constructor(tell) { this.tell = tell; }
  observe(target) { queueMicrotask(() => this.tell([{ isIntersecting: true, target }], this)); }
  unobserve() {}
  disconnect() {}
};
"""


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    return {"executable_path": shutil.which("chromium") or shutil.which("chromium-browser"), "args": list(QUIET)}


@pytest.fixture(scope="session")
def server(demo: Settings) -> Iterator[str]:
    """Address of gunicorn with two workers, as the Procfile starts it."""
    with served(demo.home) as address:
        yield address


@contextmanager
def served(home: Path, **more: str) -> Iterator[str]:
    """Serve a home as long as the block lasts, as the Procfile does; `more` are settings in the environment."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    command = [sys.executable, "-m", "gunicorn", "--config", "python:dashboard.gunicorn_conf", "--bind", address]
    process = subprocess.Popen(
        [*command, "dashboard.app:create_server()"],
        env={**os.environ, "VSM_HOME": str(home), "VSM_LOG_LEVEL": "WARNING", **more},
    )
    try:
        _wait_for(f"http://{address}/healthz")
        yield f"http://{address}"
    finally:
        process.terminate()
        process.wait(20)


def _wait_for(address: str) -> None:
    for _ in range(240):
        try:
            with urllib.request.urlopen(address, timeout=2):  # noqa: S310 - our own address
                return
        except OSError:
            time.sleep(0.25)
    raise AssertionError(f"{address} does not answer")


@pytest.fixture
def context(context: BrowserContext) -> BrowserContext:
    """A reader who has looked at the whole page already: all its parts are drawn, whatever is in view.

    tests/browser/test_later.py is about what a reader sees who has not.
    """
    context.add_init_script(SEES_ALL)
    return context


@pytest.fixture
def clean_page(page: Page) -> Iterator[Page]:
    """A page; the test fails on any message in its console and on any request that leaves this machine."""
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    # A download ends its request early; that is no failure.
    page.on("requestfailed", lambda request: request.failure == "net::ERR_ABORTED" or complaints.append(request.url))
    page.on("request", lambda request: _stays(request.url) or complaints.append(f"leaves: {request.url}"))
    yield page
    assert not complaints, complaints


def assert_nobody_is_kept_out(page: Page) -> None:
    """WCAG 2.2 AA, as far as a program sees it. What holds is not listed: that took most of the time."""
    rules = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]
    found = Axe().run(page, options={"runOnly": rules, "resultTypes": ["violations"]})
    assert not found.violations_count, found.generate_report()


def _stays(address: str) -> bool:
    return address.startswith(("http://127.0.0.1", "data:", "blob:"))
