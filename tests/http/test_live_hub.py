"""The hub: every change told, merged while a listener sleeps, streams ended by the close."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import msgspec
import pytest

from stripchart.server import live
from stripchart.server.live import MOST_SERIES, Hub, merge
from stripchart.server.schema import Change, TaskChange


def change(task: str = "a", **fields: object) -> TaskChange:
    return TaskChange(id=task, status="in_progress", **fields)  # type: ignore[arg-type]


async def told(stream: AsyncIterator[bytes]) -> list[TaskChange]:
    """Return the next event's changes, passing over comments."""
    async for chunk in stream:
        if chunk.startswith(b"event: change\ndata: "):
            body = chunk.split(b"data: ", 1)[1].removesuffix(b"\n\n")
            assert b"\n" not in body
            return msgspec.json.decode(body, type=Change).tasks
    return []


def test_merging_keeps_all_that_was_said() -> None:
    merged = merge(change(scalars=True, series=[("a", "b")]), change(console=True))
    assert (merged.scalars, merged.console, merged.series) == (True, True, [("a", "b")])
    assert not merged.plots
    assert merge(change(plots=True), change()).plots
    assert merge(change(samples=True), change(plots=True)).samples
    merged = merge(merged, change(scalars=True, series=[("c", "d"), ("a", "b")]))
    assert merged.series == [("a", "b"), ("c", "d")]
    assert merge(merged, change(scalars=True, series=None)).series is None
    assert merge(change(scalars=True, series=None), merged).series is None
    many = [(str(i), "") for i in range(MOST_SERIES + 1)]
    assert merge(None, change(scalars=True, series=many)).series is None
    counted = merge(merge(None, change(points=2, readings=1)), change(points=3))
    assert (counted.points, counted.readings) == (5, 1)


def test_a_listener_hears_its_task_in_full_and_everybody_hears_that_it_changed() -> None:
    async def listen() -> None:
        hub = Hub()
        one, everything = hub.stream("a"), hub.stream(None)
        assert [await anext(one), await anext(everything)] == [b"retry: 1000\n\n"] * 2
        series = [("loss", "train")]
        hub.publish([change("a", scalars=True, series=series), change("b", detail=True)])
        assert [(c.id, c.series) for c in await told(one)] == [("a", series)]
        assert [(c.id, c.series) for c in await told(everything)] == [("a", None), ("b", None)]
        hub.close()
        assert await told(one) == []

    asyncio.run(asyncio.wait_for(listen(), 20))


def test_what_waits_for_a_sleeping_listener_does_not_grow() -> None:
    async def sleep() -> None:
        hub = Hub()
        stream = hub.stream("a")
        await anext(stream)
        for i in range(20_000):
            hub.publish([change("a", scalars=True, series=[(f"t{i % 700}", "s")])])
        [listener] = hub._listeners
        assert len(listener._pending) == 1
        [waiting] = await told(stream)
        assert waiting.series is None
        await stream.aclose()
        assert not hub._listeners

    asyncio.run(asyncio.wait_for(sleep(), 20))


def test_a_quiet_stream_beats(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "HEARTBEAT_SEC", 0.01)

    async def wait() -> None:
        stream = Hub().stream(None)
        await anext(stream)
        assert await anext(stream) == b": still here\n\n"
        await stream.aclose()

    asyncio.run(asyncio.wait_for(wait(), 20))


def test_a_closed_hub_takes_no_listeners() -> None:
    async def listen() -> None:
        hub = Hub()
        hub.close()
        assert [chunk async for chunk in hub.stream(None)] == []

    asyncio.run(asyncio.wait_for(listen(), 20))
