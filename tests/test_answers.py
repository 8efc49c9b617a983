"""Answers that are kept: each once however many ask, bounded; heavy ones in a lane of their own."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pandas as pd
import pytest

from dashboard import answers, snapshots
from dashboard.answers import Answers
from dashboard.app import PAGES, _drawn
from dashboard.catalogue import Catalogue
from dashboard.settings import Settings
from dashboard.warehouse import Warehouse
from dashboard.warming import keep_warm


def table(rows: int) -> Callable[[], pd.DataFrame]:
    return lambda: pd.DataFrame({"value": range(rows)})


def refuse() -> pd.DataFrame:
    raise AssertionError("the answer was known")


def test_an_answer_is_worked_out_once_and_each_asker_has_a_copy() -> None:
    kept = Answers()
    first = kept.of("a", "kind", table(3))
    first["value"] = 0
    assert kept.of("a", "kind", refuse)["value"].tolist() == [0, 1, 2]


def test_many_who_ask_at_once_wait_for_one_answer() -> None:
    kept, calls, all_there = Answers(), [], threading.Barrier(6)
    may_end = threading.Event()

    def work_out() -> pd.DataFrame:
        calls.append(1)
        assert may_end.wait(10)
        return pd.DataFrame({"value": [7]})

    def ask() -> list[int]:
        all_there.wait(10)
        return kept.of("a", "kind", work_out)["value"].tolist()

    with ThreadPoolExecutor(6) as pool:
        asked = [pool.submit(ask) for _ in range(6)]
        may_end.set()
        assert [each.result() for each in asked] == [[7]] * 6
    assert len(calls) == 1


def test_a_failure_is_everybodys_and_is_not_kept() -> None:
    kept = Answers()

    def fail() -> pd.DataFrame:
        raise ValueError("no")

    for _ in range(2):
        with pytest.raises(ValueError, match="no"):
            kept.of("a", "kind", fail)
    assert kept.of("a", "kind", table(1))["value"].tolist() == [0]


def test_what_was_not_asked_for_the_longest_goes_first() -> None:
    kept = Answers(entries=2)
    for key in ("a", "b", "a", "c"):
        kept.of(key, "kind", table(1))
    kept.of("a", "kind", refuse)
    kept.of("c", "kind", refuse)
    with pytest.raises(AssertionError, match="was known"):
        kept.of("b", "kind", refuse)


def test_no_more_is_held_than_allowed_and_one_large_answer_drives_out_nothing() -> None:
    kept = Answers(size=100_000)
    for key in range(50):
        kept.of(key, "kind", table(1_000))
    assert 50_000 < kept.held_bytes <= 100_000
    kept.of("large", "kind", table(10_000))
    kept.of(49, "kind", refuse)
    with pytest.raises(AssertionError, match="was known"):
        kept.of("large", "kind", refuse)


def test_heavy_questions_run_one_at_a_time_and_light_ones_beside_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "HEAVY_SECONDS", 0.0)
    kept = Answers()
    kept.of("first", "heavy", table(1))  # from now on its kind is known to be heavy
    running, most, may_end = [], [], threading.Event()

    def heavy() -> pd.DataFrame:
        running.append(1)
        most.append(len(running))
        may_end.wait(10)
        running.pop()
        return pd.DataFrame()

    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(kept.of, key, "heavy", heavy) for key in range(3)]
        light = pool.submit(kept.of, "light", "another", table(2))
        assert light.result(10)["value"].tolist() == [0, 1]
        may_end.set()
        for each in asked:
            each.result(10)
    assert most == [1, 1, 1]


def test_the_large_streams_are_drawn_at_the_start_and_with_each_new_snapshot(
    demo: Settings, catalogue: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dashboard.warming.LARGE", 200)
    root = tmp_path / "warehouse"
    shutil.copytree(demo.warehouse, root)
    own = Warehouse(root, catalogue)
    streams = own.streams()
    large = set(streams.loc[streams["items_count"] >= 200, "stream"])
    assert 0 < len(large) < len(streams)
    drawn: list[str] = []
    enough = threading.Semaphore(0)

    def draw(stream: str) -> None:
        drawn.append(stream)
        enough.release()
        raise RuntimeError("a page that can't be drawn keeps none of the others from it")

    keep_warm(own, [draw, draw])
    assert all(enough.acquire(timeout=20) for _ in range(2 * len(large)))
    assert sorted(drawn) == sorted([*large, *large])
    there = snapshots.current(root)
    new = there.with_name(f"{int(there.name) + 1:06d}")
    shutil.copytree(there, new)
    snapshots.point(root, new)
    own.streams()
    assert all(enough.acquire(timeout=20) for _ in range(2 * len(large)))


def test_every_page_can_be_drawn_before_anybody_asks(demo: Settings, catalogue: Catalogue) -> None:
    """Outside of any request, as `create_server` does it."""
    own = Warehouse(demo.warehouse, catalogue)
    for page in PAGES:
        assert _drawn(page, own, demo, "bank") is not None
