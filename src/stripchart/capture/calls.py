"""What a call was given, by position or by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def argument(args: tuple[Any, ...], kwargs: Mapping[str, Any], position: int, name: str) -> Any:
    """Return the argument that a call was given at a position or by name; ``None`` where it was not."""
    if name in kwargs:
        return kwargs[name]
    return args[position] if position < len(args) else None
