"""Write the demo data: three made-up organisations whose improvement is known.

Run `python data/sample/make_demo.py [--out DIR]`; the same seed gives the same bytes, and no clock is read.

Built-in truths (ORGANISATIONS holds every number as it was, EFFECTS what it became, with the date):
- bank        a release every 182 days after 21 days of stabilisation → 91 → 28 → 14 days after 4; the queue
              before test takes 1 working day, not 9. Median lead time: about six months → seven weeks.
- retailer    a release every 14 days, one in five rolled back → every 7 → every working day; 80 % fewer
              incidents a month; recovery in 1 hour on average, not 6.
- healthcare  a release every 91 days → 28; validation takes 3.5 working days, not 11. Compliance is kept:
              nothing is released without a pass through Validation and Approval.

EFFECTS is the only place where a setting changes. Its keys are the ids of the initiatives in data/plan.toml;
one that did not work stands there with nothing. Each item draws its own random numbers, so that a change to
one leaves the others. Time inside a journey is a position in working days (12.5 = 13:00 on the 13th), each
from 8:00 to 18:00 local. Items created in the warm-up are kept when they were still open at START, so that
the period begins in full flow.
"""

import argparse
import csv
import hashlib
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import product
from math import log
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

SEED, PEOPLE_PER_TEAM = "value-stream-demo-94", 7
WARM_UP, START, END = date(2023, 7, 3), date(2024, 5, 1), datetime(2026, 11, 1, tzinfo=UTC)
# Type → share of the items, effort; priority → share of the items, patience in a queue.
TYPES = {"feature": (0.58, 1.0), "defect": (0.22, 0.6), "risk": (0.08, 0.9), "debt": (0.12, 0.8)}
PRIORITIES = {"urgent": (0.06, 0.4), "high": (0.24, 0.8), "normal": (0.5, 1.0), "low": (0.2, 1.3)}
CANCELLED, STARTED_FIRST, REOPENED, FORGOTTEN, BLOCKED, SKIPPED, ASKED = 0.08, 0.6, 0.03, 0.04, 0.06, 0.1, 0.2
OTHER_ITEM, OTHER_TEAM = "Waiting for another item", "Waiting for another team"
REASONS = (OTHER_ITEM, OTHER_TEAM, "Environment down", "Test data missing", "Open question", "Supplier")
TITLES = {
    "feature": ("Show {} {}", "Let people change {} {}", "Search {} {}", "Send a notice about {} {}"),
    "defect": ("Stop losing {} {}", "Correct {} {}", "Do not cut off {} {}", "Remove duplicates of {} {}"),
    "risk": ("Encrypt {} {}", "Keep an audit trail of {} {}", "Limit access to {} {}"),
    "debt": ("Add tests for {} {}", "Replace the old code for {} {}", "Split the module for {} {}"),
}


@dataclass(frozen=True)
class Organisation:
    """One stream before any improvement; `settings` has each state's mean working days under its name."""

    id: str
    prefix: str
    zone: str
    teams: tuple[str, str, str]  # two that deliver one service each, and a shared one
    services: tuple[str, str, str]  # theirs, and a supplier's
    route: tuple[str, ...]  # from the first state to the queue for the release
    after: tuple[str, str, str]  # stabilisation (or none), done, cancelled
    active: tuple[str, ...]  # states with work
    shared: tuple[str, ...]  # states of the shared team
    build: str  # where changes are made, and where rework goes
    first_train: date
    settings: dict[str, float]
    things: str
    places: str


ORGANISATIONS = (
    Organisation(
        "bank", "PAY", "Europe/London", ("Payments Core", "Payments Channels", "Test & Release"),
        ("payments-ledger", "payments-api", "card-network"),
        ("Open", "In Analysis", "Ready for Dev", "In Development", "Waiting for Test", "In Test",
         "Waiting for Release"),
        ("Stabilisation", "Released", "Cancelled"),
        ("In Analysis", "In Development", "In Test", "Stabilisation"),
        ("Waiting for Test", "In Test", "Waiting for Release", "Stabilisation"),
        "In Development", date(2023, 6, 17),
        {"Open": 22, "In Analysis": 5, "Ready for Dev": 15, "In Development": 8, "Waiting for Test": 9,
         "In Test": 5, "In Test back": 0.3, "Stabilisation back": 0.2, "release every": 182,
         "release weekday": 5, "release hour": 20, "freeze": 21, "deploy failed": 0.3, "caused": 2.0,
         "incidents": 1.6, "hours": 16, "arrivals": 12, "survey": 2.7, "experts": 0.55},
        "the exchange rate|standing orders|payment limits|returned payments|direct debits|cut-off times|fees|"
        "payee names|bulk files|refunds|batch totals|sanctions hits|statements|reference texts",
        "before confirmation|in the branch screen|for business accounts|on mobile|for foreign currencies|"
        "at month end|in the ledger|for joint accounts|in the daily report",
    ),
    Organisation(
        "retailer", "SHOP", "Europe/Berlin", ("Storefront", "Checkout", "Platform Operations"),
        ("shop-web", "checkout-api", "parcel-tracking"),
        ("Backlog", "Selected", "In Progress", "Waiting for Review", "In Review", "QA", "Ready to Deploy"),
        ("", "Live", "Won't Do"), ("In Progress", "In Review", "QA"), ("QA", "Ready to Deploy"),
        "In Progress", date(2023, 6, 14),
        {"Backlog": 14, "Selected": 8, "In Progress": 5, "Waiting for Review": 2.5, "In Review": 1, "QA": 2.5,
         "In Review back": 0.2, "QA back": 0.22, "release every": 14, "release weekday": 2,
         "release hour": 14, "freeze": 2, "deploy failed": 0.2, "caused": 0.8, "incidents": 5.8,
         "hours": 6, "arrivals": 13, "survey": 3, "experts": 0.6},
        "delivery dates|gift cards|size charts|the wish list|vouchers|product photos|stock levels|returns|"
        "the basket|reviews|guest orders|filters|order history|shipping costs",
        "on the product page|at checkout|in the app|for returning customers|in search results|in the footer|"
        "for bulky goods|in the order mail|on small screens",
    ),
    Organisation(
        "healthcare", "REC", "America/Chicago", ("Records", "Patient Portal", "Validation & Compliance"),
        ("records-core", "patient-portal", "lab-interface"),
        ("New", "Ready", "Development", "Verification", "Waiting for Validation", "Validation", "Approval",
         "Scheduled for Release"),
        ("", "In Use", "Withdrawn"), ("Development", "Verification", "Validation"),
        ("Waiting for Validation", "Validation", "Approval", "Scheduled for Release"),
        "Development", date(2023, 6, 13),
        {"New": 18, "Ready": 9, "Development": 7, "Verification": 3, "Waiting for Validation": 12,
         "Validation": 11, "Approval": 9, "Verification back": 0.22, "Validation back": 0.25,
         "release every": 91, "release weekday": 1, "release hour": 17, "freeze": 7, "deploy failed": 0.2,
         "caused": 1.0, "incidents": 1.4, "hours": 9, "arrivals": 12, "survey": 3.1, "experts": 0.4},
        "allergy notes|lab results|appointments|referral letters|medication lists|consent forms|care plans|"
        "vaccination dates|discharge summaries|vital signs|test orders|contact details|visit notes",
        "on the ward view|for patients|in the portal|for children|at admission|in the export|"
        "for night staff|in the emergency view|on printed pages",
    ),
)  # fmt: skip

# Initiative → the date it works from, and what it changed; in order of date for each organisation.
EFFECTS: dict[str, tuple[date, dict[str, float]]] = {
    "bank-overtime": (date(2024, 10, 7), {}),  # built in: it did not work
    "bank-regression": (date(2025, 3, 3), {
        "In Test": 3, "In Test back": 0.15, "freeze": 14, "caused": 1.2, "incidents": 1.2}),
    "bank-quarterly": (date(2025, 6, 9), {
        "release every": 91, "freeze": 10, "Open": 13, "caused": 0.8, "deploy failed": 0.2, "survey": 3.1}),
    "bank-testers": (date(2025, 9, 15), {
        "Waiting for Test": 1, "In Test": 2, "Waiting for Test own": 1, "In Test own": 1, "hours": 6}),
    "bank-monthly": (date(2025, 12, 8), {
        "release every": 28, "release weekday": 1, "release hour": 10, "freeze": 7, "Stabilisation back": 0,
        "In Development": 5,
        "caused": 0.2, "deploy failed": 0.05, "hours": 4, "survey": 3.6}),
    "bank-pull": (date(2026, 2, 2), {
        "Ready for Dev": 4, "experts": 0.15, "arrivals": 13.5}),
    "bank-fortnightly": (date(2026, 5, 4), {
        "release every": 14, "freeze": 4, "Open": 6, "caused": 0.07, "incidents": 0.8, "survey": 3.9}),
    "bank-analysis": (date(2026, 9, 14), {"In Analysis": 3}),  # too young to judge
    "retailer-rollback": (date(2024, 12, 2), {"hours": 2, "survey": 3.2}),
    "retailer-newsletter": (date(2024, 12, 16), {}),  # built in: it did not work
    "retailer-weekly": (date(2025, 3, 3), {
        "release every": 7, "freeze": 1, "caused": 0.4, "deploy failed": 0.12}),
    "retailer-pull": (date(2025, 6, 2), {
        "Backlog": 10, "Selected": 3, "In Progress": 3.5, "Waiting for Review": 0.7, "In Review": 0.6,
        "experts": 0.15, "arrivals": 14, "survey": 3.6}),
    "retailer-flags": (date(2025, 9, 1), {
        "deploy failed": 0.05, "caused": 0.13, "incidents": 2.6, "QA back": 0.1}),
    "retailer-daily": (date(2025, 11, 3), {
        "release every": 1, "release weekday": -1, "release hour": 11, "freeze": 0, "Ready to Deploy own": 1,
        "QA": 1.2, "deploy failed": 0.012, "caused": 0.02, "incidents": 0.9, "hours": 1, "survey": 4.1}),
    "healthcare-outsource": (date(2024, 11, 4), {}),  # built in: it did not work, and was stopped
    "healthcare-specialists": (date(2025, 2, 3), {"Waiting for Validation": 4}),
    "healthcare-validation": (date(2025, 6, 2), {
        "Validation": 3.5, "Validation back": 0.1, "caused": 0.5, "survey": 3.5}),
    "healthcare-approval": (date(2025, 9, 8), {"Approval": 2.5, "arrivals": 13}),
    "healthcare-monthly": (date(2025, 11, 24), {
        "release every": 28, "freeze": 4, "deploy failed": 0.04, "caused": 0.1, "incidents": 0.9,
        "hours": 4, "survey": 3.9}),
}  # fmt: skip


def random(*parts: object) -> Random:
    return Random(":".join([SEED, *map(str, parts)]))


def setting(org: Organisation, key: str, day: date) -> float:
    """The value on a day: as it was, then as the latest initiative left it; 0 where none is given."""
    value = org.settings.get(key, 0.0)
    for initiative, (works_from, sets) in EFFECTS.items():
        if initiative.startswith(f"{org.id}-") and works_from <= day:
            value = sets.get(key, value)
    return value


def around(rng: Random, mean: float, spread: float) -> float:
    """A lognormal draw with this mean, cut at three times the mean so that there are no absurd tails."""
    return min(rng.lognormvariate(log(mean) - spread**2 / 2, spread), 3 * mean) if mean else 0.0


def hours(rng: Random, low: float, high: float) -> timedelta:
    return timedelta(seconds=int(3600 * rng.uniform(low, high)))


class Calendar:
    """The working days of a time zone; a position counts them, and its fraction is the share of the day."""

    def __init__(self, zone: str) -> None:
        days = (WARM_UP + timedelta(days=number - 40) for number in range(1900))
        off = {(12, 24), (12, 25), (12, 26), (1, 1)}
        self.zone = ZoneInfo(zone)
        self.days = [day for day in days if day.weekday() < 5 and (day.month, day.day) not in off]

    def moment(self, position: float) -> datetime:
        return self.at(self.days[int(position)], 8, position % 1 * 10)

    def at(self, day: date, hour: int, later: float = 0) -> datetime:
        start = datetime.combine(day, time(hour), self.zone).astimezone(UTC)
        return start + timedelta(seconds=int(later * 3600))

    def position(self, moment: datetime) -> float:
        local, index = moment.astimezone(self.zone), self.index(moment.astimezone(self.zone).date())
        passed = (local.hour + local.minute / 60 - 8) / 10 if self.days[index] == local.date() else 0.0
        return index + min(max(passed, 0.0), 0.99)

    def index(self, day: date) -> int:
        """The number of this working day, or of the next one."""
        return bisect_left(self.days, day)


@dataclass
class Deployment:
    id: str
    service: str
    at: datetime
    status: str = "success"
    unplanned: bool = False
    environment: str = "production"


@dataclass
class Train:
    """A release: what is in the queue at the cut-off leaves with it; of the attempts, the last succeeds."""

    cutoff: datetime
    attempts: dict[str, list[Deployment]]


@dataclass
class Visit:
    state: str
    at: datetime
    team: str
    person: str = ""


def make_trains(org: Organisation, calendar: Calendar) -> list[Train]:
    trains, day = [], org.first_train
    while day < END.date() + timedelta(days=600):
        rng, freeze = random(org.id, "train", day), setting(org, "freeze", day)
        leaves = calendar.at(day, int(setting(org, "release hour", day)), 0.7 * rng.random())
        closes = calendar.at(calendar.days[calendar.index(day - timedelta(days=freeze))], 15)
        attempts = {}
        for number, service in enumerate(org.services[:2]):
            name, at = f"{service}-{day:%Y%m%d}", leaves + timedelta(minutes=45 * number)
            attempts[service] = [Deployment(f"{name}-1", service, at)]
            if rng.random() < setting(org, "deploy failed", day):
                attempts[service][0].status = "failed"
                attempts[service].append(Deployment(f"{name}-2", service, at + hours(rng, 2, 6)))
        trains.append(Train(min(closes, leaves - timedelta(minutes=30)), attempts))
        weekday = setting(org, "release weekday", day)
        day += timedelta(days=setting(org, "release every", day))
        to_weekday = timedelta(days=(weekday - day.weekday()) % 7)
        day = day + to_weekday if weekday >= 0 else calendar.days[calendar.index(day)]
    return trains


class Item:
    """One item and its way along the route, in working time, until it is released or cancelled."""

    def __init__(self, org: Organisation, calendar: Calendar, number: int, created: float) -> None:
        self.org, self.calendar, self.position = org, calendar, created
        self.id, self.parent, self.rng = f"{org.prefix}-{number}", "", random(org.id, "item", number)
        own = int(self.rng.random() < 0.45)
        self.team, self.service = org.teams[own], org.services[own]
        self.type, self.priority = (self.draw(table) for table in (TYPES, PRIORITIES))
        self.size = around(self.rng, TYPES[self.type][1], 0.35)
        self.patience = PRIORITIES[self.priority][1] * (2 if self.rng.random() < FORGOTTEN else 1)
        self.visits: list[Visit] = []
        self.blocked: list[tuple[datetime, datetime, str]] = []
        self.changes: list[tuple[datetime, datetime]] = []
        self.deployments: list[Deployment] = []

    def draw(self, table: dict[str, tuple[float, float]]) -> str:
        return self.rng.choices(list(table), [share for share, _ in table.values()])[0]

    def setting(self, key: str) -> float:
        return setting(self.org, key, self.calendar.days[int(self.position)])

    def enter(self, state: str) -> None:
        """Begin a visit; before the limits on work in progress, the work often goes to one of two experts."""
        shared = state in self.org.shared and not self.setting(f"{state} own")
        team = self.org.teams[2] if shared else self.team
        people = 2 if self.rng.random() < self.setting("experts") else PEOPLE_PER_TEAM
        number = int(self.rng.random() * people)
        person = "p-" + hashlib.sha256(f"{SEED}/{team}/{number}".encode()).hexdigest()[:4]
        at = self.calendar.moment(self.position)
        self.visits.append(Visit(state, at, team, person if state in self.org.active else ""))

    def stay(self, state: str, days: float, may_block: bool = True) -> None:
        """Spend the time of a visit: a blocked interval makes it longer, and building makes changes."""
        if may_block and state != self.org.route[0] and self.rng.random() < BLOCKED:
            begin, extra = self.position + days * self.rng.random(), 0.3 + around(self.rng, 4, 0.8)
            interval = self.calendar.moment(begin), self.calendar.moment(begin + extra)
            self.blocked.append((*interval, self.rng.choices(REASONS)[0]))
            days += extra
        end = self.position + max(days, 0.02)
        for _ in range(self.rng.choices((1, 2, 3))[0] if state == self.org.build else 0):
            authored = self.rng.uniform(self.position, end)
            merged = self.rng.uniform(authored, end)
            self.changes.append((self.calendar.moment(authored), self.calendar.moment(merged)))
        self.position = end

    def travel(self, trains: list[Train]) -> None:
        dropped, started = self.rng.random() < CANCELLED, self.rng.random() < STARTED_FIRST
        last_visit = self.rng.choices(range(2, 7))[0] if started else 1
        self.walk(0, 1.0, last_visit if dropped else 0)
        if dropped:
            self.visits.append(Visit(self.org.after[2], self.calendar.moment(self.position), self.team))
            return
        self.board(trains)
        if self.rng.random() < REOPENED:
            self.position = self.calendar.position(self.visits[-1].at) + self.rng.uniform(2, 10)
            self.walk(self.org.route.index(self.org.build), 0.4, 0)
            self.board(trains)

    def walk(self, index: int, share: float, last_visit: int) -> None:
        """Go from one state to the next, back to building at times, up to the queue for the release."""
        loops = 0
        while index < len(self.org.route) - 1 and (not last_visit or len(self.visits) < last_visit):
            state, index = self.org.route[index], index + 1
            if index == 2 and self.rng.random() < SKIPPED:
                continue
            self.enter(state)
            spread, factor = (0.5, self.size) if state in self.org.active else (0.7, self.patience)
            self.stay(state, around(self.rng, self.setting(state) * share, spread) * factor)
            if loops < 2 and self.rng.random() < self.setting(f"{state} back"):
                index, share, loops = self.org.route.index(self.org.build), 0.4, loops + 1

    def board(self, trains: list[Train]) -> None:
        """Wait for the next release that is still open, and leave with it."""
        self.enter(self.org.route[-1])
        train = next(train for train in trains if train.cutoff >= self.visits[-1].at)
        arrival = train.attempts[self.service][-1]
        if self.org.after[0]:
            self.position = self.calendar.position(train.cutoff) + self.rng.uniform(0.02, 0.2)
            self.stabilise(self.org.after[0], self.calendar.position(arrival.at) - self.position)
        done_at = arrival.at + hours(self.rng, 0.02, 0.3)
        self.visits.append(Visit(self.org.after[1], done_at, self.visits[-1].team))
        self.deployments.append(arrival)

    def stabilise(self, state: str, days: float) -> None:
        self.enter(state)
        if days > 5 and self.rng.random() < self.setting(f"{state} back"):
            self.position += days * self.rng.uniform(0, 0.4)
            self.enter(self.org.build)
            self.stay(self.org.build, days * self.rng.uniform(0.05, 0.2), may_block=False)
            self.enter(state)


def make_items(org: Organisation, calendar: Calendar, trains: list[Train]) -> list[Item]:
    """All items that were open at START or created after it, with their histories up to END."""
    rng, position, number, items = random(org.id, "arrivals"), 30.0, 100, []
    while calendar.moment(position) < END:
        number += 1
        item = Item(org, calendar, number, position)
        item.travel(trains)
        if item.visits[-1].state not in org.after or item.visits[-1].at.date() >= START:
            items.append(item)
        item.visits = [visit for visit in item.visits if visit.at < END]
        item.deployments = [one for one in item.deployments if START <= one.at.date() < END.date()]
        position += 21 / setting(org, "arrivals", calendar.days[int(position)]) * rng.uniform(0.1, 1.9)
    return items


def item_rows(org: Organisation, items: list[Item]) -> Iterable[list[str]]:
    """Three in ten features are a part of an earlier one of their team; no title comes twice."""
    rng, asked = random(org.id, "titles"), random(org.id, "labels")
    words = org.things.split("|"), org.places.split("|")
    titles = {kind: list(product(patterns, *words)) for kind, patterns in TITLES.items()}
    for number, item in enumerate(items):
        pattern, thing, place = titles[item.type].pop(int(rng.random() * len(titles[item.type])))
        near = items[max(0, number - 25) : number]
        whole = [one for one in near if (one.type, one.team) == ("feature", item.team)]
        if item.type == "feature" and whole and rng.random() < 0.3:
            item.parent = rng.choices(whole)[0].parent or rng.choices(whole)[0].id
        first, last, title = item.visits[0], item.visits[-1], pattern.format(thing, place)
        labels = [thing.replace(" ", "-"), *(["asked-by-customers"] if asked.random() < ASKED else [])]
        row = [item.id, title, item.type, item.team, item.priority, "|".join(sorted(labels))]
        yield [*row, item.parent, iso(first.at), last.state]


def link_rows(org: Organisation, items: list[Item]) -> Iterable[list[str]]:
    rng = random(org.id, "links")
    for item in items:
        yield from (["deployed", item.id, one.id] for one in item.deployments)
        yield from [["parent", item.id, item.parent]] * bool(item.parent)
        for begin in (begin for begin, _, reason in item.blocked if reason == OTHER_ITEM and begin < END):
            others = [one for one in items if one is not item]
            others = [one for one in others if one.visits[0].at < begin < one.visits[-1].at]
            yield from (["blocks", one.id, item.id] for one in (rng.choices(others) if others else ()))


def make_deployments(trains: list[Train], items: list[Item]) -> list[Deployment]:
    """Each train's attempts: the first service always, the other when it carries an item; staging before."""
    carrying, rows = {one.id for item in items for one in item.deployments}, []
    for train in trains:
        first, *others = train.attempts.values()
        rows += first + [one for attempts in others if attempts[-1].id in carrying for one in attempts]
        if first[0].at - train.cutoff > timedelta(days=1):
            name, service = f"{first[0].id}-staging", first[0].service
            rows.append(Deployment(name, service, train.cutoff, environment="staging"))
    return [row for row in rows if START <= row.at.date() < END.date()]


@dataclass
class Incident:
    service: str
    started: datetime
    restored: datetime
    cause: str


def make_incidents(org: Organisation, runs: list[Deployment]) -> tuple[list[Incident], list[Deployment]]:
    """Incidents caused by deployments, those with other causes, and the hotfixes that ended some."""
    rng, incidents, hotfixes = random(org.id, "incidents"), list[Incident](), list[Deployment]()
    for one in (run for run in runs if run.environment == "production"):
        failed, mean = one.status == "failed", setting(org, "hours", one.at.date())
        chance = 0.6 if failed else setting(org, "caused", one.at.date())
        for number in (n for n in range(4) if rng.random() < chance / 4):
            start = one.at + (hours(rng, 0.1, 0.5) if failed else timedelta(hours=0.2 + around(rng, 16, 1)))
            end = start + timedelta(hours=around(rng, mean, 0.7) * (0.4 if failed else 1))
            named = rng.random() < 0.85  # the rest can be inferred from service and time
            incidents.append(Incident(one.service, start, end, one.id if named else ""))
            if not failed and rng.random() < 0.4:
                at = end - (end - start) * 0.1
                hotfixes.append(Deployment(f"{one.id}-h{number + 1}", one.service, at, unplanned=True))
    start = datetime.combine(START, time(3), UTC)
    while start < END:
        service = org.services[rng.choices((0, 1, 2), (3, 2, 5))[0]]
        end = start + timedelta(hours=around(rng, setting(org, "hours", start.date()), 0.7))
        incidents.append(Incident(service, start, end, ""))
        start += timedelta(days=30.4 / setting(org, "incidents", start.date()) * rng.uniform(0.3, 1.7))
    return [one for one in incidents if one.started < END], [one for one in hotfixes if one.at < END]


def incident_rows(org: Organisation, incidents: list[Incident]) -> Iterable[list[str]]:
    rng = random(org.id, "severity")
    for number, one in enumerate(sorted(incidents, key=lambda one: one.started), 1):
        severity = rng.choices(("sev1", "sev2", "sev3"), (12, 33, 55))[0]
        name, times = f"{org.prefix}-INC-{number}", (iso(one.started), iso(one.restored))
        yield [name, one.service, severity, *times, one.cause]


def change_rows(org: Organisation, items: list[Item], deployments: list[Deployment]) -> list[list[str]]:
    """Changes of items, then one for each deployment without any: a bot's update, or the hotfix itself."""
    rng, rows = random(org.id, "changes"), []
    for item in items:
        for authored, merged in (change for change in item.changes if change[0] < END):
            carrier = next((one.id for one in item.deployments if merged <= one.at), "")
            rows.append([item.service, iso(authored), iso(merged), carrier, item.id, "false", "false"])
    carrying = {row[3] for row in rows}
    for one in deployments:
        if one.id not in carrying and (one.status, one.environment) == ("success", "production"):
            merged = one.at - hours(rng, 0.1, 0.4)
            authored = merged - hours(rng, 0.1, 1 if one.unplanned else 20)
            flags = yes(one.unplanned and rng.random() < 0.5), yes(not one.unplanned)
            rows.append([one.service, iso(authored), iso(merged), one.id, "", *flags])
    names = (hashlib.sha256(f"{org.id}/{number}".encode()).hexdigest()[:10] for number in range(len(rows)))
    return [[name, *row] for name, row in zip(names, sorted(rows, key=lambda row: row[1:5]), strict=True)]


def survey_rows(org: Organisation) -> Iterable[list[str]]:
    """Each team answers once a quarter, near the tenth of its last month; one survey has too few answers."""
    for month, team in product(range(5, 34, 3), org.teams):
        rng, day = random(org.id, "survey", month, team), date(2024 + month // 12, month % 12 + 1, 10)
        for _ in range(3 if (month, team) == (14, org.teams[2]) else rng.choices((5, 6, 7))[0]):
            score = min(max(round(rng.normalvariate(setting(org, "survey", day), 0.75)), 1), 5)
            yield [team, str(day + timedelta(days=int(3 * rng.random()))), str(score)]


def iso(moment: datetime) -> str:
    """An instant in UTC; empty when it had not come by END."""
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}" if moment < END else ""


def yes(flag: bool) -> str:
    return "true" if flag else "false"


def transition_rows(items: list[Item]) -> Iterable[list[str]]:
    for item in items:
        states = ["", *(visit.state for visit in item.visits)]
        for number, visit in enumerate(item.visits):
            times = str(number + 1), iso(visit.at)
            yield [item.id, *times, states[number], visit.state, visit.team, visit.person]


def blocked_rows(items: list[Item]) -> Iterable[list[str]]:
    for item in items:
        for begin, end, why in (interval for interval in item.blocked if interval[0] < END):
            yield [item.id, iso(begin), iso(end), why]


def deployment_rows(runs: list[Deployment]) -> Iterable[list[str]]:
    for one in sorted(runs, key=lambda run: (run.at, run.id)):
        yield [one.id, one.service, one.environment, iso(one.at), one.status, yes(one.unplanned)]


HEADERS = {
    "items": "item_id,title,type,team,priority,labels,parent_id,created_at,status",
    "transitions": "item_id,seq,occurred_at,from_state,to_state,team,person",
    "blocked": "item_id,blocked_at,unblocked_at,reason",
    "deployments": "deployment_id,service,environment,deployed_at,status,is_unplanned",
    "changes": "change_id,service,authored_at,merged_at,deployment_id,item_id,is_revert,is_bot",
    "incidents": "incident_id,service,severity,started_at,restored_at,deployment_id",
    "surveys": "team,answered_on,score",
    "links": "kind,from_id,to_id",
}


def make_tables(org: Organisation) -> tuple[list[list[str]], ...]:
    """The rows of each file for one organisation, without the stream column, in the order of HEADERS."""
    calendar = Calendar(org.zone)
    trains = make_trains(org, calendar)
    items = make_items(org, calendar, trains)
    planned = make_deployments(trains, items)
    incidents, hotfixes = make_incidents(org, planned)
    runs = planned + hotfixes
    of_items = item_rows(org, items), transition_rows(items), blocked_rows(items)
    of_runs = deployment_rows(runs), change_rows(org, items, runs), incident_rows(org, incidents)
    return tuple(list(rows) for rows in (*of_items, *of_runs, survey_rows(org), link_rows(org, items)))


def write(folder: Path) -> None:
    """Write the eight files; existing ones are replaced."""
    folder.mkdir(parents=True, exist_ok=True)
    tables = [(org.id, make_tables(org)) for org in ORGANISATIONS]
    for number, (name, header) in enumerate(HEADERS.items()):
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(["stream", *header.split(",")])
            writer.writerows([stream, *row] for stream, rows in tables for row in rows[number])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Write the demo data of three made-up organisations.")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "demo")
    write(parser.parse_args().out)
