"""A process killed at a random moment: every call that had returned is in the journal, and nothing wrong is."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import struct
import time
from pathlib import Path
from typing import Protocol

import pytest

from stripchart.journal.format import JournalError
from stripchart.journal.reader import JournalReader
from stripchart.journal.sealing import compress, compressible, seal
from stripchart.records import ConsoleWritten, SeriesDeclared

RUNS = 200
RECORD_EVERY = 10  # as reporting_child.py


class Nursery(Protocol):
    """See conftest.py."""

    def start(self, directory: Path, threads: int) -> int: ...
    def wait(self) -> int: ...


def _returned(directory: Path) -> list[int]:
    try:
        content = (directory / "counts").read_bytes()
    except FileNotFoundError:  # killed before it had begun
        return [0]
    return [count for (count,) in struct.iter_unpack("<q", content)]


def _found(directory: Path) -> dict[int, set[int]]:
    """Return the numbers of the calls in the journal, by thread; each is checked to be what was reported."""
    reader = JournalReader(directory / "w")
    scalars, records = reader.scalars(), reader.records()
    assert not [s for s in scalars.skipped if "never committed" not in s.reason]
    names = {
        r.number: (int(r.title.split()[1]), r.series)
        for _, r in records.items
        if isinstance(r, SeriesDeclared)
    }
    found: dict[int, set[int]] = {}
    for iteration, value, _, flags, number in scalars.slots.tolist():
        thread, series = names[number]
        assert (value, flags, series) == (-iteration, 0, f"s{iteration % 3}")
        assert iteration not in found.setdefault(thread, set())
        found[thread].add(iteration)
    for _, record in records.items:
        if isinstance(record, ConsoleWritten):
            thread, i = (int(word) for word in record.text.split()[:2])
            assert record.text == f"{thread} {i} " + "x" * (i % 3000)
            found.setdefault(thread, set()).add(i)
    return found


@pytest.mark.parametrize("threads", [1, 4, 16])
def test_every_returned_call_survives(nursery: Nursery, tmp_path: Path, threads: int) -> None:
    runs = {1: RUNS - 40, 4: 30, 16: 10}[threads]
    rng = random.Random(threads)
    total = 0
    for run in range(runs):
        directory = tmp_path / str(run)
        pid = nursery.start(directory, threads)
        time.sleep(rng.random() ** 2 * 0.06)
        os.kill(pid, signal.SIGKILL)
        assert nursery.wait() == signal.SIGKILL
        returned = _returned(directory)
        if not any(returned):
            continue
        if run % 3 == 0:
            seal(directory / "w")
        found = _found(directory)
        for thread, count in enumerate(returned):
            calls = found.get(thread, set())
            # One more may be there: killed between its last word and its return.
            assert calls in (set(range(count)), set(range(count + 1)))
        total += sum(returned)
        if run % 10 == 0:
            for name in compressible(directory / "w"):
                # Killed between making a segment and writing its header: nothing is in it, and it stays.
                with contextlib.suppress(JournalError):
                    assert compress(directory / "w", name)
            assert _found(directory) == found
    assert total > runs * 100  # or nothing was tried
