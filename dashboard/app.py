"""The app: every page under its bar of the scope, and the callbacks that draw pages, parts and items."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import dash
import dash_bootstrap_components as dbc
import flask
from dash import Dash, Input, Output, State, dcc, html
from dash.development.base_component import Component

from dashboard import access, api, in_browser, kept_pages, oidc, shell, sight, signs, snapshots, web
from dashboard.catalogue import read_catalogue
from dashboard.components import drawer, scope_bar
from dashboard.components.aria import data
from dashboard.components.cards import empty
from dashboard.components.inline_svg import InlineSvg
from dashboard.errors import AccessError, ScopeError
from dashboard.pages import PAGES, later, remembered
from dashboard.pages.footer import FOOTER, footer
from dashboard.pages.items import listed
from dashboard.pages.view import QUERY, Page, View, view_of
from dashboard.settings import Settings, bundled, from_environment
from dashboard.store import Store, store_of
from dashboard.warehouse import Warehouse
from dashboard.warming import keep_current, keep_warm

BODY, PATH = "page-body", "page-path"
# Property that a callback names → a component that has it.
STAND_INS = {
    "value": dbc.Select,
    "options": dbc.Select,
    "selected": InlineSvg,
    "data": dcc.Store,
    "href": html.A,
    "contents": dcc.Upload,
}


def create_app(warehouse: Warehouse, settings: Settings) -> Dash:
    """The Dash app over a warehouse; nothing is read before the first request."""
    app = Dash(
        "dashboard",
        assets_folder=str(shell.ASSETS),
        assets_path_ignore=["vendor"],
        # First: ours has the last word.
        external_stylesheets=[shell.vendored(settings.prefix, "bootstrap.min.css", "bootstrap")],
        use_pages=True,
        pages_folder="",
        title="Value stream dashboard",
        update_title=None,  # type: ignore[arg-type]  # Dash documents None: keep the title while callbacks run.
        serve_locally=True,
        suppress_callback_exceptions=False,
        use_async=False,
        requests_pathname_prefix=settings.prefix,
        routes_pathname_prefix="/",
        include_pages_meta=False,
        enable_mcp=False,
    )
    app.server.config[access.SETTINGS] = settings
    store = store_of(settings)
    app.index_string = shell.index(settings.prefix)
    for order, page in enumerate(PAGES):
        dash.register_page(
            page.__name__,
            path=page.PATH,
            name=page.TITLE,
            title=page.TITLE,
            order=order,
            in_menu=getattr(page, "IN_MENU", True),
            layout=_once_asked_for(_layout_of(page, warehouse, settings, store)),
        )
    app.layout = partial(shell.frame, settings)
    _wire(app, warehouse, settings, store)
    in_browser.register(app)

    def view_for(query: Mapping[str, str | None]) -> View:
        return view_of(warehouse, settings.home, query, store)[0]

    remembered.register(app, view_for, store)
    for page in PAGES:
        if hasattr(page, "register"):
            page.register(app, view_for)
    return app


def create_server(settings: Settings | None = None) -> flask.Flask:
    """The WSGI server: gunicorn "dashboard.app:create_server()". Raises SnapshotError without a snapshot."""
    chosen = settings or from_environment()
    warehouse = Warehouse(
        chosen.warehouse,
        read_catalogue(bundled("queries")),
        memory=chosen.memory,
        threads=chosen.threads,
        seconds=chosen.query_seconds,
        cluster=chosen.engine,
    )
    access.check(chosen)
    snapshots.current(chosen.warehouse)
    app = create_app(warehouse, chosen)
    server: flask.Flask = app.server
    policy: dict[str, str] = {}
    web.harden(app, policy)
    access.guard(server, chosen)
    web.refuse_malformed(app)
    kept_pages.register(server, warehouse, store_of(chosen), chosen.home, _draws)
    if chosen.oidc_issuer:
        oidc.register(server, chosen)
    signs.register(server, warehouse, chosen)
    api.register(server, warehouse, chosen.home, store_of(chosen))
    with server.test_client() as client:  # closes the race of Dash's first requests
        for address in ("/", "/_dash-layout", "/_dash-dependencies"):
            client.get(address, environ_overrides={access.OWN: True})
    app.validation_layout = _only_ids(app.validation_layout, app.callback_map)  # type: ignore[assignment, arg-type]  # None until now
    policy["value"] = web.content_policy(app, shell.inline_scripts(chosen.prefix))
    keep_current(warehouse)
    keep_warm(warehouse, [partial(_drawn, page, warehouse, chosen) for page in PAGES])
    web.mount(server, chosen)
    return server


def _draws(output: str) -> bool:
    """Whether a callback draws a page or a part of it, and does nothing else."""
    return output.startswith((".._pages_content.children", f"{BODY}.", '{"part":["MATCH"]'))


def _drawn(page: Page, warehouse: Warehouse, settings: Settings, stream: str) -> Component:
    """A page of a stream as it opens: what it asks is then known."""
    return page.body(view_of(warehouse, settings.home, {"stream": stream}, store_of(settings))[0])


def _only_ids(layout: Component, callbacks: Mapping[str, Any]) -> Component:
    """The components that callbacks may name, without what they hold: Dash sends this along with every page.

    What a page leaves out because of its data, such as a map without a history, stands in for it by its property.
    """
    # Once each: every page has the scope bar.
    named = {str(part.id): part for part in layout._traverse() if getattr(part, "id", None)}.values()
    drawn = {part.id for part in named if isinstance(part.id, str)}
    wanted = {
        each["id"]: each["property"]
        for callback in callbacks.values()
        for each in (*callback["inputs"], *callback["state"])
        if not each["id"].startswith("{")
    }
    outputs = (name.partition(".") for key in callbacks for name in key.strip(".").split("..."))
    wanted |= {id_: prop.partition("@")[0] for id_, _, prop in outputs if not id_.startswith("{") and id_ not in wanted}
    missing = [STAND_INS.get(prop, html.Div)(id=id_) for id_, prop in wanted.items() if id_ not in drawn]
    return html.Div([*(type(part)(id=part.id) for part in named), *missing])


def _once_asked_for(layout: Callable[..., Component]) -> Callable[..., Component]:
    """Nothing at the first request of all, in which Dash draws every page to learn their ids: that would take seconds,
    and `_only_ids` knows them. A page is drawn by a callback, which is posted."""

    def drawn(**query: str) -> Component:
        if flask.has_request_context() and flask.request.method == "GET":
            return html.Div()
        return layout(**query)

    return drawn


def _layout_of(page: Page, warehouse: Warehouse, settings: Settings, store: Store) -> Any:
    is_scoped = getattr(page, "IS_SCOPED", True)
    keeps_views = getattr(page, "KEEPS_VIEWS", is_scoped)

    def layout(**query: str) -> Component:
        view, default = view_of(warehouse, settings.home, query, store)
        view = replace(view, seen=frozenset()) if flask.has_request_context() else view
        choices = warehouse.ask("charts.choices", view.scope, teams=None)
        streams = warehouse.streams()
        bar = scope_bar.scope_bar(
            view.scope,
            default,
            dict(zip(streams["stream"], streams["name"], strict=True)),
            choices.loc[choices["kind"] == "team", "choice"].tolist(),
            choices.loc[choices["kind"] == "type", "choice"].tolist(),
        )
        return html.Div(
            [
                html.H1(page.TITLE, className="page-title"),
                bar if is_scoped else html.Div(bar, className="whole-stream"),
                remembered.panel(view, page.PATH, store) if keeps_views else None,
                html.Main(_loading(_body(page, view)), id="main"),
                dcc.Store(id=PATH, data=page.PATH),
                dcc.Store(id=QUERY, data=dict(view.query)),
                html.Footer(footer(view), id=FOOTER, className="page-footer", **data(waits=view.waits or "")),
            ]
        )

    return layout


def _body(page: Page, view: View) -> Component:
    """The page under its scope; on paper the scope stands in words."""
    try:
        body = page.body(view)
    except (AccessError, ScopeError) as error:
        body = empty(str(error))
    return html.Div([html.P(view.scope_in_words, className="print-only"), _limits(), body])


def _limits() -> Component | None:
    """What somebody who does not see all teams must know of every figure."""
    if sight.seen() is None:
        return None
    told = f"You see the items of {sight.in_words()}; other teams' items are in no figure."
    if not sight.seen():
        told = "You see the items of no team yet: whoever keeps access.toml can give you one."
    return html.P(told, className="limits")


def _loading(body: Component) -> Component:
    # What is drawn anew dims, but not the page around a part that is drawn for the first time.
    outputs = (name for key in dash.get_app().callback_map for name in key.strip(".").split("..."))
    drawn = [name.removesuffix(".children") for name in outputs if name.endswith(".children") and name[0] != "{"]
    return dcc.Loading(
        html.Div(body, id=BODY),
        delay_show=250,
        overlay_style={"visibility": "visible", "opacity": 0.5},
        target_components=dict.fromkeys(drawn, "children"),  # type: ignore[arg-type]  # any id is a key
        type="default",
    )


def _wire(app: Dash, warehouse: Warehouse, settings: Settings, store: Store) -> None:
    pages = {page.PATH: page for page in PAGES}

    def page_at(path: str) -> Page:
        if path not in pages:
            raise ScopeError("There is no such page.")
        return pages[path]

    @app.callback(
        Output(BODY, "children"),
        inputs={"chosen": scope_bar.INPUTS},
        state={
            "stream": State(scope_bar.STREAM, "value"),
            "path": State(PATH, "data"),
            "query": State(QUERY, "data"),
            "parts": later.PARTS,
        },
        prevent_initial_call=True,
    )
    def draw(
        chosen: Mapping[str, str | None],
        stream: str,
        path: str,
        query: Mapping[str, str],
        parts: Mapping[str, Any],
    ) -> Component:
        view = view_of(warehouse, settings.home, {**query, **chosen, "stream": stream}, store)[0]
        return _body(page_at(path), replace(view, seen=later.seen(**parts)))

    @app.callback(
        Output(later.ONE, "children"),
        inputs={"_seen": Input(later.ONE, "n_clicks"), "id_": State(later.ONE, "id")},
        state={
            "chosen": scope_bar.STATES,
            "path": State(PATH, "data"),
            "query": State(QUERY, "data"),
        },
        prevent_initial_call=True,
    )
    def draw_part(
        _seen: int, id_: Mapping[str, str], chosen: Mapping[str, str | None], path: str, query: Mapping[str, str]
    ) -> Any:
        view = view_of(warehouse, settings.home, {**query, **chosen}, store)[0]
        return later.drawn(view, getattr(page_at(path), "PARTS", {}), id_["part"])

    @app.callback(
        Output(drawer.DRAWER, "is_open"),
        Output(drawer.DRAWN, "children"),
        inputs={"clicked": Input(drawer.ASKED, "data")},
        state={"chosen": scope_bar.STATES},
        prevent_initial_call=True,
    )
    def open_items(clicked: Sequence[Any] | None, chosen: Mapping[str, str | None]) -> tuple[Any, Any]:
        match clicked:
            case [str(asked), *_]:
                return True, listed(view_of(warehouse, settings.home, chosen, store)[0], asked)
        return dash.no_update, dash.no_update
