"""The interface for programs in words that programs read: OpenAPI 3.1, made from the catalogue and the parameters.

Nothing is listed here that the catalogue, the scope or a route's parameters do not declare.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from dashboard import __version__, scope, where
from dashboard.api_parameters import CHOICES, DRAWN, PERCENTILES, TABLE, Parameters, beside_scope, of_metric, of_scope
from dashboard.catalogue import Catalogue, Metric, Query
from dashboard.figures.map_files import MAP_FILES
from dashboard.parameters import Parameter
from dashboard.streams.plan_csv import COLUMNS as PLAN_COLUMNS

Json = dict[str, Any]
Named = Callable[[str], frozenset[str]]

METRIC_FIELDS = ("title", "unit", "better", "definition", "formula", "source", "grain")
STREAM_COLUMNS = ("stream", "name", "first_event_on", "last_event_on")
ABOUT = (
    "Every answer is about a scope: a stream, its days, how they are cut, teams and types. Without a parameter the "
    "scope is the one that /api/streams tells. All parameters of a scope may be given everywhere, as in the address of "
    "a page; an operation lists those that its answer depends on. A parameter that is not known, is given twice or "
    'says what it can\'t (days that end before they begin, too) is answered with 400 and {"error": what is expected}; '
    "an unknown name with 404. A name that no item has finds no items. Days leave in JSON as their midnight "
    "(2024-01-31T00:00:00.000), instants in UTC, ratios as 0 to 1; null is unknown, not 0."
)
# The house's suffixes of columns → JSON types; any other column may hold text or a number.
SUFFIXES = {"_on": "string", "_at": "string", "_days": "number", "_hours": "number", "_seconds": "number"}
SUFFIXES |= {"_ratio": "number", "_count": "number"}
GROUPS: Mapping[str, Parameters] = {
    "scope": scope.PARAMETERS,
    "where": where.PARAMETERS,
    "choice": {key: each for key, (_, each) in CHOICES.items()},
    "answer": {**TABLE, **PERCENTILES, **DRAWN},
}


def description(catalogue: Catalogue, named: Named) -> Json:
    """The whole interface. `named` tells the parameters that a query names."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Value stream dashboard",
            "version": __version__,
            "description": ABOUT,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": {path: {"get": operation} for path, operation in _operations(catalogue, named).items()},
        "components": {"parameters": _parameters(), "schemas": _schemas(catalogue), "responses": _refusals()},
    }


def _operations(catalogue: Catalogue, named: Named) -> dict[str, Json]:
    charts, checks = catalogue.layer("charts").values(), catalogue.layer("checks").values()
    return {
        "/healthz": _operation("alive", "Whether the process lives", {}, _json(_object({"status": _text("ok")}))),
        "/api/openapi.json": _operation("description", "This description", {}, _json({"type": "object"})),
        "/api/streams": _operation("streams", "The value streams, the one imported last first", {}, _list("Stream")),
        "/api/items": _chart(catalogue.queries["charts.items"], "items", named),
        "/api/plan": _operation("plan", "The plan of a stream", _about_stream(), _table(_plan_columns())),
        "/api/metrics": _operation("metrics", "The metrics there are", {}, _list("Metric")),
        **{f"/api/metrics/{each.name}": _metric(each, named) for each in catalogue.metrics.values()},
        **{f"/api/charts/{each.stem}": _chart(each, f"chart_{each.stem}", named) for each in charts},
        **{f"/api/checks/{each.stem}": _check(each) for each in checks},
        **{f"/api/map/{kind}": _map(kind, named("charts.map_steps")) for kind in MAP_FILES},
    }


def _metric(metric: Metric, named: Named) -> Json:
    names = named(metric.query.name)
    of = {**of_scope(names), **of_metric(names)}
    made = _operation(f"metric_{metric.name}", metric.title, of, _list("MetricValue", is_table=True), "metrics")
    text = f"{metric.definition} In {metric.unit}: {metric.formula}. {_sentence(metric.grain)} Source: {metric.source}."
    return {**made, "description": text, "x-unit": metric.unit, "x-better": metric.better}


def _chart(query: Query, id_: str, named: Named) -> Json:
    names = named(query.name)
    of = {**of_scope(names), **beside_scope(names), **TABLE}
    made = _operation(id_, query.title, of, _table(query.columns), "charts")
    return {**made, "description": f"{query.header['question']} {_sentence(query.header['grain'])}"}


def _check(query: Query) -> Json:
    made = _operation(f"check_{query.stem}", query.title, _about_stream(), _list("Problem", is_table=True), "checks")
    header = query.header
    return {**made, "description": f"{header['why']} {header['remedy']}", "x-severity": header["severity"]}


def _map(kind: str, names: frozenset[str]) -> Json:
    title = f"The value-stream map as {MAP_FILES[kind].title}"
    content = {MAP_FILES[kind].mimetype: {"schema": _text("the file")}}
    return _operation(f"map_{kind}", title, {**of_scope(names), **DRAWN}, content, "map")


def _operation(id_: str, summary: str, parameters: Parameters, content: Json, tag: str = "about") -> Json:
    return {
        "operationId": id_,
        "summary": summary,
        "tags": [tag],
        "parameters": [{"$ref": f"#/components/parameters/{_place(*each)}"} for each in parameters.items()],
        "responses": {
            "200": {"description": "The answer.", "content": content},
            "400": {"$ref": "#/components/responses/Refused"},
            "503": {"$ref": "#/components/responses/Unready"},
        },
    }


def _about_stream() -> Parameters:
    return {**of_scope({"stream"}), **TABLE}


def _place(key: str, parameter: Parameter) -> str:
    """Under which name a parameter is described: some words mean one thing of items, another of a chart."""
    return next(f"{group}.{key}" for group, known in GROUPS.items() if known.get(key) is parameter)


def _parameters() -> Json:
    return {
        f"{group}.{key}": {"name": key, "in": "query", "description": _sentence(each.meaning), "schema": each.schema}
        for group, known in GROUPS.items()
        for key, each in known.items()
    }


def _schemas(catalogue: Catalogue) -> Json:
    stream, problem = (
        catalogue.queries["marts.streams"].columns,
        {"subject": "what it is about", "detail": "what is wrong"},
    )
    value = {"period_start": _text("first day of the period"), "value": {"type": ["number", "null"]}}
    value |= {"items": {"type": "integer", "description": "the n behind the value"}, "percentile": {"type": "number"}}
    told: Json = {column: _text(stream[column]) for column in STREAM_COLUMNS}
    told["default_scope"] = _object({key: _text(each.meaning) for key, each in scope.PARAMETERS.items()}, ())
    return {
        "Error": _object({"error": _text("what was found, and what is expected")}),
        "Stream": _object(told),
        "Metric": _object({field: _text(field) for field in ("name", *METRIC_FIELDS)}),
        "MetricValue": _object(value, ()),
        "Problem": _object({column: _column(column, meaning) for column, meaning in problem.items()}, ()),
    }


def _refusals() -> Json:
    said = {"Refused": "The request can't be answered as it is.", "Unready": "No data to answer from."}
    return {name: {"description": text, "content": _json(_schema("Error"))} for name, text in said.items()}


def _table(columns: Mapping[str, str]) -> Json:
    row = _object({name: _column(name, meaning) for name, meaning in columns.items()}, ())
    return {**_json({"type": "array", "items": row}), **_csv()}


def _plan_columns() -> Mapping[str, str]:
    return dict.fromkeys(PLAN_COLUMNS, "as in plan.toml; empty where an entry has no use for it")


def _list(schema: str, *, is_table: bool = False) -> Json:
    return {**_json({"type": "array", "items": _schema(schema)}), **(_csv() if is_table else {})}


def _column(name: str, meaning: str) -> Json:
    is_truth = name.startswith(("is_", "has_"))
    kind = "boolean" if is_truth else next((kind for end, kind in SUFFIXES.items() if name.endswith(end)), None)
    return {"description": meaning, **({"type": [kind, "null"]} if kind else {})}


def _object(properties: Json, required: Iterable[str] | None = None) -> Json:
    """An object that has nothing else; `required` none given means all. A table has the `columns` asked for."""
    needed = list(properties if required is None else required)
    more = {"required": needed} if needed else {}
    return {"type": "object", "properties": properties, "additionalProperties": False, **more}


def _text(meaning: str) -> Json:
    return {"type": "string", "description": meaning}


def _schema(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def _json(schema: Json) -> Json:
    return {"application/json": {"schema": schema}}


def _csv() -> Json:
    return {"text/csv": {"schema": _text("the same rows; the first line names the columns")}}


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."
