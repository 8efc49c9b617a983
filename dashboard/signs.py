"""Signs of life for whoever runs the server: whether it lives, whether it is ready, and what it counts."""

from __future__ import annotations

import contextlib
import hmac
import logging
import os
from collections.abc import Iterator
from pathlib import Path

import flask
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest, multiprocess
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from dashboard import access, snapshots
from dashboard.errors import DashboardError
from dashboard.settings import Settings
from dashboard.warehouse import Warehouse

# Folder of the counts of all workers. The library maps as much of a file as is there: all that we count fits into it.
FOLDER, COUNTS_BYTES = "PROMETHEUS_MULTIPROC_DIR", 1 << 20
HAS_ROOM = "COUNTS_HAVE_ROOM"
BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_requests = Counter("vsm_requests", "Requests answered, by route and class of status.", ["route", "status"])
_log = logging.getLogger("dashboard.signs")
_seconds = Histogram("vsm_request_seconds", "Seconds from the request to its answer.", ["route"], buckets=BUCKETS)


def count(route: str, status: int, seconds: float) -> None:
    """One more request. Where there is no room for the counts, or their folder is gone, an answer is worth more."""
    if not flask.current_app.config.get(HAS_ROOM, True):
        return
    with contextlib.suppress(OSError):
        _requests.labels(route, f"{status // 100}xx").inc()
        _seconds.labels(route).observe(seconds)


def _reserve() -> bool:
    """Room for what this process counts: one that writes into a mapped file without room is ended by the system."""
    folder = Path(os.environ.get(FOLDER, ""))
    try:
        for kind in ("counter", "histogram") if folder.name else ():
            with (folder / f"{kind}_{os.getpid()}.db").open("ab") as file:
                file.write(bytes(max(0, COUNTS_BYTES - file.tell())))
    except OSError as error:
        _log.warning("requests of this worker are not counted: %s", error.strerror)
        for left in folder.glob(f"*_{os.getpid()}.db"):
            left.unlink(missing_ok=True)
        return False
    return True


def register(server: flask.Flask, warehouse: Warehouse, settings: Settings) -> None:
    """/healthz: the process lives. /readyz: it can answer, `degraded` where the data are not as they should be.
    /metrics: what all workers count, for this machine or whoever knows `VSM_METRICS_TOKEN`."""
    server.config[HAS_ROOM] = _reserve()

    @server.get("/healthz")
    def alive() -> dict[str, str]:
        return {"status": "ok"}

    @server.get("/readyz")
    def ready() -> tuple[dict[str, str], int]:
        try:
            warehouse.streams()
        except DashboardError:
            return {"status": "not ready"}, 503
        return {"status": "degraded" if warehouse.fault else "ready"}, 200

    @server.get("/metrics")
    def metrics() -> flask.Response:
        if not _may_count(settings):
            flask.abort(403)
        own, shared = CollectorRegistry(), CollectorRegistry()
        own.register(_Own(warehouse))
        if Path(os.environ.get(FOLDER, "-")).is_dir():
            multiprocess.MultiProcessCollector(shared)  # type: ignore[no-untyped-call]
        else:
            shared.register(_requests)
            shared.register(_seconds)
        return flask.Response(generate_latest(shared) + generate_latest(own), mimetype=CONTENT_TYPE_LATEST)


class _Own(Collector):
    """What this process sees of the snapshot."""

    def __init__(self, warehouse: Warehouse) -> None:
        self.warehouse = warehouse

    def collect(self) -> Iterator[Metric]:
        """1 and 0 for yes and no."""
        try:
            folder = self.warehouse.snapshot
        except DashboardError:
            yield GaugeMetricFamily("vsm_ready", "1 where questions can be answered.", 0)
            return
        answers, fault = self.warehouse.answers.worked_out, self.warehouse.fault
        published = (folder / snapshots.MANIFEST).stat().st_mtime
        yield GaugeMetricFamily("vsm_ready", "1 where questions can be answered.", 1)
        yield GaugeMetricFamily("vsm_degraded", "1 where the data are not as they should be.", int(bool(fault)))
        yield GaugeMetricFamily("vsm_snapshot_number", "Number of the snapshot that answers.", int(folder.name))
        yield GaugeMetricFamily("vsm_snapshot_published_seconds", "When, as seconds since 1970.", published)
        yield CounterMetricFamily("vsm_answers_worked_out", "Answers of this worker that were not known.", answers)


def _may_count(settings: Settings) -> bool:
    given = flask.request.headers.get("Authorization", "").encode("utf-8", "surrogateescape")
    if settings.metrics_token:
        return hmac.compare_digest(given, f"Bearer {settings.metrics_token}".encode())
    return access.is_this_machine(flask.request)
