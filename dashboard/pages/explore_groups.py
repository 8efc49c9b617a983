"""Groups of items side by side: all values of an attribute, and any two sides against each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

import pandas as pd
from dash import html
from dash.development.base_component import Component

from dashboard.analysis.comparison import Comparison, compared
from dashboard.components.cards import content_card, csv_of, empty
from dashboard.components.controls import select
from dashboard.components.plain_table import plain_table
from dashboard.pages.view import View
from dashboard.theme import NO_VALUE, formatted
from dashboard.where import ANY, Where, where_from

GROUPS = {
    "type": "Type",
    "team": "Team",
    "priority": "Priority",
    "label": "Label",
    "stage": "Stage now",
    "passed": "Stage passed",
    "age": "Cycle time or age",
    "outcome": "Outcome",
    "month": "Month it ended",
    "rework": "Rework",
    "blocked": "Blocked",
}
# Group → the condition that its values are, where there is one.
SAME = ("type", "team", "priority", "label", "passed", "outcome")
CONDITIONS = {"stage": "now_in", **{name: name for name in SAME}}
WORDS = {
    "with rework": {"rework": "yes"},
    "without rework": {"rework": "no"},
    "was blocked": {"was_blocked": "yes"},
    "never blocked": {"was_blocked": "no"},
    "under 1 day": {"days_to": "1.0"},
    "1 to 3 days": {"days_from": "1.0", "days_to": "3.0"},
    "3 to 7 days": {"days_from": "3.0", "days_to": "7.0"},
    "7 to 14 days": {"days_from": "7.0", "days_to": "14.0"},
    "14 to 30 days": {"days_from": "14.0", "days_to": "30.0"},
    "30 to 90 days": {"days_from": "30.0", "days_to": "90.0"},
    "90 days or more": {"days_from": "90.0"},
}
# An item may have several of these, so that the groups overlap.
SEVERAL = ("label", "passed")
FEW = 5
# What is set side by side → unit.
MEASURES = {
    "finished": "items",
    "median_cycle_days": "days",
    "p85_cycle_days": "days",
    "median_lead_days": "days",
    "rework_share": "ratio",
    "blocked_share": "ratio",
}
HERE, BEFORE, OTHERS = "~here", "~before", "~others"
# A select with thousands of labels helps nobody.
MOST_VALUES = 100


@dataclass(frozen=True)
class Side:
    """One of two groups that are compared: as in the URL, how it is called, and where its items are."""

    text: str
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
    shown = pd.DataFrame({GROUPS[group].lower(): table["group_name"], "items": table["items"]})
    for name, unit in MEASURES.items():
        if unit == "items":
            shown[name] = table[name]
            continue
        count = table["finished" if unit == "days" else "items"]
        texts = [formatted(value, unit) for value in table[name]]
        few = [f"{text} (few)" if n < FEW and text != NO_VALUE else text for text, n in zip(texts, count, strict=True)]
        shown[name] = few
    content = [
        html.Div(plain_table(shown, "explore-group-rows", keys), className="table-wrap", tabIndex="0"),
        html.A("Download CSV", href=address, className="btn btn-sm btn-outline-secondary mt-2"),
    ]
    answer = _largest_two(view, where, group, table)
    how = view.how("charts.groups", "charts.durations")
    return content_card("explore-groups", "How do groups differ?", answer, html.Div(content), html.Div(), how)


def sides_to_choose(view: View, part: str, values: Mapping[str, Sequence[str]]) -> list[tuple[str, Component]]:
    """The two controls that say what is set side by side; what the conditions fix already is no side."""
    fixed = where_from(view.query).to_query()
    groups = {
        f"{CONDITIONS[attribute]}={value}": f"{GROUPS[attribute]}: {value}"
        for attribute in ("type", "team", "priority", "label", "stage", "passed")
        for value in values.get(attribute, ())
        if CONDITIONS[attribute] not in fixed
    }
    for words, key in (("With rework", "rework=yes"), ("Without rework", "rework=no")):
        groups |= {key: words} if "rework" not in fixed else {}
    for words, key in (("Was blocked", "was_blocked=yes"), ("Never blocked", "was_blocked=no")):
        groups |= {key: words} if "was_blocked" not in fixed else {}
    usual = _usual_second(view, where_from(view.query))
    before = {BEFORE: f"All of {view.scope.compared_words}"} if usual == BEFORE else {}
    first, second = view.query.get("first"), view.query.get("second")
    return [
        ("Compare", select(part, "first", {HERE: "All that is found", **groups}, first, HERE)),
        ("with", select(part, "second", {**before, OTHERS: "All others found", **groups}, second, usual)),
    ]


def sides_card(view: View, where: Where) -> Component:
    """Two sides: their figures, the difference, and whether it is more than chance."""
    question, how = "Is the difference more than chance?", view.how("charts.groups", "charts.durations")
    first = _side(view, where, view.query.get("first", HERE))
    second = _side(view, where, view.query.get("second", _usual_second(view, where)))
    if second.text in (first.text, HERE) or (second.text == OTHERS and first.text == HERE):
        words = "Choose two sides: a group and all others, two groups, or another period that the data cover."
        return content_card("explore-sides", question, "Not asked", empty(words), html.Div(), how)
    times = [_times(each) for each in (first, second)]
    both = set(times[0]["item_id"]) & set(times[1]["item_id"])
    # Chance is judged between items that are on one side only.
    apart = [list(each.loc[~each["item_id"].isin(both), "cycle_days"].dropna()) for each in times]
    names = [first.name, second.name if not both or second.text != OTHERS else "all others"]
    if second.text == OTHERS:
        apart[0] = list(times[0]["cycle_days"].dropna())
    answer = said(compared(apart[0], apart[1]), names[0], names[1]) or _why_not(names, apart)
    if both and second.text != OTHERS:
        answer += f" {len(both):,} {'item is' if len(both) == 1 else 'items are'} on both sides, and not counted here."
    content = _side_by_side((first, second), names, times, apart)
    return content_card("explore-sides", question, answer, content, html.Div(), how)


def _usual_second(view: View, where: Where) -> str:
    """The other period where there is one; what was clicked belongs to its own days."""
    return BEFORE if view.compared and where.event is None else OTHERS


def _side_by_side(
    sides: Sequence[Side], names: Sequence[str], times: Sequence[pd.DataFrame], apart: Sequence[Sequence[float]]
) -> Component:
    """What is compared, in numbers, and the way to the items of each side."""
    rows = {"finished items": [f"{len(values):,}" for values in apart]}
    for words, share in (("median cycle time", 0.5), ("85 % took no longer", 0.85)):
        rows[words] = [_level(values, share) for values in apart]
    table = pd.DataFrame(rows.values(), columns=[names[0], f"{names[1]} " if names[0] == names[1] else names[1]])
    table.insert(0, "", list(rows))
    links = [
        html.A(
            f"CSV: {name}",
            href=side.view.address("/api/charts/durations", **_ended_in(side).to_query(), format="csv"),
            className="btn btn-sm btn-outline-secondary mt-2 me-2",
        )
        for side, name, known in zip(sides, names, times, strict=True)
        if len(known) and side.text != OTHERS
    ]
    shown = html.Div(plain_table(table), className="table-wrap", tabIndex="0")
    return html.Div([shown, csv_of(table, "comparison"), *links])


def _level(values: Sequence[float], share: float) -> str:
    """The median between two items, the others observed; nothing below five."""
    if len(values) < FEW:
        return f"{NO_VALUE} (few)"
    known = pd.Series(values)
    return formatted(float(known.quantile(share, interpolation="linear" if share == 0.5 else "higher")), "days")


def _why_not(names: Sequence[str], apart: Sequence[Sequence[float]]) -> str:
    for name, values in zip(names, apart, strict=True):
        if not values:
            return f"Nothing finished with a known cycle time on the side of {name}: choose another side."
    return "Fewer than five finished items on a side: too few to compare."


def said(found: Comparison | None, first: str, second: str) -> str:
    """A comparison of cycle times in words; nothing where there is none."""
    if found is None:
        return ""
    direction = "shorter" if found.difference < 0 else "longer"
    low, high = sorted((abs(found.low), abs(found.high))) if found.is_more_than_chance else (found.low, found.high)
    # One unit for both ends.
    unit, by = ("d", 1) if max(abs(low), abs(high)) >= 2 else ("h", 24)
    span = f"{low * by:,.1f} to {high * by:,.1f} {unit}".replace("-", "−")
    told = (
        f"{first}: median cycle time {formatted(found.first, 'days')}, {second}: "
        f"{formatted(found.second, 'days')} (n = {found.first_count:,}, {found.second_count:,})."
    )
    if found.is_more_than_chance:
        return f"{told} That is {span} {direction}: more than chance."
    return f"{told} The difference could be chance (95 % of resamples: {span})."


def durations(view: View, where: Where) -> list[float]:
    """Cycle times of the finished items that meet the conditions; of the whole scope only those finished in it."""
    return list(_times(Side("", "", view, where))["cycle_days"].dropna())


def _times(side: Side) -> pd.DataFrame:
    return side.view.ask("charts.durations", chosen=_ended_in(side).parameter())


def _ended_in(side: Side) -> Where:
    if side.where.event is not None:
        return side.where
    scope = side.view.scope
    return replace(side.where, event="finished", since=scope.since, until=scope.until)


def narrowed(view: View, where: Where, condition: Mapping[str, str]) -> tuple[View, Where]:
    """The view and the conditions of a group: types and teams are of the scope, the others of the items."""
    scope = view.scope
    if "type" in condition:
        scope = replace(scope, types=_of_both(scope.types, condition["type"]))
    if "team" in condition:
        scope = replace(scope, teams=_of_both(scope.teams, condition["team"]))
    view = replace(view, scope=scope)
    rest = {key: text for key, text in condition.items() if key not in ("type", "team")}
    return view, where_from({**where.to_query(), **rest})


def _of_both(chosen: tuple[str, ...] | None, name: str) -> tuple[str, ...]:
    return (name,) if chosen is None or name in chosen else ()


def condition_of(group: str, name: str) -> Mapping[str, str]:
    """The condition that a group is; none for one without."""
    if name == "(none)":
        return {}
    if group == "month":
        month = pd.Period(name)
        since, until = month.start_time.date(), (month + 1).start_time.date()
        return {"event": "ended", "since": since.isoformat(), "until": until.isoformat()}
    return {CONDITIONS[group]: name} if group in CONDITIONS else WORDS.get(name, {})


def key_of(where: Where, group: str, name: str) -> str | None:
    """Which items a group holds, as in a URL."""
    condition = condition_of(group, name)
    if not condition or (where.event and "event" in condition):
        return None
    return urlencode({**where.to_query(), **condition})


def _largest_two(view: View, where: Where, group: str, table: pd.DataFrame) -> str:
    if group in SEVERAL:
        return "An item may be in several of these groups; set two of them side by side below"
    conditions = {str(name): condition_of(group, str(name)) for name in table.loc[table["finished"] > 0, "group_name"]}
    names = [name for name, condition in conditions.items() if condition][:2]
    if len(names) < 2:
        return "Fewer than two groups with finished items"
    first, second = (durations(*narrowed(view, where, conditions[name])) for name in names)
    return said(compared(first, second), *names) or "Too few finished items to compare the largest groups"


def _side(view: View, where: Where, text: str) -> Side:
    """What a side means; all that is found where it means nothing here."""
    if text == BEFORE and view.compared and where.event is None:
        words = view.scope.compared_words
        return Side(BEFORE, f"{words[0].upper()}{words[1:]}", replace(view, scope=view.compared), where)
    if text == OTHERS:
        return Side(OTHERS, "all others", view, where)
    key, _, name = text.partition("=")
    known = key in (*CONDITIONS.values(), "rework", "was_blocked") and name and key not in where.to_query()
    if not known:
        return Side(HERE, "All that is found", view, where)
    words = next((said for said, condition in WORDS.items() if condition == {key: name}), name)
    return Side(text, words, *narrowed(view, where, {key: name}))
