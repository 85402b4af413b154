"""A running server, and the environment in which a person would have started it."""

from __future__ import annotations

import os
import subprocess
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
