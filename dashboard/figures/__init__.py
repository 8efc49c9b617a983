"""Pictures: each a pure function from a table to a plotly figure as plain data, or to SVG text."""
