"""The look at a CSV's bytes: how many records it has and where they stand, which no parser tells us."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dashboard.engines.duckdb import DuckDB
from dashboard.errors import SourceError
from dashboard.sources import scan as scanning
from dashboard.sources.scan import Scan, scan

# The marks that steer a parser, a letter of one byte and one of three.
LETTERS = '",;\n\t aé日'
CELLS = st.text(alphabet=LETTERS, max_size=6)
TABLES = st.lists(st.lists(CELLS, min_size=1, max_size=4), min_size=1, max_size=8)
CHUNKS = st.integers(min_value=1, max_value=40)
HEADER = "h"


def looked_at(text: str, folder: Path, chunk_bytes: int, delimiter: str = ",", skipped: int = 0) -> Scan:
    """What a scan of a text finds that is read in chunks of so many bytes."""
    path = folder / "export.csv"
    path.write_text(text, encoding="utf-8", newline="")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scanning, "CHUNK_BYTES", chunk_bytes)
        return scan(path, "export.csv", delimiter, skipped)


def lines_of(found: Scan) -> list[int]:
    """The physical line of each record, as the program works it out from the breaks."""
    breaks = found.lines.itertuples(index=False)
    shifts = {int(record): int(line) - int(record) for record, line in breaks}
    shift, lines = 0, []
    for record in range(1, found.records + 1):
        shift = shifts.get(record, shift)
        lines.append(record + shift)
    return lines


def known(text: str, delimiter: str = ",") -> list[tuple[int, list[str]]]:
    """Line and cells of each record that is not blank, by Python's own parser."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    records, line = [], 1
    for cells in reader:
        if cells:
            records.append((line, cells))
        line = reader.line_num + 1
    return records


def written(table: list[list[str]], delimiter: str, *, quotes_all: bool, ends: bool) -> str:
    """A table as CSV; a record of one empty cell is quoted, else it would be a blank line."""
    stream = io.StringIO(newline="")
    quoting = csv.QUOTE_ALL if quotes_all else csv.QUOTE_MINIMAL
    csv.writer(stream, delimiter=delimiter, lineterminator="\n", quoting=quoting).writerows(table)
    return stream.getvalue() if ends else stream.getvalue().removesuffix("\n")


@settings(deadline=None, max_examples=300)
@given(TABLES, st.sampled_from(",;\t"), st.booleans(), st.booleans(), CHUNKS)
@example([['"']], ",", False, True, 1)
@example([["a", '""'], ["\n"]], ",", True, False, 2)
def test_count_lines_and_width_are_those_of_another_parser(
    tmp_path_factory: pytest.TempPathFactory,
    table: list[list[str]],
    delimiter: str,
    quotes_all: bool,
    ends: bool,
    chunk_bytes: int,
) -> None:
    text = written(table, delimiter, quotes_all=quotes_all, ends=ends)
    found = looked_at(text, tmp_path_factory.getbasetemp(), chunk_bytes, delimiter)
    records = known(text, delimiter)
    assert found.records == len(records)
    assert lines_of(found) == [line for line, _ in records]
    assert found.widest == max(len(cells) for _, cells in records)
    assert found.has_quoted_lines == any("\n" in cell for _, cells in records for cell in cells)


@settings(deadline=None, max_examples=300)
@given(st.lists(st.text(alphabet='",\na é', max_size=5), max_size=8).map("\n".join), CHUNKS)
def test_any_text_is_counted_as_another_parser_does_or_refused(
    tmp_path_factory: pytest.TempPathFactory, text: str, chunk_bytes: int
) -> None:
    try:
        found = looked_at(text, tmp_path_factory.getbasetemp(), chunk_bytes)
    except SourceError as refusal:
        assert "quote" in str(refusal)
        return
    assert lines_of(found) == [line for line, _ in known(text)]


@settings(deadline=None, max_examples=100)
@given(TABLES, st.sampled_from(",;\t"), st.booleans(), st.lists(st.integers(0, 8), max_size=2))
def test_the_engine_reads_the_cells_that_another_parser_reads(
    tmp_path_factory: pytest.TempPathFactory,
    table: list[list[str]],
    delimiter: str,
    quotes_all: bool,
    blanks: list[int],
) -> None:
    lines = [written([row], delimiter, quotes_all=quotes_all, ends=True) for row in table]
    for at in blanks:
        lines.insert(at, "\n")  # blank lines are no records
    text = f"{HEADER}\n" + "".join(lines)
    found = looked_at(text, tmp_path_factory.getbasetemp(), 7, delimiter, skipped=1)
    engine = DuckDB(threads=1)
    engine.create_schema("raw")
    engine.open_csv(
        tmp_path_factory.getbasetemp() / "export.csv",
        "raw.file",
        width=found.widest,
        widest=found.widest,
        delimiter=delimiter,
        skipped=1,
        in_parallel=not found.has_quoted_lines,
        marks={},
    )
    rows = engine.table("raw.file").drop(columns="shape").set_index("record")
    read = [[cell for cell in row if isinstance(cell, str)] for row in rows.itertuples(index=False)]
    records = known(text, delimiter)[1:]
    assert read == [cells for _, cells in records]
    assert lines_of(found) == [line for line, _ in records]


BROKEN = {
    'a,b\n1,"x\n2,y\n': (2, "never closed"),
    'a,b\n1,x\n2,"y\nz': (3, "never closed"),
    'a,b\n1,"x"y"\n2,z\n': (2, "not doubled"),
    'a,b\n1,"two\nlines" and more"\n2,z\n': (3, "not doubled"),
}


@pytest.mark.parametrize("chunk_bytes", [1, 3, 1_000])
@pytest.mark.parametrize("text", BROKEN)
def test_broken_quote_is_refused_with_its_line(text: str, chunk_bytes: int, tmp_path: Path) -> None:
    line, what = BROKEN[text]
    with pytest.raises(SourceError, match=rf"^export\.csv: line {line}: .*{what}"):
        looked_at(text, tmp_path, chunk_bytes)


def test_quote_inside_a_plain_cell_is_a_letter(tmp_path: Path) -> None:
    found = looked_at('id,title\n1,19" rack\n2,"said ""no"""\n3,a "b"\n', tmp_path, 5)
    assert (found.records, lines_of(found), found.has_quoted_lines) == (4, [1, 2, 3, 4], False)


def test_lines_above_the_header_are_counted_as_lines(tmp_path: Path) -> None:
    found = looked_at('sep=,\nid,title\n1,"a\nb"\n\n2,c\n', tmp_path, 4, skipped=2)
    assert (found.records, lines_of(found)) == (2, [3, 6])


def test_record_that_is_too_long_to_be_one_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scanning, "RECORD_BYTES", 20)
    with pytest.raises(SourceError, match="line 2: the record is longer than 20 bytes"):
        looked_at("id\n" + 30 * "x" + "\n", tmp_path, 8)
