"""One file into the incoming tables: opened, recognised, its times understood, every record judged."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import pandas as pd

from dashboard.catalogue import Catalogue
from dashboard.comparing import COMPARED, refuse_others
from dashboard.engines.duckdb import DuckDB
from dashboard.errors import SourceError
from dashboard.opening import open_file
from dashboard.options import Options
from dashboard.sources import detect, own
from dashboard.sources.dates import Writing, swap_note, writing_of
from dashboard.sources.formats import Format, columns_by_role, missing_roles, passed_over, plain, told
from dashboard.sources.logs import event_meaning
from dashboard.sources.texts import Sample, where_broken
from dashboard.streams.words import are_states, category_named

# Columns behind the stages of a sheet that hold dates too, texts or people.
NO_STAGES = (
    *("updated", "due", "due_date", "last_viewed", "labels", "status", "resolution", "sprint"),
    *("assignee", "assigned_to", "assignees", "owner", "owners", "author", "creator", "created_by", "reporter"),
    *("requester", "members", "people", "resource"),
)
REMARKED = ("set_aside", "doubts")
SEVERAL = 2
# What a query reads that only chooses among judged records, or judges what is there: not worth a copy of them.
CHOICES = (
    {"reading.parsed"},
    {"reading.typed", "reading.copies", "raw.options"},
)
# Types of a Parquet's columns that are times.
TIMES = ("TIMESTAMP", "TIMESTAMP WITH TIME ZONE", "DATE")


class Reader:
    """Reads files one after the other into the schema `incoming` of a build's database."""

    def __init__(
        self,
        engine: DuckDB,
        catalogue: Catalogue,
        options: Options,
        *,
        number: int,
        stream: str,
        people_key: str | None,
        now: dt.datetime,
        time_zone: str | None = None,
        known: frozenset[tuple[str, str]] = frozenset(),
        note: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.engine, self.catalogue, self.options = engine, catalogue, options
        self.number, self.stream, self.people_key = number, stream, people_key
        self.now, self.known, self.note = now, known, note
        self.time_zone = options.time_zone or time_zone
        self.types: Mapping[str, str] = {}
        self.read_tables: tuple[str, ...] = ()
        # Incoming table → how many files gave rows; a row of one file of ours stands there once, others may repeat it.
        self.parts: Counter[str] = Counter()

    def read(self, sample: Sample) -> None:
        """One file. Raises SourceError, with the file's name, for what can't be used."""
        try:
            self._read(sample)
        except SourceError as error:
            is_named = sample.name in str(error)
            raise SourceError(str(error) if is_named else f"{sample.name}: {error}") from None
        except Exception as error:
            fault = self.engine.fault_of_data(error)
            if fault is None:
                raise
            # Lines that are no JSON are set aside, each by itself: there it is something else.
            broken = where_broken(sample.path) if sample.kind == "json" else None
            raise SourceError(f"{sample.name}: this {sample.kind} can't be read: {broken or fault}.") from None

    def _read(self, sample: Sample) -> None:
        for schema in ("raw", "reading"):
            self.engine.drop_schema(schema)
        self.engine.create_scratch(("raw", "reading"))
        self.note(f"{sample.name}: looking at its records")
        sample, physical, self.types = open_file(self.engine, self.catalogue, sample)
        chosen = detect(sample, self.options.columns, self.options.format)
        self.note(f"{sample.name}: understanding its times")
        event_is, notes, named = self._understand(sample, chosen)
        self.note(f"{sample.name}: judging its records")
        queries = self._queries(chosen)
        self.read_tables = tuple(table.removeprefix("reading.") for table, _ in queries)
        for table, query in queries:
            is_choice = self.engine.relations(query) in CHOICES
            (self.engine.create_view if is_choice else self.engine.create)(table, query)
        self._account(sample, chosen, event_is, physical, [*notes, *self._overlaps()], named)
        self._compare()
        for table in self._canonical():
            self.engine.append(f"incoming.{table}", f"reading.{table}")
            self.parts[table] += 1 if chosen in own.FORMATS else SEVERAL

    def _overlaps(self) -> list[str]:
        """What is to be said of activities of one item at one time."""
        if "intervals" not in self.read_tables:
            return []
        (count,) = self.engine.ask(self._sql("sources.overlaps"))["activities"]
        words = "activities begin while another of their item is going on: time that is shared counts for the later one"
        return [f"{count:,} {words}"] if count else []

    def _compare(self) -> None:
        """Refuse a file whose keys stand for something else than in the files of this import before it."""
        for table, (query, how) in COMPARED.items():
            if table in self.read_tables and self.engine.count(f"incoming.{table}"):
                self.engine.point("comparing.fresh", f"reading.{table}")
                self.engine.point("comparing.known", f"incoming.{table}")
                refuse_others(self.engine, self._sql(query), "stand in several files", how)

    def _sql(self, name: str) -> str:
        return self.catalogue.queries[name].sql

    def _understand(self, sample: Sample, chosen: Format) -> tuple[str | None, list[str], list[str]]:
        """raw.records with times as ISO writes them, and what is known of the file in raw.options."""
        notes = [sample.note] if sample.note else []
        writing = Writing()
        found: dict[str, str | None] = {}
        if chosen.shape == "documents":
            self.engine.split("raw.every_document", "raw.documents", "raw.misshapen")
            self.engine.keep("raw.texts", pd.DataFrame({"record": pd.Series(dtype="int64")}))
        else:
            found, writing = self._name_columns(sample, chosen)
            notes += self._disagreements(sample, chosen, found)
        self._keep_columns(found)
        named = [f"{role} from {column}" for role, column in found.items() if column]
        names_zone = any(column.upper().endswith("(UTC)") for column in found.values() if column)
        notes += writing.notes
        if writing.has_naive and not names_zone and not self.time_zone:
            which = "some times state" if writing.has_zoned else "the times state"
            notes.append(f"{which} no zone and are read as UTC; say which with --time-zone")
        if chosen.folder == "item_list" and not found.get("created_at"):
            notes.append("no column tells the creation: lead times begin with the first date that is told of an item")
        event_is = self._event_is(chosen, found)
        self._classify(chosen, found)
        self._keep_options(sample, event_is, writing)
        if found.get("item_id") and chosen.shape == "table":
            notes += self._doubtful_times(chosen, found, has_naive=writing.has_naive)
        return event_is, notes, named

    def _name_columns(self, sample: Sample, chosen: Format) -> tuple[dict[str, str | None], Writing]:
        header = sample.header
        missing = missing_roles(chosen, header, self.options.columns)
        if missing:
            raise SourceError(
                f"{sample.name}: no column for {', '.join(missing)} among {told(header)}. "
                "Name it: --columns item=…,state=…,at=… or --columns item=…,created=…"
            )
        found = columns_by_role(chosen, header, self.options.columns)
        self._check_types(sample, found)
        lists = {role.name for role in chosen.roles if role.is_list}
        for role, column in found.items():
            if column and role not in lists and header.count(column) > 1:
                raise SourceError(
                    f"{sample.name}: the column {column!r} stands twice; which one is meant? Rename or remove one."
                )
        cells = _stage_columns(header, found) if chosen.shape == "wide" else []
        if chosen.shape == "wide" and not cells:
            raise SourceError(f"{sample.name}: no column of a stage stands behind {found['title']!r}. Export it again.")
        place = {column: f"c{number}" for number, column in reversed(list(enumerate(header)))}
        columns = {role: _places(column, place) for role, column in found.items()}
        columns |= {role: _all_places(found[role], header) for role in lists}
        wide = {f"cell_{number}": [place[cell]] for number, cell in enumerate(cells)}
        is_guarded = sample.kind == "csv" and chosen in own.FORMATS
        is_kept = sample.kind != "parquet"
        self.engine.project(
            "raw.file", "raw.texts", columns | wide, lists=lists, is_guarded=is_guarded, is_kept=is_kept
        )
        times = [role.name for role in chosen.roles if role.is_time and columns[role.name]] + list(wide)
        kinds = {role: self.types.get(found.get(role) or "", "") for role in times}
        writing = self._writing(sample, [role for role in times if kinds[role] not in TIMES])
        # The engine writes its own times as ISO does: there is nothing to find out.
        writing = replace(
            writing,
            has_naive=writing.has_naive or "TIMESTAMP" in kinds.values(),
            has_zoned=writing.has_zoned or "TIMESTAMP WITH TIME ZONE" in kinds.values(),
        )
        self.engine.normalise(
            "raw.texts",
            "raw.every_record",
            times,
            formats=writing.formats,
            replaced=writing.replaced,
            has_weekdays=writing.has_weekdays,
            has_zones=writing.has_zoned,
            swaps_days=self.options.swaps_days,
            gathered=list(wide),
        )
        self.engine.split("raw.every_record", "raw.records", "raw.misshapen")
        if cells:
            self.engine.keep("raw.cell_names", pd.DataFrame({"position": range(1, len(cells) + 1), "state": cells}))
        return found, writing

    def _disagreements(self, sample: Sample, chosen: Format, found: Mapping[str, str | None]) -> list[str]:
        """Columns that could have had a role too, and say something else than the one that has it."""
        place = {column: f"c{number}" for number, column in reversed(list(enumerate(sample.header)))}
        notes = []
        for role, column, other in passed_over(chosen, sample.header, found, self.options.columns):
            differing = self.engine.count_differing("raw.file", place[column], place[other])
            if differing:
                word = role.removesuffix("_at").removesuffix("_id")
                notes.append(
                    f"{word} is read from {column!r}; {other!r} says otherwise in {differing:,} records "
                    f"(--columns {word}={other} reads that)"
                )
        return notes

    def _check_types(self, sample: Sample, found: Mapping[str, str | None]) -> None:
        """Columns of a Parquet that hold no plain values."""
        kinds = {
            column: self.types.get(column, "VARCHAR") for role, column in found.items() if column and role != "labels"
        }
        if any(kind.startswith(("STRUCT", "MAP", "UNION")) or kind.endswith("]") for kind in kinds.values()):
            odd = [f"{column} is {kind}" for column, kind in kinds.items() if kind != "VARCHAR"]
            raise SourceError(
                f"{sample.name}: a column holds no plain values: {'; '.join(odd)}. Expected text or times."
            )

    def _writing(self, sample: Sample, times: Sequence[str]) -> Writing:
        if not times:
            return Writing()
        self.engine.stack("raw.texts", "raw.times", times)
        shapes = self.engine.ask(self._sql("sources.time_shapes"))
        return writing_of(sample.name, shapes, self.options.date_order, self.options.language)

    def _doubtful_times(self, chosen: Format, found: Mapping[str, str | None], *, has_naive: bool) -> list[str]:
        """What is to be said of days that a program swapped before the export, and of hours that come twice."""
        times = [role.name for role in chosen.roles if role.is_time and found[role.name]]
        if not times:
            return []
        self.engine.stack("raw.records", "raw.dated", times, beside=["item_id"])
        (votes,) = self.engine.ask(self._sql("sources.swapped_days")).itertuples()
        note = swap_note(int(votes.as_written), int(votes.swapped), is_repaired=self.options.swaps_days)
        notes = [note] if note else []
        has_such_hours = has_naive and (self.time_zone or "UTC") != "UTC"
        (twice,) = self.engine.ask(self._sql("sources.repeated_hours"))["times_twice"] if has_such_hours else (0,)
        if twice:
            notes.append(
                f"{twice:,} times lie in the hour that comes twice when the clocks go back, and state no zone: "
                "each may be an hour off"
            )
        return notes

    def _keep_columns(self, found: Mapping[str, str | None]) -> None:
        named = [(role, column) for role, column in found.items() if column]
        self.engine.keep("raw.columns", pd.DataFrame(named, columns=["role", "column_name"]).astype("string"))

    def _event_is(self, chosen: Format, found: Mapping[str, str | None]) -> str | None:
        if chosen.name != "event_log":
            return None
        if self.options.event_is:
            return self.options.event_is
        lifecycles = self.engine.ask(self._sql("proposals.lifecycles"))
        words = dict(zip(lifecycles["lifecycle"], lifecycles["records"], strict=True))
        return event_meaning(found, words, has_states=are_states(self.engine.distinct("raw.records", "state")))

    def _classify(self, chosen: Format, found: Mapping[str, str | None]) -> None:
        """What the words for states and outcomes in the file usually mean."""
        words: set[str] = set()
        if "words" in self.catalogue.source(chosen.folder):
            words |= set(self.engine.ask(self._sql(f"sources.{chosen.folder}.words"))["word"])
        for role in ("status", "category", "resolution", "from_category", "to_category"):
            if found.get(role):
                words |= set(self.engine.distinct("raw.records", role))
        known = [(word, category_named(word)) for word in sorted(words)]
        self.engine.keep("raw.words", pd.DataFrame(known, columns=["word", "category"]).astype("string"))

    def _keep_options(self, sample: Sample, event_is: str | None, writing: Writing) -> None:
        given = {
            "stream": self.stream,
            "file_name": sample.name,
            "import_id": self.number,
            "imported_at": self.now,
            "time_zone": self.time_zone or "UTC",
            "event_is": event_is,
            "people_key": self.people_key,
            "expected_time": writing.expected,
            "is_zone_missing": writing.has_naive and writing.has_zoned and not self.time_zone,
        }
        texts = {"event_is": "string", "people_key": "string"}
        self.engine.keep("raw.options", pd.DataFrame([given]).astype(texts))

    def _queries(self, chosen: Format) -> list[tuple[str, str]]:
        """The format's queries as tables of the schema `reading`, in the order of what they read."""
        waiting = {table: query for table, query in self.catalogue.source(chosen.folder).items() if table != "words"}
        ordered: list[tuple[str, str]] = []
        while waiting:
            for table, query in list(waiting.items()):
                needed = {name.removeprefix("reading.") for name in self.engine.relations(query.sql)}
                if not needed & waiting.keys() - {table}:
                    ordered.append((f"reading.{table}", waiting.pop(table).sql))
        return ordered

    def _account(
        self,
        sample: Sample,
        chosen: Format,
        event_is: str | None,
        physical: int,
        notes: Sequence[str],
        named: Sequence[str],
    ) -> None:
        """The fates of the records, and the rows set aside or doubted, into the incoming tables."""
        self.engine.create("reading.remarks", self._sql("sources.remarks"))
        fates = self.engine.ask(self._sql("sources.account"))
        read = int(fates["records"].sum())
        if read == 0:
            raise SourceError(f"{sample.name}: there is a header, but no rows: nothing to import.")
        if physical != read and not chosen.is_nested:
            raise SourceError(
                f"{sample.name}: the file has {physical:,} records, but {read:,} were understood. "
                "Its quotes or line ends are not as they should be; export it again."
            )
        self.engine.create("reading.set_aside", self._sql("sources.set_aside"))
        self.engine.create("reading.doubts", self._sql("sources.doubts"))
        self.engine.insert("incoming.fates", fates)
        counts = fates.groupby("fate")["records"].sum()
        row = {
            "import_id": self.number,
            "file_name": sample.name,
            "sha256": sample.sha256,
            "format": chosen.name,
            "event_is": event_is,
            "time_zone": self.time_zone or "UTC",
            "imported_at": self.now,
            "is_known": (sample.name, sample.sha256) in self.known,
            "notes": list(notes),
            "columns": ", ".join(named) or None,
            "rows_read": read,
            "rows_kept": int(counts.get("kept", 0)),
            "rows_set_aside": int(counts.get("set aside", 0)),
            "rows_ignored": int(counts.get("ignored", 0)),
        }
        rows = pd.DataFrame([row | {"stream": name} for name in sorted({*self._streams(), *fates["stream"]})])
        self.engine.insert("incoming.imports", rows.astype({"event_is": "string", "columns": "string"}))

    def _streams(self) -> list[str]:
        """The streams that the file's rows belong to."""
        read = (table for table in self._canonical() if table not in REMARKED)
        return sorted({name for table in read for name in self.engine.distinct(f"reading.{table}", "stream")})

    def _canonical(self) -> list[str]:
        """The tables just read that are canonical ones."""
        incoming = {query.stem for query in self.catalogue.layer("canonical").values()}
        return [table for table in (*self.read_tables, *REMARKED) if table in incoming]


def _places(column: str | None, place: Mapping[str, str]) -> list[str]:
    """The columns of raw.file that give a role its value."""
    if column is None:
        return []
    return [place[column]] if column in place else [place[part] for part in column.split("+")]


def _all_places(column: str | None, header: Sequence[str]) -> list[str]:
    """The columns of raw.file that go by one name: Jira writes a column for each label."""
    return [f"c{number}" for number, name in enumerate(header) if name == column]


def _stage_columns(header: Sequence[str], found: Mapping[str, str | None]) -> list[str]:
    """The date columns of a wide sheet: those after the item's name, up to the first that is an attribute."""
    after_name = list(header)[header.index(found["title"] or "") + 1 :]
    attributes = {column for column in found.values() if column}
    is_attribute = [column in attributes or plain(column) in NO_STAGES for column in after_name]
    return after_name[: is_attribute.index(True) if True in is_attribute else len(after_name)]
