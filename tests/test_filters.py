"""Every chart and metric obeys every choice: it answers as if the data held nothing but what is chosen.

The direct answer comes from the marts of the demo in memory: all other rows are deleted, or the other clock is put in
the place of the first, and the query is asked without the choice. A new query is walked like the others: it obeys, or
stands in one of the lists below with the reason why not.
"""

# ruff: noqa: S608 - the statements are this file's own

from __future__ import annotations

import datetime as dt
import math
import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from conftest import ROOT

from dashboard import layers, snapshots
from dashboard.catalogue import read_catalogue
from dashboard.engines.duckdb import DuckDB
from dashboard.scope import Scope
from dashboard.settings import Settings
from dashboard.where import ANY, EVENTS, OUTCOMES, Where
from dashboard.where import AS_OF as WHERE_AS_OF

CATALOGUE = read_catalogue(ROOT / "queries")
MARTS = {query.stem: query for query in CATALOGUE.layer("marts").values()}
QUERIES = {**CATALOGUE.layer("charts"), **CATALOGUE.layer("metrics")}
parameters = cache(lambda sql: frozenset(re.findall(r"\$(\w+)", sql)))
NAMED = {name: parameters(query.sql) for name, query in QUERIES.items()}
MORE = {
    "chosen": ANY.parameter(), "group_by": "outcome", "item": None, "on_stream": None, "outcome": None,
    "sort": "item_id", "is_descending": False, "row_limit": 100_000, "row_offset": 0,
}  # fmt: skip

# Why queries leave out teams and types.
WITHOUT_ITEMS: Mapping[str, str] = {
    "days, not items": "charts.periods charts.days_off",
    "records of files, not items": "charts.capabilities charts.doubts charts.set_aside charts.set_aside_reasons",
    "a deployment, a change or an incident is of no team and no type": "charts.deployment_days charts.incident_days "
    "charts.change_waits charts.changes_counted charts.deployment_outcomes charts.deployments "
    "charts.environments charts.incidents charts.possible_causes charts.services "
    "metrics.batch_size metrics.change_fail_rate "
    "metrics.change_lead_time metrics.deployment_frequency metrics.deployment_rework_rate metrics.incidents "
    "metrics.failed_deployment_recovery_time metrics.mean_time_to_recovery",
}
# The same whatever stream, team or type is chosen; test_network.py has them.
OF_ALL_STREAMS = {
    "charts.network_edges", "charts.network_streams", "charts.network_totals", "charts.shared_teams",
}  # fmt: skip
# It offers what can be chosen, which the teams that may be seen narrow, and nothing else does.
OFFER = {"charts.choices"}
UNFILTERED = set(" ".join(WITHOUT_ITEMS.values()).split()) | OF_ALL_STREAMS | OFFER
# A survey asks a team, and people of a team have items of all types open.
OF_TEAMS = {"metrics.team_satisfaction", "charts.satisfaction", "charts.open_at_once"}
LEFT_OUT = {"teams": UNFILTERED - OFFER, "types": UNFILTERED | OF_TEAMS}
# Choices that a query hands to a macro, of whose answer it reads no column that depends on them.
NO_MATTER = {
    ("clock", "charts.in_and_out"), ("clock", "charts.types"), ("start_rule", "charts.time_split"),
    ("clock", "charts.attributes"), ("start_rule", "charts.attributes"),
}  # fmt: skip

TEAMS, TYPE = {"bank": "Payments Core", "retailer": "Checkout", "healthcare": "Records"}, "defect"
# Of charts.stays and charts.step_examples.
STAGE = {"bank": "Development", "retailer": "In progress", "healthcare": "Development"}
# Of charts.story, of another team and type than are chosen: blocked, and with rework.
ITEM = {"bank": "PAY-124", "retailer": "SHOP-212", "healthcare": "REC-163"}
FILTERS: Mapping[str, Callable[[str], dict[str, Any]]] = {
    "a team": lambda team: {"teams": (team,)},
    "two teams": lambda team: {"teams": (team, "Third")},
    "a type": lambda team: {"types": (TYPE,)},
    "a type of a team": lambda team: {"teams": (team,), "types": (TYPE,)},
}


def within(column: str) -> str:
    """The condition that a day is in [since, until)."""
    return f"{column} >= {{since}} and {column} < {{until}}"


# What counts in the days [since, until): a mart, which of its rows, and the queries that are about them.
PRESENT = "started_first_on < {until} and coalesce(ended_on >= {until}, true)"
DAYS: Mapping[tuple[str, str], str] = {
    ("items", within("finished_on")): "charts.accuracy charts.conformance charts.cycle_histogram charts.cycle_scatter "
    "charts.journeys charts.map_back_flows charts.map_steps charts.necessary_steps charts.pace charts.step_blocks "
    "charts.time_split metrics.blocked_time "
    "metrics.complete_and_accurate metrics.cycle_time metrics.first_pass_yield metrics.flow_distribution "
    "metrics.flow_efficiency metrics.handoffs metrics.lead_time metrics.process_time metrics.reopened_ratio "
    "metrics.rework_ratio metrics.rolled_complete_and_accurate metrics.service_level metrics.throughput "
    "metrics.value_added_ratio metrics.wait_time",
    ("items", within("ended_on")): "charts.handovers charts.process_map charts.process_states charts.variants "
    "charts.waste charts.waste_items charts.waste_teams charts.waste_trend metrics.withdrawn_ratio",
    ("open_at_once", within("month_on")): "charts.open_at_once",
    ("items", within("started_first_on")): "metrics.arrivals",
    ("items", PRESENT): "charts.ageing charts.total_age metrics.flow_load metrics.work_in_progress "
    "metrics.work_item_age",
    ("items", "ended_on is null and started_first_on < {until}"): "charts.waste_open",
    ("items", f"{within('finished_on')} or {PRESENT}"): "charts.types",
    ("items", "coalesce(ended_on >= {since}, true) and created_on < {until}"): "charts.timeline charts.dotted "
    "charts.attributes charts.durations charts.found_items charts.groups charts.items charts.items_counted",
    ("visits", within("left_on")): "charts.stage_weeks charts.stays charts.step_batches charts.step_examples",
    ("blocked", "unblocked_on >= {since} and blocked_on < {until}"): "charts.blocked_reasons",
    ("calendar", within("day")): "charts.days_off",
    (
        "deployments",
        within("deployed_on"),
    ): "charts.deployment_days charts.deployments metrics.batch_size metrics.change_fail_rate "
    "metrics.deployment_frequency metrics.deployment_rework_rate",
    ("changes", within("deployed_on")): "charts.change_waits metrics.change_lead_time",
    ("item_deployments", within("deployed_on")): "metrics.lead_time_to_production",
    ("deployments_elsewhere", within("deployed_on")): "charts.environments",
    ("incidents", "coalesce(restored_on >= {since}, true) and started_on < {until}"): "charts.incidents",
    ("incidents", within("started_on")): "charts.incident_days metrics.incidents",
    ("incidents", within("restored_on")): "metrics.failed_deployment_recovery_time metrics.mean_time_to_recovery",
    ("surveys", within("survey_on")): "charts.satisfaction metrics.team_satisfaction",
}
DECIDED = [(name, *rows) for rows, names in DAYS.items() for name in names.split()]
# Columns that are about the days themselves; like the other queries they have a test of their own below.
ABOUT_DAYS = {
    "charts.incidents": ["is_restored_in_period"],
    "charts.stays": ["next_stage"],
    "charts.blocked_reasons": ["days"],
    "charts.map_steps": [
        "work_in_progress",
        "arrivals_per_day",
        "departures_per_day",
        "batch_size",
        "batch_unit",
        "deployments_count",
    ],
    "charts.environments": ["per_week"],
    "metrics.deployment_frequency": ["value"],
}
BY_HAND = {
    "charts.cumulative_flow", "charts.in_and_out", "charts.littles_law", "charts.periods", "charts.spectrum",
    "charts.spectrum_moves", "charts.changes_counted", "charts.deployment_outcomes", "metrics.takt_time",
    "charts.network_waits", "charts.waits_for_production", *OF_ALL_STREAMS,
}  # fmt: skip
AS_OF = {"charts.attributes", "charts.durations", "charts.found_items", "charts.groups"}
# Of no column of seconds in a mart: tests of their own work out the ages by both clocks.
AGES = {"charts.ageing", "charts.pace", "charts.total_age", "metrics.work_item_age"}


def carried(made: pd.DataFrame) -> pd.Series:
    """Items of each deployment, or its changes where it has none."""
    return made["items_count"].where(made["items_count"] > 0, made["changes_count"].fillna(made["items_count"]))


# Metric of a percentile → mart, its day, and the values that it is the percentile of.
VALUES: Mapping[str, tuple[str, str, Callable[[pd.DataFrame], pd.Series]]] = {
    "batch_size": ("deployments", "deployed_on", lambda t: carried(t).where(t["is_success"])),
    "blocked_time": ("items", "finished_on", lambda t: t["blocked_seconds"] / 86_400),
    "change_lead_time": ("changes", "deployed_on", lambda t: t["lead_seconds"] / 86_400),
    "cycle_time": ("items", "finished_on", lambda t: t["cycle_first_seconds"] / 86_400),
    "failed_deployment_recovery_time": ("incidents", "restored_on", lambda t: t["recovery_seconds"] / 3_600),
    "lead_time": ("items", "finished_on", lambda t: t["lead_seconds"] / 86_400),
    "lead_time_to_production": ("item_deployments", "deployed_on", lambda t: t["lead_seconds"] / 86_400),
    "process_time": ("items", "finished_on", lambda t: t["process_seconds"] / 86_400),
    "wait_time": ("items", "finished_on", lambda t: (t["lead_seconds"] - t["process_seconds"]) / 86_400),
}

# The marts with a row or more for each item. Those that sum up without their keys are made from what is left.
OF_ITEMS = [mart for mart, query in MARTS.items() if "item_id" in query.columns]
SUMS = ("flow_daily", "item_stages")
SUM_UP = [f"create or replace table marts.{mart} as {MARTS[mart].sql}" for mart in SUMS]
# What the demo lacks: old work in progress, a third team, items of no team or type, items started twice, items created
# just after midnight, items that wait for a deployment when they are finished, or have none.
EVENTFUL = (
    *(f"update marts.{mart} set team = case when hash(item_id) % 5 = 0 then 'Third' when hash(item_id) % 5 > 1 "
      "then team end, type = case when hash(item_id) % 7 > 0 then type end"
      for mart in OF_ITEMS if "team" in MARTS[mart].columns),
    "update marts.items set started_last_at = started_first_at + to_seconds(cycle_first_seconds / 2), "
    "started_last_on = cast(started_first_at + to_seconds(cycle_first_seconds / 2) as date), "
    "cycle_last_seconds = cycle_first_seconds / 2, cycle_last_working_seconds = cycle_first_working_seconds / 2, "
    "worked_by_last_start = worked_by_first_start + cycle_first_working_seconds / 2 where hash(item_id) % 3 = 0",
    "update marts.items set created_at = created_on - interval 1 hour where stream = 'retailer'",
    "update marts.item_deployments set wait_seconds = lead_seconds / 10, wait_working_seconds = "
    "lead_working_seconds / 9 where hash(item_id) % 3 = 0",
    "delete from marts.item_deployments where hash(item_id) % 11 = 0",
    "update marts.waste set bucket = 'partially-done' where ended_on is null and hash(item_id, visit_no) % 3 > 0",
    *SUM_UP,
)  # fmt: skip
LAST_START = "update marts.items set " + ", ".join(
    f"{column} = {column.replace('first', 'last')}" for column in MARTS["items"].columns if "_first_" in column
)
WORKING = [
    f"update marts.{mart} set {column} = {column.replace('seconds', 'working_seconds')}"
    for mart, query in MARTS.items()
    for column in query.columns
    if column.replace("seconds", "working_seconds") in query.columns.keys() - {column}
]


@dataclass(frozen=True)
class Data:
    """Marts in memory."""

    engine: DuckDB

    def ask(self, name: str, scope: Scope, sql: str | None = None, **more: Any) -> pd.DataFrame:
        """The table of a query, or of a changed one under its name."""
        one = {
            "charts.stays": {"chosen": Where(stage=STAGE[scope.stream]).parameter()},
            "charts.step_examples": {"chosen": Where(stage=STAGE[scope.stream]).parameter()},
            "charts.story": {"item": ITEM[scope.stream]},
        }.get(name, {})
        sql, offered = sql or QUERIES[name].sql, {**MORE, **one, **scope.parameters(), **more}
        return self.engine.ask(sql, {key: offered[key] for key in parameters(sql)})

    def of(self, mart: str, stream: str) -> pd.DataFrame:
        """The rows of a stream in a mart."""
        return _rows(self.engine, mart, stream)

    def scope(self, stream: str, **choices: Any) -> Scope:
        """All the days of a stream."""
        (row,) = self.of("streams", stream).to_dict("records")
        days = {"since": row["first_event_on"].date(), "until": row["last_event_on"].date() + dt.timedelta(days=1)}
        return Scope(stream, **{**days, "period": "month", **choices})

    def part(self, stream: str, mart: str = "items", first: str = "finished_on", end: str = "finished_on") -> Scope:
        """The middle third of a mart's days, as one period: on `since` and on `until` something is in those columns."""
        rows = self.of(mart, stream)
        since, until = (rows[column].dropna().sort_values().dt.date.tolist() for column in (first, end))
        return self.scope(stream, since=since[len(since) // 3], until=until[len(until) * 2 // 3], period="all")


@cache
def _rows(engine: DuckDB, mart: str, stream: str) -> pd.DataFrame:
    rows = engine.table(f"marts.{mart}")
    return rows[rows["stream"] == stream]


Make = Callable[..., Data]


@pytest.fixture(scope="module")
def make(demo: Settings) -> Make:
    """The marts of the demo after some statements; the same statements give the same marts."""
    return cache(lambda *changes: _made(snapshots.current(demo.warehouse) / snapshots.DATABASE, changes))


def _made(path: Path, changes: tuple[str, ...]) -> Data:
    engine = DuckDB(threads=1)
    for schema in ("macros", "marts"):
        engine.create_schema(schema)
    layers.create_macros(CATALOGUE, engine)
    engine.open_beside(path, "demo")
    for mart in MARTS:
        engine.create(f"marts.{mart}", f"from demo.marts.{mart}")
    layers.create_macros(CATALOGUE, engine, over_marts=True)
    for change in (*EVENTFUL, *changes):
        engine.run(change)
    return Data(engine)


def only(stream: str, mart: str = "items", condition: str = "true") -> Iterator[str]:
    """Statements that leave of a stream's rows in a mart those that meet a condition; of items all that is theirs."""
    yield from (f"delete from marts.{each} where stream <> '{stream}'" for each in MARTS)
    yield f"delete from marts.{mart} where not coalesce({condition}, false)"
    yield from (f"delete from marts.{each} where item_id not in (select item_id from marts.items)" for each in OF_ITEMS)
    yield from SUM_UP


def chosen_only(stream: str, teams: tuple[str, ...] = (), types: tuple[str, ...] = ()) -> Iterator[str]:
    """Statements that leave only what is of teams and types; none given means all."""
    are = [f"list_contains({list(names)}, {column})" for column, names in (("team", teams), ("type", types)) if names]
    yield from only(stream, condition=" and ".join(are) or "true")
    if teams:
        for mart in ("surveys", "open_at_once"):
            yield f"delete from marts.{mart} where not list_contains({list(teams)}, team)"


def plain(answer: pd.DataFrame, *without: str) -> pd.DataFrame:
    """An answer in an order of its own, everything that is no number or day as text."""
    kept = answer.drop(columns=[column for column in without if column in answer])
    texts = kept.select_dtypes(exclude=["number", "datetime"]).columns
    kept = kept.assign(**{c: kept[c].astype(object).where(kept[c].notna(), "").map(str) for c in texts})
    return kept.sort_values(sorted(kept.columns, key=lambda c: kept[c].dtype.kind == "f"), ignore_index=True)


def assert_same(found: pd.DataFrame, expected: pd.DataFrame, *without: str) -> None:
    """Equal but for the order of rows and for rounding."""
    both = (plain(each, *without) for each in (found, expected))
    pd.testing.assert_frame_equal(*both, check_dtype=False, rtol=1e-9, atol=1e-9)


def differs(one: pd.DataFrame, other: pd.DataFrame) -> bool:
    """Whether two answers are not the same."""
    try:
        assert_same(one, other)
    except AssertionError:
        return True
    return False


each_query = pytest.mark.parametrize("name", sorted(QUERIES.keys() - UNFILTERED))


@pytest.mark.parametrize("chosen", FILTERS)
@pytest.mark.parametrize("name", sorted(QUERIES.keys() - UNFILTERED - {"metrics.flow_distribution"}))
def test_the_chosen_alone_give_the_same_answer(name: str, chosen: str, make: Make) -> None:
    for stream, team in TEAMS.items():
        choices = FILTERS[chosen](team)
        alone, scope = make(*chosen_only(stream, **choices)), make().scope(stream)
        assert_same(make().ask(name, replace(scope, **choices)), alone.ask(name, scope))


@pytest.mark.parametrize("name", sorted(UNFILTERED - OF_ALL_STREAMS))
def test_what_is_of_no_team_and_no_type_is_that_of_the_stream(name: str, make: Make) -> None:
    for stream, team in TEAMS.items():
        scope = make().scope(stream, teams=(team,), types=(TYPE,))
        assert_same(make().ask(name, scope), make(*only(stream)).ask(name, scope))


def test_share_of_a_type_is_that_among_all_types(make: Make) -> None:
    for stream, team in TEAMS.items():
        scope = make().scope(stream, teams=(team,))
        shares = make().ask("metrics.flow_distribution", replace(scope, types=(TYPE,)))
        some, every = (make().ask("metrics.throughput", replace(scope, types=t))["value"] for t in ((TYPE,), None))
        assert_same(shares, shares.assign(value=some / every.where(every > 0), items=every))
        assert_same(make().ask("metrics.flow_distribution", scope)[["items"]], every.to_frame("items"))


def test_every_mart_of_items_is_reduced_to_the_chosen() -> None:
    told = {mart for mart, query in MARTS.items() if {"team", "type"} & query.columns.keys()}
    assert told - set(OF_ITEMS) == {
        *SUMS, "surveys", "open_at_once",
        "stages", "teams",  # the team of a stage owns it; whether a team is large enough is no matter of the choice
    }  # fmt: skip


@pytest.mark.parametrize("kind", LEFT_OUT)
def test_a_query_without_a_filter_is_listed(kind: str) -> None:
    assert {name for name, named in NAMED.items() if kind not in named} == LEFT_OUT[kind]


CHANGES: Mapping[str, dict[str, Any]] = {
    "teams": {"teams": ("Third",)},
    "types": {"types": (TYPE,)},
    "clock": {"clock": "working"},
    "start_rule": {"start_rule": "last"},
    "percentile": {"percentile": 0.85},
    "services": {"services": ("shop-web",)},
    "period": {"period": "week"},
}


@pytest.mark.parametrize(("name", "choice"), [(n, choice) for n in QUERIES for choice in CHANGES if choice in NAMED[n]])
def test_a_choice_that_a_query_names_makes_a_difference(name: str, choice: str, make: Make) -> None:
    scopes = (make().scope(stream) for stream in TEAMS)
    changed = any(differs(make().ask(name, s), make().ask(name, replace(s, **CHANGES[choice]))) for s in scopes)
    assert changed == ((choice, name) not in NO_MATTER)


# Whose are joined to items that were chosen before: its conditions are there to read less.
READS_LESS = re.compile(r"macros\.visits_then\([^)]*\)")


def _deciding(sql: str) -> str:
    """A query with blanks for the conditions that decide nothing."""
    return READS_LESS.sub(lambda match: " " * len(match.group()), sql)


DROPPED = [
    pytest.param(name, kind, match.span(), id=f"{name} {kind} {number}")
    for kind in LEFT_OUT
    for name, query in QUERIES.items()
    for number, match in enumerate(re.finditer(rf"\${kind} is null|(?<=, )\${kind}(?=,)", _deciding(query.sql)))
    if name != "metrics.flow_distribution"
]


@pytest.mark.parametrize(("name", "kind", "span"), DROPPED)
def test_no_condition_can_be_dropped_unseen(name: str, kind: str, span: tuple[int, int], make: Make) -> None:
    sql = QUERIES[name].sql
    without = sql[: span[0]] + ("true" if sql[: span[1]].endswith("null") else "null") + sql[span[1] :]
    scope, chosen = make().scope("bank"), {kind: {"teams": (TEAMS["bank"],), "types": (TYPE,)}[kind]}
    alone = make(*chosen_only("bank", **chosen)).ask(name, scope)
    assert differs(make().ask(name, replace(scope, **chosen), without), alone)


@pytest.mark.parametrize("name", sorted(QUERIES.keys() - UNFILTERED - AGES))
def test_working_time_in_the_place_of_elapsed_gives_the_same_answer(name: str, make: Make) -> None:
    for stream in TEAMS:
        scope = make().scope(stream)
        # The age of what is open is no column of a mart: a test of its own has it.
        more = {"chosen": Where(outcome="finished").parameter()} if name in AS_OF else {}
        # Money is by the calendar whatever the clock: a test of the waste page has it.
        without = ("cost",) if name in ("charts.waste", "charts.network_waits") else ()
        working = make().ask(name, replace(scope, clock="working"), **more)
        assert_same(working, make(*WORKING).ask(name, scope, **more), *without)


@each_query
def test_last_start_in_the_place_of_the_first_gives_the_same_answer(name: str, make: Make) -> None:
    for stream, clock in zip(TEAMS, ("elapsed", "working", "working"), strict=True):
        scope = make().scope(stream, clock=clock)
        assert_same(make().ask(name, replace(scope, start_rule="last")), make(LAST_START).ask(name, scope))


@pytest.mark.parametrize("stream", TEAMS)
def test_age_is_the_time_since_the_start_or_the_open_hours_in_it(stream: str, make: Make) -> None:
    scope = replace(make().part(stream), percentile=None)
    items, calendar = make().of("items", stream).set_index("item_id"), make().of("calendar", stream)
    zone = make().of("streams", stream)["time_zone"].iloc[0]
    end = pd.Timestamp(scope.until, tz=zone).tz_convert("UTC").tz_localize(None)
    for clock in ("elapsed", "working"):
        table = make().ask("charts.ageing", replace(scope, clock=clock)).set_index("item_id")["age_days"]
        for item, start in items.loc[table.index, "started_first_at"].items():
            opens, closes = calendar["opens_at"].clip(lower=start), calendar["closes_at"].clip(upper=end)
            took = end - start if clock == "elapsed" else (closes - opens).clip(lower=pd.Timedelta(0)).sum()
            assert table[item] == pytest.approx(took / pd.Timedelta(days=1)), item
        chosen = Where(event="in progress", until=scope.until).parameter()
        found = make().ask("charts.found_items", replace(scope, clock=clock), chosen=chosen).set_index("item_id")
        assert found["cycle_days"].sort_index().tolist() == pytest.approx(table.sort_index().tolist())
        assert (found["outcome"] == "in progress").all()
        for name, value in (("charts.total_age", table.sum()), ("metrics.work_item_age", table.mean())):
            (row,) = make().ask(name, replace(scope, clock=clock)).to_dict("records")
            assert (row["value"], row["items"]) == (pytest.approx(value), len(table))


def test_every_query_over_days_is_walked() -> None:
    decided = {name for name, *_ in DECIDED}
    assert not decided & BY_HAND
    assert decided | BY_HAND == {name for name, named in NAMED.items() if {"since", "until"} & named}


@pytest.mark.parametrize(("name", "mart", "condition"), DECIDED)
def test_what_counts_in_the_days_alone_gives_the_same_answer(name: str, mart: str, condition: str, make: Make) -> None:
    for stream in TEAMS:
        end = re.findall(r"(\w+) < {until}", condition)[0]
        first = [*re.findall(r"(\w+) >= {since}", condition), end][0]
        scope = make().part(stream, mart, first, end)
        since, until = (f"date '{day}'" for day in (scope.since, scope.until))
        alone = make(*only(stream, mart, condition.format(since=since, until=until)))
        # What is there at the end of the days depends on when that is.
        until = scope.until if PRESENT in condition or name in AS_OF else make().scope(stream).until
        longer = replace(make().scope(stream), until=until, period="all")
        found, expected = make().ask(name, scope), alone.ask(name, longer)
        assert_same(found, expected, "period_start", *ABOUT_DAYS.get(name, ()))
        assert len(found)


@pytest.mark.parametrize(("stream", "period"), list(zip(TEAMS, ("day", "week", "month"), strict=True)))
@pytest.mark.parametrize("name", [name for name, named in NAMED.items() if "period" in named])
def test_a_period_is_what_it_is_alone(name: str, stream: str, period: str, make: Make) -> None:
    scope = replace(make().part(stream), period=period)
    days = pd.date_range(scope.since, scope.until, inclusive="left").to_series()
    is_first = {"day": days.notna(), "week": days.dt.day_of_week == 0, "month": days.dt.day == 1}[period]
    starts = sorted({scope.since, *days[is_first].dt.date})
    table = make().ask(name, scope)
    assert set(table["period_start"].dt.date) <= set(starts)
    # One period ends just before a day on which items finished.
    finished = make().of("items", stream)["finished_on"].dropna().sort_values().dt.date.tolist()
    for at in (0, bisect_left(starts, finished[len(finished) // 2]) - 1, len(starts) - 1):
        until = [*starts[1:], scope.until][at]
        alone = make().ask(name, replace(scope, since=starts[at], until=until, period="all"))
        rows = table[table["period_start"].dt.date == starts[at]]
        # A bucket without time in this period is told for the sake of the others.
        assert_same(rows.dropna(subset=["days"]) if name == "charts.waste_trend" else rows, alone, "is_partial")


@each_query
def test_no_row_is_of_a_day_outside(name: str, make: Make) -> None:
    for stream in TEAMS:
        scope = replace(make().part(stream), period="week")
        table = make().ask(name, scope)
        told = {"period_start", "day", "finished_on", *(["ended_on"] if name != "charts.items" else [])}
        for column in told & set(table.columns):
            assert table[column].dropna().between(str(scope.since), str(scope.until), inclusive="left").all()


@pytest.mark.parametrize("stream", TEAMS)
def test_what_is_about_the_days_themselves_is_of_those_days(stream: str, make: Make) -> None:
    scope = make().part(stream)
    since, until = pd.Timestamp(scope.since), pd.Timestamp(scope.until)
    days, last = (until - since).days, until - pd.Timedelta(days=1)
    ask = cache(lambda name, **more: make().ask(name, replace(scope, **more)))
    visits, calendar = make().of("visits", stream), make().of("calendar", stream)

    steps = ask("charts.map_steps").set_index("stage")
    begun = visits[(visits["entered_on"] >= since) & (visits["entered_on"] < until)]
    gone_by = visits[(visits["left_on"] >= since) & (visits["left_on"] < until)]
    there = visits[(visits["entered_on"] < until) & ~(visits["left_on"] < until)]
    for stage, row in steps.iterrows():
        assert row["work_in_progress"] == (there["stage"] == stage).sum()
        assert row["arrivals_per_day"] == pytest.approx((begun["stage"] == stage).sum() / days)
        assert row["departures_per_day"] == pytest.approx((gone_by["stage"] == stage).sum() / days)

    assert steps[BATCH].to_dict("index") == batches(make(), stream, list(steps.index), since, until)

    flow = ask("charts.cumulative_flow")
    assert flow["day"].min() == since and flow["day"].max() == last
    for row in flow[flow["day"] == last].itertuples():
        seen = there[there["entered_on"] >= since] if row.category == "done" else there
        assert row.items == (seen["stage"] == row.stage).sum()

    (deployed,), (came,), (gone,) = (
        ask(f"metrics.{name}").to_dict("records") for name in ("deployment_frequency", "arrivals", "withdrawn_ratio")
    )
    done, present = (ask(f"metrics.{name}")["items"].item() for name in ("throughput", "work_in_progress"))
    assert ask("charts.types")[["finished", "in_progress"]].sum().tolist() == [done, present]
    assert deployed["value"] == pytest.approx(deployed["items"] * 7 / days)
    assert ask("charts.in_and_out")[["arrivals", "departures"]].to_numpy().tolist() == [[came["items"], gone["items"]]]
    worked = calendar[(calendar["day"] >= since) & (calendar["day"] < until)]["working_seconds"].sum()
    (takt,) = ask("metrics.takt_time").to_dict("records")
    assert (takt["value"], takt["items"]) == (pytest.approx(worked / 86_400 / came["items"]), came["items"])

    # A move is of the day that its stay ended, wherever the item went on.
    way = visits.sort_values("visit_no")
    way = way.assign(to=way.groupby("item_id")["stage"].shift(-1))
    made = way[way["is_in_flow"] & way["to"].notna() & (way["left_on"] >= since) & (way["left_on"] < until)]
    counts = made.value_counts(["stage", "to"])
    moves = ask("charts.spectrum_moves").set_index(["from_stage", "to_stage"])["moves"]
    assert moves.to_dict() == counts.to_dict()
    drawn = ask("charts.spectrum").value_counts(["from_stage", "to_stage"])
    assert len(drawn) == 10 and drawn.to_dict() == {pair: counts[pair] for pair in drawn.index}
    assert drawn.min() >= counts.drop(drawn.index).max()

    (law,) = ask("charts.littles_law").to_dict("records")
    levels = ask("metrics.work_in_progress", period="day")["value"]
    ages = ask("metrics.work_item_age", period="day", percentile=None)["value"]
    assert law["days_count"] == len(levels) == days
    assert (law["first_wip"], law["last_wip"], law["items"]) == (levels.iloc[0], levels.iloc[-1], gone["items"])
    assert (law["mean_wip"], law["arrivals_per_day"]) == pytest.approx((levels.mean(), came["items"] / days))
    assert (law["first_age_days"], law["last_age_days"]) == pytest.approx((ages.iloc[0], ages.iloc[-1]))


BATCH = ["batch_size", "batch_unit", "deployments_count"]


def batches(data: Data, stream: str, path: list[str], since: pd.Timestamp, until: pd.Timestamp) -> dict[str, Any]:
    """Stage → what is told of batches there: where items that finished waited for a deployment, and a step before."""
    items, waste, made = data.of("items", stream), data.of("waste", stream), data.of("deployments", stream)
    done = items[(items["finished_on"] >= since) & (items["finished_on"] < until)]["item_id"]
    booked = waste[(waste["bucket"] == "batch") & waste["item_id"].isin(done) & (waste["seconds"] > 0)]["stage"]
    stages = data.of("stages", stream).set_index("stage")
    works = [name for name in path if tuple(stages.loc[name, ["mode", "category"]]) == ("active", "in-progress")]
    before = {max(works, key=lambda name: (path.index(name) < path.index(queue), path.index(name))) for queue in booked}
    made = made[made["is_success"] & (made["deployed_on"] >= since) & (made["deployed_on"] < until)]
    told = dict(zip(BATCH, (carried(made).median(), "items", carried(made).count()), strict=True))
    assert before and len(made) > 5
    return {
        name: told if name in {*booked, *before} else pytest.approx(dict.fromkeys(BATCH, math.nan), nan_ok=True)
        for name in path
    }


def test_every_metric_of_a_percentile_is_walked() -> None:
    walked = {f"metrics.{metric}" for metric in VALUES} | {"metrics.work_item_age"}
    assert walked == {name for name, named in NAMED.items() if "percentile" in named}


@pytest.mark.parametrize("percentile", [0.5, 0.85, 0.95, None])
@pytest.mark.parametrize("metric", VALUES)
def test_percentile_is_that_of_the_values(metric: str, percentile: float | None, make: Make) -> None:
    mart, column, read = VALUES[metric]
    for stream in TEAMS:
        scope, rows = replace(make().part(stream), percentile=percentile), make().of(mart, stream)
        values = read(rows[rows[column].between(str(scope.since), str(scope.until), inclusive="left")]).dropna()
        (found,) = make().ask(f"metrics.{metric}", scope).to_dict("records")
        expected = values.mean() if percentile is None else values.astype(float).quantile(percentile)
        assert (found["value"], found["items"]) == (pytest.approx(expected), len(values))


@pytest.mark.parametrize("stream", TEAMS)
def test_each_condition_finds_what_is_found_by_hand(stream: str, make: Make) -> None:
    items, visits, blocked = (make().of(mart, stream) for mart in ("items", "visits", "blocked"))
    days = ("created_on", "started_first_on", "finished_on", "cancelled_on", "ended_on")
    created, started, finished, cancelled, ended = (items[column] for column in days)
    # On the first day an item finished, and on the day after the last one was created that is still open.
    since, until = finished.sort_values().iloc[9], created[ended.isna()].max()
    scope = make().scope(stream, since=since.date(), until=until.date())
    there = (created < until) & ~(ended < since)
    over = ended < until
    placed = visits[(visits["entered_on"] < until) & ~(visits["left_on"] < until)]
    stage = items["item_id"].map(placed.sort_values("visit_no").groupby("item_id")["stage"].last())
    stage = stage.where(~over, items["stage"])
    work, done = (visits.loc[visits["category"] == each, "stage"].mode().iloc[0] for each in ("in-progress", "done"))
    at_work, at_rest = (visits[visits["stage"] == stage] for stage in (work, done))
    at_rest = at_rest[at_rest["entered_on"] >= since]
    zone, reason = make().of("streams", stream)["time_zone"].iloc[0], blocked["reason"].iloc[0]
    end = pd.Timestamp(until, tz=zone).tz_convert("UTC").tz_localize(None)
    age = (end - items["started_first_at"].where(started < until)) / pd.Timedelta(days=1)
    cycle = (items["cycle_first_seconds"] / 86_400).where(over, age)
    limit, one = float(cycle.sort_values().iloc[len(items) // 2]), items[items["labels"].notna() & there].iloc[9]
    word, label = one["title"][2:9], one["labels"].split("|")[0]

    moves, paths, waste = (make().of(mart, stream) for mart in ("moves", "paths", "waste"))
    origins, way = moves[moves["from_state"].isna()], paths["variant"].mode().iloc[0]
    moved, first, last = moves[moves["move_no"] == 2].iloc[9], origins.iloc[9], moves[moves["is_last"]].iloc[9]
    handed = moves[moves["from_team"].notna() & (moves["from_team"] != moves["to_team"])].iloc[9]
    step = visits[visits["is_rework"]].iloc[9]

    def made(where: Where) -> pd.Series:
        pair = ("from_team", "to_team") if where.move == "team" else ("from_state", "to_state")
        return of(moves[(moves[pair[0]] == where.move_from) & (moves[pair[1]] == where.move_to)])

    def event(name: str, first: str, end: str | None = None, mart: str = "items", **more: str) -> Where:
        part = make().part(stream, mart, first, end or first)
        return Where(event=name, since=part.since, until=part.until, **more)

    def within(where: Where, days: pd.Series) -> pd.Series:
        return (days >= str(where.since)) & (days < str(where.until))

    def at_end(where: Where, begun: pd.Series, gone: pd.Series) -> pd.Series:
        return (begun < str(where.until)) & ~(gone < str(where.until))

    def of(rows: pd.DataFrame) -> pd.Series:
        return items["item_id"].isin(rows["item_id"])

    def in_stage(where: Where, stays: pd.DataFrame) -> pd.Series:
        return of(stays[at_end(where, stays["entered_on"], stays["left_on"])])

    def held(where: Where) -> pd.DataFrame:
        return blocked[(blocked["unblocked_on"] >= str(where.since)) & (blocked["blocked_on"] < str(where.until))]

    cases: list[tuple[Where, Callable[[Where], pd.Series]]] = [
        (event("created", "created_on"), lambda w: within(w, created)),
        (event("started", "started_first_on"), lambda w: within(w, started)),
        (event("finished", "finished_on"), lambda w: within(w, finished)),
        (event("cancelled", "cancelled_on"), lambda w: within(w, cancelled)),
        (event("ended", "ended_on"), lambda w: within(w, ended)),
        (event("departed", "ended_on"), lambda w: within(w, ended) & started.notna()),
        (event("in progress", "started_first_on"), lambda w: at_end(w, started, ended)),
        (event("in stage", "entered_on", mart="visits", stage=work), lambda w: in_stage(w, at_work)),
        (event("in stage", "entered_on", mart="visits", stage=done), lambda w: in_stage(w, at_rest)),
        (
            event("left stage", "left_on", mart="visits", stage=work),
            lambda w: of(at_work[within(w, at_work["left_on"]) & at_work["is_in_flow"]]),
        ),
        (event("blocked", "unblocked_on", "blocked_on", "blocked"), lambda w: of(held(w))),
        (
            event("blocked", "unblocked_on", "blocked_on", "blocked", reason=reason),
            lambda w: of(held(w).query("reason == @w.reason")),
        ),
        (Where(item=one["item_id"]), lambda w: there & (items["item_id"] == w.item)),
        (Where(text=word.upper()), lambda w: there & items["title"].str.lower().str.contains(word.lower())),
        (Where(label=label), lambda w: there & items["labels"].map(lambda labels: label in labels.split("|"))),
        (Where(priority="high"), lambda w: there & (items["priority"] == "high")),
        (Where(outcome="finished"), lambda w: there & over & finished.notna()),
        (Where(outcome="cancelled"), lambda w: there & over & cancelled.notna()),
        (Where(outcome="in progress"), lambda w: there & ~over & (started < until)),
        (Where(outcome="not started"), lambda w: there & ~over & ~(started < until)),
        (Where(now_in=one["stage"]), lambda w: there & (stage == w.now_in)),
        (Where(variant=way), lambda w: there & of(paths[paths["variant"] == w.variant])),
        (Where(move="state", move_from=moved["from_state"], move_to=moved["to_state"]), lambda w: there & made(w)),
        (
            Where(move="state", move_to=first["to_state"]),
            lambda w: there & of(origins[origins["to_state"] == w.move_to]),
        ),
        (
            Where(move="state", move_from=last["to_state"]),
            lambda w: there & of(moves[moves["is_last"] & (moves["to_state"] == w.move_from)]),
        ),
        (Where(move="team", move_from=handed["from_team"], move_to=handed["to_team"]), lambda w: there & made(w)),
        (
            Where(move="stage", move_from=step["previous_stage"], move_to=step["stage"]),
            lambda w: there & of(visits[(visits["previous_stage"] == w.move_from) & (visits["stage"] == w.move_to)]),
        ),
        (Where(move="skipped", move_to=work), lambda w: there & ~of(at_work)),
        (Where(passed=work), lambda w: there & of(at_work[at_work["entered_on"] < until])),
        *((Where(rework=yes), lambda w: there & ((items["rework_seconds"] > 0) == w.rework)) for yes in (True, False)),
        *(
            (Where(was_blocked=yes), lambda w: there & ((items["blocked_seconds"] > 0) == w.was_blocked))
            for yes in (True, False)
        ),
        (Where(waste="handoff"), lambda w: there & of(waste[(waste["bucket"] == w.waste) & (waste["seconds"] > 0)])),
        (Where(days_from=limit), lambda w: there & (cycle >= limit)),
        (Where(days_to=limit), lambda w: there & (cycle < limit)),
    ]
    for where, by_hand in cases:
        expected = items[by_hand(where)]
        assert 0 < len(expected) < len(items), where
        found, durations, groups = (
            make().ask(f"charts.{name}", scope, chosen=where.parameter())
            for name in ("found_items", "durations", "groups")
        )
        assert set(found["item_id"]) == set(expected["item_id"]), where
        by_then = str(where.until) if where.event in WHERE_AS_OF else str(until)
        assert set(durations["item_id"]) == set(expected["item_id"][expected["finished_on"] < by_then]), where
        assert (groups["items"].sum(), groups["finished"].sum()) == (len(found), len(durations)), where
    assert set(make().ask("charts.items", scope)["item_id"]) == set(items.loc[there, "item_id"])
    used = [where.parameter() for where, _ in cases]
    told = {name: {each[name] for each in used} - {None} for name in used[0]}
    assert all(told.values()) and told.keys() == {each.name for each in fields(Where)}
    assert (told["event"], told["outcome"]) == (set(EVENTS), set(OUTCOMES))
