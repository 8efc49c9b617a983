"""streams.toml: what a value stream is, checked key by key."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar
from zoneinfo import ZoneInfo, available_timezones

import pandas as pd
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from dashboard.errors import DefinitionError
from dashboard.streams.blocks import key_in, line_of
from dashboard.streams.calendar import is_known_country, working_days
from dashboard.streams.files import unreadable

Model = TypeVar("Model", bound=BaseModel)
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Category = Literal["backlog", "in-progress", "done", "cancelled"]
Waste = Literal["handoff", "batch", "partially-done", "extra-process", "task-switching", "waiting", "rework"]


time_zones = cache(available_timezones)  # which opens some 600 files


def _known_zone(name: str) -> str:
    if name not in time_zones():
        raise ValueError("should be a time zone such as 'Europe/Berlin'")
    return name


def _known_country(code: str | None) -> str | None:
    if code is not None and not is_known_country(code):
        raise ValueError("should be a code such as 'DE', or 'DE-BY' with its subdivision")
    return code


class Checked(BaseModel):
    """A table of the definition: unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Calendar(Checked):
    """When the stream's people work."""

    time_zone: Annotated[str, AfterValidator(_known_zone)] = "UTC"
    weekdays: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri")
    opens: dt.time = dt.time(9)
    closes: dt.time = dt.time(17)
    country: Annotated[str | None, AfterValidator(_known_country)] = None

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Calendar:
        if self.closes <= self.opens:
            raise ValueError("should have 'closes' later than 'opens'")
        return self


class Stage(Checked):
    """A stage, the states it collects, and what kind of time is spent there."""

    name: str = Field(min_length=1)
    states: tuple[str, ...] = ()
    category: Category = "in-progress"
    mode: Literal["active", "wait"] = "active"
    activity: Literal["VA", "NNVA", "NVA"] | None = None
    waste: Waste | None = None
    team: str | None = None
    wip_limit: int | None = Field(default=None, ge=1)
    compliance: bool = False  # a law or a standard demands it
    automated: bool = False
    confidence: float | None = None
    reason: str | None = None


class Need(Checked):
    """What a stream waits for from another one, and within how many days that was agreed to come."""

    stream: str = Field(min_length=1)
    what: str = Field(min_length=1)
    agreed_days: float | None = Field(default=None, gt=0)


class Choice(Checked):
    """Which items of another stream belong to this one: of each key that is given, they meet one of its values.

    A project is what stands before the number in an item's key; services choose deployments, changes and incidents.
    """

    projects: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    services: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _says_something(self) -> Choice:
        if not any(self.model_dump().values()):
            raise ValueError("should name projects, types, teams, labels or services")
        return self


class Stream(Checked):
    """A value stream: its people, its calendar, its stages in the order of the reference path."""

    id: str = Field(min_length=1)
    name: str = ""
    kind: Literal["product", "platform", "support"] = "product"
    customer: str = "Customer"
    supplier: str = "Demand"
    tools: tuple[str, ...] = ()
    owner: str | None = None
    stakeholders: tuple[str, ...] = ()
    objectives: tuple[str, ...] = ()
    reassess_on: dt.date | None = None
    quiet_days: float | None = Field(default=None, gt=0)
    service_level_days: float | None = Field(default=None, gt=0)
    # An incident of which no source names the cause is that of the last deployment of its service within so many days.
    failure_window_days: float = Field(default=7, gt=0)
    cost_of_delay_per_day: float | None = Field(default=None, ge=0)
    cost_of_delay: dict[str, Annotated[float, Field(ge=0)]] | None = None  # type of item → money per day
    currency: str | None = None
    regulated: bool = False
    is_proposal: bool = False
    calendar: Calendar = Calendar()
    chosen_from: str | None = None  # the id of the stream whose items `chosen` chooses
    chosen: Choice | None = None
    needs: tuple[Need, ...] = ()
    stage: tuple[Stage, ...] = ()  # a proposal for data without items has none

    @model_validator(mode="after")
    def _chooses_from_another(self) -> Stream:
        if (self.chosen_from is None) != (self.chosen is None):
            raise ValueError("should have both 'chosen_from' and 'chosen', or neither")
        if self.chosen_from == self.id:
            raise ValueError("should be 'chosen_from' another stream")
        if any(need.stream == self.id for need in self.needs):
            raise ValueError("should need what another stream provides")
        return self


class Definition(Checked):
    """A whole streams.toml."""

    stream: tuple[Stream, ...] = ()


def read_definition(path: Path) -> dict[str, Stream]:
    """The streams that a file defines, by id. Raises DefinitionError with file, key, found and expected."""
    return parse_definition(path, _text(path))


def parse_definition(path: Path, text: str) -> dict[str, Stream]:
    """The same of a text that stands, or is to stand, in the file."""
    definition = parse_toml(path, text, Definition)
    streams: dict[str, Stream] = {}
    for stream in definition.stream:
        if stream.id in streams:
            raise DefinitionError(f"{path.name}: two streams have the id {stream.id!r}. Give each its own.")
        _check_stages(path, stream)
        streams[stream.id] = stream
    for stream in streams.values():
        source = streams.get(stream.chosen_from or "")
        if source and source.chosen_from:
            raise DefinitionError(
                f"{path.name}: stream {stream.id!r} is chosen from {source.id!r}, which is itself chosen from "
                f"{source.chosen_from!r}. Choose it from {source.chosen_from!r}, too."
            )
    return streams


def parse_toml(path: Path, text: str, model: type[Model]) -> Model:
    """A text of TOML as a checked model. Raises DefinitionError with file, line, key, what was found and expected."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise DefinitionError(f"{_where(path, text, str(error))}: can't be read as TOML: {error}.") from None
    try:
        return model.model_validate(document)
    except ValidationError as error:
        raise DefinitionError("\n".join(_complaint(path, text, each) for each in error.errors())) from None


def complaint(path: Path, text: str, place: Sequence[str | int], words: str) -> str:
    """'plan.toml, line 12: target[0].metric …'; `words` follow the key at that place."""
    key = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place).lstrip(".")
    line = line_of(text, place)
    return f"{path.name}{f', line {line}' if line else ''}: {key} {words}"


def _where(path: Path, text: str, error: str) -> str:
    """File, line and key of what can't be read as TOML."""
    found = re.search(r"at line (\d+)", error)
    line = int(found[1]) if found else len(text.splitlines())
    key = key_in(text, line)
    return f"{path.name}, line {line}, key {key!r}" if key else f"{path.name}, line {line}"


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise unreadable(path, error) from None


def _complaint(path: Path, text: str, error: Mapping[str, Any]) -> str:
    place = error["loc"]
    if error["type"] == "extra_forbidden":
        return complaint(path, text, place, "is not a key that is known here. Check its spelling.")
    if error["type"] == "missing":
        return complaint(path, text, place, "is missing.")
    expected = error["msg"].removeprefix("Value error, ").removeprefix("Input ")
    if isinstance(error["input"], dict):  # a whole table: its keys are to be looked at, not to be read aloud
        return complaint(path, text, place, f"{expected}.")
    return complaint(path, text, place, f"is {error['input']!r}; it {expected}.")


def _check_stages(path: Path, stream: Stream) -> None:
    if not stream.stage and not stream.is_proposal:
        raise DefinitionError(f"{path.name}: stream {stream.id!r}: stage is missing. A stream has one stage or more.")
    owners: dict[str, str] = {}
    for stage in stream.stage:
        for state in stage.states or (stage.name,):
            if state in owners:
                raise DefinitionError(
                    f"{path.name}: stream {stream.id!r}: the state {state!r} is in the stages {owners[state]!r} and "
                    f"{stage.name!r}. A state belongs to one stage."
                )
            owners[state] = stage.name
    if len({stage.name for stage in stream.stage}) < len(stream.stage):
        raise DefinitionError(f"{path.name}: stream {stream.id!r}: two stages have the same name.")


def stream_rows(stream: Stream) -> pd.DataFrame:
    """One row for canonical.streams."""
    values = stream.model_dump(
        include={"kind", "customer", "supplier", "service_level_days", "failure_window_days", "currency", "is_proposal"}
    )
    return pd.DataFrame(
        [
            values
            | {
                "stream": stream.id,
                "name": stream.name or stream.id,
                "tools": list(stream.tools),
                "time_zone": stream.calendar.time_zone,
                "quiet_seconds": stream.quiet_days * 86_400 if stream.quiet_days else None,
                "cost_of_delay_per_day": stream.cost_of_delay_per_day,
                "is_regulated": stream.regulated,
                "chosen_from": stream.chosen_from,
            }
        ]
    )


def cost_rows(stream: Stream) -> pd.DataFrame:
    """Rows for canonical.costs_of_delay: the types of items whose delay has a cost of its own."""
    costs = (stream.cost_of_delay or {}).items()
    return pd.DataFrame([{"stream": stream.id, "type": kind, "cost_per_day": cost} for kind, cost in costs])


def rule_rows(stream: Stream) -> pd.DataFrame:
    """stream, of_stream, kind, value: the rules by which its items are chosen from another stream."""
    # Without rules, what they chose once is forgotten.
    given = stream.chosen.model_dump() if stream.chosen else {"forgotten": ("",)}
    return pd.DataFrame(
        [
            {"stream": stream.id, "of_stream": stream.chosen_from, "kind": key.removesuffix("s"), "value": value}
            for key, values in given.items()
            for value in values
        ]
    )


def need_rows(stream: Stream) -> pd.DataFrame:
    """Rows for canonical.needs: what the stream says it gets from others."""
    return pd.DataFrame(
        [
            {"stream": stream.id, "on_stream": each.stream, "what": each.what, "agreed_days": each.agreed_days}
            for each in stream.needs
        ]
    )


def stage_rows(stream: Stream) -> pd.DataFrame:
    """Rows for canonical.stages, in the order of the definition."""
    return pd.DataFrame(
        [
            stage.model_dump(include={"category", "mode", "waste", "team", "wip_limit", "confidence", "reason"})
            | {
                "stream": stream.id,
                "stage": stage.name,
                "position": position,
                "activity": stage.activity or ("VA" if stage.mode == "active" else "NVA"),
                "is_compliance": stage.compliance,
                "is_automated": stage.automated,
            }
            for position, stage in enumerate(stream.stage, start=1)
        ]
    )


def state_rows(stream: Stream) -> pd.DataFrame:
    """Rows for canonical.states; a stage without states collects the state of its own name."""
    return pd.DataFrame(
        [
            {"stream": stream.id, "state": state, "stage": stage.name}
            for stage in stream.stage
            for state in stage.states or (stage.name,)
        ]
    )


def calendar_rows(stream: Stream, first: dt.datetime, last: dt.datetime) -> pd.DataFrame:
    """Rows for canonical.calendar_days: the years of the UTC instants `first` and `last`, and a day on both sides."""
    zone = ZoneInfo(stream.calendar.time_zone)
    days = working_days(
        first=dt.date(first.year, 1, 1) - dt.timedelta(days=1),
        last=dt.date(last.year, 12, 31) + dt.timedelta(days=1),
        zone=zone,
        weekdays=stream.calendar.weekdays,
        opens=stream.calendar.opens,
        closes=stream.calendar.closes,
        country=stream.calendar.country,
    )
    return pd.DataFrame(days, columns=["day", "opens_at", "closes_at"]).assign(stream=stream.id)
