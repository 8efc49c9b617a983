"""Staging and marts on a cluster: canonical tables go to storage that both reach, marts come back into the snapshot.

What is too large for that stays in the storage, and the cluster is asked for it.
"""

from __future__ import annotations

import logging
import math
import secrets
import shutil
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import pandas as pd

from dashboard import layers
from dashboard.catalogue import Catalogue, Query
from dashboard.elsewhere import new_folder, own
from dashboard.engines.duckdb import DuckDB
from dashboard.engines.spark import PATIENCE_SECONDS, Spark, host_of, refuse_if_silent
from dashboard.errors import EngineError, UnreachedError

LOG = logging.getLogger(__name__)
SECONDS = 600  # where nothing else is said


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
    owner: Path | None = None,
) -> None:
    """The marts from the canonical tables of `engine`, built at `url`; what lay in `folder` for it is removed.

    The marts in `left` stay there, and those that are asked along with them, for the snapshots of the folder `owner`;
    checks that read them are carried out.
    Raises EngineError where the cluster or the storage can't be used, or rows are missing of what it built.
    """
    with _made(folder, stays=bool(left)), _connected(url, folder) as cluster:
        if owner:
            own(folder, owner)
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
            for path in folder.glob("*.parquet"):
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


class _Session:
    """A session of the cluster: the tables it knows, and how many ask it now."""

    def __init__(self, spark: Spark) -> None:
        self.spark = spark
        self.known: set[str] = set()
        self.asking = 0
        self.is_over = False


@dataclass
class _Call:
    """One question on its way: its tag, the session that is asked, and whether nobody waits any more."""

    tag: str
    session: _Session | None = None
    is_over: bool = False


class Questions:
    """The cluster as those ask it who look at a snapshot: the marts that lie in a folder of the storage.

    One session for all, opened at the first question, and anew where one failed. A cluster may hang at any word: it is
    talked to by threads of their own, for which nobody waits longer than `seconds`.
    """

    def __init__(self, catalogue: Catalogue, url: str, folder: Path, seconds: int | None) -> None:
        """Raises SettingsError for what is no address. `host` is the cluster's name, for those who wait for it."""
        self.host = host_of(url)
        self._catalogue, self._url, self._folder, self._seconds = catalogue, url, folder, seconds or SECONDS
        self._session: _Session | None = None
        self._is_over = False
        self._lock = threading.Lock()  # of what is known here
        self._opening = threading.Lock()  # held while the cluster is told of tables
        self._silent_since = -math.inf
        self._took: dict[str, float] = {}

    def ask(self, query: Query, given: Mapping[str, Any]) -> pd.DataFrame:
        """The rows of a query. Raises UnreachedError where the cluster does not answer, or not in time."""
        try:
            self._refuse_if_silent()
            return self._in_time(query, given)
        except EngineError as error:
            LOG.warning("%s: %s", query.name, error)
            raise UnreachedError(
                f"{query.title}: the cluster that holds the single visits did not answer. The log of the server tells "
                "why. All else is answered from this machine."
            ) from error

    def seconds(self, name: str | None = None) -> float | None:
        """How long a query took the last time, or half of those that were asked so far; None where none was."""
        took = [*self._took.values()] if name is None else [self._took[name]] if name in self._took else []
        return median(took) if took else None

    def close(self) -> None:
        """End the session once those who wait for an answer have it; nobody waits for that."""
        self._is_over = True
        if session := self._session:
            self._forget(session)

    def _refuse_if_silent(self) -> None:
        """Raises EngineError where nobody answers; for a while the next ones do not even try: a page asks much."""
        if time.monotonic() - self._silent_since < PATIENCE_SECONDS:
            raise EngineError(f"{self.host}: no cluster answered a moment ago.")
        try:
            refuse_if_silent(self._url)
        except EngineError:
            self._silent_since = time.monotonic()
            raise

    def _in_time(self, query: Query, given: Mapping[str, Any]) -> pd.DataFrame:
        answer: Future[pd.DataFrame] = Future()
        call = _Call(f"vsm-{secrets.token_hex(8)}")

        def run() -> None:
            try:
                answer.set_result(self._answer(query, given, call))
            except BaseException as error:  # raised where the answer is waited for
                answer.set_exception(error)

        began = time.monotonic()
        _aside(run)
        try:
            rows = answer.result(self._seconds)
        except TimeoutError:
            call.is_over = True
            if session := call.session:
                _aside(partial(session.spark.interrupt, call.tag))
            raise EngineError(f"{self.host}: a question took longer than {self._seconds} s.") from None
        self._took[query.name] = time.monotonic() - began
        return rows

    def _answer(self, query: Query, given: Mapping[str, Any], call: _Call) -> pd.DataFrame:
        """The rows of a query, by a second session where the first fails: the cluster may have ended it meanwhile."""
        tables = layers.marts_read(self._catalogue, query)
        for is_last in (False, True):
            call.session = session = self._opened(tables)
            try:
                return session.spark.ask(query.sql, given, tag=call.tag)
            except EngineError:
                self._forget(session)
                if is_last or call.is_over:
                    raise
            finally:
                self._leave(session)
        raise AssertionError("The second time it is raised.")

    def _opened(self, tables: AbstractSet[str]) -> _Session:
        """A session that knows these tables; whoever has it leaves it."""
        if not self._opening.acquire(timeout=self._seconds):
            raise EngineError(f"{self.host}: still waits for an answer to another question.")
        try:
            if session := self._session:
                try:
                    return self._told(session, tables)
                except EngineError:
                    self._forget(session)
            return self._told(self._new(), tables)
        finally:
            self._opening.release()

    def _new(self) -> _Session:
        spark = Spark(self._url, str(self._folder), is_asked=True)
        _tell_macros(self._catalogue, spark)
        layers.create_macros(self._catalogue, spark, over_marts=True)
        return _Session(spark)

    def _told(self, session: _Session, tables: AbstractSet[str]) -> _Session:
        for table in tables - session.known:
            session.spark.register(table)
            session.known.add(table)
        with self._lock:
            session.asking += 1
            session.is_over = session.is_over or self._is_over
            if not session.is_over:
                self._session = session
        return session

    def _leave(self, session: _Session) -> None:
        with self._lock:
            session.asking -= 1
            is_done = session.is_over and not session.asking
        if is_done:
            _aside(session.spark.close)

    def _forget(self, session: _Session) -> None:
        with self._lock:
            if self._session is session:
                self._session = None
            is_done = not session.is_over and not session.asking
            session.is_over = True
        if is_done:
            _aside(session.spark.close)


def _aside(work: Callable[[], object]) -> None:
    threading.Thread(target=work, daemon=True).start()
