"""Carry out the layers of queries/ in the order of what they read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from dashboard.catalogue import Catalogue, Query
from dashboard.engines import Engine
from dashboard.errors import CatalogueError

BUILT = ("staging", "marts")


def in_order(queries: Iterable[Query], engine: Engine) -> list[Query]:
    """The queries, each after those of them that it reads. Raises CatalogueError for a circle."""
    waiting = {query.name: query for query in queries}
    needs = {name: engine.relations(query.sql) & waiting.keys() - {name} for name, query in waiting.items()}
    ordered: list[Query] = []
    while waiting:
        ready = [name for name in waiting if not needs[name] & waiting.keys()]
        if not ready:
            raise CatalogueError(f"These queries read each other in a circle: {', '.join(sorted(waiting))}.")
        ordered += [waiting.pop(name) for name in ready]
    return ordered


def create_macros(catalogue: Catalogue, engine: Engine) -> None:
    """Every macro; one that reads tables is bound when it is used."""
    for query in catalogue.layer("macros").values():
        engine.run(query.sql)


def create_canonical(catalogue: Catalogue, engine: Engine) -> None:
    """The canonical tables, empty."""
    for query in catalogue.layer("canonical").values():
        engine.run(query.sql)


def create_marts(catalogue: Catalogue, engine: Engine, note: Callable[[str], None] = lambda _: None) -> None:
    """Staging and marts from the canonical tables; `note` is told each title before its work."""
    queries = [query for layer in BUILT for query in catalogue.layer(layer).values()]
    for query in in_order(queries, engine):
        note(query.title)
        engine.create(query.name, query.sql)


def keys_of(catalogue: Catalogue) -> Mapping[str, tuple[str, ...]]:
    """Canonical table → the columns by which a newer import replaces its rows."""
    return {query.stem: tuple(query.header["replaced_by"]) for query in catalogue.layer("canonical").values()}


def replacements_of(catalogue: Catalogue) -> Mapping[str, str]:
    """Canonical table → the incoming table whose keys replace its rows: itself, unless its header says otherwise."""
    return {
        query.stem: str(query.header.get("replaced_with", query.stem))
        for query in catalogue.layer("canonical").values()
    }
