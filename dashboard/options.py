"""What a user may say about an import."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Options:
    """What the user said about an import."""

    stream: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    format: str | None = None
    event_is: str | None = None
    time_zone: str | None = None
    date_order: str | None = None
    language: str | None = None
    encoding: str | None = None
    swaps_days: bool = False
    tags: str | None = None
    counts_pre_releases: bool = False
    config: Path | None = None
    keeps_people: bool = True
    accepts_bad_rows: bool = False
    accepts_shrinking: bool = False
    starts_afresh: bool = False
