"""The charts of the flow page, one question a card."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

import pandas as pd
from dash import html
from dash.development.base_component import Component

from dashboard.analysis import littles_law
from dashboard.analysis.ageing import older_than_usual
from dashboard.components.cards import ROWS_SHOWN, content_card, empty, figure_card
from dashboard.figures.ageing import ageing
from dashboard.figures.cycle_times import cycle_histogram, cycle_scatter
from dashboard.figures.frame import item_keys
from dashboard.figures.periods import iso
from dashboard.figures.reasons import reasons
from dashboard.figures.sample import POINTS
from dashboard.figures.stacks import in_and_out, time_split, types
from dashboard.figures.stage_periods import stage_periods
from dashboard.figures.trend import trend
from dashboard.pages.view import View
from dashboard.theme import formatted

FEW = 5
NO_STARTS = "No source tells when items were started: what is in progress, and since when, is not known."


def scatter_card(view: View) -> Component:
    """Which items took unusually long?"""
    table = view.ask("charts.cycle_scatter", row_limit=POINTS)
    answer = "No start is known of any item that finished"
    if len(table):
        first, shown = table.iloc[0], len(table)
        count = f"{first['items']:,}"
        most = formatted(first["most_days"], "days")
        answer = f"85 % of the {count} items took {most} or less; {first['longer']:,} took longer"
        if first["items"] < FEW:
            answer = f"Only {count} {'item' if first['items'] == 1 else 'items'} finished: too few to say what is usual"
        if shown < first["items"]:
            answer += f". Shown are {shown:,} of {count}: the slowest 5 %, and a sample of the others"
    keys = item_keys(table["item_id"].head(ROWS_SHOWN))
    return _card(
        view,
        "flow-scatter",
        "Which items took unusually long?",
        answer,
        "charts.cycle_scatter",
        table,
        keys,
        cycle_scatter(table),
    )


def histogram_card(view: View) -> Component:
    """Which cycle times are usual?"""
    table = view.ask("charts.cycle_histogram")
    keys = [
        _finished(view, days_from=row["days_from"], days_to=row["days_to"] if pd.notna(row["days_to"]) else None)
        for row in table.to_dict("records")
    ]
    answer = "No start is known of any item that finished"
    if len(table) and table["items"].sum():
        most = table.loc[table["items"].idxmax()]
        until = f" to {formatted(most['days_to'], 'days')}" if pd.notna(most["days_to"]) else " or more"
        count = f"{most['items']:,.0f} of {table['items'].sum():,} items"
        answer = f"Most often {formatted(most['days_from'], 'days')}{until}: {count}"
        if table["items"].sum() < FEW:
            answer = f"Only {table['items'].sum():,} finished: too few to say what is usual"
    return _card(
        view,
        "flow-histogram",
        "Which cycle times are usual?",
        answer,
        "charts.cycle_histogram",
        table,
        keys,
        cycle_histogram(table, keys),
    )


def in_and_out_card(view: View) -> Component:
    """Does as much leave as comes in?"""
    if not view.stream["has_start_times"]:
        return _unknown(view, "flow-in-out", "Does as much leave as comes in?", NO_STARTS, "charts.in_and_out")
    table = view.ask("charts.in_and_out")
    came, left = int(table["arrivals"].sum()), int(table["departures"].sum())
    more = "came than left" if came > left else "left than came"
    answer = f"{came:,} were started, {left:,} left: {abs(came - left):,} more {more}"
    started = view.keys("arrivals")
    departed = {day: key.replace("event=started", "event=departed") for day, key in started.items()}
    keys = [started.get(iso(day)) for day in table["period_start"]]
    figure = in_and_out(table, view.partial, (started, departed))
    return _card(
        view, "flow-in-out", "Does as much leave as comes in?", answer, "charts.in_and_out", table, keys, figure
    )


def ageing_card(view: View) -> Component:
    """What is growing old?"""
    question = "What is growing old, and where?"
    if not view.stream["has_start_times"]:
        return _unknown(view, "flow-ageing", question, NO_STARTS, "charts.ageing")
    table, pace = view.ask("charts.ageing"), view.ask("charts.pace")
    agreed = _agreed(view)
    held = table["stage"].value_counts()
    late = older_than_usual(table, pace)
    blocked = int(table["is_blocked"].sum())
    answer = f"{len(table):,} in progress; too few items have finished to say what is old"
    if late is not None:
        older = "older than 85 % of finished items were when they left that stage"
        answer = f"{len(table):,} in progress; {len(late):,} of them {older}"
    over = [
        f"{name} holds {held[name]} of {limit} agreed" for name, limit in agreed.items() if held.get(name, 0) > limit
    ]
    if over:
        answer += f"; {', '.join(over)}"
    if blocked:
        answer += f"; {blocked:,} blocked"
    if table["age_days"].count() > POINTS:
        answer += f". Drawn are the {POINTS // 2:,} oldest, and a sample of the others"
    keys = item_keys(table["item_id"].head(ROWS_SHOWN))
    behind = view.behind("charts.ageing", table, keys, "flow-ageing")
    how = view.how("charts.ageing", "charts.pace")
    return figure_card("flow-ageing", question, answer, ageing(table, pace, agreed), behind, how)


def _agreed(view: View) -> Mapping[str, int]:
    """Stage in progress → its agreed limit, where there is one."""
    stages = view.warehouse.stages(view.scope.stream)
    stages = stages[(stages["category"] == "in-progress") & stages["wip_limit"].notna()]
    return {str(row.stage): int(row.wip_limit) for row in stages.itertuples()}


def total_age_card(view: View) -> Component:
    """Does the work on the way grow old?"""
    table, metric = view.ask("charts.total_age"), view.metric("work_item_age")
    known = table["value"].dropna()
    answer = "No source tells when items were started"
    if len(known):
        answer = f"{formatted(known.iloc[-1], 'days')} in all at the end; it grows by a day a day for every open item"
    figure = trend({"": table}, metric, partial=view.partial, words=answer, keys=view.keys("work_in_progress"))
    keys = [view.keys("work_in_progress").get(iso(day)) for day in table["period_start"]]
    return _card(
        view, "flow-total-age", "Does the work on the way grow old?", answer, "charts.total_age", table, keys, figure
    )


def time_split_card(view: View) -> Component:
    """What was the time spent on?"""
    if not view.stream["has_history"]:
        words = "No source tells when items entered their stages: what their time was spent on is not known."
        return _unknown(view, "flow-split", "How much of the time is work?", words, "charts.time_split")
    table = view.ask("charts.time_split")
    days = table.groupby("kind")["days"].sum()
    answer = "No items finished in this scope"
    if days.sum() > 0:
        shares = days / days.sum()
        answer = (
            f"Of the lead time {formatted(shares['process'], 'ratio')} was working, "
            f"{formatted(shares['waiting'], 'ratio')} waiting"
        )
        if view.stream["has_blocked_times"]:
            answer += f", {formatted(shares['blocked'], 'ratio')} blocked"
    known = view.keys("throughput")
    keys = [known.get(iso(day)) for day in table["period_start"]]
    return _card(
        view,
        "flow-split",
        "How much of the time is work?",
        answer,
        "charts.time_split",
        table,
        keys,
        time_split(table, view.partial),
    )


def types_card(view: View, column: str) -> Component:
    """What kinds of work get done, or are on the way?"""
    table = view.ask("charts.types")
    is_done = column == "finished"
    if not is_done and not view.stream["has_start_times"]:
        question = "What kinds of work are on the way?"
        return _unknown(view, f"flow-types-{column}", question, NO_STARTS, "charts.types")
    known = view.keys("throughput" if is_done else "work_in_progress")
    keys = {
        (iso(row.period_start), str(row.type)): f"{known[iso(row.period_start)]}&{urlencode({'type': row.type})}"
        for row in table.itertuples()
        if row.type != "(none)"
    }
    last = table if is_done else table[table["period_start"] == table["period_start"].max()]
    counts = last.groupby("type")[column].sum().sort_values(ascending=False)
    total = counts.sum()
    told = ", ".join(f"{name} {formatted(count / total, 'ratio')}" for name, count in counts.head(4).items() if total)
    answer = f"{told} of {total:,} items" + ("" if is_done else " at the end") if total else "None"
    question = "What kinds of work get done?" if is_done else "What kinds of work are on the way?"
    figure = types(table, column, "Finished items" if is_done else "Items in progress", view.partial, keys)
    rows = [keys.get((iso(row.period_start), str(row.type))) for row in table.itertuples()]
    return _card(view, f"flow-types-{column}", question, answer, "charts.types", table, rows, figure)


def stage_periods_card(view: View) -> Component:
    """Where did items stay longer than usual, and when?"""
    table = view.ask("charts.stage_weeks")
    ends = {iso(row.period_start): iso(row.period_end) for row in view.ask("charts.periods").itertuples()}
    keys = {
        (row.stage, iso(row.period_start)): urlencode(
            {
                "event": "left stage",
                "stage": row.stage,
                "since": iso(row.period_start),
                "until": ends[iso(row.period_start)],
            }
        )
        for row in table.itertuples()
    }
    answer = "No stay in a stage ended in this scope"
    if len(table):
        whole = view.warehouse.ask("charts.stage_weeks", view.scope.over_all()).sort_values("median_days")
        longest = whole.iloc[-1]
        half = formatted(longest["median_days"], "days")
        answer = (
            f"Longest in {longest['stage']}: half stayed {half} or less. "
            "Each row has its own scale: dark is long for that stage"
        )
    rows = [keys[(row.stage, iso(row.period_start))] for row in table.itertuples()]
    return _card(
        view,
        "flow-stages",
        "Where did items stay longer than usual?",
        answer,
        "charts.stage_weeks",
        table,
        rows,
        stage_periods(table, keys),
    )


def blocked_card(view: View) -> Component:
    """What holds items up?"""
    table = view.ask("charts.blocked_reasons")
    if not view.stream["has_blocked_times"]:
        return content_card(
            "flow-blocked",
            "What holds items up?",
            "Not known",
            empty("No source tells when items were blocked."),
            html.Div(),
            view.how("charts.blocked_reasons"),
        )
    span = {"since": view.scope.since.isoformat(), "until": view.scope.until.isoformat()}
    keys = [
        urlencode({"event": "blocked", "reason": reason, **span}) if pd.notna(reason) else ""
        for reason in table["reason"]
    ]
    answer = "Nothing was blocked in this scope"
    if len(table):
        first = table.iloc[0]
        reason = first["reason"] if pd.notna(first["reason"]) else "no reason told"
        answer = f"Most of all: {reason}, {formatted(first['days'], 'days')} over {first['items']:,} items"
    return _card(
        view,
        "flow-blocked",
        "What holds items up?",
        answer,
        "charts.blocked_reasons",
        table,
        keys,
        reasons(table, keys),
    )


def littles_law_card(view: View) -> Component:
    """Do the averages belong together?"""
    table = view.ask("charts.littles_law")
    law = littles_law.judged(table.iloc[0].to_dict()) if len(table) else None
    question = "Is the system in balance? (Little's law)"
    behind, how = view.behind("charts.littles_law", table), view.how("charts.littles_law")
    if law is None:
        words = "Nothing left in this scope, or no source tells when items were started."
        return content_card("flow-little", question, "Not known", empty(words), behind, how)
    row = table.iloc[0]
    failing = [each for each in law.conditions if each.holds is False]
    verdict = (
        "All its conditions hold: the averages can be trusted."
        if not failing
        else f"{len(failing)} of its conditions {'fails' if len(failing) == 1 else 'fail'}: "
        "forecasts from averages are off."
    )
    answer = (
        f"{law.mean_wip:,.1f} items in progress on average; throughput {row['departures_per_day']:.2f} a day × "
        f"cycle time {row['mean_cycle_days']:,.1f} d = {law.expected_wip:,.1f} (ratio {law.ratio:.2f}). {verdict}"
    )
    rows = [
        html.Tr([html.Td(_mark(each.holds)), html.Td(each.words), html.Td(_pair(each), className="num")])
        for each in law.conditions
    ]
    return content_card(
        "flow-little", question, answer, html.Table(html.Tbody(rows), className="table table-sm mb-0"), behind, how
    )


def _unknown(view: View, id_: str, question: str, words: str, query: str) -> Component:
    """A card that says why it has no figure: what no source tells is not nothing."""
    return content_card(id_, question, "Not known", empty(words), html.Div(), view.how(query))


def _mark(holds: bool | None) -> Component:
    words = {True: ("holds", "good"), False: ("fails", "bad"), None: ("not known", "")}[holds]
    return html.Span(words[0], className=words[1])


def _pair(condition: littles_law.Condition) -> str:
    shown = [
        "–" if value is None else f"{value:,.2f}" if condition.unit == "per day" else f"{value:,.1f}"
        for value in (condition.first, condition.last)
    ]
    return f"{shown[0]} → {shown[1]} {condition.unit}"


def _finished(view: View, **bounds: float | None) -> str:
    span = {"event": "finished", "since": view.scope.since.isoformat(), "until": view.scope.until.isoformat()}
    return urlencode({**span, **{name: repr(float(value)) for name, value in bounds.items() if value is not None}})


def _card(
    view: View,
    id_: str,
    question: str,
    answer: str,
    query: str,
    table: pd.DataFrame,
    keys: list[str] | list[str | None],
    figure: Mapping[str, object],
) -> Component:
    behind = view.behind(query, table, keys, id_)
    return figure_card(id_, question, answer, figure, behind, view.how(query))
