"""Hatchling's build hook: builds `assets/vendor` and takes the queries and the sample into the wheel."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

# An editable install reads these from the checkout, a wheel from beside its code.
BUNDLED = ("queries", "data/sample", "data/streams.toml", "data/plan.toml", "data/maps")


class FrontendHook(BuildHookInterface[Any]):
    """Runs before files are collected, for wheels and for editable installs."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if self.target_name != "wheel":
            return  # who builds from the source distribution runs this again
        root = Path(self.root)
        # By its path: while the package is being built it can't be imported by its name.
        build = runpy.run_path(str(root / "dashboard" / "frontend" / "build.py"))
        try:
            build["build"]()
        except build["BuildError"] as error:
            raise SystemExit(str(error)) from None
        if version != "editable":
            bundled = {str(root / path): f"dashboard/_bundled/{path}" for path in BUNDLED}
            build_data["force_include"].update(bundled)
