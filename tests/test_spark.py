"""A second engine: the same SQL files on Spark's protocol give the same marts, row by row."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from conftest import ROOT

from dashboard import layers, snapshots
from dashboard.catalogue import Catalogue, read_catalogue
from dashboard.engines.duckdb import DuckDB
from dashboard.engines.spark import Spark
from dashboard.engines.spark_sql import Translator, relations
from dashboard.errors import CatalogueError
from dashboard.settings import Settings


@pytest.fixture(scope="module")
def sail() -> Iterator[str]:
    """The address of Sail, which speaks Spark's protocol and starts in a second."""
    from pysail.spark import SparkConnectServer

    server = SparkConnectServer("127.0.0.1", 0)
    server.start(background=True)
    _, port = server.listening_address
    yield f"sc://127.0.0.1:{port}"
    server.stop()


@pytest.fixture(scope="module")
def built(demo: Settings, catalogue: Catalogue, sail: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Spark]:
    """The marts of the demo, built by the other engine from its canonical tables."""
    storage = tmp_path_factory.mktemp("storage")
    own = DuckDB(threads=1)
    own.open_beside(snapshots.current(demo.warehouse) / snapshots.DATABASE, "demo")
    spark = Spark(sail, str(storage))
    for query in catalogue.layer("canonical").values():
        own.export_columns(f"demo.{query.name}", tuple(query.columns), Path(spark.path(query.name)))
        spark.register(query.name)
    own.close()
    layers.create_macros(catalogue, spark)
    for query in catalogue.layer("cluster").values():
        spark.run(query.sql)
    layers.create_marts(catalogue, spark)
    yield spark
    spark.close()


MARTS = sorted(read_catalogue(ROOT / "queries").layer("marts"))


@pytest.mark.parametrize("mart", MARTS)
def test_a_mart_is_the_same_on_both_engines(mart: str, built: Spark, demo: Settings) -> None:
    own = DuckDB(snapshots.current(demo.warehouse) / snapshots.DATABASE, read_only=True, threads=1)
    expected = plain(own.table(mart))
    own.close()
    place = Path(built.path(mart))
    if expected.empty and not place.exists():  # a table without rows leaves no file
        return
    found = plain(pd.read_parquet(place))
    assert len(found) == len(expected) and list(found.columns) == list(expected.columns)
    pd.testing.assert_frame_equal(found, expected, check_dtype=False, rtol=1e-9, atol=1e-6)


def plain(frame: pd.DataFrame) -> pd.DataFrame:
    """Rows in an order of their own; instants, days and lists as texts, numbers as such."""
    kept = pd.DataFrame(index=frame.index)
    for name in sorted(frame.columns):
        column = frame[name]
        if pd.api.types.is_bool_dtype(column):
            column = column.astype(str)
        elif not pd.api.types.is_numeric_dtype(column):
            column = column.map(text)
        kept[name] = column.astype("float64") if pd.api.types.is_numeric_dtype(column) else column
    # By what is exact first: doubles may differ in their last digit.
    keys = sorted(kept.columns, key=lambda name: pd.api.types.is_numeric_dtype(kept[name]))
    return kept.sort_values(keys, ignore_index=True)


def text(value: Any) -> str:
    if isinstance(value, (list, tuple)) or hasattr(value, "tolist"):
        return str(list(value))
    if value is None or value is pd.NaT or pd.isna(value):
        return ""
    try:
        return pd.Timestamp(value).tz_localize(None).isoformat()
    except (ValueError, TypeError):
        return str(value)


def test_macros_are_written_out_with_their_arguments() -> None:
    translator = Translator()
    assert translator.learn("create or replace macro macros.twice(x) as (x + x)")
    assert not translator.learn("create or replace macro macros.rows(x) as table select x")
    sql = translator.translate("select macros.twice(t.a * 2) as b from s.t as t", lambda name: name.replace(".", "__"))
    assert sql == "SELECT ((t.a * 2) + (t.a * 2)) AS b FROM s__t AS t"


def test_a_macro_that_is_not_known_is_named() -> None:
    with pytest.raises(CatalogueError, match=r"macros\.twice is no macro over values"):
        Translator().translate("select macros.twice(1) as b", str)


def test_what_a_select_reads_is_found_without_a_cluster() -> None:
    assert relations("with a as (select x from s.t) select a.x from a join s.u on a.x = u.x") == {"s.t", "s.u"}
