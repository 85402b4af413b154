"""A running server, and the environment in which a person would have started it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Server:
    address: str
    home: Path
    process: subprocess.Popen[bytes]


def environment(home: Path) -> dict[str, str]:
    """Return what a person's shell would have, with a home of the test's own."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("STRIPCHART_")}
    return {**kept, "STRIPCHART_HOME": str(home)}


def launch(home: Path) -> Server:
    """Start a server on a home and wait until it answers; the caller ends it."""
    process = subprocess.Popen(
        [sys.executable, "-m", "stripchart.cli", "server"],
        env={**environment(home), "STRIPCHART_PORT": "0"},
        stdout=subprocess.DEVNULL,
    )
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        try:
            found = json.loads((home / "server.json").read_text())
        except (OSError, ValueError):
            found = {}
        if found.get("pid") == process.pid:
            return Server(found["address"], home, process)
        time.sleep(0.05)
    process.kill()
    process.wait(20)
    raise AssertionError("the server did not start")


@contextmanager
def serve(home: Path) -> Iterator[Server]:
    """Have a server on a home, for a whole module of tests perhaps."""
    server = launch(home)
    try:
        yield server
    finally:
        server.process.terminate()
        server.process.wait(20)
