"""Reading the slots of one scalar segment: what is committed, what is empty, what is damaged."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from stripchart.journal.format import HEADER_BYTES, SLOT_BYTES, Header, SegmentFile
from stripchart.journal.seals import (
    CHECK_FACTORS,
    MAX_SEALED_SLOTS,
    SEAL_HEADER_BYTES,
    check_base,
)
from stripchart.journal.segments import read_at

SLOT_DTYPE = np.dtype(
    [("iteration", "<i8"), ("value", "<f8"), ("time", "<f8"), ("flags", "<u4"), ("series", "<u4")]
)
SEAL_DTYPE = np.dtype([("start", "<u4"), ("count", "<u4"), ("checksum", "<u4"), ("check", "<u4")])
EMPTY, COMMITTED, DAMAGED = 0, 1, 2

_FIRST_STEP_SLOTS = 1024
_O_FLAGS = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)


@dataclass(frozen=True, slots=True)
class Window:
    """Hold slots of one segment from slot ``first`` on, and for each EMPTY, COMMITTED or DAMAGED.

    ``sealed`` says which of them a checksum has proven.
    """

    first: int
    slots: NDArray[Any]
    state: NDArray[np.uint8]
    sealed: NDArray[np.bool_]


def read_window(
    directory: Path, segment: SegmentFile, header: Header, low: int, high: int, *, finished: bool
) -> Window:
    """Read slots ``[low, high)`` of a raw segment.

    Of a segment still being filled, reading ends early at the first large stretch without a committed slot.

    Raises:
        FileNotFoundError: the segment was compressed meanwhile.
        OSError: it cannot be read.
    """
    fd = os.open(directory / segment.name, _O_FLAGS)
    try:
        if not finished:
            high = _find_end(fd, low, high)
        if high <= low:
            return Window(
                low, np.empty(0, SLOT_DTYPE), np.empty(0, np.uint8), np.empty(0, np.bool_)
            )
        # The checksums before the slots: what they cover was committed before they were written, so that slots
        # read later cannot be older than the checksums over them.
        entries = _read_entries(directory / segment.seal_name, segment.index, header.capacity)
        return _read(fd, entries, low, high)
    finally:
        os.close(fd)


def _find_end(fd: int, low: int, high: int) -> int:
    at, step = low, _FIRST_STEP_SLOTS
    while at < high:
        chunk = _slots(fd, at, min(high, at + step))
        if not chunk["series"].any():
            return at
        at += step
        step *= 4
    return high


def _slots(fd: int, low: int, high: int) -> NDArray[Any]:
    content = read_at(fd, (high - low) * SLOT_BYTES, HEADER_BYTES + low * SLOT_BYTES)
    if len(content) < (high - low) * SLOT_BYTES:  # the file was cut: what is gone reads as empty
        content = content.ljust((high - low) * SLOT_BYTES, b"\0")
    return np.frombuffer(content, SLOT_DTYPE)


def _read(fd: int, entries: NDArray[Any], low: int, high: int) -> Window:
    ends = entries["start"] + entries["count"]
    entries = entries[(entries["start"] < high) & (ends > low)]
    begin, end = low, high
    if len(entries):
        begin = min(low, int(entries["start"].min()))
        end = max(high, int((entries["start"] + entries["count"]).max()))
    sealed = _covered(entries, begin, end)
    slots = _slots(fd, begin, end)
    state = (slots["series"] != 0).astype(np.uint8)
    if not sealed.all():
        # A read copies a slot from front to back while the writer fills it from front to back: the copy may hold
        # the commit word and not what was stored before it. A second copy of what was committed in the first has all.
        slots = _slots(fd, begin, end)
    for bad_begin, bad_end in _damaged(slots.data.cast("B"), begin, entries):
        state[bad_begin - begin : bad_end - begin] = DAMAGED
    cut = slice(low - begin, high - begin)
    return Window(low, slots[cut], state[cut], sealed[cut])


def _read_entries(path: Path, index: int, capacity: int) -> NDArray[Any]:
    """Return the sound entries of a sidecar; none if there is no file."""
    try:
        content = path.read_bytes()[SEAL_HEADER_BYTES:]
    except FileNotFoundError:
        content = b""
    entries = np.frombuffer(content, SEAL_DTYPE, count=len(content) // SEAL_DTYPE.itemsize)
    sums = np.full(len(entries), check_base(index), np.uint32)
    for name, factor in zip(("start", "count", "checksum"), CHECK_FACTORS, strict=True):
        sums += entries[name] * np.uint32(factor)
    sound = entries["check"] == sums
    sound &= (entries["count"] - np.uint32(1)) < MAX_SEALED_SLOTS  # 0 wraps round and fails
    sound &= entries["start"].astype(np.int64) + entries["count"] <= capacity
    taken: NDArray[Any] = entries[sound]
    return taken


def _covered(entries: NDArray[Any], begin: int, end: int) -> NDArray[np.bool_]:
    """Return for each slot in ``[begin, end)``, which holds all entries, whether one covers it."""
    edges = np.zeros(end - begin + 1, np.int32)
    np.add.at(edges, entries["start"] - begin, 1)
    np.add.at(edges, entries["start"] + entries["count"] - begin, -1)
    return np.cumsum(edges[:-1]) > 0


def _damaged(content: memoryview, first: int, entries: NDArray[Any]) -> list[tuple[int, int]]:
    """Return the slot ranges whose checksum does not hold; ``content`` starts at slot ``first``."""
    bad = []
    columns = (entries["start"].tolist(), entries["count"].tolist(), entries["checksum"].tolist())
    for start, count, checksum in zip(*columns, strict=True):
        begin = (start - first) * SLOT_BYTES
        if crc32(content[begin : begin + count * SLOT_BYTES]) != checksum:
            bad.append((start, start + count))
    return bad
