"""Threads, forks and signal handlers: nobody loses, tears or repeats anybody's record."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import pytest

from stripchart.journal.reader import JournalReader
from stripchart.journal.writer import ClosedError, JournalWriter
from stripchart.records import AnyRecord, ConsoleWritten, SeriesDeclared, Unknown

OpenWriter = Callable[[Path], JournalWriter]


def _records(directory: Path) -> list[AnyRecord | Unknown]:
    reader, items, start = JournalReader(directory), [], 0
    while (part := reader.records(start)).next != start:
        assert part.skipped == []
        items += [record for _, record in part.items]
        start = part.next
    return items


def _by_series(directory: Path) -> dict[str, list[int]]:
    scalars = JournalReader(directory).scalars()
    assert scalars.skipped == []
    names = {r.number: r.series for r in _records(directory) if isinstance(r, SeriesDeclared)}
    found: dict[str, list[int]] = {}
    for iteration, value, _, _, number in scalars.slots.tolist():
        assert value == iteration * 0.5
        found.setdefault(names[number], []).append(iteration)
    return found


@pytest.fixture
def quick_switching() -> object:
    """Let threads take turns as often as they can."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield None
    sys.setswitchinterval(interval)


@pytest.mark.usefixtures("quick_switching")
@pytest.mark.parametrize("gil", [True, False])
def test_sixteen_threads(
    open_writer: OpenWriter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, gil: bool
) -> None:
    monkeypatch.setattr("sys._is_gil_enabled", lambda: gil, raising=False)
    writer = open_writer(tmp_path / "w")
    count = 3000

    def report(thread: int) -> None:
        for i in range(count):
            writer.scalar("t", f"{thread} {i % 50}", i * 0.5, i)
            if i % 100 == 0:
                text = f"{thread} {i} " + "x" * 5000
                writer.append(ConsoleWritten(time_us=1, stream="stdout", text=text))

    threads = [threading.Thread(target=report, args=(n,)) for n in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = _by_series(tmp_path / "w")
    assert set(found) == {f"{n} {k}" for n in range(16) for k in range(50)}
    assert all(v == list(range(int(k.split()[1]), count, 50)) for k, v in found.items())
    texts = [
        " ".join(r.text.split()[:2])
        for r in _records(tmp_path / "w")
        if isinstance(r, ConsoleWritten)
    ]
    assert Counter(texts) == Counter(f"{n} {i}" for n in range(16) for i in range(0, count, 100))


def test_a_reader_beside_the_writers_sees_only_whole_points(
    open_writer: OpenWriter, tmp_path: Path
) -> None:
    writer = open_writer(tmp_path / "w")
    done = threading.Event()

    def report(thread: int) -> None:
        for i in range(20_000):
            writer.scalar("t", str(thread), i * 0.5, i)

    def read() -> None:
        reader, start = JournalReader(tmp_path / "w"), 0
        while True:
            last = done.is_set()
            part = reader.scalars(start, limit=7000)
            slots = part.slots
            seen.extend(zip(slots["series"].tolist(), slots["iteration"].tolist(), strict=True))
            torn.extend(slots[slots["value"] != slots["iteration"] * 0.5].tolist())
            torn.extend(slots[slots["time"] < 1e9].tolist())
            if last and part.next == start:
                return
            start = part.next

    seen: list[tuple[int, int]] = []
    torn: list[object] = []
    following = threading.Thread(target=read)
    following.start()
    threads = [threading.Thread(target=report, args=(n,)) for n in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    done.set()
    following.join()
    assert torn == []
    assert Counter(seen) == Counter((n, i) for n in (1, 2, 3) for i in range(20_000))


def test_closing_beside_reporting_threads(open_writer: OpenWriter, tmp_path: Path) -> None:
    for turn in range(8):
        writer = open_writer(tmp_path / str(turn))
        returned = [0] * 4

        def report(thread: int, writer: JournalWriter, returned: list[int]) -> None:
            try:
                while True:
                    i = returned[thread]
                    writer.scalar("t", str(thread), i * 0.5, i)
                    returned[thread] += 1
            except ClosedError:
                pass

        threads = [threading.Thread(target=report, args=(n, writer, returned)) for n in range(4)]
        for thread in threads:
            thread.start()
        while min(returned) < 50 * turn:
            time.sleep(0.001)
        writer.close()
        for thread in threads:
            thread.join()
        found = _by_series(tmp_path / str(turn))
        assert [found.get(str(n), []) for n in range(4)] == [list(range(n)) for n in returned]


def test_a_fork_in_the_middle(open_writer: OpenWriter, tmp_path: Path) -> None:
    writer = open_writer(tmp_path / "parent")
    for i in range(5000):
        writer.scalar("t", "s", i * 0.5, i)
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            writer.abandon()
            try:
                writer.scalar("t", "s", -1.0, -1)
            except ClosedError:
                own = open_writer(tmp_path / "child")
                for i in range(10_000):
                    own.scalar("t", "s", i * 0.5, i)
                own.close()
                code = 0
        finally:
            os._exit(code)
    for i in range(5000, 12_000):
        writer.scalar("t", "s", i * 0.5, i)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    assert _by_series(tmp_path / "parent") == {"s": list(range(12_000))}
    assert _by_series(tmp_path / "child") == {"s": list(range(10_000))}


def test_a_fork_while_another_thread_holds_the_lock(
    open_writer: OpenWriter, tmp_path: Path
) -> None:
    writer = open_writer(tmp_path / "parent")
    stop = threading.Event()

    def write() -> None:
        while not stop.is_set():
            writer.append(ConsoleWritten(time_us=1, stream="stdout", text="x" * 100_000))

    thread = threading.Thread(target=write)
    thread.start()
    for _ in range(30):
        pid = os.fork()
        if pid == 0:
            signal.alarm(10)
            writer.abandon()
            writer.close()
            os._exit(0)
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    stop.set()
    thread.join()
    assert len(_records(tmp_path / "parent")) > 0


def test_a_signal_handler_reports_in_the_middle_of_reports(
    open_writer: OpenWriter, tmp_path: Path
) -> None:
    writer = open_writer(tmp_path / "w")
    handled = 0

    def handler(_signum: int, _frame: FrameType | None) -> None:
        nonlocal handled
        writer.scalar("t", "handler", handled * 0.5, handled)
        writer.scalar("t", f"handler {handled}", 0.0, 0)
        writer.append(ConsoleWritten(time_us=1, stream="stderr", text="h" * 3000))
        handled += 1
        signal.setitimer(
            signal.ITIMER_REAL, 0.0003
        )  # the next only now: no handler within a handler

    before = signal.signal(signal.SIGALRM, handler)
    signal.setitimer(signal.ITIMER_REAL, 0.0003)
    i = 0
    try:
        while handled < 1500:
            writer.scalar("t", "main", i * 0.5, i)
            if i % 7 == 0:
                writer.scalar("t", f"main {i}", i * 0.5, i)
                writer.append(ConsoleWritten(time_us=1, stream="stdout", text="m" * 3000))
            i += 1
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    found = _by_series(tmp_path / "w")
    assert found["main"] == list(range(i))
    assert found["handler"] == list(range(handled))
    assert len(found) == 2 + handled + len(range(0, i, 7))
    texts = Counter(r.text[0] for r in _records(tmp_path / "w") if isinstance(r, ConsoleWritten))
    assert texts == {"h": handled, "m": len(range(0, i, 7))}
