"""Sign-in by an OpenID provider, for those who have no proxy that does it: `VSM_OIDC_ISSUER` and what belongs to it.

The browser is sent to the provider and comes back with a code; the server exchanges it, checks the token, and keeps who
it is in a signed cookie for eight hours, or until nobody has used it for two. No password and no token is kept.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
import time
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import flask
from flask.sessions import SecureCookieSessionInterface

from dashboard import sign_outs
from dashboard.errors import SettingsError
from dashboard.plain_page import page
from dashboard.roles import GROUP, read_access
from dashboard.settings import Settings

BACK, OUT = "/login/back", "/logout"
SESSION_SECONDS = 8 * 3600
# A sign-in that nobody uses for so long is over; that it was used is written down at most so often.
IDLE_SECONDS, NOTED_SECONDS = 2 * 3600, 300
PROVIDER_SECONDS = 10
# A cookie holds some 4 kB: of sign-ins begun in many tabs the oldest are forgotten, and of a long address its query.
MOST_BEGUN, LONGEST_PATH = 3, 800
_PROVIDER = "vsm.provider"
# Whatever a provider says it signs with: never by no key, and never by the secret that we share with it.
SIGNED_BY = frozenset(f"{kind}{bits}" for kind in ("RS", "PS", "ES") for bits in (256, 384, 512)) | {"EdDSA"}
SIGNED_OUT = 200, "You are signed out here; at the provider you may still be signed in."
SIGNED_OUT_HERE = 503, "This browser is signed out, but the server could not write it down: close its windows, too."
FAILED = "The sign-in did not succeed. Open the pages once more."
_log = logging.getLogger("dashboard.oidc")


class _Session(SecureCookieSessionInterface):
    """Flask signs with SHA-1."""

    digest_method = staticmethod(hashlib.sha256)


def check(chosen: Settings) -> None:
    """Raises SettingsError for an issuer that can't be used, or one without what belongs to it."""
    issuer = urlsplit(chosen.oidc_issuer)
    is_private = issuer.scheme == "https" or (issuer.scheme == "http" and issuer.hostname in ("127.0.0.1", "localhost"))
    if not is_private or not issuer.netloc:
        raise SettingsError(f"VSM_OIDC_ISSUER is {chosen.oidc_issuer!r}; expected one as https://login.example.org.")
    for name in ("oidc_client", "oidc_secret"):
        if not getattr(chosen, name):
            raise SettingsError(f"VSM_OIDC_ISSUER is set and VSM_{name.upper()} is not; the provider gives both.")
    try:
        import authlib  # noqa: F401 - an extra of the package
    except ImportError:
        raise SettingsError("Sign-in by an OpenID provider needs: pip install 'value-stream-dashboard[oidc]'") from None


def register(server: flask.Flask, chosen: Settings) -> None:
    """The cookie, and the two addresses of a sign-in: the one that the provider sends back to, and the way out."""
    from authlib.integrations.base_client import OAuthError
    from authlib.integrations.flask_client import OAuth
    from joserfc.errors import JoseError
    from requests import RequestException

    is_local = not chosen.hosts
    server.session_interface = _Session()
    server.secret_key = chosen.session_secret
    server.config.update(
        # `__Host-`: from this very host, by TLS only; a neighbour below the same domain can't set it.
        SESSION_COOKIE_NAME="vsm" if is_local else "__Host-vsm",
        SESSION_COOKIE_SECURE=not is_local,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=SESSION_SECONDS,
    )
    server.extensions[_PROVIDER] = provider = OAuth(server).register(
        "provider",
        client_id=chosen.oidc_client,
        client_secret=chosen.oidc_secret,
        server_metadata_url=chosen.oidc_issuer.rstrip("/") + "/.well-known/openid-configuration",
        client_kwargs={
            "scope": chosen.oidc_scope,
            "code_challenge_method": "S256",
            "default_timeout": PROVIDER_SECONDS,
        },
    )

    @server.errorhandler(RequestException)
    def unreachable(error: Exception) -> flask.Response:
        _log.error("the sign-in can't be reached", exc_info=error)
        return page(503, "The sign-in can't be reached at the moment. Try again in a minute.")

    @server.get(BACK)
    def back() -> Any:
        begun = {each["state"]: each for each in flask.session.pop("begun", ())}.get(flask.request.args.get("state"))
        code = flask.request.args.get("code")
        if not begun or not code:
            flask.abort(401, FAILED)
        try:
            names = _names(_claims(provider, chosen, code, begun), chosen)
        except (OAuthError, JoseError, ValueError) as error:
            _log.warning("a sign-in failed", exc_info=error)
            flask.abort(401, FAILED)
        _end(chosen)
        now = time.time()
        flask.session.update(id=secrets.token_urlsafe(16), names=names, until=now + SESSION_SECONDS, used=now)
        _log.info("somebody signed in")
        return flask.redirect(begun["path"])

    @server.post(OUT)
    def out() -> flask.Response:
        is_noted = _end(chosen)
        _log.info("somebody signed out")
        answer = page(*(SIGNED_OUT if is_noted else SIGNED_OUT_HERE))
        answer.headers["Clear-Site-Data"] = '"cache", "storage"'
        return answer


def _end(chosen: Settings) -> bool:
    """End the sign-in of this browser, if any: for it, and for every copy of its cookie. False where only for it."""
    sign_in = flask.session.get("id")
    flask.session.clear()
    try:
        if sign_in:
            sign_outs.note(chosen.home, sign_in, SESSION_SECONDS)
    except OSError as error:
        _log.error("the end of a sign-in was not noted", exc_info=error)
        return False
    return True


def names(home: Path) -> Collection[str] | None:
    """What the one who asks is called in `access.toml`; None for one who is not signed in, or not any more."""
    now, used = time.time(), flask.session.get("used", 0)
    if now >= min(flask.session.get("until", 0), used + IDLE_SECONDS) or sign_outs.has_ended(home, flask.session["id"]):
        return None
    if now >= used + NOTED_SECONDS:
        flask.session["used"] = now
    found: Collection[str] = flask.session["names"]
    return found


def send_to_sign_in(chosen: Settings) -> Any:
    """The answer that leads a browser to the provider, and back to the page that it asked for."""
    request = flask.request
    # One slash: with two it would be the address of another host.
    asked, path = (chosen.prefix + each.lstrip("/\\") for each in (request.full_path.rstrip("?"), request.path))
    begun = flask.current_app.extensions[_PROVIDER].create_authorization_url(
        _back_to(chosen), nonce=secrets.token_urlsafe(32), state=secrets.token_urlsafe(32)
    )
    url = begun.pop("url")
    kept = [*flask.session.get("begun", ()), {**begun, "path": asked if len(asked) <= LONGEST_PATH else path}]
    flask.session["begun"] = kept[-MOST_BEGUN:]
    return flask.redirect(url)


def _back_to(chosen: Settings) -> str:
    """The address that the provider sends back to, as it is registered there."""
    return flask.request.host_url.rstrip("/") + chosen.prefix + BACK.lstrip("/")


def _claims(provider: Any, chosen: Settings, code: str, begun: Mapping[str, str]) -> Mapping[str, Any]:
    """What the provider says of who signed in. Raises where its answer is not for us, or not from it."""
    token = provider.fetch_access_token(code=code, code_verifier=begun["code_verifier"], redirect_uri=_back_to(chosen))
    options = {
        "iss": {"essential": True, "value": chosen.oidc_issuer},
        "aud": {"essential": True, "value": chosen.oidc_client},
    }
    metadata = provider.load_server_metadata()
    if metadata.get("issuer") != chosen.oidc_issuer:
        raise ValueError("the provider calls itself by another name")
    signs_by = SIGNED_BY & set(metadata.get("id_token_signing_alg_values_supported", ("RS256",)))
    if not signs_by:
        raise ValueError("the provider signs in no way that can be trusted")
    metadata["id_token_signing_alg_values_supported"] = sorted(signs_by)  # Authlib checks the token by this list
    claims: Mapping[str, Any] | None = provider.parse_id_token(token, begun["nonce"], claims_options=options)
    if not claims:
        raise ValueError("no token of who it is")
    if chosen.oidc_groups in claims or "userinfo_endpoint" not in provider.server_metadata:
        return claims
    more = provider.userinfo(token=token)
    if more.get("sub") != claims["sub"]:
        raise ValueError("of somebody else")
    return {**more, **claims}


def _names(claims: Mapping[str, Any], chosen: Settings) -> list[str]:
    """The user and the groups as `access.toml` names them, and of them those that stand there: a cookie is small.

    An e-mail counts only where the provider has verified that it is theirs.
    """
    user, groups = claims.get(chosen.oidc_user), claims.get(chosen.oidc_groups) or ()
    if chosen.oidc_user == "email" and claims.get("email_verified") is not True:
        user = None
    called = {f"{GROUP}{group}" for group in ((groups,) if isinstance(groups, str) else groups)}
    if user and not str(user).startswith(GROUP):
        called.add(str(user))
    return sorted(called & read_access(chosen.home).names())
