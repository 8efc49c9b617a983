"""What is done before anybody asks: a new snapshot is looked for, and the pages of large streams are drawn once."""

from __future__ import annotations

import logging
import threading
import time
import weakref
from collections.abc import Callable, Sequence
from itertools import product

from dashboard.errors import DashboardError
from dashboard.warehouse import Warehouse

LARGE = 100_000
LOOKS_EVERY_SECONDS = 1
LOG = logging.getLogger(__name__)


def keep_current(warehouse: Warehouse) -> None:
    """Look for a new snapshot every second, as long as the warehouse is used: whoever comes in the morning gets it."""
    known = weakref.ref(warehouse)

    def look() -> None:
        while threading.main_thread().is_alive() and (still := known()):
            try:
                _ = still.snapshot
            except Exception:
                LOG.debug("the newest snapshot can't be opened", exc_info=True)  # whoever asks is told
            del still
            time.sleep(LOOKS_EVERY_SECONDS)

    threading.Thread(target=look, name="look").start()  # at the end it is waited for: it may be within the engine


def keep_warm(warehouse: Warehouse, draws: Sequence[Callable[[str], object]]) -> None:
    """Draw the large streams in the background, now and with each new snapshot; `draws` take a stream's id each."""

    def warm() -> None:
        try:
            streams = warehouse.streams()
        except DashboardError:
            return  # whoever asks is told
        for stream, draw in product(streams.loc[streams["items_count"] >= LARGE, "stream"], draws):
            if not threading.main_thread().is_alive():
                return  # the process ends, and waits for this thread: one that dies in the engine takes it down
            try:
                draw(str(stream))
            except Exception:
                # Whatever fails, the other pages shall be ready; whoever opens this one is told.
                LOG.exception("A page of the stream %s could not be drawn beforehand", stream)

    def begin() -> None:
        threading.Thread(target=warm, name="warm").start()

    warehouse.when_new.append(begin)
    begin()
