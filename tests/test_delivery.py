"""Delivery: what is counted, what is left out, and what a corrected cause changes; each number worked out by hand."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from conftest import Imports, World, span
from test_maps import texts

from dashboard.catalogue import Catalogue
from dashboard.errors import StoreError
from dashboard.figures import map_drawio
from dashboard.figures.value_stream_map import render
from dashboard.pages import delivery, delivery_causes, delivery_reasons, value_stream
from dashboard.pages.view import View, view_of
from dashboard.settings import Settings
from dashboard.store import Store
from dashboard.warehouse import Warehouse

RATES = ("deployment_frequency", "change_lead_time", "change_fail_rate", "deployment_rework_rate")
SHOP = {"stream": "retailer", "from": "2024-05-01", "to": "2026-10-30"}


@pytest.fixture(scope="module")
def warehouse(demo: Settings, catalogue: Catalogue) -> Warehouse:
    return Warehouse(demo.warehouse, catalogue)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store.sqlite")


def seen(warehouse: Warehouse, demo: Settings, store: Store | None = None, **asked: str) -> View:
    return view_of(warehouse, demo.home, {**SHOP, **asked}, store)[0]


def said(view: View) -> str:
    return texts(delivery_reasons.card(view))


def rows(warehouse: Warehouse, mart: str, view: View, day: str) -> pd.DataFrame:
    """The rows of a mart in the days of the view, as pandas sees them."""
    table = warehouse.table(f"marts.{mart}")
    since, until = (pd.Timestamp(each) for each in (view.scope.since, view.scope.until))
    return table[(table["stream"] == view.scope.stream) & (table[day] >= since) & (table[day] < until)]


def at(day: str) -> dt.datetime:
    return dt.datetime.fromisoformat(f"2024-01-{day}")


def deployed(key: str, day: str, status: str = "success", **more: Any) -> dict[str, Any]:
    return {"deployment_id": key, "service": "shop", "deployed_at": at(day), "status": status, **more}


# Five deployments until the 20th: one of each outcome, and one of another environment.
MADE = [
    deployed("well", "10", is_unplanned=False),
    deployed("broke", "11", is_unplanned=False),
    deployed("failed", "12", status="failed", is_unplanned=True),
    deployed("young", "20"),
    deployed("stage", "12", environment="staging"),
]
BROKEN = [
    {"incident_id": "named", "service": "shop", "started_at": at("11T06:00"), "deployment_id": "broke"},
    {"incident_id": "again", "service": "shop", "started_at": at("11T07:00"), "deployment_id": "broke"},
    {"incident_id": "other", "service": "mail", "started_at": at("12")},
]
CHANGES = [
    # Two days to the merge, one from there to the deployment.
    {"change_id": "a", "authored_at": at("07"), "merged_at": at("09"), "deployment_id": "well"},
    # No merge told: it has a lead time of four days, and no part of the split.
    {"change_id": "b", "authored_at": at("07"), "deployment_id": "broke"},
    {"change_id": "bot", "authored_at": at("07"), "deployment_id": "well", "is_bot": True},
    {"change_id": "backwards", "authored_at": at("15"), "deployment_id": "well"},
    {"change_id": "when", "deployment_id": "well"},
    {"change_id": "waiting", "authored_at": at("08")},
]
ALL = span("2024-01-01", "2024-02-01")


def test_five_deployments_have_one_outcome_each_and_two_incidents_of_three_are_of_one(world: World) -> None:
    world.load({"deployments": MADE, "incidents": BROKEN, "changes": CHANGES})
    (row,) = world.ask("charts.deployment_outcomes", ALL).to_dict("records")
    del row["period_start"]
    assert row == {
        "went_well": 1, "caused_incident": 1, "failed": 1, "too_young": 1, "not_known": 0, "deployments": 4,
        "unplanned": 1, "days_with_deployments": 3, "incidents": 3, "unattributed": 1,
    }  # fmt: skip
    listed = world.ask("charts.deployments", ALL).set_index("deployment_id")
    assert listed["outcome"].to_dict() == {
        "young": "too young", "failed": "failed", "broke": "caused an incident", "well": "went well"
    }  # fmt: skip
    assert (listed.loc["broke", "incidents_count"], listed.loc["well", "change_days"]) == (2, 3)
    other = world.ask("charts.environments", ALL)
    assert other[["environment", "deployments"]].to_dict("records") == [{"environment": "staging", "deployments": 1}]


def test_without_incidents_told_no_outcome_is_known_and_no_rate_is_0(world: World) -> None:
    world.load({"deployments": MADE})
    (row,) = world.ask("charts.deployment_outcomes", ALL).to_dict("records")
    assert (row["went_well"], row["too_young"], row["not_known"], row["failed"]) == (0, 0, 3, 1)
    assert pd.isna(row["incidents"]) and pd.isna(row["unattributed"])
    assert world.measure("change_fail_rate", ALL)[0][1:] == (None, 4)


def test_without_deployments_told_their_counts_are_null(world: World) -> None:
    world.load({"incidents": BROKEN})
    (row,) = world.ask("charts.deployment_outcomes", ALL).to_dict("records")
    assert pd.isna(row["deployments"]) and pd.isna(row["went_well"]) and row["incidents"] == 3


def test_of_six_changes_two_count_and_each_other_is_left_out_for_a_reason(world: World) -> None:
    world.load({"deployments": MADE, "incidents": BROKEN, "changes": CHANGES})
    counts = world.ask("charts.changes_counted", ALL).to_dict("records")
    assert counts == [{"counted": 2, "programs": 1, "negative": 1, "unknown": 1, "undeployed": 1}]
    (waits,) = world.ask("charts.change_waits", ALL).to_dict("records")
    assert (waits["review_days"], waits["release_days"], waits["changes"]) == (2, 1, 1)


def test_the_days_of_a_stream_begin_with_its_first_incident_and_end_with_the_last_restored(world: World) -> None:
    lasting = {"incident_id": "i", "started_at": at("10"), "restored_at": at("13")}
    world.load({"incidents": [lasting]})
    (row,) = world.engine.table("marts.streams").to_dict("records")
    assert (row["first_event_on"].day, row["last_event_on"].day) == (10, 13)


def test_a_corrected_cause_moves_an_incident_from_one_deployment_to_another(world: World) -> None:
    world.load({"deployments": MADE, "incidents": BROKEN})
    corrected = replace(ALL, corrected=(("again", "well"), ("named", "")))
    listed = world.ask("charts.deployments", corrected).set_index("deployment_id")
    assert listed["incidents_count"].to_dict() == {"young": 0, "failed": 0, "broke": 0, "well": 1}
    causes = world.ask("charts.incidents", corrected).set_index("incident_id")["attribution"].to_dict()
    assert causes == {"other": "unattributed", "again": "corrected", "named": "corrected"}


def test_what_was_finished_before_an_incident_may_have_caused_it_its_own_service_first(world: World) -> None:
    other = deployed("other", "11T05:00") | {"service": "mail"}
    world.load({"deployments": [*MADE, other], "incidents": BROKEN})
    assert world.ask("charts.possible_causes", ALL, item="named")["deployment_id"].tolist() == [
        "broke",
        "well",
        "other",
    ]
    assert world.ask("charts.possible_causes", ALL, item="nobody").empty


def test_a_survey_of_four_has_no_score_and_one_of_five_has(world: World) -> None:
    asked = {"survey_on": dt.date(2024, 1, 1)}
    rows = [{"team": "A", "answers_count": 4, "score_sum": 16.0, **asked}]
    rows += [{"team": "B", "answers_count": 5, "score_sum": 18.0, **asked}]
    world.load({"surveys": rows, "deployments": MADE})
    assert world.ask("charts.satisfaction", ALL)["score"].tolist()[1] == pytest.approx(3.6)
    assert pd.isna(world.ask("charts.satisfaction", ALL)["score"].tolist()[0])


def test_other_environments_are_told_beside_production(world: World) -> None:
    """Two to staging in the 14 days, of which one failed: 1 ÷ 2 a week succeeded; production is not among them."""
    more = [deployed("again", "13", status="failed", environment="staging"), deployed("demo", "13", environment="demo")]
    world.load({"deployments": [*MADE, *more]})
    table = world.ask("charts.environments", span("2024-01-08", "2024-01-22"))
    found = [(row.environment, row.deployments, row.failed, row.per_week) for row in table.itertuples()]
    assert found == [("staging", 2, 1, 0.5), ("demo", 1, 0, 0.5)]


def test_answers_are_told_with_the_share_of_those_who_were_asked(whole_imports: Imports) -> None:
    """Five of eight by sums, five single answers of six; none where fewer were asked than answered, or none told."""
    sums = "team,survey_on,answers_count,score_sum,asked_count\nA,2024-03-01,5,20,8\nC,2024-03-01,6,20,\n"
    single = "team,answered_on,score,asked_count\n" + "B,2024-03-02,4,6\n" * 5 + "D,2024-03-02,4,4\n" * 5
    whole_imports.run(whole_imports.file("sums.csv", sums), whole_imports.file("single.csv", single), stream="s")
    view = view_of(whole_imports.warehouse, whole_imports.settings.home, {})[0]
    shares = view.ask("charts.satisfaction").set_index("team")["response_ratio"]
    assert shares["A"] == 5 / 8 and shares["B"] == 5 / 6
    assert shares[["C", "D"]].isna().all()
    page = texts(delivery.body(view))
    assert "A 4.0 (n = 5, 62 % of those asked)" in page
    assert "C 3.3 (n = 6)" in page


def test_a_number_of_people_asked_that_can_not_be_is_set_aside(imports: Imports) -> None:
    sums = "team,survey_on,answers_count,score_sum,asked_count\nA,2024-03-01,5,20,4\nB,2024-03-01,5,20,many\n"
    sums += "C,2024-03-01,5,20,5\n"
    account = imports.run(imports.file("sums.csv", sums), stream="s", accepts_bad_rows=True)
    assert account.files[0].records("set aside") == 2
    assert imports.tables()["surveys"]["asked_count"].tolist() == [5]


def test_each_figure_is_the_arithmetic_that_is_told(warehouse: Warehouse, demo: Settings) -> None:
    view = seen(warehouse, demo)
    made = rows(warehouse, "deployments", view, "deployed_on")
    days = (view.scope.until - view.scope.since).days
    well = int(made["is_success"].sum())
    assert f"{well:,} successful deployments to production in {days:,} days" in said(view)
    assert view.headline("deployment_frequency")["value"] == pytest.approx(well / (days / 7))
    incidents = warehouse.table("marts.incidents")
    broke = made["deployment_id"].isin(incidents["deployment_id"].dropna()).sum()
    assert f"{broke:,} ÷ {len(made):,} = " in said(view)
    assert view.headline("change_fail_rate")["value"] == pytest.approx(broke / len(made))


def test_outcomes_of_all_periods_are_all_deployments_and_the_youngest_are_not_judged(
    warehouse: Warehouse, demo: Settings
) -> None:
    view = seen(warehouse, demo)
    table = view.ask("charts.deployment_outcomes")
    kinds = table[["went_well", "caused_incident", "failed", "too_young"]].sum()
    assert kinds.sum() == table["deployments"].sum() == len(rows(warehouse, "deployments", view, "deployed_on"))
    listed = view.ask("charts.deployments")
    assert (listed["outcome"].value_counts().to_dict()) == {
        "went well": kinds["went_well"],
        "caused an incident": kinds["caused_incident"],
        "failed": kinds["failed"],
        "too young": kinds["too_young"],
    }
    week = pd.Timestamp(view.stream["last_event_at"]) - pd.Timedelta(days=7)
    made = rows(warehouse, "deployments", view, "deployed_on")
    young = set(made.loc[made["deployed_at"] > week, "deployment_id"])
    assert set(listed.loc[listed["outcome"] == "too young", "deployment_id"]) <= young
    assert not set(listed.loc[listed["outcome"] == "went well", "deployment_id"]) & young


def test_changes_are_counted_once_or_left_out_with_a_reason(warehouse: Warehouse, demo: Settings) -> None:
    view = seen(warehouse, demo)
    counts = view.ask("charts.changes_counted").iloc[0]
    deployed = rows(warehouse, "changes", view, "deployed_on")
    assert counts[["counted", "programs", "negative", "unknown"]].sum() == len(deployed)
    assert counts["programs"] == deployed["is_bot"].sum() > 0
    assert counts["counted"] == view.headline("change_lead_time")["items"]
    assert f"{counts['programs']:,} changes made by programs" in said(view)


def test_review_and_release_add_up_to_the_mean_lead_time(warehouse: Warehouse, demo: Settings) -> None:
    view = seen(warehouse, demo)
    waits = view.ask("charts.change_waits", period="all").iloc[0]
    deployed = rows(warehouse, "changes", view, "deployed_on").query("merged_at.notna() and lead_seconds.notna()")
    assert waits["changes"] == len(deployed)
    assert waits["review_days"] + waits["release_days"] == pytest.approx(deployed["lead_seconds"].mean() / 86_400)


@pytest.mark.parametrize("name", [*RATES, "incidents", "batch_size", "mean_time_to_recovery"])
def test_a_service_is_measured_as_if_there_were_no_other(warehouse: Warehouse, demo: Settings, name: str) -> None:
    parts = [
        seen(warehouse, demo, service=each).headline(name) for each in ("checkout-api", "shop-web", "parcel-tracking")
    ]
    whole = seen(warehouse, demo).headline(name)
    assert sum(part["items"] for part in parts) == whole["items"] > 0
    assert any(part["value"] != whole["value"] for part in parts)


def test_other_environments_are_left_out_and_counted(warehouse: Warehouse, demo: Settings) -> None:
    view = seen(warehouse, demo)
    table = view.ask("charts.environments")
    assert set(table["environment"]) == {"staging"}
    assert re.search(rf"Left out: .*{table['deployments'].sum()} deployments to staging", said(view))


def test_a_corrected_cause_counts_everywhere_and_can_be_taken_back(
    warehouse: Warehouse, demo: Settings, store: Store
) -> None:
    view = seen(warehouse, demo, store)
    listed = view.ask("charts.incidents").set_index("incident_id")
    incident = listed.index[listed["attribution"] == "unattributed"][0]
    deployments = view.ask("charts.deployments")
    blamed = deployments.loc[deployments["outcome"] == "went well", "deployment_id"].iloc[0]
    before = view.ask("charts.deployment_outcomes", period="all").iloc[0]
    cause = store.add_cause("retailer", str(incident), str(blamed))
    after = seen(warehouse, demo, store)
    found = after.ask("charts.incidents").set_index("incident_id").loc[incident]
    assert (found["deployment_id"], found["attribution"]) == (blamed, "corrected")
    now = after.ask("charts.deployment_outcomes", period="all").iloc[0]
    assert now["caused_incident"] == before["caused_incident"] + 1
    assert now["unattributed"] == before["unattributed"] - 1
    rate = after.headline("change_fail_rate")
    assert rate["value"] == pytest.approx(now["caused_incident"] / now["deployments"])
    assert (
        after.headline("failed_deployment_recovery_time")["items"]
        >= view.headline("failed_deployment_recovery_time")["items"]
    )
    store.remove_cause(cause.id, cause.version)
    assert seen(warehouse, demo, store).headline("change_fail_rate") == view.headline("change_fail_rate")


def test_only_what_was_deployed_before_an_incident_is_offered_and_taken_as_its_cause(
    warehouse: Warehouse, demo: Settings, store: Store
) -> None:
    view = seen(warehouse, demo, store)
    told = warehouse.table("marts.incidents").query("stream == 'retailer'").set_index("incident_id").iloc[-1]
    made = warehouse.table("marts.deployments").query("stream == 'retailer'").set_index("deployment_id")
    incident, began = str(told.name), told["started_at"]
    offered = [key for key in delivery_causes._offered(view, incident) if key != delivery_causes.NONE]
    assert 0 < len(offered) <= 60 and (made.loc[offered, "deployed_at"] <= began).all()
    own = made.loc[offered, "service"] == told["service"]
    assert own.iloc[0] and own.is_monotonic_decreasing
    before = made[(made["service"] == told["service"]) & (made["deployed_at"] <= began)]
    assert offered[0] == before["deployed_at"].idxmax()
    oldest, pressed = str(made["deployed_at"].idxmin()), {"do": "correct"}
    first = warehouse.table("marts.incidents").query("stream == 'retailer'")
    early = str(first.loc[first["started_at"].idxmin(), "incident_id"])
    after = str(made.index[made["deployed_at"] > first["started_at"].min()][0])
    with pytest.raises(StoreError, match=f"{after} was not finished when {early} began"):
        delivery_causes._written(view, pressed, {"incident": early, "deployment": after})
    assert store.causes("retailer") == ()
    delivery_causes._written(view, pressed, {"incident": incident, "deployment": oldest})
    assert [each.deployment_id for each in store.causes("retailer")] == [oldest]


def test_the_list_of_causes_says_how_many_incidents_it_leaves_out(warehouse: Warehouse, demo: Settings) -> None:
    view = seen(warehouse, demo)
    incidents = view.ask("charts.incidents")
    assert f"The newest 20 of {len(incidents)}." in texts(delivery_causes.card(view, incidents))
    assert "The newest 20" not in texts(delivery_causes.card(view, incidents.head(20)))


def test_no_deployment_is_a_cause_too(warehouse: Warehouse, demo: Settings, store: Store) -> None:
    view = seen(warehouse, demo, store)
    listed = view.ask("charts.incidents")
    incident = listed.loc[listed["attribution"] == "window", "incident_id"].iloc[0]
    store.add_cause("retailer", str(incident), "")
    found = seen(warehouse, demo, store).ask("charts.incidents").set_index("incident_id").loc[incident]
    assert pd.isna(found["deployment_id"]) and pd.isna(found["recovery_hours"])
    assert found["attribution"] == "corrected"


def test_a_correction_is_of_one_stream_and_a_damaged_store_leaves_what_the_sources_say(
    warehouse: Warehouse, demo: Settings, store: Store, tmp_path: Path
) -> None:
    store.add_cause("bank", "SHOP-INC-181", "")
    assert seen(warehouse, demo, store).scope.corrected == ()
    damaged = tmp_path / "damaged.sqlite"
    damaged.write_bytes(b"no database at all" * 100)
    assert seen(warehouse, demo, Store(damaged)).headline("change_fail_rate")["value"] is not None


def test_nothing_failed_and_nothing_deployed_are_told_apart(warehouse: Warehouse, demo: Settings) -> None:
    view = seen(warehouse, demo, **{"from": "2024-02-21", "to": "2024-04-30"})
    assert view.headline("deployment_frequency")["value"] == 0
    assert delivery_reasons.without_value(view, "change_fail_rate") == ("None", "nothing was deployed")
    assert delivery_reasons.without_value(view, "failed_deployment_recovery_time") == ("No failures", "")
    assert delivery_reasons.without_value(view, "mean_time_to_recovery") == ("No incidents", "")


def test_where_nothing_was_deployed_words_stand_for_charts_and_sentences(warehouse: Warehouse, demo: Settings) -> None:
    page = texts(delivery.body(seen(warehouse, demo, **{"from": "2024-02-21", "to": "2024-02-29"})))
    assert page.count("Nothing was deployed in this scope") == 2
    assert "On 0 days" not in page and "of 0 deployments" not in page
    made = texts(delivery.body(seen(warehouse, demo)))
    assert "Nothing was deployed in this scope" not in made and "something was deployed with success" in made


def test_without_any_source_of_deployments_the_page_says_what_to_export(
    warehouse: Warehouse, demo: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = seen(warehouse, demo)
    told: dict[str, Any] = {**view.stream, "has_deployments": False, "has_incidents": False}
    nothing = pd.DataFrame([dict.fromkeys(("counted", "programs", "negative", "unknown", "undeployed"), 0)])
    bare = replace(view)
    monkeypatch.setattr(View, "stream", told)
    real = View.ask
    monkeypatch.setattr(
        View,
        "ask",
        lambda self, name, **more: nothing if name == "charts.changes_counted" else real(self, name, **more),
    )
    assert "No source tells deployments" in texts(delivery.body(bare))


def test_a_team_with_fewer_than_five_answers_has_no_score(warehouse: Warehouse, demo: Settings) -> None:
    table = seen(warehouse, demo).ask("charts.satisfaction")
    assert (table["score"].isna() == (table["answers"] < 5)).all()
    assert (table["answers"] >= 5).any()


def test_the_retailer_deploys_daily_with_fewer_incidents(warehouse: Warehouse, demo: Settings) -> None:
    first = seen(warehouse, demo, **{"from": "2024-05-01", "to": "2024-10-31"})
    last = seen(warehouse, demo, **{"from": "2026-05-01", "to": "2026-10-30"})
    assert last.headline("deployment_frequency")["value"] > 5 > 2 > first.headline("deployment_frequency")["value"]
    assert last.headline("incidents")["value"] <= 0.25 * first.headline("incidents")["value"]


ROUTE = """[[stream]]
id = "s"
stage = [
    {name = "To do", category = "backlog", mode = "wait"},
    {name = "Doing"},
    {name = "Done", category = "done", mode = "wait"},
]
"""


def test_finished_is_not_delivered_where_items_wait_for_the_deployment_that_their_changes_name(
    whole_imports: Imports,
) -> None:
    """Done on the 5th, deployed on the 9th and 11th: 4 and 6 days, of which the mean is 5; one waits for a change,
    one is in production and not finished."""
    moves = [f"{key},2024-01-0{day},{state}" for key in "ABC" for day, state in enumerate(("To do", "Doing"), 1)]
    moves += [f"{key},2024-01-05,Done" for key in "ABC"] + ["D,2024-01-01,Doing"]
    changes = ["a,A,2024-01-02,2024-01-03,one", "b,#B,2024-01-02,2024-01-03,two", "c,C,2024-01-02,2024-01-03,"]
    changes += ["d,D,2024-01-02,2024-01-03,two"]
    files = {
        "streams.toml": ROUTE,
        "transitions.csv": "item_id,occurred_at,to_state\n" + "\n".join(moves),
        "deployments.csv": "deployment_id,deployed_at,status\none,2024-01-09,success\ntwo,2024-01-11,success\n",
        "changes.csv": "change_id,item_id,authored_at,merged_at,deployment_id\n" + "\n".join(changes),
    }
    paths = [whole_imports.file(name, text) for name, text in files.items()]
    whole_imports.run(*paths[1:], stream="s")
    view = view_of(whole_imports.warehouse, whole_imports.settings.home, {"to": "2024-01-31"})[0]
    row = view.ask("charts.waits_for_production").iloc[0]
    assert row.to_dict() == {
        "items": 2, "mean_wait_days": 5, "median_wait_days": 5, "wait_days": 10, "not_deployed_items": 1,
    }  # fmt: skip
    assert view.headline("lead_time_to_production") == {"value": 10, "items": 3}
    sentence = (
        "Finished is not delivered: 2 items waited 5.0 d on average from their finish until they were in production."
    )
    assert sentence in texts(delivery.body(view))
    assert sentence.removesuffix(".") in texts(value_stream.body(view))
    assert "1 finished item with no such deployment, or with a change that waits for one" in texts(delivery.body(view))
    drawn = value_stream.measured_map(view)
    assert drawn is not None
    assert all("5.0 d until in production" in svg for svg in (render(drawn), render(drawn, is_vertical=True)))
    assert "5.0 d until in production" in map_drawio.drawio(drawn)
    # What a deployment carried is what its changes name.
    assert view.ask("charts.deployments")["items_count"].tolist() == [2, 1]


def test_flow_and_quality_stand_beside_the_people_who_may_pay_for_them(warehouse: Warehouse, demo: Settings) -> None:
    """The retailer's first half against its second, as pandas has them from the medians of both halves."""
    page = texts(delivery.body(seen(warehouse, demo)))
    assert "Do flow and quality improve at people's cost?" in page
    found = re.search(r"Against the first half of the period: lead time (\d+) % better \(n = \d+, \d+\), change", page)
    assert found is not None
    items = warehouse.table("marts.items")
    items = items[(items["stream"] == "retailer") & items["finished_on"].notna()]
    view = seen(warehouse, demo)
    middle = view.scope.since + (view.scope.until - view.scope.since) / 2
    is_early = items["finished_on"].dt.date < middle
    before, after = (
        items[early]["lead_seconds"][items["finished_on"] >= pd.Timestamp(view.scope.since)].median()
        for early in (is_early, ~is_early)
    )
    assert int(found[1]) == pytest.approx(100 * (1 - after / before), abs=2)
    assert "the teams may have paid for it" not in page


def test_what_the_teams_may_have_paid_for_is_told_where_satisfaction_fell_and_the_flow_is_faster(
    whole_imports: Imports,
) -> None:
    """Ten items of 10 days, then ten of 4: 60 % better. Five answers of 4, then five of 3: 25 % worse."""
    items = [f"{key},2024-{month}-01,2024-{month}-{day}" for month, day in (("01", 11), ("03", "05")) for key in
             (f"{month}{number}" for number in range(10))]  # fmt: skip
    answers = [f"A,2024-{month}-05,{score}" for month, score in (("01", 4), ("03", 3)) for _ in range(5)]
    files = {
        "items.csv": "id,created,finished\n" + "\n".join(items),
        "answers.csv": "team,answered_on,score\n" + "\n".join(answers),
    }
    whole_imports.run(*(whole_imports.file(name, text) for name, text in files.items()), stream="s")
    view = view_of(whole_imports.warehouse, whole_imports.settings.home, {"from": "2024-01-01", "to": "2024-03-31"})[0]
    assert delivery.cost_words(view, ("lead_time", "team_satisfaction")) == (
        "Against the first half of the period: lead time 60 % better (n = 10, 10), team satisfaction 25 % worse "
        "(n = 5, 5). Something is more than 5 % better and satisfaction more than that worse: the teams may have paid "
        "for it"
    )
