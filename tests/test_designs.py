"""Designed maps: typed sketches, changes with their effects, documents that keep their comments."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from dashboard.__main__ import main
from dashboard.designs import folder, sketch
from dashboard.designs.document import Change, Design, Figures, MapStep, parse_design, seconds_of, span_text
from dashboard.designs.redesign import effects_of, redesigned, totals_of
from dashboard.designs.words import TITLES, brought, told
from dashboard.errors import DefinitionError
from dashboard.figures.designed_map import map_of
from dashboard.figures.map_files import MAP_FILES
from dashboard.figures.value_stream_map import render
from dashboard.pages.map_beside import beside
from dashboard.pages.map_forms import FIGURES
from dashboard.streams.files import ChangedMeanwhileError

HOUR, DAY = 3600, 86_400

# Process times 10/30/60/40/20, waits between 5/15/20/10: lead time 210, process time 160, efficiency 76.2 %.
GOLDEN = """
name = "Five steps"
stream = "golden"
[[step]]
name = "Analysis"
process = "10 min"
accurate = 0.9
[[step]]
name = "Development"
wait = "5 min"
process = "30 min"
accurate = 0.85
[[step]]
name = "Review"
wait = "15 min"
process = "60 min"
accurate = 0.95
[[step]]
name = "Test"
wait = "20 min"
process = "40 min"
[[step]]
name = "Release"
wait = "10 min"
process = "20 min"
"""


def golden(*changes: Change, **more: object) -> Design:
    return parse_design(Path("golden.toml"), GOLDEN).model_copy(update={"change": changes, **more})


def minutes(steps: tuple[MapStep, ...]) -> list[tuple[str, float, float]]:
    return [(step.name, (step.wait or 0) / 60, (step.process or 0) / 60) for step in steps]


def test_five_steps_have_210_minutes_lead_time_76_per_cent_efficiency_and_72_7_rolled() -> None:
    totals = totals_of(golden().step)
    assert (totals.lead_seconds, totals.process_seconds) == (210 * 60, 160 * 60)
    assert totals.efficiency == pytest.approx(0.762, abs=0.0005)
    assert totals.accurate == pytest.approx(0.727, abs=0.0005)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("30 min", 1800),
        ("30 minutes", 1800),
        ("4h", 4 * HOUR),
        ("2.5 d", 2.5 * DAY),
        ("2,5 days", 2.5 * DAY),
        ("1 w", 7 * DAY),
        (90, 90),
    ],
)
def test_a_time_is_read_with_its_unit(text: object, seconds: float) -> None:
    assert seconds_of(text) == seconds


@pytest.mark.parametrize("text", ["5", "", "soon", "-3 d", "3 y", "2 dozen", "1,200 min", "1 decade", True, None])
def test_a_time_without_a_unit_is_refused(text: object) -> None:
    with pytest.raises(ValueError, match="with its unit"):
        seconds_of(text)


@pytest.mark.parametrize("text", ["9" * 320 + " d", "5300 w", -1, float("inf"), float("nan")])
def test_a_time_beyond_a_hundred_years_is_refused(text: object) -> None:
    with pytest.raises(ValueError, match="from 0 to 100 years"):
        seconds_of(text)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('measured = "stream=x&from=notadate"', "from=notadate is none"),
        ('measured = "stream=x&colour=red"', "colour=red is none"),
        ("demand_per_day = inf", "demand_per_day is inf"),
        ('step = [{ name = "Q", mode = "wait", process = "1 h" }]', "queue .mode wait. and has a process time"),
    ],
)
def test_what_a_document_can_not_say_is_told(line: str, words: str) -> None:
    with pytest.raises(DefinitionError, match=words):
        parse_design(Path("x.toml"), f'name = "x"\nstream = "x"\n{line}\n')


def test_steps_and_changes_in_one_line_can_be_edited_too(tmp_path: Path) -> None:
    kept = folder.keep_new(tmp_path, golden())
    path = tmp_path / "maps" / "in-line.toml"
    path.write_text(
        'name = "In line"\nstream = "x"\n'
        'step = [{ name = "Do", process = "1 h" }, { name = "Check", process = "2 h" }]\n'
        'change = [{ do = "set", step = "Do", process = "30 min" }]\n'
    )
    kept = folder.kept_map(tmp_path, "in-line")
    kept = folder.add_change(tmp_path, kept.id, kept.mark, Change(do="remove", step="Check"))
    kept = folder.keep_steps(tmp_path, kept.id, kept.mark, kept.design.step[::-1])
    assert [step.name for step in kept.design.step] == ["Check", "Do"]
    assert [change.do for change in kept.design.change] == ["set", "remove"]


def test_an_initiative_stays_where_its_step_went_through_renaming_and_merging() -> None:
    changes = (
        Change(do="set", step="Test", wait="1 min", initiative="pairs"),
        Change(do="set", step="Test", name="Try out"),
        Change(do="merge", step="Review", other="Try out", name="Check", initiative="one-team"),
    )
    assert map_of(golden(*changes), {"pairs": "Pairs"}).bursts == (("Check", "Pairs"), ("Check", "one-team"))


def test_a_queue_keeps_its_wait_when_it_is_merged_with_its_neighbour_and_can_not_be_automated() -> None:
    queue, test = MapStep(name="Queue", mode="wait", wait="1 d"), MapStep(name="Test", process="2 h")
    design = Design(name="x", stream="x", step=(test, queue))
    merged = redesigned(design.model_copy(update={"change": (Change(do="merge", step="Test", other="Queue"),)}))
    assert (merged[0].wait, merged[0].process) == (DAY, 2 * HOUR)
    with pytest.raises(DefinitionError, match="nothing to automate"):
        effects_of(design.model_copy(update={"change": (Change(do="automate", step="Queue"),)}))


@pytest.mark.parametrize("seconds", [0, 60, 1800, 5400, 47 * HOUR, 48 * HOUR, 10.25 * DAY])
def test_a_time_is_written_as_it_is_read(seconds: float) -> None:
    assert seconds_of(span_text(seconds)) == pytest.approx(seconds)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (Change(do="set", step="Test", wait="5 min"), [("Test", 5, 40)]),
        (Change(do="set", step="Test", name="Try out", process="30 min"), [("Try out", 20, 30)]),
        (Change(do="automate", step="Test", process="2 min"), [("Test", 0, 2)]),
        (Change(do="remove", step="Test"), []),
        # The wait between the two is gone, the one before the first stays.
        (Change(do="merge", step="Review", other="Test"), [("Review and Test", 15, 100)]),
        (Change(do="merge", step="Test", other="Review", name="Check", wait="1 min"), [("Check", 1, 100)]),
        (
            Change(do="split", step="Test", other="Load test", process="25 min"),
            [("Test", 20, 25), ("Load test", 0, 15)],
        ),
        (Change(do="add", step="Review", name="Sign-off", wait="8 h"), [("Sign-off", 480, 0), ("Test", 20, 40)]),
    ],
)
def test_a_change_makes_of_the_steps_between_development_and_release(
    change: Change, expected: list[tuple[str, float, float]]
) -> None:
    steps = minutes(redesigned(golden(change)))
    assert steps[:2] == [("Analysis", 0, 10), ("Development", 5, 30)]
    assert steps[-1] == ("Release", 10, 20)
    # What the case does not say stays: the review before, the test behind.
    between = [step for step in steps[2:-1] if step not in [("Review", 15, 60)]]
    assert between == expected


def test_a_queue_between_two_merged_steps_goes_with_its_wait() -> None:
    queue = MapStep(name="Waiting for test", mode="wait", wait="1 d")
    build, test = MapStep(name="Build", process="4 h", accurate=0.9), MapStep(name="Test", process="2 h", accurate=0.8)
    design = Design(name="x", stream="x", step=(build, queue, test))
    merged = redesigned(design.model_copy(update={"change": (Change(do="merge", step="Build", other="Test"),)}))
    assert [(step.name, step.seconds / HOUR) for step in merged] == [("Build and Test", 6)]
    assert merged[0].accurate == pytest.approx(0.72)


def test_a_batch_of_21_at_two_a_day_waits_five_days_longer_for_the_rest() -> None:
    # The first waits for 20 others, half a day each; the last for none: 5 days on average, beside 10 minutes.
    design = golden(Change(do="set", step="Release", batch=21), demand_per_day=2.0)
    assert redesigned(design)[-1].wait == 5 * DAY + 600
    # From 21 to 11 it is 2.5 days less; the same batch changes nothing; no wait falls below none.
    again = (*design.change, Change(do="set", step="Release", batch=11))
    assert redesigned(design.model_copy(update={"change": again}))[-1].wait == 2.5 * DAY + 600
    same = (*design.change, Change(do="set", step="Release", batch=21))
    assert redesigned(design.model_copy(update={"change": same}))[-1].wait == 5 * DAY + 600
    short = (*design.change, Change(do="set", step="Release", wait="1 h"), Change(do="set", step="Release", batch=1))
    assert redesigned(design.model_copy(update={"change": short}))[-1].wait == 0
    # Days of working time are no days of demand.
    working = golden(Change(do="set", step="Release", batch=21), demand_per_day=2.0, measured="stream=x&clock=working")
    assert redesigned(working)[-1].wait == 600
    typed = golden(Change(do="set", step="Release", batch=21, wait="1 d"), demand_per_day=2.0)
    assert redesigned(typed)[-1].wait == DAY


def test_each_change_tells_its_own_effect() -> None:
    design = golden(Change(do="remove", step="Review"), Change(do="set", step="Test", wait="0 min"))
    first, second = effects_of(design)
    assert (first.before.lead_seconds, first.after.lead_seconds) == (210 * 60, 135 * 60)
    assert (second.before.lead_seconds, second.after.lead_seconds) == (135 * 60, 115 * 60)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (Change(do="set", step="Tset", wait="1 h"), r"Change 1: there is no step 'Tset' at this point. There are: Ana"),
        (Change(do="add", step="Test", name="Review"), r"two steps of the name 'Review'"),
        (Change(do="add", step="Test"), r"has no name"),
        (Change(do="merge", step="Development", other="Test"), r"between them stands 'Review'"),
        (Change(do="merge", step="Test", other="Test"), r"can't be merged"),
        (Change(do="split", step="Test"), r"second half of 'Test' has no name"),
        (Change(do="split", step="Test", other="More", process="2 h"), r"more work than the whole"),
    ],
)
def test_a_change_that_can_not_be_made_is_told(change: Change, words: str) -> None:
    with pytest.raises(DefinitionError, match=words):
        effects_of(golden(change))


def test_the_last_step_can_not_be_removed() -> None:
    design = Design(name="x", stream="x", step=(MapStep(name="All"),), change=(Change(do="remove", step="All"),))
    with pytest.raises(DefinitionError, match="no step would be left"):
        effects_of(design)


def test_a_document_is_kept_with_its_comments_through_every_edit(tmp_path: Path) -> None:
    kept = folder.keep_new(tmp_path, golden().model_copy(update={"name": "Release every day"}))
    path = tmp_path / "maps" / "release-every-day.toml"
    path.write_text(path.read_text().replace('[[step]]\nname = "Test"', '# asked the testers\n[[step]]\nname = "Test"'))
    kept = folder.kept_map(tmp_path, kept.id)
    kept = folder.add_change(tmp_path, kept.id, kept.mark, Change(do="set", step="Test", wait="1 min", why="pairing"))
    kept = folder.add_change(tmp_path, kept.id, kept.mark, Change(do="remove", step="Review", initiative="less"))
    kept = folder.remove_change(tmp_path, kept.id, kept.mark, 0)
    assert [change.do for change in kept.design.change] == ["remove"]
    kept = folder.keep_steps(tmp_path, kept.id, kept.mark, kept.design.step, note="first try", demand_per_day=None)
    text = path.read_text()
    assert '# asked the testers\n[[step]]\nname = "Test"' in text
    assert kept.design == folder.kept_map(tmp_path, kept.id).design
    assert kept.design.note == "first try"
    assert totals_of(redesigned(kept.design)).lead_seconds == 135 * 60


def test_the_second_of_two_people_is_told_and_nothing_is_lost(tmp_path: Path) -> None:
    kept = folder.keep_new(tmp_path, golden())
    folder.add_change(tmp_path, kept.id, kept.mark, Change(do="remove", step="Review"))
    for late in (
        lambda: folder.add_change(tmp_path, kept.id, kept.mark, Change(do="remove", step="Test")),
        lambda: folder.remove_map(tmp_path, kept.id, kept.mark),
        lambda: folder.keep_steps(tmp_path, kept.id, kept.mark, kept.design.step),
    ):
        with pytest.raises(ChangedMeanwhileError, match=r"five-steps\.toml was changed since"):
            late()
    assert len(folder.kept_map(tmp_path, kept.id).design.change) == 1


def test_a_change_that_can_not_be_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    kept = folder.keep_new(tmp_path, golden())
    with pytest.raises(DefinitionError, match="there is no step 'None'"):
        folder.add_change(tmp_path, kept.id, kept.mark, Change(do="remove", step="None"))
    assert folder.kept_map(tmp_path, kept.id).mark == kept.mark


def test_a_name_is_taken_once_and_gives_the_file(tmp_path: Path) -> None:
    assert folder.id_of("  Wöchentlich – neu! ") == "wochentlich-neu"
    folder.keep_new(tmp_path, golden())
    with pytest.raises(DefinitionError, match="'FIVE steps' already"):
        folder.keep_new(tmp_path, golden().model_copy(update={"name": "FIVE steps"}))
    with pytest.raises(DefinitionError, match="Latin letter"):
        folder.keep_new(tmp_path, golden().model_copy(update={"name": "…"}))


@pytest.mark.parametrize("id_", ["../streams", "a/b", "", "A", "."])
def test_an_id_from_outside_names_no_other_file(tmp_path: Path, id_: str) -> None:
    (tmp_path / "streams.toml").write_text('name = "x"\nstream = "x"\n')
    with pytest.raises(DefinitionError, match="There is no map"):
        folder.kept_map(tmp_path, id_)


def test_a_file_that_can_not_be_read_is_told_beside_the_others(tmp_path: Path) -> None:
    folder.keep_new(tmp_path, golden())
    (tmp_path / "maps" / "broken.toml").write_text('name = "b"\nstream = "b"\n[[step]]\nname = "x"\nwait = "5"\n')
    found, faults = folder.kept_maps(tmp_path)
    assert [kept.id for kept in found] == ["five-steps"]
    assert len(faults) == 1
    assert "step[0].wait is '5'; it should be a time with its unit" in faults[0]


def test_a_table_is_read_in_the_order_of_its_numbers() -> None:
    rows = [
        {"number": "2", "name": "Build", "wait": "1 d", "process": "4 h", "accurate": "85 %", "people": "3"},
        {"number": "1", "name": "Ideas", "wait": "2 w"},
        {"number": "3", "name": "  "},
        {"number": "", "name": "Ship", "process": "30 min", "team": "Ops"},
    ]
    ideas, build, ship = sketch.steps_of(rows)
    assert (ideas.mode, ideas.wait) == ("wait", 14 * DAY)
    assert (build.mode, build.wait, build.process, build.accurate, build.people) == ("active", DAY, 4 * HOUR, 0.85, 3)
    assert (ship.name, ship.team) == ("Ship", "Ops")
    assert sketch.steps_of([sketch.row_of(step, n) for n, step in enumerate((ideas, build, ship), 1)]) == (
        ideas,
        build,
        ship,
    )


def test_each_fault_of_a_table_is_a_line_that_names_its_row() -> None:
    rows = [
        {"name": "Build", "wait": "5"},
        {"name": "Test", "process": "1 h", "accurate": "120"},
        {"name": "Ship", "people": "many"},
    ]
    with pytest.raises(DefinitionError) as told:
        sketch.steps_of(rows)
    assert str(told.value).splitlines() == [
        "Row 1 (Build): Wait before is '5'; it should be a time with its unit, such as '30 min', '4 h', '2.5 d' or "
        "'1 w' (a day has 24 hours).",
        "Row 2 (Test): %C&A is '120'; it should be 0 to 100 per cent.",
        "Row 3 (Ship): 'many' is not a number.",
    ]
    with pytest.raises(DefinitionError, match="There is no step"):
        sketch.steps_of([{"name": ""}])
    with pytest.raises(DefinitionError, match="Two steps have the name 'Build'"):
        sketch.steps_of([{"name": "Build"}, {"name": "Build"}])


@pytest.mark.parametrize(("typed", "share"), [("90", 0.9), ("90 %", 0.9), ("0.9 %", 0.009), ("100", 1), ("0", 0)])
def test_complete_and_accurate_is_typed_in_per_cent(typed: str, share: float) -> None:
    (step,) = sketch.steps_of([{"name": "Test", "process": "1 h", "accurate": typed}])
    assert step.accurate == pytest.approx(share)


def test_a_share_that_may_be_per_cent_is_asked_for() -> None:
    with pytest.raises(DefinitionError, match=r"%C&A is '0\.9'; write '90' or '0\.9 %', whichever is meant"):
        sketch.steps_of([{"name": "Test", "process": "1 h", "accurate": "0.9"}])


def test_a_form_of_a_change_says_what_is_entered_and_no_more() -> None:
    entered = {"do": "set", "step": "Test", "wait": "2 d", "accurate": "95", "batch": "", "why": None}
    change = sketch.change_of(entered)
    assert change == Change(do="set", step="Test", wait="2 d", accurate=0.95)
    with pytest.raises(DefinitionError, match="Nothing is changed"):
        sketch.change_of({"do": "set", "step": "Test", "why": "because"})
    with pytest.raises(DefinitionError, match="Batch is 0"):
        sketch.change_of({"do": "set", "step": "Test", "batch": "0"})


def svg_of(design: Design) -> str:
    return render(map_of(design))


def test_the_golden_sketch_is_drawn_and_read_back_from_its_accessible_text() -> None:
    svg = svg_of(golden())
    words = re.search(r"<desc[^>]*>(.*?)</desc>", svg)
    assert words
    assert words[1].startswith("Sketch: typed by people, not measured. 5 process steps and 4 waiting steps")
    for total in ("Lead time 3.5 h", "Process time 2.7 h", "Flow efficiency 76.2 %", "Rolled %C&amp;A 72.7 %"):
        assert total in words[1]
    assert sum(float(seconds) for seconds in re.findall(r'data-seconds="([\d.]+)"', svg)) == 210 * 60
    names = re.findall(r'aria-label="([^"]*)"', svg)
    assert "Review Process time 1.0 h Lead time 1.0 h %C&amp;A 85 → 95 %. process box." in names
    assert any(name.startswith("Wait for Review. inventory, mean wait 15 min") for name in names)


def test_nothing_that_nobody_counted_stands_on_a_designed_map() -> None:
    queue = MapStep(name="Queue", mode="wait", wait="1 d", wip_limit=3)
    box = MapStep(name="Build", process="1 h", wip_limit=8, people=2)
    svg = svg_of(Design(name="x", stream="x", step=(queue, box)))
    texts = re.findall(r"<text[^>]*>(.*?)</text>", svg)
    assert "WIP limit" in texts
    assert "limit 3" in texts
    assert not [text for text in texts if text in ("n", "WIP", "Rework", "Rate") or "items" in text]


def test_a_future_state_says_so_and_shows_where_initiatives_are_aimed() -> None:
    change = Change(do="automate", step="Test", process="2 min", initiative="robots")
    chart = map_of(golden(change, measured="stream=x", items=12), {"robots": "Robots test"})
    assert (chart.kind, chart.bursts) == ("future", (("Test", "Robots test"),))
    assert "Future state: designed, not measured." in render(chart)
    assert [step.is_automated for step in chart.steps if step.name == "Test"] == [True]


@pytest.mark.parametrize("kind", list(MAP_FILES))
def test_a_sketch_is_drawn_from_its_file_without_any_data(tmp_path: Path, kind: str) -> None:
    file = tmp_path / "golden.toml"
    file.write_text(GOLDEN)
    told = CliRunner().invoke(main, ["draw", str(file), "--as", kind])
    assert told.exit_code == 0, told.output
    written = Path(told.output.strip()).read_text()
    for step in golden().step:
        assert step.name in written


def test_what_is_wrong_with_a_sketch_is_told_by_file_and_key(tmp_path: Path) -> None:
    file = tmp_path / "golden.toml"
    file.write_text(GOLDEN.replace('"60 min"', '"60"'))
    told = CliRunner().invoke(main, ["draw", str(file)])
    assert told.exit_code == 1
    assert "golden.toml, line 16: step[2].process is '60'; it should be a time with its unit" in told.output


@pytest.mark.parametrize(
    ("change", "words", "brings"),
    [
        (
            Change(do="set", step="Review", wait="5 min", accurate=1.0),
            "Review: wait 15 min → 5 min, %C&A 95 % → 100 %",
            "lead time 3.5 h → 3.3 h (−4.8 %); flow efficiency 76 % → 80 %; rolled %C&A 73 % → 76 %.",
        ),
        (Change(do="remove", step="Review"), "Remove Review", None),
        (Change(do="merge", step="Review", other="Test", name="Check"), "Merge Review with Test, called Check", None),
        (Change(do="split", step="Test", other="Load"), "Split Test, the second half called Load", None),
        (Change(do="add", name="Plan", process="5 min"), "Add Plan at the beginning: process time 5 min", None),
        (Change(do="automate", step="Test", process="1 min"), "Automate Test: process time 40 min → 1 min", None),
        (
            Change(do="set", step="Test", team="Ops"),
            "Test: team Ops",
            "No total moves.",
        ),
    ],
)
def test_a_change_is_told_in_words(change: Change, words: str, brings: str | None) -> None:
    effect = effects_of(golden(change))[0]
    assert told(effect, golden().step) == words
    assert brings in (None, brought(effect))


def test_every_figure_of_a_step_has_its_words() -> None:
    assert set(TITLES) == set(Figures.model_fields)
    assert set(FIGURES) == set(Figures.model_fields)


def test_steps_stand_beside_those_of_the_same_name_or_stage() -> None:
    here = (
        MapStep(name="Build and test", process="3 h", stages=("Build", "Test"), accurate=0.9),
        MapStep(name="Ship", process="1 h", stages=("Ship",)),
    )
    there = (
        MapStep(name="build", process="1 h", stages=("Build",), accurate=0.8),
        MapStep(name="Queue", mode="wait", wait="2 d", stages=("Queue",)),
        MapStep(name="Ship", process="1 h", stages=("Ship",)),
    )
    rows = beside(here, there, "step", "difference")
    assert list(rows) == [
        "step",
        "time, difference",
        "time, step",
        "difference",
        "%C&A, difference",
        "%C&A, step",
    ]
    assert len(set(beside(here, there, "same", "same"))) == 6
    assert rows.values.tolist() == [
        ["Build and test", "1.0 h", "3.0 h", "+2.0 h", "80 %", "90 %"],
        ["Queue", "2.0 d", "–", "−2.0 d", "–", "–"],
        ["Ship", "1.0 h", "1.0 h", "–", "–", "–"],
    ]
