"""XES documents as tables of events: what is kept, what is refused and with which words."""

from __future__ import annotations

import csv
import gzip
import io
import json
import xml.etree.ElementTree as ET
from collections import defaultdict
from pathlib import Path

import pandas as pd
import pytest
from conftest import SHARED, Shared

from dashboard.errors import SourceError
from dashboard.sources.xes import EVENTS_HELD, XesAccount, write_events

EVENT = '<event><string key="concept:name" value="A"/><date key="time:timestamp" value="2024-03-01T09:00:00Z"/></event>'

LOG = """<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1849-2016"{namespace}>
  <extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
  <global scope="event"><string key="concept:name" value="UNKNOWN"/></global>
  <string key="concept:name" value="the log's own name"/>
  <trace>
    <string key="concept:name" value="C1"/>
    <float key="budget" value="12.50"/>
    <event>
      <string key="concept:name" value="Ask &amp; answer"/>
      <date key="time:timestamp" value="2024-03-01T09:00:00.000+01:00"/>
    </event>
    <event>
      <string key="concept:name" value="Done"/>
      <date key="time:timestamp" value="2024-03-02T09:00:00.000+01:00"/>
      <string key="org:group" value="Red, or &quot;blue&quot;&#10;or both"><string key="floor" value="2"/></string>
      <boolean key="line" value="true"/>
    </event>
  </trace>
  <trace/>
  <trace><event><date key="time:timestamp" value="2024-03-03T09:00:00Z"/></event></trace>
</log>
"""


def read(text: str | bytes, folder: Path) -> tuple[XesAccount, list[dict[str, str]]]:
    """The account and the rows of a document."""
    target = folder / "events.csv"
    account = write_events(io.BytesIO(text if isinstance(text, bytes) else text.encode()), "log.xes", target)
    with target.open(encoding="utf-8", newline="") as stream:
        return account, list(csv.DictReader(stream))


@pytest.mark.parametrize("namespace", ["", ' xmlns="http://www.xes-standard.org/"'], ids=["plain", "namespace"])
def test_an_event_is_a_row_with_its_traces_attributes(namespace: str, tmp_path: Path) -> None:
    account, rows = read(LOG.format(namespace=namespace), tmp_path)
    assert account.columns == (
        *("case:concept:name", "concept:name", "time:timestamp", "lifecycle:transition", "concept:instance"),
        *("org:resource", "org:group", "case:budget", "event:line", "line"),
    )
    assert [{column: cell for column, cell in row.items() if cell} for row in rows] == [
        {
            "case:concept:name": "C1",
            "case:budget": "12.50",
            "concept:name": "Ask & answer",
            "time:timestamp": "2024-03-01T09:00:00.000+01:00",
            "line": "9",
        },
        {
            "case:concept:name": "C1",
            "case:budget": "12.50",
            "concept:name": "Done",
            "time:timestamp": "2024-03-02T09:00:00.000+01:00",
            "org:group": 'Red, or "blue"\nor both',
            "event:line": "true",
            "line": "13",
        },
        {"time:timestamp": "2024-03-03T09:00:00Z", "line": "21"},
    ]


def test_what_is_no_cell_is_counted(tmp_path: Path) -> None:
    account, _ = read(LOG.format(namespace=""), tmp_path)
    assert (account.traces, account.events, account.empty_traces, account.left_out) == (3, 3, 1, 1)


def test_an_event_outside_of_any_trace_has_no_case(tmp_path: Path) -> None:
    account, rows = read(f"<log>{EVENT}</log>", tmp_path)
    assert (account.traces, account.events, rows[0]["case:concept:name"]) == (0, 1, "")


def test_a_traces_name_behind_its_events_is_its_name(tmp_path: Path) -> None:
    named = '<string key="concept:name" value="C1"/>'
    assert read(f"<log><trace>{EVENT}{named}</trace></log>", tmp_path)[1][0]["case:concept:name"] == "C1"
    with pytest.raises(SourceError, match="an attribute of the trace stands behind 20,000 of its events"):
        read(f"<log><trace>{EVENT * (EVENTS_HELD + 1)}{named}</trace></log>", tmp_path)


def test_columns_stay_bounded_and_the_rest_is_counted(tmp_path: Path) -> None:
    events = "".join(EVENT.replace("</event>", f'<int key="k{n}" value="1"/></event>') for n in range(1000))
    account, rows = read(f"<log><trace>{events}</trace></log>", tmp_path)
    assert (len(account.columns), account.left_out, len(rows)) == (401, 607, 1000)


@pytest.mark.parametrize("encoding", ["ISO-8859-1", "UTF-16", "UTF-8"])
def test_the_declared_encoding_is_read(encoding: str, tmp_path: Path) -> None:
    text = f'<?xml version="1.0" encoding="{encoding}"?><log><trace>{EVENT.replace("A", "É")}</trace></log>'
    assert read(text.encode(encoding), tmp_path)[1][0]["concept:name"] == "É"


REFUSED = {
    "cut in a value": ("<log>\n<trace>\n<string key='a", "line 3: the document ends in the middle of an element"),
    "cut between elements": (f"<log>\n<trace>{EVENT}\n", "line 3: the document ends in the middle of an element"),
    "not closed": ("<log>\n<trace>\n</log>", "line 3: an element is closed that is not open"),
    "control character": ("<log>\n\x01</log>", "line 2: a character stands where XML allows none"),
    "not the encoding": (b"<log>\n<a b='\xff'/></log>", "line 2: a character stands where XML allows none"),
    "blank line first": ('\n<?xml version="1.0"?><log/>', "line 2: something stands before the XML declaration"),
    "no encoding": ('<?xml version="1.0" encoding="x-none"?><log/>', "line 1: the encoding that the document names"),
    "login page": ("<!DOCTYPE html>\n<html>", "line 1: this looks like a web page, perhaps a login page"),
    "page without a type": ("<html><br></html>", "line 1: this looks like a web page, perhaps a login page"),
    "other XML": ('<svg xmlns="http://www.w3.org/2000/svg"/>', "line 1: the document is <svg>; expected <log>"),
    "entity never declared": ("<log>\n<a b='&secret;'/></log>", "line 2: an entity is used that XML does not know"),
    "entity in text": ("<log>\n&secret;</log>", "line 2: an entity is used that XML does not know"),
    "external type": ('<!DOCTYPE log SYSTEM "http://localhost/secret.dtd"><log/>', "line 1: the document declares a"),
    "parameter entity": ('<!DOCTYPE log [<!ENTITY % secret "x">]><log/>', "line 1: the document declares a document"),
    "too deep": ("<log>" + "<a>" * 60, "line 1: elements are nested more than 50 deep"),
    "too long": (f'<log a="{"x" * 5_000_000}"/>', "line 1: an element is longer than 4 MB"),
    "no trace": ("<log></log>", "log.xes: the log has no traces and no event"),
    "no event": ("<log><trace/><trace/></log>", "log.xes: the log has 2 traces and no event"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_log_is_refused_with_its_line(case: str, tmp_path: Path) -> None:
    text, reason = REFUSED[case]
    with pytest.raises(SourceError) as caught:
        read(text, tmp_path)
    assert reason in str(caught.value)
    assert str(caught.value).startswith("log.xes")
    assert "secret" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


BAD = sorted((SHARED / "badinput").glob("xes_*"))


def test_the_corpus_of_bad_documents_is_there() -> None:
    assert len(BAD) >= 6


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.name)
def test_bad_documents_fare_as_the_manifest_says(path: Path, tmp_path: Path) -> None:
    manifest = json.loads((SHARED / "badinput" / "manifest.json").read_text(encoding="utf-8"))
    expected = next(case["expect"] for case in manifest["cases"] if case["file"] == path.name)
    with path.open("rb") as source:
        if expected["outcome"] == "reject":
            with pytest.raises(SourceError) as caught:
                write_events(source, path.name, tmp_path / "events.csv")
            assert all(word in str(caught.value) for word in expected["must_mention"])
        else:
            # The reader of event logs sets the row without a time aside.
            write_events(source, path.name, tmp_path / "events.csv")
            table = pd.read_csv(tmp_path / "events.csv", dtype="str")
            assert list(table.loc[table["time:timestamp"].isna(), "case:concept:name"]) == ["C2"]


REAL = {
    "running-example.xes": (6, 42, 6),
    "bpic2013_closed_problems.xes.gz": (1_487, 6_660, 183),
    "helpdesk_full.xes.gz": (4_580, 21_348, 226),
}


@pytest.mark.parametrize("name", REAL)
def test_real_logs_are_read_as_another_parser_reads_them(name: str, shared: Shared, tmp_path: Path) -> None:
    path = shared(f"eventlogs/{name}")
    document = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    account, rows = read(document, tmp_path)
    paths: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        paths[row["case:concept:name"]].append(row["concept:name"])
    assert (account.traces, account.events, len(set(map(tuple, paths.values())))) == REAL[name]
    assert [{key: cell for key, cell in row.items() if cell and key != "line"} for row in rows] == _by_tree(document)
    lines = document.decode().splitlines()
    assert all("<event" in lines[int(row["line"]) - 1] for row in rows)


def _by_tree(document: bytes) -> list[dict[str, str]]:
    """The same rows from the whole tree in memory."""
    root = ET.fromstring(document)
    space = root.tag.removesuffix("log")
    rows = []
    for trace in root.iterfind(f"{space}trace"):
        case = {f"case:{each.get('key')}": each.get("value", "") for each in trace if each.tag != f"{space}event"}
        for event in trace.iterfind(f"{space}event"):
            rows.append({each.get("key", ""): each.get("value", "") for each in event} | case)
    return [{key: cell for key, cell in row.items() if cell} for row in rows]


@pytest.mark.parametrize("name", ["running-example", "bpic2013_closed_problems"])
def test_a_log_and_its_twin_in_csv_hold_the_same_events(name: str, shared: Shared, tmp_path: Path) -> None:
    packed = name.startswith("bpic")
    document = shared(f"eventlogs/{name}.xes{'.gz' if packed else ''}").read_bytes()
    read(gzip.decompress(document) if packed else document, tmp_path)
    ours, twin = (pd.read_csv(path, dtype="str") for path in (tmp_path / "events.csv", shared(f"eventlogs/{name}.csv")))
    columns = [column for column in twin.columns if column in ours.columns]
    assert len(columns) >= 8
    for table in (ours, twin):
        table["time:timestamp"] = pd.to_datetime(table["time:timestamp"], utc=True, format="ISO8601")
    sorted_ = [table[columns].sort_values(columns).reset_index(drop=True) for table in (ours, twin)]
    pd.testing.assert_frame_equal(*sorted_)
