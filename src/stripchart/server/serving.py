"""Run the server of a home in this process until it is told to stop.

granian serves in our own event loop (one process: one index, one ingest). Its socket shares the port with others that
ask to share, so whether the port is free is tried first with a socket that does not.
"""

from __future__ import annotations

import asyncio
import errno
import platform
import signal
import socket
import sys
import webbrowser
from collections.abc import Callable
from dataclasses import dataclass
from typing import TextIO

from granian.constants import Interfaces
from granian.server.embed import Server
from litestar import Litestar

from stripchart.server.app import create_app
from stripchart.server.guard import is_loopback
from stripchart.server.home import Home, open_home
from stripchart.server.presence import (
    HomeInUseError,
    HomeUnusableError,
    Presence,
    describe_holder,
    find_running,
    remove_presence,
    write_presence,
)
from stripchart.server.running import Running
from stripchart.settings import Settings

PORTS_TRIED = 50
_START_WAIT_SEC = 3.0
_SAME_SIGNAL_SEC = 1.0


class ServeError(RuntimeError):
    """Say in one line why the server cannot run."""


@dataclass(frozen=True, slots=True)
class Wish:
    """Say how to serve: whether another port will do, or another server; and whether to open a browser."""

    any_port: bool = False
    browser: bool = False
    other_server: bool = True  # that has the home open already


def serve(settings: Settings, wish: Wish, out: TextIO = sys.stdout) -> None:
    """Serve the home until SIGINT or SIGTERM; where a server has it open already that will do, say so and return.

    Raises:
        ServeError: it cannot run; the message says why and what to do.
    """
    if not is_loopback(settings.host):
        raise ServeError(
            f"host {settings.host!r} is not a loopback address: the server has no accounts yet and "
            f"therefore answers to this machine only; from another one, use a tunnel: "
            f"ssh -L {settings.port}:127.0.0.1:{settings.port} {platform.node()}"
        )
    running = find_running(settings.home)
    if running is None:
        home = _open_or_find(settings)
        if isinstance(home, Home):
            _serve_home(home, settings, wish, out)
            return
        running = home
    served = f"{settings.home} is served already: {running.address}"
    if not wish.other_server:
        raise ServeError(served)
    print(served, file=out, flush=True)
    if wish.browser:
        webbrowser.open(running.address)


def _open_or_find(settings: Settings) -> Home | Presence:
    """Open the home, or return the server that was quicker."""
    try:
        return open_home(settings, wait_sec=_START_WAIT_SEC)
    except HomeInUseError:
        running = find_running(settings.home)
        if running is not None:
            return running
        raise ServeError(describe_holder(settings.home)) from None
    except HomeUnusableError as error:
        raise ServeError(str(error)) from None
    except OSError as error:
        raise ServeError(f"cannot open {settings.home}: {error}") from error


def _serve_home(home: Home, settings: Settings, wish: Wish, out: TextIO) -> None:
    try:
        host = "127.0.0.1" if settings.host.lower() == "localhost" else settings.host.strip("[]")
        port = free_port(host, settings.port, others=PORTS_TRIED if wish.any_port else 0)
        if settings.port not in (0, port):
            text = f"Port {settings.port} is taken or not allowed on {host}, so this is on {port}; --port chooses."
            print(text, file=out, flush=True)
        app = create_app(settings, home=home)
    except BaseException:
        home.close()
        raise
    asyncio.run(_Serving(app, home, host, port).run(wish, out))


def free_port(host: str, port: int, *, others: int = 0) -> int:
    """Return the port if it is free, else one of the ``others`` after it; for 0 any free one.

    Raises:
        ServeError: none of them is free, or the address is not one of this machine.
    """
    for candidate in range(port, min(port + others, 65535) + 1):
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            if sys.platform != "win32":  # there it would let two servers share the port
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, candidate))
                probe.listen(1)
                return int(probe.getsockname()[1])
            except OSError as error:
                if error.errno not in (errno.EADDRINUSE, errno.EACCES):
                    raise ServeError(f"cannot listen on {host}: {error}") from None
    tried = f"port {port} is" if not others else f"ports {port} to {port + others} are"
    raise ServeError(f"{tried} taken or not allowed on {host}; choose another with --port")


class _Serving:
    """Run granian around the app and end both in order."""

    def __init__(self, app: Litestar, home: Home, host: str, port: int) -> None:
        self._running: Running = app.state.running
        self._home = home
        self._host = host
        self._port = port
        shown = f"[{host}]" if ":" in host else host
        self._presence = Presence(
            address=f"http://{shown}:{port}",
            host=self._running.info.host,
            pid=self._running.info.pid,
            started_us=self._running.info.started_us,
        )
        self._server = Server(
            app,
            address=host,
            port=port,
            interface=Interfaces.ASGI,
            websockets=False,
            log_enabled=False,
        )

    async def run(self, wish: Wish, out: TextIO) -> None:
        loop = asyncio.get_running_loop()
        _on_signals(loop, self._stop)
        announcing = loop.create_task(self._announce(wish, out))
        try:
            await self._server.serve()
        finally:
            announced = announcing.done() and not announcing.cancelled()
            announcing.cancel()
            remove_presence(self._home.path, self._presence)
        if not announced:
            raise ServeError("the server ended before it listened; its log says why")

    def _stop(self) -> None:
        self._running.hub.close()  # open event streams would keep the connections, and so the server
        self._server.stop()  # type: ignore[no-untyped-call]

    async def _announce(self, wish: Wish, out: TextIO) -> None:
        """Tell where we are as soon as that is true."""
        while not await self._listens():
            await asyncio.sleep(0.02)
        write_presence(self._home.path, self._presence)
        print(f"Stripchart shows {self._home.path} at {self._presence.address}", file=out)
        print("Ctrl-C ends it.", file=out, flush=True)
        if wish.browser:
            await asyncio.to_thread(webbrowser.open, self._presence.address)

    async def _listens(self) -> bool:
        try:
            _, writer = await asyncio.open_connection(self._host, self._port)
        except OSError:
            return False
        writer.close()
        await writer.wait_closed()
        return True


def _on_signals(loop: asyncio.AbstractEventLoop, stop: Callable[[], None]) -> None:
    """Stop at the first SIGINT or SIGTERM; one that comes later, while we still end, kills.

    Not at once: whatever started us may pass the terminal's signal on, so that one Ctrl-C arrives twice.
    """
    numbers = (signal.SIGINT, signal.SIGTERM)

    def end() -> None:
        stop()
        loop.call_later(_SAME_SIGNAL_SEC, give_back)

    def give_back() -> None:
        for number in numbers:
            signal.signal(number, signal.SIG_DFL)

    for number in numbers:
        if sys.platform == "win32":
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(end))
        else:
            loop.add_signal_handler(number, end)
