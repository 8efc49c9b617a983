"""How far the verdicts of the demo's initiatives can be trusted: the plan judged on other draws of the same story.

`python tests/false_signals.py [SEEDS]` makes the three organisations anew for each seed, imports them into a folder
that is thrown away, and counts the verdicts: once with the improvements built in, once with none of them. It takes
about twenty seconds a seed; data/README.md states what it found for 20.
"""

from __future__ import annotations

import importlib.util
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import click

from dashboard.build import import_files
from dashboard.catalogue import Catalogue, read_catalogue
from dashboard.settings import Settings
from dashboard.streams.plan import read_plan
from dashboard.verdicts import judged
from dashboard.warehouse import Warehouse

ROOT = Path(__file__).parents[1]
SEEDS = 20
# Too young: it started two months before the record ends.
YOUNG = frozenset({"bank-analysis"})
NAMES = ("signal (better)", "no signal yet", "signal (worse)", "too few points")


def generator() -> ModuleType:
    """The generator of the demo data, as a module of its own."""
    spec = importlib.util.spec_from_file_location("make_demo", ROOT / "data" / "sample" / "make_demo.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def verdicts(settings: Settings, catalogue: Catalogue) -> Iterator[tuple[str, str]]:
    """(id, verdict) of every initiative of the demo's plan that has a metric and a start, in a home."""
    warehouse = Warehouse(settings.warehouse, catalogue)
    plan = read_plan(ROOT / "data" / "plan.toml", frozenset(catalogue.metrics))
    for each in plan.initiative:
        found = judged(warehouse, warehouse.default_scope(each.stream), plan.for_stream(each.stream), each)
        if found:
            yield each.id, found.verdict.name


def drawn(seed: str, effects: Mapping[str, Any], catalogue: Catalogue) -> dict[str, str]:
    """The verdicts on the demo made from a seed, with these effects built in."""
    made = generator()
    vars(made).update(SEED=seed, EFFECTS=effects)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        made.write(home / "demo")
        (home / "streams.toml").write_bytes((ROOT / "data" / "streams.toml").read_bytes())
        settings = Settings(home=home, threads=1)
        import_files(sorted((home / "demo").glob("*.csv")), settings, catalogue)
        return dict(verdicts(settings, catalogue))


def main(seeds: int) -> None:
    """Count and print."""
    catalogue, effects = read_catalogue(ROOT / "queries"), generator().EFFECTS
    unchanged = {name: (day, {}) for name, (day, _) in effects.items()}
    works = {name for name, (_, sets) in effects.items() if sets} - YOUNG
    idle = {name for name, (_, sets) in effects.items() if not sets}
    counts: dict[tuple[str, str], Counter[str]] = {}
    for number in range(1, seeds + 1):
        for story, built_in in (("built in", effects), ("no effect", unchanged)):
            for name, found in drawn(f"seed-{number}", built_in, catalogue).items():
                counts.setdefault((story, name), Counter())[found] += 1
        click.echo(f"seed {number} of {seeds}", err=True)
    click.echo(f"{'':38}" + "".join(f"{name:>17}" for name in NAMES))
    for (story, name), found in sorted(counts.items()):
        click.echo(f"{story:10} {name:27}" + "".join(f"{found[each]:17}" for each in NAMES))
    _sum("improvements built in", [counts["built in", name] for name in works])
    _sum("initiatives without effect", [counts["built in", name] for name in idle])
    _sum("all, with no effect built in", [found for (story, _), found in counts.items() if story == "no effect"])


def _sum(title: str, found: list[Counter[str]]) -> None:
    whole = sum(found, Counter[str]())
    told = "".join(f"{whole[name]:6} {whole[name] / whole.total():9.1%}" for name in NAMES)
    click.echo(f"{title:38}{told}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else SEEDS)
