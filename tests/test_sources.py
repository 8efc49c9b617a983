"""The contract of every export format, once for all: `exports/<case>/` holds an input and the rows expected of it.

`input.csv`, `.json` or `.jsonl` is read with the options of `options.toml`, whose table `[expected]` says what the
program has to find out by itself. `expected.csv` are the transitions in order; `expected_<table>.csv` are
rows of another canonical table. A folder's name begins with that of the format that has to be recognised.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import tomllib
import zipfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from conftest import TABLES, Imports, Tables

from dashboard import build, gathering, snapshots
from dashboard.account import Account
from dashboard.catalogue import Catalogue
from dashboard.errors import DashboardError, SourceError
from dashboard.settings import Settings
from dashboard.sources import FORMATS, read_columns_option
from dashboard.sources.logs import event_meaning

EXPORTS = Path(__file__).parent / "exports"
ALONE = {"own_links"}  # refused when imported alone: nothing in it has a date
CASES = sorted(folder.name for folder in EXPORTS.iterdir() if folder.name not in ALONE)
WITH_PEOPLE = [name for name in CASES if "Ann Example" in next((EXPORTS / name).glob("input.*")).read_text("utf-8")]
OF_THE_IMPORT = ["import_id", "imported_at", "is_known"]
OF_THE_HOME = [*OF_THE_IMPORT, "person"]  # each home has its own pseudonyms

Read = Callable[[Path, build.Options], Tables]


@dataclass(frozen=True)
class Case:
    """An export, how it is read, and what must come of it."""

    name: str
    path: Path
    options: build.Options
    expected: Mapping[str, Any]
    delimiter: str = ","

    @property
    def records(self) -> int:
        """Records in the file, counted without the program."""
        text = self.path.read_bytes().decode("utf-8")
        if self.path.suffix == ".jsonl":
            return sum(bool(line.strip()) for line in text.splitlines())
        if self.path.suffix == ".json":
            return len(_records_of(json.loads(text)))
        records = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=self.delimiter)
        return sum(bool(record) for record in records) - 1


def _records_of(document: Any) -> list[Any]:
    if isinstance(document, list):
        return document
    return document["issues"] if "issues" in document else [*document["cards"], *document["actions"]]


def case_named(name: str) -> Case:
    """A folder of `exports/`. Its few rows hold more than 5 % bad ones on purpose."""
    given = tomllib.loads((EXPORTS / name / "options.toml").read_text(encoding="utf-8"))
    options = build.Options(
        stream="s",
        columns=read_columns_option(given.get("columns")),
        time_zone=given.get("time_zone"),
        accepts_bad_rows=True,
    )
    path = next((EXPORTS / name).glob("input.*"))
    return Case(name, path, options, given.get("expected", {}), given.get("delimiter", ","))


@dataclass(frozen=True)
class Imported:
    """A case imported once and once more."""

    case: Case
    account: Account
    first: Tables
    second: Tables
    database: bytes


@pytest.fixture(scope="session")
def imported(
    tmp_path_factory: pytest.TempPathFactory, catalogue: Catalogue, only_canonical: Catalogue
) -> Callable[[str], Imported]:
    """A case by name, imported twice into a home of its own, when it is first asked for."""
    done: dict[str, Imported] = {}

    def get(name: str) -> Imported:
        if name not in done:
            case, imports = case_named(name), Imports(tmp_path_factory.mktemp(name), catalogue)
            account, first = imports.run(case.path, options=case.options), imports.tables()
            database = (imports.warehouse.snapshot / snapshots.DATABASE).read_bytes()
            build.import_files([case.path], imports.settings, only_canonical, case.options)
            done[name] = Imported(case, account, first, imports.tables(), database)
        return done[name]

    return get


@pytest.fixture
def read(tmp_path: Path, catalogue: Catalogue) -> Callable[[Path, build.Options], Tables]:
    """One file into canonical rows, without the layers above them: what a whole import does first."""

    def read_file(path: Path, options: build.Options) -> Tables:
        folder = tmp_path / "aside"
        folder.mkdir()
        inbox = folder / "inbox"
        inbox.mkdir()
        step = build.Build(folder, 1, Settings(home=tmp_path, threads=1), catalogue, options, lambda _: None)
        try:
            step.prepare()
            step.read([path], inbox)
            return {table: step.engine.table(f"incoming.{table}") for table in TABLES}
        finally:
            step.engine.close()

    return read_file


def rows(table: pd.DataFrame, columns: list[str] | None = None) -> list[tuple[str, ...]]:
    """Rows as text in a fixed order: transitions as they happened, others by their cells."""
    if "seq" in table:
        table = table.sort_values(["stream", "item_id", "occurred_at", "seq"], kind="stable")
    chosen = table[columns or list(table.columns)]
    texts = [tuple(map(_text, row)) for row in chosen.itertuples(index=False)]
    return texts if "seq" in table else sorted(texts)


def _text(value: Any) -> str:
    if isinstance(value, pd.Timestamp) and value is not pd.NaT:
        return value.isoformat(timespec="milliseconds")
    is_missing = not isinstance(value, Iterable) and pd.isna(value)
    return "" if is_missing else str(value).removesuffix(".0")


def expected_rows(path: Path) -> tuple[list[str], list[tuple[str, ...]]]:
    """Columns and rows of a file with what is expected; its times are UTC."""
    with path.open(encoding="utf-8", newline="") as stream:
        header, *records = csv.reader(stream)
    times = [column.endswith(("_at", "_on")) for column in header]
    return header, [
        tuple(_text(pd.Timestamp(cell)) if at and cell else cell for cell, at in zip(record, times, strict=True))
        for record in records
    ]


def same(one: Tables, other: Tables, but: list[str] = OF_THE_IMPORT) -> None:
    """Assert that all canonical tables are equal, whatever the order of their rows."""
    for table, frame in one.items():
        left, right = (rows(each[table].drop(columns=but, errors="ignore")) for each in (one, other))
        assert left == right, f"canonical.{table} differs"
        assert list(frame.columns) == list(other[table].columns)


@pytest.mark.parametrize("name", CASES)
def test_rows_are_those_expected(name: str, imported: Callable[[str], Imported]) -> None:
    tables = imported(name).first
    for path in sorted((EXPORTS / name).glob("expected*.csv")):
        columns, expected = expected_rows(path)
        table = path.stem.removeprefix("expected").removeprefix("_") or "transitions"
        in_order = expected if table == "transitions" else sorted(expected)
        assert rows(tables[table], columns) == in_order, f"{path.name} differs"


@pytest.mark.parametrize("name", sorted(ALONE))
def test_file_without_any_date_is_read_beside_others(name: str, read: Read, imports: Imports) -> None:
    case, (table,) = case_named(name), [path.stem.removeprefix("expected_") for path in _told(name)]
    columns, expected = expected_rows(EXPORTS / name / f"expected_{table}.csv")
    tables = read(case.path, case.options)
    assert rows(tables[table], columns) == sorted(expected)
    columns, expected = expected_rows(EXPORTS / name / "expected_set_aside.csv")
    assert rows(tables["set_aside"], columns) == sorted(expected)
    with pytest.raises(SourceError, match=r"Nothing in the files can be used: no item, deployment or incident has a"):
        imports.run(case.path, options=case.options)


def _told(name: str) -> list[Path]:
    return [path for path in (EXPORTS / name).glob("expected_*.csv") if path.stem != "expected_set_aside"]


@pytest.mark.parametrize("name", CASES)
def test_format_is_recognised(name: str, imported: Callable[[str], Imported]) -> None:
    done = imported(name)
    named = sorted((each for each in FORMATS if name.startswith(each)), key=len)
    assert done.account.files[0].format.name == done.case.expected.get("format", named[-1] if named else None)


@pytest.mark.parametrize("name", CASES)
def test_every_record_has_one_fate(name: str, imported: Callable[[str], Imported]) -> None:
    done = imported(name)
    (counted,) = done.first["imports"].to_dict("records")
    set_aside = len(expected_rows(EXPORTS / name / "expected_set_aside.csv")[1])
    assert counted["rows_read"] == done.case.records
    assert counted["rows_set_aside"] == set_aside
    assert counted["rows_ignored"] == done.case.expected.get("ignored", 0)
    assert counted["rows_kept"] == done.case.records - set_aside - counted["rows_ignored"]
    assert done.account.files[0].records() == done.case.records


@pytest.mark.parametrize("name", CASES)
def test_record_set_aside_says_where_and_why(name: str, imported: Callable[[str], Imported]) -> None:
    done = imported(name)
    assert len(done.first["set_aside"]) > 0
    assert set(done.first["set_aside"]["file_name"]) == {done.case.path.name}
    assert all(len(reason) > 10 for reason in done.first["set_aside"]["reason"])


@pytest.mark.parametrize("name", CASES)
def test_meaning_of_an_event_is_found_out(name: str, imported: Callable[[str], Imported]) -> None:
    done = imported(name)
    assert done.account.files[0].event_is == done.case.expected.get("event_is")


@pytest.mark.parametrize("name", CASES)
def test_importing_the_same_file_twice_changes_nothing(name: str, imported: Callable[[str], Imported]) -> None:
    # The second import reads the file again and replaces the rows of its items by those that it read.
    same(imported(name).first, imported(name).second)


def same_but(done: Imported, again: Tables, *but: str) -> None:
    """Assert that reading gave the rows that the case's import took in, but for some columns."""
    taken_in = {table for table, frame in done.first.items() if len(frame)} - set(gathering.DEFINED)
    assert {table for table, frame in again.items() if len(frame)} == taken_in
    same({table: again[table] for table in taken_in}, done.first, but=[*OF_THE_HOME, *but])


# Delimiter, line end and first mark; the same code splits all tables, so tabs are tried on the two shapes of one.
WRITTEN = {"with semicolons, CRLF and a BOM": (";", "\r\n", "\ufeff"), "with tabs": ("\t", "\n", "")}
SPLIT = [
    *((name, "with semicolons, CRLF and a BOM") for name in CASES if (EXPORTS / name / "input.csv").is_file()),
    ("event_log_entered", "with tabs"),
    ("actionable_agile", "with tabs"),
]


@pytest.mark.parametrize(("name", "written"), SPLIT)
def test_dialect_and_name_of_the_file_do_not_matter(
    name: str, written: str, imported: Callable[[str], Imported], read: Read, tmp_path: Path
) -> None:
    done = imported(name)
    delimiter, line_end, mark = WRITTEN[written]
    with done.case.path.open(encoding="utf-8-sig", newline="") as stream:
        records = list(csv.reader(stream, delimiter=done.case.delimiter))
    path = tmp_path / "data.json"  # it is the content that tells, not the name
    with path.open("w", encoding="utf-8", newline="") as stream:
        stream.write(mark)
        csv.writer(stream, delimiter=delimiter, lineterminator=line_end).writerows(records)
    same_but(done, read(path, done.case.options), "file_name", "sha256")


def _text_of(
    records: list[list[str]], delimiter: str = ",", line_end: str = "\n", quoting: int = csv.QUOTE_MINIMAL
) -> str:
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=delimiter, lineterminator=line_end, quoting=quoting).writerows(records)
    return stream.getvalue()


def _zipped(**texts: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("exports/", "")
        for name, text in texts.items():
            archive.writestr(f"exports/{name}.csv", text)
    return stream.getvalue()


# The same records, written in other ways.
WAYS: Mapping[str, Callable[[list[list[str]]], bytes]] = {
    "as UTF-16 with a mark": lambda records: _text_of(records).encode("utf-16"),
    "as UTF-16 of the other byte order": lambda records: b"\xfe\xff" + _text_of(records).encode("utf-16-be"),
    "as Latin-1": lambda records: _text_of(records).encode("latin-1"),
    "as gzip": lambda records: gzip.compress(_text_of(records).encode()),
    "as zip": lambda records: _zipped(data=_text_of(records)),
    "with CRLF": lambda records: _text_of(records, line_end="\r\n").encode(),
    "with the line ends of old": lambda records: _text_of(records, line_end="\r").encode(),
    "with bars": lambda records: _text_of(records, "|").encode(),
    "with tabs": lambda records: _text_of(records, "\t").encode(),
    "with Excel's hint": lambda records: b"sep=;\r\n" + _text_of(records, ";", "\r\n").encode(),
    "with quotes around all": lambda records: _text_of(records, quoting=csv.QUOTE_ALL).encode(),
    "with an empty last column": lambda records: _text_of([[*record, ""] for record in records]).encode(),
    "with blank lines": lambda records: b"\n\n" + _text_of(records).replace("\n", "\n\n").encode(),
    "without a line end": lambda records: _text_of(records).rstrip("\n").encode(),
}
WHERE = ["file_name", "sha256", "notes", "line", "examples"]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", ["jira_csv_french", "event_log_start_complete"])
def test_the_same_records_give_the_same_rows_however_they_are_written(
    name: str, way: str, imported: Callable[[str], Imported], read: Read, tmp_path: Path
) -> None:
    done = imported(name)
    with done.case.path.open(encoding="utf-8", newline="") as stream:
        path = tmp_path / "data.csv"
        path.write_bytes(WAYS[way](list(csv.reader(stream))))
    same_but(done, read(path, done.case.options), *WHERE)


LISTS = [
    name for name in CASES if (EXPORTS / name / "input.csv").is_file() and "log" not in name and "own_tr" not in name
]


@pytest.mark.parametrize("name", LISTS)
def test_order_of_the_rows_changes_nothing(
    name: str, imported: Callable[[str], Imported], read: Read, tmp_path: Path
) -> None:
    done = imported(name)
    with done.case.path.open(encoding="utf-8-sig", newline="") as stream:
        header, *records = csv.reader(stream, delimiter=done.case.delimiter)
    path = tmp_path / "data.csv"
    path.write_text(_text_of([header, *reversed(records)], done.case.delimiter), encoding="utf-8", newline="")
    same_but(done, read(path, done.case.options), *WHERE, "record", "seq")


def test_archive_gives_each_of_its_files(imports: Imports) -> None:
    path = imports.settings.home / "month.zip"
    path.write_bytes(_zipped(moves=log("1 Open 2024-01-01"), items="id,created\n1,2024-01-01\n"))
    account = imports.run(path, stream="s")
    assert [(file.file_name, file.format.name) for file in account.files] == [
        ("month.zip/items.csv", "item_list"),
        ("month.zip/moves.csv", "event_log"),
    ]


@pytest.mark.parametrize("missing", ["", " ", "-", "NULL", "null", "None", "NaN", "n/a"])
def test_what_stands_for_nothing_is_nothing(missing: str, read: Read, imports: Imports) -> None:
    text = f"id,title,type,created,finished\n1,{missing},{missing},2024-01-01,{missing}\n"
    items = read(imports.file("list.csv", text), build.Options())["items"]
    assert items[["title", "type", "finished_at"]].isna().all(axis=None)


def test_record_with_a_nul_is_set_aside_with_its_line(read: Read, imports: Imports) -> None:
    text = 'id,title,created\n1,"two\nlines",2024-01-01\n2,a\0b,2024-01-01\n3,c,2024-01-01\n'
    tables = read(imports.file("list.csv", text), build.Options(accepts_bad_rows=True))
    assert sorted(tables["items"]["item_id"]) == ["1", "3"]
    assert rows(tables["set_aside"], ["line", "reason"]) == [("4", "the record holds a NUL byte")]


def test_json_is_known_by_its_content(imported: Callable[[str], Imported], read: Read, tmp_path: Path) -> None:
    done = imported("jira_json")
    path = tmp_path / "issues.csv"
    path.write_bytes(done.case.path.read_bytes())
    again = read(path, done.case.options)
    assert rows(again["transitions"]) == rows(done.first["transitions"])


@pytest.mark.parametrize("name", WITH_PEOPLE)
def test_nobody_is_named_in_any_canonical_table(name: str, imported: Callable[[str], Imported]) -> None:
    everything = "\n".join(frame.to_csv() for frame in imported(name).first.values())
    assert "Example" not in everything
    assert b"Example" not in imported(name).database


LOG = "issue_key,status,timestamp,assignee\n"


def log(*moves: str, person: str = "Ann Example") -> str:
    """A status log of moves such as `1 Open 2024-01-31`."""
    return LOG + "".join(f"{move.replace(' ', ',')},{person}\n" for move in moves)


def states(tables: Tables, stream: str) -> dict[str, list[str]]:
    """Item → its states, in one stream."""
    moves = tables["transitions"].sort_values(["item_id", "occurred_at", "seq"])
    moves = moves[moves["stream"] == stream]
    return {item: list(group["to_state"]) for item, group in moves.groupby("item_id")}


def test_one_person_has_one_pseudonym_in_all_files(imports: Imports) -> None:
    first = imports.file("first.csv", log("1 Open 2024-01-01"))
    imports.run(first, imports.file("second.csv", log("2 Open 2024-01-02")), stream="s")
    imports.run(imports.file("third.csv", log("3 Open 2024-01-03") + "4,Open,2024-01-03,Bob Example\n"), stream="s")
    people = imports.tables()["transitions"].set_index("item_id")["person"]
    assert people["1"] == people["2"] == people["3"] != people["4"]
    assert people.str.fullmatch("p-[0-9a-f]{10}").all()


def test_no_people_keeps_none(read: Read, imports: Imports) -> None:
    path = imports.file("log.csv", log("1 Open 2024-01-01"))
    assert read(path, build.Options(keeps_people=False))["transitions"]["person"].isna().all()


def test_newer_export_replaces_its_items_and_leaves_the_others(imports: Imports) -> None:
    old = log("1 Open 2024-01-01", "1 Doing 2024-01-02", "2 Open 2024-01-01")
    imports.run(imports.file("old.csv", old), stream="s")
    # Item 1 was moved on, and its first move was corrected; item 3 is new; item 2 is not in it.
    new = log("1 Idea 2024-01-01", "1 Doing 2024-01-02", "1 Done 2024-01-05", "3 Open 2024-01-06")
    imports.run(imports.file("new.csv", new), stream="s")
    assert states(imports.tables(), "s") == {"1": ["Idea", "Doing", "Done"], "2": ["Open"], "3": ["Open"]}
    assert list(imports.tables()["imports"].sort_values("import_id")["file_name"]) == ["old.csv", "new.csv"]


def test_afresh_forgets_what_was_imported_before(imports: Imports) -> None:
    imports.run(imports.file("old.csv", log("1 Open 2024-01-01")), stream="s")
    imports.run(imports.file("new.csv", log("2 Open 2024-01-01")), stream="s", starts_afresh=True)
    assert states(imports.tables(), "s") == {"2": ["Open"]}


def test_two_files_of_one_import_are_joined(whole_imports: Imports) -> None:
    described = "item_id,title,type,created_at\n1,Sign in,feature,2024-01-01\n2,Sign out,defect,2024-01-01\n"
    moved = "item_id,occurred_at,from_state,to_state\n1,2024-01-03,Open,Doing\n1,2024-01-05,Doing,Done\n"
    whole_imports.run(whole_imports.file("items.csv", described), whole_imports.file("moves.csv", moved), stream="s")
    items = whole_imports.warehouse.table("marts.items").set_index("item_id")
    assert list(items["title"]) == ["Sign in", "Sign out"]
    assert items.loc["1", "lead_seconds"] == 4 * 86_400  # created on the 1st, done on the 5th
    assert items.loc["1", "history_seconds"] == 2 * 86_400
    assert pd.isna(items.loc["2", "history_seconds"])


ISSUES = "Issue key,Issue id,Status,Created\nABC-1,10001,Done,2024-01-01\nABC-2,10002,Open,2024-01-02\n"
CHANGELOG = (
    "issue_id,created,field,from_string,to_string\n"
    "10001,2024-01-03,status,Open,Doing\n10001,2024-01-05,status,Doing,Done\n10002,2024-01-06,status,Open,Doing\n"
)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["issues first", "changelog first"])
def test_two_files_are_joined_in_two_imports_as_in_one(order: tuple[int, int], imports: Imports) -> None:
    files = imports.file("issues.csv", ISSUES), imports.file("changelog.csv", CHANGELOG)
    for place in order:
        imports.run(files[place], stream="s")
    assert states(imports.tables(), "s") == {"ABC-1": ["Doing", "Done"], "ABC-2": ["Doing"]}
    assert set(imports.tables()["items"]["item_id"]) == {"ABC-1", "ABC-2"}


def test_number_of_one_item_that_is_the_key_of_another_names_the_other(imports: Imports) -> None:
    listed = (
        "IID,ID,Title,State,Created At (UTC),Closed At (UTC)\n"
        "3,12,three,closed,2024-01-01 10:00:00,2024-01-03 10:00:00\n"
    )
    imports.run(imports.file("old.csv", listed), stream="s")
    more = listed.replace("3,12,three", "12,400,twelve")
    imports.run(imports.file("new.csv", more), stream="s")
    assert set(imports.tables()["items"]["item_id"]) == {"3", "12"}
    imports.run(imports.file("both.csv", listed + more.splitlines()[1] + "\n"), stream="t")
    assert sorted(imports.tables()["items"].query("stream == 't'")["item_id"]) == ["12", "3"]


def test_streams_of_one_warehouse_do_not_collide(imports: Imports) -> None:
    imports.run(imports.file("red.csv", log("1 Open 2024-01-01", "1 Done 2024-01-02")))
    imports.run(imports.file("blue.csv", log("1 Idea 2024-02-01", "1 Live 2024-02-09")))
    assert states(imports.tables(), "red") == {"1": ["Open", "Done"]}
    assert states(imports.tables(), "blue") == {"1": ["Idea", "Live"]}
    # The next export of one of them leaves the other alone.
    imports.run(imports.file("red.csv", log("1 Open 2024-01-01", "1 Doing 2024-01-02", "1 Done 2024-01-04")))
    tables = imports.tables()
    assert states(tables, "red") == {"1": ["Open", "Doing", "Done"]}
    assert states(tables, "blue") == {"1": ["Idea", "Live"]}
    assert set(zip(tables["stages"]["stream"], tables["stages"]["stage"], strict=True)) == {
        ("red", "Open"), ("red", "Doing"), ("red", "Done"), ("blue", "Idea"), ("blue", "Live"),
    }  # fmt: skip


def test_column_names_the_stream_of_a_record(read: Read, imports: Imports) -> None:
    text = "stream,item_id,occurred_at,to_state\nred,1,2024-01-01,Open\nblue,1,2024-01-02,Idea\n,1,2024-01-03,Else\n"
    tables = read(imports.file("moves.csv", text), build.Options(stream="rest"))
    assert {name: states(tables, name) for name in ("red", "blue", "rest")} == {
        "red": {"1": ["Open"]},
        "blue": {"1": ["Idea"]},
        "rest": {"1": ["Else"]},
    }
    assert sorted(tables["imports"]["stream"]) == ["blue", "red", "rest"]


def test_unknown_columns_are_refused_and_listed(imports: Imports) -> None:
    path = imports.file("sheet.csv", "Fruit,Colour,Weight\napple,red,120\n")
    with pytest.raises(SourceError, match=r"sheet\.csv: the columns are Fruit, Colour, Weight;") as refused:
        imports.run(path)
    assert "--columns item=" in str(refused.value)
    assert not (imports.settings.warehouse / "CURRENT").exists()


REFUSED = {
    "no file": (None, "there is no such file"),
    "empty": (b"", "the file is empty"),
    "blank": (b"\n\n", "the file is empty"),
    "header only": (b"issue_key,status,timestamp\n", "there is a header, but no rows"),
    "broken gzip": (b"\x1f\x8b\x08\x00", "the gzip is damaged"),
    "broken zip": (b"PK\x03\x04 and no more", "the archive is damaged"),
    "UTF-16 without a mark": ("issue_key,status,timestamp\n".encode("utf-16-le"), "UTF-16 without a mark"),
    "one line in another encoding": (
        "issue_key,status,timestamp\n1,täglich,2024-01-01\n".encode("latin-1"),
        "line 2: the encoding is not UTF-8, in this line alone",
    ),
    "XML without events": (b"<?xml version='1.0'?><log/>", "no event"),
    "XML of another kind": (b"<?xml version='1.0'?><html/>", "looks like a web page"),
    "broken Parquet": (b"PAR1 and no more", "this parquet can't be read"),
    "broken JSON": (b'{"issues": [', "this json can't be read: line 1"),
    "nothing usable": (
        b"issue_key,status,timestamp\n1,Open,soon\n",
        "nothing in it can be used, of 1 records: timestamp",
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_file_that_cannot_be_used_is_refused_by_name(what: str, imports: Imports) -> None:
    content, reason = REFUSED[what]
    path = imports.settings.home / "export.dat"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SourceError, match=f"export.dat(:|, line 1:) .*{reason}"):
        imports.run(path)


def test_link_is_not_followed(imports: Imports) -> None:
    link = imports.settings.home / "link.csv"
    link.symlink_to(imports.file("log.csv", log("1 Open 2024-01-01")))
    with pytest.raises(SourceError, match=r"link\.csv: there is no such file"):
        imports.run(link)


def test_more_than_five_percent_bad_rows_are_refused_unless_accepted(imports: Imports) -> None:
    good = [f"{number} Open 2024-01-01" for number in range(18)]
    imports.run(imports.file("good.csv", log(*good)), stream="s")
    before = imports.warehouse.snapshot
    # 2 of 20 are 10 %: too many.
    path = imports.file("bad.csv", log(*good, "18 Open 31/02/2024", "19 Open someday"))
    with pytest.raises(SourceError, match=r"bad.csv: 2 of 20 records .*timestamp: .*line 20 \(18\): '31/02/2024'"):
        imports.run(path, stream="s")
    assert imports.warehouse.snapshot == before
    assert sorted(each.name for each in (imports.settings.warehouse / "snapshots").iterdir()) == [before.name]
    imports.run(path, stream="s", accepts_bad_rows=True)
    assert len(imports.tables()["set_aside"]) == 2
    assert len(states(imports.tables(), "s")) == 18


def test_five_percent_bad_rows_are_set_aside(read: Read, imports: Imports) -> None:
    text = log(*(f"{number} Open 2024-01-01" for number in range(19)), "19 Open someday")
    tables = read(imports.file("log.csv", text), build.Options())  # 1 of 20
    assert (len(tables["transitions"]), len(tables["set_aside"])) == (19, 1)


def test_record_of_another_width_is_set_aside(read: Read, imports: Imports) -> None:
    text = log("1 Open 2024-01-01") + "2,Open\n3,Open,2024-01-01,Ann Example,more\n"
    tables = read(imports.file("log.csv", text), build.Options(accepts_bad_rows=True))
    assert list(tables["transitions"]["item_id"]) == ["1"]
    assert all("cells" in reason for reason in tables["set_aside"]["reason"])
    (counted,) = tables["imports"].to_dict("records")
    assert (counted["rows_read"], counted["rows_kept"], counted["rows_set_aside"]) == (3, 1, 2)


def test_named_column_that_is_not_there_is_refused(imports: Imports) -> None:
    path = imports.file("log.csv", log("1 Open 2024-01-01"))
    with pytest.raises(SourceError, match=r"there is no column 'Stage'\. The file has: issue_key, status, timestamp"):
        imports.run(path, columns=read_columns_option("state=Stage"))


@pytest.mark.parametrize("text", ["state", "colour=Red", "state=", "item=a,b"])
def test_columns_option_that_says_nothing_is_refused(text: str) -> None:
    with pytest.raises(SourceError, match=r"is not role=column\. Roles: item, state, at"):
        read_columns_option(text)


MEANINGS = {
    "a start and an end in one record": ({"started_at": "start_timestamp", "state": "activity"}, {}, "interval"),
    "the interval counts before the life-cycle": (
        {"started_at": "start_timestamp", "state": "activity"},
        {"complete": 9},
        "interval",
    ),
    "starts and completions": ({"state": "activity"}, {"start": 5, "complete": 4}, "start-complete"),
    "and other steps": ({"state": "activity"}, {"schedule": 5, "start": 5, "complete": 4}, "start-complete"),
    "completions only": ({"state": "concept:name"}, {"complete": 9}, "ended"),
    "life-cycle words that are states": ({"state": "concept:name"}, {"queued": 3, "complete": 9}, "entered"),
    "starts only": ({"state": "activity"}, {"start": 9}, "entered"),
    "activities without a life-cycle": ({"state": "concept:name"}, {}, "ended"),
    "activities by another name": ({"state": "Activity"}, {}, "ended"),
    "states without a life-cycle": ({"state": "Status"}, {}, "entered"),
    "states of our own": ({"state": "to_state"}, {}, "entered"),
}


@pytest.mark.parametrize("what", MEANINGS)
def test_meaning_of_an_event_is_decided_by_columns_and_words(what: str) -> None:
    found, lifecycles, meaning = MEANINGS[what]
    assert event_meaning(found, lifecycles) == meaning


def test_user_decides_what_an_event_means(read: Read, imports: Imports) -> None:
    path = imports.file("log.csv", log("1 Open 2024-01-01", "1 Done 2024-01-03"))
    tables = read(path, build.Options(event_is="ended"))
    assert rows(tables["transitions"], ["to_state", "occurred_at"]) == [
        ("Open", "2024-01-01T00:00:00.000"),
        ("Done", "2024-01-01T00:00:00.000"),
        ("Done · ended", "2024-01-03T00:00:00.000"),
    ]


INSTANTS = {
    "2024-07-01T09:00:00Z": "2024-07-01T09:00:00.000",
    "2024-07-01 09:00:00 UTC": "2024-07-01T09:00:00.000",
    "2024-07-01T09:00:00+02": "2024-07-01T07:00:00.000",
    "2024-07-01T09:00:00-0430": "2024-07-01T13:30:00.000",
    "2024-07-01T09:00:00,250+05:45": "2024-07-01T03:15:00.250",
    "2024-07-01T09:00:00.123456789Z": "2024-07-01T09:00:00.123",
    "2024-07-01T09:00": "2024-07-01T07:00:00.000",  # Amsterdam's summer
    "2024-01-01T09:00": "2024-01-01T08:00:00.000",  # and winter
    "2024-07-01": "2024-06-30T22:00:00.000",
    "2024-02-29": "2024-02-28T23:00:00.000",
    "2023-02-29": "",
    "1719817200": "2024-07-01T07:00:00.000",
    "1719817200250": "2024-07-01T07:00:00.250",
    "171981720": "",
    "0001-01-01T00:00:00Z": "",
    "2024-07-01T25:00:00Z": "",
}


def test_instant_is_read_exactly_or_not_at_all(read: Read, imports: Imports) -> None:
    lines = [f'{number},Open,"{written}"\n' for number, written in enumerate(INSTANTS, start=1)]
    path = imports.file("log.csv", "issue_key,status,timestamp\n" + "".join(lines))
    tables = read(path, build.Options(time_zone="Europe/Amsterdam", accepts_bad_rows=True))
    at = {row.item_id: _text(row.occurred_at) for row in tables["transitions"].itertuples()}
    assert [at.get(str(number), "") for number in range(1, len(INSTANTS) + 1)] == list(INSTANTS.values())


def test_parquet_gives_the_rows_of_the_csv(read: Read, imports: Imports) -> None:
    frame = pd.DataFrame(
        {
            "case:concept:name": ["1", "1", "2"],
            "concept:name": ["Check", "Decide", "Check"],
            "time:timestamp": pd.to_datetime(["2024-07-01T09:00:00.5", "2024-07-02T00:00:00.0", None]),
            "org:resource": ["Ann Example", None, "Bob Example"],
        }
    )
    path = imports.settings.home / "log.parquet"
    _write_parquet(frame, path)
    tables = read(path, build.Options(time_zone="Europe/Amsterdam", event_is="entered", accepts_bad_rows=True))
    assert rows(tables["transitions"], ["item_id", "occurred_at", "to_state"]) == [
        ("1", "2024-07-01T07:00:00.500", "Check"),
        ("1", "2024-07-01T22:00:00.000", "Decide"),
    ]
    assert rows(tables["set_aside"], ["record", "column_name", "value"]) == [("3", "time:timestamp", "")]


def test_list_as_parquet_gives_the_rows_of_the_csv(
    imported: Callable[[str], Imported], read: Read, imports: Imports
) -> None:
    done = imported("item_list")
    path = imports.settings.home / "list.parquet"
    _write_parquet(pd.read_csv(done.case.path, dtype="str", keep_default_na=False), path)
    same_but(done, read(path, done.case.options), *WHERE)


def _write_parquet(frame: pd.DataFrame, path: Path) -> None:
    import duckdb  # the program writes Parquet only as text

    duckdb.connect().from_df(frame).write_parquet(str(path))


# What is not so yet. Each turns red when it is mended; then its mark goes.


def test_duplicate_in_a_log_of_newest_first_is_kept_once(read: Read, imports: Imports) -> None:
    text = log("1 Done 2024-01-03", "1 Doing 2024-01-02", "1 Doing 2024-01-02", "1 Open 2024-01-01")
    tables = read(imports.file("log.csv", text), build.Options())
    assert states(tables, "log") == {"1": ["Open", "Doing", "Done"]}


def test_duplicate_in_our_own_layout_is_kept_once(read: Read, imports: Imports) -> None:
    text = "item_id,occurred_at,to_state\n1,2024-01-01,Open\n1,2024-01-02,Done\n1,2024-01-02,Done\n"
    tables = read(imports.file("moves.csv", text), build.Options(stream="s"))
    assert states(tables, "s") == {"1": ["Open", "Done"]}


def test_change_named_by_several_deployments_is_of_the_first_that_brought_it_to_production(imports: Imports) -> None:
    header = "deployment_id,environment,deployed_at,status,changes\n"
    lines = (
        "tried,production,2024-01-01,failed,a b",
        "tested,staging,2024-01-02,success,a b",
        "made,production,2024-01-03,success,a",
        "next,production,2024-01-04,success,a",
    )
    imports.run(imports.file("deployments.csv", header + "\n".join(lines)), stream="s")
    changes = imports.tables()["changes"]
    assert dict(zip(changes["change_id"], changes["deployment_id"], strict=True)) == {"a": "made", "b": "tried"}


def test_two_exports_of_one_item_in_one_import_are_not_added_up(imports: Imports) -> None:
    january = imports.file("january.csv", log("1 Open 2024-01-01", "1 Doing 2024-01-02"))
    february = imports.file("february.csv", log("1 Open 2024-01-01", "1 Doing 2024-01-02", "1 Done 2024-02-03"))
    imports.run(january, february, stream="s")
    assert states(imports.tables(), "s") == {"1": ["Open", "Doing", "Done"]}


def test_activity_without_a_start_begins_when_it_ends(imports: Imports) -> None:
    header = "case_id,activity,start_timestamp,time:timestamp\n"
    lines = "1,Turn,2024-01-01T08:00:00Z,2024-01-01T09:00:00Z\n1,Check,,2024-01-01T10:00:00Z\n"
    imports.run(imports.file("log.csv", header + lines), stream="s")
    assert states(imports.tables(), "s")["1"] == ["Turn", "Waiting for Check", "Check"]


def test_mended_file_has_no_rows_set_aside_any_more(imports: Imports) -> None:
    imports.run(imports.file("log.csv", log("1 Open 2024-01-01", "1 Done soon")), stream="s", accepts_bad_rows=True)
    imports.run(imports.file("log.csv", log("1 Open 2024-01-01", "1 Done 2024-01-02")), stream="s")
    assert imports.tables()["set_aside"].empty


def test_record_number_counts_every_record_before_it(read: Read, imports: Imports) -> None:
    text = log("1 Open 2024-01-01") + "2,Open\n3,Open,soon,\n"
    tables = read(imports.file("log.csv", text), build.Options(accepts_bad_rows=True))
    numbers = {row.column_name: row.record for row in tables["set_aside"].fillna("none").itertuples()}
    assert numbers == {"none": 2, "timestamp": 3}


def test_nobody_is_named_in_a_record_of_another_width(read: Read, imports: Imports) -> None:
    text = log("1 Open 2024-01-01") + "2,Open,2024-01-01,Ann Example,more\n"
    tables = read(imports.file("log.csv", text), build.Options(accepts_bad_rows=True, keeps_people=False))
    assert "Ann Example" not in "\n".join(frame.to_csv() for frame in tables.values())


def test_created_time_that_cannot_be_read_is_told(read: Read, imports: Imports) -> None:
    text = "issue_key,status,timestamp,created\n1,Open,2024-01-02,31/02/2024\n"
    tables = read(imports.file("log.csv", text), build.Options(accepts_bad_rows=True))
    assert rows(tables["set_aside"], ["record", "column_name", "value"]) == [("1", "created", "31/02/2024")]


def _jira(history_at: str = "2024-01-02T00:00:00.000+0000") -> str:
    history = {"id": "1", "created": history_at, "items": [{"field": "status", "fromString": "A", "toString": "B"}]}
    fields = {"created": "2024-01-01T00:00:00.000+0000"}
    return json.dumps({"issues": [{"key": "J-1", "fields": fields, "changelog": {"histories": [history]}}]})


def test_jira_change_without_a_readable_time_is_told(read: Read, imports: Imports) -> None:
    tables = read(imports.file("j.json", _jira("yesterday")), build.Options(accepts_bad_rows=True))
    assert rows(tables["set_aside"], ["value"]) == [("(words)",)]


def test_jira_issue_without_a_key_has_no_value_to_show(read: Read, imports: Imports) -> None:
    path = imports.file("j.json", _jira().replace('"key": "J-1", ', ""))
    tables = read(path, build.Options(accepts_bad_rows=True))
    assert rows(tables["set_aside"], ["column_name", "value"]) == [("key", "")]


@pytest.mark.parametrize("text", ['{"cards": [{"id": 1}], "actions": []}', '{"issues": "none"}'])
def test_json_of_another_tool_is_refused(text: str, imports: Imports) -> None:
    with pytest.raises(SourceError, match="no format known here"):
        imports.run(imports.file("board.json", text), accepts_bad_rows=True)


@pytest.mark.parametrize("zone", ["", "Z"])
def test_unknown_time_zone_is_refused_in_words(zone: str, imports: Imports) -> None:
    path = imports.file("log.csv", f"issue_key,status,timestamp\n1,Open,2024-01-01T00:00:00{zone}\n")
    with pytest.raises(DashboardError, match="Mars/North"):
        imports.run(path, time_zone="Mars/North")


def test_item_without_any_time_is_set_aside(read: Read, imports: Imports) -> None:
    path = imports.file("items.csv", "item_id,created_at,status\n1,2024-01-01,Open\n2,,Open\n")
    tables = read(path, build.Options(accepts_bad_rows=True))
    assert rows(tables["set_aside"], ["record", "column_name"]) == [("2", "created_at")]


def test_item_first_seen_when_it_is_done_took_from_its_creation_until_then(whole_imports: Imports) -> None:
    text = "issue_key,status,timestamp,created\n1,Done,2024-01-03,2024-01-01\n"
    whole_imports.run(whole_imports.file("log.csv", text))
    assert list(whole_imports.warehouse.table("marts.items")["lead_seconds"]) == [2 * 86_400]
