"""The record of a walk: what the data said, what the group noted, and the ideas; on the page and as Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from dash import html
from dash.development.base_component import Component

from dashboard.analysis.walk import facts
from dashboard.components.aria import aria, data
from dashboard.pages.view import View
from dashboard.pages.walk_step import Way
from dashboard.store import Walk, WalkNote
from dashboard.store.checked import IDEA, OBSERVATION

MARKDOWN = "walk-markdown"
WHOLE = "The whole stream"
NO_IDEAS = "No ideas were written down."


@dataclass(frozen=True)
class Part:
    """What is told of one step."""

    title: str
    facts: Sequence[str]
    observations: Sequence[str]
    ideas: Sequence[str]


@dataclass(frozen=True)
class Record:
    """A walk as it is handed on. `about` are lines; `ideas` are (text, step)."""

    title: str
    about: Sequence[str]
    parts: Sequence[Part]
    ideas: Sequence[tuple[str, str]]


def record_of(view: View, way: Way, walk: Walk | None, notes: Sequence[WalkNote]) -> Record:
    """The record of a walk; without one, of what the data say."""
    texts = {
        (note.step, note.kind): [n.text for n in notes if (n.step, n.kind) == (note.step, note.kind)] for note in notes
    }

    def part(step: str, title: str, said: Sequence[str]) -> Part:
        return Part(title, said, texts.get((step, OBSERVATION), ()), texts.get((step, IDEA), ()))

    known = set(way.names)
    gone = list(dict.fromkeys(note.step for note in notes if note.step and note.step not in known))
    parts = [part(stop.name, stop.name, facts(stop)) for stop in way.stops]
    parts += [part(step, step, ["There are no figures of this step in this scope."]) for step in gone]
    if any(note.step == "" for note in notes):
        parts.append(part("", WHOLE, ()))
    title = walk.title if walk else f"Walk along {view.stream['name']}"
    order = [*way.names, *gone, ""]
    ideas = sorted((note for note in notes if note.kind == IDEA), key=lambda note: order.index(note.step))
    return Record(title, _about(view, way, walk), parts, [(note.text, note.step) for note in ideas])


def markdown(record: Record) -> str:
    """The record as Markdown."""
    lines = [f"# {_escaped(record.title)}", "", *(f"- {_escaped(line)}" for line in record.about)]
    for part in record.parts:
        lines += ["", f"## {_escaped(part.title)}"]
        for heading, texts in _sections(part):
            lines += ["", f"**{heading}**", "", *(_item(text) for text in texts)]
    lines += ["", "## Ideas that could become initiatives", ""]
    lines += [_item(f"{text} ({step or WHOLE})", "- [ ] ") for text, step in record.ideas] or [NO_IDEAS]
    return "\n".join(lines) + "\n"


def record_page(view: View, record: Record, day: str) -> Component:
    """The record as it is printed, and the ways to take it along. `day` stands in the name of the file."""
    text = markdown(record)
    name = f"walk-{view.scope.stream}-{day}.md"
    look = "btn btn-outline-secondary me-2"
    take = html.Div(
        [
            html.A(
                "Download as Markdown",
                href=f"data:text/markdown;charset=utf-8,{quote(text)}",
                download=name,
                className=look,
            ),
            html.Button("Copy the Markdown", type="button", className=f"{look} copy-text", **data(copies=MARKDOWN)),
            html.Button("Print or PDF", type="button", className=f"{look} print-page"),
            html.Span(className="copied", **aria(live="polite")),
            html.Details(
                [html.Summary("Markdown, to be pasted"), html.Pre(text, id=MARKDOWN, tabIndex="0")],
                className="data-table",
            ),
        ],
        className="no-print mb-3",
    )
    return html.Section(
        [
            html.H2(record.title, className="flow-section"),
            html.Ul([html.Li(line) for line in record.about], className="walk-list"),
            take,
            *(_part(part) for part in record.parts),
            html.H2("Ideas that could become initiatives", className="flow-section"),
            _ideas(record),
        ],
        className="walk-record",
    )


def _about(view: View, way: Way, walk: Walk | None) -> list[str]:
    held = [f"Walked on {walk.held_on.day} {walk.held_on:%b %Y}"] if walk else []
    roles = [f"In the room: {walk.roles}"] if walk and walk.roles else []
    at = view.stream["last_event_at"]
    figures = f"Figures: {view.choices_in_words}; n = {way.items:,} finished items; data as of {at.day} {at:%b %Y}"
    return [f"Value stream: {view.stream['name']}", *held, *roles, figures]


def _sections(part: Part) -> list[tuple[str, Sequence[str]]]:
    every = (("What the data say", part.facts), ("Observations", part.observations), ("Ideas", part.ideas))
    return [(heading, texts) for heading, texts in every if texts]


def _part(part: Part) -> Component:
    content: list[Component] = []
    for heading, texts in _sections(part):
        rows = [html.Li(text, className="kept-text") for text in texts]
        content += [html.H4(heading, className="h6 mb-1"), html.Ul(rows, className="walk-list")]
    return html.Section([html.H3(part.title, className="flow-section"), *content])


def _ideas(record: Record) -> Component:
    if not record.ideas:
        return html.P(NO_IDEAS)
    rows = [html.Li(f"{text} ({step or WHOLE})", className="kept-text") for text, step in record.ideas]
    return html.Ol(rows, className="walk-list")


def _item(text: str, mark: str = "- ") -> str:
    """A text of several lines as one item of a list."""
    return mark + _escaped(text).replace("\n", "\n  ")


def _escaped(text: str) -> str:
    """Nothing in a text begins an element of HTML: it would not be shown."""
    return text.replace("<", r"\<")
