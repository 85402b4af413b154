"""Replacing a finished segment by its compressed form, without a moment in which a reader finds neither."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stripchart.journal.format import (
    HEADER_BYTES,
    Header,
    SegmentFile,
    Stream,
    decode_header,
    parse_name,
)
from stripchart.journal.packing import PackedSegment, pack
from stripchart.journal.scalar_reading import COMMITTED, DAMAGED, EMPTY, Sidecar, read_window


def replace_by_packed(directory: Path, name: str, *, final: bool) -> bool:
    """Replace a segment; ``final`` says that its writer has ended, so that an empty slot stays one.

    Returns false where a slot may still be committed, a checksum does not hold, or the result does not read back.

    Raises:
        OSError: it cannot be read or written; the segment is as it was.
        JournalError: it has no readable header.
    """
    parsed = parse_name(name)
    if parsed is None or parsed[1].packed:
        return False
    stream, segment = parsed
    with open(directory / name, "rb") as file:
        header = decode_header(file.read(HEADER_BYTES))
        area = file.read() if stream is Stream.RECORDS else None
    content = area if area is not None else _slots(directory, segment, header, final=final)
    if content is None:
        return False
    temporary = directory / f".{segment.packed_name}.tmp"
    try:
        _write_durably(temporary, pack(header, content))
        if not _reads_back(temporary, content):
            return False
        temporary.replace(directory / segment.packed_name)
    finally:
        with contextlib.suppress(FileNotFoundError):
            temporary.unlink()
    _sync_directory(directory)
    # The segment first: while it is there it is read, and then with its checksums.
    (directory / name).unlink()
    with contextlib.suppress(FileNotFoundError):
        (directory / segment.seal_name).unlink()
    return True


def _slots(
    directory: Path, segment: SegmentFile, header: Header, *, final: bool
) -> NDArray[Any] | None:
    window = read_window(
        directory / segment.name,
        Sidecar(directory, segment, header),
        0,
        header.capacity,
        finished=True,
    )
    if (window.state == DAMAGED).any() or (not final and (window.state == EMPTY).any()):
        return None
    committed = np.flatnonzero(window.state == COMMITTED)
    return window.slots[: int(committed[-1]) + 1 if len(committed) else 0]


def _reads_back(path: Path, content: bytes | NDArray[Any]) -> bool:
    packed = PackedSegment(path)
    if isinstance(content, bytes):
        return packed.record_area() == content
    window = packed.window(0, len(content))
    return bool(window.slots.tobytes() == content.tobytes())


def _write_durably(path: Path, content: bytes) -> None:
    with open(path, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync_directory(directory: Path) -> None:
    with contextlib.suppress(PermissionError):  # Windows opens no folders, and needs none synced
        fd = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)
