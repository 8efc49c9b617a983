"""The demo data: it is what the generator writes, it hangs together, and its stories are in it."""

from __future__ import annotations

import importlib.util
import sys
import tomllib
from pathlib import Path
from types import ModuleType
from typing import Any

import pandas as pd
import pytest
from false_signals import YOUNG, verdicts

from dashboard.build import import_files
from dashboard.catalogue import Catalogue
from dashboard.settings import Settings
from dashboard.streams.plan import read_plan
from dashboard.verdicts import judged
from dashboard.warehouse import Warehouse

DATA = Path(__file__).parent.parent / "data"
DEMO = DATA / "sample" / "demo"
STREAMS = ("bank", "retailer", "healthcare")
START, END = pd.Timestamp("2024-05-01", tz="UTC"), pd.Timestamp("2026-11-01", tz="UTC")


@pytest.fixture(scope="module")
def generator() -> ModuleType:
    return loaded("make_demo")


def loaded(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, DATA / "sample" / f"{name}.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def demo() -> dict[str, pd.DataFrame]:
    """Every file as a table, with instants as timestamps."""
    return {path.stem: with_instants(pd.read_csv(path, dtype=str)) for path in DEMO.glob("*.csv")}


@pytest.fixture(scope="module")
def visits(demo: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Transitions with the instant the state was left."""
    table = demo["transitions"].copy()
    return table.assign(left_at=table.groupby(["stream", "item_id"])["occurred_at"].shift(-1))


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory, catalogue: Catalogue) -> Settings:
    """A home with the committed files imported."""
    settings = Settings(home=tmp_path_factory.mktemp("demo"))
    (settings.home / "streams.toml").write_bytes((DATA / "streams.toml").read_bytes())
    import_files(sorted(DEMO.glob("*.csv")), settings, catalogue)
    return settings


def with_instants(table: pd.DataFrame) -> pd.DataFrame:
    columns = [name for name in table if str(name).endswith("_at")]
    return table.assign(**{str(name): pd.to_datetime(table[name], utc=True) for name in columns})


def definition(name: str) -> dict[str, Any]:
    return tomllib.loads((DATA / name).read_text(encoding="utf-8"))


def states(stream: str, category: str) -> set[str]:
    stages = next(each["stage"] for each in definition("streams.toml")["stream"] if each["id"] == stream)
    return {state for stage in stages if stage["category"] == category for state in stage["states"]}


def release_days(demo: dict[str, pd.DataFrame], stream: str) -> pd.Series:
    """Days of the planned releases of a stream, once each."""
    table = demo["deployments"]
    chosen = table[
        (table["stream"] == stream)
        & (table["environment"] == "production")
        & (table["is_unplanned"] == "false")
        & table["deployment_id"].str.endswith("-1")
    ]
    return chosen["deployed_at"].dt.normalize().drop_duplicates().sort_values()


def gap_days(days: pd.Series, since: str, until: str) -> float:
    return float(days[days.between(since, until, inclusive="left")].diff().dt.days.median())


def lead_time_days(demo: dict[str, pd.DataFrame], stream: str, since: str, until: str) -> float:
    """Median lead time of the items finished in [since, until)."""
    table = demo["transitions"]
    rows = table[(table["stream"] == stream) & table["to_state"].isin(states(stream, "done"))]
    finished = rows.groupby("item_id")["occurred_at"].max()
    items = demo["items"][demo["items"]["status"].isin(states(stream, "done"))].set_index("item_id")
    finished = finished[finished.index.isin(items.index)]
    chosen = finished[finished.between(since, until, inclusive="left")]
    return float((chosen - items["created_at"].reindex(chosen.index)).dt.total_seconds().median() / 86_400)


def stage_days(visits: pd.DataFrame, state: str, since: str, until: str) -> float:
    """Mean days of the visits to a state that began in [since, until)."""
    visits = visits[visits["to_state"] == state]
    chosen = visits[visits["occurred_at"].between(since, until, inclusive="left")]
    return float((chosen["left_at"] - chosen["occurred_at"]).dt.total_seconds().mean() / 86_400)


def test_generator_writes_the_committed_files_byte_for_byte(generator: ModuleType, tmp_path: Path) -> None:
    generator.write(tmp_path)
    loaded("make_neighbours").write(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(path.name for path in DEMO.iterdir())
    for path in tmp_path.iterdir():
        assert path.read_bytes() == (DEMO / path.name).read_bytes(), (
            f"{path.name}: run make_demo.py, then make_neighbours.py"
        )


def test_demo_files_stay_below_2_5_megabytes() -> None:
    assert sum(path.stat().st_size for path in DEMO.iterdir()) < 2_500_000


def test_every_initiative_that_began_is_in_the_table_of_effects(generator: ModuleType) -> None:
    initiatives = definition("plan.toml")["initiative"]
    assert set(generator.EFFECTS) == {each["id"] for each in initiatives if each["status"] != "planned"}
    for each in (each for each in initiatives if each["id"] in generator.EFFECTS):
        works_from = generator.EFFECTS[each["id"]][0]
        assert each["start"] <= works_from <= each["due"], each["id"]
        assert {"on": works_from, "name": "In force"} in each["milestones"], each["id"]
        assert each["id"].startswith(f"{each['stream']}-")


def test_every_effect_changes_a_setting_that_exists(generator: ModuleType) -> None:
    for organisation in generator.ORGANISATIONS:
        known = set(organisation.settings) | {f"{state} own" for state in organisation.shared}
        for name, (_, sets) in generator.EFFECTS.items():
            assert not name.startswith(f"{organisation.id}-") or set(sets) <= known, name


def test_effects_of_a_stream_stand_in_order_of_date(generator: ModuleType) -> None:
    for stream in STREAMS:
        dates = [begin for name, (begin, _) in generator.EFFECTS.items() if name.startswith(f"{stream}-")]
        assert dates == sorted(dates)


def test_plan_names_streams_stages_and_objectives_that_exist() -> None:
    plan, streams = definition("plan.toml"), definition("streams.toml")["stream"]
    stages = {each["id"]: {stage["name"] for stage in each["stage"]} for each in streams}
    objectives = {(each["stream"], each["id"]) for each in plan["objective"]}
    assert {each["stream"] for each in plan["initiative"]} == set(STREAMS) < set(stages)
    assert {(each["stream"], each["objective"]) for each in plan["target"]} == objectives
    assert all(each["stage"] in stages[each["stream"]] for each in plan["initiative"] if "stage" in each)


def test_one_planned_initiative_has_no_owner_and_no_metric() -> None:
    initiatives = definition("plan.toml")["initiative"]
    assert [each["status"] for each in initiatives if not {"owner", "metric"} & set(each)] == ["planned"]


@pytest.mark.parametrize("stream", STREAMS)
def test_each_organisation_has_350_to_500_items_in_two_or_more_teams(
    demo: dict[str, pd.DataFrame], stream: str
) -> None:
    items = demo["items"][demo["items"]["stream"] == stream]
    assert 350 <= len(items) <= 500 and items["item_id"].is_unique and items["title"].is_unique
    assert items["team"].nunique() == 2
    assert set(items["type"]) == {"feature", "defect", "risk", "debt"}


def test_every_state_is_in_the_definition_and_every_stage_is_visited(demo: dict[str, pd.DataFrame]) -> None:
    for stream in definition("streams.toml")["stream"]:
        defined = {state for stage in stream["stage"] for state in stage["states"]}
        rows = demo["transitions" if stream["id"] in STREAMS else "neighbour-transitions"]
        assert set(rows[rows["stream"] == stream["id"]]["to_state"]) == defined
        assert stream["stage"][-1]["category"] == ("cancelled" if stream["id"] in STREAMS else "done")


def test_no_transition_is_out_of_order(demo: dict[str, pd.DataFrame]) -> None:
    rows = demo["transitions"].assign(seq=demo["transitions"]["seq"].astype(int))
    groups = rows.groupby(["stream", "item_id"])
    assert (groups["seq"].diff().dropna() == 1).all() and (groups["seq"].min() == 1).all()
    assert (groups["occurred_at"].diff().dropna() > pd.Timedelta(0)).all()
    before = groups["to_state"].shift()
    assert (rows["from_state"].fillna("") == before.fillna("")).all()


def test_first_transition_is_the_creation_and_the_last_is_the_status(demo: dict[str, pd.DataFrame]) -> None:
    groups = demo["transitions"].groupby("item_id")
    items = demo["items"].set_index("item_id")
    assert (groups["occurred_at"].first().reindex(items.index) == items["created_at"]).all()
    assert (groups["to_state"].last().reindex(items.index) == items["status"]).all()


def test_nothing_happens_after_the_end_of_the_period(demo: dict[str, pd.DataFrame]) -> None:
    for name, table in demo.items():
        for column in (column for column in table if str(column).endswith("_at")):
            assert not (table[column] >= END).any(), f"{name}.{column}"
    assert (demo["deployments"]["deployed_at"] >= START).all()
    assert (demo["incidents"]["started_at"] >= START).all()


def test_most_events_are_in_working_hours(demo: dict[str, pd.DataFrame]) -> None:
    zones = {each["id"]: each["calendar"]["time_zone"] for each in definition("streams.toml")["stream"]}
    for stream, rows in demo["transitions"].groupby("stream"):
        local = rows["occurred_at"].dt.tz_convert(zones[str(stream)])
        assert ((local.dt.day_of_week < 5) & local.dt.hour.between(8, 17)).mean() > 0.9


def test_people_are_pseudonyms_and_every_team_has_five_or_more(demo: dict[str, pd.DataFrame]) -> None:
    rows = demo["transitions"].dropna(subset="person")
    assert rows["person"].str.fullmatch(r"p-[0-9a-f]{4}").all()
    assert (rows.groupby(["stream", "team"])["person"].nunique() >= 5).all()
    assert (rows.groupby("person")["team"].nunique() == 1).all()


def test_every_link_points_to_rows_that_exist(demo: dict[str, pd.DataFrame]) -> None:
    items, links = set(demo["items"]["item_id"]), demo["links"]
    deployments = set(demo["deployments"]["deployment_id"])
    deployed = links["kind"] == "deployed"
    assert set(links["kind"]) == {"deployed", "blocks", "parent"}
    assert set(links["from_id"]) <= items and set(links.loc[~deployed, "to_id"]) <= items
    assert set(links.loc[deployed, "to_id"]) <= deployments
    assert set(demo["changes"]["deployment_id"].dropna()) <= deployments
    assert set(demo["incidents"]["deployment_id"].dropna()) <= deployments
    assert set(demo["changes"]["item_id"].dropna()) | set(demo["blocked"]["item_id"]) <= items


def test_an_item_is_in_the_queue_before_its_deployment_and_done_after(demo: dict[str, pd.DataFrame]) -> None:
    links = demo["links"][demo["links"]["kind"] == "deployed"]
    runs = links.merge(demo["deployments"], left_on="to_id", right_on="deployment_id")
    assert (runs["status"] == "success").all() and (runs["environment"] == "production").all()
    queues = {"Waiting for Release", "Ready to Deploy", "Scheduled for Release"}
    rows = demo["transitions"].merge(runs[["from_id", "deployed_at"]], left_on="item_id", right_on="from_id")
    before = rows[rows["occurred_at"] < rows["deployed_at"]].groupby(["item_id", "deployed_at"])
    assert before.ngroups == len(links)
    assert before["to_state"].last().isin(queues | {"Stabilisation"}).all()
    done = set().union(*(states(stream, "done") for stream in STREAMS))
    after = rows[rows["occurred_at"] >= rows["deployed_at"]].groupby(["item_id", "deployed_at"])
    assert after["to_state"].first().isin(done).all()


def test_every_finished_item_was_deployed(demo: dict[str, pd.DataFrame]) -> None:
    deployed = set(demo["links"].loc[demo["links"]["kind"] == "deployed", "from_id"])
    for stream in STREAMS:
        done = demo["items"]["status"].isin(states(stream, "done"))
        assert set(demo["items"].loc[done & (demo["items"]["stream"] == stream), "item_id"]) <= deployed


def test_changes_are_authored_merged_and_deployed_in_this_order(demo: dict[str, pd.DataFrame]) -> None:
    changes = demo["changes"].merge(demo["deployments"], on=["stream", "deployment_id"], how="left")
    assert demo["changes"]["change_id"].is_unique
    assert not (changes["merged_at"] < changes["authored_at"]).any()
    assert not (changes["deployed_at"] < changes["merged_at"]).any()


def test_incidents_end_after_they_start_and_follow_their_deployment(demo: dict[str, pd.DataFrame]) -> None:
    incidents = demo["incidents"].merge(demo["deployments"], on=["stream", "deployment_id"], how="left")
    assert not (incidents["restored_at"] <= incidents["started_at"]).any()
    assert not (incidents["started_at"] < incidents["deployed_at"]).any()
    assert demo["incidents"].groupby("stream")["deployment_id"].apply(lambda ids: ids.isna().any()).all()


@pytest.mark.parametrize("stream", STREAMS)
def test_items_of_every_fate_are_there(demo: dict[str, pd.DataFrame], stream: str) -> None:
    rows = demo["transitions"][demo["transitions"]["stream"] == stream]
    items = demo["items"][demo["items"]["stream"] == stream]
    done, cancelled, backlog = (states(stream, name) for name in ("done", "cancelled", "backlog"))
    withdrawn = rows[rows["to_state"].isin(cancelled)]
    assert withdrawn["from_state"].isin(backlog).any() and (~withdrawn["from_state"].isin(backlog)).any()
    assert rows["from_state"].isin(done).sum() >= 5, "reopened items"
    ages = (END - items.loc[~items["status"].isin(done | cancelled), "created_at"]).dt.days
    assert ages.min() < 7 and ages.max() > 45
    blocked = demo["blocked"][demo["blocked"]["stream"] == stream]
    assert blocked["unblocked_at"].isna().any() and blocked["reason"].nunique() >= 5


def test_one_survey_has_too_few_answers_to_be_shown(demo: dict[str, pd.DataFrame]) -> None:
    surveys = demo["surveys"].assign(month=demo["surveys"]["answered_on"].str[:7])
    answers = surveys.groupby(["stream", "team", "month"]).size()
    assert (answers < 5).groupby("stream").sum().eq(1).all()


def test_bank_goes_from_half_yearly_to_fortnightly_releases(demo: dict[str, pd.DataFrame]) -> None:
    days = release_days(demo, "bank")
    assert gap_days(days, "2024-05-01", "2025-07-01") >= 150
    assert gap_days(days, "2026-05-01", "2026-11-01") <= 15


def test_bank_stabilises_for_days_instead_of_three_weeks(visits: pd.DataFrame) -> None:
    items = visits[visits["to_state"] == "Stabilisation"].groupby("item_id")
    begin, end = items["occurred_at"].min(), items["left_at"].max()
    days = (end - begin).dt.days
    assert days[begin < pd.Timestamp("2025-01-01", tz="UTC")].median() >= 18
    assert days[begin > pd.Timestamp("2026-05-10", tz="UTC")].median() <= 4


def test_retailer_goes_from_fortnightly_to_daily_releases(demo: dict[str, pd.DataFrame]) -> None:
    days = release_days(demo, "retailer")
    assert gap_days(days, "2024-05-01", "2025-03-01") == 14
    assert gap_days(days, "2025-12-01", "2026-11-01") == 1


def test_retailer_has_a_fifth_of_the_incidents_a_month(demo: dict[str, pd.DataFrame]) -> None:
    started = demo["incidents"].loc[demo["incidents"]["stream"] == "retailer", "started_at"]
    before = started.between("2024-05-01", "2025-03-01", inclusive="left").sum() / 10
    after = started.between("2025-11-01", "2026-11-01", inclusive="left").sum() / 12
    assert 0.15 <= after / before <= 0.25


def test_healthcare_goes_from_quarterly_to_monthly_releases(demo: dict[str, pd.DataFrame]) -> None:
    days = release_days(demo, "healthcare")
    assert gap_days(days, "2024-05-01", "2025-10-01") == 91
    assert gap_days(days, "2025-12-01", "2026-11-01") == 28


def test_healthcare_releases_only_what_was_validated_and_approved(demo: dict[str, pd.DataFrame]) -> None:
    rows = demo["transitions"][demo["transitions"]["stream"] == "healthcare"]
    assert (rows.loc[rows["to_state"] == "In Use", "from_state"] == "Scheduled for Release").all()
    assert (rows.loc[rows["to_state"] == "Scheduled for Release", "from_state"] == "Approval").all()
    assert (rows.loc[rows["to_state"] == "Approval", "from_state"] == "Validation").all()


def test_healthcare_validation_takes_half_the_time_or_less(visits: pd.DataFrame) -> None:
    before = stage_days(visits, "Validation", "2024-05-01", "2025-05-01")
    assert stage_days(visits, "Validation", "2025-07-01", "2026-10-01") <= before / 2


@pytest.mark.parametrize(("stream", "share"), [("bank", 0.35), ("retailer", 0.55), ("healthcare", 0.55)])
def test_median_lead_time_falls(demo: dict[str, pd.DataFrame], stream: str, share: float) -> None:
    before = lead_time_days(demo, stream, "2024-05-01", "2025-03-01")
    assert lead_time_days(demo, stream, "2026-05-01", "2026-11-01") <= share * before


def test_every_improvement_built_in_gets_a_signal_and_what_did_nothing_gets_none(
    imported: Settings, catalogue: Catalogue, generator: ModuleType
) -> None:
    found = dict(verdicts(imported, catalogue))
    assert set(found) == set(generator.EFFECTS)
    idle = {name for name, (_, sets) in generator.EFFECTS.items() if not sets} | YOUNG
    assert {name for name, verdict in found.items() if verdict == "signal (better)"} == set(found) - idle
    assert {name for name, verdict in found.items() if verdict == "no signal yet"} == idle


@pytest.mark.parametrize(
    ("initiative", "title", "period", "before", "until"),
    [
        ("bank-overtime", "Time in Test", "month", 9, "bank-regression"),
        ("bank-fortnightly", "Time in Open", "month", 10, None),
        ("retailer-newsletter", "First-pass yield", "month", 7, "retailer-flags"),
        ("healthcare-monthly", "Time in Scheduled for release", "quarter", 6, None),
    ],
)
def test_an_initiative_is_judged_where_it_is_aimed_until_the_next_one(
    imported: Settings, catalogue: Catalogue, initiative: str, title: str, period: str, before: int, until: str | None
) -> None:
    """The baseline of the fortnightly release begins with the quarterly one: the ten months since then suffice."""
    warehouse = Warehouse(imported.warehouse, catalogue)
    plan = read_plan(DATA / "plan.toml", frozenset(catalogue.metrics))
    one = next(each for each in plan.initiative if each.id == initiative)
    found = judged(warehouse, warehouse.default_scope(one.stream), plan.for_stream(one.stream), one)
    assert found and (found.title, found.period, found.verdict.before_count) == (title, period, before)
    assert (found.successor and found.successor.id) == until


def test_what_is_counted_too_seldom_gets_no_verdict_and_says_why(imported: Settings, catalogue: Catalogue) -> None:
    """The bank releases every half year: no chart can tell a change of that from five zeros and a one."""
    warehouse = Warehouse(imported.warehouse, catalogue)
    plan = read_plan(DATA / "plan.toml", frozenset(catalogue.metrics)).for_stream("bank")
    one = next(each for each in plan.initiative if each.id == "bank-quarterly")
    one = one.model_copy(update={"metric": "deployment_frequency"})
    found = judged(warehouse, warehouse.default_scope("bank"), plan, one)
    assert found and found.verdict.name == "too few points"
    assert found.verdict.rule == (
        "A verdict needs 5 items or more in most of the months before the start; there are fewer in 11 of 11."
    )
    assert found.verdict.limits is None and not found.verdict.signals
