"""The server's own ``/files`` as a destination: the contract, refusals, and a server that comes and goes."""

from __future__ import annotations

import http.client
import os
import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from stripchart import Task
from stripchart.blobs import Destination, DestinationError, Unreachable, open_destination
from stripchart.settings import load
from tests.storage.conftest import Served, free_port

KEY = "project ü%2F/name.id/metrics/a.slash.b0x3ac/s #1/title_00000003.png"
Serve = Callable[..., Served]


@pytest.fixture
def served(serve: Serve, tmp_path: Path) -> Served:
    """Return a server of a home of its own."""
    return serve(tmp_path / "served")


@pytest.fixture(params=["/files", "/files/pre fix/ü%"])
def destination(served: Served, request: pytest.FixtureRequest) -> Destination:
    """Return an empty prefix of a server."""
    return open_destination(f"{served.address}{request.param}", load())


def test_files_come_back(destination: Destination, tmp_path: Path) -> None:
    source, back = tmp_path / "source", tmp_path / "back"
    for size in (0, 1000, 20 << 20):
        source.write_bytes(os.urandom(size))
        url = destination.put(KEY, source)
        assert destination.key_of(url) == KEY
        destination.get(KEY, back)
        assert back.read_bytes() == source.read_bytes()
    assert destination.list() == destination.list("project ü%2F") == [KEY]
    assert destination.list("other") == []
    destination.delete(KEY)
    destination.delete(KEY)
    assert destination.list() == []
    with pytest.raises(FileNotFoundError):
        destination.get(KEY, back)
    source.write_bytes(bytes(1000))
    destination.put("a", source)
    with pytest.raises(DestinationError, match="more than the 999 taken"):
        destination.get("a", back, most_bytes=999)


def test_a_good_one_can_be_set(served: Served, home: Path) -> None:
    task = Task.init("project", "name", auto_connect_streams=False)
    logger = task.get_logger()
    assert logger.set_default_upload_destination(served.address) is True
    assert logger.get_default_upload_destination() == f"{served.address}/files"
    task.output_uri = f"{served.address}/files/deep"
    assert task.output_uri == f"{served.address}/files/deep"
    assert open_destination(served.address, load()).list() == []  # the test file is gone
    task.close()


class _Other(BaseHTTPRequestHandler):
    """A web server of somebody else."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"<html>hello</html>")

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def other() -> Iterator[str]:
    """Run it, and return its address."""
    server = HTTPServer(("127.0.0.1", 0), _Other)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_wrong_one_fails_with_the_reason(served: Served, other: str) -> None:
    port = urlsplit(served.address).port
    task = Task.init("project", "name", auto_connect_streams=False)
    before = task.get_logger().get_default_upload_destination()
    for uri, reason in (
        (f"http://127.0.0.1:{free_port()}/files", "does not answer: .*refused"),
        ("http://no-such-host.invalid/files", "no-such-host.invalid does not answer"),
        (other, "is not a Stripchart server"),
        (f"{served.address}/elsewhere", "is written http://host:port/files"),
        # The server answers to loopback names only.
        (f"http://{socket.gethostname()}:{port}/files", "does not answer|loopback names only"),
        (f"https://127.0.0.1:{port}/files", "does not answer as a server does"),
    ):
        with pytest.raises(DestinationError, match=reason):
            task.get_logger().set_default_upload_destination(uri)
        with pytest.raises(DestinationError, match=reason):
            task.output_uri = uri
    assert task.get_logger().get_default_upload_destination() == before
    task.close()


def _ask(served: Served, method: str, path: str, body: bytes = b"", **headers: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", urlsplit(served.address).port)
    connection.putrequest(method, path, skip_host="Host" in headers)
    for name, value in ({"Content_Length": str(len(body))} | headers).items():
        connection.putheader(name.replace("_", "-"), value)
    connection.endheaders(body)
    status = connection.getresponse().status
    connection.close()
    return status


@pytest.mark.parametrize(
    "path",
    ["..%2f..%2fx", "%2e%2e/x", "a/../../x", "a%5cb", "a%00b", ".", "a/./b", "x" * 300, "y/" * 2100],
)  # fmt: skip
def test_no_key_leaves_the_home(path: str, served: Served) -> None:
    for method in ("PUT", "DELETE", "GET"):
        assert _ask(served, method, f"/files/uploads/{path}", b"x") in (400, 404)
    assert served.uploads() == []
    assert not (served.home / "x").exists()


def test_no_link_leaves_the_home(served: Served, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "x").write_bytes(b"secret")
    (served.home / "uploads/files").mkdir(parents=True)
    (served.home / "uploads/files/link").symlink_to(tmp_path / "outside")
    assert _ask(served, "PUT", "/files/uploads/link/new", b"x") == 409
    assert _ask(served, "GET", "/files/uploads/link/x") == 404
    assert _ask(served, "DELETE", "/files/uploads/link/x") == 204  # no such key
    assert [p.name for p in (tmp_path / "outside").iterdir()] == ["x"]


def test_strangers_are_refused(served: Served) -> None:
    for headers in (
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Host": "evil.example"},
    ):
        assert _ask(served, "PUT", "/files/uploads/x", b"x", **headers) == 403
    assert served.uploads() == []


def test_what_breaks_off_leaves_nothing(served: Served) -> None:
    assert _ask(served, "PUT", "/files/uploads/x", b"whole") == 204
    with socket.create_connection(("127.0.0.1", urlsplit(served.address).port or 0)) as raw:
        head = "PUT /files/uploads/x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3000000\r\n\r\n"
        raw.sendall(head.encode() + b"half" * 500_000)
    assert _ask(served, "PUT", "/files/uploads/a/b", b"1") == 204
    assert _ask(served, "PUT", "/files/uploads/a", b"2") == 409
    assert _ask(served, "PUT", "/files/uploads/a/b/c", b"3") == 409
    served.wait_for(lambda: not list((served.home / "uploads/parts").iterdir()))
    assert served.uploads() == ["a/b", "x"]
    assert (served.home / "uploads/files/x").read_bytes() == b"whole"


def test_more_than_the_disk_has_is_told_before_it_comes(served: Served) -> None:
    status = _ask(served, "PUT", "/files/uploads/x", b"", Content_Length=str(1 << 60))
    assert status == 507
    assert _ask(served, "PUT", "/files/uploads/x", b"", Content_Length="many") in (400, 411)


def test_a_server_that_is_away_is_unreachable(served: Served, tmp_path: Path) -> None:
    destination = open_destination(served.address, load())
    (tmp_path / "file").write_bytes(b"x")
    served.end()
    for action in (
        lambda: destination.put("a", tmp_path / "file"),
        lambda: destination.get("a", tmp_path / "back"),
        lambda: destination.delete("a"),
    ):
        with pytest.raises(Unreachable, match="does not answer"):
            action()
