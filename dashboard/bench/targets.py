"""What two quiet cores should reach at a million items and at ten, and what of it a run did."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

EVERYTHING, ONE_TEAM = "everything", "one team, 12 months"
SIZES = (1_000_000, 10_000_000)
# By which power of the size something may grow.
IMPORT_GROWS, QUESTION_GROWS = 1.05, 0.5


@dataclass(frozen=True)
class Target:
    """Each row of a table in a scope should take no more than these seconds, at the one size and at the other."""

    what: str
    table: str
    column: str
    seconds: tuple[float, float]
    scope: str | None = None


TARGETS = (
    Target("an import", "imports", "import_seconds", (20, 300)),
    Target("a question of one team's last year", "times", "warm_seconds", (0.05, 0.1), ONE_TEAM),
    Target("a question of everything", "times", "warm_seconds", (0.3, 2.5), EVERYTHING),
    Target("a page of one team's last year, as it opens", "pages", "first_seconds", (0.2, 0.4), ONE_TEAM),
    Target("a page of everything, as it opens", "pages", "first_seconds", (0.9, 6), EVERYTHING),
    Target("the same once more", "pages", "again_seconds", (0.1, 0.3), EVERYTHING),
)


def compared(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """size, what, target, within ("12 of 13"), median, slowest: a row for each target of the sizes that were run."""
    rows = []
    for target in TARGETS:
        for size, seconds in zip(SIZES, target.seconds, strict=True):
            taken = _taken(tables[target.table], target, size).fillna(math.inf)  # what was too large for an answer
            if len(taken):
                target_told, *taken_told = map(_told, (seconds, taken.median(), taken.max()))
                within = f"{(taken <= seconds).sum()} of {len(taken)}"
                rows.append((f"{size:,}", target.what, target_told, within, *taken_told))
    return pd.DataFrame(rows, columns=["size", "what", "target", "within", "median", "slowest"])


def _taken(table: pd.DataFrame, target: Target, size: int) -> pd.Series[float]:
    """The seconds that a target is about: with all threads, of pages without what comes into view later."""
    mine = table[table["size"] == size]
    if target.scope:
        mine = mine[mine["scope"] == target.scope]
    if target.table == "times":
        mine = mine[mine["threads"] == mine["threads"].max()]
    if target.table == "pages":
        mine = mine[~mine["page"].str.contains(": ")]
    return mine[target.column]


def _told(seconds: float) -> str:
    if math.isinf(seconds):
        return "too large"
    return f"{seconds:,.0f} s" if seconds >= 10 else f"{seconds * 1000:,.0f} ms"


def growth(imported: float, asked: pd.Series[float]) -> str:
    """How the import and the questions of one team's last year grow, each by the power of the size."""
    within = (asked <= QUESTION_GROWS).sum()
    return (
        f"An import grows with the size to the power of {imported:.2f} (target: {IMPORT_GROWS}), a question of one "
        f"team's last year to that of {asked.median():.2f} in the median (target: {QUESTION_GROWS}; {within} of "
        f"{len(asked)} are within it)."
    )
