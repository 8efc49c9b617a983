"""The store of snapshots: all or nothing, verified, picked up by readers; and what leaves it comes back the same."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest

from dashboard import build, snapshots
from dashboard.account import Account
from dashboard.catalogue import Catalogue
from dashboard.errors import SnapshotError, SourceError
from dashboard.export import Wanted, export
from dashboard.settings import Settings
from dashboard.streams.definition import read_definition
from dashboard.streams.written import write_definition
from dashboard.warehouse import Warehouse

DATA = Path(__file__).parents[1] / "data"
MARTS = ("items", "visits", "waste", "deployments", "changes", "incidents", "surveys")


def a_build(text: str = "rows") -> Callable[[Path, int], None]:
    """A build of two small files: the store does not look into them."""

    def write(folder: Path, number: int) -> None:
        (folder / snapshots.DATABASE).write_text(f"{text} {number}", encoding="ascii")
        (folder / snapshots.DEFINITION).write_text("", encoding="ascii")

    return write


def tree(root: Path) -> dict[str, bytes]:
    """Every file below a folder, and its content."""
    return {str(path.relative_to(root)): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


def kept(root: Path) -> list[str]:
    """The folders of the store."""
    return sorted(path.name for path in (root / "snapshots").iterdir())


def test_published_snapshot_is_the_current_one(tmp_path: Path) -> None:
    assert snapshots.publish(tmp_path, a_build()) == 1
    folder = snapshots.current(tmp_path)
    assert folder == tmp_path / "snapshots" / "000001"
    assert (folder / snapshots.DATABASE).read_text("ascii") == "rows 1"
    snapshots.verify(folder)


def test_build_is_not_seen_before_it_is_complete(tmp_path: Path) -> None:
    snapshots.publish(tmp_path, a_build())
    seen: list[str] = []

    def watching(folder: Path, number: int) -> None:
        a_build()(folder, number)
        seen.append(snapshots.current(tmp_path).name)

    snapshots.publish(tmp_path, watching)
    assert seen == ["000001"]
    assert snapshots.current(tmp_path).name == "000002"


@pytest.mark.parametrize("error", [SourceError("bad file"), RuntimeError("a fault"), KeyboardInterrupt()], ids=repr)
def test_build_that_raises_changes_nothing_and_leaves_no_litter(error: BaseException, tmp_path: Path) -> None:
    snapshots.publish(tmp_path, a_build())
    before = tree(tmp_path)

    def failing(folder: Path, number: int) -> None:
        a_build("half")(folder, number)
        raise error

    with pytest.raises(type(error)):
        snapshots.publish(tmp_path, failing)
    assert tree(tmp_path) == before
    assert kept(tmp_path) == ["000001"]
    assert snapshots.publish(tmp_path, a_build()) == 2


def test_first_build_that_raises_leaves_no_snapshot(tmp_path: Path) -> None:
    def failing(folder: Path, number: int) -> None:  # noqa: ARG001
        raise SourceError("bad file")

    with pytest.raises(SourceError):
        snapshots.publish(tmp_path, failing)
    with pytest.raises(SnapshotError, match=r"No snapshot in .* yet\. Run: vsm import"):
        snapshots.current(tmp_path)
    assert kept(tmp_path) == []


def test_leftovers_of_a_killed_build_are_swept(tmp_path: Path) -> None:
    snapshots.publish(tmp_path, a_build())
    killed = tmp_path / "snapshots" / ".building-000002"
    killed.mkdir()
    a_build("half")(killed, 2)
    assert snapshots.publish(tmp_path, a_build()) == 2
    assert kept(tmp_path) == ["000001", "000002"]


def test_three_snapshots_are_kept(tmp_path: Path) -> None:
    for _ in range(5):
        snapshots.publish(tmp_path, a_build())
    assert kept(tmp_path) == ["000003", "000004", "000005"]
    assert snapshots.current(tmp_path).name == "000005"
    snapshots.publish(tmp_path, a_build(), keep=1)
    assert kept(tmp_path) == ["000006"]


def test_two_imports_at_once_follow_each_other(tmp_path: Path) -> None:
    inside, most = [0], [0]

    def slow(folder: Path, number: int) -> None:
        inside[0] += 1
        most[0] = max(most[0], inside[0])
        threading.Event().wait(0.05)
        a_build()(folder, number)
        inside[0] -= 1

    threads = [threading.Thread(target=snapshots.publish, args=(tmp_path, slow)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1]
    assert kept(tmp_path) == ["000001", "000002", "000003"]


@pytest.mark.parametrize("name", [snapshots.DATABASE, snapshots.DEFINITION])
def test_flipped_byte_is_noticed(name: str, tmp_path: Path) -> None:
    def write(folder: Path, number: int) -> None:
        a_build()(folder, number)
        (folder / snapshots.DEFINITION).write_bytes(b"# heading")

    snapshots.publish(tmp_path, write)
    folder = snapshots.current(tmp_path)
    content = bytearray((folder / name).read_bytes())
    content[3] ^= 1
    (folder / name).write_bytes(content)
    with pytest.raises(SnapshotError, match=f"{name}: the file is not as it was published"):
        snapshots.verify(folder)


def test_missing_file_and_missing_manifest_are_noticed(tmp_path: Path) -> None:
    snapshots.publish(tmp_path, a_build())
    folder = snapshots.current(tmp_path)
    (folder / snapshots.DEFINITION).unlink()
    with pytest.raises(SnapshotError, match=snapshots.DEFINITION):
        snapshots.verify(folder)
    (folder / snapshots.MANIFEST).unlink()
    with pytest.raises(SnapshotError, match="the manifest can't be read"):
        snapshots.verify(folder)


def test_manifest_names_every_other_file(tmp_path: Path) -> None:
    snapshots.publish(tmp_path, a_build())
    folder = snapshots.current(tmp_path)
    manifest = json.loads((folder / snapshots.MANIFEST).read_text("utf-8"))
    assert set(manifest["files"]) == {path.name for path in folder.iterdir()} - {snapshots.MANIFEST}


@pytest.mark.parametrize("written", ["000009\n", "../../etc\n", "\n", ""])
def test_pointer_to_what_is_not_there_is_refused(written: str, tmp_path: Path) -> None:
    snapshots.publish(tmp_path, a_build())
    (tmp_path / "CURRENT").write_text(written, encoding="ascii")
    with pytest.raises(SnapshotError, match="which is not there"):
        snapshots.current(tmp_path)


def test_what_is_published_while_files_are_compared_is_no_damage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three imports come in meanwhile: the snapshot that was looked at is gone."""
    snapshots.publish(tmp_path, a_build())
    verify = snapshots.verify

    def overtaken(folder: Path) -> None:
        monkeypatch.setattr(snapshots, "verify", verify)
        for _ in range(3):
            snapshots.publish(tmp_path, a_build())
        verify(folder)

    monkeypatch.setattr(snapshots, "verify", overtaken)
    assert snapshots.sound(tmp_path) == (tmp_path / "snapshots" / "000004", None)


@dataclass(frozen=True)
class Home:
    """A home and its warehouse."""

    settings: Settings
    warehouse: Warehouse
    catalogue: Catalogue

    def run(self, *files: Path, **options: object) -> Account:
        """Import files."""
        return build.import_files(files, self.settings, self.catalogue, build.Options(**options))  # type: ignore[arg-type]


def home_in(folder: Path, catalogue: Catalogue, *documents: str) -> Home:
    """A home with some documents of the demo."""
    folder.mkdir(exist_ok=True)
    for name in documents:
        shutil.copy(DATA / name, folder)
    settings = Settings(home=folder, threads=1)
    return Home(settings, Warehouse(settings.warehouse, catalogue), catalogue)


def log_in(folder: Path, *days: int) -> Path:
    """A log of one item that was done on these days."""
    path = folder / "log.csv"
    lines = [f"1,Done {day},2024-01-{day:02}" for day in days]
    path.write_text("\n".join(["issue_key,status,timestamp", "1,Open,2024-01-01", *lines, ""]), encoding="utf-8")
    return path


def test_warehouse_answers_from_a_new_snapshot_without_being_opened_again(tmp_path: Path, catalogue: Catalogue) -> None:
    home = home_in(tmp_path, catalogue)
    with pytest.raises(SnapshotError):
        home.warehouse.streams()
    home.run(log_in(tmp_path, 5))
    assert list(home.warehouse.table("marts.items")["history_seconds"] / 86_400) == [4]
    home.run(log_in(tmp_path, 9))
    assert list(home.warehouse.table("marts.items")["history_seconds"] / 86_400) == [8]
    # Without files, the last import is built again, here with another definition.
    (stream,) = read_definition(home.warehouse.snapshot / snapshots.DEFINITION).values()
    renamed = stream.model_copy(update={"name": "Renamed", "is_proposal": False})
    write_definition(tmp_path / "streams.toml", [renamed])
    home.run()
    assert list(home.warehouse.streams()["name"]) == ["Renamed"]
    assert list(home.warehouse.table("marts.items")["history_seconds"] / 86_400) == [8]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory, catalogue: Catalogue) -> Home:
    """The demo sample with its definition and plan."""
    home = home_in(tmp_path_factory.mktemp("demo"), catalogue, "streams.toml", "plan.toml")
    home.run(*sorted((DATA / "sample" / "demo").glob("*.csv")))
    return home


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_export_imported_gives_the_same_warehouse(
    ending: str, demo: Home, tmp_path: Path, catalogue: Catalogue
) -> None:
    written = export(demo.warehouse.snapshot, tmp_path / "exported", catalogue, Wanted(ending=ending))
    again = home_in(tmp_path / "home", catalogue, "plan.toml")
    *tables, definition = written
    assert {path.suffix for path in tables} == {f".{ending}"}
    assert definition.name == snapshots.DEFINITION
    again.run(*tables, config=definition)
    for mart in MARTS:
        ours, theirs = (_sorted(home.warehouse.table(f"marts.{mart}")) for home in (demo, again))
        assert len(ours) > 50
        pd.testing.assert_frame_equal(ours, theirs, obj=f"marts.{mart}")
    assert _definition(again) == _definition(demo)


def _sorted(table: pd.DataFrame) -> pd.DataFrame:
    return table.sort_values(list(table.columns)).reset_index(drop=True)


def _definition(home: Home) -> object:
    return read_definition(home.warehouse.snapshot / snapshots.DEFINITION)


def test_newest_description_of_an_item_is_still_the_newest_after_an_export(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    home = home_in(tmp_path / "first", catalogue)
    for name, title in (("old.csv", "old"), ("new.csv", "new")):
        lines = [f"{number},{title},2024-01-01,{title}" for number in range(50)]
        path = tmp_path / name
        path.write_text("\n".join(["item_id,title,created_at,status", *lines, ""]), encoding="utf-8")
        home.run(path, stream="s")
    assert set(home.warehouse.table("marts.items")["title"]) == {"new"}
    *tables, definition = export(home.warehouse.snapshot, tmp_path / "exported", catalogue)
    again = home_in(tmp_path / "second", catalogue)
    again.run(*tables, config=definition)
    assert set(again.warehouse.table("marts.items")["title"]) == {"new"}
