"""What the streams of an import are: defined in a file, known from the previous snapshot, or proposed from the data."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from dashboard import snapshots
from dashboard.catalogue import Catalogue
from dashboard.engines.duckdb import DuckDB
from dashboard.errors import DefinitionError
from dashboard.options import Options
from dashboard.settings import Settings
from dashboard.streams.definition import (
    Stream,
    calendar_rows,
    cost_rows,
    need_rows,
    read_definition,
    stage_rows,
    state_rows,
    stream_rows,
)
from dashboard.streams.last_plan import plan_in_use
from dashboard.streams.plan import Plan, initiative_rows, target_rows
from dashboard.streams.proposal import propose


@dataclass(frozen=True)
class Definitions:
    """The definitions of one build. `previous` is the folder of the snapshot before, None where none counts."""

    engine: DuckDB
    catalogue: Catalogue
    settings: Settings
    options: Options
    previous: Path | None

    def define(self) -> dict[str, Stream]:
        """The definition of every stream that has data: given, known from before, or proposed."""
        facts = self.engine.ask(self.catalogue.queries["proposals.stream_facts"].sql)
        plan = self._plan()
        definitions: dict[str, Stream] = {}
        for row in facts.itertuples():
            stream = self.given.get(str(row.stream)) or self._proposed(str(row.stream))
            told = facts.loc[facts["stream"].isin([row.stream, stream.chosen_from]), "last_event_at"]
            self._store(stream, pd.Timestamp(row.first_event_at), pd.Timestamp(told.max()), plan)
            definitions[stream.id] = stream
        return definitions

    def _proposed(self, stream: str) -> Stream:
        """A definition by what the data tell of the states: asked for only where nobody has given one."""
        states, gaps = self._facts_of_states
        mine = gaps.loc[gaps["stream"] == stream, "quiet_seconds"].dropna()
        quiet = float(mine.iloc[0]) if len(mine) else None
        return propose(stream, states[states["stream"] == stream], quiet, self.options.time_zone or "UTC")

    @cached_property
    def _facts_of_states(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        names = ("proposals.state_facts", "proposals.usual_gaps")
        states, gaps = (self.engine.ask(self.catalogue.queries[name].sql) for name in names)
        return states, gaps

    def zone_of(self, stream: str) -> str | None:
        """The time zone of a stream that is defined or known from before; None where that says nothing of its files."""
        given = self.given.get(stream) or self.known.get(stream)
        zone = given.calendar.time_zone if given else "UTC"
        return zone if zone != "UTC" else None

    @cached_property
    def given(self) -> dict[str, Stream]:
        """What somebody has defined, by the stream's id: files before what the previous snapshot knows."""
        given = {name: stream for name, stream in self.known.items() if not stream.is_proposal}
        for path in (self.settings.home / "streams.toml", self.options.config):
            if path is not None and (path.is_file() or path == self.options.config):
                given |= read_definition(path)
        return given

    @cached_property
    def known(self) -> Mapping[str, Stream]:
        """The definitions of the previous snapshot, proposals too."""
        path = self.previous / snapshots.DEFINITION if self.previous else None
        return read_definition(path) if path and path.is_file() else {}

    def _plan(self) -> Plan:
        path, metrics = self.settings.home / "plan.toml", frozenset(self.catalogue.metrics)
        found = plan_in_use(path, self.settings.warehouse, metrics)
        if found.fault and found.since is None:
            raise DefinitionError(found.fault)
        return found.plan

    def _store(self, stream: Stream, first: dt.datetime, last: dt.datetime, plan: Plan) -> None:
        for table, rows in {
            "streams": stream_rows(stream),
            "costs_of_delay": cost_rows(stream),
            "needs": need_rows(stream),
            "stages": stage_rows(stream),
            "states": state_rows(stream),
            "calendar_days": calendar_rows(stream, first, last),
            "targets": target_rows(plan, stream.id),
            "initiatives": initiative_rows(plan, stream.id),
        }.items():
            self.engine.insert(f"canonical.{table}", rows)
