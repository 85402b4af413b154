"""Read the tensors and the plugins' data inside summaries, with none of their libraries imported for it.

A ``TensorProto`` is read through its own object, whichever library's class that is (format: ``tensor.proto`` and
``types.proto`` of TensorFlow). Plugins keep their data as the bytes of a message of theirs; the few fields that are
needed are taken off the wire (format: https://protobuf.dev/programming-guides/encoding/).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

_STRING = 7
_HALF, _BFLOAT16 = 19, 14
# Number of a type -> its name in NumPy, the field that lists its values.
_TYPES = {
    1: ("<f4", "float_val"),
    2: ("<f8", "double_val"),
    3: ("<i4", "int_val"),
    4: ("<u1", "int_val"),
    5: ("<i2", "int_val"),
    6: ("<i1", "int_val"),
    9: ("<i8", "int64_val"),
    10: ("?", "bool_val"),
    17: ("<u2", "int_val"),
    22: ("<u4", "uint32_val"),
    23: ("<u8", "uint64_val"),
}


def array_of(tensor: Any) -> NDArray[Any]:
    """Return the values of a ``TensorProto``; texts as an array of bytes objects.

    Raises:
        ValueError: it holds something else than numbers and texts, or fewer values than its shape says.
    """
    import numpy as np

    shape = [dimension.size for dimension in tensor.tensor_shape.dim]
    if tensor.dtype == _STRING:
        values = np.empty(len(tensor.string_val), dtype=object)
        values[:] = list(tensor.string_val)
        return _spread(values, shape)
    if tensor.dtype in (_HALF, _BFLOAT16):
        return _spread(_halves(tensor), shape)
    if tensor.dtype not in _TYPES:
        raise ValueError(f"a tensor of type {tensor.dtype} holds neither numbers nor text")
    dtype, listed = _TYPES[tensor.dtype]
    if tensor.tensor_content:
        return np.frombuffer(tensor.tensor_content, dtype=dtype).reshape(shape)
    return _spread(np.array(getattr(tensor, listed), dtype=dtype), shape)


def _halves(tensor: Any) -> NDArray[Any]:
    import numpy as np

    if tensor.tensor_content:
        bits = np.frombuffer(tensor.tensor_content, dtype="<u2")
    else:
        bits = np.array(tensor.half_val, dtype="<u2")
    if tensor.dtype == _HALF:
        return bits.view("<f2")
    return (bits.astype("<u4") << 16).view("<f4")


def _spread(values: NDArray[Any], shape: list[int]) -> NDArray[Any]:
    """Give values their shape; where there are fewer than it says, the last one stands for the others."""
    import math

    import numpy as np

    count = math.prod(shape)
    if 0 < len(values) < count:
        values = np.concatenate([values, np.repeat(values[-1:], count - len(values))])
    return values.reshape(shape)


# -- messages of plugins -----------------------------------------------------------------------------------


def fields(message: bytes) -> Iterator[tuple[int, Any]]:
    """Yield the fields of a message by number: an int, 4 or 8 bytes, or the bytes of what has a length.

    Raises:
        ValueError: it is cut short, or none.
    """
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        number, kind = key >> 3, key & 7
        if kind == 0:
            value, at = _varint(message, at)
            yield number, value
            continue
        if kind == 2:
            size, at = _varint(message, at)
        elif kind in (1, 5):
            size = 8 if kind == 1 else 4
        else:
            raise ValueError(f"no field of a message begins with {key}")
        if at + size > len(message):
            raise ValueError("a message ends in the middle of a field")
        yield number, message[at : at + size]
        at += size


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while at < len(message):
        byte = message[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7
    raise ValueError("a message ends in the middle of a number")


def hparams(content: bytes) -> dict[str, Any]:
    """Return the hyperparameters that begin a session, from the data of the plugin ``hparams``; else none.

    All its numbers are floats; whole ones are returned as integers, as the script will mostly have had them.
    """
    found = {}
    for number, started in fields(content):
        if number == 3:  # HParamsPluginData.session_start_info
            entries = [
                entry for which, entry in fields(started) if which == 1
            ]  # its map ``hparams``
            for entry in entries:
                parts = dict(fields(entry))
                found[_text(parts.get(1, b""))] = _value(parts.get(2, b""))
    return found


def _value(message: bytes) -> Any:
    """Return what a ``google.protobuf.Value`` holds."""
    for number, value in fields(message):
        if number == 2:
            held = struct.unpack("<d", value)[0]
            return int(held) if held.is_integer() else held
        if number == 3:
            return _text(value)
        if number == 4:
            return bool(value)
        if number == 6:
            return [_value(item) for which, item in fields(value) if which == 1]
    return None


def mesh_part(content: bytes) -> tuple[str, int, int]:
    """Return a mesh's name, which part a tensor is (1 vertices, 2 faces, 3 colours), and the bits of all its parts.

    The bits, bit 1 for part 1 and so on, are 0 where the writer does not tell.
    """
    parts = dict(fields(content))
    return _text(parts.get(2, b"")), int(parts.get(3, 0)), int(parts.get(7, 0))


def charts(layout: bytes) -> dict[str, dict[str, list[str]]]:
    """Return the tags of each chart of each category of a custom scalars layout."""
    found: dict[str, dict[str, list[str]]] = {}
    for category in (value for number, value in fields(layout) if number == 2):
        title = "".join(_text(value) for number, value in fields(category) if number == 1)
        for chart in (value for number, value in fields(category) if number == 2):
            name = "".join(_text(value) for number, value in fields(chart) if number == 1)
            found.setdefault(title, {})[name] = _tags(chart)
    return found


def _tags(chart: bytes) -> list[str]:
    tags = []
    for number, content in fields(chart):
        if number == 2:  # multiline
            tags += [_text(value) for which, value in fields(content) if which == 1]
        elif number == 3:  # margin: a value with its lower and upper bound
            for _, series in fields(content):
                tags += [_text(value) for _, value in fields(series)]
    return tags


def _text(value: bytes) -> str:
    return value.decode("utf-8", "replace")
