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


class Sidecar:
    """Read the checksums of one segment; they are read again only when there are more."""

    def __init__(self, directory: Path, segment: SegmentFile, header: Header) -> None:
        self._path = directory / segment.seal_name
        self._index = header.index
        self._capacity = header.capacity
        self._size = -1
        self._entries = _sound_entries(b"", header.index, header.capacity)

    def entries(self) -> NDArray[Any]:
        """Return the sound entries; none if there is no file.

        Raises:
            OSError: it is there and cannot be read.
        """
        try:
            size = self._path.stat().st_size
            if size != self._size:
                content = self._path.read_bytes()
                self._entries = _sound_entries(content, self._index, self._capacity)
                self._size = size
        except FileNotFoundError:
            pass
        return self._entries


def read_window(path: Path, sidecar: Sidecar, low: int, high: int, *, finished: bool) -> Window:
    """Read slots ``[low, high)`` of a raw segment.

    Of a segment still being filled, reading ends early at the first large stretch without a committed slot.

    Raises:
        FileNotFoundError: the segment was compressed meanwhile.
        OSError: it cannot be read.
    """
    # The checksums before the slots: what they cover was committed before they were written, so that slots read
    # later cannot be older than the checksums over them.
    entries = sidecar.entries()
    entries = entries[entries["start"] + entries["count"] > low]
    fd = os.open(path, _O_FLAGS)
    try:
        if not finished:
            sealed_end = int((entries["start"] + entries["count"]).max(initial=low))
            high = max(_find_end(fd, low, high), min(sealed_end, high))
        if high <= low:
            return Window(
                low, np.empty(0, SLOT_DTYPE), np.empty(0, np.uint8), np.empty(0, np.bool_)
            )
        return _read(fd, entries[entries["start"] < high], low, high)
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
    if (
        len(content) < (high - low) * SLOT_BYTES
    ):  # the file was cut: what is not there in full reads as empty
        whole = content[: len(content) // SLOT_BYTES * SLOT_BYTES]
        content = whole.ljust((high - low) * SLOT_BYTES, b"\0")
    return np.frombuffer(content, SLOT_DTYPE)


def _read(fd: int, entries: NDArray[Any], low: int, high: int) -> Window:
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


def _sound_entries(content: bytes, index: int, capacity: int) -> NDArray[Any]:
    content = content[SEAL_HEADER_BYTES:]
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
