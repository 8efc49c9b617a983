"""One file as the table raw.file (record, shape, c0, c1, …) or raw.documents, whatever wrote it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import starmap
from typing import NamedTuple

import pandas as pd

from dashboard.catalogue import Catalogue
from dashboard.engines.duckdb import DuckDB
from dashboard.errors import SourceError
from dashboard.sources.parquet_pages import Chunk, check_pages
from dashboard.sources.scan import scan
from dashboard.sources.texts import BYTE_MARK, NUL_MARK, Sample
from dashboard.sources.xes import write_events

MARKS = {NUL_MARK: "a NUL byte", BYTE_MARK: "bytes that are no letter in UTF-8"}
# A page of a Parquet file is compressed, but a hundred rows in a byte are no export.
ROWS_PER_BYTE, FREE_ROWS = 100, 1_000_000


class Opened(NamedTuple):
    """What was opened: the file, with its header; its records, counted apart from the engine; a Parquet's types."""

    sample: Sample
    records: int
    types: Mapping[str, str]


def open_file(engine: DuckDB, catalogue: Catalogue, sample: Sample) -> Opened:
    """Open a file. Raises SourceError for what is no export."""
    if sample.kind == "xes":
        return _open_xes(engine, sample)
    if sample.kind == "csv":
        return Opened(sample, _open_csv(engine, sample), {})
    engine.keep("raw.lines", pd.DataFrame({"record_from": [1], "line_from": [1]}))
    return _open_parquet(engine, sample) if sample.kind == "parquet" else _open_json(engine, catalogue, sample)


def _open_csv(engine: DuckDB, sample: Sample, *, keeps_lines: bool = True) -> int:
    found = scan(sample.path, sample.name, sample.delimiter, sample.skipped)
    engine.open_csv(
        sample.path,
        "raw.file",
        width=len(sample.header),
        widest=found.widest,
        delimiter=sample.delimiter,
        skipped=sample.skipped,
        in_parallel=not found.has_quoted_lines,
        marks=MARKS,
    )
    if keeps_lines:
        engine.keep("raw.lines", found.lines)
    return found.records


def _open_xes(engine: DuckDB, sample: Sample) -> Opened:
    """An XES as the table of its events; its last column says on which line of the document each begins."""
    target = sample.path.with_name(f"{sample.path.name}-events")
    with sample.path.open("rb") as source:
        account = write_events(source, sample.name, target)
    sample.path.unlink()
    told = (
        (account.empty_traces, "cases without any event are not in the log's figures"),
        (account.left_out, "attributes that are lists or stand in others are left out"),
        (account.namesakes, "traces go by the name of an earlier one: a number tells them apart"),
    )
    notes = [sample.note, *(f"{count:,} {what}" for count, what in told if count)]
    header = account.columns
    sample = replace(sample, path=target, header=header, skipped=1, note="; ".join(filter(None, notes)) or None)
    records = _open_csv(engine, sample, keeps_lines=False)
    engine.number_lines("raw.file", "raw.lines", f"c{len(header) - 1}")
    return Opened(sample, records, {})


def _open_parquet(engine: DuckDB, sample: Sample) -> Opened:
    types = engine.parquet_columns(sample.path)
    rows = engine.parquet_rows(sample.path)
    allowed = max(FREE_ROWS, ROWS_PER_BYTE * sample.path.stat().st_size)
    if rows > allowed:
        raise SourceError(f"{sample.name}: {rows:,} rows in {sample.path.stat().st_size:,} bytes are no export.")
    check_pages(sample.path, sample.name, starmap(Chunk, engine.parquet_chunks(sample.path)))
    engine.open_parquet(sample.path, "raw.file")
    return Opened(replace(sample, header=tuple(types)), rows, types)


def _open_json(engine: DuckDB, catalogue: Catalogue, sample: Sample) -> Opened:
    """The documents of a JSON file; and their keys as the columns of raw.file."""
    if sample.kind == "lines":
        engine.open_lines(sample.path, "raw.texts_of_lines")
        engine.create("raw.every_document", catalogue.queries["sources.json.lines"].sql)
    else:
        engine.read_documents(sample.path, "raw.roots")
        engine.create("raw.every_document", catalogue.queries["sources.json.unwrapped"].sql)
        sample = _with_cut(engine, catalogue, sample)
    keys = engine.ask(catalogue.queries["sources.json.keys"].sql)
    engine.open_documents("raw.every_document", "raw.file", list(keys["pointer"]))
    return Opened(replace(sample, header=tuple(keys["name"])), engine.count("raw.every_document"), {})


def _with_cut(engine: DuckDB, catalogue: Catalogue, sample: Sample) -> Sample:
    """The sample, with a note where it is a page of a longer answer."""
    for total in engine.ask(catalogue.queries["sources.json.cut"].sql)["total"]:
        held = engine.count("raw.every_document")
        share = f"{held:,} of {int(total):,} records" if pd.notna(total) else f"{held:,} records"
        note = f"one page of a longer answer ({share}); import the other pages together with it"
        return replace(sample, note="; ".join(filter(None, (sample.note, note))))
    return sample
