"""The value-stream map as a Mermaid flowchart, for a README, a wiki or a merge request."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dashboard.figures import lean_map as model
from dashboard.figures import lean_words as words
from dashboard.figures.lean_map import Step, ValueStreamMap
from dashboard.figures.lean_symbols import legal
from dashboard.theme import duration

# A point or hyphen at the start of a label, or before a blank, could make a list of it.
HARMLESS = re.compile(r"(?P<kept>[^\W_]|[ ·–→−]|(?<=\w)[.-](?=\w))|.", re.DOTALL)
# Light fills with dark text, so that it reads on a dark page too.
CLASSES = {
    "active": "fill:#DCEBF5,stroke:#212529,color:#212529",
    "wait": "fill:#FBE3B5,stroke:#212529,color:#212529",
    "constraint": "fill:#F7D9C8,stroke:#D55E00,stroke-width:4px,color:#212529",
    "improvement": "fill:#F0E442,stroke:#000000,color:#000000",
}


def mermaid(value_map: ValueStreamMap) -> str:
    """The text of a flowchart; the same map gives the same text."""
    head = [value_map.title, words.basis(value_map)]
    head += ["Proposed from the data, not confirmed"] if value_map.is_proposal else []
    rows = [
        # Mermaid leaves room for one line over a group.
        f"subgraph map[{_label([' · '.join(head)])}]",
        "direction LR",
        *_nodes(value_map),
        *_edges(value_map),
        *_looks(value_map),
        "end",
        *_beside(value_map),
        *(f"classDef {name} {look}" for name, look in CLASSES.items()),
    ]
    return "\n".join(["flowchart LR", *(f"    {row}" for row in rows)]) + "\n"


def escaped(text: str) -> str:
    """Text of which Mermaid takes nothing for its own: all but letters, digits and harmless signs by its number."""
    # Two dollars would begin a formula, also by their numbers.
    words = " ".join(legal(text).split()).replace("$$", "$\u200b$")
    return HARMLESS.sub(lambda sign: sign["kept"] or f"#{ord(sign[0])};", words)


def _label(lines: list[str]) -> str:
    return '"' + "<br/>".join(escaped(line) for line in lines if line) + '"'


def _nodes(value_map: ValueStreamMap) -> Iterator[str]:
    yield f"supplier([{_label([value_map.supplier, 'supplier'])}])"
    for number, step in enumerate(value_map.steps, 1):
        told = _label(_told(value_map, step))
        yield f"step{number}[{told}]" if step.mode == "active" else f"step{number}[/{told}\\]"
    yield f"customer([{_label([value_map.customer, 'customer'])}])"


def _told(value_map: ValueStreamMap, step: Step) -> list[str]:
    """The lines on a step: what the map says at its box or triangle, and on the ladder under it."""
    waited = duration(None if value_map.lead_seconds is None else step.mean_seconds)
    facts = [f"{fact.label} {fact.value}" for fact in words.facts(value_map, step)]
    wait = f"Mean wait {waited}" if value_map.average == "median" else f"Wait {waited}"
    inventory = [*words.inventory(value_map, step), wait, *([f"n {step.visits:,}"] if step.visits else [])]
    marks = ["Hand-off"] if step.is_handoff else []
    marks += ["Constraint"] if model.is_constraint(value_map, step) else []
    return [step.name, step.team or "", *(facts if step.mode == "active" else inventory), *marks]


def _edges(value_map: ValueStreamMap) -> Iterator[str]:
    """The way of the work, pushed or pulled into each box, and dotted the way back with its share."""
    names = [f"step{number}" for number in range(1, len(value_map.steps) + 1)]
    ways = ["", *model.ways(value_map)[1:], ""]
    for before, after, way in zip(["supplier", *names], [*names, "customer"], ways, strict=False):
        yield f'{before} -->|"{way}"| {after}' if way else f"{before} --> {after}"
    for arc in model.arcs(value_map):
        share = _label([words.percent(arc.flow.share)])
        yield f"{names[arc.from_place]} -. {share} .-> {names[arc.to_place]}"


def _looks(value_map: ValueStreamMap) -> Iterator[str]:
    for number, step in enumerate(value_map.steps, 1):
        yield f"class step{number} {'constraint' if model.is_constraint(value_map, step) else step.mode}"


def _beside(value_map: ValueStreamMap) -> Iterator[str]:
    """Totals, tools, what is left of the lead time, the constraint's reason and the improvements."""
    told = [f"{total.label} {total.value}" for total in words.totals(value_map)]
    if value_map.unattributed_seconds:
        told.append(f"Unattributed {model.signed_duration(value_map.unattributed_seconds)}")
    if value_map.constraint:
        told.append("Constraint: {} – {}".format(*value_map.constraint))
    yield f"totals[{_label(told)}]"
    yield f"control[{_label(['Planning and control', *value_map.tools])}]"
    place = {step.name: number for number, step in enumerate(value_map.steps, 1)}
    for number, (step, label) in enumerate(value_map.bursts, 1):
        yield f"improvement{number}{{{{{_label([label])}}}}}:::improvement"
        if step in place:
            yield f"improvement{number} --- step{place[step]}"
