"""What pm4py answers, and how long it takes: `python with_pm4py.py FOLDER SINCE TEAM REPEATS`, with the Python of an
environment that has pm4py. TEAM "" is all teams.

A program of its own: nothing of the dashboard is imported here, and nothing of the dashboard needs pm4py (AGPL).
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any


def main(folder: Path, since: str, team: str, repeats: int) -> dict[str, Any]:
    """Question → its answer and the median seconds. The log is in memory beforehand, as a notebook has it."""
    import pandas as pd
    import pm4py  # type: ignore[import-not-found, unused-ignore]  # of that other environment

    cases = pd.read_parquet(folder / "cases.parquet")
    log = pd.read_parquet(folder / "exports" / "transitions.parquet", columns=["item_id", "to_state", "occurred_at"])
    log["occurred_at"] = pd.to_datetime(log["occurred_at"], utc=True)
    log = pm4py.format_dataframe(log, case_id="item_id", activity_key="to_state", timestamp_key="occurred_at")
    if team:
        cases = cases[cases["team"] == team]

    def chosen(end: str) -> Any:
        kept = cases.loc[pd.to_datetime(cases[end]) >= since, "item_id"]
        return log[log["case:concept:name"].isin(kept)]

    questions: dict[str, Callable[[], Any]] = {
        "directly_follows": lambda: [[*pair, n] for pair, n in pm4py.discover_dfg(chosen("finished_on"))[0].items()],
        "process_map": lambda: [[*pair, n] for pair, n in pm4py.discover_dfg(chosen("ended_on"))[0].items()],
        "case_duration": lambda: median(pm4py.get_all_case_durations(chosen("finished_on"))) / 86400,
        "variants": lambda: sorted(pm4py.get_variants(chosen("ended_on")).values(), reverse=True),
    }
    return {name: _timed(ask, repeats) for name, ask in questions.items()}


def _timed(ask: Callable[[], Any], repeats: int) -> dict[str, Any]:
    times = []
    for _ in range(repeats):
        began = time.perf_counter()
        answer = ask()
        times.append(time.perf_counter() - began)
    return {"seconds": median(times), "answer": answer}


if __name__ == "__main__":
    # The last line of what it prints is its answer to bench/mined.py.
    print(json.dumps(main(Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4]))))
