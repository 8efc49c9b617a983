"""What a browser posts to have a page drawn, and the parts of it that come into view. Needs nothing but Python."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

UPDATE = "/_dash-update-component"
PAGE, PART = "_pages_content.children", '{"part":["MATCH"]'
PATH, SEARCH = "_pages_location.pathname", "_pages_location.search"


@dataclass(frozen=True)
class Opened:
    """A page as it was answered: what its controls say, by id.property, and the ids of the parts not drawn yet."""

    values: Mapping[str, Any]
    parts: Sequence[Mapping[str, str]]


@dataclass(frozen=True)
class Callbacks:
    """The two callbacks that draw, out of all that the server lists."""

    page: Mapping[str, Any]
    part: Mapping[str, Any]

    @classmethod
    def among(cls, listed: Sequence[Mapping[str, Any]]) -> Callbacks:
        """Of the answer to /_dash-dependencies."""
        return cls(*(next(each for each in listed if name in each["output"]) for name in (PAGE, PART)))

    def asked_for_page(self, path: str, search: str) -> Mapping[str, Any]:
        """The body that asks for a page."""
        return _body(self.page, {PATH: path, SEARCH: search}, {}, PATH)

    def asked_for_part(self, opened: Opened, part: Mapping[str, str]) -> Mapping[str, Any]:
        """The body that asks for a part of a page."""
        return _body(self.part, opened.values, part, f"{json.dumps(part, sort_keys=True)}.n_clicks")


def opened(answer: Mapping[str, Any]) -> Opened:
    """What the answer to `asked_for_page` holds."""
    props = list(_props(answer["response"]["_pages_content"]["children"]))
    values = {f"{each['id']}.{name}": each[name] for each in props for name in ("value", "data") if name in each}
    ids = [each["id"] for each in props if isinstance(each["id"], dict)]
    return Opened(values, [each for each in ids if each.get("type") == "later"])


def _body(
    callback: Mapping[str, Any], values: Mapping[str, Any], part: Mapping[str, str], changed: str
) -> Mapping[str, Any]:
    def given(wanted: Mapping[str, str]) -> Mapping[str, Any]:
        if not wanted["id"].startswith("{"):
            return {**wanted, "value": values.get(f"{wanted['id']}.{wanted['property']}")}
        return {**wanted, "id": part, "value": part if wanted["property"] == "id" else 1}

    names = [name.rpartition(".") for name in callback["output"].strip(".").split("...")]
    outputs = [{"id": part or id_, "property": prop} for id_, _, prop in names]
    return {
        "output": callback["output"],
        "outputs": outputs if callback["output"].startswith("..") else outputs[0],
        "inputs": [given(each) for each in callback["inputs"]],
        "state": [given(each) for each in callback["state"]],
        "changedPropIds": [changed],
    }


def _props(node: Any) -> Iterator[Mapping[str, Any]]:
    """The properties of each component that has an id."""
    for each in node if isinstance(node, list) else [node]:
        if isinstance(each, dict) and "props" in each:
            if "id" in each["props"]:
                yield each["props"]
            yield from _props(each["props"].get("children"))
