"""The same answers for programs: the catalogue, any metric or chart by scope, and whether the process lives."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
from flask import Blueprint, Flask, Response, abort, jsonify, request

from dashboard.catalogue import METRIC_COLUMNS
from dashboard.designs.folder import kept_map
from dashboard.errors import DashboardError, DefinitionError, ScopeError
from dashboard.figures.designed_map import map_of
from dashboard.figures.map_files import MAP_FILES
from dashboard.figures.value_stream_map import ValueStreamMap
from dashboard.pages.value_stream import NOTHING, measured_map
from dashboard.pages.view import NO_HISTORY, View, view_of
from dashboard.spreadsheets import safe_csv
from dashboard.store import Store
from dashboard.streams.plan_csv import plan_table
from dashboard.warehouse import Warehouse
from dashboard.where import where_from


def register(server: Flask, warehouse: Warehouse, home: Path, store: Store) -> None:
    """Add the routes to a server."""
    routes = Blueprint("api", __name__)

    def look() -> View:
        """The view that the request asks for."""
        return view_of(warehouse, home, request.args.to_dict(), store)[0]

    @routes.get("/healthz")
    def alive() -> Mapping[str, str]:
        return {"status": "ok"}

    @routes.get("/api/metrics")
    def metrics() -> Response:
        fields = ("title", "unit", "better", "definition", "formula", "source", "grain")
        found = warehouse.catalogue.metrics.items()
        return jsonify([{"name": name} | {field: getattr(metric, field) for field in fields} for name, metric in found])

    @routes.get("/api/metrics/<name>")
    def metric(name: str) -> Response:
        if name not in warehouse.catalogue.metrics:
            abort(404)
        view, several = look(), request.args.get("percentiles")
        if not several:
            return _answer(view.measure(name)[list(METRIC_COLUMNS)], name)
        shares = [_share(text) for text in several.split("~")]
        tables = [
            view.measure(name, percentile=share)[list(METRIC_COLUMNS)].assign(percentile=share) for share in shares
        ]
        return _answer(pd.concat(tables), name)

    @routes.get("/api/charts/<name>")
    def chart(name: str) -> Response:
        if f"charts.{name}" not in warehouse.catalogue.queries:
            abort(404)
        return _answer(look().ask(f"charts.{name}", **_choices()), name)

    @routes.get("/api/map/<kind>")
    def value_stream_map(kind: str) -> Response:
        if kind not in MAP_FILES:
            abort(404)
        view = look()
        drawn = _designed(view, id_) if (id_ := request.args.get("map")) else measured_map(view)
        if not drawn:
            raise ScopeError(NOTHING if view.stream["has_history"] else NO_HISTORY)
        file = MAP_FILES[kind]
        return _attached(file.write(drawn), f"value-stream-map.{file.ending}", file.mimetype)

    @routes.get("/api/plan")
    def plan() -> Response:
        return _answer(plan_table(look().plan), "plan")

    @routes.get("/api/checks/<name>")
    def check(name: str) -> Response:
        if f"checks.{name}" not in warehouse.catalogue.queries:
            abort(404)
        found = warehouse.ask(f"checks.{name}")
        return _answer(found[found["stream"] == look().scope.stream].drop(columns=["stream"]), name)

    @routes.errorhandler(DashboardError)
    def told(error: DashboardError) -> tuple[Mapping[str, str], int]:
        return {"error": str(error)}, 400 if isinstance(error, ScopeError) else 503

    server.register_blueprint(routes)


def _designed(view: View, id_: str) -> ValueStreamMap:
    try:
        return map_of(kept_map(view.home, id_).design, view.initiatives)
    except DefinitionError as error:  # what was asked for is wrong, not the server
        raise ScopeError(str(error)) from None


def _choices() -> dict[str, Any]:
    """What a chart may be asked beside the scope."""
    asked = request.args
    return {
        "chosen": where_from(asked.to_dict()).parameter(),
        "outcome": asked.get("outcome") or None,
        "item": asked.get("item") or None,
        "group_by": asked.get("group_by", "type"),
        "sort": asked.get("sort", "item_id"),
        "is_descending": asked.get("is_descending", "yes") == "yes",
        "row_limit": max(0, min(asked.get("row_limit", 10_000, int), 10**9)),
        "row_offset": max(0, min(asked.get("row_offset", 0, int), 10**9)),
    }


def _share(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ScopeError(f"percentiles has {text!r}; expected numbers between 0 and 1, such as 0.5~0.85.") from None


def _answer(table: pd.DataFrame, name: str) -> Response:
    wanted = [column for column in request.args.get("columns", "").split("~") if column in table]
    table = table[wanted] if wanted else table
    if request.args.get("format") == "csv":
        return _attached(safe_csv(table), f"{name}.csv", "text/csv")
    return Response(table.to_json(orient="records", date_format="iso"), mimetype="application/json")


def _attached(content: str, name: str, mimetype: str) -> Response:
    return Response(content, mimetype=mimetype, headers={"Content-Disposition": f'attachment; filename="{name}"'})
