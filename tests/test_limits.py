"""Every limit of the program, at what is just allowed and at what is just too much. Others are tested where they live:

5 % bad rows (test_sources), 4 MB of a body (test_web), names, notes and addresses (test_store), columns of an XES
(test_xes), a message (test_damaged_files), tags made anew (test_git_repository), five answers (test_delivery).
"""

from __future__ import annotations

import gzip
import io
import os
import re
import socket
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
from conftest import Imports, World, moves, span
from flask.testing import FlaskClient
from test_editing import made
from test_git_repository import History, Reading
from test_plan_csv import METRICS, PLAN, STREAMS
from test_serving import PATIENCE, a_port, command, environment
from test_xes import EVENT

from dashboard import access, opening
from dashboard.app import create_server
from dashboard.catalogue import Catalogue
from dashboard.designs.document import LONGEST, Figures, seconds_of
from dashboard.engines.expressions import LETTERS
from dashboard.errors import DefinitionError, SettingsError, SourceError, StoreError
from dashboard.gunicorn_conf import limit_request_field_size, limit_request_fields, limit_request_line
from dashboard.pages import flow_forecast
from dashboard.parameters import ALL_ROWS
from dashboard.settings import Settings
from dashboard.sources import dates, files, parquet_pages, texts, xes
from dashboard.sources import scan as scanning
from dashboard.sources.dates import LEAST_VOTES, swap_note, writing_of
from dashboard.sources.files import ARCHIVED_FILES, FILE_BYTES, UNPACKED_FREE_BYTES, UNPACKED_RATIO, receive
from dashboard.sources.formats import told
from dashboard.sources.git_objects import NESTED_TAGS
from dashboard.sources.scan import scan
from dashboard.sources.texts import COLUMNS, SAMPLE_BYTES, Sample, prepare, where_broken
from dashboard.sources.xes import write_events
from dashboard.store import checked
from dashboard.streams.plan_csv import LONGEST as LONGEST_PLAN
from dashboard.streams.plan_csv import edits_from

Write = Callable[[str, bytes], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a file that somebody gives us."""

    def written(name: str, data: bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(data)
        return path

    return written


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "inbox"
    folder.mkdir()
    return folder


# Files


def test_bytes_of_a_file(write: Write, inbox: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    huge = write("huge.csv", b"")
    os.truncate(huge, FILE_BYTES + 1)  # a file with a hole takes no room
    with pytest.raises(SourceError, match=r"huge\.csv: the file is too large: its size is 68,719,476,737 bytes"):
        receive(huge, inbox)
    monkeypatch.setattr(files, "FILE_BYTES", 100)
    receive(write("at.csv", b"x" * 100), inbox)
    with pytest.raises(SourceError, match="its size is 101 bytes"):
        receive(write("above.csv", b"x" * 101), inbox)


def test_bytes_that_unpack_freely(write: Write, inbox: Path) -> None:
    at, above = b"x" * UNPACKED_FREE_BYTES, b"x" * (UNPACKED_FREE_BYTES + 1)
    (plain,) = receive(write("at.csv.gz", gzip.compress(at)), inbox)
    assert plain.path.stat().st_size == UNPACKED_FREE_BYTES
    assert len(receive(write("at.zip", zipped(at)), inbox)) == 1
    for path in (write("above.csv.gz", gzip.compress(above)), write("above.zip", zipped(above))):
        with pytest.raises(SourceError, match=r"above.*: the unpacked size is more than 16,777,216 bytes"):
            receive(path, inbox)


def test_ratio_of_unpacked_to_packed_bytes(inbox: Path) -> None:
    packed = UNPACKED_FREE_BYTES // UNPACKED_RATIO + 1
    at = b"x" * (packed * UNPACKED_RATIO)
    files._unpack(io.BytesIO(at), inbox / "at", "at.gz", packed)
    with pytest.raises(SourceError, match=f"more than {len(at):,} bytes, from {packed:,} packed"):
        files._unpack(io.BytesIO(at + b"x"), inbox / "above", "above.gz", packed)


def zipped(*contents: bytes) -> bytes:
    """An archive of so many files."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, content in enumerate(contents):
            archive.writestr(f"{number}.csv", content)
    return packed.getvalue()


def test_files_in_an_archive(write: Write, inbox: Path) -> None:
    assert len(receive(write("at.zip", zipped(*[b"x"] * ARCHIVED_FILES)), inbox)) == ARCHIVED_FILES
    with pytest.raises(SourceError, match="the archive holds 51 files; 1 to 50 are read"):
        receive(write("above.zip", zipped(*[b"x"] * (ARCHIVED_FILES + 1))), inbox)
    nothing = io.BytesIO()
    with zipfile.ZipFile(nothing, "w") as archive:
        archive.mkdir("folder")
    with pytest.raises(SourceError, match="the archive holds 0 files"):
        receive(write("none.zip", nothing.getvalue()), inbox)


def test_what_is_free_is_so_once_for_an_archive(write: Write, inbox: Path) -> None:
    """Else fifty small files would unpack to fifty times as much."""
    third = b"\0" * (UNPACKED_FREE_BYTES // 3)
    assert len(receive(write("at.zip", zipped(*[third] * 3)), inbox)) == 3
    with pytest.raises(SourceError, match=r"3\.csv: the unpacked size is more than 3,\d{3},\d{3} bytes"):
        receive(write("above.zip", zipped(*[third] * 4)), inbox)


@pytest.mark.parametrize("packing", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_an_archive_that_unpacks_at_one_go_is_refused(write: Write, inbox: Path, packing: int) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", packing) as archive:
        archive.writestr("0.csv", b"\0" * 10_000_000)
    with pytest.raises(SourceError, match="packed in a way that is not read"):
        receive(write("packed.zip", packed.getvalue()), inbox)


def test_one_file_that_an_archive_names_twice_is_refused(write: Write, inbox: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("0.csv", b"x" * 100)
        archive.filelist.append(archive.filelist[0])
    with pytest.raises(SourceError, match="two files of the archive share bytes of it"):
        receive(write("twice.zip", packed.getvalue()), inbox)


def test_files_of_an_archive_that_overlap_are_refused(write: Write, inbox: Path) -> None:
    """The second begins within the bytes of the first, as its packed content."""
    packed, inner = io.BytesIO(), io.BytesIO(zipped(b"y" * 1_000))
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive, zipfile.ZipFile(inner) as inside:
        archive.writestr("1.csv", inner.getvalue())
        within = inside.filelist[0]
        within.header_offset = len("1.csv") + 30
        archive.filelist.append(within)
    with pytest.raises(SourceError, match="share bytes"):
        receive(write("overlap.zip", packed.getvalue()), inbox)


def test_bytes_of_an_empty_file(write: Write, inbox: Path) -> None:
    receive(write("one.csv", b"x"), inbox)
    with pytest.raises(SourceError, match="the file is empty"):
        receive(write("none.csv", b""), inbox)


# Texts


def prepared(path: Path, inbox: Path) -> Sample:
    (plain,) = receive(path, inbox)
    return prepare(plain)


def header(count: int) -> bytes:
    return (",".join(f"c{number}" for number in range(count)) + "\nx\n").encode()


def test_columns_of_a_header(write: Write, inbox: Path) -> None:
    assert len(prepared(write("at.csv", header(COLUMNS)), inbox).header) == COLUMNS
    with pytest.raises(SourceError, match="the header has 513 columns or more; at most 512 columns are read"):
        prepared(write("above.csv", header(COLUMNS + 1)), inbox)


def test_bytes_of_a_header(write: Write, inbox: Path) -> None:
    names = ",".join("n" * 1_000 for _ in range(65)).ljust(SAMPLE_BYTES - 1, "n").encode()
    assert len(prepared(write("at.csv", names + b"\nx\n"), inbox).header) == 65
    with pytest.raises(SourceError, match="line 1: no names of columns can be read"):
        prepared(write("above.csv", names + b"n\nx\n"), inbox)


def test_share_of_bytes_that_are_nothing(write: Write, inbox: Path) -> None:
    text = b"id,created\n" + b"x" * 2_000
    at = text[: 4 * 400] + b"\0" * 400
    assert prepared(write("at.csv", at), inbox).header == ("id", "created")
    with pytest.raises(SourceError, match="every other byte is NUL"):
        prepared(write("above.csv", at + b"\0"), inbox)


def test_bytes_of_a_json_that_are_looked_through(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = write("a.json", b'{"a": 1')
    monkeypatch.setattr(texts, "LOOKED_THROUGH_BYTES", 7)
    assert where_broken(broken) == "line 1, column 8: expecting ',' delimiter"
    monkeypatch.setattr(texts, "LOOKED_THROUGH_BYTES", 6)
    assert where_broken(broken) is None


def test_columns_told_in_a_sentence() -> None:
    assert told(["c" * 40] * 20) == ", ".join(["c" * 40] * 20)
    assert told(["c" * 41] * 21) == ", ".join([*["c" * 39 + "…"] * 20, "…"])


# Records


def test_bytes_of_a_record(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    """Looked at after each chunk, so that a chunk more may pass."""
    monkeypatch.setattr(scanning, "CHUNK_BYTES", 1)
    monkeypatch.setattr(scanning, "RECORD_BYTES", 20)
    assert scan(write("at.csv", b"id\n" + b"x" * 20 + b"\n"), "at.csv", ",", 1).records == 1
    with pytest.raises(SourceError, match=r"above\.csv: line 2: the record is longer than 20 bytes"):
        scan(write("above.csv", b"id\n" + b"x" * 21 + b"\n"), "above.csv", ",", 1)


def test_letters_of_a_record(imports: Imports) -> None:
    """The key and the day have 12."""
    titles = "é" * (LETTERS - 12), "é" * (LETTERS - 11)
    rows = "".join(f"{key},2024-01-01,{title}\n" for key, title in zip(("A1", "A2"), titles, strict=True))
    imports.run(imports.file("items.csv", f"id,created,title\n{rows}"), accepts_bad_rows=True)
    assert list(imports.tables()["items"]["item_id"]) == ["A1"]
    assert list(imports.tables()["set_aside"]["reason"]) == ["the record has more than a million characters"]


def test_rows_of_a_parquet_by_its_bytes(imports: Imports, monkeypatch: pytest.MonkeyPatch) -> None:
    """A million rows, or a hundred for each byte."""
    path = imports.settings.home / "items.parquet"
    duckdb.sql("select 'A' || range as id, '2024-01-01' as created from range(3)").write_parquet(str(path))
    size = path.stat().st_size
    monkeypatch.setattr(opening, "ROWS_PER_BYTE", 0)
    for most, is_read in ((3, True), (2, False)):
        monkeypatch.setattr(opening, "FREE_ROWS", most)
        if is_read:
            imports.run(path)
            continue
        with pytest.raises(SourceError, match=rf"items\.parquet: 3 rows in {size:,} bytes are no export"):
            imports.run(path)
    monkeypatch.undo()
    duckdb.sql("select 'A' as id, '2024-01-01' as created from range(1_000_001)").write_parquet(str(path))
    assert path.stat().st_size < 1_000_001 / opening.ROWS_PER_BYTE
    with pytest.raises(SourceError, match="1,000,001 rows in"):
        imports.run(path)


def page_header(inner: bytes) -> bytes:
    """The header of a page of 0 bytes, with another field."""
    return b"\x35\x00" + inner + b"\x00"


def test_depth_and_length_of_what_a_header_of_a_page_holds() -> None:
    def nested(depth: int) -> bytes:
        return page_header(b"\x2c" + b"\x1c" * (depth - 1) + b"\x00" * depth)

    def number(length: int) -> bytes:
        return page_header(b"\x26" + b"\x80" * (length - 1) + b"\x00")

    for make, most in ((nested, parquet_pages.DEPTH), (number, parquet_pages.VARINT_BITS // 7 + 1)):
        assert parquet_pages.read_header(make(most)).page_bytes == 0
        with pytest.raises(parquet_pages._MalformedError):
            parquet_pages.read_header(make(most + 1))


def test_bytes_of_the_header_of_a_page(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet_pages, "HEADER_BYTES", 16)
    monkeypatch.setattr(parquet_pages, "LONGEST_HEADER_BYTES", 64)

    def found(length: int) -> parquet_pages.PageHeader | None:
        """Of a header with a text, so that it has so many bytes."""
        data = page_header(b"\x28" + bytes([length - 5]) + b"x" * (length - 5))
        assert len(data) == length
        with write("page", data).open("rb") as stream:
            return parquet_pages._header_at(stream, 0)

    at = found(64)
    assert at is not None and at.length == 64
    assert found(65) is None


# XES


def logged(text: str, tmp_path: Path) -> xes.XesAccount:
    return write_events(io.BytesIO(text.encode()), "log.xes", tmp_path / "events.csv")


def test_depth_of_a_log(tmp_path: Path) -> None:
    def nested(depth: int) -> str:
        return f"<log><trace>{EVENT}</trace>{'<a>' * (depth - 1)}{'</a>' * (depth - 1)}</log>"

    assert logged(nested(xes.DEPTH), tmp_path).events == 1
    with pytest.raises(SourceError, match="elements are nested more than 50 deep"):
        logged(nested(xes.DEPTH + 1), tmp_path)


def test_bytes_of_an_element(tmp_path: Path) -> None:
    """Looked at after each piece, so that a piece more may pass."""

    def long(size: int) -> str:
        return f'<log><trace>{EVENT}</trace><a b="{"x" * size}"/></log>'

    assert logged(long(xes.ELEMENT_BYTES - 2 * xes.CHUNK), tmp_path).events == 1
    with pytest.raises(SourceError, match="an element is longer than 4 MB"):
        logged(long(xes.ELEMENT_BYTES + 2 * xes.CHUNK), tmp_path)


def test_events_before_the_name_of_their_trace(tmp_path: Path) -> None:
    def named(events: int) -> str:
        return f'<log><trace>{EVENT * events}<string key="concept:name" value="C"/></trace></log>'

    assert logged(named(xes.EVENTS_HELD - 1), tmp_path).events == xes.EVENTS_HELD - 1
    with pytest.raises(SourceError, match="stands behind 20,000 of its events"):
        logged(named(xes.EVENTS_HELD), tmp_path)


# What files say


def test_times_that_must_tell_of_swapped_days() -> None:
    assert swap_note(LEAST_VOTES // 2 - 2, LEAST_VOTES // 2 + 1, is_repaired=False) is None
    assert "day and month swapped" in str(swap_note(LEAST_VOTES // 2 - 1, LEAST_VOTES // 2 + 1, is_repaired=False))
    assert swap_note(LEAST_VOTES // 2, LEAST_VOTES // 2, is_repaired=False) is None


def test_share_of_dates_against_the_order_of_the_others() -> None:
    def order(day_first: int, month_first: int) -> str:
        columns = ("column_name", "shape", "example", "first_is_day", "second_is_day")
        row = ("created", "99/99/9999", "13/01/2024", day_first, month_first)
        shapes = duckdb.values(*[duckdb.ConstantExpression(each) for each in row]).df().set_axis(columns, axis=1)
        return str(writing_of("a.csv", shapes, None).expected)

    assert "day first" in order(2 * dates.PROVEN, 2)
    with pytest.raises(SourceError, match=r"the date format is mixed: 3 dates can only be day/month, 2 only"):
        order(2 * dates.PROVEN - 1, 2)


def some(count: int, day: str = "2024-01-01", first: int = 1) -> str:
    return "id,created\n" + "".join(f"A-{number},{day}\n" for number in range(first, first + count))


def test_half_of_a_file_may_be_gone_and_no_more(imports: Imports) -> None:
    imports.run(imports.file("items.csv", some(10)))
    with pytest.raises(SourceError, match=r"items\.csv: 4 records can be used, 10 could the last time"):
        imports.run(imports.file("items.csv", some(4)))
    assert imports.run(imports.file("items.csv", some(5))).files[0].records() == 5


def test_half_of_the_keys_may_stand_for_others_and_no_more(imports: Imports) -> None:
    """A-1 to A-4 are known; A-3 and A-4, or A-2 as well, were created on another day."""
    imports.run(imports.file("first.csv", some(4)), stream="s")
    mixed = some(1) + some(3, "2023-06-01", first=2).partition("\n")[2]
    with pytest.raises(
        SourceError, match=r"4 keys of the stream 's' are known already, 3 of them with another creation"
    ):
        imports.run(imports.file("second.csv", mixed), stream="s")
    half = some(2) + some(2, "2023-06-01", first=3).partition("\n")[2]
    assert imports.run(imports.file("third.csv", half), stream="s").files[0].records() == 4


def test_tags_of_tags(tmp_path: Path) -> None:
    history = History.begin(tmp_path / "shop")
    history.commit("a", 1)
    history.tag("1.0", 2)
    for number in range(1, NESTED_TAGS):
        history.tag(f"1.{number}", 3, at=f"1.{number - 1}")
    read = Reading(history, tmp_path / "out")
    # A commit behind seven tags is found with the eighth look; the one behind eight is not looked for.
    assert [note for note in read.notes if "name no commit" in note] == ["1 tag left out: they name no commit (1.7)"]


# People


def crew(people: int) -> list[dict[str, object]]:
    """So many people who had an item each in January."""
    rows = []
    for number in range(people):
        steps = moves((f"A-{number}", "Doing", "2024-01-02"), (f"A-{number}", "Done", "2024-01-03"))
        rows += [{**step, "person": f"p-{number}", "team": "Crew"} for step in steps]
    return rows


@pytest.mark.parametrize(("people", "told"), [(4, [False]), (5, [True])])
def test_people_of_whom_a_figure_may_be_told(world: World, people: int, told: list[bool]) -> None:
    items = [{"item_id": f"A-{number}", "team": "Crew"} for number in range(people)]
    world.load({"items": items, "transitions": crew(people)})
    scope = span("2024-01-01", "2024-02-01")
    answer = world.ask("charts.open_at_once", scope)
    assert list(answer["people"]) == [people]
    assert list(answer["open_items"].notna()) == told
    assert list(world.ask("charts.waste_teams", scope)["is_known"]) == told


# What is asked


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, catalogue: Catalogue) -> Settings:
    return made(tmp_path_factory.mktemp("limits"), catalogue)


@pytest.fixture(scope="module")
def client(home: Settings) -> FlaskClient:
    return create_server(home).test_client()


TEN = "~".join(f"0.{number}" for number in range(1, 10)) + "~0.95"


@pytest.mark.parametrize(
    ("allowed", "refused", "said"),
    [
        (f"items?row_limit={ALL_ROWS}", f"items?row_limit={ALL_ROWS + 1}", "rows, 0 to 1,000,000,000"),
        ("items?row_limit=0", "items?row_limit=-1", "rows, 0 to 1,000,000,000"),
        (f"items?row_offset={ALL_ROWS}", f"items?row_offset={ALL_ROWS + 1}", "0 to 1,000,000,000"),
        ("metrics/lead_time?from=1900-01-01", "metrics/lead_time?from=1899-12-31", "from is '1899-12-31'"),
        ("metrics/lead_time?to=2200-01-01", "metrics/lead_time?to=2200-01-02", "to is '2200-01-02'"),
        (f"metrics/lead_time?percentiles={TEN}", f"metrics/lead_time?percentiles={TEN}~0.97", "up to ten numbers"),
        ("metrics/lead_time?percentiles=0.000001", "metrics/lead_time?percentiles=0.0000001", "up to ten numbers"),
        ("metrics/lead_time?percentile=0.999999", "metrics/lead_time?percentile=1", "between 0 and 1"),
        ("metrics/lead_time?percentile=0.000001", "metrics/lead_time?percentile=0", "between 0 and 1"),
    ],
)  # fmt: skip
def test_values_of_an_address(client: FlaskClient, allowed: str, refused: str, said: str) -> None:
    for path, code in ((allowed, 200), (refused, 400)):
        answer = client.get(f"/api/{path}")
        assert answer.status_code == code, answer.text
    assert said in answer.json["error"]


def test_items_that_a_forecast_is_asked_for() -> None:
    asked = [flow_forecast._count_of(text) for text in ("0", "1", "10000", "10001")]
    assert asked == [None, 1, flow_forecast.MOST, None]


@pytest.mark.parametrize(
    ("check", "most"),
    [
        (checked.stream, checked.NAME_LENGTH),
        (checked.name, checked.NAME_LENGTH),
        (checked.key, checked.ADDRESS_LENGTH),
        (checked.step, checked.ADDRESS_LENGTH),
        (checked.roles, checked.TEXT_LENGTH),
        (checked.text, checked.TEXT_LENGTH),
    ],
    ids=lambda each: getattr(each, "__name__", each),
)
def test_letters_of_what_people_write(check: Callable[[str], str], most: int) -> None:
    assert check("n" * most) == "n" * most
    with pytest.raises(StoreError, match=f"has {most + 1:,} characters; {most:,} are kept at most. Shorten it"):
        check("n" * (most + 1))


def test_letters_of_a_plan() -> None:
    head = "kind,id,title\n"
    edits_from(head + "\n" * (LONGEST_PLAN - len(head)), PLAN, "shop", METRICS, STREAMS)
    with pytest.raises(DefinitionError, match=r"The CSV has 1,000,001 characters; 1,000,000 are read at most"):
        edits_from(head + "\n" * (LONGEST_PLAN + 1 - len(head)), PLAN, "shop", METRICS, STREAMS)


def test_times_and_figures_of_a_designed_map() -> None:
    assert seconds_of("36500 d") == LONGEST
    for text in ("36500.1 d", "5214.4 w"):
        with pytest.raises(ValueError, match="a time from 0 to 100 years"):
            seconds_of(text)
    assert seconds_of(0) == 0
    with pytest.raises(ValueError, match="a time from 0 to 100 years"):
        seconds_of(-1)
    Figures(accurate=0, people=0.1, batch=1, wip_limit=1)
    Figures(accurate=1)
    for name, value in (("accurate", -0.01), ("accurate", 1.01), ("people", 0), ("batch", 0), ("wip_limit", 0)):
        with pytest.raises(ValueError, match=name):
            Figures(**{name: value})


@pytest.mark.parametrize("name", ["proxy_secret", "metrics_token"])
def test_letters_of_a_secret(home: Settings, name: str) -> None:
    simple = "0123456789" * 4
    variable = f"VSM_{name.upper()}"
    for secret in (simple[: access.SHORTEST_SECRET], simple):
        access.check_secret(variable, secret)
    for secret in (simple[: access.SHORTEST_SECRET - 1], simple.replace("9", "8")):
        with pytest.raises(SettingsError, match=f"{variable} is too short or too simple; expected 32 letters or more"):
            access.check(replace(home, **{name: secret}))  # type: ignore[arg-type]  # texts all


# The server


@pytest.fixture(scope="module")
def port(home: Settings) -> Iterator[int]:
    """A server as the Procfile starts it."""
    found = a_port()
    process = subprocess.Popen(command(f"127.0.0.1:{found}"), env=environment(home), stderr=subprocess.DEVNULL)
    yield found
    process.terminate()
    process.wait(PATIENCE)


def answered(port: int, path: str = "/healthz", *headers: str) -> int:
    """The status of an answer to a request with the headers Host, Connection and these; waits until there is one."""
    lines = [f"GET {path} HTTP/1.1", "Host: 127.0.0.1", "Connection: close", *headers, "", ""]
    for _ in range(1_000_000):
        try:
            with socket.create_connection(("127.0.0.1", port), PATIENCE) as client:
                client.sendall("\r\n".join(lines).encode())
                return int(re.findall(rb"^HTTP/1.1 (\d+)", client.recv(100))[0])
        except ConnectionRefusedError:
            os.sched_yield()
    raise AssertionError("The server does not listen.")


def test_length_of_a_request_line(port: int) -> None:
    path = "/healthz?".ljust(limit_request_line - len("GET  HTTP/1.1"), "x")
    assert answered(port, path) == 200
    assert answered(port, path + "x") == 414


def test_number_and_length_of_headers(port: int) -> None:
    more = [f"X-{number}: x" for number in range(limit_request_fields - 2)]
    assert answered(port, "/healthz", *more) == 200
    assert answered(port, "/healthz", *more, "X-More: x") == 431
    long = "X-Long: ".ljust(limit_request_field_size - len("\r\n"), "x")
    assert answered(port, "/healthz", long) == 200
    assert answered(port, "/healthz", long + "x") == 431
