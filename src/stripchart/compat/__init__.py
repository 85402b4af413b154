"""Have ``import clearml`` give Stripchart, for scripts and libraries that know ClearML and that nobody changes.

``python -m stripchart run --as-clearml train.py`` does it for a script that stays as it is. In a script it is one line,
before anything imports ``clearml``::

    import stripchart.compat; stripchart.compat.as_clearml()

The real package is not loaded, whether it is installed or not. Python programs that this one starts do the same.
"""

from __future__ import annotations

import os
import sys
from collections.abc import MutableMapping
from pathlib import Path

from stripchart.compat.standing import Finder, Standing
from stripchart.sdk.errors import UsageError

__all__ = ["as_clearml", "hand_on"]

_FOLDER = str(
    Path(__file__).parent / "path"
)  # holds a sitecustomize, which Python runs as it starts
_VARIABLE = "PYTHONPATH"

_finder = Finder()


def as_clearml() -> None:
    """Have ``import clearml`` give Stripchart in this process and in Python programs that it starts.

    Raises:
        UsageError: the real package has been imported before.
    """
    loaded = sys.modules.get("clearml")
    if loaded is not None and not isinstance(loaded, Standing):
        raise UsageError(
            "clearml has been imported before as_clearml(): call it first, or start the script with "
            "python -m stripchart run --as-clearml"
        )
    if _finder not in sys.meta_path:
        sys.meta_path.insert(0, _finder)
    hand_on(os.environ)


def hand_on(environment: MutableMapping[str, str]) -> None:
    """Have Python programs that are started with this environment do as ``as_clearml`` does."""
    places = [place for place in environment.get(_VARIABLE, "").split(os.pathsep) if place]
    if _FOLDER not in places:
        environment[_VARIABLE] = os.pathsep.join([_FOLDER, *places])
