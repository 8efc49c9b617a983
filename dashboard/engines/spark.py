"""A cluster as an engine, over Spark Connect: for data that exceed one machine.

Tables lie as Parquet in a folder that the cluster and this program both reach. The only module that talks to Spark.
"""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd
import pyspark
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

from dashboard.engines.spark_sql import Translator, relations
from dashboard.errors import CatalogueError, EngineError, SettingsError

ADDRESS = re.compile(r"sc://(\[[^]]+\]|[^:/;@]+)(?::(\d+))?(?:/.*)?")
PORT = 15002
PATIENCE_SECONDS = 10
RETRIES = 3


class Spark:
    """The verbs of an engine on a cluster at `url`, such as sc://host:15002, with its tables under `storage`."""

    def __init__(self, url: str, storage: str, *, is_asked: bool = False) -> None:
        """`is_asked`: somebody waits for its answers; the client gives up within a second, not after ten minutes."""
        refuse_if_silent(url)
        # The client looks for a Spark on this machine, which it does not need, and ends the process if there is none.
        os.environ.setdefault("SPARK_HOME", str(Path(pyspark.__file__).parent))
        self._storage = storage.rstrip("/")
        with _in_words(host_of(url)):
            self._session = SparkSession.builder.remote(url).create()  # tables of two snapshots share their names
            if is_asked:
                from pyspark.sql.connect.client.retries import DefaultPolicy  # looks for a Spark when it is imported

                self._session.client.set_retry_policies([DefaultPolicy(max_retries=RETRIES)])
            self._session.conf.set("spark.sql.session.timeZone", "UTC")
        self._translator = Translator()

    def close(self) -> None:
        """End the session."""
        self._session.stop()

    def path(self, name: str) -> str:
        """Where the rows of the table `schema.name` lie."""
        return f"{self._storage}/{name}.parquet"

    def register(self, name: str) -> None:
        """Make known the table `schema.name`, whose rows lie in its place already."""
        with _in_words(name):
            self._session.read.parquet(self.path(name)).createOrReplaceTempView(_view(name))

    def count(self, name: str) -> int:
        """How many rows a table has."""
        with _in_words(name):
            return int(self._session.table(_view(name)).count())

    def run(self, sql: str) -> None:
        """Keep a macro, to be written out in selects."""
        if not self._translator.learn(sql):
            raise CatalogueError("Only macros are carried out on a cluster.")

    def create(self, name: str, sql: str) -> None:
        """Keep the rows of a select as the table `name`, in the order of the select."""
        translated, _ = self._translator.translate(sql, _view)
        with _in_words(name):
            self._session.sql(translated).write.mode("overwrite").parquet(self.path(name))
        self.register(name)

    def drop(self, name: str) -> None:
        """Forget a table; its rows stay where they lie."""
        self._session.catalog.dropTempView(_view(name))

    def ask(self, sql: str, parameters: Mapping[str, Any] | None = None, *, tag: str | None = None) -> pd.DataFrame:
        """The rows of a select, as the embedded engine gives them; by its `tag` it can be interrupted.

        Raises EngineError where the cluster gave up.
        """
        translated, texts = self._translator.translate(sql, _view, parameters)
        with _in_words("A question"):
            if tag:
                self._session.addTag(tag)  # of what this thread asks
            rows = self._session.sql(translated, args=texts).toArrow()
        frame: pd.DataFrame = rows.to_pandas(date_as_object=False)
        instants = [name for name, kind in frame.dtypes.items() if isinstance(kind, pd.DatetimeTZDtype)]
        return frame.assign(**{name: frame[name].dt.tz_localize(None) for name in instants})

    def interrupt(self, tag: str) -> None:
        """End what is asked with a tag."""
        with _in_words("An end"):
            self._session.interruptTag(tag)

    def relations(self, sql: str) -> frozenset[str]:
        """The tables that a select reads, as `schema.name`."""
        return relations(sql)


def _view(name: str) -> str:
    return name.replace(".", "__")


def host_of(url: str) -> str:
    """Host and port of an address, without what else it says. Raises SettingsError for what is none."""
    found = ADDRESS.fullmatch(url)
    if not found:
        raise SettingsError("The engine is an address such as sc://host:15002 (Spark Connect).")
    return f"{found[1]}:{found[2] or PORT}"


def refuse_if_silent(url: str) -> None:
    """Raises SettingsError for what is no address, EngineError where nobody listens: the client asks on for minutes."""
    host, _, port = host_of(url).rpartition(":")
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=PATIENCE_SECONDS).close()
    except OSError as error:
        raise EngineError(f"{host}:{port}: no cluster answers ({error.strerror or error}).") from None


@contextmanager
def _in_words(name: str) -> Iterator[None]:
    """Raises EngineError with what the cluster says of its work on a table, without its pages of places in programs."""
    try:
        yield
    except (PySparkException, ValueError) as error:  # a ValueError: of a channel that was closed
        first = str(error).strip().partition("\n")[0][:500]
        raise EngineError(f"{name}: the cluster gave up ({first}). Nothing was changed.") from error
