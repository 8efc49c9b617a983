"""What one reader does: opens pages, chooses teams and days, thinks. tests/load/run.py has locust run it."""

from __future__ import annotations

import datetime as dt
import os
import random
import time
from collections.abc import Mapping
from typing import Any

from locust import HttpUser, between, constant_throughput, task

from dashboard.bench.callbacks import UPDATE, Callbacks, opened

# Readers who think, or so many callbacks a second by all of them.
RATE, USERS = float(os.environ.get("LOAD_RATE", "0")), int(os.environ.get("LOAD_USERS", "50"))
PAGES = ("/overview", "/", "/value-stream", "/timeline", "/waste", "/delivery", "/network", "/plan", "/explore")
LAST_DAYS = (30, 90, 365, 0)
# So many parts of a page are in view on a desk when it opens; of the readers, so many scroll down to its end.
IN_VIEW, SCROLLS = 2, 0.5


class Reader(HttpUser):
    """A browser that was here before: the program's files are in its cache."""

    wait_time = constant_throughput(RATE / USERS) if RATE else between(2.5, 7.5)

    def on_start(self) -> None:
        """The first page, and what can be chosen."""
        self.path, self.in_view = "", 0
        self.parts: list[Mapping[str, str]] = []
        self.client.headers.update({"Accept-Encoding": "gzip", "Sec-Fetch-Site": "same-origin"})
        self.client.get("/", name="first page")
        self.callbacks = Callbacks.among(self.client.get("/_dash-dependencies", name="first page").json())
        self.streams = self.client.get("/api/streams", name="choices").json()
        stream = self.streams[0]["stream"]
        choices = self.client.get(f"/api/charts/choices?stream={stream}", name="choices").json()
        self.teams = [each["choice"] for each in choices if each["kind"] == "team"]

    @task
    def read(self) -> None:
        """One page and as much of it as the reader looks at; where so many callbacks a second are wanted, one."""
        self.ask_next()
        while self.parts and not RATE:
            if not self.in_view:
                time.sleep(random.uniform(0.5, 2))  # looks at what came before scrolling on
            self.ask_next()

    def ask_next(self) -> None:
        """The part that comes into view; where there is none left, another page."""
        if not self.parts:
            self.open_page()
            return
        part = self.parts.pop(0)
        self.in_view = max(0, self.in_view - 1)
        self.post(self.callbacks.asked_for_part(self.opened, part), f"part of {self.path}")

    def open_page(self) -> None:
        """A page as a click in the menu or a changed choice asks for it."""
        self.path = random.choice(PAGES)
        answer = self.post(self.callbacks.asked_for_page(self.path, f"?{self.chosen()}"), f"page {self.path}")
        if answer.status_code != 200:
            return
        self.opened = opened(answer.json())
        self.parts = list(self.opened.parts if random.random() < SCROLLS else self.opened.parts[:IN_VIEW])
        self.in_view = IN_VIEW

    def chosen(self) -> str:
        """The scope in the address: half of the readers look at a team, most at some last days."""
        scope = self.streams[0]["default_scope"]
        asked = {"stream": self.streams[0]["stream"]}
        if self.teams and random.random() < 0.5:
            asked["team"] = random.choice(self.teams)
        if days := random.choice(LAST_DAYS):
            until = dt.date.fromisoformat(scope["to"])
            asked["from"] = str(until - dt.timedelta(days=days - 1))
        return "&".join(f"{name}={value.replace(' ', '+')}" for name, value in asked.items())

    def post(self, body: Mapping[str, Any], name: str) -> Any:
        """The answer of a callback."""
        return self.client.post(UPDATE, json=body, name=name)
