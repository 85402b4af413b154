"""Every test of this folder runs over every event store."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from stripchart.store.contract import Store
from stripchart.store.open import open_events

STORES = ("memory", "duckdb")


@pytest.fixture(params=STORES)
def new_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], Store]]:
    """Make empty stores of the kind under test."""
    made: list[Store] = []

    def make() -> Store:
        duckdb = request.param == "duckdb"
        made.append(open_events(tmp_path / f"{len(made)}.duckdb" if duckdb else "memory://"))
        return made[-1]

    yield make
    for store in made:
        store.close()


@pytest.fixture
def store(new_store: Callable[[], Store]) -> Store:
    """Make one empty store."""
    return new_store()
