"""Cells that a spreadsheet would carry out as a formula, and the apostrophe that keeps it from doing so.

One rule for every CSV that the program hands out. A cell that looks guarded already gets one apostrophe more, so that
taking one off again always gives what was there.
"""

from __future__ import annotations

import pandas as pd

# Spreadsheets take the wide forms for the plain ones in some languages.
STARTS_FORMULA = r"^'* *[=+\-@＝＋－＠\t\r\n]"
NUMBER = r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?"
GUARDED = r"^'('* *[=+\-@＝＋－＠\t\r\n])"


def safe_csv(table: pd.DataFrame) -> str:
    """A table as CSV in which no cell is a formula for a spreadsheet; plain numbers stay as they are."""
    guarded = table.copy()
    for column in guarded.select_dtypes(["object", "str", "category"]):
        texts = guarded[column].astype("string")
        is_formula = texts.str.contains(STARTS_FORMULA) & ~texts.str.fullmatch(NUMBER)
        guarded[column] = texts.where(~is_formula.fillna(False), "'" + texts)
    return str(guarded.to_csv(index=False))
