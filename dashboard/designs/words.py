"""Designs in words: what a change does to its step, and what it brings."""

from __future__ import annotations

from dashboard.designs.document import Change, MapStep
from dashboard.designs.redesign import Effect, Totals
from dashboard.theme import duration, formatted

TITLES = {
    "wait": "wait",
    "process": "process time",
    "blocked": "standing still",
    "accurate": "%C&A",
    "people": "people",
    "team": "team",
    "batch": "batch",
    "wip_limit": "WIP limit",
}


def told(effect: Effect, before: tuple[MapStep, ...]) -> str:
    """'Test: wait 2.0 d → 4.0 h', as the change stands; `before` are the steps that it was made to."""
    change = effect.change
    step = next((each for each in before if each.name == change.step and change.do != "add"), None)
    figures = _figures(change, step)
    match change.do:
        case "remove":
            return f"Remove {change.step}"
        case "merge":
            new = f", called {change.name}" if change.name else ""
            return f"Merge {change.step} with {change.other}{new}{_and(figures)}"
        case "split":
            return f"Split {change.step}, the second half called {change.other}{_and(figures)}"
        case "add":
            place = f"behind {change.step}" if change.step else "at the beginning"
            return f"Add {change.name} {place}{_and(figures)}"
        case "automate":
            return f"Automate {change.step}{_and(figures)}"
    renamed = [f"called {change.name}"] if change.name else []
    return f"{change.step}: {', '.join([*renamed, *figures])}"


def brought(effect: Effect) -> str:
    """What one change brings, each total that it moves."""
    moved = differences(effect.before, effect.after)
    if moved:
        return f"{'; '.join(moved)}."
    step = next((each for each in effect.steps if each.name == (effect.change.name or effect.change.step)), None)
    if effect.change.wip_limit and step and step.stages and step.mode == "active":
        return "No total moves; the simulation lets items wait for a place."
    return "No total moves."


def differences(before: Totals, after: Totals) -> list[str]:
    """'lead time 12.0 d → 8.0 d (−33 %)', for each total that differs."""
    said = []
    for title, one, two in (
        ("lead time", before.lead_seconds, after.lead_seconds),
        ("process time", before.process_seconds, after.process_seconds),
    ):
        if duration(one) != duration(two):
            share = f" ({_signed(two / one - 1)})" if one else ""
            said.append(f"{title} {duration(one)} → {duration(two)}{share}")
    for title, ratio, other in (
        ("flow efficiency", before.efficiency, after.efficiency),
        ("rolled %C&A", before.accurate, after.accurate),
    ):
        if formatted(ratio, "ratio") != formatted(other, "ratio"):
            said.append(f"{title} {formatted(ratio, 'ratio')} → {formatted(other, 'ratio')}")
    return said


def _signed(ratio: float) -> str:
    return f"{'−' if ratio < 0 else '+'}{formatted(abs(ratio), 'ratio')}"


def _figures(change: Change, step: MapStep | None) -> list[str]:
    """Every figure that is said, from what to what where it was known."""
    said = []
    for field, title in TITLES.items():
        if (new := getattr(change, field)) is not None:
            old = getattr(step, field) if step else None
            start = f"{title} {_figure(field, old)} → " if old is not None else f"{title} "
            said.append(start + _figure(field, new))
    return said


def _figure(field: str, value: float | str) -> str:
    if isinstance(value, str):
        return value
    if field in ("wait", "process", "blocked"):
        return duration(value)
    return formatted(value, "ratio") if field == "accurate" else f"{value:g}"


def _and(figures: list[str]) -> str:
    return f": {', '.join(figures)}" if figures else ""
