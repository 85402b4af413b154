"""How many bytes does a point take in a journal, raw and once the recorder has compressed it?

python benchmarks/journal_size.py
"""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path

import numpy as np
from report import row

from stripchart.journal.reader import JournalReader
from stripchart.journal.sealing import compress, compressible, seal
from stripchart.journal.writer import JournalWriter, new_writer_name
from stripchart.records import WriterIdentity

STEPS, SERIES = 30_000, 10


def main() -> None:
    """Write ten noisy float32 curves, as a training reports them, and print the row."""
    rng = np.random.default_rng(0)
    noise = rng.normal(size=(STEPS, SERIES)).astype(np.float32)
    with tempfile.TemporaryDirectory() as folder:
        identity = WriterIdentity(
            task_id="0" * 32,
            writer=new_writer_name(),
            host=os.uname().nodename,
            pid=os.getpid(),
            started_us=time.time_ns() // 1000,
        )
        directory = Path(folder) / "journal" / identity.writer
        writer = JournalWriter(directory, identity)
        for step in range(STEPS):
            decay = np.float32(np.exp(-step / 8000))
            for k in range(SERIES):
                value = np.float32(decay * (k + 1) + np.float32(0.05) * noise[step, k])
                writer.scalar("loss", f"layer {k}", float(value), step)
        writer.close()
        points = STEPS * SERIES
        seal(directory)
        raw = JournalReader(directory).size_bytes() / points
        begin = time.perf_counter()
        for name in compressible(directory, ended=True):
            compress(directory, name, ended=True)
        seconds = time.perf_counter() - begin
        packed = JournalReader(directory).size_bytes() / points
    row(
        "bytes a point in a compressed journal",
        packed,
        "B",
        baseline=raw,
        beside="raw, sealed",
        budget=5,
    )
    millions = points / 1e6 / seconds
    row("compressing a journal", millions, "M points/s", baseline=1, beside="the ingest budget")


if __name__ == "__main__":
    main()
