"""An answer belongs to the snapshot that gave it, whatever is published meanwhile and however many ask."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from dashboard.build import Options, import_files
from dashboard.catalogue import Catalogue
from dashboard.engines.duckdb import DuckDB
from dashboard.errors import ScopeError
from dashboard.scope import Scope
from dashboard.settings import Settings
from dashboard.warehouse import Warehouse
from dashboard.where import ANY

SCOPE = Scope("s", dt.date(2024, 1, 1), dt.date(2025, 1, 1), period="all")


def _import(home: Settings, catalogue: Catalogue, finished: int) -> None:
    lines = [f"{item},{state},2024-01-0{day}" for item in range(finished) for day, state in ((1, "Open"), (2, "Done"))]
    path = home.home / "log.csv"
    path.write_text("\n".join(["issue_key,status,timestamp", *lines]) + "\n", encoding="utf-8")
    import_files([path], home, catalogue, Options(stream="s"))


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


def test_a_question_that_takes_too_long_is_ended_and_told(tmp_path: Path) -> None:
    path = tmp_path / "some.duckdb"
    whole = DuckDB(path)
    whole.create("main.numbers", "from range(1_000_000) numbers(n)")
    whole.close()
    engine = DuckDB(path, read_only=True, seconds=1)
    with pytest.raises(ScopeError, match="Choose fewer days, a team or a type"):
        engine.ask("select count(*) as n from numbers a join numbers b on hash(a.n) % 7 < hash(b.n) % 11")
    assert engine.ask("select count(*) as n from numbers")["n"].tolist() == [1_000_000]
