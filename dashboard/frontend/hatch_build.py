"""Hatchling's build hook: builds `assets/vendor` and takes the queries and the sample into the wheel."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

# An editable install reads these from the checkout, a wheel from beside its code.
BUNDLED = ("queries", "data/sample", "data/streams.toml", "data/plan.toml")


def load_build(frontend: Path) -> ModuleType:
    """build.py as a module: while the package is being built it can't be imported by its name."""
    spec = importlib.util.spec_from_file_location("vsm_frontend_build", frontend / "build.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class FrontendHook(BuildHookInterface[Any]):
    """Runs before files are collected, for wheels and for editable installs."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        root = Path(self.root)
        build = load_build(root / "dashboard" / "frontend")
        try:
            build.build()
        except build.BuildError as error:
            raise SystemExit(str(error)) from None
        if version != "editable":
            bundled = {str(root / path): f"dashboard/_bundled/{path}" for path in BUNDLED}
            build_data["force_include"].update(bundled)
