"""No page loads more than it shows: questions and bytes do not grow with the data."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import pytest

from dashboard.bench.pages import Drawn, draw_all
from dashboard.bench.run import generate_and_import
from dashboard.catalogue import Catalogue
from dashboard.figures.sample import sampled
from dashboard.settings import Settings

SMALL, LARGE = 2_000, 20_000
QUESTIONS, COMPRESSED_BYTES = 80, 300_000
Pages = Mapping[int, Mapping[tuple[str, str], Drawn]]


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory, catalogue: Catalogue) -> Pages:
    """Every page of a small stream and of one ten times as large, by title and scope."""
    drawn = {}
    for size in (SMALL, LARGE):
        settings = Settings(home=tmp_path_factory.mktemp(f"made{size}"))
        generate_and_import(size, settings.home, settings, catalogue, lambda _: None)
        drawn[size] = {(each.page, each.scope): each for each in draw_all(settings, catalogue, lambda _: None)}
    return drawn


def test_a_page_asks_as_often_of_many_items_as_of_few(pages: Pages) -> None:
    few, many = ({key: each.questions for key, each in pages[size].items()} for size in (SMALL, LARGE))
    # A list that is empty for a few items may ask one thing less.
    assert {key: (few[key], count) for key, count in many.items() if abs(few[key] - count) > 3} == {}
    assert max(many.values()) <= QUESTIONS


def test_a_page_is_as_large_for_many_items_as_for_few(pages: Pages) -> None:
    few, many = pages[SMALL], pages[LARGE]
    grown = {key: each.compressed_bytes for key, each in many.items() if each.compressed_bytes > COMPRESSED_BYTES}
    assert grown == {}
    assert sum(each.bytes for each in many.values()) < 3 * sum(each.bytes for each in few.values())


def test_a_page_that_was_drawn_asks_nothing_more(pages: Pages) -> None:
    assert {key: each.questions_again for key, each in pages[LARGE].items() if each.questions_again} == {}


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
