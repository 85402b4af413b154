"""``Task.show`` outside of a notebook, against a server that answers as ours does."""

from __future__ import annotations

import http.server
import json
import threading
import webbrowser
from collections.abc import Iterator
from pathlib import Path

import pytest

from stripchart import Task


class _Answers(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(self.server.told).encode())  # type: ignore[attr-defined]

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server(home: Path) -> Iterator[str]:
    served = http.server.HTTPServer(("127.0.0.1", 0), _Answers)
    address = f"http://127.0.0.1:{served.server_port}"
    served.told = {"address": address, "started_us": 1}  # type: ignore[attr-defined]
    thread = threading.Thread(target=served.serve_forever)
    thread.start()
    home.mkdir(parents=True, exist_ok=True)
    (home / "server.json").write_text(json.dumps({"address": address, "started_us": 1}))
    yield address
    served.shutdown()
    thread.join()
    served.server_close()


def test_elsewhere_the_address_is_printed(
    task: Task, server: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(webbrowser, "open", opened.append)
    task.show(tab="plots", panel="loss", height=300, browser=True)
    shown = capsys.readouterr().out.strip()
    assert shown == f"{server}/task/{task.id}/plots?full=loss"
    assert len(opened) == 1
    assert opened[0].startswith(f"{server}/task/{task.id}/plots")


def test_a_tab_that_is_none_is_named(
    task: Task, server: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    task.show(tab="nothing")
    assert "there is no tab 'nothing'" in caplog.text
