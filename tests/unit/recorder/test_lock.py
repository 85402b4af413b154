"""One holder, and no process that falls between two of them."""

from __future__ import annotations

import threading
from pathlib import Path

from stripchart.recorder.lock import ENDING, WATCHING, RecorderLock, Request

REQUEST = Request(pid=7, attempt=0)


def test_the_second_hands_over_and_leaves(tmp_path: Path) -> None:
    holder, second = RecorderLock(tmp_path, "host"), RecorderLock(tmp_path, "host")
    assert holder.acquire(REQUEST, patience_sec=0)
    assert holder.requests() == []
    asked = Request(pid=8, attempt=1, started=12.5)
    assert not second.acquire(asked, patience_sec=30)
    assert holder.requests() == [asked]
    assert holder.requests() == []
    holder.release()
    assert second.acquire(asked, patience_sec=0)
    second.release()


def test_hosts_that_share_the_folder_do_not_lock_each_other_out(tmp_path: Path) -> None:
    one, other = RecorderLock(tmp_path, "one"), RecorderLock(tmp_path, "../other")
    assert one.acquire(REQUEST, patience_sec=0)
    assert other.acquire(REQUEST, patience_sec=0)
    assert {path.parent for path in tmp_path.rglob("recorder-*")} == {tmp_path}
    one.release()
    other.release()


def test_who_finds_an_ending_recorder_waits_for_the_lock(tmp_path: Path) -> None:
    holder, next_one = RecorderLock(tmp_path, "host"), RecorderLock(tmp_path, "host")
    assert holder.acquire(REQUEST, patience_sec=0)
    holder.mark(ENDING)
    assert not next_one.acquire(REQUEST, patience_sec=0)
    timer = threading.Timer(0.3, holder.release)
    timer.start()
    assert next_one.acquire(REQUEST, patience_sec=60)
    timer.join()
    next_one.release()


def test_who_finds_a_recorder_that_changed_its_mind_leaves(tmp_path: Path) -> None:
    holder, next_one = RecorderLock(tmp_path, "host"), RecorderLock(tmp_path, "host")
    assert holder.acquire(REQUEST, patience_sec=0)
    holder.mark(ENDING)
    timer = threading.Timer(0.3, holder.mark, (WATCHING,))
    timer.start()
    assert not next_one.acquire(REQUEST, patience_sec=60)
    timer.join()
    assert holder.requests() == [REQUEST]
    holder.release()


def test_what_a_recorder_is_done_with_is_not_read_by_the_next(tmp_path: Path) -> None:
    holder, second = RecorderLock(tmp_path, "host"), RecorderLock(tmp_path, "host")
    assert holder.acquire(REQUEST, patience_sec=0)
    assert not second.acquire(Request(pid=8, attempt=0), patience_sec=0)
    assert len(holder.requests()) == 1
    holder.release(done=True)
    killed = RecorderLock(tmp_path, "host")
    assert killed.acquire(REQUEST, patience_sec=0)
    late = Request(pid=9, attempt=1, asked_at=3.5)
    assert not second.acquire(late, patience_sec=0)
    assert killed.requests() == [late]
    killed.release()  # as by a SIGKILL: what it had been asked is the next one's to do
    following = RecorderLock(tmp_path, "host")
    assert following.acquire(REQUEST, patience_sec=0)
    assert following.requests() == [late]
    following.release()


def test_lines_that_are_no_requests_are_passed_over(tmp_path: Path) -> None:
    holder = RecorderLock(tmp_path, "host")
    path = tmp_path / "recorder-host.watch"
    path.write_bytes(b'nonsense\n[1]\n{"pid": "x", "attempt": 0}\n{"pid": 7, "attempt": 0}\n{"pid"')
    assert holder.requests() == [REQUEST]
    with open(path, "ab") as file:
        file.write(b': 9, "attempt": 2}\n')
    assert holder.requests() == [Request(pid=9, attempt=2)]
