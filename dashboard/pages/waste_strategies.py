"""What to try against a waste: the improvement strategies that fit it, each with the way to a new initiative."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from dash import html
from dash.development.base_component import Component

from dashboard.pages.view import View

PLAN = "/plan"
NAMES: Mapping[str, str] = {
    "eliminate-waste": "Eliminate waste",
    "reduce-batch-size": "Reduce the batch size",
    "establish-flow": "Establish flow",
    "pull-system": "Pull system",
    "continuous-improvement": "Continuous improvement",
}


class Fit(NamedTuple):
    """A strategy, why it fits a waste, and the metric that would show its effect."""

    strategy: str
    why: str
    metric: str


FITS: Mapping[str, tuple[Fit, ...]] = {
    "handoff": (
        Fit("establish-flow", "A team that can do the next step itself needs nobody to hand over to.", "handoffs"),
        Fit("eliminate-waste", "A hand-over that changes nothing about the item can be dropped.", "lead_time"),
    ),
    "batch": (
        Fit("reduce-batch-size", "Smaller releases leave sooner, so that finished work waits less.", "batch_size"),
        Fit(
            "establish-flow",
            "A release that needs no preparation can follow each item instead of a calendar.",
            "deployment_frequency",
        ),
    ),
    "partially-done": (
        Fit(
            "pull-system",
            "With a limit on what is in progress, old work is finished before new work begins.",
            "work_in_progress",
        ),
        Fit(
            "reduce-batch-size",
            "Smaller items show earlier that they are not wanted, and cost less.",
            "withdrawn_ratio",
        ),
    ),
    "extra-process": (
        Fit(
            "eliminate-waste",
            "A sign-off or a repeated test that a program can do, or that never finds anything, can go.",
            "value_added_ratio",
        ),
        Fit("reduce-batch-size", "Small changes need small checks, so that each step takes less time.", "lead_time"),
    ),
    "task-switching": (
        Fit(
            "pull-system",
            "Whoever takes the next item only after finishing one has fewer open at once.",
            "work_in_progress",
        ),
        Fit("establish-flow", "People who see one item through together begin fewer of them.", "cycle_time"),
    ),
    "rework": (
        Fit(
            "continuous-improvement",
            "Each return has a cause; asking for it after the most frequent loop keeps the next ones away.",
            "first_pass_yield",
        ),
        Fit("reduce-batch-size", "In a small change a mistake is found sooner and mended faster.", "rework_ratio"),
    ),
    "waiting": (
        Fit("establish-flow", "Work that passes straight on to whoever is free does not queue.", "wait_time"),
        Fit("pull-system", "A limit in front of the busiest step keeps its queue short.", "work_in_progress"),
        Fit(
            "continuous-improvement", "The reason that blocks most often can be removed at its source.", "blocked_time"
        ),
    ),
}


def strategies(view: View, bucket: str, stage: str | None) -> Component:
    """What fits a waste, the stage where most of it is filled in."""
    return html.Ul([_line(view, fit, stage) for fit in FITS[bucket]], className="waste-strategies")


def _line(view: View, fit: Fit, stage: str | None) -> Component:
    plan = view.address(PLAN, new="initiative", strategy=fit.strategy, stage=stage, metric=fit.metric)
    shown = view.metric(fit.metric).title
    return html.Li(
        [
            html.Strong(f"{NAMES[fit.strategy]}. "),
            f"{fit.why} {shown} would show it. ",
            html.A(
                "Plan an initiative",
                href=plan,
                title=f"{NAMES[fit.strategy]}: plan an initiative",
                className="no-print",
            ),
        ]
    )
