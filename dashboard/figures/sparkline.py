"""A metric's recent course as a tiny drawing for a card: SVG text, no plotly."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import groupby

from dashboard.theme import GREEN

WIDTH, HEIGHT, MARGIN = 120, 32, 4
# The colour of work, lightened: an image can't follow the theme, and this reads on white and on dark.
LINE = "#2A87C4"

Point = tuple[float, float]


def sparkline(
    values: Sequence[float | None],
    *,
    target: float | None = None,
    better: str = "neither",
    is_last_partial: bool = False,
) -> str:
    """A line through the values in time order, its end marked; "" where no value is known.

    Null interrupts the line. The side of the target that is `better` is shaded. A hollow end says that the
    last period is incomplete. There is no text in it: the card says it in words.
    """
    clean = [None if value is None or math.isnan(value) else float(value) for value in values]
    known = [value for value in clean if value is not None]
    if not known:
        return ""
    low, high = _range([*known, *([] if target is None else [target])])
    points = [
        (i, None if value is None else (_x(i, len(clean)), _y(value, low, high))) for i, value in enumerate(clean)
    ]
    runs = [[point for _, point in run if point] for _, run in groupby(points, key=lambda each: each[1] is None)]
    band = "" if target is None else _band(_y(target, low, high), better)
    drawn = "".join(_line(run) for run in runs if run)
    is_hollow = is_last_partial and clean[-1] is not None
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="sparkline" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'width="{WIDTH}" height="{HEIGHT}" aria-hidden="true" focusable="false">{band}{drawn}'
        f"{_end([run for run in runs if run][-1][-1], is_hollow)}</svg>"
    )


def _range(values: Sequence[float]) -> tuple[float, float]:
    """The least and the greatest; a flat line runs through the middle."""
    low, high = min(values), max(values)
    return (low, high) if high > low else (low - 1, high + 1)


def _x(index: int, count: int) -> float:
    room = WIDTH - 2 * MARGIN
    return MARGIN + room * (index / (count - 1) if count > 1 else 1)


def _y(value: float, low: float, high: float) -> float:
    return HEIGHT - MARGIN - (HEIGHT - 2 * MARGIN) * (value - low) / (high - low)


def _band(y: float, better: str) -> str:
    """The target as a dashed line, and a tint on its better side."""
    top, bottom = {"higher": (0.0, y), "lower": (y, float(HEIGHT))}.get(better, (y, y))
    size = f'width="{WIDTH}" height="{bottom - top:.1f}"'
    tint = f'<rect x="0" y="{top:.1f}" {size} fill="{GREEN}" opacity=".18"/>'
    line = f'<path d="M0 {y:.1f}H{WIDTH}" stroke="{GREEN}" stroke-width="1" stroke-dasharray="4 3"/>'
    return (tint if bottom > top else "") + line


def _line(run: Sequence[Point]) -> str:
    """A line through neighbouring points; a point without neighbours is a dot."""
    if len(run) == 1:
        return f'<circle cx="{run[0][0]:.1f}" cy="{run[0][1]:.1f}" r="1.5" fill="{LINE}"/>'
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in run)
    return f'<polyline points="{path}" fill="none" stroke="{LINE}" stroke-width="1.8" stroke-linejoin="round"/>'


def _end(point: Point, is_hollow: bool) -> str:
    fill = "#fff" if is_hollow else LINE
    place = f'cx="{point[0]:.1f}" cy="{point[1]:.1f}"'
    return f'<circle {place} r="2.6" fill="{fill}" stroke="{LINE}" stroke-width="1.4"/>'
