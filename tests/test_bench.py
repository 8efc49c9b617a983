"""The benchmark: made-up deliveries, every query answered on them, the same answers from other programs."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path

import pandas as pd
import pytest

from dashboard.bench import mined
from dashboard.bench.generate import TABLES, generate
from dashboard.bench.run import bench, exponent, size_of
from dashboard.bench.targets import compared, growth
from dashboard.catalogue import Catalogue
from dashboard.errors import SettingsError
from dashboard.figures.bench import bench_figure
from dashboard.scope import Scope
from dashboard.settings import Settings
from dashboard.warehouse import Warehouse

ITEMS = 3_000


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, catalogue: Catalogue) -> dict[str, pd.DataFrame]:
    files, _ = generate(tmp_path_factory.mktemp("made"), ITEMS, catalogue)
    return {path.stem: pd.read_parquet(path) for path in files}


def test_made_up_deliveries_are_as_deliveries_are(made: dict[str, pd.DataFrame]) -> None:
    """About 8.4 moves an item, an eighth or so goes back, 5 % are cancelled, some 9 % are open."""
    moves, items = made["transitions"], made["items"]
    assert len(items) == items["item_id"].nunique() == ITEMS
    assert set(moves["item_id"]) == set(items["item_id"])
    assert 8.2 < len(moves) / ITEMS < 8.6
    ends = moves[moves["to_state"].isin(["Done", "Cancelled"])].groupby("to_state")["item_id"].nunique() / ITEMS
    assert 0.04 < ends["Cancelled"] < 0.06
    assert 0.06 < 1 - ends.sum() < 0.12
    again = moves[moves["to_state"] == "Test"].groupby("item_id").size()
    assert 0.1 < (again > 1).sum() / ITEMS < 0.17


def test_each_item_walks_from_state_to_state(made: dict[str, pd.DataFrame]) -> None:
    moves = made["transitions"].sort_values(["item_id", "seq"])
    before = moves.groupby("item_id")["to_state"].shift()
    assert (before.fillna("") == moves["from_state"].fillna("")).all()
    assert moves.groupby("item_id")["occurred_at"].is_monotonic_increasing.all()
    created = moves.merge(made["items"][["item_id", "created_at"]])
    assert (created[created["seq"] == 0]["occurred_at"] == created[created["seq"] == 0]["created_at"]).all()


def test_the_same_seed_makes_the_same(tmp_path: Path, catalogue: Catalogue) -> None:
    tables = []
    for folder, seed in (("one", 1), ("two", 1), ("three", 2)):
        files, _ = generate(tmp_path / folder, 1_000, catalogue, seed=seed)
        read = (pd.read_parquet(path) for path in files)
        tables.append([frame.sort_values(list(frame.columns), ignore_index=True) for frame in read])
    for table, one, two, three in zip(TABLES, *tables, strict=True):
        pd.testing.assert_frame_equal(one, two)
        assert table == "surveys" or not one.equals(three)


def test_every_query_is_timed_and_others_answer_the_same(tmp_path: Path, catalogue: Catalogue) -> None:
    """An answer of another program that differs is an error."""
    told = bench([1_000], tmp_path, Settings(home=tmp_path), catalogue, repeats=1)
    times = pd.read_csv(tmp_path / "times.csv")
    asked = {*catalogue.layer("metrics"), *catalogue.layer("charts")}
    assert set(times["query"]) == asked
    assert times.groupby(["query", "scope", "threads"]).size().eq(1).all() and len(times) == 4 * len(asked)
    assert (times["warm_seconds"] > 0).all()
    rivals = pd.read_csv(tmp_path / "rivals.csv")
    assert set(rivals["program"]) == {
        "the dashboard", "pandas, in memory", "polars, in memory", "polars, from Parquet", "SQLite"
    }  # fmt: skip
    imports = pd.read_csv(tmp_path / "imports.csv")
    added = pd.read_csv(tmp_path / "added.csv")
    assert pd.concat([imports, added])["peak_megabytes"].between(50, 5_000).all()
    items = Warehouse(tmp_path / "1000" / "warehouse", catalogue).table("marts.items")
    assert items.groupby("stream").size().to_dict() == {"added": 1_000, "synthetic": 1_000}
    assert told == (tmp_path / "report.md").read_text(encoding="utf-8")
    assert "metrics.lead_time" in told and "The same questions elsewhere" in told
    assert "Plotly" in (tmp_path / "times.html").read_text(encoding="utf-8")


def test_a_python_without_pm4py_is_told(tmp_path: Path) -> None:
    scope = Scope("synthetic", dt.date(2024, 1, 1), dt.date(2025, 1, 1))
    with pytest.raises(SettingsError, match=r"--pm4py: .*No module named 'pm4py'"):
        mined.answers_of(Path(sys.executable), tmp_path, scope, 1)


@pytest.mark.parametrize(
    ("question", "own", "same", "other"),
    [
        ("case_duration", {"value": [2.5]}, 2.5, 2.6),
        ("variants", {"variant": ["a", "b"], "items": [3, 1]}, [3, 1], [3, 1, 1]),
        ("process_map", {"from": ["A", None], "to": ["B", "A"], "n": [3, 3]}, [["A", "B", 3]], []),
        ("process_map", {"from": ["A"], "to": ["B"], "n": [3]}, [["a", "b", 3]], [["A", "B", 3], ["B", "A", 1]]),
        ("directly_follows", {"from": ["B"], "to": ["A"], "n": [1]}, [["A", "B", 3], ["B", "A", 1]], [["A", "B", 3]]),
    ],
)  # fmt: skip
def test_what_pm4py_answers_otherwise_is_an_error(
    question: str, own: dict[str, list[object]], same: object, other: object
) -> None:
    mined.check_same(question, pd.DataFrame(own), same)
    with pytest.raises(SettingsError, match=f"pm4py answers {question} otherwise"):
        mined.check_same(question, pd.DataFrame(own), other)


def test_growth_is_the_slope_between_sizes_on_log_axes() -> None:
    grown = pd.DataFrame({"size": [1_000, 10_000, 100_000], "seconds": [1.0, 2.0, 100.0]})
    assert exponent(grown, "seconds") == pytest.approx(1.0)
    assert exponent(grown.head(1), "seconds") is None
    unanswered = grown.assign(seconds=[1.0, 2.0, float("nan")])
    assert exponent(unanswered, "seconds") is None


def test_targets_are_told_with_what_is_within_them() -> None:
    imports = pd.DataFrame({"size": [1_000_000, 1_000], "import_seconds": [118.4, 0.5]})
    pages = pd.DataFrame(
        [
            (1_000_000, "Flow", "everything", 0.8, 0.2),
            (1_000_000, "Waste", "everything", 1.0, 0.05),
            (1_000_000, "Waste: later", "everything", 99.0, 99.0),
            (1_000_000, "Flow", "one team, 12 months", 0.25, 0.1),
        ],
        columns=["size", "page", "scope", "first_seconds", "again_seconds"],
    )
    times = pd.DataFrame(
        [
            (1_000_000, "one team, 12 months", 1, 9.0),
            (1_000_000, "one team, 12 months", 2, 0.04),
            (1_000_000, "one team, 12 months", 2, 0.05),
            (1_000_000, "one team, 12 months", 2, 0.06),
            (1_000_000, "everything", 2, 0.2),
            (1_000_000, "everything", 2, float("nan")),
            (1_000_000, "everything", 2, float("nan")),
        ],
        columns=["size", "scope", "threads", "warm_seconds"],
    )
    found = compared({"imports": imports, "pages": pages, "times": times}).set_index("what")
    assert set(found["size"]) == {"1,000,000"}
    columns = ["target", "within", "median", "slowest"]
    assert found.loc["an import", columns].tolist() == ["20 s", "0 of 1", "118 s", "118 s"]
    assert found.loc["a question of everything", columns].tolist() == ["300 ms", "1 of 3", "too large", "too large"]
    assert found.loc["a question of one team's last year", columns].tolist() == ["50 ms", "2 of 3", "50 ms", "60 ms"]
    assert found.loc["a page of everything, as it opens", columns].tolist() == [
        "900 ms",
        "1 of 2",
        "900 ms",
        "1,000 ms",
    ]
    assert found.loc["the same once more", "within"] == "1 of 2"


def test_growth_is_told_against_its_targets() -> None:
    told = growth(1.02, pd.Series([0.1, 0.5, 0.6]))
    assert "to the power of 1.02 (target: 1.05)" in told
    assert "that of 0.50 in the median (target: 0.5; 2 of 3 are within it)" in told


def test_the_picture_has_a_dot_per_query_scope_and_size() -> None:
    rows = [("metrics.a", "everything", 1_000, 0.1), ("metrics.b", "everything", 1_000, 0.2)]
    figure = bench_figure(pd.DataFrame(rows, columns=["query", "scope", "size", "warm_seconds"]))
    (trace,) = figure["data"]
    assert trace["y"] == ["metrics.a", "metrics.b"] and trace["x"] == [100, 200]
    assert figure["layout"]["yaxis"]["categoryarray"] == ["metrics.a", "metrics.b"]


@pytest.mark.parametrize(
    ("text", "items"), [("100k", 100_000), ("1m", 1_000_000), ("10M", 10_000_000), ("2000", 2_000)]
)
def test_a_size_is_a_number_of_items(text: str, items: int) -> None:
    assert size_of(text) == items


@pytest.mark.parametrize("text", ["", "k", "many", "1.5m", "-1k", "10"])
def test_another_size_is_refused(text: str) -> None:
    with pytest.raises(SettingsError, match="expected 1,000 items or more"):
        size_of(text)
