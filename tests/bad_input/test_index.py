"""Damage to journals and to the index, and a server that is killed: it comes up, says so, and shows nothing wrong."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from stripchart.journal.sealing import seal
from tests.bad_input.conftest import START

if TYPE_CHECKING:
    from tests.bad_input.conftest import Lost, Run, Server

POINTS = 5000
TRAINING = (
    START
    + f"""
for i in range({POINTS}):
    logger.report_scalar("t", "s", i * 0.5, i)
    if i % 50 == 0:
        print("line", i)
"""
)


def _journal(home: Path) -> Path:
    (folder,) = home.glob("tasks/*/journal/*")
    return folder


def test_bytes_flipped_in_points(
    home: Path, script: Run, command: Run, serve: Callable[..., Server], lost: Lost
) -> None:
    assert script(TRAINING).returncode == 0
    seal(_journal(home))
    path = _journal(home) / "scalars-000000.seg"
    with open(path, "r+b") as file:
        file.seek(4096 + 32 * 1234 + 8)
        file.write(b"\x55\xaa")
    server = serve()
    detail = server.only_task()
    count = server.series(detail["task"]["id"])["t", "s"]["count"]
    assert count < POINTS
    assert sum(lost(detail).values()) == POINTS - count
    shown = command("show", detail["task"]["id"])
    assert "LOST" in shown.stdout
    assert command("verify", detail["task"]["id"]).returncode != 0


def test_bytes_flipped_in_records(
    home: Path, script: Run, command: Run, serve: Callable[..., Server], lost: Lost
) -> None:
    assert script(TRAINING).returncode == 0
    path = _journal(home) / "records-000000.seg"
    content = bytearray(path.read_bytes())
    at = content.index(b"line")
    content[at : at + 4] = b"LINE"
    path.write_bytes(content)
    server = serve()
    detail = server.only_task()
    console = server.get(f"/tasks/{detail['task']['id']}/console", limit=1000)
    assert console["total"] in (POINTS // 50 - 1, POINTS // 50)
    assert "LINE" not in str(console)
    assert list(lost(detail).values()) == [71]  # bytes, as the note says
    assert "bytes of the records" in str(detail["notes"])
    assert server.series(detail["task"]["id"])["t", "s"]["count"] == POINTS


@pytest.mark.parametrize("size", [0, 100, 4095, 4096, 4096 + 31, 4096 + 32 * 700 + 5])
def test_points_cut_short(
    home: Path, script: Run, serve: Callable[..., Server], lost: Lost, size: int
) -> None:
    assert script(TRAINING).returncode == 0
    seal(_journal(home))
    with open(_journal(home) / "scalars-000000.seg", "r+b") as file:
        file.truncate(size)
    server = serve()
    detail = server.only_task()
    series = server.series(detail["task"]["id"])
    count = series["t", "s"]["count"] if ("t", "s") in series else 0
    assert count <= max(0, size - 4096) // 32
    until = time.monotonic() + 30  # the end of a journal is given up after it was still for a while
    while sum(lost(detail).values()) < POINTS - count and time.monotonic() < until:
        time.sleep(0.2)
        detail = server.only_task()
    assert sum(lost(detail).values()) == POINTS - count, detail["notes"]


def _delete(path: Path) -> None:
    path.unlink()


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _garble(path: Path) -> None:
    path.write_bytes(b"not a database at all" * 5000)


def _flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    for at in range(len(content) // 3, len(content), 4096):
        content[at] ^= 0xFF
    path.write_bytes(content)


@pytest.mark.parametrize("name", ["events.duckdb", "catalog.sqlite"])
@pytest.mark.parametrize("damage", [_delete, _empty, _cut, _garble, _flip])
def test_an_index_damaged_while_stopped(
    home: Path,
    script: Run,
    serve: Callable[..., Server],
    name: str,
    damage: Callable[[Path], None],
) -> None:
    assert script(TRAINING).returncode == 0
    server = serve()
    before = server.only_task()
    server.process.terminate()
    server.process.communicate(timeout=30)
    for left in home.glob(f"{name}*"):
        if left.name != name:
            left.unlink()
    damage(home / name)
    server = serve()
    after = server.only_task()
    until = time.monotonic() + 30
    while ("t", "s") not in server.series(after["task"]["id"]) and time.monotonic() < until:
        time.sleep(0.1)
    assert server.series(after["task"]["id"])["t", "s"]["count"] == POINTS
    assert after["task"]["id"] == before["task"]["id"]
    assert after["notes"] == []


def test_a_server_killed_while_it_ingests(
    home: Path, script: Run, serve: Callable[..., Server], lost: Lost
) -> None:
    assert script(TRAINING.replace(str(POINTS), "200_000")).returncode == 0
    for after_sec in (0.0, 0.1, 0.3, 0.6):
        server = serve()
        time.sleep(after_sec)
        server.process.kill()
        server.process.communicate()
    server = serve()
    detail = server.only_task()
    until = time.monotonic() + 60
    while True:
        found = server.series(detail["task"]["id"]).get(("t", "s"), {"count": 0})
        if found["count"] >= 200_000 or time.monotonic() > until:
            break
        time.sleep(0.1)
    assert (found["count"], found["last"]["value"]) == (200_000, 199_999 * 0.5)
    assert server.get(f"/tasks/{detail['task']['id']}/console", limit=1)["total"] == 4000
    assert lost(detail) == {}


def test_a_port_that_is_taken(home: Path, command: Run) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        shown = command("server", "--port", str(port))
    assert shown.returncode != 0
    assert str(port) in shown.stderr
    assert "Traceback" not in shown.stderr


def test_a_second_server_says_where_the_first_is(
    command: Run, serve: Callable[..., Server]
) -> None:
    server = serve()
    shown = command("server", "--port", "0")
    assert str(server.http.base_url) in shown.stdout + shown.stderr
    assert "Traceback" not in shown.stderr
