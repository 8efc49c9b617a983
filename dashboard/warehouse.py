"""The newest snapshot, open for questions: `ask(name, scope)` → table."""

from __future__ import annotations

import atexit
import datetime as dt
import logging
import shutil
import threading
from collections.abc import Callable, Mapping
from functools import cache, partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from dashboard import elsewhere, layers, shared_folders, sight, snapshots
from dashboard.answers import Answers
from dashboard.catalogue import Catalogue, Metric, Query
from dashboard.elsewhere import Elsewhere
from dashboard.engines.duckdb import DuckDB
from dashboard.errors import AccessError, ScopeError, SettingsError, SnapshotError, UnreachedError
from dashboard.scope import Scope

if TYPE_CHECKING:
    from dashboard.cluster import Questions

KEPT = frozenset(("marts.streams", "marts.stages"))
# Every byte of a snapshot is compared before it answers: of one up to this size at once, of a larger one aside, while
# the one before goes on answering.
AT_ONCE_BYTES = 64 << 20
CLIENT = ("pyspark", "sqlglot")
UNREACHED = (
    "the single visits lie on a cluster, and this server can't ask it. It needs VSM_ENGINE, the cluster's address, and "
    "pip install 'value-stream-dashboard[cluster]'."
)
UNREADABLE = "A newer snapshot can't be opened; the log of the server tells why. Shown is the one before."
LOG = logging.getLogger(__name__)


class _Opened(NamedTuple):
    """A snapshot that answers: its folder, the connection, what is wrong, what the pointer said, which checks were
    carried out when it was made; and the tables that lie elsewhere, with the cluster that is asked for them."""

    folder: Path
    engine: DuckDB
    fault: str | None
    pointed: str
    checked: frozenset[str]
    left: frozenset[str]
    cluster: Questions | None


class Warehouse:
    """A snapshot, read-only. A new one is picked up at the next question, a large one once it was compared aside.

    `fault` says what is wrong with it, such as that the newest one is damaged; None where all is well.
    """

    def __init__(
        self,
        root: Path,
        catalogue: Catalogue,
        *,
        memory: str = "4GB",
        threads: int = 2,
        seconds: int | None = None,
        cluster: str = "",
    ) -> None:
        """`cluster`: the address of the one that holds what of a snapshot lies elsewhere."""
        self.root = root
        self.catalogue = catalogue
        self._limits: Mapping[str, Any] = {"memory": memory, "threads": threads, "seconds": seconds}
        self._cluster = cluster
        self._opened: _Opened | None = None
        self._is_opening = False
        self.answers = Answers()
        self._lock = threading.Lock()
        self.when_new: list[Callable[[], None]] = []

    @property
    def snapshot(self) -> Path:
        """The folder of the snapshot that answers now."""
        return self._current().folder

    @property
    def fault(self) -> str | None:
        """What is wrong with the snapshot that was asked last."""
        opened = self._opened
        return opened.fault if opened else None

    def ask(self, name: str, scope: Scope | None = None, **more: Any) -> pd.DataFrame:
        """The table of one query, with exactly the parameters that it names.

        They come from the scope and from `more`. Raises ScopeError where one is missing. Answers are kept: several
        charts of a page ask the same, and so do several people.
        Raises AccessError for what tells of teams that the one who asks may not see.
        """
        query = self.catalogue.queries[name]
        folder, engine, _, _, checked, *_ = opened = self._current()
        # What the checks find was written down by the import, but for what was too large for it.
        sql = f"from {name}" if name in checked else query.sql
        named = engine.parameters(sql)
        offered = sight.narrowed(query, named, {**(scope.parameters() if scope else {}), **more})
        if not named <= offered.keys():
            raise ScopeError(f"{name} needs {', '.join(sorted(named - offered.keys()))}.")
        given = {key: offered[key] for key in named}
        key = (folder, name, tuple(sorted((each, repr(value)) for each, value in given.items())))
        # With a team, or fewer days, the same question is another matter.
        kind = (folder, name, *(repr(given.get(part)) for part in ("stream", "teams", "types", "since", "until")))
        if name in checked or not self._is_elsewhere(opened, query):
            return self.answers.of(key, kind, lambda: self._answer(engine, sql, given))
        if opened.cluster is None:
            raise UnreachedError(f"{query.title}: {UNREACHED}")
        return self.answers.of(key, kind, partial(opened.cluster.ask, query, given), is_ours=False)

    def _is_elsewhere(self, opened: _Opened, query: Query) -> bool:
        return bool(opened.left) and not opened.left.isdisjoint(layers.marts_read(self.catalogue, query))

    def asks_a_cluster(self, name: str) -> bool:
        """Whether a query is answered by a cluster, which takes seconds."""
        return self._is_elsewhere(self._current(), self.catalogue.queries[name])

    @property
    def cluster(self) -> Questions | None:
        """The cluster that is asked for what lies elsewhere; None where nothing does, or none can be asked."""
        return self._current().cluster

    def parameters(self, name: str) -> frozenset[str]:
        """The parameters that a query names."""
        return self._current().engine.parameters(self.catalogue.queries[name].sql)

    def measure(self, metric: Metric, scope: Scope) -> pd.DataFrame:
        """period_start, value, items of one metric."""
        return self.ask(metric.query.name, scope)

    def headline(self, metric: Metric, scope: Scope) -> Mapping[str, Any]:
        """The metric over the whole scope: `value` (None where there is no data) and `items`."""
        row = self.measure(metric, scope.over_all()).iloc[0]
        return {"value": None if pd.isna(row["value"]) else float(row["value"]), "items": int(row["items"])}

    def table(self, name: str) -> pd.DataFrame:
        """A whole mart or canonical table, such as `marts.streams`. The two that every page asks for are kept."""
        folder, engine, *_ = self._current()
        if name not in KEPT:
            if sight.seen() is not None:
                raise AccessError(f"This is open to those who see all teams; you see {sight.in_words()}.")
            return engine.table(name)
        return self.answers.of((folder, name), name, lambda: engine.table(name))

    def streams(self) -> pd.DataFrame:
        """The value streams, the one imported last first."""
        return self.table("marts.streams").sort_values(["last_import", "stream"], ascending=[False, True])

    def stages(self, stream: str) -> pd.DataFrame:
        """The stages of a stream in the order of the reference path."""
        stages = self.table("marts.stages")
        return stages[stages["stream"] == stream]

    def problems(self) -> pd.DataFrame:
        """check, severity, stream, subject, detail: one row per problem that the checks find, in that order."""
        found = [
            self.ask(query.name).assign(check=query.stem, severity=query.header["severity"])
            for query in self.catalogue.layer("checks").values()
        ]
        columns = ["check", "severity", "stream", "subject", "detail"]
        whole = pd.concat([each for each in found if len(each)] or found[:1], ignore_index=True)[columns]
        return whole.sort_values(["check", "stream", "subject", "detail"], ignore_index=True)

    def default_scope(self, stream: str | None = None) -> Scope:
        """All that may be seen of a stream, else of the one imported last. Raises ScopeError for an unknown stream."""
        streams = self.streams()
        if stream is not None:
            known = ", ".join(sorted(streams["stream"]))
            streams = streams[streams["stream"] == stream]
            if streams.empty:
                raise ScopeError(f"There is no value stream {stream!r}. There are: {known}.")
        row = streams.iloc[0]
        since = pd.Timestamp(row["first_event_on"]).date()
        until = pd.Timestamp(row["last_event_on"]).date() + dt.timedelta(days=1)
        period = _period_for((until - since).days)
        return Scope(str(row["stream"]), since, until, period=period, teams=sight.among(None))

    def _current(self) -> _Opened:
        """The newest snapshot and the connection to it: an answer is kept under the snapshot that gave it."""
        with self._lock:
            pointed = snapshots.pointed(self.root)
            if self._opened is None:
                self._opened = self._open(pointed)
            elif self._opened.pointed != pointed and not self._is_opening:
                if self._is_small():
                    self._switch(self._open(pointed))
                else:
                    self._is_opening = True
                    aside = partial(self._open_aside, self._opened, pointed)
                    threading.Thread(target=aside, name="open").start()  # at the end it is waited for, as `warm` is
            return self._opened

    def _is_small(self) -> bool:
        """Whether the newest snapshot, and the one before should it be damaged, are compared while somebody waits."""
        try:
            folders = (snapshots.current(self.root), *([self._opened.folder] if self._opened else []))
            return all((folder / snapshots.DATABASE).stat().st_size <= AT_ONCE_BYTES for folder in folders)
        except (SnapshotError, OSError):
            return False

    def _open_aside(self, old: _Opened, pointed: str) -> None:
        """Open the newest snapshot and let it answer from then on; else the old one goes on, with a fault."""
        try:
            opened = self._open(pointed)
        except Exception as error:  # nobody waits for it: what is not told here is told to nobody
            LOG.exception("a new snapshot could not be opened")
            told = str(error).replace(f"{self.root}/", "") if isinstance(error, SnapshotError) else UNREADABLE
            opened = old._replace(fault=told, pointed=pointed)
        with self._lock:
            self._is_opening = False
            if self._opened is old:
                self._switch(opened)
            elif opened.engine is not old.engine:  # another one answers by now
                opened.engine.close()

    def _switch(self, opened: _Opened) -> None:
        # The old connection is left to its readers; it goes when the last one lets it go.
        is_another = self._opened is None or opened.engine is not self._opened.engine
        if is_another and self._opened and self._opened.cluster:
            self._opened.cluster.close()
        self._opened = opened
        self.answers.forget(lambda key: isinstance(key, tuple) and key[0] != opened.folder)
        for notified in self.when_new if is_another else ():
            notified()

    def _open(self, pointed: str) -> _Opened:
        """The newest snapshot that is whole; its fault says why it is not the newest of all."""
        folder, fault = snapshots.sound(self.root)
        if fault is None and snapshots.rules_of(folder) != layers.rules(self.catalogue):
            fault = "They were worked out by another version of the program. Run: vsm upgrade"
        engine = DuckDB(folder / snapshots.DATABASE, read_only=True, spills_to=_spills(), **self._limits)
        checked = frozenset(f"checks.{name}" for name in engine.tables("checks"))
        lies = elsewhere.of(folder)
        left = lies.tables if lies else frozenset()
        return _Opened(folder, engine, fault, pointed, checked, left, self._asked(lies) if lies else None)

    def _asked(self, lies: Elsewhere) -> Questions | None:
        """The cluster that is asked for what lies elsewhere; None where its address or its client are missing."""
        if not self._cluster or not all(map(find_spec, CLIENT)):
            return None
        from dashboard.cluster import Questions  # its client is slow to load: only where it is needed

        try:
            return Questions(self.catalogue, self._cluster, lies.folder, self._limits["seconds"])
        except SettingsError as error:
            LOG.error("VSM_ENGINE: %s", error)
            return None

    def _answer(self, engine: DuckDB, sql: str, given: Mapping[str, Any]) -> pd.DataFrame:
        """The rows of a query; a snapshot that was damaged meanwhile is left for one that is whole, and asked anew."""
        try:
            return engine.ask(sql, given)
        except Exception as error:  # the engine tells which of its errors mean a lost file; others are raised
            if not engine.is_lost(error):
                raise
        with self._lock:
            if self._opened and self._opened.engine is engine:
                self._opened = None
                engine.close()
        return self._current().engine.ask(sql, given)


@cache
def _spills() -> Path:
    """Where this process puts what does not fit into memory: not beside the snapshots, which it only reads."""
    folder, _ = shared_folders.new("vsm-spills-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _period_for(days: int) -> str:
    """A length of period that gives a chart some ten to sixty points."""
    return "week" if days <= 300 else "month" if days <= 1_500 else "quarter"
