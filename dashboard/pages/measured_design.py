"""The measured map as a design: what a future state begins with."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from urllib.parse import urlencode

import pandas as pd

from dashboard.designs.document import Design, MapStep, Return
from dashboard.errors import ScopeError
from dashboard.pages.view import View
from dashboard.scope import to_query

DAY, DAY_LONG = 86_400, dt.timedelta(days=1)
# From this share of visits on that begin with another team, the step is one that is handed to.
HALF = 0.5


def design_from(view: View, name: str) -> Design:
    """The measured map of this scope, as the beginning of a future state. Raises ScopeError where nothing is."""
    items = view.headline("throughput")["items"]
    if not items or not view.stream["has_history"]:
        raise ScopeError("Nothing is measured in this scope to begin with. Choose a longer period, or begin a sketch.")
    rows = view.ask("charts.map_steps")
    lead = float(view.measure("lead_time", percentile=None, period="all")["value"].iloc[0])
    rest = (lead - float(rows["mean_days"].sum())) * DAY
    return Design(
        name=name,
        stream=view.scope.stream,
        customer=str(view.stream["customer"]),
        supplier=str(view.stream["supplier"]),
        tools=tuple(view.stream["tools"]),
        demand_per_day=round((view.headline("arrivals")["items"] or items) / view.covered_days, 4),
        measured=_scope_words(view),
        items=int(items),
        unattributed=rest if rest >= 1 else None,
        step=tuple(_step(row) for _, row in rows.iterrows()),
        returns=tuple(
            Return(from_step=row.from_stage, to_step=row.to_stage, share=round(row.share_ratio, 4))
            for row in view.ask("charts.map_back_flows").itertuples()
            if {row.from_stage, row.to_stage} <= set(rows["stage"])
        ),
    )


def _scope_words(view: View) -> str:
    """The scope as in an address, both its days named: the next import must not move them."""
    scope = view.scope
    elsewhere = replace(
        view.warehouse.default_scope(scope.stream), since=scope.since - DAY_LONG, until=scope.until + DAY_LONG
    )
    return urlencode({"stream": scope.stream, **to_query(scope, elsewhere)})


def _step(row: pd.Series) -> MapStep:
    """A stage with its mean times: a queue only waits, a step is worked in and stands still while blocked."""
    is_queue = row["mode"] == "wait"
    idle = (row["mean_days"] - row["process_days"]) * DAY
    return MapStep(
        name=row["stage"],
        mode=row["mode"],
        wait=idle if is_queue else None,
        process=None if is_queue else row["process_days"] * DAY,
        blocked=idle if not is_queue and idle >= 1 else None,
        accurate=None if pd.isna(row["produced_ratio"]) else round(row["produced_ratio"], 4),
        team=row["team"] if pd.notna(row["team"]) else None,
        wip_limit=int(row["wip_limit"]) if pd.notna(row["wip_limit"]) else None,
        batch=max(1, round(row["batch_size"])) if is_queue and row["batch_unit"] == "items" else None,
        is_handoff=bool(pd.notna(row["handoff_ratio"]) and row["handoff_ratio"] >= HALF),
        stages=(row["stage"],),
    )
