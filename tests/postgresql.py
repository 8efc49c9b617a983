"""A PostgreSQL server for the tests: in a folder of its own, on this machine only, gone when the tests end."""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

DEBIAN = Path("/usr/lib/postgresql")
# Trust for everybody but one, who needs a password as on a real server.
RULES = "local all all trust\nhost all keeper 127.0.0.1/32 scram-sha-256\nhost all all 127.0.0.1/32 trust\n"


@dataclass(frozen=True)
class Server:
    """A running server; `folder` holds its socket and its certificate."""

    programs: Path
    folder: Path
    port: int
    numbers: Iterator[int] = field(default_factory=itertools.count)

    def run(self, sql: str, database: str = "postgres") -> str:
        """What psql answers to a statement."""
        asked = [self.programs / "psql", "-XAtqh", self.folder, "-p", str(self.port), "-U", "postgres", "-c", sql]
        return subprocess.run([*asked, database], check=True, capture_output=True, text=True).stdout.strip()

    def new_database(self) -> str:
        """The name of an empty database."""
        name = f"store_{next(self.numbers)}"
        self.run(f"create database {name} encoding 'UTF8' template template0")
        return name

    def url(self, database: str, options: str = "", user: str = "postgres") -> str:
        """The address of a database, as DATABASE_URL has it."""
        return f"postgresql://{user}@127.0.0.1:{self.port}/{database}{options}"


@contextlib.contextmanager
def running() -> Iterator[Server]:
    """A new server. Fails with what to do where PostgreSQL is not installed."""
    programs = _programs()
    # Not below pytest's own folder, which the user that PostgreSQL runs as may not enter.
    with tempfile.TemporaryDirectory(prefix="store-") as name:
        server = Server(programs, Path(name), _free_port())
        _prepare(server)
        with _started(server):
            server.run("create role keeper login password 'correct'")
            yield server


def _programs() -> Path:
    """The folder of the newest programs that Debian has, or of those in PATH."""
    found = sorted(DEBIAN.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    found = found or [Path(path).resolve() for path in [shutil.which("initdb")] if path]
    assert found, "PostgreSQL is not on this machine. Run .ci/postgresql, or put its initdb into PATH."
    return found[-1].parent


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _user() -> dict[str, Any]:
    """PostgreSQL refuses to run as root."""
    return {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}


def _run(server: Server, command: Sequence[str | Path]) -> None:
    done = subprocess.run(command, cwd=server.folder, capture_output=True, text=True, **_user())
    assert not done.returncode, done.stderr


def _prepare(server: Server) -> None:
    if os.geteuid() == 0:
        shutil.chown(server.folder, "postgres", "postgres")
    data = server.folder / "data"
    _run(
        server,
        [server.programs / "initdb", "-D", data, "-U", "postgres", "--no-sync", "-E", "UTF8", "--locale", "C"],
    )
    (data / "pg_hba.conf").write_text(RULES, encoding="utf-8")
    about = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"]
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-keyout", data / "server.key"]
    _run(server, ["openssl", "req", "-x509", "-nodes", *key, "-out", server.folder / "server.crt", *about])


@contextlib.contextmanager
def _started(server: Server) -> Iterator[None]:
    options = {
        "listen_addresses": "127.0.0.1",
        "port": server.port,
        "unix_socket_directories": server.folder,
        "fsync": "off",
        "shared_buffers": "16MB",
        "ssl": "on",
        "ssl_cert_file": server.folder / "server.crt",
        "password_encryption": "scram-sha-256",
    }
    given = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
    with (
        (server.folder / "log").open("w", encoding="utf-8") as log,
        subprocess.Popen(
            [server.programs / "postgres", "-D", server.folder / "data", *given],
            cwd=server.folder,
            stdout=log,
            stderr=log,
            **_user(),
        ) as process,
    ):
        try:
            _wait(server, process)
            yield
        finally:
            process.send_signal(signal.SIGQUIT)  # at once; nobody needs the data
            process.wait(timeout=30)


def _wait(server: Server, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    asked = [server.programs / "pg_isready", "-q", "-h", server.folder, "-p", str(server.port)]
    while subprocess.run(asked, check=False).returncode:
        log = (server.folder / "log").read_text(encoding="utf-8")
        assert process.poll() is None and time.monotonic() < deadline, f"PostgreSQL did not start:\n{log}"
        time.sleep(0.05)
