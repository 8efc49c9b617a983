"""Carry out the layers of queries/ in the order of what they read."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet

from dashboard.catalogue import Catalogue, Query
from dashboard.engines import DeclaringEngine, Engine
from dashboard.errors import CatalogueError

BUILT = ("staging", "marts")
RULING = ("macros", "canonical", *BUILT, "checks", "afresh")
MACRO, MART = re.compile(r"macros\.\w+"), re.compile(r"\bmarts\.\w+")
COMMENT = re.compile(r"--.*")


def in_order(queries: Iterable[Query], engine: Engine) -> list[Query]:
    """The queries, each after those of them that it reads. Raises CatalogueError for a circle."""
    waiting = {query.name: query for query in queries}
    return _sorted(waiting, {name: engine.relations(query.sql) & waiting.keys() for name, query in waiting.items()})


def _sorted(waiting: dict[str, Query], needed: Mapping[str, AbstractSet[str]]) -> list[Query]:
    needs = {name: needed[name] - {name} for name in waiting}
    ordered: list[Query] = []
    while waiting:
        ready = [name for name in waiting if not needs[name] & waiting.keys()]
        if not ready:
            raise CatalogueError(f"These queries read each other in a circle: {', '.join(sorted(waiting))}.")
        ordered += [waiting.pop(name) for name in ready]
    return ordered


def create_macros(catalogue: Catalogue, engine: Engine, *, over_marts: bool = False) -> None:
    """Every macro, after those that it calls: first those over values, and over the marts once there are any."""
    macros = catalogue.layer("macros")
    calls = {name: set(MACRO.findall(query.sql)) & macros.keys() for name, query in macros.items()}
    ordered = _sorted(dict(macros), calls)
    reading: set[str] = set()
    for query in ordered:
        if MART.search(query.sql) or calls[query.name] & reading:
            reading.add(query.name)
        if (query.name in reading) == over_marts:
            engine.run(query.sql)


def marts_read(catalogue: Catalogue, query: Query) -> frozenset[str]:
    """The marts that a query reads, itself and by the macros that it calls."""
    found: set[str] = set()
    texts, known = [query.sql], {query.name}
    while texts:
        text = COMMENT.sub("", texts.pop())
        found.update(MART.findall(text))
        called = set(MACRO.findall(text)) - known
        known |= called
        texts += [catalogue.queries[name].sql for name in called]
    return frozenset(found)


def create_canonical(catalogue: Catalogue, engine: Engine) -> None:
    """The canonical tables, empty."""
    for query in catalogue.layer("canonical").values():
        engine.run(query.sql)


def create_marts(
    catalogue: Catalogue,
    engine: Engine,
    note: Callable[[str], None] = lambda _: None,
    *,
    keeps_staging: bool = False,
) -> None:
    """Staging and marts from the canonical tables; `note` is told each title before its work."""
    _carry_out(catalogue, engine, engine.create, note, keeps_staging)
    create_macros(catalogue, engine, over_marts=True)


def declare_marts(catalogue: Catalogue, engine: DeclaringEngine) -> None:
    """The marts with their columns, and no rows."""
    _carry_out(catalogue, engine, engine.declare)
    create_macros(catalogue, engine, over_marts=True)


def _carry_out(
    catalogue: Catalogue,
    engine: Engine,
    create: Callable[[str, str], None],
    note: Callable[[str], None] = lambda _: None,
    keeps_staging: bool = False,
) -> None:
    queries = in_order((query for layer in BUILT for query in catalogue.layer(layer).values()), engine)
    reads = {query.name: engine.relations(query.sql) for query in queries}
    last_read = {name: query.name for query in queries for name in reads[query.name]}
    for query in queries:
        note(query.title)
        create(query.name, query.sql)
        # What stands between is let go with its last reader: a large build needs the memory.
        for name in reads[query.name]:
            if name.startswith("staging.") and last_read[name] == query.name and not keeps_staging:
                engine.drop(name)


def rules(catalogue: Catalogue) -> str:
    """A digest of what the tables of a snapshot are worked out by: it differs as soon as a rule does."""
    texts = (f"{query.name}\n{query.sql}\n" for layer in RULING for query in catalogue.layer(layer).values())
    return hashlib.sha256("".join(texts).encode()).hexdigest()


def keys_of(catalogue: Catalogue) -> Mapping[str, tuple[str, ...]]:
    """Canonical table → the columns by which a newer import replaces its rows."""
    return {query.stem: tuple(query.header["replaced_by"]) for query in catalogue.layer("canonical").values()}


def since_of(catalogue: Catalogue) -> Mapping[str, str]:
    """Canonical table → its time before the first of which in the newer rows the known ones stay."""
    queries = catalogue.layer("canonical").values()
    return {query.stem: str(query.header["replaced_since"]) for query in queries if "replaced_since" in query.header}


def replacements_of(catalogue: Catalogue) -> Mapping[str, str]:
    """Canonical table → the incoming table whose keys replace its rows: itself, unless its header says otherwise."""
    return {
        query.stem: str(query.header.get("replaced_with", query.stem))
        for query in catalogue.layer("canonical").values()
    }
