"""Reading the slots of one scalar segment: what is committed, what is empty, what is damaged."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stripchart.journal.format import HEADER_BYTES, SLOT_BYTES, Header, SegmentFile
from stripchart.journal.seals import Entries, covered, damaged, read_entries

SLOT_DTYPE = np.dtype(
    [("iteration", "<i8"), ("value", "<f8"), ("time", "<f8"), ("flags", "<u4"), ("series", "<u4")]
)
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
    # The checksums first: what they cover was committed before they were written, so that the slots, read later,
    # cannot be older than the checksums over them.
    entries = read_entries(directory / segment.seal_name, segment.index, header.capacity)
    fd = os.open(directory / segment.name, _O_FLAGS)
    try:
        if not finished:
            high = _find_end(fd, low, high)
        return _read(fd, header, entries, low, high)
    finally:
        os.close(fd)


def read_at(fd: int, size: int, offset: int) -> bytes:
    """Read ``size`` bytes at ``offset``, fewer at the end of the file.

    Raises:
        OSError: it cannot be read.
    """
    parts = []
    os.lseek(fd, offset, os.SEEK_SET)
    while size > 0:
        part = os.read(fd, min(size, 1 << 30))
        if not part:
            break
        parts.append(part)
        size -= len(part)
    return parts[0] if len(parts) == 1 else b"".join(parts)


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


def _read(fd: int, header: Header, entries: Entries, low: int, high: int) -> Window:
    ends = entries["start"] + entries["count"]
    entries = entries[(entries["start"] < high) & (ends > low)]
    begin, end = low, high
    if len(entries):
        begin = min(low, int(entries["start"].min()))
        end = max(high, int((entries["start"] + entries["count"]).max()))
    sealed = covered(entries, header.capacity)[begin:end]
    slots = _slots(fd, begin, end)
    state = (slots["series"] != 0).astype(np.uint8)
    if not sealed.all():
        # A read copies a slot from front to back while the writer fills it from front to back: the copy may hold
        # the commit word and not what was stored before it. A second copy of what was committed in the first has all.
        slots = _slots(fd, begin, end)
    for bad_begin, bad_end in damaged(memoryview(slots).cast("B"), begin, entries):
        state[bad_begin - begin : bad_end - begin] = DAMAGED
    cut = slice(low - begin, high - begin)
    return Window(low, slots[cut], state[cut], sealed[cut])
