"""The working calendar: when a stream's people work, day by day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from zoneinfo import ZoneInfo

import holidays

from dashboard.errors import DefinitionError

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

WorkingDay = tuple[dt.date, dt.datetime, dt.datetime]


def working_days(
    *,
    first: dt.date,
    last: dt.date,
    zone: ZoneInfo,
    weekdays: Iterable[str],
    opens: dt.time,
    closes: dt.time,
    country: str | None,
) -> list[WorkingDay]:
    """Every day with the UTC instants that work begins and ends; both are equal on a day off.

    Public holidays are those of `country` (ISO 3166, a subdivision after a dash: "DE-BY"). Raises
    DefinitionError for a country that the `holidays` library does not know.
    """
    worked = {WEEKDAYS.index(day) for day in weekdays}
    free = _public_holidays(country, range(first.year, last.year + 1)) if country else frozenset()
    days: list[WorkingDay] = []
    for offset in range((last - first).days + 1):
        day = first + dt.timedelta(days=offset)
        ends = closes if day.weekday() in worked and day not in free else opens
        days.append((day, _utc(day, opens, zone), _utc(day, ends, zone)))
    return days


def _utc(day: dt.date, time: dt.time, zone: ZoneInfo) -> dt.datetime:
    return dt.datetime.combine(day, time, zone).astimezone(dt.UTC).replace(tzinfo=None)


def is_known_country(country: str) -> bool:
    """Whether the `holidays` library knows a country, and its subdivision if one is named."""
    try:
        _public_holidays(country, [2024])
    except DefinitionError:
        return False
    return True


def _public_holidays(country: str, years: Iterable[int]) -> frozenset[dt.date]:
    code, _, subdivision = country.partition("-")
    try:
        return frozenset(holidays.country_holidays(code, subdiv=subdivision or None, years=years))
    except NotImplementedError:
        raise DefinitionError(
            f"calendar.country is {country!r}; expected a code such as 'DE', or 'DE-BY' with its subdivision."
        ) from None
