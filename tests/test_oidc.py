"""Sign-in by an OpenID provider: a real one that signs anybody in, and one whose tokens are not as they should be."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import flask
import oidc_provider_mock
import pytest
import requests
from flask.testing import FlaskClient
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from test_access import ACCESS, exports
from test_editing import SAME_ORIGIN
from werkzeug.serving import make_server
from werkzeug.test import TestResponse

from dashboard import access, oidc, sign_outs
from dashboard.app import create_server
from dashboard.build import Options, import_files
from dashboard.catalogue import Catalogue
from dashboard.errors import SettingsError
from dashboard.settings import Settings

# The provider is made with what Authlib will one day drop.
DEPRECATED = pytest.mark.filterwarnings("ignore:get_jwt_config:DeprecationWarning")
pytestmark = DEPRECATED

SECRET = "0123456789abcdefghijklmnopqrstuvwxyz"  # noqa: S105 - of this test
PAGE = {"Accept": "text/html"}
PEOPLE: Mapping[str, Mapping[str, Any]] = {
    "1": {"email": "lea@example.org", "email_verified": True},
    "2": {"email": "ann@example.org", "email_verified": True, "groups": ["A", "staff"]},
    "3": {"email": "lea@example.org", "email_verified": False},
    "4": {"email": "lea@example.org"},
    "5": {"email": "group:admins", "email_verified": True},
    "6": {"email": "new@example.org", "email_verified": True, "groups": "admins"},
}
Token = dict[str, Any]


@dataclass
class Provider:
    """The provider, and what is done to the tokens that it gives."""

    issuer: str
    exchange: Callable[[Token, Any], Token] | None = None
    signs: tuple[str, ...] = ("RS256",)


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    people = [oidc_provider_mock.User(sub=sub, claims=dict(claims)) for sub, claims in PEOPLE.items()]
    app = oidc_provider_mock.app(user_claims=people)
    server = make_server("localhost", 0, app, threaded=True)
    told = Provider(f"http://localhost:{server.server_port}")

    @app.after_request
    def exchanged(answer: flask.Response) -> flask.Response:
        if flask.request.path.endswith("/openid-configuration"):
            answer.set_data(json.dumps(answer.get_json() | {"id_token_signing_alg_values_supported": told.signs}))
        if flask.request.path == "/oauth2/token" and told.exchange:
            answer.set_data(json.dumps(told.exchange(answer.get_json(), flask.g.oidc_provider_mock_storage.jwk)))
        return answer

    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield told
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(autouse=True)
def honest(provider: Provider) -> None:
    provider.exchange, provider.signs = None, ("RS256",)


@pytest.fixture(scope="module")
def chosen(provider: Provider, tmp_path_factory: pytest.TempPathFactory, catalogue: Catalogue) -> Settings:
    folder = tmp_path_factory.mktemp("oidc")
    settings = Settings(
        home=folder / "home", oidc_issuer=provider.issuer, oidc_client="vsm", oidc_secret=SECRET, session_secret=SECRET
    )  # fmt: skip
    import_files(exports(folder), settings, catalogue, Options(stream="shop"))
    listed = ACCESS.replace('"lea"', '"lea@example.org"')
    (settings.home / "access.toml").write_text(listed, encoding="utf-8")
    return settings


@pytest.fixture(scope="module")
def server(chosen: Settings) -> flask.Flask:
    return create_server(chosen)


@pytest.fixture
def client(server: flask.Flask) -> FlaskClient:
    """A browser that was never here."""
    return server.test_client()


def sent(client: FlaskClient, path: str) -> str:
    """Where a browser that opens a page is sent to."""
    answer = client.get(path, headers=PAGE)
    assert answer.status_code == 302
    return str(answer.location)


def returning(address: str, sub: str) -> str:
    """The address that the provider sends back to, once somebody has signed in there."""
    answer = requests.post(address, data={"sub": sub}, allow_redirects=False, timeout=20)
    back = urlsplit(answer.headers["Location"])
    return f"{back.path}?{back.query}"


def signed_in(client: FlaskClient, sub: str, path: str = "/") -> TestResponse:
    return client.get(returning(sent(client, path), sub), headers=PAGE)


def test_a_browser_is_sent_to_the_provider_with_what_it_must_bring_back(
    client: FlaskClient, provider: Provider
) -> None:
    answer = client.get("/timeline?stream=shop", headers=PAGE)
    asked = {name: values[0] for name, values in parse_qs(urlsplit(answer.location).query).items()}
    assert answer.location.startswith(f"{provider.issuer}/oauth2/authorize?")
    assert asked["redirect_uri"] == "http://localhost/login/back"
    assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
    assert min(len(asked[name]) for name in ("state", "nonce", "code_challenge")) >= 20
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie


def test_behind_tls_the_cookie_is_of_this_host_alone(chosen: Settings) -> None:
    client = create_server(replace(chosen, hosts="flow.example.org", prefix="/vsm/")).test_client()
    answer = client.get(
        "/timeline", headers={**PAGE, "X-Forwarded-Proto": "https", "X-Forwarded-Host": "flow.example.org"}
    )
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-vsm=") and "Secure" in cookie and "Path=/;" in f"{cookie};"
    assert "redirect_uri=https%3A%2F%2Fflow.example.org%2Fvsm%2Flogin%2Fback&" in answer.location


@pytest.mark.parametrize("path", ["/api/items", "/_dash-layout", "/_dash-dependencies"])
def test_a_program_is_told_to_sign_in(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 401
    assert client.post("/_dash-update-component", json={}, headers=SAME_ORIGIN).status_code == 401


def test_who_signs_in_lands_on_the_page_and_sees_what_is_theirs(client: FlaskClient) -> None:
    answer = signed_in(client, "2", "/timeline?stream=shop&types=Story")
    assert (answer.status_code, answer.location) == (302, "/timeline?stream=shop&types=Story")
    assert client.get("/timeline", headers=PAGE).status_code == 200
    told = client.get("/api/items").get_data(as_text=True)
    assert "ALPHA-1" in told and "BETA-1" not in told
    lea = client.application.test_client()
    signed_in(lea, "1")
    assert "BETA-1" in lea.get("/api/items").get_data(as_text=True)


@pytest.mark.parametrize("sub", ["3", "4", "5"])
def test_an_e_mail_that_is_not_verified_is_nobody_s(client: FlaskClient, sub: str) -> None:
    signed_in(client, sub)
    answer = client.get("/", headers=PAGE)
    assert answer.status_code == 403
    assert "You are signed in, but have no role here." in answer.get_data(as_text=True)


def test_another_claim_can_name_users(chosen: Settings) -> None:
    listed = (chosen.home / "access.toml").read_text(encoding="utf-8")
    client = create_server(replace(chosen, oidc_user="sub")).test_client()
    (chosen.home / "access.toml").write_text(listed.replace('"vic"', '"3"'), encoding="utf-8")
    signed_in(client, "3")
    assert client.get("/api/streams").status_code == 200
    (chosen.home / "access.toml").write_text(listed, encoding="utf-8")
    assert client.get("/api/streams").status_code == 403  # the file is asked at every request


def test_groups_that_the_token_lacks_are_asked_for(client: FlaskClient, provider: Provider) -> None:
    provider.exchange = lambda token, key: signed(token, key, lambda claims: claims.pop("groups"))
    signed_in(client, "6")
    assert client.get("/api/checks/never_started").status_code == 200


def signed(token: Token, key: Any, change: Callable[[Token], object]) -> Token:
    """The answer of the provider with another token of who it is, signed as its own are."""
    own = RSAKey.import_key(key.as_dict(is_private=True))
    decoded = jwt.decode(token["id_token"], own)
    change(decoded.claims)
    return {**token, "id_token": jwt.encode(decoded.header, decoded.claims, own)}


def by_another_key(token: Token, key: Any) -> Token:
    own = jwt.decode(token["id_token"], RSAKey.import_key(key.as_dict(is_private=True)))
    return {**token, "id_token": jwt.encode(own.header, own.claims, RSAKey.generate_key(2048))}


def unsigned(token: Token, _: Any) -> Token:
    _, claims, _ = token["id_token"].split(".")
    return {**token, "id_token": f"eyJhbGciOiJub25lIn0.{claims}."}


def of_ours(**changes: Any) -> Callable[[Token, Any], Token]:
    return lambda token, key: signed(token, key, lambda claims: claims.update(changes))


WRONG: Mapping[str, Callable[[Token, Any], Token]] = {
    "for another client": of_ours(aud="other"),
    "for several, and given to another": of_ours(aud=["vsm", "other"], azp="other"),
    "from another issuer": of_ours(iss="https://login.example.org"),
    "of another sign-in": of_ours(nonce="another"),
    "of none": lambda token, key: signed(token, key, lambda claims: claims.pop("nonce")),
    "of yesterday": of_ours(exp=int(time.time()) - 86_400),
    "by another key": by_another_key,
    "by no key": unsigned,
    "no token at all": lambda token, _: {name: value for name, value in token.items() if name != "id_token"},
    "not a token": lambda token, _: {**token, "id_token": "x.y.z"},
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_token_that_is_not_for_this_sign_in_is_refused(client: FlaskClient, provider: Provider, wrong: str) -> None:
    provider.exchange = WRONG[wrong]
    answer = signed_in(client, "1")
    assert answer.status_code == 401
    assert "The sign-in did not succeed." in answer.get_data(as_text=True)
    assert client.get("/api/streams").status_code == 401


def by_the_client_s_secret(token: Token, key: Any) -> Token:
    own = jwt.decode(token["id_token"], RSAKey.import_key(key.as_dict(is_private=True)))
    return {**token, "id_token": jwt.encode({"alg": "HS256"}, own.claims, OctKey.import_key(SECRET))}


def test_a_provider_that_signs_in_no_way_of_ours_lets_nobody_in(chosen: Settings, provider: Provider) -> None:
    provider.exchange, provider.signs = unsigned, ("none",)
    assert signed_in(create_server(chosen).test_client(), "1").status_code == 401


@pytest.mark.parametrize("exchange", [unsigned, by_the_client_s_secret])
def test_a_provider_can_t_ask_for_a_token_that_anybody_could_sign(
    chosen: Settings, provider: Provider, exchange: Callable[[Token, Any], Token]
) -> None:
    provider.exchange, provider.signs = exchange, ("none", "HS256", "RS256")
    client = create_server(chosen).test_client()
    assert signed_in(client, "1").status_code == 401
    provider.exchange = None
    assert signed_in(client, "1").status_code == 302


def test_a_provider_that_calls_itself_otherwise_is_not_believed(chosen: Settings, provider: Provider) -> None:
    other = provider.issuer.replace("localhost", "127.0.0.1") + "/"
    client = create_server(replace(chosen, oidc_issuer=other)).test_client()
    assert signed_in(client, "1").status_code == 401


def test_one_browser_s_sign_in_can_t_be_put_into_another(client: FlaskClient) -> None:
    back = returning(sent(client, "/"), "1")
    other = client.application.test_client()
    assert other.get(back, headers=PAGE).status_code == 401
    sent(other, "/")
    assert other.get(back, headers=PAGE).status_code == 401
    assert client.get(back, headers=PAGE).status_code == 302
    assert client.get(back, headers=PAGE).status_code == 401  # once


@pytest.mark.parametrize("query", ["", "?code=x", "?state=x", "?code=x&state=y", "?error=access_denied&state=x"])
def test_an_answer_that_nobody_asked_for_is_refused(client: FlaskClient, query: str) -> None:
    assert client.get(f"/login/back{query}", headers=PAGE).status_code == 401


@pytest.mark.parametrize("path", ["//evil.example/x", "/\\evil.example/x", "/\\/evil.example", "///evil.example"])
def test_the_way_back_leads_nowhere_else(client: FlaskClient, path: str) -> None:
    away = client.get("/", headers=PAGE, environ_overrides={"PATH_INFO": path}).location
    location = client.get(returning(away, "1"), headers=PAGE).location
    assert urlsplit(location).netloc == "" and location.startswith("/evil.example")


def test_many_tabs_and_long_addresses_fit_into_the_cookie(client: FlaskClient) -> None:
    long = "/timeline?" + "&".join(f"x{number}={number**9}" for number in range(300))
    begun = [sent(client, path) for path in ["/flow"] * 5 + [long[:799], long[:798], long]]
    cookie = client.get_cookie("vsm")
    assert cookie is not None and len(cookie.value) < 4_000
    assert client.get(returning(begun[-1], "1"), headers=PAGE).location == "/timeline"
    assert client.get(returning(begun[0], "1"), headers=PAGE).status_code == 401  # forgotten


def test_a_sign_in_ends_after_its_time(client: FlaskClient) -> None:
    signed_in(client, "1")
    with client.session_transaction() as session:
        assert oidc.SESSION_SECONDS - 60 < session["until"] - time.time() <= oidc.SESSION_SECONDS
        session["until"] = time.time() - 1
    assert client.get("/api/streams").status_code == 401
    assert sent(client, "/")


def test_a_sign_in_that_nobody_uses_ends_and_one_in_use_goes_on(client: FlaskClient) -> None:
    signed_in(client, "1")
    for unused, status in ((oidc.IDLE_SECONDS - 60, 200), (oidc.IDLE_SECONDS - 60, 200), (oidc.IDLE_SECONDS, 401)):
        with client.session_transaction() as session:
            session["used"] -= unused
        assert client.get("/api/streams").status_code == status


def test_a_copied_cookie_is_worth_nothing_after_the_sign_out(
    client: FlaskClient, server: flask.Flask, chosen: Settings
) -> None:
    signed_in(client, "1")
    copied, other = client.get_cookie("vsm"), server.test_client()
    assert copied is not None
    other.set_cookie("vsm", copied.value)
    assert other.get("/api/streams").status_code == 200
    client.post("/logout", headers=SAME_ORIGIN)
    other.set_cookie("vsm", copied.value)
    assert other.get("/api/streams").status_code == 401
    signed_in(client, "1")  # the same person, anew
    assert client.get("/api/streams").status_code == 200
    noted = list((chosen.home / sign_outs.FOLDER).iterdir())
    for each in noted:
        os.utime(each, (0, 0))
    client.post("/logout", headers=SAME_ORIGIN)
    assert not set(noted) & set((chosen.home / sign_outs.FOLDER).iterdir())  # it would be over by now


def test_a_new_sign_in_ends_the_one_before(client: FlaskClient, server: flask.Flask) -> None:
    signed_in(client, "1")
    copied, other = client.get_cookie("vsm"), server.test_client()
    assert copied is not None
    with client.session_transaction() as session:
        session["used"] = 0  # it was idle
    signed_in(client, "1")
    other.set_cookie("vsm", copied.value)
    assert other.get("/api/streams").status_code == 401
    assert client.get("/api/streams").status_code == 200


def test_a_sign_out_that_can_t_be_written_down_is_told(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    signed_in(client, "1")
    monkeypatch.setattr(sign_outs, "note", full)
    answer = client.post("/logout", headers=SAME_ORIGIN)
    assert answer.status_code == 503 and "This browser is signed out, but" in answer.get_data(as_text=True)
    assert client.get("/api/streams").status_code == 401


def test_a_cookie_that_another_secret_signed_is_nobody_s(client: FlaskClient, chosen: Settings) -> None:
    other = create_server(replace(chosen, session_secret=SECRET[::-1])).test_client()
    with other.session_transaction() as session:
        session.update(id="1", names=["group:admins"], until=time.time() + 60, used=time.time())
    forged = other.get_cookie("vsm")
    assert forged is not None
    client.set_cookie("vsm", forged.value)
    assert client.get("/api/streams").status_code == 401


def test_the_proxy_s_headers_say_nothing_here(client: FlaskClient) -> None:
    forged = {"X-Vsm-Secret": "", "X-Forwarded-User": "lea@example.org", "X-Forwarded-Groups": "admins"}
    assert client.get("/api/streams", headers=forged).status_code == 401


def test_who_signs_out_is_out(client: FlaskClient) -> None:
    signed_in(client, "1")
    elsewhere = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    assert client.post("/logout", headers=elsewhere).status_code == 403
    assert client.get("/api/streams").status_code == 200
    answer = client.post("/logout", headers=SAME_ORIGIN)
    assert "You are signed out here" in answer.get_data(as_text=True)
    assert client.get("/api/streams").status_code == 401


def test_a_provider_that_does_not_answer_is_told(chosen: Settings) -> None:
    client = create_server(replace(chosen, oidc_issuer="http://127.0.0.1:9")).test_client()
    answer = client.get("/", headers=PAGE)
    assert answer.status_code == 503
    assert "The sign-in can&#x27;t be reached at the moment." in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"oidc_issuer": "http://login.example.org"}, "VSM_OIDC_ISSUER is 'http://login.example.org'; expected"),
        ({"oidc_issuer": "login"}, "VSM_OIDC_ISSUER is 'login'; expected"),
        ({"oidc_client": ""}, "VSM_OIDC_CLIENT is not"),
        ({"oidc_secret": ""}, "VSM_OIDC_SECRET is not"),
        ({"session_secret": ""}, "VSM_SESSION_SECRET is too short"),
        ({"session_secret": SECRET[:31]}, "VSM_SESSION_SECRET is too short"),
        ({"proxy_secret": SECRET}, "are both set"),
    ],
)
def test_the_server_does_not_start_with_half_a_sign_in(chosen: Settings, changes: Mapping[str, str], said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        access.check(replace(chosen, **changes))  # type: ignore[arg-type]  # texts all
    access.check(replace(chosen, host="0.0.0.0"))  # noqa: S104 - allowed with a sign-in
