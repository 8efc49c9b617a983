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

from dashboard import afresh, elsewhere, snapshots
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
    # Items are numbered in the order of the streams; the rows of each stand together, in the order of their numbers.
    engine = DuckDB(snapshots.current(home / "warehouse") / snapshots.DATABASE, read_only=True)
    items = engine.table("marts.items").sort_values(["stream", "item_no"])
    assert items["item_no"].tolist() == list(range(1, len(items) + 1))
    for name in ("marts.items", "marts.visits", "marts.moves", "marts.waste"):
        rows = engine.table(name)
        assert (rows["stream"] != rows["stream"].shift()).sum() == rows["stream"].nunique()
        assert rows.groupby("stream")["item_no"].is_monotonic_increasing.all(), name
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


def test_nothing_that_changed_is_asked_for_to_begin_anew(home: Path, catalogue: Catalogue) -> None:
    said: list[str] = []
    import_files([], Settings(home=home), catalogue, note=said.append)
    assert CARRIES not in said


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


def history(stream: str, *items: str) -> str:
    steps = ((1, "To do"), (3, "Doing"), (9, "Done"))
    rows = (f"{stream},{item},2024-02-{day:02},{state}\n" for item in items for day, state in steps)
    return "stream,item_id,occurred_at,to_state\n" + "".join(rows)


@pytest.fixture
def strangers(tmp_path: Path, catalogue: Catalogue) -> Path:
    """Records without a date, keys and files that several streams name, and streams of which nothing can be used."""
    home = Imports(tmp_path / "home", catalogue)
    home.settings.home.mkdir()
    home.file("streams.toml", "".join(f'[[stream]]\nid = "{each}"\n{STAGES}' for each in "abdst"))
    undated = "ID,Work Item Type,Title,State,Activated Date,Closed Date\n"
    many = history("b", *(f"B-{number}" for number in range(60))) + "nowhere,Z-1,soon,Doing\n"
    home.run(
        home.file("b.csv", many),
        home.file("t.csv", "stream,item_id,occurred_at,to_state\nt,T-1,2024-02-01,Doing\nt,T-2,2024-04-02,Doing\n"),
        home.file("issues.csv", "stream,item_id,created_at\na,A-1,2024-01-01\na,A-2,2024-01-02\n"),
    )
    home.run(home.file("undated.csv", f"{undated}U-1,Bug,one,Doing,,\nU-2,Bug,two,Done,,\n"), stream="u")
    home.run(
        home.file("list.csv", f"{undated}S-1,Bug,one,Doing,2024-02-03,\nT-1,Bug,here without a date,Doing,,\n"),
        home.file("s.csv", history("s", "S-1")),
        home.file("links.csv", "kind,from_id,to_id\nblocks,T-1,S-1\n"),
        home.file("changes.csv", "change_id,authored_at,item_id\nc1,2024-02-02,T-1\nc2,2024-02-02,B-1\n"),
        stream="s",
    )
    return home.settings.home


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("later.csv", "stream,item_id,occurred_at,to_state\nt,T-1,2024-03-01,Done\n"),
        ("more.csv", "stream,item_id,occurred_at,to_state\ns,S-9,2024-02-10,Doing\n"),
        ("issues.csv", "stream,item_id,created_at\nd,D-1,2024-01-01\n"),
    ],
    ids=["what a record without a date stands for", "what a change names", "a file of the same name"],
)
def test_what_several_streams_name(
    name: str, text: str, strangers: Path, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(afresh, "MOST", 0.99)
    before = rows_of(strangers)
    assert not before["marts.stream_waits"].empty or name != "later.csv"
    said, found, expected = import_both(strangers, catalogue, monkeypatch, lambda place: written(place, name, text))
    assert CARRIES in said
    assert_equal(found, expected)
    assert {"u", "nowhere"} <= set(found["marts.imports"]["stream"])
    # A file of one stream says nothing of another one's items.
    assert found["checks.no_longer_in_its_file"].empty


def test_a_check_that_was_left_out_is_made_up_for(
    home: Path, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    fits = DuckDB.create_if_it_fits

    def too_large(engine: DuckDB, name: str, sql: str) -> bool:
        return name != "checks.never_started" and fits(engine, name, sql)

    with monkeypatch.context() as patched:
        patched.setattr(DuckDB, "create_if_it_fits", too_large)
        import_files([], Settings(home=home), catalogue)
    assert "checks.never_started" not in rows_of(home)
    said, found, expected = import_both(home, catalogue, monkeypatch, an_end)
    assert CARRIES in said
    assert_equal(found, expected)


def test_what_was_left_on_a_cluster_is_not_carried_over(
    home: Path, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    left = elsewhere.Elsewhere(home / "storage", frozenset(("marts.visits",)))
    monkeypatch.setattr(elsewhere, "of", lambda folder: left if folder.name.isdigit() else None)
    import_files(an_end(home), Settings(home=home), catalogue, note=said.append)
    assert CARRIES not in said


STREAMS = "abcdefgh"
KEYS = [f"{stream}-{number}" for stream in STREAMS for number in range(5)]


def items_of(stream: str, drawn: random.Random, place: Path, number: int) -> list[Path]:
    """Items of a stream that name keys which it knows, keys which others know, and some that nobody knows."""
    own = [key for key in KEYS if key.startswith(stream)]
    items = [*drawn.sample(own, 3), *drawn.sample(KEYS, drawn.random() < 0.3)]

    def one() -> str:
        return drawn.choice(KEYS if drawn.random() < 0.03 else own)

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
        "changes": ("change_id,authored_at,deployment_id,item_id", [f"c{n},2024-03-06,d{n},{one()}" for n in range(2)]),
        "deployments": ("deployment_id,service,deployed_at,status", [f"d{number},web,2024-03-0{number + 1},success"]),
        "incidents": ("incident_id,service,started_at,deployment_id", [f"i{number},web,2024-03-20,d{number}"]),
    }
    files = []
    for name, (header, rows) in tables.items():
        text = "\n".join([f"stream,{header}", *(f"{stream},{row}" for row in dict.fromkeys(rows))]) + "\n"
        files += written(place, f"{name}-{number if name != 'items' else ''}.csv", text)
    return files


@pytest.mark.parametrize("seed", range(3))
def test_whatever_names_whatever(
    seed: int, tmp_path: Path, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    written(home, "streams.toml", "".join(f'[[stream]]\nid = "{each}"\n{STAGES}' for each in STREAMS))
    drawn = random.Random(seed)
    begin: list[Path] = []
    for stream in STREAMS:
        (home / stream).mkdir()
        begin += items_of(stream, drawn, home / stream, 0)
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
