"""The times of a benchmark as one picture that stands alone in a file."""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotly.io


def bench_figure(times: pd.DataFrame) -> dict[str, Any]:
    """A dot per query, scope and size; times: query, scope, size, warm_seconds. Slowest query first, log scale."""
    order = times.groupby("query")["warm_seconds"].max().sort_values().index
    traces = [
        {
            "type": "scatter",
            "mode": "markers",
            "name": f"{size:,} items, {scope}",
            "x": list(rows["warm_seconds"] * 1000),
            "y": list(rows["query"]),
            "hovertemplate": "%{y}<br>%{x:.0f} ms<extra>%{fullData.name}</extra>",
        }
        for (size, scope), rows in times.groupby(["size", "scope"], sort=True)
    ]
    layout = {
        "title": {"text": "How long each query takes when it is asked again", "x": 0.01, "xanchor": "left"},
        "height": 200 + 18 * len(order),
        "margin": {"l": 280, "t": 130},
        "xaxis": {"type": "log", "side": "top", "title": {"text": "milliseconds, log scale"}},
        "yaxis": {
            "categoryorder": "array",
            "categoryarray": list(order),
            "dtick": 1,
            "range": [-0.5, len(order) - 0.5],
        },
        "legend": {"orientation": "h", "y": 0, "yanchor": "top"},
    }
    return {"data": traces, "layout": layout}


def bench_page(times: pd.DataFrame) -> str:
    """The picture as an HTML page that needs nothing else."""
    return str(plotly.io.to_html(bench_figure(times), include_plotlyjs=True, validate=False))
