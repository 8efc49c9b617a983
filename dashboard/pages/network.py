"""Network: which value streams wait for each other, how long, at what cost, and which teams they share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qs

import dash_bootstrap_components as dbc
import pandas as pd
from dash import ALL, Dash, Input, Output, html, no_update
from dash.development.base_component import Component

from dashboard.components import controls
from dashboard.components.cards import content_card, empty, findings
from dashboard.components.controls import labelled, select
from dashboard.components.inline_svg import InlineSvg
from dashboard.components.plain_table import plain_table
from dashboard.figures.network_map import bound, joined, key_of, network_map
from dashboard.pages.view import View, or_why, view_of
from dashboard.theme import counted, formatted

PATH, TITLE = "/network", "Network"
PART, DRAWN, MAP = "network", "network-drawn", "network-map"
SHOWN = 50
NOTHING = (
    "In these days nothing leads from one value stream to another: no item waited for one of another stream, none has "
    "a part there, and no stream says what it needs."
)
REMEDY = (
    "Export the links between items, import the streams into the same folder, or say under [[stream.needs]] in "
    "streams.toml what a stream gets from another one."
)
ALONE = "There is one value stream. A network begins with a second: vsm import --stream NAME FILE…"


def body(view: View) -> Component:
    """The map of all streams, the waits behind one of its lines, the teams that streams share."""
    streams, edges = view.ask("charts.network_streams"), view.ask("charts.network_edges")
    if edges.empty:
        words = [NOTHING, " ", REMEDY] if len(streams) > 1 else [ALONE]
        return html.Div([empty("".join(words)), or_why(_teams, view, streams)])
    first, names = _key(edges.iloc[0]), _names(streams)
    options = {_key(row): _title(row, names) for _, row in edges.iterrows()}
    choice = labelled("Waits shown", select(PART, "edge", options, view.query.get("edge"), first))
    return html.Div(
        [
            findings(_sentences(edges, names)),
            html.P(_about(view, streams), className="rule"),
            _map(view, streams, edges),
            html.Div([choice], className="card-controls mt-3"),
            html.Div(_waits(view), id=DRAWN),
            html.Div(or_why(_teams, view, streams), className="mt-3"),
        ]
    )


def register(app: Dash, view_for: Callable[[Mapping[str, str | None]], View]) -> None:
    """A line of the map, or its name, opens the waits behind it."""
    controls.redraw(app, PART, DRAWN, view_for, _waits)

    @app.callback(
        Output({**controls.control_id(PART, "edge"), "default": ALL}, "value"),
        Input({"type": "network", "id": MAP}, "selected"),
        prevent_initial_call=True,
    )
    def chosen(key: str | None) -> list[Any]:
        return [key if key else no_update]


def _names(streams: pd.DataFrame) -> dict[str, str]:
    return dict(zip(streams["stream"], streams["name"], strict=True))


def _key(row: Mapping[str, Any]) -> str:
    return key_of(str(row["stream"]), str(row["on_stream"]))


def _title(row: Mapping[str, Any], names: Mapping[str, str]) -> str:
    one, other = (names.get(str(row[end]), str(row[end])) for end in ("stream", "on_stream"))
    return f"{one}, for {other}"


def _about(view: View, streams: pd.DataFrame) -> str:
    """What is counted, and how much it is in all streams together."""
    total = view.ask("charts.network_totals").iloc[0]
    said = (
        f"{counted(len(streams), 'value stream')}: {counted(int(total['open_items']), 'item')} under way at the end of "
        f"the days chosen above, {int(total['finished_items']):,} finished in them"
    )
    if total["shared_items"]:
        said += f"; {counted(int(total['shared_items']), 'item')} in two streams or more count once here"
    said += ". A wait counts in the scope in which it ended, or is seen last."
    if view.scope.teams or view.scope.types:
        said += " The choice of teams and types does not bear on this page."
    return said


def _sentences(edges: pd.DataFrame, names: Mapping[str, str]) -> list[str]:
    """The two longest waits; then what nobody said would be needed."""
    said = [_told(row, names) for _, row in edges[edges["waits"] > 0].head(2).iterrows()]
    unsaid = edges[(edges["waits"] > 0) & edges["what"].isna()]
    if len(unsaid):
        pairs = "; ".join(_title(row, names) for _, row in unsaid.head(3).iterrows())
        said.append(f"Waits that no stream has declared: {pairs}.")
    return said


def _told(row: Mapping[str, Any], names: Mapping[str, str]) -> str:
    one, other = (names.get(str(row[end]), str(row[end])) for end in ("stream", "on_stream"))
    at_most = bound(row)
    said = (
        f"{counted(int(row['items']), 'item')} of {one} waited {at_most}{formatted(row['wait_days'], 'days')} for "
        f"{other}"
    )
    if row["waits"] > 1:
        said += f"; half of {row['waits']:,} waits took {formatted(row['median_wait_days'], 'days')} or longer"
    if pd.notna(row["cost"]):
        said += f"; that is {_money(row)} of delay"
    if pd.notna(row["within_ratio"]):
        said += (
            f". {formatted(row['within_ratio'], 'ratio')} of them ended within the agreed {row['agreed_days']:g} days"
        )
    return said + "."


def _money(row: Mapping[str, Any]) -> str:
    return f"{row['cost']:,.0f} {row['currency'] if pd.notna(row['currency']) else ''}".rstrip()


def _map(view: View, streams: pd.DataFrame, edges: pd.DataFrame) -> Component:
    alone = [str(row["name"]) for _, row in streams.iterrows() if row["stream"] not in joined(edges)]
    waiting = edges[edges["waits"] > 0]
    needy = edges["stream"].nunique()
    answer = (
        f"{needy:,} of {counted(len(streams), 'stream')} {'needs' if needy == 1 else 'need'} others; "
        f"{counted(int(waiting['waits'].sum()), 'wait')} seen, {int(waiting['open_waits'].sum()):,} still going on"
    )
    drawing = InlineSvg(svg=network_map(streams, edges), id={"type": "network", "id": MAP})
    notes = [
        "Arrows lead from who provides to who waits, as wide as the time waited; dashed grey: declared, no wait seen; "
        "dashed orange: back to a stream that itself provides. Choose one to see the items behind it."
    ]
    if alone:
        notes.append(f"Joined to none: {', '.join(alone)}.")
    drawn = html.Div(
        [
            html.Div(drawing, className="table-wrap process-map", tabIndex="0"),
            *(html.P(each, className="rule mb-1") for each in notes),
        ]
    )
    table = html.Div(plain_table(_table(edges, _names(streams))), className="table-wrap mt-2", tabIndex="0")
    behind = view.behind("charts.network_edges", edges)
    how = view.how("charts.network_edges", "charts.network_streams")
    content = html.Div([drawn, table])
    return content_card("network", "Which stream waits for which?", answer, content, behind, how)


def _table(edges: pd.DataFrame, names: Mapping[str, str]) -> pd.DataFrame:
    rows = []
    for _, row in edges.iterrows():
        agreed = "–"
        if pd.notna(row["agreed_days"]):
            share = formatted(row["within_ratio"], "ratio") if pd.notna(row["within_ratio"]) else "–"
            agreed = f"{row['agreed_days']:g} days: {share} within"
        at_most = bound(row)
        rows.append(
            {
                "who waits": names.get(row["stream"], row["stream"]),
                "for whom": names.get(row["on_stream"], row["on_stream"]),
                "for what": row["what"] if pd.notna(row["what"]) else "not declared",
                "waits": row["waits"],
                "going on": row["open_waits"],
                "waited": f"{at_most}{formatted(row['wait_days'], 'days')}" if row["waits"] else "–",
                "half took": formatted(row["median_wait_days"], "days"),
                "agreed": agreed,
                "cost of delay": _money(row) if pd.notna(row["cost"]) else "–",
                "parts there": row["parts"],
            }
        )
    return pd.DataFrame(rows)


def _waits(view: View) -> Component:
    """The items behind one line, as their own stream sees them."""
    edges, streams = view.ask("charts.network_edges"), view.ask("charts.network_streams")
    row = _chosen(view, edges)
    names, stream = _names(streams), str(row["stream"])
    question = f"Which items of {names.get(stream, stream)} waited for {names.get(row['on_stream'], row['on_stream'])}?"
    if stream not in names or not row["waits"]:
        why = f"No item of it waited for one of {names.get(row['on_stream'], row['on_stream'])} in these days"
        if row["on_stream"] not in names or stream not in names:
            why = "One of the two streams is declared, and nothing of it was imported"
        elif row["parts"]:
            why += f"; {counted(int(row['parts']), 'item')} there are parts of its items"
        return content_card("network-waits", question, why, html.Div(), html.Div(), view.how("charts.network_waits"))
    theirs = _of(view, stream)
    partner = {"on_stream": row["on_stream"]}
    waits = theirs.ask("charts.network_waits", **partner, row_limit=1_000_000, row_offset=0)
    shown = waits.head(SHOWN)
    rows = pd.DataFrame(
        {
            "item": shown["item_id"],
            "title": shown["title"],
            "team": shown["team"],
            "waited": [formatted(days, "days") for days in shown["wait_days"]],
            "from": shown["waited_from_on"],
            "until": [f"{day:%Y-%m-%d}" if pd.notna(day) else "still waits" for day in shown["waited_until_on"]],
            "for": [f"{each.on_item_id} {each.on_title or ''}".strip() for each in shown.itertuples()],
        }
    )
    links = [theirs.address("/timeline", item=key) for key in shown["item_id"]]
    content: list[Component] = [html.Div(plain_table(rows, links=links), className="table-wrap", tabIndex="0")]
    if len(waits) > SHOWN:
        content.append(html.P(f"The {SHOWN} longest of {len(waits):,}.", className="rule"))
    answer = f"{counted(int(row['waits']), 'wait')}, the longest first; {int(row['open_waits']):,} still going on."
    if not row["is_flagged"]:
        answer += " Its source tells no blocked times: the item and what blocks it were open together so long."
    behind, how = theirs.behind("charts.network_waits", waits, **partner), theirs.how("charts.network_waits")
    return content_card("network-waits", question, answer, html.Div(content), behind, how)


def _chosen(view: View, edges: pd.DataFrame) -> Mapping[str, Any]:
    asked = parse_qs(view.query.get("edge", ""))
    ends = [asked.get(end, [""])[0] for end in ("stream", "on")]
    found = edges[(edges["stream"] == ends[0]) & (edges["on_stream"] == ends[1])]
    row: Mapping[str, Any] = (found if len(found) else edges).iloc[0]
    return row


def _of(view: View, stream: str) -> View:
    """The same days and clock in another stream, all its teams and types."""
    last = view.scope.until - pd.Timedelta(days=1)
    query = {"stream": stream, "from": str(view.scope.since), "to": str(last), "clock": view.scope.clock}
    return view_of(view.warehouse, view.home, query, view.store)[0]


def _teams(view: View, streams: pd.DataFrame) -> Component:
    table, names = view.ask("charts.shared_teams"), _names(streams)
    question, how = "Which teams work for several streams?", view.how("charts.shared_teams")
    if table.empty:
        nothing = html.Div()
        return content_card("network-teams", question, "None was seen in two streams", nothing, html.Div(), how)
    rows = pd.DataFrame(
        {
            "team": table["team"],
            "stream": table["stream"].map(lambda stream: names.get(stream, stream)),
            "items": table["items"],
            "active time": [formatted(days, "days") for days in table["active_days"]],
            "share of the team's": [formatted(share, "ratio") for share in table["share_ratio"]],
        }
    )
    answer = f"{counted(table['team'].nunique(), 'team')} did active work in two streams or more"
    behind = view.behind("charts.shared_teams", table)
    content = html.Div(plain_table(rows), className="table-wrap", tabIndex="0")
    return dbc.Row(dbc.Col(content_card("network-teams", question, answer, content, behind, how)))
