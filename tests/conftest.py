"""What every test has: a home of its own, strict mode, and no recorder unless it asks for one."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--heavy", action="store_true", help="run the tests that need heavy frameworks"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--heavy"):
        return
    for item in items:
        if "heavy" in item.keywords:
            item.add_marker(pytest.mark.skip(reason="needs --heavy (scripts/test --all)"))


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the test a home of its own and hide the one of whoever runs it."""
    path = tmp_path / "home"
    for name in ("TASK_ID", "ATTEMPT", "RANK", "PORT", "HOST"):
        monkeypatch.delenv(f"STRIPCHART_{name}", raising=False)
    monkeypatch.setenv("STRIPCHART_HOME", str(path))
    monkeypatch.setenv("STRIPCHART_STRICT", "1")
    monkeypatch.setenv("STRIPCHART_RECORDER", "0")
    return path


@pytest.fixture(autouse=True)
def _nothing_parsed() -> None:
    """Forget what an earlier test parsed: a later task would be told."""
    for name, module in list(sys.modules.items()):
        if name.startswith("stripchart.capture.") and hasattr(module, "PARSES"):
            module.PARSES._kept.clear()
