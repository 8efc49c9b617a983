"""A value that a URL may carry, declared once: how it is read, what it means, and its JSON schema."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from dashboard.errors import ScopeError

# Days that a URL may name: nothing was delivered before, and calendars end somewhere.
EARLIEST, LATEST = dt.date(1900, 1, 1), dt.date(2200, 1, 1)
# As many rows as a query may be asked for, and told to pass over: the sum is a 32-bit number.
ALL_ROWS = 1_000_000_000

TEXT: Mapping[str, Any] = {"type": "string"}
DAY: Mapping[str, Any] = {"type": "string", "format": "date"}
NAMES: Mapping[str, Any] = {"type": "string", "example": "Payments Core~Checkout"}
TRUTH: Mapping[str, Any] = {"type": "string", "enum": ["yes", "no"]}


class Parameter(NamedTuple):
    """`read` gives the value for `field`, and raises ScopeError or ValueError for a text that says none.

    `field` is what the value is called in a query or a dataclass; empty where it is called as in the URL.
    """

    read: Callable[[str], Any]
    meaning: str
    schema: Mapping[str, Any]
    field: str = ""


def value_of(key: str, text: str, parameter: Parameter) -> Any:
    """What a text of the URL says. Raises ScopeError that tells what is expected."""
    try:
        return parameter.read(text)
    except ScopeError:
        raise
    except ValueError:
        raise ScopeError(f"{key} is {text!r}; expected {expected(parameter)}.") from None


def expected(parameter: Parameter) -> str:
    """What a value has to be, in words."""
    if among := parameter.schema.get("enum"):
        return f"one of {', '.join(among)}"
    return parameter.meaning


def one_of(allowed: tuple[str, ...], **more: Any) -> Mapping[str, Any]:
    """The schema of one of some words."""
    return {"type": "string", "enum": list(allowed), **more}


def among(allowed: tuple[str, ...]) -> Callable[[str], str]:
    """A reader of one of some words."""

    def read(text: str) -> str:
        if text not in allowed:
            raise ValueError(text)
        return text

    return read


def words(text: str) -> str | None:
    """The text; None where it is empty."""
    return text or None


def truth(text: str) -> bool:
    """'yes' or 'no'."""
    return among(("yes", "no"))(text) == "yes"


def day(text: str) -> dt.date:
    """A day, as 2024-01-31, between 1900 and 2200."""
    found = dt.date.fromisoformat(text)
    if not EARLIEST <= found <= LATEST:
        raise ValueError(text)
    return found
