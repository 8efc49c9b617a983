"""Logs as lines of JSON on standard error: no addresses with their queries, no bodies, no names, no secrets."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Mapping
from typing import Any

# What the web layer says of a request stands in this field of the record.
REQUEST = "request"


class JsonLines(logging.Formatter):
    """A record as one line: time (UTC), level, logger, what it says, and of an error where it happened."""

    def format(self, record: logging.LogRecord) -> str:
        told: dict[str, Any] = {
            "at": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created)) + f".{int(record.msecs):03d}Z",
            "level": record.levelname.lower(),
            "from": record.name,
            "said": record.getMessage(),
            **getattr(record, REQUEST, {}),
        }
        if record.exc_info and record.exc_info[0]:
            told |= _where(record.exc_info[1])
        return json.dumps(told, ensure_ascii=False)


def _where(error: BaseException | None) -> Mapping[str, Any]:
    """The kind of an error and the places it went through. Its words may hold data, and are left out."""
    places = []
    trace = error.__traceback__ if error else None
    while trace:
        code = trace.tb_frame.f_code
        places.append(f"{code.co_filename.rpartition('/site-packages/')[2]}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return {"error": type(error).__name__, "places": places[-12:]}


def logging_at(level: str) -> dict[str, Any]:
    """The configuration of Python's logging."""
    stderr = {"level": level, "handlers": ["stderr"]}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": "dashboard.logs.JsonLines"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": stderr,
        "loggers": {
            "gunicorn.error": {**stderr, "propagate": False},
            "authlib": {"level": "INFO"},  # below, it tells what a sign-in is checked by
            "gunicorn.access": {"level": "CRITICAL", "handlers": [], "propagate": False},  # it logs whole addresses
        },
    }
