"""Parts of a page that are drawn once they come into view: nobody waits for, or pays for, what nobody looks at.

A page names them in `PARTS` and places each by `later`; assets/later.js tells when one is seen, and a callback of the
app draws it. Drawn anew for another scope, a page draws at once what had been seen: nothing flashes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from dash import ALL, MATCH, State, html
from dash.development.base_component import Component

from dashboard.components.cards import empty
from dashboard.errors import AccessError, ScopeError
from dashboard.pages.view import View

Draw = Callable[[View], Any]
LATER = "later"
ONE, EVERY = {"type": LATER, "part": MATCH}, {"type": LATER, "part": ALL}
PARTS = {"times": State(EVERY, "n_clicks"), "ids": State(EVERY, "id")}
WORDS = "Drawn when it comes into view. The button Print or PDF draws the whole page first."


def later(view: View, parts: Mapping[str, Draw], name: str, height: int) -> Component:
    """The place of a part; `height` says in rem how much of the page it will take, until it is drawn."""
    is_drawn = view.seen is None or name in view.seen
    waiting = html.P(view.waits or WORDS, className="later", style={"minHeight": f"{height}rem"})
    # Its clicks are the times it was seen; a reader's clicks are not counted.
    return html.Div(
        parts[name](view) if is_drawn else waiting,
        id={"type": LATER, "part": name},
        n_clicks=int(is_drawn),
        disable_n_clicks=True,
    )


def seen(times: Sequence[int], ids: Sequence[Mapping[str, str]]) -> frozenset[str]:
    """The parts that were in view, of what a callback is told by `PARTS`."""
    return frozenset(id_["part"] for id_, count in zip(ids, times, strict=True) if count)


def drawn(view: View, parts: Mapping[str, Draw], name: str) -> Any:
    """A part that was seen. Raises ScopeError for one that the page does not have."""
    if name not in parts:
        raise ScopeError(f"The page has no part {name!r}.")
    try:
        return parts[name](view)
    except (AccessError, ScopeError) as error:
        return empty(str(error))
