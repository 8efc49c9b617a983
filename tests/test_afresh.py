"""Marts of value streams that an import did not change are carried over: as if all had been worked out anew."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from conftest import Imports
from test_chosen_streams import DEFINITION, STAGES

from dashboard import afresh, snapshots
from dashboard.build import import_files
from dashboard.catalogue import Catalogue
from dashboard.engines.duckdb import DuckDB
from dashboard.settings import Settings

CARRIES = "Carrying over what has not changed"
Tables = dict[str, pd.DataFrame]
ImportInto = Callable[[Path], Sequence[Path]]


def rows_of(home: Path) -> Tables:
    """Every table of the newest snapshot; the time of the import aside, two imports of the same give the same."""
    path = snapshots.current(home / "warehouse") / snapshots.DATABASE
    with duckdb.connect(str(path), read_only=True) as connection:
        tables = connection.execute("select schema_name || '.' || table_name from duckdb_tables()").fetchall()
        found = {name: connection.execute(f"from {name} order by all").df() for (name,) in tables}
    return {name: rows.drop(columns="imported_at", errors="ignore") for name, rows in found.items()}


def import_both(
    home: Path, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch, changes: ImportInto
) -> tuple[list[str], Tables, Tables]:
    """What the import said, its tables, and those of the same import into a copy of the home that begins anew."""
    other = home.parent / "other"
    shutil.rmtree(other, ignore_errors=True)
    shutil.copytree(home, other)
    said: list[str] = []
    for place in (home, other):
        with monkeypatch.context() as patched:
            if place == other:
                patched.setattr(afresh, "MOST", -1)
            import_files(changes(place), Settings(home=place), catalogue, note=said.append if place == home else str)
    return said, rows_of(home), rows_of(other)


def assert_equal(found: Tables, expected: Tables) -> None:
    assert found.keys() == expected.keys()
    for name, rows in expected.items():
        pd.testing.assert_frame_equal(found[name], rows, rtol=1e-9, obj=name)


@pytest.fixture
def home(demo: Settings, tmp_path: Path) -> Path:
    """The demo: three of its streams wait for each other, two have nothing to do with any."""
    return Path(shutil.copytree(demo.home, tmp_path / "home"))


def written(place: Path, name: str, text: str) -> list[Path]:
    path = place / name
    path.write_text(text, encoding="utf-8")
    return [path]


def an_end(place: Path) -> list[Path]:
    """An item of the retailer is done, years after all others."""
    return written(place, "late.csv", "stream,item_id,occurred_at,to_state\nretailer,NEW-1,2026-06-30,Done\n")


def test_a_stream_that_changed_alone(home: Path, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    said, found, expected = import_both(home, catalogue, monkeypatch, an_end)
    assert CARRIES in said
    assert_equal(found, expected)
    assert (found["marts.items"]["item_id"] == "NEW-1").sum() == 1
    # Rows stand in the order in which they are asked for.
    engine = DuckDB(snapshots.current(home / "warehouse") / snapshots.DATABASE, read_only=True)
    numbers = engine.table("marts.items")["item_no"].tolist()
    assert numbers == list(range(1, len(numbers) + 1))
    for name in ("marts.items", "marts.visits", "marts.moves", "marts.waste", "marts.flow_daily"):
        assert engine.table(name)["stream"].is_monotonic_increasing, name
    engine.close()


def test_the_streams_that_wait_for_it_change_with_it(
    home: Path, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    def a_blocker_ends(place: Path) -> list[Path]:
        text = "stream,item_id,occurred_at,to_state\nbank-platform,PLAT-1,2023-12-19,Provided\n"
        return written(place, "sooner.csv", text)

    before = rows_of(home)["marts.stream_waits"]
    monkeypatch.setattr(afresh, "MOST", 1)
    said, found, expected = import_both(home, catalogue, monkeypatch, a_blocker_ends)
    assert CARRIES in said
    assert_equal(found, expected)
    assert not found["marts.stream_waits"].equals(before)


def test_a_definition_that_changed(home: Path, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    def what_a_day_costs(place: Path) -> list[Path]:
        path = place / "streams.toml"
        before, _, retailer = path.read_text(encoding="utf-8").partition('id = "retailer"')
        costly = retailer.replace("cost_of_delay_per_day = 280.0", "cost_of_delay_per_day = 4711", 1)
        path.write_text(f'{before}id = "retailer"{costly}', encoding="utf-8")
        return []

    said, found, expected = import_both(home, catalogue, monkeypatch, what_a_day_costs)
    assert CARRIES in said
    assert_equal(found, expected)
    changed = found["canonical.streams"].query("cost_of_delay_per_day == 4711")
    assert changed["stream"].tolist() == ["retailer"]


def test_nothing_that_changed(home: Path, catalogue: Catalogue) -> None:
    said: list[str] = []
    before = rows_of(home)
    import_files([], Settings(home=home), catalogue, note=said.append)
    assert CARRIES in said
    assert_equal(rows_of(home), before)


def test_where_most_changed_all_begins_anew(home: Path, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(afresh, "MOST", 0.001)
    import_files(an_end(home), Settings(home=home), catalogue, note=said.append)
    assert CARRIES not in said


def test_other_rules_begin_anew(home: Path, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(snapshots, "rules_of", lambda _: "others")
    import_files(an_end(home), Settings(home=home), catalogue, note=said.append)
    assert CARRIES not in said


def test_streams_that_choose_from_another(
    tmp_path: Path, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stream that chooses goes with the one it chooses from, and so do the others that choose from that one."""
    from test_chosen_streams import imported

    (tmp_path / "home").mkdir()
    home = Imports(tmp_path / "home", catalogue)
    imported(home)
    apart = DEFINITION + f'[[stream]]\nid = "apart"\n{STAGES}'
    home.file("streams.toml", apart)
    header = "item_id,occurred_at,to_state\n"
    many = "".join(f"A-{n},2024-02-{day:02},{to}\n" for n in range(99) for day, to in ((1, "Doing"), (9, "Done")))
    home.run(home.file("apart.csv", header + many), stream="apart")

    def drops_a_rule(place: Path) -> list[Path]:
        rule = 'chosen_from = "tracker"\nchosen = { projects = ["ROOM", "WALL"], types = ["Task"] }\n'
        assert rule in apart
        kept = apart.replace(rule, "")
        (place / "streams.toml").write_text(kept, encoding="utf-8")
        return []

    def moves_on(place: Path) -> list[Path]:
        return written(place, "on.csv", "stream,item_id,occurred_at,to_state\ntracker,ROOM-1,2024-03-01,Done\n")

    for changes in (moves_on, drops_a_rule):
        said, found, expected = import_both(home.settings.home, catalogue, monkeypatch, changes)
        assert CARRIES in said
        assert_equal(found, expected)


STREAMS = "abcdefgh"
KEYS = [f"{stream}-{number}" for stream in STREAMS for number in range(5)]


def items_of(stream: str, drawn: random.Random, place: Path, number: int) -> list[Path]:
    """Items of a stream that name keys which it knows, keys which others know, and some that nobody knows."""
    own = [key for key in KEYS if key.startswith(stream)]
    items = [*drawn.sample(own, 3), *drawn.sample(KEYS, drawn.random() < 0.3)]

    def one() -> str:
        return drawn.choice(KEYS if drawn.random() < 0.1 else own)

    tables = {
        "items": ("item_id,created_at,parent_id", [f"{item},2024-01-01,{one()}" for item in items]),
        "transitions": (
            "item_id,occurred_at,to_state",
            [
                f"{item},2024-0{month}-{1 if month == 2 else drawn.randint(1, 28):02},{state}"
                for item in items
                for month, state in ((2, "To do"), (3, "Doing"), (4, drawn.choice(["Doing", "Done"])))
            ],
        ),
        "links": ("kind,from_id,to_id", [f"{drawn.choice(['blocks', 'parent'])},{one()},{one()}" for _ in range(3)]),
        "blocked": ("item_id,blocked_at,unblocked_at", [f"{items[0]},2024-03-05,2024-03-20"]),
    }
    files = []
    for name, (header, rows) in tables.items():
        text = "\n".join([f"stream,{header}", *(f"{stream},{row}" for row in dict.fromkeys(rows))]) + "\n"
        files += written(place, f"{name}-{number}-{stream}.csv", text)
    return files


@pytest.mark.parametrize("seed", range(3))
def test_whatever_names_whatever(
    seed: int, tmp_path: Path, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    written(home, "streams.toml", "".join(f'[[stream]]\nid = "{each}"\n{STAGES}' for each in STREAMS))
    drawn = random.Random(seed)
    begin = [path for stream in STREAMS for path in items_of(stream, drawn, home, 0)]
    import_files(begin, Settings(home=home), catalogue)
    monkeypatch.setattr(afresh, "MOST", 0.99)
    carried = 0
    for number in range(1, 6):
        stream = drawn.choice(STREAMS)

        def changes(place: Path, stream: str = stream, number: int = number) -> list[Path]:
            return items_of(stream, random.Random(f"{seed} {number}"), place, number)

        said, found, expected = import_both(home, catalogue, monkeypatch, changes)
        assert_equal(found, expected)
        carried += CARRIES in said
    assert carried
