"""What a format is: its columns by the names that tools give them, and the queries that read it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dashboard.errors import SourceError

# No name of a column: a number, a date, the key of an issue, an address.
VALUE = re.compile(r"[\d.,:/+\-TZ ]*\d[\d.,:/+\-TZ ]*|\d{1,4}([./\- ])\w+\1\d{2,4}.*|[A-Z][A-Z\d]*-\d+|.*\S@\S.*")


@dataclass(frozen=True)
class Role:
    """A column that a format may have: our name for it and the names that tools give it, in plain letters."""

    name: str
    names: tuple[str, ...] = ()
    is_required: bool = False

    @property
    def is_time(self) -> bool:
        """It holds dates or times."""
        return self.name.endswith(("_at", "_on"))

    @property
    def is_list(self) -> bool:
        """It holds several values, in one column or in several of the same name."""
        return self.name == "labels"


@dataclass(frozen=True)
class Format:
    """One kind of export. `recognised_by` is told to people; `roles` are its columns.

    `queries` is the folder below queries/sources/ that reads it, by default its name. `signature` are columns that
    must be there to recognise it, those `without` must not, and no others may where `is_exact`. `shape` is table, wide
    (a date per stage) or documents (nested JSON; `is_nested` where one of them holds many records). `alone` says why
    an import of nothing else has no use.
    """

    name: str
    title: str
    recognised_by: str
    roles: tuple[Role, ...] = ()
    queries: str = ""
    signature: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    shape: str = "table"
    is_exact: bool = False
    is_nested: bool = False
    notes: tuple[str, ...] = ()
    alone: str = ""

    @property
    def folder(self) -> str:
        """Where its queries are."""
        return self.queries or self.name


def required(name: str, *names: str) -> Role:
    """A column without which a file is not of the format."""
    return Role(name, names, is_required=True)


def columns_by_role(chosen: Format, header: Sequence[str], named: Mapping[str, str]) -> dict[str, str | None]:
    """Role → column of the file, None where it has none. Raises SourceError for a named column that is not there."""
    found: dict[str, str | None] = {}
    by_plain_name = {plain(column): column for column in reversed(header)}
    for role in chosen.roles:
        # People say `state` of what a list of items calls its status.
        wanted = named.get(role.name) or (named.get("state") if role.name == "status" else None)
        if wanted:
            found[role.name] = _column(wanted, header)
        else:
            found[role.name] = next((by_plain_name[name] for name in role.names if name in by_plain_name), None)
    return found


def passed_over(
    chosen: Format, header: Sequence[str], found: Mapping[str, str | None], named: Mapping[str, str]
) -> list[tuple[str, str, str]]:
    """(role, its column, another column that goes by a name of the role and takes none), unless the user named it."""
    taken = set(found.values())
    return [
        (role.name, column, other)
        for role in chosen.roles
        if (column := found[role.name]) in header and column and role.name not in named
        for other in header
        if other not in taken and plain(other) in role.names
    ]


def missing_roles(chosen: Format, header: Sequence[str], named: Mapping[str, str]) -> tuple[str, ...]:
    """Required roles that no column of the file takes."""
    found = columns_by_role(chosen, header, named)
    return tuple(role.name for role in chosen.roles if role.is_required and found[role.name] is None)


def fits(chosen: Format, header: Sequence[str]) -> bool:
    """The columns are those of the format."""
    names = {plain(column) for column in header}
    known = {name for role in chosen.roles for name in role.names}
    if chosen.is_exact and not names <= known:
        return False
    if names & set(chosen.without):
        return False
    return not set(chosen.signature) - names and not missing_roles(chosen, header, {})


def plain(column: str) -> str:
    """A column's name in small letters, words joined by _."""
    return "_".join("".join(c if c.isalnum() else " " for c in column.lower()).split())


def told(header: Sequence[str], most: int = 20) -> str:
    """The first columns of a file for a sentence, each cut; of a line of data, which may name people, nothing."""
    if any(VALUE.fullmatch(column) for column in header):
        return f"{len(header)} cells of data (the line with the names of the columns is missing)"
    shown = [column if len(column) <= 40 else f"{column[:39]}…" for column in header[:most]]
    return ", ".join([*shown, "…"] if len(header) > most else shown)


def _column(wanted: str, header: Sequence[str]) -> str:
    """A column of the file, or several as `package+number`: their values are joined."""
    for part in [wanted] if wanted in header else wanted.split("+"):
        if part not in header:
            raise SourceError(f"--columns: there is no column {part!r}. The file has: {told(header)}.")
    return wanted
