"""Who answers."""

from __future__ import annotations

from litestar import get

from stripchart.server.schema import ServerInfo
from stripchart.server.running import Running


@get("/server", operation_id="get_server", tags=["server"], sync_to_thread=False)
def get_server(running: Running) -> ServerInfo:
    """Tell which server this is and which home it has open."""
    return running.info
