"""Credentials given in code: they reach the recorder that uploads, and nothing else."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from stripchart.blobs import open_destination
from stripchart.records import ArtifactStored
from stripchart.sdk import lookup
from stripchart.settings import load
from tests.storage.conftest import SECRET, Emulator

pytestmark = pytest.mark.heavy

SCRIPT = """
import sys
from urllib.parse import urlsplit
from stripchart import Task
parts, key, secret = urlsplit(sys.argv[1]), "AKIATEST", sys.stdin.readline().strip()
bucket, _, subdir = parts.path.strip("/").partition("/")
task = Task.init("project", "name", auto_connect_streams=False)
task.setup_aws_upload(bucket, subdir, host=parts.netloc, key=key, secret=secret, secure=False)
task.upload_artifact("first", {"a": 1})
print(task.id, flush=True)
sys.stdin.readline()
task.upload_artifact("second", {"a": 2}, wait_on_upload=True)
task.get_logger().set_default_upload_destination(task.output_uri)
task.get_logger().report_media("t", "s", 0, stream="text", file_extension="txt")
print("done", flush=True)
sys.stdin.readline()
"""


@pytest.fixture
def bucket(s3: Emulator) -> str:
    return f"{s3.uri}/{os.urandom(4).hex()}"


class Script:
    """Run it with a real recorder and with no other credentials."""

    def __init__(self, uri: str, home: Path) -> None:
        kept = {k: v for k, v in os.environ.items() if not k.startswith("AWS_")}
        self.process = subprocess.Popen(
            [sys.executable, "-c", SCRIPT, uri],
            env={**kept, "STRIPCHART_RECORDER": "1", "AWS_EC2_METADATA_DISABLED": "true"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.say(SECRET)
        self.task_dir = home / "tasks" / self.line()

    def say(self, text: str = "") -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(text + "\n")
        self.process.stdin.flush()

    def line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def end(self) -> None:
        self.process.communicate("\n", timeout=60)
        assert self.process.returncode == 0

    def recorders(self) -> list[int]:
        found = []
        for entry in Path("/proc").iterdir():
            try:
                command = (entry / "cmdline").read_bytes() if entry.name.isdigit() else b""
            except OSError:
                continue
            if b"stripchart.recorder" in command and str(self.task_dir).encode() in command:
                found.append(int(entry.name))
        return found

    def artifacts(self) -> dict[str, str]:
        records = [r for reader in lookup.readers(self.task_dir) for r in lookup.records_of(reader)]
        return {r.name: r.state for r in records if isinstance(r, ArtifactStored)}


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_they_reach_the_recorder_and_nothing_else(bucket: str, s3: Emulator, home: Path) -> None:
    script = Script(bucket, home)
    until(lambda: script.artifacts() == {"first": "stored"})
    script.say()
    assert script.line() == "done"
    destination = open_destination(bucket, load(storage=s3.storage))
    until(lambda: len(destination.list()) == 3)
    for pid in (script.process.pid, *script.recorders()):
        for name in ("cmdline", "environ"):
            assert SECRET.encode() not in (Path("/proc") / str(pid) / name).read_bytes()
    (pipe,) = (home / "run").iterdir()
    assert (pipe.is_fifo(), pipe.stat().st_mode & 0o777) == (True, 0o600)
    script.end()
    until(lambda: not script.recorders())
    assert list((home / "run").iterdir()) == []
    for path in home.rglob("*"):
        assert not path.is_file() or SECRET.encode() not in path.read_bytes()


def test_a_recorder_that_comes_later_is_given_them(bucket: str, home: Path) -> None:
    script = Script(bucket, home)
    until(lambda: script.artifacts() == {"first": "stored"})
    (recorder,) = script.recorders()
    os.kill(recorder, signal.SIGKILL)
    command = [sys.executable, "-m", "stripchart.recorder", str(script.task_dir)]
    subprocess.Popen([*command, "--pid", str(script.process.pid)]).returncode = 0
    script.say()
    assert script.line() == "done"
    assert script.artifacts()["second"] == "stored"
    script.end()
    until(lambda: not script.recorders())


def test_without_them_the_upload_waits_and_says_so(
    bucket: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = Script(bucket, home)
    until(lambda: script.artifacts() == {"first": "stored"})
    (recorder,) = script.recorders()
    os.kill(recorder, signal.SIGKILL)
    script.say()
    time.sleep(1.0)
    script.process.kill()
    script.process.communicate()
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    from stripchart.recorder.uploads import drain

    told = drain(script.task_dir, load(), patience_sec=1.0)
    assert told.left == 1
    assert any("does not take files now" in trouble for trouble in told.troubles)
    assert SECRET not in "".join(told.troubles)
