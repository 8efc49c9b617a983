"""Which teams the one who asks may see. `Warehouse` asks here before it answers: no page and no route can forget to.

A query narrows itself by `$teams`. The header of one that does not says its `sight`: the "whole stream" where it tells
of nothing that belongs to a team (deployments, incidents, days), "all teams" where it tells of others than are chosen,
and then only those who see all teams are answered.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from typing import Any

from dashboard.catalogue import Query
from dashboard.errors import AccessError

WHOLE_STREAM, ALL_TEAMS = "whole stream", "all teams"
# None: all teams, as for whoever imports, or sits at the machine that serves.
_SEEN: ContextVar[tuple[str, ...] | None] = ContextVar("seen", default=None)


def seen() -> tuple[str, ...] | None:
    """The teams whose items may be shown; None for all."""
    return _SEEN.get()


def limit(teams: tuple[str, ...] | None) -> None:
    """From here on, in this thread, only items of these teams are shown; None for all."""
    _SEEN.set(teams)


def among(teams: Sequence[str] | None) -> tuple[str, ...] | None:
    """The teams that were chosen, None for all, without those that may not be seen."""
    mine = seen()
    if mine is None or teams is None:
        return tuple(teams) if teams is not None else mine
    return tuple(team for team in teams if team in mine)


def narrowed(query: Query, named: frozenset[str], offered: Mapping[str, Any]) -> Mapping[str, Any]:
    """The parameters of a query, its teams among those that may be seen.

    Raises AccessError for a query that tells of all teams, and for all that is no metric or chart.
    """
    if seen() is None:
        return offered
    told = query.header.get("sight")
    if "teams" in named and told != ALL_TEAMS:
        return {**offered, "teams": list(among(offered.get("teams")) or ())}
    if told != WHOLE_STREAM:
        raise AccessError(f"{query.title}: this is open to those who see all teams; you see {in_words()}.")
    return offered


def in_words() -> str:
    """The teams that may be seen, for a sentence."""
    mine = seen()
    return "all teams" if mine is None else ", ".join(mine) or "no team"
