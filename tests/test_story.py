"""An item's story, told from its stays: by hand, and for every item of the demo."""

from __future__ import annotations

import datetime as dt

import pandas as pd
from conftest import World, moves, span

from dashboard.analysis import story
from dashboard.catalogue import Catalogue
from dashboard.pages.story import story_of
from dashboard.pages.view import View
from dashboard.settings import Settings
from dashboard.warehouse import Warehouse


def test_a_story_is_told_stay_by_stay(world: World) -> None:
    """Two days to do, three of work of which one is blocked, a hand-off to review, back to work, done."""
    steps = [
        ("A", "To do", "2024-03-01"),
        ("A", "Doing", "2024-03-03"),
        ("A", "Review queue", "2024-03-06"),
        ("A", "Review", "2024-03-10"),
        ("A", "Doing", "2024-03-14"),
        ("A", "Done", "2024-03-19"),
    ]
    blocked = [
        {
            "item_id": "A",
            "blocked_at": dt.datetime(2024, 3, 4),
            "unblocked_at": dt.datetime(2024, 3, 5),
            "reason": "waiting for data",
        }
    ]
    world.load({"transitions": moves(*steps), "blocked": blocked})
    stays = world.ask("charts.story", span("2024-01-01", "2025-01-01"), item="A")
    assert story.told(stays) == [
        "1 Mar 2024: created in To do; waited 2.0 d for Doing.",
        "3 Mar 2024: into Doing; worked on for 3.0 d, 24.0 h of it blocked (waiting for data).",
        "6 Mar 2024: into Review queue, handed over to another team; waited 4.0 d for Review.",
        "10 Mar 2024: into Review; worked on for 4.0 d.",
        "14 Mar 2024: back in Doing, handed over to Builders; worked on for 5.0 d.",
        "19 Mar 2024: done, in Done.",
    ]
    assert stays["days"].sum() == 18


def test_an_open_item_waits_still(world: World) -> None:
    world.load({"transitions": moves(("A", "To do", "2024-03-01"), ("B", "To do", "2024-03-04"))})
    stays = world.ask("charts.story", span("2024-01-01", "2025-01-01"), item="A")
    assert story.told(stays) == ["1 Mar 2024: created in To do; waiting for 3.0 d, and waiting still."]


def test_an_item_is_compared_with_its_kind() -> None:
    assert story.beside_others(4, [1, 2, 3], "defect") == ""
    told = story.beside_others(4, [1, 2, 3, 5, 6], "defect")
    assert told.startswith("Half of the 5 defect items that finished took 3.0 d or less")
    assert told.endswith("60 % of them were faster than this one.")


def test_every_kind_of_item_has_a_story(demo: Settings, catalogue: Catalogue) -> None:
    warehouse = Warehouse(demo.warehouse, catalogue)
    for stream in ("bank", "retailer", "healthcare"):
        view = View(warehouse, warehouse.default_scope(stream), demo.home)
        items = warehouse.table("marts.items")
        items = items[items["stream"] == stream]
        for _, some in items.groupby(items["finished_at"].isna().astype(int) + items["cancelled_at"].isna() * 2):
            item = str(some["item_id"].iloc[-1])
            stays = view.ask("charts.story", item=item)
            in_flow = stays.loc[stays["is_in_flow"], "days"].sum()
            assert abs(in_flow - some["lead_seconds"].iloc[-1] / 86_400) < 1e-6, item
            assert len(story.told(stays)) == len(stays)
            assert item in str(story_of(view, item, "/timeline"))
    assert pd.notna(in_flow)
