"""`access.toml`: who may see and change what, by the names that the sign-in gives to users and groups."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

from pydantic import Field

from dashboard.streams.definition import Checked, parse_toml
from dashboard.streams.files import text_of

FILE = "access.toml"
ANYBODY = "*"
GROUP = "group:"  # before the name of a group, so that nobody can be called like one


class Role(IntEnum):
    """What one may do; each may also do what those before may."""

    VIEWER = 1
    """Sees the teams that `access.toml` gives; keeps views, notes and walks."""
    LEADERSHIP = 2
    """Sees all teams; changes the plan, the maps and what caused an incident."""
    ADMIN = 3
    """Changes the definition of the streams, too."""


@dataclass(frozen=True)
class Viewer:
    """One who is signed in: the role, and the teams that may be seen (None: all)."""

    role: Role
    teams: tuple[str, ...] | None


class Roles(Checked):
    """Users and groups of each role; `*` is everybody who is signed in."""

    admin: tuple[str, ...] = ()
    leadership: tuple[str, ...] = ()
    viewer: tuple[str, ...] = ()


class Access(Checked):
    """The whole file. A team without an entry is seen by leadership and admins only."""

    roles: Roles = Roles()
    teams: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)

    def viewer(self, names: Collection[str]) -> Viewer | None:
        """The highest role that a user has by one of these names, the user's own and the groups'; None without one."""
        for role in sorted(Role, reverse=True):
            if _is_among(names, getattr(self.roles, role.name.lower())):
                sees_all = role > Role.VIEWER
                mine = tuple(team for team, seers in self.teams.items() if _is_among(names, seers))
                return Viewer(role, None if sees_all else mine)
        return None

    def names(self) -> frozenset[str]:
        """All users and groups that the file names."""
        listed = (self.roles.admin, self.roles.leadership, self.roles.viewer, *self.teams.values())
        return frozenset(name for names in listed for name in names)


def read_access(home: Path) -> Access:
    """The file of a home; without it, nobody has a role. Raises DefinitionError with the line that can't be."""
    path = home / FILE
    return parse_toml(path, text_of(path), Access)


def _is_among(names: Collection[str], listed: Collection[str]) -> bool:
    return ANYBODY in listed or any(name in listed for name in names)
