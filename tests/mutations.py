"""Files that something happened to: small exports, damaged in the ways in which files get damaged.

A case is a seed and a number, and always gives the same bytes. `python tests/mutations.py SEED NUMBER FOLDER` writes
its file.
"""

from __future__ import annotations

import gzip
import io
import random
import sys
import tomllib
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

EXPORTS = Path(__file__).parent / "exports"
LARGEST = 250_000  # larger files of the corpus are tried as they are, and cost too much time here
ENDINGS = (".csv", ".tsv", ".json", ".jsonl", ".parquet", ".xes", ".txt", ".gz", "")
NAMES = ("case", "it's [1]*", "über & <b>", "-x", "a\tb\nc", "%s{0}")
WORDS = (
    *("", " ", '"', '""', '"x', 'x"', '"a""b"', '"a\nb"', "a\nb", "\r", "\n\n", ",", ";", "\t", "|", "\\", "'", "`"),
    *(
        "NULL",
        "None",
        "-",
        "NaN",
        "Infinity",
        "-inf",
        "true",
        "[]",
        "{}",
        "null",
        "[[[",
        '{"a":1}',
        "\\u0000",
        "\\ud800",
    ),
    *("0", "-0", "-1", "1e999", "1e-400", "0x7f", "9" * 19, "9" * 400, "12345678901234567890.5", "1,5", "1.234.567,8"),
    *(
        "0000-00-00",
        "2024-02-30",
        "9999-12-31T23:59:59Z",
        "10000-01-01",
        "294247-01-10T04:00:54.775807Z",
        "-0044-03-15",
    ),
    *("290308-12-22 (BC)", "2024-01-01T24:00:00Z", "2024-06-30T23:59:60Z", "2024-01-01T10:00:00+99:99", "infinity"),
    *(
        "2024-01-01T10:00:00 Europe/Berlin",
        "2024-03-31T02:30:00",
        "1714567890",
        "1714567890123456789",
        "45000.5",
        "12:30",
    ),
    *(
        "31/12/2024",
        "12/31/2024 5:30 PM",
        "1/2/24",
        "2024-W05-1",
        "2024-001",
        "Mon, 01 Jan 2024 10:00:00 GMT",
        "1 mai 2024",
    ),
    *("2024-01-01T10:00:00.123456789Z", "1969-12-31T23:59:59Z", "1677-09-21T00:12:43Z", "0001-01-01", "epoch", "today"),
    *(
        "\0",
        "\ufdd0",
        "\ufdd1",
        "\ufdd2",
        "\ufdd3",
        "\ufeff",
        "\ufffd",
        "\u2028",
        "\x85",
        "\x0b",
        "\x0c",
        "\x1b[31m",
        "\u202e",
    ),
    *(
        "\u00a0",
        "\u3000",
        "é",
        "e\u0301",
        "İ",
        "ß",
        "\U0001f600",
        "日本",
        "=1+1",
        "@x",
        "<b>x</b>",
        "../../x",
        "$1",
        "x" * 70_000,
    ),
)
HEADINGS = (
    *(
        "item_id",
        "id",
        "key",
        "case_id",
        "state",
        "status",
        "to_state",
        "created",
        "created_at",
        "finished_at",
        "stream",
    ),
    *(
        "started_at",
        "occurred_at",
        "time:timestamp",
        "lifecycle:transition",
        "points",
        "parent_id",
        "resolution",
        "seq",
    ),
    *(
        "changelog",
        "issues",
        "fields",
        "concept:name",
        "team",
        "title",
        "Name",
        "Link",
        "Type",
        "sep=,",
        "record",
        "shape",
    ),
)


@dataclass(frozen=True)
class Seed:
    """A file that can be imported, or that was bad already; `columns` and `time_zone` are told to the import."""

    name: str
    data: bytes
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Case:
    """A mutated file, and how it came to be."""

    name: str
    data: bytes
    options: Mapping[str, str]
    story: str


Mutation = Callable[[bytes, random.Random], bytes]


@cache
def seeds(corpus: Path) -> tuple[Seed, ...]:
    """The inputs of the formats, tables of many types as Parquet, logs in XML, and the corpus of bad files."""
    known = []
    for folder in sorted(EXPORTS.iterdir()):
        given = tomllib.loads((folder / "options.toml").read_text(encoding="utf-8"))
        path = next(folder.glob("input.*"))
        options = {key: str(given[key]) for key in ("columns", "time_zone") if key in given}
        known.append(Seed(f"{folder.name}{path.suffix}", path.read_bytes(), options))
    bad = [
        Seed(path.name, path.read_bytes())
        for path in sorted(corpus.iterdir())
        if path.suffix in (".csv", ".gz", ".json", ".jsonl", ".parquet", ".xes", ".zip")
        and path.name != "manifest.json"
        and path.stat().st_size <= LARGEST
    ]
    made = [*_parquets(), *_logs(), *_lines()]
    # Twice as many whole files as bad ones.
    return (*(known + made) * 10, *bad)


def _parquets() -> list[Seed]:
    rows = 60
    times = pd.date_range("2024-01-01", periods=rows, freq="7h", tz="UTC")
    items = pd.DataFrame(
        {
            "item_id": [f"K-{number}" for number in range(rows)],
            "title": [None if number % 5 == 0 else f"Title {number}" for number in range(rows)],
            "status": [("New", "Doing", "Done")[number % 3] for number in range(rows)],
            "created_at": times,
            "finished_at": times.shift(30),
            "points": [number / 2 for number in range(rows)],
        }
    )
    odd = pa.table(
        {
            "case_id": pa.array(range(rows), pa.int64()),
            "activity": pa.array([f"A{number % 4}" for number in range(rows)]).dictionary_encode(),
            "timestamp": pa.array(times.tz_localize(None).to_pydatetime(), pa.timestamp("ms")),
            "start_timestamp": pa.array(times.to_pydatetime(), pa.timestamp("us", "Europe/Berlin")),
            "amount": pa.array([number * 10 for number in range(rows)], pa.int32()).cast(pa.decimal128(12, 2)),
            "resource": pa.array([b"x%d" % number for number in range(rows)]),
            "tags": pa.array([[1, 2]] * rows),
            "is_open": pa.array([number % 2 == 0 for number in range(rows)]),
        }
    )
    dates = pa.table(
        {
            "id": pa.array([f"D-{number}" for number in range(rows)]),
            "created": pa.array([day.date() for day in times], pa.date32()),
            "closed": pa.array([day.to_pydatetime() for day in times.shift(9)], pa.timestamp("ns", "UTC")),
        }
    )
    return [
        Seed("items.parquet", _parquet(pa.Table.from_pandas(items), compression="snappy")),
        Seed("plain.parquet", _parquet(pa.Table.from_pandas(items), compression="none", write_page_checksum=True)),
        Seed("groups.parquet", _parquet(odd, compression="zstd", row_group_size=20, data_page_version="2.0")),
        Seed("dates.parquet", _parquet(dates, compression="gzip", use_dictionary=False)),
    ]


def _parquet(table: pa.Table, **how: object) -> bytes:
    sink = io.BytesIO()
    pq.write_table(table, sink, **how)
    return sink.getvalue()


def _logs() -> list[Seed]:
    traces = "\n".join(
        f'<trace><string key="concept:name" value="C{case}"/><int key="size" value="{case}"/>\n'
        + "\n".join(
            f'<event><string key="concept:name" value="{name}"/>'
            f'<string key="lifecycle:transition" value="{step}"/>'
            f'<date key="time:timestamp" value="2024-03-{case + 1:02d}T{hour:02d}:00:00.000+01:00"/>'
            f'<string key="org:resource" value="Ann &amp; Bob"/></event>'
            for hour, (name, step) in enumerate(
                [("Ask", "start"), ("Ask", "complete"), ("Answer é", "start"), ("Answer é", "complete")], 8
            )
        )
        + "\n</trace>"
        for case in range(12)
    )
    log = f'<?xml version="1.0" encoding="UTF-8"?>\n<log xes.version="1.0" xmlns="http://www.xes-standard.org/">\n{traces}\n</log>\n'
    return [Seed("log.xes", log.encode()), Seed("log.xes.gz", gzip.compress(log.encode(), mtime=0))]


def _lines() -> list[Seed]:
    rows = "\n".join(
        f'{{"id": "L-{number}", "created": "2024-02-{number % 28 + 1:02d}T10:00:00Z", "status": "Done", '
        f'"points": {number}, "fields": {{"team": "Red", "closed": "2024-05-01"}}, "labels": ["a", {number}]}}'
        for number in range(40)
    )
    listed = f"[{','.join(rows.splitlines())}]"
    return [Seed("lines.jsonl", rows.encode()), Seed("list.json", listed.encode())]


def case(seed: int, number: int, corpus: Path) -> Case:
    """The mutated file with this number."""
    draw = random.Random(f"{seed}:{number}")
    known = seeds(corpus)
    chosen = draw.choice(known)
    data, told = chosen.data, [chosen.name]
    for _ in range(draw.choice((1, 1, 1, 1, 2, 2, 4))):
        mutation = draw.choice(MUTATIONS[_kind(data)])
        data = mutation(data, draw)
        told.append(mutation.__name__)
    if draw.random() < 0.08:
        other = draw.choice(known)
        data = _splice(data, other.data, draw)
        told.append(f"splice {other.name}")
    ending = chosen.name[chosen.name.index(".") :]
    name = f"{draw.choice(NAMES) if draw.random() < 0.15 else 'case'}{ending}"
    if draw.random() < 0.06:
        data, name = _packed(data, name, draw)
        told.append("packed")
    if draw.random() < 0.05:
        name = Path(name).stem + draw.choice(ENDINGS)
    options = dict(chosen.options)
    if draw.random() < 0.2:
        options["date_order"] = draw.choice(("day-first", "month-first"))
    return Case(name, data, options, " > ".join(told))


def _kind(data: bytes) -> str:
    start = data[:64].lstrip(b"\xef\xbb\xbf \r\n\t")
    if start.startswith((b"PAR1", b"\x1f\x8b", b"PK")):
        return "binary"
    if start.startswith(b"<"):
        return "xml"
    return "json" if start[:1] in (b"{", b"[") else "csv"


def _places(data: bytes, draw: random.Random) -> tuple[int, int]:
    """A block: short ones are likelier than long ones."""
    begin = draw.randrange(len(data) + 1)
    if draw.random() < 0.3:  # the end of a file is where its directory is
        begin = max(0, len(data) - draw.randrange(1, 400))
    return begin, min(len(data), begin + int(draw.paretovariate(0.6)))


def flip_bits(data: bytes, draw: random.Random) -> bytes:
    """One to eight bits turned."""
    changed = bytearray(data)
    for _ in range(draw.randint(1, 8)):
        if changed:
            changed[min(_places(data, draw)[0], len(changed) - 1)] ^= 1 << draw.randrange(8)
    return bytes(changed)


def truncate(data: bytes, draw: random.Random) -> bytes:
    """The end is missing."""
    return data[: _places(data, draw)[0]]


def behead(data: bytes, draw: random.Random) -> bytes:
    """The beginning is missing."""
    return data[min(draw.randrange(1, 200), len(data)) :]


def drop_block(data: bytes, draw: random.Random) -> bytes:
    """A block is missing."""
    begin, end = _places(data, draw)
    return data[:begin] + data[end:]


def repeat_block(data: bytes, draw: random.Random) -> bytes:
    """A block stands twice or more."""
    begin, end = _places(data, draw)
    return data[:begin] + data[begin:end][:2_000] * draw.choice((2, 2, 3, 50)) + data[end:]


def zero_block(data: bytes, draw: random.Random) -> bytes:
    """A block of a disk came back as NULs, or as ones."""
    begin, end = _places(data, draw)
    return data[:begin] + draw.choice((b"\0", b"\xff")) * (end - begin) + data[end:]


def insert_bytes(data: bytes, draw: random.Random) -> bytes:
    """Some bytes more."""
    begin = draw.randrange(len(data) + 1)
    more = draw.choice(
        (draw.randbytes(draw.randint(1, 30)), b'"', b"\0", b"\r", b"\n", b"\xff", b"\xc3", b"\xed\xa0\x80")
    )
    return data[:begin] + more * draw.choice((1, 1, 2, 7)) + data[begin:]


def swap_blocks(data: bytes, draw: random.Random) -> bytes:
    """Two blocks changed places."""
    a, b, c, d = sorted((*_places(data, draw), *_places(data, draw)))
    return data[:a] + data[c:d] + data[b:c] + data[a:b] + data[d:]


def duplicate_lines(data: bytes, draw: random.Random) -> bytes:
    """Lines stand twice."""
    lines = data.splitlines(keepends=True)
    for _ in range(draw.randint(1, 3)):
        if lines:
            at = draw.randrange(len(lines))
            lines[at:at] = [lines[at]] * draw.choice((1, 1, 2, 20))
    return b"".join(lines)


def drop_lines(data: bytes, draw: random.Random) -> bytes:
    """Lines are missing, the first one likelier than others."""
    lines = data.splitlines(keepends=True)
    for _ in range(draw.randint(1, 4)):
        if lines:
            del lines[0 if draw.random() < 0.1 else draw.randrange(len(lines))]
    return b"".join(lines)


def shuffle_lines(data: bytes, draw: random.Random) -> bytes:
    """Lines in another order, the first one too at times."""
    lines = data.splitlines(keepends=True)
    first = draw.choice((0, 1, 1, 1))
    rest = lines[first:]
    draw.shuffle(rest)
    return b"".join(lines[:first] + rest)


def join_lines(data: bytes, draw: random.Random) -> bytes:
    """A line end is missing, or becomes something else."""
    lines = data.split(b"\n")
    at = draw.randrange(len(lines))
    return (
        b"\n".join(lines[:at]) + draw.choice((b"", b" ", b"\r", b"\n\n", b"\n \n", b"\n,,,\n")) + b"\n".join(lines[at:])
    )


def change_line_ends(data: bytes, draw: random.Random) -> bytes:
    """Another system's line ends, everywhere or by chance."""
    plain = data.replace(b"\r\n", b"\n")
    how = draw.choice((b"\r\n", b"\r", b"\n\r", None))
    if how:
        return plain.replace(b"\n", how)
    return b"".join(line + draw.choice((b"\n", b"\r\n", b"\r")) for line in plain.split(b"\n"))


def change_encoding(data: bytes, draw: random.Random) -> bytes:
    """Saved by another program."""
    text = data.decode("utf-8", "replace")
    text = text.replace("e", "é") if draw.random() < 0.5 else text
    encoding = draw.choice(
        ("utf-16", "utf-16-le", "utf-16-be", "utf-8-sig", "latin-1", "cp1252", "utf-32", "utf-7", "cp037")
    )
    return text.encode(encoding, "replace")


def change_cells(data: bytes, draw: random.Random) -> bytes:
    """Cells, or values between quotes, hold something else."""
    text = data.decode("utf-8", "surrogateescape")
    for _ in range(draw.choice((1, 1, 2, 4, 10))):
        marks = [at for at, letter in enumerate(text[:100_000]) if letter in ',;\t"\n:']
        if len(marks) < 2:
            break
        first = draw.randrange(len(marks) - 1)
        begin, end = marks[first] + 1, marks[first + 1]
        word = draw.choice(WORDS)
        how = draw.random()
        new = word if how < 0.7 else text[begin:end] + word if how < 0.85 else f'"{word}"'
        text = text[:begin] + new + text[end:]
    return text.encode("utf-8", "surrogateescape")


def blow_up_numbers(data: bytes, draw: random.Random) -> bytes:
    """Digits become more, fewer, or others."""
    places = [at for at, byte in enumerate(data[:100_000]) if 48 <= byte <= 57]
    for at in sorted(draw.sample(places, min(len(places), draw.choice((1, 1, 3, 12)))), reverse=True):
        new = draw.choice(
            (b"", b"9" * draw.choice((1, 2, 4, 20, 400)), b"-1", b"1e9", b".", b"0" * 30, b"%d" % draw.randrange(99))
        )
        data = data[:at] + new + data[at + 1 :]
    return data


def change_column(data: bytes, draw: random.Random) -> bytes:
    """Every value of a column is written in another way; its first line is its name."""
    lines = data.decode("utf-8", "surrogateescape").split("\n")
    mark = max(",;\t|", key=lines[0].count)
    at = draw.randrange(lines[0].count(mark) + 1)
    words = draw.sample(WORDS[:-1], 3) if draw.random() < 0.7 else [draw.choice(WORDS[:-1])]
    for number, line in enumerate(lines[1:], 1):
        cells = line.split(mark)
        if len(cells) > at:
            cells[at] = draw.choice(words)
            lines[number] = mark.join(cells)
    return "\n".join(lines).encode("utf-8", "surrogateescape")


def change_header(data: bytes, draw: random.Random) -> bytes:
    """Names of columns: another, one twice, one more, one less, none; in another order."""
    first, _, rest = data.decode("utf-8", "surrogateescape").partition("\n")
    mark = max(",;\t|", key=first.count)
    cells = first.split(mark)
    at = draw.randrange(len(cells))
    how = draw.randrange(7)
    if how <= 1:
        cells[at] = draw.choice(HEADINGS)
    elif how == 2:
        cells[at] = draw.choice(cells)
    elif how == 3:
        cells.insert(at, draw.choice(HEADINGS))
    elif how == 4:
        del cells[at]
    elif how == 5:
        draw.shuffle(cells)
    else:
        cells[at] = draw.choice(WORDS)
    return f"{mark.join(cells)}\n{rest}".encode("utf-8", "surrogateescape")


def change_delimiter(data: bytes, draw: random.Random) -> bytes:
    """Another mark between cells, everywhere or in some places."""
    new = draw.choice((b";", b"\t", b"|", b", ", b",,", b":", b" "))
    parts = data.split(b",")
    share = draw.choice((1, 1, 1, 0.5, 0.05))
    return parts[0] + b"".join((new if draw.random() < share else b",") + part for part in parts[1:])


def add_lines(data: bytes, draw: random.Random) -> bytes:
    """What tools and people write above, between and below the rows."""
    lines = data.split(b"\n")
    more = (
        b"",
        b"  ",
        b"Report of 1 May",
        b"sep=;",
        b"# comment",
        b"Total,3,,,",
        b",,,,,,,,,,,,,,,,",
        b'"',
        b"{}",
        b"\0" * 9,
    )
    for _ in range(draw.randint(1, 3)):
        lines.insert(draw.choice((0, len(lines), draw.randrange(len(lines) + 1))), draw.choice(more))
    return b"\n".join(lines)


def nest(data: bytes, draw: random.Random) -> bytes:
    """JSON within JSON."""
    text = data.decode("utf-8", "surrogateescape")
    marks = [at for at, letter in enumerate(text[:100_000]) if letter in "{}[]:,"]
    at = draw.choice(marks) if marks else 0
    depth = draw.choice((1, 3, 100, 3_000))
    more = draw.choice(
        (
            '{"a":' * depth,
            "[" * depth,
            "[" * depth + "]" * depth,
            '"key":"K-1",',
            '"id":1,"id":2,',
            "null,",
            "1e999,",
            "{},",
        )
    )
    return (text[: at + 1] + more + text[at + 1 :]).encode("utf-8", "surrogateescape")


def change_elements(data: bytes, draw: random.Random) -> bytes:
    """XML with other elements, references and declarations."""
    text = data.decode("utf-8", "surrogateescape")
    marks = [at for at, letter in enumerate(text[:100_000]) if letter in "<>"]
    at = draw.choice(marks) if marks else 0
    more = draw.choice(
        (
            *(
                "<trace>",
                "</trace>",
                "<event/>",
                "<event>",
                "</event>",
                "</log>",
                "<!-- -->",
                "<![CDATA[x]]>",
                "&#0;",
                "&x;",
                "&amp;",
            ),
            *(
                '<!DOCTYPE log [<!ENTITY x "y">]>',
                '<string key="concept:name"/>',
                '<string key="line" value="7"/>',
                "<a>" * 60,
            ),
            *(
                '<date key="time:timestamp" value="x"/>',
                "".join(f'<int key="k{n}" value="1"/>' for n in range(500)),
                "\x0b",
            ),
        )
    )
    return (text[:at] + more + text[at:]).encode("utf-8", "surrogateescape")


def _splice(one: bytes, other: bytes, draw: random.Random) -> bytes:
    return one[: draw.randrange(len(one) + 1)] + other[draw.randrange(len(other) + 1) :]


def _packed(data: bytes, name: str, draw: random.Random) -> tuple[bytes, str]:
    if draw.random() < 0.7:
        packed, name = gzip.compress(data, mtime=0), f"{name}.gz"
    else:
        sink = io.BytesIO()
        with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(zipfile.ZipInfo(name), data)
        packed, name = sink.getvalue(), f"{name}.zip"
    if draw.random() < 0.4:
        packed = draw.choice((flip_bits, truncate, drop_block, repeat_block))(packed, draw)
    return packed, name


ANY: Sequence[Mutation] = (flip_bits, truncate, behead, drop_block, repeat_block, zero_block, insert_bytes, swap_blocks)
TEXT: Sequence[Mutation] = (
    *(
        duplicate_lines,
        drop_lines,
        shuffle_lines,
        join_lines,
        change_line_ends,
        change_encoding,
        change_cells,
        change_cells,
    ),
    *(blow_up_numbers, add_lines),
)
MUTATIONS: Mapping[str, Sequence[Mutation]] = {
    "binary": ANY,
    "csv": (*ANY, *TEXT, change_cells, change_column, change_column, change_header, change_header, change_delimiter),
    "json": (*ANY, *TEXT, nest, nest),
    "xml": (*ANY, *TEXT, change_elements, change_elements),
}


if __name__ == "__main__":
    made = case(int(sys.argv[1]), int(sys.argv[2]), Path(__file__).parents[2] / "shared" / "badinput")
    Path(sys.argv[3], made.name).write_bytes(made.data)
    print(made.name, made.options, made.story)
