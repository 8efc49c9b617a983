"""The pages, in the order of the menu."""

from __future__ import annotations

from dashboard.pages import data, explore, flow, mapping, maps, plan, timeline, value_stream, walk, waste

PAGES = (flow, value_stream, timeline, waste, plan, explore, data, mapping, maps, walk)
