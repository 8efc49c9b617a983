"""An answer belongs to the snapshot that gave it, whatever is published meanwhile and however many ask."""

from __future__ import annotations

import datetime as dt
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from dashboard.build import Options, import_files
from dashboard.catalogue import Catalogue
from dashboard.engines.duckdb import DuckDB
from dashboard.errors import ScopeError
from dashboard.scope import Scope
from dashboard.settings import Settings
from dashboard.warehouse import Warehouse
from dashboard.warming import keep_current
from dashboard.where import ANY

SCOPE = Scope("s", dt.date(2024, 1, 1), dt.date(2025, 1, 1), period="all")


def _import(home: Settings, catalogue: Catalogue, finished: int, **more: Any) -> None:
    lines = [f"{item},{state},2024-01-0{day}" for item in range(finished) for day, state in ((1, "Open"), (2, "Done"))]
    path = home.home / "log.csv"
    path.write_text("\n".join(["issue_key,status,timestamp", *lines]) + "\n", encoding="utf-8")
    import_files([path], home, catalogue, Options(stream="s", **more))


def test_an_answer_asked_before_a_publish_is_not_kept_for_the_snapshot_after_it(
    tmp_path: Path, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Settings(home=tmp_path)
    _import(home, catalogue, 1)
    warehouse = Warehouse(home.warehouse, catalogue)
    asked = DuckDB.parameters

    def publish_meanwhile(engine: DuckDB, sql: str) -> frozenset[str]:
        monkeypatch.setattr(DuckDB, "parameters", asked)
        _import(home, catalogue, 3)
        return asked(engine, sql)

    monkeypatch.setattr(DuckDB, "parameters", publish_meanwhile)
    assert warehouse.ask("metrics.throughput", SCOPE)["value"].tolist() == [1]
    assert warehouse.ask("metrics.throughput", SCOPE)["value"].tolist() == [3]


def _until(warehouse: Warehouse, finished: int) -> None:
    """Ask until it is the newest snapshot that answers; never is there another answer than the old one or the new."""
    for _ in range(400):
        value = warehouse.ask("metrics.throughput", SCOPE)["value"].tolist()
        if value == [finished]:
            return
        assert value == [1]
        time.sleep(0.05)
    raise AssertionError("the new snapshot never answered")


def test_a_large_snapshot_is_opened_aside_while_the_one_before_answers(
    tmp_path: Path, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, may_open, told = Settings(home=tmp_path), threading.Event(), []
    _import(home, catalogue, 1)
    warehouse = Warehouse(home.warehouse, catalogue)
    warehouse.when_new.append(lambda: told.append(1))
    monkeypatch.setattr("dashboard.warehouse.AT_ONCE_BYTES", 0)
    assert warehouse.ask("metrics.throughput", SCOPE)["value"].tolist() == [1]
    open_it = warehouse._open

    def slowly(pointed: str) -> Any:
        assert may_open.wait(60)
        return open_it(pointed)

    monkeypatch.setattr(warehouse, "_open", slowly)
    _import(home, catalogue, 3)
    with ThreadPoolExecutor(8) as threads:
        asked = threads.map(lambda _: warehouse.ask("metrics.throughput", SCOPE)["value"].tolist(), range(80))
        assert list(asked) == [[1]] * 80
    assert told == []
    may_open.set()
    _until(warehouse, 3)
    assert told == [1] and warehouse.snapshot.name == "000002"


def test_where_no_new_snapshot_is_whole_the_one_that_is_open_goes_on_and_says_so(
    tmp_path: Path, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Settings(home=tmp_path)
    _import(home, catalogue, 1)
    warehouse = Warehouse(home.warehouse, catalogue)
    assert warehouse.ask("metrics.throughput", SCOPE)["value"].tolist() == [1] and warehouse.fault is None
    monkeypatch.setattr("dashboard.warehouse.AT_ONCE_BYTES", 0)
    _import(home, catalogue, 3)
    for each in home.warehouse.glob("snapshots/*/streams.toml"):
        each.write_text("# another\n", encoding="utf-8")
    for _ in range(400):
        assert warehouse.ask("metrics.throughput", SCOPE)["value"].tolist() == [1]
        if warehouse.fault:
            break
        time.sleep(0.05)
    assert warehouse.fault == "snapshots/000002/streams.toml: the file is not as it was published. Import again."
    _import(home, catalogue, 5, starts_afresh=True)
    _until(warehouse, 5)
    assert warehouse.fault is None


def test_a_new_snapshot_that_can_t_be_opened_is_tried_once_and_told(
    tmp_path: Path, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, tried, told = Settings(home=tmp_path), [], []
    _import(home, catalogue, 1)
    warehouse = Warehouse(home.warehouse, catalogue)
    warehouse.when_new.append(lambda: told.append(1))
    assert warehouse.ask("metrics.throughput", SCOPE)["value"].tolist() == [1]
    monkeypatch.setattr("dashboard.warehouse.AT_ONCE_BYTES", 0)
    _import(home, catalogue, 3)

    def broken(pointed: str) -> Any:
        tried.append(pointed)
        raise OSError(5, "Input/output error", str(tmp_path))

    monkeypatch.setattr(warehouse, "_open", broken)
    for _ in range(200):
        assert warehouse.ask("metrics.throughput", SCOPE)["value"].tolist() == [1]
        time.sleep(0.01)
    assert len(tried) == 1 and told == []
    assert warehouse.fault and "can't be opened" in warehouse.fault and str(tmp_path) not in warehouse.fault


def test_an_opening_that_ends_late_puts_no_older_snapshot_back(
    tmp_path: Path, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, may_open = Settings(home=tmp_path), threading.Event()
    _import(home, catalogue, 1)
    warehouse = Warehouse(home.warehouse, catalogue)
    assert warehouse.ask("metrics.throughput", SCOPE)["value"].tolist() == [1]
    monkeypatch.setattr("dashboard.warehouse.AT_ONCE_BYTES", 0)
    open_it = warehouse._open

    def slowly(pointed: str) -> Any:
        opened = open_it(pointed)
        if threading.current_thread().name == "open":
            assert may_open.wait(60)
        return opened

    monkeypatch.setattr(warehouse, "_open", slowly)
    _import(home, catalogue, 2)
    assert warehouse.ask("metrics.throughput", SCOPE)["value"].tolist() == [1]  # the second is being opened
    _import(home, catalogue, 3)
    warehouse._opened = None  # as after a file that was lost
    assert warehouse.ask("metrics.throughput", SCOPE)["value"].tolist() == [3]
    may_open.set()
    for _ in range(50):
        assert warehouse.ask("metrics.throughput", SCOPE)["value"].tolist() == [3]
        time.sleep(0.02)


def test_a_new_snapshot_is_found_though_nobody_asks(tmp_path: Path, catalogue: Catalogue) -> None:
    home = Settings(home=tmp_path)
    _import(home, catalogue, 1)
    warehouse = Warehouse(home.warehouse, catalogue)
    found = threading.Event()
    warehouse.when_new.append(found.set)
    keep_current(warehouse)
    assert warehouse.snapshot.name == "000001"
    _import(home, catalogue, 3)
    assert found.wait(60)


def test_many_threads_may_ask_a_warehouse_that_was_never_opened(tmp_path: Path, catalogue: Catalogue) -> None:
    home = Settings(home=tmp_path)
    _import(home, catalogue, 2)
    warehouse = Warehouse(home.warehouse, catalogue)
    names = [f"metrics.{name}" for name in catalogue.metrics]
    alone = {name: warehouse.ask(name, SCOPE)["value"].tolist() for name in names}
    fresh = Warehouse(home.warehouse, catalogue)
    with ThreadPoolExecutor(8) as threads:
        together = list(threads.map(lambda name: fresh.ask(name, SCOPE)["value"].tolist(), names * 4))
    assert [str(each) for each in together] == [str(alone[name]) for name in names * 4]


def test_many_may_open_one_snapshot_at_once(tmp_path: Path, catalogue: Catalogue) -> None:
    home = Settings(home=tmp_path)
    _import(home, catalogue, 2)
    with ThreadPoolExecutor(16) as threads:
        for _ in range(4):
            several = [Warehouse(home.warehouse, catalogue) for _ in range(16)]
            assert set(threads.map(lambda each: len(each.streams()), several)) == {1}


def test_a_text_that_reads_like_no_value_is_another_question(demo: Settings, catalogue: Catalogue) -> None:
    own = Warehouse(demo.warehouse, catalogue)
    more = {"group_by": "type", "row_limit": 100, "row_offset": 0, "sort": "item_id", "is_descending": False}
    none, every = (
        own.ask("charts.dotted", own.default_scope("bank"), chosen=ANY.parameter(), outcome=outcome, **more)
        for outcome in ("None", None)
    )
    assert len(none) == 0 < len(every)


@pytest.fixture
def numbers(tmp_path: Path) -> Path:
    """A database with a million numbers."""
    path = tmp_path / "some.duckdb"
    whole = DuckDB(path)
    whole.create("main.numbers", "from range(1_000_000) numbers(n)")
    whole.close()
    return path


def test_a_question_that_needs_too_much_memory_is_told(numbers: Path) -> None:
    """Not during an import, which has words of its own for it."""
    lists = "select list(hash(n) order by hash(n)) as numbers from numbers group by n % 10"
    engine = DuckDB(numbers, read_only=True, memory="20MB")
    with pytest.raises(ScopeError, match="needs more memory than there is for it"):
        engine.ask(lists)
    assert engine.ask("select count(*) as n from numbers")["n"].tolist() == [1_000_000]
    engine.close()
    with pytest.raises(Exception, match="Out of Memory"):
        DuckDB(numbers, memory="20MB").ask(lists)


def test_what_does_not_fit_into_memory_goes_where_it_is_told(numbers: Path, tmp_path: Path) -> None:
    """A snapshot's folder may be only read; and a server that is killed would leave it there."""
    folder = tmp_path / "spills"
    folder.mkdir()
    engine = DuckDB(numbers, read_only=True, memory="40MB", spills_to=folder)
    seen = set()
    with ThreadPoolExecutor(1) as other:
        asked = other.submit(engine.ask, "select count(distinct hash(n) || 'some') as n from numbers")
        while not asked.done():
            seen |= {path.parent for path in tmp_path.rglob("*.tmp")}
    assert asked.result()["n"].tolist() == [1_000_000]
    assert seen == {folder}


def test_a_temporary_folder_without_room_is_no_damaged_snapshot(numbers: Path, tmp_path: Path) -> None:
    (tmp_path / "a file").touch()
    engine = DuckDB(numbers, read_only=True, memory="40MB", spills_to=tmp_path / "a file" / "spills")
    with pytest.raises(ScopeError, match="more room than there is in the temporary folder"):
        engine.ask("select count(distinct hash(n) || 'some') as n from numbers")
    assert engine.ask("select count(*) as n from numbers")["n"].tolist() == [1_000_000]


def test_a_snapshot_is_asked_without_writing_beside_it(tmp_path: Path, catalogue: Catalogue) -> None:
    home = Settings(home=tmp_path)
    _import(home, catalogue, 1)
    engine = Warehouse(home.warehouse, catalogue)._current().engine
    where = Path(engine.ask("select current_setting('temp_directory') as folder")["folder"].iloc[0])
    assert where.name.startswith("vsm-spills-") and home.warehouse not in where.parents


def test_a_question_that_takes_too_long_is_ended_and_told(numbers: Path) -> None:
    engine = DuckDB(numbers, read_only=True, seconds=1)
    with pytest.raises(ScopeError, match="Choose fewer days, a team or a type"):
        engine.ask("select count(*) as n from numbers a join numbers b on hash(a.n) % 7 < hash(b.n) % 11")
    assert engine.ask("select count(*) as n from numbers")["n"].tolist() == [1_000_000]
