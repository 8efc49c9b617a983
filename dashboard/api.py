"""The same answers for programs: the catalogue, any metric or chart by scope, and whether the process lives.

A parameter that is not known, is given twice, or says what it can't is answered with 400 and what is expected: a page
shows what it fell back to, a program would not notice. `/api/openapi.json` describes all of it.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
from flask import Blueprint, Flask, Response, abort, jsonify, request

from dashboard import api_parameters
from dashboard.api_description import METRIC_FIELDS, STREAM_COLUMNS, description
from dashboard.api_parameters import DRAWN, PERCENTILES, TABLE, Parameters, beside_scope, of_metric
from dashboard.catalogue import METRIC_COLUMNS
from dashboard.designs.folder import kept_map
from dashboard.errors import DefinitionError, ScopeError
from dashboard.figures.designed_map import map_of
from dashboard.figures.map_files import MAP_FILES
from dashboard.figures.value_stream_map import ValueStreamMap
from dashboard.pages.value_stream import NOTHING, measured_map
from dashboard.pages.view import NO_HISTORY, View
from dashboard.scope import asked as asked_scope
from dashboard.scope import in_url
from dashboard.spreadsheets import safe_csv
from dashboard.store import Store
from dashboard.streams.plan_csv import plan_table
from dashboard.warehouse import Warehouse


def register(server: Flask, warehouse: Warehouse, home: Path, store: Store) -> None:
    """Add the routes to a server."""
    routes = Blueprint("api", __name__)

    def look(known: Parameters = TABLE) -> View:
        """The view that the request asks for; `known` is what it may say beside the scope."""
        asked = _asked(known)
        default = warehouse.default_scope(asked.get("stream"))
        default = replace(default, corrected=store.corrected(default.stream))
        more = {key: text for key, text in asked.items() if key in known}
        return View(warehouse, asked_scope(asked, default), home, more, store)

    def rows(query: str) -> Response:
        """The table of a chart."""
        named = warehouse.parameters(query)
        view = look({**beside_scope(named), **TABLE})
        return _answer(view.ask(query, **api_parameters.values(named, view.query)), query.partition(".")[2])

    @routes.get("/api/openapi.json")
    def described() -> Response:
        return jsonify(description(warehouse.catalogue, warehouse.parameters))

    @routes.get("/api/streams")
    def streams() -> Response:
        _asked({})
        found = warehouse.streams()
        table = found[list(STREAM_COLUMNS)].astype(str).to_dict("records")
        defaults = (in_url(warehouse.default_scope(stream)) for stream in found["stream"])
        return jsonify([{**row, "default_scope": scope} for row, scope in zip(table, defaults, strict=True)])

    @routes.get("/api/metrics")
    def metrics() -> Response:
        _asked({})
        found = warehouse.catalogue.metrics.items()
        return jsonify(
            [{"name": n} | {field: getattr(metric, field) for field in METRIC_FIELDS} for n, metric in found]
        )

    @routes.get("/api/metrics/<name>")
    def metric(name: str) -> Response:
        _known(f"metrics.{name}")
        view = look(of_metric(warehouse.parameters(f"metrics.{name}")))
        if "percentiles" not in view.query:
            return _answer(view.measure(name)[list(METRIC_COLUMNS)], name)
        shares = PERCENTILES["percentiles"].read(view.query["percentiles"])
        tables = [
            view.measure(name, percentile=share)[list(METRIC_COLUMNS)].assign(percentile=share) for share in shares
        ]
        return _answer(pd.concat(tables), name)

    @routes.get("/api/items")
    def items() -> Response:
        return rows("charts.items")

    @routes.get("/api/charts/<name>")
    def chart(name: str) -> Response:
        return rows(_known(f"charts.{name}"))

    @routes.get("/api/map/<kind>")
    def value_stream_map(kind: str) -> Response:
        if kind not in MAP_FILES:
            abort(404, f"A map leaves as {', '.join(MAP_FILES)}, not as {kind!r}.")
        view = look(DRAWN)
        drawn = _designed(view, id_) if (id_ := view.query.get("map")) else measured_map(view)
        if not drawn:
            raise ScopeError(NOTHING if view.stream["has_history"] else NO_HISTORY)
        file = MAP_FILES[kind]
        return _attached(file.write(drawn), f"value-stream-map.{file.ending}", file.mimetype)

    @routes.get("/api/plan")
    def plan() -> Response:
        return _answer(plan_table(look().plan), "plan")

    @routes.get("/api/checks/<name>")
    def check(name: str) -> Response:
        found = warehouse.ask(_known(f"checks.{name}"))
        return _answer(found[found["stream"] == look().scope.stream].drop(columns=["stream"]), name)

    @routes.get("/api/", defaults={"name": ""})
    @routes.get("/api/<path:name>")
    def nothing(name: str) -> Response:
        abort(404, f"There is no /api/{name}; /api/openapi.json describes what there is.")

    def _known(query: str) -> str:
        if query not in warehouse.catalogue.queries:
            layer, _, name = query.partition(".")
            abort(404, f"There is nothing called {name!r} among the {layer}; /api/openapi.json lists them.")
        return query

    server.register_blueprint(routes)


def _asked(known: Parameters) -> dict[str, str]:
    """What the request says, checked. Raises ScopeError that tells what is expected."""
    for key, texts in request.args.lists():
        if len(texts) > 1:
            raise ScopeError(f"{key} is given {len(texts)} times; expected once. Several names have ~ between them.")
    asked = request.args.to_dict()
    api_parameters.check(asked, known)
    return asked


def _designed(view: View, id_: str) -> ValueStreamMap:
    try:
        return map_of(kept_map(view.home, id_).design, view.initiatives)
    except DefinitionError as error:  # what was asked for is wrong, not the server
        raise ScopeError(str(error)) from None


def _answer(table: pd.DataFrame, name: str) -> Response:
    wanted: list[str] = TABLE["columns"].read(request.args.get("columns", ""))
    if unknown := [column for column in wanted if column not in table]:
        raise ScopeError(f"There is no column {unknown[0]!r}. There are: {', '.join(table)}.")
    table = table[wanted] if wanted else table
    if request.args.get("format") == "csv":
        return _attached(safe_csv(table), f"{name}.csv", "text/csv")
    return Response(table.to_json(orient="records", date_format="iso"), mimetype="application/json")


def _attached(content: str, name: str, mimetype: str) -> Response:
    return Response(content, mimetype=mimetype, headers={"Content-Disposition": f'attachment; filename="{name}"'})
