"""Sleep until it is time, a watched process ends, or somebody asks the recorder to stop."""

from __future__ import annotations

import os
import select
import signal
import time
from types import FrameType

_UNTIL_SIGNALS_ARE_SEEN_SEC = 0.2  # where no descriptor wakes us for them


class Waiting:
    """Wait on descriptors and signals; ``asked_to_stop_at`` is when SIGTERM or SIGINT came, if one did."""

    def __init__(self) -> None:
        self.asked_to_stop_at: float | None = None
        self._woken = _pipe_of_signals() if hasattr(select, "poll") else None
        for name in ("SIGTERM", "SIGINT", "SIGBREAK"):
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), self._stop)
        if hasattr(signal, "SIGHUP"):
            # A terminal that closes is the training's business.
            signal.signal(signal.SIGHUP, signal.SIG_IGN)

    def wait(self, descriptors: list[int], timeout_sec: float) -> bool:
        """Sleep for at most ``timeout_sec``; say whether something has happened before."""
        timeout_sec = max(timeout_sec, 0.0)
        if self._woken is None:
            time.sleep(min(timeout_sec, _UNTIL_SIGNALS_ARE_SEEN_SEC))
            return False
        poller = select.poll()
        for fd in (self._woken, *descriptors):
            poller.register(fd, select.POLLIN)
        events = poller.poll(timeout_sec * 1000)
        if any(fd == self._woken for fd, _ in events):
            os.read(self._woken, 4096)
        return bool(events)

    def _stop(self, number: int, frame: FrameType | None) -> None:
        now = time.monotonic()
        # Asked a second time, it stays no longer.
        self.asked_to_stop_at = now if self.asked_to_stop_at is None else float("-inf")


def _pipe_of_signals() -> int:
    """Return a descriptor that becomes readable when a signal comes."""
    woken, wake = os.pipe()
    for fd in (woken, wake):
        os.set_blocking(fd, False)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    return woken
