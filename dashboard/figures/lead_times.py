"""How long items take: the measured share that is done after so many days, beside a simulated one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dashboard.figures.frame import Figure, Trace, axis, figure
from dashboard.theme import GREY, SKY, WORK, escaped

POINTS = 200
# Measured, simulated as it is, simulated as designed.
LINES = ((GREY, "dot"), (SKY, "dash"), (WORK, "solid"))


def done_after(curves: Sequence[tuple[str, Sequence[float]]]) -> Figure:
    """Cumulative shares of lead times in days: the measured ones, those of the current flow, those of the design."""
    return figure(
        [_curve(*curve, *line) for curve, line in zip(curves, LINES, strict=False)],
        360,
        xaxis=axis("Days since creation", rangemode="tozero"),
        yaxis=axis("Share of items done", tickformat=".0%", range=[0, 1.02]),
        showlegend=True,
    )


def _curve(name: str, days: Sequence[float], colour: str, dash: str) -> Trace:
    shares = np.linspace(0, 1, POINTS + 1)
    return {
        "type": "scatter",
        "mode": "lines",
        "name": escaped(name),
        "x": [round(float(value), 3) for value in np.quantile(days, shares)],
        "y": [round(float(share), 4) for share in shares],
        "line": {"color": colour, "width": 2, "dash": dash},
        "hovertemplate": "%{y:.0%} done after %{x:.1f} days<extra>%{fullData.name}</extra>",
    }
