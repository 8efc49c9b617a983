"""Anonymised exports: stand-ins for whatever names somebody or something, all times moved by the same whole weeks.

Neither the stand-ins' order nor the number of weeks can be found out from the export: both come from a secret that
lives as long as the export is written, in memory.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Mapping, Sequence

import pandas as pd

from dashboard.catalogue import Catalogue
from dashboard.engines.duckdb import DuckDB
from dashboard.errors import SettingsError
from dashboard.streams.definition import Need, Stage, Stream

TOLD = (
    "Anonymised. Stand-ins for: keys, titles, people, teams, services, priorities, severities, reasons, streams; all "
    "times moved by the same number of whole weeks. As they were: states, stages, types of work, estimates, "
    "calendars, time zones, limits, costs of delay, durations. Read states and types before you pass it on: what they "
    "name, it names. Streams that rules choose from another one, surveys with fewer than 5 answers, and the words for "
    "what a stream needs of another are left out. Holidays and the switch to summer time stay where they are, so that "
    "the working clock may differ a little."
)
WEEKS = range(26, 521)
# The import reads years from 1980 to 2099.
FIRST_YEAR, LAST_YEAR = 1985, 2095


def anonymise(
    engine: DuckDB, catalogue: Catalogue, definitions: Sequence[Stream], tables: Sequence[str]
) -> list[Stream]:
    """The tables of `chosen` as anonymised views in `exported`; returns the definitions, anonymised alike."""
    spans = engine.table("snapshot.marts.streams")
    spans = spans[spans["stream"].isin([stream.id for stream in definitions])]
    weeks = _weeks(spans["first_event_at"].min(), spans["last_event_at"].max())
    engine.keep("chosen.options", pd.DataFrame({"weeks": [weeks], "secret": [secrets.token_hex(32)]}))
    engine.create("exported.stand_ins", catalogue.queries["exports.anonymised.stand_ins"].sql)
    engine.run(catalogue.queries["exports.anonymised.stand_in"].sql)
    for table in tables:
        engine.create_view(f"exported.{table}", catalogue.queries[f"exports.anonymised.{table}"].sql)
    stand_ins = {
        (kind, original): stand_in
        for kind in ("stream", "team")
        for original, stand_in in engine.rows("exported.stand_ins", ("original", "stand_in"), where={"kind": kind})
    }
    return sorted((_definition(stream, stand_ins) for stream in definitions), key=lambda stream: stream.id)


def _weeks(first: dt.datetime, last: dt.datetime) -> int:
    """A random number of weeks: back by half a year to ten years, or on where that is too long ago to be read."""
    back = [-weeks for weeks in WEEKS if (first - dt.timedelta(weeks=weeks)).year >= FIRST_YEAR]
    on = [weeks for weeks in WEEKS if (last + dt.timedelta(weeks=weeks)).year <= LAST_YEAR]
    if not back and not on:
        raise SettingsError("The data reach from before 1985 to after 2095: there is no room to move their times.")
    return secrets.choice(back or on)


def _definition(stream: Stream, stand_ins: Mapping[tuple[str, str], str]) -> Stream:
    """The definition without names: what is only told to people is dropped, what the tables refer to is replaced."""
    name = stand_ins["stream", stream.id]
    kept = stream.model_dump(
        include={
            "kind",
            "quiet_days",
            "service_level_days",
            "failure_window_days",
            "cost_of_delay_per_day",
            "currency",
            "is_proposal",
        }
    )
    return Stream(
        **kept,
        id=name,
        name=name,
        calendar=stream.calendar,
        needs=tuple(
            Need(stream=stand_ins["stream", need.stream], what="What it provides", agreed_days=need.agreed_days)
            for need in stream.needs
            if ("stream", need.stream) in stand_ins
        ),
        stage=tuple(_stage(stage, stand_ins) for stage in stream.stage),
    )


def _stage(stage: Stage, stand_ins: Mapping[tuple[str, str], str]) -> Stage:
    """A stage with a stand-in for its team; the reasons of a proposal quote the data and are dropped."""
    team = stand_ins["team", stage.team] if stage.team else None
    return stage.model_copy(update={"team": team, "reason": None})
