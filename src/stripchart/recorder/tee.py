"""``python -m stripchart.recorder.tee``: pass on what a process writes to its descriptors, and record it.

Started by the SDK where the capture of descriptors was switched on. Every byte goes on to where it went before, first
and unchanged; then its text goes into a journal of this process. Whatever happens to the recording, the passing on goes
on; and when this process dies, the one that writes takes its descriptors back (``sdk/descriptors.py``).
"""

from __future__ import annotations

import argparse
import codecs
import contextlib
import os
import select
import signal
import socket
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from stripchart import __version__
from stripchart.journal.writer import JournalWriter, new_writer_name
from stripchart.records import ConsoleWritten, Noted, WriterIdentity, clean_text

_READ_BYTES = 1 << 16
_MOST_CHARACTERS = 1 << 20  # of one record
_QUIET_SEC = 0.02  # text is recorded when nothing has followed for so long,
_LONGEST_WAIT_SEC = 0.2  # or when it has waited for so long
_LAST_SEC = 1.0  # for what had been written when the writing process said its word
_SIZE_INTERVAL_SEC = 0.5  # between looks at the size of the terminal

STREAMS: tuple[Literal["stdout"], Literal["stderr"]] = ("stdout", "stderr")
ENDED = b"k"  # what is answered to the last word of the writing process


@dataclass(slots=True)
class Channel:
    """Hold one way from the writing process to where its output went before."""

    name: Literal["stdout", "stderr"]
    source: int
    sink: int
    decoder: codecs.IncrementalDecoder = field(
        default_factory=lambda: codecs.getincrementaldecoder("utf-8")("replace")
    )
    text: str = ""
    began: float = 0.0  # when the first of the text that waits was read, wall time
    is_open: bool = True


class SinkGone(Exception):
    """Say that nobody reads what is passed on any more."""


class Tee:
    """Pass on and record until every channel has ended."""

    def __init__(self, channels: list[Channel], control: int, record: Recording) -> None:
        self._channels = channels
        self._control: int | None = control
        self._recording: Recording | None = record
        self._sizes: dict[int, bytes] = {}

    def run(self) -> None:
        """Run until no process holds a channel.

        Raises:
            SinkGone: nobody reads the output any more; the writing process must find out for itself.
        """
        while any(channel.is_open for channel in self._channels):
            self._turn(self._patience_sec())
            self._keep_sizes()
        self._end()

    def _patience_sec(self) -> float:
        if any(channel.text for channel in self._channels):
            return _QUIET_SEC
        return _SIZE_INTERVAL_SEC

    def _turn(self, patience_sec: float) -> bool:
        """Wait for something, and do what there is to do; False if nothing came."""
        poll = select.poll()
        for channel in self._channels:
            if channel.is_open:
                poll.register(channel.source, select.POLLIN)
        if self._control is not None:
            poll.register(self._control, select.POLLIN)
        ready = {fd for fd, _ in poll.poll(patience_sec * 1000)}
        for channel in self._channels:
            if channel.source in ready:
                self._pass_on(channel)
        self._record_waiting(is_quiet=not ready)
        if self._control in ready:
            self._listen()
        return bool(ready)

    def _pass_on(self, channel: Channel) -> None:
        try:
            data = os.read(channel.source, _READ_BYTES)
        except OSError:  # a pseudo-terminal says so that its last writer has gone
            data = b""
        channel.is_open = bool(data)
        _write_all(channel.sink, data)
        if self._recording is not None:
            channel.began = channel.began if channel.text else time.time()
            channel.text += channel.decoder.decode(data, final=not data)

    def _record_waiting(self, *, is_quiet: bool) -> None:
        now = time.time()
        for channel in self._channels:
            is_due = is_quiet or now - channel.began > _LONGEST_WAIT_SEC or not channel.is_open
            if channel.text and (is_due or len(channel.text) > _READ_BYTES):
                if self._recording is not None:
                    self._recording.keep(channel.name, channel.text, channel.began)
                channel.text = ""

    def _listen(self) -> None:
        """Take the word, or the end, of the writing process: what it has written until now is the last to record."""
        assert self._control is not None
        control, self._control = self._control, None
        with contextlib.suppress(OSError):
            os.read(control, 1)
        until = time.monotonic() + _LAST_SEC  # other processes may never cease to write
        while self._turn(0) and time.monotonic() < until:
            pass
        self._end()
        with contextlib.suppress(OSError):
            os.write(control, ENDED)
        # Not closed: its end means to the writing process that this one has gone.

    def _end(self) -> None:
        self._record_waiting(is_quiet=True)
        if self._recording is not None:
            self._recording.close()
            self._recording = None

    def _keep_sizes(self) -> None:
        """Have the pseudo-terminals as large as the terminal."""
        for channel in self._channels:
            size = window_size(channel.sink)
            if size is not None and self._sizes.get(channel.source) != size:
                self._sizes[channel.source] = size
                set_window_size(channel.source, size)


class Recording:
    """Append text to a journal of this process's own, opened at first use; an error costs text, counted."""

    def __init__(self, task_dir: Path, *, attempt: int, rank: int) -> None:
        self._task_dir = task_dir
        self._attempt = attempt
        self._rank = rank
        self._writer: JournalWriter | None = None
        self._lost = 0
        self._why = ""

    def keep(self, stream: Literal["stdout", "stderr"], text: str, time_s: float) -> None:
        """Keep text of a stream that began at a time."""
        for start in range(0, len(text), _MOST_CHARACTERS):
            part = clean_text(text[start : start + _MOST_CHARACTERS])
            record = ConsoleWritten(time_us=int(time_s * 1e6), stream=stream, text=part)
            try:
                self._open().append(record)
            except (OSError, ValueError) as error:
                self._lost += 1
                self._why = str(error)

    def close(self) -> None:
        """End the journal, with a note of what was lost."""
        with contextlib.suppress(OSError, ValueError):
            if self._lost:
                message = f"output could not be recorded: {self._why}"
                self._open().append(
                    Noted(
                        time_us=time.time_ns() // 1000,
                        code="console",
                        message=message,
                        count=self._lost,
                        lost=True,
                    )
                )
            if self._writer is not None:
                self._writer.close()

    def _open(self) -> JournalWriter:
        if self._writer is None:
            name = new_writer_name()
            identity = WriterIdentity(
                task_id=self._task_dir.name,
                writer=name,
                host=socket.gethostname(),
                pid=os.getpid(),
                started_us=time.time_ns() // 1000,
                attempt=self._attempt,
                rank=self._rank,
                role="console",
                stripchart=__version__,
            )
            self._writer = JournalWriter(self._task_dir / "journal" / name, identity)
        return self._writer


def _write_all(sink: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        try:
            view = view[os.write(sink, view) :]
        except BlockingIOError:  # somebody made the terminal non-blocking for all who share it
            select.select([], [sink], [])
        except OSError as error:
            raise SinkGone from error


def window_size(fd: int) -> bytes | None:
    """Return the size of a terminal as the system has it, ``None`` for what is no terminal."""
    import fcntl
    import termios

    try:
        return fcntl.ioctl(fd, termios.TIOCGWINSZ, bytes(8))
    except OSError:
        return None


def set_window_size(fd: int, size: bytes) -> None:
    """Give a pseudo-terminal a size."""
    import fcntl
    import termios

    with contextlib.suppress(OSError):
        fcntl.ioctl(fd, termios.TIOCSWINSZ, size)


def main(arguments: list[str] | None = None) -> int:
    """Run; 1 where nobody reads the output any more."""
    parser = argparse.ArgumentParser(prog="python -m stripchart.recorder.tee", description=__doc__)
    parser.add_argument("task_dir", type=Path)
    parser.add_argument("--attempt", type=int, required=True)
    parser.add_argument("--rank", type=int, required=True)
    parser.add_argument(
        "--control", type=int, required=True, help="a socket to the writing process"
    )
    for name in STREAMS:
        parser.add_argument(f"--{name}-source", type=int, help="what the process writes into")
        parser.add_argument(f"--{name}-sink", type=int, help="where it goes")
    parsed = parser.parse_args(arguments)
    # Who stops a job signals every process of it; this one ends when there is nothing more to pass on.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    os.chdir(os.sep)
    channels = [
        Channel(name, source, getattr(parsed, f"{name}_sink"))
        for name in STREAMS
        if (source := getattr(parsed, f"{name}_source")) is not None
    ]
    recording = Recording(parsed.task_dir.absolute(), attempt=parsed.attempt, rank=parsed.rank)
    try:
        Tee(channels, parsed.control, recording).run()
    except SinkGone:
        recording.close()
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
