"""A process that forks children which report to a journal, and count in a mapped file which calls have returned.

The count of a thread is stored after its call has returned, so it is never above what the journal must hold.
"""

from __future__ import annotations

import mmap
import os
import sys
import threading
import time
from pathlib import Path

from stripchart.journal.writer import JournalWriter, new_writer_name
from stripchart.records import ConsoleWritten, WriterIdentity

COUNTS = "counts"
RECORD_EVERY = 10
MOST_THREADS = 16


def report(writer: JournalWriter, counts: mmap.mmap, thread: int) -> None:
    """Report for ever: point i has value -i, every tenth call is a record."""
    i = 0
    while True:
        if i % RECORD_EVERY == RECORD_EVERY - 1:
            text = f"{thread} {i} " + "x" * (i % 3000)
            writer.append(ConsoleWritten(time_us=1, stream="stdout", text=text))
        else:
            writer.scalar(f"thread {thread}", f"s{i % 3}", float(-i), i)
        i += 1
        # Not pack_into, which clears the place first: who is killed in between would seem to have reported nothing.
        counts[thread * 8 : thread * 8 + 8] = i.to_bytes(8, "little")


def run(directory: Path, threads: int) -> None:
    """Report from several threads until killed."""
    directory.mkdir(parents=True)
    with open(directory / COUNTS, "w+b") as file:
        file.write(bytes(8 * MOST_THREADS))
        file.flush()
        counts = mmap.mmap(file.fileno(), 8 * MOST_THREADS)
    identity = WriterIdentity(
        task_id="0" * 32,
        writer=new_writer_name(),
        host=os.uname().nodename,
        pid=os.getpid(),
        started_us=time.time_ns() // 1000,
    )
    writer = JournalWriter(directory / "w", identity)
    for thread in range(1, threads):
        threading.Thread(target=report, args=(writer, counts, thread), daemon=True).start()
    report(writer, counts, 0)


def main() -> None:
    """Obey lines of standard input: ``start THREADS DIRECTORY``, ``wait``."""
    pid = 0
    for line in sys.stdin:
        command, *arguments = line.rstrip("\n").split(" ", 2)
        if command == "start":
            pid = os.fork()
            if pid == 0:
                run(Path(arguments[1]), int(arguments[0]))
            print(pid, flush=True)
        else:
            print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) * -1, flush=True)


if __name__ == "__main__":
    main()
