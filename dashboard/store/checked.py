"""What can be kept: names, addresses and texts as databases and pages take them, and why others are refused."""

from __future__ import annotations

import re
import unicodedata

from dashboard.errors import StoreError

NAME_LENGTH = 200
ADDRESS_LENGTH = 2_000
TEXT_LENGTH = 4_000
OBSERVATION, IDEA = "observation", "idea"


def unkept(text: str, but: str = "") -> str | None:
    """The first character that a database or a page does not take: a control character or half a pair."""
    found = (sign for sign in text if unicodedata.category(sign) in ("Cc", "Cs") and sign not in but)
    return next(found, None)


def _checked(what: str, text: str, longest: int, but: str = "") -> str:
    if not text:
        raise StoreError(f"{what} is empty. Write something.")
    if len(text) > longest:
        raise StoreError(f"{what} has {len(text):,} characters; {longest:,} are kept at most. Shorten it.")
    sign = unkept(text, but)
    if sign:
        raise StoreError(f"{what} holds a character that can't be kept (U+{ord(sign):04X}). Remove it.")
    return text


def stream(text: str) -> str:
    """The id of a value stream."""
    return _checked("The name of the value stream", text, NAME_LENGTH)


def name(text: str, what: str = "The name") -> str:
    """A name in one line, composed, so that two names that look the same are the same."""
    return _checked(what, _one_line(text), NAME_LENGTH)


def key(text: str) -> str:
    """The key of an incident or a deployment, as the source has it."""
    return _checked("The key", text, ADDRESS_LENGTH)


def roles(text: str) -> str:
    """The roles of those who were there, in one line; may be empty."""
    return _checked("The list of roles", _one_line(text), TEXT_LENGTH) if text.strip() else ""


def step(text: str) -> str:
    """The name of a step, or "" for the whole stream."""
    return _checked("The name of the step", text, ADDRESS_LENGTH) if text else ""


def kind(text: str) -> str:
    """An observation or an idea."""
    if text not in (OBSERVATION, IDEA):
        raise StoreError(f"A note of a walk is an {OBSERVATION} or an {IDEA}, not {text!r}.")
    return text


def _one_line(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def address(text: str) -> str:
    """The address of a page of this app. Browsers take a backslash for a slash, and `//` for another server."""
    if not re.match(r"/(?![/\\])", text):
        raise StoreError('The address of a view begins with one "/", as in "/explore?stream=bank".')
    return _checked("The address of the view", text, ADDRESS_LENGTH)


def text(written: str) -> str:
    """A note; its lines end alike whatever typed them."""
    return _checked("The note", written.replace("\r\n", "\n").replace("\r", "\n").strip(), TEXT_LENGTH, but="\n\t")
