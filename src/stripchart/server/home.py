"""Open a home: its lock, its index, its ingest; and put a broken index right.

Points, console, plots and samples are derived from journals. What an earlier version derived is thrown away and made
again: in the catalog by a migration, in the event store by its version. A damaged ``events.duckdb`` is moved aside
(not deleted: a mistake of ours must not destroy) and made again; so is a damaged catalog, from which what people did
on the page would have to be rescued by hand.
"""

from __future__ import annotations

import logging
import shutil
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from sqlalchemy.exc import OperationalError

from stripchart.ingest.ingest import Ingest
from stripchart.server.presence import HomeInUseError, HomeLock, HomeUnusableError
from stripchart.settings import Settings
from stripchart.store.catalog import Catalog, CatalogBroken, CatalogTooNew
from stripchart.store.contract import Store, StoreInUse, StoreOutdated, StoreUnreadable
from stripchart.store.open import open_events, set_aside

CATALOG_NAME = "catalog.sqlite"
EVENTS_NAME = "events.duckdb"
_KNOWN_STARTS = 20_000
_FULL_BYTES = 1 << 20  # of what is free no database can make use

_log = logging.getLogger("stripchart.server")


class Home:
    """Hold everything of one home that is open; one process at a time."""

    def __init__(
        self, path: Path, lock: HomeLock | None, catalog: Catalog, events: Store, ingest: Ingest
    ) -> None:
        self.path = path
        self.catalog = catalog
        self.events = events
        self.ingest = ingest
        self._lock = lock
        self._starts: dict[str, int] = {}

    def unknown(self, task_ids: Iterable[str]) -> set[str]:
        """Return the tasks that the catalog does not know."""
        doubtful = [task for task in task_ids if task not in self._starts]
        return set(doubtful) - self._look_up(doubtful).keys()

    def started_us(self, task_id: str) -> int | None:
        """Return when a task started; asked for every task of every read, so remembered."""
        known = self._starts.get(task_id)
        return known if known is not None else self._look_up([task_id]).get(task_id)

    def _look_up(self, task_ids: Sequence[str]) -> dict[str, int | None]:
        """Return when the tasks that the catalog knows started, and remember it."""
        found = self.catalog.starts(task_ids) if task_ids else {}
        if len(self._starts) + len(found) > _KNOWN_STARTS:
            self._starts.clear()
        self._starts |= {task: start for task, start in found.items() if start is not None}
        return found

    def forget(self, task_id: str) -> None:
        """Drop what is remembered of a task that changed or went."""
        self._starts.pop(task_id, None)

    def close(self) -> None:
        """Release everything."""
        self.events.close()
        self.catalog.close()
        if self._lock is not None:
            self._lock.release()


def open_home(settings: Settings, *, wait_sec: float = 0.0, afresh: bool = False) -> Home:
    """Open the home of the settings, making it where there is none.

    ``afresh`` throws away what is derived from journals, so that ingest makes it again.

    Raises:
        HomeInUseError: another process has it open, and still had after ``wait_sec``.
        HomeUnusableError: a later version of Stripchart has written it, or its index cannot be opened.
        OSError: it cannot be written.
    """
    settings.tasks.mkdir(parents=True, exist_ok=True)
    lock = _lock(settings.home, wait_sec)
    try:
        catalog = _catalog(settings.home / CATALOG_NAME)
        if afresh:
            _remove(settings.home / EVENTS_NAME)
            catalog.clear_derived()
        events = _events(settings.home / EVENTS_NAME)
        return Home(settings.home, lock, catalog, events, Ingest(settings.home, catalog, events))
    except StoreInUse as error:
        lock.release()
        raise HomeInUseError(str(error)) from None
    except (StoreUnreadable, OperationalError) as error:  # a full disk, rights: not damage
        lock.release()
        reason = error.orig if isinstance(error, OperationalError) else error
        raise HomeUnusableError(
            f"the index in {settings.home} cannot be opened: {reason}{what_to_do(settings.home)}"
        ) from error
    except BaseException:
        lock.release()
        raise


def what_to_do(home: Path) -> str:
    """Return what helps where the disk of a home is full, to be put behind a message; else an empty text."""
    try:
        free = shutil.disk_usage(home).free
    except OSError:
        return ""
    if free > _FULL_BYTES:
        return ""
    return (
        f"; its disk is full ({free} bytes free): make room, for example with `stripchart gc`, which removes for good "
        "what was deleted. What was recorded is in the journals, which `stripchart verify` and Task.get_task read "
        "without an index"
    )


def _lock(home: Path, wait_sec: float) -> HomeLock:
    until = time.monotonic() + wait_sec
    while True:
        try:
            return HomeLock(home)
        except HomeInUseError:
            if time.monotonic() >= until:
                raise
            time.sleep(0.05)


def _catalog(path: Path) -> Catalog:
    try:
        return Catalog(path)
    except CatalogBroken as error:
        _log.error(
            "%s; it is now %s, and made again from the journals", error, _set_catalog_aside(path)
        )
        return Catalog(path)
    except CatalogTooNew as error:
        raise HomeUnusableError(str(error)) from None


def _events(path: Path) -> Store:
    try:
        return open_events(path)
    except StoreOutdated as error:
        _log.info("%s; it is made again from the journals", error)
        _remove(path)
        return open_events(path)
    except StoreUnreadable as error:
        _log.error("%s; it is now %s, and made again from the journals", error, set_aside(path))
        return open_events(path)


def _remove(path: Path) -> None:
    for file in _files_of(path):
        file.unlink()


def _set_catalog_aside(path: Path) -> Path:
    aside = set_aside(path)
    for ending in ("-wal", "-shm"):
        file = path.with_name(path.name + ending)
        if file.exists():
            file.rename(aside.with_name(aside.name + ending))
    return aside


def _files_of(path: Path) -> list[Path]:
    """Return a database's file and those that it keeps beside it."""
    files = [path.with_name(path.name + ending) for ending in ("", ".wal", "-wal", "-shm")]
    return [file for file in files if file.exists()]
