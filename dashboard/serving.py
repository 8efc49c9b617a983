"""`vsm serve`: the same server that the Procfile runs, in one process."""

from __future__ import annotations

from typing import Any

from gunicorn.app.base import BaseApplication

from dashboard import gunicorn_conf
from dashboard.app import create_server
from dashboard.settings import Settings

TAKEN = (
    "threads", "worker_class", "timeout", "graceful_timeout", "keepalive", "limit_request_line", "limit_request_fields",
    "limit_request_field_size", "control_socket_disable", "sendfile",
)  # fmt: skip


class _OneWorker(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn with one worker and eight threads, as gunicorn_conf has it; logs only what goes wrong."""

    def __init__(self, settings: Settings, port: int) -> None:
        self.settings = settings
        self.address = f"{settings.host}:{port}"
        super().__init__()

    def load_config(self) -> None:
        values: dict[str, Any] = {name: getattr(gunicorn_conf, name) for name in TAKEN}
        values |= {"bind": self.address, "workers": 1, "loglevel": "warning"}
        for name, value in values.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        return create_server(self.settings)


def serve(settings: Settings, port: int) -> None:
    """Serve until interrupted."""
    print(f"Serving http://{settings.host}:{port} – stop with Ctrl-C", flush=True)
    _OneWorker(settings, port).run()
