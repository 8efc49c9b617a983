"""The formats that can be imported, and which of them a file has.

A format is an entry in a module of this package (its columns and how to recognise them) and a folder
`queries/sources/<name>/` whose queries turn the raw rows into canonical rows. `parsed` judges every record; the
others are named after the canonical tables that they fill.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from dashboard.errors import SourceError
from dashboard.sources import delivery, documents, logs, own, trackers
from dashboard.sources.formats import Format, fits, told
from dashboard.sources.texts import Sample

# In the order in which they are tried: the most particular first.
FORMATS: Mapping[str, Format] = {
    each.name: each
    for each in (
        *documents.FORMATS,
        *own.FORMATS,
        *delivery.FORMATS,
        *logs.FORMATS,
        *trackers.TOOLS,
        logs.STATUS_CHANGES,
        trackers.ITEM_LIST,
    )
}

SHORT_NAMES = {
    "item": "item_id",
    "id": "item_id",
    "at": "occurred_at",
    "from": "from_state",
    "to": "state",
    "start": "started_at",
    "started": "started_at",
    "created": "created_at",
    "finished": "finished_at",
    "closed": "finished_at",
    "cancelled": "cancelled_at",
    "parent": "parent_id",
}


def detect(sample: Sample, named: Mapping[str, str] | None = None, forced: str | None = None) -> Format:
    """The format of a file, by its content. Raises SourceError with what was looked for.

    `named` are columns that the user named by role (`--columns`): a log where one of them is the time of an event or
    else none but a log has, otherwise a list of items. `forced` is a format's name.
    """
    if forced:
        if forced not in FORMATS:
            raise SourceError(f"--as: there is no format {forced!r}. There are: {', '.join(FORMATS)}.")
        return FORMATS[forced]
    if named:
        in_lists = {"state", *trackers.NAMES} if "created_at" in named else set(trackers.NAMES)
        is_log = "occurred_at" in named or not named.keys() <= in_lists
        return logs.EVENT_LOG if is_log else trackers.ITEM_LIST
    if sample.kind in ("json", "lines"):
        for each in documents.FORMATS:
            if re.search(documents.SHAPES[each.name], sample.start) or documents.KEYS[each.name] <= set(sample.header):
                return each
    for each in FORMATS.values():
        if each.shape != "documents" and fits(each, sample.header):
            return each
    raise SourceError(_unknown(sample))


def _unknown(sample: Sample) -> str:
    what = "keys" if sample.kind in ("json", "lines") else "columns"
    columns = told(sample.header, 12)
    return (
        f"{sample.name}: the {what} are {columns}; that is no format known here. A list of items needs id and created, "
        "a history needs item, state and time; name them: --columns item=…,created=… or --columns item=…,state=…,at=…. "
        "README.md lists the exports that are known; --as NAME reads the file as one of them."
    )


def read_columns_option(text: str | None) -> dict[str, str]:
    """`item=ticket,state=Status,at=As.Of.Date` → role → column. Raises SourceError for a role that does not exist."""
    roles = {role.name for each in (logs.EVENT_LOG, trackers.ITEM_LIST) for role in each.roles}
    named: dict[str, str] = {}
    for part in (text or "").split(","):
        if not part.strip():
            continue
        role, _, column = part.partition("=")
        role = SHORT_NAMES.get(role.strip(), role.strip())
        if role not in roles or not column:
            raise SourceError(
                f"--columns: {part!r} is not role=column. Roles: item, state, at, {', '.join(sorted(roles))}."
            )
        named[role] = column.strip()
    return named
