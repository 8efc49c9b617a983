"""What one reader does: opens pages, chooses teams and days, thinks. tests/load/run.py has locust run it."""

from __future__ import annotations

import datetime as dt
import json
import os
import random
import time
from collections.abc import Iterator, Mapping
from typing import Any

from locust import HttpUser, between, constant_throughput, task

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
        self.path, self.in_view, self.parts, self.values = "", 0, list[Any](), dict[str, Any]()
        self.client.headers.update({"Accept-Encoding": "gzip", "Sec-Fetch-Site": "same-origin"})
        self.client.get("/", name="first page")
        listed = self.client.get("/_dash-dependencies", name="first page").json()
        self.page = next(each for each in listed if "_pages_content.children" in each["output"])
        self.part = next(each for each in listed if each["output"].startswith('{"part":["MATCH"]'))
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
                time.sleep(random.uniform(0.5, 2))
            self.ask_next()

    def ask_next(self) -> None:
        """The part that comes into view; where there is none left, another page."""
        if not self.parts:
            self.open_page()
            return
        part = self.parts.pop(0)
        self.in_view = max(0, self.in_view - 1)
        self.post(self.part, {**self.values, "part": part}, f"part of {self.path}")

    def open_page(self) -> None:
        """A page as a click in the menu or a changed choice asks for it."""
        self.path = random.choice(PAGES)
        asked = {"_pages_location.pathname": self.path, "_pages_location.search": f"?{self.chosen()}"}
        answer = self.post(self.page, asked, f"page {self.path}")
        if answer.status_code != 200:
            return
        drawn = list(components(answer.json()["response"]["_pages_content"]["children"]))
        self.values = {
            f"{each['id']}.{name}": each[name] for each in drawn for name in ("value", "data") if name in each
        }
        later = [each["id"] for each in drawn if isinstance(each["id"], dict) and each["id"].get("type") == "later"]
        self.parts = later if random.random() < SCROLLS else later[:IN_VIEW]
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

    def post(self, callback: Mapping[str, Any], values: Mapping[str, Any], name: str) -> Any:
        """What a browser posts for a callback: `values` by id.property; `part` is the id of the part that is seen."""

        def given(wanted: Mapping[str, str]) -> Mapping[str, Any]:
            if not wanted["id"].startswith("{"):
                return {**wanted, "value": values.get(f"{wanted['id']}.{wanted['property']}")}
            part = values.get("part")
            return {**wanted, "id": part, "value": part if wanted["property"] == "id" else 1}

        names = [name.rpartition(".") for name in callback["output"].strip(".").split("...")]
        outputs = [{"id": values.get("part", id_), "property": prop} for id_, _, prop in names]
        changed = json.dumps(values["part"], sort_keys=True) + ".n_clicks" if "part" in values else next(iter(values))
        body = {
            "output": callback["output"],
            "outputs": outputs if callback["output"].startswith("..") else outputs[0],
            "inputs": [given(each) for each in callback["inputs"]],
            "state": [given(each) for each in callback["state"]],
            "changedPropIds": [changed],
        }
        return self.client.post("/_dash-update-component", json=body, name=name)


def components(node: Any) -> Iterator[Mapping[str, Any]]:
    """The properties of each component that has an id."""
    for each in node if isinstance(node, list) else [node]:
        if isinstance(each, dict) and "props" in each:
            if "id" in each["props"]:
                yield each["props"]
            yield from components(each["props"].get("children"))
