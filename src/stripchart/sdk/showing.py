"""``Task.show``: the task's page below a notebook's cell, else its address.

The page is that of the server that has the home open; where none runs, one is started as the recorder is: detached,
without descriptors of ours, in a session of its own. It shares nothing with the training process but the home, and
ends neither with it nor it.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from stripchart.sdk.guard import contained
from stripchart.sdk.held import Held
from stripchart.sdk.launch import start_server

TABS = (
    "overview", "scalars", "plots", "samples", "console", "system", "configuration", "artifacts",
)  # fmt: skip
_PRESENCE = "server.json"
_NEEDED = ("litestar", "granian", "duckdb")  # of the extra: looked for, not imported
_START_WAIT_SEC = 20.0
_ASK_TIMEOUT_SEC = 2.0


class Showing(Held):
    """What a task can do about being looked at."""

    @contained("show", lost=False)
    def show(
        self,
        tab: str = "scalars",
        *,
        panel: str | None = None,
        height: int = 600,
        browser: bool = False,
    ) -> None:
        """Show the task's page live in a notebook; elsewhere print its address.

        ``tab`` is one of overview, scalars, plots, samples, console, system, configuration and artifacts; ``panel``
        shows one chart alone, by its heading. ``height`` is in pixels. ``browser`` opens a browser too. Where no
        server has the home open, one is started in the background; it goes on when the script ends.

        What is wrong, a server that does not start included, is logged.
        """
        if tab not in TABS:
            raise ValueError(f"there is no tab {tab!r}; there are {', '.join(TABS)}")
        server = find_server(self._session.settings.home) or _started(self._session.settings.home)
        path = f"{server}/task/{self.id}/{tab}"
        shell = _notebook()
        if shell is None:
            alone = {"full": panel} if panel is not None else {}
            print(_with(path, alone))
        else:
            alone = {"panel": panel} if panel is not None else {}
            _display(_with(path, {"embed": "1", **alone}), height)
        if browser:
            import webbrowser

            webbrowser.open(path)


def find_server(home: Path) -> str | None:
    """Return the address of the server that has a home open, if it answers."""
    import json
    from urllib.request import ProxyHandler, build_opener

    try:
        told = json.loads((home / _PRESENCE).read_bytes())
        address = str(told["address"])
        # Without proxies: the server listens on this machine.
        with build_opener(ProxyHandler({})).open(
            f"{address}/api/v1/server", timeout=_ASK_TIMEOUT_SEC
        ) as answer:
            info = json.load(answer)
        return address if info["started_us"] == told["started_us"] else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _started(home: Path) -> str:
    import importlib.util

    missing = [name for name in _NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        raise RuntimeError(
            f"the server needs {', '.join(missing)}: pip install 'stripchart[server]'"
        )
    start_server(home)
    until = time.monotonic() + _START_WAIT_SEC
    while time.monotonic() < until:
        if (address := find_server(home)) is not None:
            return address
        time.sleep(0.1)
    raise RuntimeError(f"no server has come up for {home}; `stripchart ui` says why")


def _with(path: str, query: Mapping[str, str]) -> str:
    from urllib.parse import urlencode

    return f"{path}?{urlencode(query)}" if query else path


def _notebook() -> Any:
    """Return the IPython of a notebook's kernel, ``None`` in a script and in a terminal."""
    get_ipython = getattr(sys.modules.get("IPython"), "get_ipython", None)
    shell = get_ipython() if get_ipython is not None else None
    return shell if getattr(shell, "kernel", None) is not None else None


def _display(address: str, height: int) -> None:
    from IPython.display import IFrame, display

    display(IFrame(address, width="100%", height=height))  # type: ignore[no-untyped-call]
