"""Who may change something. There is no sign-in yet: whoever sits at the machine may, nobody else.

`refusal` is the one place that decides; roles will be asked here, too.
"""

from __future__ import annotations

import ipaddress

import flask

from dashboard.settings import Settings

SETTINGS = "VSM_SETTINGS"  # the app's settings, in Flask's own configuration

# A proxy that adds one of these speaks for somebody else. One that adds none can't be told from a browser.
FORWARDED = ("Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP")


def settings() -> Settings:
    """The settings of the app that answers this request."""
    found: Settings = flask.current_app.config[SETTINGS]
    return found


def refusal() -> str | None:
    """Why this request may change nothing, in a sentence; None where it may."""
    if not flask.has_request_context():
        return "Nobody asks."
    request = flask.request
    if not (is_loopback(settings().host) and is_loopback(request.environ.get("SERVER_NAME", ""))):
        return "The server can be reached from other machines, and there is no sign-in yet."
    if not is_loopback(request.remote_addr or "") or any(name in request.headers for name in FORWARDED):
        return "Changes are made at the machine that serves these pages: there is no sign-in yet."
    # A name that leads here today may have led elsewhere when the page was loaded (DNS rebinding).
    if not is_loopback(_host_name(request.host)):
        return f"Open these pages as http://127.0.0.1 to change something; {request.host} may be anybody's name."
    if request.method not in ("GET", "HEAD") and not _is_same_origin(request):
        return "The request came from another page."
    return None


def require() -> None:
    """Answer 403 to a request that may change nothing."""
    if refusal():
        flask.abort(403)


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


def _host_name(host: str) -> str:
    """`127.0.0.1:8050` → `127.0.0.1`, `[::1]:8050` → `::1`."""
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0].lower()


def _is_same_origin(request: flask.Request) -> bool:
    """Browsers send one of the two headers with every POST; a request with neither is refused."""
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site is None and origin is None:
        return False
    return site in (None, "same-origin") and origin in (None, f"{request.scheme}://{request.host}")
