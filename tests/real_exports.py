"""What real exports say, read from the raw file with csv, json, ElementTree and pandas alone.

Each function takes the path of an export (or several that belong together) and returns Facts. Nothing of the
program is imported, so that what it makes of a file can be compared with a second opinion.

A *lead time* runs from the creation to the finish that the row names (resolved, closed, completed, merged), in a
history to the entry into the last run of done states. A *span* runs from an item's first event to its last.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pandas as pd

Row = Mapping[str, str]
Moment = Callable[[str], pd.Timestamp]
Nothing: frozenset[str] = frozenset()

# Months as the Jira files here abbreviate them: English, Spanish, Polish.
MONTHS = {
    "jan": 1, "ene": 1, "sty": 1, "feb": 2, "lut": 2, "mar": 3, "apr": 4, "abr": 4, "kwi": 4, "may": 5, "maj": 5,
    "jun": 6, "cze": 6, "jul": 7, "lip": 7, "aug": 8, "ago": 8, "sie": 8, "sep": 9, "wrz": 9, "oct": 10, "paź": 10,
    "nov": 11, "lis": 11, "dec": 12, "dic": 12, "gru": 12,
}  # fmt: skip


@dataclass(frozen=True)
class Facts:
    """What an export holds. Durations in seconds; a field left empty is not known from the file.

    `ignored` records are blank, repeat another one exactly, or say nothing of a value stream; None where how many
    say something new is a matter of the format. `undated` items have no date at all. Whether an `undecided` item,
    deployment or change counts is a matter of opinion.
    """

    records: int
    ignored: int | None = 0
    set_aside: int = 0
    items: frozenset[str] = Nothing
    undated: frozenset[str] = Nothing
    leads: Mapping[str, float] = field(default_factory=dict)
    undecided: frozenset[str] = Nothing
    cancelled: frozenset[str] = Nothing
    backwards: frozenset[str] = Nothing
    spans: Mapping[str, float] = field(default_factory=dict)
    moves: int | None = None
    parents: Mapping[str, str] = field(default_factory=dict)
    deployments: Mapping[str, bool] = field(default_factory=dict)
    changes: Mapping[str, tuple[pd.Timestamp, str | None]] = field(default_factory=dict)
    change_leads: Mapping[str, float] = field(default_factory=dict)
    incidents: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Votes:
    """How many doubtful times of a log are nearer to a certain one of their item as written, or swapped."""

    as_written: int
    swapped: int

    @property
    def share_swapped(self) -> float:
        return self.swapped / max(self.as_written + self.swapped, 1)


# Reading.


def table(path: Path, delimiter: str = ",", encoding: str = "utf-8-sig") -> list[Row]:
    """The records of a CSV file that are not blank. Of columns with one name, the first counts."""
    header, *records = _cells(path, delimiter, encoding)
    return [dict(zip(reversed(header), reversed(cells), strict=True)) for cells in records if any(cells)]


def count(path: Path, delimiter: str = ",", encoding: str = "utf-8-sig") -> tuple[int, int]:
    """Records of a CSV file, and how many of them are blank or repeat one before."""
    records = [tuple(cells) for cells in _cells(path, delimiter, encoding)[1:]]
    return len(records), len(records) - len({cells for cells in records if any(cells)})


def _cells(path: Path, delimiter: str, encoding: str) -> list[list[str]]:
    csv.field_size_limit(10**8)
    return list(csv.reader(io.StringIO(path.read_bytes().decode(encoding), newline=""), delimiter=delimiter))


def json_lines(path: Path) -> list[dict[str, Any]]:
    """One object per line."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def xes_events(path: Path) -> list[Row]:
    """The events of an XES log, each with its trace's name as `case`."""
    content = path.read_bytes()
    root = ElementTree.fromstring(gzip.decompress(content) if path.suffix == ".gz" else content)
    return [
        {"case": _attributes(trace)["concept:name"], **_attributes(event)}
        for trace in root
        if _tag(trace) == "trace"
        for event in trace
        if _tag(event) == "event"
    ]


def _tag(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


def _attributes(element: ElementTree.Element) -> dict[str, str]:
    return {child.attrib["key"]: child.attrib["value"] for child in element if "value" in child.attrib}


# Instants.


def iso(text: str) -> pd.Timestamp:
    """`2024-05-11T15:26:00.123+0200` and its likes; without a zone, UTC."""
    at = pd.Timestamp(text)
    return at.tz_localize("UTC") if at.tzinfo is None else at.tz_convert("UTC")


def jira(text: str) -> pd.Timestamp:
    """`11/May/24 3:26 PM`, `30/Sep/21 17:20`, `11/abr/26 9:33 AM`."""
    date, clock, *half = text.split()
    day, month, year = date.split("/")
    hour, minute = (int(part) for part in clock.split(":"))
    if half:
        hour = hour % 12 + (12 if half == ["PM"] else 0)
    return pd.Timestamp(2000 + int(year), MONTHS[month.lower()], int(day), hour, minute, tz="UTC")


def swiss(text: str) -> pd.Timestamp:
    """`7.6.2025 14:59:28`: the 7th of June."""
    return pd.to_datetime(text, format="%d.%m.%Y %H:%M:%S", utc=True)


def american(text: str) -> pd.Timestamp:
    """`5/31/2023 8:04:10 AM`: the 31st of May."""
    return pd.to_datetime(text, format="%m/%d/%Y %I:%M:%S %p", utc=True)


def mail(text: str) -> pd.Timestamp:
    """`Wed, 2 Oct 2013 10:15:50 +0300`."""
    return pd.Timestamp(parsedate_to_datetime(text)).tz_convert("UTC")


def javascript(text: str) -> pd.Timestamp:
    """`Tue Aug 23 2022 13:54:01 GMT+0000 (GMT)`."""
    return pd.to_datetime(text.partition(" (")[0], format="%a %b %d %Y %H:%M:%S GMT%z", utc=True)


def _seconds(since: pd.Timestamp, until: pd.Timestamp) -> float:
    return float((until - since).total_seconds())


# Item lists: one row per item, with its dates.


def leads(rows: Iterable[Row], item: str, since: str, until: str, at: Moment = iso) -> dict[str, float]:
    """Item → seconds between the dates of two columns, where it has both."""
    return {row[item]: _seconds(at(row[since]), at(row[until])) for row in rows if row[since] and row[until]}


def jira_csv(path: Path, item: str = "Issue key", since: str = "Created", until: str = "Resolved") -> Facts:
    """A Jira export of issues. Parents are numbers of issues in English headers; here they are given as keys."""
    rows = table(path)
    records, ignored = count(path)
    keys = {row["Issue id"]: row[item] for row in rows if "Issue id" in row}
    return Facts(
        records,
        ignored,
        items=frozenset(row[item] for row in rows),
        leads=leads(rows, item, since, until, jira),
        parents={row[item]: keys[row["Parent"]] for row in rows if row.get("Parent")},
    )


# Resolutions that say that nothing was made: the issue was withdrawn, and a withdrawn item has no lead time.
WITHDRAWN = (
    "Duplicate",
    "Won't Fix",
    "Won't Do",
    "Invalid",
    "Not A Problem",
    "Not A Bug",
    "Cannot Reproduce",
    "Works for Me",
    "Abandoned",
)


def jira_csv_without_keys(path: Path) -> Facts:
    """No issue key and no type: the number of the issue is its name. What was resolved as withdrawn did not finish."""
    facts = jira_csv(path, item="Issue id")
    withdrawn = {row["Issue id"] for row in table(path) if row["Resolution"] in WITHDRAWN}
    return _with(facts, leads={item: lead for item, lead in facts.leads.items() if item not in withdrawn})


def jira_csv_deployed_before_done(path: Path) -> Facts:
    """Resolved says yes and the status category says In Progress for the 45 issues in Deploy: undecided."""
    facts = jira_csv(path)
    undecided = frozenset(row["Issue key"] for row in table(path) if row["Status Category"] == "In Progress")
    return _with(facts, undecided=undecided)


def jira_csv_spanish(path: Path) -> Facts:
    """All fields, with the resolution."""
    facts = jira_csv(path, "Clave de incidencia", "Creada", "Resuelta")
    parents = {row["Clave de incidencia"]: row["Clave principal"] for row in table(path) if row["Clave principal"]}
    return _with(facts, parents=parents)


def jira_csv_spanish_current(path: Path) -> Facts:
    """Current fields: a status `Finalizada` and no date of it, so no item has a lead time."""
    rows, (records, ignored) = table(path), count(path)
    done = frozenset(row["Clave de incidencia"] for row in rows if row["Estado"] == "Finalizada")
    return Facts(records, ignored, items=frozenset(row["Clave de incidencia"] for row in rows), undecided=done)


def jira_csv_spanish_twice(first: Path, second: Path) -> Facts:
    """All fields, then current fields a month later: the second adds items and names no date of a resolution.

    Whether the 84 that it shows as done are finished, without a date, is undecided.
    """
    one, two = jira_csv_spanish(first), jira_csv_spanish_current(second)
    return Facts(
        one.records + two.records,
        items=one.items | two.items,
        leads=one.leads,
        undecided=two.undecided,
        parents=one.parents,
    )


def jira_csv_polish(path: Path) -> Facts:
    """Nothing is resolved."""
    return jira_csv(path, "Klucz zgłoszenia", "Utworzono", "Rozwiązane")


def requests_in_latin_1(path: Path) -> Facts:
    """Two times a request, each also in seconds since 1970: the two agree."""
    rows = table(path, ";", "latin-1")
    for row in rows:
        for text, number in ((row["datetime"], row["num"]), (row["datetime2"], row["num2"])):
            assert not text or mail(text).timestamp() == int(number)
    records, ignored = count(path, ";", "latin-1")
    lead = leads(rows, "id", "datetime", "datetime2", mail)
    return Facts(records, ignored, items=frozenset(row["id"] for row in rows), leads=lead)


def azure_swiss(path: Path) -> Facts:
    """No date of creation: activated to closed. 27 items were never activated, so they have no date at all."""
    rows = table(path)
    return Facts(
        len(rows),
        ignored=None,  # items without a date may be kept or ignored, but they are not bad
        items=frozenset(row["ID"] for row in rows if row["Activated Date"]),
        undated=frozenset(row["ID"] for row in rows if not row["Activated Date"]),
        leads=leads(rows, "ID", "Activated Date", "Closed Date", swiss),
        parents={row["ID"]: row["Parent"] for row in rows if row["Parent"] and row["Activated Date"]},
    )


def azure_american(path: Path) -> Facts:
    """Activated to closed; five are not closed."""
    rows, (records, ignored) = table(path, ";"), count(path, ";")
    lead = leads(rows, "ID", "Activated Date", "Closed Date", american)
    return Facts(records, ignored, items=frozenset(row["ID"] for row in rows), leads=lead)


def created_finished(path: Path) -> Facts:
    """Created to finished in whole days; those that finish the day before they are created have no lead time."""
    rows, (records, _) = table(path), count(path)
    lead = leads(rows, "id", "created_date", "finished_date")
    return Facts(
        records,
        ignored=None,
        items=frozenset(item for item, seconds in lead.items() if seconds >= 0),
        leads={item: seconds for item, seconds in lead.items() if seconds >= 0},
        backwards=frozenset(item for item, seconds in lead.items() if seconds < 0),
    )


def issues_of_two_packages(path: Path) -> Facts:
    """Numbers repeat between the packages: an item is a package and a number."""
    rows = [{**row, "item": f"{row['package']} {row['number']}"} for row in table(path)]
    lead = leads(rows, "item", "created", "closed")
    return Facts(*count(path), items=frozenset(row["item"] for row in rows), leads=lead)


def linear(path: Path) -> Facts:
    """Created to completed; the archived one is neither finished nor cancelled by that."""
    rows = table(path)
    return Facts(
        *count(path),
        items=frozenset(row["ID"] for row in rows),
        leads=leads(rows, "ID", "Created", "Completed", javascript),
        cancelled=frozenset(row["ID"] for row in rows if row["Canceled"]),
        undecided=frozenset(row["ID"] for row in rows if row["Archived"]),
        parents={row["ID"]: row["Parent issue"] for row in rows if row["Parent issue"]},
    )


def gitlab_csv(path: Path) -> Facts:
    """Created to closed. Issue 10 stands twice, once Closed and once Open: both records are set aside."""
    rows = table(path)
    records, _ = count(path)
    states: dict[str, set[str]] = {}
    for row in rows:
        states.setdefault(row["Issue ID"], set()).add(row["State"])
    clear = [row for row in rows if len(states[row["Issue ID"]]) == 1]
    return Facts(
        records,
        ignored=None,
        set_aside=len(rows) - len(clear),
        items=frozenset(row["Issue ID"] for row in clear),
        leads=leads(clear, "Issue ID", "Created At (UTC)", "Closed At (UTC)"),
    )


def devlake_issues(path: Path) -> Facts:
    """Created to resolved."""
    rows = table(path)
    keys = {row["id"]: row["issue_key"] for row in rows}
    return Facts(
        *count(path),
        items=frozenset(keys.values()),
        leads=leads(rows, "issue_key", "created_date", "resolution_date"),
        parents={row["issue_key"]: keys[row["parent_issue_id"]] for row in rows if row["parent_issue_id"]},
    )


def devlake_pull_requests(path: Path) -> Facts:
    """Created to merged; closed without a merge is cancelled."""
    rows = table(path)
    return Facts(
        *count(path),
        items=frozenset(row["pull_request_key"] for row in rows),
        leads=leads(rows, "pull_request_key", "created_date", "merged_date"),
        cancelled=frozenset(row["pull_request_key"] for row in rows if row["closed_date"] and not row["merged_date"]),
    )


def devlake_pull_requests_with_commits(requests: Path, commits: Path, reviews: Path) -> Facts:
    """As without, and each merged one is a change, authored with its first commit or when it was opened, the earlier.

    Commits are written anew after a pull request was opened: then they are younger than it is.
    """
    facts = devlake_pull_requests(requests)
    authored: dict[str, pd.Timestamp] = {}
    for row in table(commits):
        at = iso(row["commit_authored_date"])
        authored[row["pull_request_id"]] = min(at, authored.get(row["pull_request_id"], at))
    merged = {row["pull_request_key"]: row for row in table(requests) if row["merged_date"]}
    for row in merged.values():
        at = iso(row["created_date"])
        authored[row["id"]] = min(at, authored.get(row["id"], at))
    known = merged
    return _with(
        facts,
        records=facts.records + count(commits)[0] + count(reviews)[0],
        ignored=None,
        changes={key: (authored[row["id"]], None) for key, row in known.items()},
        change_leads={key: _seconds(authored[row["id"]], iso(row["merged_date"])) for key, row in known.items()},
    )


def gitlab_rest(path: Path) -> Facts:
    """Created to closed."""
    issues = json_lines(path)
    lead = {
        str(issue["iid"]): _seconds(iso(issue["created_at"]), iso(issue["closed_at"]))
        for issue in issues
        if issue["closed_at"]
    }
    return Facts(len(issues), items=frozenset(str(issue["iid"]) for issue in issues), leads=lead)


def github_events(path: Path) -> Facts:
    """Events carry the issue or pull request as it was when they were fetched: created to closed of that.

    One pull request was merged a second before it was closed: undecided. What is closed as not planned is withdrawn.
    """
    events = json_lines(path)
    issues = {str(event["issue"]["number"]): event["issue"] for event in events}
    closed = {
        number: issue
        for number, issue in issues.items()
        if issue["closed_at"] and issue.get("state_reason") != "not_planned"
    }
    return Facts(
        len(events),
        ignored=None,
        items=frozenset(issues),
        leads={n: _seconds(iso(issue["created_at"]), iso(issue["closed_at"])) for n, issue in closed.items()},
        undecided=frozenset(
            number
            for number, issue in closed.items()
            if issue.get("pull_request", {}).get("merged_at") not in (None, issue["closed_at"])
        ),
    )


def trello_cards(path: Path) -> Facts:
    """Cards with the list they are in, but not its name: none is known to be finished."""
    cards = json_lines(path)
    return Facts(len(cards), items=frozenset(card["id"] for card in cards))


# Logs: one row per event.


def log(rows: Sequence[Row], item: str, at: str, start: str | None = None) -> dict[str, float]:
    """Item → seconds from its first event to its last."""
    frame = pd.DataFrame(rows)
    until = pd.to_datetime(frame[at], utc=True, format="ISO8601").groupby(frame[item]).max()
    since = pd.to_datetime(frame[start or at], utc=True, format="ISO8601").groupby(frame[item]).min()
    return dict((until - since).dt.total_seconds().items())


def event_log(path: Path, delimiter: str = ",", item: str = "case:concept:name", at: str = "time:timestamp") -> Facts:
    """One time an event."""
    rows, (records, ignored) = table(path, delimiter), count(path, delimiter)
    return Facts(records, ignored, items=frozenset(row[item] for row in rows), spans=log(rows, item, at))


def status_log(path: Path) -> Facts:
    """Events that leave the status as it was say nothing new."""
    return _with(event_log(path), ignored=None)


def interval_log(path: Path) -> Facts:
    """A start and an end an event."""
    rows, (records, ignored) = table(path), count(path)
    spans = log(rows, "case:concept:name", "time:timestamp", "start_timestamp")
    return Facts(records, ignored, items=frozenset(spans), spans=spans)


def production(path: Path) -> Facts:
    """50 rows repeat another one exactly; what else says nothing new is for the format to say."""
    return _with(interval_log(path), ignored=None)


def helpdesk(path: Path) -> Facts:
    """As written, which is wrong: see `swap_votes`."""
    return event_log(path, ";", "case_id", "timestamp")


def patients(path: Path) -> Facts:
    """Start and complete rows."""
    return event_log(path, item="patient", at="time")


def checks(path: Path) -> Facts:
    """Newest first; rows that change another field than the status say nothing new."""
    return _with(event_log(path, item="ticket", at="As.Of.Date"), ignored=None)


def parquet_log(path: Path) -> Facts:
    """Local times, read as they stand."""
    frame = pd.read_parquet(path)
    times = frame["time:timestamp"].groupby(frame["case:concept:name"])
    spans = dict((times.max() - times.min()).dt.total_seconds().items())
    return Facts(len(frame), items=frozenset(spans), spans=spans)


def xes(path: Path) -> Facts:
    """Events that repeat one of their trace exactly are ignored."""
    events = xes_events(path)
    ignored = len(events) - len({tuple(sorted(event.items())) for event in events})
    spans = log(events, "case", "time:timestamp")
    return Facts(len(events), ignored, items=frozenset(spans), spans=spans)


def xes_status(path: Path) -> Facts:
    """Events that leave the status as it was say nothing new."""
    return _with(xes(path), ignored=None)


def sheet(path: Path) -> Facts:
    """A date per stage: the first to the last."""
    rows = table(path)
    stages = ("Open", "Analysis", "Committed", "Develop", "Done")
    spans = {}
    for row in rows:
        dates = [iso(row[stage]) for stage in stages if row[stage]]
        spans[row["ID"]] = _seconds(min(dates), max(dates))
    return Facts(*count(path), items=frozenset(spans), spans=spans, leads=spans)


def incident_segments(path: Path) -> Facts:
    """The life of incidents as a log with a start and an end a row; 57 rows repeat another one."""
    rows, (records, ignored) = table(path), count(path)
    spans = log(rows, "incident_id", "end_at", "start_at")
    return Facts(records, ignored, items=frozenset(spans), spans=spans)


def kanban_changelog(path: Path) -> Facts:
    """Created to the last run of states of category Done. 65 issues have a row and no change: they are items."""
    rows = table(path)
    records, ignored = count(path)
    created = {row["issue_key"]: iso(row["issue_created_date"]) for row in rows}
    moves = [
        (row["issue_key"], iso(row["status_change_date"]), row["status_to_category_name"] == "Done")
        for row in rows
        if row["changelog_id"]
    ]
    return Facts(
        records,
        ignored,
        items=frozenset(created),
        leads=leads_of_moves(moves, created),
        moves=len(moves),
    )


def devlake_changelog(path: Path) -> Facts:
    """Changes of all fields; those of the status are moves. Items are known by their internal id alone."""
    rows = table(path)
    moves = [row for row in rows if row["field_name"] == "status"]
    return Facts(
        len(rows),
        len(rows) - len(moves),
        items=frozenset(row["issue_id"] for row in moves),
        moves=len(moves),
    )


def devlake_issues_with_changelog(issues: Path, changelog: Path) -> Facts:
    """Created to the last run of the three ends that the history knows; the keys are those of the issues."""
    rows, changes = table(issues), devlake_changelog(changelog)
    keys = {row["id"]: row["issue_key"] for row in rows}
    created = {row["issue_key"]: iso(row["created_date"]) for row in rows}
    moves = [
        (keys[row["issue_id"]], iso(row["created_date"]), row["original_to_value"] in {"Resolved", "Closed", "已完成"})
        for row in sorted(table(changelog), key=lambda row: int(row["id"].split(":")[3]))
        if row["field_name"] == "status"
    ]
    return _with(
        devlake_issues(issues),
        records=len(rows) + changes.records,
        ignored=changes.ignored,
        leads=leads_of_moves(moves, created),
        moves=len(moves),
    )


def devlake_issues_with_sprints(issues: Path, sprints: Path, links: Path) -> Facts:
    """Sprints say nothing of a value stream."""
    facts = devlake_issues(issues)
    others = count(sprints)[0] + count(links)[0]
    return _with(facts, records=facts.records + others, ignored=others)


def devlake_status_history(path: Path) -> Facts:
    """One row has no status."""
    rows = table(path)
    spans = log([row for row in rows if row["original_status"]], "issue_id", "start_date")
    return Facts(len(rows), None, set_aside=1, items=frozenset(spans), spans=spans)


def jira_rest(path: Path) -> Facts:
    """Created to the last run of the three ends that the history knows; five were ended as Won't Do."""
    issues = json.loads(path.read_text(encoding="utf-8"))["issues"]
    changes = [
        (int(history["id"]), issue["key"], iso(history["created"]), item["toString"])
        for issue in issues
        for history in issue["changelog"]["histories"]
        for item in history["items"]
        if item["field"] == "status"
    ]
    moves = [(key, at, state in {"Resolved", "Closed", "已完成"}) for _, key, at, state in sorted(changes)]
    created = {issue["key"]: iso(issue["fields"]["created"]) for issue in issues}
    outcomes = {issue["key"]: (issue["fields"].get("resolution") or {}).get("name") for issue in issues}
    leads = {key: lead for key, lead in leads_of_moves(moves, created).items() if outcomes[key] != "Won't Do"}
    return Facts(len(issues), items=frozenset(created), leads=leads, moves=len(moves))


def jira_rest_entries(path: Path) -> Facts:
    """Entries of the history of three issues that no other file here knows; ten change the status."""
    entries = json_lines(path)
    moved = [entry for entry in entries if any(item["field"] == "status" for item in entry["items"])]
    return Facts(
        len(entries),
        len(entries) - len(moved),
        items=frozenset(str(entry["issue_id"]) for entry in moved),
        moves=len(moved),
    )


def leads_of_moves(
    moves: Iterable[tuple[str, pd.Timestamp, bool]], created: Mapping[str, pd.Timestamp]
) -> dict[str, float]:
    """Item → seconds from creation to the entry into the last run of done states, where it stayed in one.

    Moves are (item, instant, is done), those of one instant in their order.
    """
    finished: dict[str, pd.Timestamp | None] = {}
    for item, at, is_done in sorted(moves, key=lambda move: move[1]):
        finished[item] = (finished.get(item) or at) if is_done else None
    return {item: _seconds(created[item], at) for item, at in finished.items() if at is not None}


# Delivery.


def github_deployments(path: Path) -> Facts:
    """A row per commit deployed; INACTIVE is a success that another one followed."""
    rows = table(path)
    done = {row["cicd_deployment_id"]: row["result"] == "SUCCESS" for row in rows}
    return Facts(*count(path), deployments=done)


def gitlab_deployments(path: Path) -> Facts:
    """Four have a result. One of these has no finish, so it may be left out."""
    rows = table(path)
    ended = [row for row in rows if row["result"]]
    return Facts(
        len(rows),
        ignored=None,
        deployments={row["id"]: row["result"] == "SUCCESS" for row in ended if row["finished_date"]},
        undecided=frozenset(row["id"] for row in ended if not row["finished_date"]),
    )


def gitlab_jobs(path: Path) -> Facts:
    """Three of the jobs deploy."""
    rows = table(path)
    deploying = [row for row in rows if row["type"] == "DEPLOYMENT"]
    return Facts(
        len(rows),
        len(rows) - len(deploying),
        deployments={row["id"]: row["result"] == "SUCCESS" for row in deploying},
    )


def github_runs(path: Path) -> Facts:
    """29 of the runs deploy; success and failure are clear, whether another conclusion is a failure is not."""
    rows = table(path)
    deploying = [row for row in rows if row["type"] == "DEPLOYMENT"]
    clear = {row["id"]: row["conclusion"] == "success" for row in deploying if row["conclusion"] in CLEAR}
    return Facts(
        len(rows),
        ignored=None,
        deployments=clear,
        undecided=frozenset(row["id"] for row in deploying if row["conclusion"]) - clear.keys(),
    )


CLEAR = ("success", "failure")


def releases(path: Path) -> Facts:
    """Each tag is a deployment."""
    rows = table(path)
    return Facts(*count(path), deployments={row["tag"]: True for row in rows})


def commits_and_releases(commits: Path, tags: Path) -> Facts:
    """Authored to the date of the first tag that contains the commit. Bots are not marked in the file, merges are."""
    rows, released = table(commits), releases(tags)
    own = [row for row in rows if row["is_merge"] == "0"]
    authored = {row["commit_sha"]: (iso(row["author_date"]), row["first_tag"] or None) for row in own}
    dates = {row["tag"]: iso(row["tag_date"]) for row in table(tags)}
    return Facts(
        len(rows) + released.records,
        len(rows) - len(own),
        deployments=released.deployments,
        changes=authored,
        change_leads={sha: _seconds(at, dates[tag]) for sha, (at, tag) in authored.items() if tag},
    )


def downtime_windows(path: Path) -> Facts:
    """Start to end of the downtime."""
    rows = table(path)
    return Facts(*count(path), incidents=leads(rows, "incident_id", "downtime_start", "downtime_end"))


def incidents(path: Path) -> Facts:
    """Started to resolved."""
    lines = json_lines(path)
    restored = {line["id"]: _seconds(iso(line["started_at"]), iso(line["resolved_at"])) for line in lines}
    return Facts(len(lines), incidents=restored)


# Days and months swapped.


def swap_votes(times: Mapping[str, Sequence[pd.Timestamp]]) -> Votes:
    """Whether times whose day could be a month fit their item better with the two swapped.

    `times` are local, by item. One with a day above 12 is certain; any other, unless day and month are equal, is
    doubtful. Each doubtful one votes for the reading that is nearer to a certain one of the same item.
    """
    as_written = swapped = 0
    for each in times.values():
        certain = [at for at in each if at.day > 12]
        for at in (at for at in each if at.day <= 12 and at.day != at.month and certain):
            other = at.replace(month=at.day, day=at.month)
            near, far = (min(abs(one - sure) for sure in certain) for one in (at, other))
            as_written += near < far
            swapped += far < near
    return Votes(as_written, swapped)


def local_times(rows: Iterable[Row], item: str, at: str) -> dict[str, list[pd.Timestamp]]:
    """Item → its times as written, without their zone."""
    times: dict[str, list[pd.Timestamp]] = {}
    for row in rows:
        times.setdefault(row[item], []).append(pd.Timestamp(row[at][:19]))
    return times


def _with(facts: Facts, **changed: Any) -> Facts:
    return Facts(**{**vars(facts), **changed})
