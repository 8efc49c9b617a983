"""What can go wrong, in the user's words.

DashboardError                anything the user can act on: the message says where, what, and what to do
├── SettingsError             a setting or an option has a value it can't have
├── CatalogueError            a file under queries/ is not as the catalogue needs it
├── DefinitionError           streams.toml or plan.toml says something it can't say
├── SourceError               an export can't be read
├── EngineError               a cluster can't be reached, or does not do what was asked of it
├── AccessError               the viewer asked for something that is for others to see
├── ScopeError                the viewer asked for something the data can't answer
│   └── UnreachedError        … now: what could answer does not
├── SnapshotError             no snapshot, or one that can't be trusted
└── StoreError                what somebody wrote can't be kept, or what was kept can't be read
    └── ConflictError         somebody else was faster; it has the record as it is now
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any

# One list for a request: Dash runs a callback in a copy of its context.
_MET: ContextVar[list[str] | None] = ContextVar("met", default=None)


class DashboardError(Exception):
    """Anything the user can act on."""

    def __init__(self, *words: Any) -> None:
        super().__init__(*words)
        note(self)


def note(error: BaseException) -> None:
    """An error is met here too: it was made for somebody else who asked the same at the time."""
    if isinstance(error, DashboardError) and (met := _MET.get()) is not None:
        met.append(type(error).__name__)


def none_met_yet() -> None:
    """From here on, in this thread, errors are watched for."""
    _MET.set([])


def any_met() -> bool:
    """Whether anything went wrong since `none_met_yet`, though it may have been told and not raised."""
    return bool(_MET.get())


class SettingsError(DashboardError):
    """A setting or an option has a value it can't have."""


class CatalogueError(DashboardError):
    """A file under queries/ is not as the catalogue needs it."""


class DefinitionError(DashboardError):
    """A definition (streams.toml, plan.toml) says something it can't say."""


class SourceError(DashboardError):
    """An export can't be read. What stands in the file may stand in the message: it stays one line that ends."""

    LENGTH = 2_000

    def __init__(self, message: str) -> None:
        line = "".join(letter if letter.isprintable() else "\ufffd" for letter in message)
        half = self.LENGTH // 2
        super().__init__(line if len(line) <= self.LENGTH else f"{line[:half]} … {line[-half:]}")


class EngineError(DashboardError):
    """A cluster can't be reached, or does not do what was asked of it."""


class AccessError(DashboardError):
    """The viewer asked for something that is for others to see."""


class ScopeError(DashboardError):
    """The viewer asked for something the data can't answer."""


class UnreachedError(ScopeError):
    """What the viewer asked for lies where nothing answers now: asked again later it may be there."""


class SnapshotError(DashboardError):
    """There is no snapshot, or none that can be trusted."""


class StoreError(DashboardError):
    """What somebody wrote can't be kept, or what was kept can't be read."""


class ConflictError(StoreError):
    """Somebody else was faster: nothing was written. `record` is the SavedView, Note, Walk or plan as it is now."""

    def __init__(self, message: str, record: Any) -> None:
        super().__init__(message)
        self.record = record
