"""What can be promised: when so many items are done, how many are done by a day, and how often that held."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import replace

import pandas as pd
from dash import Dash, html
from dash.development.base_component import Component

from dashboard.analysis import forecast
from dashboard.components import controls
from dashboard.components.cards import content_card, csv_of, empty
from dashboard.components.controls import entry, labelled
from dashboard.components.plain_table import plain_table
from dashboard.pages.view import View

PART, DRAWN = "forecast", "flow-forecast"
SEED = 20_240_229
COUNT, WEEKS, MOST = 20, 6, 10_000
QUESTION = "When will it be done, and how much by when?"


def card(view: View) -> Component:
    """The questions, as the URL has them, and their answers."""
    count = entry(PART, "items", "number", view.query.get("items"), str(COUNT), min=1, max=MOST)
    by = entry(PART, "by", "date", view.query.get("by"), _by_default(view).isoformat())
    fields = [labelled("How many items?", count), labelled("By which day?", by)]
    return html.Div([html.Div(fields, className="card-controls"), html.Div(answered(view), id=DRAWN)])


def register(app: Dash, view_for: Callable[[Mapping[str, str | None]], View]) -> None:
    """Other questions."""
    controls.redraw(app, PART, DRAWN, view_for, answered)


def answered(view: View) -> Component:
    """Both answers by Monte Carlo over the weekly throughput of the scope, or why there is none."""
    count, by = _count_of(view.query.get("items", str(COUNT))), _day_of(view.query.get("by")) or _by_default(view)
    weekly = replace(view, scope=replace(view.scope, period="week"))
    table = weekly.measure("throughput")
    whole = table[~table["period_start"].dt.date.isin(weekly.partial)]
    counts = [int(value) for value in whole["value"]]
    behind, how = weekly.behind("throughput", table, card="flow-forecast-weeks"), weekly.how("throughput")
    reason = forecast.why_not(counts)
    if reason:
        return content_card(DRAWN, QUESTION, "Not known", empty(reason), behind, how)
    # Whole weeks up to and with that day.
    weeks = ((by - view.scope.until).days + 1) // 7
    shown = pd.DataFrame({"likely, at least": [f"{share:.0%}".replace("%", " %") for share in forecast.SHARES]})
    said = []
    if count:
        done = forecast.when_done(counts, count, SEED)
        shown[f"{count:,} items done in"] = [_weeks(done.levels[share]) for share in forecast.SHARES]
        shown["that is by"] = [_day(_last_day(view, done.levels[share])) for share in forecast.SHARES]
        said.append(f"{count:,} items: with 85 % by {_day(_last_day(view, done.levels[0.85]))}")
    if 1 <= weeks <= forecast.LONGEST_WEEKS:
        many = forecast.how_many(counts, weeks, SEED)
        shown[f"items done by {_day(by)}"] = [many.levels[share] for share in forecast.SHARES]
        said.append(f"by {_day(by)}: with 85 % {many.levels[0.85]:,} items or more")
    if not said:
        words = "Ask for 1 to 10,000 items, or for a day from a week to ten years after the end of the scope."
        return content_card(DRAWN, QUESTION, "Not asked", empty(words), behind, how)
    answer = f"{'; '.join(said)}. {_held(counts)}"
    note = html.P(
        f"10,000 trials, each of weeks drawn from the last {len(forecast.recent(counts))} whole weeks of the scope; "
        "seeded, so the same data give the same answer. It holds as long as team and size of items stay alike.",
        className="rule",
    )
    drawn = [html.Div(plain_table(shown), className="table-wrap"), csv_of(shown, "forecast"), note]
    return content_card(DRAWN, QUESTION, answer, html.Div(drawn), behind, how)


def _held(counts: list[int]) -> str:
    tested = forecast.back_test(counts, SEED)
    if not tested.tried:
        return "In no past week it would have promised anything, so it can't be tried on them."
    times = f"{tested.held:,} of {tested.tried:,}"
    return f"Made anew in past weeks for the four weeks after, the 85 % forecast held in {times}."


def _weeks(weeks: int) -> str:
    if weeks >= forecast.LONGEST_WEEKS:
        return "more than ten years"
    return f"{weeks:,} {'week' if weeks == 1 else 'weeks'}"


def _count_of(text: str) -> int | None:
    count = int(text) if text.isdecimal() and len(text) < 7 else 0
    return count if 0 < count <= MOST else None


def _last_day(view: View, weeks: int) -> dt.date:
    """The last day of so many weeks after the scope, whose own end is the day after its last."""
    return view.scope.until + dt.timedelta(days=7 * weeks - 1)


def _by_default(view: View) -> dt.date:
    return view.scope.until + dt.timedelta(weeks=WEEKS)


def _day_of(text: str | None) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text or "")
    except ValueError:
        return None


def _day(day: dt.date) -> str:
    return f"{day.day} {day:%b %Y}"
