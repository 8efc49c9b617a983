"""Data: what was imported, what was set aside, what the checks find, what the data can tell, what figures mean."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping

import dash_bootstrap_components as dbc
import pandas as pd
from dash import dcc, html
from dash.development.base_component import Component

from dashboard.catalogue import Query
from dashboard.components.aria import aria
from dashboard.components.plain_table import plain_table
from dashboard.pages.capabilities import CAPABILITIES, Capability
from dashboard.pages.later import later
from dashboard.pages.view import View
from dashboard.parameters import ALL_ROWS
from dashboard.sources import FORMATS

PATH, TITLE = "/data", "Data"
IS_SCOPED = False
EXAMPLES = 20
SAME = ("file_name", "column_name", "reason")  # what rows set aside are grouped by

SEVERITIES = {"broken": "Broken", "error": "Error", "warning": "Warning", "note": "Note"}


def body(view: View) -> Component:
    """One section a question."""
    return html.Div([_section(view, question) for question in PARTS])


def _section(view: View, question: str) -> Component:
    content = later(view, PARTS, question, HEIGHTS.get(question, 12))
    return html.Section([html.H2(question, className="h5"), content], className="data-section")


def _imports(view: View) -> Component:
    rows = _of_stream(view, "marts.imports").drop(columns=["stream"])
    titles = {name: each.title for name, each in FORMATS.items()}
    return _wrapped(rows.assign(format=rows["format"].map(lambda name: titles.get(name, name))))


def _set_aside(view: View) -> Component:
    reasons = view.ask("charts.set_aside_reasons")
    if reasons.empty:
        return html.P("None: every record of the files was used or said nothing new.")
    rows = view.ask("charts.set_aside", row_limit=EXAMPLES)
    found = [_reason(row, rows[_is_like(rows, row)]) for row in reasons.to_dict("records")]
    return html.Div(
        [
            html.P(f"{_records(view.set_aside)}, in no figure. Mend the file at its source, and import it again."),
            *found,
            _download(view.address("/api/charts/set_aside", row_limit=ALL_ROWS, format="csv"), "all of them"),
        ]
    )


def _doubts(view: View) -> Component:
    rows = view.ask("charts.doubts", row_limit=EXAMPLES)
    if rows.empty:
        return html.P("None of those that are used.")
    reasons = rows.drop_duplicates(list(SAME))
    found = [_reason(row, rows[_is_like(rows, row)].drop(columns="records")) for row in reasons.to_dict("records")]
    return html.Div(
        [
            html.P("They are used, and counted here so that you can judge."),
            *found,
            _download(view.address("/api/charts/doubts", row_limit=ALL_ROWS, format="csv"), "all of them"),
        ]
    )


def _is_like(rows: pd.DataFrame, row: Mapping[Hashable, object]) -> pd.Series[bool]:
    """Which rows have the same file, column and reason; no column is like no column."""
    same = [rows[each].fillna("") == ("" if pd.isna(row[each]) else row[each]) for each in SAME]
    return same[0] & same[1] & same[2]


def _reason(row: Mapping[Hashable, object], examples: pd.DataFrame) -> Component:
    count = int(str(row["records"]))
    column = f", column {row['column_name']}" if pd.notna(row["column_name"]) else ""
    shown = examples.drop(columns=list(SAME))
    more = html.P(f"The first {EXAMPLES} of {count:,}.", className="rule") if count > EXAMPLES else None
    summary = html.Summary([html.Strong(f"{count:,}"), f" in {row['file_name']}{column}: {row['reason']}"])
    kept = shown[[column for column in shown if shown[column].notna().any()]]
    return html.Details([summary, more, _wrapped(kept)], className="check-line")


def _checks(view: View) -> Component:
    problems = view.warehouse.problems()
    problems = problems[problems["stream"] == view.scope.stream]
    checks = list(view.warehouse.catalogue.layer("checks").values())
    checks.sort(key=lambda check: (list(SEVERITIES).index(str(check.header["severity"])), check.title))
    found = [(check, problems[problems["check"] == check.stem]) for check in checks]
    told = [_check(view, check, rows) for check, rows in found if len(rows)]
    silent = [check.title for check, rows in found if rows.empty]
    return html.Div([*told, _silent(silent)])


def _check(view: View, check: Query, found: pd.DataFrame) -> Component:
    severity = str(check.header["severity"])
    shown = found[["subject", "detail"]].head(EXAMPLES)
    more = html.P(f"The first {EXAMPLES} of {len(found):,}.", className="rule") if len(found) > EXAMPLES else None
    return html.Details(
        [
            html.Summary(
                [
                    html.Span(SEVERITIES[severity], className=f"severity severity-{severity}"),
                    html.Strong(f"{len(found):,}"),
                    f" · {check.title}",
                ]
            ),
            html.P([html.Strong("Why it matters: "), str(check.header["why"])], className="mb-1"),
            html.P([html.Strong("What to do: "), str(check.header["remedy"])]),
            more,
            _wrapped(shown),
            _download(view.address(f"/api/checks/{check.stem}", format="csv"), f"all: {check.title}"),
        ],
        className="check-line",
    )


def _silent(titles: list[str]) -> Component | None:
    """The checks without a finding, in one line."""
    if not titles:
        return None
    count = "1 check finds" if len(titles) == 1 else f"{len(titles)} checks find"
    return html.Details(
        [html.Summary([html.Span("✓ ", **aria(hidden="true")), f"{count} nothing"]), html.P("; ".join(titles) + ".")],
        className="check-line",
    )


def _capabilities(view: View) -> Component:
    told = view.ask("charts.capabilities").set_index("fact")
    rows = [_capability(view, each, told) for each in CAPABILITIES]
    columns = ["fact", "in this data", "from", "makes possible", "to get it"]
    silent, notes = _silent_metrics(view), _notes(view)
    return html.Div(
        [
            _wrapped(pd.DataFrame(rows, columns=columns), "capabilities"),
            html.P(f"No value over the whole of it: {', '.join(silent)}.", className="mt-2") if silent else None,
            html.Ul([html.Li(f"{note[0].upper()}{note[1:]}.") for note in notes]) if notes else None,
        ]
    )


def _capability(view: View, each: Capability, told: pd.DataFrame) -> tuple[str, str, str, str, str]:
    records = int(told["records"].reindex(list(each.facts)).fillna(0).sum())
    titles = ", ".join(view.metric(name).title for name in each.metrics)
    return (
        each.title,
        f"✓ {records:,}" if records else "–",
        ", ".join(_files(view, each, told)) if records else "",
        f"{titles}. {each.enables}" if titles else each.enables,
        "" if records else each.remedy,
    )


def _files(view: View, each: Capability, told: pd.DataFrame) -> list[str]:
    """The files that tell it; where rows do not keep their file, all whose format can tell it."""
    kept = told["files"].reindex(list(each.facts)).dropna().explode()
    if len(kept):
        return sorted(set(kept))
    imports = _of_stream(view, "marts.imports")
    folders = (FORMATS[name].folder if name in FORMATS else name for name in imports["format"])
    able = [each.table in view.warehouse.catalogue.source(folder) for folder in folders]
    return sorted(set(imports.loc[able, "file_name"]))


def _silent_metrics(view: View) -> list[str]:
    """The metrics that have no value over all the data of the stream."""
    everything = view.warehouse.default_scope(view.scope.stream)
    metrics = view.warehouse.catalogue.metrics
    return [each.title for name, each in metrics.items() if view.headline(name, everything)["value"] is None]


def _notes(view: View) -> list[str]:
    """What the formats of the files can't tell at all."""
    formats = _of_stream(view, "marts.imports")["format"].unique()
    return sorted({gap for name in formats if name in FORMATS for gap in FORMATS[name].notes})


def _stages(view: View) -> Component:
    stages = view.warehouse.stages(view.scope.stream).drop(columns=["stream", "confidence", "reason"])
    kept = [column for column in stages if stages[column].notna().any()]
    proposal = (
        "These stages are a proposal, from the histories alone; nobody has confirmed them."
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
    words = "Check and confirm the stages" if view.stream["is_proposal"] else "See all states, change the stages"
    link = dcc.Link(words, href=view.address("/mapping"), className="btn btn-sm btn-outline-secondary mb-2")
    return html.Div([html.P(proposal + rule, className="mb-2"), link, _wrapped(stages[kept])])


def _definitions(view: View) -> Component:
    rows = [
        (each.title, each.unit, each.better, each.definition, each.formula)
        for each in view.warehouse.catalogue.metrics.values()
    ]
    table = pd.DataFrame(rows, columns=["metric", "unit", "better", "definition", "formula"])
    return html.Details([html.Summary(f"Definitions of all {len(rows)} metrics"), _wrapped(table)])


def _of_stream(view: View, table: str) -> pd.DataFrame:
    rows = view.warehouse.table(table)
    return rows[rows["stream"] == view.scope.stream]


def _wrapped(table: pd.DataFrame, more: str = "") -> Component:
    return dbc.Card(html.Div(plain_table(table), className=f"table-wrap {more}".strip(), tabIndex="0"))


def _download(address: str, of: str) -> Component:
    label: list[Component | str] = ["Download CSV", html.Span(f" of {of}", className="visually-hidden")]
    return html.A(label, href=address, className="btn btn-sm btn-outline-secondary mt-2")


def _records(count: int) -> str:
    return "1 record" if count == 1 else f"{count:,} records"


PARTS: Mapping[str, Callable[[View], Component]] = {
    "What was imported?": _imports,
    "Which records were set aside, and why?": _set_aside,
    "Which records are doubtful?": _doubts,
    "What do the checks find?": _checks,
    "What can this data tell?": _capabilities,
    "How are the stages defined?": _stages,
    "What does each figure mean?": _definitions,
}
# Rem that a section takes, about.
HEIGHTS = {"What do the checks find?": 50, "What can this data tell?": 70, "How are the stages defined?": 30}
