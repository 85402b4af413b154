"""Random seeds: applied when the script asks for one, never behind its back (docs/adr/0010)."""

from __future__ import annotations

import sys
from typing import Any

_seed: int | None = None


def choose(seed: Any) -> None:
    """Keep the seed that the next ``Task.init`` applies; ``None`` applies none.

    Raises:
        ValueError: it is no integer.
    """
    global _seed  # noqa: PLW0603 - one for the process, as the generators are
    if seed is not None:
        if isinstance(seed, bool) or not hasattr(seed, "__index__"):
            raise ValueError(f"a random seed is an integer, got {seed!r}")
        seed = seed.__index__()
    _seed = seed


def chosen() -> int | None:
    """Return the seed that was chosen, ``None`` where none was."""
    return _seed


def apply() -> None:
    """Seed the generators of Python and of the libraries that the script has imported."""
    if _seed is None:
        return
    import random

    random.seed(_seed)
    numpy, torch, tensorflow = (sys.modules.get(n) for n in ("numpy", "torch", "tensorflow"))
    if numpy is not None:
        numpy.random.seed(_seed % 2**32)
    if torch is not None:
        torch.manual_seed(_seed)
    if tensorflow is not None:
        tensorflow.random.set_seed(_seed)
