"""Answers that are kept: as many as fit, each worked out once however many ask for it at a time."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, nullcontext

import pandas as pd

from dashboard.errors import note

ENTRIES, BYTES = 1_000, 200_000_000
HEAVY_SECONDS = 0.5


class Answers:
    """A bounded memory of tables by key; the one not asked for the longest goes first.

    A question that took long before waits for others of its kind: one of them at a time, so that the light ones, of
    which a page has many, find a free core. `worked_out` counts the answers that were not known.
    """

    def __init__(self, entries: int = ENTRIES, size: int = BYTES) -> None:
        self._entries, self._size = entries, size
        self._kept: OrderedDict[Hashable, tuple[pd.DataFrame, int]] = OrderedDict()
        self._held = 0
        self.worked_out = 0
        self._coming: dict[Hashable, Future[pd.DataFrame]] = {}
        self._took: OrderedDict[Hashable, float] = OrderedDict()
        self._lock = threading.Lock()
        self._lane = threading.Lock()

    def of(
        self, key: Hashable, kind: Hashable, work_out: Callable[[], pd.DataFrame], *, is_ours: bool = True
    ) -> pd.DataFrame:
        """The table of a key, a copy that is the caller's own; `kind` says which questions take about as long.

        What another machine works out is not ours, and waits for none of its kind.
        """
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key][0].copy()
            coming = self._coming.get(key)
            mine: Future[pd.DataFrame] = Future()
            if coming is None:
                self._coming[key] = mine
        if coming is not None:
            try:
                return coming.result().copy()
            except Exception as error:  # whatever it was, it is raised again
                note(error)
                raise
        try:
            with self._in_its_lane(kind) if is_ours else nullcontext():
                answer = work_out()
            with self._lock:
                self.worked_out += 1
                self._keep(key, answer)
        except BaseException as error:
            mine.set_exception(error)
            raise
        finally:
            with self._lock:
                del self._coming[key]
        mine.set_result(answer)
        return answer.copy()

    def forget(self, is_old: Callable[[Hashable], bool]) -> None:
        """Let go of the answers whose keys are old."""
        with self._lock:
            for key in [each for each in self._kept if is_old(each)]:
                self._held -= self._kept.pop(key)[1]

    @property
    def held_bytes(self) -> int:
        """How much the kept answers hold."""
        return self._held

    def _keep(self, key: Hashable, answer: pd.DataFrame) -> None:
        size = sum(column.memory_usage(index=False, deep=True) for _, column in answer.items())
        if size > self._size // 4:
            return
        self._kept[key] = answer, size
        self._held += size
        while self._held > self._size or len(self._kept) > self._entries:
            self._held -= self._kept.popitem(last=False)[1][1]

    @contextmanager
    def _in_its_lane(self, kind: Hashable) -> Iterator[None]:
        is_heavy = self._took.get(kind, 0.0) > HEAVY_SECONDS
        if is_heavy:
            self._lane.acquire()
        began = time.perf_counter()
        try:
            yield
        finally:
            if is_heavy:
                self._lane.release()
            self._remember(kind, time.perf_counter() - began)

    def _remember(self, kind: Hashable, seconds: float) -> None:
        with self._lock:
            self._took[kind] = seconds
            self._took.move_to_end(kind)
            while len(self._took) > self._entries:
                self._took.popitem(last=False)
