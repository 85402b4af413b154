"""Whatever a user can set, call or meet on disk has its page; no link in the docs is dead."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from stripchart import records, settings

ROOT = Path(__file__).parents[2]
PAGES = [
    *ROOT.glob("*.md"),
    *(ROOT / "docs").rglob("*.md"),
]


def test_settings_page_is_the_one_the_code_makes() -> None:
    assert (ROOT / "docs/reference/settings.md").read_text() == settings.reference()


def test_records_page_is_the_one_the_code_makes() -> None:
    assert (ROOT / "docs/reference/records.md").read_text() == records.reference()


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text()):
        if "://" not in target:
            assert (page.parent / target).exists(), target


def test_every_decision_is_in_the_list_of_decisions() -> None:
    folder = ROOT / "docs/adr"
    listed = re.findall(
        r"^\| \[(\d+)\]\((\d{4})-([^)]+)\)", (folder / "README.md").read_text(), re.M
    )
    assert all(int(shown) == int(number) for shown, number, _ in listed)
    files = sorted(path.name for path in folder.glob("[0-9]*.md"))
    assert [f"{number}-{name}" for _, number, name in listed] == files
