"""The pages as they open, drawn once before anybody asks: of large streams that takes seconds, of others none."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from itertools import product

from dashboard.errors import DashboardError
from dashboard.warehouse import Warehouse

LARGE = 100_000
LOG = logging.getLogger(__name__)


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
