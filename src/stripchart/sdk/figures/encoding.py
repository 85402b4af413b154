"""Strict JSON of a figure, exact and fast: NaN and Inf become ``null``, every float keeps all its digits.

Arrays are encoded in slices, so that a large one is never a Python list as a whole. What JSON has no word for is
written as plotly wants it: dates in ISO 8601, arrays and tensors as lists, missing values of pandas as ``null``.
"""

from __future__ import annotations

import datetime
import math
import os
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from stripchart.records import clean_text
from stripchart.sdk.figures.arrays import array_of
from stripchart.sdk.figures.figure import Unplottable
from stripchart.sdk.guard import is_users

MOST_BYTES = 200 << 20  # a frame of the journal takes 256 MiB
_SLICE = 1 << 16  # elements encoded at a time


def to_json(figure: Any) -> str:
    """Return the figure as JSON text.

    Raises:
        Unfit: it holds something that JSON cannot, it contains itself, or it is too large.
    """
    try:
        encoded = _encode(figure)
    except (RecursionError, TypeError, ValueError, OverflowError) as error:
        raise Unplottable(
            "plot-json", type(error)(f"the figure cannot be written: {error}")
        ) from error
    if len(encoded) > MOST_BYTES:
        message = f"the figure takes {len(encoded):,} bytes; at most {MOST_BYTES:,} fit in a plot"
        raise Unplottable("plot-size", ValueError(message))
    return encoded.decode()


def _encode(value: Any) -> bytes:
    try:
        return _encoder.encode(value)
    except (TypeError, ValueError, OverflowError) as error:  # UnicodeEncodeError is a ValueError
        if is_users(error):
            raise
        return _encoder.encode(_plain(value))


def _hook(value: Any) -> Any:
    """Return what stands in JSON for an object that the encoder does not know."""
    if isinstance(value, np.ndarray):
        return msgspec.Raw(_array(value))
    plain = _scalar(value)
    if plain is not _NOT_A_SCALAR:
        return plain
    to_plotly = getattr(value, "to_plotly_json", None)
    if callable(to_plotly):
        return to_plotly()
    if isinstance(value, Mapping):
        return dict(value)
    if hasattr(value, "__array__"):
        return array_of(value)
    if isinstance(value, Iterable):
        return list(value)
    raise TypeError(f"an object of type {type(value).__name__} has no form in JSON")


_encoder = msgspec.json.Encoder(enc_hook=_hook)
_NOT_A_SCALAR: Any = object()


def _scalar(value: Any) -> Any:
    if isinstance(value, np.generic):
        return _scalar_of_numpy(value)
    if type(value).__name__ in ("NaTType", "NAType"):
        return None
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    for kind in (str, int, float):
        if isinstance(value, kind):
            return kind(value)
    if isinstance(value, complex):
        raise TypeError("a complex number has no place in a plot")
    return os.fspath(value) if isinstance(value, os.PathLike) else _NOT_A_SCALAR


def _scalar_of_numpy(value: np.generic) -> Any:
    if isinstance(value, np.datetime64 | np.timedelta64):
        return None if np.isnat(value) else str(value)
    if isinstance(value, np.floating):
        return float(value)  # long doubles too, whose item() is themselves
    item = value.item()
    return str(item) if isinstance(item, bytes) else item


def _array(array: NDArray[Any]) -> bytes:
    if array.ndim == 0:
        return _encode(array[()])
    if array.ndim > 1:
        return b"[" + b",".join([_array(part) for part in array]) + b"]"
    parts = (_slice(array[at : at + _SLICE])[1:-1] for at in range(0, len(array), _SLICE))
    return b"[" + b",".join(parts) + b"]"


def _slice(array: NDArray[Any]) -> bytes:
    kind = array.dtype.kind
    if kind in "biuU":
        return _encode(array.tolist())
    if kind == "f":
        return _encoder.encode(array.astype(np.float64, copy=False).tolist())
    if kind == "M":
        texts = np.datetime_as_string(array).tolist()
        return _encode([None if text == "NaT" else text for text in texts])
    return _encode([_plain(element) for element in array])


def _plain(value: Any) -> Any:
    """Copy a structure into plain dicts, lists and scalars with clean text, for what the encoder would not take."""
    if value is None or isinstance(value, bool):
        return value
    if type(value) is float:
        return value if math.isfinite(value) else None
    if isinstance(value, str):
        return clean_text(str.__str__(value))
    if isinstance(value, int):
        return int(value)
    if isinstance(value, Mapping):
        return {_key(key): _plain(element) for key, element in value.items()}
    if isinstance(value, np.ndarray):
        return value
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(element) for element in value]
    stands_for = _hook(value)
    return stands_for if isinstance(stands_for, msgspec.Raw) else _plain(stands_for)


def _key(key: Any) -> str:
    return clean_text(key if type(key) is str else str(key))
