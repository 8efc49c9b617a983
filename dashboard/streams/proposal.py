"""A first definition of a stream from its histories alone, every guess with its reason and confidence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pandas as pd

from dashboard.streams.definition import Calendar, Stage, Stream
from dashboard.streams.words import ACTIVITY_WORDS, CATEGORY_WORDS, WAIT_WORDS, WASTE_WORDS, category_named

ENDED = " · ended"
WAITING_FOR = "Waiting for "
FINISHED, OPEN_END = "Finished", "Between steps"

# A usual last state: 5 % of the histories end there, and half of those that ever visit it.
ENDING_SHARE, STAYING_SHARE = 0.05, 0.5


@dataclass(frozen=True)
class Guess:
    """A value with how sure we are (0 to 1) and why."""

    value: str
    confidence: float
    reason: str


@dataclass(frozen=True)
class State:
    """What the histories say of one state."""

    name: str
    visited: int
    ended: int
    histories: int
    position: float
    source_category: str | None
    is_activity: bool
    is_completion: bool

    @property
    def ending_share(self) -> float:
        """Share of all histories that end here."""
        return self.ended / self.histories if self.histories else 0.0

    @property
    def is_usual_last(self) -> bool:
        """Many histories end here, and most that come here stay."""
        stays = self.ended >= STAYING_SHARE * self.visited
        return self.ending_share >= ENDING_SHARE and stays


def propose(stream: str, facts: pd.DataFrame, quiet_seconds: float | None, time_zone: str) -> Stream:
    """The proposed definition of one stream.

    `facts` are the rows of proposals.state_facts for it. `quiet_seconds` becomes `quiet_days` where no state
    is an explicit end.
    """
    states = [_state(row) for row in facts.to_dict("records")]
    categories = {state.name: _category(state) for state in states}
    has_explicit_end = any(guess.value == "done" for guess in categories.values())
    if not has_explicit_end:
        categories |= _usual_ends(states)
    stages = [_stage(state, categories[state.name]) for state in _in_order(states, categories)]
    return Stream(
        id=stream,
        name=stream.replace("_", " ").replace("-", " ").strip().capitalize(),
        is_proposal=True,
        quiet_days=quiet_seconds / 86_400 if quiet_seconds and not has_explicit_end else None,
        calendar=Calendar(time_zone=time_zone),
        stage=tuple(_gathered(stages)),
    )


def _state(row: dict[str, object]) -> State:
    name, event_is = str(row["state"]), row["event_is"]
    position = row["source_position"] if pd.notna(row["source_position"]) else row["mean_position"]
    return State(
        name=name,
        visited=int(str(row["visited_items"])),
        ended=int(str(row["ended_items"])),
        histories=int(str(row["stream_items"])),
        position=float(str(position)) if pd.notna(position) else 0.5,
        source_category=str(row["source_category"]) if pd.notna(row["source_category"]) else None,
        is_activity=event_is in ("ended", "interval", "start-complete"),
        is_completion=event_is == "ended" and not name.endswith(ENDED),
    )


def _category(state: State) -> Guess:
    if state.source_category == "done" and category_named(state.name) == "cancelled":
        return Guess("cancelled", 0.8, "its name; the source has no category for what was dropped")
    if state.source_category:
        return Guess(state.source_category, 0.9, "the source's own category")
    if state.is_completion:
        # In a log of completions the time before "Closed" belongs to "Closed": it is work, not the end.
        return Guess("in-progress", 0.7, "an activity")
    plain = state.name.removesuffix(ENDED).lower()
    for category, words in CATEGORY_WORDS.items():
        if plain.strip() in words:
            return Guess(category, 0.8, f"its name is a usual name for {category}")
        found = None if state.is_activity else _found(plain, words)
        if found:
            return Guess(category, 0.6, f"its name says {found!r}")
    if state.position == 0 and not state.is_activity:
        return Guess("backlog", 0.4, "every history begins with it")
    return Guess("in-progress", 0.5, "neither its name nor its place says otherwise")


def _usual_ends(states: Iterable[State]) -> dict[str, Guess]:
    named = {word for words in CATEGORY_WORDS.values() for word in words}
    candidates = [state for state in states if state.histories and state.name.lower() not in named]
    ends = [state for state in candidates if state.is_usual_last]
    ends = ends or sorted(candidates, key=lambda state: -state.ended)[:1]
    return {state.name: Guess("done", 0.5, f"{state.ending_share:.0%} of the histories end here") for state in ends}


def _in_order(states: Sequence[State], categories: dict[str, Guess]) -> list[State]:
    """By mean place in the histories; a queue just before what it waits for; ends last."""
    place = {state.name: state.position for state in states}
    # Of a state that no history knows, its category tells the place.
    rank = {"done": 1, "cancelled": 2} | ({} if any(s.histories for s in states) else {"backlog": -1})

    def key(state: State) -> tuple[int, float, str, int]:
        awaited = state.name.removeprefix(WAITING_FOR)
        is_queue = awaited != state.name
        return (
            rank.get(categories[state.name].value, 0),
            place.get(awaited, state.position),
            awaited,
            not is_queue,
        )

    return sorted(states, key=key)


def _stage(state: State, category: Guess) -> Stage:
    mode = _mode(state, category)
    activity = _activity(state, mode)
    return Stage(
        name=_stage_name(state, category),
        states=(state.name,),
        category=category.value,  # type: ignore[arg-type]
        mode=mode.value,  # type: ignore[arg-type]
        activity=activity,  # type: ignore[arg-type]
        waste=_waste(state, mode),  # type: ignore[arg-type]
        confidence=round(min(category.confidence, mode.confidence), 2),
        reason=f"{category.value}: {category.reason}; {mode.value}: {mode.reason}",
    )


def _stage_name(state: State, category: Guess) -> str:
    if not state.name.endswith(ENDED):
        return state.name
    return FINISHED if category.value == "done" else "Cancelled" if category.value == "cancelled" else OPEN_END


def _mode(state: State, category: Guess) -> Guess:
    if state.name.endswith(ENDED) or (state.is_activity and state.name.startswith(WAITING_FOR)):
        return Guess("wait", 0.9, "nothing is recorded as going on")
    if category.value != "in-progress":
        return Guess("wait", category.confidence, f"{category.value} is no work")
    found = _found(state.name.lower(), WAIT_WORDS)
    if found and not state.is_activity:
        return Guess("wait", 0.7, f"its name says {found!r}")
    return Guess("active", 0.5, "its name does not say that it waits")


def _activity(state: State, mode: Guess) -> str:
    if mode.value == "wait":
        return "NVA"
    return "NNVA" if _found(state.name.lower(), ACTIVITY_WORDS["NNVA"]) else "VA"


def _waste(state: State, mode: Guess) -> str | None:
    if mode.value != "wait":
        return None
    matches = (waste for waste, words in WASTE_WORDS.items() if _found(state.name.lower(), words))
    return next(matches, "waiting")


def _gathered(stages: Iterable[Stage]) -> list[Stage]:
    """Stages of one name as one, at the place of the first; the states together."""
    merged: dict[str, Stage] = {}
    for stage in stages:
        known = merged.get(stage.name)
        states = (*known.states, *stage.states) if known else stage.states
        merged[stage.name] = (known or stage).model_copy(update={"states": states})
    return list(merged.values())


def _found(text: str, words: Iterable[str]) -> str | None:
    for word in words:
        # Chinese and Japanese are written without spaces.
        pattern = re.escape(word) if not word.isascii() and len(word) <= 4 else rf"\b{re.escape(word)}\b"
        if re.search(pattern, text):
            return word
    return None
