"""Real emulators of S3 (moto), Azure (Azurite) and Google (gcp-storage-emulator), and our server: each a process."""

from __future__ import annotations

import base64
import email.utils
import hashlib
import hmac
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

SECRET = "s3cr3t-of-the-tests"
_AZURE_ACCOUNT = "devstoreaccount1"  # of every Azurite, with this key
_AZURE_KEY = (
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
)


@dataclass
class Emulator:
    """Hold the URI of an empty bucket, and the credentials for it."""

    uri: str
    storage: dict[str, Any] = field(repr=False)
    command: list[str] = field(default_factory=list)
    port: int = 0

    def config(self) -> str:
        """Return the credentials as ``config.toml`` holds them."""
        lines = []
        for scheme, table in self.storage.items():
            lines.append(f"[storage.{scheme}]")
            lines += [
                f"{k} = {str(v).lower() if isinstance(v, bool) else repr(v)}"
                for k, v in table.items()
            ]
        return "\n".join([*lines, ""])


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(command: list[str], port: int) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server until the block ends, which begins when the port answers."""
    null = subprocess.DEVNULL
    process = subprocess.Popen(command, stdin=null, stdout=null, stderr=null)
    try:
        deadline = time.monotonic() + 60
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                assert process.poll() is None, f"{command[0]} ended"
                assert time.monotonic() < deadline, f"{command[0]} does not answer"
                time.sleep(0.05)
        yield process
    finally:
        process.kill()
        process.wait()


def _s3() -> Iterator[Emulator]:
    pytest.importorskip("moto")
    port = free_port()
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with running(command, port):
        make_s3_bucket(port)
        storage = {"s3": {"key": "AKIATEST", "secret": SECRET, "secure": False}}
        yield Emulator(f"s3://127.0.0.1:{port}/bucket/some prefix", storage, command, port)


def make_s3_bucket(port: int) -> None:
    """Make the bucket of an S3 emulator that has just started."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}/bucket", method="PUT")
    request.add_header(
        "Authorization", "AWS4-HMAC-SHA256 Credential=x/20260101/us-east-1/s3/aws4_request"
    )
    urllib.request.urlopen(request).close()


def _azure() -> Iterator[Emulator]:
    program = os.environ.get("AZURITE") or shutil.which("azurite-blob") or _installed()
    if program is None:
        pytest.skip("needs azurite: npm ci --prefix tests/storage/azurite")
    port = free_port()
    options = ["--inMemoryPersistence", "--silent", "--skipApiVersionCheck"]
    command = [program, "--blobHost", "127.0.0.1", "--blobPort", str(port), *options]
    with running(command, port):
        _make_container(port)
        table = {"account_name": _AZURE_ACCOUNT, "account_key": _AZURE_KEY, "secure": False}
        yield Emulator(f"azure://127.0.0.1:{port}/container/p", {"azure": table}, command, port)


def _installed() -> str | None:
    path = Path(__file__).parent / "azurite" / "node_modules" / ".bin" / "azurite-blob"
    return str(path) if path.exists() else None


def _make_container(port: int) -> None:
    headers = {"x-ms-date": email.utils.formatdate(usegmt=True), "x-ms-version": "2021-08-06"}
    lines = "\n".join(f"{name}:{value}" for name, value in headers.items())
    resource = f"/{_AZURE_ACCOUNT}/{_AZURE_ACCOUNT}/container\nrestype:container"
    signed = ("PUT" + "\n" * 12 + f"{lines}\n{resource}").encode()
    digest = hmac.new(base64.b64decode(_AZURE_KEY), signed, hashlib.sha256).digest()
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/{_AZURE_ACCOUNT}/container?restype=container",
        method="PUT",
        headers={
            **headers,
            "Authorization": f"SharedKey {_AZURE_ACCOUNT}:{base64.b64encode(digest).decode()}",
            "Content-Length": "0",
        },
    )
    urllib.request.urlopen(request).close()


def _gs() -> Iterator[Emulator]:
    pytest.importorskip("gcp_storage_emulator")
    port = free_port()
    script = Path(__file__).with_name("gcs_emulator.py")
    command = [sys.executable, str(script), str(port), "bucket"]
    with running(command, port):
        storage = {"gs": {"anonymous": True, "secure": False}}
        yield Emulator(f"gs://127.0.0.1:{port}/bucket/p", storage, command, port)


@pytest.fixture(scope="session")
def s3() -> Iterator[Emulator]:
    """Run moto's server."""
    yield from _s3()


@pytest.fixture(scope="session")
def azure() -> Iterator[Emulator]:
    """Run Azurite."""
    yield from _azure()


@pytest.fixture(scope="session")
def gs() -> Iterator[Emulator]:
    """Run the GCS emulator."""
    yield from _gs()


@pytest.fixture(params=["s3", "azure", "gs"])
def cloud(request: pytest.FixtureRequest) -> Emulator:
    """Return each emulator in turn, with a prefix of its own for each test."""
    emulator: Emulator = request.getfixturevalue(request.param)
    return Emulator(f"{emulator.uri}/{os.urandom(4).hex()}", emulator.storage)


@dataclass
class Served:
    """A server process of a home of its own."""

    home: Path
    address: str
    process: subprocess.Popen[bytes]

    def uploads(self) -> list[str]:
        """Return the keys of what was uploaded."""
        top = self.home / "uploads" / "files"
        return sorted(p.relative_to(top).as_posix() for p in top.rglob("*") if p.is_file())

    def end(self) -> None:
        """Kill it, as a power cut would."""
        self.process.kill()
        self.process.wait()

    def wait_for(self, found: Callable[[], object]) -> None:
        """Wait until something is true."""
        until = time.monotonic() + 60
        while not found():
            assert time.monotonic() < until, "waited in vain"
            time.sleep(0.05)


@pytest.fixture
def serve() -> Iterator[Callable[..., Served]]:
    """Start server processes, each on a home and, if it is to come back there, on a port."""
    started: list[Served] = []

    def start(home: Path, port: int = 0) -> Served:
        environment = {k: v for k, v in os.environ.items() if not k.startswith("STRIPCHART_")}
        null = subprocess.DEVNULL
        process = subprocess.Popen(
            [sys.executable, "-m", "stripchart.cli", "server", "--port", str(port)],
            env={**environment, "STRIPCHART_HOME": str(home)},
            stdin=null,
            stdout=null,
            stderr=null,
        )
        served = Served(home, "", process)
        started.append(served)
        served.wait_for(lambda: _address_of(served))
        served.address = _address_of(served)
        return served

    yield start
    for served in started:
        served.end()


def _address_of(served: Served) -> str:
    assert served.process.poll() is None, "the server ended"
    try:
        found = json.loads((served.home / "server.json").read_text())
    except (OSError, ValueError):
        return ""
    return str(found["address"]) if found["pid"] == served.process.pid else ""
