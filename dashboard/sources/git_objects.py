"""What stands in a git repository: its tags and commits, read from the object files alone.

Nothing in it is run, checked out or fetched. No program of git is called, and of the configuration only the
object format is looked at, as text: hooks, filters, includes and remotes have no meaning here. Objects that
are borrowed from another folder (alternates) are not followed, links and pipes are not opened, grafts and
replacements are left aside. Commit headers are read by a tolerant parser of our own: old histories hold
author lines that strict ones refuse.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from dashboard.errors import SourceError

if TYPE_CHECKING:  # loaded when a repository is read: other commands need not wait for it
    from dulwich.object_store import BaseObjectStore, DiskObjectStore
    from dulwich.refs import DiskRefsContainer, Ref

COMMIT, TAG = 1, 4  # git's numbers of the two kinds of object that are read
LARGEST_LOOSE_OBJECT = 64 * 2**20  # bytes unpacked: a commit is some hundreds
NESTED_TAGS = 8
MESSAGE_BYTES = 8_192  # an issue key or a "This reverts commit" stands near the start
WIDEST_OFFSET = 14 * 60  # minutes; no zone is further from UTC
READ = ("HEAD", "config", "packed-refs", "shallow", "refs", "objects")

SECONDS = re.compile(rb"-?\d{1,15}")
OFFSET = re.compile(rb"([+-])(\d\d)(\d\d)")
OBJECT_FORMAT = re.compile(r"^\s*objectformat\s*=\s*\"?(\w+)", re.IGNORECASE | re.MULTILINE)
REFTABLE = re.compile(r"^\s*refstorage\s*=\s*\"?reftable", re.IGNORECASE | re.MULTILINE)


class Moment(NamedTuple):
    """Seconds since 1970 in UTC, and the writer's offset from UTC in minutes. Ordered by the instant."""

    seconds: int
    offset: int = 0

    def text(self) -> str:
        """ISO 8601 with the offset; the bare seconds where no calendar reaches them (the import says so)."""
        offset = self.offset if abs(self.offset) <= WIDEST_OFFSET else 0
        try:
            return datetime.fromtimestamp(
                self.seconds, timezone(timedelta(minutes=offset)) if offset else UTC
            ).isoformat()
        except (ValueError, OverflowError, OSError):
            return str(self.seconds)


@dataclass(frozen=True)
class Commit:
    """One commit. Hashes are raw bytes; a moment is None where the header has none that can be read."""

    sha: bytes
    parents: tuple[bytes, ...]
    author: str
    authored_at: Moment | None
    committed_at: Moment | None
    message: str

    @property
    def subject(self) -> str:
        """The message's first line."""
        return self.message.strip().partition("\n")[0]


@dataclass(frozen=True)
class Tag:
    """A tag that names a commit. `tagged_at` is None for a lightweight one: it has no date of its own."""

    name: str
    commit: Commit
    tagged_at: Moment | None


def is_repository(path: Path) -> bool:
    """Whether the folder is a repository: it holds `.git`, or is itself one without a work tree."""
    return (path / ".git").exists() or _is_control_folder(path)


class Repository:
    """A repository that is open for reading; a context that closes its files.

    Raises SourceError where there is none, where its history is cut off, or where it is laid out in a way
    that is not read; each of its methods does for an object that is missing or damaged.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.folder = _common_folder(path)
        self.is_bare = self.folder.name != ".git"
        for each in _links(self.folder):
            raise SourceError(f"{path}: {each.relative_to(self.folder)} is a link or a pipe; those are not read.")
        config = _text(self.folder / "config")
        if REFTABLE.search(config):
            raise SourceError(
                f"{path}: the references are kept as a reftable, which is not read. "
                "Run in it: git refs migrate --ref-format=files"
            )
        if _text(self.folder / "shallow").strip():
            raise SourceError(
                f"{path}: this is a shallow clone; its history is cut off, so that lead times and first releases "
                "would be wrong. Run in it: git fetch --unshallow --tags"
            )
        written = OBJECT_FORMAT.search(config)
        self._refs = _references(self.folder)
        self._store = _store(self.folder / "objects", written[1] if written else "sha1")

    def __enter__(self) -> Repository:
        return self

    def __exit__(self, *_: object) -> None:
        self._store.close()

    @property
    def name(self) -> str:
        """What people call it: the name of its folder, without `.git`."""
        return self.folder.parent.name if not self.is_bare else self.folder.name.removesuffix(".git")

    def default_branch(self) -> tuple[str, bytes] | None:
        """The branch that the work is joined on, and its newest commit; None in a repository without commits.

        It is the one that the remote calls so; else, without a work tree, the HEAD; else main, master or
        trunk; else the HEAD, which in a work tree is only what happens to be checked out.
        """
        named = ("refs/heads/main", "refs/heads/master", "refs/heads/trunk")
        for name in ("refs/remotes/origin/HEAD", *(("HEAD",) if self.is_bare else ()), *named, "HEAD"):
            chain, sha = self._follow(name.encode())
            if sha is not None:
                return chain[-1].decode(errors="replace").removeprefix("refs/").removeprefix("heads/"), sha
        return None

    def tags(self) -> tuple[list[Tag], list[str]]:
        """The tags that name a commit, by name; and the names of those that name something else or nothing."""
        tags, others = [], []
        for name in self._tag_names():
            _, sha = self._follow(b"refs/tags/" + name)
            text = name.decode(errors="backslashreplace")
            tag = self._tag(text, sha) if sha else None
            if tag is None:
                others.append(text)
            else:
                tags.append(tag)
        return tags, others

    def walk(self, tip: bytes, seen: set[bytes]) -> Iterator[Commit]:
        """Every commit that the tip contains and `seen` does not, each once; they are added to `seen`.

        In walks one after another each commit is read once, and only the hashes stay in memory.
        """
        waiting = [] if tip in seen else [tip]
        seen.update(waiting)
        while waiting:
            commit = self._commit(waiting.pop())
            yield commit
            for parent in commit.parents:
                if parent not in seen:
                    seen.add(parent)
                    waiting.append(parent)

    def _tag_names(self) -> list[bytes]:
        from dulwich.refs import Ref, check_ref_format

        try:
            names = self._refs.subkeys(Ref(b"refs/tags/"))
        except Exception as problem:  # a damaged packed-refs: whatever its parser stumbles over
            raise self._damaged("packed-refs") from problem
        return sorted(bytes(name) for name in names if check_ref_format(Ref(b"refs/tags/" + name)))

    def _follow(self, name: bytes) -> tuple[list[Ref], bytes | None]:
        """The references on the way from a name to a hash; no hash where the name leads nowhere."""
        from dulwich.refs import Ref, SymrefLoop

        try:
            chain, sha = self._refs.follow(Ref(name))
            return chain, bytes.fromhex(sha.decode("ascii")) if sha else None
        except (KeyError, SymrefLoop):
            return [], None
        except Exception as problem:
            raise self._damaged(f"reference {name.decode(errors='replace')}") from problem

    def _tag(self, name: str, sha: bytes) -> Tag | None:
        """A reference's tag, through the tag objects on its way; the outermost has the date."""
        tagged_at: Moment | None = None
        for _ in range(NESTED_TAGS):
            kind, raw = self._object(sha)
            if kind == COMMIT:
                return Tag(name, self._parsed(sha, raw), tagged_at)
            if kind != TAG:
                return None
            headers, _message = _headers(raw)
            tagged_at = tagged_at or _stamp(headers.get(b"tagger", [b""])[0])[1]
            sha = self._hash(headers.get(b"object", [b""])[0], sha)
        return None

    def _commit(self, sha: bytes) -> Commit:
        kind, raw = self._object(sha)
        if kind != COMMIT:
            raise self._damaged(f"object {sha.hex()}")
        return self._parsed(sha, raw)

    def _parsed(self, sha: bytes, raw: bytes) -> Commit:
        try:
            return _parsed(sha, raw)
        except ValueError as problem:
            raise self._damaged(f"commit {sha.hex()}") from problem

    def _object(self, sha: bytes) -> tuple[int, bytes]:
        from dulwich.objects import RawObjectID

        # Raised after the handlers: an exception that is kept keeps the pack open through its frames.
        try:
            return self._store.get_raw(RawObjectID(sha))
        except KeyError:
            refusal = self._missing(sha)
        except MemoryError:
            raise
        except Exception:  # a damaged pack makes its reader stumble in any way
            refusal = self._damaged(f"object {sha.hex()}")
        raise refusal

    def _hash(self, written: bytes, holder: bytes) -> bytes:
        try:
            return bytes.fromhex(written.decode("ascii"))
        except ValueError as problem:
            raise self._damaged(f"object {holder.hex()}") from problem

    def _missing(self, sha: bytes) -> SourceError:
        if (self.folder / "objects" / "info" / "alternates").exists():
            return SourceError(
                f"{self.path}: object {sha.hex()} is in another repository, which is not followed from here "
                "(objects/info/alternates). Run in it: git repack -a -d"
            )
        return SourceError(
            f"{self.path}: the repository is not whole: object {sha.hex()} is missing. "
            "Run in it: git fsck; or clone it anew."
        )

    def _damaged(self, what: str) -> SourceError:
        return SourceError(
            f"{self.path}: the repository is damaged: {what} can't be read. Run in it: git fsck; or clone it anew."
        )


def _common_folder(path: Path) -> Path:
    """The folder with the objects and references, for a work tree, a linked one, a bare repository or a `.git`."""
    path = path.resolve()
    control = path / ".git"
    if control.is_symlink():
        raise SourceError(f"{path}: .git is a link; links are not read. Name the repository that it leads to.")
    if control.is_file():  # a linked work tree or a submodule
        control = path / _text(control).strip().removeprefix("gitdir:").strip()
    elif not control.is_dir():
        control = path
    shared = _text(control / "commondir").strip()
    folder = (control / shared).resolve() if shared else control.resolve()
    if not _is_control_folder(folder):
        raise SourceError(f"{path}: there is no git repository. Name the folder that holds .git, or a bare repository.")
    return folder


def _is_control_folder(path: Path) -> bool:
    return (path / "HEAD").is_file() and (path / "objects").is_dir()


def _links(folder: Path) -> Iterator[Path]:
    """What is neither a file nor a folder among all that will be read."""
    for name in READ:
        if (folder / name).is_symlink():
            yield folder / name
        for parent, folders, files in os.walk(folder / name):
            for each in (*folders, *files):
                mode = (Path(parent) / each).lstat().st_mode
                if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
                    yield Path(parent) / each


def _text(path: Path) -> str:
    """A small file's text; empty where there is none."""
    if not path.is_file():
        return ""
    with path.open("rb") as stream:
        return stream.read(2**20).decode("utf-8", errors="surrogateescape")


def _references(folder: Path) -> DiskRefsContainer:
    from dulwich.refs import DiskRefsContainer

    return DiskRefsContainer(folder)


def _store(folder: Path, object_format: str) -> DiskObjectStore:
    """The objects of this folder and of no other."""
    from dulwich.object_format import get_object_format
    from dulwich.object_store import DiskObjectStore

    class OwnObjects(DiskObjectStore):
        @property
        def alternates(self) -> list[BaseObjectStore]:
            return []

    try:
        known = get_object_format(object_format.lower())
    except ValueError:
        raise SourceError(f"{folder}: the object format is {object_format!r}; expected sha1 or sha256.") from None
    return OwnObjects(folder, object_format=known, loose_object_size_limit=LARGEST_LOOSE_OBJECT)


def _headers(raw: bytes) -> tuple[dict[bytes, list[bytes]], bytes]:
    """An object's header lines by their first word, and its message."""
    head, _, message = raw.partition(b"\n\n")
    headers: dict[bytes, list[bytes]] = {}
    for line in head.split(b"\n"):
        name, _, value = line.partition(b" ")
        headers.setdefault(name, []).append(value)
    return headers, message


def _parsed(sha: bytes, raw: bytes) -> Commit:
    """A commit's object. Raises ValueError for a parent that is no hash."""
    headers, message = _headers(raw)
    author, authored_at = _stamp(headers.get(b"author", [b""])[0])
    _, committed_at = _stamp(headers.get(b"committer", [b""])[0])
    return Commit(
        sha,
        tuple(bytes.fromhex(parent.decode("ascii")) for parent in headers.get(b"parent", ())),
        author,
        authored_at,
        committed_at,
        message[:MESSAGE_BYTES].decode(errors="replace"),
    )


def _stamp(written: bytes) -> tuple[str, Moment | None]:
    """`Name <mail> 1700000000 +0100` → who and when."""
    parts = written.rsplit(None, 2)
    if len(parts) < 3 or not SECONDS.fullmatch(parts[1]):
        return written.decode(errors="replace"), None
    offset = OFFSET.fullmatch(parts[2])  # an odd one changes nothing about the instant
    minutes = int(offset[2]) * 60 + int(offset[3]) if offset else 0
    signed = -minutes if offset and offset[1] == b"-" else minutes
    return parts[0].decode(errors="replace"), Moment(int(parts[1]), signed)
