"""Imports in a child process: the same answer as in this one, limits that hold, and nothing changed where one fails."""

from __future__ import annotations

import dataclasses
import os
import signal
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from dashboard import build, snapshots
from dashboard.build import Options
from dashboard.catalogue import Catalogue
from dashboard.errors import DashboardError, SettingsError, SourceError
from dashboard.importing import import_files
from dashboard.settings import Settings, bytes_of

LIST = "id,created,finished,status\nA-1,2024-01-01,2024-01-03,Done\nA-2,2024-01-02,,Open\n"


@pytest.fixture
def home(tmp_path: Path) -> Settings:
    """A home with one import of two items."""
    settings = Settings(home=tmp_path / "home", threads=1)
    import_files([written(tmp_path, "items.csv", LIST)], settings)
    return settings


def written(folder: Path, name: str, text: str) -> Path:
    """A file with a text."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def children() -> Callable[[], set[int]]:
    """Asks for the processes that the test started and that still run; a browser of earlier tests is none of them."""
    before = running()
    return lambda: running() - before


def running() -> set[int]:
    """Processes that this one started and that still run."""
    found = set()
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            name, _, rest = status.read_text(encoding="utf-8").rpartition(")")
        except OSError:
            continue
        state, parent = rest.split()[:2]
        if int(parent) == os.getpid() and state != "Z":
            found.add(int(name.split()[0]))
    return found


def test_child_gives_the_account_that_this_process_gives(tmp_path: Path, catalogue: Catalogue) -> None:
    path = written(tmp_path, "items.csv", LIST)
    apart = import_files([path], Settings(home=tmp_path / "one", threads=1))
    here = build.import_files([path], Settings(home=tmp_path / "two", threads=1), catalogue)
    assert dataclasses.replace(apart, files=(), streams=None) == dataclasses.replace(here, files=(), streams=None)  # type: ignore[arg-type]
    pd.testing.assert_frame_equal(apart.files[0].fates, here.files[0].fates)
    pd.testing.assert_frame_equal(apart.streams, here.streams)


def test_steps_are_told_while_the_child_works(tmp_path: Path) -> None:
    titles: list[str] = []
    import_files([written(tmp_path, "items.csv", LIST)], Settings(home=tmp_path, threads=1), note=titles.append)
    assert titles[0] == "Reading items.csv"
    assert "Items" in titles


def test_mistake_in_a_file_is_the_same_error_here(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"^items.csv: the file is empty"):
        import_files([written(tmp_path, "items.csv", "")], Settings(home=tmp_path))


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        ({"import_memory": "1MB"}, "Nothing was changed"),
        ({"import_memory": "260MB", "memory": "200MB"}, None),
        ({"import_minutes": 0}, "took longer than 0 minutes"),
    ],
    ids=["no memory", "little memory", "no time"],
)
def test_limit_of_an_import_holds_and_leaves_what_was(
    limits: dict[str, object], words: str | None, home: Settings, tmp_path: Path, children: Callable[[], set[int]]
) -> None:
    before = snapshots.current(home.warehouse)
    path = written(tmp_path, "more.csv", LIST)
    try:
        import_files([path], dataclasses.replace(home, **limits))  # type: ignore[arg-type]
    except DashboardError as error:
        assert words is None or words in str(error)
        assert snapshots.current(home.warehouse) == before
        assert not list((home.warehouse / "snapshots").glob(".building*"))
    else:
        assert words is None
    assert not children()


@pytest.mark.parametrize("killer", [signal.SIGKILL, signal.SIGSEGV], ids=lambda each: each.name)
def test_child_that_dies_is_a_refusal_in_words(
    killer: signal.Signals, home: Settings, tmp_path: Path, children: Callable[[], set[int]]
) -> None:
    before = snapshots.current(home.warehouse)

    def kill(_: str) -> None:
        for process in children():
            os.kill(process, killer)

    with pytest.raises(SourceError, match=r"It ended at the step '.+'\. Nothing was changed"):
        import_files([written(tmp_path, "more.csv", LIST)], home, note=kill)
    assert snapshots.current(home.warehouse) == before
    assert not children()


def test_interrupted_parent_leaves_no_child(home: Settings, tmp_path: Path, children: Callable[[], set[int]]) -> None:
    def interrupt(_: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_files([written(tmp_path, "more.csv", LIST)], home, note=interrupt)
    assert not children()
    assert not list((home.warehouse / "snapshots").glob(".building*"))


def test_file_that_shrank_by_more_than_half_is_refused_without_the_flag(home: Settings, tmp_path: Path) -> None:
    many = "".join(f"A-{number},2024-01-02,,Open\n" for number in range(10, 20))
    path = written(tmp_path, "items.csv", LIST + many)
    import_files([path], home)
    written(tmp_path, "items.csv", LIST)
    with pytest.raises(SourceError, match=r"items\.csv: 2 records .*, 12 could the last time.*--accept-shrinking"):
        import_files([path], home)
    assert import_files([path], home, Options(accepts_shrinking=True)).number == 3


def test_half_of_the_records_are_not_refused(home: Settings, tmp_path: Path) -> None:
    path = written(tmp_path, "items.csv", LIST.rsplit("A-2", 1)[0])
    assert import_files([path], home).files[0].records() == 1


def test_other_items_under_the_same_keys_in_one_import_are_refused(tmp_path: Path) -> None:
    one, other = written(tmp_path, "a.csv", LIST), written(tmp_path, "b.csv", LIST.replace("2024-01", "2021-06"))
    with pytest.raises(SourceError, match=r"2 keys of the stream 'a' several files describe, 2 of them with another"):
        import_files([one, other], Settings(home=tmp_path / "home"))


def test_two_files_of_one_name_have_accounts_of_their_own(tmp_path: Path) -> None:
    for name, key in (("one", "A-"), ("two", "B-")):
        (tmp_path / name).mkdir()
        written(tmp_path / name, "items.csv", LIST.replace("A-", key))
    files = [tmp_path / name / "items.csv" for name in ("one", "two")]
    account = import_files(files, Settings(home=tmp_path / "home"))
    assert [(file.file_name, file.records()) for file in account.files] == [("items.csv", 2), ("two/items.csv", 2)]


def test_dates_in_no_order_are_set_aside_whatever_the_list(tmp_path: Path) -> None:
    text = "id,created,start,cancelled\nA-1,2024-01-01,2024-01-06,2024-01-03\nA-2,2024-01-01,2024-01-02,\n"
    ours = (
        "item_id,created_at,started_at,finished_at\nB-1,2024-01-01,2024-01-05,2024-01-03\nB-2,2024-01-01,,2024-01-03\n"
    )
    files = [written(tmp_path, "a.csv", text), written(tmp_path, "b.csv", ours)]
    account = import_files(files, Settings(home=tmp_path / "home"), Options(accepts_bad_rows=True))
    assert [(file.records("kept"), file.records("set aside")) for file in account.files] == [(1, 1), (1, 1)]


def test_other_items_under_the_same_keys_are_refused(home: Settings, tmp_path: Path) -> None:
    other = written(tmp_path, "other.csv", LIST.replace("2024-01", "2021-06"))
    with pytest.raises(SourceError, match=r"2 keys of the stream 'items' are known already, 2 of them.*--stream"):
        import_files([other], home, Options(stream="items"))
    assert set(import_files([other], home).streams["stream"]) == {"items", "other"}


@pytest.mark.parametrize(
    ("options", "words"),
    [(Options(time_zone="Mars/North"), "Mars/North"), (Options(date_order="year-first"), "day-first or month-first")],
    ids=["zone", "order"],
)
def test_option_that_there_is_not_is_refused_before_any_work(options: Options, words: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=words):
        import_files([], Settings(home=tmp_path), options)


@pytest.mark.parametrize(("text", "expected"), [("4GB", 4e9), ("1.5 gb", 1.5e9), ("512MB", 5.12e8), ("2GiB", 2e9)])
def test_amount_of_memory_is_read(text: str, expected: float) -> None:
    assert bytes_of(text) == expected


def test_amount_of_memory_that_is_none_is_told() -> None:
    with pytest.raises(SettingsError, match="'much'"):
        bytes_of("much")


MAKERS: dict[str, Callable[[Path], object]] = {
    "link": lambda path: path.symlink_to("/etc/passwd"),
    "folder": Path.mkdir,
    "pipe": os.mkfifo,
    "nothing": lambda path: None,
}


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS.keys())
def test_what_is_no_file_is_refused_at_once(make: Callable[[Path], object], tmp_path: Path) -> None:
    path = tmp_path / "items.csv"
    make(path)
    with pytest.raises(SourceError, match=r"items\.csv"):
        import_files([path], Settings(home=tmp_path / "home", import_minutes=1))


@pytest.mark.parametrize(
    "name", ["http://127.0.0.1:9/x.csv", "s3://bucket/x.csv", "~/x.csv", "/dev/zero", "/dev/stdin"]
)
def test_address_or_device_is_no_file(name: str, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"no (such )?file"):
        import_files([Path(name)], Settings(home=tmp_path))


def test_list_with_an_original_status_is_no_history(tmp_path: Path) -> None:
    text = (
        "Key,Created,Status,Resolved,Original Status\nP-1,2024-01-01,Done,2024-01-09,New\nP-2,2024-01-02,Doing,,New\n"
    )
    account = import_files([written(tmp_path, "items.csv", text)], Settings(home=tmp_path / "home"))
    assert account.files[0].format.name in ("jira_csv", "item_list")


def test_date_behind_the_stages_of_a_sheet_is_no_stage(tmp_path: Path) -> None:
    text = "ID,Link,Name,Backlog,Dev,Done,Updated,Type\nA1,,x,2024-01-01,2024-01-03,2024-01-08,2024-02-02,Story\n"
    settings = Settings(home=tmp_path / "home")
    import_files([written(tmp_path, "sheet.csv", text)], settings)
    definition = (snapshots.current(settings.warehouse) / "streams.toml").read_text(encoding="utf-8")
    assert [line for line in definition.splitlines() if line.startswith("name = ")][1:] == [
        'name = "Backlog"',
        'name = "Dev"',
        'name = "Done"',
    ]


def test_folder_is_all_the_files_in_it(tmp_path: Path) -> None:
    folder = tmp_path / "our export"
    (folder / "below").mkdir(parents=True)
    written(folder, "b.csv", LIST)
    written(folder, "a.csv", LIST.replace("A-", "B-"))
    written(folder, ".hidden", "no export")
    written(folder / "below", "c.csv", LIST.replace("A-", "C-"))
    account = import_files([folder], Settings(home=tmp_path / "home"))
    assert [file.file_name for file in account.files] == ["a.csv", "b.csv"]
    assert account.streams[["stream", "items_count"]].values.tolist() == [["our_export", 4]]


def test_name_is_never_a_pattern(tmp_path: Path) -> None:
    written(tmp_path, "ab1.csv", LIST.replace("A-", "B-"))
    path = written(tmp_path, "a*[1].csv", LIST)
    account = import_files([path], Settings(home=tmp_path / "home"))
    assert [file.file_name for file in account.files] == ["a*[1].csv"]
    assert account.files[0].records() == 2
