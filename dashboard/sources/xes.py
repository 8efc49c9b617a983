"""XES, the XML of process-mining tools, as a table of events that the reader of event logs takes.

One pass over the document, however long it is: an event is written as soon as its trace ends. A declaration of a
document type is refused before anything of it is used, so that no entity is ever defined, expanded or fetched.
"""

from __future__ import annotations

import csv
import json
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from pyexpat import XMLParserType
from typing import IO, BinaryIO, NoReturn

from defusedxml.common import DTDForbidden
from defusedxml.ElementTree import ParseError, XMLParser

from dashboard.errors import SourceError

# The columns that every table has, in this order; then whatever else the log has, and at the end the line.
CASE = "case:concept:name"
FIRST = (
    CASE,
    "concept:name",
    "time:timestamp",
    "lifecycle:transition",
    "concept:instance",
    "org:resource",
    "org:group",
)
LINE = "line"
CHUNK = 65_536
# Bounds of what is held in memory, far above any log that a tool writes.
ATTRIBUTES = 400
EVENTS_HELD = 20_000
DEPTH = 50
ELEMENT_BYTES = 4_194_304

# What expat's numbers mean to somebody who exported a log.
TRUNCATED = (3, 5, 6, 13, 20)
UNDEFINED_ENTITY = 11
COMPLAINTS = {
    1: "the document needs more memory than there is",
    2: "this is no XML",
    4: "a character stands where XML allows none",
    7: "an element is closed that is not open",
    8: "an attribute is given twice",
    9: "there is more after the end of the document",
    14: "a reference to a character that XML does not allow",
    17: "something stands before the XML declaration, if only a blank line",
    18: "the encoding that the document names is not known",
    19: "the text is not in the encoding that the document names",
    27: "a prefix of a namespace is not declared",
}


@dataclass(frozen=True)
class XesAccount:
    """What a document held. `left_out` counts attributes that are nested in others, are lists, or are beyond the
    bound on columns: they are no cell of the table. `namesakes` are traces that go by the name of an earlier one."""

    columns: tuple[str, ...]
    traces: int
    events: int
    empty_traces: int
    left_out: int
    namesakes: int = 0


def write_events(source: BinaryIO, name: str, target: Path) -> XesAccount:
    """Write the events of an XES document as a UTF-8 CSV: one row per event, `line` is where it begins.

    Values stand as they are written. A trace's attributes become columns `case:…`; a case or an event without a name
    has an empty cell. Raises SourceError, which names the line, for what is no XES or could harm.
    """
    with tempfile.TemporaryFile("w+", encoding="utf-8", dir=target.parent) as spool:
        log = _Log(name, spool)
        _feed(source, log)
        if not log.events:
            raise SourceError(
                f"{name}: the log has {log.traces or 'no'} traces and no event. Export it again with its events."
            )
        columns = (*log.columns, LINE)
        spool.seek(0)
        with target.open("w", encoding="utf-8", newline="") as table:
            csv.writer(table).writerows(_rows(spool, columns))
    return XesAccount(columns, log.traces, log.events, log.empty_traces, log.left_out, log.namesakes)


def _rows(spool: Iterable[str], columns: tuple[str, ...]) -> Iterator[list[str]]:
    """Header and rows; a row from before a column was met is filled up."""
    yield list(columns)
    for text in spool:
        line, *cells = json.loads(text)
        yield [*cells, *[""] * (len(columns) - 1 - len(cells)), line]


def _feed(source: BinaryIO, log: _Log) -> None:
    """Give the document to the log, piece by piece."""
    parser = XMLParser(target=log, forbid_dtd=True, forbid_entities=True, forbid_external=True)
    log.expat = parser.parser
    # Text between elements means nothing in XES; it need not reach Python.
    log.expat.CharacterDataHandler = log.expat.DefaultHandlerExpand = None
    fed = 0
    try:
        while piece := source.read(CHUNK):
            parser.feed(piece)
            fed += len(piece)
            if fed - log.expat.CurrentByteIndex > ELEMENT_BYTES:
                log.refuse("an element is longer than 4 MB. This is no log of a tool.")
        parser.close()
    except DTDForbidden as error:
        if str(error.name).lower() == "html":
            log.refuse_page()
        log.refuse(
            "the document declares a document type (DTD). One can define entities that read other files or fill the "
            "memory, so it is not read. Export the log again without it."
        )
    except ParseError as error:
        log.refuse(_complaint(error.code), error.position[0])
    except (LookupError, ValueError):  # Python's own words for an encoding that expat asked it for
        log.refuse(_complaint(18))


def _complaint(code: int) -> str:
    if code in TRUNCATED:
        return "the document ends in the middle of an element. Was the download cut off? Export it again."
    if code == UNDEFINED_ENTITY:
        return "an entity is used that XML does not know, and own ones are not read. Export the log again without it."
    return f"{COMPLAINTS.get(code, 'the document is not well-formed XML')}. Export the log again as XES."


class _Log:
    """The state of the reading: where in the document it is, and the rows of the trace that is open."""

    def __init__(self, name: str, spool: IO[str]) -> None:
        self.name, self._spool = name, spool
        self.columns: dict[str, int] = {column: place for place, column in enumerate(FIRST)}
        self.traces = self.events = self.empty_traces = self.left_out = 0
        self.expat: XMLParserType
        self._depth = self._event_depth = 0
        self._trace: dict[str, str] | None = None
        self._event: dict[str, str] | None = None
        self._event_line = 0
        self._held: list[tuple[int, dict[str, str]]] = []
        self._trace_events = 0
        self.namesakes = 0
        self._names: Counter[str] = Counter()
        self._is_told_apart = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins. Only log, trace, event and the attributes right below the last two matter."""
        self._depth += 1
        if self._trace is not None or self._event is not None:
            self._check_nesting(_local(tag))
        if self._event is not None:
            self._take(self._event, "", attributes, is_nested=self._depth > self._event_depth + 1)
        elif self._trace is not None:
            if self._depth == 3 and _local(tag) == "event":
                self._begin_event()
            else:
                self._take(self._trace, "case:", attributes, is_nested=self._depth > 3)
        elif self._depth == 2 and _local(tag) == "trace":
            self._trace, self._trace_events, self._is_told_apart = {}, 0, False
        elif self._depth == 2 and _local(tag) == "event":
            self._begin_event()
        elif self._depth == 1:
            self._check_root(_local(tag))
        if self._depth > DEPTH:
            self.refuse(f"elements are nested more than {DEPTH} deep. This is no log of a tool.")

    def end(self, _: str) -> None:
        """An element ends."""
        self._depth -= 1
        if self._event is not None and self._depth < self._event_depth:
            self._held.append((self._event_line, self._event))
            self._event = None
            if self._trace is None or len(self._held) >= EVENTS_HELD:
                self._write_held()
        elif self._trace is not None and self._depth == 1:
            self._write_held()
            self.traces += 1
            self.empty_traces += not self._trace_events
            self._trace = None

    def refuse(self, reason: str, line: int | None = None) -> NoReturn:
        """Raise SourceError: file, line, reason."""
        raise SourceError(f"{self.name}, line {line or self.expat.CurrentLineNumber}: {reason}") from None

    def refuse_page(self) -> NoReturn:
        """Raise SourceError for HTML."""
        self.refuse("this looks like a web page, perhaps a login page. Export the log again while you are logged in.")

    def _check_root(self, root: str) -> None:
        if root.lower() == "html":
            self.refuse_page()
        if root != "log":
            self.refuse(f"the document is <{root[:40]}>; expected <log>, as XES has it.")

    def _check_nesting(self, tag: str) -> None:
        """An event within an event, or a trace within a trace: an end is missing, and whose they are is not known."""
        if tag == "trace" or (tag == "event" and (self._event is not None or self._depth != 3)):
            self.refuse(f"<{tag}> begins before the last one ends. Lines are missing; export the log again.")

    def _begin_event(self) -> None:
        self._event, self._event_depth, self._event_line = {}, self._depth, self.expat.CurrentLineNumber
        self.events += 1
        self._trace_events += 1

    def _take(self, owner: dict[str, str], prefix: str, attributes: dict[str, str], *, is_nested: bool) -> None:
        key, value = attributes.get("key"), attributes.get("value")
        if is_nested or key is None or value is None:
            self.left_out += key is not None
            return
        column = prefix + key
        column = f"event:{column}" if column == LINE else column
        if column not in self.columns and len(self.columns) >= ATTRIBUTES:
            self.left_out += 1
            return
        if prefix and self._trace_events > len(self._held):
            self.refuse(f"an attribute of the trace stands behind {EVENTS_HELD:,} of its events; expected before them.")
        self.columns.setdefault(column, len(self.columns))
        owner[column] = value

    def _tell_apart(self, trace: dict[str, str]) -> None:
        """Two traces are two cases, whatever they are called."""
        name = trace.get(CASE)
        if name and not self._is_told_apart:
            self._is_told_apart = True
            self._names[name] += 1
            if self._names[name] > 1:
                self.namesakes += 1
                trace[CASE] = f"{name} ({self._names[name]})"

    def _write_held(self) -> None:
        trace = self._trace or {}
        self._tell_apart(trace)
        for line, event in self._held:
            cells = [""] * len(self.columns)
            for column, value in (event | trace).items():
                cells[self.columns[column]] = value
            json.dump([line, *cells], self._spool, ensure_ascii=False)
            self._spool.write("\n")
        self._held.clear()


def _local(tag: str) -> str:
    """A name without its namespace."""
    return tag.rpartition("}")[2]
