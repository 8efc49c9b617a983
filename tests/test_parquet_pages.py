"""Pages of Parquet files against their checksums: what is damaged is refused, whatever the bytes are."""

from __future__ import annotations

import random
import zlib
from itertools import starmap
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dashboard.build import Options, import_files
from dashboard.catalogue import Catalogue
from dashboard.engines.duckdb import DuckDB
from dashboard.errors import SourceError
from dashboard.settings import Settings
from dashboard.sources.parquet_pages import Chunk, PageHeader, check_pages, read_header

CODECS = ("NONE", "SNAPPY", "GZIP", "ZSTD", "LZ4", "BROTLI")
ROWS = pd.DataFrame(
    {
        "key": [f"K-{number}" for number in range(3_000)],
        "state": [("New", "Doing", "Done")[number % 3] for number in range(3_000)],
        "created": pd.date_range("2024-01-01", periods=3_000, freq="h", tz="UTC"),
        "points": [None if number % 7 == 0 else number / 2 for number in range(3_000)],
    }
)


def written(path: Path, codec: str = "SNAPPY", *, version: str = "1.0", checksums: bool = True) -> list[Chunk]:
    """A file of three groups of rows, several pages each, with dictionaries; and its chunks."""
    pq.write_table(
        pa.Table.from_pandas(ROWS),
        path,
        compression=codec,
        write_page_checksum=checksums,
        row_group_size=1_000,
        data_page_size=2_000,
        use_dictionary=["state"],
        data_page_version=version,
    )
    return chunks_of(path)


def chunks_of(path: Path) -> list[Chunk]:
    """The chunks as the engine tells them."""
    return list(starmap(Chunk, DuckDB().parquet_chunks(path)))


@pytest.mark.parametrize("version", ["1.0", "2.0"])
@pytest.mark.parametrize("codec", CODECS)
def test_whole_file_passes_and_a_flipped_bit_in_any_column_does_not(codec: str, version: str, tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    chunks = written(path, codec, version=version)
    assert len(chunks) == 3 * 4
    check_pages(path, "a.parquet", chunks)
    whole = path.read_bytes()
    for number, chunk in enumerate(chunks):
        at = chunk.begins_at + chunk.size - 1 - number
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 4]) + whole[at + 1 :])
        with pytest.raises(SourceError, match=f"column '{chunk.column}': the checksum of a page is wrong"):
            check_pages(path, "a.parquet", chunks)


def test_no_flipped_bit_among_the_pages_goes_unnoticed(tmp_path: Path) -> None:
    """But for headers, which no checksum covers: there a flip may change nothing that is read here."""
    path = tmp_path / "a.parquet"
    chunks = written(path)
    whole, draw = path.read_bytes(), random.Random(1)
    unnoticed = 0
    for _ in range(300):
        chunk = draw.choice(chunks)
        at = chunk.begins_at + draw.randrange(chunk.size)
        path.write_bytes(whole[:at] + bytes([whole[at] ^ (1 << draw.randrange(8))]) + whole[at + 1 :])
        try:
            check_pages(path, "a.parquet", chunks)
        except SourceError as error:
            assert "\n" not in str(error)
        else:
            unnoticed += 1
            assert any(header <= at < header + 60 for header in headers_of(whole, chunks))
    assert unnoticed < 30


def headers_of(whole: bytes, chunks: list[Chunk]) -> list[int]:
    """Where the pages of a file begin."""
    places = []
    for chunk in chunks:
        at = chunk.begins_at
        while at < chunk.begins_at + chunk.size:
            places.append(at)
            header = read_header(whole[at : at + 4_096])
            at += header.length + header.page_bytes
    return places


def test_file_without_checksums_passes(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    chunks = written(path, checksums=False)
    at = chunks[0].begins_at + chunks[0].size - 1
    whole = path.read_bytes()
    path.write_bytes(whole[:at] + bytes([whole[at] ^ 4]) + whole[at + 1 :])
    check_pages(path, "a.parquet", chunks)


def test_file_of_the_engine_itself_passes(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    duckdb.connect().from_df(ROWS).write_parquet(str(path))
    check_pages(path, "a.parquet", chunks_of(path))


def test_long_header_is_read(tmp_path: Path) -> None:
    """A page's largest value may stand in its header."""
    path = tmp_path / "a.parquet"
    page = b"abc"
    header = b"\x15\x00\x15\x06\x15\x06" + b"\x15" + varint(zigzag(signed(zlib.crc32(page))))
    header += b"\x1c\x18" + varint(100_000) + b"m" * 100_000 + b"\x00\x00"
    path.write_bytes(b"PAR1" + header + page)
    check_pages(path, "a", [Chunk("x", 4, len(header + page))])
    path.write_bytes(b"PAR1" + header + b"abd")
    with pytest.raises(SourceError, match="checksum"):
        check_pages(path, "a", [Chunk("x", 4, len(header + page))])


def varint(number: int) -> bytes:
    """A whole number as Thrift writes it."""
    return bytes([number]) if number < 128 else bytes([number & 127 | 128]) + varint(number >> 7)


def zigzag(number: int) -> int:
    """A signed number as one without a sign."""
    return number << 1 if number >= 0 else (-number << 1) - 1


def signed(number: int) -> int:
    """A number of 32 bits with its sign."""
    return number - 2**32 if number >= 2**31 else number


def test_header_tells_size_and_checksum() -> None:
    data = b"\x15\x00\x15\xc8\x01\x15\x28\x15" + varint(zigzag(signed(0xDEADBEEF))) + b"\x2c\x15\x02\x00\x00rest"
    assert read_header(data) == PageHeader(len(data) - 4, 20, 0xDEADBEEF)


@pytest.mark.parametrize(
    "header",
    [
        b"",
        b"\x00",  # no field at all
        b"\x15\x00\x15\x06\x15",  # cut
        b"\x15" + b"\xff" * 40,  # a number without end
        b"\x18" + b"\xff" * 9 + b"\x01",  # a text of 2**63 bytes
        b"\x1c" * 5_000_000,  # structs in structs
        b"\x19\xfc" + b"\xff" * 8 + b"\x01" + b"\x00" * 100,  # a list of 2**60 structs
        b"\x19\xf9" + b"\xff" * 8 + b"\x01" + b"\x19" * 100,  # lists in lists
        b"\x1b\x01",  # a map
        b"\x1f",  # no type
        b"\x15\x00\x15\x06\x15\x05\x00",  # a page of -3 bytes
        b"\x15\x00\x15\x06\x15\xfe\xff\xff\xff\x0f\x00",  # a page of 2**31 bytes
    ],
)
def test_malformed_header_is_refused(header: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    path.write_bytes(header or b"PAR1")
    with pytest.raises(SourceError, match=r"^a: column 'x': .* the Parquet file is damaged\. Export it again\.$"):
        check_pages(path, "a", [Chunk("x", 0 if header else 4, 100)])


@pytest.mark.parametrize(
    "chunk", [Chunk("x", -1, 10), Chunk("x", 0, -1), Chunk("x", 0, 10**15), Chunk("x", 10**15, 10)]
)
def test_place_outside_of_the_file_is_refused(chunk: Chunk, tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    written(path)
    with pytest.raises(SourceError, match="its pages are not within the file"):
        check_pages(path, "a", [chunk])


def test_columns_that_share_their_bytes_are_refused_before_they_are_read_again_and_again(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    chunk = written(path)[0]
    with pytest.raises(SourceError, match="not within the file"):
        check_pages(path, "a", [chunk] * 1_000_000)


def test_import_refuses_the_file_whose_value_changed_on_disk(tmp_path: Path, catalogue: Catalogue) -> None:
    """And takes the same file whole."""
    path, settings = tmp_path / "log.parquet", Settings(home=tmp_path, threads=1)
    chunks = written(path, "NONE")
    options = Options(columns={"item_id": "key", "created_at": "created"})
    assert import_files([path], settings, catalogue, options).files[0].records("kept") == len(ROWS)
    whole, at = path.read_bytes(), chunks[0].begins_at + chunks[0].size - 1
    path.write_bytes(whole[:at] + b"x" + whole[at + 1 :])
    with pytest.raises(SourceError, match=r"^log\.parquet: column 'key': the checksum"):
        import_files([path], settings, catalogue, options)


def test_a_column_that_is_called_like_the_number_of_its_row_is_read(tmp_path: Path, catalogue: Catalogue) -> None:
    frame = pd.DataFrame({"item_id": ["A", "B"], "created_at": ["2024-01-01", "2024-01-02"], "File_Row_Number": [7, 8]})
    frame.to_parquet(tmp_path / "items.parquet")
    account = import_files([tmp_path / "items.parquet"], Settings(home=tmp_path / "home"), catalogue)
    assert account.files[0].fates["records"].sum() == 2
