"""``config``: every setting, its value, and where it came from; of credentials only what they are for."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from stripchart import settings
from stripchart.cli import printing
from stripchart.cli.failure import DONE
from stripchart.cli.printing import printable


def config(arguments: argparse.Namespace) -> int:
    """Show every setting, checked as at a start."""
    settings.load(home=arguments.home)
    told = settings.sources(home=arguments.home)
    if arguments.json:
        shown = {n: {"value": _plain(s.value), "source": s.source} for n, s in told.items()}
        print(json.dumps(shown, indent=2))
        return DONE
    rows = [[name, printable(_text(s.value)), printable(s.source)] for name, s in told.items()]
    printing.table(["SETTING", "VALUE", "FROM"], rows, right=[])
    return DONE


def _plain(value: Any) -> Any:
    return value if isinstance(value, bool | int | float | str | None) else _text(value)


def _text(value: Any) -> str:
    if value is None or value == "":
        return printing.NOTHING
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, str | int | float | Path) else repr(value)
