"""Staging and marts on a cluster: canonical tables go to storage that both reach, marts come back into the snapshot.

What is too large for that stays in the storage, and the cluster is asked for it.
"""

from __future__ import annotations

import logging
import shutil
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

import pandas as pd

from dashboard import layers
from dashboard.catalogue import Catalogue, Query
from dashboard.elsewhere import new_folder
from dashboard.engines.duckdb import DuckDB
from dashboard.engines.spark import Spark, host_of, refuse_if_silent
from dashboard.errors import EngineError, ScopeError

LOG = logging.getLogger(__name__)


def refuse_unusable(url: str, storage: Path) -> None:
    """Raises EngineError where nobody answers or nothing can be written, before anything is read: that takes long."""
    refuse_if_silent(url)
    with _made(new_folder(storage)):
        pass


def create_marts(
    catalogue: Catalogue,
    engine: DuckDB,
    url: str,
    folder: Path,
    note: Callable[[str], None],
    left: AbstractSet[str] = frozenset(),
) -> None:
    """The marts from the canonical tables of `engine`, built at `url`; what lay in `folder` for it is removed.

    The marts in `left` stay there, and those that are asked along with them; checks that read them are carried out.
    Raises EngineError where the cluster or the storage can't be used, or rows are missing of what it built.
    """
    with _made(folder, stays=bool(left)), _connected(url, folder) as cluster:
        for query in catalogue.layer("canonical").values():
            engine.export_columns(query.name, tuple(query.columns), Path(cluster.path(query.name)))
            cluster.register(query.name)
        _tell_macros(catalogue, cluster)
        layers.create_marts(catalogue, cluster, note)
        layers.declare_marts(catalogue, engine)
        for query in catalogue.layer("marts").values():
            if query.name not in left:
                _bring_back(query.name, cluster, engine)
        if left:
            _check(catalogue, cluster, engine, left)
            for name in left:
                engine.drop(name)  # an empty table would answer
            for path in folder.iterdir():
                if path.name.removesuffix(".parquet") not in catalogue.layer("marts"):
                    _remove(path)


def _tell_macros(catalogue: Catalogue, cluster: Spark) -> None:
    layers.create_macros(catalogue, cluster)
    for query in catalogue.layer("cluster").values():
        cluster.run(query.sql)


def _bring_back(name: str, cluster: Spark, engine: DuckDB) -> None:
    engine.load(name, sorted(Path(cluster.path(name)).glob("*.parquet")))
    built, came = cluster.count(name), engine.count(name)
    if built != came:
        raise EngineError(f"{name}: the cluster built {built:,} rows, {came:,} lie in the storage. Nothing changed.")


def _check(catalogue: Catalogue, cluster: Spark, engine: DuckDB, left: AbstractSet[str]) -> None:
    """What the checks of the marts in `left` find, as tables of the snapshot."""
    engine.create_schema("checks")
    for query in catalogue.layer("checks").values():
        if layers.marts_read(catalogue, query) & left:
            engine.declare(query.name, query.sql)
            engine.insert(query.name, cluster.ask(query.sql))


@contextmanager
def _made(folder: Path, *, stays: bool = False) -> Iterator[None]:
    """The folder of one build, removed afterwards unless it stays."""
    try:
        folder.mkdir()
    except OSError as error:
        raise EngineError(
            f"{folder.parent}: no folder can be made here ({error.strerror}). The storage is a folder that this "
            "machine and the cluster's workers reach by the same path and may write to."
        ) from None
    try:
        yield
    except BaseException:
        _remove(folder)
        raise
    if not stays:
        _remove(folder)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


@contextmanager
def _connected(url: str, folder: Path) -> Iterator[Spark]:
    cluster = Spark(url, str(folder))
    try:
        yield cluster
    finally:
        cluster.close()


class Questions:
    """The cluster as those ask it who look at a snapshot: the marts that lie in a folder of the storage.

    One session for all threads, opened at the first question, and anew after one that failed.
    """

    def __init__(self, catalogue: Catalogue, url: str, folder: Path, seconds: int | None) -> None:
        self._catalogue, self._url, self._folder, self._seconds = catalogue, url, folder, seconds
        self._session: Spark | None = None
        self._lock = threading.Lock()
        self._known: set[str] = set()
        self._took: dict[str, float] = {}

    def ask(self, query: Query, given: Mapping[str, Any]) -> pd.DataFrame:
        """The rows of a query. Raises ScopeError where the cluster does not answer, or not in time."""
        session = None
        try:
            refuse_if_silent(self._url)
            session = self._opened(layers.marts_read(self._catalogue, query))
            began = time.monotonic()
            rows = session.ask(query.sql, given, seconds=self._seconds)
            self._took[query.name] = time.monotonic() - began
            return rows
        except EngineError as error:
            LOG.warning("%s: %s", query.name, error)
            self._forget(session)
            raise ScopeError(
                f"{query.title}: the cluster that holds the single visits did not answer. The log of the server tells "
                "why. All else is answered from this machine."
            ) from error

    @property
    def host(self) -> str:
        """The cluster's name, for those who wait for it."""
        return host_of(self._url)

    def seconds(self, name: str | None = None) -> float | None:
        """How long a query took the last time, or half of those that were asked so far; None where none was."""
        took = [*self._took.values()] if name is None else [self._took[name]] if name in self._took else []
        return median(took) if took else None

    def _opened(self, tables: AbstractSet[str]) -> Spark:
        """The session, which knows these tables."""
        with self._lock:
            if self._session is None:
                session = Spark(self._url, str(self._folder), is_asked=True)
                _tell_macros(self._catalogue, session)
                layers.create_macros(self._catalogue, session, over_marts=True)
                self._session, self._known = session, set()
            for table in tables - self._known:
                self._session.register(table)
                self._known.add(table)
            return self._session

    def _forget(self, session: Spark | None) -> None:
        with self._lock:
            if self._session is not None and self._session in (session, None):
                self._session = None

    def close(self) -> None:
        """End the session."""
        with self._lock:
            if self._session is not None:
                self._session.close()
                self._session = None
