"""A first look at a file: what kind it is, its header, its hash. Reads a few kilobytes and the bytes' hash."""

from __future__ import annotations

import csv
import hashlib
import io
from dataclasses import dataclass
from pathlib import Path

from dashboard.errors import SourceError

HEADER_BYTES = 65_536
COLUMNS = 512
DELIMITERS = ",;\t|"


@dataclass(frozen=True)
class Sample:
    """What the first bytes of a file say. `kind` is csv, json or parquet; `header` is empty for JSON, of
    which `start` is the first text."""

    path: Path
    kind: str
    header: tuple[str, ...]
    delimiter: str
    sha256: str
    start: str = ""

    @property
    def name(self) -> str:
        """The file's name, without its folder."""
        return self.path.name


def look_at(path: Path) -> Sample:
    """A first look. Raises SourceError for what is no file, is empty, or has no header that can be read."""
    if not path.is_file() or path.is_symlink():
        raise SourceError(f"{path}: there is no such file (links and pipes are not read).")
    with path.open("rb") as stream:
        start = stream.read(HEADER_BYTES)
    if not start.strip():
        raise SourceError(f"{path.name}: the file is empty.")
    kind = _kind(path, start)
    header, delimiter = _header(path, start) if kind == "csv" else ((), "")
    return Sample(path, kind, header, delimiter, _hash(path), start.decode("utf-8-sig", errors="ignore"))


def _kind(path: Path, start: bytes) -> str:
    if start.startswith(b"PAR1"):
        return "parquet"
    if start.startswith((b"\x1f\x8b", b"PK\x03\x04")):
        raise SourceError(f"{path.name}: compressed files are not read yet. Unpack it first.")
    if b"\0" in start:
        raise SourceError(f"{path.name}: this is neither UTF-8 text nor Parquet (it holds NUL bytes).")
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith(b"<"):
        raise SourceError(f"{path.name}: XML is not read yet. Export the log as CSV or Parquet.")
    return "json" if text[:1] in (b"{", b"[") else "csv"


def _header(path: Path, start: bytes) -> tuple[tuple[str, ...], str]:
    try:
        text = start.decode("utf-8-sig", errors="ignore" if len(start) == HEADER_BYTES else "strict")
    except UnicodeDecodeError:
        raise SourceError(f"{path.name}: the text is not UTF-8. Save it as UTF-8.") from None
    first = text.splitlines()[0]
    delimiter = max(DELIMITERS, key=lambda mark: len(_cells(first, mark)))
    cells = tuple(cell.strip() for cell in _cells(first, delimiter))
    if len(cells) > COLUMNS:
        raise SourceError(f"{path.name}: the header has {len(cells)} columns; at most {COLUMNS} are read.")
    return cells, delimiter


def _cells(line: str, delimiter: str) -> list[str]:
    return next(csv.reader(io.StringIO(line), delimiter=delimiter), [])


def _hash(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
