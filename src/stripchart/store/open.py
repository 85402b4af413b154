"""Opening of stores by path or URL; an implementation is imported when it is chosen."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from stripchart.store.contract import Store

if TYPE_CHECKING:
    from stripchart.store.catalog import Catalog


def open_events(url_or_path: str | Path) -> Store:
    """Open the event store: ``memory://`` for one in this process, else the path of a DuckDB file.

    Raises:
        StoreOutdated: an earlier version has made it; delete it and rebuild from the journals.
        StoreUnreadable: the file is damaged or of a later version; ``set_aside`` it and rebuild from the journals.
        StoreInUse: another process has it open.
        ValueError: no store goes by this URL.
        ImportError: DuckDB is not installed.
    """
    text = str(url_or_path)
    if text == "memory://":
        from stripchart.store.memory import MemoryStore

        return MemoryStore()
    if "://" in text:
        raise ValueError(f"no event store goes by {text!r}; use a path or memory://")
    try:
        from stripchart.store.duckdb_store import DuckDBStore
    except ModuleNotFoundError as error:
        raise ImportError(
            f"the event store needs {error.name}: pip install 'stripchart[server]'"
        ) from error
    return DuckDBStore(Path(text))


def open_catalog(url_or_path: str | Path) -> Catalog:
    """Open the catalog: the path of an SQLite file, or an SQLAlchemy URL; its tables are brought up to date.

    Raises:
        CatalogTooNew: a later version of Stripchart has written it.
        CatalogBroken: the file is damaged; set it aside and rebuild from the journals.
        ImportError: SQLAlchemy or Alembic is not installed.
    """
    try:
        from stripchart.store.catalog import Catalog
    except ModuleNotFoundError as error:
        raise ImportError(
            f"the catalog needs {error.name}: pip install 'stripchart[server]'"
        ) from error
    return Catalog(url_or_path)


def set_aside(path: Path) -> Path:
    """Rename a database that cannot be read, with its write-ahead log, and return its new path.

    It is kept, not deleted: what is in it can be rebuilt, but why it broke may be of interest.
    """
    stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    aside = path.with_name(f"{path.name}.broken-{stamp}")
    number = 1
    while aside.exists():
        number += 1
        aside = path.with_name(f"{path.name}.broken-{stamp}-{number}")
    for suffix in ("", ".wal"):
        old = path.with_name(path.name + suffix)
        if old.exists():
            old.rename(aside.with_name(aside.name + suffix))
    return aside
