"""How a file writes its times: decided from all of them, or asked for; then read exactly, or set aside."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pandas as pd
import pytest

from dashboard import build
from dashboard.catalogue import Catalogue
from dashboard.errors import SourceError
from dashboard.settings import Settings
from dashboard.sources.dates import Writing, swap_note, writing_of

Read = Callable[..., list[str]]


def shapes(*texts: str) -> pd.DataFrame:
    """What sources.time_shapes says of a column of texts, worked out here."""
    rows = []
    for text in texts:
        numbers = [
            part for part in text.replace("/", " ").replace(".", " ").replace("-", " ").split() if part.isdigit()
        ]
        first, second = (int(numbers[at]) > 12 if len(numbers) > at else False for at in (0, 1))
        shape = "".join("9" if letter.isdigit() else letter for letter in text)
        rows.append(("created", shape, 1, text, int(first), int(second)))
    columns = ["column_name", "shape", "records", "example", "first_is_day", "second_is_day"]
    return pd.DataFrame(rows, columns=columns)


def writing(*texts: str, order: str | None = None, language: str | None = None) -> Writing:
    """How a file with these times writes them."""
    return writing_of("f.csv", shapes(*texts), order, language)


def test_iso_needs_no_format() -> None:
    found = writing("2024-05-31", "2024-05-31T14:30:00.5Z", "2024-05-31 14:30:00+02:00", "1717165800", "1717165800250")
    assert found.formats == ()


def test_zones_are_noticed() -> None:
    assert (writing("2024-05-31T14:30:00").has_naive, writing("2024-05-31T14:30:00").has_zoned) == (True, False)
    assert (writing("2024-05-31T14:30:00Z").has_naive, writing("2024-05-31T14:30:00Z").has_zoned) == (False, True)
    mixed = writing("2024-05-31T14:30:00Z", "2024-05-31T14:30:00")
    assert (mixed.has_naive, mixed.has_zoned) == (True, True)


ORDERS = {
    ("01/02/2024", "31/01/2024"): ("%d/%m/%Y", "day first"),
    ("01/02/2024", "01/31/2024"): ("%m/%d/%Y", "month first"),
    ("01.02.2024 10:00", "31.01.2024 10:00"): ("%d.%m.%Y %H:%M", "day first"),
    ("1-2-2024", "31-1-2024"): ("%d-%m-%Y", "day first"),
    # One slip among many does not decide.
    (*("31/01/2024",) * 4, "01/31/2024"): ("%d/%m/%Y", "day first"),
}


@pytest.mark.parametrize("texts", ORDERS)
def test_order_is_decided_from_the_whole_file(texts: tuple[str, ...]) -> None:
    format_, expected = ORDERS[texts]
    found = writing(*texts)
    assert format_ in found.formats
    assert found.expected.startswith(expected)


ASKED = {
    ("01/02/2024", "03/04/2024"): r"ambiguous: no day above 12 tells whether '01/02/2024' \(created\)",
    ("31/01/2024", "01/31/2024"): "mixed: 1 dates can only be day/month, 1 only month/day",
    ("31/01/24", "30/01/24"): "two digits, so any of the numbers may be it",
}


@pytest.mark.parametrize("texts", ASKED)
def test_order_that_nothing_decides_is_asked_for(texts: tuple[str, ...]) -> None:
    with pytest.raises(SourceError, match=ASKED[texts]) as refused:
        writing(*texts)
    assert "Say which with --date-order day-first or --date-order month-first." in str(refused.value)
    assert writing(*texts, order="day-first").formats[0].startswith("%d/%m/")
    assert writing(*texts, order="month-first").formats[0].startswith("%m/%d/")


# Short and full forms as Jira writes them, by Unicode's and by older Java's names.
MONTHS = {
    "English": ("19/Feb/26", "02"),
    "French": ("19/févr./26", "02"),
    "French in full": ("19 février 2026", "02"),
    "German": ("19/Okt/26", "10"),
    "German of older Java": ("19/Mrz/26", "03"),
    "Spanish": ("11/abr/26", "04"),
    "Portuguese": ("19/fev/26", "02"),
    "Portuguese with a dot": ("19/set./26", "09"),
    "Polish": ("12/lut/21", "02"),
    "Finnish": ("12/helmi/21", "02"),
    "Dutch": ("12/mrt/21", "03"),
    "Italian": ("12/gen/21", "01"),
    "Swedish": ("12/maj/21", "05"),
    "Russian": ("12/февр./21", "02"),
    "Chinese": ("12/十一月/21", "11"),
}


@pytest.mark.parametrize("language", MONTHS)
def test_month_is_read_by_its_name(language: str) -> None:
    text, number = MONTHS[language]
    ((_, read),) = writing(text).replaced
    assert read == number


def test_month_with_a_number_and_a_sign_is_read() -> None:
    found = writing("19/2月/21 3:31 午後")
    assert (found.formats, found.replaced) == (("%d/%m月/%y %I:%M %p",), (("午後", "PM"),))


def test_month_that_differs_by_language_is_asked_for() -> None:
    # Croatian October, Polish and Czech November.
    with pytest.raises(SourceError, match=r"the month 'lis' is a different one.*--language"):
        writing("01/lis/26")
    assert dict(writing("01/lis/26", language="pl").replaced) == {"lis": "11"}
    assert dict(writing("01/lis/26", language="hr").replaced) == {"lis": "10"}
    with pytest.raises(SourceError, match="no names of months for 'klingon'"):
        writing("01/lis/26", language="klingon")


def test_months_are_those_of_one_language() -> None:
    # "mar" begins a month in many languages; with "abr" it is Spanish or Portuguese, March in both.
    assert dict(writing("19/mar/26", "19/abr/26").replaced) == {"mar": "03", "abr": "04"}
    assert dict(writing("19/marras/26", "19/maalis/26").replaced) == {"marras": "11", "maalis": "03"}


def test_word_that_is_no_month_keeps_none_from_being_read() -> None:
    assert dict(writing("19/févr./26", "someday").replaced) == {"févr.": "02"}


def test_swapped_days_are_told_from_twenty_votes_and_by_the_majority() -> None:
    assert swap_note(9, 10, is_repaired=False) is None
    assert swap_note(10, 10, is_repaired=False) is None
    assert "11 of 21 times" in (swap_note(10, 11, is_repaired=False) or "")
    assert "--swap-days" in (swap_note(0, 20, is_repaired=False) or "")
    assert "leave --swap-days away" in (swap_note(0, 20, is_repaired=True) or "")
    assert "as --swap-days says" in (swap_note(20, 0, is_repaired=True) or "")


@pytest.fixture
def read(tmp_path: Path, catalogue: Catalogue) -> Read:
    """The instants of a log's times in UTC, one after the other; empty for what is set aside."""

    def read_times(texts: Sequence[str], **options: object) -> list[str]:
        path, folder = tmp_path / "log.csv", tmp_path / "aside"
        lines = [f'{number},Open,"{text}"\n' for number, text in enumerate(texts)]
        path.write_text("issue_key,status,timestamp\n" + "".join(lines), encoding="utf-8")
        (folder / "inbox").mkdir(parents=True)
        given = build.Options(stream="s", **options)  # type: ignore[arg-type]
        step = build.Build(folder, 1, Settings(home=tmp_path, threads=1), catalogue, given, lambda _: None)
        try:
            step.prepare()
            step.read([path], folder / "inbox")
            moves = step.engine.table("incoming.transitions").set_index("item_id")["occurred_at"]
            aside = step.engine.table("incoming.set_aside")
        finally:
            step.engine.close()
        assert len(moves) + len(aside) == len(texts)
        told = {item: pd.Timestamp(at).isoformat(timespec="milliseconds") for item, at in moves.items()}
        return [told.get(str(number), "") for number in range(len(texts))]

    return read_times


# All mean half past two in the afternoon of 31 May 2024, unless said otherwise, or nothing.
AFTERNOON = "2024-05-31T14:30:00.000"
FILES: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "ISO": (
        {
            "2024-05-31T14:30:00Z": AFTERNOON,
            "2024-05-31 14:30": AFTERNOON,
            "2024-05-31T16:30:00+02:00": AFTERNOON,
            "2024-05-31T16:30:00+0200": AFTERNOON,
            "2024-05-31T10:00:00,250-0430": "2024-05-31T14:30:00.250",
            "2024-05-31T14:30:00.999999999Z": "2024-05-31T14:30:00.999",
            "2024-05-31 14:30:00 UTC": AFTERNOON,
            "20240531T143000Z": "",
            "2024-05-31T24:30:00Z": "",
            "2023-02-29": "",
            "0001-01-01T00:00:00Z": "",
        },
        {},
    ),
    "seconds and milliseconds since 1970": (
        {
            "1717165800": AFTERNOON,
            "1717165800.25": "2024-05-31T14:30:00.250",
            "1717165800250": "2024-05-31T14:30:00.250",
        },
        {},
    ),
    "day first": (
        {"31/05/2024 14:30": AFTERNOON, "1/6/2024 14:30": "2024-06-01T14:30:00.000", "31/02/2024 14:30": ""},
        {},
    ),
    "day first, with seconds and points": (
        {
            "31.5.2024 14:30:00": AFTERNOON,
            "30.05.2024": "2024-05-30T00:00:00.000",
            "01.06.2024": "2024-06-01T00:00:00.000",
            "5/31/2024": "",
        },
        {},
    ),
    "month first, by a clock of twelve hours": (
        {
            "5/31/2024 2:30 PM": AFTERNOON,
            "5/31/2024 2:30:00 PM": AFTERNOON,
            "5/31/2024 12:30 AM": "2024-05-31T00:30:00.000",
            "5/31/2024 12:30 PM": "2024-05-31T12:30:00.000",
            "5/31/2024 14:30": AFTERNOON,
            "31/5/2024 2:30 PM": "",
        },
        {},
    ),
    "a space that does not break before PM": ({"5/31/2024 2:30\u202fPM": AFTERNOON}, {}),
    "Spanish halves of the day": (
        {"31/may/24 2:30 p. m.": AFTERNOON, "31/may/24 2:30 a.m.": "2024-05-31T02:30:00.000"},
        {},
    ),
    "Finnish halves of the day": (
        {"31/touko/24 2:30 ip.": AFTERNOON, "31/touko/24 2:30 ap.": "2024-05-31T02:30:00.000"},
        {},
    ),
    "Japanese": ({"31/5月/24 2:30 午後": AFTERNOON, "31/5月/24 2:30 午前": "2024-05-31T02:30:00.000"}, {}),
    "years of two digits": (
        {"31/05/24 14:30": AFTERNOON, "01/06/99 14:30": "1999-06-01T14:30:00.000"},
        {"date_order": "day-first"},
    ),
    "days that nothing tells from months, month first": (
        {"05/06/2024 14:30": "2024-05-06T14:30:00.000"},
        {"date_order": "month-first"},
    ),
    "French months": (
        {"31/mai/24 14:30": AFTERNOON, "19/févr./26 9:33 AM": "2026-02-19T09:33:00.000", "19/xyz/26": ""},
        {},
    ),
    "German months": ({"31/Mai/24 2:30 PM": AFTERNOON, "01/Mrz/24 2:30 PM": "2024-03-01T14:30:00.000"}, {}),
    "Polish months": ({"31/maj/24 2:30 PM": AFTERNOON, "12/lut/21 10:19 PM": "2021-02-12T22:19:00.000"}, {}),
    "a year first": ({"2024/05/31 14:30": AFTERNOON, "2024.05.31 14:30": AFTERNOON}, {}),
    "a month in words": ({"May 31, 2024 2:30 PM": AFTERNOON, "31-May-2024 14:30:00": AFTERNOON}, {}),
    "mail": (
        {
            "Fri, 31 May 2024 16:30:00 +0200": AFTERNOON,
            "Fri, 31 May 2024 16:30 +02:00": AFTERNOON,
            # The engine's own reading of offsets takes that for +0200 too, and 30 February for 1 March.
            "Sat, 1 Jun 2024 14:30:00 GMT": "2024-06-01T14:30:00.000",
            "Fri, 30 Feb 2024 16:30:00 +0200": "",
        },
        {},
    ),
    "JavaScript": (
        {
            "Fri May 31 2024 16:30:00 GMT+0200 (Central European Summer Time)": AFTERNOON,
            "Fri May 31 2024 14:30:00 GMT+0000 (GMT+00:00)": AFTERNOON,
            "": "",
        },
        {},
    ),
    "a zone that is stated": (
        {
            "2024-05-31 16:30": AFTERNOON,  # summer in Amsterdam
            "2024-01-31 15:30": "2024-01-31T14:30:00.000",  # winter
            "2024-05-31T14:30:00Z": AFTERNOON,  # its own zone counts
            "2024-03-31 02:30": "",  # on that night there is no half past two
            "2024-03-31 03:30": "2024-03-31T01:30:00.000",
            "2024-10-27 03:30": "2024-10-27T02:30:00.000",
        },
        {"time_zone": "Europe/Amsterdam"},
    ),
    "a zone that is stated, for days by name": (
        {"31/May/24 4:30 PM": AFTERNOON, "31/Mar/24 2:30 AM": ""},
        {"time_zone": "Europe/Amsterdam"},
    ),
    "names of zones that many places share": ({"2024-05-31 14:30:00 CST": "", "2024-05-31 14:30:00Z": AFTERNOON}, {}),
}


@pytest.mark.parametrize("kind", FILES)
def test_instant_is_exact_or_set_aside(kind: str, read: Read) -> None:
    instants, options = FILES[kind]
    assert dict(zip(instants, read(list(instants), **options), strict=True)) == instants


@pytest.mark.parametrize("order", ["day-first", "month-first"])
def test_swapped_days_are_put_right_wherever_they_may_be_swapped(order: str, read: Read) -> None:
    day, month = ("13", "05") if order == "day-first" else ("05", "13")
    texts = ["2024-02-01T08:00:00Z", "2024-01-31T08:00:00Z", f"{day}/{month}/2024", "05/04/2024"]
    may_and_april = {"day-first": "2024-05-04", "month-first": "2024-04-05"}
    assert read(texts, swaps_days=True) == [
        "2024-01-02T08:00:00.000",
        "2024-01-31T08:00:00.000",
        "2024-05-13T00:00:00.000",
        f"{may_and_april[order]}T00:00:00.000",
    ]


def test_ambiguous_order_names_file_and_column(read: Read) -> None:
    with pytest.raises(SourceError, match=r"log\.csv: the date format is ambiguous.*--date-order day-first"):
        read(["01/02/2024", "03/04/2024"])
