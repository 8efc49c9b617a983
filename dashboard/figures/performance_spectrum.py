"""Performance spectrum: each move of each item between two stages as a line from its entry to its exit.

Denisov, Belkina, Fahland & van der Aalst, The performance spectrum miner, 2018.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd

from dashboard.figures.frame import Figure, Trace, empty, figure, instants, item_keys, shortened, time_axis
from dashboard.figures.time_marks import EDGES, NO_MARKS, TimeMarks, with_marks
from dashboard.theme import BAD, SKY, WAIT, WORK, duration, escaped, formatted

SEGMENT = 104
# Of a segment that is 1 high, the part below its title that holds the lines.
TOP, BOTTOM = 0.31, 0.94
PARTS = (TOP, (TOP + BOTTOM) / 2, BOTTOM)
MINUTE = 1 / 1440
# Letters that a phone has room for.
WIDTH = 34
QUARTERS = {
    1: ("Fastest quarter", WORK),
    2: ("Second quarter", SKY),
    3: ("Third quarter", WAIT),
    4: ("Slowest quarter", BAD),
}


def performance_spectrum(
    lines: pd.DataFrame, moves: pd.DataFrame, since: dt.date, until: dt.date, marks: TimeMarks = NO_MARKS
) -> Figure:
    """Segments below each other, from the tables of charts.spectrum and charts.spectrum_moves.

    A line begins at the top of its segment at the entry into the first stage, and ends at its bottom at the entry into
    the second: upright where that was quick, slanting where it took long, together in one point where many left at
    once. `customdata` of its points names its item, as in a URL.
    """
    if lines.empty:
        return empty("No item moved from stage to stage in this scope.")
    pairs = lines.drop_duplicates("segment_number").sort_values("segment_number")
    places = {number: place for place, number in enumerate(pairs["segment_number"])}
    placed = lines.assign(place=lines["segment_number"].map(places))
    told = moves.set_index(["from_stage", "to_stage"])
    titles = [
        _title(places[row.segment_number], told.loc[(row.from_stage, row.to_stage)]) for row in pairs.itertuples()
    ]
    drawn = figure(
        [_class(placed[placed["quarter"] == quarter], *QUARTERS[quarter]) for quarter in QUARTERS],
        EDGES + SEGMENT * len(pairs),
        xaxis=time_axis("Date", showgrid=True, range=[since.isoformat(), until.isoformat()]),
        yaxis={"range": [len(pairs), 0], "showticklabels": False, "showgrid": False, "zeroline": False},
        shapes=[_edge(place + height) for place in range(len(pairs)) for height in (TOP, BOTTOM)],
        annotations=titles,
        showlegend=True,
    )
    return with_marks(drawn, marks)


def _class(lines: pd.DataFrame, name: str, colour: str) -> Trace:
    """All lines of a quarter; each has a point in its middle too, so that it can be pointed at."""
    middles = lines["entered_at"] + (lines["left_at"] - lines["entered_at"]) / 2
    times = [instants(each) for each in (lines["entered_at"], middles, lines["left_at"])]
    x = [each for three in zip(*times, strict=True) for each in (*three, None)]
    heights = {place: [round(place + part, 3) for part in PARTS] for place in lines["place"].unique().tolist()}
    y = [each for place in lines["place"] for each in (*heights[place], None)]
    keys = [each for key in item_keys(lines["item_id"]) for each in (key, key, key, "")]
    told = zip(lines["item_id"], lines["days"].tolist(), strict=True)
    texts = [f"{escaped(item)} {duration(days * 86_400)}" for item, days in told]
    words = [each for text in texts for each in (text, text, text, "")]
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": x,
        "y": y,
        "customdata": keys,
        "line": {"color": colour, "width": 1},
        "opacity": 0.8,
        "text": words,
        "hovertemplate": "<b>%{text}</b><br>%{x|%-d %b %Y %H:%M}<extra></extra>",
    }


def _title(place: int, move: pd.Series) -> dict[str, Any]:
    """The pair of stages over its segment, how often it was passed, and how long half of the moves took at most."""
    days = float(move["half_days"])
    half = f"{formatted(days, 'days')} or less" if days >= MINUTE else "under a minute"
    origin, target = move.name
    return {
        "text": _words(str(origin), str(target), f"n = {int(move['moves']):,}, half in {half}"),
        "font": {"size": 12},
        "align": "left",
        "showarrow": False,
        "xref": "paper",
        "x": 0,
        "xanchor": "left",
        "yref": "y",
        "y": place + TOP,
        "yanchor": "bottom",
    }


def _words(origin: str, target: str, facts: str) -> str:
    """Two lines that fit a phone."""
    if len(origin) + len(target) <= WIDTH:
        return f"<b>{escaped(origin)} → {escaped(target)}</b><br>{facts}"
    return f"<b>{shortened(origin, WIDTH)} →<br>{shortened(target, WIDTH // 2)}</b> {facts}"


def _edge(height: float) -> dict[str, Any]:
    whole = {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "yref": "y", "layer": "below"}
    return {**whole, "y0": height, "y1": height, "line": {"color": "rgba(134,142,150,.6)", "width": 1}}
