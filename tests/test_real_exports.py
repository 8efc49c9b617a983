"""Real exports, imported without a definition, agree with what pandas makes of the raw file.

pandas gives, item by item, the instants of the first and the last event and of the finish. It never sees our
SQL. Where a log has no state that is an explicit end, the rule of silence is worked out here once more.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import pandas as pd
import pytest

from dashboard import build
from dashboard.account import FileAccount
from dashboard.catalogue import Catalogue
from dashboard.figures.value_stream_map import render
from dashboard.pages.value_stream import measured_map
from dashboard.pages.view import View, view_of
from dashboard.settings import Settings
from dashboard.sources import read_columns_option
from dashboard.theme import duration
from dashboard.warehouse import Warehouse

RECEIPT, RECEIPT_LOCAL = "eventlogs/receipt.csv", "eventlogs/receipt.parquet"
PROBLEMS = "eventlogs/bpic2013_closed_problems.csv"
PRODUCTION = "eventlogs/production_start_end.csv"
CHECKS = "changelog/aea_jira_history_2024.csv"
JIRA = "devlake/jira_rest_board_issues_expand_changelog.json"
SHEET = "cycletime/actionableagile_layout_rnwolf.csv"

OPTIONS = {CHECKS: build.Options(columns=read_columns_option("item=ticket,state=Status,at=As.Of.Date"))}
DONE = {
    PROBLEMS: {"Completed"},
    PRODUCTION: {"End"},
    CHECKS: {"Done"},
    JIRA: {"Resolved", "Closed", "已完成"},
    SHEET: {"Done"},
}


@dataclass(frozen=True)
class Imported:
    """What the program made of a file."""

    account: FileAccount
    items: pd.DataFrame
    transitions: pd.DataFrame
    stream: pd.Series
    stages: pd.DataFrame
    view: View


@pytest.fixture(scope="session")
def imported(
    tmp_path_factory: pytest.TempPathFactory, catalogue: Catalogue, shared: Callable[[str], Path]
) -> Callable[..., Imported]:
    """A real file by its name, imported once and for all."""
    done: dict[tuple[str, str | None], Imported] = {}

    def get(name: str, time_zone: str | None = None) -> Imported:
        if (name, time_zone) not in done:
            settings = Settings(home=tmp_path_factory.mktemp("real"))
            options = OPTIONS.get(name) or build.Options(time_zone=time_zone)
            account = build.import_files([shared(name)], settings, catalogue, options)
            warehouse = Warehouse(settings.warehouse, catalogue)
            done[name, time_zone] = Imported(
                account.files[0],
                warehouse.table("marts.items").set_index("item_id").sort_index(),
                warehouse.table("canonical.transitions").sort_values(["item_id", "occurred_at", "seq"]),
                warehouse.table("marts.streams").iloc[0],
                warehouse.table("marts.stages"),
                view_of(warehouse, settings.home, {})[0],
            )
        return done[name, time_zone]

    return get


@pytest.fixture(scope="session")
def moves(shared: Callable[[str], Path]) -> Callable[[str], pd.DataFrame]:
    """item, at, state, created of the raw file, by pandas alone: one row per event that enters another state."""
    read: dict[str, pd.DataFrame] = {}

    def get(name: str) -> pd.DataFrame:
        if name not in read:
            read[name] = READERS[name](shared(name))
        return read[name]

    return get


def _utc(texts: pd.Series) -> pd.Series:
    return pd.to_datetime(texts, utc=True, format="ISO8601")


def _receipt(path: Path) -> pd.DataFrame:
    raw = pd.read_csv(path)
    return _events(raw["case:concept:name"], _utc(raw["time:timestamp"]), raw["concept:name"])


def _receipt_local(path: Path) -> pd.DataFrame:
    raw = pd.read_parquet(path)
    at = raw["time:timestamp"].dt.tz_localize("UTC")  # no zone is stated, so none is known
    return _events(raw["case:concept:name"], at, raw["concept:name"])


def _problems(path: Path) -> pd.DataFrame:
    raw = pd.read_csv(path)
    return _entered(_events(raw["case:concept:name"], _utc(raw["time:timestamp"]), raw["concept:name"]))


def _production(path: Path) -> pd.DataFrame:
    raw = pd.read_csv(path)
    starts = _events(raw["case:concept:name"], _utc(raw["start_timestamp"]), raw["concept:name"])
    ends = _utc(raw["time:timestamp"]).groupby(raw["case:concept:name"]).max()
    return starts.assign(last=starts["item"].map(ends))


def _checks(path: Path) -> pd.DataFrame:
    raw = pd.read_csv(path, dtype=str).iloc[::-1]  # newest first: ties run backwards too
    events = _events(raw["ticket"], _utc(raw["As.Of.Date"]), raw["Status"], _utc(raw["Created"]))
    return _entered(events)


def _jira(path: Path) -> pd.DataFrame:
    issues = json.loads(path.read_text(encoding="utf-8"))["issues"]
    changes = [
        (issue["key"], history["created"], int(history["id"]), item["toString"], issue["fields"]["created"])
        for issue in issues
        for history in issue["changelog"]["histories"]
        for item in history["items"]
        if item["field"] == "status"
    ]
    raw = pd.DataFrame(changes, columns=["item", "at", "number", "state", "created"]).sort_values("number")
    return _events(raw["item"], _utc(raw["at"]), raw["state"], _utc(raw["created"]))


def _sheet(path: Path) -> pd.DataFrame:
    raw = pd.read_csv(path, usecols=["ID", "Open", "Analysis", "Committed", "Develop", "Done"])
    long = raw.melt("ID", var_name="state", value_name="at").dropna()
    return _events(long["ID"], _utc(long["at"]), long["state"])


READERS: dict[str, Callable[[Path], pd.DataFrame]] = {
    RECEIPT: _receipt,
    RECEIPT_LOCAL: _receipt_local,
    PROBLEMS: _problems,
    PRODUCTION: _production,
    CHECKS: _checks,
    JIRA: _jira,
    SHEET: _sheet,
}


def _events(item: pd.Series, at: pd.Series, state: pd.Series, created: pd.Series | None = None) -> pd.DataFrame:
    frame = pd.DataFrame({"item": item, "at": at, "state": state, "created": at if created is None else created})
    frame = frame.reset_index(drop=True).sort_values(["item", "at"], kind="stable")
    return frame.assign(last=frame["at"])


def _entered(events: pd.DataFrame) -> pd.DataFrame:
    """Only events that change the state; `last` is still the item's last event of any kind."""
    last = events.groupby("item")["at"].transform("max")
    return events.assign(last=last)[events["state"] != events.groupby("item")["state"].shift()]


def case_seconds(events: pd.DataFrame) -> pd.Series:
    """Item → seconds from its first to its last event."""
    items = events.groupby("item")
    return (items["last"].max() - items["at"].min()).dt.total_seconds()


def lead_seconds(events: pd.DataFrame, done: set[str]) -> pd.Series:
    """Item whose last states are done ones → seconds from its creation to the first of these."""
    is_done = events["state"].isin(done)
    later_work = (~is_done)[::-1].groupby(events["item"]).cumsum()[::-1]  # 0 in the last run of done states
    finished = events[is_done & (later_work == 0)].groupby("item")["at"].min()
    begun = events.groupby("item")[["at", "created"]].min().min(axis=1)
    return (finished - begun[finished.index]).dt.total_seconds()


def quantile_disc(values: pd.Series, share: float) -> float:
    """The smallest value that at least this share of all values does not exceed."""
    return float(values.sort_values().iloc[max(math.ceil(share * len(values)) - 1, 0)])


def lead_after_silence(events: pd.DataFrame, quiet_seconds: float) -> pd.Series:
    """Item that ended in a usual last state and was silent for so long → seconds from first to last event."""
    last = events.groupby("item").tail(1).set_index("item")
    shares = last["state"].value_counts(normalize=True)
    is_silent = (events["at"].max() - last["at"]).dt.total_seconds() >= quiet_seconds
    is_usual = last["state"].isin(shares[shares >= 0.05].index)
    return case_seconds(events)[is_usual & is_silent]


def agrees(ours: pd.Series, theirs: pd.Series) -> None:
    """Assert that two series have the same items, the same quantiles, and the same value for every item."""
    assert len(ours) == len(theirs)
    assert ours.quantile([0.5, 0.85]).tolist() == pytest.approx(theirs.quantile([0.5, 0.85]).tolist(), abs=1e-3)
    assert ours.sort_index().tolist() == pytest.approx(theirs.sort_index().tolist(), abs=1e-3)
    assert list(ours.sort_index().index) == list(theirs.sort_index().index)


def finished(items: pd.DataFrame) -> pd.Series:
    """Lead seconds of the finished items."""
    return items.loc[items["finished_at"].notna(), "lead_seconds"]


# Items (SOURCES.md); median and 85th percentile of the case duration in days, by the raw file.
CASES = [
    pytest.param(RECEIPT, 1434, 0.0332, 11.0809),
    pytest.param(RECEIPT_LOCAL, 1434, 0.0332, 11.0809),
    pytest.param(PROBLEMS, 1487, 82.0222, 404.2536),
    pytest.param(PRODUCTION, 225, 13.9014, 42.1461),
    (CHECKS, 690, 116.2271, 237.8732),
    pytest.param(JIRA, 33, 289.2643, 289.3028),
    pytest.param(SHEET, 97, 91.0, 275.2),
]


@pytest.mark.parametrize(("name", "items", "median", "p85"), CASES)
def test_case_durations_are_those_of_the_raw_file(
    name: str,
    items: int,
    median: float,
    p85: float,
    imported: Callable[..., Imported],
    moves: Callable[[str], pd.DataFrame],
) -> None:
    assert len(imported(name).items) == items
    ours = imported(name).items["history_seconds"].dropna()  # null without history
    assert (ours.quantile([0.5, 0.85]) / 86_400).tolist() == pytest.approx([median, p85], abs=1e-4)
    agrees(ours, case_seconds(moves(name)))


@pytest.mark.parametrize(
    ("name", "count"),
    [
        (PROBLEMS, 1487),  # closed problems: all of them
        (PRODUCTION, 225),
        (CHECKS, 464),
        (JIRA, 25),  # five more were ended as Won't Do
        (SHEET, 97),
    ],
)
def test_lead_times_are_those_of_the_raw_file(
    name: str,
    count: int,
    imported: Callable[..., Imported],
    moves: Callable[[str], pd.DataFrame],
    shared: Callable[[str], Path],
) -> None:
    ours, events = finished(imported(name).items), moves(name)
    assert len(ours) == count
    # Two checks of the AEA are first seen when they are done: see the test in test_sources.py.
    seen_before = (
        events.groupby("item").head(1).set_index("item")["state"].isin(DONE[name]).loc[lambda is_done: ~is_done]
    )
    theirs = lead_seconds(events, DONE[name])
    theirs = theirs[~theirs.index.isin(dropped(shared(name)) if name == JIRA else ())]
    assert len(theirs) == count
    agrees(ours[ours.index.isin(seen_before.index)], theirs[theirs.index.isin(seen_before.index)])


def dropped(path: Path) -> set[str]:
    """Issues whose outcome says that nothing was made."""
    issues = json.loads(path.read_text(encoding="utf-8"))["issues"]
    return {each["key"] for each in issues if (each["fields"].get("resolution") or {}).get("name") == "Won't Do"}


@pytest.mark.parametrize("name", [RECEIPT, RECEIPT_LOCAL])
def test_lead_times_after_a_silence_are_those_of_the_raw_file(
    name: str, imported: Callable[..., Imported], moves: Callable[[str], pd.DataFrame]
) -> None:
    done = imported(name)
    agrees(finished(done.items), lead_after_silence(moves(name), float(done.stream["quiet_seconds"])))


@pytest.mark.parametrize("name", [CHECKS, RECEIPT, PROBLEMS, PRODUCTION])
def test_waste_buckets_add_up_to_the_lead_time_of_every_item(name: str, imported: Callable[..., Imported]) -> None:
    found = imported(name)
    waste = found.view.warehouse.table("marts.waste")
    for seconds in ("seconds", "working_seconds"):
        assert (waste[seconds] >= 0).all()
        sums = waste.groupby("item_id")[seconds].sum().reindex(found.items.index, fill_value=0)
        assert (sums - found.items[f"lead_{seconds}"]).abs().max() < 0.001


@pytest.mark.parametrize("is_vertical", [False, True], ids=["wide", "tall"])
@pytest.mark.parametrize("name", [RECEIPT, PROBLEMS, PRODUCTION, CHECKS, JIRA, SHEET])
def test_the_ladder_of_the_drawn_map_adds_up_to_the_mean_lead_time(
    name: str, is_vertical: bool, imported: Callable[..., Imported]
) -> None:
    lead = finished(imported(name).items).mean()  # the tests above compare each of them with the raw file
    value_map = measured_map(imported(name).view)
    assert value_map
    svg = ElementTree.fromstring(render(value_map, is_vertical=is_vertical))
    ladder = [float(part.get("data-seconds", "")) for part in svg.iter() if part.get("data-segment") is not None]
    assert math.fsum(ladder) == pytest.approx(lead, rel=1e-9)
    assert f"Lead time {duration(lead)}" in svg.findtext("{http://www.w3.org/2000/svg}desc", "")
    texts = {text.text for text in svg.iter("{http://www.w3.org/2000/svg}text")}
    assert {duration(seconds) for seconds in ladder if seconds >= 0} <= texts


def test_silence_is_longer_than_99_percent_of_the_gaps_seen(
    imported: Callable[..., Imported], moves: Callable[[str], pd.DataFrame]
) -> None:
    events = moves(RECEIPT)
    gaps = events.groupby("item")["at"].diff().dt.total_seconds().dropna()
    assert len(gaps) == 8_577 - 1_434
    assert imported(RECEIPT).stream["quiet_seconds"] == pytest.approx(quantile_disc(gaps, 0.99))


def test_local_times_with_their_zone_give_the_durations_of_times_with_offsets(
    imported: Callable[..., Imported],
) -> None:
    by_offset, by_zone = imported(RECEIPT).items, imported(RECEIPT_LOCAL, "Europe/Amsterdam").items
    agrees(by_zone["history_seconds"], by_offset["history_seconds"])
    # Without the zone, cases over a change of the clocks are an hour longer or shorter.
    difference = imported(RECEIPT_LOCAL).items["history_seconds"] - by_offset["history_seconds"]
    assert set(difference.round().abs()) == {0, 3_600}


@pytest.mark.parametrize(
    ("name", "meaning", "read", "ignored"),
    [
        (RECEIPT, "ended", 8_577, 0),
        (RECEIPT_LOCAL, "ended", 8_577, 0),
        (PROBLEMS, "entered", 6_660, 6_660 - 4_712),
        (PRODUCTION, "interval", 4_953, 51),
        (CHECKS, "entered", 27_342, 27_342 - 7_111),
        (JIRA, None, 33, 0),
        (SHEET, None, 97, 0),
    ],
)
def test_every_record_of_a_real_file_is_used_or_says_nothing_new(
    name: str, meaning: str | None, read: int, ignored: int, imported: Callable[..., Imported]
) -> None:
    account = imported(name).account
    assert (account.event_is, account.records(), account.records("set aside")) == (meaning, read, 0)
    assert (account.records("ignored"), account.records("kept")) == (ignored, read - ignored)


def test_status_log_keeps_every_change_of_state(
    imported: Callable[..., Imported], moves: Callable[[str], pd.DataFrame]
) -> None:
    expected = moves(PROBLEMS)
    ours = imported(PROBLEMS).transitions
    assert len(ours) == len(expected) == 4_712
    assert list(zip(ours["item_id"], ours["to_state"], strict=True)) == list(
        zip(expected["item"], expected["state"], strict=True)
    )


def test_log_of_newest_first_keeps_every_change_of_state(
    imported: Callable[..., Imported], moves: Callable[[str], pd.DataFrame], shared: Callable[[str], Path]
) -> None:
    # 6,430 rows change the status; of 690 tickets, the first row is one of these 9 times.
    raw = pd.read_csv(shared(CHECKS), dtype=str, keep_default_na=False).iloc[::-1]
    changed = raw["Changed.Fields"].str.lower().str.split(r",\s*").map(lambda fields: "status" in fields)
    assert int(changed.sum()) == 6_430
    expected = moves(CHECKS)
    ours = imported(CHECKS).transitions
    assert len(ours) == len(expected) == 6_430 + 690 - 9
    assert ours["to_state"].nunique() == 29
    assert list(zip(ours["item_id"], ours["to_state"], strict=True)) == list(
        zip(expected["item"], expected["state"], strict=True)
    )


@pytest.mark.parametrize(("name", "variants"), [(RECEIPT, 116), (RECEIPT_LOCAL, 116)])
def test_histories_have_as_many_variants_as_the_log(
    name: str, variants: int, imported: Callable[..., Imported]
) -> None:
    ours = imported(name).transitions
    assert ours.groupby("item_id")["to_state"].agg(tuple).nunique() == variants


def test_jira_history_has_all_changes_of_status(
    imported: Callable[..., Imported], moves: Callable[[str], pd.DataFrame]
) -> None:
    ours = imported(JIRA).transitions
    assert len(ours) == len(moves(JIRA)) == 165
    # Every move begins where the one before ended, but for one: EE-1 was given another workflow in between.
    before = ours.groupby("item_id")["to_state"].shift()
    assert list(ours.loc[before.notna() & (ours["from_state"] != before), "item_id"]) == ["EE-1"]


def test_stage_skipped_in_the_sheet_has_no_move(imported: Callable[..., Imported]) -> None:
    moved = imported(SHEET).transitions["to_state"].value_counts()
    # Of 97 items, 93 skip Analysis, 38 Committed, 12 Develop.
    assert {stage: 97 - int(moved[stage]) for stage in moved.index} == {
        "Open": 0, "Analysis": 93, "Committed": 38, "Develop": 12, "Done": 0,
    }  # fmt: skip
    assert list(imported(SHEET).stages["stage"]) == ["Open", "Analysis", "Committed", "Develop", "Done"]


def test_interval_log_has_waiting_where_nothing_is_going_on(
    imported: Callable[..., Imported], shared: Callable[[str], Path]
) -> None:
    raw = pd.read_csv(shared(PRODUCTION))
    since, until = _utc(raw["start_timestamp"]), _utc(raw["time:timestamp"])
    waits = 0.0
    for _, case in pd.DataFrame({"case": raw["case:concept:name"], "since": since, "until": until}).groupby("case"):
        case = case.sort_values("since")
        busy_until = case["until"].cummax().shift()
        waits += (case["since"] - busy_until).dt.total_seconds().clip(lower=0).sum()
    ours = imported(PRODUCTION).transitions
    left = ours.groupby("item_id")["occurred_at"].shift(-1)
    is_wait = ours["to_state"].str.startswith("Waiting for ")
    assert (left - ours["occurred_at"])[is_wait].dt.total_seconds().sum() == pytest.approx(waits)
