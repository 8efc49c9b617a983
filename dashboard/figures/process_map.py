"""The process as it really happened: states from top to bottom, moves ahead on the right, moves back on the left."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from dashboard.figures import lean_symbols as draw
from dashboard.theme import formatted

# What a move is labelled with → unit.
MEASURES = {"moves": "items", "median_days": "days", "mean_days": "days", "total_days": "days"}
BOX, BOX_HEIGHT, PITCH, LANE, TOP = 230, 44, 74, 46, 34
TERMINAL, TERMINAL_HEIGHT = 68, 24
PORT = 7  # between moves that leave or reach one box on one side
BEGIN, END = "", "\0end"


@dataclass(frozen=True)
class Move:
    """A line of the drawing: rows of the states it joins, its label, its width, and which lane it runs in."""

    first: int
    last: int
    label: str
    width: float
    words: str
    key: str = ""
    lane: int = -1

    @property
    def is_next(self) -> bool:
        """It leads to the row below: a straight line."""
        return self.last == self.first + 1

    @property
    def side(self) -> int:
        """1: on the right, ahead or to itself; -1: on the left, back."""
        return 1 if self.last >= self.first else -1

    @property
    def span(self) -> tuple[int, int]:
        """The rows it passes, the upper first."""
        return min(self.first, self.last), max(self.first, self.last)


@dataclass(frozen=True)
class Sheet:
    """Where things are: the boxes' left edge, the last row, where lines meet boxes, and the prefix of ids."""

    left: float
    last_row: int
    ports: Mapping[tuple[int, Move, bool], float]
    prefix: str

    def middle(self, row: int) -> float:
        """The height of a row's middle."""
        return TOP + PITCH * row

    def half(self, row: int) -> float:
        """Half the height of what stands in a row."""
        return TERMINAL_HEIGHT / 2 if row in (0, self.last_row) else BOX_HEIGHT / 2

    def side_of(self, row: int, side: int) -> float:
        """The edge of what stands in a row: beginning and end are narrower than a box."""
        return self.left + BOX / 2 + side * (TERMINAL if row in (0, self.last_row) else BOX) / 2

    def lane(self, each: Move) -> float:
        """Where a line runs up or down."""
        return self.left + BOX / 2 + each.side * (BOX / 2 + 24 + LANE * each.lane)

    def heights(self, each: Move) -> tuple[float, float]:
        """Where a line leaves and arrives."""
        return (
            self.middle(each.first) + self.ports[each.first, each, True],
            self.middle(each.last) + self.ports[each.last, each, False],
        )


def shown(moves: pd.DataFrame, least: float) -> pd.DataFrame:
    """The moves that at least a share of the items made; and of every state they touch the way in and out."""
    often = moves[moves["share_ratio"] >= least]
    touched = set(often["from_state"].dropna()) | set(often["to_state"].dropna())
    within = moves[moves["from_state"].isin(touched) & (moves["to_state"].isin(touched) | moves["to_state"].isna())]
    ways = [often, within.drop_duplicates("from_state")]
    return pd.concat(ways).drop_duplicates(["from_state", "to_state"])


def process_map(
    states: pd.DataFrame,
    moves: pd.DataFrame,
    measure: str = "moves",
    least: float = 0.0,
    keys: Sequence[str] = (),
) -> str:
    """A self-contained SVG of charts.process_states and charts.process_map.

    `measure` is one of MEASURES; moves that fewer than the share `least` of the items made are left out, but for the
    most frequent way out of each state that is shown. `keys` say which items made each move, as in a URL: it can then
    be chosen.
    """
    kept = shown(moves.assign(key=list(keys) if keys else ""), least)
    touched = set(kept["from_state"].dropna()) | set(kept["to_state"].dropna())
    names = [name for name in states["state"] if name in touched]
    rows = {BEGIN: 0, **{name: number for number, name in enumerate(names, 1)}, END: len(names) + 1}
    lines = _in_lanes(_lines(kept, rows, measure))
    lanes = {side: 1 + max((each.lane for each in lines if each.side == side), default=-1) for side in (1, -1)}
    left = 16 + LANE * lanes[-1] + (12 if lanes[-1] else 0)
    width, height = left + BOX + 28 + LANE * lanes[1] + 16, TOP + PITCH * (len(rows) - 1) + 40
    prefix = f"process-{zlib.crc32(repr(lines).encode(errors='replace')):08x}"
    sheet = Sheet(left, len(rows) - 1, _ports(lines), prefix)
    # Labels above all lines.
    drawn = "".join(_line(each, sheet) for each in lines) + "".join(_label(each, sheet) for each in lines)
    facts = states.set_index("state").to_dict("index")
    boxes = "".join(_box(name, facts[name], left, rows[name]) for name in names)
    ends = _terminal(left, 0, "Begin") + _terminal(left, len(rows) - 1, "End")
    role = "group" if keys else "img"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="vsm" viewBox="0 0 {width:g} {height:g}" role="{role}" '
        f'aria-label="{draw.clean(_described(lines))}" style="width:{width:g}px;max-width:none;height:auto">'
        f'<style>{draw.STYLE}</style><defs><marker id="{prefix}-tip" markerWidth="9" markerHeight="8" refX="8" '
        'refY="4" orient="auto" markerUnits="userSpaceOnUse"><path d="M0,0 L9,4 L0,8 Z" style="fill:var(--fg)"/>'
        "</marker></defs>"
        f'<rect width="{width:g}" height="{height:g}" class="paper"/>{drawn}{boxes}{ends}</svg>'
    )


def _lines(moves: pd.DataFrame, rows: Mapping[str, int], measure: str) -> list[Move]:
    most = max(moves["moves"].max(), 1) if len(moves) else 1
    found = []
    for row in moves.to_dict("records"):
        begin = BEGIN if pd.isna(row["from_state"]) else str(row["from_state"])
        end = END if pd.isna(row["to_state"]) else str(row["to_state"])
        value = row[measure]
        label = formatted(value, MEASURES[measure]) if pd.notna(value) else ""
        words = (
            f"{begin or 'Begin'} to {'End' if end == END else end}: {row['moves']:,} moves of {row['items']:,} items"
        )
        if pd.notna(row["median_days"]):
            words += f", half within {formatted(row['median_days'], 'days')}"
        found.append(Move(rows[begin], rows[end], label, 1 + 4 * row["moves"] / most, words, row["key"]))
    return found


def _in_lanes(lines: Iterable[Move]) -> list[Move]:
    """Short moves near the boxes, each in the nearest lane in which nothing else runs at that height."""
    taken: dict[tuple[int, int], list[tuple[int, int]]] = {}
    placed = []
    for each in sorted(lines, key=lambda line: (line.span[1] - line.span[0], line.span)):
        if each.is_next:
            placed.append(each)
            continue
        lane = 0
        while any(a <= each.span[1] and each.span[0] <= b for a, b in taken.get((each.side, lane), ())):
            lane += 1
        taken.setdefault((each.side, lane), []).append(each.span)
        placed.append(replace(each, lane=lane))
    return placed


def _ports(lines: Sequence[Move]) -> Mapping[tuple[int, Move, bool], float]:
    """Row, move, whether it leaves there → how far from the middle of the box, so that no two meet at one point."""
    found: dict[tuple[int, Move, bool], float] = {}
    for row in {each.first for each in lines} | {each.last for each in lines}:
        for side in (1, -1):
            here = [(each, True) for each in lines if not each.is_next and each.side == side and each.first == row]
            here += [(each, False) for each in lines if not each.is_next and each.side == side and each.last == row]
            # What goes up leaves above what goes down; the outer lanes are the outer ports.
            here.sort(key=lambda end: (_other(*end) > row, -end[0].lane if _other(*end) > row else end[0].lane))
            for place, (each, leaves) in enumerate(here):
                found[row, each, leaves] = PORT * (place - (len(here) - 1) / 2)
    return found


def _other(line: Move, leaves: bool) -> float:
    """The row at the other end of a line; of a loop, one half below where it leaves."""
    if line.first == line.last:
        return line.first + (0.5 if leaves else -0.5) * -1
    return line.last if leaves else line.first


def _line(each: Move, sheet: Sheet) -> str:
    kind = "flow" if each.side > 0 else "back"
    if each.is_next:
        upper, lower = (
            sheet.middle(each.first) + sheet.half(each.first),
            sheet.middle(each.last) - sheet.half(each.last),
        )
        shape = f"M{sheet.left + BOX / 2:g},{upper:g} V{lower:g}"
    else:
        y1, y2 = sheet.heights(each)
        begin, end = (sheet.side_of(row, each.side) for row in (each.first, each.last))
        shape = f"M{begin:g},{y1:g} H{sheet.lane(each):g} V{y2:g} H{end:g}"
    return draw.move(shape, kind, f"stroke-width:{each.width:.1f}", f"{sheet.prefix}-tip", each.words, each.key)


def _label(each: Move, sheet: Sheet) -> str:
    if each.is_next:
        x, y = sheet.left + BOX / 2 + 8 + each.width / 2, (sheet.middle(each.first) + sheet.middle(each.last)) / 2
        return draw.text(x, y + 4, each.label, "small halo")
    return draw.text(sheet.lane(each), sum(sheet.heights(each)) / 2 + 4, each.label, "small halo", "middle")


def _box(name: str, facts: Mapping[str, object], left: float, row: int) -> str:
    y = TOP + PITCH * row - BOX_HEIGHT / 2
    days = facts["median_days"]
    # Of a state that most items never left, the few stays that ended tell nothing.
    is_left = 2 * int(str(facts["ended_stays"])) >= int(str(facts["entries"]))
    half = f" · median {formatted(float(str(days)), 'days')}" if pd.notna(days) and is_left else ""
    told = f"{int(str(facts['items'])):,} items{half}"
    colour = {"active": draw.ACTIVE, "wait": draw.WAIT}.get(str(facts["mode"]), "var(--line)")
    return (
        f"<g><title>{draw.clean(f'{name}: {told}')}</title>"
        + draw.rectangle(left, y, BOX, BOX_HEIGHT, "data", 4)
        + f'<rect x="{left:g}" y="{y:g}" width="7" height="{BOX_HEIGHT}" style="fill:{colour}"/>'
        + draw.text(left + 14, y + 18, draw.shorten(name, BOX - 22, 13.2), "b")
        + draw.text(left + 14, y + 35, draw.shorten(told, BOX - 20, 11), "small mut")
        + "</g>"
    )


def _terminal(left: float, row: int, name: str) -> str:
    x, y = left + BOX / 2, TOP + PITCH * row
    edge = draw.rectangle(x - TERMINAL / 2, y - TERMINAL_HEIGHT / 2, TERMINAL, TERMINAL_HEIGHT, "outline", 12)
    return edge + draw.text(x, y + 4, name, "b small", "middle")


def _described(lines: Sequence[Move]) -> str:
    told = sorted(lines, key=lambda each: -each.width)[:12]
    return "Process map. " + "; ".join(each.words for each in told) + ("; …" if len(lines) > len(told) else "")
