"""The laws of the house, read from the source: who may import what, and where SQL may stand."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[1] / "dashboard"
MODULES = sorted(path for path in HOUSE.rglob("*.py") if "_bundled" not in path.parts)

# A part imports only from lower rows, and from itself.
ROWS = {
    "__init__": 0,
    "errors": 0,
    "spreadsheets": 0,
    "progress": 0,
    "catalogue": 0,
    "parameters": 0,
    "scope": 1,
    "where": 1,
    "theme": 0,
    "settings": 0,
    "engines": 1,
    "sources": 1,
    "streams": 1,
    "analysis": 1,
    "snapshots": 1,
    "sight": 1,
    "roles": 2,
    "plain_page": 0,
    "shelf": 0,
    "shared_folders": 0,
    "oidc": 3,
    "sign_outs": 0,
    "access": 4,
    "headers": 0,
    "logs": 0,
    "signs": 6,
    "web": 8,
    "kept_pages": 9,
    "worker": 1,
    "gunicorn_conf": 5,
    "layers": 2,
    "elsewhere": 2,
    "designs": 2,
    "health": 2,
    "options": 0,
    "opening": 2,
    "reading": 3,
    "store": 2,
    "cluster": 3,
    "afresh": 3,
    "account": 3,
    "comparing": 2,
    "defining": 2,
    "gathering": 3,
    "build": 4,
    "importing": 5,
    "answers": 2,
    "warehouse": 4,
    "backup": 3,
    "warming": 5,
    "told": 5,
    "verdicts": 5,
    "export": 4,
    "figures": 5,
    "components": 5,
    "pages": 6,
    "api_parameters": 6,
    "api_description": 7,
    "api": 8,
    "docs": 7,
    "static_cache": 7,
    "frontend": 7,
    "shell": 6,
    "in_browser": 7,
    "app": 10,
    "bench": 11,
    "serving": 11,
    "operations": 12,
    "__main__": 13,
}

# Libraries and tools that only one kind of room may know.
ONLY_IN = {
    "authlib": {"oidc"},
    "duckdb": {"engines"},
    "dulwich": {"sources"},
    "pyspark": {"engines"},
    "plotly": {"figures", "theme"},
    "dash": {"app", "pages", "components", "web", "shell", "in_browser"},
    "dash_bootstrap_components": {"app", "pages", "components", "shell"},
    "flask": {"app", "api", "access", "kept_pages", "oidc", "plain_page", "signs", "web"},
    "gunicorn": {"worker", "gunicorn_conf", "serving"},
    "pm4py": {"bench"},
    "prometheus_client": {"signs", "gunicorn_conf"},
    "simpy": {"analysis"},
    "sqlalchemy": {"store"},
}

SQL = re.compile(
    r"^\s*(select\b.*\bfrom\b|with \w+ as \(|insert into|delete from|update \w+ set|create (or|table|view|macro)"
    r"|drop (table|view)|from \w+\.\w+)",
    re.IGNORECASE | re.DOTALL,
)
# The engine's own commands; what a query means stands under queries/.
COMMANDS = re.compile(
    r"^\s*(create (or replace )?(table|schema|view)|drop (table|schema)|select (json_serialize_sql|current_setting))",
    re.IGNORECASE,
)


def _part(path: Path) -> str:
    return path.relative_to(HOUSE).parts[0].removesuffix(".py")


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: write imports in full"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _docstrings(tree: ast.AST) -> set[int]:
    holders = (ast.Module, ast.ClassDef, ast.FunctionDef)
    bodies = (node.body for node in ast.walk(tree) if isinstance(node, holders) and node.body)
    return {id(body[0].value) for body in bodies if isinstance(body[0], ast.Expr)}


def _names(path: Path) -> str:
    return str(path.relative_to(HOUSE))


@pytest.mark.parametrize("path", MODULES, ids=_names)
def test_a_part_imports_only_from_lower_rows(path: Path) -> None:
    own = _part(path)
    for name in _imports(path):
        if not name.startswith("dashboard."):
            continue
        other = name.split(".")[1]
        other = other if other in ROWS else "__init__"
        assert other in (own, "errors") or ROWS[other] < ROWS[own], f"{_names(path)} imports {name}"


@pytest.mark.parametrize("path", MODULES, ids=_names)
def test_a_library_is_known_only_where_it_belongs(path: Path) -> None:
    for name in _imports(path):
        allowed = ONLY_IN.get(name.split(".")[0])
        assert allowed is None or _part(path) in allowed, f"{_names(path)} imports {name}"


@pytest.mark.parametrize("path", MODULES, ids=_names)
def test_no_sql_stands_in_python(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    skipped = _docstrings(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in skipped:
            is_command = _part(path) == "engines" and COMMANDS.match(node.value)
            assert is_command or not SQL.match(node.value), f"{_names(path)}:{node.lineno}: {node.value[:60]}"


@pytest.mark.parametrize("path", MODULES, ids=_names)
def test_importing_a_module_opens_nothing(path: Path) -> None:
    """Calls at the top of a module are declarations, never file or database access."""
    forbidden = {
        "open",
        "read_text",
        "read_bytes",
        "connect",
        "read_catalogue",
        "read_definition",
        "register_page",
        "callback",
    }
    for statement in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(statement, ast.Assign | ast.AnnAssign | ast.Expr):
            calls = [node.func for node in ast.walk(statement) if isinstance(node, ast.Call)]
            names = {call.attr if isinstance(call, ast.Attribute) else getattr(call, "id", "") for call in calls}
            assert not names & forbidden, f"{_names(path)}:{statement.lineno} calls {names & forbidden}"


def test_every_part_of_the_package_has_a_row() -> None:
    assert {_part(path) for path in MODULES} <= ROWS.keys()


# Versions that the reliability of the whole asks for, at least.
FLOORS = {"dash": (4, 4, 1), "flask": (3, 1, 3), "werkzeug": (3, 1, 6)}


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-oidc.lock", "requirements-test.lock"])
def test_what_is_installed_is_locked_by_digest_and_not_older_than_it_may_be(lock: str) -> None:
    text = (HOUSE.parent / ".ci" / lock).read_text(encoding="utf-8")
    locked = dict(re.findall(r"^([a-z0-9._-]+)==([\w.]+) ", text, re.MULTILINE))
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    assert all("==" in line or line.startswith("    --hash=sha256:") for line in lines)
    assert "://" not in text
    for name, floor in FLOORS.items():
        if name in locked or lock == "requirements.lock":
            assert tuple(map(int, locked[name].split(".")[:3])) >= floor, name


def test_a_sign_in_is_tested_with_the_versions_that_are_installed_for_it() -> None:
    oidc, test = ((HOUSE.parent / ".ci" / f"requirements-{name}.lock").read_text("utf-8") for name in ("oidc", "test"))
    assert oidc.startswith("authlib==") and set(oidc.splitlines()) <= set(test.splitlines())
