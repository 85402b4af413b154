"""The sidecar of a scalar segment: checksums over runs of committed slots.

An entry proves the slots it covers and itself. Entries may stand in any order, as a hole is sealed when it fills.
Standard library only: the recorder seals twice a second and shall stay small.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from zlib import crc32

from stripchart.journal.format import SLOT_BYTES

SEAL_MAGIC = b"SCSEAL\r\n"
SEAL_HEADER_BYTES = 16
SEAL_ENTRY = struct.Struct("<IIII")  # first slot, number of slots, their CRC-32, check of the entry
MAX_SEALED_SLOTS = 128

# Odd factors: any one flipped bit changes the sum; and NumPy checks a million entries in one go.
CHECK_FACTORS = (0x9E3779B1, 0x85EBCA77, 0xC2B2AE3D)


def check_base(index: int) -> int:
    """Return what the check of every entry of segment ``index`` starts from."""
    return (0x27D4EB2F + index * 0x165667B1) & 0xFFFFFFFF


def seal_header(index: int) -> bytes:
    """Return the bytes that open the sidecar of segment ``index``."""
    return SEAL_MAGIC + struct.pack("<HHI", 1, 0, index)


def encode_entries(content: bytes, first: int, index: int) -> bytes:
    """Return entries over committed slots, of which ``content`` has the bytes and ``first`` is the number."""
    count = len(content) // SLOT_BYTES
    entries = []
    for start in range(0, count, MAX_SEALED_SLOTS):
        covered = min(MAX_SEALED_SLOTS, count - start)
        checksum = crc32(content[start * SLOT_BYTES : (start + covered) * SLOT_BYTES])
        fields = (first + start, covered, checksum)
        entries.append(SEAL_ENTRY.pack(*fields, _check(fields, index)))
    return b"".join(entries)


def decode_entries(content: bytes, index: int) -> Iterator[tuple[int, int]]:
    """Yield first slot and number of slots of each sound entry in a sidecar's content."""
    whole = SEAL_HEADER_BYTES + _whole_bytes(len(content))
    for *fields, check in SEAL_ENTRY.iter_unpack(content[SEAL_HEADER_BYTES:whole]):
        if check == _check(fields, index) and 0 < fields[1] <= MAX_SEALED_SLOTS:
            yield fields[0], fields[1]


def whole_size(size_bytes: int) -> int:
    """Return the size of a sidecar without an entry that was cut short; 0 if the header was."""
    return SEAL_HEADER_BYTES + _whole_bytes(size_bytes) if size_bytes >= SEAL_HEADER_BYTES else 0


def _whole_bytes(size_bytes: int) -> int:
    return max(size_bytes - SEAL_HEADER_BYTES, 0) // SEAL_ENTRY.size * SEAL_ENTRY.size


def _check(fields: tuple[int, ...] | list[int], index: int) -> int:
    terms = (a * b for a, b in zip(fields, CHECK_FACTORS, strict=True))
    return (check_base(index) + sum(terms)) & 0xFFFFFFFF
