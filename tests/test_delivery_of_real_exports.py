"""The delivery figures of real exports are those that pandas makes of the raw files, by the words of their definitions.

pandas reads deployments, changes and incidents straight from the files and never sees our SQL. A stream without a
source of incidents has no rate of failure, one without deployments no frequency: that is nothing, and not 0.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import pytest
from conftest import Shared

from dashboard import build
from dashboard.catalogue import Catalogue
from dashboard.scope import Scope
from dashboard.settings import Settings
from dashboard.sources import read_columns_option
from dashboard.warehouse import Warehouse

DAY = 86_400
HOUR = 3_600
WINDOW = pd.Timedelta(days=7)
INCIDENTS = "dora/github_status_incidents_2021_2024.jsonl"
WINDOWS = "dora/github_status_downtime_windows_2021_2024.csv"
SEGMENTS = "dora/github_status_incident_segments_2021_2024.csv"
DEPLOYMENTS = "devlake/github_deployment_commits.csv"
RUNS = "devlake/github_workflow_runs.csv"
ISSUES = "devlake/github_issues.csv"
EVENTS = "devlake/github_rest_issue_events.jsonl"
REQUESTS = "devlake/github_pull_requests.csv"
COMMITS = "devlake/github_pull_request_commits.csv"
REVIEWS = "devlake/github_pull_request_reviews.csv"


class Figure(NamedTuple):
    """A value, None where there is none to tell, and of how many it is one."""

    value: float | None
    items: int


NOTHING = Figure(None, 0)


def no_rows(*columns: str) -> pd.DataFrame:
    return pd.DataFrame({column: pd.Series(dtype="datetime64[ns, UTC]") for column in columns})


@dataclass(frozen=True)
class Told:
    """What raw files tell of delivery. Deployments are those to production that ended; None is a source not there.

    Deployments: deployment, at, is_success. Changes: authored, deployment. Incidents: began, restored. `days` are
    the first and the last instant of the files.
    """

    days: tuple[pd.Timestamp, pd.Timestamp]
    deployments: pd.DataFrame | None = None
    changes: pd.DataFrame | None = None
    incidents: pd.DataFrame | None = None


# Reading.


def instants(texts: pd.Series) -> pd.Series:
    return pd.to_datetime(texts, utc=True, format="ISO8601")


def first_and_last(*columns: pd.Series) -> tuple[pd.Timestamp, pd.Timestamp]:
    every = pd.concat([instants(column.dropna()) for column in columns])
    return every.min(), every.max()


def history(commits: Path, tags: Path) -> Told:
    """Releases but for pre-releases are deployments; commits but for merges, which join others, are changes."""
    made, released = (pd.read_csv(path, dtype=str) for path in (commits, tags))
    production = released[released["is_prerelease"] == "0"]
    changes = made[made["is_merge"] == "0"]
    return Told(
        first_and_last(changes["author_date"], changes["commit_date"], released["tag_date"]),
        pd.DataFrame({"deployment": production["tag"], "at": instants(production["tag_date"]), "is_success": True}),
        pd.DataFrame({"authored": instants(changes["author_date"]), "deployment": changes["first_tag"]}),
    )


def history_with_incidents(commits: Path, tags: Path, incidents: Path) -> Told:
    """Releases and incidents name no service, so an incident is laid at the door of the release before it."""
    released, broken = history(commits, tags), status_page(incidents)
    days = min(released.days[0], broken.days[0]), max(released.days[1], broken.days[1])
    return replace(released, days=days, incidents=broken.incidents)


def status_page(path: Path) -> Told:
    lines = pd.read_json(path, lines=True, dtype=False)
    return incidents_of(lines["started_at"].astype(str), lines["resolved_at"].astype(str))


def downtimes(path: Path) -> Told:
    rows = pd.read_csv(path, dtype=str)
    return incidents_of(rows["downtime_start"], rows["downtime_end"])


def incidents_of(began: pd.Series, restored: pd.Series) -> Told:
    incidents = pd.DataFrame({"began": instants(began), "restored": instants(restored)})
    return Told(first_and_last(began, restored), incidents=incidents)


def life_cycles(path: Path) -> Told:
    """The stays of incidents as the states of items: a flow, and no incident of it."""
    rows = pd.read_csv(path, dtype=str)
    return Told(first_and_last(rows["start_at"], rows["end_at"]))


def pages_deployed(path: Path) -> Told:
    """All go to the environment github-pages, so production has none; each is made when it starts.

    Their end is when the next one took the place.
    """
    rows = pd.read_csv(path, dtype=str)
    assert set(rows["environment"]) == {"github-pages"}
    nowhere = pd.DataFrame({"deployment": [], "at": instants(pd.Series(dtype=str)), "is_success": []})
    return Told(first_and_last(rows["started_date"]), nowhere)


ENDS = {"success": True, "failure": False, "timed_out": False, "startup_failure": False}


def runs(path: Path) -> Told:
    """Runs of type DEPLOYMENT that ended one way or the other; skipped, cancelled and the like were none."""
    rows = pd.read_csv(path, dtype=str)
    ended = rows[(rows["type"] == "DEPLOYMENT") & rows["conclusion"].isin(ENDS)]
    assert set(ended["environment"]) == {"PRODUCTION"}
    at, is_success = instants(ended["github_updated_at"]), ended["conclusion"].map(ENDS)
    deployments = pd.DataFrame({"deployment": ended["id"], "at": at, "is_success": is_success})
    return Told(first_and_last(ended["github_updated_at"]), deployments)


def issues(path: Path) -> Told:
    """Bugs at most, and no incident."""
    rows = pd.read_csv(path, dtype=str)
    assert not rows["type"].str.contains("incident", case=False, na=False).any()
    return Told(first_and_last(rows["created_date"], rows["resolution_date"]))


def requests(path: Path, commits: Path, *_: Path) -> Told:
    """Merged and not deployed: no commit of theirs is one of a deployment."""
    rows, made = (pd.read_csv(each, dtype=str) for each in (path, commits))
    merged = rows[rows["merged_date"].notna()]
    authored = instants(made["commit_authored_date"]).groupby(made["pull_request_id"]).min()
    changes = pd.DataFrame({"authored": merged["id"].map(authored), "deployment": None})
    dates = ("created_date", "merged_date", "closed_date")
    return Told(first_and_last(*(rows[column] for column in dates)), changes=changes)


def issue_events(path: Path) -> Told:
    lines = pd.read_json(path, lines=True, dtype=False)
    issue = pd.json_normalize(lines["issue"].tolist())
    return Told(first_and_last(lines["created_at"].astype(str), issue["created_at"], issue["closed_at"]))


# What the definitions make of it.


def expected(told: Told) -> dict[str, Figure]:
    """Every delivery figure over the whole of the files."""
    linked = told.incidents is not None and told.deployments is not None
    return {
        "deployment_frequency": frequency(told.deployments, told.days),
        "change_lead_time 0.5": lead_time(told, 0.5),
        "change_lead_time 0.85": lead_time(told, 0.85),
        "change_fail_rate": fail_rate(told),
        "failed_deployment_recovery_time": recovery(caused(told)) if linked else NOTHING,
        "deployment_rework_rate": NOTHING,  # no file says which deployments were not planned
        "mean_time_to_recovery": time_to_recovery(told.incidents),
        "batch_size 0.5": batch(told, 0.5),
        "batch_size 0.85": batch(told, 0.85),
        "incidents": NOTHING if told.incidents is None else Figure(len(told.incidents), len(told.incidents)),
    }


def quantile(values: pd.Series, share: float) -> Figure:
    return Figure(float(values.quantile(share)), len(values)) if len(values) else NOTHING


def frequency(deployments: pd.DataFrame | None, days: tuple[pd.Timestamp, pd.Timestamp]) -> Figure:
    """Successes per week of the days from the first to the last."""
    if deployments is None:
        return NOTHING
    count = deployments.loc[deployments["is_success"].astype(bool), "deployment"].nunique()
    weeks = ((days[1].normalize() - days[0].normalize()).days + 1) / 7
    return Figure(count / weeks, count)


def carried(told: Told) -> pd.DataFrame:
    """Changes with the successful production deployment that was the first to contain them."""
    if told.deployments is None or told.changes is None:
        return no_rows("authored", "at")
    return told.changes.merge(told.deployments[told.deployments["is_success"]], on="deployment")


def lead_time(told: Told, share: float) -> Figure:
    """Days from authored to deployed; a change is not deployed before it was authored."""
    changes = carried(told)
    days = (changes["at"] - changes["authored"]).dt.total_seconds() / DAY
    return quantile(days[days >= 0], share)


def batch(told: Told, share: float) -> Figure:
    """Changes of each successful deployment; 0 where a release brought none."""
    if told.deployments is None or told.changes is None:
        return NOTHING
    deployments = told.deployments.loc[told.deployments["is_success"], "deployment"]
    return quantile(carried(told).groupby("deployment").size().reindex(deployments, fill_value=0), share)


def caused(told: Told) -> pd.DataFrame:
    """Incidents with the last success before each, where that was in the seven days before."""
    assert told.incidents is not None
    assert told.deployments is not None
    successes = told.deployments[told.deployments["is_success"]].sort_values("at")
    begun = told.incidents.sort_values("began")
    return pd.merge_asof(begun, successes, left_on="began", right_on="at", tolerance=WINDOW).dropna(subset="deployment")


def fail_rate(told: Told) -> Figure:
    """Distinct deployments with an incident ÷ deployments; not known where no source tells incidents."""
    if told.deployments is None:
        return NOTHING
    count = told.deployments["deployment"].nunique()
    return Figure(None if told.incidents is None else caused(told)["deployment"].nunique() / count, count)


def recovery(incidents: pd.DataFrame) -> Figure:
    """The median of the hours from the deployment that caused an incident to its end."""
    return quantile((incidents["restored"] - incidents["at"]).dt.total_seconds() / HOUR, 0.5)


def time_to_recovery(incidents: pd.DataFrame | None) -> Figure:
    """The mean of the hours from the beginning to the end, whatever the cause."""
    if incidents is None:
        return NOTHING
    hours = (incidents["restored"] - incidents["began"]).dt.total_seconds() / HOUR
    return Figure(float(hours.mean()), len(hours))


# The comparison.


@dataclass(frozen=True)
class Case:
    """Files imported together, how pandas reads them, and some of the figures, worked out once, to be seen."""

    name: str
    files: tuple[str, ...]
    read: Callable[..., Told]
    shown: Mapping[str, tuple[float, int]] = field(default_factory=dict)
    columns: str | None = None


def repository(name: str) -> tuple[str, str]:
    return f"git/{name}_commits.csv", f"git/{name}_releases.csv"


CASES = (
    Case(
        "datasette",
        repository("datasette"),
        history,
        {
            "deployment_frequency": (0.2438, 111),
            "change_lead_time 0.5": (2.4668, 1669),
            "change_lead_time 0.85": (19.1637, 1669),
            "batch_size 0.85": (23.5, 111),
        },
    ),
    Case(
        "httpx",
        repository("httpx"),
        history,
        {
            "deployment_frequency": (0.2407, 84),
            "change_lead_time 0.5": (9.0316, 1409),
            "change_lead_time 0.85": (44.9880, 1409),
            "batch_size 0.85": (34.0, 84),
        },
    ),
    Case(
        "datasette and incidents",
        (*repository("datasette"), INCIDENTS),
        history_with_incidents,
        {"change_fail_rate": (17 / 111, 111), "failed_deployment_recovery_time": (118.3039, 55)},
    ),
    Case("status page", (INCIDENTS,), status_page, {"mean_time_to_recovery": (3.9979, 399), "incidents": (399, 399)}),
    Case("downtimes", (WINDOWS,), downtimes, {"mean_time_to_recovery": (4.0566, 399), "incidents": (399, 399)}),
    Case("life cycles", (SEGMENTS,), life_cycles, columns="item=incident_id,state=status,start=start_at,at=end_at"),
    Case("pages deployed", (DEPLOYMENTS,), pages_deployed, {"deployment_frequency": (0.0, 0)}),
    Case("workflow runs", (RUNS,), runs, {"deployment_frequency": (1.4, 14)}),
    Case("issues", (ISSUES,), issues),
    Case("pull requests", (REQUESTS, COMMITS, REVIEWS), requests),
    Case("issue events", (EVENTS,), issue_events),
)
each_case = pytest.mark.parametrize("case", [pytest.param(case, id=case.name) for case in CASES])


@pytest.fixture(scope="module")
def imported(
    tmp_path_factory: pytest.TempPathFactory, catalogue: Catalogue, shared: Shared
) -> Callable[[Case], Warehouse]:
    """A case in a home of its own, imported once."""
    known: dict[str, Warehouse] = {}

    def bring(case: Case) -> Warehouse:
        if case.name not in known:
            settings = Settings(home=tmp_path_factory.mktemp("delivery"), threads=1)
            options = build.Options(stream="s", columns=read_columns_option(case.columns))
            build.import_files([shared(name) for name in case.files], settings, catalogue, options)
            known[case.name] = Warehouse(settings.warehouse, catalogue)
        return known[case.name]

    return bring


@pytest.fixture(scope="module")
def told(shared: Shared) -> Callable[[Case], Told]:
    """What pandas reads of a case, read once."""
    known: dict[str, Told] = {}

    def read(case: Case) -> Told:
        if case.name not in known:
            known[case.name] = case.read(*map(shared, case.files))
        return known[case.name]

    return read


def asked(warehouse: Warehouse, question: str, scope: Scope) -> Figure:
    """The headline of a metric, `change_lead_time 0.85` with its percentile."""
    name, _, share = question.partition(" ")
    headline = warehouse.headline(warehouse.catalogue.metrics[name], replace(scope, percentile=float(share or 0.5)))
    return Figure(headline["value"], headline["items"])


@each_case
def test_raw_files_give_the_figures_that_the_case_shows(case: Case, told: Callable[[Case], Told]) -> None:
    found = expected(told(case))
    for question, (value, items) in case.shown.items():
        assert found[question] == (pytest.approx(value, abs=6e-5), items), question


@each_case
def test_the_scope_offered_first_is_all_that_the_files_tell(
    case: Case, told: Callable[[Case], Told], imported: Callable[[Case], Warehouse]
) -> None:
    first, last = (instant.date() for instant in told(case).days)
    scope = imported(case).default_scope()
    assert (scope.since, scope.until) == (first, last + dt.timedelta(days=1))


@each_case
def test_delivery_figures_are_those_of_the_raw_files(
    case: Case, told: Callable[[Case], Told], imported: Callable[[Case], Warehouse]
) -> None:
    theirs = expected(told(case))
    warehouse = imported(case)
    ours = {question: asked(warehouse, question, warehouse.default_scope()) for question in theirs}
    assert {question: figure.items for question, figure in ours.items()} == {
        question: figure.items for question, figure in theirs.items()
    }
    for question, figure in theirs.items():
        assert ours[question].value == (pytest.approx(figure.value, rel=1e-9) if figure.value is not None else None), (
            question
        )


@pytest.mark.parametrize("case", [pytest.param(case, id=case.name) for case in CASES if case.read is history])
def test_weeks_without_a_release_are_0_and_the_others_count_theirs(
    case: Case, told: Callable[[Case], Told], imported: Callable[[Case], Warehouse]
) -> None:
    released, warehouse = told(case).deployments, imported(case)
    assert released is not None
    scope = replace(warehouse.default_scope(), period="week")
    weeks = warehouse.measure(warehouse.catalogue.metrics["deployment_frequency"], scope)
    mondays = weeks["period_start"] - pd.to_timedelta(weeks["period_start"].dt.day_of_week, unit="D")
    day = released["at"].dt.tz_localize(None).dt.normalize()
    theirs = (day - pd.to_timedelta(day.dt.day_of_week, unit="D")).value_counts()
    assert weeks["items"].tolist() == [theirs.get(monday, 0) for monday in mondays]
    assert weeks["items"].sum() == len(released)
    assert (weeks["value"][1:-1] == weeks["items"][1:-1]).all()
    assert (weeks["items"] == 0).sum() > 100
