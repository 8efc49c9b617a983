"""What the viewer chose: to and from the URL, to the parameters of a query."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from dashboard.errors import ScopeError
from dashboard.parameters import DAY, NAMES, TEXT, Parameter, day, one_of, value_of

PERIODS = ("day", "week", "month", "quarter", "all")
CLOCKS = ("elapsed", "working")
START_RULES = ("first", "last")
PERCENTILES = (0.5, 0.85, 0.95)
# All teams or types, where a control has to say so; no name can be written so.
ALL = "~all"
# What a scope is compared with → its words.
AGAINST = {"previous": "the period before", "year": "the same period last year"}


@dataclass(frozen=True)
class Scope:
    """One viewer's choices; `until` is exclusive, both days are in the stream's time zone.

    `percentile` None means the mean; `teams`, `types` and `services` None mean all. `against` is what the scope is
    compared with: "previous", "year", or the first and last day of another period, as in 2024-01-01~2024-03-31.
    `corrected` are incidents whose cause somebody corrected, each with its deployment ("" for none); it is in no URL.
    """

    stream: str
    since: dt.date
    until: dt.date
    period: str = "week"
    clock: str = "elapsed"
    start_rule: str = "first"
    percentile: float | None = 0.5
    teams: tuple[str, ...] | None = None
    types: tuple[str, ...] | None = None
    services: tuple[str, ...] | None = None
    corrected: tuple[tuple[str, str], ...] = ()
    against: str = "previous"

    def __post_init__(self) -> None:
        _one_of("period", self.period, PERIODS)
        _one_of("clock", self.clock, CLOCKS)
        _one_of("start", self.start_rule, START_RULES)
        if self.percentile is not None and not 0 < self.percentile < 1:
            raise ScopeError(f"percentile is {self.percentile}; expected a number between 0 and 1, such as 0.85.")
        if self.against not in AGAINST:
            _span(self.against)
        if self.since >= self.until:
            raise ScopeError(f"since is {self.since} and until is {self.until}; since must be the earlier day.")

    def parameters(self) -> dict[str, Any]:
        """The values that metric and chart queries may name, by parameter."""
        return {
            "stream": self.stream,
            "since": self.since,
            "until": self.until,
            "period": self.period,
            "clock": self.clock,
            "start_rule": self.start_rule,
            "percentile": self.percentile,
            "teams": list(self.teams) if self.teams is not None else None,
            "types": list(self.types) if self.types is not None else None,
            "services": list(self.services) if self.services is not None else None,
            "corrected_incidents": [incident for incident, _ in self.corrected],
            "corrected_deployments": [deployment for _, deployment in self.corrected],
        }

    def previous(self) -> Scope:
        """The period of equal length just before this one."""
        return replace(self, since=self.since - (self.until - self.since), until=self.since)

    def compared(self) -> Scope:
        """The period that this one is compared with."""
        if self.against == "previous":
            return self.previous()
        if self.against == "year":
            since, until = (_year_before(day) for day in (self.since, self.until))
        else:
            since, until = _span(self.against)
        return replace(self, since=since, until=until)

    @property
    def compared_words(self) -> str:
        """What it is compared with, in words."""
        if self.against in AGAINST:
            return AGAINST[self.against]
        since, until = _span(self.against)
        last = until - dt.timedelta(days=1)
        return f"{since.day} {since:%b %Y} to {last.day} {last:%b %Y}"

    def over_all(self) -> Scope:
        """The same scope as one period: the headline."""
        return replace(self, period="all")


def to_query(scope: Scope, default: Scope) -> dict[str, str]:
    """What differs from the default, as URL query values."""
    shown: dict[str, str] = {}
    for key, value in _texts(scope).items():
        if value != _texts(default)[key]:
            shown[key] = value
    return shown


def from_query(query: Mapping[str, str | None], default: Scope) -> Scope:
    """The scope a URL asks for; a value that can't be is left at the default, never an error."""
    scope = default
    days = {key: query[key] for key in ("from", "to") if query.get(key)}
    for changes in (days, *({key: text} for key, text in query.items() if key not in days)):
        scope = _with(scope, changes)
    return scope


def _with(scope: Scope, changes: Mapping[str, str | None]) -> Scope:
    values: dict[str, Any] = {}
    try:
        for key, text in changes.items():
            if key in PARAMETERS and text is not None:
                values[PARAMETERS[key].field] = PARAMETERS[key].read(str(text))
        return replace(scope, **values)
    except (ScopeError, ValueError):
        return scope


def asked(query: Mapping[str, str], default: Scope) -> Scope:
    """The scope a program asks for. Raises ScopeError for a value that can't be: a program should know."""
    given = {key: value_of(key, text, PARAMETERS[key]) for key, text in query.items() if key in PARAMETERS}
    values = {PARAMETERS[key].field: value for key, value in given.items()}
    since, until = values.get("since", default.since), values.get("until", default.until)
    if since >= until:
        last = until - dt.timedelta(days=1)
        raise ScopeError(f"from is {since} and to is {last}; the day of from must not be the later one.")
    return replace(default, **values)


def in_url(scope: Scope) -> dict[str, str]:
    """All choices of a scope, as URL query values."""
    return {key: text for key, text in _texts(scope).items() if text}


def _texts(scope: Scope) -> dict[str, str]:
    return {
        "stream": scope.stream,
        "from": scope.since.isoformat(),
        "to": (scope.until - dt.timedelta(days=1)).isoformat(),
        "period": scope.period,
        "clock": scope.clock,
        "start": scope.start_rule,
        "percentile": "mean" if scope.percentile is None else f"{scope.percentile:g}",
        "team": _joined(scope.teams),
        "type": _joined(scope.types),
        "service": _joined(scope.services),
        "against": scope.against,
    }


def _span(text: str) -> tuple[dt.date, dt.date]:
    """The days [since, until) of `first~last`. Raises ScopeError for what is no such text."""
    first, _, last = text.partition("~")
    try:
        since, until = day(first), day(last) + dt.timedelta(days=1)
    except ValueError:
        raise ScopeError(f"against is {text!r}; expected previous, year, or days as 2024-01-01~2024-03-31.") from None
    if since >= until:
        raise ScopeError(f"against is {text!r}; the earlier day must stand first.")
    return since, until


def _year_before(day: dt.date) -> dt.date:
    is_leap_day = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year - 1, day=28 if is_leap_day else day.day)


def names_in_url(names: Iterable[str]) -> str:
    """Names of teams or types as one text, `~` between them."""
    return "~".join(name.replace("%", "%25").replace("~", "%7E") for name in sorted(names))


def _joined(values: Iterable[str] | None) -> str:
    return names_in_url(values) if values is not None else ""


def _split(text: str) -> tuple[str, ...] | None:
    if text == ALL:
        return None
    names = (part.replace("%7E", "~").replace("%25", "%") for part in text.split("~") if part)
    return tuple(sorted(names)) or None


def _after(text: str) -> dt.date:
    return day(text) + dt.timedelta(days=1)


def _share(text: str) -> float | None:
    return None if text == "mean" else float(text)


_SHARE: Mapping[str, Any] = {
    "anyOf": [
        {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1},
        {"type": "string", "enum": ["mean"]},
    ]
}
# What a URL may say of a scope, each with the field that it fills.
PARAMETERS: Mapping[str, Parameter] = {
    "stream": Parameter(str, "the id of a value stream; without it, the one imported last", TEXT, "stream"),
    "from": Parameter(
        day, "the first day of the scope, as 2024-01-31; without it, the first of the data", DAY, "since"
    ),
    "to": Parameter(
        _after,
        "the last day of the scope, itself included, as 2024-12-31; without it, the last of the data",
        DAY,
        "until",
    ),
    "period": Parameter(
        str, "what the days are cut into; all gives one number over the whole scope", one_of(PERIODS), "period"
    ),
    "clock": Parameter(str, "whether all hours count, or those of the working calendar", one_of(CLOCKS), "clock"),
    "start": Parameter(
        str, "which start counts of an item that was started more than once", one_of(START_RULES), "start_rule"
    ),
    "percentile": Parameter(
        _share, "a number between 0 and 1, such as 0.85 (0.5 is the median), or mean", _SHARE, "percentile"
    ),
    "team": Parameter(_split, "names of teams, ~ between them; without it, all", NAMES, "teams"),
    "type": Parameter(_split, "types of items, ~ between them; without it, all", TEXT, "types"),
    "service": Parameter(_split, "names of services, ~ between them; without it, all", TEXT, "services"),
    "against": Parameter(
        str,
        "what pages compare the scope with: previous, year, or days as 2024-01-01~2024-03-31",
        {"type": "string", "default": "previous"},
        "against",
    ),
}


KEYS = frozenset(PARAMETERS)


def _one_of(name: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise ScopeError(f"{name} is {value!r}; expected one of {', '.join(allowed)}.")
