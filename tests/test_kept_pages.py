"""Pages that were drawn are kept, and drawn anew as soon as anything they depend on is another."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest
from conftest import ROOT
from flask.testing import FlaskClient
from test_access import SECRET, exports, headers, post, two_teams
from test_editing import SAME_ORIGIN, call

from dashboard import shared_folders
from dashboard.app import _draws, create_server
from dashboard.build import Options, import_files
from dashboard.catalogue import Catalogue
from dashboard.errors import ScopeError, StoreError
from dashboard.pages import overview, waste
from dashboard.settings import Settings
from dashboard.shelf import FOLDER, LOOKS_EVERY, PREFIX, Shelf
from dashboard.store import store_of


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory, catalogue: Catalogue) -> Settings:
    return two_teams(tmp_path_factory.mktemp("kept"), catalogue)


@pytest.fixture
def home(imported: Settings, tmp_path: Path) -> Settings:
    shutil.copytree(imported.home, tmp_path / "home")
    return Settings(home=tmp_path / "home", proxy_secret=SECRET)


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The paths of the pages that were drawn, one after the other."""
    paths: list[str] = []
    for page in (waste, overview):

        def noted(view: object, body: Callable[..., object] = page.body, path: str = page.PATH) -> object:
            paths.append(path)
            return body(view)

        monkeypatch.setattr(page, "body", noted)
    yield paths


Ask = Callable[..., bytes]


@pytest.fixture
def ask(home: Settings, drawn: list[str]) -> Ask:
    """The waste page as somebody gets it; nothing counts as drawn yet."""
    client = create_server(home).test_client()
    drawn.clear()
    return partial(page_of, client)


def page_of(client: FlaskClient, who: str = "admin", path: str = "/waste", search: str = "") -> bytes:
    values = {"_pages_location.pathname": path, "_pages_location.search": search}
    answer = post(client, who, "_pages_content.children", values, "_pages_location.pathname")
    assert answer.status_code == 200
    return answer.data


def test_the_same_view_is_drawn_once(ask: Ask, drawn: list[str]) -> None:
    first = ask()
    assert b"Where does the lead time go?" in first
    assert [ask() for _ in range(3)] == [first] * 3
    assert drawn == ["/waste"]


def test_it_is_sent_as_the_browser_takes_it(home: Settings, drawn: list[str]) -> None:
    client = create_server(home).test_client()
    drawn.clear()
    plain = page_of(client)
    values = {"_pages_location.pathname": "/waste", "_pages_location.search": ""}
    listed = client.get("/_dash-dependencies", headers=headers("admin")).json
    heads = {**SAME_ORIGIN, **headers("admin"), "Accept-Encoding": "gzip"}
    answer = call(client, "_pages_content.children", values, "_pages_location.pathname", listed, headers=heads)
    assert answer.headers["Content-Encoding"] == "gzip" and gzip.decompress(answer.data) == plain
    assert answer.headers["Cache-Control"] == "no-store" and answer.headers["Content-Security-Policy"]
    assert drawn == ["/waste"]


def test_another_scope_is_another_page(ask: Ask, drawn: list[str]) -> None:
    assert ask(search="?team=Alpha") != ask(search="?team=Beta")
    assert len(drawn) == 2


def test_nobody_gets_the_page_of_somebody_who_sees_other_teams(ask: Ask) -> None:
    pages = {who: ask(who, "/timeline") for who in ("admin", "viewer of Alpha", "viewer of Beta", "viewer of no team")}
    assert len(set(pages.values())) == len(pages)
    assert {who: ask(who, "/timeline") for who in pages} == pages


def test_who_may_change_something_gets_another_page(ask: Ask) -> None:
    assert ask("admin", "/mapping") != ask("leadership", "/mapping")


def test_a_note_that_was_pinned_stands_on_the_page(home: Settings, ask: Ask, drawn: list[str]) -> None:
    before = ask()
    store_of(home).add_note("shop", "/waste?stream=shop", "Why is this so long?")
    assert b"Why is this so long?" not in before and b"Why is this so long?" in ask()
    assert drawn == ["/waste"] * 2


@pytest.mark.parametrize("file", ["plan.toml", "maps/future.toml", "access.toml"])
def test_a_file_that_was_written_counts(home: Settings, ask: Ask, drawn: list[str], file: str) -> None:
    ask(path="/overview")
    place = home.home / file
    place.parent.mkdir(exist_ok=True)
    made = next((ROOT / "data" / "maps").glob("*.toml")) if "maps" in file else ROOT / "data" / file
    source = place if place.exists() else made
    text = source.read_text(encoding="utf-8")
    place.write_text(f"{text}\n# another line\n", encoding="utf-8")
    ask(path="/overview")
    ask(path="/overview")
    assert drawn == ["/overview"] * 2


def test_a_new_snapshot_is_shown(
    home: Settings, catalogue: Catalogue, ask: Ask, drawn: list[str], tmp_path: Path
) -> None:
    before = ask()
    exports(tmp_path)
    more = tmp_path / "transitions.csv"
    text = more.read_text(encoding="utf-8").replace(
        "ALPHA-5,2024-01-05T12:00:00Z,Doing", "ALPHA-5,2024-01-06T12:00:00Z,Doing"
    )
    more.write_text(f"{text}ALPHA-5,2024-03-05T10:00:00Z,Done\n", encoding="utf-8")
    import_files([tmp_path / "items.csv", more], home, catalogue, Options(stream="shop"))
    assert ask() != before
    assert drawn == ["/waste"] * 2


def test_what_can_not_be_drawn_is_not_kept(monkeypatch: pytest.MonkeyPatch, home: Settings) -> None:
    client = create_server(home).test_client()
    values = {"_pages_location.pathname": "/waste", "_pages_location.search": ""}

    def fail(_: object) -> None:
        raise RuntimeError("for a moment")

    with monkeypatch.context() as broken:
        broken.setattr(waste, "body", fail)
        answer = post(client, "admin", "_pages_content.children", values, "_pages_location.pathname")
        assert answer.status_code == 500
    assert b"Where does the lead time go?" in page_of(client)


def test_a_page_that_tells_of_an_error_is_not_kept(ask: Ask, drawn: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Such as that a question took too long: it was said to one reader, and is over for the next."""

    def too_long(_: object) -> None:
        raise ScopeError("This took too long to work out.")

    with monkeypatch.context() as slow:
        slow.setattr(waste, "body", too_long)
        assert b"This took too long to work out." in ask()
    assert b"Where does the lead time go?" in ask()
    assert drawn == ["/waste"]


def test_a_store_that_can_not_be_read_for_a_moment_is_no_page_to_keep(
    home: Settings, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    store_of(home).add_note("shop", "/waste?stream=shop", "Why is this so long?")

    def locked(*_: object) -> None:
        raise StoreError("The store is locked.")

    with monkeypatch.context() as busy:
        busy.setattr("dashboard.store.Store.notes", locked)
        assert b"The store is locked." in ask()
    assert b"Why is this so long?" in ask()


def test_only_callbacks_that_draw_are_kept(home: Settings) -> None:
    client = create_server(home).test_client()
    listed = client.get("/_dash-dependencies", headers=headers("admin")).json
    outputs = [each["output"] for each in listed if not each.get("clientside_function")]
    assert sorted(filter(_draws, outputs)) == [
        ".._pages_content.children..._pages_store.data..",
        "page-body.children",
        '{"part":["MATCH"],"type":"later"}.children',
    ]
    assert json.dumps(outputs).count("_pages_content") == 1


def test_of_too_many_pages_the_one_not_asked_for_the_longest_goes(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path, most=30)
    for number, name in enumerate("abc"):
        shelf.put(name, b"0123456789")
        os.utime(tmp_path / name, (number, number))
    assert shelf.get("a") == b"0123456789"
    shelf.put_since = LOOKS_EVERY
    shelf.put("d", b"0123456789")
    assert {name: shelf.get(name) is not None for name in "abcd"} == {"a": True, "b": False, "c": True, "d": True}


def test_processes_share_a_folder_and_see_whole_pages_or_none(tmp_path: Path) -> None:
    one, other = Shelf(tmp_path), Shelf(tmp_path)
    bodies = [bytes([number]) * 200_000 for number in range(8)]

    def write(number: int) -> None:
        for _ in range(40):
            one.put("page", bodies[number])

    with ThreadPoolExecutor(8) as pool:
        writing = [pool.submit(write, number) for number in range(8)]
        while not all(each.done() for each in writing):
            assert other.get("page") in (None, *bodies)
    assert len(list(tmp_path.iterdir())) == 1


def test_a_folder_that_is_gone_keeps_nothing(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "gone")
    shelf.put("page", b"body")
    assert shelf.get("page") is None


def test_the_folder_of_a_server_is_its_own(home: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(FOLDER, raising=False)
    monkeypatch.setattr(shared_folders, "STARTING_SECONDS", 0)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    server = create_server(home)
    (mine,) = tmp_path.glob(f"{PREFIX}*")
    assert server and not list(shared_folders.left_over(PREFIX))
    assert mine.is_dir()
