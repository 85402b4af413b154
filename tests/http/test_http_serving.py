"""A real server process: found, alone in its home, told of new bytes, ended in order, started again after a kill."""

from __future__ import annotations

import contextlib
import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from stripchart.server.serving import ServeError, free_port

if TYPE_CHECKING:
    from tests.http.conftest import Recording, Running

    Start = Callable[..., Recording]
    Serve = Callable[..., Running]
    Run = Callable[..., subprocess.CompletedProcess[str]]
    Wait = Callable[[Callable[[], object]], None]


def test_new_bytes_are_pushed_and_read(serve: Serve, record: Start) -> None:
    server = serve()
    changes = server.events()
    task = record()
    task.scalars("loss", "train", [1.0])
    seen = next(c for c in changes if c["id"] == task.id)
    assert seen["series"] is None
    alone = server.events(task.id)
    record().scalars("loss", "train", [1.0])  # of another task: not told here
    task.scalars("loss", "train", [2.0], first=1)
    change = next(c for c in alone if c["scalars"])
    assert (change["id"], change["series"]) == (task.id, [["loss", "train"]])


def test_changes_come_while_a_stream_is_open(serve: Serve, record: Start) -> None:
    server = serve()
    task = record()
    stream = server.events()
    next(c for c in stream if c["id"] == task.id)
    for i in range(5):
        task.scalars("loss", "train", [float(i)], first=i)
        next(c for c in stream if c["scalars"])
    task.text("a line\n")
    next(c for c in stream if c["console"])
    task.end()
    assert next(c for c in stream if c["status"] == "completed")["detail"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda n: n.name)
def test_a_signal_ends_it_in_order_with_streams_open(
    number: signal.Signals, serve: Serve, home: Path
) -> None:
    server = serve()
    with server.http.stream("GET", "/api/v1/events") as response:
        lines = response.iter_lines()
        assert next(lines) == "retry: 1000"
        code, errors = server.end(number)
        assert (code, errors) == (0, "")
        assert [line for line in lines if line] == []
    assert not (home / "server.json").exists()


def test_a_signal_that_comes_twice_ends_it_in_order_too(serve: Serve, home: Path) -> None:
    server = serve()
    server.process.send_signal(signal.SIGINT)
    assert server.end(signal.SIGINT) == (0, "")
    assert not (home / "server.json").exists()


def test_a_killed_server_leaves_nothing_in_the_way(
    serve: Serve, record: Start, wait_for: Wait
) -> None:
    task = record()
    task.scalars("loss", "train", [float(i) for i in range(5000)])
    first = serve()
    first.end(signal.SIGKILL)
    task.scalars("loss", "train", [float(i) for i in range(5000)], first=5000)
    second = serve()
    path = f"/api/v1/tasks/{task.id}/series"

    def counts() -> list[int]:
        answer = second.http.get(path)
        return [s["count"] for s in answer.json().get("series", [])]

    wait_for(lambda: counts() == [10_000])


def test_a_second_server_says_where_the_first_is(serve: Serve, run_command: Run) -> None:
    first = serve()
    done = run_command("ui", "--no-browser")
    assert (done.returncode, done.stderr) == (0, "")
    assert first.address in done.stdout
    done = run_command("server")
    assert (done.returncode, done.stdout) == (1, "")
    assert first.address in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_home_that_something_else_holds(serve: Serve, home: Path, run_command: Run) -> None:
    server = serve()
    (home / "server.json").unlink()
    for words in (["server"], ["tasks"], ["reindex"]):
        done = run_command(*words)
        assert done.returncode == 1
        assert "another process" in done.stderr
        assert len(done.stderr.splitlines()) == 1
    server.end()


def test_a_port_that_is_taken(home: Path, run_command: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        for verb in ("server", "ui"):
            done = run_command(verb, "--port", port)
            assert done.returncode == 1
            assert port in done.stderr
            assert len(done.stderr.splitlines()) == 1


def test_ui_says_why_it_is_on_another_port(home: Path) -> None:
    with socket.socket() as taken:
        with contextlib.suppress(OSError):  # somebody else may hold it
            taken.bind(("127.0.0.1", 8265))
            taken.listen(1)
        command = [sys.executable, "-m", "stripchart.cli", "ui", "--no-browser"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            told, address = process.stdout.readline(), process.stdout.readline()
            process.send_signal(signal.SIGINT)
    assert told.startswith("Port 8265 is taken")
    port = told.split("this is on ")[1].split(";")[0]
    assert address.endswith(f":{port}\n")


def test_another_port_where_any_will_do() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert port < free_port("127.0.0.1", port, others=20) <= port + 20
        with pytest.raises(ServeError, match=str(port)):
            free_port("127.0.0.1", port)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.1", "example.com", "::"])
def test_an_address_that_others_can_reach_is_refused(
    host: str, home: Path, run_command: Run
) -> None:
    done = run_command("server", "--host", host)
    assert done.returncode == 1
    assert "loopback" in done.stderr
    assert "ssh -L" in done.stderr


def test_strangers_are_refused_over_the_wire(serve: Serve) -> None:
    server = serve()
    for headers in ({"host": "evil.example"}, {"origin": "http://evil.example"}):
        for path in ("/", "/api/v1/projects", "/api/v1/events", "/nothing"):
            answer = server.http.get(path, headers=headers)
            assert answer.status_code == 403
            assert answer.json()["error"]["code"] == "forbidden"


def test_a_broken_index_is_set_aside_and_made_again(
    serve: Serve, record: Start, home: Path, wait_for: Wait
) -> None:
    task = record()
    task.scalars("loss", "train", [1.0, 2.0])
    serve().end()
    path = f"/api/v1/tasks/{task.id}/series"
    for name in ("events.duckdb", "catalog.sqlite"):
        (home / name).write_bytes(b"not a database at all" * 1000)
        server = serve()

        def counts(http: httpx.Client = server.http) -> list[int]:
            return [s["count"] for s in http.get(path).json().get("series", [])]

        wait_for(lambda counts=counts: counts() == [2])  # type: ignore[misc]
        code, errors = server.end()
        assert code == 0
        assert "made again" in errors
        assert list(home.glob(f"{name}.broken-*"))


def test_a_slow_listener_does_not_grow_the_server(
    serve: Serve, record: Start, wait_for: Wait
) -> None:
    psutil = pytest.importorskip("psutil")
    server = serve()
    address = httpx.URL(server.address)
    names = [f"{i:03}" + "x" * 400 for i in range(400)]
    task = record()
    deaf = []
    for _ in range(20):
        deaf.append(socket.create_connection((address.host, address.port)))
        deaf[-1].setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        deaf[-1].sendall(
            f"GET /api/v1/events?task={task.id} HTTP/1.1\r\nHost: {address.host}\r\n\r\n".encode()
        )
    process = psutil.Process(server.process.pid)
    heard = server.events(task.id)
    sizes = []
    for round_ in range(40):
        for name in names:
            task.writer.scalar(name, "s", 1.0, round_)
        next(c for c in heard if c["scalars"])
        sizes.append(process.memory_info().rss)
    # 20 listeners times 40 events of 170 kB would be 136 MB if they were kept.
    assert sizes[-1] - sizes[5] < 60 << 20
    for connection in deaf:
        connection.close()


def test_server_json_says_who(serve: Serve, home: Path) -> None:
    before = time.time_ns() // 1000
    server = serve()
    said = json.loads((home / "server.json").read_text())
    assert said["pid"] == server.process.pid
    assert said["address"] == server.address
    assert before - 60_000_000 < said["started_us"] < time.time_ns() // 1000
    assert server.http.get("/api/v1/server").json()["started_us"] == said["started_us"]
