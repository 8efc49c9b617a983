"""The steps of a regulated stream that a law or a standard demands, apart from the rest."""

from __future__ import annotations

import pandas as pd
from dash import html
from dash.development.base_component import Component

from dashboard.components.cards import content_card, empty
from dashboard.components.plain_table import plain_table
from dashboard.pages.view import View
from dashboard.pages.waste_signals import shown
from dashboard.theme import counted, formatted

QUESTION = "How long does compliance take, and how much of it is automated?"


def compliance_card(view: View) -> Component | None:
    """Days per item in the steps of compliance; nothing for a stream that is not regulated."""
    if not view.stream["is_regulated"]:
        return None
    steps = view.ask("charts.necessary_steps")
    steps = steps[steps["is_compliance"].astype(bool)]
    behind, how = view.behind("charts.necessary_steps", steps), view.how("charts.necessary_steps")
    if steps.empty:
        words = "No finished item of this scope passed a step that is marked as compliance."
        return content_card("waste-compliance", QUESTION, words, empty(words), behind, how)
    table = html.Div(plain_table(_rows(steps)), className="table-wrap", tabIndex="0")
    return content_card("waste-compliance", QUESTION, compliance_words(steps), table, behind, how)


def compliance_words(steps: pd.DataFrame) -> str:
    """What the steps take of a finished item, and what a program does of that."""
    took, finished = float(steps["days_per_item"].sum()), int(steps["finished"].iloc[0])
    by_program = steps[steps["is_automated"].astype(bool)]
    said = f"{shown(took, 'days', finished)} per finished item (n = {finished:,}) in {counted(len(steps), 'step')}"
    if by_program.empty:
        return f"{said}; none of it is automated"
    share = formatted(float(by_program["days_per_item"].sum()) / took, "ratio") if took else "–"
    verb = "is" if len(by_program) == 1 else "are"
    return f"{said}; {len(by_program):,} of them {verb} automated, {share} of that time"


def _rows(steps: pd.DataFrame) -> pd.DataFrame:
    finished = int(steps["finished"].iloc[0])
    return pd.DataFrame(
        {
            "step": steps["stage"],
            "per finished item": [shown(days, "days", finished) for days in steps["days_per_item"]],
            "visits per finished item": [f"{visits:,.2f}" for visits in steps["visits_per_item"]],
            "items that passed it": [f"{items:,}" for items in steps["items"]],
            "automated": ["yes" if done else "no" for done in steps["is_automated"]],
        }
    )
