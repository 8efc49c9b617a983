"""How gunicorn serves: gunicorn --config python:dashboard.gunicorn_conf "dashboard.app:create_server()"."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

from dashboard import access, shared_folders
from dashboard.logs import logging_at
from dashboard.settings import from_environment
from dashboard.shelf import FOLDER, PREFIX

_settings = from_environment()

bind = f"{_settings.host}:{os.environ.get('PORT', _settings.port)}"
workers, threads = _settings.workers, 8
worker_class = "dashboard.worker.Worker"
# Longer than the slowest page; SIGTERM lets what is under way be answered.
timeout, graceful_timeout = 120, 30
# Longer than a browser or a proxy keeps a connection: who sends on one that is just being closed gets no answer.
keepalive = 75
# A proxy in front adds what it knows; lines longer than an address of ours needs are refused.
limit_request_line, limit_request_fields, limit_request_field_size = 8_190, 50, 8_190
# Only the proxy may say by which path it was asked, and then by the setting: no header does.
forwarder_headers = ""
control_socket_disable = True
# It waits without end for who takes nothing of a file.
sendfile = False
logconfig_dict = logging_at(_settings.log_level)
# Folders that all workers share: what they count, and the pages that they drew.
SHARED = {"PROMETHEUS_MULTIPROC_DIR": "vsm-metrics-", FOLDER: PREFIX}
# Folder → the descriptor that says it is in use; workers have it from their parent.
_made: dict[Path, int] = {}


def on_starting(server: Any) -> None:
    """Whatever address was given on the command line: not reachable by others without a sign-in.

    What a worker counts and draws, any other can tell and send.
    """
    for name, prefix in SHARED.items():
        if name not in os.environ:
            folder, held = shared_folders.new(prefix)
            os.environ[name], _made[folder] = str(folder), held
    for address in server.address:
        access.check(_settings, address[0] if isinstance(address, tuple) else "127.0.0.1")


def child_exit(_: Any, worker: Any) -> None:
    """What a worker that ended has counted still counts; what it had open does not."""
    from prometheus_client import multiprocess  # reads the environment when it is loaded

    multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]


def on_exit(_: Any) -> None:
    """Leave nothing behind."""
    for folder in _made:
        shutil.rmtree(folder, ignore_errors=True)
