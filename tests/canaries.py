"""Made-up people, planted wherever an export of a tool may name one, and what of them must be found nowhere."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
from test_git_repository import History

NAMES = (
    "Quilla Zanderby",
    "Brombert Wexelquist",
    "Ysolte Trandafirsky",
    "Ulvarin Kwintessen",
    "Nimweth Ostrographer",
    "Fjodrik Blaumenschatz",
)
DOMAIN = "canary.example"
WORDS = [part.lower() for name in NAMES for part in name.split()] + [DOMAIN]


def mail(name: str) -> str:
    return f"{name.lower().replace(' ', '.')}@{DOMAIN}"


def login(name: str) -> str:
    return name.lower().replace(" ", "")


def account(name: str) -> str:
    """The number of an account, as Jira's cloud and Trello tell people by."""
    return f"712020:{name.split()[1].lower()}"


def person(name: str) -> dict[str, Any]:
    """Somebody as the interfaces of trackers write one."""
    return {
        "id": account(name), "accountId": account(name), "login": login(name), "name": name, "displayName": name,
        "fullName": name, "username": login(name), "emailAddress": mail(name), "self": f"https://x.example/{login(name)}",
    }  # fmt: skip


def _encoded() -> Iterator[bytes]:
    """What names become where somebody hides them without a key."""
    for name in NAMES:
        for text in (name, name.lower(), mail(name), login(name), account(name)):
            raw = text.encode()
            for shift in range(3):  # base64 depends on where in three bytes a text begins
                yield base64.b64encode(b"\0" * shift + raw)[4 if shift else 0 : -4]
            yield raw.hex().encode()
            for digest in (hashlib.sha256(raw), hashlib.sha1(raw), hashlib.md5(raw)):  # noqa: S324 - looked for
                yield digest.hexdigest()[:10].encode()


PLAIN = [(word, form) for word in WORDS for form in (word.encode(), word.encode("utf-16-le"))]
ENCODED = tuple(set(_encoded()))


def found(told: str | bytes) -> list[str]:
    """What of the people stands in a text: parts of their names, or what these become without a key."""
    data = told if isinstance(told, bytes) else told.encode()
    low = data.lower()
    plain = [word for word, form in PLAIN if form in low]
    return plain + [form.decode("latin-1") for form in ENCODED if form in data]


def found_in(folder: Path, pattern: str = "**/*") -> dict[str, list[str]]:
    """File → what of the people stands in its name or its bytes, unpacked where it is packed."""
    hits = {}
    for path in folder.glob(pattern):
        data = path.read_bytes() if path.is_file() else b""
        told = found(gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data) + found(path.name)
        if told:
            hits[str(path.relative_to(folder))] = told
    return hits


# File → its text; NAME, MAIL, LOGIN and ACCOUNT stand for one of the people, another one on each line. The last rows
# of some have slipped by a cell, so that somebody stands where a date should.
TABLES = {
    "jira.csv": """\
Summary,Issue key,Issue id,Issue Type,Status,Assignee,Assignee Id,Reporter,Creator,Created,Resolved,Watchers,Comment
Sign in,JA-1,1001,Story,Done,NAME,ACCOUNT,LOGIN,MAIL,2024-01-01 09:00,2024-01-05 09:00,LOGIN,"03/Jan/24; LOGIN; NAME"
Sign out,JA-2,1002,Story,Done,NAME,ACCOUNT,LOGIN,MAIL,2024-01-01 09:00,2024-01-05 09:00,LOGIN,
Sign up,JA-3,1003,Story,Done,x,NAME,ACCOUNT,LOGIN,MAIL,2024-01-05 09:00,LOGIN,
""",
    "changes_of_status.csv": """\
id,issue_id,author_id,author_name,field_name,original_from_value,original_to_value,created_date
1,SC-1,ACCOUNT,NAME,status,To do,Doing,2024-01-02T09:00:00Z
2,SC-1,ACCOUNT,NAME,assignee,NAME,NAME,2024-01-02T10:00:00Z
3,SC-1,LOGIN,NAME,status,Doing,Done,2024-01-04T09:00:00Z
4,SC-1,LOGIN,NAME,status,Doing,Done,MAIL
""",
    "azure_boards.csv": """\
ID,Work Item Type,Title,Assigned To,Created By,Changed By,State,Created Date,Activated Date,Closed Date
3001,Bug,Sign in,NAME <MAIL>,NAME <MAIL>,LOGIN,Closed,2024-01-01T09:00:00Z,2024-01-02T09:00:00Z,2024-01-03T09:00:00Z
3002,Bug,Sign out,NAME <MAIL>,NAME <MAIL>,LOGIN,Closed,2024-01-01T09:00:00Z,2024-01-02T09:00:00Z,NAME <MAIL>
""",
    "azure_revisions.csv": """\
WorkItemId,Revision,State,ChangedDate,StateCategory,WorkItemType,Title,ChangedBy,AssignedTo
3101,1,New,2024-01-01T08:00:00Z,Proposed,Bug,Sign in,NAME <MAIL>,LOGIN
3101,2,Active,2024-01-02T08:00:00Z,InProgress,Bug,Sign in,NAME <MAIL>,LOGIN
3101,3,Closed,2024-01-03T08:00:00Z,Completed,Bug,Sign in,NAME <MAIL>,LOGIN
""",
    "linear.csv": """\
ID,Team,Title,Status,Creator,Assignee,Created,Started,Completed,Canceled
LI-1,Alpha,Sign in,Done,MAIL,NAME,2024-01-01T09:00:00Z,2024-01-02T09:00:00Z,2024-01-03T09:00:00Z,
""",
    "gitlab.csv": """\
Title,Issue ID,State,Author,Author Username,Assignee,Assignee Username,Created At (UTC),Closed At (UTC)
Sign in,3201,Closed,NAME,LOGIN,NAME,LOGIN,2024-01-01 09:00:00,2024-01-03 09:00:00
""",
    "trello.csv": """\
Card ID,Card Name,Labels,Members,List Name,Board Name
65920080a1b2c3d4e5f60718,Sign in,web,NAME (LOGIN),Doing,Board
""",
    "devlake.csv": """\
id,issue_key,title,original_type,status,original_status,created_date,resolution_date,assignee_name,creator_name,creator_id
dl:1,DL-1,Sign in,Story,DONE,closed,2024-01-01T09:00:00Z,2024-01-05T09:00:00Z,NAME,NAME,ACCOUNT
""",
    "log.csv": """\
case:concept:name,concept:name,lifecycle:transition,time:timestamp,org:resource,org:group
EL-1,Check,complete,2024-01-02T09:00:00Z,NAME,Alpha
EL-1,Check,complete,2024-01-03T09:00:00Z,LOGIN,Alpha
EL-1,Ship,complete,2024-01-04T09:00:00Z,MAIL,Alpha
EL-2,Check,complete,NAME,2024-01-03T09:00:00Z,Alpha
""",
    "items.csv": """\
id,title,type,team,assignee,owner,reporter,status,created,started,finished
IL-1,Sign in,Story,Alpha,NAME,LOGIN,MAIL,Done,2024-01-01,2024-01-02,2024-01-09
IL-2,Sign in,Story,Alpha,NAME,LOGIN,MAIL,Done,NAME,2024-01-02,2024-01-09
""",
    "transitions.csv": """\
item_id,seq,occurred_at,from_state,to_state,team,person
OT-1,1,2024-01-01T09:00:00Z,,To do,,NAME
OT-1,2,2024-01-02T09:00:00Z,To do,Doing,,LOGIN
OT-1,3,2024-01-03T09:00:00Z,Doing,Done,,MAIL
OT-1,4,NAME,Doing,Done,,MAIL
""",
    "sheet.csv": """\
ID,Link,Name,Backlog,Doing,Done,Assignee,Type
AA-1,https://x.example/1,Sign in,2024-01-02,2024-01-03,2024-01-08,NAME,Story
AA-2,https://x.example/2,Sign out,2024-01-02,2024-01-03,NAME,NAME,Story
""",
    "commits.csv": """\
commit_sha,is_merge,author_date,commit_date,first_tag,author,author_email,committer,is_revert,subject
ca,0,2024-01-01T08:00:00Z,2024-01-02T09:00:00Z,1.0,NAME,MAIL,NAME,0,Begin
""",
    "deployments.csv": """\
deploy_id,time_created,main_commit,changes,source,author
fk1,2024-01-03T08:00:00Z,ca,"[""ca""]",shop,NAME
fk2,NAME,ca,"[""ca""]",shop,NAME
""",
    "runs.csv": """\
repo_id,id,name,run_number,workflow_id,conclusion,type,environment,github_created_at,github_updated_at,run_started_at,actor
7,71,by NAME,1,9,success,DEPLOYMENT,PRODUCTION,2024-01-03T08:00:00Z,2024-01-03T08:05:00Z,2024-01-03T08:01:00Z,LOGIN
""",
    "incidents.csv": """\
incident_id,downtime_start,downtime_end,title,impact,commander
in1,2024-01-03T08:00:00Z,2024-01-03T09:00:00Z,by NAME,minor,NAME
""",
    "people.xes": """\
<?xml version="1.0" encoding="UTF-8"?>
<log><trace><string key="concept:name" value="XE-1"/><string key="creator" value="NAME"/>
<event><string key="concept:name" value="Check"/><string key="org:resource" value="NAME"/>
<string key="mail" value="MAIL"/><date key="time:timestamp" value="2024-01-02T09:00:00Z"/></event>
<event><string key="concept:name" value="Ship"/><string key="org:resource" value="LOGIN"/>
<date key="time:timestamp" value="2024-01-04T09:00:00Z"/></event></trace></log>
""",
}  # fmt: skip


def _documents() -> dict[str, list[Any] | dict[str, Any]]:
    """File → the values of its JSON; a list is written a value a line."""
    who, other = (person(name) for name in NAMES[:2])
    at, later = "2024-01-01T09:00:00.000+0000", "2024-01-03T09:00:00.000+0000"
    named = {"field": "assignee", "from": who["accountId"], "fromString": who["name"], "toString": other["name"]}
    moved = [{"field": "status", "fromString": "To do", "toString": "Doing"}, named]
    fields = {"created": at, "summary": "Sign in", "assignee": who, "reporter": other, "creator": who}
    fields |= {"status": {"name": "Doing"}, "comment": {"comments": [{"author": who, "body": who["name"]}]}}
    jira = {"key": "JJ-1", "fields": fields}
    jira |= {"changelog": {"histories": [{"id": "1", "author": who, "created": later, "items": moved}]}}
    lost = {"key": "JJ-2", "fields": {**fields, "created": who["name"]}, "changelog": {"histories": []}}
    issue = {"number": 4001, "title": "Sign in", "state": "closed", "created_at": at, "closed_at": later}
    issue |= {"user": who, "assignee": other, "assignees": [other], "labels": [{"name": "red", "creator": who}]}
    card = {"id": "65920080a1b2c3d4e5f60719", "name": "Sign in", "idList": "l2", "idMembers": [who["id"]], "labels": []}
    action = {"type": "updateCard", "date": later, "idMemberCreator": who["id"], "memberCreator": who}
    action |= {"data": {"card": {"id": card["id"]}, "listBefore": {"name": "To do"}, "listAfter": {"name": "Doing"}}}
    lists = [{"id": "l1", "name": "To do", "pos": 1}, {"id": "l2", "name": "Doing", "pos": 2}]
    gitlab = {"id": 9001, "iid": 4101, "project_id": 7, "title": "Sign in", "state": "closed", "created_at": at}
    gitlab |= {"closed_at": later, "author": who, "assignees": [other], "closed_by": who, "labels": ["red"]}
    pull = {
        "number": 4201,
        "title": "Sign in",
        "state": "MERGED",
        "createdAt": at,
        "mergedAt": later,
        "closedAt": later,
    }
    return {
        "jira.json": {"issues": [jira, lost]},
        "entries.jsonl": [{"issue_id": 4301, "id": "9001", "author": who, "created": later, "items": moved}] * 2,
        "issues.json": {"items": [{**issue, "closedAt": later}]},
        "events.jsonl": [
            {"id": 1, "event": "closed", "created_at": later, "actor": who, "issue": {**issue, "number": 4002}},
            {"id": 2, "event": "assigned", "created_at": later, "assignee": who, "issue": {**issue, "number": 4002}},
        ],
        "board.json": {"name": "Board", "lists": lists, "cards": [card], "members": [who, other], "actions": [action]},
        "gitlab.jsonl": [gitlab, {**gitlab, "iid": 4102, "id": 9002, "created_at": who["name"]}],
        "pulls.json": {"items": [{**pull, "author": {**who, "is_bot": False}, "reviewRequests": [other]}]},
        "items.json": {
            "items": [{"id": "IJ-1", "title": "x", "created": at, "assignee": who, "email": who["emailAddress"]}]
        },
    }


def planted(folder: Path) -> list[Path]:
    """Exports of all kinds and a repository, every one with people in it; no item is in two of them."""
    folder.mkdir()
    for name, text in TABLES.items():
        lines = [_named(line, NAMES[number % len(NAMES)]) for number, line in enumerate(text.splitlines())]
        (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    for name, value in _documents().items():
        texts = [json.dumps(each) for each in value] if isinstance(value, list) else [json.dumps(value)]
        (folder / name).write_text("\n".join(texts) + "\n", encoding="utf-8")
    for name, renamed in (("log", ("EL-", "EP-")), ("items", ("IL-", "IP-")), ("transitions", ("OT-", "OP-"))):
        _as_parquet(folder / f"{name}.csv", folder / f"{name}.parquet", lambda text, pair=renamed: text.replace(*pair))
    history = History.begin(folder / "shop")
    for number, name in enumerate(NAMES[:2]):
        history.commit(
            f"Part {number}\n\nCo-authored-by: {name} <{mail(name)}>", number + 1, author=f"{name} <{mail(name)}>"
        )
    history.tag("v1.0.0", 3)
    return sorted(folder.iterdir())


def _named(line: str, name: str) -> str:
    for word, put in (("NAME", name), ("MAIL", mail(name)), ("LOGIN", login(name)), ("ACCOUNT", account(name))):
        line = line.replace(word, put)
    return line


def _as_parquet(source: Path, target: Path, renamed: Callable[[str], str]) -> None:
    again = source.with_suffix(".txt")
    again.write_text(renamed(source.read_text(encoding="utf-8")), encoding="utf-8")
    duckdb.read_csv(str(again), all_varchar=True, header=True).write_parquet(str(target))
    again.unlink()
