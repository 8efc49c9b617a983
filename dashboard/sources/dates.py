"""How a file writes its times: decided from all of them, or asked for; never guessed row by row."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache

import pandas as pd
from babel import Locale
from babel.dates import get_month_names, get_period_names

from dashboard.errors import SourceError

ORDERS = ("day-first", "month-first")
EXPECTED = "ISO 8601, such as 2024-05-31T14:30:00Z"
# One order must be proven twice as often as the other; the rest is set aside.
PROVEN = 2
# So many times must tell before they are believed: honest logs reach 26 % swapped, a damaged one has 89 %.
LEAST_VOTES = 20

PLAIN = re.compile(r"9999-99-99([T ]99:99(:99(\.9{1,9})?)?( ?UTC|Z|[+-]99(:?99)?)?)?|9{10}(\.9{1,9})?|9{13}")
ZONED = re.compile(r":99.*(Z|UTC|GMT|[+-]99(:?99)?)(\s*\(.*\))?$|9{10}(\.9{1,9})?|9{13}")
# Fri 31 May, Fri May 31, Fri 31/05: but the May of May 31, 2024 is none.
WEEKDAY = re.compile(r"^[^\W\d_]{2,9}\.?,? (?=9{1,4}[/.\-]|9{1,2} [^\W\d_]|[^\W\d_]+\.? 9)")
REMARK = re.compile(r"\s*\([^)]*\)$")
MONTH = re.compile(r"(?<![^\W\d_])(?!(?:AM|PM|GMT|UTC)\b)(?:[^\W\d_]{1,3}月|[^\W\d_]{3,}\.?)")
NUMBERS = re.compile(r"9{1,2}(?P<mark>[/.\-])9{1,2}(?P=mark)(?P<year>9999|99)(?P<rest>.*)")
YEAR_FIRST = re.compile(r"9999(?P<mark>[/.\-])9{1,2}(?P=mark)9{1,2}(?P<rest>.*)")
DAY_WORD = re.compile(r"9{1,2}(?P<one>[ /\-.]+)(?P<month>M|9{1,2}[月월])(?P<two>[ /\-.]+)(?P<year>9999|99)(?P<rest>.*)")
WORD_DAY = re.compile(r"M(?P<one> )9{1,2}(?P<two>,? )9999(?P<rest>.*)")
REST = re.compile(
    r"(?P<gap>[ ,T]*)(?P<hour>9{1,2}):99(?P<seconds>:99)?(?P<fraction>[.,]9{1,6})?"
    r"(?P<half>\s?AM)?(?P<name>\s?(?:GMT|UTC)?)(?P<zone>[+-]99:?(?:99)?|Z)?"
)
# Languages that trackers and spreadsheets are used in; English first.
COMMON = (
    *("en", "ar", "bg", "ca", "cs", "da", "de", "el", "es", "et", "eu", "fi", "fr", "gl", "he", "hr", "hu", "id", "is"),
    *("it", "ja", "ko", "lt", "lv", "mk", "nb", "nl", "pl", "pt", "ro", "ru", "sk", "sl", "sr", "sv", "th", "tr", "uk"),
    *("vi", "zh"),
)
# Names that older Java writes and that Unicode has given up.
OLDER_MONTHS: Mapping[str, Mapping[str, int]] = {"de": {"mrz": 3}}


@dataclass(frozen=True)
class Writing:
    """How to read the times of one file.

    `formats` are strptime's, for texts to which `replaced` was done in its order and from which a weekday's name
    (`has_weekdays`) and a remark in brackets were taken. `expected` is told where a time can't be read.
    """

    formats: tuple[str, ...] = ()
    replaced: tuple[tuple[str, str], ...] = ()
    has_weekdays: bool = False
    expected: str = EXPECTED
    has_naive: bool = False
    has_zoned: bool = False
    notes: tuple[str, ...] = ()


def writing_of(name: str, shapes: pd.DataFrame, date_order: str | None, language: str | None = None) -> Writing:
    """How a file writes its times, by the rows of sources.time_shapes.

    Raises SourceError where day and month can't be told apart, or a month's name means different months.
    """
    rows = [(str(row.shape), str(row.example)) for row in shapes.itertuples()]
    zoned = [bool(ZONED.search(shape)) for shape, _ in rows]
    others = [shape for shape, _ in rows if not PLAIN.fullmatch(shape)]
    words = _months(name, {word for shape in others for word in _month_words(shape)}, language)
    order = _order(name, shapes, date_order)
    return Writing(
        formats=_each_once(filter(None, (_format(_plain(shape), order) for shape in others))),
        replaced=(*words, *_halves(others)),
        has_weekdays=any(WEEKDAY.match(shape) for shape in others),
        expected=f"{order.replace('-', ' ')}, as elsewhere in the file" if order else EXPECTED,
        has_naive=any(":" in shape and not zone for (shape, _), zone in zip(rows, zoned, strict=True)),
        has_zoned=any(zoned),
        notes=() if date_order or not order else _order_notes(shapes, order),
    )


def _order_notes(shapes: pd.DataFrame, order: str) -> tuple[str, ...]:
    """What is not certain of an order that the file shows: dates against it, columns that show none."""
    numeric = shapes[[bool(NUMBERS.fullmatch(str(shape))) for shape in shapes["shape"]]]
    against = int(numeric["second_is_day" if order == ORDERS[0] else "first_is_day"].sum())
    other = ORDERS[order == ORDERS[0]]
    notes = []
    if against:
        notes.append(
            f"{against:,} dates can only be {other}, the others are {order}: those that could be either are read as "
            f"{order} and may be wrong, too"
        )
    proof = numeric.groupby("column_name")[["first_is_day", "second_is_day"]].sum().sum(axis=1)
    silent = sorted(str(column) for column in proof.index[proof == 0])
    if silent and len(silent) < len(proof):
        notes.append(f"{', '.join(silent)}: no day above 12; read {order} as the other columns (or say --date-order)")
    return tuple(notes)


def swap_note(as_written: int, swapped: int, *, is_repaired: bool) -> str | None:
    """What to say of times whose day is 12 or less, by how many are nearer to the rest of their item as written, and
    how many with day and month swapped. None where nothing is suspicious."""
    votes = as_written + swapped
    if votes >= LEAST_VOTES and swapped * 2 > votes:
        advice = "leave --swap-days away" if is_repaired else "export again, or repair them with --swap-days"
        return (
            f"{swapped:,} of {votes:,} times whose day is 12 or less are nearer to the rest of their item with day and "
            "month swapped: a program seems to have swapped them, and durations can't be trusted; " + advice
        )
    return "day and month are swapped where the day is 12 or less, as --swap-days says" if is_repaired else None


def _order(name: str, shapes: pd.DataFrame, stated: str | None) -> str | None:
    """day-first or month-first; None where no date is written as three numbers with the year last."""
    numeric = shapes[[bool(NUMBERS.fullmatch(str(shape))) for shape in shapes["shape"]]]
    if stated or numeric.empty:
        return stated
    first, second = int(numeric["first_is_day"].sum()), int(numeric["second_is_day"].sum())
    example = numeric.iloc[0]
    ask = "Say which with --date-order day-first or --date-order month-first."
    if max(first, second) == 0:
        raise SourceError(
            f"{name}: the date format is ambiguous: no day above 12 tells whether {example['example']!r} "
            f"({example['column_name']}) is day/month or month/day. {ask}"
        )
    if min(first, second) * PROVEN > max(first, second):
        raise SourceError(
            f"{name}: the date format is mixed: {first:,} dates can only be day/month, {second:,} only month/day. {ask}"
        )
    if any(NUMBERS.fullmatch(str(shape))["year"] == "99" for shape in numeric["shape"]):  # type: ignore[index]
        raise SourceError(
            f"{name}: the date format is ambiguous: the year of {example['example']!r} ({example['column_name']}) has "
            f"two digits, so any of the numbers may be it. {ask}"
        )
    return ORDERS[0] if first > second else ORDERS[1]


def _bare(shape: str) -> str:
    """A shape without weekday and remark, its half of the day as AM."""
    shape = REMARK.sub("", WEEKDAY.sub("", shape))
    return _halves_of_day()[0].sub(r"\g<time>AM", shape)


def _plain(shape: str) -> str:
    """A bare shape with its month's name as M."""
    return MONTH.sub("M", _bare(shape), count=1)


def _month_words(shape: str) -> list[str]:
    found = MONTH.search(_bare(shape))
    return [found.group()] if found else []


def _format(shape: str, order: str | None) -> str | None:
    """strptime's format of a shape; None where it is no date."""
    for pattern, parts in ((NUMBERS, order), (YEAR_FIRST, "year"), (DAY_WORD, "day"), (WORD_DAY, "word")):
        match = pattern.fullmatch(shape)
        if match and parts:
            date = _date_format(match, parts)
            rest = _rest_format(match["rest"])
            return None if rest is None else date + rest
    return None


def _date_format(match: re.Match[str], parts: str) -> str:
    if parts == "year":
        return f"%Y{match['mark']}%m{match['mark']}%d"
    if parts == "word":
        return f"%m{match['one']}%d{match['two']}%Y"
    year = "%Y" if match["year"] == "9999" else "%y"
    if parts == "day":
        sign = match["month"].strip("M9")
        return f"%d{match['one']}%m{sign}{match['two']}{year}"
    one, two = ("%d", "%m") if parts == "day-first" else ("%m", "%d")
    return f"{one}{match['mark']}{two}{match['mark']}{year}"


def _rest_format(rest: str) -> str | None:
    if not rest.strip():
        return ""
    match = REST.fullmatch(rest)
    if not match:
        return None
    hour = "%I" if match["half"] else "%H"
    seconds = ":%S" if match["seconds"] else ""
    fraction = f"{match['fraction'][0]}%f" if match["fraction"] else ""
    half = (match["half"] or "").replace("AM", "%p")
    return f"{match['gap']}{hour}:%M{seconds}{fraction}{half}"


def _halves(shapes: Iterable[str]) -> list[tuple[str, str]]:
    """Other ways to write AM and PM: a. m., p.m., ip., 午後."""
    pattern, known = _halves_of_day()
    written = {match["half"] for shape in shapes for match in pattern.finditer(shape)}
    longest_first = sorted(written - {"AM", "PM"}, key=lambda half: (-len(half), half))
    return [(each, known.get(each.lower()) or f"{each[0].upper()}M") for each in longest_first]


@cache
def _halves_of_day() -> tuple[re.Pattern[str], Mapping[str, str]]:
    """What finds the half of the day behind a time, and what the words for it mean, from Unicode's CLDR."""
    known = {
        str(names[half]).lower(): half.upper()
        for code in COMMON
        for width in ("wide", "abbreviated")
        if {"am", "pm"} <= (names := get_period_names(width, "format", Locale.parse(code))).keys()
        for half in ("am", "pm")
    }
    words = "|".join(re.escape(word) for word in sorted(known, key=len, reverse=True))
    written = rf"(?P<time>:99(?:[.,]9{{1,9}})?\s?)(?P<half>[ap]\.?\s?m\.?|{words})(?![^\W\d_])"
    return re.compile(written, re.IGNORECASE), known


def _months(name: str, words: set[str], language: str | None) -> tuple[tuple[str, str], ...]:
    """Each month's name with its number, by the languages that know all of them.

    A file whose months are all English ones is taken for English; else the languages must agree, a name in full or in
    its usual short form before the beginning of one.
    """
    if language and language not in COMMON:
        raise SourceError(f"--language: there are no names of months for {language!r}. Examples: en, de, fr, pl.")
    asked = (language,) if language else COMMON
    # What nobody calls a month is no date: it must not keep the others from being read.
    known = {word for word in words if any(_numbers({word}, month_names(code), str.startswith) for code in asked)}
    readings: set[tuple[tuple[str, int], ...]] = set()
    for languages in (asked[:1], asked) if known else ():
        for matches in (str.__eq__, str.startswith):
            found = (_numbers(known, month_names(code), matches) for code in languages)
            readings = readings or set(filter(None, found))
    if len(readings) > 1:
        unclear = sorted(word for word, _ in min(readings) if len({dict(numbers)[word] for numbers in readings}) > 1)
        raise SourceError(
            f"{name}: the month {unclear[0]!r} is a different one in different languages. "
            "Say in which language the file is: --language pl."
        )
    longest_first = sorted(readings.pop() if readings else (), key=lambda pair: -len(pair[0]))
    return tuple((word, f"{number:02d}") for word, number in longest_first)


def _numbers(
    words: set[str], months: Mapping[str, int], matches: Callable[[str, str], bool]
) -> tuple[tuple[str, int], ...] | None:
    """The numbers of all words in one language; None where it does not know one of them."""
    found = []
    for word in sorted(words):
        plain = word.lower().rstrip(".")
        matching = {number for month, number in months.items() if matches(month, plain)}
        if len(matching) != 1:
            return None
        found.append((word, matching.pop()))
    return tuple(found)


@cache
def month_names(language: str) -> Mapping[str, int]:
    """A language's months in small letters → 1 to 12, from Unicode's CLDR."""
    months = {
        str(month).lower().rstrip("."): number
        for width in ("wide", "abbreviated")
        for context in ("format", "stand-alone")
        for number, month in get_month_names(width, context, Locale.parse(language)).items()
    }
    return {**months, **OLDER_MONTHS.get(language, {})}


def _each_once(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))
