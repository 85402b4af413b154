"""What the handlers share while the server runs."""

from __future__ import annotations

from dataclasses import dataclass

from stripchart.server.home import Home
from stripchart.server.live import Hub
from stripchart.server.schema import ServerInfo


@dataclass(frozen=True, slots=True)
class Running:
    """Hold the open home, the listeners and who we are."""

    home: Home
    hub: Hub
    info: ServerInfo
