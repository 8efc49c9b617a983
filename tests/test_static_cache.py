"""The static cache in front of a small Flask application that counts what reaches it."""

from __future__ import annotations

import gzip
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module

import pytest
from flask import Flask, Response, request
from werkzeug.test import Client, TestResponse

from dashboard.static_cache import FOR_EVER, StaticCache

decompress_brotli: Callable[[bytes], bytes] = import_module("brotli").decompress
SCRIPT = "const answer = 42;\n" * 500
SCRIPT_PATH = "/_dash-component-suites/dash/dash.v4_4_1m1700000000.js"
PLAIN_PATH = "/assets/app.js"
ROWS = [{"item": "A-1", "lead_time_days": 3}] * 200


class Site:
    """The application, a client that talks to it through the cache, and how often each path was computed."""

    def __init__(self, most_answers: int = 500, most_bytes: int = 1 << 20) -> None:
        self.computed: Counter[str] = Counter()
        self.cache = StaticCache(self.application().wsgi_app, "/", most_answers, most_bytes)
        self.client = Client(self.cache)

    def application(self) -> Flask:
        app = Flask("site", static_folder=None)

        @app.before_request
        def count() -> None:
            self.computed[request.full_path.rstrip("?")] += 1

        @app.after_request
        def headers(response: Response) -> Response:
            response.headers["Content-Security-Policy"] = "default-src 'none'"
            response.headers["X-Content-Type-Options"] = "nosniff"
            response.set_cookie("viewer", "1")
            return response

        @app.get("/_dash-component-suites/<path:path>")
        @app.get("/assets/<path:path>")
        def static(path: str) -> Response | tuple[str, int]:
            if path == "missing.js":
                return "x" * 5000, 404
            if path.endswith(".png"):
                return Response(b"\x89PNG" * 1000, mimetype="image/png")
            response = Response(SCRIPT, mimetype="text/javascript")
            response.set_etag("inner")
            response.make_conditional(request, accept_ranges=True, complete_length=len(SCRIPT))
            return response

        @app.route("/rows", methods=["GET", "POST"])
        def rows() -> list[dict[str, object]]:
            return ROWS

        @app.get("/refused")
        def refused() -> tuple[str, int]:
            return "no " * 1000, 400

        @app.get("/packed")
        def packed() -> Response:
            body = gzip.compress(SCRIPT.encode(), 0)
            return Response(body, mimetype="text/csv", headers={"Content-Encoding": "gzip"})

        @app.get("/short")
        def short() -> str:
            return "short"

        @app.get("/stream")
        def stream() -> Response:
            def parts() -> Iterator[str]:
                for _ in range(3):
                    self.computed["part"] += 1
                    yield "a,b\n" * 1000

            return Response(parts(), mimetype="text/csv")

        return app

    def get(self, path: str, encodings: str = "", **headers: str) -> TestResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.get(path, headers={"Accept-Encoding": encodings, **named})


@pytest.fixture
def site() -> Site:
    return Site()


def test_a_static_file_is_computed_once_and_sent_in_brotli_gzip_or_plain(site: Site) -> None:
    assert decompress_brotli(site.get(SCRIPT_PATH, "gzip, deflate, br").data).decode() == SCRIPT
    assert gzip.decompress(site.get(SCRIPT_PATH, "gzip, deflate").data).decode() == SCRIPT
    assert site.get(SCRIPT_PATH).text == SCRIPT
    assert site.computed[SCRIPT_PATH] == 1


def test_the_encoding_is_named_and_varies(site: Site) -> None:
    answer = site.get(SCRIPT_PATH, "br")
    assert answer.headers["Content-Encoding"] == "br"
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert int(answer.headers["Content-Length"]) == len(answer.data) < len(SCRIPT)
    assert "Content-Encoding" not in site.get(SCRIPT_PATH).headers


def test_an_encoding_refused_with_q_0_is_not_used(site: Site) -> None:
    assert site.get(SCRIPT_PATH, "br;q=0, gzip").headers["Content-Encoding"] == "gzip"
    assert site.get(SCRIPT_PATH, "br;q=0, gzip;q=0").text == SCRIPT


def test_without_brotli_gzip_is_the_best(site: Site) -> None:
    site.cache.brotli = None
    assert site.get(SCRIPT_PATH, "gzip, br").headers["Content-Encoding"] == "gzip"


@pytest.mark.parametrize("path", [SCRIPT_PATH, "/assets/app.js?m=17000.5", "/assets/plotly.js?m=4.1.1"])
def test_a_fingerprinted_address_is_kept_for_ever(site: Site, path: str) -> None:
    assert site.get(path).headers["Cache-Control"] == FOR_EVER


@pytest.mark.parametrize("path", [PLAIN_PATH, "/assets/app.js?other=1", "/assets/app.js?m="])
def test_another_address_is_asked_for_again(site: Site, path: str) -> None:
    assert site.get(path).headers["Cache-Control"] == "public, no-cache"


def test_a_file_the_browser_has_is_answered_304_without_body(site: Site) -> None:
    tag = site.get(SCRIPT_PATH, "br").headers["ETag"]
    again = site.get(SCRIPT_PATH, "br", If_None_Match=tag)
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == tag
    assert again.headers["Cache-Control"] == FOR_EVER
    assert again.headers["Content-Security-Policy"] == "default-src 'none'"


@pytest.mark.parametrize("others", ["W/{tag}", '"old", {tag}', "*"])
def test_a_weakened_or_listed_tag_is_recognised(site: Site, others: str) -> None:
    tag = site.get(SCRIPT_PATH).headers["ETag"]
    assert site.get(SCRIPT_PATH, If_None_Match=others.format(tag=tag)).status_code == 304


def test_the_tag_differs_by_encoding(site: Site) -> None:
    tags = {site.get(SCRIPT_PATH, encoding).headers["ETag"] for encoding in ("br", "gzip", "")}
    assert len(tags) == 3


def test_conditions_and_ranges_of_the_first_viewer_do_not_reach_the_cache(site: Site) -> None:
    assert site.get(SCRIPT_PATH, Range="bytes=0-9").text == SCRIPT
    assert site.get(PLAIN_PATH, If_None_Match='"inner"').text == SCRIPT


def test_head_says_what_get_would_and_sends_nothing(site: Site) -> None:
    head = site.client.head(SCRIPT_PATH, headers={"Accept-Encoding": "br"})
    get = site.get(SCRIPT_PATH, "br")
    assert head.data == b""
    assert dict(head.headers) == dict(get.headers) | {"Date": head.headers["Date"]}
    assert len(get.data) > 0


def test_security_headers_stay_and_cookies_go(site: Site) -> None:
    for _ in range(2):
        answer = site.get(SCRIPT_PATH, "br")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'"
        assert "Set-Cookie" not in answer.headers


def test_a_missing_file_is_never_kept(site: Site) -> None:
    for _ in range(2):
        answer = site.get("/assets/missing.js")
        assert answer.status_code == 404
        assert "Cache-Control" not in answer.headers
    assert site.computed["/assets/missing.js"] == 2


def test_a_picture_is_kept_but_not_compressed(site: Site) -> None:
    for _ in range(2):
        assert "Content-Encoding" not in site.get("/assets/logo.png", "gzip, br").headers
    assert site.computed["/assets/logo.png"] == 1


def test_one_content_under_many_addresses_is_kept_once(site: Site) -> None:
    for number in range(10):
        site.get(f"/assets/app.js?m={number}")
    assert (len(site.cache.answers), len(site.cache.contents)) == (10, 1)
    assert len({id(answer.bodies) for answer in site.cache.answers.values()}) == 1


def test_the_cache_starts_over_when_it_is_full() -> None:
    site = Site(most_answers=3)
    for number in range(4):
        site.get(f"/assets/app.js?m={number}")
    assert list(site.cache.answers) == ["/assets/app.js?m=3"]


def test_what_is_larger_than_the_cache_is_served_and_not_kept() -> None:
    site = Site(most_bytes=100)
    assert site.get(SCRIPT_PATH).text == SCRIPT
    assert not site.cache.answers and not site.cache.contents


def test_many_threads_get_the_same_file() -> None:
    site = Site(most_answers=2)
    paths = [f"/assets/app.js?m={number % 5}" for number in range(200)]
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda path: Client(site.cache).get(path).text, paths))
    assert set(answers) == {SCRIPT}
    assert len(site.cache.answers) <= 2


def test_a_long_dynamic_answer_is_gzipped(site: Site) -> None:
    answer = site.client.post("/rows", headers={"Accept-Encoding": "gzip, br"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert int(answer.headers["Content-Length"]) == len(answer.data)
    assert gzip.decompress(answer.data) == site.get("/rows").data
    assert site.computed["/rows"] == 2


@pytest.mark.parametrize(("path", "encodings"), [("/short", "gzip"), ("/rows", ""), ("/rows", "gzip;q=0")])
def test_a_short_answer_or_one_asked_for_plain_stays_plain(site: Site, path: str, encodings: str) -> None:
    answer = site.get(path, encodings)
    assert "Content-Encoding" not in answer.headers
    assert answer.headers["Vary"] == "Accept-Encoding"


def test_an_error_stays_plain(site: Site) -> None:
    assert "Content-Encoding" not in site.get("/refused", "gzip").headers


def test_what_the_application_has_packed_is_not_packed_again(site: Site) -> None:
    assert gzip.decompress(site.get("/packed", "gzip").data).decode() == SCRIPT


def test_a_dynamic_answer_larger_than_the_cache_stays_plain() -> None:
    assert "Content-Encoding" not in Site(most_bytes=2000).get("/rows", "gzip").headers


def test_under_a_prefix_only_its_own_static_files_are_kept(site: Site) -> None:
    site.cache = StaticCache(site.cache.inner, prefix="/vsm/")
    site.client = Client(site.cache)
    for path in (SCRIPT_PATH, PLAIN_PATH, "/vsm/assets/missing.js"):
        site.get(path)
    assert not site.cache.answers


def test_a_stream_stays_a_stream(site: Site) -> None:
    answer = site.client.get("/stream", headers={"Accept-Encoding": "gzip"}, buffered=False)
    assert site.computed["part"] <= 1
    assert answer.data == b"a,b\n" * 3000
    assert "Content-Encoding" not in answer.headers


def test_head_of_a_dynamic_answer_sends_nothing(site: Site) -> None:
    answer = site.client.head("/rows", headers={"Accept-Encoding": "gzip"})
    assert (answer.status_code, answer.data) == (200, b"")
    assert int(answer.headers["Content-Length"]) == len(site.get("/rows").data)
