"""Who asks, and what they may see and change. Everything but static files and signs of life is asked here first.

Without a sign-in, whoever sits at the machine that serves may do all. With one, a proxy in front (`VSM_PROXY_SECRET`)
or an OpenID provider (`VSM_OIDC_ISSUER`, `oidc.py`) says who asks, and `access.toml` what they may: `roles.py`.
"""

from __future__ import annotations

import hmac
import ipaddress
from collections.abc import Collection
from typing import Any

import flask

from dashboard import oidc, sight
from dashboard.errors import DefinitionError, SettingsError
from dashboard.roles import FILE, GROUP, Role, Viewer, read_access
from dashboard.settings import Settings

SETTINGS = "VSM_SETTINGS"  # the app's settings, in Flask's own configuration
# In the environment of a request that the program makes of itself while it starts; no header can set it.
OWN = "vsm.own"
# Open to everybody: signs of life, which tell nothing, and the files of the program, which anybody can download.
OPEN = frozenset(("/healthz", "/readyz", "/metrics"))
FILES = ("/assets/", "/_dash-component-suites/")

SECRET, USER, GROUPS = "X-Vsm-Secret", "X-Forwarded-User", "X-Forwarded-Groups"
SHORTEST_SECRET, FEWEST_LETTERS = 32, 10

# A proxy that adds one of these speaks for somebody else. One that adds none can't be told from a browser.
FORWARDED = ("Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP")
READING = ("GET", "HEAD", "OPTIONS")


def settings() -> Settings:
    """The settings of the app that answers this request."""
    found: Settings = flask.current_app.config[SETTINGS]
    return found


def under_prefix(path: str) -> str:
    """A path as the browser asks for it: a proxy may show the pages under one of its own."""
    return settings().prefix.rstrip("/") + path if flask.has_request_context() else path


def check(chosen: Settings, address: str | None = None) -> None:
    """Raises SettingsError where the server must not start: reachable without a sign-in, or with a secret that can be
    guessed, or with an `access.toml` that can't be read. `address` is what it listens on, else the setting."""
    host = address or chosen.host
    if chosen.metrics_token:
        check_secret("VSM_METRICS_TOKEN", chosen.metrics_token)
    if not chosen.has_sign_in:
        if not is_loopback(host):
            raise SettingsError(
                f"VSM_HOST is {host!r}; without a sign-in only 127.0.0.1 is served. Put a proxy in front that signs "
                "people in, and set VSM_PROXY_SECRET (SECURITY.md says how)."
            )
        return
    if chosen.proxy_secret and chosen.oidc_issuer:
        raise SettingsError("VSM_PROXY_SECRET and VSM_OIDC_ISSUER are both set: people are signed in by one of them.")
    if chosen.proxy_secret:
        check_secret("VSM_PROXY_SECRET", chosen.proxy_secret)
    else:
        oidc.check(chosen)
        check_secret("VSM_SESSION_SECRET", chosen.session_secret)
    try:
        access = read_access(chosen.home)
    except DefinitionError as error:
        raise SettingsError(str(error)) from None
    if access.roles.admin == access.roles.leadership == access.roles.viewer == ():
        raise SettingsError(f"{chosen.home / FILE} gives nobody a role; SECURITY.md shows one that does.")


def check_secret(name: str, secret: str) -> None:
    """Raises SettingsError for a secret that is short, or of few letters as an example or a default is."""
    if len(secret) < SHORTEST_SECRET or len(set(secret)) < FEWEST_LETTERS:
        raise SettingsError(
            f"{name} is too short or too simple; expected {SHORTEST_SECRET} letters or more, "
            "as from: openssl rand -hex 32"
        )


def guard(server: flask.Flask, chosen: Settings) -> None:
    """Let nobody in who may not, and show each only what they may see. Before the first request."""
    names = {each.strip().lower() for each in chosen.hosts.split(",") if each.strip()}

    @server.before_request
    def let_in() -> Any:
        request = flask.request
        if request.path in OPEN or request.path.startswith(FILES):
            return None
        # A name that leads here today may have led elsewhere when the page was loaded (DNS rebinding).
        if not is_loopback(_host_name(request.host)) and _host_name(request.host) not in names:
            flask.abort(403, f"{request.host} is no name of this server: open http://127.0.0.1, or see VSM_HOSTS.")
        if request.method not in READING and not _is_same_origin(request):
            flask.abort(403, "The request came from another page.")
        if chosen.oidc_issuer and request.path in (oidc.BACK, oidc.OUT):
            return None
        if request.environ.get(OWN) or not chosen.has_sign_in:
            flask.g.viewer = Viewer(Role.ADMIN, None)
        else:
            called = _called(request)
            if called is None and chosen.oidc_issuer and _opens_page(request):
                return oidc.send_to_sign_in(chosen)
            flask.g.viewer = _viewer(called)
        sight.limit(flask.g.viewer.teams)
        return None

    @server.teardown_request
    def forget(_: BaseException | None) -> None:
        sight.limit(None)


def refusal(needed: Role = Role.ADMIN) -> str | None:
    """Why this request may change nothing that needs the role, in a sentence; None where it may."""
    if not flask.has_request_context():
        return "Nobody asks."
    request = flask.request
    if settings().has_sign_in:
        viewer: Viewer | None = flask.g.get("viewer")
        if viewer is None or viewer.role < needed:
            return f"Changes here are for the role {needed.name.lower()}."
    elif refused := _is_elsewhere(request):
        return refused
    if request.method not in READING and not _is_same_origin(request, is_strict=True):
        return "The request came from another page."
    return None


def require(needed: Role = Role.ADMIN) -> None:
    """Answer 403 to a request that may not change what needs the role."""
    if refused := refusal(needed):
        flask.abort(403, refused)


def is_this_machine(request: flask.Request) -> bool:
    """Whether a request comes from the machine that serves, and no proxy stands between."""
    return is_loopback(request.remote_addr or "") and not any(name in request.headers for name in FORWARDED)


def is_loopback(name: str) -> bool:
    """Whether an address or host name is this machine's own."""
    if name == "localhost":
        return True
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback


def _called(request: flask.Request) -> Collection[str] | None:
    """What the one who asks is called: a user by name, each group as group:name. None where nobody says who it is."""
    chosen = settings()
    if chosen.oidc_issuer:
        return oidc.names(chosen.home)
    given = request.headers.get(SECRET, "").encode("utf-8", "surrogateescape")
    user = request.headers.get(USER, "").strip()
    if not hmac.compare_digest(given, chosen.proxy_secret.encode()) or not user or user.startswith(GROUP):
        return None
    groups = request.headers.get(GROUPS, "").split(",")
    return {user, *(f"{GROUP}{group.strip()}" for group in groups if group.strip())}


def _viewer(called: Collection[str] | None) -> Viewer:
    """What somebody may. Answers 401 where nobody says who it is, 403 where they have no role."""
    if called is None:
        flask.abort(401, "Sign in first: these pages are reached by those who are signed in.")
    viewer = read_access(settings().home).viewer(called)
    if viewer is None:
        flask.abort(403, "You are signed in, but have no role here. Ask whoever keeps access.toml.")
    return viewer


def _opens_page(request: flask.Request) -> bool:
    """Whether a browser opens a page, and does not fetch something for one."""
    return request.method == "GET" and "text/html" in request.headers.get("Accept", "")


def _is_elsewhere(request: flask.Request) -> str | None:
    """Without a sign-in: why the request may not come from whoever sits at this machine."""
    if not (is_loopback(settings().host) and is_loopback(request.environ.get("SERVER_NAME", ""))):
        return "The server can be reached from other machines, and there is no sign-in."
    if not is_this_machine(request):
        return "Changes are made at the machine that serves these pages: there is no sign-in."
    if not is_loopback(_host_name(request.host)):
        return f"Open these pages as http://127.0.0.1 to change something; {request.host} may be anybody's name."
    return None


def _host_name(host: str) -> str:
    """`127.0.0.1:8050` → `127.0.0.1`, `[::1]:8050` → `::1`."""
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0].lower()


def _is_same_origin(request: flask.Request, *, is_strict: bool = False) -> bool:
    """Browsers send one of the two headers with every POST; strictly, a request with neither is refused."""
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site is None and origin is None:
        return not is_strict
    return site in (None, "same-origin") and origin in (None, f"{request.scheme}://{request.host}")
