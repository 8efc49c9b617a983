"""A definition's text cut into blocks: a header with its keys and the comments right above it, as it was written."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

QUOTED = re.compile(
    r'"""(?:\\.|[^\\])*?"""|\'\'\'.*?\'\'\'|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'|#[^\n]*',
    re.DOTALL,
)
KEY = re.compile(r"[ \t]*([\w-]+)[ \t]*=")
HEADER = re.compile(r"^[ \t]*\[\[?[ \t]*([\w.\- \t]+?)[ \t]*\]\]?[ \t]*\r?$", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A piece of the file: a header with what belongs to it, and `tail`, the blank lines and far comments after."""

    header: str
    body: str
    tail: str


def blocks_of(text: str) -> list[Block]:
    """The text cut before every header; the first block is what stands before the first header."""
    bare = _bare(text)
    headers = [(_with_comments(text, bare, each.start()), "".join(each[1].split())) for each in HEADER.finditer(bare)]
    starts = [(0, ""), *headers]
    ends = [start for start, _ in headers] + [len(text)]
    return [_block(name, text[start:end], bare[start:end]) for (start, name), end in zip(starts, ends, strict=True)]


def _with_comments(text: str, bare: str, start: int) -> int:
    """The beginning of the comment lines right above a header."""
    while start:
        above = text.rfind("\n", 0, start - 1) + 1
        is_comment = text[above:start].lstrip(" \t").startswith("#") and not bare[above:start].strip()
        if not is_comment:
            break
        start = above
    return start


def _block(header: str, text: str, bare: str) -> Block:
    """Cut at the first blank line after the last key: comments beyond it belong to no table in particular."""
    last_key = len(bare.rstrip())
    blank = re.compile(r"\n[ \t]*\r?\n").search(text, last_key)
    end = blank.start() + 1 if blank else len(text)
    return Block(header, text[:end], text[end:])


def joined(blocks: Sequence[Block]) -> str:
    """The text again."""
    return "".join(block.body + block.tail for block in blocks)


def line_of(text: str, place: Sequence[str | int]) -> int | None:
    """The line of a key such as ("target", 0, "due"), of its table where the key is not there; None for neither."""
    found = [(len(here), line) for line, here in _places(_bare(text)) if here == tuple(place[: len(here)])]
    return max(found, key=lambda each: (each[0], -each[1]))[1] if found else None


def key_in(text: str, line: int) -> str | None:
    """The key that a line gives a value; None where it gives none."""
    lines = text.splitlines()
    found = KEY.match(lines[line - 1]) if 0 < line <= len(lines) else None
    return found[1] if found else None


def _bare(text: str) -> str:
    """The text with blanks for strings and comments."""
    return QUOTED.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), text)


def _places(bare: str) -> Iterator[tuple[int, tuple[str | int, ...]]]:
    """(line, place) of every header and key, tables of an array numbered from 0."""
    table: tuple[str | int, ...] = ()
    counts: dict[tuple[str | int, ...], int] = {}
    for number, line in enumerate(bare.split("\n"), 1):
        if header := HEADER.match(line):
            table = _table("".join(header[1].split()).split("."), line.lstrip().startswith("[["), counts)
            yield number, table
        elif key := KEY.match(line):
            yield number, (*table, key[1])


def _table(names: Sequence[str], is_another: bool, counts: dict[tuple[str | int, ...], int]) -> tuple[str | int, ...]:
    """The place of the table that a header begins; `counts` has the tables of each array so far."""
    place: tuple[str | int, ...] = ()
    for depth, name in enumerate(names, 1):
        place = (*place, name)
        if is_another and depth == len(names):
            counts[place] = counts.get(place, 0) + 1
        if place in counts:
            place = (*place, counts[place] - 1)
    return place
