"""The network of value streams: who provides stands left of who waits, a line is as wide as the time waited."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import Any
from urllib.parse import urlencode

import pandas as pd

from dashboard.figures import lean_symbols as draw
from dashboard.theme import counted, formatted

BOX, BOX_HEIGHT, PITCH, GAP, MARGIN = 214, 70, 92, 176, 18
TIP = 10
LABELS = 12  # so many lines are labelled, those of the longest waits; each tells its figures on hover and by ear
SWEEPS = 5
RANKS = {"platform": 0, "product": 1, "support": 2}
WIDEST = 8.0


@dataclass(frozen=True)
class Edge:
    """A line: what `provider` gives `receiver`; `width` 0 where it is only declared."""

    provider: str
    receiver: str
    label: str
    words: str
    key: str
    width: float


def joined(edges: pd.DataFrame) -> set[str]:
    """The streams that a line begins or ends at."""
    return set(edges["on_stream"]) | set(edges["stream"])


def key_of(stream: str, on_stream: str) -> str:
    """What a line is called in a URL."""
    return urlencode({"stream": stream, "on": on_stream})


def bound(row: Mapping[str, Any]) -> str:
    """'at most ' before the days of waits that were not flagged, and so are the most they can have been."""
    return "at most " if pd.notna(row["is_flagged"]) and not row["is_flagged"] else ""


def network_map(streams: pd.DataFrame, edges: pd.DataFrame) -> str:
    """A self-contained SVG of charts.network_streams and charts.network_edges: the streams that lines join."""
    facts = {str(row["stream"]): row for row in streams.to_dict("records")}
    known = edges[edges["stream"].isin(facts) & edges["on_stream"].isin(facts)]
    lines = _edges(known, facts)
    places = _places(lines, {name: RANKS.get(str(row["kind"]), 1) for name, row in facts.items()})
    columns = 1 + max((column for column, _ in places.values()), default=0)
    rows = 1 + max((row for _, row in places.values()), default=0)
    width = 2 * MARGIN + columns * BOX + (columns - 1) * GAP
    height = 2 * MARGIN + (rows - 1) * PITCH + BOX_HEIGHT
    prefix = f"network-{zlib.crc32(repr(lines).encode(errors='replace')):08x}"
    ports = _ports(lines, places)
    drawn = [_line(each, places, ports, prefix) for each in lines]
    labels = [_label(each, places, ports) for each in lines[:LABELS]]
    boxes = [_box(facts[name], *_corner(place)) for name, place in places.items()]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="vsm" viewBox="0 0 {width:g} {height:g}" role="group" '
        f'aria-label="{draw.clean(_described(lines))}" style="width:{width:g}px;max-width:none;height:auto">'
        f'<style>{draw.STYLE}</style><defs><marker id="{prefix}-tip" markerWidth="{TIP}" markerHeight="14" refX="0" '
        f'refY="7" orient="auto" markerUnits="userSpaceOnUse"><path d="M0,1 L{TIP},7 L0,13 Z" style="fill:var(--fg)"/>'
        f'</marker></defs><rect width="{width:g}" height="{height:g}" class="paper"/>'
        f"{''.join(drawn)}{''.join(boxes)}{''.join(labels)}</svg>"
    )


def _edges(table: pd.DataFrame, facts: Mapping[str, Mapping[str, object]]) -> list[Edge]:
    most = max(float(table["wait_days"].max()), 1e-9) if len(table) else 1.0
    found = []
    for row in table.to_dict("records"):
        waits, days = int(row["waits"]), float(row["wait_days"])
        at_most = bound(row)
        label = f"{at_most}{formatted(days, 'days')}" if waits else ""
        told = f"waited {at_most}{formatted(days, 'days')} in {counted(waits, 'wait')}" if waits else "no wait seen"
        if row["parts"]:
            told += f", {counted(int(row['parts']), 'part')} there"
        verb = "waits for" if waits or pd.notna(row["what"]) else "has parts in"
        words = f"{facts[row['stream']]['name']} {verb} {facts[row['on_stream']]['name']}: {told}"
        words += f". It gets: {row['what']}" if pd.notna(row["what"]) else ". Not declared"
        width = 1.4 + (WIDEST - 1.4) * days / most if waits or row["parts"] else 0.0
        key = key_of(row["stream"], row["on_stream"])
        found.append(Edge(str(row["on_stream"]), str(row["stream"]), label, words, key, width))
    return found


def _places(lines: Sequence[Edge], ranks: Mapping[str, int]) -> dict[str, tuple[int, float]]:
    """Stream → column and row: platforms before products before support, few lines lead back, and few cross."""
    after: dict[str, set[str]] = {name: set() for each in lines for name in (each.provider, each.receiver)}
    for each in lines:  # the longest waits first: where streams wait for each other, the shorter wait leads back
        is_upward = ranks[each.provider] > ranks[each.receiver]
        if not is_upward and each.provider not in _reached(each.receiver, after):
            after[each.provider].add(each.receiver)
    sorter = TopologicalSorter({name: {one for one in after if name in after[one]} for name in sorted(after)})
    sorter.prepare()
    columns: list[list[str]] = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready())
        columns.append(ready)
        sorter.done(*ready)
    near: dict[str, list[str]] = {name: [] for name in after}
    for each in lines:
        near[each.provider].append(each.receiver)
        near[each.receiver].append(each.provider)
    longest = max((len(column) for column in columns), default=0)
    rows: dict[str, float] = {}
    for sweep in range(SWEEPS):
        for column in columns:
            if sweep:
                column.sort(key=lambda name: (_mean([rows[other] for other in near[name]]), name))
            rows |= {name: row + (longest - len(column)) / 2 for row, name in enumerate(column)}
    return {name: (number, rows[name]) for number, column in enumerate(columns) for name in column}


def _reached(start: str, after: Mapping[str, set[str]]) -> set[str]:
    found, waiting = {start}, [start]
    while waiting:
        new = after[waiting.pop()] - found
        found |= new
        waiting.extend(new)
    return found


def _mean(numbers: Sequence[float]) -> float:
    return sum(numbers) / len(numbers) if numbers else 0.0


def _corner(place: tuple[int, float]) -> tuple[float, float]:
    column, row = place
    return MARGIN + column * (BOX + GAP), MARGIN + row * PITCH


def _ports(lines: Sequence[Edge], places: Mapping[str, tuple[int, float]]) -> dict[tuple[str, bool], float]:
    """Line and whether it leaves → the height at which it meets its box, so that no two meet it at one point."""
    found: dict[tuple[str, bool], float] = {}
    for name, place in places.items():
        for side in (True, False):  # on the right, on the left
            ends = [(each, True) for each in lines if each.provider == name and _is_ahead(each, places) == side]
            ends += [(each, False) for each in lines if each.receiver == name and _is_ahead(each, places) != side]
            ends.sort(key=lambda end: places[end[0].receiver if end[1] else end[0].provider][1])
            pitch = min(14.0, (BOX_HEIGHT - 12) / max(len(ends) - 1, 1))
            for number, (each, leaves) in enumerate(ends):
                middle = _corner(place)[1] + BOX_HEIGHT / 2
                found[each.key, leaves] = middle + pitch * (number - (len(ends) - 1) / 2)
    return found


def _is_ahead(each: Edge, places: Mapping[str, tuple[int, float]]) -> bool:
    return places[each.receiver][0] > places[each.provider][0]


def _course(
    each: Edge, places: Mapping[str, tuple[int, float]], ports: Mapping[tuple[str, bool], float]
) -> tuple[float, float, float, float, float]:
    """Where a line begins and ends, and how far it swings out between."""
    side = 1 if _is_ahead(each, places) else -1
    begin, end = (_corner(places[name])[0] for name in (each.provider, each.receiver))
    x1, x2 = (begin + BOX, end) if side > 0 else (begin, end + BOX)
    return x1, ports[each.key, True], x2, ports[each.key, False], side * max(abs(x2 - x1) / 2, 70)


def _line(
    each: Edge,
    places: Mapping[str, tuple[int, float]],
    ports: Mapping[tuple[str, bool], float],
    prefix: str,
) -> str:
    x1, y1, x2, y2, swing = _course(each, places, ports)
    end = x2 - TIP if swing > 0 else x2 + TIP
    shape = f"M{x1:g},{y1:g} C{x1 + swing:g},{y1:g} {end - swing:g},{y2:g} {end:g},{y2:g}"
    kind = "info" if not each.width else "flow" if _is_ahead(each, places) else "back"
    style = f"stroke-width:{each.width:.1f}" if each.width else "stroke-dasharray:5 4"
    return draw.move(shape, kind, style, f"{prefix}-tip", each.words, each.key)


def _label(each: Edge, places: Mapping[str, tuple[int, float]], ports: Mapping[tuple[str, bool], float]) -> str:
    """Before the tip, where lines lie apart."""
    if not each.label:
        return ""
    _, _, x2, y2, swing = _course(each, places, ports)
    x, anchor = (x2 - TIP - 6, "end") if swing > 0 else (x2 + TIP + 6, "start")
    return draw.text(x, y2 - 3 - each.width / 2, each.label, "small halo", anchor)


def _box(facts: Mapping[str, object], x: float, y: float) -> str:
    name, kind = str(facts["name"]), str(facts["kind"] or "product")
    told = full = counted(int(str(facts["open_items"])), "open item")
    if pd.notna(facts["median_lead_days"]):
        half = formatted(float(str(facts["median_lead_days"])), "days")
        told, full = f"{told}, median {half}", f"{full}, median lead time {half} (n = {facts['finished_items']:,})"
    title = draw.clean(f"{name}, {kind}: {full}")
    return (
        f"<g><title>{title}</title>"
        + draw.rectangle(x, y, BOX, BOX_HEIGHT, "data", 4)
        + draw.text(x + 10, y + 17, kind, "small mut")
        + draw.paragraph(x + 10, y + 32, draw.wrap(name, BOX - 20, 13.2), "b", full=name)
        + draw.text(x + 10, y + 62, draw.shorten(told, BOX - 18, 11), "small mut")
        + "</g>"
    )


def _described(lines: Sequence[Edge]) -> str:
    return "Network of value streams. " + "; ".join(each.words for each in lines[:LABELS])
