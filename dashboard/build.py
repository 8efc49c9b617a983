"""`vsm import`: exports → canonical tables → staging → marts, as a new snapshot."""

from __future__ import annotations

import datetime as dt
import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from zoneinfo import available_timezones

import pandas as pd

from dashboard import layers, snapshots
from dashboard.catalogue import Catalogue
from dashboard.engines.duckdb import DuckDB
from dashboard.errors import SettingsError, SnapshotError, SourceError
from dashboard.settings import Settings
from dashboard.sources import Format, columns_by_role, detect, event_meaning, missing_roles
from dashboard.sources.files import Sample, look_at
from dashboard.streams.definition import (
    Stream,
    calendar_rows,
    read_definition,
    stage_rows,
    state_rows,
    stream_rows,
)
from dashboard.streams.plan import Plan, initiative_rows, read_plan, target_rows
from dashboard.streams.proposal import propose
from dashboard.streams.written import write_definition

BAD_SHARE = 0.05
DEFINED = ("streams", "stages", "states", "calendar_days", "targets", "initiatives")


@dataclass(frozen=True)
class Options:
    """What the user said about an import."""

    stream: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    event_is: str | None = None
    time_zone: str | None = None
    config: Path | None = None
    keeps_people: bool = True
    accepts_bad_rows: bool = False
    starts_afresh: bool = False


@dataclass(frozen=True)
class FileAccount:
    """What one file gave. `fates` is a table of fate, reason, records."""

    file_name: str
    format: Format
    event_is: str | None
    fates: pd.DataFrame
    is_known: bool = False

    def records(self, fate: str | None = None) -> int:
        """How many records had a fate; all of them without one."""
        chosen = self.fates if fate is None else self.fates[self.fates["fate"] == fate]
        return int(chosen["records"].sum())


@dataclass(frozen=True)
class Account:
    """What an import understood: one account per file, and one row per stream."""

    number: int
    files: tuple[FileAccount, ...]
    streams: pd.DataFrame
    definitions: Mapping[str, Stream]


def import_files(
    files: Sequence[Path],
    settings: Settings,
    catalogue: Catalogue,
    options: Options = Options(),
    note: Callable[[str], None] = lambda _: None,
) -> Account:
    """Read the files into a new snapshot and publish it. Without files, the last one is built again.

    Raises SourceError for a file that can't be used, DefinitionError for a bad definition; then nothing changes.
    """
    if options.time_zone and options.time_zone not in available_timezones():
        raise SettingsError(f"--time-zone is {options.time_zone!r}; expected a zone such as 'Europe/Berlin'.")
    samples = [look_at(path) for path in files]
    outcome: list[Account] = []

    def build(folder: Path, number: int) -> None:
        outcome.append(_Build(folder, number, settings, catalogue, options, note).run(samples))

    snapshots.publish(settings.warehouse, build, settings.keep)
    return outcome[0]


def slug(text: str) -> str:
    """A stream's id from a file's name."""
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_") or "stream"


class _Build:
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

    def run(self, samples: Sequence[Sample]) -> Account:
        try:
            self._prepare()
            known = self._known_hashes()
            accounts = tuple(self._read(sample, samples[0], known) for sample in samples)
            self._gather()
            definitions = self._define()
            layers.create_marts(self.catalogue, self.engine, self.note)
            self._check()
            streams = self.engine.table("marts.streams")
            if streams.empty:
                raise SourceError("Nothing in the files can be used: no item, deployment or incident has a date.")
            for schema in ("incoming", "reading", "raw", "staging"):
                self.engine.drop_schema(schema)
            self.engine.checkpoint()
        finally:
            self.engine.close()
        write_definition(self.folder / snapshots.DEFINITION, definitions.values())
        return Account(self.number, accounts, streams, definitions)

    def _prepare(self) -> None:
        for schema in ("macros", "canonical", "incoming", "staging", "marts"):
            self.engine.create_schema(schema)
        layers.create_macros(self.catalogue, self.engine)
        layers.create_canonical(self.catalogue, self.engine)
        for query in self.catalogue.layer("canonical").values():
            self.engine.create_empty(f"incoming.{query.stem}", like=query.name)

    def _previous(self) -> Path | None:
        if self.options.starts_afresh:
            return None
        try:
            return snapshots.current(self.settings.warehouse)
        except SnapshotError:
            return None

    def _known_hashes(self) -> frozenset[tuple[str, str]]:
        """Files of the previous snapshot by name and content: reading them again changes nothing."""
        previous = self._previous()
        if previous is None:
            return frozenset()
        engine = DuckDB(previous / snapshots.DATABASE, read_only=True)
        imports = engine.table("canonical.imports")
        engine.close()
        return frozenset(zip(imports["file_name"], imports["sha256"], strict=True))

    def _read(self, sample: Sample, first: Sample, known: frozenset[tuple[str, str]]) -> FileAccount:
        """One file into the incoming tables."""
        self.note(f"Reading {sample.name}")
        if sample.kind == "parquet":
            sample = replace(sample, header=self.engine.parquet_columns(sample.path))
        chosen = detect(sample, self.options.columns)
        for schema in ("raw", "reading"):
            self.engine.drop_schema(schema)
            self.engine.create_schema(schema)
        event_is = self._load(sample, chosen, self.options.stream or slug(first.path.stem))
        for query in self._reading(chosen):
            self.engine.create(query[0], query[1])
        fates = self._account()
        for table in self.engine.tables("reading"):
            if table in self.engine.tables("incoming"):
                self.engine.append(f"incoming.{table}", f"reading.{table}")
        account = FileAccount(sample.name, chosen, event_is, fates, (sample.name, sample.sha256) in known)
        self._refuse_if_bad(account)
        self._note_import(sample, account, self.options.stream or slug(first.path.stem))
        return account

    def _load(self, sample: Sample, chosen: Format, stream: str) -> str | None:
        """The file as raw.records or raw.documents; returns what an event's time means, for a log."""
        found: dict[str, str | None] = {}
        if chosen.shape == "documents":
            self.engine.read_documents(sample.path, "raw.documents")
        else:
            found = self._load_rows(sample, chosen)
        self._name_columns(found)
        event_is = self.options.event_is
        if chosen.name == "event_log" and event_is is None:
            lifecycles = self.engine.ask(self.catalogue.queries["proposals.lifecycles"].sql)
            event_is = event_meaning(found, dict(zip(lifecycles["lifecycle"], lifecycles["records"], strict=True)))
        self._state_options(sample, stream, event_is)
        return event_is if chosen.name == "event_log" else None

    def _load_rows(self, sample: Sample, chosen: Format) -> dict[str, str | None]:
        header = sample.header
        missing = missing_roles(chosen, header, self.options.columns)
        if missing:
            raise SourceError(
                f"{sample.name}: no column for {', '.join(missing)} among {', '.join(header)}. "
                "Name it: --columns item=…,state=…,at=…"
            )
        positions = [f"c{number}" for number in range(len(header))]
        if sample.kind == "parquet":
            self.engine.read_parquet(sample.path, "raw.file", positions)
        else:
            self.engine.read_csv(sample.path, "raw.file", positions, delimiter=sample.delimiter)
            self.engine.create("raw.file", self.catalogue.queries["sources.numbered"].sql)
        found = columns_by_role(chosen, header, self.options.columns)
        place = dict(zip(reversed(header), reversed(positions), strict=True))
        cells = _stage_columns(header, found) if chosen.shape == "wide" else []
        self.engine.project(
            "raw.file",
            "raw.records",
            {role: place[column] if column else None for role, column in found.items()},
            [place[column] for column in cells],
        )
        if cells:
            self.engine.keep("raw.cell_names", pd.DataFrame({"position": range(1, len(cells) + 1), "state": cells}))
        return found

    def _name_columns(self, found: Mapping[str, str | None]) -> None:
        named = [(role, column) for role, column in found.items() if column]
        self.engine.keep("raw.columns", pd.DataFrame(named, columns=["role", "column_name"]).astype("string"))

    def _state_options(self, sample: Sample, stream: str, event_is: str | None) -> None:
        options = pd.DataFrame(
            [
                {
                    "stream": stream,
                    "file_name": sample.name,
                    "import_id": self.number,
                    "time_zone": self.options.time_zone or "UTC",
                    "event_is": event_is,
                    "people_key": _people_key(self.settings) if self.options.keeps_people else None,
                }
            ]
        )
        self.engine.keep("raw.options", options.astype({"event_is": "string", "people_key": "string"}))

    def _reading(self, chosen: Format) -> list[tuple[str, str]]:
        """The format's queries as tables of the schema `reading`, in the order of what they read."""
        waiting = dict(self.catalogue.source(chosen.name))
        ordered: list[tuple[str, str]] = []
        while waiting:
            for table, query in list(waiting.items()):
                needed = {name.removeprefix("reading.") for name in self.engine.relations(query.sql)}
                if not needed & waiting.keys() - {table}:
                    ordered.append((f"reading.{table}", waiting.pop(table).sql))
        return ordered

    def _account(self) -> pd.DataFrame:
        """Fates of the file's records; those set aside go to incoming.set_aside."""
        fates = [self.engine.ask(self.catalogue.queries["sources.account"].sql)]
        self.engine.create("reading.set_aside", self.catalogue.queries["sources.set_aside"].sql)
        if "rejects" in self.engine.tables("raw"):
            self.engine.create("reading.rejected", self.catalogue.queries["sources.rejects"].sql)
            self.engine.append("incoming.set_aside", "reading.rejected")
            if rejected := self.engine.count("reading.rejected"):
                reason = "not as many cells as the header"
                fates.append(pd.DataFrame([{"fate": "set aside", "reason": reason, "records": rejected}]))
        return pd.concat(fates, ignore_index=True)

    def _refuse_if_bad(self, account: FileAccount) -> None:
        bad, read = account.records("set aside"), account.records()
        if read == 0:
            raise SourceError(f"{account.file_name}: there is a header, but no record.")
        if bad > BAD_SHARE * read and not self.options.accepts_bad_rows:
            worst = account.fates[account.fates["fate"] == "set aside"].sort_values("records").iloc[-1]
            examples = self.engine.table("incoming.set_aside")
            example = examples[examples["file_name"] == account.file_name].sort_values("record").iloc[0]
            raise SourceError(
                f"{account.file_name}: {bad:,} of {read:,} records can't be read; mostly: {worst['reason']} "
                f"(record {example['record']}, column {example['column_name']!r}: {example['value']!r}). "
                "Mend the file, or import the rest with --accept-bad-rows."
            )

    def _note_import(self, sample: Sample, account: FileAccount, stream: str) -> None:
        row = {
            "import_id": self.number,
            "file_name": sample.name,
            "sha256": sample.sha256,
            "format": account.format.name,
            "event_is": account.event_is,
            "time_zone": self.options.time_zone or "UTC",
            "imported_at": dt.datetime.now(dt.UTC).replace(tzinfo=None),
            "rows_read": account.records(),
            "rows_kept": account.records("kept"),
            "rows_set_aside": account.records("set aside"),
            "rows_ignored": account.records("ignored"),
        }
        read = {t for t in self.engine.tables("reading") if t in self.engine.tables("incoming") and t != "set_aside"}
        streams = {name for table in read for name in self.engine.distinct(f"reading.{table}", "stream")} or {stream}
        rows = pd.DataFrame([row | {"stream": name} for name in sorted(streams)])
        self.engine.insert("incoming.imports", rows.astype({"event_is": "string"}))

    def _gather(self) -> None:
        """The previous snapshot's rows, but for those that the new files replace; then the new ones."""
        keys = {table: columns for table, columns in layers.keys_of(self.catalogue).items() if table not in DEFINED}
        previous = self._previous()
        if previous is not None:
            self.note("Carrying over what was known")
            fresh = {table: f"incoming.{name}" for table, name in layers.replacements_of(self.catalogue).items()}
            self.engine.carry_over(previous / snapshots.DATABASE, "canonical", keys, fresh)
        for table in keys:
            # Two exports of one import may hold the same row.
            self.engine.append(f"canonical.{table}", f"incoming.{table}", each_once=True)

    def _define(self) -> dict[str, Stream]:
        """The definition of every stream that has data: given, known from before, or proposed."""
        facts = self.engine.ask(self.catalogue.queries["proposals.stream_facts"].sql)
        states = self.engine.ask(self.catalogue.queries["proposals.state_facts"].sql)
        given = self._given_definitions()
        plan = self._plan()
        definitions: dict[str, Stream] = {}
        for row in facts.itertuples():
            stream = given.get(str(row.stream)) or propose(
                str(row.stream),
                states[states["stream"] == row.stream],
                float(row.quiet_seconds) if pd.notna(row.quiet_seconds) else None,
                self.options.time_zone or "UTC",
            )
            self._store(stream, pd.Timestamp(row.first_event_at), pd.Timestamp(row.last_event_at), plan)
            definitions[stream.id] = stream
        return definitions

    def _given_definitions(self) -> dict[str, Stream]:
        given: dict[str, Stream] = {}
        previous = self._previous()
        if previous is not None and (previous / snapshots.DEFINITION).is_file():
            known = read_definition(previous / snapshots.DEFINITION)
            given |= {name: stream for name, stream in known.items() if not stream.is_proposal}
        for path in (self.settings.home / "streams.toml", self.options.config):
            if path is not None and (path.is_file() or path == self.options.config):
                given |= read_definition(path)
        return given

    def _plan(self) -> Plan:
        path = self.settings.home / "plan.toml"
        return read_plan(path, frozenset(self.catalogue.metrics)) if path.is_file() else Plan()

    def _store(self, stream: Stream, first: dt.datetime, last: dt.datetime, plan: Plan) -> None:
        for table, rows in {
            "streams": stream_rows(stream),
            "stages": stage_rows(stream),
            "states": state_rows(stream),
            "calendar_days": calendar_rows(stream, first, last),
            "targets": target_rows(plan, stream.id),
            "initiatives": initiative_rows(plan, stream.id),
        }.items():
            self.engine.insert(f"canonical.{table}", rows)

    def _check(self) -> None:
        """Refuse a snapshot whose parts do not add up."""
        for query in self.catalogue.layer("checks").values():
            if query.header["severity"] == "broken":
                problems = self.engine.ask(query.sql)
                if len(problems):
                    raise SnapshotError(f"{query.title}: {problems.iloc[0].to_dict()}. {query.header['remedy']}")


def _stage_columns(header: Sequence[str], found: Mapping[str, str | None]) -> list[str]:
    """The date columns of a wide sheet: those after the item's name, up to the first that is an attribute."""
    after_name = list(header)[header.index(found["title"] or "") + 1 :]
    attributes = {column for column in found.values() if column}
    return after_name[: next((i for i, column in enumerate(after_name) if column in attributes), len(after_name))]


def _people_key(settings: Settings) -> str:
    """The key of the pseudonyms: made once, kept beside the snapshots, in no export."""
    path = settings.warehouse / "people.key"
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_hex(32), encoding="ascii")
    return path.read_text(encoding="ascii").strip()
