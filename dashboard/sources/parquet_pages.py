"""The checksums of a Parquet file's pages, which the engine does not look at: a value changed on disk is refused.

A page begins with a header in Thrift's compact protocol. Of it only the size of what follows and the checksum
matter; everything else is stepped over, within bounds, for the file may be damaged or hostile.
Source: https://github.com/apache/parquet-format (parquet.thrift, PageHeader), Thrift's compact protocol.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, NoReturn

from dashboard.errors import SourceError
from dashboard.sources.files import CHUNK_BYTES

# A header has some thirty bytes, unless the largest and the smallest value of its page stand in it.
HEADER_BYTES, LONGEST_HEADER_BYTES = 4_096, 4 * 1024**2
DEPTH = 8
VARINT_BITS = 63

STOP, TRUE, FALSE, BYTE, I16, I32, I64, DOUBLE, BINARY, LIST, SET, MAP, STRUCT = range(13)
COMPRESSED_SIZE, CHECKSUM = 3, 4  # fields of PageHeader


@dataclass(frozen=True)
class Chunk:
    """The pages of one column in one group of rows: where they begin in the file, and their bytes with headers."""

    column: str
    begins_at: int
    size: int


@dataclass(frozen=True)
class PageHeader:
    """`length` is its own bytes, `page_bytes` those of the page behind it, `checksum` null where it has none."""

    length: int
    page_bytes: int
    checksum: int | None


class _MalformedError(Exception):
    """The bytes are no header, or it is longer than the bytes given."""


def check_pages(path: Path, name: str, chunks: Iterable[Chunk]) -> None:
    """Compare every page with its checksum, where it has one. Raises SourceError, which names the column."""
    file_bytes = allowed = path.stat().st_size
    with path.open("rb") as stream:
        for chunk in chunks:
            # No two columns share bytes; a file that says so would keep us reading for ever.
            allowed -= chunk.size
            if not 0 <= chunk.begins_at <= file_bytes - chunk.size <= file_bytes or allowed < 0:
                _refuse(name, chunk, "its pages are not within the file")
            _check_chunk(stream, name, chunk, file_bytes)


def _check_chunk(stream: BinaryIO, name: str, chunk: Chunk, file_bytes: int) -> None:
    position, end = chunk.begins_at, chunk.begins_at + chunk.size
    while position < end:
        header = _header_at(stream, position)
        if header is None:
            _refuse(name, chunk, "the header of a page can't be read")
        position += header.length
        if not 0 <= header.page_bytes <= file_bytes - position:
            _refuse(name, chunk, "a page does not end within the file")
        stream.seek(position)
        if header.checksum is not None and _checksum(stream, header.page_bytes) != header.checksum:
            _refuse(name, chunk, "the checksum of a page is wrong")
        position += header.page_bytes


def _refuse(name: str, chunk: Chunk, found: str) -> NoReturn:
    raise SourceError(f"{name}: column {chunk.column!r}: {found}: the Parquet file is damaged. Export it again.")


def _checksum(stream: BinaryIO, size: int) -> int:
    checksum, left = 0, size
    while left and (piece := stream.read(min(left, CHUNK_BYTES))):
        checksum = zlib.crc32(piece, checksum)
        left -= len(piece)
    return checksum


def _header_at(stream: BinaryIO, position: int) -> PageHeader | None:
    """The header that begins at a place of the file; None where there is none."""
    size = HEADER_BYTES
    while size <= LONGEST_HEADER_BYTES:
        stream.seek(position)
        try:
            return read_header(stream.read(size))
        except _MalformedError:
            size *= 4
    return None


def read_header(data: bytes) -> PageHeader:
    """The header that begins with these bytes."""
    thrift = _Thrift(data)
    numbers: dict[int, int] = {}
    for field, kind in thrift.fields():
        if kind == I32:
            numbers[field] = thrift.signed()
        else:
            thrift.skip(kind, DEPTH)
    if COMPRESSED_SIZE not in numbers:
        raise _MalformedError
    checksum = numbers.get(CHECKSUM)
    return PageHeader(thrift.position, numbers[COMPRESSED_SIZE], None if checksum is None else checksum & 0xFFFF_FFFF)


class _Thrift:
    """Steps through a value in the compact protocol. Every step moves on by a byte at least, or ends in an error."""

    def __init__(self, data: bytes) -> None:
        self.data, self.position = data, 0

    def fields(self) -> Iterator[tuple[int, int]]:
        """Number and type of each field of a struct; the caller reads or skips its value."""
        field = 0
        while (head := self._byte()) != STOP:
            field = field + (head >> 4) if head >> 4 else self.signed()
            yield field, head & 15

    def signed(self) -> int:
        """A whole number, zigzag: 0, -1, 1, -2, …"""
        number = self._unsigned()
        return (number >> 1) ^ -(number & 1)

    def skip(self, kind: int, depth: int, *, in_list: bool = False) -> None:
        """Step over a value. In a list even a truth takes a byte; as a field it is its type."""
        if depth == 0:
            raise _MalformedError
        if kind in (TRUE, FALSE):
            self._move(int(in_list))
        elif kind in (BYTE, DOUBLE):
            self._move(1 if kind == BYTE else 8)
        elif kind in (I16, I32, I64):
            self._unsigned()
        elif kind == BINARY:
            self._move(self._unsigned())
        elif kind in (LIST, SET):
            self._skip_list(depth)
        elif kind == STRUCT:
            for _, inner in self.fields():
                self.skip(inner, depth - 1)
        else:  # no header of a page has a map
            raise _MalformedError

    def _skip_list(self, depth: int) -> None:
        head = self._byte()
        for _ in range(self._unsigned() if head >> 4 == 15 else head >> 4):
            self.skip(head & 15, depth - 1, in_list=True)

    def _unsigned(self) -> int:
        number = shift = 0
        while True:
            byte = self._byte()
            number |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return number
            if shift > VARINT_BITS:
                raise _MalformedError

    def _byte(self) -> int:
        self._move(1)
        return self.data[self.position - 1]

    def _move(self, count: int) -> None:
        self.position += count
        if self.position > len(self.data):
            raise _MalformedError
