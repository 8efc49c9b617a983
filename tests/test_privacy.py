"""People planted in exports of every kind are found in no file of the home, on no page, in no answer and in no log."""

from __future__ import annotations

import base64
import hashlib
import json
import logging
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest
from canaries import NAMES, found, found_in, mail, person, planted
from click.testing import CliRunner
from conftest import ROOT, Imports
from flask.testing import FlaskClient
from test_access import ACCESS, SECRET, headers, shown
from test_serving import PATIENCE, a_port, command

from dashboard import importing, snapshots
from dashboard.__main__ import main
from dashboard.app import create_server
from dashboard.errors import DashboardError
from dashboard.logs import JsonLines
from dashboard.pages import PAGES
from dashboard.settings import Settings

PSEUDONYM = re.compile("p-[0-9a-f]{10}")
NAME = NAMES[0]


@dataclass(frozen=True)
class Imported:
    """What an import of the program left behind: its home, and what it said on both outputs."""

    home: Settings
    said: str

    def tables(self) -> Iterator[tuple[str, str]]:
        """Table of the newest snapshot → all its rows as text; bytes of a database may be packed."""
        with duckdb.connect(str(snapshots.current(self.home.warehouse) / snapshots.DATABASE), read_only=True) as asked:
            names = asked.execute("select schema_name || '.' || table_name from duckdb_tables()").fetchall()
            for (name,) in names:
                yield name, str(asked.table(name).fetchall())


def imported(home: Path, *arguments: str) -> Imported:
    """Run `vsm import` as a user does."""
    done = subprocess.run(
        [sys.executable, "-m", "dashboard", "--home", str(home), "import", *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return Imported(Settings(home=home, proxy_secret=SECRET), done.stdout + done.stderr)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Imported:
    """A home with people in every file that was imported."""
    folder = tmp_path_factory.mktemp("planted")
    files = map(str, planted(folder / "files"))
    done = imported(folder / "home", *files, "--stream", "shop", "--accept-bad-rows")
    (done.home.home / "access.toml").write_text(ACCESS, encoding="utf-8")
    return done


@pytest.fixture(scope="module")
def pseudonyms(whole: Imported) -> set[str]:
    return set(PSEUDONYM.findall(dict(whole.tables())["canonical.transitions"]))


def test_what_is_planted_would_be_found(tmp_path: Path) -> None:
    for name in NAMES:
        assert found(name.upper()) and found(mail(name)) and found(name.encode("utf-16-le"))
        assert found(base64.b64encode(f"by {name}.".encode())) and found(name.encode().hex())
        assert found("p-" + hashlib.sha256(name.encode()).hexdigest()[:10])
    files = planted(tmp_path / "files")
    unnamed = [
        path.name for path in files if path.is_file() and path.suffix != ".parquet" and not found(path.read_bytes())
    ]
    assert len(files) > 25 and not unnamed


def test_no_file_of_the_home_and_nothing_said_names_anybody(whole: Imported) -> None:
    assert not found(whole.said)
    assert whole.said.count("set aside:") > 10  # the rows in which somebody stands where a date should
    assert not found_in(whole.home.home)


def test_no_table_names_anybody_and_pseudonyms_stand_in_the_history_alone(
    whole: Imported, pseudonyms: set[str]
) -> None:
    assert len(pseudonyms) > 10
    for name, rows in whole.tables():
        assert not found(rows), name
        assert name == "canonical.transitions" or not pseudonyms & set(PSEUDONYM.findall(rows)), name


def told(client: FlaskClient, who: str) -> Iterator[tuple[str, str]]:
    """Every page and every table of the interface, in all its formats, as somebody gets them."""
    for page in PAGES:
        yield page.PATH, shown(client, who, page.PATH, "?stream=shop")
    for path, operations in client.get("/api/openapi.json", headers=headers("admin")).json["paths"].items():
        item = "&item=EL-1" if "choice.item" in str(operations) else ""
        kinds = ("svg", "html", "json", "drawio", "mmd") if "{kind}" in path else ("json", "csv")
        for kind in kinds if who == "admin" else kinds[:1]:
            address = f"{path.format(kind=kind, name='x')}?stream=shop{item}" + f"&format={kind}" * (
                "{kind}" not in path
            )
            yield address, client.get(address, headers=headers(who)).text


@pytest.mark.parametrize("who", ["viewer of Alpha", "leadership", "admin"])
def test_nobody_is_named_on_any_page_in_any_answer_or_log(
    whole: Imported, pseudonyms: set[str], who: str, caplog: pytest.LogCaptureFixture
) -> None:
    client = create_server(whole.home).test_client()
    with caplog.at_level(logging.INFO):
        answers = dict(told(client, who))
    assert len(answers) > 100
    for address, text in [*answers.items(), ("/metrics", client.get("/metrics").text)]:
        assert not found(text), address
        assert not pseudonyms & set(PSEUDONYM.findall(text)), address
    assert not found("\n".join(JsonLines().format(record) for record in caplog.records))
    assert not found_in(whole.home.home, "*")  # what is written in the app


EXPORTS = (
    ("export", "OUT"),
    ("export", "OUT", "--format", "parquet"),
    ("export", "OUT", "--as", "event-log"),
    ("export", "OUT", "--as", "xes"),
    ("export", "OUT", "--anonymise"),
    ("backup", "OUT/home.tar.gz"),
    ("map", "--out", "OUT/shop.toml"),
    ("items", "--format", "csv"),
    ("items", "--format", "json"),
    ("check", "--format", "csv"),
    ("summary",),
)


@pytest.mark.parametrize("arguments", EXPORTS, ids=" ".join)
def test_no_command_names_anybody(whole: Imported, arguments: tuple[str, ...], tmp_path: Path) -> None:
    given = [each.replace("OUT", str(tmp_path)) for each in arguments]
    done = CliRunner().invoke(main, ["--home", str(whole.home.home), *given])
    assert done.exit_code == (1 if arguments[0] == "check" and done.exit_code else 0), done.output
    assert not found(done.output)
    assert not found_in(tmp_path)
    key = (whole.home.warehouse / "people.key").read_bytes()
    if arguments[0] != "backup":  # it says that it holds the key
        assert not [path for path in tmp_path.rglob("*") if path.is_file() and key in path.read_bytes()]


def test_an_import_without_people_forgets_those_of_earlier_ones(whole: Imported, tmp_path: Path) -> None:
    """Of what is carried over, too."""
    subprocess.run(["cp", "-r", whole.home.home, tmp_path / "home"], check=True)
    (tmp_path / "more.csv").write_text(f"issue_key,status,timestamp,assignee\nNP-1,Doing,2024-01-02,{NAME}\n", "utf-8")
    done = imported(tmp_path / "home", str(tmp_path / "more.csv"), "--stream", "shop", "--no-people")
    tables = dict(done.tables())
    assert "NP-1" in tables["canonical.transitions"] and "OT-1" in tables["canonical.transitions"]
    assert not PSEUDONYM.findall("".join(tables.values()))
    assert not found(done.said) and not found_in(tmp_path / "home")


def test_a_stand_in_is_believed_in_our_own_layout_alone(imports: Imports) -> None:
    """A number of an employee may look like one."""
    number = "p-0123456789"
    ours = imports.file("ours.csv", f"item_id,occurred_at,to_state,person\nA-1,2024-01-01,Doing,{number}\n")
    log = imports.file("log.csv", f"issue_key,status,timestamp,assignee\nB-1,Doing,2024-01-01,{number}\n")
    imports.run(ours, log, stream="s")
    kept = imports.tables()["transitions"].set_index("item_id")["person"]
    assert kept["A-1"] == number and kept["B-1"] != number and PSEUDONYM.fullmatch(kept["B-1"])


JIRA = {"key": "J-1", "fields": {"created": "2024-01-01T00:00:00.000+0000", "assignee": person(NAME)}}
# Files that are refused, each with somebody where the reason is.
REFUSED = {
    "no header.csv": f"A-1,Sign in,{NAME},2024-01-01\nA-2,Sign in,{NAME},2024-01-02\n",
    "no header and addresses.csv": f"first,Sign in,{NAME},{mail(NAME)}\n",
    "no header and months.csv": f"first,{NAME},11/May/24 03:26 PM\n",
    "slipped.csv": f"id,assignee,created\nA-1,2024-01-01,{NAME}\n",
    "slipped number.csv": f"team,answered_on,score\nAlpha,2024-01-01,{NAME}\n",
    "twice.csv": f"id,created,assignee\nA-1,2024-01-01,{NAME}\nA-1,2024-01-02,{mail(NAME)}\n",
    "more cells.csv": f"id,created,assignee\nA-1,2024-01-01,{NAME},{NAME}\n",
    "open quote.csv": f'id,created,assignee\nA-1,2024-01-01,"{NAME}\n',
    "quote.csv": f'id,created,assignee\nA-1,2024-01-01,"{NAME}" x\nA-2,2024-01-01,x"\n',
    "owned twice.csv": f"id,created,created,assignee\nA-1,2024-01-01,2024-01-01,{NAME}\n",
    "cut.json": f'[{{"id": "1", "created": "2024-01-01", "assignee": "{NAME}"}}, {{"assignee": "{NAME}"',
    "cut.jsonl": f'{{"id": "1", "created": "2024-01-01"}}\n{{"id": "2", "assignee": "{NAME}"\n{{"assignee": "{NAME}"\n',
    "shape.json": json.dumps({"issues": [{**JIRA, "changelog": {"histories": {"author": NAME}}}]}),
    "words.json": json.dumps({"issues": [{**JIRA, "changelog": {"histories": NAME}}]}),
    "board.json": json.dumps({"cards": {"idList": NAME}, "actions": [{"data": {"listAfter": {}}}], "lists": []}),
    "lines.jsonl": f'{{"issue_id": 1, "created": "2024-01-01", "items": [{{"toString": ""}}]}}\n{{"items": "{NAME}"}}',
    "no end.xes": f'<log><trace><event><string key="org:resource" value="{NAME}"/></trace>',
    "no time.xes": f'<log><trace><event><string key="org:resource" value="{NAME}"/></event></trace></log>',
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_refusal_names_nobody(name: str, imports: Imports) -> None:
    path = imports.file(name, REFUSED[name])
    with pytest.raises(DashboardError) as refused:
        imports.run(path)
    assert path.name in str(refused.value)
    assert not found(str(refused.value))
    path.unlink()
    assert not found_in(imports.settings.home)


def test_a_fault_of_the_program_is_told_by_its_place_alone() -> None:
    traceback = (
        'Traceback (most recent call last):\n  File "/x/dashboard/build.py", line 12, in run\n    convert()\n'
        f"_duckdb.ConversionException: Conversion Error: Could not convert string '{NAME}' to INT64\n\nLINE 1: x\n"
    )
    words = importing._why_it_ended(1, False, traceback, "Items", Settings())
    assert "(ConversionException at build.py:12)" in words
    assert not found(words)


def test_what_the_server_logs_of_requests_that_are_none_names_nobody(whole: Imported, tmp_path: Path) -> None:
    """gunicorn tells of them with what was asked for, and by whom."""
    port, asked = a_port(), "/api/items?team=" + NAME
    environment = {**os.environ, "VSM_HOME": str(whole.home.home), "VSM_PROXY_SECRET": SECRET, "PYTHONPATH": str(ROOT)}
    environment["VSM_LOG_LEVEL"] = "DEBUG"
    log = tmp_path / "log"
    with log.open("wb") as out:
        process = subprocess.Popen(command(f"127.0.0.1:{port}"), env=environment, stdout=out, stderr=out)
    lines = (
        f"GET {asked} HTTP/1.1\r\n",
        f"GET {asked.replace(' ', '+')} HTTP/1.1\r\n{NAME}: x\r\n",
        f"GET {asked.replace(' ', '+')} HTTP/1.1\r\nX-Forwarded-User: {mail(NAME)}\r\nX-Vsm-Secret: {SECRET}\r\n",
        f"GET / HTTP/1.1\r\nTransfer-Encoding: {NAME}\r\n",
        f"GET / HTTP/1.1\r\nExpect: {NAME}\r\n",
    )
    try:
        answers = [_answer(process, port, f"{line}Host: 127.0.0.1\r\nConnection: close\r\n\r\n") for line in lines]
    finally:
        process.terminate()
        process.wait(PATIENCE)
    told = log.read_text(encoding="utf-8")
    assert [int(answer.split()[1]) // 100 for answer in answers] == [4, 4, 4, 4, 4]
    assert told.count('"said": "no answer of the application: ') == 4 and '"said": "answered"' in told
    assert not found(told) and SECRET not in told


def _answer(process: subprocess.Popen[bytes], port: int, request: str) -> str:
    """What the server answers, as soon as it listens."""
    while process.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", port), PATIENCE) as client:
                client.sendall(request.encode())
                return client.recv(200).decode()
        except ConnectionRefusedError:
            os.sched_yield()
    raise AssertionError("The server has ended.")


def test_titles_are_kept_as_they_are(imports: Imports) -> None:
    """What people write into a title is not taken for a person: it is shown to who may see the item."""
    imports.run(imports.file("items.csv", f"id,title,created\nA-1,Call {NAME},2024-01-01\n"))
    assert list(imports.tables()["items"]["title"]) == [f"Call {NAME}"]
