"""The canonical tables: what the previous snapshot knows, but for what the new files replace, and what those tell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import pandas as pd

from dashboard import layers, snapshots
from dashboard.catalogue import Catalogue
from dashboard.comparing import COMPARED, refuse_others
from dashboard.defining import Definitions
from dashboard.engines.duckdb import DuckDB
from dashboard.errors import SourceError
from dashboard.options import Options
from dashboard.streams.definition import Stream, rule_rows

DEFINED = ("streams", "costs_of_delay", "needs", "stages", "states", "calendar_days", "targets", "initiatives")


class Gathering:
    """Its steps run once, `gather` before `choose`. `parts`: how many files gave rows to each incoming table."""

    def __init__(
        self,
        engine: DuckDB,
        catalogue: Catalogue,
        options: Options,
        definitions: Definitions,
        parts: Counter[str],
        note: Callable[[str], None],
    ) -> None:
        self.engine, self.catalogue, self.options = engine, catalogue, options
        self.definitions, self.parts, self.note = definitions, parts, note

    def gather(self, previous: Path | None) -> None:
        """The previous snapshot's rows, but for those that the new files replace; then the new ones."""
        keys = {table: columns for table, columns in layers.keys_of(self.catalogue).items() if table not in DEFINED}
        if previous is not None:
            self.engine.open_beside(previous / snapshots.DATABASE, "previous")
        self._name_items(keys, "previous.canonical" if previous is not None else "canonical")
        if self._are_several("items"):
            self._refuse_others("sources.collisions_within", "several files describe", "another creation")
        if previous is not None:
            self._refuse_if_strange()
            self.note("Carrying over what was known")
            fresh = {table: f"incoming.{name}" for table, name in layers.replacements_of(self.catalogue).items()}
            self.engine.carry_over("known", keys, fresh, layers.since_of(self.catalogue))
            self.engine.let_go("previous")
        for table in keys:
            # Two exports of one import may hold the same row.
            self.engine.append(f"canonical.{table}", f"incoming.{table}", each_once=self._are_several(table))

    def _are_several(self, table: str) -> bool:
        """Whether rows of an incoming table may stand there twice."""
        return self.parts[table] > 1

    def choose(self) -> None:
        """The rows of the streams whose items rules choose from another stream, anew at each import."""
        given = self.definitions.given
        rules = [rule_rows(each) for each in (*given.values(), *self._no_longer_chosen(given)) if each.chosen_from]
        if not rules:
            return
        chosen = {query.stem: query for query in self.catalogue.layer("chosen").values()}
        self.engine.create_scratch(("choosing",))
        self.engine.keep("choosing.rules", pd.concat(rules, ignore_index=True))
        for first in ("members", "carried"):
            self.engine.create(f"choosing.{first}", chosen.pop(first).sql)
        with_items = self.engine.distinct("choosing.members", "stream")
        for each in given.values():
            if each.chosen and each.id not in with_items:
                self.note(f"{each.id}: no item of {each.chosen_from} meets its rules")
        for table, query in chosen.items():
            self.engine.create(f"choosing.{table}", query.sql)
        for table in chosen:
            self.engine.create(f"canonical.{table}", f"from choosing.{table}")

    def _no_longer_chosen(self, given: Mapping[str, Stream]) -> list[Stream]:
        """Streams of the previous snapshot that rules chose and no rule chooses now: their copies are forgotten."""
        fresh = self.engine.distinct("incoming.imports", "stream")
        return [
            each.model_copy(update={"chosen": None})
            for each in self.definitions.known.values()
            if each.chosen and each.id not in fresh and (each.id not in given or not given[each.id].chosen)
        ]

    def _name_items(self, tables: Iterable[str], known: str) -> None:
        """Give items their keys wherever a file, of this import or before, names them by their tool's number."""
        gathered = self.catalogue.source("gathered")
        places = {table: f"{known}.{table}" for table in tables}
        if not self.options.keeps_people:
            self.engine.point("known.named_transitions", places["transitions"])
            places["transitions"] = "known.nameless_transitions"
            self.engine.create_view(places["transitions"], self.catalogue.queries["sources.nameless_transitions"].sql)
        for table, place in places.items():
            self.engine.point(f"known.{table}", place)
        self.engine.create("incoming.names", self.catalogue.queries["sources.names"].sql)
        if not self.engine.count("incoming.names"):
            # Nothing to name; what several files tell of one thing is still put together.
            gathered = {table: query for table, query in gathered.items() if query.header.get("puts_together")}
        for table, query in gathered.items():
            self.engine.point(f"gathering.{table}", f"incoming.{table}")
            self.engine.create(f"incoming.{table}", query.sql)
        for table, query in gathered.items():
            self.engine.point(f"gathering.{table}", places[table])
            self.engine.create_view(f"known.{table}", query.sql)

    def _refuse_if_strange(self) -> None:
        """Refuse files that do not go with what is known: much smaller, or other items by the same keys."""
        for row in self.engine.ask(self.catalogue.queries["sources.shrunk"].sql).itertuples():
            if not self.options.accepts_shrinking:
                raise SourceError(
                    f"{row.file_name}: {row.records:,} records can be used, {row.known_records:,} could the last time. "
                    "Is the export whole? If it is meant, import it with --accept-shrinking."
                )
        self._refuse_others("sources.collisions", "are known already", "another creation")
        for table, (query, how) in COMPARED.items():
            self.engine.point("comparing.fresh", f"incoming.{table}")
            self.engine.point("comparing.known", f"known.{table}")
            self._refuse_others(query, "are known already", how)

    def _refuse_others(self, query: str, where: str, how: str) -> None:
        refuse_others(self.engine, self.catalogue.queries[query].sql, where, how)
