"""No CSV that the program hands out holds a formula, and reading ours back takes the guard off again."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.engines.duckdb import DuckDB
from dashboard.engines.expressions import unguarded
from dashboard.spreadsheets import safe_csv

FORMULAS = [
    "=1+1",
    "+2+3",
    "-1+1",
    "@SUM(A1)",
    "\tx",
    "\rx",
    "\n=1",
    " =1",
    "'=1",
    "''-x",
    "＝1",
    "-",
    "-1-",
    "+49 170",
]
HARMLESS = ["plain", "", "a=b", "'quoted'", "-1", "+2.5", "-1e-5", "1-1", "user@example.org", " plain"]


def test_a_csv_holds_no_formula() -> None:
    table = pd.DataFrame({"title": ["=1+1", "@x", " +2", "plain", None, "-5"], "days": [-1.0, 2, 3, 4, 5, 6]})
    assert safe_csv(table).splitlines()[1:] == ["'=1+1,-1.0", "'@x,2.0", "' +2,3.0", "plain,4.0", ",5.0", "-5,6.0"]


def test_a_table_without_rows_or_texts_is_written_as_it_is() -> None:
    assert safe_csv(pd.DataFrame({"title": pd.Series([], dtype="string")})) == "title\n"
    assert safe_csv(pd.DataFrame({"title": [None], "days": [-1]})) == "title,days\n,-1\n"


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_gets_one_apostrophe(text: str, tmp_path: Path) -> None:
    assert _through_pandas(text, tmp_path) == _written([text], tmp_path) == ["'" + text]


@pytest.mark.parametrize("text", HARMLESS)
def test_what_is_no_formula_stays(text: str, tmp_path: Path) -> None:
    assert _through_pandas(text, tmp_path) == _written([text], tmp_path) == [text]


@settings(deadline=None, max_examples=50)
@given(st.lists(st.text(alphabet="'=+-@ \t\r\n＝a1.", max_size=6), min_size=1, max_size=40))
def test_taking_the_guard_off_gives_what_was_there(tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> None:
    folder = tmp_path_factory.mktemp("guard")
    connection = duckdb.connect()
    written = pd.DataFrame({"text": pd.array(_written(texts, folder), dtype="string")})
    read = connection.from_df(written).select(unguarded(duckdb.ColumnExpression("text")))
    assert [row[0] for row in read.fetchall()] == texts


def _through_pandas(text: str, folder: Path) -> list[str]:
    (folder / "pandas.csv").write_text(safe_csv(pd.DataFrame({"text": [text], "n": [1]})), encoding="utf-8", newline="")
    return _read(folder / "pandas.csv")


def _written(texts: list[str], folder: Path) -> list[str]:
    engine = DuckDB(threads=1)
    engine.create_schema("made")
    table = pd.DataFrame({"text": pd.array(texts, dtype="string"), "n": range(len(texts))})
    engine.keep("made.texts", table)
    engine.write_columns("made.texts", {"text": "text", "n": "n"}, folder / "texts.csv")
    engine.close()
    return _read(folder / "texts.csv")


def _read(path: Path) -> list[str]:
    return list(pd.read_csv(path, dtype="str", keep_default_na=False, lineterminator="\n")["text"])
