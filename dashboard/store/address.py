"""Where the store is: DATABASE_URL as what the drivers take. No message repeats the address: it may hold a password."""

from __future__ import annotations

import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError

from dashboard.errors import SettingsError, StoreError

# psycopg is LGPL; pg8000 is BSD.
POSTGRESQL = ("postgres", "postgresql", "postgresql+pg8000")
OPTIONS = ("application_name", "channel_binding", "connect_timeout", "host", "sslmode", "sslrootcert")
SSL_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
TIMEOUT_SECONDS = 15
EXPECTED = "Expected postgresql://user:password@host/name, or nothing for a file in the home."


@dataclass(frozen=True)
class Address:
    """A file (SQLite), or the host, user and options of a PostgreSQL server."""

    file: Path | None = None
    url: sa.URL = field(default_factory=lambda: sa.URL.create("sqlite"), repr=False)
    options: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def where(self) -> str:
        """The place as people call it. Pages show it: on which machine it is, and in which folder, is not told."""
        return self.file.name if self.file else "PostgreSQL"

    def arguments(self) -> dict[str, Any]:
        """What the driver's `connect` takes. Raises StoreError where the root certificate can't be read."""
        if self.file:
            return {"timeout": TIMEOUT_SECONDS}
        # Without a password pg8000 stumbles over a server that asks for one; an empty one is refused in words.
        given: dict[str, Any] = {"password": "", **self.url.translate_connect_args(username="user")}
        given["timeout"] = int(self.options.get("connect_timeout", 0)) or TIMEOUT_SECONDS
        given["application_name"] = self.options.get("application_name", "value-stream-dashboard")
        given["ssl_context"] = _ssl_context(self.options.get("sslmode", "prefer"), self.options.get("sslrootcert"))
        if "host" in self.options:
            given["unix_sock"] = f"{self.options['host']}/.s.PGSQL.{self.url.port or 5432}"
        return given


def address_of(text: str | Path) -> Address:
    """The address that a path or DATABASE_URL gives. Raises SettingsError for one that can't be used."""
    if isinstance(text, Path):
        return Address(text)
    url = _parsed(text.strip())
    if url is None:
        raise SettingsError(f"DATABASE_URL is not an address. {EXPECTED}")
    if url.drivername == "sqlite" and url.database and url.database != ":memory:":
        return Address(Path(url.database))
    if url.drivername not in POSTGRESQL:
        raise SettingsError(f"DATABASE_URL names no PostgreSQL server. {EXPECTED}")
    # What follows an @ would be taken for the host, which messages name.
    if text.count("@") > 1 or not re.fullmatch(r"[\w.:-]*", url.host or ""):
        raise SettingsError("DATABASE_URL has no usable host. Write an @, / or : of the password as %40, %2F or %3A.")
    if not url.username:
        raise SettingsError(f"DATABASE_URL names no user. {EXPECTED}")
    return Address(url=url.set(query={}), options=_options(url))


def _parsed(text: str) -> sa.URL | None:
    try:
        return sa.make_url(text)
    except (ArgumentError, ValueError):  # both may repeat a part of the address
        return None


def _options(url: sa.URL) -> dict[str, str]:
    """The part after the question mark, checked. `channel_binding` needs nothing: pg8000 binds where it can."""
    given = {name: value if isinstance(value, str) else value[-1] for name, value in url.query.items()}
    unknown = sorted(given.keys() - set(OPTIONS))
    if unknown:
        raise SettingsError(f"DATABASE_URL has the option {unknown[0]!r}. Known are {', '.join(OPTIONS)}.")
    if given.get("sslmode", "prefer") not in SSL_MODES:
        raise SettingsError(f"DATABASE_URL has an unknown sslmode. Expected one of {', '.join(SSL_MODES)}.")
    if not given.get("connect_timeout", "0").isdecimal():
        raise SettingsError("DATABASE_URL has a connect_timeout that is not a whole number of seconds.")
    if not given.get("host", "/").startswith("/"):
        raise SettingsError("DATABASE_URL has a host after the question mark that is not the folder of a socket.")
    return given


def _ssl_context(mode: str, root: str | None) -> ssl.SSLContext | bool | None:
    """As libpq reads sslmode. None takes TLS where the server has it; False never does."""
    if mode in ("disable", "allow", "prefer"):
        return False if mode == "disable" else None
    try:
        context = ssl.create_default_context(cafile=None if root == "system" else root)
    except OSError as error:
        reason = error.strerror or "it is not PEM"
        raise StoreError(f"The sslrootcert that DATABASE_URL names can't be used ({reason}).") from error
    context.check_hostname = mode == "verify-full"
    if mode == "require" and root is None:
        context.verify_mode = ssl.CERT_NONE
    return context
