"""Make the index again: derived rows and the event store go, journals and what people did stay."""

from __future__ import annotations

from stripchart.server.home import open_home
from stripchart.server.presence import (
    HomeInUseError,
    HomeUnusableError,
    describe_holder,
    find_running,
)
from stripchart.settings import Settings


class ReindexError(RuntimeError):
    """Say why the index cannot be made again now."""


def reindex_home(settings: Settings) -> int:
    """Rebuild the index of a home and return how many tasks it holds.

    Raises:
        ReindexError: a server, or another process, has the home open.
        OSError: the home cannot be read or written.
    """
    running = find_running(settings.home)
    if running is not None:
        raise ReindexError(f"the server at {running.address} has the home open; stop it first")
    try:
        home = open_home(settings, afresh=True)
    except HomeInUseError:
        raise ReindexError(describe_holder(settings.home)) from None
    except HomeUnusableError as error:
        raise ReindexError(str(error)) from None
    try:
        home.ingest.catch_up()
        return len(home.catalog.known())
    finally:
        home.close()
