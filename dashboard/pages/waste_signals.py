"""What each waste shows beside the time it takes: hand-offs, batches, old work, returns, reasons."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from dashboard.pages.view import View
from dashboard.theme import FEW, NO_VALUE, counted, formatted

NO_DEPLOYMENTS = "No source tells deployments: batch size and days between releases are not known."
OTHER_RULES = (
    "These are all days in such steps. Those that wait for a release or a hand-off stand under batch or hand-off and "
    "not under extra process: the first rule that fits decides."
)
OF_ALL = "A deployment is of no team and no type: these figures are of the whole stream."


@dataclass(frozen=True)
class Signals:
    """Rows of (signal, value, n, what it is), sentences about them, and the queries they are from."""

    rows: Sequence[tuple[str, str, str, str]]
    said: Sequence[str]
    queries: Sequence[str]

    @property
    def table(self) -> pd.DataFrame:
        """The rows under their headings."""
        return pd.DataFrame(list(self.rows), columns=["signal", "value", "n", "what it counts"])


def signals_of(view: View, bucket: str) -> Signals:
    """The signals of a waste in this scope."""
    return _KINDS[bucket](view)


def shown(value: float | None, unit: str, items: int) -> str:
    """A value as it is read; one that rests on few says so."""
    words = formatted(value, unit)
    return f"{words} (few)" if items < FEW and words != NO_VALUE else words


def _metric(view: View, name: str, percentile: float | None = 0.5, title: str = "") -> tuple[str, str, str, str]:
    metric, found = view.metric(name), view.headline(name, replace(view.scope, percentile=percentile))
    items = found["items"]
    return title or metric.title, shown(found["value"], metric.unit, items), f"{items:,}", metric.definition


def _handoffs(view: View) -> Signals:
    return Signals([_metric(view, "handoffs")], [], ["handoffs"])


def _batches(view: View) -> Signals:
    if not view.stream["has_deployments"]:
        return Signals([], [NO_DEPLOYMENTS], ["batch_size"])
    days = pd.to_datetime(view.ask("charts.deployment_days")["deployed_on"])
    gaps = days.diff().dt.days.dropna()
    between = float(gaps.median()) if len(gaps) else None
    rows = [
        _metric(view, "batch_size", 0.5, "Batch size, half of the deployments"),
        _metric(view, "batch_size", 0.85, "Batch size, 85 % of the deployments"),
        (
            "Days between releases, half of the gaps",
            shown(between, "days", len(gaps)),
            f"{len(gaps):,}",
            "Gaps between days on which something was deployed to production.",
        ),
    ]
    is_filtered = view.scope.teams is not None or view.scope.types is not None
    return Signals(rows, [OF_ALL] if is_filtered else [], ["batch_size", "charts.deployment_days"])


def _partly_done(view: View) -> Signals:
    withdrawn = _metric(view, "withdrawn_ratio")
    if not view.stream["has_start_times"]:
        unknown = "No source tells when items were started: what is in progress, and how old it is, is not known."
        return Signals([withdrawn], [unknown], ["withdrawn_ratio"])
    usual = view.headline("service_level", replace(view.scope, percentile=0.85))
    present = view.ask("charts.ageing")
    rows = [("Work in progress", formatted(len(present), "items"), f"{len(present):,}", "Items started and not ended.")]
    said = [f"Only {usual['items']:,} items finished: too few to say what age is usual."]
    if usual["items"] >= FEW:
        late = int((present["age_days"] > usual["value"]).sum())
        most = formatted(usual["value"], "days")
        rows.append(("Older than usual", f"{late:,}", f"{len(present):,}", f"In progress for more than {most}."))
        said = [f"85 % of the {usual['items']:,} finished items took {most} or less from start to finish."]
    queries = ["charts.ageing", "charts.waste_open", "service_level", "withdrawn_ratio"]
    return Signals([*rows, withdrawn], [*_still_open(view), *said], queries)


def _still_open(view: View) -> list[str]:
    """Time above the usual age of what did not end, which no period has yet; nothing where there is none."""
    late = view.ask("charts.waste_open").iloc[0]
    count = int(late["items"])
    if not count:
        return []
    verb = "it counts here once it ends" if count == 1 else "they count here once they end"
    return [
        f"In progress and older than usual when the data end: {counted(count)}, "
        f"{late['days']:,.0f} item-days above the 85th percentile of age; {verb}."
    ]


def _extra(view: View) -> Signals:
    steps = view.ask("charts.necessary_steps")
    steps = steps[steps["activity"] == "NNVA"]
    if steps.empty:
        said = "No stage of this stream is marked as necessary but not value-adding (NNVA)."
        return Signals([], [said], ["charts.necessary_steps"])
    finished = int(steps["finished"].iloc[0])
    rows = [
        (
            "Such steps per item",
            shown(float(steps["visits_per_item"].sum()), "per item", finished),
            f"{finished:,}",
            "Visits of a finished item to stages that are NNVA.",
        )
    ]
    for row in steps.to_dict("records"):
        took = shown(row["days_per_item"], "days", finished)
        rows.append((f"In {row['stage']}", took, f"{row['items']:,}", "Mean over all finished items; n passed it."))
    return Signals(rows, [OTHER_RULES], ["charts.necessary_steps"])


def _switching(view: View) -> Signals:
    months = view.ask("charts.open_at_once")
    known = months[months["open_items"].notna()].drop_duplicates("team")
    rows = [
        (
            f"Open at once, {row['team']}",
            formatted(row["open_items"], "items"),
            f"{row['people']:,}",
            f"Half of the n people had so many or fewer open in {pd.Timestamp(row['month_on']):%B %Y}.",
        )
        for row in known.to_dict("records")
    ]
    said = [] if rows else ["No month of this scope has a team of 5 people or more whose work is told by person."]
    if rows and view.scope.types is not None:
        said.append("A person's open items are of all types.")
    return Signals(rows, [*said, *unknown_switching(view)], ["charts.open_at_once", "charts.waste_teams"])


def unknown_switching(view: View) -> list[str]:
    """Of whose items task switching is not known; nothing where it is of all."""
    teams = view.ask("charts.waste_teams")
    without = teams[~teams["is_known"].astype(bool)]
    if without.empty:
        return []
    if len(without) == len(teams):
        return [
            "Task switching is not known here: it is told of teams of 5 people or more who are named on their active "
            "work. Such time stands under value-adding."
        ]
    names = ", ".join(without["team"].fillna("items of no team"))
    count = int(without["items"].sum())
    return [f"Of {count:,} items task switching is not known ({names}): such time stands under value-adding."]


def loops(view: View) -> pd.DataFrame:
    """The ways back of finished items, the most frequent first."""
    found = view.ask("charts.map_back_flows")
    return found.sort_values(["moves", "from_stage", "to_stage"], ascending=[False, True, True])


def _rework(view: View) -> Signals:
    rows = [_metric(view, name) for name in ("rework_ratio", "first_pass_yield", "reopened_ratio")]
    rows += [
        (
            f"From {row['from_stage']} back to {row['to_stage']}",
            f"{row['moves']:,}",
            NO_VALUE,
            f"Times; {formatted(row['share_ratio'], 'ratio')} of all moves out of {row['from_stage']}.",
        )
        for row in loops(view).head(3).to_dict("records")
    ]
    queries = ["rework_ratio", "first_pass_yield", "reopened_ratio", "charts.map_back_flows"]
    return Signals(rows, [], queries)


def _waiting(view: View) -> Signals:
    if not view.stream["has_blocked_times"]:
        unknown = "No source tells blocked times: what holds items up, and how long, is not known."
        return Signals([_metric(view, "wait_time")], [unknown], ["wait_time"])
    reasons = view.ask("charts.blocked_reasons")
    rows = [
        (
            "No reason told" if pd.isna(row["reason"]) else str(row["reason"]),
            formatted(row["days"], "days"),
            f"{row['times']:,}",
            f"Blocked in the scope, n times, {row['items']:,} items; elapsed.",
        )
        for row in reasons.to_dict("records")
    ]
    said = [] if rows else ["Nothing was blocked in this scope."]
    return Signals([_metric(view, "wait_time"), *rows], said, ["wait_time", "charts.blocked_reasons"])


_KINDS: Mapping[str, Callable[[View], Signals]] = {
    "handoff": _handoffs,
    "batch": _batches,
    "partially-done": _partly_done,
    "extra-process": _extra,
    "task-switching": _switching,
    "rework": _rework,
    "waiting": _waiting,
}
