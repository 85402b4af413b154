"""Reading frames: what proves itself is taken, a damaged stretch is passed over up to the next sound frame."""

from __future__ import annotations

from dataclasses import dataclass, field

from stripchart.journal.format import FRAME, MARKER, frame_length, frame_payload
from stripchart.records import AnyRecord, Unknown, decode

TORN = "cut short"
DAMAGED_FRAME = "damaged record"
UNREADABLE = "record that cannot be decoded"


@dataclass(slots=True)
class Parsed:
    """Hold what a stretch of the record area gave; all offsets are within the stretch.

    ``end`` is where reading stopped: at the end, or at what is not there in full yet.
    """

    items: list[tuple[int, AnyRecord | Unknown]] = field(default_factory=list)
    skipped: list[tuple[int, int, str]] = field(default_factory=list)
    end: int = 0


def parse(area: bytes, *, complete: bool, final: bool) -> Parsed:
    """Parse a stretch of the record area that starts at a frame.

    ``complete`` says that the stretch reaches the end of what is there, ``final`` that nothing will follow: then
    an end that is torn or damaged is passed over too.
    """
    parsed = Parsed()
    while parsed.end < len(area):
        at = parsed.end
        payload = _payload(area, at)
        if payload is not None:
            parsed.end = at + FRAME.size + len(payload)
            try:
                parsed.items.append((at, decode(payload)))
            except ValueError:
                parsed.skipped.append((at, parsed.end, UNREADABLE))
            continue
        length = frame_length(area, at)
        if not complete and length is not None and at + FRAME.size + length > len(area):
            break  # all of it may be there, in a longer stretch
        following = _following(area, at, length)
        if following is not None:
            parsed.skipped.append((at, following, DAMAGED_FRAME))
            parsed.end = following
        elif final:
            parsed.skipped.append((at, len(area), _reason(area, at, length)))
            parsed.end = len(area)
        else:
            break
    return parsed


def _payload(area: bytes, at: int) -> memoryview | None:
    length = frame_length(area, at)
    if length is None or at + FRAME.size + length > len(area):
        return None
    return frame_payload(area, at, length)


def _reason(area: bytes, at: int, length: int | None) -> str:
    """Tell an end that was cut off, which is the beginning of a sound frame, from one that was damaged."""
    left = len(area) - at
    if length is None:
        return TORN if left < FRAME.size else DAMAGED_FRAME
    return TORN if FRAME.size + length > left else DAMAGED_FRAME


def _following(area: bytes, at: int, length: int | None) -> int | None:
    """Return where the next sound frame is, beyond the damaged one at ``at``."""
    if length is not None:
        # The head is sound: do not look for frames inside the payload as long as they go on behind it.
        end = at + FRAME.size + length
        if end <= len(area) and _payload(area, end) is not None:
            return end
    while True:
        at += 1
        at = area.find(MARKER, at)
        if at < 0:
            return None
        if _payload(area, at) is not None:
            return at
