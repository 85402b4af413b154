"""From a training script through the recorder into a bucket: retention, outages, restarts, secrets."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from stripchart.blobs import Destination, open_destination
from stripchart.recorder.uploads import drain
from stripchart.records import SampleRemoved, SampleStored
from stripchart.sdk import lookup
from stripchart.settings import load
from tests.storage.conftest import SECRET, Emulator, free_port, make_s3_bucket, running

pytestmark = pytest.mark.heavy

SCRIPT = """
import sys, time
import numpy as np
from stripchart import Task
uri, count, wait = sys.argv[1], int(sys.argv[2]), sys.argv[3]
task = Task.init("project", "name", auto_connect_streams=False)
task.get_logger().set_default_upload_destination(uri)
print("set", flush=True)
if wait == "wait":
    sys.stdin.readline()
for step in range(count):
    image = np.full((400, 400, 3), step, np.uint8)
    task.get_logger().report_image("title", "series", step, image=image, max_image_history=3)
    time.sleep(0.01)
print("reported", flush=True)
"""


class Training:
    """Run the script in a process of its own, with a real recorder."""

    def __init__(self, home: Path, emulator: Emulator, count: int, *, wait: bool = False) -> None:
        home.mkdir(exist_ok=True)
        (home / "config.toml").write_text(emulator.config())
        self.home = home
        self.process = subprocess.Popen(
            [sys.executable, "-c", SCRIPT, emulator.uri, str(count), "wait" if wait else "go"],
            env={**os.environ, "STRIPCHART_RECORDER": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def line(self) -> str:
        """Return the next line that the script prints."""
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def go_on(self) -> None:
        """Let the script report."""
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()

    def end(self) -> None:
        """Wait for its end."""
        self.process.communicate(timeout=60)
        assert self.process.returncode == 0

    @property
    def task_dir(self) -> Path:
        """Return the folder of its task."""
        [folder] = (self.home / "tasks").iterdir()
        return folder

    def stored(self) -> dict[str, SampleStored]:
        """Return what is stored and was not removed, by id."""
        records = [r for reader in lookup.readers(self.task_dir) for r in lookup.records_of(reader)]
        removed = {r.sample for r in records if isinstance(r, SampleRemoved)}
        return {
            r.sample: r for r in records if isinstance(r, SampleStored) and r.sample not in removed
        }

    def spooled(self) -> int:
        """Return how many files wait in the spool."""
        return len(list((self.task_dir / "spool").glob("*")))


def _until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def _recorder_pids(task_dir: Path) -> list[int]:
    pids = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            command = (entry / "cmdline").read_bytes()
        except OSError:
            continue
        if b"stripchart.recorder" in command and str(task_dir).encode() in command:
            pids.append(int(entry.name))
    return pids


def _arrived(training: Training, destination: Destination, tmp_path: Path) -> list[int]:
    """Return the iterations of the samples in the bucket, each found by its record and compared with its pixels."""
    found = []
    for stored in training.stored().values():
        key = destination.key_of(stored.url)
        assert key is not None
        destination.get(key, tmp_path / "back.png")
        with Image.open(tmp_path / "back.png") as image:
            assert np.unique(np.asarray(image)).tolist() == [stored.iteration]
        assert (training.task_dir / stored.thumbnail).is_file()
        found.append(stored.iteration or 0)
    assert len(destination.list()) == len(found)  # and nothing else is there
    return sorted(found)


def test_the_last_ones_are_in_the_bucket_and_nothing_else(
    cloud: Emulator, home: Path, tmp_path: Path
) -> None:
    training = Training(home, cloud, 12)
    training.end()
    _until(lambda: len(training.stored()) == 3 and training.spooled() == 0)
    destination = open_destination(cloud.uri, load())
    _until(lambda: len(destination.list()) == 3)
    assert _arrived(training, destination, tmp_path) == [9, 10, 11]
    [name] = {key.split("/metrics/")[0] for key in destination.list()}
    assert name == f"project/name.{training.task_dir.name}"


def test_an_outage_loses_nothing(home: Path, tmp_path: Path) -> None:
    port = free_port()
    storage = {"s3": {"key": "AKIATEST", "secret": SECRET, "secure": False}}
    emulator = Emulator(f"s3://127.0.0.1:{port}/bucket/p", storage)
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with running(command, port):
        make_s3_bucket(port)
        training = Training(home, emulator, 3, wait=True)
        assert training.line() == "set"
    training.go_on()  # the store is gone now
    training.end()
    time.sleep(1.5)
    assert training.stored() == {}
    with running(command, port):
        make_s3_bucket(port)
        _until(lambda: len(training.stored()) == 3)
        destination = open_destination(emulator.uri, load())
        assert _arrived(training, destination, tmp_path) == [0, 1, 2]
    log = (training.task_dir / "recorder.log").read_text()
    # Told once an outage, and again where the store came back before its bucket did.
    assert log.count("uploads_wait") in (1, 2)
    assert SECRET not in log


def test_a_killed_recorder_is_made_good_by_the_next(
    s3: Emulator, home: Path, tmp_path: Path
) -> None:
    emulator = Emulator(f"{s3.uri}/killed", s3.storage)
    training = Training(home, emulator, 200)
    assert training.line() == "set"
    _until(lambda: len(training.stored()) > 0)
    [recorder] = _recorder_pids(training.task_dir)
    os.kill(recorder, signal.SIGKILL)
    training.end()
    left = drain(training.task_dir, load())
    assert (left.left, left.busy) == (0, False)
    destination = open_destination(emulator.uri, load())
    assert _arrived(training, destination, tmp_path) == [197, 198, 199]
    assert training.spooled() == 0


def test_no_secret_is_written_anywhere(s3: Emulator, home: Path) -> None:
    training = Training(home, Emulator(f"{s3.uri}/secrets", s3.storage), 5)
    training.end()
    _until(lambda: len(training.stored()) == 3)
    _until(lambda: not _recorder_pids(training.task_dir))
    from stripchart.journal.reader import JournalReader, writer_dirs
    from stripchart.records import encode

    for path in training.task_dir.rglob("*"):
        assert path.is_dir() or SECRET.encode() not in path.read_bytes()
    for directory in writer_dirs(training.task_dir):
        for _, record in JournalReader(directory).records().items:
            assert SECRET.encode() not in encode(record)  # type: ignore[arg-type]
