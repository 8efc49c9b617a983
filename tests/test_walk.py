"""The walk: its figures by hand and by pandas, its sentences, its questions, its record, and who may write."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from conftest import Imports, World, moves, span
from flask.testing import FlaskClient
from test_editing import SAME_ORIGIN, call, text
from werkzeug.test import TestResponse

from dashboard.analysis import walk_questions
from dashboard.analysis.walk import Handed, Place, Stop, Tables, facts, listed, stops
from dashboard.analysis.walk_questions import ALWAYS, questions
from dashboard.app import create_server
from dashboard.catalogue import Catalogue
from dashboard.errors import StoreError
from dashboard.pages import value_stream, walk, walk_begin, walk_notes
from dashboard.pages.view import View, view_of
from dashboard.pages.walk_record import Part, Record, markdown, record_of
from dashboard.pages.walk_step import way_of
from dashboard.settings import Settings
from dashboard.store import Store
from dashboard.store.checked import IDEA, OBSERVATION
from dashboard.warehouse import Warehouse
from dashboard.where import Where

DAY = dt.date(2026, 7, 2)
YEAR = span("2024-01-01", "2025-01-01")
REVIEW = Where(stage="Review").parameter()


@pytest.fixture(scope="module")
def warehouse(demo: Settings, catalogue: Catalogue) -> Warehouse:
    return Warehouse(demo.warehouse, catalogue)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(Store(tmp_path / "store.sqlite")) as store:
        yield store


Look = Callable[..., View]


@pytest.fixture
def look(warehouse: Warehouse, demo: Settings, store: Store) -> Look:
    """A view of the demo as a URL asks for it."""

    def view(**query: str) -> View:
        return view_of(warehouse, demo.home, {"stream": "bank", **query}, store)[0]

    return view


# What stands in the warehouse


def way(item: str, *days: tuple[str, int]) -> list[dict[str, Any]]:
    """An item's moves on days of March 2024."""
    return moves(*((item, state, f"2024-03-{day:02}") for state, day in days))


THREE = [
    *way("A", ("To do", 1), ("Doing", 2), ("Review queue", 4), ("Review", 8), ("Done", 9)),
    *way("B", ("To do", 1), ("Doing", 3), ("Review queue", 5), ("Review", 8), ("Done", 14)),
    *way("C", ("To do", 1), ("Doing", 2), ("Review queue", 6), ("Review", 8)),
    *way("C", ("Doing", 11), ("Review", 12), ("Done", 14)),
]  # fmt: skip


def test_batch_is_what_left_on_one_day_counted_by_stay(world: World) -> None:
    """Three left the queue on the 8th; Review was left on the 9th, 11th, and twice on the 14th."""
    world.load({"transitions": THREE})
    rows = world.ask("charts.step_batches", YEAR).set_index("stage")
    assert rows.loc["Review queue", ["stays", "days_count", "half_together", "most_together"]].tolist() == [3, 1, 3, 3]
    assert rows.loc["Review", ["stays", "days_count", "half_together", "most_together"]].tolist() == [4, 3, 1, 2]
    assert list(rows.index) == ["To do", "Doing", "Review queue", "Review"]


def test_examples_are_the_typical_the_slowest_and_one_that_came_back(world: World) -> None:
    """Stays in Review of 1, 6, 3 and 2 days: the median is 2.5, C's 2 and 3 are as near, and 2 ended later."""
    world.load({"transitions": THREE})
    rows = world.ask("charts.step_examples", YEAR, chosen=REVIEW)
    assert rows[["kind", "item_id", "days"]].to_numpy().tolist() == [
        ["typical", "C", 2],
        ["slowest", "B", 6],
        ["returned", "C", 2],
    ]
    assert set(rows["half_days"]) == {2.5} and set(rows["stays"]) == {4}


def test_blocks_are_counted_by_stay_and_reason(world: World) -> None:
    """A is blocked over two stages, B twice in one stay for the same reason; C, open, does not count."""

    def held(item: str, since: str, until: str, reason: str | None) -> dict[str, Any]:
        begun, ended = (dt.datetime.fromisoformat(f"2024-03-{day}") for day in (since, until))
        return {"item_id": item, "blocked_at": begun, "unblocked_at": ended, "reason": reason}

    blocked = [
        held("A", "03", "05", "data"),
        held("B", "09", "10", "data"),
        held("B", "12", "13", "data"),
        held("B", "13T12", "13T13", None),
        held("D", "02", "03", "data"),
    ]
    world.load({"transitions": [*THREE, *way("D", ("To do", 1), ("Doing", 2))], "blocked": blocked})
    rows = world.ask("charts.step_blocks", YEAR)
    assert sorted(map(tuple, rows.fillna("").to_numpy())) == [
        ("Doing", "data", 1, 1),
        ("Review", "", 1, 1),
        ("Review", "data", 1, 1),
        ("Review queue", "data", 1, 1),
    ]


@pytest.mark.parametrize("stream", ["bank", "retailer", "healthcare"])
def test_batches_and_examples_are_those_of_pandas(stream: str, warehouse: Warehouse) -> None:
    visits = warehouse.table("marts.visits")
    visits = visits[(visits["stream"] == stream) & visits["is_in_flow"] & visits["left_on"].notna()]
    scope = warehouse.default_scope(stream)
    batches = warehouse.ask("charts.step_batches", scope).set_index("stage")
    for stage, row in batches.iterrows():
        stays = visits[visits["stage"] == stage]
        together = stays.groupby("left_on")["item_id"].transform("size")
        assert (row["stays"], row["days_count"]) == (len(stays), stays["left_on"].nunique())
        assert row["half_together"] == together.quantile(0.5, interpolation="lower")
        assert row["most_together"] == together.max()
        days = stays["seconds"] / 86_400
        chosen = Where(stage=str(stage)).parameter()
        examples = warehouse.ask("charts.step_examples", scope, chosen=chosen).set_index("kind")
        assert examples.loc["slowest", "days"] == pytest.approx(days.max())
        nearest = (days - days.median()).abs().min()
        assert abs(examples.loc["typical", "days"] - days.median()) == pytest.approx(nearest)
        again = stays[stays["is_rework"]]
        assert ("returned" in examples.index) == bool(len(again))
        if len(again):
            assert examples.loc["returned", "left_on"] == again["left_on"].max()


# Where the walk stops, and what is told there


def by_hand(world: World) -> tuple[Stop, ...]:
    """The stops of the three items above."""
    names = ("map_steps", "accuracy", "map_back_flows", "step_batches", "step_blocks")
    tables = Tables(*(world.ask(f"charts.{name}", YEAR) for name in names))
    return stops(tables, ("Review", "items wait 3.0 d for it"), {"Doing"})


def test_walk_stops_where_work_is_done_and_looks_at_the_queues_from_there(world: World) -> None:
    world.load({"transitions": THREE})
    doing, review = by_hand(world)
    assert (doing.name, review.name) == ("Doing", "Review")
    assert [place.name for place in doing.places] == ["To do", "Doing"]
    assert [place.name for place in review.places] == ["Review queue", "Review"]
    assert [place.name for place in doing.after] == ["Review queue"]
    assert (doing.is_last, review.is_last) == (False, True)


def test_facts_are_told_in_sentences_that_are_right(world: World) -> None:
    """Of 34 days (8 + 13 + 13) 9 are in Doing (2 + 2 + 4 + 1), 9 in the queue (4 + 3 + 2), 12 in Review."""
    world.load({"transitions": THREE})
    doing, review = by_hand(world)
    assert facts(doing) == [
        "On average an item is here for 3.0 d. That is 26 % of its whole way.",
        "Only 3 items came through: these figures are no more than a hint.",
        "Before it, items wait 32.0 h in To do; nothing waits there at the end of the period.",
        "After it, items wait 3.0 d in Review queue; nothing waits there at the end of the period.",
        "Nothing is in it at the end of the period.",
        "In a week 0.1 come in and 0.1 leave: it falls behind.",
        "Of 3 items that it handed on, 1 later came back to it, or to a step before it: 67 % were complete and "
        "accurate.",
        "Work came back here from Review once.",
        "Work changes teams on its way into Doing: 25 % of the times that an item came there.",
        "It belongs to Builders.",
    ]
    told = facts(review)
    assert told[2] == "It is the constraint: items wait 3.0 d for it."
    back = "1 later went back to where they came from, or further: 67 % were complete and accurate."
    assert f"Of 3 items handed to it, {back}" in told
    assert "None of the 3 items that it handed on came back later." in told
    assert "Work went back from here to Doing once." in told
    assert told[-1] == "By its definition it adds no value for the customer, but is needed."


def test_deployments_that_a_step_waits_for_are_told_once() -> None:
    waits, works = (place(name, deployed=(4.0, "items", 49)) for name in ("Queue", "Test"))
    told = [fact for fact in facts(stop(before=(waits,), place=works)) if "deployment" in fact]
    assert told == ["Half of the 49 deployments of this period held 4 items or fewer."]
    (alone,) = [fact for fact in facts(stop(place=place(deployed=(7.0, "changes", 1)))) if "deployment" in fact]
    assert alone == "The one deployment of this period held 7 changes."


def test_few_and_many_are_told_as_they_are_spoken() -> None:
    told = facts(stop(received=Handed(1, 0), produced=Handed(2, 2), came_back=(("A", 9), ("B", 2), ("C", 1), ("D", 1))))
    assert "The one item handed to it never went back later." in told
    assert any(fact.startswith("Of 2 items that it handed on, 2 later came back to it") for fact in told)
    assert "Work came back here from A 9 times, from B twice, from C once and from other stages once." in told


def test_step_hands_nothing_to_itself(world: World) -> None:
    """A goes from Doing to the queue and back to Doing: that is no hand-over to it."""
    world.load({"transitions": way("A", ("Doing", 1), ("Review queue", 2), ("Doing", 3), ("Done", 4))})
    doing = by_hand(world)[0]
    assert (doing.received, doing.produced) == (Handed(0, 0), Handed(1, 1))


def test_walk_of_stages_that_are_all_waiting_stops_at_each(world: World) -> None:
    waiting = [
        {"name": name, "category": category, "mode": "wait"}
        for name, category in (("To do", "backlog"), ("Review queue", "in-progress"), ("Done", "done"))
    ]
    world.load({"transitions": way("A", ("To do", 1), ("Review queue", 2), ("Done", 9))}, stages=waiting)
    assert [stop.name for stop in by_hand(world)] == ["To do", "Review queue"]
    last = by_hand(world)[-1]
    assert facts(last)[0] == "On average an item waits here for 7.0 d. That is 88 % of its whole way."


def test_walk_without_finished_items_has_no_stops(world: World) -> None:
    world.load({"transitions": way("A", ("To do", 1), ("Doing", 2))})
    assert by_hand(world) == ()


# Questions


def place(name: str = "Test", **more: Any) -> Place:
    """A place in which nothing is worth a question."""
    calm = Place(name, False, 2.0, 0.05, 1, None, 0.0, 1.0, 1, 2)
    return replace(calm, **more)


def stop(**more: Any) -> Stop:
    """A step in which nothing is worth a question."""
    calm = Stop(
        place=place(),
        is_work=True,
        activity="VA",
        team=None,
        visited_items=40,
        blocked_days=0.0,
        rework_ratio=0.0,
        arrivals_per_day=1.0,
        falls_behind=False,
        before=(place("Queue"),),
        after=(place("Release queue"),),
        received=Handed(40, 1),
        produced=Handed(40, 1),
        came_back=(),
        sent_back=(),
        blocks=(),
        constraint=None,
        is_last=False,
        sees_waits=True,
    )
    return replace(calm, **more)


def kinds(asked: Stop) -> list[str]:
    return [question.kind for question in questions(asked) if question not in ALWAYS]


def test_nothing_is_asked_without_ground_but_what_is_asked_everywhere() -> None:
    assert questions(stop()) == list(ALWAYS)
    assert len(ALWAYS) == 3


LONG, BATCH = {"mean_days": 12.0, "share": 0.3}, {"half_together": 12, "most_together": 20}
ONE_OF_EACH: list[tuple[str, dict[str, Any], str]] = [
    ("unused", {"visited_items": 0}, "No item that finished in this period came through it."),
    ("few", {"visited_items": 4}, "Only 4 items came through in this period."),
    ("constraint", {"constraint": "items wait 9.0 d for it"}, "The longest wait is for this step: items wait 9.0 d"),
    ("wait before", {"before": (place("Queue", **LONG),)}, "Items wait 12.0 d in Queue, 30 % of their whole way."),
    ("backlog", {"before": (place("To do", is_backlog=True, **LONG),)}, "Items wait 12.0 d in To do, 30 %"),
    ("wait here", {"is_work": False, "place": place(**LONG)}, "Items wait 12.0 d in Test, 30 % of their whole way."),
    ("wait after", {"is_last": True, "after": (place("Train", **LONG),)}, "Items wait 12.0 d in Train, 30 %"),
    ("over limit", {"place": place(in_it=9, wip_limit=7)}, "was agreed: 9 in Test with a limit of 7."),
    ("batch", {"before": (place("Queue", **BATCH),)}, "left on days when 12 or more did; the largest"),
    ("received", {"received": Handed(40, 10)}, "Only 75 % of what arrives here is complete and accurate."),
    ("produced", {"produced": Handed(40, 10)}, "Of 40 items that were handed on, 10 came back later."),
    ("rework", {"rework_ratio": 0.2, "came_back": (("Live", 3),)}, "20 % of the time here goes to work that has been"),
    ("hand-off", {"place": place(handoff_ratio=0.6)}, "Work changes teams on its way into Test: 60 % of the times"),
    ("blocked", {"blocked_days": 0.5, "blocks": ((None, 9), ("Data", 2))}, "25 % of the time here items are blocked"),
    ("falls behind", {"falls_behind": True}, "Less leaves this step than comes in."),
    ("hidden wait", {"sees_waits": False}, "No stage of this stream is marked as waiting."),
    ("no value", {"activity": "NNVA"}, "By its definition this step adds no value for the customer, but is needed."),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "facts_of_it", "ground"), ONE_OF_EACH, ids=[kind for kind, *_ in ONE_OF_EACH])
def test_each_fact_gives_ground_for_its_own_question(kind: str, facts_of_it: dict[str, Any], ground: str) -> None:
    asked = stop(**facts_of_it)
    assert kinds(asked) == [kind]
    first = questions(asked)[0]
    assert ground in first.ground and first.ask.endswith("?")


def test_every_rule_has_its_case() -> None:
    asked = {kind for kind, *_ in ONE_OF_EACH}
    assert len(asked - {"unused"}) == len(walk_questions.RULES)  # "unused" and "few" are one rule


@pytest.mark.parametrize(
    "almost",
    [
        {"before": (place("Queue", share=0.09),)},
        {"after": (place("Train", share=0.3),)},  # it stands before the next step
        {"place": place(in_it=7, wip_limit=7)},
        {"place": place(half_together=12, leaves_per_day=4.1)},  # so many leave every day
        {"place": place(half_together=4)},
        {"received": Handed(4, 3)},
        {"received": Handed(40, 4)},
        {"rework_ratio": 0.09},
        {"place": place(handoff_ratio=0.24)},
        {"blocked_days": 0.09, "blocks": (("Data", 1),)},
        {"activity": "NVA", "is_work": False},
    ],
)
def test_what_just_falls_short_is_no_ground(almost: dict[str, Any]) -> None:
    assert kinds(stop(**almost)) == []


def test_of_few_items_nothing_is_asked_that_rests_on_a_statistic() -> None:
    all_at_once: dict[str, Any] = {}
    for _, facts_of_it, _ in ONE_OF_EACH:
        all_at_once |= facts_of_it
    few = stop(**all_at_once | {"visited_items": 4, "is_work": True})
    assert kinds(few) == ["few", "hidden wait", "no value"]
    assert "over limit" in kinds(replace(few, place=place(in_it=9, wip_limit=7)))


def test_what_came_back_is_asked_for_once() -> None:
    assert kinds(stop(produced=Handed(40, 10), rework_ratio=0.3)) == ["produced"]


def test_parts_are_listed_as_they_are_spoken() -> None:
    assert [listed("abc"[:count]) for count in range(4)] == ["", "a", "a and b", "a, b and c"]


# The demo


def test_bank_waits_for_its_release_and_releases_in_batches(look: Look) -> None:
    way = way_of(look())
    assert way.names == ["Analysis", "Development", "Test", "Stabilisation"]
    (last,) = (each for each in way.stops if each.name == "Stabilisation")
    assert {"constraint", "wait before", "batch", "no value"} <= set(kinds(last))
    assert way.items == look().headline("throughput")["items"]


@pytest.mark.parametrize("stream", ["bank", "retailer", "healthcare"])
@pytest.mark.parametrize("step", ["", "first", "last", walk.FOUND])
def test_every_place_says_what_can_be_said(stream: str, step: str, look: Look) -> None:
    names = way_of(look(stream=stream)).names
    named = {"first": names[0], "last": names[-1]}.get(step, step)
    told = text(walk.body(look(stream=stream, step=named)))
    assert {"": "Before we begin", walk.FOUND: "What we found"}.get(step, f"{named}, step ") in told
    assert "No record is open" in told
    assert "nan" not in told.lower().split() and "None" not in told.replace("None of", "").replace("None yet", "")


def test_before_the_walk_stands_who_should_be_there_and_why(look: Look) -> None:
    told = text(walk.body(look()))
    assert "Payment features reach customers within two months" in told
    assert "Head of payments, who owns the stream." in told
    assert "Product management, Test & Release, Branch operations and Compliance." in told
    assert "Payments Channels, Payments Core and Test & Release." in told
    assert "Somebody who can speak for the customers: Account holders and small firms." in told
    # 10 + 4 × 12 + 15
    assert "Plan 73 minutes: 10 before the first step, 12 at each step, 15 for what was found." in told


def test_many_steps_take_longer_than_a_workshop() -> None:
    (said,) = walk_begin._minutes(20)
    assert said.startswith("Plan 105 minutes:") and said.endswith("walk twice.")
    assert walk_begin._minutes(0) == []


def test_unknown_step_is_the_beginning_and_a_scope_without_items_is_said(look: Look) -> None:
    assert "Before we begin" in text(walk.body(look(step="Nowhere")))
    nothing = {"from": "2023-08-09", "to": "2023-08-09", "type": "risk"}
    for step in ("", walk.FOUND):
        assert value_stream.NOTHING in text(walk.body(look(step=step, **nothing)))


def test_stream_without_history_says_why_it_can_not_be_walked(whole_imports: Imports) -> None:
    whole_imports.run(whole_imports.file("few.csv", "id,created,finished\nA,2024-01-01,2024-01-03\nB,2024-01-02,\n"))
    view, _ = view_of(whole_imports.warehouse, whole_imports.settings.home, {})
    assert "No source tells when items entered their stages" in text(walk.body(view))


def test_stages_that_nobody_defined_can_be_walked(whole_imports: Imports) -> None:
    rows = "".join(
        f"{item},2024-01-{item:02}T0{8 + place}:00:00Z,{state}\n"
        for item in range(1, 9)
        for place, state in enumerate(("Open", "Done"))
    )
    whole_imports.run(whole_imports.file("moves.csv", f"item_id,occurred_at,to_state\n{rows}"))
    view, _ = view_of(whole_imports.warehouse, whole_imports.settings.home, {})
    told = text(walk.body(view))
    assert "names none. Agree on one sentence" in told
    assert way_of(view).names


# The record


def kept_walk(store: Store, look: Look, **query: str) -> int:
    """A walk of the bank with notes at two steps, at one that is gone, and of the whole stream."""
    number = store.add_walk("bank", "Spring", DAY, "developer", walk_begin._whole_address(look(**query))).id
    store.add_walk_note(number, "Test", OBSERVATION, "<b>Two</b> wait\nfor data.")
    store.add_walk_note(number, "Gone", IDEA, "Ask why")
    store.add_walk_note(number, "", IDEA, "Walk again")
    store.add_walk_note(number, "Analysis", IDEA, "Read once")
    return number


def test_markdown_has_facts_notes_and_the_ideas_at_the_end() -> None:
    record = Record(
        "Spring <walk>",
        ["Walked on 2 Jul 2026"],
        [Part("Test", ["It is slow."], ["One <b>\nmore"], []), Part("Gone", [], [], ["Try"])],
        [("Try\nagain", "Gone"), ("Walk", "")],
    )
    assert markdown(record).splitlines() == [
        "# Spring \\<walk>", "", "- Walked on 2 Jul 2026",
        "", "## Test", "", "**What the data say**", "", "- It is slow.",
        "", "**Observations**", "", "- One \\<b>", "  more",
        "", "## Gone", "", "**Ideas**", "", "- Try",
        "", "## Ideas that could become initiatives", "",
        "- [ ] Try", "  again (Gone)", "- [ ] Walk (The whole stream)",
    ]  # fmt: skip
    assert markdown(replace(record, ideas=[])).endswith("\nNo ideas were written down.\n")


def test_record_has_every_step_and_every_note(look: Look, store: Store) -> None:
    view = look(walk=str(kept_walk(store, look)))
    (kept,) = store.walks("bank")
    record = record_of(view, way_of(view), kept, store.walk_notes(kept.id))
    titles = [part.title for part in record.parts]
    assert titles == ["Analysis", "Development", "Test", "Stabilisation", "Gone", "The whole stream"]
    assert record.ideas == [("Read once", "Analysis"), ("Ask why", "Gone"), ("Walk again", "")]
    assert record.about[1:3] == ["Walked on 2 Jul 2026", "In the room: developer"]
    assert "n = 421 finished items; data as of 30 Oct 2026" in record.about[3]
    assert record.parts[0].facts == facts(way_of(view).stops[0])
    page = text(walk.body(replace(view, query={**view.query, "step": walk.FOUND})))
    for words in ("Ask why", "Walk again (The whole stream)", "There are no figures of this step in this scope."):
        assert words in page


def test_walk_keeps_its_days_and_says_where_other_figures_are_shown(look: Look, store: Store) -> None:
    number = kept_walk(store, look, type="defect")
    address = store.walks("bank")[0].address
    assert address == "/walk?stream=bank&type=defect&from=2023-08-09&to=2026-10-30"
    same = walk.body(look(walk=str(number), type="defect"))
    other = walk.body(look(walk=str(number), step="Test"))
    assert "of another scope" not in text(same) and "of another scope" in text(other)
    assert f"{address}&walk={number}&step=Test" in str(other)
    assert "of another scope" not in text(walk.body(look(walk=str(number), type="defect", percentile="0.85")))
    assert "of another scope" in text(walk.body(look(walk=str(number), type="defect", clock="working")))
    assert "Spring" in text(same) and "4 notes" in text(same)


def test_walk_of_another_stream_or_none_is_not_opened(look: Look, store: Store) -> None:
    number = str(kept_walk(store, look))
    for query in ({"walk": number, "stream": "retailer"}, {"walk": "99"}):
        assert "is not kept for this stream" in text(walk.body(look(**query)))
    assert "is not kept for this stream" in text(walk.body(look(walk="9" * 5_000)))


def test_store_that_can_not_be_read_does_not_take_the_figures_away(
    look: Look, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: str) -> tuple[()]:
        raise StoreError("It is damaged.")

    monkeypatch.setattr(store, "walks", broken)
    told = text(walk.body(look(walk="1", step="Test")))
    assert "It is damaged." in told and "What do you need before you can begin?" in told
    assert "It is damaged." in text(walk.body(look()))


# Who may write


Served = tuple[FlaskClient, Store]


@pytest.fixture(scope="module")
def app(demo: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The app over the demo, and its store in a home of its own: that of the demo is shared."""
    home = tmp_path_factory.mktemp("home")
    for name in ("warehouse", "plan.toml"):
        (home / name).symlink_to(demo.home / name)
    with closing(Store(home / "store.sqlite")) as store:
        yield create_server(replace(demo, home=home)).test_client(), store


def press(client: FlaskClient, place: str, button: dict[str, Any], **more: Any) -> TestResponse:
    """A click on a button of the walk; `place` is what tells of it. What is entered goes along."""
    values = {
        "scope-stream.value": "bank",
        "page-query.data": {},
        f"{walk_begin.NAME}.value": "Spring",
        f"{walk_begin.DAY}.value": "2026-07-02",
        f"{walk_begin.ROLES}.value": "tester",
        json.dumps(button, sort_keys=True): 1,
    }
    for kind in (OBSERVATION, IDEA):
        values[json.dumps({"type": walk_notes.NEW, "kind": kind, "walk": "1", "step": "Test"}, sort_keys=True)] = kind
    changed = json.dumps(button, sort_keys=True, separators=(",", ":"))
    return call(client, place, values, f"{changed}.n_clicks", **more)


BEGIN = {"type": walk_begin.BUTTON, "action": "add", "id": "0", "version": 0}
NEW_NOTE = {"type": walk_notes.ADD, "kind": IDEA, "walk": "1", "step": "Test"}
PRESSED = ((f"{walk_begin.TOLD}.children", BEGIN), (f"{walk_notes.TOLD}.children", NEW_NOTE))


def test_who_sits_at_the_machine_begins_a_walk_and_writes(app: Served) -> None:
    client, store = app
    begun = press(client, *PRESSED[0])
    assert begun.json["response"][walk_begin.GO]["href"] == "/walk?stream=bank&step=Analysis&walk=1"
    (kept,) = store.walks("bank")
    assert (kept.title, kept.held_on, kept.roles) == ("Spring", DAY, "tester")
    told = press(client, *PRESSED[1]).json["response"]
    assert told[walk_notes.TOLD]["children"] == "The idea is kept."
    assert [(note.step, note.kind, note.text) for note in store.walk_notes(1)] == [("Test", IDEA, IDEA)]
    # What was entered for the other kind stays.
    emptied = [value["value"] for key, value in told.items() if walk_notes.NEW in key and "value" in value]
    assert emptied == [""]


@pytest.mark.parametrize(("place", "button"), PRESSED, ids=["walk", "note"])
@pytest.mark.parametrize(
    "asked",
    [
        {"headers": {}},
        {"headers": {"Origin": "http://elsewhere", "Sec-Fetch-Site": "cross-site"}},
        {"headers": {**SAME_ORIGIN, "Host": "elsewhere.example"}},
        {"environ_base": {"REMOTE_ADDR": "10.0.0.1"}},
    ],
    ids=["no origin", "another page", "another name", "another machine"],
)
def test_stranger_writes_nothing(place: str, button: dict[str, Any], asked: dict[str, Any], app: Served) -> None:
    client, store = app
    before = store.log()
    assert press(client, place, button, **asked).status_code == 403
    assert store.log() == before
