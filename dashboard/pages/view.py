"""What a page works with: the warehouse, the viewer's scope, and the words for it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlencode

import pandas as pd
from dash import dcc, html
from dash.development.base_component import Component

from dashboard import access, sight
from dashboard.catalogue import Metric
from dashboard.components.cards import behind, empty, how_computed
from dashboard.errors import ScopeError
from dashboard.figures.periods import iso
from dashboard.scope import KEYS as SCOPE_KEYS
from dashboard.scope import Scope, from_query, to_query
from dashboard.store import Store
from dashboard.streams.last_plan import InUse, plan_in_use
from dashboard.streams.plan import Plan
from dashboard.warehouse import Warehouse
from dashboard.where import Where

# Where a page keeps what the URL asks for beside the scope.
QUERY = "page-query"
NO_HISTORY = (
    "No source tells when items entered their stages, or when they started: where their time went is not known. "
    "The Data page says what to export."
)


@dataclass(frozen=True)
class View:
    """One look at the warehouse. `home` is the folder of the plan, `query` what the URL asks for beside the scope,
    `store` what people wrote, None where a page is drawn without it; `seen` are the parts of the page that were in
    view (`later.py`), None where the whole page is wanted."""

    warehouse: Warehouse
    scope: Scope
    home: Path
    query: Mapping[str, str] = field(default_factory=dict)
    store: Store | None = None
    seen: frozenset[str] | None = None

    @cached_property
    def stream(self) -> Mapping[str, Any]:
        """The row of marts.streams."""
        streams = self.warehouse.streams()
        row: Mapping[str, Any] = streams[streams["stream"] == self.scope.stream].iloc[0].to_dict()
        return row

    def metric(self, name: str) -> Metric:
        """A metric of the catalogue."""
        return self.warehouse.catalogue.metric(name)

    def ask(self, name: str, **more: Any) -> pd.DataFrame:
        """The table of a query in this scope."""
        return self.warehouse.ask(name, self.scope, **more)

    def measure(self, name: str, **changes: Any) -> pd.DataFrame:
        """A metric by period; `changes` replace fields of the scope."""
        return self.warehouse.measure(self.metric(name), replace(self.scope, **changes))

    def headline(self, name: str, scope: Scope | None = None) -> Mapping[str, Any]:
        """A metric over the whole scope, or over another one."""
        return self.warehouse.headline(self.metric(name), scope or self.scope)

    def how(self, *names: str) -> Component:
        """How the figures of these queries were computed, by whom where that is a cluster, and how many records they
        could not count."""
        catalogue = self.warehouse.catalogue
        queries = [catalogue.metric(n) if n in catalogue.metrics else catalogue.queries[n] for n in names]
        how, notes = how_computed(queries, self.scope.parameters()), [self._by_cluster(*names), left_out(self)]
        return html.Div([how, *notes], className="card-notes") if any(notes) else how

    def _by_cluster(self, *names: str) -> Component | None:
        """Which cluster is asked for some of these queries, and how long that took."""
        if (cluster := self.warehouse.cluster) is None:
            return None
        queries = [each if each in self.warehouse.catalogue.queries else f"metrics.{each}" for each in names]
        took = [cluster.seconds(each) for each in queries if self.warehouse.asks_a_cluster(each)]
        known = [each for each in took if each is not None]
        words = f"Asks Spark at {cluster.host}: {sum(known):.1f} s the last time"
        return html.Span(words, className="asked-of") if known else None

    @property
    def waits(self) -> str | None:
        """Whom the page asks for single visits, and how long that takes; None where this machine knows them."""
        if (cluster := self.warehouse.cluster) is None:
            return None
        seconds = cluster.seconds()
        took = "it was not asked yet" if seconds is None else f"about {seconds:.1f} s a question"
        return f"Single visits lie on the cluster (Spark at {cluster.host}): {took}."

    def behind(
        self,
        name: str,
        table: pd.DataFrame,
        keys: Sequence[str | None] | None = None,
        card: str | None = None,
        **more: Any,
    ) -> Component:
        """A table of the page with the address of all its rows, from the query `name`.

        `keys` say which items each row counts; for a metric by period they are known. `card` is the id of its card,
        where the page shows the same query twice.
        """
        catalogue = self.warehouse.catalogue
        kind = "metrics" if name in catalogue.metrics else "charts"
        if keys is None and kind == "metrics":
            known = self.keys(name)
            keys = [known.get(iso(day)) for day in table["period_start"]]
        address = self.address(f"/api/{kind}/{name.removeprefix('charts.')}", **more, format="csv")
        return behind(table, address, card or name, keys or ())

    def keys(self, name: str) -> Mapping[str, str]:
        """First day of each period → which items the metric's value counts; none for a metric that counts none."""
        conditions = self.metric(name).behind
        if not conditions:
            return {}
        return {first: f"{conditions}&since={first}&until={end}" for first, end in self._periods}

    @cached_property
    def _periods(self) -> Sequence[tuple[str, str]]:
        """First day of each period, and the day after its last."""
        return [(iso(row.period_start), iso(row.period_end)) for row in self.ask("charts.periods").itertuples()]

    @cached_property
    def known(self) -> Scope:
        """All the data of the stream."""
        return self.warehouse.default_scope(self.scope.stream)

    @property
    def has_items(self) -> bool:
        """Whether any item was there in this scope."""
        return bool(self.ask("charts.items_counted")["items"].iloc[0])

    def found(
        self, where: Where, sort: str = "lead_days", *, is_descending: bool = True, limit: int = 100, offset: int = 0
    ) -> pd.DataFrame:
        """A page of the items that meet conditions; `matches` counts all of them."""
        order = {"sort": sort, "is_descending": is_descending, "row_limit": limit, "row_offset": offset}
        return self.ask("charts.found_items", chosen=where.parameter(), **order)

    def address(self, path: str, /, **more: Any) -> str:
        """A page or an answer of the interface in this scope."""
        chosen = {"stream": self.scope.stream, **to_query(self.scope, self.known), **more}
        asked = urlencode({key: value for key, value in chosen.items() if value is not None})
        return f"{access.under_prefix(path)}?{asked}"

    @cached_property
    def covered(self) -> Scope:
        """The part of the scope that the data cover; the scope itself where that is nothing."""
        since, until = max(self.scope.since, self.known.since), min(self.scope.until, self.known.until)
        return replace(self.scope, since=since, until=until) if since < until else self.scope

    @property
    def covered_days(self) -> int:
        """How many days of the scope the data cover."""
        return (self.covered.until - self.covered.since).days

    @cached_property
    def compared(self) -> Scope | None:
        """What the scope is compared with; None where the data don't cover all of it."""
        known, earlier = self.known, self.covered.compared()
        return earlier if known.since <= earlier.since and earlier.until <= known.until else None

    @cached_property
    def set_aside(self) -> int:
        """Records of the stream that no figure could count."""
        return int(self.ask("charts.set_aside_reasons")["records"].sum())

    @cached_property
    def plan_in_use(self) -> InUse:
        """The plan of all streams, and what is wrong with the file where an earlier one is in use."""
        metrics = frozenset(self.warehouse.catalogue.metrics)
        return plan_in_use(self.home / "plan.toml", self.warehouse.root, metrics)

    @cached_property
    def plan(self) -> Plan:
        """What the plan says of the stream; nothing where there is no plan."""
        return self.plan_in_use.plan.for_stream(self.scope.stream)

    @property
    def initiatives(self) -> Mapping[str, str]:
        """The names of the plan's initiatives, by id."""
        return {each.id: each.name for each in self.plan.initiative}

    @cached_property
    def modes(self) -> Mapping[str, str]:
        """Stage → active or wait, in the order of the path."""
        stages = self.warehouse.stages(self.scope.stream)
        return dict(zip(stages["stage"], stages["mode"], strict=True))

    @cached_property
    def partial(self) -> frozenset[dt.date]:
        """First days of the periods that the scope or the end of the data cuts short."""
        rows = self.warehouse.ask("charts.periods", self.scope)
        return frozenset(pd.Timestamp(day).date() for day in rows.loc[rows["is_partial"], "period_start"])

    @property
    def in_words(self) -> str:
        """The period, for titles: '1 May 2024 – 31 Oct 2026'."""
        last = self.scope.until - dt.timedelta(days=1)
        return f"{_day(self.scope.since)} – {_day(last)}"

    @property
    def scope_in_words(self) -> str:
        """The whole scope, for paper: stream, days, teams, types, and what differs from the default."""
        return f"{self.stream['name']} · {self.choices_in_words} · compared with {self.scope.compared_words}"

    @property
    def choices_in_words(self) -> str:
        """Days, teams, types, and what differs from the default."""
        scope = self.scope
        parts = [
            self.in_words,
            "all teams" if scope.teams is None else ", ".join(scope.teams) or "no team",
            ", ".join(scope.types) if scope.types else "all types",
            f"service {', '.join(scope.services)}" if scope.services else "",
            "working time" if scope.clock == "working" else "",
            "from the last start" if scope.start_rule == "last" else "",
        ]
        return " · ".join(part for part in parts if part)


class Page(Protocol):
    """A module of this package."""

    PATH: str
    TITLE: str

    def body(self, view: View) -> Component:
        """What stands under the scope bar."""


def or_why(draw: Callable[..., Any], *given: Any) -> Any:
    """What is drawn, or why it can't be: what stands beside it stands."""
    try:
        return draw(*given)
    except ScopeError as error:
        return empty(str(error))


def without_history(view: View) -> Component | None:
    """What a page says that needs to know when items entered their stages, where no source tells."""
    if view.stream["has_history"]:
        return None
    return empty(NO_HISTORY)


def view_of(
    warehouse: Warehouse, home: Path, query: Mapping[str, str | None], store: Store | None = None
) -> tuple[View, Scope]:
    """The view that a URL asks for, and the default scope of its stream; an unknown stream gives the last one."""
    known = set(warehouse.streams()["stream"])
    stream = query.get("stream")
    default = warehouse.default_scope(stream if stream in known else None)
    default = replace(default, corrected=store.corrected(default.stream)) if store else default
    given = {key: value for key, value in query.items() if key != "stream"}
    more = {key: str(value) for key, value in given.items() if value and key not in SCOPE_KEYS}
    scope = from_query(given, default)
    return View(warehouse, replace(scope, teams=sight.among(scope.teams)), home, more, store), default


def left_out(view: View) -> Component | None:
    """How many records are in no figure, with the way to the reasons; nothing where there are none."""
    if not view.set_aside:
        return None
    words = f"{view.set_aside:,} {'record' if view.set_aside == 1 else 'records'} set aside"
    return dcc.Link(words, href=view.address("/data"), className="left-out", title="They are in no figure. See why.")


def _day(day: dt.date) -> str:
    return f"{day.day} {day:%b %Y}"
