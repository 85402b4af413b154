"""The recorder's own journal: what it measured and concluded, kept even when the disk is full for a while.

Records wait in memory until the journal takes them; of readings only the newest would help nobody, so
one that cannot be kept is counted as lost.
"""

from __future__ import annotations

import os
import socket
import threading
import time
from collections import deque
from pathlib import Path

from stripchart import __version__
from stripchart.journal.writer import JournalWriter, new_writer_name
from stripchart.recorder.troubles import Troubles
from stripchart.records import Record, WriterIdentity

_WAITING_AT_MOST = 1000


class OwnJournal:
    """Append to a journal of role "recorder"; opened at first use, and again for each attempt."""

    def __init__(self, task_dir: Path, *, attempt: int, rank: int, troubles: Troubles) -> None:
        self.attempt = attempt
        self.directories: list[Path] = []
        self._task_dir = task_dir
        self._rank = rank
        self._troubles = troubles
        self._writer: JournalWriter | None = None
        self._waiting: deque[Record] = deque(maxlen=_WAITING_AT_MOST)
        self._lock = threading.RLock()  # uploads append from a thread of their own

    def append(self, record: Record) -> None:
        """Keep a record, now or as soon as the journal takes it."""
        with self._lock:
            self._waiting.append(record)
            self.settle()

    def append_now(self, record: Record) -> None:
        """Keep a record now.

        Raises:
            OSError: the journal does not take it.
        """
        with self._lock:
            self._open().append(record)

    def settle(self) -> bool:
        """Write what waits; say whether nothing waits any more."""
        with self._lock:
            return self._settle()

    def _settle(self) -> bool:
        try:
            while self._waiting:
                self._open().append(self._waiting[0])
                self._waiting.popleft()
            return True
        except OSError as error:
            self._troubles.caught("recorder_records_wait", error)
        except (ValueError, TypeError) as error:  # not the disk: this record can never be kept
            self._troubles.caught("recorder_record_refused", error)
            self._waiting.popleft()
        return False

    def readings(self, title: str, values: dict[str, float], iteration: int) -> None:
        """Keep readings as ordinary points, rounded to three decimals as the contract says."""
        for series, value in values.items():
            try:
                self._open().scalar(title, series, round(value, 3), iteration)
            except OSError as error:
                self._troubles.note(
                    "readings_lost", f"machine readings could not be kept: {error}", lost=True
                )

    def next_attempt(self, attempt: int, rank: int) -> None:
        """Go on in a new journal, whose header names the new attempt."""
        with self._lock:
            self.close()
            self.attempt, self._rank = attempt, rank

    def close(self) -> None:
        """End the journal in order, as far as the disk allows."""
        with self._lock:
            self._settle()
            writer, self._writer = self._writer, None
            if writer is not None:
                try:
                    writer.close()
                except OSError as error:
                    self._troubles.caught("recorder_journal_not_closed", error)

    def _open(self) -> JournalWriter:
        if self._writer is None:
            if not self._task_dir.is_dir():
                # Opening would make the folder of a deleted task anew.
                raise FileNotFoundError(f"no task folder {self._task_dir}")
            name = new_writer_name()
            identity = WriterIdentity(
                task_id=self._task_dir.name,
                writer=name,
                host=socket.gethostname(),
                pid=os.getpid(),
                started_us=time.time_ns() // 1000,
                attempt=self.attempt,
                rank=self._rank,
                role="recorder",
                stripchart=__version__,
            )
            directory = self._task_dir / "journal" / name
            self._writer = JournalWriter(
                directory,
                identity,
                on_loss=self._troubles.note,
            )
            self.directories.append(directory)
        return self._writer
