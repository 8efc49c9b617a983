"""The value-stream map in lean notation: data in, one SVG string out."""

from __future__ import annotations

import re
import zlib

from dashboard.figures import lean_symbols as draw
from dashboard.figures.lean_across import draw_across
from dashboard.figures.lean_down import draw_down
from dashboard.figures.lean_map import BackFlow, Step, ValueStreamMap
from dashboard.figures.lean_words import description

__all__ = ["BackFlow", "Step", "ValueStreamMap", "render", "standalone"]

# A wide map shrinks to this much of its drawn size before its container has to scroll, and grows to this much.
SMALLEST, LARGEST = 0.9, 1.25


def render(map: ValueStreamMap, *, is_vertical: bool = False, selected: str | None = None) -> str:
    """A self-contained, accessible SVG of the map.

    Each step is a button with `data-id` = its name; `selected` is drawn as pressed. The wide map has a least width in
    px, so let its container scroll sideways; the tall one (`is_vertical`) is for screens from 360 px. Both may stand
    in one document.
    """
    # Ids hold for one drawing: two maps, or both orientations, may stand in one document.
    prefix = f"vsm-{'v' if is_vertical else 'h'}-{zlib.crc32(repr(map).encode(errors='replace')):08x}"
    layout = draw_down if is_vertical else draw_across
    drawing, width, height = layout(map, prefix, selected)
    least = 300 if is_vertical else round(width * SMALLEST)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="vsm" viewBox="0 0 {width:g} {height:g}" '
        f'preserveAspectRatio="xMidYMin" role="group" '
        f'aria-label="{draw.clean(map.title)}" aria-describedby="{prefix}-words" '
        f'style="width:100%;min-width:{least}px;max-width:{round(width * LARGEST)}px;height:auto">'
        f'<desc id="{prefix}-words">{draw.clean(description(map))}</desc><style>{draw.STYLE}</style>'
        f"{draw.definitions(prefix)}"
        f'<rect width="{width:g}" height="{height:g}" class="paper"/>{drawing}</svg>'
    )


def standalone(map: ValueStreamMap) -> str:
    """The wide map as a file of its own: its light colours written out, for many programs know no CSS variables."""
    light = dict(re.findall(r"--(\w+):var\(--[\w-]+,([^)]+)\)", draw.STYLE))
    # A label holds no quote and no angle bracket, so that nothing of the data is taken for a style.
    styles = re.compile(r'<style>.*?</style>|style="[^"]*"', re.DOTALL)
    return styles.sub(lambda style: re.sub(r"var\(--(\w+)\)", lambda name: light[name[1]], style[0]), render(map))
