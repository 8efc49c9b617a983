"""What damaged files found in the reading of files: each case once brought it down, or was told badly."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from dashboard.account import FileAccount
from dashboard.build import Options, import_files
from dashboard.catalogue import Catalogue
from dashboard.errors import SourceError
from dashboard.settings import Settings
from dashboard.warehouse import Warehouse

HEADER = "item_id,created_at,title"
ITEMS = ["K-1,2024-01-01,One", "K-2,2024-01-02,Two", "K-3,2024-01-03,Three"]
EVENT = '<event><string key="concept:name" value="A"/><date key="time:timestamp" value="2024-03-01T09:00:00Z"/></event>'

Read = Callable[..., FileAccount]


@pytest.fixture
def read(tmp_path: Path, catalogue: Catalogue) -> Read:
    """Import one file of these bytes: its account."""

    def run(name: str, data: str | bytes, **options: object) -> FileAccount:
        path = tmp_path / name
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        settings = Settings(home=tmp_path / "home", threads=1)
        (account,) = import_files([path], settings, catalogue, Options(**options)).files  # type: ignore[arg-type]
        return account

    return run


def titles(home: Path, catalogue: Catalogue) -> list[str]:
    """The titles that the newest snapshot holds."""
    return sorted(Warehouse(home / "warehouse", catalogue).table("canonical.items")["title"])


def test_refusal_is_one_printable_line_that_ends_whatever_the_file_holds(read: Read) -> None:
    cells = ",".join(["\x1b[31mred\x07", *(f"{number}{'x' * 5_000}" for number in range(12))])
    with pytest.raises(SourceError) as caught:
        read("a.csv", f"{cells}\n1,2\n")
    assert str(caught.value).isprintable()
    assert str(caught.value).startswith("a.csv: the columns are \ufffd[31mred\ufffd, 0xxx")
    assert len(str(caught.value)) <= SourceError.LENGTH + 3


def test_long_message_keeps_its_beginning_and_its_end() -> None:
    message = str(SourceError(f"a.csv: {'x' * 10_000}. Do this."))
    assert message.startswith("a.csv: xxx") and message.endswith("xxx. Do this.") and " … " in message


def test_name_of_a_file_with_a_line_end_is_told_in_one_line(read: Read) -> None:
    account = read("a\nFATAL b\x1b.csv", "\n".join([HEADER, *ITEMS]))
    assert account.file_name == "a?FATAL b?.csv"


def test_nothing_below_a_hint_of_the_separator_is_refused(read: Read) -> None:
    with pytest.raises(SourceError, match=r"^a\.csv: line 3: no names of columns can be read"):
        read("a.csv", "sep=,\n\n")


@pytest.mark.parametrize("mark", ['"', "'", "é", "a"])
def test_separator_that_can_be_none_is_no_hint(mark: str, read: Read) -> None:
    with pytest.raises(SourceError, match=r"^a\.csv: the columns are sep="):
        read("a.csv", f"sep={mark}\nitem_id{mark}created_at\nK-1{mark}2024-01-01\n")


@pytest.mark.parametrize("mark", [",", ";", "\t", "|", ":", "^"])
def test_separator_that_a_hint_states_is_taken(mark: str, read: Read) -> None:
    assert read("a.csv", f"sep={mark}\nitem_id{mark}created_at\nK-1{mark}2024-01-01\n").records("kept") == 1


@pytest.mark.parametrize("above", ["\x0b\n", "\x0c\n\n", " \n\u2028\n", "sep=,\n\n", "\n sep=,\n \n"])
def test_lines_above_the_header_are_counted_as_the_rest_counts_them(above: str, read: Read) -> None:
    """Python's splitlines takes a form feed for a line end; then the header was not where it was looked for."""
    assert read("a.csv", above + "\n".join([HEADER, *ITEMS])).records("kept") == 3


@pytest.mark.parametrize("marks", [("\r", "\n", "\r\n"), ("\n", "\r", "\n"), ("\r\n", "\r\r", "\n")])
def test_lone_carriage_return_ends_a_line_beside_other_line_ends(
    marks: tuple[str, str, str], read: Read, tmp_path: Path, catalogue: Catalogue
) -> None:
    text = HEADER + "".join(mark + item for mark, item in zip(marks, ITEMS, strict=True))
    assert read("a.csv", text).records("kept") == 3
    assert titles(tmp_path / "home", catalogue) == ["One", "Three", "Two"]


def test_carriage_return_inside_a_quoted_cell_stays_in_it(read: Read, tmp_path: Path, catalogue: Catalogue) -> None:
    assert read("a.csv", f'{HEADER}\nK-1,2024-01-01,"One\rmore"\nK-2,2024-01-02,Two\n').records("kept") == 2
    assert titles(tmp_path / "home", catalogue) == ["One\nmore", "Two"]


def test_bad_lines_of_json_are_told_although_they_are_in_no_column(read: Read) -> None:
    lines = '{"item_id":"K-1","created_at":"2024-01-01"}\n' * 3 + '{"item_id":\n'
    with pytest.raises(SourceError, match=r"^a\.jsonl: 1 of 4 records can't be read: the line is no JSON \(line 4\)"):
        read("a.jsonl", lines)


def test_column_that_is_not_there_is_told_with_the_file(read: Read) -> None:
    with pytest.raises(SourceError, match=r"^a\.csv: --columns: there is no column 'ticket'. The file has: item_id"):
        read("a.csv", "\n".join([HEADER, *ITEMS]), columns={"item_id": "ticket", "created_at": "created_at"})


def test_sheet_without_a_column_of_a_stage_is_refused(read: Read) -> None:
    with pytest.raises(SourceError, match=r"^a\.csv: no column of a stage stands behind 'Name'"):
        read("a.csv", "ID,Link,Name,Type\nA-1,,One,Story\n")


@pytest.mark.parametrize(
    "inside",
    [
        f"{EVENT}<trace>{EVENT}</trace>",
        f"<list><trace>{EVENT}</trace></list>",
        f"<list>{EVENT}</list>",
        f"{EVENT[:-8]}{EVENT}</event>",
    ],
)
def test_event_or_trace_within_another_is_refused_for_nobody_knows_whose_it_is(inside: str, read: Read) -> None:
    """Such events were left out without a word."""
    with pytest.raises(SourceError, match=r"^a\.xes, line 2: <(trace|event)> begins before the last one ends"):
        read("a.xes", f'<log>\n<trace><string key="concept:name" value="C"/>{inside}</trace></log>')


def test_parquet_and_json_have_as_many_records_as_are_told(read: Read, tmp_path: Path) -> None:
    frame = pd.DataFrame([item.split(",") for item in ITEMS], columns=HEADER.split(","))
    frame.to_parquet(tmp_path / "b.parquet")
    assert read("a.parquet", (tmp_path / "b.parquet").read_bytes()).records() == 3
    assert read("a.json", frame.to_json(orient="records")).records() == 3


def test_header_with_a_cell_longer_than_pythons_parser_takes_is_refused(read: Read) -> None:
    with pytest.raises(SourceError, match=r"^a\.csv: line 2: no names of columns can be read"):
        read("a.csv", f'\n"{"x" * 140_000},created_at\nK-1,2024-01-01\n')
