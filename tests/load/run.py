"""Load and soak: readers ask a server of made-up deliveries, while exports are imported; what it took is told.

python tests/load/run.py --users 50 --minutes 10                        readers who think five seconds
python tests/load/run.py --users 50 --rate 100 --minutes 5              so many callbacks a second
python tests/load/run.py --users 50 --rate 50 --minutes 30 --imports 10 a soak
"""

from __future__ import annotations

import argparse
import csv
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from dashboard.bench.run import generate_and_import, size_of
from dashboard.catalogue import read_catalogue
from dashboard.settings import Settings, bundled

HERE = Path(__file__).parent
SETTLED_SECONDS = 5 * 60
LOOKS_EVERY_SECONDS = 10


@dataclass
class Memory:
    """Megabytes that each worker holds, as often as they were looked at."""

    began: float = field(default_factory=time.monotonic)
    seen: dict[int, list[tuple[float, float]]] = field(default_factory=dict)

    def look(self, server: int) -> None:
        """Look at the workers of a server once."""
        for pid in Path(f"/proc/{server}/task/{server}/children").read_text("ascii").split():
            pages = int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1])
            megabytes = pages * os.sysconf("SC_PAGE_SIZE") / 1e6
            self.seen.setdefault(int(pid), []).append((time.monotonic() - self.began, megabytes))

    def told(self) -> Iterator[str]:
        """What each worker grew by since the fifth minute, or since the middle of a shorter run."""
        for pid, looks in self.seen.items():
            settled = min(SETTLED_SECONDS, looks[-1][0] / 2)
            first = next(megabytes for at, megabytes in looks if at >= settled)
            most = max(megabytes for _, megabytes in looks)
            last, minute = looks[-1][1], settled / 60
            yield f"worker {pid}: {last:.0f} MB, {last - first:+.0f} since minute {minute:.1f}, at most {most:.0f}"


@contextmanager
def served(home: Path) -> Iterator[tuple[str, int]]:
    """Address and process of the server, as the Procfile starts it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    command = [sys.executable, "-m", "gunicorn", "--config", "python:dashboard.gunicorn_conf", "--bind", address]
    environment = {**os.environ, "VSM_HOME": str(home), "VSM_LOG_LEVEL": "WARNING"}
    began = time.monotonic()
    process = subprocess.Popen([*command, "dashboard.app:create_server()"], env=environment)
    try:
        for _ in range(240):
            try:
                urllib.request.urlopen(f"http://{address}/readyz", timeout=5).close()
                break
            except OSError:
                time.sleep(0.25)
        print(f"ready {time.monotonic() - began:.1f} s after the start", flush=True)
        yield f"http://{address}", process.pid
    finally:
        process.terminate()
        process.wait(60)


def import_again(home: Path, times: int, seconds: float, over: threading.Event) -> None:
    """Import the same exports so many times, spread over the run: each publishes a snapshot."""
    files = [str(path) for path in sorted((home / "exports").iterdir())]
    command = [sys.executable, "-m", "dashboard", "--home", str(home), "import", *files, "--stream", "synthetic"]
    for number in range(times):
        if over.wait(seconds / (times + 1)):
            return
        done = subprocess.run(command, capture_output=True, text=True)
        print(f"import {number + 1}: {'published' if done.returncode == 0 else done.stderr.strip()}", flush=True)


def run(given: argparse.Namespace) -> int:
    """The number of requests that failed."""
    home, items = given.folder / f"{given.size}", size_of(given.size)
    if not (home / "warehouse").is_dir():
        generate_and_import(items, home, Settings(home=home), read_catalogue(bundled("queries")), 2, print)
    seconds, over, memory = given.minutes * 60, threading.Event(), Memory()
    with served(home) as (address, pid):
        importing = threading.Thread(target=import_again, args=(home, given.imports, seconds, over))
        importing.start()
        readers = subprocess.Popen(
            [
                *(given.locust, "--headless", "--only-summary", "--locustfile", str(HERE / "locustfile.py")),
                *("--host", address, "--users", str(given.users), "--spawn-rate", "10"),
                *("--run-time", f"{seconds:.0f}s", "--stop-timeout", "30", "--csv", str(given.folder / "load")),
            ],
            env={
                **os.environ,
                "PYTHONPATH": str(HERE.parents[1]),
                "LOAD_RATE": str(given.rate),
                "LOAD_USERS": str(given.users),
            },
        )
        while readers.poll() is None:
            memory.look(pid)
            time.sleep(min(LOOKS_EVERY_SECONDS, seconds / 20))
        over.set()
        importing.join()
    for line in memory.told():
        print(line)
    return failures(given.folder / "load_stats.csv")


def failures(table: Path) -> int:
    """The failed requests of locust's table, and its line for all callbacks."""
    with table.open(encoding="utf-8") as file:
        rows = {row["Name"]: row for row in csv.DictReader(file)}
    whole = rows["Aggregated"]
    count, failed = int(whole["Request Count"]), int(whole["Failure Count"])
    rate = float(whole["Requests/s"])
    print(
        f"{count} requests, {failed} failed, {rate:.1f} a second; "
        f"p50 {whole['50%']} ms, p95 {whole['95%']} ms, p99 {whole['99%']} ms"
    )
    return failed


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", default="100k", help="items of the made-up deliveries")
    parser.add_argument("--users", type=int, default=50)
    parser.add_argument("--rate", type=float, default=0, help="callbacks a second of all; without it, readers think")
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--imports", type=int, default=0)
    parser.add_argument("--folder", type=Path, default=Path("data/load"))
    parser.add_argument("--locust", default=shutil.which("locust") or "locust")
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    return given


if __name__ == "__main__":
    sys.exit(1 if run(arguments()) else 0)
