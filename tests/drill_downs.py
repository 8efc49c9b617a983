"""The questions that a cluster is asked where the single visits lie there: each chart that reads them, every way."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from conftest import ROOT

from dashboard import layers
from dashboard.catalogue import read_catalogue
from dashboard.pages import explore, explore_groups, timeline_bars
from dashboard.scope import Scope
from dashboard.settings import Settings
from dashboard.warehouse import Warehouse
from dashboard.where import EVENTS, Where

CATALOGUE = read_catalogue(ROOT / "queries")
LEFT = frozenset(("marts.visits", "marts.moves"))
CHARTS = [query for query in CATALOGUE.layer("charts").values() if layers.marts_read(CATALOGUE, query) & LEFT]
FIRST, END = dt.date(2026, 3, 1), dt.date(2026, 6, 1)
MORE: Mapping[str, Any] = {
    "chosen": Where(stage="Development").parameter(), "group_by": "outcome", "item": "PAY-124", "on_stream": None,
    "outcome": None, "sort": "item_id", "is_descending": False, "row_limit": 50, "row_offset": 0,
}  # fmt: skip
SCOPES: Mapping[str, Mapping[str, Any]] = {
    "everything": {},
    "a type of a team": {"teams": ("Payments Core",), "types": ("defect", "feature")},
    "nobody's": {"teams": ()},
    "days without items": {"since": dt.date(2000, 1, 1), "until": dt.date(2000, 2, 1)},
    "the past, by the calendar": {"until": END, "clock": "working", "start_rule": "last", "period": "quarter"},
}
CONDITIONS: Mapping[str, Where] = {
    **{event: Where(event=event, since=FIRST, until=END, stage="Development") for event in EVENTS},
    "text": Where(text="a"),
    # Quotes, a backslash, a mark of a parameter, a comment, and what is no letter.
    "text that is no SQL": Where(text="""' " \\' $since :text0 -- /* \u2028 %'); drop"""),
    "label": Where(label="batch-totals"),
    "priority": Where(priority="high"),
    "now in": Where(now_in="Development"),
    "passed": Where(passed="Waiting for test"),
    "variant": Where(variant="7e06a5025f"),
    "move of states": Where(move="state", move_from="In Development", move_to="Waiting for Test"),
    "first state": Where(move="state", move_to="Open"),
    "last state": Where(move="state", move_from="Released"),
    "move of stages": Where(move="stage", move_from="Development", move_to="Waiting for test"),
    "skipped": Where(move="skipped", move_to="Analysis"),
    "teams": Where(move="team", move_from="Payments Core", move_to="Test & Release"),
    "rework": Where(rework=True, was_blocked=False),
    "waste": Where(waste="handoff"),
    "days": Where(days_from=3, days_to=30),
}


@dataclass(frozen=True)
class Question:
    """One chart in a scope of the stream `bank`."""

    name: str
    scope: Mapping[str, Any]
    more: Mapping[str, Any]

    def ask(self, warehouse: Warehouse) -> pd.DataFrame:
        """Its rows."""
        scope: Scope = replace(warehouse.default_scope("bank"), **self.scope)
        return warehouse.ask(self.name, scope, **{**MORE, **self.more})


def questions() -> Iterator[tuple[str, Question]]:
    """Every question, after a name for it."""
    for chart in CHARTS:
        for words, scope in SCOPES.items():
            yield f"{chart.stem}, {words}", Question(chart.name, scope, {})
    for words, where in CONDITIONS.items():
        yield f"found_items, {words}", Question("charts.found_items", {}, {"chosen": where.parameter()})
    for sort in explore.SORTS:
        more = {"sort": sort, "is_descending": True}
        yield f"found_items by {sort}", Question("charts.found_items", {}, more)
    for group in explore_groups.GROUPS:
        yield f"groups by {group}", Question("charts.groups", {}, {"group_by": group, "chosen": Where().parameter()})
    for sort in timeline_bars.SORTS:
        yield f"timeline by {sort}", Question("charts.timeline", {}, {"sort": sort, "item": None})
    for group in timeline_bars.GROUPS:
        more = {"group_by": group, "item": None, "sort": "created_on"}
        yield f"timeline in groups of {group}", Question("charts.timeline", {}, more)


def home_of(demo: Settings, folder: Path, url: str) -> Settings:
    """A home with what the demo has and a storage, whose single visits stay on the cluster."""
    shutil.copytree(demo.home, folder / "home")
    (folder / "storage").mkdir()
    return Settings(home=folder / "home", engine=url, storage=str(folder / "storage"), leave="visits,moves")


def assert_same(found: pd.DataFrame, expected: pd.DataFrame) -> None:
    """Equal rows in the same order, but for the last digits of doubles."""
    assert list(found.columns) == list(expected.columns)
    pd.testing.assert_frame_equal(_plain(found), _plain(expected), rtol=1e-9, atol=1e-9)


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame({name: frame[name].map(_value) for name in frame.columns}, dtype="object")


def _value(value: Any) -> Any:
    if isinstance(value, list | np.ndarray):
        return [_value(each) for each in value]
    if pd.isna(value):
        return None
    if isinstance(value, bool | np.bool_):
        return bool(value)
    return float(value) if isinstance(value, int | float | np.number) else str(value)
