"""The symbols of lean value-stream mapping as SVG text: each function returns one glyph."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterator, Sequence
from html import escape

Point = tuple[float, float]
ACTIVE, WAIT, BAD, IMPROVEMENT = "#0072B2", "#E69F00", "#D55E00", "#F0E442"  # Okabe–Ito

# Every colour that follows the theme has a fallback, so that an exported file stands alone.
STYLE = f"""
.vsm{{--fg:var(--bs-body-color,#212529);--mut:var(--bs-secondary-color,#5b636a);--bg:var(--bs-body-bg,#fff);
--box:var(--bs-tertiary-bg,#f5f6f8);--line:var(--bs-border-color,#ced4da);display:block;margin:0 auto;
font-family:system-ui,-apple-system,'Segoe UI',Roboto,'DejaVu Sans',sans-serif;font-variant-numeric:tabular-nums}}
.vsm text{{fill:var(--fg);font-size:12px}}.vsm .mut{{fill:var(--mut)}}.vsm .b{{font-weight:600}}
.vsm .small{{font-size:11px}}.vsm .big{{font-size:17px;font-weight:600}}.vsm .head{{fill:#fff;font-size:13px;font-weight:600}}
.vsm .ink{{fill:#000;font-weight:600;font-size:11px}}.vsm .halo{{stroke:var(--bg);stroke-width:5px;paint-order:stroke}}
.vsm .paper{{fill:var(--bg)}}.vsm .outline{{fill:var(--bg);stroke:var(--fg);stroke-width:1.4}}
.vsm .process{{fill:{ACTIVE};stroke:var(--fg);stroke-width:1.4}}.vsm .data{{fill:var(--box);stroke:var(--fg);stroke-width:1}}
.vsm .rule{{stroke:var(--line);stroke-width:1}}.vsm .edge{{stroke:var(--fg);stroke-width:1.4}}
.vsm .info{{fill:none;stroke:var(--mut);stroke-width:1.3}}.vsm .flow{{fill:none;stroke:var(--fg);stroke-width:2}}
.vsm .back{{fill:none;stroke:{BAD};stroke-width:1.8;stroke-dasharray:6 3}}.vsm .bad{{fill:{BAD};stroke:none}}
.vsm .ladder{{fill:none;stroke:var(--fg);stroke-width:1.8}}.vsm .active{{fill:{ACTIVE}}}.vsm .rest{{fill:var(--line)}}
.vsm .burst{{fill:{IMPROVEMENT};stroke:#000;stroke-width:1}}.vsm .tag{{fill:{BAD};stroke:#000;stroke-width:1}}
.vsm .frame{{fill:none;stroke:{BAD};stroke-width:4}}.vsm .ring{{fill:none;stroke:transparent;stroke-width:3}}
.vsm .wait{{fill:{WAIT}}}.vsm .stripes{{fill:#000;fill-opacity:.55}}.vsm .push{{fill:var(--fg)}}.vsm .bare{{fill:none}}
.vsm .thin{{stroke-width:.8}}.vsm .worker{{fill:var(--fg)}}.vsm .step{{cursor:pointer;outline:none}}.vsm .step:hover .data{{stroke-width:2.4}}
.vsm .target{{fill:none;stroke:transparent;stroke-width:15;pointer-events:stroke}}.vsm .move{{cursor:pointer;outline:none}}
.vsm .move:hover .target,.vsm .move[aria-pressed=true] .target{{stroke:var(--fg);stroke-opacity:.2}}
.vsm .move:focus-visible .target{{stroke:var(--fg);stroke-opacity:.6}}
.vsm [aria-pressed=true] .ring{{stroke:var(--fg)}}.vsm .step:focus-visible .ring{{stroke:var(--fg);stroke-dasharray:5 3}}
"""


def legal(content: str) -> str:
    """The text with '�' for each character that XML forbids."""
    return re.sub("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "\ufffd", content)


def clean(content: str) -> str:
    """Text safe in an element or attribute of XML; characters that XML forbids become '�'."""
    return escape(legal(content))


def text_width(content: str, size: float) -> float:
    """About how wide a text is in px, measured on DejaVu Sans, the widest of the fonts that are asked for.

    For bold text pass a tenth more than its size.
    """
    return size * sum(_em(character) for character in content)


def _em(character: str) -> float:
    if unicodedata.east_asian_width(character) in "WF":
        return 1.0
    if character in "mwMW@%":
        return 0.98
    return 0.38 if character in "iljtfrI.,:;|!' ()[]-/" else 0.72 if character.isupper() else 0.63


def shorten(content: str, width: float, size: float) -> str:
    """The text, or as much of it as fits followed by '…'."""
    if text_width(content, size) <= width:
        return content
    end = len(content)
    while end > 1 and text_width(content[:end], size) + size > width:
        end -= 1
    return content[:end].rstrip() + "…"


def wrap(content: str, width: float, size: float = 12, lines: int = 2) -> tuple[str, ...]:
    """The text in at most so many lines; what does not fit ends in '…'."""
    rows = [""]
    words = content.split()
    pieces = words if lines == 1 else [piece for word in words for piece in _pieces(word, width, size)]
    for piece in pieces:
        longer = f"{rows[-1]} {piece}".strip()
        if rows[-1] and text_width(longer, size) > width:
            rows.append(piece)
        else:
            rows[-1] = longer
    rows = [*rows[: lines - 1], " ".join(rows[lines - 1 :])]
    return tuple(shorten(row, width, size) for row in rows if row)


def _pieces(word: str, width: float, size: float) -> list[str]:
    """The word, broken with hyphens where it is longer than a line."""
    if text_width(word, size) <= width or len(word) < 2:
        return [word]
    head = shorten(word, width, size)[:-1]
    return [head + "-", *_pieces(word[len(head) :], width, size)]


def text(x: float, y: float, content: str, kind: str = "", anchor: str = "start", hint: str = "") -> str:
    """One line of text; `hint` is shown on hover."""
    title = f"<title>{clean(hint)}</title>" if hint else ""
    return f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}" class="{kind}">{clean(content)}{title}</text>'


def number(x: float, y: float, content: str, room: float, kind: str = "b", anchor: str = "start") -> str:
    """A figure, squeezed where it is wider than its room: a number must never lose digits."""
    line_of_text = text(x, y, content, kind, anchor)
    if text_width(content, 13.2 if "b" in kind.split() else 12) <= room:
        return line_of_text
    return line_of_text.replace("<text ", f'<text textLength="{room:g}" lengthAdjust="spacingAndGlyphs" ', 1)


def paragraph(
    x: float,
    y: float,
    rows: tuple[str, ...],
    kind: str = "",
    anchor: str = "start",
    leading: float = 15,
    full: str = "",
) -> str:
    """Lines under one another; when one was shortened, the full text is shown on hover."""
    hint = full if any(row.endswith("…") for row in rows) else ""
    return "".join(text(x, y + leading * i, row, kind, anchor, hint) for i, row in enumerate(rows))


def rectangle(x: float, y: float, width: float, height: float, kind: str, radius: float = 0) -> str:
    """A box."""
    return f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="{radius:g}" class="{kind}"/>'


def line(x1: float, y1: float, x2: float, y2: float, kind: str = "rule") -> str:
    """A straight line."""
    return f'<line x1="{x1:g}" y1="{y1:g}" x2="{x2:g}" y2="{y2:g}" class="{kind}"/>'


def path(shape: str, kind: str, prefix: str = "", marker: str = "") -> str:
    """A path; `marker` is the arrowhead, from `definitions(prefix)`."""
    head = f' marker-end="url(#{prefix}-{marker})"' if marker else ""
    return f'<path d="{shape}" class="{kind}"{head}/>'


def move(shape: str, kind: str, style: str, tip: str, words: str, key: str = "") -> str:
    """A line with the arrowhead of the id `tip`, told in words; one with a key can be chosen, by keyboard too."""
    said = clean(words)
    drawn = f'<path d="{shape}" class="{kind}" style="{style}" marker-end="url(#{tip})"/>'
    if not key:
        return f"<g><title>{said}</title>{drawn}</g>"
    # A thin line is hard to hit: an unseen broad one lies over it.
    target = f'<path d="{shape}" class="target"/>'
    return (
        f'<g class="move" role="button" tabindex="0" data-id="{clean(key)}" aria-label="{said}"><title>{said}</title>'
        f"{drawn}{target}</g>"
    )


def definitions(prefix: str) -> str:
    """Arrowheads. Ids begin with `prefix`, because several maps may stand in one document."""
    heads = "".join(
        f'<marker id="{prefix}-{name}" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="9" markerHeight="9" '
        f'markerUnits="userSpaceOnUse" orient="auto"><path d="M0,0 L10,5 L0,10 z" style="fill:{colour}"/></marker>'
        for name, colour in (("info", "var(--mut)"), ("back", BAD), ("flow", "var(--fg)"))
    )
    return f"<defs>{heads}</defs>"


def hatched(parts: Sequence[Sequence[Point]], kind: str, pitch: float, width: float) -> str:
    """Convex shapes under stripes of a class `kind`, each `width` px of every `pitch`, from lower left to upper right.

    Stripes are shapes of their own, not a pattern: on paper a browser makes a coarse picture of a pattern.
    """
    stripes = (stripe for part in parts for stripe in _stripes(part, pitch * math.sqrt(2), width * math.sqrt(2)))
    return path("".join("M" + " ".join(f"{x:.1f},{y:.1f}" for x, y in stripe) + "Z" for stripe in stripes), kind)


def _stripes(part: Sequence[Point], pitch: float, width: float) -> Iterator[list[Point]]:
    """The pieces of a convex shape where x + y is in one of the bands [k pitch, k pitch + width]."""
    sums = [x + y for x, y in part]
    for band in range(math.floor(min(sums) / pitch), math.ceil(max(sums) / pitch)):
        piece = _cut(_cut(part, band * pitch, -1), band * pitch + width, 1)
        if len(piece) > 2:
            yield piece


def _cut(part: Sequence[Point], bound: float, side: int) -> list[Point]:
    """What is left of a convex shape where x + y is at most `bound` (`side` 1), or at least (`side` -1)."""
    kept: list[Point] = []
    for (x1, y1), (x2, y2) in zip(part, [*part[1:], *part[:1]], strict=True):
        first, second = side * (x1 + y1 - bound), side * (x2 + y2 - bound)
        kept += [(x1, y1)] if first <= 0 else []
        if first * second < 0:
            share = first / (first - second)
            kept.append((x1 + share * (x2 - x1), y1 + share * (y2 - y1)))
    return kept


def factory(x: float, y: float, width: float, height: float, name: str, role: str) -> str:
    """An outside party: supplier or customer."""
    tooth = width / 3
    roof = "".join(f"L{x + tooth * i:g},{y:g} V{y + 20:g} " for i in (1, 2)) + f"L{x + width:g},{y:g}"
    rows = wrap(name, width - 10, 13.2)
    top = y + (height + 20) / 2 - 7 * len(rows) + 4
    return (
        path(f"M{x:g},{y + height:g} V{y + 20:g} {roof} V{y + height:g} Z", "outline")
        + paragraph(x + width / 2, top, rows, "b", "middle", full=name)
        + text(x + width / 2, top + 15 * len(rows), role, "small mut", "middle")
    )


def control_box(x: float, y: float, width: float, tools: tuple[str, ...]) -> str:
    """The planning and control of the stream, with the tools that carry its information; 68 px high."""
    listed = " · ".join(tools) or "no tool named"
    rows = wrap(listed, width - 12)
    return (
        rectangle(x, y, width, 68, "outline", 3)
        + line(x, y + 25, x + width, y + 25)
        + text(x + width / 2, y + 17, "Planning and control", "b", "middle")
        + paragraph(x + width / 2, y + (50 if len(rows) == 1 else 43), rows, "mut", "middle", full=listed)
    )


def information_arrow(x1: float, y1: float, x2: float, y2: float, prefix: str) -> str:
    """A zig-zag arrow: information that travels electronically."""
    length = math.hypot(x2 - x1, y2 - y1)
    shape = f"M0,-4 H{length / 2 + 7:.1f} L{length / 2 - 7:.1f},4 H{length:.1f}"
    turn = f"translate({x1:g},{y1:g}) rotate({math.degrees(math.atan2(y2 - y1, x2 - x1)):.1f})"
    return f'<g transform="{turn}">{path(shape, "info", prefix, "info")}</g>'


def push_arrow(x: float, y: float, length: float, *, is_down: bool = False) -> str:
    """A striped block arrow from (x, y): the step sends on what it has finished, wanted or not."""
    neck = length - 14
    shape = f"M0,-6 H{neck:g} V-12 L{length:g},0 L{neck:g},12 V6 H0 Z"
    parts = (((0, -6), (neck, -6), (neck, 6), (0, 6)), ((neck, -12), (length, 0), (neck, 12)))
    turn = " rotate(90)" if is_down else ""
    drawn = path(shape, "paper") + hatched(parts, "push", 9, 4.5) + path(shape, "edge bare")
    return f'<g transform="translate({x:g},{y:g}){turn}">{drawn}</g>'


def pull_arrow(x: float, y: float, length: float, prefix: str, *, is_down: bool = False) -> str:
    """A looped arrow from (x, y): the next step takes work when it has room."""
    middle = length / 2
    shape = f"M0,0 H{middle:g} a8,8 0 1 0 -8,-8 a8,8 0 0 0 8,8 H{length:g}"
    turn = " rotate(90)" if is_down else ""
    return f'<g transform="translate({x:g},{y:g}){turn}">{path(shape, "flow", prefix, "flow")}</g>'


def shipment(points: tuple[tuple[float, float], ...]) -> str:
    """A hollow elbow arrow along the points: deliveries from the supplier or to the customer."""
    way = "M" + " L".join(f"{x:g},{y:g}" for x, y in points)
    (x1, y1), (x2, y2) = points[-2:]
    turn = math.degrees(math.atan2(y2 - y1, x2 - x1))
    head = f'<path d="M-1,-10 L13,0 L-1,10 Z" class="outline" transform="translate({x2:g},{y2:g}) rotate({turn:g})"/>'
    stroke = '<path d="{}" style="fill:none;stroke:var(--{});stroke-width:{}"/>'
    return stroke.format(way, "fg", 11) + head + stroke.format(way, "bg", 8.2)


def inventory(x: float, y: float) -> str:
    """The triangle of waiting work, its tip at (x, y); 50 px wide, 42 px high."""
    mark = f'<text x="{x:g}" y="{y + 36:g}" text-anchor="middle" class="ink" aria-hidden="true">I</text>'
    disc = f'<circle cx="{x:g}" cy="{y + 32:g}" r="7.5" style="fill:{WAIT}"/>'
    corners = ((x, y), (x + 25, y + 42), (x - 25, y + 42))
    shape = f"M{x:g},{y:g} l25,42 h-50 Z"
    stripes = hatched([corners], "stripes", 6, 1.5)
    return path(shape, "wait") + stripes + path(shape, "edge bare") + disc + mark


def burst(x: float, y: float, width: float, height: float, label: str) -> str:
    """A kaizen burst around (x, y) with an initiative's name."""
    spikes = []
    for i in range(36):
        reach = 1.0 if i % 2 == 0 else 0.9
        angle = math.pi * i / 18
        # A superellipse: more room for words than an ellipse.
        across = math.copysign(abs(math.cos(angle)) ** 0.5, math.cos(angle)) * reach * width / 2
        down = math.copysign(abs(math.sin(angle)) ** 0.5, math.sin(angle)) * reach * height / 2
        spikes.append(f"{x + across:.1f},{y + down:.1f}")
    rows = wrap(label, width * 0.86, 12, lines=3 if height > 48 else 2)
    words = paragraph(x, y + 4 - 6.5 * (len(rows) - 1), rows, "ink", "middle", 13, label)
    return f'<polygon class="burst" points="{" ".join(spikes)}"/>{words}'


def handoff(x: float, y: float) -> str:
    """The mark where the owning team changes."""
    disc = f'<circle cx="{x:g}" cy="{y:g}" r="9" style="fill:#CC79A7;stroke:#000;stroke-width:1"/>'
    return disc + text(x, y + 4, "H", "ink", "middle")


def constraint_tag(x: float, y: float) -> str:
    """The mark of the constraint; 82 by 18 px."""
    return rectangle(x, y, 82, 18, "tag", 3) + text(x + 41, y + 13, "constraint", "ink", "middle")


def worker(x: float, y: float) -> str:
    """The person who does the work, for a step's team; 14 px wide, its feet at (x, y)."""
    return f'<circle cx="{x + 7:g}" cy="{y - 9:g}" r="3.6" class="worker"/>' + path(
        f"M{x:g},{y:g} a7,5.4 0 0 1 14,0 z", "worker"
    )
