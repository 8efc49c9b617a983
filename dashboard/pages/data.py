"""Data: what was imported, what was set aside, what the checks find, how the stages are defined."""

from __future__ import annotations

import dash_bootstrap_components as dbc
import pandas as pd
from dash import html
from dash.development.base_component import Component

from dashboard.components.aria import aria
from dashboard.components.plain_table import plain_table
from dashboard.pages.view import View
from dashboard.sources import FORMATS

PATH, TITLE = "/data", "Data"
EXAMPLES = 20


def body(view: View) -> Component:
    """One section a question, tables only."""
    return html.Div(
        [
            _section("What was imported?", _imports(view)),
            _section("Which rows were set aside, and why?", _set_aside(view)),
            _section("What do the checks find?", _checks(view)),
            _section("How are the stages defined?", _stages(view)),
            _section("What can this data not answer?", _gaps(view)),
            _section("What does each figure mean?", _definitions(view)),
        ]
    )


def _section(question: str, content: Component) -> Component:
    return html.Section([html.H2(question, className="h5"), content], className="data-section")


def _imports(view: View) -> Component:
    return _wrapped(_of_stream(view, "marts.imports").drop(columns=["stream"]))


def _set_aside(view: View) -> Component:
    rows = _of_stream(view, "marts.set_aside").drop(columns=["stream"])
    if rows.empty:
        return html.P("None: every record of the files was used or said nothing new.")
    note = html.P(f"{len(rows):,} records; the first {min(len(rows), EXAMPLES)} are shown. They are in no figure.")
    return html.Div([note, _wrapped(rows.head(EXAMPLES))])


def _checks(view: View) -> Component:
    problems = view.warehouse.problems()
    problems = problems[problems["stream"] == view.scope.stream]
    parts = []
    for query in view.warehouse.catalogue.layer("checks").values():
        found = problems[problems["check"] == query.stem]
        parts.append(_check(query.title, dict(query.header), found))
    return html.Div(parts)


def _check(title: str, header: dict[str, str], found: pd.DataFrame) -> Component:
    if found.empty:
        return html.Div([html.Span("✓ ", **aria(hidden="true")), f"{title}: none"], className="check-line")
    shown = found[["subject", "detail"]].head(EXAMPLES)
    more = f" The first {EXAMPLES} are shown." if len(found) > EXAMPLES else ""
    return html.Details(
        [
            html.Summary(f"{title}: {len(found):,} ({header['severity']})"),
            html.P(f"{header['why']} {header['remedy']}{more}"),
            _wrapped(shown),
        ],
        className="check-line",
    )


def _stages(view: View) -> Component:
    stages = view.warehouse.stages(view.scope.stream).drop(columns=["stream"])
    kept = [column for column in stages if stages[column].notna().any()]
    proposal = (
        "These stages are a proposal, from the histories alone. To correct them: vsm map writes the definition as TOML."
        if view.stream["is_proposal"]
        else "Defined in streams.toml."
    )
    quiet = view.stream["quiet_seconds"]
    rule = (
        f" No state is an explicit end: an item in a last state counts as finished after {quiet / 86_400:.1f} days "
        "without an event."
        if pd.notna(quiet)
        else ""
    )
    return html.Div([html.P(proposal + rule), _wrapped(stages[kept])])


def _gaps(view: View) -> Component:
    """The metrics that have no value over all the data of the stream."""
    everything = view.warehouse.default_scope(view.scope.stream)
    metrics = view.warehouse.catalogue.metrics
    silent = [each.title for name, each in metrics.items() if view.headline(name, everything)["value"] is None]
    formats = _of_stream(view, "marts.imports")["format"].unique()
    notes = sorted({gap for name in formats if name in FORMATS for gap in FORMATS[name].cannot_answer})
    if not silent and not notes:
        return html.P("Nothing: every metric of the catalogue has a value over the whole of it.")
    without = [html.Li(f"No value over the whole of it: {', '.join(silent)}.")] if silent else []
    return html.Ul([*without, *(html.Li(f"{note[0].upper()}{note[1:]}.") for note in notes)])


def _definitions(view: View) -> Component:
    rows = [
        (each.title, each.unit, each.better, each.definition, each.formula)
        for each in view.warehouse.catalogue.metrics.values()
    ]
    return _wrapped(pd.DataFrame(rows, columns=["metric", "unit", "better", "definition", "formula"]))


def _of_stream(view: View, table: str) -> pd.DataFrame:
    rows = view.warehouse.table(table)
    return rows[rows["stream"] == view.scope.stream]


def _wrapped(table: pd.DataFrame) -> Component:
    return dbc.Card(html.Div(plain_table(table), className="table-wrap", tabIndex="0"))
