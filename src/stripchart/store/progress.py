"""Exactly once: what of a call's batches is new, given the stored progress (rule 1 of the contract).

Shared by the stores, so that each only has to keep the progress in the same transaction as the payload.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from stripchart.store.contract import Batch, Gap, Points, StreamName

Progress = dict[tuple[str, StreamName], int]
Stream = tuple[str, str, StreamName]


def advance(
    batches: Iterable[Batch], stored: Callable[[str], Mapping[tuple[str, StreamName], int]]
) -> tuple[list[tuple[Batch, int]], dict[Stream, int]]:
    """Return the batches that hold something new, each with the offset it is new from, and the new ends.

    ``stored`` answers with the progress of a task. Batches of one stream in one call follow one another.

    Raises:
        Gap: a batch begins above the progress that it would meet.
    """
    known: dict[str, Mapping[tuple[str, StreamName], int]] = {}
    reached: dict[Stream, int] = {}
    fresh: list[tuple[Batch, int]] = []
    for batch in batches:
        extent = batch.extent
        place = (extent.task, extent.writer, extent.stream)
        if extent.task not in known:
            known[extent.task] = stored(extent.task)
        end = reached.get(place, known[extent.task].get(place[1:], 0))
        if extent.begin > end:
            raise Gap(f"{extent} begins above {end}, which is what is stored")
        if extent.end > end:
            fresh.append((batch, end))
            reached[place] = extent.end
    return fresh, reached


def fresh_points(points: Points, begin: int) -> Points:
    """Return the points at or above an offset."""
    keep = points.offset >= begin
    if keep.all():
        return points
    return Points(
        points.lines,
        points.line[keep],
        points.offset[keep],
        points.iteration[keep],
        points.time_us[keep],
        points.value[keep],
        points.flags[keep],
    )
