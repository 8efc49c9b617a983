"""Receiving a file: checked, copied under a name of ours, unpacked. Nothing that it says is used as a path."""

from __future__ import annotations

import gzip
import hashlib
import os
import stat
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import IO

from dashboard.errors import SourceError

CHUNK_BYTES = 4_194_304
FILE_BYTES = 64 * 1024**3
# Exports pack 5 to 50 times smaller; what unpacks to far more is no export.
UNPACKED_RATIO, UNPACKED_FREE_BYTES = 200, 16 * 1024**2
ARCHIVED_FILES = 50
LEAST_HEAD = 30  # bytes before those of a file in an archive, its name not counted
PACKINGS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}

PARQUET, GZIP, ZIP = b"PAR1", b"\x1f\x8b", b"PK\x03\x04"
DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, gzip.BadGzipFile, RuntimeError, NotImplementedError)


@dataclass(frozen=True)
class Plain:
    """A file of ours with the unpacked bytes of the user's; `name` is what the user calls it.

    `ending` is that of the name without `.gz`; `sha256` the hash of the user's bytes.
    """

    path: Path
    name: str
    ending: str
    sha256: str


def shown(name: str) -> str:
    """A file's name as it can stand in a sentence, a table and a log: printable, in one line."""
    return "".join(letter if letter.isprintable() else "?" for letter in name)


def receive(path: Path, folder: Path) -> tuple[Plain, ...]:
    """Copy a file into `folder`, unpacked; an archive gives one for each file in it.

    Raises SourceError for what is no regular file, is too large, or is damaged.
    """
    packed, name = folder / f"{len(list(folder.iterdir())):04d}", shown(path.name)
    sha256 = _copy(path, packed)
    with packed.open("rb") as stream:
        magic = stream.read(4)
    if magic.startswith(ZIP):
        return tuple(_unzipped(packed, name, folder))
    if not magic.startswith(GZIP):
        return (Plain(packed, name, path.suffix.lower(), sha256),)
    target = packed.with_name(f"{packed.name}-unpacked")
    try:
        with gzip.open(packed) as stream:
            _unpack(stream, target, name, packed.stat().st_size)
    except (*DAMAGED, OSError) as error:
        raise SourceError(f"{name}: the gzip is damaged ({error}). Pack it again.") from None
    packed.unlink()
    return (Plain(target, name, Path(name.lower().removesuffix(".gz")).suffix, sha256),)


def _copy(path: Path, target: Path) -> str:
    hashed, name = hashlib.sha256(), shown(path.name)
    try:
        # No link is followed, and a pipe does not keep us waiting.
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        raise SourceError(f"{shown(str(path))}: there is no such file that can be read ({error.strerror}).") from None
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        os.close(descriptor)
        raise SourceError(f"{shown(str(path))}: this is no file (links, folders, pipes and devices are not read).")
    with os.fdopen(descriptor, "rb") as source, target.open("wb") as copy:
        if status.st_size > FILE_BYTES:
            raise SourceError(f"{name}: the file is too large: its size is {status.st_size:,} bytes.")
        while chunk := source.read(CHUNK_BYTES):
            hashed.update(chunk)
            copy.write(chunk)
        if copy.tell() != status.st_size or status.st_size == 0:
            found = "is empty" if copy.tell() == 0 else "changed while it was read"
            raise SourceError(f"{name}: the file {found}. Export it again.")
    return hashed.hexdigest()


def _unzipped(packed: Path, name: str, folder: Path) -> Iterator[Plain]:
    try:
        with zipfile.ZipFile(packed) as archive:
            members = [each for each in archive.infolist() if not each.is_dir()]
            _check_members(members, name)
            free_bytes = UNPACKED_FREE_BYTES
            for number, each in enumerate(members):
                target = folder / f"{packed.name}-{number}"
                with archive.open(each) as stream:
                    inside = f"{name}/{shown(Path(each.filename).name)}"
                    unpacked = _unpack(stream, target, inside, each.compress_size, free_bytes)
                # What is free is so once for all of the archive.
                free_bytes -= max(0, unpacked - UNPACKED_RATIO * each.compress_size)
                with target.open("rb") as plain:
                    sha256 = hashlib.file_digest(plain, "sha256").hexdigest()
                inner = Path(each.filename)
                yield Plain(target, f"{name}/{shown(inner.name)}", inner.suffix.lower(), sha256)
    except (*DAMAGED, OSError) as error:
        raise SourceError(f"{name}: the archive is damaged or encrypted ({error}). Pack it again.") from None


def _check_members(members: list[zipfile.ZipInfo], name: str) -> None:
    for each in members:
        leads_out = each.filename.startswith(("/", "\\")) or ".." in Path(each.filename).parts
        if leads_out or stat.S_ISLNK(each.external_attr >> 16):
            raise SourceError(f"{name}: the archive holds a link or a path that leads out of it. It is not read.")
    if not 0 < len(members) <= ARCHIVED_FILES:
        raise SourceError(f"{name}: the archive holds {len(members)} files; 1 to {ARCHIVED_FILES} are read.")
    # Others unpack a whole file from a few bytes at one go, before anybody can count.
    if {each.compress_type for each in members} - PACKINGS:
        raise SourceError(f"{name}: the archive is packed in a way that is not read. Pack it as zip does: by deflate.")
    places = sorted((each.header_offset, each.compress_size + LEAST_HEAD) for each in members)
    if any(begin + length > next_begin for (begin, length), (next_begin, _) in pairwise(places)):
        raise SourceError(f"{name}: two files of the archive share bytes of it. It is not read.")


def _unpack(
    stream: IO[bytes] | gzip.GzipFile, target: Path, name: str, packed_bytes: int, free_bytes: int = UNPACKED_FREE_BYTES
) -> int:
    """The number of bytes that were unpacked."""
    allowed = min(FILE_BYTES, max(free_bytes, UNPACKED_RATIO * packed_bytes))
    with target.open("wb") as plain:
        while chunk := stream.read(CHUNK_BYTES):
            if plain.tell() + len(chunk) > allowed:
                raise SourceError(
                    f"{name}: the unpacked size is more than {allowed:,} bytes, from {packed_bytes:,} packed. "
                    "That is no export; nothing of it is read."
                )
            plain.write(chunk)
        if plain.tell() == 0:
            raise SourceError(f"{name}: the file is empty.")
        return plain.tell()
