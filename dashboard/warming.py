"""The pages as they open, drawn once before anybody asks: of large streams that takes seconds, of others none."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from dashboard.warehouse import Warehouse

LARGE = 100_000
LOG = logging.getLogger(__name__)


def keep_warm(warehouse: Warehouse, draw: Callable[[str], None]) -> None:
    """Draw the large streams in the background, now and with each new snapshot; `draw` takes a stream's id."""

    def warm() -> None:
        streams = warehouse.streams()
        for stream in streams.loc[streams["items_count"] >= LARGE, "stream"]:
            try:
                draw(str(stream))
            except Exception:
                # Whoever opens the page is told; here it is only not ready.
                LOG.exception("The pages of the stream %s could not be drawn beforehand", stream)

    def begin() -> None:
        threading.Thread(target=warm, name="warm", daemon=True).start()

    warehouse.when_new.append(begin)
    begin()
