"""Every metric against cases worked out by hand, and every query against what its header and its layer promise."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import pytest
import reference
from conftest import ROOT, STAGES, World, span

from dashboard.catalogue import METRIC_COLUMNS, Catalogue, read_catalogue
from dashboard.scope import Scope

CASES = ROOT / "tests" / "cases"
CATALOGUE = read_catalogue(ROOT / "queries")

# What the short form of a transition names, in this order.
TRANSITION = ("item_id", "to_state", "occurred_at")
TABLES = ("items", "transitions", "blocked", "deployments", "changes", "incidents", "surveys", "links")

# Metrics that are 0 where nothing happened; the others have no value there.
COUNTS = {"arrivals", "deployment_frequency", "flow_load", "incidents", "throughput", "work_in_progress"}

# Layer → the layers that it may read.
MAY_READ: Mapping[str, set[str]] = {
    "staging": {"canonical", "staging"},
    "marts": {"canonical", "staging", "marts"},
    "metrics": {"marts"},
    "charts": {"marts"},
    "checks": {"canonical", "marts"},  # staging is not in a published snapshot
}


@dataclass(frozen=True)
class Case:
    """Canonical rows, a scope, and the rows that the metric must answer with."""

    metric: str
    name: str
    tables: Mapping[str, list[dict[str, Any]]]
    stages: tuple[dict[str, Any], ...]
    stream: Mapping[str, Any]
    scope: Scope
    expect: reference.Measured


def read_cases(path: Path) -> Iterator[Case]:
    """The cases of one metric's file. An unknown key is an error: a case must not test less than it says."""
    for written in tomllib.loads(path.read_text(encoding="utf-8"))["case"]:
        case = Case(
            metric=path.stem,
            name=written.pop("name"),
            stages=tuple(written.pop("stages", STAGES)),
            stream=written.pop("stream", {}),
            scope=read_scope(written.pop("scope")),
            expect=[(day, None if value == "null" else value, items) for day, value, items in written.pop("expect")],
            tables={table: read_rows(written.pop(table)) for table in TABLES if table in written},
        )
        assert not written, f"{path.name}: {case.name}: what is {', '.join(written)}?"
        yield case


def read_rows(written: list[Any]) -> list[dict[str, Any]]:
    """Rows as tables, all with the same keys; a list is a transition in its short form."""
    rows = [row if isinstance(row, dict) else dict(zip(TRANSITION, row, strict=True)) for row in written]
    keys = {key for row in rows for key in row}
    return [{key: row.get(key) for key in keys} for row in rows]


def read_scope(written: dict[str, Any]) -> Scope:
    """A scope as a case writes it: `percentile = "mean"` stands for None, which TOML has no word for."""
    choices = {key: tuple(value) if isinstance(value, list) else value for key, value in written.items()}
    if choices.get("percentile") == "mean":
        choices["percentile"] = None
    return Scope("s", **choices)


ALL_CASES = [case for path in sorted(CASES.glob("*.toml")) for case in read_cases(path)]
each_case = pytest.mark.parametrize("case", ALL_CASES, ids=[f"{case.metric}: {case.name}" for case in ALL_CASES])
each_metric = pytest.mark.parametrize("metric", CATALOGUE.metrics)

# Everything at once, so that no query has an easy life: two items, a delivery, a survey.
EVENTFUL: Mapping[str, list[dict[str, Any]]] = {
    "items": [{"item_id": "A", "type": "defect", "team": "Red", "created_at": dt.datetime(2024, 1, 1)}],
    "transitions": [
        {"item_id": item, "to_state": state, "occurred_at": dt.datetime(2024, 1, day)}
        for item, state, day in (("A", "Doing", 2), ("A", "Review", 3), ("A", "Done", 4), ("B", "Doing", 5))
    ],
    "blocked": [{"item_id": "A", "blocked_at": dt.datetime(2024, 1, 2), "unblocked_at": dt.datetime(2024, 1, 3)}],
    "deployments": [
        {"deployment_id": "d", "deployed_at": dt.datetime(2024, 1, 5), "status": "success", "is_unplanned": False}
    ],
    "changes": [{"change_id": "c", "authored_at": dt.datetime(2024, 1, 4), "deployment_id": "d"}],
    "incidents": [
        {
            "incident_id": "i",
            "started_at": dt.datetime(2024, 1, 6),
            "restored_at": dt.datetime(2024, 1, 7),
            "deployment_id": "d",
        }
    ],
    "surveys": [{"team": "Red", "survey_on": dt.date(2024, 1, 1), "answers_count": 5, "score_sum": 20.0}],
    "links": [{"kind": "deployed", "from_id": "A", "to_id": "d"}],
}


@each_case
def test_metric_gives_what_was_worked_out_by_hand(world: World, case: Case) -> None:
    world.load(case.tables, case.stages, **case.stream)
    assert near(world.measure(case.metric, case.scope)) == case.expect


@pytest.mark.parametrize(
    "case",
    # The reference knows one zone, UTC, and one window of failures, 7 days.
    [case for case in ALL_CASES if not {"calendar", "failure_window_days"} & case.stream.keys()],
    ids=lambda case: f"{case.metric}: {case.name}",
)
def test_reference_gives_what_was_worked_out_by_hand(case: Case) -> None:
    history = reference.read(case.tables, case.stages)
    assert near(reference.METRICS[case.metric](history, case.scope)) == case.expect


def near(measured: reference.Measured) -> list[tuple[Any, Any, int]]:
    """The rows, each value equal to all that differ by rounding only."""
    return [(day, None if value is None else pytest.approx(value), items) for day, value, items in measured]


@each_metric
def test_every_metric_has_a_case(metric: str) -> None:
    cases = [case for case in ALL_CASES if case.metric == metric]
    assert cases, f"Write tests/cases/{metric}.toml: three rows and the number worked out in the case's name."


@each_metric
def test_every_metric_has_a_case_with_nothing_in_it(metric: str) -> None:
    is_count = metric in COUNTS
    rows = [row for case in ALL_CASES if case.metric == metric for row in case.expect]
    assert any(not items and value == (0 if is_count else None) for _, value, items in rows)


@each_metric
def test_every_metric_has_a_slow_reference(metric: str) -> None:
    assert metric in reference.METRICS


def test_every_case_and_every_reference_belongs_to_a_metric() -> None:
    assert {case.metric for case in ALL_CASES} | set(reference.METRICS) <= set(CATALOGUE.metrics)


@each_metric
def test_every_metric_returns_exactly_its_three_columns(world: World, metric: str) -> None:
    world.load(EVENTFUL)
    for scope in (span("2024-01-01", "2024-02-01"), span("2024-01-01", "2024-02-01", period="week")):
        answer = world.ask(f"metrics.{metric}", scope)
        assert tuple(answer.columns) == METRIC_COLUMNS
        assert answer["period_start"].is_monotonic_increasing
        assert answer["items"].notna().all()
        assert len(answer) == {"all": 1, "week": 5}[scope.period]


@each_metric
def test_every_metric_names_only_what_a_scope_has(world: World, metric: str) -> None:
    offered = span("2024-01-01", "2024-02-01").parameters()
    assert world.engine.parameters(CATALOGUE.queries[f"metrics.{metric}"].sql) <= offered.keys()
    # What it is compared with is asked by itself.
    named = {each.name for each in fields(Scope)} - {"against", "corrected"}
    assert named | {"corrected_incidents", "corrected_deployments"} == offered.keys()


@pytest.mark.parametrize(
    "name", [name for layer in ("canonical", "staging", "marts") for name in CATALOGUE.layer(layer)]
)
def test_the_header_names_the_columns_there_are(world: World, name: str) -> None:
    world.load(EVENTFUL)
    assert tuple(CATALOGUE.queries[name].columns) == world.engine.columns(name)


@pytest.mark.parametrize("name", [name for layer in MAY_READ for name in CATALOGUE.layer(layer)])
def test_a_query_reads_only_the_layers_below(world: World, catalogue: Catalogue, name: str) -> None:
    query = catalogue.queries[name]
    read = {relation.partition(".")[0] for relation in world.engine.relations(query.sql)}
    assert read - {"macros"} <= MAY_READ[query.layer]


@pytest.mark.parametrize("name", [name for layer in ("staging", "marts") for name in CATALOGUE.layer(layer)])
def test_only_metrics_and_charts_have_parameters(world: World, name: str) -> None:
    assert not world.engine.parameters(CATALOGUE.queries[name].sql)
