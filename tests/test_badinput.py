"""The corpus of bad files, each against what its manifest says: outcome, counts, and the words of the message."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from dashboard.build import Options, import_files
from dashboard.catalogue import Catalogue
from dashboard.errors import DashboardError
from dashboard.settings import Settings
from dashboard.told import told
from dashboard.warehouse import Warehouse

ROOT = Path(__file__).parents[1]
CORPUS = Path(os.environ.get("VSM_SHARED", ROOT.parent / "shared")) / "badinput"
CASES: list[Mapping[str, Any]] = json.loads((CORPUS / "manifest.json").read_text(encoding="utf-8"))["cases"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["file"])
def test_bad_file_has_the_outcome_that_its_manifest_states(
    case: Mapping[str, Any], tmp_path: Path, catalogue: Catalogue
) -> None:
    expected = case["expect"]
    settings = Settings(home=tmp_path, threads=1)
    warehouse = Warehouse(settings.warehouse, catalogue)
    try:
        account = import_files([CORPUS / case["file"]], settings, catalogue, Options(accepts_bad_rows=True))
    except DashboardError as error:
        outcome, message = "reject", str(error)
        assert "\n" not in message
        assert not (settings.warehouse / "CURRENT").exists()
    else:
        (file,) = account.files
        message = "\n".join(told(account, warehouse))
        doubts = file.fates[(file.fates["fate"] != "set aside") & file.fates["reason"].notna()]
        problems = warehouse.problems()
        has_warning = len(doubts) or file.notes or problems["severity"].isin(["warning", "error"]).any()
        outcome = (
            "load_with_quarantine" if file.records("set aside") else "load_with_warning" if has_warning else "load"
        )
        if outcome == expected["outcome"] and expected["rows_loaded"] is not None:
            assert file.records("kept") == expected["rows_loaded"]
        if outcome == expected["outcome"] and expected["rows_quarantined"] is not None:
            assert file.records("set aside") == expected["rows_quarantined"]
    accepted = {expected["outcome"], *expected["accept_also"]}
    if accepted == {"load"}:
        accepted.add("load_with_warning")
    assert outcome in accepted, message
    assert case["file"] in message
    wanted = [] if outcome == "load" else expected["must_mention"]
    # A number is a line of the file.
    words = [f"line {word}" if word.isdigit() else word for word in wanted]
    missing = [word for word in words if not re.search(rf"{re.escape(word)}\b", message, re.IGNORECASE)]
    assert not missing, message
