"""The catalogue reads headers, and refuses bad ones with file and reason."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dashboard.catalogue import Catalogue, read_catalogue
from dashboard.errors import CatalogueError

GOOD = """/*
title = "T"
unit = "days"
better = "lower"
definition = "d"
formula = "f"
source = "s"
grain = "g"
*/
select 1"""


def _written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_path_is_name(tmp_path: Path) -> None:
    _written(tmp_path, "metrics/lead_time.sql", GOOD)
    catalogue = read_catalogue(tmp_path)
    assert catalogue.metric("lead_time").unit == "days"
    assert catalogue.queries["metrics.lead_time"].sql == "select 1"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("select 1", "begin the file with a /* … */ header"),
        ("/*\ntitle = \n*/ select 1", "the header is not valid TOML"),
        (
            GOOD.replace('better = "lower"\n', ""),
            'the header has no \'better\'. Write "higher", "lower" or "neither".',
        ),
        (GOOD.replace('"lower"', '"smaller"'), "'better' is 'smaller'"),
        (GOOD.replace('unit = "days"\n', ""), "the header has no 'unit'"),
    ],
)
def test_a_bad_header_is_refused_with_file_and_reason(tmp_path: Path, text: str, said: str) -> None:
    path = _written(tmp_path, "metrics/lead_time.sql", text)
    with pytest.raises(CatalogueError) as caught:
        read_catalogue(tmp_path)
    assert str(path) in str(caught.value)
    assert said in str(caught.value)


def test_a_folder_that_is_no_layer_is_refused(tmp_path: Path) -> None:
    _written(tmp_path, "reports/x.sql", GOOD)
    with pytest.raises(CatalogueError, match="there is no layer 'reports'"):
        read_catalogue(tmp_path)


def test_an_unknown_metric_names_those_there_are(catalogue: Catalogue) -> None:
    with pytest.raises(CatalogueError, match=r"no metric 'speed'\. There are: .*lead_time"):
        catalogue.metric("speed")


def test_parameters_stand_only_in_metrics_charts_and_made_up_data(catalogue: Catalogue) -> None:
    for query in catalogue.queries.values():
        if query.layer not in ("metrics", "charts", "synthetic"):
            outside_texts = re.sub(r"'[^']*'", "''", query.sql)
            assert "$" not in outside_texts, query.name
