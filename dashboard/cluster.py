"""Staging and marts on a cluster: canonical tables go to storage that both reach, marts come back into the snapshot."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from dashboard import layers
from dashboard.catalogue import Catalogue
from dashboard.engines.duckdb import DuckDB
from dashboard.engines.spark import Spark, refuse_if_silent
from dashboard.errors import EngineError


def refuse_unusable(url: str, storage: Path) -> None:
    """Raises EngineError where nobody answers or nothing can be written, before anything is read: that takes long."""
    refuse_if_silent(url)
    with _folder_in(storage):
        pass


def create_marts(catalogue: Catalogue, engine: DuckDB, url: str, storage: Path, note: Callable[[str], None]) -> None:
    """The marts from the canonical tables of `engine`, built at `url`; what lay in `storage` for it is removed.

    Raises EngineError where the cluster or the storage can't be used, or rows are missing of what it built.
    """
    with _folder_in(storage) as folder, _connected(url, folder) as cluster:
        for query in catalogue.layer("canonical").values():
            engine.export_columns(query.name, tuple(query.columns), Path(cluster.path(query.name)))
            cluster.register(query.name)
        layers.create_macros(catalogue, cluster)
        for query in catalogue.layer("cluster").values():
            cluster.run(query.sql)
        layers.create_marts(catalogue, cluster, note)
        layers.declare_marts(catalogue, engine)
        for query in catalogue.layer("marts").values():
            _bring_back(query.name, cluster, engine)


def _bring_back(name: str, cluster: Spark, engine: DuckDB) -> None:
    engine.load(name, sorted(Path(cluster.path(name)).glob("*.parquet")))
    built, came = cluster.count(name), engine.count(name)
    if built != came:
        raise EngineError(f"{name}: the cluster built {built:,} rows, {came:,} lie in the storage. Nothing changed.")


@contextmanager
def _folder_in(storage: Path) -> Iterator[Path]:
    """A folder for one build, so that two builds do not meet."""
    folder = storage / f"vsm-{secrets.token_hex(8)}"
    try:
        folder.mkdir()
    except OSError as error:
        raise EngineError(
            f"{storage}: no folder can be made here ({error.strerror}). The storage is a folder that this machine and "
            "the cluster's workers reach by the same path and may write to."
        ) from None
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _connected(url: str, folder: Path) -> Iterator[Spark]:
    cluster = Spark(url, str(folder))
    try:
        yield cluster
    finally:
        cluster.close()
