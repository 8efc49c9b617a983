"""Attributes for screen readers and for scripts, as keyword arguments of a component."""

from __future__ import annotations

from typing import Any


def aria(**words: str) -> dict[str, Any]:
    """`**aria(label="Scope")` for the attribute `aria-label`."""
    return {f"aria-{name}": value for name, value in words.items()}


def data(**words: str) -> dict[str, Any]:
    """`**data(name="x")` for the attribute `data-name`."""
    return {f"data-{name}": value for name, value in words.items()}
