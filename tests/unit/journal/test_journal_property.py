"""Whatever is written, closed, sealed and compressed, in whatever order, is read back as it was given."""

from __future__ import annotations

import os
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from stripchart.journal.reader import JournalReader
from stripchart.journal.sealing import compress, compressible, seal
from stripchart.journal.verify import verify
from stripchart.journal.writer import JournalWriter, new_writer_name
from stripchart.records import ConsoleWritten, SeriesDeclared, WriterIdentity

_texts = st.text(max_size=8).map(lambda t: t.encode("utf-8", "backslashreplace").decode())
_steps = st.one_of(
    st.tuples(
        st.just("scalar"),
        _texts,
        _texts,
        st.floats(width=64),
        st.integers(-(2**63), 2**63 - 1),
        st.integers(0, 63),
    ),
    st.tuples(st.just("many"), st.integers(1, 9000)),
    st.tuples(st.just("record"), st.text(st.characters(codec="utf-8"), max_size=50)),
    st.tuples(st.just("large"), st.integers(1 << 20, 9 << 20)),
    st.sampled_from([("seal",), ("compress",), ("read",)]),
)


class _Model:
    """Write to a journal and remember what it must hold."""

    def __init__(self, task_dir: Path) -> None:
        self.task_dir = task_dir
        name = new_writer_name()
        self.directory = task_dir / "journal" / name
        started_us = time.time_ns() // 1000
        self.writer = JournalWriter(
            self.directory,
            WriterIdentity(
                task_id="t",
                writer=name,
                host=os.uname().nodename,
                pid=os.getpid(),
                started_us=started_us,
            ),
        )
        self.points: list[tuple[Any, ...]] = []
        self.texts: list[str] = []
        self.reader = JournalReader(self.directory)

    def step(self, kind: str, *arguments: Any) -> None:
        if kind == "scalar":
            title, series, value, iteration, flags = arguments
            self.writer.scalar(title, series, value, iteration, flags)
            self.points.append((title, series, repr(value), iteration, flags))
        elif kind == "many":
            for i in range(arguments[0]):
                self.writer.scalar("many", "points", float(i), i)
                self.points.append(("many", "points", repr(float(i)), i, 0))
        elif kind in ("record", "large"):
            text = arguments[0] if kind == "record" else "x" * arguments[0]
            self.writer.append(ConsoleWritten(time_us=1, stream="text", text=text))
            self.texts.append(text)
        elif kind == "seal":
            seal(self.directory)
        elif kind == "compress":
            assert all(compress(self.directory, n) for n in compressible(self.directory))
        else:
            self.check(self.reader)

    def check(self, reader: JournalReader) -> None:
        scalars, records = reader.scalars(), reader.records()
        assert scalars.skipped == records.skipped == []
        names = {
            r.number: (r.title, r.series) for _, r in records.items if isinstance(r, SeriesDeclared)
        }
        points = [
            (*names[series], repr(value), iteration, flags)
            for iteration, value, _, flags, series in scalars.slots.tolist()
        ]
        assert points == self.points
        texts = [r.text for _, r in records.items if isinstance(r, ConsoleWritten)]
        assert texts == self.texts


@settings(max_examples=60, deadline=None)
@given(st.lists(_steps, max_size=12))
def test_what_is_written_is_read_back(steps: list[tuple[Any, ...]]) -> None:
    with TemporaryDirectory() as folder:
        model = _Model(Path(folder))
        for step in steps:
            model.step(*step)
        model.check(model.reader)
        model.writer.close()
        model.check(JournalReader(model.directory))
        for name in compressible(model.directory, ended=True):
            assert compress(model.directory, name, ended=True)
        model.check(model.reader)
        assert verify(model.task_dir).sound
