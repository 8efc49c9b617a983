"""Where the single visits stay on the cluster: it is asked for them, answers as this machine would, and is named."""

from __future__ import annotations

import contextlib
import datetime as dt
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from drill_downs import CHARTS, CONDITIONS, MORE, assert_same, home_of, questions
from spark_cluster import sailing

from dashboard import elsewhere, sight, snapshots
from dashboard.app import create_server
from dashboard.build import import_files
from dashboard.catalogue import Catalogue
from dashboard.engines.duckdb import DuckDB
from dashboard.engines.spark_sql import Translator
from dashboard.errors import CatalogueError, ScopeError, SettingsError, any_met, none_met_yet
from dashboard.pages import PAGES
from dashboard.pages.view import Page, view_of
from dashboard.settings import Settings
from dashboard.store import store_of
from dashboard.warehouse import Warehouse

QUESTIONS = dict(questions())
# Pages that are about single visits altogether, and those of whose figures at once in view some are.
OF_VISITS = ("/explore", "/walk")
SAYS_SO = ("/", "/value-stream", "/network", "/plan")


@pytest.fixture(scope="module")
def sail() -> Iterator[str]:
    """The address of Sail."""
    with sailing() as url:
        yield url


@pytest.fixture(scope="module")
def left(demo: Settings, catalogue: Catalogue, sail: str, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The demo built by Sail, which keeps visits and moves."""
    settings = home_of(demo, tmp_path_factory.mktemp("left"), sail)
    import_files([], settings, catalogue)
    return settings


@pytest.fixture(scope="module")
def there(left: Settings, catalogue: Catalogue) -> Warehouse:
    return Warehouse(left.warehouse, catalogue, cluster=left.engine)


@pytest.fixture(scope="module")
def here(demo: Settings, catalogue: Catalogue) -> Warehouse:
    return Warehouse(demo.warehouse, catalogue)


@pytest.mark.parametrize("name", QUESTIONS)
def test_the_cluster_answers_as_this_machine_would(name: str, there: Warehouse, here: Warehouse) -> None:
    question = QUESTIONS[name]
    assert there.asks_a_cluster(question.name)
    assert_same(question.ask(there), question.ask(here))


def test_most_conditions_find_something(here: Warehouse) -> None:
    found = [name for name in CONDITIONS if len(QUESTIONS[f"found_items, {name}"].ask(here))]
    assert set(CONDITIONS) - set(found) == {"text that is no SQL"}


def test_what_the_checks_find_was_looked_for_on_the_cluster(there: Warehouse, here: Warehouse) -> None:
    assert_same(there.problems(), here.problems())
    engine = DuckDB(there.snapshot / snapshots.DATABASE, read_only=True)
    assert len(engine.tables("checks")) == len(there.catalogue.layer("checks"))
    engine.close()


def test_only_what_is_asked_for_stays_in_the_storage(left: Settings, there: Warehouse) -> None:
    engine = DuckDB(there.snapshot / snapshots.DATABASE, read_only=True)
    marts = set(engine.tables("marts"))
    engine.close()
    names = {query.stem for query in there.catalogue.layer("marts").values()}
    assert names - marts == {"visits", "moves"}
    (folder,) = Path(left.storage).iterdir()
    kept = {path.name.removesuffix(".parquet") for path in folder.iterdir()} - {elsewhere.OWNER}
    assert {"marts.visits", "marts.moves", "marts.items"} <= kept <= {f"marts.{name}" for name in names}


def test_whoever_sees_one_team_sees_it_alone_on_the_cluster(there: Warehouse, here: Warehouse) -> None:
    sight.limit(("Payments Core",))
    try:
        mine = there.ask("charts.found_items", there.default_scope("bank"), **{**MORE, "row_limit": 5_000})
        assert_same(mine, here.ask("charts.found_items", here.default_scope("bank"), **{**MORE, "row_limit": 5_000}))
        assert set(mine["team"]) == {"Payments Core"}
    finally:
        sight.limit(None)


def test_the_cluster_is_named_with_how_long_it_takes(there: Warehouse, left: Settings) -> None:
    view, _ = view_of(there, left.home, {"stream": "bank"})
    view.ask("charts.stays", chosen=MORE["chosen"], row_limit=5)
    host = left.engine.removeprefix("sc://")
    assert view.waits and f"(Spark at {host}): about " in view.waits and view.waits.endswith(" s a question.")
    assert f"Asks Spark at {host}: " in str(view.how("charts.stays"))
    assert "Asks Spark" not in str(view.how("throughput"))


@pytest.mark.parametrize(
    "cluster", ["", "sc://127.0.0.1:1", "nonsense"], ids=["no address", "nobody there", "what is none"]
)
def test_without_the_cluster_all_else_is_answered(
    cluster: str, left: Settings, here: Warehouse, catalogue: Catalogue
) -> None:
    alone = Warehouse(left.warehouse, catalogue, cluster=cluster)
    question = QUESTIONS["stays, everything"]
    with pytest.raises(ScopeError, match="did not answer" if cluster.startswith("sc:") else "needs VSM_ENGINE"):
        question.ask(alone)
    scope = alone.default_scope("bank")
    assert_same(alone.ask("metrics.lead_time", scope), here.ask("metrics.lead_time", scope))


@pytest.mark.parametrize("page", [page for page in PAGES if page.PATH not in OF_VISITS], ids=lambda page: page.PATH)
def test_a_page_stands_without_the_cluster(page: Page, left: Settings, catalogue: Catalogue) -> None:
    alone = Warehouse(left.warehouse, catalogue)
    view, _ = view_of(alone, left.home, {"stream": "bank"}, store_of(left))
    shown = str(page.body(replace(view, seen=frozenset())))
    assert len(shown) > 1_000 and ("lie on a cluster" in shown) == (page.PATH in SAYS_SO)


def test_a_program_is_told_to_ask_again_later(left: Settings) -> None:
    with create_server(replace(left, engine="")).test_client() as client:
        stays, metric = (client.get(f"/api/{name}") for name in ("charts/pace", "metrics/throughput"))
    assert (stays.status_code, metric.status_code) == (503, 200)
    assert "needs VSM_ENGINE" in stays.text


def test_a_question_that_takes_too_long_is_not_waited_for(
    left: Settings, catalogue: Catalogue, caplog: pytest.LogCaptureFixture
) -> None:
    hasty = Warehouse(left.warehouse, catalogue, cluster=left.engine, seconds=1)
    assert hasty.cluster is not None
    slow = replace(
        catalogue.queries["charts.stays"],
        sql="select sum(sin(a.seconds + b.seconds)) as n from marts.visits as a cross join marts.visits as b",
    )
    began = dt.datetime.now(dt.UTC)
    with pytest.raises(ScopeError, match="did not answer"):
        hasty.cluster.ask(slow, {})
    assert (dt.datetime.now(dt.UTC) - began).total_seconds() < 30
    assert "took longer than 1 s" in caplog.text


def test_a_cluster_that_hangs_keeps_nobody_from_all_else(
    left: Settings, here: Warehouse, catalogue: Catalogue, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    shutil.copytree(left.home, tmp_path / "home")
    home = replace(left, home=tmp_path / "home", engine="", leave="", keep=1)
    with socket.create_server(("127.0.0.1", 0)) as hanging:  # takes what is said, and says nothing
        url = f"sc://127.0.0.1:{hanging.getsockname()[1]}"
        alone = Warehouse(home.warehouse, catalogue, cluster=url, seconds=2)
        scope = alone.default_scope("bank")
        for name in ("stays, everything", "pace, everything"):
            with pytest.raises(ScopeError, match="did not answer"):
                QUESTIONS[name].ask(alone)
        assert "took longer than 2 s" in caplog.text
        assert_same(alone.ask("metrics.lead_time", scope), here.ask("metrics.lead_time", scope))
        # A new snapshot, in which all is here, answers as soon as it is opened.
        import_files([], home, catalogue)
        began = time.monotonic()
        while alone.asks_a_cluster("charts.stays"):
            assert time.monotonic() - began < 60
            time.sleep(0.1)  # it is opened by a thread of its own
        assert_same(QUESTIONS["stays, everything"].ask(alone), QUESTIONS["stays, everything"].ask(here))
    assert any(Path(left.storage).iterdir())  # a copy of the home removes nothing of the home's


def test_a_session_that_the_cluster_ended_is_opened_anew(left: Settings, here: Warehouse, catalogue: Catalogue) -> None:
    asked = Warehouse(left.warehouse, catalogue, cluster=left.engine)
    QUESTIONS["stays, everything"].ask(asked)
    for name in ("process_states, everything", "stays, a type of a team"):
        assert asked.cluster is not None and asked.cluster._session is not None
        asked.cluster._session.spark._session.client.release_session()
        assert_same(QUESTIONS[name].ask(asked), QUESTIONS[name].ask(here))


def test_whoever_waits_for_an_answer_that_fails_meets_the_error_too(left: Settings, catalogue: Catalogue) -> None:
    alone = Warehouse(left.warehouse, catalogue)

    def ask(together: threading.Barrier) -> bool:
        none_met_yet()
        together.wait()
        with contextlib.suppress(ScopeError):
            alone.answers.of("key", "kind", slowly_failing)
        return any_met()

    def slowly_failing() -> pd.DataFrame:
        time.sleep(0.5)  # until the other one waits
        raise ScopeError("gone")

    together = threading.Barrier(2)
    with ThreadPoolExecutor(2) as threads:
        assert list(threads.map(ask, (together, together))) == [True, True]


def test_a_cluster_that_comes_back_is_asked_again(
    left: Settings, here: Warehouse, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    question, others = QUESTIONS["stays, everything"], QUESTIONS["stays, a type of a team"]
    with sailing() as url:
        away = Warehouse(left.warehouse, catalogue, cluster=url)
        assert_same(question.ask(away), question.ask(here))
    for _ in range(2):  # the second time it is not even tried
        with pytest.raises(ScopeError, match="did not answer"):
            others.ask(away)
    assert_same(question.ask(away), question.ask(here))  # what is known needs nobody
    monkeypatch.setattr("dashboard.cluster.PATIENCE_SECONDS", 0)
    with sailing(int(url.rpartition(":")[2])):
        assert_same(others.ask(away), others.ask(here))
        assert away.cluster is not None
        away.cluster.close()


def test_threads_share_a_session_that_ends_with_the_last_answer(
    left: Settings, here: Warehouse, catalogue: Catalogue
) -> None:
    shared = Warehouse(left.warehouse, catalogue, cluster=left.engine)
    asked = [question for name, question in QUESTIONS.items() if name.startswith(("stays", "groups by", "pace"))]
    assert shared.cluster is not None
    asked[0].ask(shared)
    with ThreadPoolExecutor(8) as threads:
        coming = [threads.submit(question.ask, shared) for question in asked[1:9]]
        shared.cluster.close()
        for question, answer in zip(asked[1:9], coming, strict=True):
            assert_same(answer.result(), question.ask(here))


def test_what_a_snapshot_left_goes_with_it(
    demo: Settings, catalogue: Catalogue, sail: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = replace(home_of(demo, tmp_path, sail), keep=1)
    storage = Path(settings.storage)
    foreign = storage / "vsm-0123456789abcdef"
    foreign.mkdir()
    import_files([], settings, catalogue)
    (first,) = set(storage.iterdir()) - {foreign}
    # A build that was ended left one more.
    ended = settings.warehouse / "snapshots" / ".building-000009"
    ended.mkdir()
    lost = storage / "vsm-00000000deadbeef"
    lost.mkdir()
    elsewhere.own(lost, settings.warehouse)
    elsewhere.write(ended, elsewhere.Elsewhere(lost, frozenset(("marts.visits",))))
    # What fails after the marts were built leaves nothing, and takes nothing away.
    with monkeypatch.context() as patch, pytest.raises(OSError, match="full"):
        patch.setattr("dashboard.build.write_definition", lambda *_: (_ for _ in ()).throw(OSError("full")))
        import_files([], settings, catalogue)
    assert set(storage.iterdir()) == {first, foreign}
    import_files([], replace(settings, engine="", leave=""), catalogue)
    assert set(storage.iterdir()) == {foreign}
    assert elsewhere.of(snapshots.current(settings.warehouse)) is None


def test_nothing_but_a_folder_of_a_build_is_removed(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.mkdir()
    home = Settings(home=tmp_path / "home")
    elsewhere.own(precious, home.warehouse)

    def build(folder: Path, _number: int) -> None:
        elsewhere.write(folder, elsewhere.Elsewhere(precious, frozenset(("marts.visits",))))
        raise OSError("full")

    with pytest.raises(OSError, match="full"):
        elsewhere.publish(home, build)
    assert precious.is_dir()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"leave": "items"}, "expected moves or visits"),
        ({"leave": "visits"}, "needs --engine"),
    ],
    ids=["no such mart", "no cluster"],
)
def test_what_can_not_be_left_is_told(
    changes: dict[str, str], words: str, demo: Settings, catalogue: Catalogue
) -> None:
    with pytest.raises(SettingsError, match=words):
        import_files([], replace(demo, **changes), catalogue)  # type: ignore[arg-type]  # texts all


def test_what_a_viewer_writes_does_not_become_sql() -> None:
    sql = "select t.a from marts.t as t where $chosen['text'] is null or t.a = $chosen['text']"
    evil = "' or 1=1 --"
    translated, texts = Translator().translate(sql, str, {"chosen": {"text": evil}})
    assert translated == "SELECT t.a FROM `marts.t` AS t WHERE t.a = :text0"
    assert texts == {"text0": evil}


def test_what_the_parameters_rule_out_is_left_out() -> None:
    sql = "select case $sort when 'a' then t.a else t.b end as c from marts.t as t where $teams is null or t.d = 1"
    given = {"sort": "b", "teams": None}
    assert Translator().translate(sql, str, given) == ("SELECT t.b AS c FROM `marts.t` AS t", {})


def test_every_query_that_names_single_visits_is_known_as_such(catalogue: Catalogue) -> None:
    naming = {query.name for query in catalogue.layer("charts").values() if "marts.visits" in query.sql}
    assert len(naming) > 10 and naming <= {chart.name for chart in CHARTS}


def test_a_parameter_that_is_joined_to_a_text_is_refused() -> None:
    with pytest.raises(CatalogueError, match="joined to a text"):
        Translator().translate("select t.a from marts.t as t where t.a like '%' || $text", str, {"text": "x"})
