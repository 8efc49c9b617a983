"""The store of what people write: one contract, kept by SQLite and by a real PostgreSQL."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import postgresql
import pytest

from dashboard.errors import ConflictError, StoreError
from dashboard.settings import Settings
from dashboard.store import Note, Store, WalkNote, store_of
from dashboard.store.checked import ADDRESS_LENGTH, IDEA, NAME_LENGTH, OBSERVATION, TEXT_LENGTH
from dashboard.store.tables import METADATA, VERSION, WALK_NOTES, WALKS

ROOT = Path(__file__).parents[1]
EXPLORE = "/explore?stream=bank&label=web"
NINE = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)
# What databases, quoting and encodings stumble over.
ODD = ["it's; drop table vsm_notes; --", '"%s" $1 :name ? {}', "Ćma, 分析 👩‍💻", "\\n \\0 \\", "é", "a\tb\nc"]

PREPARED = """
import sys
from dashboard.store import Store
url, name, count = sys.argv[1:]
store = Store(url)
print("ready", flush=True)
sys.stdin.readline()
"""
WRITER = PREPARED + 'for number in range(int(count)): store.add_note("bank", "/", f"{name} {number}")'
SAVER = PREPARED + 'store.save_view("bank", name, "/")'
# As gunicorn does it: the app is made, and used, before its workers are.
FORKER = """
import os, sys
from dashboard.store import Store
store = Store(sys.argv[1])
store.add_note("bank", "/", "parent before")
def child(name):
    try:
        for number in range(10): store.add_note("bank", "/", f"{name} {number}")
        os._exit(0)
    finally:
        os._exit(1)
children = [os.fork() or child(name) for name in ("one", "other")]
for number in range(10): store.add_note("bank", "/", f"parent {number}")
sys.exit(max(os.waitstatus_to_exitcode(os.waitpid(each, 0)[1]) for each in children))
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a place in which there is no store yet."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/home/store.sqlite"
    server: postgresql.Server = request.getfixturevalue("postgres")
    return server.url(server.new_database())


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    """A store in which nothing is yet. Its clock begins at nine and goes on by a minute."""
    minutes = iter(range(10_000))
    with closing(Store(url, lambda: NINE + dt.timedelta(minutes=next(minutes)))) as store:
        yield store


def processes(script: str, url: str, names: list[str], count: int) -> list[int]:
    """The exit codes of one process per name, which all begin at the same time."""
    started = [
        subprocess.Popen(
            [sys.executable, "-c", script, url, name, str(count)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=ROOT,
            text=True,
        )
        for name in names
    ]
    for each in started:
        assert each.stdout and each.stdout.readline() == "ready\n"
    for each in started:
        assert each.stdin
        each.stdin.write("\n")
        each.stdin.flush()
    for each in started:
        each.communicate(timeout=60)
    return [each.returncode for each in started]


def at_once(work: Callable[[int], object], threads: int) -> list[object]:
    """What each thread's work gives; they all begin at the same time."""
    gate = threading.Barrier(threads)

    def run(number: int) -> object:
        gate.wait()
        try:
            return work(number)
        except StoreError as error:
            return error

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(run, range(threads)))


def texts(store: Store) -> list[str]:
    """The notes of the bank, the newest first."""
    return [note.text for note in store.notes("bank")]


# The contract


def test_saved_view_is_there_for_everybody(store: Store, url: str) -> None:
    saved = store.save_view("bank", "  Web  only ", EXPLORE)
    assert (saved.name, saved.address, saved.version, saved.written_at) == ("Web only", EXPLORE, 1, NINE)
    with closing(Store(url)) as other:
        assert other.views("bank") == (saved,)
        assert other.views("shop") == ()


def test_views_stand_by_name(store: Store) -> None:
    for name in ("beta", "Zeta", "Alpha"):
        store.save_view("bank", name, "/")
    assert [view.name for view in store.views("bank")] == ["Alpha", "beta", "Zeta"]


def test_name_is_taken_once_in_a_stream_and_free_in_another(store: Store) -> None:
    first = store.save_view("bank", "Café", EXPLORE)
    with pytest.raises(StoreError, match='There is a view named "Café" already'):
        store.save_view("bank", "Cafe\N{COMBINING ACUTE ACCENT}", "/flow")
    store.save_view("shop", "Café", "/flow")
    assert store.views("bank") == (first,)
    assert [change.action for change in store.log()] == ["add", "add"]
    store.remove_view(first.id, first.version)
    store.save_view("bank", "Café", "/flow")


def test_notes_stand_newest_first_by_view_or_for_all(store: Store) -> None:
    for address, text in (("/flow", "one"), (EXPLORE, "two"), ("/flow", "three")):
        store.add_note("bank", address, text)
    store.add_note("shop", "/flow", "other")
    assert texts(store) == ["three", "two", "one"]
    assert [note.text for note in store.notes("bank", "/flow")] == ["three", "one"]
    assert store.notes("bank", "/plan") == ()


def test_changed_note_says_when_and_counts_its_versions(store: Store) -> None:
    note = store.add_note("bank", "/flow", "first")
    changed = store.change_note(note.id, 1, "second")
    assert (changed.text, changed.version, changed.written_at) == ("second", 2, NINE)
    assert changed.changed_at == NINE + dt.timedelta(minutes=1)
    assert store.notes("bank") == (changed,)


def test_instants_are_utc_whatever_the_clock_says(url: str) -> None:
    tokyo = dt.timezone(dt.timedelta(hours=9))
    with closing(Store(url, lambda: NINE.astimezone(tokyo))) as store:
        store.add_note("bank", "/", "x")
        (note,), (change,) = store.notes("bank"), store.log()
    assert (note.written_at, note.written_at.tzinfo) == (NINE, dt.UTC)
    assert (change.at, change.at.tzinfo) == (NINE, dt.UTC)


def test_second_of_two_who_change_a_note_is_told_and_gets_the_newer(store: Store) -> None:
    note = store.add_note("bank", "/flow", "first")
    newer = store.change_note(note.id, note.version, "by the one")
    for late in (lambda: store.change_note(note.id, 1, "by the other"), lambda: store.remove_note(note.id, 1)):
        with pytest.raises(ConflictError, match="Somebody changed this note after you opened it") as conflict:
            late()
        assert conflict.value.record == newer
    assert store.notes("bank") == (newer,)
    assert len(store.log()) == 2


def test_what_is_gone_can_neither_be_changed_nor_removed(store: Store) -> None:
    note, view = store.add_note("bank", "/", "x"), store.save_view("bank", "x", "/")
    store.remove_note(note.id, 1)
    store.remove_view(view.id, 1)
    for late in (
        lambda: store.change_note(note.id, 1, "y"),
        lambda: store.remove_note(note.id, 1),
        lambda: store.remove_view(view.id, 1),
        lambda: store.remove_view(2**70, 1),
        lambda: store.remove_view(-(2**70), 1),
    ):
        with pytest.raises(StoreError, match="is not there any more: somebody removed it") as gone:
            late()
        assert not isinstance(gone.value, ConflictError)
    assert store.notes("bank") == store.views("bank") == ()


def test_number_is_never_given_again(store: Store) -> None:
    first = store.add_note("bank", "/", "x")
    store.remove_note(first.id, 1)
    assert store.add_note("bank", "/", "y").id != first.id


def test_log_has_everything_after_it_was_removed(store: Store) -> None:
    note = store.add_note("bank", "/flow", 'naïve "text"')
    store.change_note(note.id, 1, "better")
    store.remove_note(note.id, 2)
    removed, changed, added = store.log()
    assert [change.action for change in (added, changed, removed)] == ["add", "change", "remove"]
    assert {(change.kind, change.record_id) for change in store.log()} == {("note", note.id)}
    assert (added.before, removed.after) == (None, None)
    assert (added.after, changed.after) == (changed.before, removed.before)
    assert json.loads(added.after or "") == {
        "id": note.id,
        "stream": "bank",
        "address": "/flow",
        "text": 'naïve "text"',
        "written_at": "2026-03-02T09:00:00+00:00",
        "changed_at": "2026-03-02T09:00:00+00:00",
        "version": 1,
    }
    assert "naïve" in (added.after or "")
    assert store.log(1) == (removed,)
    assert store.log(0) == store.log(-1) == ()


@pytest.mark.parametrize("text", ODD)
def test_text_comes_back_as_it_was_written(store: Store, text: str) -> None:
    note = store.add_note(text.replace("\t", "").replace("\n", ""), EXPLORE, text)
    assert store.notes(note.stream) == (note,)
    assert note.text == text
    assert json.loads(store.log()[0].after or "")["text"] == text


def test_lines_end_alike_whatever_typed_them(store: Store) -> None:
    assert store.add_note("bank", "/", "\r\n a\r\nb\rc \n").text == "a\nb\nc"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "The note is empty"),
        (" \n\t", "The note is empty"),
        ("a\0b", r"The note holds a character that can't be kept \(U\+0000\)"),
        ("a\ud83d", r"The note holds a character that can't be kept \(U\+D83D\)"),
        ("é" * (TEXT_LENGTH + 1), "The note has 4,001 characters; 4,000 are kept at most"),
    ],
    ids=["empty", "blank", "NUL", "half a pair", "long"],
)
def test_note_that_can_not_be_kept_is_refused_in_words(store: Store, text: str, said: str) -> None:
    note = store.add_note("bank", "/", "👩" * TEXT_LENGTH)
    with pytest.raises(StoreError, match=said):
        store.add_note("bank", "/", text)
    with pytest.raises(StoreError, match=said):
        store.change_note(note.id, 1, text)
    assert store.notes("bank") == (note,)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "flow",
        "//elsewhere",
        "/\\elsewhere",
        "https://elsewhere",
        "/\t/elsewhere",
        "/a\0",
        "/" + "a" * ADDRESS_LENGTH,
    ],
)
def test_address_leads_only_to_a_page_of_this_app(store: Store, address: str) -> None:
    for write in (store.save_view, store.add_note):
        with pytest.raises(StoreError, match="The address of "):
            write("bank", "x", address)
    assert store.log() == ()


def test_longest_names_and_addresses_are_kept(store: Store) -> None:
    address = "/" + "".join(map(chr, range(0x4E00, 0x4E00 + ADDRESS_LENGTH - 1)))  # nothing that compresses
    view = store.save_view("流" * NAME_LENGTH, address[-NAME_LENGTH:], address)
    note = store.add_note(view.stream, address, "x")
    assert store.views(view.stream) == (view,)
    assert store.notes(view.stream, address) == (note,)
    with pytest.raises(StoreError, match="The name has 201 characters"):
        store.save_view("bank", "n" * (NAME_LENGTH + 1), "/")
    with pytest.raises(StoreError, match="The name is empty"):
        store.save_view("bank", "  ", "/")
    with pytest.raises(StoreError, match="The name of the value stream is empty"):
        store.save_view("", "x", "/")


def test_nothing_is_found_under_a_name_that_can_not_be_kept(store: Store) -> None:
    store.add_note("bank", "/", "x")
    assert store.notes("a\0b") == store.views("a\0b") == store.notes("bank", "/\ud83d") == ()


# Walks


DAY = dt.date(2026, 3, 2)


def walk_of(store: Store, title: str = "Walk", held_on: dt.date = DAY) -> int:
    """The number of a new walk of the bank."""
    return store.add_walk("bank", title, held_on, "developer, tester", "/walk?stream=bank&from=2026-01-01").id


def test_walk_and_its_notes_are_there_for_everybody(store: Store, url: str) -> None:
    walk = store.add_walk("bank", "  First  walk ", DAY, " developer,\ntester ", "/walk?stream=bank")
    assert (walk.title, walk.held_on, walk.roles, walk.version) == ("First walk", DAY, "developer, tester", 1)
    seen = store.add_walk_note(walk.id, "Test", OBSERVATION, "They wait\nfor data.")
    idea = store.add_walk_note(walk.id, "", IDEA, "Release weekly")
    with closing(Store(url)) as other:
        assert other.walks("bank") == (walk,)
        assert other.walk_notes(walk.id) == (seen, idea)
        assert other.walks("shop") == other.walk_notes(walk.id + 1) == other.walk_notes(2**70) == ()


def test_last_walk_stands_first_and_its_roles_may_be_empty(store: Store) -> None:
    late, early = walk_of(store, "late", DAY), walk_of(store, "early", DAY - dt.timedelta(days=40))
    assert [walk.id for walk in store.walks("bank")] == [late, early]
    assert store.change_walk(early, 1, "early", DAY, "").roles == ""
    assert [walk.id for walk in store.walks("bank")] == [early, late]


def test_second_of_two_who_change_a_walk_or_its_note_is_told_and_gets_the_newer(store: Store) -> None:
    number = walk_of(store)
    note = store.add_walk_note(number, "Test", OBSERVATION, "first")
    newer = store.change_walk_note(note.id, 1, "by the one")
    for late in (lambda: store.change_walk_note(note.id, 1, "other"), lambda: store.remove_walk_note(note.id, 1)):
        with pytest.raises(ConflictError, match="Somebody changed this note of a walk after you opened it") as conflict:
            late()
        assert conflict.value.record == newer
    walk = store.change_walk(number, 1, "Better", DAY, "tester")
    with pytest.raises(ConflictError, match="Somebody changed this walk") as conflict:
        store.change_walk(number, 1, "Worse", DAY, "")
    assert conflict.value.record == walk
    assert (store.walks("bank"), store.walk_notes(number)) == ((walk,), (newer,))
    assert (newer.step, newer.kind, newer.version) == ("Test", OBSERVATION, 2)


def test_walk_with_notes_stays_until_they_are_removed(store: Store) -> None:
    number = walk_of(store)
    note = store.add_walk_note(number, "Test", IDEA, "x")
    with pytest.raises(StoreError, match=r"This walk has 1 note\. Remove what it holds first"):
        store.remove_walk(number, 1)
    store.remove_walk_note(note.id, 1)
    store.remove_walk(number, 1)
    assert store.walks("bank") == store.walk_notes(number) == ()
    told = [(change.kind, change.action) for change in reversed(store.log())]
    assert told == [("walk", "add"), ("note of a walk", "add"), ("note of a walk", "remove"), ("walk", "remove")]
    assert json.loads(store.log()[0].before or "")["held_on"] == "2026-03-02"


def test_note_of_a_walk_that_is_gone_is_refused(store: Store) -> None:
    number = walk_of(store)
    store.remove_walk(number, 1)
    for gone in (number, 2**70, -1):
        with pytest.raises(StoreError, match="This walk is not there any more"):
            store.add_walk_note(gone, "Test", IDEA, "x")
    assert len(store.log()) == 2


def test_walk_that_can_not_be_kept_is_refused_in_words(store: Store) -> None:
    number = walk_of(store)
    for said, write in (
        ("The title is empty", lambda: store.add_walk("bank", " ", DAY, "", "/walk")),
        ("The title has 201", lambda: store.change_walk(number, 1, "x" * 201, DAY, "")),
        ("The list of roles holds", lambda: store.add_walk("bank", "x", DAY, "a\0", "/walk")),
        ("The address of a view", lambda: store.add_walk("bank", "x", DAY, "", "//walk")),
        ("The note is empty", lambda: store.add_walk_note(number, "Test", IDEA, " ")),
        ("is an observation or an idea, not 'wish'", lambda: store.add_walk_note(number, "Test", "wish", "x")),
        ("The name of the step holds", lambda: store.add_walk_note(number, "a\0", IDEA, "x")),
    ):
        with pytest.raises(StoreError, match=said):
            write()
    assert len(store.log()) == 1


@pytest.mark.parametrize("text", ODD)
def test_walk_comes_back_as_it_was_written(store: Store, text: str) -> None:
    line = " ".join(text.split())
    walk = store.add_walk("bank", line, DAY, line, "/walk")
    note = store.add_walk_note(walk.id, line, IDEA, text)
    assert (walk.title, walk.roles, note.step, note.text) == (line, line, line, text)
    assert (store.walks("bank"), store.walk_notes(walk.id)) == ((walk,), (note,))


def test_notes_written_at_once_are_all_kept_and_one_of_many_changes_wins(store: Store, url: str) -> None:
    number = walk_of(store)
    with closing(Store(url)) as shared:
        at_once(lambda each: shared.add_walk_note(number, "Test", OBSERVATION, f"by {each}"), 6)
        notes = store.walk_notes(number)
        results = at_once(lambda each: shared.change_walk_note(notes[0].id, 1, f"again {each}"), 6)
    assert sorted(note.text for note in notes) == [f"by {each}" for each in range(6)]
    assert sum(isinstance(each, WalkNote) for each in results) == 1
    assert sum(isinstance(each, ConflictError) for each in results) == 5


def test_store_of_the_first_version_is_read_and_gets_the_new_tables_with_the_next_write(store: Store) -> None:
    note = store.add_note("bank", "/", "old")
    with store._database.writing() as connection:
        METADATA.drop_all(connection, tables=[WALK_NOTES, WALKS])
        connection.exec_driver_sql("update vsm_meta set value = '1' where name = 'version'")
    assert (store.notes("bank"), store.walks("bank"), store.walk_notes(1)) == ((note,), (), ())
    number = walk_of(store)
    assert [walk.id for walk in store.walks("bank")] == [number]
    assert store.notes("bank") == (note,)
    with store._database.reading() as connection:
        assert connection is not None
        told = connection.exec_driver_sql("select value from vsm_meta where name = 'version'").scalar()
    assert told == str(VERSION)


# Several at once


def test_one_of_many_threads_changes_a_note_and_the_others_are_told(store: Store, url: str) -> None:
    note = store.add_note("bank", "/", "first")
    with closing(Store(url)) as shared:
        results = at_once(lambda number: shared.change_note(note.id, 1, f"by {number}"), 6)
    (won,) = [each for each in results if isinstance(each, Note)]
    assert [each.record for each in results if isinstance(each, ConflictError)] == [won] * 5
    assert store.notes("bank") == (won,)
    assert len(store.log()) == 2


def test_threads_that_all_create_the_tables_lose_nothing(store: Store, url: str) -> None:
    with closing(Store(url)) as shared:
        results = at_once(lambda number: shared.add_note("bank", "/", f"by {number}"), 6)
    assert sorted(texts(store)) == [f"by {number}" for number in range(6)]
    assert all(isinstance(each, Note) for each in results)


def test_one_of_many_threads_takes_a_name(store: Store, url: str) -> None:
    with closing(Store(url)) as shared:
        results = at_once(lambda _: shared.save_view("bank", "same", "/"), 6)
    assert sum(isinstance(each, StoreError) and "already" in str(each) for each in results) == 5
    assert len(store.views("bank")) == 1


def test_processes_that_create_the_tables_at_once_lose_nothing(store: Store, url: str) -> None:
    assert processes(WRITER, url, ["a", "b", "c"], 20) == [0, 0, 0]
    assert sorted(texts(store)) == sorted(f"{name} {number}" for name in "abc" for number in range(20))
    assert len(store.log(1000)) == 60


def test_one_of_two_processes_takes_a_name(store: Store, url: str) -> None:
    script = SAVER.replace("store.save_view", "from dashboard.errors import StoreError\ntry: store.save_view")
    codes = processes(script + "\nexcept StoreError: sys.exit(3)", url, ["same", "same"], 1)
    assert sorted(codes) == [0, 3]
    assert len(store.views("bank")) == 1


def test_workers_forked_after_the_first_use_have_connections_of_their_own(store: Store, url: str) -> None:
    done = subprocess.run([sys.executable, "-c", FORKER, url], cwd=ROOT, check=False, timeout=60)
    assert done.returncode == 0
    assert len(texts(store)) == len(set(texts(store))) == 31


def test_readers_see_the_state_before_while_somebody_writes(store: Store) -> None:
    store.add_note("bank", "/", "first")
    with store._database.writing():
        assert texts(store) == ["first"]


def test_write_that_fails_half_way_leaves_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    store.add_note("bank", "/", "first")
    with monkeypatch.context() as patch:
        patch.setattr("dashboard.store._log", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            store.add_note("bank", "/", "second")
    assert texts(store) == ["first"]


# Before the first write, and after an upgrade


def test_reading_before_the_first_write_finds_nothing_and_creates_nothing(postgres: postgresql.Server) -> None:
    name = postgres.new_database()
    with closing(Store(postgres.url(name))) as store:
        assert store.views("bank") == store.notes("bank") == store.log() == ()
        assert postgres.run("select count(*) from pg_tables where tablename like 'vsm%'", name) == "0"
        store.add_note("bank", "/", "x")
        assert postgres.run("select count(*) from pg_tables where tablename like 'vsm%'", name) == "7"


def test_file_and_its_folder_come_with_the_first_write(tmp_path: Path) -> None:
    home = tmp_path / "a new home?"
    with closing(store_of(Settings(home=home))) as store:
        assert store.views("bank") == store.notes("bank") == store.log() == ()
        assert not home.exists()
        store.save_view("bank", "x", "/")
    assert [path.name for path in home.iterdir()] == ["store.sqlite"]


def test_empty_file_is_an_empty_store(tmp_path: Path) -> None:
    (tmp_path / "store.sqlite").touch()
    with closing(Store(tmp_path / "store.sqlite")) as store:
        assert store.log() == ()
        store.add_note("bank", "/", "x")
        assert texts(store) == ["x"]


def test_store_of_a_newer_program_is_refused(store: Store) -> None:
    store.add_note("bank", "/", "x")
    with store._database.writing() as connection:
        connection.exec_driver_sql("update vsm_meta set value = '99' where name = 'version'")
    for use in (lambda: store.notes("bank"), lambda: store.add_note("bank", "/", "y"), store.log):
        with pytest.raises(StoreError, match=r"was written by a newer program .* Update this program"):
            use()


# Causes of incidents


def test_a_cause_is_corrected_once_and_taken_back(store: Store) -> None:
    cause = store.add_cause("bank", "INC-1", "release-7")
    assert store.corrected("bank") == (("INC-1", "release-7"),)
    with pytest.raises(StoreError, match=r"The cause of INC-1 is corrected already\. Take that back first"):
        store.add_cause("bank", "INC-1", "")
    store.add_cause("shop", "INC-1", "")
    assert store.corrected("shop") == (("INC-1", ""),)
    store.remove_cause(cause.id, cause.version)
    assert store.corrected("bank") == ()
    with pytest.raises(StoreError, match="This cause of an incident is not there any more"):
        store.remove_cause(cause.id, cause.version)
    assert [(each.kind, each.action) for each in store.log(3)] == [
        ("cause of an incident", "remove"),
        ("cause of an incident", "add"),
        ("cause of an incident", "add"),
    ]


@pytest.mark.parametrize("key", ["", "a\0", "x" * 2001])
def test_a_key_that_is_none_is_refused(store: Store, key: str) -> None:
    with pytest.raises(StoreError, match="The key"):
        store.add_cause("bank", key, "")
