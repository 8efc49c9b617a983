"""How numbers look: one rule per unit."""

from __future__ import annotations


def duration(seconds: float | None) -> str:
    """A span of time in the largest readable unit: '12 min', '5.3 h', '1,012.4 d'; '–' for null.

    Under an hour minutes, under 48 hours hours, else days of 24 hours.
    """
    if seconds is None:
        return "–"
    if round(seconds / 60) < 60:
        return f"{seconds / 60:.0f} min"
    if round(seconds / 3600, 1) < 48:
        return f"{seconds / 3600:.1f} h"
    return f"{seconds / 86400:,.1f} d"
