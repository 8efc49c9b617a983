"""Overview: is what was planned working? One row a target, the constraint, what changed, on one page to send."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from typing import Any

import dash_bootstrap_components as dbc
import pandas as pd
from dash import html
from dash.development.base_component import Component

from dashboard import health
from dashboard.analysis.targets import Status
from dashboard.components.cards import empty, findings
from dashboard.designs import folder
from dashboard.errors import DashboardError
from dashboard.pages import overview_review
from dashboard.pages.overview_rows import Row, objective_table, rows_of
from dashboard.pages.overview_streams import stream_table
from dashboard.pages.plan import fault_told, strays_told, whole
from dashboard.pages.value_stream import constraint_now
from dashboard.pages.view import View
from dashboard.streams.definition import read_definition
from dashboard.streams.plan import Initiative
from dashboard.theme import BUCKETS, formatted

PATH, TITLE = "/overview", "Overview"
NO_PLAN = "There are no targets for this value stream yet. The Plan page says how they are set."
ORDER: tuple[Status, ...] = ("off track", "at risk", "on track", "met", "no data")
TOP_WASTE = 3


def body(view: View) -> Component:
    """The page for a monthly review; with `review` in the URL one objective after the other."""
    rows = rows_of(view)
    if (asked := view.query.get("review")) is not None:
        return overview_review.body(view, rows, asked)
    return html.Div(
        [
            fault_told(view),
            strays_told(view),
            findings(_sentences(view, rows)),
            _targets(view, rows),
            dbc.Row(
                [
                    dbc.Col(_card("What changed since the last review?", _changed(view, rows)), lg=6),
                    dbc.Col(_card("Where does it hurt most?", _hurts(view)), lg=6),
                    dbc.Col(_card("How do the streams stand side by side?", [stream_table(view)]), lg=12),
                    dbc.Col(_card("Is the improvement effort itself healthy?", _health(view)), lg=12),
                ],
                class_name="g-3 mt-1",
            ),
        ],
        className="overview",
    )


def _card(question: str, parts: Sequence[Any]) -> Component:
    head = dbc.CardHeader(html.H2(question, className="card-question"))
    return dbc.Card([head, dbc.CardBody(list(parts))], class_name="h-100")


def today_of(view: View) -> dt.date:
    """The day that the figures are as of."""
    return pd.Timestamp(view.stream["last_event_on"]).date()


def _sentences(view: View, rows: Sequence[Row]) -> list[str | tuple[str, str]]:
    """Where the targets stand, and the constraint."""
    told: list[str | tuple[str, str]] = []
    if rows:
        counts = Counter(row.course.progress.status for row in rows)
        said = ", ".join(f"{counts[status]} {status}" for status in ORDER if status in counts)
        told.append((f"Of {len(rows)} targets: {said}.", view.address("/plan")))
    if found := constraint_now(view):
        told.append((f"The constraint is {found.step}: {found.reason}.", view.address("/value-stream")))
    return told


def _targets(view: View, rows: Sequence[Row]) -> Component:
    if not rows:
        return empty(NO_PLAN)
    review = html.A("Step through the objectives", href=view.address(PATH, review="1"), className="chip no-print")
    told = html.P(whole(), className="rule")
    return _card("Are we on the way to the targets?", [review, objective_table(rows), told])


def _changed(view: View, rows: Sequence[Row]) -> list[Component]:
    """Targets whose status moved since the last review, and initiatives that began or ended since."""
    today = today_of(view)
    if not view.plan.review:
        way = html.A("Record the first one", href=view.address("/plan", new="review"))
        return [html.P(["No review is recorded. ", way, "."], className="empty")]
    last = max(view.plan.review, key=lambda each: each.on)
    if last.on >= today:
        return [html.P(f"The last review was on {_day(last.on)}, and the data end on {_day(today)}: nothing is newer.")]
    said: list[Any] = []
    for row in rows:
        then = row.as_of(last.on)
        now = row.course.progress
        if then.status != now.status:
            said.append([html.A(row.title, href=row.address), f": {then.status} → {now.status}"])
        elif then.latest is not None and now.latest is not None and then.latest_on != now.latest_on:
            unit = row.course.metric.unit
            moved = f"{formatted(then.latest, unit)} → {formatted(now.latest, unit)}"
            said.append([html.A(row.title, href=row.address), f": {moved}, still {now.status}"])
    for initiative in view.plan.initiative:
        for word, on in (("began", initiative.start), ("was due", initiative.due)):
            if on and last.on < on <= today:
                said.append([f"{initiative.name} {word} on {_day(on)}"])
    note = f" ({last.note})" if last.note else ""
    head = html.P(f"Since the review of {_day(last.on)}{note}:", className="mb-1")
    return [head, html.Ul([html.Li(each) for each in said]) if said else html.P("Nothing moved.")]


def _hurts(view: View) -> list[Component]:
    """The constraint and the largest wastes of the scope, in money where the stream states it."""
    parts: list[Component] = []
    found = constraint_now(view)
    if found:
        link = html.A(found.step, href=view.address("/value-stream"))
        parts.append(html.P(["The constraint: ", link, f" – {found.reason}."]))
    if not view.stream["has_history"]:
        return parts or [empty("No source tells a history: where the time went is not known.")]
    table = view.ask("charts.waste")
    lost = table[table["bucket"] != "value-adding"]
    if lost.empty:
        return parts or [empty("No items finished or were withdrawn in this scope.")]
    by_bucket = lost.groupby("bucket")[["days", "cost"]].sum(min_count=1).sort_values("days", ascending=False)
    whole = table["days"].sum()
    rows = [
        html.Li(
            f"{BUCKETS[str(bucket)].words}: {formatted(days / whole, 'ratio')} of the lead time{_money(view, cost)}"
        )
        for bucket, days, cost in by_bucket.head(TOP_WASTE).itertuples()
    ]
    money = _money(view, lost["cost"].sum(min_count=1))
    words = f"Of all item-days {formatted(lost['days'].sum() / whole, 'ratio')} added no value{money}. The largest: "
    return [*parts, html.P([words, html.A("Waste", href=view.address("/waste"))], className="mb-1"), html.Ul(rows)]


def _money(view: View, cost: float | None) -> str:
    return "" if cost is None or pd.isna(cost) else f", {cost:,.0f} {view.stream['currency'] or ''} of delay".rstrip()


def _health(view: View) -> list[Component]:
    today = today_of(view)
    definition = view.home / "streams.toml"
    try:
        stream = read_definition(definition).get(view.scope.stream) if definition.is_file() else None
    except DashboardError as error:
        return [empty(str(error))]
    maps, _ = folder.kept_maps(view.home)
    walks = view.store.walks(view.scope.stream) if view.store else ()
    drawn = sum(kept.design.stream == view.scope.stream for kept in maps) + len(walks)
    if stream is None:
        return [empty("The stream has no definition in streams.toml yet: its owner and stakeholders are not known.")]
    reviews, assessed = [each.on for each in view.plan.review], [walk.held_on for walk in walks]
    found = health.ailments(view.plan, stream, today, reviews, assessed, drawn)
    pairs = health.simultaneous(view.plan, today)
    if not found and not pairs:
        return [html.P("Nothing is missing, late or forgotten.")]
    lines = [html.Li([html.Strong(each.subject), f" {each.what}. ", html.Small(each.why)]) for each in found]
    lines += [
        html.Li(
            f"{one.name} and {two.name} ran at one time {_shared(view, one, two)}: their effects can't be told apart."
        )
        for one, two in pairs
    ]
    return [html.Ul(lines, className="mb-0")]


def _shared(view: View, one: Initiative, two: Initiative) -> str:
    if one.metric and one.metric == two.metric:
        return f"on the same metric, {view.metric(one.metric).title}"
    return f"at the same stage, {one.stage}"


def _day(day: dt.date) -> str:
    return f"{day.day} {day:%b %Y}"
