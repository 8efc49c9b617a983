"""A CSV of the plan is chosen or pasted, looked at, and taken in."""

from __future__ import annotations

import base64
import binascii
from typing import Any

import dash
import dash_bootstrap_components as dbc
from dash import Dash, Input, Output, dcc, html
from dash.development.base_component import Component

from dashboard.pages.plan_forms import button
from dashboard.pages.plan_write import CSV
from dashboard.streams.plan_csv import COLUMNS, LONGEST

FILE = "plan-file"


def card(why_not: str | None) -> Component:
    """A field for the text; hidden where nothing may be changed, for callbacks name it."""
    return html.Details(
        [
            html.Summary("Import from CSV"),
            html.P(
                "A row an entry; an id that is known changes that entry, a row without one adds a new one, nothing is "
                f"removed. Columns: {', '.join(COLUMNS)}. The file that this page gives may be changed and taken back.",
                className="rule",
            ),
            html.Label(  # the label opens the file dialog: the field in it has none of its own
                dcc.Upload(
                    html.Span("Choose a CSV file", className="btn btn-sm btn-outline-secondary"),
                    id=FILE,
                    accept=".csv,text/csv",
                    max_size=LONGEST,
                    disable_click=True,
                ),
                className="plan-upload",
            ),
            html.Label("or paste its text", htmlFor=CSV),
            dbc.Textarea(id=CSV, rows=6, className="num"),
            html.Div(button("See what it would change", "check"), className="mt-2"),
        ],
        className="d-none" if why_not else "data-table mt-3 no-print",
    )


def register(app: Dash) -> None:
    """A file that is chosen fills the field."""

    @app.callback(Output(CSV, "value"), Input(FILE, "contents"), prevent_initial_call=True)
    def fill(contents: str | None) -> Any:
        if not contents:
            return dash.no_update
        try:
            return base64.b64decode(contents.partition(",")[2]).decode("utf-8-sig")
        except (binascii.Error, UnicodeDecodeError):
            return "The file is no text in UTF-8. Save it from the spreadsheet as CSV UTF-8."
