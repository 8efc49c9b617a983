"""The health of the improvement effort: each ailment by hand, and what is well."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from dashboard.health import ailments, is_judged_at_its_stage, preceded_by, simultaneous, succeeded_by
from dashboard.streams.definition import Stage, Stream
from dashboard.streams.plan import Initiative, Milestone, Objective, Plan

TODAY = dt.date(2026, 10, 30)
REVIEW = dt.date(2026, 9, 30)
WELL = Stream(id="s", owner="Head", stakeholders=("Sales",), reassess_on=dt.date(2027, 1, 1), stage=(Stage(name="Do"),))


def initiative(**changed: Any) -> Initiative:
    given = {"owner": "Lead", "start": dt.date(2026, 5, 1), "metric": "lead_time", "stage": "Do", "status": "running"}
    return Initiative.model_validate({"id": "i", "stream": "s", "name": "Pairing", **given, **changed})


def told(*initiatives: Initiative, stream: Stream = WELL, **more: Any) -> list[str]:
    given = {"reviews": [REVIEW], "assessed": [], "maps": 0, **more}
    plan = Plan(initiative=initiatives, objective=given.pop("objective", ()))
    return [f"{each.subject} {each.what}" for each in ailments(plan, stream, TODAY, **given)]


def test_a_whole_initiative_of_a_whole_stream_is_well() -> None:
    assert told(initiative()) == []


@pytest.mark.parametrize(
    ("gap", "words"),
    [("owner", "has no owner"), ("start", "has no start"), ("metric", "has no measure"), ("stage", "has no stage")],
)
def test_what_an_initiative_lacks_is_told_unless_it_was_stopped(gap: str, words: str) -> None:
    assert told(initiative(**{gap: None})) == [f"Pairing {words}"]
    assert told(initiative(**{gap: None, "status": "stopped"})) == []


@pytest.mark.parametrize(
    ("due", "status", "words"),
    [
        (dt.date(2026, 10, 29), "running", ["Pairing was due 1 day ago and is running"]),
        (dt.date(2026, 10, 1), "planned", ["Pairing was due 29 days ago and is planned"]),
        (dt.date(2026, 10, 30), "running", []),
        (dt.date(2026, 10, 1), "done", []),
    ],
)
def test_what_is_overdue_is_told_from_the_day_after(due: dt.date, status: str, words: list[str]) -> None:
    assert told(initiative(due=due, status=status)) == words


def test_a_measure_that_no_review_looked_at_is_told() -> None:
    words = ["Pairing is measured, and no review has looked at it since it started"]
    assert told(initiative(), reviews=[]) == words
    assert told(initiative(start=dt.date(2026, 10, 1))) == words
    assert told(initiative(start=dt.date(2026, 10, 1)), reviews=[dt.date(2026, 12, 1)]) == words
    assert told(initiative(status="planned"), reviews=[]) == []


def test_a_map_is_to_be_reassessed_by_its_day_or_every_six_months() -> None:
    late = WELL.model_copy(update={"reassess_on": dt.date(2026, 10, 29)})
    assert told(stream=late) == ["The map was to be reassessed by 29 Oct 2026"]
    open_ended = WELL.model_copy(update={"reassess_on": None})
    assert told(stream=open_ended) == ["The map has no day on which it is reassessed, and no walk along it is recorded"]
    # 183 days before the 30th of October 2026 is the 30th of April.
    assert told(stream=open_ended, assessed=[dt.date(2026, 4, 30)]) == []
    assert told(stream=open_ended, assessed=[dt.date(2026, 4, 29)]) == [
        "The map was last walked on 29 Apr 2026, more than six months ago"
    ]


def test_many_maps_and_no_action_are_told() -> None:
    assert told(initiative(status="done"), maps=3) == [
        "The effort has 3 maps and walks, and no initiative that is planned or running"
    ]
    assert told(initiative(status="done"), maps=2) == told(initiative(), maps=9) == []


def test_objectives_without_targets_and_streams_without_people_are_told() -> None:
    objective = (Objective(id="o", stream="s", title="Faster"),)
    lonely = WELL.model_copy(update={"owner": None, "stakeholders": ()})
    assert told(stream=lonely, objective=objective) == [
        "The objectives have no target",
        "The stream names no stakeholders",
        "The stream names no owner",
    ]


def test_the_next_initiative_that_may_move_the_same_ends_the_time_of_the_one_before() -> None:
    days = [dt.date(2026, 1, 1), dt.date(2026, 4, 1), dt.date(2026, 7, 1)]
    one, two, three = (initiative(id=str(n), start=day) for n, day in enumerate(days))
    other = initiative(id="x", start=dt.date(2026, 2, 1), metric="handoffs", stage="Test")
    unmeasured = initiative(id="y", start=None)
    plan = Plan(initiative=(three, one, other, two, unmeasured))
    each = (one, two, three, other, unmeasured)
    assert [succeeded_by(plan, of) for of in each] == [two, three, None, None, None]
    assert [preceded_by(plan, of) for of in each] == [None, one, two, None, None]


@pytest.mark.parametrize(
    ("metric", "stage", "moved_by"),
    [
        ("lead_time", "Do", ["same stage", "same metric, no stage"]),
        ("lead_time", None, ["same metric, other stage", "same metric, no stage"]),
        ("handoffs", "Do", ["same stage", "same count, other stage"]),
        ("handoffs", None, ["same count, other stage"]),
        (None, "Do", ["same stage"]),
        (None, None, []),
    ],
)
def test_what_an_initiative_is_judged_by_is_moved_at_its_stage_or_by_its_metric(
    metric: str | None, stage: str | None, moved_by: list[str]
) -> None:
    others = {
        "same stage": initiative(id="1", metric="throughput", stage="Do"),
        "same metric, other stage": initiative(id="2", metric="lead_time", stage="Test"),
        "same metric, no stage": initiative(id="3", metric="lead_time", stage=None),
        "same count, other stage": initiative(id="4", metric="handoffs", stage="Test"),
        "neither": initiative(id="5", metric=None, stage="Release"),
    }
    judged = initiative(metric=metric, stage=stage, start=dt.date(2026, 1, 1))
    assert is_judged_at_its_stage(judged) == (metric == "lead_time" and stage == "Do")
    found = [name for name, other in others.items() if succeeded_by(Plan(initiative=(judged, other)), judged) is other]
    assert found == moved_by


def test_two_initiatives_on_one_metric_at_one_time_can_not_be_told_apart() -> None:
    first = initiative(id="a", start=dt.date(2026, 1, 1), due=dt.date(2026, 3, 1))
    inside = initiative(id="b", start=dt.date(2026, 2, 1))
    after = initiative(id="c", start=dt.date(2026, 3, 1))
    other = initiative(id="d", start=dt.date(2026, 2, 1), metric="handoffs", stage="Test")
    late = first.model_copy(update={"milestones": (Milestone(on=dt.date(2026, 4, 1), name="In force"),)})

    def pairs(*given: Initiative) -> list[tuple[str, str]]:
        return [(one.id, two.id) for one, two in simultaneous(Plan(initiative=given), TODAY)]

    assert pairs(first, inside, other) == [("a", "b")]
    assert pairs(first, after) == []
    assert pairs(first, inside.model_copy(update={"metric": "handoffs"})) == [("a", "b")]
    assert pairs(first, inside.model_copy(update={"stage": "Test"})) == []
    assert pairs(late, after) == [("a", "c")]
    assert pairs(first, initiative(id="e", start=dt.date(2027, 1, 1))) == []
