"""Every page as a browser asks for it: what reaches the engine, how long it takes, how many bytes come back."""

from __future__ import annotations

import gzip
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from werkzeug.test import Client, TestResponse

from dashboard.app import create_app
from dashboard.bench.callbacks import UPDATE, Callbacks, opened
from dashboard.bench.questions import scopes, timed
from dashboard.catalogue import Catalogue
from dashboard.errors import any_met
from dashboard.pages import PAGES
from dashboard.scope import to_query
from dashboard.settings import Settings
from dashboard.warehouse import Warehouse


@dataclass(frozen=True)
class Drawn:
    """One page in one scope: answers worked out for it when nothing is known and when all is, seconds, bytes sent.

    Seconds are NaN where the memory is too small for an answer.
    """

    page: str
    scope: str
    questions: int
    questions_again: int
    first_seconds: float
    again_seconds: float
    bytes: int
    compressed_bytes: int


def draw_all(settings: Settings, catalogue: Catalogue, note: Callable[[str], None]) -> Iterator[Drawn]:
    """Each page as it opens, then each part of it that comes into view later: with nothing known, then again."""
    warehouse = Warehouse(settings.warehouse, catalogue, memory=settings.memory, threads=settings.threads)
    default = warehouse.default_scope()
    chosen = {name: f"?{urlencode(to_query(scope, default))}" for name, scope in scopes(warehouse).items()}
    client = create_app(warehouse, settings).server.test_client()
    client.get("/")
    callbacks = Callbacks.among(client.get("/_dash-dependencies").get_json())
    for page in PAGES:
        note(page.TITLE)
        for name, search in chosen.items():
            answer, drawn = _measured(warehouse, client, callbacks.asked_for_page(page.PATH, search))
            yield Drawn(page.TITLE, name, *drawn)
            shown = opened(answer.get_json())
            for part in shown.parts:
                _, drawn = _measured(warehouse, client, callbacks.asked_for_part(shown, part))
                yield Drawn(f"{page.TITLE}: {part['part']}", name, *drawn)


def _measured(
    warehouse: Warehouse, client: Client, body: Mapping[str, Any]
) -> tuple[TestResponse, tuple[int, int, float, float, int, int]]:
    """The answer, and what Drawn tells of it."""
    warehouse.answers.forget(lambda _: True)
    before = warehouse.answers.worked_out
    draw = partial(_answered, client, body)
    answer, first = timed(draw)
    has_failed, asked = any_met(), warehouse.answers.worked_out
    _, again = timed(draw)
    if has_failed:  # it was told on the page, in less time than an answer takes
        first = again = math.nan
    counts = asked - before, warehouse.answers.worked_out - asked
    return answer, (*counts, first, again, len(answer.data), len(gzip.compress(answer.data)))


def _answered(client: Client, body: Mapping[str, Any]) -> TestResponse:
    answer = client.post(UPDATE, json=body)
    if answer.status_code != HTTPStatus.OK:
        raise RuntimeError(f"{body['changedPropIds']} was answered {answer.status}.")
    return answer
