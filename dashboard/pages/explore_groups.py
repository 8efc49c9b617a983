"""Groups of items side by side: all values of an attribute, and any two sides against each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

import pandas as pd
from dash import html
from dash.development.base_component import Component

from dashboard.analysis.comparison import Comparison, compared
from dashboard.components.cards import content_card
from dashboard.components.controls import select
from dashboard.components.plain_table import plain_table
from dashboard.pages.view import View
from dashboard.theme import formatted
from dashboard.where import ANY, Where, where_from

GROUPS = {
    "type": "Type",
    "team": "Team",
    "priority": "Priority",
    "label": "Label",
    "stage": "Stage now",
    "outcome": "Outcome",
    "month": "Month it ended",
    "rework": "Rework",
    "blocked": "Blocked",
}
# Group → the condition that its values are, where there is one.
CONDITIONS = {"stage": "now_in", **{name: name for name in ("type", "team", "priority", "label", "outcome")}}
WORDS = {
    "with rework": {"rework": "yes"},
    "without rework": {"rework": "no"},
    "was blocked": {"was_blocked": "yes"},
    "never blocked": {"was_blocked": "no"},
}
# What is set side by side → unit.
MEASURES = {
    "items": "items",
    "finished": "items",
    "median_cycle_days": "days",
    "p85_cycle_days": "days",
    "median_lead_days": "days",
    "rework_share": "ratio",
    "blocked_share": "ratio",
}
HERE, BEFORE = "~here", "~before"
# A select with thousands of labels helps nobody.
MOST_VALUES = 100


@dataclass(frozen=True)
class Side:
    """One of two groups that are compared: how it is called, and where its items are."""

    name: str
    view: View
    where: Where


def values_of(view: View) -> Mapping[str, list[str]]:
    """Attribute → the values that items of the scope have, the most frequent first."""
    table = view.ask("charts.attributes", chosen=ANY.parameter())
    return {str(name): rows["value"].head(MOST_VALUES).tolist() for name, rows in table.groupby("attribute")}


def groups_card(view: View, where: Where) -> Component:
    """All values of the chosen attribute, the largest two against each other."""
    group = view.query.get("group", "type")
    group = group if group in GROUPS else "type"
    table = view.ask("charts.groups", chosen=where.parameter(), group_by=group)
    keys = [key_of(where, group, str(name)) for name in table["group_name"]]
    address = view.address("/api/charts/groups", **where.to_query(), group_by=group, format="csv")
    shown = table.rename(columns={"group_name": GROUPS[group].lower()})
    shown[["rework_share", "blocked_share"]] = shown[["rework_share", "blocked_share"]].map(
        lambda share: formatted(share, "ratio")
    )
    content = [
        html.Div(plain_table(shown, "explore-group-rows", keys), className="table-wrap", tabIndex="0"),
        html.A("Download CSV", href=address, className="btn btn-sm btn-outline-secondary mt-2"),
    ]
    answer = _largest_two(view, where, group, table)
    how = view.how("charts.groups", "charts.durations")
    return content_card("explore-groups", "How do groups differ?", answer, html.Div(content), html.Div(), how)


def sides_to_choose(view: View, part: str, values: Mapping[str, Sequence[str]]) -> list[tuple[str, Component]]:
    """The two controls that say what is set side by side."""
    groups = {
        f"{CONDITIONS[attribute]}={value}": f"{GROUPS[attribute]}: {value}"
        for attribute in ("type", "team", "priority", "label", "stage")
        for value in values.get(attribute, ())
    }
    groups |= {"rework=yes": "With rework", "rework=no": "Without rework"}
    groups |= {"was_blocked=yes": "Was blocked", "was_blocked=no": "Never blocked"}
    before = f"All of {view.scope.compared_words}"
    first, second = view.query.get("first"), view.query.get("second")
    return [
        ("Compare", select(part, "first", {HERE: "All that is found", **groups}, first, HERE)),
        ("with", select(part, "second", {BEFORE: before, HERE: "All that is found", **groups}, second, BEFORE)),
    ]


def sides_card(view: View, where: Where) -> Component:
    """Two sides: their figures, the difference, and whether it is more than chance."""
    sides = [_side(view, where, view.query.get(key, default)) for key, default in (("first", HERE), ("second", BEFORE))]
    rows = [_figures(side) for side in sides]
    table = pd.DataFrame(
        {
            "": [name.replace("_", " ") for name in MEASURES],
            sides[0].name: [formatted(rows[0].get(name), unit) for name, unit in MEASURES.items()],
            # Two sides may go by one name.
            f"{sides[1].name} ": [formatted(rows[1].get(name), unit) for name, unit in MEASURES.items()],
        }
    )
    found = compared(durations(sides[0].view, sides[0].where), durations(sides[1].view, sides[1].where))
    answer = said(found, sides[0].name, sides[1].name) or _why_not(sides, rows)
    addresses = [side.view.address("/api/charts/durations", **side.where.to_query(), format="csv") for side in sides]
    content = [
        html.Div(plain_table(table), className="table-wrap", tabIndex="0"),
        *(
            html.A(f"CSV: {side.name}", href=address, className="btn btn-sm btn-outline-secondary mt-2 me-2")
            for side, address in zip(sides, addresses, strict=True)
        ),
    ]
    how = view.how("charts.groups", "charts.durations")
    question = "Is the difference more than chance?"
    return content_card("explore-sides", question, answer, html.Div(content), html.Div(), how)


def _why_not(sides: Sequence[Side], rows: Sequence[Mapping[str, float | None]]) -> str:
    for side, row in zip(sides, rows, strict=True):
        if not row.get("finished"):
            return f"Nothing finished in {side.name[0].lower()}{side.name[1:]}: choose another side to compare with"
    return "Fewer than five finished items on a side: too few to compare"


def said(found: Comparison | None, first: str, second: str) -> str:
    """A comparison of cycle times in words; nothing where there is none."""
    if found is None:
        return ""
    direction = "shorter" if found.difference < 0 else "longer"
    low, high = sorted((abs(found.low), abs(found.high))) if found.is_more_than_chance else (found.low, found.high)
    # One unit for both ends.
    unit, by = ("d", 1) if abs(high) >= 2 else ("h", 24)
    span = f"{low * by:,.1f} to {high * by:,.1f} {unit}"
    told = (
        f"{first}: median cycle time {formatted(found.first, 'days')}, {second}: "
        f"{formatted(found.second, 'days')} (n = {found.first_count:,}, {found.second_count:,})."
    )
    if found.is_more_than_chance:
        return f"{told} That is {span} {direction}: more than chance."
    return f"{told} The difference could be chance (95 % of resamples: {span})."


def durations(view: View, where: Where) -> list[float]:
    """Cycle times of the finished items that meet the conditions; of the whole scope only those finished in it."""
    if where.event is None:
        where = replace(where, event="finished", since=view.scope.since, until=view.scope.until)
    return list(view.ask("charts.durations", chosen=where.parameter())["cycle_days"].dropna())


def narrowed(view: View, where: Where, condition: Mapping[str, str]) -> tuple[View, Where]:
    """The view and the conditions of a group: types and teams are of the scope, the others of the items."""
    if "type" in condition:
        view = replace(view, scope=replace(view.scope, types=(condition["type"],)))
    if "team" in condition:
        view = replace(view, scope=replace(view.scope, teams=(condition["team"],)))
    rest = {key: text for key, text in condition.items() if key not in ("type", "team")}
    return view, where_from({**where.to_query(), **rest})


def condition_of(group: str, name: str) -> Mapping[str, str]:
    """The condition that a group is; none for one without."""
    if name == "(none)":
        return {}
    return {CONDITIONS[group]: name} if group in CONDITIONS else WORDS.get(name, {})


def key_of(where: Where, group: str, name: str) -> str | None:
    """Which items a group holds, as in a URL."""
    condition = condition_of(group, name)
    return urlencode({**where.to_query(), **condition}) if condition else None


def _largest_two(view: View, where: Where, group: str, table: pd.DataFrame) -> str:
    conditions = {str(name): condition_of(group, str(name)) for name in table.loc[table["finished"] > 0, "group_name"]}
    names = [name for name, condition in conditions.items() if condition][:2]
    if len(names) < 2:
        return "Fewer than two groups with finished items"
    first, second = (durations(*narrowed(view, where, conditions[name])) for name in names)
    return said(compared(first, second), *names) or "Too few finished items to compare the largest groups"


def _side(view: View, where: Where, text: str) -> Side:
    if text == BEFORE:
        earlier = replace(view, scope=view.scope.compared())
        return Side(view.scope.compared_words.capitalize(), earlier, where)
    key, _, name = text.partition("=")
    if key not in (*CONDITIONS.values(), "rework", "was_blocked") or not name:
        return Side("All that is found", view, where)
    words = next((said for said, condition in WORDS.items() if condition == {key: name}), name)
    return Side(words, *narrowed(view, where, {key: name}))


def _figures(side: Side) -> Mapping[str, float | None]:
    """The measures of all items of a side as one group; nothing where it has none."""
    table = side.view.ask("charts.groups", chosen=side.where.parameter(), group_by="none")
    return {name: None if pd.isna(value) else value for name, value in table.iloc[0].items()} if len(table) else {}
