"""Every file in the folder of real exports is imported, or refused in words that help, and agrees with the raw file.

`real_exports` says what a file holds, without the program. A case names the files that a user would give together,
what he would have to say about them, and the median and 85th percentile that the raw file gives.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest
import real_exports as raw
from conftest import SHARED, Imports, Shared
from real_exports import Facts

from dashboard import build
from dashboard.account import FileAccount
from dashboard.catalogue import Catalogue
from dashboard.errors import SourceError
from dashboard.settings import Settings
from dashboard.sources import read_columns_option
from dashboard.warehouse import Warehouse

DAY = 86_400
DESCRIPTION = "SOURCES.md"


@dataclass(frozen=True)
class Case:
    """Files imported together, and what is known of them. `p50` and `p85` are days of `figure`."""

    files: tuple[str, ...]
    facts: Callable[..., Facts]
    figure: str = "leads"
    n: int = 0
    p50: float | None = None
    p85: float | None = None
    columns: str | None = None
    name_of: Callable[[str], str] = str  # the key of an imported item as the raw file has it
    accepts_bad_rows: bool = False
    one_by_one: bool = False

    @property
    def title(self) -> str:
        return "+".join(Path(name).name for name in self.files)


def last_number(key: str) -> str:
    """`owner/repository#228` → `228`: how a tool's number is made unique is the format's choice."""
    return re.findall(r"\d+", key)[-1]


def words(key: str) -> str:
    """`package+17`, `package/17` → `package 17`."""
    return " ".join(re.findall(r"[^\W_]+", key))


def _cases(*cases: Case) -> tuple[Case, ...]:
    return cases


JIRA = "unlicensed/jira_cloud_"
DEVLAKE = "devlake/"

ITEM_LISTS = _cases(
    Case(("jira/jira_cloud_en_nl_werkplaats2.csv",), raw.jira_csv, n=9, p50=6.9583, p85=18.1117),
    Case(
        ("jira/jira_server_en_gitbugs_hadoop.csv",), raw.jira_csv_without_keys, n=1429, p50=12.2590, p85=112.7408
    ),
    Case((f"{JIRA}en_nautilus_wallet.csv",), raw.jira_csv_deployed_before_done, n=113, p50=0.7799, p85=62.5983),
    Case((f"{JIRA}es_tic_allfields.csv",), raw.jira_csv_spanish, n=250, p50=9.6767, p85=15.4092),
    Case((f"{JIRA}es_tic_currentfields.csv",), raw.jira_csv_spanish_current),
    Case(
        (f"{JIRA}es_tic_allfields.csv", f"{JIRA}es_tic_currentfields.csv"),
        raw.jira_csv_spanish_twice,
        n=250,
        p50=9.6767,
        p85=15.4092,
        one_by_one=True,
    ),
    Case((f"{JIRA}pl_tsl.csv",), raw.jira_csv_polish),
    Case(("unlicensed/jira_server_en_blank_filler_rows.csv",), raw.jira_csv),
    Case(
        ("unlicensed/jira_fi_latin1_semicolon.csv",),
        raw.requests_in_latin_1,
        n=710,
        p50=0.0169,
        p85=13.0262,
        columns="item=id,title=title,type=category,created=datetime,finished=datetime2",
    ),
    Case(
        ("cycletime/ado_query_export_swiss_dates_lighthouse.csv",), raw.azure_swiss, n=88, p50=0.0671, p85=1.1170
    ),
    Case(("cycletime/ado_semicolon_us_dates_letpeoplework.csv",), raw.azure_american, n=261, p50=3.8981, p85=7.7065),
    Case(
        ("cycletime/jira_created_finished_rueedlinger.csv",),
        raw.created_finished,
        n=2461,
        p50=5.0,
        p85=19.0,
        accepts_bad_rows=True,
    ),
    Case(
        ("trackers/github_issues_pyart.csv",),
        raw.issues_of_two_packages,
        n=701,
        p50=19.8930,
        p85=404.1700,
        columns="item=package+number,created=created,finished=closed",
        name_of=words,
    ),
    Case(("trackers/linear_export.csv",), raw.linear, n=1, p50=0.0, p85=0.0),
    Case(("unlicensed/gitlab_issue_export.csv",), raw.gitlab_csv, n=7, p50=26.8235, p85=45.7905, accepts_bad_rows=True),
    Case((f"{DEVLAKE}github_issues.csv",), raw.devlake_issues, n=26, p50=3.3212, p85=55.3545),
    Case((f"{DEVLAKE}gitlab_issues.csv",), raw.devlake_issues, n=12, p50=16.7111, p85=110.7244),
    Case((f"{DEVLAKE}jira_issues.csv",), raw.devlake_issues, n=30, p50=6.1399, p85=11.4205),
    Case(
        (f"{DEVLAKE}gitlab_rest_issues.jsonl",),
        raw.gitlab_rest,
        n=12,
        p50=16.7111,
        p85=110.7244,
        name_of=last_number,
    ),
    Case((f"{DEVLAKE}github_pull_requests.csv",), raw.devlake_pull_requests, n=26, p50=0.7807, p85=5.2939),
    Case(
        (f"{DEVLAKE}github_rest_issue_events.jsonl",),
        raw.github_events,
        n=11,
        p50=22.6961,
        p85=103.7097,
        name_of=last_number,
    ),
    Case((f"{DEVLAKE}trello_rest_cards.jsonl",), raw.trello_cards),
    Case(
        (f"{DEVLAKE}jira_issues.csv", f"{DEVLAKE}jira_sprints.csv", f"{DEVLAKE}jira_sprint_issues.csv"),
        raw.devlake_issues_with_sprints,
        n=30,
        p50=6.1399,
        p85=11.4205,
    ),
)  # fmt: skip

LOGS = _cases(
    Case(
        ("changelog/aea_jira_history_2024.csv",),
        raw.checks,
        figure="spans",
        n=690,
        p50=116.2271,
        p85=237.8732,
        columns="item=ticket,state=Status,at=As.Of.Date",
    ),
    Case(("cycletime/actionableagile_layout_rnwolf.csv",), raw.sheet, n=97, p50=91.0, p85=275.2),
    Case(
        ("dora/github_status_incident_segments_2021_2024.csv",),
        raw.incident_segments,
        figure="spans",
        n=395,
        p50=0.0417,
        p85=0.1433,
        columns="item=incident_id,state=status,start=start_at,at=end_at",
    ),
    Case(
        ("eventlogs/bpic2013_closed_problems.csv",), raw.status_log, figure="spans", n=1487, p50=82.0222, p85=404.2536
    ),
    Case(
        ("eventlogs/bpic2013_closed_problems.xes.gz",),
        raw.xes_status,
        figure="spans",
        n=1487,
        p50=82.0222,
        p85=404.2536,
    ),
    Case(("eventlogs/helpdesk.csv",), raw.helpdesk, figure="spans", n=4580, p50=101.9997, p85=235.2747),
    Case(("eventlogs/helpdesk_full.xes.gz",), raw.xes, figure="spans", n=4580, p50=39.8592, p85=50.0500),
    Case(("eventlogs/interval_event_log.csv",), raw.interval_log, figure="spans", n=1266, p50=22.3758, p85=30.9607),
    Case(
        ("eventlogs/patients_start_complete.csv",),
        raw.patients,
        figure="spans",
        n=500,
        p50=6.0855,
        p85=9.8090,
        columns="item=patient,state=handling,at=time,lifecycle=registration_type,instance=handling_id,person=employee",
    ),
    Case(("eventlogs/production_start_end.csv",), raw.production, figure="spans", n=225, p50=13.9014, p85=42.1461),
    Case(("eventlogs/receipt.csv",), raw.event_log, figure="spans", n=1434, p50=0.0332, p85=11.0809),
    Case(("eventlogs/receipt.parquet",), raw.parquet_log, figure="spans", n=1434, p50=0.0332, p85=11.0809),
    Case(("eventlogs/roadtraffic100traces.csv",), raw.event_log, figure="spans", n=100, p50=253.0, p85=638.8),
    Case(("eventlogs/running-example.csv",), raw.event_log, figure="spans", n=6, p50=9.4438, p85=16.4432),
    Case(("eventlogs/running-example.xes",), raw.xes, figure="spans", n=6, p50=9.4438, p85=16.4432),
    Case(("unlicensed/jira_changelog_kanban_prj.csv",), raw.kanban_changelog, n=113, p50=6.7595, p85=20.0186),
    Case((f"{DEVLAKE}jira_issue_changelogs.csv",), raw.devlake_changelog),
    Case(
        (f"{DEVLAKE}jira_issues.csv", f"{DEVLAKE}jira_issue_changelogs.csv"),
        raw.devlake_issues_with_changelog,
        n=30,
        p50=6.1399,
        p85=11.4205,
    ),
    Case(
        (f"{DEVLAKE}jira_issue_status_history.csv",),
        raw.devlake_status_history,
        figure="spans",
        n=32,
        p50=289.3134,
        p85=289.3255,
    ),
    Case(
        (f"{DEVLAKE}jira_rest_board_issues_expand_changelog.json",), raw.jira_rest, n=25, p50=6.3376, p85=17.5336
    ),
    Case((f"{DEVLAKE}jira_rest_issue_changelog_entries.jsonl",), raw.jira_rest_entries),
)  # fmt: skip

DELIVERY = _cases(
    Case((f"{DEVLAKE}github_deployment_commits.csv",), raw.github_deployments),
    Case((f"{DEVLAKE}gitlab_deployments.csv",), raw.gitlab_deployments),
    Case((f"{DEVLAKE}gitlab_jobs.csv",), raw.gitlab_jobs),
    Case((f"{DEVLAKE}github_workflow_runs.csv",), raw.github_runs),
    Case(
        (
            f"{DEVLAKE}github_pull_requests.csv",
            f"{DEVLAKE}github_pull_request_commits.csv",
            f"{DEVLAKE}github_pull_request_reviews.csv",
        ),
        raw.devlake_pull_requests_with_commits,
        n=26,
        p50=0.7807,
        p85=5.2939,
    ),
    Case(
        ("git/datasette_commits.csv", "git/datasette_releases.csv"),
        raw.commits_and_releases,
        figure="change_leads",
        n=3470,
        p50=3.2799,
        p85=25.9295,
    ),
    Case(
        ("git/httpx_commits.csv", "git/httpx_releases.csv"),
        raw.commits_and_releases,
        figure="change_leads",
        n=1458,
        p50=9.0408,
        p85=43.5263,
    ),
    Case(("git/datasette_releases.csv",), raw.releases),
    Case(("git/httpx_releases.csv",), raw.releases),
    Case(
        ("dora/github_status_downtime_windows_2021_2024.csv",),
        raw.downtime_windows,
        figure="incidents",
        n=399,
        p50=0.0431,
        p85=0.1467,
    ),
    Case(
        ("dora/github_status_incidents_2021_2024.jsonl",),
        raw.incidents,
        figure="incidents",
        n=399,
        p50=0.0410,
        p85=0.1403,
    ),
)  # fmt: skip

# With these alone there is nothing to measure: the refusal says that and what to import as well.
REFUSED = {
    f"{DEVLAKE}jira_sprints.csv": "issues",
    f"{DEVLAKE}jira_sprint_issues.csv": "issues",
    f"{DEVLAKE}github_pull_request_commits.csv": "pull requests",
    f"{DEVLAKE}github_pull_request_reviews.csv": "pull requests",
}
NEED_COLUMNS = ("unlicensed/jira_fi_latin1_semicolon.csv", "eventlogs/patients_start_complete.csv")

CASES = (*ITEM_LISTS, *LOGS, *DELIVERY)
each_case = pytest.mark.parametrize("case", [pytest.param(case, id=case.title) for case in CASES])


@dataclass(frozen=True)
class Imported:
    """What the program made of the files of a case, and everything that it said."""

    accounts: tuple[FileAccount, ...]
    warehouse: Warehouse
    said: str

    def records(self, fate: str | None = None) -> int:
        return sum(account.records(fate) for account in self.accounts)


@pytest.fixture(scope="session")
def facts(shared: Callable[[str], Path]) -> Callable[[Case], Facts]:
    """The facts of a case, read once."""
    known: dict[str, Facts] = {}

    def read(case: Case) -> Facts:
        if case.title not in known:
            known[case.title] = case.facts(*map(shared, case.files))
        return known[case.title]

    return read


@pytest.fixture(scope="session")
def imported(
    tmp_path_factory: pytest.TempPathFactory, catalogue: Catalogue, shared: Callable[[str], Path]
) -> Callable[[Case], Imported]:
    """A case, imported once."""
    known: dict[str, Imported] = {}

    def bring(case: Case) -> Imported:
        if case.title not in known:
            settings = Settings(home=tmp_path_factory.mktemp("home"))
            paths = list(map(shared, case.files))
            options = build.Options(
                stream="s", columns=read_columns_option(case.columns), accepts_bad_rows=case.accepts_bad_rows
            )
            notes: list[str] = []
            accounts = [
                build.import_files(files, settings, catalogue, options, notes.append)
                for files in ([[path] for path in paths] if case.one_by_one else [paths])
            ]
            known[case.title] = Imported(
                tuple(file for account in accounts for file in account.files),
                Warehouse(settings.warehouse, catalogue),
                "\n".join([*notes, *map(repr, accounts)]),
            )
        return known[case.title]

    return bring


def files_of_the_folder() -> list[str]:
    """Every file of the folder but for its description."""
    root = SHARED / "data"
    found = sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())
    assert found, f"{root} has no files. Set VSM_SHARED to the folder of the real exports."
    return [name for name in found if name != DESCRIPTION]


def test_every_file_of_the_folder_is_in_a_case() -> None:
    tried = {name for case in CASES for name in case.files} | REFUSED.keys()
    assert set(files_of_the_folder()) == tried


@each_case
def test_raw_files_give_the_figures_that_the_case_states(case: Case, facts: Callable[[Case], Facts]) -> None:
    found = durations(facts(case), case.figure)
    assert len(found) == case.n
    if case.n:
        days = found.quantile([0.5, 0.85]) / DAY
        assert days.tolist() == pytest.approx([case.p50, case.p85], abs=6e-5)


def durations(found: Facts, figure: str) -> pd.Series:
    """Seconds by item of one figure, without those whose end is a matter of opinion."""
    values: Mapping[str, float] = getattr(found, figure)
    return pd.Series({item: each for item, each in values.items() if item not in found.undecided}, dtype=float)


@each_case
def test_every_record_has_a_fate(
    case: Case, facts: Callable[[Case], Facts], imported: Callable[[Case], Imported]
) -> None:
    found, done = facts(case), imported(case)
    assert done.records() == found.records
    assert done.records("kept") + done.records("set aside") + done.records("ignored") == found.records
    if found.backwards:  # an item that a check names, or set aside; not both, and not left out in silence
        items = set(done.warehouse.table("marts.items")["item_id"])
        assert done.records("set aside") + len(items & found.backwards) == len(found.backwards)
    else:
        assert done.records("set aside") == found.set_aside
    if found.ignored is not None:
        assert done.records("ignored") == found.ignored


@pytest.mark.parametrize("case", [pytest.param(case, id=case.title) for case in CASES if case not in DELIVERY])
def test_items_are_those_of_the_raw_file(
    case: Case, facts: Callable[[Case], Facts], imported: Callable[[Case], Imported]
) -> None:
    found = facts(case)
    ours = {case.name_of(item) for item in imported(case).warehouse.table("marts.items")["item_id"]}
    assert found.items - ours == set()
    assert ours - found.items <= found.undated | found.backwards


def having(figure: str) -> pytest.MarkDecorator:
    """The cases with that figure. Told by the case, for the files are not to be read when tests are collected."""
    named = {"moves": WITH_MOVES, "parents": WITH_PARENTS}.get(figure)
    chosen = [case for case in CASES if (case.facts in named if named else case.figure == figure and case.n)]
    return pytest.mark.parametrize("case", [pytest.param(case, id=case.title) for case in chosen])


WITH_MOVES = (
    raw.kanban_changelog,
    raw.devlake_changelog,
    raw.devlake_issues_with_changelog,
    raw.jira_rest,
    raw.jira_rest_entries,
)
WITH_PARENTS = (
    raw.jira_csv,
    raw.jira_csv_deployed_before_done,
    raw.jira_csv_spanish,
    raw.jira_csv_spanish_twice,
    raw.devlake_issues,
    raw.linear,
    raw.azure_swiss,
)


@having("leads")
def test_lead_times_are_those_of_the_raw_file(
    case: Case, facts: Callable[[Case], Facts], imported: Callable[[Case], Imported]
) -> None:
    found = facts(case)
    items = imported(case).warehouse.table("marts.items")
    finished = items[items["finished_at"].notna()]
    ours = pd.Series(finished["lead_seconds"].tolist(), index=finished["item_id"].map(case.name_of), dtype=float)
    agrees(ours.drop(list(found.undecided & set(ours.index))), durations(found, "leads"))


@pytest.mark.parametrize(
    ("title", "path", "column", "between"),
    [
        ("Linear", "trackers/linear_export.csv", "Labels", ","),
        ("Jira", "unlicensed/jira_cloud_en_nautilus_wallet.csv", "Labels", ","),
        ("Azure", "cycletime/ado_query_export_swiss_dates_lighthouse.csv", "Tags", "|"),
        ("ActionableAgile", "cycletime/actionableagile_layout_rnwolf.csv", "Labels", "|"),
    ],
)
def test_labels_are_those_of_the_raw_file(
    title: str, path: str, column: str, between: str, shared: Shared, imports: Imports
) -> None:
    raw_file = pd.read_csv(shared(path), dtype=str, encoding_errors="replace")
    cells = raw_file[[name for name in raw_file if name.split(".")[0] == column]].fillna("")
    expected = [label.strip(" []") for cell in cells.to_numpy().ravel() for label in cell.split(between)]
    imports.run(shared(path), accepts_bad_rows=True)
    items = imports.tables()["items"]
    ours = items["labels"].dropna().str.split("|").explode()
    assert Counter(ours) == Counter(filter(None, expected)), title
    assert len(ours)


@each_case
def test_what_is_not_finished_in_the_raw_file_is_not_finished(
    case: Case, facts: Callable[[Case], Facts], imported: Callable[[Case], Imported]
) -> None:
    found = facts(case)
    items = imported(case).warehouse.table("marts.items")
    finished = {case.name_of(item) for item in items.loc[items["finished_at"].notna(), "item_id"]}
    cancelled = {case.name_of(item) for item in items.loc[items["cancelled_at"].notna(), "item_id"]}
    assert found.cancelled <= cancelled
    assert not finished & (found.cancelled | found.backwards)
    if not found.spans and found.moves is None:  # in a log, an end may be proposed
        assert finished <= found.leads.keys() | found.undecided


@having("spans")
def test_case_durations_are_those_of_the_raw_file(
    case: Case, facts: Callable[[Case], Facts], imported: Callable[[Case], Imported]
) -> None:
    items = imported(case).warehouse.table("marts.items").set_index("item_id")
    agrees(items["history_seconds"].fillna(0.0), durations(facts(case), "spans"))


@having("moves")
def test_changes_of_status_are_those_of_the_raw_file(
    case: Case, facts: Callable[[Case], Facts], imported: Callable[[Case], Imported]
) -> None:
    assert len(imported(case).warehouse.table("canonical.transitions")) == facts(case).moves


@having("parents")
def test_parents_are_named_by_their_key(
    case: Case, facts: Callable[[Case], Facts], imported: Callable[[Case], Imported]
) -> None:
    items = imported(case).warehouse.table("marts.items").dropna(subset="parent_id").set_index("item_id")
    assert items["parent_id"].to_dict() == facts(case).parents


@pytest.mark.parametrize("case", [pytest.param(case, id=case.title) for case in DELIVERY])
def test_deployments_are_those_of_the_raw_file(
    case: Case, facts: Callable[[Case], Facts], imported: Callable[[Case], Imported]
) -> None:
    found = facts(case)
    table = imported(case).warehouse.table("canonical.deployments")
    ours = dict(zip(table["deployment_id"], table["status"] == "success", strict=True))
    assert {key: ours.get(key) for key in found.deployments} == found.deployments
    assert ours.keys() - found.deployments.keys() <= found.undecided


@having("change_leads")
def test_lead_times_of_changes_are_those_of_the_raw_file(
    case: Case, facts: Callable[[Case], Facts], imported: Callable[[Case], Imported]
) -> None:
    found, warehouse = facts(case), imported(case).warehouse
    changes, deployments = (warehouse.table(f"canonical.{name}") for name in ("changes", "deployments"))
    assert set(changes["change_id"]) == found.changes.keys()
    both = changes.merge(deployments, on="deployment_id")
    ours = (both["deployed_at"] - both["authored_at"]).dt.total_seconds()
    agrees(pd.Series(ours.tolist(), index=both["change_id"]), durations(found, "change_leads"))


def test_pull_request_is_authored_with_its_first_commit(
    facts: Callable[[Case], Facts], imported: Callable[[Case], Imported]
) -> None:
    case = next(case for case in DELIVERY if case.facts is raw.devlake_pull_requests_with_commits)
    changes = imported(case).warehouse.table("canonical.changes").dropna(subset=["authored_at", "merged_at"])
    ours = (changes["merged_at"] - changes["authored_at"]).dt.total_seconds().sort_values()
    theirs = pd.Series(facts(case).change_leads).sort_values()
    assert len(theirs) == 26
    assert ours.tolist() == pytest.approx(theirs.tolist(), abs=1e-3)
    assert (theirs.quantile([0.5, 0.85]) / DAY).tolist() == pytest.approx([0.7814, 6.1001], abs=6e-5)


@having("incidents")
def test_times_to_restore_are_those_of_the_raw_file(
    case: Case, facts: Callable[[Case], Facts], imported: Callable[[Case], Imported]
) -> None:
    table = imported(case).warehouse.table("marts.incidents").set_index("incident_id")
    agrees(table["restore_seconds"], durations(facts(case), "incidents"))


@pytest.mark.parametrize(("name", "needed"), REFUSED.items(), ids=[Path(name).name for name in REFUSED])
def test_file_without_anything_to_measure_is_refused_and_says_what_to_import(
    name: str, needed: str, tmp_path: Path, catalogue: Catalogue, shared: Callable[[str], Path]
) -> None:
    with pytest.raises(SourceError) as refusal:
        build.import_files([shared(name)], Settings(home=tmp_path), catalogue)
    start, file_name, reason = str(refusal.value).partition(Path(name).name)
    assert (start, file_name) == ("", Path(name).name)
    assert "nothing to measure" in reason
    assert needed in reason


@pytest.mark.parametrize("name", NEED_COLUMNS)
def test_file_with_columns_of_its_own_is_refused_with_the_option_that_names_them(
    name: str, tmp_path: Path, catalogue: Catalogue, shared: Callable[[str], Path]
) -> None:
    with pytest.raises(SourceError, match="--columns"):
        build.import_files([shared(name)], Settings(home=tmp_path), catalogue)


def test_numbers_that_repeat_are_not_taken_for_one_item(
    tmp_path: Path, catalogue: Catalogue, shared: Callable[[str], Path]
) -> None:
    # 71 numbers stand for an issue of each of the two packages: by number alone, 683 items.
    settings = Settings(home=tmp_path)
    try:
        account = build.import_files([shared("trackers/github_issues_pyart.csv")], settings, catalogue)
    except SourceError as refusal:
        assert "number" in str(refusal)
    else:
        items = Warehouse(settings.warehouse, catalogue).table("marts.items")
        assert len(items) + account.files[0].records("set aside") == 754


# Times as written, by item: which log has its days and months swapped.
WRITTEN: dict[str, Callable[[Path], Mapping[str, Sequence[pd.Timestamp]]]] = {
    "eventlogs/helpdesk.csv": lambda path: raw.local_times(raw.table(path, ";"), "case_id", "timestamp"),
    "eventlogs/helpdesk_full.xes.gz": lambda path: raw.local_times(raw.xes_events(path), "case", "time:timestamp"),
    **{
        f"eventlogs/{name}.csv": lambda path: raw.local_times(raw.table(path), "case:concept:name", "time:timestamp")
        for name in (
            "bpic2013_closed_problems",
            "interval_event_log",
            "production_start_end",
            "receipt",
            "roadtraffic100traces",
        )
    },
    "eventlogs/patients_start_complete.csv": lambda path: raw.local_times(raw.table(path), "patient", "time"),
    "changelog/aea_jira_history_2024.csv": lambda path: raw.local_times(raw.table(path), "ticket", "As.Of.Date"),
}


def test_swapped_days_of_the_damaged_log_are_those_of_the_log_in_full(shared: Callable[[str], Path]) -> None:
    damaged = WRITTEN["eventlogs/helpdesk.csv"](shared("eventlogs/helpdesk.csv"))
    full = WRITTEN["eventlogs/helpdesk_full.xes.gz"](shared("eventlogs/helpdesk_full.xes.gz"))
    mended = [sorted(at.replace(month=at.day, day=at.month) if at.day <= 12 else at for at in each)
              for each in damaged.values()]  # fmt: skip
    assert sorted(mended) == sorted(sorted(each) for each in full.values())
    changed = [at for each in damaged.values() for at in each if at.day <= 12 and at.day != at.month]
    assert len(changed) == 7_709  # of 21,348
    assert all(each == sorted(each) for each in damaged.values())  # so the order of rows tells nothing


@pytest.mark.parametrize("name", WRITTEN)
def test_days_that_another_program_swapped_lead_to_a_warning_and_honest_ones_do_not(
    name: str, shared: Callable[[str], Path], imported: Callable[[Case], Imported]
) -> None:
    votes = raw.swap_votes(WRITTEN[name](shared(name)))
    is_damaged = name == "eventlogs/helpdesk.csv"
    assert votes.as_written + votes.swapped > 100
    assert (votes.share_swapped > 0.85) if is_damaged else (votes.share_swapped < 0.3)
    said = imported(next(case for case in CASES if case.files == (name,))).said.lower()
    assert ("day and month" in said and "swapped" in said) == is_damaged


def test_swapping_the_days_back_gives_the_log_in_full(
    tmp_path: Path, catalogue: Catalogue, shared: Callable[[str], Path], imported: Callable[[Case], Imported]
) -> None:
    full = imported(next(case for case in CASES if case.files == ("eventlogs/helpdesk_full.xes.gz",))).warehouse
    settings = Settings(home=tmp_path)
    options = build.Options(swaps_days=True)
    account = build.import_files([shared("eventlogs/helpdesk.csv")], settings, catalogue, options)
    mended = Warehouse(settings.warehouse, catalogue)
    assert "as --swap-days says" in "; ".join(account.files[0].notes)
    days = mended.table("marts.items")["history_seconds"].sort_values(ignore_index=True) / DAY
    assert days.tolist() == pytest.approx(
        (full.table("marts.items")["history_seconds"].sort_values() / DAY).tolist(), abs=1e-6
    )
    assert days.quantile([0.5, 0.85]).tolist() == pytest.approx([39.8592, 50.05], abs=1e-3)
    # The CSV has numbers for the names of the activities.
    assert sorted(variants(mended).values()) == sorted(variants(full).values())
    # 226 in the file; 211 without the 127 records that repeat another one exactly. Unrepaired there are 699.
    assert len(variants(mended)) == 211


def variants(warehouse: Warehouse) -> Mapping[tuple[str, ...], int]:
    """The ways that cases took, and how many took each; ended activities, in the order of their ends."""
    moves = warehouse.table("canonical.transitions").sort_values(["item_id", "occurred_at", "seq"], kind="stable")
    moves = moves[~moves["to_state"].str.endswith(" · ended")]
    ways = moves.groupby("item_id")["to_state"].agg(tuple)
    return dict(ways.value_counts())


def agrees(ours: pd.Series, theirs: pd.Series) -> None:
    """Assert that two series have the same items and, item by item, the same seconds."""
    ours, theirs = ours.sort_index(), theirs.sort_index()
    assert list(ours.index) == list(theirs.index)
    assert ours.tolist() == pytest.approx(theirs.tolist(), abs=1e-3)
