"""The Plan page on the demo: its views, what it says of a broken plan, of teams, of values, and of small paces."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from test_maps import texts

from dashboard.catalogue import Catalogue
from dashboard.pages import overview, plan
from dashboard.pages.plan_course import course_of
from dashboard.pages.plan_forms import prefilled
from dashboard.pages.plan_verdicts import judged_in, verdict_short
from dashboard.pages.view import View, view_of
from dashboard.settings import Settings
from dashboard.warehouse import Warehouse


@pytest.fixture(scope="module")
def warehouse(demo: Settings, catalogue: Catalogue) -> Warehouse:
    return Warehouse(demo.warehouse, catalogue)


@pytest.fixture
def home(demo: Settings, tmp_path: Path) -> Path:
    """A home of its own, with the demo's definitions and plan."""
    for name in ("streams.toml", "plan.toml"):
        shutil.copyfile(demo.home / name, tmp_path / name)
    return tmp_path


def view(warehouse: Warehouse, home: Path, stream: str = "bank", **query: str) -> View:
    return view_of(warehouse, home, {"stream": stream, **query})[0]


def planned(home: Path, text: str) -> None:
    (home / "plan.toml").write_text(text)


@pytest.mark.parametrize("shown", ["board", "timeline", "table", "nonsense"])
def test_every_view_names_every_initiative(warehouse: Warehouse, home: Path, shown: str) -> None:
    seen = view(warehouse, home, **{"as": shown})
    said = str(plan.body(seen).to_plotly_json())
    for each in seen.plan.initiative:
        assert each.name in said


def test_a_broken_plan_is_told_with_line_and_key_and_the_last_good_one_is_shown(
    warehouse: Warehouse, home: Path
) -> None:
    before = texts(plan.body(view(warehouse, home)))
    text = (home / "plan.toml").read_text()
    line = text[: text.index('metric = "lead_time"')].count("\n") + 1
    planned(home, text.replace('metric = "lead_time"', 'metric = "lead_tme"', 1))
    for page in (plan, overview):
        said = texts(page.body(view(warehouse, home)))
        assert f"plan.toml, line {line}: target[0].metric is 'lead_tme'; there is no such metric." in said
        assert "Nearest: lead_time" in said
        assert str(home) not in said
        assert "The pages show the plan as it was when it could last be read" in said
    after = texts(plan.body(view(warehouse, home)))
    assert "Saturday shifts in test" in after
    assert after.count("signal") == before.count("signal")
    planned(home, text)
    assert "could last be read" not in texts(plan.body(view(warehouse, home)))


def test_a_target_of_a_team_is_measured_for_that_team_only(warehouse: Warehouse, home: Path) -> None:
    teams = view(warehouse, home).ask("charts.choices").query("kind == 'team'")["choice"].tolist()
    written = (
        '[[target]]\nid = "{0}"\nstream = "bank"\nmetric = "throughput"\n{1}value = 5\ndue = 2026-12-31\nbaseline = 3\n'
    )
    planned(home, written.format("all", "") + "".join(written.format(team, f'team = "{team}"\n') for team in teams))
    seen = view(warehouse, home)
    whole, *each = [course_of(seen, target) for target in seen.plan.target]
    assert whole.table["value"].sum() == sum(course.table["value"].sum() for course in each)
    assert each[0].table["value"].tolist() != whole.table["value"].tolist()
    assert f"team {teams[0]}" in each[0].scope_note


def test_a_baseline_that_is_a_value_is_not_measured_and_holds_from_its_day(warehouse: Warehouse, home: Path) -> None:
    planned(
        home,
        '[[target]]\nid = "a"\nstream = "bank"\nmetric = "lead_time"\nbaseline = 123.5\nbaseline_until = 2026-01-01\n'
        "value = 45\ndue = 2026-12-31\n"
        '[[target]]\nid = "b"\nstream = "bank"\nmetric = "lead_time"\nbaseline = 123.5\nvalue = 45\ndue = 2026-12-31\n',
    )
    seen = view(warehouse, home)
    dated, open_ = (course_of(seen, target) for target in seen.plan.target)
    assert (dated.baseline, str(dated.begins)) == (123.5, "2026-01-01")
    assert open_.begins == open_.scope.since
    assert "from 123.5 d to 45.0 d by 31 Dec 2026" in texts(plan.body(seen))


def test_two_initiatives_on_one_metric_at_one_time_are_told(warehouse: Warehouse, home: Path) -> None:
    one = '[[initiative]]\nid = "{0}"\nstream = "bank"\nname = "{0}"\nmetric = "lead_time"\nstart = {1}\ndue = {2}\n'
    planned(home, one.format("Pairs", "2026-01-01", "2026-05-01") + one.format("Slots", "2026-03-01", "2026-07-01"))
    words = "Pairs and Slots ran at one time on the same metric, Lead time: their effects can't be told apart."
    assert words in texts(plan.body(view(warehouse, home)))


def test_no_pace_is_told_as_nothing_a_week(warehouse: Warehouse, home: Path) -> None:
    for stream in ("bank", "retailer", "healthcare"):
        said = texts(plan.body(view(warehouse, home, stream))) + texts(overview.body(view(warehouse, home, stream)))
        assert "each week" in said
        assert not re.search(r"[+−]0(\.0)?( [^ ]+)? (per week )?(a|each) week", said)


def test_a_link_fills_the_form_with_what_is_known_and_nothing_else(warehouse: Warehouse, home: Path) -> None:
    link = {"new": "initiative", "strategy": "establish-flow", "stage": "Testing", "metric": "lead_time"}
    seen = view(warehouse, home, **link, name="Pair", id="x", due="2026-12-31")
    stage = next(iter(seen.modes))
    seen = view(warehouse, home, **{**link, "stage": stage, "metric": "happiness", "name": "Pair", "id": "x"})
    assert prefilled(seen, "initiative") == {"strategy": "establish-flow", "stage": stage, "name": "Pair"}


def test_nobody_is_offered_to_change_what_may_not_be_changed(warehouse: Warehouse, home: Path) -> None:
    said = texts(plan.body(view(warehouse, home, edit="target:bank-lead-time")))
    assert "For reading only." in said
    assert "Save this" not in said


def test_what_the_viewer_chose_changes_no_figure_of_the_plan(warehouse: Warehouse, home: Path) -> None:
    plain = texts(plan.body(view(warehouse, home)))
    chosen = {"clock": "working", "team": "Payments Core", "type": "defect", "from": "2026-01-01", "start": "last"}
    assert texts(plan.body(view(warehouse, home, **chosen))) == plain
    shifts = next(each for each in view(warehouse, home).plan.initiative if each.id == "bank-overtime")
    found = judged_in(view(warehouse, home, **chosen), shifts)
    assert found and verdict_short(found).startswith("no signal yet")


def test_a_stream_that_there_is_none_of_is_told(warehouse: Warehouse, home: Path) -> None:
    planned(home, '[[objective]]\nid = "x"\nstream = "bnak"\ntitle = "X"\n')
    assert "stream is 'bnak'; there is no such value stream. Nearest: bank." in texts(plan.body(view(warehouse, home)))
