"""A CSV looked at without parsing it: how many physical records it has, and on which line each begins.

The parser's own count can't tell what the parser swallowed; this count is the other side of the account.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from dashboard.errors import SourceError
from dashboard.sources.files import CHUNK_BYTES

RECORD_BYTES = 8 * 1024**2
QUOTE, NEW_LINE = 34, 10

Bytes = npt.NDArray[np.uint8]
Truths = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.int64]


@dataclass
class Scan:
    """What a look at the bytes told: `records` without blank lines, and `widest`, the cells of the longest one.

    `breaks` are arrays of (record, line): from that record on (1 = first), a record's line is its number plus a
    constant.
    """

    records: int = 0
    widest: int = 0
    has_quoted_lines: bool = False
    breaks: list[Numbers] = field(default_factory=list)

    @property
    def lines(self) -> pd.DataFrame:
        """record_from, line_from: where the line of a record moves against its number."""
        known = np.concatenate([np.array([[1, 1]], dtype=np.int64)[:0], *self.breaks])
        return pd.DataFrame(known, columns=["record_from", "line_from"])


def scan(path: Path, name: str, delimiter: str, skipped: int) -> Scan:
    """Look at a UTF-8 file whose first record begins after `skipped` physical lines.

    Raises SourceError where a quote is not closed or not doubled, or a record is too long to be one.
    """
    found, line, shift = Scan(), skipped + 1, -1
    for block, is_quoted in _blocks(path, name, ord(delimiter), skipped):
        line, shift = _count(block, is_quoted, ord(delimiter), line, shift, found)
    return found


def _blocks(path: Path, name: str, delimiter: int, skipped: int) -> Iterator[tuple[Bytes, Truths]]:
    """Whole records at a time, with whether each byte stands inside quotes."""
    line = skipped + 1
    with path.open("rb") as stream:
        for _ in range(skipped):
            stream.readline()
        held = b""
        while True:
            chunk = stream.read(CHUNK_BYTES)
            data = held + chunk
            if not chunk and data and not data.endswith(b"\n"):
                data += b"\n"
            if not data:
                return
            block = np.frombuffer(data, dtype=np.uint8)
            is_quoted, bad_at = _inside_quotes(block, delimiter)
            if bad_at is not None:
                at = line + data.count(b"\n", 0, bad_at)
                raise SourceError(
                    f"{name}: line {at}: a quote inside a quoted cell is not doubled, or a quote is never closed. "
                    "Mend the line, or export again."
                )
            ends = np.flatnonzero((block == NEW_LINE) & ~is_quoted)
            used = int(ends[-1]) + 1 if len(ends) else 0
            if used < len(data) and (not chunk or len(data) - used > RECORD_BYTES):
                at = line + data.count(b"\n", 0, used)
                what = (
                    "a quote is never closed" if chunk == b"" else f"the record is longer than {RECORD_BYTES:,} bytes"
                )
                raise SourceError(f"{name}: line {at}: {what}. Mend the line, or export again.")
            if used:
                yield block[:used], is_quoted[:used]
            line += data.count(b"\n", 0, used)
            held = data[used:]


def _inside_quotes(block: Bytes, delimiter: int) -> tuple[Truths, int | None]:
    """Which bytes stand inside quotes; and where a quote can be neither the end of a cell nor part of it."""
    quotes = np.flatnonzero(block == QUOTE)
    inside = np.zeros(len(block), dtype=np.bool_)
    if not len(quotes):
        return inside, None
    before = block[np.maximum(quotes - 1, 0)]
    after = block[np.minimum(quotes + 1, len(block) - 1)]
    begins = (quotes == 0) | (before == delimiter) | (before == NEW_LINE)
    ends = (quotes == len(block) - 1) | (after == delimiter) | (after == NEW_LINE)
    is_regular = np.all((begins | (before == QUOTE))[0::2]) and np.all((ends | (after == QUOTE))[1::2])
    bad_at = None
    if not is_regular:
        kept, bad_at = _real_quotes(quotes, begins, ends)
        quotes = quotes[kept]
    turns = np.zeros(len(block) + 1, dtype=np.int8)
    turns[quotes[0::2]] += 1
    turns[quotes[1::2]] -= 1
    return np.cumsum(turns[:-1], dtype=np.int8).astype(np.bool_), bad_at


def _real_quotes(quotes: Numbers, begins: Truths, ends: Truths) -> tuple[list[int], int | None]:
    """Quotes that open or close a cell: one inside a cell that began without is a letter, as in 19" rack."""
    kept: list[int] = []
    is_open, number = False, 0
    while number < len(quotes):
        if not is_open:
            if begins[number]:
                kept.append(number)
                is_open = True
        elif ends[number]:
            kept.append(number)
            is_open = False
        elif number + 1 < len(quotes) and quotes[number + 1] == quotes[number] + 1:
            number += 1
        else:
            return kept, int(quotes[number])
        number += 1
    return kept, None


def _count(block: Bytes, is_quoted: Truths, delimiter: int, line: int, shift: int, found: Scan) -> tuple[int, int]:
    is_new_line = block == NEW_LINE
    ends = np.flatnonzero(is_new_line & ~is_quoted)
    starts = np.concatenate([np.zeros(1, dtype=np.int64), ends[:-1] + 1])
    is_record = ends > starts
    delimiters = np.searchsorted(np.flatnonzero((block == delimiter) & ~is_quoted), ends)
    widths = np.diff(delimiters, prepend=0)[is_record] + 1
    lines_before = np.searchsorted(np.flatnonzero(is_new_line), starts)
    lines = (line + lines_before)[is_record]
    numbers = found.records + 1 + np.arange(len(lines))
    shifts = lines - numbers
    is_break = np.diff(shifts, prepend=shift) != 0
    found.breaks.append(np.column_stack([numbers[is_break], lines[is_break]]))
    found.has_quoted_lines = found.has_quoted_lines or bool(np.any(is_new_line & is_quoted))
    found.records += len(lines)
    found.widest = max(found.widest, int(widths.max(initial=0)))
    return line + int(is_new_line.sum()), int(shifts[-1]) if len(shifts) else shift
