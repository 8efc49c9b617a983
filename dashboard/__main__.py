"""The `vsm` command."""

from __future__ import annotations

import datetime as dt
import shutil
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
import pandas as pd

from dashboard import __version__, access, build, export, importing, layers, snapshots
from dashboard.catalogue import Catalogue, read_catalogue
from dashboard.designs.document import parse_design
from dashboard.docs import outdated, write_docs
from dashboard.errors import DashboardError, ScopeError, SettingsError
from dashboard.figures.designed_map import map_of
from dashboard.figures.map_files import MAP_FILES
from dashboard.operations import OPERATIONS
from dashboard.parameters import ALL_ROWS
from dashboard.progress import Progress
from dashboard.scope import CLOCKS, PERIODS, START_RULES, Scope
from dashboard.settings import Settings, bundled, from_environment
from dashboard.sources import read_columns_option
from dashboard.sources.dates import ORDERS
from dashboard.spreadsheets import safe_csv
from dashboard.store import store_of
from dashboard.streams.definition import read_definition
from dashboard.streams.files import text_of
from dashboard.streams.written import write_definition
from dashboard.told import told
from dashboard.warehouse import Warehouse

FORMATS = click.Choice(["table", "csv", "json"])


class Told(click.Group):
    """A group whose commands end with a sentence, not a traceback, where the user can act on it."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except DashboardError as error:
            raise click.ClickException(str(error)) from None
        except BrokenPipeError:
            raise  # whoever read the output has enough of it: click ends in silence
        except OSError as error:
            where = f": {error.filename}" if error.filename else ""
            raise click.ClickException(
                f"{error.strerror or error}{where}. What was there before is unchanged."
            ) from None


@click.group(cls=Told, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
@click.option("--home", type=click.Path(path_type=Path), help="Folder of definitions, plan and snapshots.  [data]")
@click.pass_context
def main(ctx: click.Context, home: Path | None) -> None:
    """Value-stream mapping from the exports of the tools you already use."""
    settings = from_environment()
    ctx.obj = replace(settings, home=home) if home else settings


for operation in OPERATIONS:
    main.add_command(operation)


@main.command()
@click.option("--serve/--no-serve", default=True, help="Serve the pages after the import.")
@click.pass_context
def demo(ctx: click.Context, serve: bool) -> None:
    """Import the three made-up organisations and serve them."""
    settings: Settings = ctx.obj
    sample = bundled("data")
    settings.home.mkdir(parents=True, exist_ok=True)
    for given in (sample / "streams.toml", sample / "plan.toml", *sorted((sample / "maps").glob("*.toml"))):
        wanted = settings.home / given.relative_to(sample)
        wanted.parent.mkdir(exist_ok=True)
        if not wanted.exists():
            shutil.copyfile(given, wanted)
    _import(settings, sorted((sample / "sample" / "demo").glob("*.csv")), build.Options())
    if serve:
        ctx.invoke(serve_command)


@main.command("import")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option("--config", type=click.Path(path_type=Path), help="Definition of the streams (streams.toml).")
@click.option("--stream", help="Id of the value stream that the files belong to.  [the first file's name]")
@click.option("--columns", help="Columns of a table: item=…,state=…,at=… for a history, item=…,created=… for a list.")
@click.option("--as", "format", help="Format of the files, by its name, where it is not found by itself.")
@click.option(
    "--event-is",
    type=click.Choice(["entered", "ended", "interval", "start-complete"]),
    help="What an event's time means.",
)
@click.option("--time-zone", help="Zone of times that state none.  [UTC]")
@click.option("--date-order", type=click.Choice(ORDERS), help="What 01/02/2024 means, where the file does not tell.")
@click.option("--language", help="Language of the months, where two languages read a name differently, such as pl.")
@click.option(
    "--swap-days", is_flag=True, help="Swap day and month back where a program swapped them (day 12 or less)."
)
@click.option("--encoding", help="Encoding of the text.  [utf-8]")
@click.option("--tags", help="Which tags of a repository are releases, as a pattern such as 'v*'.  [all with a digit]")
@click.option("--pre-releases", is_flag=True, help="Count a repository's pre-releases as releases.")
@click.option("--no-people", is_flag=True, help="Keep no pseudonyms of people.")
@click.option("--accept-bad-rows", is_flag=True, help="Import even if more than 5 % of a file can't be read.")
@click.option(
    "--accept-shrinking", is_flag=True, help="Import even if a file has less than half of its earlier records."
)
@click.option("--engine", help="Address of a Spark cluster that builds the marts: sc://host:15002.  [this machine]")
@click.option("--storage", help="Folder that the cluster's workers and this machine reach by the same path.")
@click.option("--leave", help="Marts that stay in the storage, to be asked of the cluster: visits,moves.  [none]")
@click.option("--fresh", is_flag=True, help="Forget what was imported before.")
@click.pass_obj
def import_command(settings: Settings, /, files: tuple[Path, ...], columns: str | None, **given: Any) -> None:
    """Read exports into a new snapshot; `git PATH` reads a repository. Without files, build the last one again."""
    if len(files) > 1 and files[0] == Path("git") and not files[0].exists():
        files = files[1:]
    options = build.Options(
        stream=given["stream"],
        columns=read_columns_option(columns),
        format=given["format"],
        event_is=given["event_is"],
        time_zone=given["time_zone"],
        date_order=given["date_order"],
        language=given["language"],
        swaps_days=given["swap_days"],
        encoding=given["encoding"],
        config=given["config"],
        tags=given["tags"],
        counts_pre_releases=given["pre_releases"],
        keeps_people=not given["no_people"],
        accepts_bad_rows=given["accept_bad_rows"],
        accepts_shrinking=given["accept_shrinking"],
        starts_afresh=given["fresh"],
    )
    if not files:
        snapshots.current(settings.warehouse)
    cluster = {name: given[name] for name in ("engine", "storage", "leave") if given[name] is not None}
    _import(replace(settings, **cluster), files, options)


@main.command("upgrade")
@click.pass_obj
def upgrade_command(settings: Settings) -> None:
    """Work the newest snapshot out anew where another version of the program made it; else do nothing."""
    if snapshots.is_empty(settings.warehouse):
        click.echo("There is no snapshot yet.")
    elif snapshots.rules_of(snapshots.sound(settings.warehouse)[0]) == layers.rules(_catalogue()):
        click.echo("The snapshot is of this version.")
    else:
        _import(settings, (), build.Options())


@main.command("serve")
@click.option("--port", type=int, help="Port to listen on.  [8050]")
@click.pass_obj
def serve_command(settings: Settings, port: int | None = None) -> None:
    """Serve the pages at http://127.0.0.1:8050."""
    from dashboard.serving import serve  # gunicorn and dash are slow to load: only when they are needed

    access.check(settings)
    snapshots.current(settings.warehouse)
    serve(settings, port or settings.port)


def _scope_options(command: Callable[..., None]) -> Callable[..., None]:
    for option in reversed(
        (
            click.option("--stream", help="Id of the value stream.  [the one imported last]"),
            click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="First day."),
            click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Day after the last."),
            click.option("--team", multiple=True, help="Only this team (may be given again)."),
            click.option("--type", "kind", multiple=True, help="Only this type of item (may be given again)."),
            click.option("--clock", type=click.Choice(CLOCKS), default="elapsed", show_default=True),
            click.option(
                "--start",
                type=click.Choice(START_RULES),
                default="first",
                show_default=True,
                help="Which start counts.",
            ),
        )
    ):
        command = option(command)
    return command


_format_option = click.option("--format", "shape", type=FORMATS, default="table", show_default=True)


@main.command()
@click.argument("metric", required=False)
@click.option("--period", type=click.Choice(PERIODS), default="all", show_default=True)
@click.option("--percentile", default="0.5", show_default=True, help="0 to 1, or 'mean'.")
@_scope_options
@_format_option
@click.pass_obj
def ask(settings: Settings, /, metric: str | None, period: str, percentile: str, shape: str, **chosen: Any) -> None:
    """Answer a metric of the catalogue from the newest snapshot; without METRIC, list them."""
    catalogue = _catalogue()
    if metric is None:
        rows = [(each.name, each.unit, each.better, each.definition) for each in catalogue.metrics.values()]
        _show(pd.DataFrame(rows, columns=["metric", "unit", "better", "definition"]), shape)
        return
    warehouse = _warehouse(settings, catalogue)
    found = catalogue.metric(metric)
    scope = _scope(settings, warehouse, period=period, percentile=_percentile(percentile), **chosen)
    answer = warehouse.measure(found, scope).rename(columns={"value": f"{found.name} ({found.unit})"})
    _show(answer, shape)


@main.command()
@_scope_options
@_format_option
@click.pass_obj
def items(settings: Settings, /, shape: str, **chosen: Any) -> None:
    """List the work items with their clocks, in days."""
    warehouse = _warehouse(settings, _catalogue())
    scope = _scope(settings, warehouse, **chosen)
    _show(warehouse.ask("charts.items", scope, row_limit=ALL_ROWS, row_offset=0), shape)


@main.command("summary")
@_scope_options
@click.pass_obj
def summary_command(settings: Settings, /, **chosen: Any) -> None:
    """Tell the period in a few lines of Markdown, to be pasted into a chat."""
    from dashboard.pages.summary import summary  # dash is slow to load: only when it is needed
    from dashboard.pages.view import View

    warehouse = _warehouse(settings, _catalogue())
    click.echo(summary(View(warehouse, _scope(settings, warehouse, **chosen), settings.home)))


@main.command("map")
@click.option("--stream", help="Id of the value stream.  [the one imported last]")
@click.option("--out", type=click.Path(path_type=Path), help="File to write.  [<home>/<stream>.toml]")
@click.pass_obj
def map_command(settings: Settings, stream: str | None, out: Path | None) -> None:
    """Write the definition of a stream, proposed or given, as TOML with a comment on each guess."""
    warehouse = _warehouse(settings, _catalogue())
    chosen = warehouse.default_scope(stream).stream
    path = out or settings.home / f"{chosen}.toml"
    if path.exists():
        raise SettingsError(f"{path} is there already. Move it away, or name another file with --out.")
    definition = read_definition(warehouse.snapshot / snapshots.DEFINITION)[chosen]
    write_definition(path, [definition])
    click.echo(f"Wrote {path}. Correct it, then: vsm import --config {path}")


@main.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--as", "kind", type=click.Choice(list(MAP_FILES)), default="svg", show_default=True)
@click.option("--out", type=click.Path(path_type=Path), help="File to write.  [<map>.svg]")
def draw(file: Path, kind: str, out: Path | None) -> None:
    """Draw a designed map, a sketch or a future state, from its TOML; no data are needed."""
    design = parse_design(file, text_of(file))
    target = out or file.with_suffix(f".{MAP_FILES[kind].ending}")
    target.write_text(MAP_FILES[kind].write(map_of(design)), encoding="utf-8")
    click.echo(target)


@main.command()
@_format_option
@click.pass_obj
def check(settings: Settings, shape: str) -> None:
    """Run the quality checks: one row per problem. Exits with 1 where one is an error."""
    catalogue = _catalogue()
    warehouse = _warehouse(settings, catalogue)
    problems = warehouse.problems()
    _show(problems if shape != "table" else _check_summary(problems, catalogue), shape)
    sys.exit(1 if problems["severity"].isin(["broken", "error"]).any() else 0)


@main.command()
@click.option("--check", "only_check", is_flag=True, help="Compare instead of writing; exits with 1 on a difference.")
def docs(only_check: bool) -> None:
    """Write the generated documentation (queries/README.md and the marked parts of README.md)."""
    root = bundled("queries").parent
    if not (root / "README.md").is_file():
        raise SettingsError("The documentation is written in a checkout of the project; there is no README.md here.")
    if not only_check:
        write_docs(root, _catalogue(), main)
    elif different := outdated(root, _catalogue(), main):
        raise SettingsError(f"Not up to date: {', '.join(different)}. Run: vsm docs")


@main.command("export")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--as",
    "shape",
    type=click.Choice(export.SHAPES),
    default="tables",
    show_default=True,
    help="Our own tables, or a log for process mining: one event per entry into a state, one file per stream.",
)
@click.option("--format", "ending", type=click.Choice(["csv", "parquet"]), default="csv", show_default=True)
@click.option("--stream", help="Only this value stream.  [all]")
@click.option(
    "--anonymise",
    "is_anonymised",
    is_flag=True,
    help="Stand-ins for keys, titles, people, teams, services, streams; all times moved by the same whole weeks. "
    "States, stages and types of work stay.",
)
@click.pass_obj
def export_command(settings: Settings, /, folder: Path, **given: Any) -> None:
    """Write the canonical tables and the definition, which give the same warehouse again, or a log for other tools."""
    written = export.export(
        snapshots.current(settings.warehouse),
        folder,
        _catalogue(),
        export.Wanted(**given),
        lambda told: click.echo(told, err=True),
        memory=settings.memory,
        threads=settings.threads,
    )
    for path in written:
        click.echo(path)


def _catalogue() -> Catalogue:
    return read_catalogue(bundled("queries"))


def _warehouse(settings: Settings, catalogue: Catalogue) -> Warehouse:
    return Warehouse(
        settings.warehouse, catalogue, memory=settings.memory, threads=settings.threads, cluster=settings.engine
    )


def _scope(settings: Settings, warehouse: Warehouse, **chosen: Any) -> Scope:
    scope = warehouse.default_scope(chosen["stream"])
    return replace(
        scope,
        corrected=store_of(settings).corrected(scope.stream),
        since=_day(chosen["since"]) or scope.since,
        until=_day(chosen["until"]) or scope.until,
        teams=tuple(chosen["team"]) or None,
        types=tuple(chosen["kind"]) or None,
        clock=chosen["clock"],
        start_rule=chosen["start"],
        period=chosen.get("period", "all"),
        percentile=chosen.get("percentile", 0.5),
    )


def _day(given: dt.datetime | None) -> dt.date | None:
    return given.date() if given else None


def _percentile(text: str) -> float | None:
    try:
        return None if text == "mean" else float(text)
    except ValueError:
        raise SettingsError(f"--percentile is {text!r}; expected a number such as 0.85, or 'mean'.") from None


def _show(table: pd.DataFrame, shape: str) -> None:
    if shape == "csv":
        click.echo(safe_csv(table), nl=False)
    elif shape == "json":
        click.echo(table.to_json(orient="records", date_format="iso", indent=1))
    else:
        plain = table.astype(object).where(table.notna(), "–")
        click.echo(plain.to_string(index=False, float_format=lambda value: f"{value:,.3f}", max_colwidth=60))


def _check_summary(problems: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    rows = []
    for query in catalogue.layer("checks").values():
        found = problems[problems["check"] == query.stem]
        example = f"{found.iloc[0]['subject']}: {found.iloc[0]['detail']}" if len(found) else "–"
        rows.append((query.title, query.header["severity"], len(found), example))
    return pd.DataFrame(rows, columns=["check", "severity", "problems", "first of them"])


def _import(settings: Settings, files: tuple[Path, ...] | list[Path], options: build.Options) -> None:
    catalogue = _catalogue()
    steps = 4 * len(files) + len(catalogue.layer("staging")) + len(catalogue.layer("marts")) + 1
    with Progress(steps) as progress:
        account = importing.import_files(files, settings, options, progress.note)
    try:
        for line in told(account, _warehouse(settings, catalogue)):
            click.echo(line)
    except ScopeError:  # its advice is for who looks at a page
        click.echo("Imported. To tell what was found takes more than VSM_MEMORY or VSM_QUERY_SECONDS allow.", err=True)


if __name__ == "__main__":
    main()
