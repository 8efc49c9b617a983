"""How numbers and pictures look: one rule per unit, one colour per meaning, light and dark."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# Okabe & Ito, Color Universal Design, 2008.
WORK, WAIT, BAD = "#0072B2", "#E69F00", "#D55E00"
GREEN, SKY, PINK = "#009E73", "#56B4E9", "#CC79A7"
GREY = "#868E96"  # the one grey that reads on white and on the dark page
LINES = (WORK, PINK, SKY, GREY)

FEW = 5  # a statistic of fewer items is greyed
NO_VALUE = "–"


@dataclass(frozen=True)
class Fill:
    """A colour, and the direction of its hatch for what is waiting ("" for none)."""

    colour: str
    hatch: str = ""


@dataclass(frozen=True)
class Bucket:
    """A part of the lead time: what it is called on screen, and how it is filled."""

    words: str
    fill: Fill


# In the order they are stacked, from value to waste. The three that wait are ambers, each with its own hatch.
BUCKETS: Mapping[str, Bucket] = {
    "value-adding": Bucket("Value-adding", Fill(WORK)),
    "extra-process": Bucket("Extra process", Fill(SKY)),
    "task-switching": Bucket("Task switching", Fill(PINK)),
    "waiting": Bucket("Waiting", Fill(WAIT, "/")),
    "handoff": Bucket("Hand-off", Fill("#F2C94C", ".")),
    "batch": Bucket("Batch", Fill("#B97A00", "\\")),
    "rework": Bucket("Rework", Fill(BAD)),
    "partially-done": Bucket("Partially done", Fill("#7A5195")),
}

DONE = Fill("rgba(134,142,150,.4)")
WORK_FILLS = tuple(Fill(colour) for colour in (WORK, GREEN, SKY, "#005580", "#66C2A5", "#4C7FD9", "#00684B"))
WAIT_COLOURS = (WAIT, "#B97A00", "#F2C94C", "#8F5E00", "#F5B95F", "#D6A800")
WAIT_FILLS = tuple(Fill(colour, hatch) for colour, hatch in zip(WAIT_COLOURS, "/\\x/\\-", strict=True))


def stage_fills(modes: Mapping[str, str]) -> dict[str, Fill]:
    """Stage → fill, from stage → "active" or "wait" in the order of the path.

    Work is blue or green, waiting amber and hatched, "done" grey. Pass all stages of a stream, so that
    a stage looks the same in every figure.
    """
    palettes = {"active": WORK_FILLS, "wait": WAIT_FILLS, "done": (DONE,)}
    used = dict.fromkeys(palettes, 0)
    fills = {}
    for stage, mode in modes.items():
        fills[stage] = palettes[mode][used[mode] % len(palettes[mode])]
        used[mode] += 1
    return fills


def hatched(fill: Fill) -> dict[str, Any]:
    """A plotly pattern for bars (`marker.pattern`) and areas (`fillpattern`); {} for a plain fill."""
    if not fill.hatch:
        return {}
    pale = "rgba(255,255,255,.55)"
    return {"shape": fill.hatch, "bgcolor": fill.colour, "fgcolor": pale, "size": 7, "solidity": 0.24}


def duration(seconds: float | None) -> str:
    """A span of time in the largest readable unit: '12 min', '5.3 h', '1,012.4 d'; '–' for null.

    Under an hour minutes, under 48 hours hours, else days of 24 hours.
    """
    if seconds is None or math.isnan(seconds):
        return NO_VALUE
    if abs(round(seconds / 60)) < 60:
        return f"{seconds / 60:.0f} min"
    if abs(round(seconds / 3600, 1)) < 48:
        return f"{seconds / 3600:.1f} h"
    return f"{seconds / 86400:,.1f} d"


def formatted(value: float | None, unit: str) -> str:
    """A value of a metric as it is read: '5.3 h', '23 %', '1,234', '2.1 per week'; '–' for null.

    A unit that is not known is written behind one decimal.
    """
    if value is None or math.isnan(value):
        return NO_VALUE
    if unit in ("days", "hours"):
        return duration(value * (86400 if unit == "days" else 3600))
    if unit == "ratio":
        return _percent(100 * value)
    if unit == "items":
        return _count(value)
    return f"{value:,.1f}" if unit == "score" else f"{value:,.1f} {unit}"


def counted(count: int, one: str = "item", many: str = "") -> str:
    """'1 item', '1,204 items'; `many` where an s does not make it."""
    return f"{count:,} {one if count == 1 else many or f'{one}s'}"


def change(value: float, unit: str) -> str:
    """A change with its sign: '+5.3 h', '−0.04 per week'; more digits where the usual ones would show nothing, and
    "no change" where a hundred times as much would show nothing either."""
    sign = "+" if value >= 0 else "−"
    shown = formatted(abs(value), unit)
    if _shows(shown):
        return f"{sign}{shown}"
    if not _shows(formatted(abs(value) * 100, unit)):
        return "no change"
    if unit in ("days", "hours"):
        seconds = abs(value) * (86400 if unit == "days" else 3600)
        return f"{sign}{seconds:.0f} s" if round(seconds) else "no change"
    figure = abs(value) * (100 if unit == "ratio" else 1)
    number = f"{figure:.{1 - math.floor(math.log10(figure))}f}".rstrip("0")
    return f"{sign}{number} %" if unit == "ratio" else f"{sign}{number} {'' if unit == 'score' else unit}".rstrip()


def _shows(words: str) -> bool:
    """Whether a formatted value has a digit that is not 0."""
    return any(sign in words for sign in "123456789")


def _percent(value: float) -> str:
    has_decimal = value != 0 and abs(round(value, 1)) < 10
    return f"{value:.1f} %" if has_decimal else f"{value:,.0f} %"


def _count(value: float) -> str:
    rounded = round(value, 1)
    return f"{rounded:,.0f}" if rounded == round(rounded) else f"{rounded:,.1f}"


def axis_scale(unit: str, largest: float) -> tuple[str, float]:
    """The unit of an axis that shows values up to `largest`, and what to multiply them by.

    Durations follow the rule of `duration`; a ratio is shown in percent.
    """
    if unit == "ratio":
        return "ratio", 100.0
    if unit not in ("days", "hours"):
        return unit, 1.0
    hours = largest * (24 if unit == "days" else 1)
    shown = "minutes" if hours < 1 else "hours" if hours < 48 else "days"
    in_hours = {"minutes": 1 / 60, "hours": 1.0, "days": 24.0}
    return shown, in_hours[unit] / in_hours[shown]


def axis_title(unit: str) -> str:
    """The unit as it stands in the title of an axis."""
    return "%" if unit == "ratio" else unit


def escaped(label: object) -> str:
    """Text from data that plotly draws as it is, not as markup or as a placeholder."""
    text = str(label).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.replace("%{", "&#37;{")


FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif"


# Zoom, pan, reset and the picture stay; the rest would cover the legend.
NO_BUTTONS = ["zoomIn2d", "zoomOut2d", "autoScale2d", "lasso2d", "select2d"]


def _template(ink: str, faint: str, grid: str, paper: str) -> dict[str, Any]:
    """A plotly template as a dict. The backgrounds are transparent: the card's shows through."""
    axis = {
        "gridcolor": grid,
        "linecolor": grid,
        "zerolinecolor": grid,
        "tickfont": {"color": faint, "size": 12},
        "title": {"font": {"color": faint, "size": 12}, "standoff": 10},
        "automargin": True,
        "separatethousands": True,
        "exponentformat": "none",
    }
    # Above the drawing and as wide as the card, so that on a phone too it takes few lines.
    legend = {"orientation": "h", "x": 0, "xref": "container", "y": 1, "yref": "container", "yanchor": "top"}
    legend |= {"font": {"size": 12}, "itemwidth": 30}
    hover = {"bgcolor": paper, "bordercolor": grid, "font": {"color": ink, "family": FONT}, "align": "left"}
    return {
        "layout": {
            "font": {"family": FONT, "size": 13, "color": ink},
            "colorway": list(LINES),
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "margin": {"l": 12, "r": 16, "t": 28, "b": 12},
            "xaxis": {
                **axis,
                "showspikes": False,
                "showgrid": False,
                "showline": True,
                "zeroline": False,
            },
            "yaxis": {**axis, "rangemode": "tozero"},
            "legend": legend,
            "hoverlabel": hover,
            "annotationdefaults": {"font": {"color": ink, "size": 12}, "showarrow": False},
            "shapedefaults": {"line": {"color": faint, "width": 1}},
            "modebar": {"bgcolor": paper, "color": faint, "activecolor": ink, "remove": NO_BUTTONS},
            "dragmode": False,
            "hovermode": "closest",
        }
    }


TEMPLATES: Mapping[str, dict[str, Any]] = {
    "light": _template("#212529", "#5B636A", "#E3E7EB", "#FFFFFF"),
    "dark": _template("#DEE2E6", "#ADB5BD", "#3A4149", "#2B3035"),
}
