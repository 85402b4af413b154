"""Whatever a user can set, call or meet on disk has its page; no link in the docs is dead."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest

from stripchart import records, settings

ROOT = Path(__file__).parents[2]
PAGES = [
    *ROOT.glob("*.md"),
    *(ROOT / "docs").rglob("*.md"),
]


def test_settings_page_is_the_one_the_code_makes() -> None:
    assert (ROOT / "docs/reference/settings.md").read_text() == settings.reference()


@pytest.mark.parametrize("kind", sorted(records._KNOWN_KINDS))
def test_every_record_kind_and_field_is_documented(kind: str) -> None:
    page = (ROOT / "docs/internals/journal-format.md").read_text()
    assert f"`{kind}`" in page
    struct = next(t for t in records.AnyRecord.__args__ if t.__struct_config__.tag == kind)
    for field in msgspec.structs.fields(struct):
        assert f"`{field.name}`" in page, f"{kind}.{field.name}"


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text()):
        if "://" not in target:
            assert (page.parent / target).exists(), target
