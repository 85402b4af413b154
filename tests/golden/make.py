"""Make the golden journal of a new format version; run once per version, by hand, and never for a released one.

python tests/golden/make.py tests/golden/journal-v1
"""

from __future__ import annotations

import math
import shutil
import sys
from pathlib import Path

from stripchart.journal.sealing import compress, compressible, seal
from stripchart.journal.writer import JournalWriter
from stripchart.records import (
    NAN,
    REPLACED,
    SINGLE_VALUE,
    AttemptStarted,
    ConsoleWritten,
    EnvironmentDescribed,
    Noted,
    ParametersSet,
    StatusChanged,
    TaskDescribed,
    WriterIdentity,
)

STARTED_US = 1_700_000_000_000_000


def write(directory: Path, pid: int) -> None:
    """Write a journal with every kind of record and points of every kind."""
    name = directory.name
    identity = WriterIdentity(
        task_id="0123456789abcdef" * 2,
        writer=name,
        host="golden",
        pid=pid,
        started_us=STARTED_US,
        attempt=1,
        rank=2,
        stripchart="0.1.0",
    )
    writer = JournalWriter(directory, identity)
    writer.append(TaskDescribed(time_us=1, project="a/b", name="Gold", tags=["x", "é"]))
    writer.append(AttemptStarted(time_us=2, attempt=1, initial_iteration=10))
    writer.append(EnvironmentDescribed(time_us=3, attempt=1, values={"argv": ["train.py"]}))
    writer.append(ParametersSet(time_us=4, values={"Args/lr": "0.1"}, types={"Args/lr": "float"}))
    writer.append(ConsoleWritten(time_us=5, stream="stdout", text="epoch 1\r\n\0\x1b[1m"))
    for i in range(200):
        writer.scalar("loss", "train", 1 / (i + 1), i)
    writer.scalar("loss", "val", 0.0, 7, NAN | REPLACED)
    writer.scalar("Summary", "best", math.inf, -(2**63), SINGLE_VALUE)
    writer.append(Noted(time_us=6, code="c", message="lost", count=3, lost=True))
    writer.append(StatusChanged(time_us=7, attempt=1, status="failed", signal=9))
    writer.close()
    seal(directory)


def main() -> None:
    """Write the journal twice: raw, its reserved tail cut off, and compressed."""
    target = Path(sys.argv[1])
    shutil.rmtree(target, ignore_errors=True)
    raw, packed = target / "journal" / "raw", target / "journal" / "packed"
    for directory in (raw, packed):
        write(directory, pid=1)
    segment = raw / "scalars-000000.seg"
    segment.write_bytes(segment.read_bytes().rstrip(b"\0") + bytes(3 + 64))
    for name in compressible(packed, ended=True):
        compress(packed, name, ended=True)


if __name__ == "__main__":
    main()
