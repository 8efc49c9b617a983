"""The commands of whoever runs the server: what is kept and brought back, and what the machine bears."""

from __future__ import annotations

import time
from pathlib import Path

import click

from dashboard.backup import back_up, restore
from dashboard.build import Options
from dashboard.catalogue import read_catalogue
from dashboard.errors import DashboardError
from dashboard.importing import import_files
from dashboard.progress import Progress
from dashboard.settings import Settings, bundled


@click.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.pass_obj
def backup_command(settings: Settings, file: Path) -> None:
    """Keep definitions, plan, maps, what people wrote and the newest snapshot in one file (.tar.gz)."""
    missing = back_up(settings, file)
    click.echo(f"{file}: keep it as you keep the data; it holds the key of the pseudonyms.")
    if missing:
        click.echo(f"Not in it: {', '.join(sorted(missing.tables))}. They lie in {missing.folder}: keep that too.")


@click.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.pass_obj
def restore_command(settings: Settings, file: Path) -> None:
    """Bring a home back from the file of a backup; into an empty home only."""
    restore(settings, file)
    click.echo(f"Restored to {settings.home}.")


@click.command("bench")
@click.option("--size", "sizes", multiple=True, default=["100k"], show_default=True, help="Items; may be given again.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder for data, tables and picture.  [<home>/bench]")
@click.option(
    "--repeats", type=click.IntRange(1), default=5, show_default=True, help="Times each query is asked again."
)
@click.option(
    "--threads", multiple=True, type=click.IntRange(1), default=[1, 2], show_default=True, help="May be given again."
)
@click.option("--rivals/--no-rivals", default=True, help="Ask pandas, polars (where installed) and SQLite too.")
@click.option("--pm4py", type=click.Path(exists=True, path_type=Path), help="Ask pm4py too: the Python that has it.")
@click.pass_obj
def bench_command(
    settings: Settings,
    sizes: tuple[str, ...],
    out: Path | None,
    repeats: int,
    threads: tuple[int, ...],
    rivals: bool,
    pm4py: Path | None,
) -> None:
    """Generate deliveries, import them, time every metric and chart, and compare with others."""
    from dashboard.bench.run import bench, size_of  # plotly is slow to load: only when it is needed

    told = bench(
        [size_of(size) for size in sizes],
        out or settings.home / "bench",
        settings,
        read_catalogue(bundled("queries")),
        threads=threads,
        repeats=repeats,
        with_rivals=rivals,
        pm4py=pm4py,
        note=lambda line: click.echo(line, err=True),
    )
    click.echo(told)


@click.command("schedule")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--every", "hours", type=click.FloatRange(0, min_open=True), default=24, show_default=True, help="Hours.")
@click.option("--stream", help="Id of the value stream that the files belong to.  [the first file's name]")
@click.pass_obj
def schedule_command(settings: Settings, folder: Path, hours: float, stream: str | None) -> None:
    """Import what lies in a folder, again and again where it changed; what is refused is told, and tried again."""
    known: dict[Path, tuple[int, int]] = {}
    while True:
        try:
            found = {path: _state(path) for path in folder.rglob("*") if path.is_file()}
            if found and found != known:
                with Progress(len(found)) as progress:
                    number = import_files([folder], settings, Options(stream=stream), progress.note).number
                click.echo(f"Imported as snapshot {number}.")
                known = found
        except (DashboardError, OSError) as error:  # a file may go while it is looked at, a disk may be full
            click.echo(f"Not imported: {error}", err=True)
        time.sleep(hours * 3600)  # the process has nothing else to do; SIGTERM ends it


def _state(path: Path) -> tuple[int, int]:
    """What differs as soon as a file was written anew."""
    told = path.stat()
    return told.st_mtime_ns, told.st_size


OPERATIONS = (backup_command, restore_command, schedule_command, bench_command)
