"""Blocks: 512 consecutive points of a line in one packed value.

A block holds points ``512 * block`` up to ``512 * (block + 1)`` of a line in order of arrival, so ``seq`` is not
stored. The packed value is a header (``_HEADER``) and a deflate stream of byte planes, most regular first:

* iteration and time_us as differences to the point before, less the block's smallest difference, in the fewest of
  0, 1, 2, 4 or 8 bytes that hold them all; all arithmetic is modulo 2^64, so every int64 comes back;
* value as float32 where each value of the block is one exactly, bit by bit, else as float64;
* flags as one byte a point, or none where all are equal.

Deflate, because for pieces of 3 kB it is both smaller and quicker to read than zstd, whose contexts cost more than
the data. Everything is exact. DuckDB keeps checksums over its own blocks, so there are none here.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from stripchart.store.contract import PointColumns

SIZE = 512
_RAW = -15  # a deflate stream without zlib's own header and checksum
_HEADER = np.dtype(
    [
        ("iteration_width", "u1"),
        ("time_width", "u1"),
        ("value_width", "u1"),
        ("flags_width", "u1"),
        ("flags", "u1"),
        ("iteration", "<i8"),
        ("iteration_step", "<i8"),
        ("time_us", "<i8"),
        ("time_step", "<i8"),
    ]
)
_WIDTHS = ("iteration_width", "time_width", "value_width", "flags_width")


def pack(points: PointColumns) -> list[bytes]:
    """Pack points, whose number is a multiple of ``SIZE``, into one value for each block."""
    count = len(points.value) // SIZE
    header = np.zeros(count, dtype=_HEADER)
    iteration = _differences(points.iteration, header, "iteration")
    time_us = _differences(points.time_us, header, "time")
    value = points.value.reshape(count, SIZE)
    flags = points.flags.reshape(count, SIZE)
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        narrow = value.astype("<f4")
    same = (narrow.astype("<f8").view("<u8") == value.view("<u8")).all(axis=1)
    header["value_width"] = np.where(same, 4, 8)
    header["flags_width"] = (flags != flags[:, :1]).any(axis=1)
    header["flags"] = flags[:, 0]
    packed: list[bytes] = [b""] * count
    for widths in np.unique(header[list(_WIDTHS)]):
        rows = np.flatnonzero(header[list(_WIDTHS)] == widths)
        wide = value[rows] if widths["value_width"] == 8 else narrow[rows]
        planes = [
            _planes(iteration[rows], int(widths["iteration_width"])),
            _planes(time_us[rows], int(widths["time_width"])),
            _planes(wide, int(widths["value_width"])),
            _planes(flags[rows], int(widths["flags_width"])),
        ]
        for row, body in zip(rows, np.concatenate(planes, axis=1), strict=True):
            packed[row] = header[row].tobytes() + zlib.compress(body.tobytes(), 1, _RAW)
    return packed


def unpack(packed: Sequence[bytes | bytearray]) -> PointColumns:
    """Return the points of packed blocks, one block after another.

    Raises:
        ValueError: a value is not a packed block.
    """
    count = len(packed)
    size = _HEADER.itemsize
    header = np.frombuffer(b"".join(p[:size] for p in packed), dtype=_HEADER)
    try:
        bodies = [zlib.decompress(memoryview(p)[size:], _RAW) for p in packed]
    except zlib.error as error:
        raise ValueError(f"a packed block cannot be decompressed: {error}") from None
    iteration = np.empty((count, SIZE), dtype=np.int64)
    time_us = np.empty((count, SIZE), dtype=np.int64)
    value = np.empty((count, SIZE), dtype=np.float64)
    flags = np.empty((count, SIZE), dtype=np.uint8)
    for widths in np.unique(header[list(_WIDTHS)]):
        rows = np.flatnonzero(header[list(_WIDTHS)] == widths)
        body = np.frombuffer(b"".join(bodies[row] for row in rows), dtype=np.uint8)
        body, at = body.reshape(len(rows), -1), np.cumsum([0, *widths]) * SIZE
        some = header[rows]
        steps = _numbers(body[:, at[0] : at[1]], "u")
        iteration[rows] = _sums(steps, some["iteration"], some["iteration_step"])
        steps = _numbers(body[:, at[1] : at[2]], "u")
        time_us[rows] = _sums(steps, some["time_us"], some["time_step"])
        value[rows] = _numbers(body[:, at[2] : at[3]], "f")
        flags[rows] = body[:, at[3] :] if widths["flags_width"] else some["flags"][:, None]
    return PointColumns(iteration.ravel(), time_us.ravel(), value.ravel(), flags.ravel())


def _differences(a: NDArray[np.int64], header: NDArray[np.void], name: str) -> NDArray[np.uint64]:
    """Return the steps of each block above its smallest step and note how to undo it in the header."""
    rows = a.reshape(-1, SIZE)
    steps = np.diff(rows, axis=1)
    smallest = steps.min(axis=1)
    above = np.zeros(rows.shape, dtype="<u8")
    above[:, 1:] = (steps - smallest[:, None]).view("<u8")
    largest = above.max(axis=1)
    header["iteration" if name == "iteration" else "time_us"] = rows[:, 0]
    header[f"{name}_step"] = smallest
    header[f"{name}_width"] = np.select(
        [largest == 0, largest < 1 << 8, largest < 1 << 16, largest < 1 << 32], [0, 1, 2, 4], 8
    )
    return above


def _planes(a: NDArray[np.generic], width: int) -> NDArray[np.uint8]:
    """Return the lowest ``width`` bytes of each number, all lowest bytes first."""
    if width == 0:
        return np.zeros((len(a), 0), dtype=np.uint8)
    octets = np.ascontiguousarray(a).view(np.uint8).reshape(len(a), SIZE, -1)[:, :, :width]
    return octets.transpose(0, 2, 1).reshape(len(a), -1)


def _numbers(planes: NDArray[np.uint8], kind: str) -> NDArray[np.generic]:
    width = planes.shape[1] // SIZE
    if width == 0:
        return np.zeros((len(planes), SIZE), dtype=np.uint8)
    octets = planes.reshape(len(planes), width, SIZE).transpose(0, 2, 1)
    return np.ascontiguousarray(octets).view(f"<{kind}{width}").reshape(len(planes), SIZE)


def _sums(
    above: NDArray[np.generic], first: NDArray[np.int64], step: NDArray[np.int64]
) -> NDArray[np.int64]:
    steps = above.astype("<u8")
    steps[:, 1:] += step.astype("<i8").view("<u8")[:, None]
    steps[:, 0] = first.astype("<i8").view("<u8")
    return np.cumsum(steps, axis=1, dtype="<u8").view("<i8")
