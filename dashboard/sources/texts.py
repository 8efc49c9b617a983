"""Text as the engine can read it: UTF-8 with plain line ends, its kind, its header, its delimiter."""

from __future__ import annotations

import codecs
import csv
import io
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from dashboard.errors import SourceError
from dashboard.sources.files import CHUNK_BYTES, PARQUET, Plain

SAMPLE_BYTES = 65_536
COLUMNS = 512
DELIMITERS = ",;\t|"
EXCELS_HINT = re.compile(r"\s*sep=([,;\t|:^~])\s*", re.IGNORECASE)
LOOKED_THROUGH_BYTES = 64 * 1024**2

# The sheets that write lists with a backslash before their commas begin with these columns: ActionableAgile's.
ESCAPES_COMMAS = ("id", "link", "name")

# Stand-ins for what no text may hold: noncharacters of Unicode, so that the record is set aside with its line.
NUL_MARK, BYTE_MARK = "\ufdd0", "\ufdd1"
UTF_16 = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
KINDS = {
    ".parquet": "parquet",
    ".csv": "csv",
    ".tsv": "csv",
    ".json": "json",
    ".jsonl": "json",
    ".ndjson": "json",
    ".xes": "xes",
}


@dataclass(frozen=True)
class Sample:
    """A file that is ready to be read.

    `kind` is csv, json, lines (one JSON value a line), parquet or xes. `header` is empty where the file has none;
    `skipped` counts the physical lines above the first record. `note` says what was assumed of the text.
    """

    path: Path
    name: str
    kind: str
    sha256: str
    start: str = ""
    header: tuple[str, ...] = ()
    delimiter: str = ","
    skipped: int = 0
    note: str | None = None


def prepare(plain: Plain, encoding: str | None = None) -> Sample:
    """What a file of ours holds, its text as UTF-8. Raises SourceError for what is neither text nor Parquet."""
    with plain.path.open("rb") as stream:
        start = stream.read(SAMPLE_BYTES)
    kind = _kind(start)
    stated = KINDS.get(plain.ending, kind)
    if stated != kind and "parquet" in (stated, kind):
        content = "Parquet" if kind == "parquet" else "text"
        raise SourceError(f"{plain.name}: the name says {stated}, but the content is {content}. Rename the file.")
    if stated == "xes" and kind != "xes":
        raise SourceError(f"{plain.name}: the name says XES, but the content is no XML. Export it again.")
    sample = Sample(plain.path, plain.name, kind, plain.sha256)
    if kind in ("parquet", "xes"):
        return sample
    return _described(_as_utf8(sample, start, encoding))


def _kind(start: bytes) -> str:
    if start.startswith(PARQUET):
        return "parquet"
    text = start.removeprefix(codecs.BOM_UTF8).replace(b"\0", b"").removeprefix(b"\xff\xfe").lstrip()
    if text.startswith(b"<"):
        return "xes"
    return "json" if text[:1] in (b"{", b"[") else "csv"


def _as_utf8(sample: Sample, start: bytes, encoding: str | None) -> Sample:
    chosen = encoding or next((name for bom, name in UTF_16.items() if start.startswith(bom)), "utf-8")
    if chosen == "utf-8" and start.count(b"\0") > len(start) / 5:
        raise SourceError(
            f"{sample.name}: every other byte is NUL: the encoding is UTF-16 without a mark, or this is no text. "
            "Save it as UTF-8."
        )
    try:
        codecs.lookup(chosen)
    except LookupError:
        raise SourceError(f"--encoding: there is no encoding {chosen!r}. Examples: utf-8, latin-1, utf-16.") from None
    target = sample.path.with_name(f"{sample.path.name}-text")
    note = None if chosen == "utf-8" else f"read as {chosen.upper()}"
    bad_lines, has_wide = _recode(sample.path, target, chosen)
    if bad_lines == 1 and not has_wide and not encoding:
        raise SourceError(
            f"{sample.name}: line {_marked_line(target)}: the encoding is not UTF-8, in this line alone. "
            "If the file is Latin-1 say --encoding latin-1, else mend the line."
        )
    if bad_lines and not has_wide and not encoding:
        # Several lines are no UTF-8, and not one letter beyond ASCII is: it is an older encoding throughout.
        _recode(sample.path, target, "cp1252")
        note = "the text is not UTF-8; read with the encoding Windows-1252 (Latin-1). If letters are wrong: --encoding"
    sample.path.unlink()
    return replace(sample, path=target, note=note)


def _recode(path: Path, target: Path, encoding: str) -> tuple[int, bool]:
    """Copy a text as UTF-8 with plain line ends; how many lines hold bytes of no letter, and whether any letter is
    beyond ASCII."""
    bad_lines, has_wide = 0, False

    def mark(error: UnicodeError) -> tuple[str, int]:
        end = error.end if isinstance(error, UnicodeDecodeError) else 0
        return BYTE_MARK, end

    codecs.register_error("mark", mark)
    decoder = codecs.getincrementaldecoder(encoding)("mark")
    is_first, held = True, ""
    with path.open("rb") as source, target.open("wb") as copy:
        while True:
            chunk = source.read(CHUNK_BYTES)
            text = held + decoder.decode(chunk, final=not chunk)
            text = text.removeprefix("\ufeff") if is_first else text
            # A carriage return at the end waits for what follows it.
            held = "\r" if chunk and text.endswith("\r") else ""
            # A lone one ends a line too: as Excel for the Mac wrote it, or in the middle of a cell.
            text = text.removesuffix(held).replace("\r\n", "\n").replace("\r", "\n").replace("\0", NUL_MARK)
            if not chunk.isascii():
                bad_lines += sum(BYTE_MARK in line for line in text.split("\n")) if BYTE_MARK in text else 0
                has_wide = has_wide or not text.replace(BYTE_MARK, "").isascii()
            copy.write(text.encode("utf-8", "replace"))
            is_first = False
            if not chunk:
                return bad_lines, has_wide


def _marked_line(path: Path) -> int:
    with path.open(encoding="utf-8") as text:
        return next(number for number, line in enumerate(text, 1) if BYTE_MARK in line)


def _described(sample: Sample) -> Sample:
    with sample.path.open("rb") as stream:
        raw = stream.read(SAMPLE_BYTES)
    start = raw.decode("utf-8", "ignore")
    if not start.strip():
        raise SourceError(f"{sample.name}: the file is empty.")
    if sample.kind == "json":
        first, _, rest = start.lstrip().partition("\n")
        is_lines = first.rstrip().endswith("}") and first.startswith("{") and rest.lstrip().startswith("{")
        return replace(sample, start=start, kind="lines" if is_lines else "json")
    header, delimiter, skipped = _header(sample.name, start, len(raw) == SAMPLE_BYTES)
    if delimiter == "," and tuple(map(str.lower, header[:3])) == ESCAPES_COMMAS:
        _without_escaped_commas(sample.path)
    return replace(sample, start=start, header=header, delimiter=delimiter, skipped=skipped)


def _without_escaped_commas(path: Path) -> None:
    """Write the commas that stand behind a backslash, `[red\\,green]`, as semicolons."""
    plain = path.with_name(f"{path.name}-plain")
    with path.open("rb") as source, plain.open("wb") as copy:
        for line in source:
            copy.write(line.replace(b"\\,", b";"))
    plain.replace(path)


def _header(name: str, start: str, is_cut: bool) -> tuple[tuple[str, ...], str, int]:
    """The first record, the mark between its cells, and the physical lines up to its end."""
    lines = start.split("\n")
    skipped = _first_filled(lines, 0)
    hint = EXCELS_HINT.fullmatch(lines[skipped])
    if hint:
        skipped = _first_filled(lines, skipped + 1)
    text = "\n".join(lines[skipped:])
    delimiter = hint[1] if hint else max(DELIMITERS, key=lambda mark: len(_first_record(text, mark)[0]))
    cells, used = _first_record(text, delimiter)
    if len(cells) > COLUMNS:
        raise SourceError(f"{name}: the header has {len(cells):,} columns or more; at most {COLUMNS} columns are read.")
    if not cells or (is_cut and used >= len(lines) - skipped):
        raise SourceError(f"{name}: line {skipped + 1}: no names of columns can be read. Export it again.")
    return tuple(" ".join(cell.split()) for cell in cells), delimiter, skipped + used


def _first_filled(lines: Sequence[str], since: int) -> int:
    """The first line that is not blank; the last one where all are."""
    filled = (number for number in range(since, len(lines)) if lines[number].strip())
    return next(filled, len(lines) - 1)


def _first_record(text: str, delimiter: str) -> tuple[list[str], int]:
    reader = csv.reader(io.StringIO(text), delimiter=delimiter)
    try:
        return next(reader, []), reader.line_num
    except csv.Error:
        return [], 1


def where_broken(path: Path) -> str | None:
    """The line on which a JSON text stops being one; None where it is too large to look, or is JSON."""
    if path.stat().st_size > LOOKED_THROUGH_BYTES:
        return None
    try:
        json.loads(path.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        return f"line {error.lineno}, column {error.colno}: {error.msg[0].lower()}{error.msg[1:]}"
    except RecursionError:
        return "it is nested too deeply"
    return None
