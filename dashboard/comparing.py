"""Whether keys that stand in several files stand for the same: what looks alike and is not is refused."""

from __future__ import annotations

from dashboard.engines.duckdb import DuckDB
from dashboard.errors import SourceError

# Tables whose keys may stand for others in another file → the query that compares, and what it finds.
COMPARED = {
    "transitions": ("sources.starts_over", "a history that begins anew"),
    "deployments": ("sources.other_deployments", "another service or day"),
    "incidents": ("sources.other_incidents", "another service or day"),
}


def refuse_others(engine: DuckDB, sql: str, where: str, how: str) -> None:
    """Raises SourceError where most of the keys that a comparing query finds twice stand for something else now."""
    for row in engine.ask(sql).itertuples():
        if row.other_items * 2 > row.shared_items:
            raise SourceError(
                f"{row.shared_items:,} keys of the stream {row.stream!r} {where}, {row.other_items:,} of them with "
                f"{how} ({row.example}): these are others. Keep them apart: --stream NAME."
            )
