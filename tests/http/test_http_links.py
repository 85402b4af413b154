"""Samples that were reported as links: which the server fetches, and that it asks nobody else."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from litestar.testing import TestClient

from stripchart.server import links
from stripchart.settings import load
from tests.http.test_http_endpoints import check_error
from tests.http.test_http_samples import listed, reported

if TYPE_CHECKING:
    from tests.http.conftest import Recording

    Start = Callable[..., Recording]
    App = Callable[[], TestClient[Any]]

PICTURE = b"\x89PNG picture"


class _Web(BaseHTTPRequestHandler):
    """A web server of the local network, which writes down what it is asked for."""

    asked: list[tuple[str, str]]

    def do_GET(self) -> None:
        self.asked.append((self.path, self.headers.get("Authorization", "")))
        name = self.path.partition("?")[0]
        if name == "/away":
            self.send_response(302)
            self.send_header("Location", "http://127.0.0.2:1/secret")
        else:
            self.send_response(404 if name == "/gone.png" else 200)
            self.send_header("Content-Type", "text/html" if name == "/page.png" else "image/png")
        self.end_headers()
        self.wfile.write(PICTURE)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def web() -> Iterator[HTTPServer]:
    """Run it."""
    handler = type("Web", (_Web,), {"asked": []})
    server = HTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def _asked(web: HTTPServer) -> list[tuple[str, str]]:
    asked: list[tuple[str, str]] = vars(web.RequestHandlerClass)["asked"]
    return asked


def _name(home: Path, web: HTTPServer) -> None:
    home.mkdir(exist_ok=True)
    (home / "config.toml").write_text(
        f'[[storage.buckets]]\nprefix = "http://127.0.0.1:{web.server_port}"\ntoken = "hush"\n'
    )


def test_what_the_user_has_named_is_fetched(
    home: Path, record: Start, app_client: App, web: HTTPServer
) -> None:
    _name(home, web)
    task = record()
    base = f"http://127.0.0.1:{web.server_port}"
    for name, url in (
        ("there", f"{base}/a b.png?x=1"),
        ("bare", f"{base}/picture"),
        ("gone", f"{base}/gone.png"),
        ("page", f"{base}/page.png"),
        ("away", f"{base}/away"),
    ):
        reported(task, name, series=name, path="", url=url)
    client = app_client()
    assert {s["error"] for s in listed(client, task)["samples"]} == {""}
    for name in ("there", "there", "bare"):
        shown = client.get(f"/files/{task.id}/stored/{name}")
        assert (shown.content, shown.headers["content-type"]) == (PICTURE, "image/png")
        assert "sandbox;" in shown.headers["content-security-policy"]
    assert _asked(web) == [("/a%20b.png?x=1", "Bearer hush"), ("/picture", "Bearer hush")]
    check_error(client.get(f"/files/{task.id}/stored/gone"), 404)
    page = client.get(f"/files/{task.id}/stored/page")
    check_error(page, 502, "destination")
    assert "text/html, not image" in page.text
    # Where it leads to is another place, which nobody has named.
    check_error(client.get(f"/files/{task.id}/stored/away"), 502, "destination")


def test_nobody_else_is_asked(record: Start, app_client: App, web: HTTPServer) -> None:
    task = record()
    urls = [
        f"http://127.0.0.1:{web.server_port}/x.png",
        f"http://localhost:{web.server_port}/x.png",
        "http://127.0.0.1/x.png",
        "http://[::ffff:10.0.0.1]/x.png",
        "http://169.254.169.254/latest/meta-data/x.png",
        "http://printer/x.png",
        "https://router.local/x.png",
        "http://user:pass@example.org/x.png",
        "http://example.org:8080/x.png",
        f"s3://127.0.0.1:{web.server_port}/bucket/x.png",
        "gs://bucket/x.png",
        "azure://account.blob.core.windows.net/c/x.png",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "http://[",
    ]
    for number, url in enumerate(urls):
        reported(task, f"s{number}", series=f"{number:02}", path="", url=url)
    client = app_client()
    samples = listed(client, task)["samples"]
    assert [s["uri"] for s in samples] == urls
    for number, sample in enumerate(samples):
        assert sample["error"], sample
        assert not sample["url"].startswith("/files/")
        check_error(client.get(f"/files/{task.id}/stored/s{number}"), 403, "not_fetched")
    assert _asked(web) == []


def test_a_name_that_means_this_machine_is_not_asked(
    record: Start, app_client: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who owns a name may let it mean anything; the resolver is a seam of the transport."""
    task = record()
    reported(task, "x", path="", url="http://evil.example/x.png")
    found = [(2, 1, 6, "", ("127.0.0.1", 80))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    client = app_client()
    told = client.get(f"/files/{task.id}/stored/x")
    check_error(told, 502, "destination")
    assert "not of the public web" in told.text


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True), ("2606:2800:220:1::1", True), ("10.1.2.3", False),
        ("127.0.0.1", False), ("169.254.169.254", False), ("0.0.0.0", False), ("224.0.0.1", False),
        ("100.64.0.1", False), ("::1", False), ("fe80::1", False), ("fd00::1", False),
        ("::ffff:127.0.0.1", False), ("64:ff9b::7f00:1", False), ("2002:7f00:1::", False),
    ],
)  # fmt: skip
def test_public_addresses(address: str, public: bool) -> None:
    assert links.is_public(address) is public


@pytest.mark.parametrize(
    ("uri", "named"),
    [
        ("s3://any/x.png", True), ("s3://h:9000/b/x.png", False), ("s3://lab:9000/b/x.png", True),
        ("s3://mine:1/b/x.png", True), ("s3://mine:1/other/x.png", False), ("gs://b/x", False),
        ("s3://up:2/b/p/x.png", True), ("s3://up:2/b/px.png", False), ("no uri", False),
    ],
)  # fmt: skip
def test_places_that_settings_name(uri: str, named: bool) -> None:
    storage = {
        "s3": {"key": "k", "secret": "s", "endpoint": "http://lab:9000"},
        "buckets": [{"prefix": "s3://mine:1/b", "key": "k", "secret": "s"}],
    }
    settings = load(storage=storage, upload_destination="s3://up:2/b/p")
    assert links.is_named(settings, uri) is named
