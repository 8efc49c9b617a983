"""Marts are worked out afresh for the value streams that an import changed; those of the others are carried over.

What comes out are the rows that working out all of them gives.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from pathlib import Path

import pandas as pd

from dashboard import elsewhere, layers, snapshots
from dashboard.catalogue import Catalogue
from dashboard.engines.duckdb import DuckDB

PART = ("canonical", "marts", "checks")
BEFORE, SCRATCH = "previous", "scratch"
# What changed is written twice, in memory and in its place: beyond half of all it is quicker to begin anew.
MOST = 0.5
MAIN = ("canonical.items", "canonical.transitions", "canonical.changes")


def create_marts(
    catalogue: Catalogue, engine: DuckDB, previous: Path | None, note: Callable[[str], None] = lambda _: None
) -> None:
    """Staging and marts; where some are carried over from the snapshot before, the checks of their streams too."""
    if previous is None or elsewhere.of(previous) or snapshots.rules_of(previous) != layers.rules(catalogue):
        layers.create_marts(catalogue, engine, note)
        return
    engine.open_beside(previous / snapshots.DATABASE, BEFORE)
    engine.create_scratch(("compared",))
    note("Looking for what has changed")
    of_stream = _places(catalogue, engine)
    if SCRATCH in of_stream.values():
        _create_part(catalogue, engine, {stream for stream, place in of_stream.items() if place == SCRATCH}, note)
        note("Carrying over what has not changed")
        _put_together(catalogue, engine, of_stream)
        for schema in PART:
            engine.drop_schema(schema)
    else:  # most of it changed; or nothing, and still a build is asked for
        layers.create_marts(catalogue, engine, note)
    engine.drop_schema("compared")
    engine.let_go(BEFORE)


def _places(catalogue: Catalogue, engine: DuckDB) -> dict[str, str]:
    """Where the rows of each stream come from, in the order of the streams: SCRATCH where a canonical row is another
    one than before, and with it those that are worked out together. Empty where most of it changed.
    """
    streams: set[str] = set()
    changed: set[str] = set()
    rows: Counter[str] = Counter()
    for name in catalogue.layer("canonical"):
        now, before = (engine.digests(f"{place}.{name}", "stream") for place in (engine.own_name(), BEFORE))
        if name in MAIN:
            rows.update({stream: count for stream, (count, _) in now.items()})
        streams |= now.keys()
        changed |= {stream for stream in now.keys() | before.keys() if now.get(stream) != before.get(stream)}
    pairs = [pair for place in (engine.own_name(), BEFORE) for pair in _together(catalogue, engine, place)]
    reached = _reached(changed, pairs)
    if sum(rows[stream] for stream in reached) > MOST * rows.total():
        return {}
    return {stream: SCRATCH if stream in reached else BEFORE for stream in sorted(streams)}


def _together(catalogue: Catalogue, engine: DuckDB, place: str) -> list[tuple[str, str]]:
    """Pairs of streams that are worked out together."""
    query = catalogue.queries["afresh.together"]
    for table in engine.relations(query.sql):
        engine.point(table, f"{place}.canonical.{table.partition('.')[2]}")
    found = engine.ask(query.sql)
    return list(zip(found["stream"], found["other_stream"], strict=True))


def _reached(begin: AbstractSet[str], pairs: Iterable[tuple[str, str]]) -> set[str]:
    """Who is bound to those in `begin`, by way of others too."""
    reached, waiting = set(begin), list(pairs)
    while touching := [pair for pair in waiting if reached & set(pair)]:
        reached.update(*touching)
        waiting = [pair for pair in waiting if not reached >= set(pair)]
    return reached


def _create_part(catalogue: Catalogue, engine: DuckDB, changed: AbstractSet[str], note: Callable[[str], None]) -> None:
    """Marts and checks of the streams that changed, in memory: no query sees a row of another stream meanwhile."""
    engine.create_schema("checks")
    engine.create_scratch(PART)
    engine.keep("compared.changed", pd.DataFrame({"stream": sorted(changed)}, dtype="string"))
    for name in catalogue.layer("canonical"):
        engine.narrow(name, f"{engine.own_name()}.{name}", by="stream", among="compared.changed")
    layers.create_marts(catalogue, engine, note)
    note("Checking that it adds up")
    for query in catalogue.layer("checks").values():
        if not query.header.get("is_across_streams"):  # what looks into several is carried out over all, later
            engine.create_if_it_fits(query.name, query.sql)


def _put_together(catalogue: Catalogue, engine: DuckDB, of_stream: Mapping[str, str]) -> None:
    """Each table from the rows of before and those worked out just now."""
    moved = _moved(engine, of_stream)
    for place in (BEFORE, SCRATCH):
        mine = [(stream, moved.get(stream, 0)) for stream, where in of_stream.items() if where == place]
        engine.keep(f"compared.{place}", pd.DataFrame(mine, columns=["stream", "moved"]).astype({"stream": "string"}))
    known = set(engine.tables("checks", BEFORE))
    checks = [f"checks.{name}" for name in engine.tables("checks", SCRATCH) if name in known]
    for name in (*catalogue.layer("marts"), *checks):
        engine.create_empty(f"{engine.own_name()}.{name}", like=f"{SCRATCH}.{name}")
        for place in (BEFORE, SCRATCH):
            engine.bring(name, place, among=f"compared.{place}", number="item_no")


def _moved(engine: DuckDB, of_stream: Mapping[str, str]) -> dict[str, int]:
    """By how much the numbers of each stream's items move: they count all items, in the order of the streams."""
    ranges = {place: engine.ranges(f"{place}.marts.items", "item_no", "stream") for place in (SCRATCH, BEFORE)}
    moved, following = {}, 1
    for stream, place in of_stream.items():
        if stream in ranges[place]:
            least, count = ranges[place][stream]
            moved[stream] = following - least
            following += count
    return moved
