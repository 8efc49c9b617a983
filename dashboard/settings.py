"""Every setting once: its name, its default, its help; read from the environment."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from dashboard.errors import SettingsError

PACKAGE = Path(__file__).parent
LEAST = 1  # of every setting that is a number
PREFIX = re.compile(r"/(?:[\w.-]+/)*")
# Settings that the process that reads strangers' files is not told.
SECRETS = ("database_url", "proxy_secret", "metrics_token", "oidc_secret", "session_secret")


@dataclass(frozen=True)
class Settings:
    """The settings of one process; `from_environment` reads `VSM_<NAME>`, or the `variable` that a field names."""

    home: Path = field(default=Path("data"), metadata={"help": "Folder of definitions, plan and snapshots."})
    host: str = field(
        default="127.0.0.1",
        metadata={"help": "Address that the server listens on; without a sign-in only this machine's own."},
    )
    port: int = field(default=8050, metadata={"help": "Port that the server listens on."})
    hosts: str = field(
        default="", metadata={"help": "Names by which browsers reach the server, with commas; 127.0.0.1 always is one."}
    )
    prefix: str = field(default="/", metadata={"help": "Path under which a proxy shows the pages, such as /vsm/."})
    workers: int = field(default=2, metadata={"help": "Processes that gunicorn serves with."})
    log_level: str = field(default="INFO", metadata={"help": "What the server logs: DEBUG, INFO, WARNING or ERROR."})
    # Secrets are left out of `repr`.
    metrics_token: str = field(
        default="",
        repr=False,
        metadata={"help": "What /metrics is asked with, as a bearer token; without it, only this machine may."},
    )
    proxy_secret: str = field(
        default="",
        repr=False,
        metadata={"help": "What a proxy in front that signs people in sends as X-Vsm-Secret; 32 letters or more."},
    )
    oidc_issuer: str = field(
        default="", metadata={"help": "Address of an OpenID provider that signs people in, where no proxy does."}
    )
    oidc_client: str = field(default="", metadata={"help": "Client id that the provider gave."})
    oidc_secret: str = field(default="", repr=False, metadata={"help": "Client secret that the provider gave."})
    oidc_scope: str = field(default="openid email profile", metadata={"help": "What the provider is asked for."})
    oidc_user: str = field(
        default="email", metadata={"help": "Claim by which access.toml names users; an e-mail counts when verified."}
    )
    oidc_groups: str = field(default="groups", metadata={"help": "Claim that lists a user's groups."})
    session_secret: str = field(
        default="",
        repr=False,
        metadata={"help": "What the cookie of a sign-in by the provider is signed with; 32 letters or more."},
    )
    threads: int = field(default=2, metadata={"help": "Threads that one process gives to DuckDB."})
    memory: str = field(default="4GB", metadata={"help": "Memory that one process gives to DuckDB."})
    query_seconds: int = field(default=60, metadata={"help": "Seconds that the server gives to one question."})
    import_memory: str = field(default="6GB", metadata={"help": "Memory of an import; it is a process of its own."})
    import_minutes: int = field(default=120, metadata={"help": "Minutes that an import may take."})
    # The address may hold a token, so `repr` leaves it out.
    engine: str = field(
        default="",
        repr=False,
        metadata={"help": "Address of a Spark cluster that builds the marts, as sc://host:15002; else this machine."},
    )
    storage: str = field(default="", metadata={"help": "Folder that a cluster's workers and this machine share."})
    leave: str = field(
        default="",
        metadata={"help": "Marts that stay in the storage, where the cluster is asked for them: visits,moves."},
    )
    keep: int = field(default=3, metadata={"help": "Snapshots kept after a publish."})

    # The name that Procfile platforms give it. It may hold a password, so `repr` leaves it out.
    database_url: str = field(
        default="",
        repr=False,
        metadata={
            "variable": "DATABASE_URL",
            "help": "PostgreSQL for what people write, as postgresql://user:password@host/name; "
            "without it, `store.sqlite` in the home.",
        },
    )

    def without_secrets(self) -> Settings:
        """The same with nothing in it that opens a door."""
        return replace(self, **dict.fromkeys(SECRETS, ""))  # type: ignore[arg-type]  # texts all

    @property
    def has_sign_in(self) -> bool:
        """Whether people are told apart; else whoever sits at this machine may do all."""
        return bool(self.proxy_secret or self.oidc_issuer)

    @property
    def left(self) -> frozenset[str]:
        """The marts that stay in the storage."""
        return frozenset(name.strip() for name in self.leave.split(",") if name.strip())

    @property
    def warehouse(self) -> Path:
        """The folder of the snapshots."""
        return self.home / "warehouse"


def from_environment(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings as the environment gives them. Raises SettingsError for a value of the wrong kind."""
    given = os.environ if environment is None else environment
    values: dict[str, object] = {}
    for each in fields(Settings):
        text = given.get(variable(each))
        if text:
            values[each.name] = value = _read(variable(each), text, type(each.default))
            if isinstance(value, int) and value < LEAST:
                raise SettingsError(f"{variable(each)} is {text}; expected {LEAST} or more.")
    if not PREFIX.fullmatch(str(values.get("prefix", "/"))):
        raise SettingsError(f"VSM_PREFIX is {values['prefix']!r}; expected a path such as /vsm/.")
    return Settings(**values)  # type: ignore[arg-type]


def variable(setting: Field[Any]) -> str:
    """The environment variable of a setting."""
    return str(setting.metadata.get("variable", f"VSM_{setting.name.upper()}"))


def _read(name: str, text: str, kind: Any) -> object:
    try:
        return Path(text) if issubclass(kind, Path) else kind(text)
    except ValueError:
        raise SettingsError(f"{name} is {text!r}; expected a whole number.") from None


def bytes_of(memory: str) -> int:
    """`4GB`, `512MB` as bytes. Raises SettingsError for anything else."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?) ?([KMGT])i?B", memory.strip(), re.IGNORECASE)
    if not match:
        raise SettingsError(f"A memory setting is {memory!r}; expected an amount such as 4GB or 512MB.")
    return int(float(match[1]) * 1000 ** ("KMGT".index(match[2].upper()) + 1))


def bundled(name: str) -> Path:
    """The folder `queries` or `data` that came with the program: beside the package, or inside the wheel."""
    for place in (PACKAGE / "_bundled" / name, PACKAGE.parent / name):
        if place.is_dir():
            return place
    raise SettingsError(f"The folder {name}/ that belongs to the program is missing. Install it again.")
