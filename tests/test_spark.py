"""A second engine: the same SQL files on Spark's protocol give the same marts, row by row, whatever happens to it."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import drill_downs
import duckdb
import pandas as pd
import pytest
import spark_cluster
from conftest import ROOT

from dashboard import elsewhere, snapshots
from dashboard.build import Options, import_files
from dashboard.catalogue import Catalogue, read_catalogue
from dashboard.engines.duckdb import DuckDB
from dashboard.engines.spark import Spark
from dashboard.engines.spark_sql import Translator, relations
from dashboard.errors import CatalogueError, DashboardError, EngineError, SettingsError
from dashboard.settings import Settings
from dashboard.warehouse import Warehouse

MARTS = sorted(read_catalogue(ROOT / "queries").layer("marts"))
Homes = Callable[[str], Settings]


@pytest.fixture(scope="module")
def sail() -> Iterator[str]:
    """The address of Sail."""
    with spark_cluster.sailing() as url:
        yield url


@pytest.fixture(scope="module")
def homes(demo: Settings, tmp_path_factory: pytest.TempPathFactory) -> Homes:
    """Homes with what the demo has, whose marts the engine at an address builds."""

    def home_of(url: str) -> Settings:
        home = tmp_path_factory.mktemp("home")
        shutil.copytree(demo.home, home, dirs_exist_ok=True)
        return Settings(home=home, engine=url, storage=str(tmp_path_factory.mktemp("storage")))

    return home_of


@pytest.fixture(scope="module")
def by_sail(homes: Homes, catalogue: Catalogue, sail: str) -> Settings:
    """The demo built again by Sail."""
    settings = homes(sail)
    import_files([], settings, catalogue)
    return settings


@pytest.mark.parametrize("mart", MARTS)
def test_a_mart_is_the_same_on_both_engines(mart: str, by_sail: Settings, demo: Settings) -> None:
    assert_same(mart, by_sail, demo)


def test_marts_are_the_same_from_a_cluster_of_which_a_worker_fails(
    homes: Homes, demo: Settings, catalogue: Catalogue, tmp_path: Path
) -> None:
    middle = catalogue.queries["marts.moves"].title
    here = Warehouse(demo.warehouse, catalogue)
    told: list[str] = []
    with spark_cluster.running(tmp_path) as cluster:

        def note(title: str) -> None:
            told.append(title)
            if title == middle:
                cluster.kill_a_worker()

        built = replace(homes(cluster.url), leave="visits,moves")
        import_files([], built, catalogue, note=note)
        assert middle in told[:-1] and cluster.workers[0].wait(timeout=30) != 0
        there = Warehouse(built.warehouse, catalogue, cluster=built.engine)
        for name, question in drill_downs.questions():
            if name.endswith(("everything", " label", " passed", " blocked")):
                drill_downs.assert_same(question.ask(there), question.ask(here))
        assert there.cluster is not None
        there.cluster.close()
    for mart in MARTS:
        assert_same(mart, built, demo)
    (folder,) = Path(built.storage).iterdir()
    kept = {path.name for path in folder.iterdir()}
    assert {"marts.visits.parquet", "marts.moves.parquet"} <= kept
    assert kept <= {elsewhere.OWNER, *(f"{mart}.parquet" for mart in MARTS)}


def assert_same(mart: str, built: Settings, demo: Settings) -> None:
    """As many rows, with the same values and types, as the embedded engine has."""
    expected, found = rows_of(demo, mart), rows_of(built, mart)
    assert list(found.columns) == list(expected.columns) and list(found.dtypes) == list(expected.dtypes)
    pd.testing.assert_frame_equal(plain(found), plain(expected), rtol=1e-9, atol=1e-6)


def rows_of(settings: Settings, name: str) -> pd.DataFrame:
    """A table of the newest snapshot, or of the storage."""
    snapshot = snapshots.current(settings.warehouse)
    lies = elsewhere.of(snapshot)
    if lies and name in lies.tables:
        rows = duckdb.read_parquet(str(lies.folder / f"{name}.parquet" / "*.parquet")).df()
        instants = rows.select_dtypes("datetimetz").columns
        return rows.assign(**{each: rows[each].dt.tz_localize(None) for each in instants})
    engine = DuckDB(snapshot / snapshots.DATABASE, read_only=True, threads=1)
    rows = engine.table(name)
    engine.close()
    return rows


def plain(frame: pd.DataFrame) -> pd.DataFrame:
    """Rows in an order of their own; instants, days and lists as texts, numbers as such."""
    kept = pd.DataFrame(index=frame.index)
    for name in frame.columns:
        column = frame[name]
        is_number = pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)
        kept[name] = column.astype("float64") if is_number else column.map(text)
    # By what is exact first: doubles may differ in their last digit.
    keys = sorted(kept.columns, key=lambda name: pd.api.types.is_numeric_dtype(kept[name]))
    return kept.sort_values(keys, ignore_index=True)


def text(value: Any) -> str:
    if isinstance(value, (list, tuple)) or hasattr(value, "tolist"):
        return str(list(value))
    return "" if value is None or pd.isna(value) else str(value)


def test_nothing_of_a_build_stays_in_the_storage(by_sail: Settings) -> None:
    assert list(Path(by_sail.storage).iterdir()) == []


def test_rows_that_got_lost_between_cluster_and_snapshot_are_missed(
    homes: Homes, catalogue: Catalogue, sail: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = homes(sail)
    before = snapshots.current(settings.warehouse)
    load = DuckDB.load

    def load_less(engine: DuckDB, name: str, files: list[Path]) -> None:
        load(engine, name, files if name != "marts.visits" else [])

    monkeypatch.setattr(DuckDB, "load", load_less)
    with pytest.raises(EngineError, match=r"marts\.visits: the cluster built [\d,]+ rows, 0 lie in the storage"):
        import_files([], settings, catalogue)
    assert snapshots.current(settings.warehouse) == before and list(Path(settings.storage).iterdir()) == []


def test_what_a_cluster_can_not_carry_out_is_told_in_a_line(sail: str, tmp_path: Path) -> None:
    engine = Spark(sail, str(tmp_path))
    with pytest.raises(EngineError, match=r"marts\.x: the cluster gave up \(.+\)\. Nothing was changed\.") as told:
        engine.create("marts.x", "select nothing.here as here from nowhere as nothing")
    engine.close()
    assert "\n" not in str(told.value)


@pytest.mark.parametrize(
    ("engine", "storage", "words"),
    [
        ("sc://127.0.0.1:{port}", "{folder}", "127.0.0.1:{port}: no cluster answers"),
        ("127.0.0.1:15002", "{folder}", "an address such as sc://host:15002"),
        ("{sail}", "", "needs --storage"),
        ("{sail}", "{folder}/none", "no folder can be made here"),
    ],
    ids=["nobody", "no address", "no storage", "no folder"],
)
def test_an_engine_that_can_not_be_used_is_told_and_changes_nothing(
    engine: str, storage: str, words: str, demo: Settings, catalogue: Catalogue, sail: str, tmp_path: Path
) -> None:
    with socket.socket() as silent:  # bound, but nobody listens
        silent.bind(("127.0.0.1", 0))
        port = silent.getsockname()[1]
        names = {"port": port, "folder": tmp_path, "sail": sail}
        settings = replace(demo, engine=engine.format(**names), storage=storage.format(**names))
        before = snapshots.current(demo.warehouse)
        begun: list[str] = []
        with pytest.raises(DashboardError) as told:
            import_files([], settings, catalogue, Options(), begun.append)
    assert begun == []  # reading takes long: what can't work is said before
    assert words.format(**names) in str(told.value) and snapshots.current(demo.warehouse) == before


def test_the_client_of_a_cluster_is_asked_for_where_it_is_missing(
    demo: Settings, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dashboard.build.find_spec", lambda name: None)
    with pytest.raises(SettingsError, match=r"value-stream-dashboard\[cluster\]"):
        import_files([], replace(demo, engine="sc://127.0.0.1", storage="/"), catalogue)


def test_a_token_in_an_address_is_not_shown() -> None:
    assert "secret" not in repr(Settings(engine="sc://127.0.0.1/;token=secret"))


def test_macros_are_written_out_with_their_arguments() -> None:
    translator = Translator()
    assert translator.learn("create or replace macro macros.twice(x) as x + x")
    assert translator.learn("create or replace macro macros.above(least) as table select a from s.t where a > least")
    assert not translator.learn("create or replace view marts.v as select 1 as a")
    sql = "select macros.twice(u.a * 2) as b from macros.above(3) as u"
    written = "SELECT ((u.a * 2) + (u.a * 2)) AS b FROM (SELECT a FROM s__t AS t WHERE a > 3) AS u"
    assert translator.translate(sql, lambda name: name.replace(".", "__")) == (written, {})


@pytest.mark.parametrize("sql", ["select macros.twice(1) as b", "select a from macros.twice(1)"])
def test_a_macro_that_is_not_known_is_named(sql: str) -> None:
    with pytest.raises(CatalogueError, match=r"macros\.twice is not known"):
        Translator().translate(sql, str)


def test_a_minus_after_the_name_of_a_window_is_no_part_of_it() -> None:
    sql, _ = Translator().translate("select lead(t.a) over w - t.a as b from t window w as (order by t.a)", str)
    assert "(LEAD(t.a) OVER w) - t.a" in sql


def test_one_of_several_quantiles_is_worked_out_alone() -> None:
    first = "select list_extract(quantile_cont(t.a, [0.1, 0.2]), 1) as b, "
    second = "list_extract(quantile_disc(t.a, [0.3, 0.4]), 2) as c from t"
    translated, _ = Translator().translate(first + second, str)
    assert "PERCENTILE(t.a, 0.1) AS b" in translated and "PERCENTILE_DISC(0.4)" in translated
    assert "0.2" not in translated and "0.3" not in translated


def test_what_a_select_reads_is_found_without_a_cluster() -> None:
    assert relations("with a as (select x from s.t) select a.x from a join s.u on a.x = u.x") == {"s.t", "s.u"}
