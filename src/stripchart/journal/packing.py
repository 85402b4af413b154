"""Compressed segments: the same slots and the same record bytes, at the same positions, in a tenth of the space.

A container holds a head (header of the segment, table of chunks, checksum), the chunks, and the head again, so
that damage in one place costs at most one chunk. Scalars are turned into columns first: what differs little from
its neighbour is stored as the difference, byte planes apart.
"""

from __future__ import annotations

import struct
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from stripchart.journal.format import Header, JournalError, decode_core, header_core
from stripchart.journal.scalar_reading import (
    COMMITTED,
    DAMAGED,
    EMPTY,
    SLOT_DTYPE,
    Window,
)

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

PACK_MAGIC = b"SCPACK\r\n"
SLOTS_PER_CHUNK = 16384
RECORD_BYTES_PER_CHUNK = 1 << 20
_LEVEL = 9

_HEAD = struct.Struct("<8sHHII")  # magic, version, 0, header length, number of chunks
_CHUNK = struct.Struct(
    "<III"
)  # raw units (slots or bytes), packed bytes, checksum of the packed bytes
_CRC = struct.Struct("<I")
_TAIL = struct.Struct("<I8s")  # length of the head before it, magic
_VERSION = 1


@dataclass(frozen=True, slots=True)
class _Chunk:
    units: int
    size: int
    checksum: int
    offset: int


def pack(header: Header, area: bytes | NDArray[Any]) -> bytes:
    """Return the container for the slots, or for the bytes of the record area, of a segment."""
    if isinstance(area, bytes):
        step = RECORD_BYTES_PER_CHUNK
        packed = [zstd.compress(area[i : i + step], _LEVEL) for i in range(0, len(area), step)]
    else:
        step = SLOTS_PER_CHUNK
        packed = [_pack_slots(area[i : i + step]) for i in range(0, len(area), step)]
    units = [min(step, len(area) - i) for i in range(0, len(area), step)]
    core = header_core(header)
    head = _HEAD.pack(PACK_MAGIC, _VERSION, 0, len(core), len(packed)) + core
    head += b"".join(
        _CHUNK.pack(n, len(chunk), crc32(chunk)) for n, chunk in zip(units, packed, strict=True)
    )
    head += _CRC.pack(crc32(head))
    return head + b"".join(packed) + head + _TAIL.pack(len(head), PACK_MAGIC)


class PackedSegment:
    """Read a compressed segment; the content is decoded once, on first use."""

    def __init__(self, path: Path) -> None:
        """Read the container.

        Raises:
            JournalError: neither of its heads is whole.
            OSError: it cannot be read.
        """
        self.path = path
        self._content = path.read_bytes()
        self.header, self._chunks = _read_head(self._content)
        self._slots: tuple[NDArray[Any], NDArray[np.uint8]] | None = None
        self._area: bytes | None = None

    def window(self, low: int, high: int) -> Window:
        """Return slots ``[low, high)``, fewer where the segment has no more."""
        if self._slots is None:
            self._slots = self._decode_slots()
        slots, state = (column[low:high] for column in self._slots)
        return Window(low, slots, state, np.ones(len(slots), np.bool_))

    def record_area(self) -> bytes:
        """Return the bytes of the record area, zeros for a damaged chunk."""
        if self._area is None:
            parts = [
                bytes(c.units) if (raw := self._raw(c)) is None else zstd.decompress(raw)
                for c in self._chunks
            ]
            self._area = b"".join(parts)
        return self._area

    def _decode_slots(self) -> tuple[NDArray[Any], NDArray[np.uint8]]:
        slots = np.zeros(sum(c.units for c in self._chunks), SLOT_DTYPE)
        state = np.full(len(slots), DAMAGED, np.uint8)
        at = 0
        for chunk in self._chunks:
            raw = self._raw(chunk)
            if raw is not None:
                part = slots[at : at + chunk.units]
                _unpack_slots(raw, part)
                state[at : at + chunk.units] = np.where(part["series"] != 0, COMMITTED, EMPTY)
            at += chunk.units
        return slots, state

    def _raw(self, chunk: _Chunk) -> bytes | None:
        packed = self._content[chunk.offset : chunk.offset + chunk.size]
        return packed if crc32(packed) == chunk.checksum else None


def _read_head(content: bytes) -> tuple[Header, list[_Chunk]]:
    try:
        return _decode_head(content)
    except JournalError:
        pass
    if len(content) < _TAIL.size:
        raise JournalError("not a compressed segment")
    length, magic = _TAIL.unpack_from(content, len(content) - _TAIL.size)
    if magic != PACK_MAGIC or length + _TAIL.size > len(content):
        raise JournalError("damaged compressed segment")
    return _decode_head(content[len(content) - _TAIL.size - length :])


def _decode_head(content: bytes) -> tuple[Header, list[_Chunk]]:
    if len(content) < _HEAD.size or not content.startswith(PACK_MAGIC):
        raise JournalError("not a compressed segment")
    _, version, _, header_length, count = _HEAD.unpack_from(content)
    end = _HEAD.size + header_length + count * _CHUNK.size
    if end + _CRC.size > len(content) or _CRC.unpack_from(content, end)[0] != crc32(content[:end]):
        raise JournalError("damaged compressed segment")
    if version > _VERSION:
        raise JournalError(f"compression {version} is newer than this program reads")
    header = decode_core(content[_HEAD.size : _HEAD.size + header_length])
    chunks, offset = [], end + _CRC.size
    for i in range(count):
        at = _HEAD.size + header_length + i * _CHUNK.size
        units, size, checksum = _CHUNK.unpack_from(content, at)
        chunks.append(_Chunk(units, size, checksum, offset))
        offset += size
    return header, chunks


# Scalars. Integers are taken modulo 2**32 or 2**64, so that every bit pattern comes back as it was.


def _pack_slots(slots: NDArray[Any]) -> bytes:
    order = np.argsort(slots["series"], kind="stable")
    columns = [
        _planes(_delta(slots["series"])),
        _planes(slots["flags"]),
        _planes(_delta(slots["iteration"].view(np.uint64))),
        _planes(_delta(slots["time"].view(np.uint64))),
        # Values are put series by series: the neighbour within a series is the one that resembles.
        _planes(slots["value"].view(np.uint64)[order]),
    ]
    return zstd.compress(b"".join(columns), _LEVEL)


def _unpack_slots(packed: bytes, slots: NDArray[Any]) -> None:
    """Fill slots, given as zeros, with the content of a chunk."""
    raw = memoryview(zstd.decompress(packed))
    columns, at = [], 0
    for width in (4, 4, 8, 8, 8):
        columns.append(_from_planes(raw[at : at + width * len(slots)], width))
        at += width * len(slots)
    series, flags, iteration, time, value = columns
    is_one_series = not series[1:].any()  # then the values lie in the order of the slots
    slots["series"] = np.cumsum(series, dtype=np.uint32)
    slots["flags"] = flags
    slots["iteration"] = np.cumsum(iteration, dtype=np.uint64).view(np.int64)
    slots["time"] = np.cumsum(time, dtype=np.uint64).view(np.float64)
    order = slice(None) if is_one_series else np.argsort(slots["series"], kind="stable")
    slots["value"].view(np.uint64)[order] = value


def _delta(column: NDArray[Any]) -> NDArray[Any]:
    return np.diff(column, prepend=column.dtype.type(0))


def _planes(column: NDArray[Any]) -> bytes:
    width = column.dtype.itemsize
    return np.ascontiguousarray(column).view(np.uint8).reshape(-1, width).T.tobytes()


def _from_planes(raw: memoryview, width: int) -> NDArray[Any]:
    planes = np.frombuffer(raw, np.uint8).reshape(width, -1)
    column = np.zeros((planes.shape[1], width), np.uint8)
    for i, plane in enumerate(planes):
        if plane.any():  # of small differences most planes are zeros
            column[:, i] = plane
    return column.view(f"<u{width}").reshape(-1)
