"""Who answers."""

from __future__ import annotations

from litestar import get
from litestar.di import NamedDependency

from stripchart.server.running import Running
from stripchart.server.schema import ServerInfo


@get("/server", operation_id="get_server", tags=["server"], sync_to_thread=False)
def get_server(running: NamedDependency[Running]) -> ServerInfo:
    """Tell which server this is and which home it has open."""
    return running.info
