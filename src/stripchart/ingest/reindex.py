"""Build the derived data of a home anew."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from stripchart.ingest.ingest import Ingest
from stripchart.store.catalog import Catalog
from stripchart.store.contract import Store


def reindex(
    home: Path, catalog: Catalog, events: Store, told: Callable[[int], None] | None = None
) -> None:
    """Throw away everything that comes from journals and make it again; what people did on the page stays.

    The caller holds the home's lock. ``told`` hears how many tasks are still to come.
    """
    for task in events.tasks():
        events.delete_task(task)
    catalog.clear_derived()
    Ingest(home, catalog, events).catch_up(told)
