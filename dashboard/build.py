"""`vsm import`: exports → canonical tables → staging → marts, as a new snapshot."""

from __future__ import annotations

import datetime as dt
import re
import secrets
import shutil
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path

import pandas as pd

from dashboard import afresh, elsewhere, layers, snapshots
from dashboard.account import Account, account_of
from dashboard.catalogue import Catalogue
from dashboard.defining import Definitions
from dashboard.engines.duckdb import DuckDB
from dashboard.errors import SettingsError, SnapshotError, SourceError
from dashboard.gathering import Gathering
from dashboard.options import Options
from dashboard.reading import Reader
from dashboard.settings import Settings
from dashboard.sources import FORMATS
from dashboard.sources.dates import ORDERS
from dashboard.sources.files import receive
from dashboard.sources.git_repository import is_repository, read_repository
from dashboard.sources.texts import Sample, prepare
from dashboard.streams.definition import time_zones
from dashboard.streams.written import write_definition

__all__ = ["Options", "import_files", "slug"]

BAD_SHARE = 0.05
NOTHING_SAID = Options()


def import_files(
    files: Sequence[Path],
    settings: Settings,
    catalogue: Catalogue,
    options: Options = NOTHING_SAID,
    note: Callable[[str], None] = lambda _: None,
) -> Account:
    """Read the files into a new snapshot and publish it. Without files, the last one is built again.

    Raises SourceError for a file that can't be used, DefinitionError for a bad definition; then nothing changes.
    """
    check_options(options)
    check_engine(settings)

    def build(folder: Path, number: int) -> None:
        Build(folder, number, settings, catalogue, options, note).run(files)

    number = elsewhere.publish(settings, build)
    return account_of(snapshots.current(settings.warehouse), number)


def check_options(options: Options) -> None:
    """Raises SettingsError for an option that can't be."""
    if options.time_zone and options.time_zone not in time_zones():
        raise SettingsError(f"--time-zone is {options.time_zone!r}; expected a zone such as 'Europe/Berlin'.")
    if options.date_order and options.date_order not in ORDERS:
        raise SettingsError(f"--date-order is {options.date_order!r}; expected {' or '.join(ORDERS)}.")


def check_engine(settings: Settings) -> None:
    """Raises SettingsError or EngineError for a cluster that can't be used."""
    elsewhere.check(settings)
    if not settings.engine:
        return
    if not settings.storage:
        raise SettingsError("A cluster needs --storage: a folder that its workers and this machine reach.")
    if not all(map(find_spec, ("pyspark", "sqlglot"))):
        raise SettingsError("What talks to a cluster is not installed: pip install 'value-stream-dashboard[cluster]'.")
    from dashboard.cluster import refuse_unusable  # its client is slow to load: only where it is needed

    refuse_unusable(settings.engine, Path(settings.storage))


def slug(text: str) -> str:
    """A stream's id from a file's name."""
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_") or "stream"


class Build:
    """One build; its steps run once, in the order of `run`."""

    def __init__(
        self,
        folder: Path,
        number: int,
        settings: Settings,
        catalogue: Catalogue,
        options: Options,
        note: Callable[[str], None],
    ) -> None:
        self.folder, self.number, self.settings = folder, number, settings
        self.catalogue, self.options, self.note = catalogue, options, note
        self.engine = DuckDB(folder / snapshots.DATABASE, memory=settings.memory, threads=settings.threads)
        self.reader: Reader | None = None

    def run(self, files: Sequence[Path]) -> None:
        """Everything, from the files to a database and a definition in the folder."""
        inbox = self.folder / "inbox"
        inbox.mkdir()
        try:
            self.prepare()
            self.read(files, inbox)
            self._refuse_if_bad()
            self._forget("raw", "reading")
            self._gather()
            self._forget("incoming", "gathering", "comparing", "known", "choosing")
            definitions = self.definitions.define()
            self._create_marts()
            self._check()
            if self.engine.table("marts.streams").empty:
                read = ", ".join(self.engine.distinct("canonical.imports", "file_name")[:4]) or "Nothing was read"
                raise SourceError(
                    f"{read}: Nothing in the files can be used: no item, deployment or incident has a date."
                )
            self.engine.checkpoint()
        finally:
            self.engine.close()
            shutil.rmtree(inbox, ignore_errors=True)
        write_definition(self.folder / snapshots.DEFINITION, definitions.values())
        (self.folder / snapshots.RULES).write_text(layers.rules(self.catalogue), encoding="ascii")

    def _forget(self, *schemas: str) -> None:
        """Let go of what no later step reads: memory is what a large import lacks."""
        for schema in schemas:
            self.engine.drop_schema(schema)

    def prepare(self) -> None:
        """The tables, empty."""
        for schema in ("macros", "canonical", "marts"):
            self.engine.create_schema(schema)
        self.engine.create_scratch(("incoming", "gathering", "comparing", "known", "staging"))
        layers.create_macros(self.catalogue, self.engine)
        layers.create_canonical(self.catalogue, self.engine)
        for query in self.catalogue.layer("canonical").values():
            self.engine.create_empty(f"incoming.{query.stem}", like=query.name)

    def read(self, files: Sequence[Path], inbox: Path) -> None:
        """Every file into the incoming tables."""
        if not files:
            return
        stream = self.options.stream or slug(_stem(files[0]))
        self._refuse_chosen(stream)
        reader = self.reader = Reader(
            self.engine,
            self.catalogue,
            self.options,
            number=self.number,
            stream=stream,
            people_key=_people_key(self.settings) if self.options.keeps_people else None,
            now=dt.datetime.now(dt.UTC).replace(tzinfo=None),
            time_zone=self.definitions.zone_of(stream),
            known=self._known_hashes(),
            note=self.note,
        )
        names: set[str] = set()
        for path in files:
            self.note(f"Reading {path.name}")
            for sample in self._received(path, inbox):
                # Two files of one name are told apart by their folders.
                name = f"{path.resolve().parent.name}/{sample.name}" if sample.name in names else sample.name
                names.add(name)
                reader.read(replace(sample, name=name))
                sample.path.unlink(missing_ok=True)

    def _refuse_chosen(self, stream: str) -> None:
        """Raises SourceError for files that are to be of a stream which chooses its items from another one."""
        given = self.definitions.given.get(stream)
        if given and given.chosen_from:
            raise SourceError(
                f"The stream {stream} chooses its items from {given.chosen_from}: import the files with --stream "
                f"{given.chosen_from}."
            )

    def _received(self, path: Path, inbox: Path) -> list[Sample]:
        if path.is_dir() and not path.is_symlink():
            if is_repository(path):
                return self._repository(path, inbox)
            return [sample for each in _files_in(path) for sample in self._received(each, inbox)]
        return [prepare(plain, self.options.encoding) for plain in receive(path, inbox)]

    def _repository(self, path: Path, inbox: Path) -> list[Sample]:
        """The changes and releases of a git repository, as tables of ours. The first thing told is its path."""
        told: list[str] = []
        counts = self.options.counts_pre_releases
        written = read_repository(
            path.resolve(), inbox, told.append, tags=self.options.tags, counts_pre_releases=counts
        )
        samples = [prepare(plain) for each in written for plain in receive(each, inbox)]
        named = [replace(sample, name=f"{_stem(path)}/{sample.name}") for sample in samples]
        return [replace(sample, note="; ".join(told[1:]) or None) for sample in named[:1]] + named[1:]

    @cached_property
    def previous(self) -> Path | None:
        """The snapshot before; None where there is none, or it is to be forgotten.

        Raises SnapshotError where there are some, and none is whole: to begin anew would lose what they hold.
        """
        if self.options.starts_afresh or snapshots.is_empty(self.settings.warehouse):
            return None
        return snapshots.sound(self.settings.warehouse)[0]

    @cached_property
    def definitions(self) -> Definitions:
        """What the streams are."""
        return Definitions(self.engine, self.catalogue, self.settings, self.options, self.previous)

    def _known_hashes(self) -> frozenset[tuple[str, str]]:
        """Files of the previous snapshot by name and content: reading them again changes nothing."""
        if self.previous is None:
            return frozenset()
        engine = DuckDB(self.previous / snapshots.DATABASE, read_only=True)
        imports = engine.table("canonical.imports")
        engine.close()
        return frozenset(zip(imports["file_name"], imports["sha256"], strict=True))

    def _gather(self) -> None:
        """The canonical tables from the previous snapshot and the files."""
        parts = self.reader.parts if self.reader else Counter[str]()
        gathering = Gathering(self.engine, self.catalogue, self.options, self.definitions, parts, self.note)
        gathering.gather(self.previous)
        gathering.choose()

    def _refuse_if_bad(self) -> None:
        read = self.engine.table("incoming.imports").drop_duplicates("file_name")
        alone = [(row.file_name, FORMATS[str(row.format)].alone) for row in read.itertuples()]
        if alone and all(words for _, words in alone):
            raise SourceError(f"{alone[0][0]}: {alone[0][1]}.")
        fates = self.engine.table("incoming.fates")
        for file_name, mine in fates.groupby("file_name", sort=False):
            bad = mine[mine["fate"] == "set aside"].sort_values("records", ascending=False)
            read, used = int(mine["records"].sum()), int(mine.loc[mine["fate"] == "kept", "records"].sum())
            told = "; ".join(
                f"{f'{row.column_name}: ' if pd.notna(row.column_name) else ''}{row.reason} "
                f"({', '.join(row.examples)}{' …' if row.records > len(row.examples) else ''})"
                for row in bad.head(4).itertuples()
            )
            if not used and len(bad):
                raise SourceError(
                    f"{file_name}: nothing in it can be used, of {read:,} records: {told}.{_joining(bad)}"
                )
            if bad["records"].sum() > BAD_SHARE * read and not self.options.accepts_bad_rows:
                raise SourceError(
                    f"{file_name}: {bad['records'].sum():,} of {read:,} records can't be read: {told}. "
                    f"Mend the file, or import the rest with --accept-bad-rows.{_joining(bad)}"
                )

    def _create_marts(self) -> None:
        """Staging and marts, here or on a cluster."""
        if not self.settings.engine:
            afresh.create_marts(self.catalogue, self.engine, self.previous, self.note)
            return
        from dashboard.cluster import create_marts  # its client is slow to load: only where it is needed

        left = frozenset(f"marts.{name}" for name in self.settings.left)
        place = elsewhere.new_folder(Path(self.settings.storage))
        if left:  # told before anything lies there: what a build that is ended leaves is found
            elsewhere.write(self.folder, elsewhere.Elsewhere(place, left))
        create_marts(self.catalogue, self.engine, self.settings.engine, place, self.note, left, self.settings.warehouse)

    def _check(self) -> None:
        """What each check finds, as a table; a snapshot whose parts do not add up is refused."""
        self.note("Checking that it adds up")
        self.engine.create_schema("checks")
        done = self.engine.tables("checks")  # on the cluster, or carried over
        for query in self.catalogue.layer("checks").values():
            must_hold = query.header["severity"] == "broken"
            if query.stem not in done and not self.engine.create_if_it_fits(query.name, query.sql):
                self.note(f"{query.title}: too large to be looked for in {self.settings.memory} of memory")
                if must_hold:
                    raise SourceError("What was read is too large to be checked. Give it more VSM_IMPORT_MEMORY.")
            elif must_hold and self.engine.count(query.name):
                problem = self.engine.table(query.name).iloc[0].to_dict()
                raise SnapshotError(f"{query.title}: {problem}. {query.header['remedy']}")


def _joining(bad: pd.DataFrame) -> str:
    """Advice where most of what is set aside are keys that stand for several items."""
    shared = bad[bad["reason"].str.contains("stands in another record with other values")]
    if shared["records"].sum() * 2 < bad["records"].sum():
        return ""
    return (
        " Where a key counts anew in each project, join it with the project: --columns item=project+number,created=…."
    )


def _files_in(folder: Path) -> list[Path]:
    """The files of a folder, those below it not."""
    files = sorted(each for each in folder.iterdir() if each.is_file() and not each.name.startswith("."))
    if not files:
        raise SourceError(f"{folder}: there is neither a git repository nor a file in this folder.")
    return files


def _stem(path: Path) -> str:
    """A file's name without its endings, for the stream that it is the first of."""
    return path.resolve().name.partition(".")[0] if path.is_dir() else path.name.removesuffix(".gz").rpartition(".")[0]


def _people_key(settings: Settings) -> str:
    """The key of the pseudonyms: made once, kept beside the snapshots, in no export."""
    path = settings.warehouse / "people.key"
    if not path.is_file() or not path.stat().st_size:
        path.parent.mkdir(parents=True, exist_ok=True)
        aside = path.with_name("people.key.new")
        aside.touch(mode=0o600)
        aside.write_text(secrets.token_hex(32), encoding="ascii")
        aside.replace(path)
    return path.read_text(encoding="ascii").strip()
