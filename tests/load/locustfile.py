"""What one reader does: opens pages, chooses teams and days, thinks. tests/load/run.py has locust run it."""

from __future__ import annotations

import datetime as dt
import os
import random
from collections.abc import Mapping
from typing import Any

from locust import HttpUser, between, constant_throughput, task

# Readers who think, or so many callbacks a second by all of them.
RATE, USERS = float(os.environ.get("LOAD_RATE", "0")), int(os.environ.get("LOAD_USERS", "50"))
PAGES = ("/overview", "/", "/value-stream", "/timeline", "/waste", "/delivery", "/network", "/plan", "/explore")
LAST_DAYS = (30, 90, 365, 0)


class Reader(HttpUser):
    """A browser that was here before: the program's files are in its cache."""

    wait_time = constant_throughput(RATE / USERS) if RATE else between(2.5, 7.5)

    def on_start(self) -> None:
        """The first page, and what can be chosen."""
        self.client.headers.update({"Accept-Encoding": "gzip", "Sec-Fetch-Site": "same-origin"})
        self.client.get("/", name="first page")
        listed = self.client.get("/_dash-dependencies", name="first page").json()
        self.callback = next(each for each in listed if "_pages_content.children" in each["output"])
        self.streams = self.client.get("/api/streams", name="choices").json()
        stream = self.streams[0]["stream"]
        choices = self.client.get(f"/api/charts/choices?stream={stream}", name="choices").json()
        self.teams = [each["choice"] for each in choices if each["kind"] == "team"]

    @task
    def open_page(self) -> None:
        """A page as a click in the menu or a changed choice asks for it."""
        path = random.choice(PAGES)
        self.post(path, self.chosen())

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

    def post(self, path: str, search: str) -> None:
        """The callback that draws a page."""
        values: Mapping[str, Any] = {"pathname": path, "search": f"?{search}"}
        names = (name.rpartition(".") for name in self.callback["output"].strip(".").split("..."))
        body = {
            "output": self.callback["output"],
            "outputs": [{"id": id_, "property": prop} for id_, _, prop in names],
            "inputs": [{**each, "value": values.get(each["property"])} for each in self.callback["inputs"]],
            "state": [{**each, "value": None} for each in self.callback["state"]],
            "changedPropIds": [f"{each['id']}.{each['property']}" for each in self.callback["inputs"]],
        }
        self.client.post("/_dash-update-component", json=body, name=f"callback {path}")
