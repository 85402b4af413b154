"""The bytes of a journal segment: names, header, slot and frame. No I/O but the listing of a folder.

The specification is ``docs/internals/journal-format.md``; what is written there and here never changes for a
released format version. All integers are little-endian.
"""

from __future__ import annotations

import os
import re
import struct
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from zlib import crc32

from stripchart import records
from stripchart.records import WriterIdentity

MAGIC = b"SCJRNL\r\n"
HEADER_BYTES = 4096
HEADER_COPY_AT = 2048  # the header stands twice, so that one bad sector does not hide a segment

SLOT = struct.Struct("<qddII")  # iteration, value, wall time in seconds, flags, series number
SLOT_BYTES = 32
SERIES_AT = 28  # the series number within a slot: stored last, so it commits the slot
VOID = 0xFFFFFFFF
MAX_SERIES = VOID - 1

# A segment owns a range of positions given by its index alone, larger than what it can hold. So no two segments
# can ever overlap, not even when a signal handler opens one while the code below it is opening another.
SCALAR_SPAN = 1 << 20
RECORD_SPAN = 1 << 30

FRAME = struct.Struct(
    "<4sIII"
)  # marker, payload length, check of those two, checksum of the payload
# 0xC1 opens nothing in msgpack and 0xFF, 0xC1, 0xFE never occur in UTF-8: no text can imitate the marker.
MARKER = b"\xff\xc1\xfe\xc1"
MAX_FRAME_BYTES = 256 << 20
RECORD_SEGMENT_BYTES = 16 << 20  # a record segment that has grown to this is followed by another

_FIXED = struct.Struct(
    "<8sHBBIQQI"
)  # magic, version, stream, 0, index, first, capacity, identity length
_CRC = struct.Struct("<I")
_NAME = re.compile(r"(scalars|records)-(\d{6,})\.(seg|zst)\Z")


class JournalError(ValueError):
    """Refuse what is not a journal, or is damaged beyond reading."""


class Stream(IntEnum):
    """Name the two streams of a writer, as the header does."""

    SCALARS = 1
    RECORDS = 2

    @property
    def label(self) -> str:
        """Return the name used in file names and reports."""
        return self.name.lower()

    @property
    def span(self) -> int:
        """Return how many positions one segment owns."""
        return SCALAR_SPAN if self is Stream.SCALARS else RECORD_SPAN


@dataclass(frozen=True, slots=True)
class Header:
    """Hold what a segment says of itself; ``capacity`` is in slots, or in bytes for records."""

    stream: Stream
    index: int
    first: int
    capacity: int
    identity: WriterIdentity


@dataclass(frozen=True, slots=True, order=True)
class SegmentFile:
    """Name one segment file in a writer's folder."""

    index: int
    packed: bool
    name: str

    @property
    def seal_name(self) -> str:
        """Return the name of the sidecar with the checksums of a scalar segment."""
        return self.name.rpartition(".")[0] + ".seal"

    @property
    def packed_name(self) -> str:
        """Return the name that the segment has once compressed."""
        return self.name.rpartition(".")[0] + ".zst"


def segment_name(stream: Stream, index: int) -> str:
    """Return the file name of a segment."""
    return f"{stream.label}-{index:06d}.seg"


def parse_name(name: str) -> tuple[Stream, SegmentFile] | None:
    """Return stream and segment that a file name stands for, ``None`` for any other file."""
    match = _NAME.match(name)
    if match is None:
        return None
    packed = match[3] == "zst"
    return Stream[match[1].upper()], SegmentFile(int(match[2]), packed, name)


def list_segments(directory: Path) -> dict[Stream, list[SegmentFile]]:
    """List the segments of a writer's folder, each once, by index.

    A segment that is there both raw and compressed is given raw: it stays whole until it is removed.

    Raises:
        OSError: the folder cannot be read.
    """
    found: dict[Stream, dict[int, SegmentFile]] = {stream: {} for stream in Stream}
    for name in sorted(os.listdir(directory)):  # noqa: PTH208 - half the cost, and asked twice a second
        parsed = parse_name(name)
        if parsed is not None:
            found[parsed[0]].setdefault(parsed[1].index, parsed[1])
    return {stream: sorted(segments.values()) for stream, segments in found.items()}


def encode_header(header: Header) -> bytes:
    """Return the ``HEADER_BYTES`` that open a segment.

    Raises:
        ValueError: the identity is too long for a header.
    """
    one = header_core(header)
    if len(one) > HEADER_BYTES - HEADER_COPY_AT:
        raise ValueError("the writer's identity is too long for a journal header")
    return one.ljust(HEADER_COPY_AT, b"\0") + one.ljust(HEADER_BYTES - HEADER_COPY_AT, b"\0")


def header_core(header: Header) -> bytes:
    """Return one copy of a header, without padding."""
    identity = records.encode(header.identity)
    fixed = _FIXED.pack(
        MAGIC,
        records.FORMAT_VERSION,
        header.stream,
        0,
        header.index,
        header.first,
        header.capacity,
        len(identity),
    )
    return fixed + identity + _CRC.pack(crc32(fixed + identity))


def decode_header(block: bytes) -> Header:
    """Decode the header of a segment from its first ``HEADER_BYTES``; either copy will do.

    Raises:
        JournalError: neither copy is whole, or a later format wrote it.
    """
    error = JournalError("no header")
    for at in (0, HEADER_COPY_AT):
        try:
            return decode_core(block[at:])
        except JournalError as this:
            error = this
    raise error


def decode_core(block: bytes) -> Header:
    """Decode one copy of a header.

    Raises:
        JournalError: it is not whole, or a later format wrote it.
    """
    if len(block) < _FIXED.size or not block.startswith(MAGIC):
        raise JournalError("no journal header")
    _, version, stream, _, index, first, capacity, length = _FIXED.unpack_from(block)
    end = _FIXED.size + length
    if end + _CRC.size > len(block) or _CRC.unpack_from(block, end)[0] != crc32(block[:end]):
        raise JournalError("damaged journal header")
    if version > records.FORMAT_VERSION:
        raise JournalError(f"journal format {version} is newer than this program reads")
    try:
        identity = records.decode_identity(block[_FIXED.size : end])
        return Header(Stream(stream), index, first, capacity, identity)
    except ValueError as error:
        raise JournalError(f"journal header: {error}") from None


def encode_frame(payload: bytes) -> bytes:
    """Return the frame of one record.

    Raises:
        ValueError: the payload is larger than a frame may be.
    """
    if len(payload) > MAX_FRAME_BYTES:
        raise ValueError(f"a record of {len(payload)} bytes is too large for the journal")
    check = crc32(MARKER + _CRC.pack(len(payload)))
    return FRAME.pack(MARKER, len(payload), check, crc32(payload, check)) + payload


def frame_length(area: bytes | memoryview, at: int) -> int | None:
    """Return the payload length that the frame head at ``at`` proves, ``None`` if there is no sound head."""
    if at + FRAME.size > len(area):
        return None
    marker, length, check, _ = FRAME.unpack_from(area, at)
    if marker != MARKER or check != crc32(area[at : at + 8]) or length > MAX_FRAME_BYTES:
        return None
    return int(length)


def frame_payload(area: bytes | memoryview, at: int, length: int) -> memoryview | None:
    """Return the payload of the frame at ``at`` if its checksum holds."""
    _, _, check, checksum = FRAME.unpack_from(area, at)
    payload = memoryview(area)[at + FRAME.size : at + FRAME.size + length]
    return payload if crc32(payload, check) == checksum else None
