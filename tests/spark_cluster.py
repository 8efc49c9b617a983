"""A Spark cluster for the tests: a master, two workers and Spark Connect as processes of their own on this machine."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from conftest import ROOT
from pysail.spark import SparkConnectServer

HOME = ROOT / ".venv" / "spark" / "pyspark"
HERE = "127.0.0.1"
PATIENCE_SECONDS = 180
# Each statement runs once, over few rows: machine code made for it takes longer than it saves.
JAVA = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
SETTINGS = {
    "spark.driver.host": HERE,
    "spark.driver.bindAddress": HERE,
    "spark.driver.memory": "1g",
    "spark.executor.memory": "1g",
    "spark.executor.cores": "1",
    "spark.driver.extraJavaOptions": JAVA,
    "spark.executor.extraJavaOptions": JAVA,
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.shuffle.partitions": "2",
    "spark.ui.enabled": "false",
    "spark.connect.grpc.binding.address": HERE,
}


@dataclass(frozen=True)
class Cluster:
    """A running cluster; `workers` are the groups of processes of each worker and what it runs."""

    url: str
    workers: tuple[subprocess.Popen[bytes], ...]

    def kill_a_worker(self) -> None:
        """End a worker and all that it runs at once, as a machine that fails does."""
        os.killpg(self.workers[0].pid, signal.SIGKILL)


@contextlib.contextmanager
def sailing(port: int = 0) -> Iterator[str]:
    """The address of Sail, which speaks Spark's protocol and starts in a second; its port is any, or the one given."""
    server = SparkConnectServer(HERE, port)
    server.start(background=True)
    _, port = server.listening_address
    try:
        yield f"sc://{HERE}:{port}"
    finally:
        server.stop()


@contextlib.contextmanager
def running(folder: Path) -> Iterator[Cluster]:
    """A new cluster with its logs in a folder. Fails with what to do where Spark is not installed."""
    assert HOME.is_dir(), "Spark is not on this machine. Run .ci/spark."
    master, connect = _free_port(), _free_port()
    with contextlib.ExitStack() as ends:
        _start(ends, folder / "master", "spark-class", _daemon("master.Master", "--host", HERE, "--port", str(master)))
        _wait(folder / "master", "I have been elected leader")
        address = f"spark://{HERE}:{master}"
        sizes = ("--host", HERE, "--cores", "1", "--memory", "1500m")
        workers = []
        for name in ("worker1", "worker2"):
            given = (*sizes, "--work-dir", str(folder / f"{name}.work"), address)
            workers.append(_start(ends, folder / name, "spark-class", _daemon("worker.Worker", *given)))
        for name in ("worker1", "worker2"):
            _wait(folder / name, "Successfully registered with master")
        settings = SETTINGS | {"spark.connect.grpc.binding.port": str(connect)}
        options = [part for key, value in settings.items() for part in ("--conf", f"{key}={value}")]
        server = ("--class", "org.apache.spark.sql.connect.service.SparkConnectServer", "spark-internal")
        _start(ends, folder / "connect", "spark-submit", ["--master", address, *options, *server])
        _wait(folder / "connect", "Spark Connect server started at")
        yield Cluster(f"sc://{HERE}:{connect}", tuple(workers))


def _daemon(name: str, *options: str) -> list[str]:
    return [f"org.apache.spark.deploy.{name}", *options, "--webui-port", "0"]


def _start(ends: contextlib.ExitStack, log: Path, program: str, arguments: Sequence[str]) -> subprocess.Popen[bytes]:
    """Start one program in a group of processes of its own, which ends with `ends`."""
    process = subprocess.Popen(
        [HOME / "bin" / program, *arguments],
        cwd=log.parent,
        env=_environment(log.parent),
        stdout=ends.enter_context(log.open("wb")),
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    ends.callback(_end, process)
    return process


def _environment(folder: Path) -> Mapping[str, str]:
    own = {"SPARK_HOME": HOME, "SPARK_LOCAL_IP": HERE, "SPARK_LOCAL_DIRS": folder / "local"}
    return {**os.environ, "SPARK_DAEMON_MEMORY": "512m", **{name: str(value) for name, value in own.items()}}


def _end(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(timeout=30)


def _wait(log: Path, words: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while words not in (text := log.read_text(encoding="utf-8", errors="replace")):
        assert time.monotonic() < deadline, f"{log.name} did not start:\n{text[-3000:]}"
        time.sleep(0.2)  # nothing tells when a log grows


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HERE, 0))
        return int(probe.getsockname()[1])
