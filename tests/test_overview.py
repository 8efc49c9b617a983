"""The overview on the demo: statuses, changes since the last review, streams side by side, the review."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_maps import texts

from dashboard.catalogue import Catalogue
from dashboard.pages import overview
from dashboard.pages.overview_rows import rows_of
from dashboard.pages.view import View, view_of
from dashboard.settings import Settings
from dashboard.warehouse import Warehouse


@pytest.fixture(scope="module")
def warehouse(demo: Settings, catalogue: Catalogue) -> Warehouse:
    return Warehouse(demo.warehouse, catalogue)


def view(warehouse: Warehouse, home: Path, stream: str, **query: str) -> View:
    return view_of(warehouse, home, {"stream": stream, **query})[0]


@pytest.mark.parametrize("stream", ["bank", "retailer", "healthcare"])
def test_the_page_counts_its_targets_by_status_and_prints_each_rule(
    warehouse: Warehouse, demo: Settings, stream: str
) -> None:
    seen = view(warehouse, demo.home, stream)
    rows, said = rows_of(seen), texts(overview.body(seen))
    assert len(rows) == len(seen.plan.target) == 4
    assert f"Of {len(rows)} targets: " in said
    for row in rows:
        assert row.course.progress.rule in said
        for initiative, verdict in row.verdicts:
            assert f"{initiative.name}:  {verdict}" in said


def test_what_moved_since_the_last_review_is_told_by_the_periods_that_were_whole_then(
    warehouse: Warehouse, demo: Settings
) -> None:
    seen = view(warehouse, demo.home, "retailer")
    said = texts(overview.body(seen))
    assert "Since the review of 30 Sep 2026 (Review of the third quarter):" in said
    rates = seen.measure("change_fail_rate", period="month", percentile=None).set_index("period_start")["value"]
    august, september = rates.loc["2026-08-01"], rates.loc["2026-09-01"]
    target = next(each.value for each in seen.plan.target if each.metric == "change_fail_rate")
    assert august <= target < september
    assert "Change fail rate : met → off track" in said


def test_the_review_steps_through_the_objectives_and_no_further(warehouse: Warehouse, demo: Settings) -> None:
    titles = [each.title for each in view(warehouse, demo.home, "bank").plan.objective]
    for asked, shown in (("1", 0), ("2", 1), ("99", 1), ("0", 0), ("x", 0), ("-1", 0)):
        said = texts(overview.body(view(warehouse, demo.home, "bank", review=asked)))
        assert f"Objective {shown + 1} of 2" in said
        assert titles[shown] in said
        assert titles[1 - shown] not in said


def test_a_stream_without_a_plan_says_so(warehouse: Warehouse, tmp_path: Path) -> None:
    said = texts(overview.body(view(warehouse, tmp_path, "bank")))
    assert overview.NO_PLAN in said
    assert "No review is recorded" in said
    assert "no definition in streams.toml yet" in said


def reviewed(home: Path, tmp_path: Path, day: str) -> Path:
    """The demo's home with one review of the bank, on this day."""
    written = (home / "plan.toml").read_text(encoding="utf-8").partition("[[review]]")[0]
    (tmp_path / "plan.toml").write_text(f'{written}[[review]]\nstream = "bank"\non = {day}\n', encoding="utf-8")
    return tmp_path


def test_a_review_after_a_period_ended_has_seen_that_period(
    warehouse: Warehouse, demo: Settings, tmp_path: Path
) -> None:
    # The last quarter that is whole ends with September, the data end in October.
    before, after = (
        texts(overview.body(view(warehouse, reviewed(demo.home, tmp_path, day), "bank")))
        for day in ("2026-09-15", "2026-10-15")
    )
    assert before.count("→ met") > after.count("→ met")


def test_a_review_after_the_data_end_is_a_review(warehouse: Warehouse, demo: Settings, tmp_path: Path) -> None:
    seen = texts(overview.body(view(warehouse, reviewed(demo.home, tmp_path, "2026-11-28"), "bank")))
    assert "The last review was on 28 Nov 2026, and the data end on 30 Oct 2026" in seen
    assert "No review is recorded" not in seen
