"""What a facilitator would ask at a step, chosen by its facts: about the work, never about a person."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from dashboard.analysis.walk import Place, Stop, batch_words, handoff_words, listed
from dashboard.theme import FEW, counted, formatted

# Shares from which a fact is a reason to ask.
LONG_WAIT = 0.1  # of the mean lead time
ACCURATE = 0.9  # %C&A
REWORK = 0.1  # of the time in the step
HANDOFF = 0.25  # of the times that an item came there
BLOCKED = 0.05  # of the time in the step


@dataclass(frozen=True)
class Question:
    """What to ask, and the fact that gives ground for it; "" for what is asked everywhere. `kind` names the rule."""

    kind: str
    ask: str
    ground: str = ""


ALWAYS = (
    Question("trigger", "What tells you that there is work for you here?"),
    Question("need", "What do you need before you can begin?"),
    Question("good", "How do you know that it is good when you hand it on?"),
)


def questions(stop: Stop) -> list[Question]:
    """The questions that the facts of a step give ground for, and then those that are asked everywhere."""
    found = (rule(stop) for rule in RULES if rule in OF_FEW or stop.visited_items >= FEW)
    return [*(each for each in found if each), *ALWAYS]


def _few(stop: Stop) -> Question | None:
    if not stop.visited_items:
        ask = "Is this step still used, and where does the work go instead?"
        return Question("unused", ask, "No item that finished in this period came through it.")
    if stop.visited_items >= FEW:
        return None
    ask = "When did you last do this, and how did it go?"
    return Question("few", ask, f"Only {counted(stop.visited_items)} came through in this period.")


def _constraint(stop: Stop) -> Question | None:
    if not stop.constraint:
        return None
    ask = "What do you do here that could be left out, or done elsewhere, so that more time is left for this work?"
    return Question("constraint", ask, f"The longest wait is for this step: {stop.constraint}.")


def _wait_before(stop: Stop) -> Question | None:
    queues = [place for place in stop.before if place.share >= LONG_WAIT and not place.is_backlog]
    if not queues:
        return None
    return Question("wait before", "What would have to be true to pull the next item at once?", _waited(queues))


def _backlog(stop: Stop) -> Question | None:
    """What waits in a backlog waits by choice."""
    queues = [place for place in stop.before if place.share >= LONG_WAIT and place.is_backlog]
    if not queues:
        return None
    ask = f"How is the next one chosen from {listed(place.name for place in queues)}, and what will never be begun?"
    return Question("backlog", ask, _waited(queues))


def _wait_after(stop: Stop) -> Question | None:
    """Of the last step only: the queues after another one stand before the next."""
    queues = [place for place in stop.after if place.share >= LONG_WAIT] if stop.is_last else []
    if not queues:
        return None
    ask = "What would have to be true for an item to go on at once when you are finished with it?"
    return Question("wait after", ask, _waited(queues))


def _wait_here(stop: Stop) -> Question | None:
    """Of a stop that is no work, where a stream has none that is."""
    if stop.is_work or stop.place.share < LONG_WAIT:
        return None
    return Question("wait here", "What are the items here waiting for, and who could end it?", _waited([stop.place]))


def _hidden_wait(stop: Stop) -> Question | None:
    if stop.sees_waits:
        return None
    ask = "Of the time that an item is here, how much is it worked on?"
    return Question("hidden wait", ask, "No stage of this stream is marked as waiting.")


def _batch(stop: Stop) -> Question | None:
    places = [place for place in stop.places if place.is_batch]
    if not places:
        return None
    ask = "What would have to be true to send each item on as soon as it is ready?"
    return Question("batch", ask, " ".join(batch_words(place) for place in places))


def _received(stop: Stop) -> Question | None:
    if stop.received.items < FEW or stop.received.accurate_ratio >= ACCURATE:
        return None
    share = formatted(stop.received.accurate_ratio, "ratio")
    ask = "What do you have to correct, or to ask for, before you can begin?"
    return Question("received", ask, f"Only {share} of what arrives here is complete and accurate.")


def _produced(stop: Stop) -> Question | None:
    if stop.produced.items < FEW or stop.produced.accurate_ratio >= ACCURATE:
        return None
    ask = "When something comes back to you, how do you hear of it, and what would have shown it earlier?"
    back, left = stop.produced.returned, counted(stop.produced.items)
    return Question("produced", ask, f"Of {left} that were handed on, {back:,} came back later.")


def _rework(stop: Stop) -> Question | None:
    if stop.rework_ratio < REWORK or _produced(stop):
        return None
    share = formatted(stop.rework_ratio, "ratio")
    came = f" Most often it came from {stop.came_back[0][0]}." if stop.came_back else ""
    ask = "What brings work here a second time, and where could it have been noticed first?"
    return Question(
        "rework", ask, f"{share} of the time here goes to work that has been here, or further on, before.{came}"
    )


def _handoff(stop: Stop) -> Question | None:
    places = [place for place in stop.places if place.handoff_ratio >= HANDOFF]
    if not places:
        return None
    ask = "What has to be told again when another team takes over, and what would make that unnecessary?"
    return Question("hand-off", ask, " ".join(handoff_words(place) for place in places))


def _over_limit(stop: Stop) -> Question | None:
    places = [place for place in stop.places if place.over_limit]
    if not places:
        return None
    told = listed(f"{place.in_it:,} in {place.name} with a limit of {place.wip_limit:,}" for place in places)
    ask = "What happens when the limit is reached: what is stopped, and who helps whom?"
    return Question("over limit", ask, f"More is in hand than was agreed: {told}.")


def _falls_behind(stop: Stop) -> Question | None:
    if not stop.falls_behind:
        return None
    ask = "More comes in than leaves: how do you choose what has to wait?"
    return Question("falls behind", ask, "Less leaves this step than comes in.")


def _blocked(stop: Stop) -> Question | None:
    share = stop.blocked_days / stop.place.mean_days if stop.place.mean_days else 0.0
    if not stop.blocks or share < BLOCKED:
        return None
    first = next((reason for reason, _ in stop.blocks if reason), None)
    why = f", most often for: {first}" if first else ""
    ask = "When an item is blocked, what is needed to free it, and how soon is it asked for?"
    return Question("blocked", ask, f"{formatted(share, 'ratio')} of the time here items are blocked{why}.")


def _no_value(stop: Stop) -> Question | None:
    asks: Mapping[str, str] = {
        "NNVA": "Which rule or risk asks for this step, and what is the least that would satisfy it?",
        "NVA": "Who would miss this step if it were left out for a month?",
    }
    if not stop.is_work or stop.activity not in asks:
        return None
    needed = ", but is needed" if stop.activity == "NNVA" else ""
    ground = f"By its definition this step adds no value for the customer{needed}."
    return Question("no value", asks[stop.activity], ground)


def _waited(queues: Sequence[Place]) -> str:
    days = sum(place.mean_days for place in queues)
    share = formatted(sum(place.share for place in queues), "ratio")
    names = listed(place.name for place in queues)
    return f"Items wait {formatted(days, 'days')} in {names}, {share} of their whole way."


# In the order in which they are asked.
RULES: Sequence[Callable[[Stop], Question | None]] = (
    _few,
    _constraint,
    _wait_before,
    _backlog,
    _wait_here,
    _wait_after,
    _over_limit,
    _batch,
    _received,
    _produced,
    _rework,
    _handoff,
    _blocked,
    _falls_behind,
    _hidden_wait,
    _no_value,
)
# Those that rest on no statistic: they are asked of few items, too.
OF_FEW = (_few, _over_limit, _hidden_wait, _no_value)
