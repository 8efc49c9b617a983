"""A repository's history as changes and releases, on real repositories that git builds with fixed dates."""

from __future__ import annotations

import csv
import datetime as dt
import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from click.testing import CliRunner

from dashboard import build
from dashboard.__main__ import main
from dashboard.catalogue import Catalogue
from dashboard.errors import SourceError
from dashboard.scope import Scope
from dashboard.settings import Settings
from dashboard.sources import git_repository
from dashboard.sources.git_objects import Moment
from dashboard.sources.git_repository import is_repository, read_repository
from dashboard.warehouse import Warehouse

ANN = "Ann Example <ann@example.org>"
BOT = "dependabot[bot] <1+dependabot[bot]@users.noreply.example.org>"

Row = dict[str, str]


def git(folder: Path, *arguments: str, **environment: str) -> str:
    """Run git in a folder, with no configuration but the repository's; returns what it prints."""
    quiet = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "HOME": str(folder)}
    done = subprocess.run(
        ["git", *arguments],
        cwd=folder,
        env=os.environ | quiet | environment,
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.strip()


@dataclass
class History:
    """A repository that grows: days are days of January 2024, at noon, an hour east of UTC."""

    path: Path
    ids: dict[str, str] = field(default_factory=dict)

    @classmethod
    def begin(cls, path: Path, *options: str) -> History:
        """An empty repository whose branch is `main`."""
        path.mkdir()
        git(path, "init", "--quiet", "--initial-branch=main", *options)
        return cls(path)

    def commit(self, message: str, day: float, *, committed: float | None = None, author: str = ANN) -> str:
        """An empty commit, by default committed when it was authored."""
        self._run("commit", "--quiet", "--allow-empty", "-m", message, day=day, committed=committed, author=author)
        self.ids[message.partition("\n")[0]] = git(self.path, "rev-parse", "HEAD")
        return self.ids[message.partition("\n")[0]]

    def merge(self, branch: str, day: float) -> None:
        """A merge commit of one or more branches."""
        self._run("merge", "--quiet", "--no-ff", "-m", f"Merge {branch}", *branch.split(), day=day)

    def tag(self, name: str, day: float | None = None, at: str = "HEAD") -> None:
        """A tag: annotated with its own date if there is a day, else lightweight."""
        annotation = [] if day is None else ["-a", "-m", "A release"]
        self._run("tag", *annotation, name, at, day=day or 1)

    def switch(self, branch: str, start: str | None = None) -> None:
        """Go to a branch; to a new one where a start is given."""
        git(self.path, "switch", "--quiet", *(["-c", branch, start] if start else [branch]))

    def _run(self, *arguments: str, day: float, committed: float | None = None, author: str = ANN) -> None:
        name, _, mail = author.rstrip(">").partition(" <")
        git(
            self.path,
            *arguments,
            GIT_AUTHOR_NAME=name,
            GIT_AUTHOR_EMAIL=mail,
            GIT_AUTHOR_DATE=moment(day),
            GIT_COMMITTER_NAME="Ben Example",
            GIT_COMMITTER_EMAIL="ben@example.org",
            GIT_COMMITTER_DATE=moment(day if committed is None else committed),
        )


def moment(day: float) -> str:
    """Noon of a day of January 2024 (day 1.5 is midnight after the first), an hour east of UTC."""
    return f"{round(1704106800 + (day - 1) * 86_400)} +0100"


def written(day: float) -> str:
    """The same as the files write it."""
    return Moment(round(1704106800 + (day - 1) * 86_400), 60).text()


class Reading:
    """What came of reading a repository: rows by commit subject and by tag, and the notes."""

    def __init__(self, history: History, folder: Path, **options: object) -> None:
        self.notes: list[str] = []
        folder.mkdir(exist_ok=True)
        self.files = read_repository(history.path, folder, self.notes.append, **options)  # type: ignore[arg-type]
        by_id = {row["change_id"]: row for row in rows(folder / "changes.csv")}
        subjects = {sha: subject for subject, sha in history.ids.items()}
        self.changes = {subjects.get(sha, sha): row for sha, row in by_id.items()}
        self.deployments = {row["deployment_id"].partition("@")[2]: row for row in rows(folder / "deployments.csv")}

    def releases(self) -> dict[str, str]:
        """Commit subject → tag of the first release that contains it."""
        return {subject: row["deployment_id"].partition("@")[2] for subject, row in self.changes.items()}


def rows(path: Path) -> Sequence[Row]:
    """The rows of a CSV."""
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture
def history(tmp_path: Path) -> History:
    """An empty repository called `shop`."""
    return History.begin(tmp_path / "shop")


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """Where the files go."""
    return tmp_path / "out"


def test_a_commit_is_a_change_and_a_tag_is_its_release(history: History, out: Path) -> None:
    sha = history.commit("ABC-7: sell things", 1, committed=2)
    history.tag("v1.0.0", 3)
    reading = Reading(history, out)
    assert reading.files == (out / "changes.csv", out / "deployments.csv")
    assert rows(out / "changes.csv") == [
        {
            "change_id": sha,
            "service": "shop",
            "authored_at": "2024-01-01T12:00:00+01:00",
            "merged_at": "2024-01-02T12:00:00+01:00",
            "deployment_id": "shop@v1.0.0",
            "item_id": "ABC-7",
            "is_revert": "false",
            "is_bot": "false",
        }
    ]
    assert rows(out / "deployments.csv") == [
        {
            "deployment_id": "shop@v1.0.0",
            "service": "shop",
            "environment": "production",
            "deployed_at": "2024-01-03T12:00:00+01:00",
            "status": "success",
            "is_unplanned": "false",
        }
    ]


def test_a_lightweight_tag_is_dated_by_its_commit(history: History, out: Path) -> None:
    history.commit("a", 1, committed=2)
    history.tag("1.0")
    history.commit("b", 3)
    history.tag("1.1", 4)
    dated = {tag: row["deployed_at"] for tag, row in Reading(history, out).deployments.items()}
    assert dated == {"1.0": written(2), "1.1": written(4)}


def test_what_no_release_contains_is_not_deployed(history: History, out: Path) -> None:
    history.commit("a", 1)
    history.tag("1.0")
    history.commit("b", 2)
    reading = Reading(history, out)
    assert reading.releases() == {"a": "1.0", "b": ""}
    assert "2 changes, 1 of them not deployed yet; 1 releases; the default branch is main" in reading.notes


def test_a_merge_commit_is_no_change_and_what_it_joins_is(history: History, out: Path) -> None:
    history.commit("a", 1)
    for branch, day in (("one", 2), ("two", 3)):
        history.switch(branch, "main")
        history.commit(branch, day)
        history.switch("main")
    history.commit("b", 4)
    history.merge("one two", 5)  # an octopus: three parents
    history.tag("1.0")
    assert Reading(history, out).releases() == {"a": "1.0", "b": "1.0", "one": "1.0", "two": "1.0"}


def test_the_first_release_is_by_date_where_lines_interleave(history: History, out: Path) -> None:
    """1.0 (day 1) → 1.1 (day 3) on main, 1.0.1 (day 4) beside it, joined into 1.2 (day 9)."""
    history.commit("a", 1)
    history.tag("1.0")
    history.commit("b", 2)
    history.tag("1.1", 3)
    history.switch("maintenance", "1.0")
    history.commit("fix", 4)
    history.tag("1.0.1")
    history.switch("main")
    history.commit("c", 5)
    history.merge("maintenance", 6)
    history.tag("1.2", 9)
    assert Reading(history, out).releases() == {"a": "1.0", "b": "1.1", "fix": "1.0.1", "c": "1.2"}


def test_a_tag_made_anew_after_the_next_release_is_dated_by_its_commit(history: History, out: Path) -> None:
    history.commit("a", 1)
    history.tag("1.0", 20)  # made anew: 1.1 contained it on day 3
    history.commit("b", 2)
    history.tag("1.1", 3)
    reading = Reading(history, out)
    assert reading.releases() == {"a": "1.0", "b": "1.1"}
    assert reading.deployments["1.0"]["deployed_at"] == written(1)
    assert any("made anew" in each and "(1.0)" in each for each in reading.notes)


def test_a_tag_is_not_made_anew_because_another_line_was_released_meanwhile(history: History, out: Path) -> None:
    history.commit("a", 1)
    history.tag("1.0")
    history.switch("maintenance", "main")
    history.commit("fix", 2)
    history.tag("1.0.1", 8)
    history.switch("main")
    history.commit("b", 3)
    history.tag("1.1", 4)  # does not contain the fix
    assert Reading(history, out).deployments["1.0.1"]["deployed_at"] == written(8)


@pytest.mark.parametrize(("tagged", "dated"), [(30, 30), (32, 1)])
def test_a_tag_more_than_thirty_days_younger_than_its_commit_is_dated_by_it(
    history: History, out: Path, tagged: int, dated: int
) -> None:
    history.commit("a", 1)
    history.tag("1.0", tagged)
    assert Reading(history, out).deployments["1.0"]["deployed_at"] == written(dated)


def test_a_pre_release_is_no_production_release(history: History, out: Path) -> None:
    history.commit("a", 1)
    history.tag("1.0rc1")
    history.commit("b", 2)
    history.tag("1.0", 3)
    history.commit("c", 4)
    history.tag("1.1.0-beta.1")
    reading = Reading(history, out)
    assert reading.releases() == {"a": "1.0", "b": "1.0", "c": ""}
    environments = {tag: row["environment"] for tag, row in reading.deployments.items()}
    assert environments == {"1.0rc1": "pre-release", "1.0": "production", "1.1.0-beta.1": "pre-release"}
    counted = Reading(history, out, counts_pre_releases=True)
    assert counted.releases() == {"a": "1.0rc1", "b": "1.0", "c": "1.1.0-beta.1"}
    assert {row["environment"] for row in counted.deployments.values()} == {"production"}


PRE_RELEASES = """
    1.0a1 v2.0-rc.1 2.0.0-beta.2 1.0.dev0 nightly-2024-05-31 1.0.0-SNAPSHOT 4.2-M3 5.0.Beta1 x@1.0.0-alpha.1
    v13.0.0-next.1 dev-12 v1.0-pre 20.0-preview4 v1alpha1 beta1
"""
RELEASES = """
    1.0 v1.2.3 2024-05-31 release-1.0 edge-agent-1.2.0 test-utils@1.2 5.0.Final 1.0.post1 v1.2.3-hotfix 1.0-1
    build-3a4b5c6 next-app/v1 developer-1.0 1.0.1-devices v1.0-lts
"""


@pytest.mark.parametrize("tag", PRE_RELEASES.split())
def test_a_pre_release_is_told_by_its_name(tag: str) -> None:
    assert git_repository.is_pre_release(tag)


@pytest.mark.parametrize("tag", RELEASES.split())
def test_a_release_is_no_pre_release_for_a_word_in_its_name(tag: str) -> None:
    assert not git_repository.is_pre_release(tag)


def test_tags_on_one_commit_are_one_release(history: History, out: Path) -> None:
    history.commit("a", 1)
    for tag in ("v1", "v1.2.0", "latest"):
        history.tag(tag)
    reading = Reading(history, out)
    assert list(reading.deployments) == ["v1.2.0"]
    assert any("(v1)" in each for each in reading.notes) and any("(latest)" in each for each in reading.notes)


def test_a_pattern_says_which_tags_are_releases(history: History, out: Path) -> None:
    history.commit("a", 1)
    history.tag("client/1.0")
    history.commit("b", 2)
    history.tag("server/1.0")
    assert Reading(history, out, tags="server/*").releases() == {"a": "server/1.0", "b": "server/1.0"}


def test_tags_of_trees_and_blobs_are_left_out_and_tags_of_tags_followed(history: History, out: Path) -> None:
    history.commit("a", 1)
    (history.path / "key.txt").write_text("a key")
    blob = git(history.path, "hash-object", "-w", "key.txt")
    history.tag("key-1", at=blob)
    history.tag("tree-1", 2, at="HEAD^{tree}")
    history.tag("1.0", 3)
    history.tag("1.0-signed", 5, at="1.0")
    reading = Reading(history, out)
    assert reading.deployments.keys() == {"1.0"}  # the earlier of two on one commit
    assert any("name no commit" in each and "(key-1, tree-1)" in each for each in reading.notes)


def test_several_roots_and_a_tag_off_every_branch_are_read(history: History, out: Path) -> None:
    history.commit("a", 1)
    git(history.path, "switch", "--quiet", "--orphan", "other")
    history.commit("root", 2)
    history.tag("0.1")
    history.switch("main")
    git(history.path, "branch", "-D", "other")
    assert Reading(history, out).releases() == {"a": "", "root": "0.1"}


def test_wrong_clocks_are_written_as_they_are(history: History, out: Path) -> None:
    history.commit("a", 9, committed=5)
    history.tag("1.0", 4)  # before its commit
    reading = Reading(history, out)
    assert (reading.changes["a"]["authored_at"], reading.changes["a"]["merged_at"]) == (written(9), written(5))
    assert reading.deployments["1.0"]["deployed_at"] == written(4)


def test_odd_commit_headers_are_read(history: History, out: Path) -> None:
    """No mail, an offset of 51 hours, no date at all, a year that no calendar has."""
    history.commit("a", 1)
    tree = git(history.path, "rev-parse", "HEAD^{tree}")
    for number, (author, committer) in enumerate(
        [
            ("Ann 1704106800 +5100", "Ann Example <ann@example.org> 1704106800 --700"),
            ("Ann Example <ann@example.org>", "Ann Example <ann@example.org> 99999999999999 +0000"),
        ]
    ):
        raw = f"tree {tree}\nparent {git(history.path, 'rev-parse', 'HEAD')}\nauthor {author}\ncommitter {committer}\n"
        (history.path / "raw").write_text(f"{raw}\nodd {number}\n")
        sha = git(history.path, "hash-object", "--literally", "-t", "commit", "-w", "raw")
        git(history.path, "update-ref", "HEAD", sha)
        history.ids[f"odd {number}"] = sha
    changes = Reading(history, out).changes
    assert changes["odd 0"]["authored_at"] == "2024-01-01T11:00:00+00:00"
    assert changes["odd 0"]["merged_at"] == "2024-01-01T11:00:00+00:00"
    assert (changes["odd 1"]["authored_at"], changes["odd 1"]["merged_at"]) == ("", "99999999999999")


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ('Revert "Sell things"\n\nThis reverts commit 0123456789abcdef.', True),
        ("revert: sell things", True),
        ("Sell less\n\nThis reverts commit 0123456789abcdef.", True),
        ('Sell (#2)\n\n* Revert "Try"\n\nThis reverts commit 0123456789abcdef.\n\n* Sell', False),
        ("Reverting is easy now", True),
        ("Explain how to revert", False),
    ],
)
def test_a_revert_is_told_by_its_message(message: str, expected: bool) -> None:
    assert git_repository.is_revert(message) is expected


@pytest.mark.parametrize(
    ("author", "expected"),
    [
        (BOT, True),
        ("pre-commit-ci[bot] <66853113+pre-commit-ci[bot]@users.noreply.example.org>", True),
        ("Renovate Bot <renovate@example.org>", True),
        ("shop-bot <shop@example.org>", True),
        ("Releases <bot@example.org>", True),
        (ANN, False),
        ("Jan Bot <jan.bot@example.org>", False),
        ("Ines Abbott <abbot@example.org>", False),
        ("Travis Example <travis@example.org>", False),
    ],
)
def test_a_bot_is_told_by_its_name_or_address(author: str, expected: bool) -> None:
    assert git_repository.is_bot(author) is expected


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("ABC-123: sell things", "ABC-123"),
        ("Write UTF-8 (ABC-9)", "ABC-9"),
        ("Sell things (#12)", "#12"),
        ("Sell things, closes #3 (#12)", "#3"),
        ("Sell things\n\nRefs: #44", "#44"),
        ("Write UTF-8, sign with SHA-256, CVE-2024-1234, ISO-8859-1, TLS-1.2, PEP-8", None),
        ("See other/repository#12 and &#123;", None),
        ("Sell things", None),
    ],
)
def test_an_item_is_told_by_its_key_in_the_message(message: str, expected: str | None) -> None:
    assert git_repository.item_id(message) == expected


def test_bots_and_reverts_are_marked(history: History, out: Path) -> None:
    history.commit("Sell", 1)
    history.commit('Revert "Sell"', 2)
    history.commit("Bump a library", 3, author=BOT)
    marks = {subject: (row["is_revert"], row["is_bot"]) for subject, row in Reading(history, out).changes.items()}
    assert marks == {
        "Sell": ("false", "false"),
        'Revert "Sell"': ("true", "false"),
        "Bump a library": ("false", "true"),
    }


def test_a_patch_that_mends_within_a_week_is_unplanned(history: History, out: Path) -> None:
    for message, tag, day in (
        ("Sell", "1.0.0", 1),
        ("Fix the till", "1.0.1", 3),  # a patch, mends, two days later
        ("Nicer till", "1.0.2", 4),  # a patch that mends nothing
        ("Fix the door", "1.0.3", 12),  # eight days later
        ("Fix the window", "1.1.0", 13),  # no patch
        ('Revert "Nicer till"', "1.2.0", 14),  # takes back and does nothing else
        ("Paint", "2024.01.15", 15),  # a date tells nothing
        ("Paint more", "1.2.1-hotfix", 16),  # says so itself
    ):
        history.commit(message, day)
        history.tag(tag)
    unplanned = {tag: row["is_unplanned"] for tag, row in Reading(history, out).deployments.items()}
    assert unplanned == {
        "1.0.0": "false",
        "1.0.1": "true",
        "1.0.2": "false",
        "1.0.3": "false",
        "1.1.0": "false",
        "1.2.0": "true",
        "2024.01.15": "",
        "1.2.1-hotfix": "true",
    }


def test_without_a_tag_all_changes_are_undeployed_and_the_notes_say_so(history: History, out: Path) -> None:
    history.commit("a", 1)
    reading = Reading(history, out)
    assert reading.files == (out / "changes.csv",)
    assert reading.releases() == {"a": ""}
    assert "No tag stands for a production release: all changes count as not deployed." in reading.notes


def test_packed_objects_and_references_are_read(history: History, out: Path) -> None:
    for day in range(1, 9):
        history.commit(f"change {day}", day)
        history.tag(f"0.{day}", day + 0.5)
    before = Reading(history, out).releases()
    git(history.path, "gc", "--quiet", "--aggressive", "--prune=now")
    assert not list((history.path / ".git" / "refs" / "tags").iterdir())
    assert Reading(history, out).releases() == before == {f"change {day}": f"0.{day}" for day in range(1, 9)}


def test_a_bare_repository_and_a_control_folder_are_read(history: History, tmp_path: Path, out: Path) -> None:
    history.commit("a", 1)
    history.tag("1.0")
    git(tmp_path, "clone", "--quiet", "--bare", "shop", "stall.git")
    for path, service in ((tmp_path / "stall.git", "stall"), (history.path / ".git", "shop")):
        assert is_repository(path)
        reading = Reading(History(path, history.ids), out)
        assert reading.changes["a"]["deployment_id"] == f"{service}@1.0"


def test_a_linked_work_tree_is_read_as_its_repository(history: History, tmp_path: Path, out: Path) -> None:
    history.commit("a", 1)
    git(history.path, "worktree", "add", "--quiet", "-b", "side", str(tmp_path / "desk"))
    side = History(tmp_path / "desk", history.ids)
    side.commit("not on the default branch", 2)
    assert is_repository(side.path)
    reading = Reading(side, out)
    assert reading.changes.keys() == {"a"} and reading.changes["a"]["service"] == "shop"


def test_the_default_branch_is_the_remotes(history: History, tmp_path: Path, out: Path) -> None:
    history.commit("a", 1)
    git(history.path, "branch", "--move", "develop")
    git(tmp_path, "clone", "--quiet", "shop", "clone")
    clone = History(tmp_path / "clone", history.ids)
    clone.switch("main", "develop")
    clone.commit("only here", 2)
    assert Reading(clone, out).changes.keys() == {"a"}


def test_a_sha256_repository_is_read(tmp_path: Path, out: Path) -> None:
    history = History.begin(tmp_path / "shop", "--object-format=sha256")
    sha = history.commit("a", 1)
    history.tag("1.0", 2)
    assert len(sha) == 64 and Reading(history, out).releases() == {"a": "1.0"}


def test_a_shallow_clone_is_refused_with_what_to_run(history: History, tmp_path: Path, out: Path) -> None:
    history.commit("a", 1)
    history.commit("b", 2)
    git(tmp_path, "clone", "--quiet", "--depth=1", history.path.as_uri(), "clone")
    with pytest.raises(SourceError, match=r"shallow clone.*git fetch --unshallow"):
        Reading(History(tmp_path / "clone"), out)


def test_what_is_no_repository_is_refused(tmp_path: Path, out: Path) -> None:
    assert not is_repository(tmp_path)
    with pytest.raises(SourceError, match=r"there is no git repository. Name the folder"):
        Reading(History(tmp_path), out)


def test_a_repository_without_a_commit_is_refused(history: History, out: Path) -> None:
    with pytest.raises(SourceError, match="no commit yet"):
        Reading(history, out)


def test_a_missing_object_is_named(history: History, out: Path) -> None:
    sha = history.commit("a", 1)
    history.commit("b", 2)
    (history.path / ".git" / "objects" / sha[:2] / sha[2:]).unlink()
    with pytest.raises(SourceError, match=f"not whole: object {sha} is missing.*git fsck"):
        Reading(history, out)


@pytest.mark.parametrize("position", [0.2, 0.5, 0.8])
def test_a_damaged_pack_is_refused(history: History, out: Path, position: float) -> None:
    for day in range(1, 9):
        history.commit(f"change {day}", day)
    git(history.path, "gc", "--quiet")
    (pack,) = (history.path / ".git" / "objects" / "pack").glob("*.pack")
    content = bytearray(pack.read_bytes())
    start = round(len(content) * position)
    content[start : start + 60] = bytes(60)
    pack.chmod(0o600)
    pack.write_bytes(content)
    with pytest.raises(SourceError, match=r"damaged|not whole"):
        Reading(history, out)


def test_a_damaged_packed_reference_is_refused(history: History, out: Path) -> None:
    history.commit("a", 1)
    (history.path / ".git" / "packed-refs").write_bytes(b"\0\1\2 nothing\n")
    with pytest.raises(SourceError, match="damaged"):
        Reading(history, out)


def test_a_reftable_is_refused_with_what_to_run(history: History, out: Path) -> None:
    history.commit("a", 1)
    git(history.path, "config", "extensions.refStorage", "reftable")
    with pytest.raises(SourceError, match=r"reftable.*git refs migrate"):
        Reading(history, out)


def test_borrowed_objects_are_not_followed(history: History, tmp_path: Path, out: Path) -> None:
    history.commit("a", 1)
    git(tmp_path, "clone", "--quiet", "--shared", "shop", "clone")
    with pytest.raises(SourceError, match=r"another repository, which is not followed.*git repack -a -d"):
        Reading(History(tmp_path / "clone"), out)


@pytest.mark.parametrize("name", ["HEAD", "refs/tags/1.0", "objects/pack", "packed-refs"])
def test_links_in_the_repository_are_not_opened(history: History, tmp_path: Path, out: Path, name: str) -> None:
    history.commit("a", 1)
    place = history.path / ".git" / name
    elsewhere = tmp_path / "elsewhere"
    if place.exists():
        place.rename(elsewhere)
    place.symlink_to(elsewhere)
    with pytest.raises(SourceError, match=f"{name} is a link or a pipe"):
        Reading(history, out)


def test_a_pipe_in_the_repository_does_not_hang_the_reading(history: History, out: Path) -> None:
    history.commit("a", 1)
    os.mkfifo(history.path / ".git" / "refs" / "tags" / "1.0")
    with pytest.raises(SourceError, match=r"refs/tags/1\.0 is a link or a pipe"):
        Reading(history, out)


def test_a_dot_git_that_is_a_link_is_refused(history: History, tmp_path: Path, out: Path) -> None:
    history.commit("a", 1)
    (tmp_path / "desk").mkdir()
    (tmp_path / "desk" / ".git").symlink_to(history.path / ".git")
    with pytest.raises(SourceError, match=r"\.git is a link"):
        Reading(History(tmp_path / "desk"), out)


def test_nothing_that_a_repository_brings_along_is_run(
    history: History, tmp_path: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every program that its configuration, hooks and attributes name would leave a file; no git is on the path."""
    history.commit("a", 1)
    history.tag("1.0", 2)
    canary = tmp_path / "canary"
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\ntouch '{canary}'\n")
    program.chmod(0o755)
    control = history.path / ".git"
    for hook in ("post-checkout", "pre-commit", "reference-transaction", "post-index-change", "fsmonitor-watchman"):
        shutil.copy(program, control / "hooks" / hook)
    (tmp_path / "included").write_text(f"[core]\n\tpager = {program}\n")
    with (control / "config").open("a") as config:
        config.write(
            f"[core]\n\tfsmonitor = {program}\n\tsshCommand = {program}\n\teditor = {program}\n\tpager = {program}\n"
            f"\tgitProxy = {program}\n\thooksPath = {control / 'hooks'}\n\talternateRefsCommand = {program}\n"
            f"[include]\n\tpath = {tmp_path / 'included'}\n"
            f'[filter "trap"]\n\tclean = {program}\n\tsmudge = {program}\n\tprocess = {program}\n\trequired = true\n'
            f'[diff "trap"]\n\ttextconv = {program}\n\tcommand = {program}\n'
            f"[gpg]\n\tprogram = {program}\n[log]\n\tshowSignature = true\n[credential]\n\thelper = !{program}\n"
            f'[remote "origin"]\n\turl = ext::{program}\n\tpromisor = true\n\tuploadpack = {program}\n'
            f"[uploadpack]\n\tpackObjectsHook = {program}\n"
        )
    (control / "info" / "attributes").write_text("* filter=trap diff=trap\n")
    (history.path / ".gitattributes").write_text("* filter=trap diff=trap\n")
    (history.path / "file.txt").write_text("text\n")
    git(history.path, "status")
    assert canary.exists()  # the traps do work: git itself steps on one
    canary.unlink()
    before = {path: path.read_bytes() for path in control.rglob("*") if path.is_file()}
    monkeypatch.setenv("PATH", "")
    assert Reading(history, out).releases() == {"a": "1.0"}
    assert not canary.exists()
    assert {path: path.read_bytes() for path in control.rglob("*") if path.is_file()} == before


def test_the_files_import_and_the_lead_time_is_as_by_hand(
    history: History, tmp_path: Path, out: Path, catalogue: Catalogue
) -> None:
    """Authored on days 1, 2, 4, 7; released on days 3 and 8: 2, 1, 4 and 1 days, so the median is 1.5.

    The bot's commit (day 7) has no part in it, nor has the one that only a pre-release contains.
    """
    history.commit("a", 1)
    history.commit("b", 2)
    history.tag("v1.0.0", 3)
    history.commit("Fix c", 4)
    history.commit("d", 7)
    history.commit("Bump a library", 7, author=BOT)
    history.tag("v1.0.1", 8)
    history.commit("e", 9)
    history.tag("v1.1.0-rc.1", 9)
    reading = Reading(history, out)
    settings = Settings(home=tmp_path / "home", threads=1)
    account = build.import_files(reading.files, settings, catalogue, build.Options(stream="shop"))
    assert [(each.format.name, each.records("kept")) for each in account.files] == [
        ("own_changes", 6),
        ("own_deployments", 3),
    ]
    warehouse = Warehouse(settings.warehouse, catalogue)
    scope = Scope("shop", dt.date(2024, 1, 1), dt.date(2024, 2, 1), period="all")
    lead_time = warehouse.ask("metrics.change_lead_time", scope)
    assert (lead_time["value"].item(), lead_time["items"].item()) == (1.5, 4)
    rework = warehouse.ask("metrics.deployment_rework_rate", scope)
    assert (rework["value"].item(), rework["items"].item()) == (0.5, 2)


def test_a_repository_is_imported_by_the_command_and_its_path_is_kept_nowhere(history: History, tmp_path: Path) -> None:
    history.commit("a", 1)
    history.tag("v1.0.0", 3)
    history.commit("b", 4)
    home = tmp_path / "home"
    result = CliRunner().invoke(main, ["--home", str(home), "import", "git", str(history.path)])
    assert result.exit_code == 0, result.output
    assert "shop/changes.csv: Our own layout: changes" in result.stdout
    assert "  2 records read, 2 kept, 0 set aside, 0 ignored" in result.stdout
    assert "2 changes, 1 of them not deployed yet; 1 release" in result.stdout
    assert str(tmp_path) not in result.stdout
    (snapshot,) = (home / "warehouse" / "snapshots").iterdir()
    assert str(tmp_path).encode() not in (snapshot / "warehouse.duckdb").read_bytes()


def test_a_folder_without_a_repository_is_refused_by_the_command(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    result = CliRunner().invoke(main, ["--home", str(tmp_path / "home"), "import", "git", str(tmp_path / "empty")])
    assert result.exit_code == 1
    assert "neither a git repository nor a file" in result.stderr
