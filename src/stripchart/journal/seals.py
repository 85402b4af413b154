"""The sidecar of a scalar segment: checksums over runs of committed slots.

An entry proves the slots it covers and itself. Entries may stand in any order, as a hole is sealed when it fills.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from stripchart.journal.format import SLOT_BYTES

SEAL_MAGIC = b"SCSEAL\r\n"
SEAL_HEADER_BYTES = 16
SEAL_ENTRY = np.dtype([("start", "<u4"), ("count", "<u4"), ("checksum", "<u4"), ("check", "<u4")])
MAX_SEALED_SLOTS = 128

Entries = NDArray[Any]


def seal_header(index: int) -> bytes:
    """Return the bytes that open the sidecar of segment ``index``."""
    return SEAL_MAGIC + (1).to_bytes(2, "little") + bytes(2) + index.to_bytes(4, "little")


def entry_checks(entries: Entries, index: int) -> NDArray[np.uint32]:
    """Return what each entry's ``check`` must be.

    Odd factors: any one flipped bit changes the sum, and a million entries are checked in one go.
    """
    total: NDArray[np.uint32] = (
        entries["start"] * np.uint32(0x9E3779B1)
        + entries["count"] * np.uint32(0x85EBCA77)
        + entries["checksum"] * np.uint32(0xC2B2AE3D)
        + np.uint32((0x27D4EB2F + index * 0x165667B1) & 0xFFFFFFFF)
    )
    return total


def read_entries(path: Path, index: int, capacity: int) -> Entries:
    """Return the sound entries of a sidecar; none if there is no file.

    Raises:
        OSError: the file is there and cannot be read.
    """
    try:
        content = path.read_bytes()[SEAL_HEADER_BYTES:]
    except FileNotFoundError:
        content = b""
    entries = np.frombuffer(content, SEAL_ENTRY, count=len(content) // SEAL_ENTRY.itemsize)
    sound = entries["check"] == entry_checks(entries, index)
    sound &= (entries["count"] - np.uint32(1)) < MAX_SEALED_SLOTS  # 0 wraps round and fails
    sound &= entries["start"].astype(np.int64) + entries["count"] <= capacity
    return entries[sound]


def make_entries(slots: NDArray[Any], first: int, index: int) -> Entries:
    """Return entries over ``slots``, which are committed and stand at slot ``first`` of the segment."""
    content = memoryview(slots.tobytes())
    starts = np.arange(0, len(slots), MAX_SEALED_SLOTS)
    entries = np.zeros(len(starts), SEAL_ENTRY)
    entries["start"] = starts + first
    entries["count"] = np.minimum(len(slots) - starts, MAX_SEALED_SLOTS)
    for i, start in enumerate(starts.tolist()):
        end = (start + MAX_SEALED_SLOTS) * SLOT_BYTES
        entries["checksum"][i] = crc32(content[start * SLOT_BYTES : end])
    entries["check"] = entry_checks(entries, index)
    return entries


def covered(entries: Entries, capacity: int) -> NDArray[np.bool_]:
    """Return for each slot of a segment whether an entry covers it."""
    edges = np.zeros(capacity + 1, np.int32)
    np.add.at(edges, entries["start"], 1)
    np.add.at(edges, entries["start"] + entries["count"], -1)
    return np.cumsum(edges[:-1]) > 0


def damaged(content: memoryview, first: int, entries: Entries) -> list[tuple[int, int]]:
    """Return the slot ranges whose checksum does not hold; ``content`` starts at slot ``first``."""
    bad = []
    columns = (entries["start"].tolist(), entries["count"].tolist(), entries["checksum"].tolist())
    for start, count, checksum in zip(*columns, strict=True):
        begin = (start - first) * SLOT_BYTES
        if crc32(content[begin : begin + count * SLOT_BYTES]) != checksum:
            bad.append((start, start + count))
    return bad
