"""Write the two neighbours of the bank's stream in the demo data: its platform, and its service desk.

Run `python data/sample/make_neighbours.py [--out DIR]` after make_demo.py, whose files it reads; the same seed
gives the same bytes.

Built-in truths:
- platform    of the bank's items, those blocked by "Waiting for another team" wait for a request to the
              platform: it was made before, and is done when the block ends. Other requests block nobody; upgrades are
              made by the bank's own shared team.
- desk        seven in ten defects of the bank were reported by one to three customers. Their tickets wait
              until the defect is released or withdrawn; other tickets are answered by the desk alone.
"""

import argparse
import csv
import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from random import Random

SEED, DEMO = "value-stream-neighbours-7", Path(__file__).parent / "demo"
START, END = datetime(2024, 5, 1, 9, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)
SHARED = "Test & Release"  # of the bank, too
OTHER_TEAM, PRODUCT = "Waiting for another team", "Waiting for a correction"
REPORTED, NEAR = 0.7, timedelta(days=3)
REQUESTS = ("An environment for {}", "Access to {}", "A certificate for {}", "More room for {}", "An alarm on {}")
SYSTEMS = ("the test ledger", "the message broker", "the card interface", "the report store", "the rehearsal system")
QUESTIONS = ("Cannot find {}", "Asks how {} works", "Wrong date in {}", "Wants {} on paper", "Complains about {}")
TOPICS = ("the statement", "the standing order", "the daily limit", "the payee list", "the fee overview")


@dataclass
class Ticket:
    """One item of a neighbour: its entries into states, whom it blocks, who blocks it."""

    title: str
    type: str
    team: str
    entries: list[tuple[datetime, str, str]]  # when, state, person
    blocks: str = ""
    blocked_by: str = ""
    waits: tuple[datetime, datetime] | None = None
    id: str = field(default="")

    @property
    def created(self) -> datetime:
        return self.entries[0][0]


def rows_of(name: str) -> list[dict[str, str]]:
    with (DEMO / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["stream"] == "bank"]


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text) if text else END


def iso(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def person(team: str, rng: Random) -> str:
    return "p-" + hashlib.sha256(f"{SEED}/{team}/{rng.randrange(6)}".encode()).hexdigest()[:4]


def at_work(moment: datetime, later: timedelta) -> datetime:
    """So much later, moved to the next working morning where that is a night or a weekend."""
    moment += later
    if moment.weekday() >= 5 or not 8 <= moment.hour < 18:
        day = moment.date() + timedelta(days=1 if moment.hour >= 18 or moment.weekday() >= 5 else 0)
        while day.weekday() >= 5:
            day += timedelta(days=1)
        moment = datetime.combine(day, time(8, moment.minute, moment.second), UTC)
    return moment


def days(rng: Random, mean: float) -> timedelta:
    return timedelta(seconds=int(86_400 * min(rng.expovariate(1 / mean) + 0.02, 4 * mean)))


def platform() -> Iterable[Ticket]:
    """Requests that an item waits for, and about three a fortnight that nobody waits for."""
    team = "Cloud Platform"
    for row in rows_of("blocked"):
        if row["reason"] != OTHER_TEAM:
            continue
        rng = Random(f"{SEED}/{row['item_id']}/{row['blocked_at']}")
        begun, done = instant(row["blocked_at"]), instant(row["unblocked_at"])
        asked = begun - timedelta(seconds=int(3600 * rng.uniform(0.2, 60)))
        taken = begun + (done - begun) * rng.uniform(0.3, 0.8)
        yield Ticket(_title(rng, REQUESTS, SYSTEMS), "request", team, _way(asked, taken, done, team, rng),
                     blocks=row["item_id"])  # fmt: skip
    rng, moment = Random(f"{SEED}/platform"), START
    while moment < END:
        taken = at_work(moment, days(rng, 4))
        done = at_work(taken, days(rng, 2))
        kind = rng.choices(("request", "upgrade"), (3, 2))[0]
        by = team if kind == "request" else SHARED
        yield Ticket(_title(rng, REQUESTS, SYSTEMS), kind, by, _way(moment, taken, done, by, rng))
        moment = at_work(moment, days(rng, 5))


def desk() -> Iterable[Ticket]:
    """Tickets that wait for a defect of the bank, and about six a month that don't."""
    team, ends = "Customer Desk", _ends()
    for row in rows_of("items"):
        rng = Random(f"{SEED}/{row['item_id']}")
        created = instant(row["created_at"])
        if row["type"] != "defect" or created < START or rng.random() > REPORTED:
            continue
        for _ in range(rng.choices((1, 2, 3))[0]):
            reported = created - timedelta(seconds=int(NEAR.total_seconds() * rng.uniform(0.1, 1)))
            taken = reported + (created - reported) * rng.uniform(0.1, 0.8)
            waits = created + timedelta(minutes=30), ends.get(row["item_id"], END)
            if waits[1] <= waits[0]:
                continue
            answered = at_work(waits[1], days(rng, 0.4))
            entries = [(reported, "New", ""), (taken, "In Progress", person(team, rng)),
                       (waits[0], "Waiting for Product", ""), (waits[1], "In Progress", person(team, rng)),
                       (answered, "Closed", "")]  # fmt: skip
            if waits[1] >= END:
                entries = entries[:3]
            title = _title(rng, QUESTIONS, TOPICS)
            yield Ticket(title, "complaint", team, entries, blocked_by=row["item_id"], waits=waits)
    rng, moment = Random(f"{SEED}/desk"), START
    while moment < END:
        taken = at_work(moment, days(rng, 0.6))
        answered = at_work(taken, days(rng, 0.5))
        entries = [(moment, "New", ""), (taken, "In Progress", person(team, rng)), (answered, "Closed", "")]
        yield Ticket(_title(rng, QUESTIONS, TOPICS), "question", team, entries)
        moment = at_work(moment, days(rng, 5))


def _ends() -> dict[str, datetime]:
    """Item of the bank → when it was released or withdrawn for the last time."""
    last = defaultdict[str, tuple[datetime, str]](lambda: (START, ""))
    for row in rows_of("transitions"):
        last[row["item_id"]] = instant(row["occurred_at"]), row["to_state"]
    return {item: at for item, (at, state) in last.items() if state in ("Released", "Cancelled")}


def _way(asked: datetime, taken: datetime, done: datetime, team: str, rng: Random) -> list[tuple[datetime, str, str]]:
    ways = [(asked, "Requested", ""), (taken, "In Progress", person(team, rng)), (done, "Provided", "")]
    return [each for each in ways if each[0] < END]


def _title(rng: Random, patterns: tuple[str, ...], things: tuple[str, ...]) -> str:
    return rng.choice(patterns).format(rng.choice(things))


HEADERS = {
    "items": "item_id,title,type,team,created_at,status",
    "transitions": "item_id,seq,occurred_at,from_state,to_state,team,person",
    "blocked": "item_id,blocked_at,unblocked_at,reason",
    "links": "kind,from_id,to_id",
}


def tables(prefix: str, tickets: Iterable[Ticket]) -> dict[str, list[list[str]]]:
    """The rows of each file; keys in the order of creation."""
    found: dict[str, list[list[str]]] = {name: [] for name in HEADERS}
    known = [each for each in tickets if each.created < END]
    for number, one in enumerate(sorted(known, key=lambda each: (each.created, each.title, each.blocked_by)), 1):
        one.id = f"{prefix}-{number}"
        entries = [each for each in one.entries if each[0] < END]
        found["items"].append([one.id, one.title, one.type, one.team, iso(one.created), entries[-1][1]])
        states = ["", *(state for _, state, _ in entries)]
        for place, (at, state, who) in enumerate(entries):
            found["transitions"].append([one.id, str(place + 1), iso(at), states[place], state, one.team, who])
        if one.waits:
            end = iso(one.waits[1]) if one.waits[1] < END else ""
            found["blocked"].append([one.id, iso(one.waits[0]), end, PRODUCT])
        found["links"] += [["blocks", one.id, one.blocks]] if one.blocks else []
        found["links"] += [["blocks", one.blocked_by, one.id]] if one.blocked_by else []
    return found


def write(folder: Path) -> None:
    """Write the four files; existing ones are replaced."""
    folder.mkdir(parents=True, exist_ok=True)
    streams = {"bank-platform": tables("PLAT", platform()), "bank-desk": tables("DESK", desk())}
    for name, header in HEADERS.items():
        with (folder / f"neighbour-{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(["stream", *header.split(",")])
            writer.writerows([stream, *row] for stream, found in streams.items() for row in found[name])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Write the neighbours of the bank's stream in the demo data.")
    parser.add_argument("--out", type=Path, default=DEMO)
    write(parser.parse_args().out)
