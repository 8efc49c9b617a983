"""What every figure has: a height, axes with titles, a memory of what was zoomed, words when it is empty."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from typing import Any, Literal
from urllib.parse import urlencode

import numpy as np
import pandas as pd

from dashboard.theme import GREY, escaped

Figure = dict[str, Any]
Trace = dict[str, Any]

HEIGHT = 320
NO_ITEMS = "No items finished in this scope."
# A constant: what was zoomed or hidden stays so when the data or the theme change.
STAYS = "stays"
LAST = 2000  # in the legend, behind what is measured


def figure(traces: Iterable[Trace], height: int, **layout: Any) -> Figure:
    """Traces and layout as plotly takes them; the template is the page's affair."""
    return {
        "data": list(traces),
        "layout": {"height": height, "uirevision": STAYS, "showlegend": False, **layout},
    }


def empty(words: str = NO_ITEMS, height: int = 160) -> Figure:
    """The words in the middle, and no axes."""
    text = "<br>".join(textwrap.wrap(escaped(words), 38))
    note = {
        "text": text,
        "x": 0.5,
        "y": 0.5,
        "xref": "paper",
        "yref": "paper",
        "showarrow": False,
        "font": {"size": 14},
    }
    hidden = {"visible": False, "fixedrange": True}
    return figure([], height, annotations=[note], xaxis=hidden, yaxis=hidden)


def axis(title: str, **more: Any) -> dict[str, Any]:
    """An axis with its title, the unit in it."""
    return {"title": {"text": title}, **more}


def time_axis(title: str, hover: str = "%-d %b %Y", **more: Any) -> dict[str, Any]:
    """An axis of days that is readable on a phone: what follows \\n is written only where it changes."""
    stops = [
        {"dtickrange": [86_400_000, 2_419_200_000], "value": "%-d %b\n%Y"},
        {"dtickrange": ["M1", "M11"], "value": "%b\n%Y"},
    ]
    return axis(title, type="date", tickangle=0, hoverformat=hover, tickformatstops=stops, **more)


def numbers(values: Iterable[Any], factor: float = 1.0) -> list[float | None]:
    """Plain numbers; null stays null."""
    return [None if pd.isna(value) else float(value) * factor for value in values]


def item_keys(items: Iterable[Any]) -> list[str]:
    """Each item as a URL names it."""
    known: dict[Any, str] = {}
    return [known.get(item) or known.setdefault(item, urlencode({"item": item})) for item in items]


def instants(times: pd.Series, unit: Literal["m", "s"] = "m") -> list[str]:
    """Times as plotly reads them, to the minute or second."""
    texts = np.datetime_as_string(times.to_numpy("datetime64[us]"), unit=unit)
    return [text.replace("T", " ") for text in texts.tolist()]


def broken(label: object, width: int = 14) -> str:
    """An escaped label over several lines, for where there is little room."""
    lines = textwrap.wrap(str(label), width, break_long_words=False) or [""]
    return "<br>".join(escaped(line) for line in lines)


def shortened(text: str, length: int = 60) -> str:
    """Escaped text of at most this many characters."""
    return escaped(text if len(text) <= length else text[: length - 1].rstrip() + "…")


def key(name: str, marker: Trace) -> Trace:
    """A legend entry for a kind of mark, without a point of its own."""
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [None],
        "y": [None],
        "name": name,
        "marker": {"size": 8, "color": GREY, **marker},
        "hoverinfo": "skip",
        "showlegend": True,
        "legendrank": LAST,
    }
