"""Thousands of damaged files: each is refused in a sentence or read with an account that adds up.

Never is there another exception, a reader that dies or hangs, or a snapshot that fails its own checks. The files are
the same each time; VSM_FUZZ_SEED and VSM_FUZZ_FILES try others. A failure says its seed and number, by which
`python tests/mutations.py SEED NUMBER FOLDER` writes the file.
"""

from __future__ import annotations

import contextlib
import csv
import faulthandler
import gzip
import io
import json
import multiprocessing
import os
import re
import resource
import sys
import tempfile
import traceback
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from conftest import ROOT, SHARED
from mutations import Case, case

from dashboard.build import Build, Options, import_files
from dashboard.catalogue import Catalogue, read_catalogue
from dashboard.errors import DashboardError, SourceError
from dashboard.settings import Settings
from dashboard.sources import read_columns_option
from dashboard.sources.files import shown
from dashboard.sources.texts import Sample

SEED = int(os.environ.get("VSM_FUZZ_SEED", "1"))
# What stands around a text and is no part of it.
SPACES = "".join(chr(code) for code in range(0x3001) if unicodedata.category(chr(code)) == "Zs")
FILES = int(os.environ.get("VSM_FUZZ_FILES", "2000"))
# As many tests as that share the files, so that they run on all cores.
PARTS = 10
# Of the files that are read, one in so many is imported as a whole, with its marts and checks.
WHOLE_EVERY = 20
HANGS_AFTER_SECONDS = 20
MEMORY = 3 * 1024**3
CORPUS = SHARED / "badinput"

csv.field_size_limit(sys.maxsize)


class Remembered(Build):
    """A build that remembers what its files were taken for."""

    samples: tuple[Sample, ...] = ()

    def _received(self, path: Path, inbox: Path) -> list[Sample]:
        received = super()._received(path, inbox)
        self.samples = tuple(received)
        return received


class Trial:
    """A database with empty tables, in which one file after the other is read."""

    def __init__(self, home: Path, catalogue: Catalogue) -> None:
        self.home, self.catalogue = home, catalogue
        settings = Settings(home=home, threads=1, memory="1GB")
        self.build = Remembered(home, 1, settings, catalogue, Options(), lambda _: None)
        self.build.prepare()

    def of(self, made: Case, *, is_whole: bool) -> str:
        """How the file ended: refused, read or imported. Raises AssertionError for what must not be."""
        with tempfile.TemporaryDirectory(dir=self.home) as name:
            folder = Path(name)
            path = folder / made.name
            path.write_bytes(made.data)
            try:
                self._read(path, made)
                if is_whole:
                    settings = Settings(home=folder / "home", threads=1, memory="1GB")
                    import_files([path], settings, self.catalogue, options_of(made, accepts_bad_rows=True))
            except DashboardError as error:
                check_sentence(error, made.name, folder)
                return "refused"
            return "imported" if is_whole else "read"

    def _read(self, path: Path, made: Case) -> None:
        inbox = path.parent / "inbox"
        inbox.mkdir()
        if self.build.engine.count("incoming.fates"):
            for table in self.build.engine.tables("canonical"):
                self.build.engine.create(f"incoming.{table}", f"from canonical.{table} limit 0")
        self.build.options = options_of(made)
        self.build.read([path], inbox)
        check_accounts(self.build, made)


def options_of(made: Case, **more: Any) -> Options:
    """What is told to the import."""
    given = dict(made.options)
    return Options(stream="s", columns=read_columns_option(given.pop("columns", None)), **given, **more)


def check_sentence(error: DashboardError, name: str, folder: Path) -> None:
    """A refusal is one line that names the file, in words that are ours and no path that is."""
    message = str(error)
    assert isinstance(error, SourceError), f"{type(error).__name__}: {message}"
    assert message.isprintable(), f"not one printable line: {message!r}"
    assert shown(name) in message, f"does not name the file {name!r}: {message}"
    assert len(message) < 2_500, f"too long: {message[:500]} …"
    for word in (
        "Traceback",
        "INTERNAL",
        "FATAL",
        str(folder.parent),
        "-unpacked",
        "-text",
        "-events",
        "raw.",
        "reading.",
    ):
        assert word not in message, f"{word!r} in: {message}"


def check_accounts(build: Remembered, made: Case) -> None:
    """Records read = kept + set aside + ignored, in both tables; and as many as somebody else counts."""
    imports, fates = build.engine.table("incoming.imports"), build.engine.table("incoming.fates")
    per_file = imports.drop_duplicates("file_name").set_index("file_name")
    parts = per_file["rows_kept"] + per_file["rows_set_aside"] + per_file["rows_ignored"]
    assert (per_file["rows_read"] == parts).all(), per_file
    assert (fates.groupby("file_name")["records"].sum() == per_file["rows_read"]).all(), fates
    assert build.engine.count("incoming.set_aside") == per_file["rows_set_aside"].sum()
    if len(build.samples) == 1:
        (sample,) = build.samples
        counted, ids = seen_by_others(made, sample)
        read = int(per_file["rows_read"].iloc[0])
        assert counted in (None, read), f"{read} records were read, another counts {counted}"
        for table in ("items", "transitions"):
            odd = set(build.engine.distinct(f"incoming.{table}", "item_id")) - (ids or set())
            assert ids is None or not odd, f"no cell of the file holds the ids {sorted(odd)[:3]}"


def unpacked(data: bytes) -> bytes:
    """What is in a gzip, or in the one file of an archive."""
    if data.startswith(b"\x1f\x8b"):
        return gzip.decompress(data)
    if data.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return archive.read(archive.namelist()[0])
    return data


def seen_by_others(made: Case, sample: Sample) -> tuple[int | None, set[str] | None]:
    """Records of a file and the texts in it, as Python's own readers see them; None where they can't read it."""
    data = unpacked(made.data)
    if sample.kind == "parquet":
        try:
            return pq.read_metadata(io.BytesIO(data)).num_rows, None
        except (pa.ArrowException, OSError):
            return None, None
    if sample.kind == "xes":
        return sum(node.tag.rpartition("}")[2] == "event" for node in ElementTree.fromstring(data).iter()), None
    try:
        text = data.decode("utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig")
    except UnicodeError:
        return None, None
    if sample.kind == "lines":
        lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        return sum(bool(line.strip(" ")) for line in lines), None
    if sample.kind == "json":
        with contextlib.suppress(ValueError):  # several values behind each other
            document = json.loads(text, strict=False)
            return len(document) if isinstance(document, list) else None, None
        return None, None
    return seen_by_csv(text, sample.delimiter)


def seen_by_csv(text: str, delimiter: str) -> tuple[int | None, set[str] | None]:
    """Records below the header, and their cells. What is not in the standard's dialect is not judged."""
    if "\0" in text:
        return None, None
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        rows = [row for row in reader if row]
    except csv.Error:
        return None, None
    is_above = [len(row) == 1 and not row[0].strip() for row in rows]
    above = is_above.index(False) if False in is_above else len(rows)
    above += bool(re.match(r"\s*sep=.\s*$", text[: text.find("\n")].lstrip(), re.IGNORECASE))
    return len(rows) - above - 1, {cell.strip(SPACES) for row in rows for cell in row}


def work(pipe: Connection) -> None:
    """Of each number that comes through the pipe, send how its file ended, or what went wrong."""
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    faulthandler.enable()
    with tempfile.TemporaryDirectory() as folder:
        trial = Trial(Path(folder), read_catalogue(ROOT / "queries"))
        read = 0
        pipe.send("ready")
        while (number := pipe.recv()) is not None:
            is_whole = read % WHOLE_EVERY == 0
            try:
                ended = trial.of(case(SEED, number, CORPUS), is_whole=is_whole)
                read += ended != "refused"
            except Exception as error:
                ended = f"FAULT {type(error).__name__}: {error}\n{traceback.format_exc(limit=-4)}"
            pipe.send(ended)


class Worker:
    """A process that tries files. One that dies or hangs is told apart, and a new one takes over."""

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self.pipe, far = context.Pipe()
        self.process = context.Process(target=work, args=(far,), daemon=True)
        self.process.start()
        far.close()
        assert self.pipe.recv() == "ready"

    def tell(self, number: int) -> str | None:
        """How a file ended; None where the worker lives no longer."""
        self.pipe.send(number)
        try:
            if self.pipe.poll(HANGS_AFTER_SECONDS):
                return str(self.pipe.recv())
        except EOFError:
            return None
        return "FAULT hangs"

    def end(self) -> int | None:
        """Its exit code; negative is a signal."""
        self.process.join(0.1)
        self.process.kill()
        self.process.join()
        return self.process.exitcode


def outcomes(numbers: Iterable[int]) -> Iterator[tuple[int, str]]:
    """Each file's number and how it ended."""
    worker = Worker()
    for number in numbers:
        told = worker.tell(number)
        if told is None or told == "FAULT hangs":
            told = f"{told or 'FAULT the reader died'} ({worker.end()})"
            worker = Worker()
        yield number, told
    worker.end()


@pytest.mark.parametrize("part", range(PARTS))
def test_damaged_file_is_refused_in_a_sentence_or_read_with_an_account_that_adds_up(part: int) -> None:
    numbers = range(part, FILES, PARTS)
    ended = dict(outcomes(numbers))
    faults = [
        f"{number} ({case(SEED, number, CORPUS).story}): {told}"
        for number, told in ended.items()
        if told.startswith("FAULT")
    ]
    count = Counter(told for told in ended.values() if not told.startswith("FAULT"))
    print(dict(count))
    assert not faults, f"seed {SEED}: {len(faults)} of {len(numbers)}\n" + "\n".join(faults[:40])
    # It would prove little if nearly all were refused at the door.
    assert count["read"] + count["imported"] > len(numbers) / 5
    assert count["imported"] * WHOLE_EVERY >= count["read"] + count["imported"]
