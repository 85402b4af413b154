"""Keep the house tidy: sizes of files and functions, names of modules, direction of imports."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "stripchart"
MODULES = sorted(SOURCE.rglob("*.py"))
CODE_FOLDERS = ("src", "tests", "benchmarks", "examples")
ALL_CODE = sorted(p for folder in CODE_FOLDERS for p in (ROOT / folder).rglob("*.py")) + sorted(
    path
    for ending in ("*.ts", "*.tsx", "*.css")
    for path in (ROOT / "ui" / "src").rglob(ending)
    if path.name != "schema.d.ts"  # generated
)
MOST_LINES = 800
MOST_FUNCTION_LINES = 60
FORBIDDEN_NAMES = {"utils", "util", "common", "helpers", "helper", "core", "misc"}

# Room -> rooms of this package that it may import: the table of docs/internals/architecture.md.
ARROWS: dict[str, set[str]] = {
    "records": set(),
    "credentials": set(),
    "settings": {"credentials", "clearml_conf"},
    "blobs": {"settings"},
    "journal": {"records"},
    "query": {"records", "store.contract"},
    "capture": {"records"},
    "sdk": {
        "records",
        "settings",
        "journal",
        "capture",
        "query",
        "store.contract",
        "store.memory",
        "blobs",
    },
    "recorder": {"records", "settings", "journal", "blobs"},
    "store": {"records", "query"},
    "ingest": {"records", "settings", "journal", "store", "query"},
    "server": {"records", "settings", "journal", "store", "query", "ingest", "blobs", "table"},
    "api": {"settings", "server"},
    "table": set(),
    "home_api": {"settings", "server", "api", "table"},
    "compat": {"sdk"},
    "cli": {
        "settings",
        "records",
        "journal",
        "server",
        "api",
        "ingest",
        "recorder.uploads",
        "compat",
    },
}


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", ALL_CODE, ids=_name)
def test_files_and_functions_are_of_a_size_that_can_be_read(path: Path) -> None:
    text = path.read_text()
    assert text.count("\n") <= MOST_LINES
    assert path.stem not in FORBIDDEN_NAMES
    if path.suffix == ".py":
        long = [
            f"{node.name}: {(node.end_lineno or 0) - node.lineno + 1} lines"
            for node in ast.walk(ast.parse(text))
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            and (node.end_lineno or 0) - node.lineno + 1 > MOST_FUNCTION_LINES
        ]
        assert not long


def _imported_rooms(path: Path) -> set[str]:
    """Name what a module imports of this package, without the package's name: ``store.contract``."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return {name.removeprefix("stripchart.") for name in found if name.startswith("stripchart.")}


IN_ROOMS = [p for p in MODULES if p.parent != SOURCE or p.stem in ARROWS]


@pytest.mark.parametrize("path", IN_ROOMS, ids=_name)
def test_arrows_point_one_way(path: Path) -> None:
    room = path.relative_to(SOURCE).parts[0].removesuffix(".py")
    allowed = ARROWS[room] | {room}
    wrong = {
        name
        for name in _imported_rooms(path)
        if name != "__version__" and not any(f"{name}.".startswith(f"{ok}.") for ok in allowed)
    }
    assert not wrong


def test_import_of_the_package_is_light() -> None:
    heavy = {"numpy", "psutil", "PIL", "subprocess", "asyncio", "duckdb", "sqlalchemy", "litestar"}
    code = "import sys; a = set(sys.modules); import stripchart; print(*set(sys.modules) - a)"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not heavy & set(shown.stdout.split())
