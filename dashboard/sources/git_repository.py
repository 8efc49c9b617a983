"""A git repository's history in our own layout: commits are changes, tags are releases.

**Changes** are the commits that the default branch or a tag contains. Merge commits are none: they join
changes and are walked through, but hold no work of their own, and would count it twice. A change is authored
at the author's date and merged at the committer's: that is the moment it got its present place in the
history, be it by rebase, squash or cherry-pick; for a branch joined by a merge commit it is when the commit
was written, because nothing in the commit tells when it was joined.

**Releases** are the tags with a number in their name (`v1.2`, `2024-05-31`; not `latest`), or those that a
pattern names. Alpha, beta, candidate, development and nightly tags go to the environment `pre-release`, not
to production, unless `counts_pre_releases`. Several tags on one commit are one release, the earliest.

A release is dated by its tag: the tagger's date, or the commit's for a lightweight tag, which has none. Where
a tag was made anew, that date is not the release's, and the commit's is taken: when a production release of
an earlier date contains the tagged commit already, or when the tag is more than 30 days younger than its
commit. So the date is too early at most by the time from the last commit to the release.

A change's deployment is the first production release by date that contains it. Lines of releases may
interleave, clocks may be wrong: spans that come out negative are left for the quality check.
"""

from __future__ import annotations

import csv
import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TypeVar

from dashboard.errors import SourceError
from dashboard.sources.git_objects import Commit, Moment, Repository, Tag, is_repository

__all__ = ["is_repository", "read_repository"]

Thing = TypeVar("Thing")

CHANGES = ("change_id", "service", "authored_at", "merged_at", "deployment_id", "item_id", "is_revert", "is_bot")
DEPLOYMENTS = ("deployment_id", "service", "environment", "deployed_at", "status", "is_unplanned")

DAY = 86_400  # seconds
MADE_ANEW = 30 * DAY  # a tag this much younger than its commit was not made at the release
HOTFIX = 7 * DAY  # as long as an incident is laid at a deployment's door
PROGRESS = 20_000  # commits between two notes
NAMES = 6  # tags told by name in a note

VERSION = re.compile(r"(?<!\d)\d{1,18}(?:\.\d{1,18})+(?!\d)")
FIRST_YEAR = 1990  # a version that begins so is a date

# After a number (1.0rc1, 2.0-beta.2, 1.0.dev0), or first of all with a number after it (nightly-2024-05-31).
PRE_RELEASE_WORDS = (
    "alpha|beta|rc|cr|pre|preview|prerelease|dev|nightly|snapshot|canary|milestone|ea|next|edge|insiders?|unstable"
    "|experimental|test|testing|staging"
)
PRE_RELEASE = re.compile(
    rf"\D*\d(?:.*[^a-z])?(?:{PRE_RELEASE_WORDS})(?![a-z])"
    rf"|(?:{PRE_RELEASE_WORDS})[-_.]?v?\d"
    r"|(?:.*[^a-z0-9])?v?\d+(?:\.\d+)*[-_.]?[abcm]\d{1,3}(?![a-z0-9])"  # 1.0a1, 4.2-M3
)

REVERT = re.compile(r"revert(?:s|ed|ing)?\b", re.IGNORECASE)
REVERTED_COMMIT = re.compile(r"^This reverts commit [0-9a-f]{7,}", re.MULTILINE)
# A squash lists what happened on its way, which is not what it came to.
REVERTED_ON_THE_WAY = re.compile(r"^[*-] Revert ", re.MULTILINE)
HOTFIX_WORD = re.compile(r"\bhot-?fix|\bemergency\b", re.IGNORECASE)
MENDS = re.compile(r"\b(?:fix(?:e[sd]|ing)?|bug(?:s|fix(?:es)?)?|regressions?|security)\b|\bCVE-\d", re.IGNORECASE)

BOT = re.compile(
    r"\[bot\]|(?<![a-z0-9])(?:dependabot|renovate|greenkeeper|pre-commit-ci|github-actions?|pyup|snyk|mergify"
    r"|allcontributors|semantic-release|release-please|weblate|travis-ci|gitlab-ci|k8s-ci-robot)(?![a-z])"
    r"|[a-z0-9][-_]bot(?![a-z])|(?<![a-z.])bot@",
    re.IGNORECASE,
)

# A version or a longer name goes on after the number: TLS-1.2, CVE-2024-1234.
ISSUE_KEY = re.compile(r"(?<![\w-])([A-Z][A-Z0-9]{1,9})-[1-9]\d{0,6}(?![\w-]|\.\d)")
NO_PROJECT = re.compile(
    "AES|ALPHA|ANSI|APACHE|ARM|AVX|BASE|BETA|BSD|CET|CIS|COVID|CP|CRC|CVE|CWE|DES|ECMA|EN|EST?|FIPS|GHSA|GMT|L?GPL|HTTP"
    "|IEEE|IPV|ISO[0-9]*|KOI8|LATIN|MD|MPL|MIT|OAUTH|PEP|PST|RC|RFC|RSA|SHA[0-9]*|SSE[0-9]*|SSL|TLS|UCS|USB|UTC|UTF"
    "|WINDOWS|X86"
)
ISSUE_NUMBER = r"(?<![\w&/#])#([1-9]\d{0,6})\b"  # not org/repo#12, not &#123;
NAMED_ISSUE = re.compile(r"\b(?:clos\w+|fix\w*|resolv\w+|refs?|see|issue)\b:?\s+" + ISSUE_NUMBER, re.IGNORECASE)
ANY_ISSUE = re.compile(ISSUE_NUMBER)


@dataclass(frozen=True)
class Release:
    """A tag and when it was released."""

    tag: Tag
    released_at: Moment

    @property
    def name(self) -> str:
        """The tag."""
        return self.tag.name


@dataclass
class Batch:
    """How many changes a release is the first to contain, and how many of them take back or mend something."""

    changes: int = 0
    emergencies: int = 0
    mends: int = 0

    def add(self, commit: Commit) -> None:
        """Count a change."""
        is_emergency = is_revert(commit.message) or HOTFIX_WORD.search(commit.subject) is not None
        self.changes += 1
        self.emergencies += is_emergency
        self.mends += is_emergency or MENDS.search(commit.subject) is not None


def read_repository(
    path: Path,
    folder: Path,
    note: Callable[[str], None] = lambda _: None,
    *,
    name: str | None = None,
    tags: str | None = None,
    counts_pre_releases: bool = False,
) -> tuple[Path, ...]:
    """Write the history as `changes.csv` and `deployments.csv` into the folder; returns those that have rows.

    `name` is the service, by default the repository's folder; `tags` a shell pattern of the tags that are
    releases, by default those with a number. A deployment's key is `service@tag`, so that two repositories
    of one stream may both have a 1.0. Without a release every change is undeployed, and the note says so.
    Raises SourceError where there is no repository, none that is whole, or no commit in it.
    """
    with Repository(path) as repository, ExitStack() as files:
        note(f"Reading {repository.folder}")
        branch = repository.default_branch()
        production, previews = _releases(repository, tags, counts_pre_releases, note)
        tips = [*([branch[1]] if branch else []), *(each.tag.commit.sha for each in previews)]
        if not tips and not production:
            raise SourceError(f"{path}: the repository has no commit yet. Commit something, or name another one.")
        writer = _Writer(name or repository.name, folder, files, note)
        _write_history(repository, writer, production, tips)
        for each in previews:
            writer.deployment(each, "pre-release", None)
        undeployed = f", {writer.undeployed:,} of them not deployed yet"
        where = f"; the default branch is {branch[0]}" if branch else ""
        note(f"{writer.changes:,} changes{undeployed}; {len(production):,} releases{where}")
    written = ((folder / "changes.csv", writer.changes), (folder / "deployments.csv", writer.deployments))
    return tuple(each for each, rows in written if rows)


def is_pre_release(tag: str) -> bool:
    """Whether a tag's name says alpha, beta, candidate, nightly and the like; a package's name before it does not."""
    return PRE_RELEASE.match(tag.lower().rsplit("/")[-1].rsplit("@")[-1]) is not None


def is_revert(message: str) -> bool:
    """Whether the message says that the commit takes an earlier one back."""
    if REVERT.match(message.lstrip()):
        return True
    return REVERTED_COMMIT.search(message) is not None and REVERTED_ON_THE_WAY.search(message) is None


def is_bot(author: str) -> bool:
    """Whether the author (`Name <mail>`) is a program."""
    return BOT.search(author) is not None


def item_id(message: str) -> str | None:
    """The first issue key in the message: `ABC-123`; else the issue named as closed or referred to, else any `#123`."""
    keys = (found[0] for found in ISSUE_KEY.finditer(message) if not NO_PROJECT.fullmatch(found[1]))
    number = NAMED_ISSUE.search(message) or ANY_ISSUE.search(message)
    return next(keys, None) or (f"#{number[1]}" if number else None)


def version(tag: str) -> tuple[str, tuple[int, ...]] | None:
    """What stands before the version (a package's name), and its numbers; None for a date or a running number."""
    found = VERSION.search(tag)
    numbers = tuple(int(part) for part in found[0].split(".")) if found else ()
    return (tag[: found.start()], numbers) if found and numbers[0] < FIRST_YEAR else None


def is_unplanned(tag: str, batch: Batch, seconds_since_line: int | None) -> bool | None:
    """A proxy for "made to mend an incident"; None where neither the name nor the changes tell.

    True for a tag that is named a hotfix; for a release of nothing but reverts and changes called hotfix; and
    for a patch (third number above 0) that mends something and was out within seven days of the release
    before it of its line (`seconds_since_line`). Other versions are planned. No history knows of
    incidents: a mistake found before anyone met it counts too, one mended after a week does not.
    """
    if HOTFIX_WORD.search(tag) or (batch.changes and batch.emergencies == batch.changes):
        return True
    known = version(tag)
    if known is None:
        return None
    is_patch = any(known[1][2:])
    return is_patch and batch.mends > 0 and seconds_since_line is not None and seconds_since_line <= HOTFIX


class _Writer:
    """The two files, a row at a time."""

    def __init__(self, service: str, folder: Path, files: ExitStack, note: Callable[[str], None]) -> None:
        self.service, self.note = service, note
        self.changes = self.undeployed = self.deployments = 0
        # A folder's or tag's name may be no UTF-8: it is written with backslashes.
        streams = [
            files.enter_context((folder / name).open("w", encoding="utf-8", errors="backslashreplace", newline=""))
            for name in ("changes.csv", "deployments.csv")
        ]
        self._changes, self._deployments = (csv.writer(stream) for stream in streams)
        self._changes.writerow(CHANGES)
        self._deployments.writerow(DEPLOYMENTS)

    def change(self, commit: Commit, release: Release | None) -> None:
        """A commit as a change."""
        self.changes += 1
        self.undeployed += release is None
        if self.changes % PROGRESS == 0:
            self.note(f"{self.changes:,} changes read")
        self._changes.writerow(
            [
                commit.sha.hex(),
                self.service,
                commit.authored_at and commit.authored_at.text(),
                commit.committed_at and commit.committed_at.text(),
                release and self._key(release),
                item_id(commit.message),
                _truth(is_revert(commit.message)),
                _truth(is_bot(commit.author)),
            ]
        )

    def deployment(self, release: Release, environment: str, is_unplanned: bool | None) -> None:
        """A tag as a deployment."""
        self.deployments += 1
        moment = release.released_at.text()
        key = self._key(release)
        self._deployments.writerow([key, self.service, environment, moment, "success", _truth(is_unplanned)])

    def _key(self, release: Release) -> str:
        return f"{self.service}@{release.name}"


def _truth(value: bool | None) -> str:
    return "" if value is None else str(value).lower()


def _write_history(
    repository: Repository, writer: _Writer, production: Sequence[Release], tips: Sequence[bytes]
) -> None:
    """Walk release by release in order of their dates: what a walk finds new, its release is the first to contain."""
    seen: set[bytes] = set()
    last_of_line: dict[tuple[str, tuple[int, ...]], Moment] = {}
    for release in production:
        batch = Batch()
        for commit in _changes(repository.walk(release.tag.commit.sha, seen)):
            batch.add(commit)
            writer.change(commit, release)
        line = _line(release.name)
        before = last_of_line.get(line) if line else None
        since = release.released_at.seconds - before.seconds if before else None
        writer.deployment(release, "production", is_unplanned(release.name, batch, since))
        if line:
            last_of_line[line] = release.released_at
    for tip in tips:
        for commit in _changes(repository.walk(tip, seen)):
            writer.change(commit, None)


def _changes(commits: Iterable[Commit]) -> Iterable[Commit]:
    return (commit for commit in commits if len(commit.parents) < 2)


def _line(tag: str) -> tuple[str, tuple[int, ...]] | None:
    """The line of releases that a patch belongs to: its first two numbers."""
    known = version(tag)
    return (known[0], known[1][:2]) if known else None


def _releases(
    repository: Repository, pattern: str | None, counts_pre_releases: bool, note: Callable[[str], None]
) -> tuple[list[Release], list[Release]]:
    """The production releases in order of their dates, and the pre-releases."""
    named, odd = repository.tags()
    _tell(note, odd, "left out: they name no commit")
    chosen, others = _split(named, lambda tag: _is_chosen(tag.name, pattern))
    _tell(note, (tag.name for tag in others), "left out: no releases, by their names")
    dated = [release for release in map(_dated, chosen) if release]
    early, production = _split(dated, lambda each: not counts_pre_releases and is_pre_release(each.name))
    _tell(note, (each.name for each in early), "taken for pre-releases, not counted as production")
    production = _one_per_commit(production, note)
    made_anew = _made_anew(repository, production)
    production = [_by_commit(each) if each.name in made_anew else each for each in production]
    moved = (each.name for each in (*production, *early) if each.tag.tagged_at not in (None, each.released_at))
    _tell(note, moved, "made anew after the release, which is dated by its commit")
    if not production:
        note("No tag stands for a production release: all changes count as not deployed.")
    return sorted(production, key=_order), sorted(early, key=_order)


def _split(things: Iterable[Thing], is_first: Callable[[Thing], bool]) -> tuple[list[Thing], list[Thing]]:
    """Those of which it is true, and the others."""
    first: list[Thing] = []
    others: list[Thing] = []
    for each in things:
        (first if is_first(each) else others).append(each)
    return first, others


def _is_chosen(tag: str, pattern: str | None) -> bool:
    return any(c.isdigit() for c in tag) if pattern is None else fnmatchcase(tag, pattern)


def _dated(tag: Tag) -> Release | None:
    """The release by its tag's date, or by its commit's if the tag has none or is far younger; None without either."""
    committed_at = tag.commit.committed_at
    if tag.tagged_at and not (committed_at and tag.tagged_at.seconds - committed_at.seconds > MADE_ANEW):
        return Release(tag, tag.tagged_at)
    return Release(tag, committed_at) if committed_at else None


def _by_commit(release: Release) -> Release:
    return replace(release, released_at=release.tag.commit.committed_at or release.released_at)


def _one_per_commit(releases: Iterable[Release], note: Callable[[str], None]) -> list[Release]:
    """Of the tags on one commit the earliest, then the one with most numbers: `v1.2.0`, not the `v1` that moves on."""
    first: dict[bytes, Release] = {}
    others = []
    for release in sorted(releases, key=lambda each: (each.released_at.seconds, -_count(each.name), each.name)):
        if release.tag.commit.sha in first:
            others.append(release.name)
        else:
            first[release.tag.commit.sha] = release
    _tell(note, others, "left out: on the commit of an earlier release")
    return list(first.values())


def _count(tag: str) -> int:
    return len(re.findall(r"\d+", tag))


def _made_anew(repository: Repository, releases: Sequence[Release]) -> set[str]:
    """The tags whose commit was in a release of an earlier date already.

    The history is walked for it only if a release lies between a tag and its commit.
    """
    dates = sorted(each.released_at.seconds for each in releases)
    doubted = {
        each.name
        for each in releases
        if bisect_left(dates, each.released_at.seconds) > bisect_left(dates, _by_commit(each).released_at.seconds)
    }
    found: set[str] = set()
    seen: set[bytes] = set()
    for release in sorted(releases, key=_order) if doubted else ():
        if release.tag.commit.sha in seen:
            found.add(release.name)
        for _ in repository.walk(release.tag.commit.sha, seen):
            pass
    return found & doubted


def _order(release: Release) -> tuple[int, int, tuple[int, ...], str]:
    """By date; at one instant the older commit first, then the lower version."""
    known = version(release.name)
    return (
        release.released_at.seconds,
        _by_commit(release).released_at.seconds,
        known[1] if known else (),
        release.name,
    )


def _tell(note: Callable[[str], None], tags: Iterable[str], what: str) -> None:
    """A note on some tags: how many, what of them, and the first by name."""
    names = list(tags)
    if names:
        more = ", …" if len(names) > NAMES else ""
        note(f"{len(names):,} {'tag' if len(names) == 1 else 'tags'} {what} ({', '.join(names[:NAMES])}{more})")
