"""Numbers as databases can keep them."""

from __future__ import annotations

_INT64_MAX = 2**63 - 1


def bounded(number: int) -> int:
    """Bound what msgpack can carry (64 bits without sign) to what databases keep."""
    return min(max(number, -_INT64_MAX - 1), _INT64_MAX)
