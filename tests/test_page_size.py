"""No page loads more than it shows: questions and bytes do not grow with the data."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import pytest

from dashboard.bench.pages import Drawn, draw_all
from dashboard.bench.run import generate_and_import
from dashboard.catalogue import Catalogue
from dashboard.figures.sample import sampled
from dashboard.settings import Settings

# Of a million: VSM_PAGE_ITEMS=1000000.
SMALL, LARGE = 2_000, int(os.environ.get("VSM_PAGE_ITEMS", "20000"))
QUESTIONS, COMPRESSED_BYTES = 80, 300_000


def test_a_page_asks_and_sends_the_same_of_many_items_as_of_few(tmp_path: Path, catalogue: Catalogue) -> None:
    few, many = (pages_of(size, tmp_path / str(size), catalogue) for size in (SMALL, LARGE))
    # A list that is empty for a few items may ask one thing less.
    more = {key: (few[key].questions, each.questions) for key, each in many.items()}
    assert {key: counts for key, counts in more.items() if abs(counts[0] - counts[1]) > 3} == {}
    assert max(each.questions for each in many.values()) <= QUESTIONS
    assert {key: each.questions_again for key, each in many.items() if each.questions_again} == {}
    large = {key: each.compressed_bytes for key, each in many.items() if each.compressed_bytes > COMPRESSED_BYTES}
    assert large == {}
    assert sum(each.bytes for each in many.values()) < 3 * sum(each.bytes for each in few.values())


def pages_of(size: int, home: Path, catalogue: Catalogue) -> Mapping[tuple[str, str], Drawn]:
    """Every page of a made-up stream, by title and scope."""
    settings = Settings(home=home)
    generate_and_import(size, home, settings, catalogue, 2, lambda _: None)
    return {(each.page, each.scope): each for each in draw_all(settings, catalogue, lambda _: None)}


def test_of_many_points_those_that_stand_out_are_drawn_and_some_others() -> None:
    rows = pd.DataFrame({"number": range(10_000)})
    drawn = sampled(rows, rows["number"] >= 9_900, most=500)["number"]
    assert drawn.is_monotonic_increasing and len(drawn) <= 500
    assert set(range(9_900, 10_000)) <= set(drawn)
    assert (drawn < 5_000).sum() == pytest.approx((drawn.between(5_000, 9_899)).sum(), rel=0.05)


def test_where_all_stand_out_half_of_the_points_are_kept_for_them() -> None:
    rows = pd.DataFrame({"number": range(10_000)})
    assert len(sampled(rows, rows["number"] >= 0, most=500)) == 250
    assert len(sampled(rows, rows["number"] < 0, most=500)) == 500
    assert len(sampled(rows.head(500), rows.head(500)["number"] < 0, most=500)) == 500
