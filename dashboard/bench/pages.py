"""Every page as a browser asks for it: what reaches the engine, how long it takes, how many bytes come back."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from werkzeug.test import Client, TestResponse

from dashboard.app import create_app
from dashboard.bench.questions import scopes, timed
from dashboard.catalogue import Catalogue
from dashboard.pages import PAGES
from dashboard.scope import to_query
from dashboard.settings import Settings
from dashboard.warehouse import Warehouse

CONTENT = "_pages_content"


@dataclass(frozen=True)
class Drawn:
    """One page in one scope: answers worked out for it when nothing is known and when all is, seconds, bytes sent."""

    page: str
    scope: str
    questions: int
    questions_again: int
    first_seconds: float
    again_seconds: float
    bytes: int
    compressed_bytes: int


def draw_all(settings: Settings, catalogue: Catalogue, note: Callable[[str], None]) -> Iterator[Drawn]:
    """Each page with nothing known, then again."""
    warehouse = Warehouse(settings.warehouse, catalogue, memory=settings.memory, threads=settings.threads)
    default = warehouse.default_scope()
    chosen = {name: f"?{urlencode(to_query(scope, default))}" for name, scope in scopes(warehouse).items()}
    client = create_app(warehouse, settings).server.test_client()
    content = _content_callback(client)
    for page in PAGES:
        note(page.TITLE)
        for name, search in chosen.items():
            warehouse.answers.forget(lambda _: True)
            before = warehouse.answers.worked_out
            draw = partial(_drawn, client, content, page.PATH, search)
            answer, first = timed(draw)
            asked = warehouse.answers.worked_out
            _, again = timed(draw)
            small = len(gzip.compress(answer.data))
            counts = asked - before, warehouse.answers.worked_out - asked
            yield Drawn(page.TITLE, name, *counts, first, again, len(answer.data), small)


def _content_callback(client: Client) -> Mapping[str, Any]:
    """The callback that brings a page."""
    client.get("/")
    listed: list[dict[str, Any]] = client.get("/_dash-dependencies").get_json()
    return next(each for each in listed if f"{CONTENT}.children" in each["output"])


def _drawn(client: Client, callback: Mapping[str, Any], path: str, search: str) -> TestResponse:
    values = {"pathname": path, "search": search}
    names = (name.rpartition(".") for name in callback["output"].strip(".").split("..."))
    body = {
        "output": callback["output"],
        "outputs": [{"id": id_, "property": prop} for id_, _, prop in names],
        "inputs": [{**each, "value": values.get(each["property"])} for each in callback["inputs"]],
        "state": [{**each, "value": None} for each in callback["state"]],
        "changedPropIds": [f"{each['id']}.{each['property']}" for each in callback["inputs"]],
    }
    answer = client.post("/_dash-update-component", json=body)
    if answer.status_code != HTTPStatus.OK:
        raise RuntimeError(f"{path}{search} answered {answer.status}.")
    return answer
