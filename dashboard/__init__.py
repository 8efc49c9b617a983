"""A value-stream dashboard for software delivery.

Exports of the tools a team already uses go in; flow metrics, the value-stream map, waste by category and
trends against the targets of the improvement plan come out. `build` writes a snapshot, `serve` reads it.
"""

__version__ = "0.1.0"
