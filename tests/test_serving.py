"""The server as the Procfile starts it: slow clients, killed workers, a stop, a new snapshot, an address for all."""

from __future__ import annotations

import http.client
import json
import os
import resource
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO

import pytest
from conftest import ROOT
from test_reliability import a_home, log_of

from dashboard import snapshots
from dashboard.build import Options, import_files
from dashboard.catalogue import Catalogue, read_catalogue
from dashboard.headers import HEADERS, NO_CONTENT
from dashboard.settings import Settings

HALF_OPEN, SLOW_BODIES, SILENT, STAYING = 300, 50, 100, 60
PATIENCE = 60
THROUGHPUT = "/api/metrics/throughput?period=all"


def a_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def command(bind: str) -> list[str]:
    gunicorn = [sys.executable, "-m", "gunicorn", "--config", "python:dashboard.gunicorn_conf", "--bind", bind]
    return [*gunicorn, "dashboard.app:create_server()"]


def environment(home: Settings) -> dict[str, str]:
    return {**os.environ, "VSM_HOME": str(home.home), "PYTHONPATH": str(ROOT), "VSM_LOG_LEVEL": "INFO"}


@dataclass
class Server:
    """A server, its home, and where it is."""

    process: subprocess.Popen[bytes]
    home: Settings
    port: int

    def get(self, path: str) -> tuple[int, str]:
        """The status and the text of an answer, which may take a while."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=PATIENCE) as answer:
            return answer.status, answer.read().decode()

    def throughput(self) -> int:
        return int(json.loads(self.get(THROUGHPUT)[1])[0]["value"])

    def workers(self) -> list[int]:
        pid = self.process.pid
        return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()]

    def wait(self) -> None:
        """Until it answers."""
        for _ in range(240):
            try:
                self.get("/healthz")
                return
            except OSError:
                time.sleep(0.25)
        raise AssertionError("It does not answer.")


@pytest.fixture
def server(tmp_path: Path, catalogue: Catalogue) -> Iterator[Server]:
    home, port = a_home(tmp_path, catalogue, 2), a_port()
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(command(f"127.0.0.1:{port}"), env=environment(home), stdout=log, stderr=log)
    found = Server(process, home, port)
    found.wait()
    yield found
    process.terminate()
    process.wait(PATIENCE)


def test_slow_clients_hold_nobody_up(server: Server) -> None:
    """Requests that never end, bodies that come a byte a second, silent connections: more than there are threads."""
    over, opened, silent = threading.Event(), [], []
    body = b"POST /_dash-update-component HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100000\r\n\r\n{"
    said = [b"GET / HTTP/1.1\r\nHost: 127"] * HALF_OPEN + [body] * SLOW_BODIES + [b""] * SILENT
    for begun in said:
        client = socket.create_connection(("127.0.0.1", server.port), PATIENCE)
        client.sendall(begun)
        (opened if begun else silent).append(client)

    def drip() -> None:
        while not over.wait(1):
            for client in opened:
                try:
                    client.sendall(b"x")
                except OSError:
                    opened.remove(client)

    dripping = threading.Thread(target=drip)
    dripping.start()
    began = time.monotonic()
    try:
        assert server.get("/healthz") == (200, '{"status":"ok"}\n')
        print(f"answered after {time.monotonic() - began:.1f} s")
        assert server.throughput() == 2
    finally:
        over.set()
        dripping.join()
        for client in (*opened, *silent):
            client.close()


SLOW_APP = """
import time
from dashboard import worker
worker.RECEIVE_SECONDS, worker.SEND_SECONDS = 2, 1
def app(environ, start_response):
    path, large = environ["PATH_INFO"], b"x" * 40_000_000
    time.sleep(6 if path == "/slow" else 0)
    start_response("200 OK", [("Content-Length", str(len(large) if path == "/large" else 2))])
    yield large if path == "/large" else b"o"
    time.sleep(6 if path == "/long" else 0)
    yield b"" if path == "/large" else b"k"
"""


@pytest.fixture
def slow(tmp_path: Path) -> Iterator[Server]:
    """One worker with an application that takes its time."""
    (tmp_path / "slow.py").write_text(SLOW_APP, encoding="utf-8")
    port = a_port()
    gunicorn = [*command(f"127.0.0.1:{port}")[:-1], "slow:app"]
    told = {"PYTHONPATH": f"{ROOT}:{tmp_path}", "VSM_HOME": str(tmp_path), "VSM_WORKERS": "1"}
    process = subprocess.Popen(gunicorn, env={**os.environ, **told}, cwd=tmp_path)
    found = Server(process, Settings(home=tmp_path), port)
    found.wait()
    yield found
    process.kill()
    process.wait(PATIENCE)


def test_an_answer_after_the_time_to_receive_ends_the_connection_and_says_so(slow: Server) -> None:
    """A busy server answers late, and hears no more: who sends on would get no answer."""
    client = http.client.HTTPConnection("127.0.0.1", slow.port, timeout=PATIENCE)
    told = []
    for path in ("/quick", "/long", "/quick", "/slow", "/quick"):
        client.request("GET", path)
        answer = client.getresponse()
        told.append((answer.read(), answer.getheader("Connection")))
    client.close()
    assert told == [(b"ok", said) for said in ("keep-alive", "keep-alive", "keep-alive", "close", "keep-alive")]


def test_a_connection_that_says_nothing_is_closed_soon(slow: Server) -> None:
    """As soon as a request has to be received, not as late as one that is kept alive."""
    with socket.create_connection(("127.0.0.1", slow.port), PATIENCE) as client:
        assert client.recv(1) == b""


@pytest.mark.parametrize("request_line", [b"GET /large HTTP/1.1", b"G(T / HTTP/1.1"])
def test_who_takes_nothing_and_who_stays_after_a_refusal_hold_nobody_up(slow: Server, request_line: bytes) -> None:
    staying = []
    for _ in range(STAYING):
        client = socket.socket()
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        client.connect(("127.0.0.1", slow.port))
        client.sendall(request_line + b"\r\nHost: 127.0.0.1\r\n\r\n")
        staying.append(client)
    try:
        assert slow.get("/quick") == (200, "ok")
    finally:
        for client in staying:
            client.close()


def test_without_room_or_folder_for_what_it_counts_it_answers(tmp_path: Path, catalogue: Catalogue) -> None:
    """A mapped file that finds no room ends the process that writes to it; a folder may be swept while it runs."""
    home, temporary = a_home(tmp_path, catalogue, 2), tmp_path / "temporary"
    temporary.mkdir()
    # No room: whoever starts it allows no file larger than half of what is reserved.
    for limit in (None, 500_000):
        port = a_port()
        process = subprocess.Popen(
            command(f"127.0.0.1:{port}"),
            env=environment(home) | {"TMPDIR": str(temporary), "VSM_WORKERS": "1"},
            preexec_fn=limit and partial(resource.setrlimit, resource.RLIMIT_FSIZE, (limit, limit)),
        )
        try:
            server = Server(process, home, port)
            server.wait()
            assert server.throughput() == 2
            assert ("vsm_requests_total{" in server.get("/metrics")[1]) == (limit is None)
            for folder in temporary.iterdir():
                shutil.rmtree(folder)
            os.kill(server.workers()[0], signal.SIGKILL)
            server.wait()
            assert server.throughput() == 2 and "vsm_ready 1" in server.get("/metrics")[1]
        finally:
            process.terminate()
            process.wait(PATIENCE)


def raw(server: Server, request: bytes) -> bytes:
    """All that the server says until it ends the connection."""
    with socket.create_connection(("127.0.0.1", server.port), PATIENCE) as client:
        client.sendall(request)
        return b"".join(iter(lambda: client.recv(65_536), b""))


def test_what_is_refused_ends_the_connection(server: Server) -> None:
    """What was not read of a refused request is not taken for the next one."""
    post = b"POST /_dash-update-component HTTP/1.1\r\nHost: 127.0.0.1\r\nSec-Fetch-Site: cross-site\r\n"
    smuggled = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    told = raw(server, post + b"Content-Length: %d\r\n\r\n" % len(smuggled) + smuggled * 2)
    assert told.startswith(b"HTTP/1.1 403") and told.count(b"HTTP/1.1 ") == 1
    assert b"\r\nConnection: close\r\n" in told


READERS = 8


def test_a_worker_that_is_killed_is_replaced_and_only_what_it_was_at_is_lost(server: Server) -> None:
    before, over = server.workers(), threading.Event()
    assert len(before) == 2

    def read(_: int) -> tuple[int, int]:
        """How many questions were answered, and how many had no answer: another answer is none of both."""
        answered = lost = 0
        while not over.is_set():
            try:
                assert server.throughput() == 2
                answered += 1
            except (OSError, http.client.HTTPException):
                lost += 1
        return answered, lost

    with ThreadPoolExecutor(READERS) as threads:
        reading = [threads.submit(read, number) for number in range(READERS)]
        time.sleep(2)
        os.kill(before[0], signal.SIGKILL)
        began = time.monotonic()
        server.get("/healthz")
        print(f"the next answer after {time.monotonic() - began:.2f} s")
        for _ in range(PATIENCE * 4):
            if len(now := server.workers()) == 2 and now != before:
                break
            time.sleep(0.25)
        time.sleep(2)
        over.set()
        found = [each.result() for each in reading]
    assert before[0] not in server.workers() and before[1] in server.workers()
    assert min(answered for answered, _ in found) > 0 and max(lost for _, lost in found) <= 1, found
    assert [server.throughput() for _ in range(10)] == [2] * 10


def test_a_snapshot_that_is_damaged_is_told_to_whoever_watches(server: Server, tmp_path: Path) -> None:
    import_files([log_of(tmp_path, 7)], server.home, read_catalogue(ROOT / "queries"), Options(stream="s"))
    newest = snapshots.current(server.home.warehouse) / snapshots.DATABASE
    content = bytearray(newest.read_bytes())
    content[-1] ^= 1
    newest.write_bytes(content)
    for worker in server.workers():
        os.kill(worker, signal.SIGKILL)
    began = time.monotonic()
    server.wait()
    assert json.loads(server.get("/readyz")[1]) == {"status": "degraded"}
    print(f"the one before answered after {time.monotonic() - began:.1f} s, both workers started anew")
    assert "vsm_degraded 1.0" in server.get("/metrics")[1] and server.throughput() == 2


def test_a_stop_lets_what_is_under_way_be_answered(server: Server) -> None:
    """Every request that was sent before the signal is answered whole."""
    names = ("lead_time", "cycle_time", "flow_efficiency", "wait_time", "throughput", "work_in_progress")
    started = threading.Barrier(len(names) + 1)

    def ask(name: str) -> int:
        with socket.create_connection(("127.0.0.1", server.port), PATIENCE) as client:
            client.sendall(f"GET /api/metrics/{name} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode())
            started.wait()
            answer = b"".join(iter(lambda: client.recv(65_536), b""))
        head, _, body = answer.partition(b"\r\n\r\n")
        assert b"Content-Length: %d" % len(body) in head
        return int(head.split()[1])

    with ThreadPoolExecutor(len(names)) as threads:
        asked = [threads.submit(ask, name) for name in names]
        started.wait()
        server.get("/healthz")  # whoever came before is in by now: connections are taken in their order
        server.process.terminate()
        assert [each.result() for each in asked] == [200] * len(names)
    assert server.process.wait(PATIENCE) == 0


def test_a_new_snapshot_is_shown_without_a_restart(server: Server, tmp_path: Path, catalogue: Catalogue) -> None:
    assert server.throughput() == 2
    import_files([log_of(tmp_path, 7)], server.home, catalogue, Options(stream="s"))
    assert [server.throughput() for _ in range(10)] == [7] * 10


def test_what_all_workers_count_is_told_in_one_sum(server: Server) -> None:
    for _ in range(40):
        server.get("/healthz")
    told = server.get("/metrics")[1]
    (counted,) = [line for line in told.splitlines() if line.startswith('vsm_requests_total{route="/healthz"')]
    assert float(counted.rpartition(" ")[2]) >= 40


@pytest.mark.parametrize("line", [b"GET /?canary HTTP/9.9", b"GET canary", b"G(T /canary HTTP/1.1"])
def test_what_is_no_request_is_answered_with_the_headers_and_told_nowhere(
    server: Server, tmp_path: Path, line: bytes
) -> None:
    head, _, body = raw(server, line + b"\r\nHost: canary\r\n\r\n").partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 Bad Request\r\n") and body == b"The request could not be read."
    for name, value in {**HEADERS, **NO_CONTENT}.items():
        assert f"\r\n{name}: {value}".encode() in head
    told = (tmp_path / "log").read_text("utf-8")
    assert "no answer of the application: " in told and "canary" not in told
    assert "127.0.0.1" not in told.partition("no answer")[2]


def test_no_header_says_which_page_is_asked_for(server: Server) -> None:
    """gunicorn believes such headers of a neighbour, as every proxy on this machine is."""
    asked = urllib.request.Request(f"http://127.0.0.1:{server.port}/healthz")
    for name in ("PATH_INFO", "SCRIPT_NAME"):
        asked.add_header(name, "/readyz")
    with urllib.request.urlopen(asked, timeout=PATIENCE) as answer:  # noqa: S310
        assert json.loads(answer.read()) == {"status": "ok"}


def test_an_address_for_all_is_refused_without_a_sign_in(tmp_path: Path, catalogue: Catalogue) -> None:
    """Also where it is given on the command line, which no setting knows of."""
    home = a_home(tmp_path, catalogue, 2)
    done = subprocess.run(
        command(f"0.0.0.0:{a_port()}"), env=environment(home), capture_output=True, text=True, timeout=PATIENCE
    )
    assert done.returncode != 0 and "without a sign-in only 127.0.0.1 is served" in done.stderr


def test_what_changes_in_a_folder_is_imported_again_and_what_is_refused_is_told(tmp_path: Path) -> None:
    folder, home = tmp_path / "exports", Settings(home=tmp_path / "home")
    folder.mkdir()
    (folder / "log.csv").write_text("no header, no log\n", encoding="utf-8")
    asked = ["--home", str(home.home), "schedule", str(folder), "--every", "0.0001", "--stream", "s"]
    with subprocess.Popen(
        [sys.executable, "-m", "dashboard", *asked],
        env={**environment(home), "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        late = threading.Timer(2 * PATIENCE, process.kill)
        late.start()
        assert process.stdout is not None
        try:
            assert process.stdout.readline().startswith("Not imported: log.csv")
            for number, finished in ((1, 3), (2, 4)):
                shutil.copy(log_of(tmp_path, finished), folder)
                assert once_imported(process.stdout) == f"Imported as snapshot {number}.\n"
        finally:
            late.cancel()
            process.terminate()


def once_imported(lines: IO[str]) -> str:
    """What it says in the end: a file may be looked at while it is written, and steps that take long are told."""
    return next(line for line in lines if line.startswith("Imported"))
