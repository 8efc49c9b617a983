"""What is promised of a snapshot while everything goes wrong: readers find the old one or the new one, never neither.

Imports are real ones, in processes of their own, killed and denied at each kind of system call by strace.
"""

from __future__ import annotations

import datetime as dt
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from conftest import ROOT

from dashboard import snapshots
from dashboard.build import Options, import_files
from dashboard.catalogue import Catalogue
from dashboard.errors import SnapshotError
from dashboard.scope import Scope
from dashboard.settings import Settings
from dashboard.warehouse import Warehouse

SCOPE = Scope("s", dt.date(2024, 1, 1), dt.date(2025, 1, 1), period="all")
FLIPS = int(os.environ.get("VSM_FLIPS", "200"))
DENIALS = int(os.environ.get("VSM_DENIALS", "8"))
KILLS = int(os.environ.get("VSM_KILLS", "50"))
QUESTIONS = int(os.environ.get("VSM_QUESTIONS", "200"))
SEED = 1
# Calls that change a disk: what a folder holds, or that it is on the disk, few of them; and what files hold.
FEW = ("fsync", "fdatasync", "rename", "mkdir", "unlink", "unlinkat", "rmdir")
CALLS = (*FEW, "write", "pwrite64", "ftruncate")
FAULTS = ("signal=SIGKILL", "error=ENOSPC", "error=EIO")
PARTS = 4


def log_of(folder: Path, finished: int) -> Path:
    """A log of so many items that were done: the throughput tells which import it is."""
    lines = [f"{item},{state},2024-01-0{day}" for item in range(finished) for day, state in ((1, "Open"), (2, "Done"))]
    path = folder / f"log{finished}" / "log.csv"
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join(["issue_key,status,timestamp", *lines]) + "\n", encoding="utf-8")
    return path


def a_home(folder: Path, catalogue: Catalogue, *finished: int) -> Settings:
    """A home with an import for each number of finished items."""
    folder.mkdir(exist_ok=True)
    home = Settings(home=folder / "home", threads=1, memory="500MB", keep=2)
    for number in finished:
        import_files([log_of(folder, number)], home, catalogue, Options(stream="s"))
    return home


def throughput(home: Settings, catalogue: Catalogue) -> tuple[int, str | None]:
    """What a fresh reader answers, and what is wrong with the data."""
    warehouse = Warehouse(home.warehouse, catalogue, threads=1)
    return int(warehouse.ask("metrics.throughput", SCOPE)["value"].iloc[0]), warehouse.fault


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory, catalogue: Catalogue) -> Settings:
    """A home with two snapshots: one item, then two."""
    return a_home(tmp_path_factory.mktemp("two"), catalogue, 1, 2)


def command(home: Settings, log: Path) -> list[str]:
    return [
        sys.executable, "-m", "dashboard", "--home", str(home.home), "import", str(log), "--stream", "s",
        "--accept-shrinking",
    ]  # fmt: skip


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), "VSM_IMPORT_MEMORY": "2GB", "VSM_KEEP": "2"}


def files_of(root: Path) -> list[Path]:
    newest = snapshots.current(root)
    return [root / "CURRENT", *sorted(newest.iterdir())]


def test_every_flip_and_truncation_of_the_newest_snapshot_is_noticed(
    two: Settings, tmp_path: Path, catalogue: Catalogue
) -> None:
    """The one before answers, and it is said."""
    draw = random.Random(SEED)
    for number in range(FLIPS):
        home = Settings(home=tmp_path / "home")
        shutil.copytree(two.home, home.home)
        path = draw.choice(files_of(home.warehouse))
        content = bytearray(path.read_bytes())
        place = draw.randrange(len(content))
        if is_cut := draw.random() < 0.25:
            del content[place:]
        else:
            content[place] ^= 1 << draw.randrange(8)
        path.write_bytes(content)
        value, fault = throughput(home, catalogue)
        told = f"{number}: {path.name} {'cut' if is_cut else 'flipped'} at {place}: {value}, {fault}"
        # A pointer that lost or changed only space at its end says the same as before.
        is_harmless = path.name == "CURRENT" and content.strip() == (two.warehouse / "CURRENT").read_bytes().strip()
        assert (fault is None) == is_harmless, told
        assert str(home.home) not in (fault or ""), told
        assert value == 2 if path.name == "CURRENT" else value == 1, told
        shutil.rmtree(home.home)


def test_damage_while_it_is_open_is_noticed(tmp_path: Path, catalogue: Catalogue) -> None:
    home = a_home(tmp_path, catalogue, 1, 2)
    warehouse = Warehouse(home.warehouse, catalogue, threads=1)
    assert warehouse.ask("metrics.throughput", SCOPE)["value"].tolist() == [2]
    path = snapshots.current(home.warehouse) / snapshots.DATABASE
    content = path.read_bytes()
    with path.open("r+b") as stream:  # the same file, not a new one of its name
        stream.seek(12_288)
        stream.write(bytes(255 - byte for byte in content[12_288:]))
    answers = [warehouse.ask(name, SCOPE)["value"].tolist() for name in ("metrics.lead_time", "metrics.throughput")]
    assert answers[1] in ([1], [2])  # an answer that is known was read when all was well
    assert warehouse.ask("metrics.cycle_time", SCOPE) is not None
    if warehouse.fault is None:  # nothing had to be read from the disk again
        value, fault = throughput(home, catalogue)
        assert (value, bool(fault)) == (1, True)


def test_nothing_whole_is_told_and_an_import_does_not_begin_anew(tmp_path: Path, catalogue: Catalogue) -> None:
    """What the snapshots hold would be lost; it is done only when it is asked for."""
    home = a_home(tmp_path, catalogue, 1)
    (snapshots.current(home.warehouse) / snapshots.DATABASE).write_bytes(b"gone")
    with pytest.raises(SnapshotError, match="not as it was published"):
        throughput(home, catalogue)
    with pytest.raises(SnapshotError, match="not as it was published"):
        import_files([log_of(tmp_path, 3)], home, catalogue, Options(stream="s"))
    import_files([log_of(tmp_path, 3)], home, catalogue, Options(stream="s", starts_afresh=True))
    assert throughput(home, catalogue) == (3, None)


def test_an_import_after_damage_goes_on_from_what_is_whole(tmp_path: Path, catalogue: Catalogue) -> None:
    home = a_home(tmp_path, catalogue, 1, 2)
    (snapshots.current(home.warehouse) / snapshots.DATABASE).write_bytes(b"gone")
    import_files([log_of(tmp_path, 4)], home, catalogue, Options(stream="s"))
    assert throughput(home, catalogue) == (4, None)


def traced(home: Settings, log: Path, *options: str) -> tuple[int, str, list[str]]:
    """An import under strace: its exit code, its words, and the lines of the trace."""
    trace = home.home / "trace"
    done = subprocess.run(
        ["strace", "-f", "-qq", "-o", trace, "-e", f"trace={','.join(CALLS)}", *options, *command(home, log)],
        env=environment(), capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    told = trace.read_text(encoding="utf-8", errors="replace").splitlines()
    trace.unlink()
    return done.returncode, done.stderr, told


@pytest.fixture(scope="module")
def calls(tmp_path_factory: pytest.TempPathFactory, catalogue: Catalogue) -> list[tuple[str, int]]:
    """Each call of an import that changes the disk: its name, and its number among those of its thread."""
    home = a_home(tmp_path_factory.mktemp("calls"), catalogue, 2)
    code, words, told = traced(home, log_of(home.home.parent, 3))
    assert code == 0, words
    seen: Counter[tuple[str, str]] = Counter()
    numbered = set()
    for line in told:
        if found := re.match(r"(\d+) +(\w+)\(", line):
            seen[found.groups()] += 1
            numbered.add((found[2], seen[found.groups()]))
    assert {name for name, _ in numbered} >= {"write", "pwrite64", "fsync", "rename", "mkdir", "unlink"}
    return sorted(numbered)


def denials(calls: list[tuple[str, int]]) -> list[str]:
    """What is denied, one import each: syncs and calls on folders by each fault, all of them where a hundred denials
    are asked for; and of the many writes one, or one and all that follow, as on a disk that is full and stays so."""
    draw = random.Random(SEED)
    chosen = [f"{call}:{fault}:when={number}" for call, number in calls if call in FEW for fault in FAULTS]
    if DENIALS < 100:
        chosen = draw.sample(chosen, DENIALS)
    writes = [(call, number) for call, number in calls if call not in FEW]
    writes_at = [number for call, number in writes if call == "pwrite64"]
    for _ in range(DENIALS // 2):
        call, number = draw.choice(writes)
        chosen.append(f"{call}:{draw.choice(FAULTS)}:when={number}")
        # What goes through pipes is written by `write`: there only one is denied, or the child could tell nothing.
        chosen.append(f"pwrite64:error=ENOSPC:when={draw.choice(writes_at)}+")
    return chosen


@pytest.mark.parametrize("part", range(PARTS))
def test_an_import_that_is_denied_a_call_leaves_the_old_snapshot_or_the_new_one(
    part: int, calls: list[tuple[str, int]], tmp_path: Path, catalogue: Catalogue
) -> None:
    """One reader has the snapshot open all the time, and sees the same as one that opens it anew."""
    home, denied, before, met = a_home(tmp_path, catalogue, 2), denials(calls)[part::PARTS], 2, 0
    staying = Warehouse(home.warehouse, catalogue, threads=1)
    for new, denial in enumerate(denied, 3):
        code, words, told = traced(home, log_of(tmp_path, new), "-e", f"inject={denial}")
        after, wrong = throughput(home, catalogue)
        trial = f"{denial}: {code}, {after} after {before}, {wrong}, {words}"
        assert wrong is None and after in (before, new), trial
        assert staying.ask("metrics.throughput", SCOPE)["value"].tolist() == [after], trial
        assert code != 0 or after == new, trial
        assert "Traceback" not in words and "report it" not in words, trial
        met += any("INJECTED" in line or "killed by SIGKILL" in line for line in told)
        before = after
    print(f"{len(denied)} imports, {met} of them denied a call")
    assert met > len(denied) // 4
    import_files([log_of(tmp_path, 1_000)], home, catalogue, Options(stream="s"))
    assert throughput(home, catalogue) == (1_000, None)
    assert all(each.name.isdigit() for each in (home.warehouse / "snapshots").iterdir())


def test_imports_that_are_killed_at_any_moment_never_tear_what_is_read(tmp_path: Path, catalogue: Catalogue) -> None:
    """Two readers open the newest snapshot over and over, a third keeps it open; each finds what some import made."""
    draw, home = random.Random(SEED), a_home(tmp_path, catalogue, 2)
    over, wrong, reads = threading.Event(), [], [0]
    allowed = {2}

    def stay() -> tuple[int, str | None]:
        time.sleep(0.02)
        staying.answers.forget(lambda _: True)
        return int(staying.ask("metrics.throughput", SCOPE)["value"].iloc[0]), staying.fault

    def read(look: Callable[[], tuple[int, str | None]]) -> None:
        while not over.is_set():
            try:
                value, fault = look()
            except Exception as error:  # whatever it is, it must not be
                wrong.append(repr(error))
                return
            reads[0] += 1
            if fault or value not in allowed:
                wrong.append(f"{value}: {fault}")

    staying, anew = Warehouse(home.warehouse, catalogue, threads=1), partial(throughput, home, catalogue)
    readers = [threading.Thread(target=read, args=(look,)) for look in (anew, anew, stay)]
    for reader in readers:
        reader.start()
    usual = 4.0
    for number in range(KILLS):
        allowed.add(3 + number)
        began = time.monotonic()
        process = subprocess.Popen(
            command(home, log_of(tmp_path, 3 + number)), env=environment(),
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        try:
            process.wait(draw.uniform(0, usual * 1.1))
            usual = time.monotonic() - began
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    over.set()
    for reader in readers:
        reader.join()
    assert not wrong, wrong[:5]
    print(f"{KILLS} imports, {reads[0]} reads")
    assert reads[0] > 10 * KILLS
    import_files([log_of(tmp_path, 1_000)], home, catalogue, Options(stream="s"))
    assert throughput(home, catalogue) == (1_000, None)


def test_six_imports_at_once_all_come_in_one_after_the_other(tmp_path: Path, catalogue: Catalogue) -> None:
    home = a_home(tmp_path, catalogue, 1)
    logs = [log_of(tmp_path, number) for number in range(2, 8)]
    running = [
        subprocess.Popen(command(home, log), env=environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        for log in logs
    ]
    told = [each.communicate()[0] for each in running]
    assert [each.returncode for each in running] == [0] * 6, told
    assert snapshots.current(home.warehouse).name == "000007"
    value, fault = throughput(home, catalogue)
    assert value in range(2, 8) and fault is None
    assert len(list((home.warehouse / "snapshots").iterdir())) == home.keep


def test_a_limit_of_the_size_of_files_is_told_in_a_line(tmp_path: Path, catalogue: Catalogue) -> None:
    home = a_home(tmp_path, catalogue, 2)

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))

    done = subprocess.run(
        command(home, log_of(tmp_path, 3)), env=environment(), preexec_fn=limited, capture_output=True, text=True
    )
    assert done.returncode == 1 and "The snapshot could not be written" in done.stderr, done.stderr
    assert str(home.home) not in done.stderr
    assert throughput(home, catalogue) == (2, None)
    assert sorted(each.name for each in (home.warehouse / "snapshots").iterdir()) == ["000001"]


def mixed(warehouse: Warehouse) -> list[tuple[str, Scope]]:
    """Every metric and chart that a scope is enough for, of each stream, of one team and of all, by week and month."""
    names = [query.name for layer in ("metrics", "charts") for query in warehouse.catalogue.layer(layer).values()]
    scopes = []
    for stream in warehouse.streams()["stream"]:
        whole = warehouse.default_scope(stream)
        teams = warehouse.ask("charts.choices", whole).query("kind == 'team'")["choice"].tolist()
        scopes += [
            replace(whole, teams=chosen, period=period)
            for chosen in (None, *((team,) for team in teams[:2]))
            for period in ("week", "month")
        ]
    return [
        (name, scope)
        for name in names
        if warehouse.parameters(name) <= scopes[0].parameters().keys()
        for scope in scopes
    ]


def test_eight_threads_answer_as_one_does(demo: Settings, catalogue: Catalogue, tmp_path: Path) -> None:
    """Other questions in another order each; nothing is kept, so all are asked of the engine.

    Of a copy: who opened a snapshot first says with how many threads DuckDB adds up, and several differ in last digits.
    """
    warehouse = shutil.copytree(demo.warehouse, tmp_path / "warehouse", symlinks=True)
    shared, alone = (Warehouse(warehouse, catalogue, threads=1) for _ in range(2))
    questions = random.Random(SEED).sample(mixed(alone), 200)
    answers = [alone.ask(*question).to_csv() for question in questions]
    assert len(set(answers)) > len(questions) // 2

    def ask(seed: int) -> list[str]:
        draw, different = random.Random(seed), []
        for _ in range(QUESTIONS):
            number = draw.randrange(len(questions))
            shared.answers.forget(lambda _: True)
            if shared.ask(*questions[number]).to_csv() != answers[number]:
                different.append(f"{questions[number]}")
        return different

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(ask, range(8))) == [[]] * 8
