"""The pages, in the order of the menu."""

from __future__ import annotations

from dashboard.pages import (
    data,
    delivery,
    explore,
    flow,
    mapping,
    maps,
    network,
    overview,
    plan,
    timeline,
    value_stream,
    walk,
    waste,
)

PAGES = (overview, flow, value_stream, timeline, waste, delivery, network, plan, explore, data, mapping, maps, walk)
