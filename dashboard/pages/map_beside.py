"""A designed map beside another one: both drawn, and step by step what differs."""

from __future__ import annotations

from urllib.parse import parse_qsl

import pandas as pd
from dash import html
from dash.development.base_component import Component

from dashboard.components.cards import content_card, csv_of, empty
from dashboard.components.inline_svg import InlineSvg
from dashboard.components.plain_table import plain_table
from dashboard.designs import folder
from dashboard.designs.document import Design, MapStep
from dashboard.designs.folder import Kept
from dashboard.designs.redesign import redesigned, totals_of
from dashboard.designs.words import differences
from dashboard.errors import DashboardError, ScopeError
from dashboard.figures.designed_map import map_of
from dashboard.figures.value_stream_map import ValueStreamMap, render
from dashboard.pages.measured_design import design_from
from dashboard.pages.value_stream import measured_map
from dashboard.pages.view import View, view_of
from dashboard.theme import NO_VALUE, duration, formatted

NONE, NOW = "~none", "~now"
QUESTION = "How does it differ?"


def card(view: View, kept: Kept) -> Component | None:
    """The map and the one that the viewer put beside it: the one it began with unless another is chosen.

    A sketch that has no step in common with the measured map is of other work: then it stands alone.
    """
    chosen = view.query.get("beside")
    if chosen == NONE or not kept.design.step:
        return None
    try:
        other, drawing = _other(view, kept.design, chosen)
    except DashboardError as error:
        return html.Div(empty(f"Nothing stands beside it. {error}"))
    here, there = redesigned(kept.design), redesigned(other)
    if not chosen and not any(_is_same(one, two) for one in here for two in there):
        return None
    moved = differences(totals_of(there, other.unattributed or 0), totals_of(here, kept.design.unattributed or 0))
    answer = f"From {other.name} to {kept.design.name}: {'; '.join(moved) if moved else 'no total differs'}"
    rows = beside(here, there, kept.design.name, other.name)
    drawn = html.Div(
        [
            html.Div(InlineSvg(svg=render(drawing)), className="map-across"),
            html.Div(InlineSvg(svg=render(drawing, is_vertical=True)), className="map-down"),
            html.Div(plain_table(rows), className="table-wrap mt-3", tabIndex="0"),
        ],
        className="map",
    )
    how = html.Details(
        [
            html.Summary("How was this computed?"),
            html.P(
                "Steps are put beside those of the same name, or those that stand for the same measured stages. A step "
                "that only one of the maps has stands alone. Times are means over all items."
            ),
        ],
        className="how",
    )
    return content_card("beside", QUESTION, answer, drawn, csv_of(rows, f"{kept.id}-beside"), how)


def _other(view: View, here: Design, chosen: str | None) -> tuple[Design, ValueStreamMap]:
    """The other map as a design and as it is drawn. Raises ScopeError where days of two clocks would be compared."""
    if chosen and chosen != NOW:
        design = folder.kept_map(view.home, chosen).design
        drawing = map_of(design, view.initiatives)
    else:
        if not chosen and here.measured:
            view = view_of(view.warehouse, view.home, dict(parse_qsl(here.measured)), view.store)[0]
        measured = measured_map(view)
        if measured is None:
            raise ScopeError("Nothing is measured in this scope.")
        design, drawing = design_from(view, f"measured {view.in_words}"), measured
    if design.counts_working_time != here.counts_working_time:
        raise ScopeError("One of the two maps counts working time, the other all hours: they can't be compared.")
    return design, drawing


def beside(here: tuple[MapStep, ...], there: tuple[MapStep, ...], name: str, other: str) -> pd.DataFrame:
    """Both maps' steps in one order, with their times and %C&A; the rows of `there` that have no partner stay."""
    left = list(there)
    rows: list[tuple[MapStep | None, MapStep | None]] = []
    for step in here:
        partner = next((each for each in left if _is_same(step, each)), None)
        if partner is not None:
            place = left.index(partner)
            rows += [(None, each) for each in left[:place]]
            left = left[place + 1 :]
        rows.append((step, partner))
    rows += [(None, each) for each in left]
    before, after = (other, name) if other != name else (f"{other} (beside)", name)
    columns = ["step", f"time, {before}", f"time, {after}", "difference", f"%C&A, {before}", f"%C&A, {after}"]
    return pd.DataFrame(
        [
            (_name(one, two), _time(two), _time(one), _difference(two, one), _accurate(two), _accurate(one))
            for one, two in rows
        ],
        columns=columns,
    )


def _name(one: MapStep | None, two: MapStep | None) -> str:
    return one.name if one else two.name if two else ""


def _is_same(one: MapStep, two: MapStep) -> bool:
    return one.name.casefold() == two.name.casefold() or bool(set(one.stages) & set(two.stages))


def _time(step: MapStep | None) -> str:
    return NO_VALUE if step is None else duration(step.seconds)


def _accurate(step: MapStep | None) -> str:
    return NO_VALUE if step is None or step.accurate is None else formatted(step.accurate, "ratio")


def _difference(before: MapStep | None, after: MapStep | None) -> str:
    moved = (after.seconds if after else 0) - (before.seconds if before else 0)
    if abs(moved) < 60:
        return NO_VALUE
    return f"{'−' if moved < 0 else '+'}{duration(abs(moved))}"
