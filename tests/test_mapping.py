"""The stage mapping in the file: what somebody changed is written, everything else stays as it was."""

from __future__ import annotations

import threading
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from dashboard.errors import DefinitionError
from dashboard.streams.definition import Stage, Stream, read_definition
from dashboard.streams.files import ChangedMeanwhileError
from dashboard.streams.mapping import NONE, OWN, Drawn, drawn, read_form, rewritten, save
from dashboard.streams.written import write_definition

# Comments in every place, keys in no order, a stream before and one after.
TEXT = """\
# Our streams. # [[stream]] in a comment is none.

[[stream]]
id = "other"
name = "[[stream.stage]] in a text is none"
[[stream.stage]]
name = "Doing"   # all there is

# The shop, as agreed in May.
[[stream]]
name = 'Shop' # what people say
id = "shop"

[stream.calendar]
time_zone = "Europe/Berlin"

# Nobody looks here.
[[stream.stage]]
name = "Open"
category = "backlog" # not begun
mode   =   "wait"

# The team's own words.
[[stream.stage]]
name = "Doing"
# wip_limit = 3 was too low
states = [
  "In progress", # the old workflow
  "Coding",
]
team = "Builders"

[[stream.stage]]
category = "done"
mode = "wait"
name = "Done"
confidence = 0.5
reason = "done: many end here; wait: done is no work"

# ---- The last one ----

[[stream]]
id = "third"
[[stream.stage]]
name = "Doing"
"""

SHOP_STATES = {"Open": "0", "In progress": "1", "Coding": "1", "Done": "2"}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "streams.toml"
    path.write_text(TEXT, encoding="utf-8")
    return path


def shop(path: Path) -> Drawn:
    return drawn(path, Stream(id="shop", is_proposal=True))


def rows(stream: Stream, **changes: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The form as it is drawn, with changes by stage; `New` is the row for a new stage."""
    fields = ("name", "category", "mode", "activity", "waste", "team", "wip_limit")
    drawn_rows = [
        {"position": number, **{field: getattr(stage, field) for field in fields}}
        for number, stage in enumerate(stream.stage, start=1)
    ]
    empty = {"position": None, **dict.fromkeys(fields), "category": "in-progress", "mode": "active"}
    by_name = {row["name"]: row for row in drawn_rows} | {"New": empty}
    for name, change in changes.items():
        by_name[name].update(change)
    return [*drawn_rows, empty]


def changed(path: Path, places: Mapping[str, str] = SHOP_STATES, **changes: Mapping[str, Any]) -> str:
    before = shop(path)
    return rewritten(path, before, read_form(before.stream, rows(before.stream, **changes), places, {}))


def difference(before: str, after: str) -> tuple[list[str], list[str]]:
    """Lines that went, and lines that came."""
    old, new = before.splitlines(), after.splitlines()
    return [line for line in old if line not in new], [line for line in new if line not in old]


def stages(text: str, stream: str = "shop") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = next(each["stage"] for each in tomllib.loads(text)["stream"] if each["id"] == stream)
    return found


def test_a_form_that_changes_nothing_changes_no_byte(path: Path) -> None:
    assert changed(path) == TEXT


def test_only_the_changed_key_differs_and_its_comment_stays(path: Path) -> None:
    text = changed(path, Open={"category": "in-progress"})
    assert difference(TEXT, text) == (
        ['category = "backlog" # not begun'],
        ['category = "in-progress" # not begun'],
    )


def test_a_new_key_stands_in_its_own_stage(path: Path) -> None:
    text = changed(path, Doing={"wip_limit": "4"})
    assert difference(TEXT, text) == ([], ["wip_limit = 4"])
    assert stages(text)[1]["wip_limit"] == 4


def test_a_value_taken_away_takes_its_key_away(path: Path) -> None:
    assert difference(TEXT, changed(path, Doing={"team": " "})) == (['team = "Builders"'], [])


def test_a_decision_takes_the_guess_away(path: Path) -> None:
    """The reason was that of another category."""
    text = changed(path, Done={"category": "cancelled"})
    assert difference(TEXT, text)[1] == ['category = "cancelled"']
    assert set(stages(text)[2]) == {"category", "mode", "name"}


def test_a_state_moves_into_another_stage_and_the_list_keeps_its_layout(path: Path) -> None:
    text = changed(path, {**SHOP_STATES, "Coding": "0"})
    assert [stage.get("states") for stage in stages(text)] == [["Open", "Coding"], ["In progress"], None]
    assert '"In progress", # the old workflow' in text


def test_a_stage_without_states_goes_and_leaves_the_comments_that_are_not_its_own(path: Path) -> None:
    text = changed(path, {**SHOP_STATES, "Done": "1"})
    assert [stage["name"] for stage in stages(text)] == ["Open", "Doing"]
    assert '# ---- The last one ----\n\n[[stream]]\nid = "third"' in text


def test_a_renamed_stage_keeps_its_states(path: Path) -> None:
    text = changed(path, Open={"name": "Inbox"})
    assert stages(text)[0] | {} == {"name": "Inbox", "category": "backlog", "mode": "wait", "states": ["Open"]}


def test_a_stage_moves_with_the_comment_above_it(path: Path) -> None:
    text = changed(path, Open={"position": "2"})
    assert [stage["name"] for stage in stages(text)] == ["Doing", "Open", "Done"]
    assert '# Nobody looks here.\n[[stream.stage]]\nname = "Open"' in text
    assert '# The team\'s own words.\n[[stream.stage]]\nname = "Doing"' in text
    assert sorted(text.split()) == sorted(TEXT.split())


@pytest.mark.parametrize(
    ("moves", "order"),
    [
        ({"Done": {"position": 1}}, ["Done", "Open", "Doing"]),
        ({"Done": {"position": 2}}, ["Open", "Done", "Doing"]),
        ({"Open": {"position": 3}}, ["Doing", "Done", "Open"]),
        ({"Open": {"position": 2.5}}, ["Doing", "Open", "Done"]),
        ({"Open": {"position": 3}, "Done": {"position": 1}}, ["Done", "Doing", "Open"]),
    ],
)
def test_a_stage_takes_the_place_it_is_given(path: Path, moves: dict[str, Any], order: list[str]) -> None:
    text = changed(path, **moves)
    assert [stage["name"] for stage in stages(text)] == order
    assert '# ---- The last one ----\n\n[[stream]]\nid = "third"' in text


def test_a_new_stage_is_written_with_its_states(path: Path) -> None:
    text = changed(path, {**SHOP_STATES, "Coding": "3"}, New={"name": "Build", "position": 2, "waste": "handoff"})
    assert [stage["name"] for stage in stages(text)] == ["Open", "Build", "Doing", "Done"]
    assert stages(text)[1] == {
        "name": "Build",
        "states": ["Coding"],
        "category": "in-progress",
        "mode": "active",
        "waste": "handoff",
    }


def test_a_state_gets_a_stage_of_its_own_as_proposed(path: Path) -> None:
    before = shop(path)
    guess = Stage(name="Review", states=("Review",), mode="wait", waste="handoff", confidence=0.7, reason="its name")
    edits = read_form(before.stream, rows(before.stream), {**SHOP_STATES, "Review": OWN}, {"Review": guess})
    assert stages(rewritten(path, before, edits))[-1] == {
        "name": "Review",
        "states": ["Review"],
        "category": "in-progress",
        "mode": "wait",
        "waste": "handoff",
    }


def test_a_state_may_be_left_to_no_stage(path: Path) -> None:
    text = changed(path, {**SHOP_STATES, "Coding": NONE})
    assert stages(text)[1]["states"] == ["In progress"]


def test_other_streams_are_untouched(path: Path) -> None:
    text = changed(path, Open={"category": "in-progress", "position": 3}, Doing={"team": "", "mode": "wait"})
    for stream in ("other", "third"):
        assert stages(text, stream) == stages(TEXT, stream)
    assert text.startswith(TEXT[: TEXT.index("# Nobody")])
    assert text.endswith(TEXT[TEXT.index("# ----") :])


def test_windows_line_ends_and_a_missing_last_one_stay(path: Path) -> None:
    path.write_bytes(TEXT.rstrip().replace("\n", "\r\n").encode())
    assert changed(path) == TEXT.rstrip().replace("\n", "\r\n")
    text = changed(path, Open={"category": "in-progress", "position": 3})
    assert [stage["name"] for stage in stages(text)] == ["Doing", "Done", "Open"]
    assert text.endswith('[[stream.stage]]\r\nname = "Doing"')


def test_confirming_a_proposal_in_the_file_takes_its_guesses_away(path: Path) -> None:
    path.write_text(TEXT.replace('id = "shop"', 'id = "shop"\nis_proposal = true # so far'), encoding="utf-8")
    text = changed(path)
    assert read_definition_of(path, text)["shop"].is_proposal is False
    assert "confidence" not in text


def read_definition_of(path: Path, text: str) -> dict[str, Stream]:
    path.write_text(text, encoding="utf-8")
    return read_definition(path)


def test_a_proposal_is_added_confirmed_after_what_the_file_has(path: Path) -> None:
    guess = Stage(name="Open", category="backlog", mode="wait", confidence=0.8, reason="its name")
    proposal = Stream(id="new", name="New", is_proposal=True, quiet_days=3.5, stage=(guess,))
    before = drawn(path, proposal)
    text = rewritten(path, before, read_form(proposal, rows(proposal), {"Open": "0"}, {}))
    assert text.startswith(TEXT)
    stream = read_definition_of(path, text)["new"]
    assert not stream.is_proposal and stream.quiet_days == 3.5
    assert stream.stage == (Stage(name="Open", states=("Open",), category="backlog", mode="wait"),)


def test_a_missing_file_is_made(tmp_path: Path) -> None:
    proposal = Stream(id="new", is_proposal=True, stage=(Stage(name="Open", confidence=0.4, reason="first"),))
    path = tmp_path / "home" / "streams.toml"
    edits = read_form(proposal, rows(proposal), {"Open": "0"}, {})
    after = save(path, proposal, drawn(path, proposal).mark, edits)
    assert after.is_in_file and read_definition(path)["new"] == after.stream
    assert [each.name for each in path.parent.iterdir()] == ["streams.toml"]


def test_the_second_of_two_editors_is_told_and_nothing_is_written(path: Path) -> None:
    first, second = shop(path), shop(path)
    edits = read_form(first.stream, rows(first.stream, Doing={"team": "Crew"}), SHOP_STATES, {})
    save(path, first.stream, first.mark, edits)
    written = path.read_text(encoding="utf-8")
    with pytest.raises(ChangedMeanwhileError, match=r"streams\.toml was changed since"):
        save(path, second.stream, second.mark, edits)
    assert path.read_text(encoding="utf-8") == written


def test_of_many_at_once_one_gets_through(path: Path) -> None:
    before, told = shop(path), []

    def edit(number: int) -> None:
        edits = read_form(before.stream, rows(before.stream, Doing={"wip_limit": number}), SHOP_STATES, {})
        try:
            save(path, before.stream, before.mark, edits)
        except ChangedMeanwhileError:
            told.append(number)

    threads = [threading.Thread(target=edit, args=(number,)) for number in range(1, 9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(told) == 7
    assert {stages(path.read_text(encoding="utf-8"))[1]["wip_limit"]} == set(range(1, 9)) - set(told)


def test_another_proposal_than_the_one_shown_is_a_change_too(tmp_path: Path) -> None:
    path = tmp_path / "streams.toml"
    shown = Stream(id="new", is_proposal=True, stage=(Stage(name="Open"),))
    newer = shown.model_copy(update={"stage": (Stage(name="Open"), Stage(name="Review"))})
    edits = read_form(shown, rows(shown), {"Open": "0"}, {})
    with pytest.raises(ChangedMeanwhileError):
        save(path, newer, drawn(path, shown).mark, edits)
    assert not path.exists()


FAULTS: dict[str, tuple[dict[str, Any], dict[str, str], str]] = {
    "no name": ({"Open": {"name": " "}}, {}, "The stage that 'Open' should go to has no name"),
    "a name twice": ({"Open": {"name": "Doing"}}, {}, "Two stages are called 'Doing'"),
    "no number": (
        {"Open": {"position": "first"}},
        {},
        "The position of the stage 'Open' is 'first'. Expected a number",
    ),
    "no limit at all": ({"Doing": {"wip_limit": "0"}}, {}, "The limit of the stage 'Doing' is '0'. Expected a whole"),
    "half an item": ({"Doing": {"wip_limit": "2.5"}}, {}, "The limit of the stage 'Doing' is '2.5'"),
    "an unknown category": ({"Doing": {"category": "doing"}}, {}, "The stage 'Doing': category is 'doing'; it should"),
    "an unknown waste": ({"Doing": {"waste": "meetings"}}, {}, "The stage 'Doing': waste is 'meetings'"),
    "nothing left": ({}, dict.fromkeys(SHOP_STATES, NONE), "No stage is left"),
    "new, unnamed": ({}, {"Coding": "3"}, "The stage that 'Coding' should go to has no name"),
    "new, empty": ({"New": {"name": "Build"}}, {}, "The new stage 'Build' has no state"),
}


@pytest.mark.parametrize("what", FAULTS)
def test_a_form_that_cannot_be_is_told_in_a_sentence_and_leaves_the_file_alone(what: str, path: Path) -> None:
    changes, places, sentence = FAULTS[what]
    with pytest.raises(DefinitionError, match=sentence):
        changed(path, {**SHOP_STATES, **places}, **changes)
    assert path.read_text(encoding="utf-8") == TEXT


def test_every_fault_is_told_at_once(path: Path) -> None:
    with pytest.raises(DefinitionError) as told:
        changed(path, Open={"name": ""}, Doing={"wip_limit": "many"}, Done={"mode": "sleep"})
    assert len(str(told.value).splitlines()) == 3


def test_stages_that_are_no_tables_are_told_and_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "streams.toml"
    path.write_text('[[stream]]\nid = "shop"\nstage = [{ name = "Open" }]\n', encoding="utf-8")
    with pytest.raises(DefinitionError, match=r"streams\.toml: the stages of 'shop' are written in a way"):
        changed(path, {"Open": "0"}, Open={"mode": "wait"})


def test_a_file_that_is_no_definition_is_told(path: Path) -> None:
    path.write_text("[[stream]\n", encoding="utf-8")
    with pytest.raises(DefinitionError, match="can't be read as TOML"):
        shop(path)


def test_the_mode_of_the_file_stays(path: Path) -> None:
    path.chmod(0o640)
    before = shop(path)
    save(path, before.stream, before.mark, read_form(before.stream, rows(before.stream), SHOP_STATES, {}))
    assert path.stat().st_mode & 0o777 == 0o640


def test_what_vsm_map_wrote_can_be_changed(path: Path) -> None:
    """Guesses with comments, a calendar after the keys."""
    guess = Stage(name="Open", category="backlog", mode="wait", confidence=0.8, reason="backlog: a; wait: b")
    write_definition(path, [Stream(id="shop", is_proposal=True, stage=(guess,))])
    text = changed(path, {"Open": "0"}, Open={"mode": "active"})
    assert stages(text) == [{"name": "Open", "states": [], "category": "backlog", "mode": "active"}]
    assert 'category = "backlog" # a' in text
