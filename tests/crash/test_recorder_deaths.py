"""Real trainings that end in every way there is, and what their recorder makes of it."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import psutil
import pytest

from stripchart.journal.format import JournalError
from stripchart.journal.reader import JournalReader, writer_dirs
from stripchart.recorder.deaths import WITHOUT_A_WORD
from stripchart.records import (
    MACHINE_TITLE,
    AnyRecord,
    CostMeasured,
    EnvironmentDescribed,
    Noted,
    SeriesDeclared,
    StatusChanged,
    Unknown,
    WriterClosed,
)

PATIENCE_SEC = 60.0
ON_LINUX = sys.platform == "linux"

TRAINING = """
import ctypes, os, signal, sys, time
from stripchart import Task
logger = Task.init(project_name="crash", task_name="death").get_logger()
for i in range(5):
    logger.report_scalar("loss", "train", 1 / (i + 1), i)
deadline = time.monotonic() + 60
while not os.path.exists(os.environ["GO"]) and time.monotonic() < deadline:
    time.sleep(0.02)
"""


T = TypeVar("T")


def wait_for(look: Callable[[], T]) -> T:
    """Look until there is something to see; fail when patience ends."""
    deadline = time.monotonic() + PATIENCE_SEC
    while True:
        seen = look()
        if seen:
            return seen
        assert time.monotonic() < deadline, f"nothing came of {look}"
        time.sleep(0.05)


class Run:
    """Run a training under a recorder, in a home of its own."""

    def __init__(self, home: Path, end: str, **environ: str) -> None:
        self.home = home
        self.go = home.parent / "go"
        self.process = subprocess.Popen(
            [sys.executable, "-c", TRAINING + end],
            env=os.environ | {"STRIPCHART_RECORDER": "1", "GO": str(self.go)} | environ,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def task_dir(self) -> Path:
        """Return the folder of the task, once it is there."""
        return wait_for(lambda: list((self.home / "tasks").glob("*")))[0]

    def recorder(self) -> psutil.Process:
        """Return the recorder's process, once it writes."""
        return wait_for(self._recorders)[0]

    def _recorders(self) -> list[psutil.Process]:
        found = []
        for reader in self.readers("recorder"):
            if psutil.pid_exists(reader.identity.pid):
                found.append(psutil.Process(reader.identity.pid))
        return found

    def readers(self, role: str) -> list[JournalReader]:
        """Return readers of the journals of a role."""
        found = []
        for path in writer_dirs(self.task_dir()):
            reader = JournalReader(path)
            # A journal that is just being opened has no header yet.
            with contextlib.suppress(JournalError, FileNotFoundError):
                if reader.identity.role == role:
                    found.append(reader)
        return found

    def end(self) -> None:
        """Let the training go on to its end, and the recorder too."""
        recorder = self.recorder()
        self.go.touch()
        # Collected only then: kernels before 6.15 tell of an end only until the parent has asked.
        wait_until_gone(recorder)
        self.process.wait(PATIENCE_SEC)

    def end_now(self) -> None:
        """Kill the training, whatever state it is in."""
        self.process.kill()
        self.process.wait()

    def records(self, role: str) -> list[AnyRecord | Unknown]:
        """Return all records of a role."""
        return [item for reader in self.readers(role) for _, item in reader.records().items]

    def observed(self) -> list[StatusChanged]:
        """Return what the recorder concluded."""
        return [r for r in self.records("recorder") if isinstance(r, StatusChanged)]

    def outcome(self) -> str:
        """Return the status of the task: by its own word, else as the recorder concluded."""
        told = [r for r in self.records("task") if isinstance(r, StatusChanged) and not r.observed]
        return told[-1].status if told else self.verdict().status

    def verdict(self) -> StatusChanged:
        """Return the one conclusion that there must be."""
        (status,) = self.observed()
        assert status.observed
        return status


def wait_until_gone(process: psutil.Process) -> None:
    """Wait until a process that need not be our child has ended."""
    wait_for(lambda: not process.is_running() or process.status() == psutil.STATUS_ZOMBIE)


@pytest.fixture
def start(home: Path) -> Iterator[Callable[[str], Run]]:
    """Return what starts a training that ends as told; none outlives the test."""
    runs: list[Run] = []

    def start_one(end: str) -> Run:
        runs.append(Run(home, end))
        return runs[-1]

    yield start_one
    for run in runs:
        run.end_now()


KILLED = "os.kill(os.getpid(), signal.SIGKILL)"


def test_sigkill_is_named(start: Callable[[str], Run]) -> None:
    run = start(KILLED)
    run.end()
    status = run.verdict()
    assert status.status == "failed"
    assert (status.reason, status.signal) == (
        ("SIGKILL", signal.SIGKILL) if ON_LINUX else (WITHOUT_A_WORD, None)
    )


def test_every_point_survives_and_the_journal_is_sealed_and_compressed(
    start: Callable[[str], Run],
) -> None:
    run = start(KILLED)
    run.end()
    (reader,) = run.readers("task")
    scalars = reader.scalars()
    assert scalars.slots["iteration"].tolist() == [0, 1, 2, 3, 4]
    assert scalars.skipped == []
    left = [path.name for path in run.task_dir().glob("journal/*/*") if path.suffix != ".zst"]
    assert left == []


@pytest.mark.parametrize(
    ("end", "code", "status"),
    [
        ("sys.exit(3)", 3, "failed"),
        ("raise SystemExit(4)", 4, "failed"),
        ("os._exit(5)", 5, "failed"),
        ("os._exit(0)", 0, "completed"),
        ("sys.exit(143)", 143, "stopped"),
    ],
)
def test_an_exit_code_decides(
    start: Callable[[str], Run], end: str, code: int, status: str
) -> None:
    run = start(end)
    run.end()
    words = [r for r in run.records("task") if isinstance(r, StatusChanged) and not r.observed]
    if words:  # the task spoke for itself, so the recorder has nothing to add
        assert (words[-1].status, run.observed()) == ("failed" if code else "completed", [])
        return
    verdict = run.verdict()
    if ON_LINUX:
        assert (verdict.status, verdict.exit_code) == (status, code)


def test_what_the_script_says_as_it_exits_is_the_reason(start: Callable[[str], Run]) -> None:
    run = start(r"sys.exit('no data\nin /data')")
    run.end()
    verdict = run.verdict()
    assert (verdict.status, verdict.reason, verdict.exit_code) == ("failed", "no data", 1)


def test_a_normal_end_is_completed(start: Callable[[str], Run]) -> None:
    run = start("")
    run.end()
    assert run.outcome() == "completed"


def test_the_tasks_own_word_is_not_contradicted(start: Callable[[str], Run]) -> None:
    run = start("raise ValueError('bad shape')")
    run.end()
    assert run.observed() == []
    own = [r for r in run.records("task") if isinstance(r, StatusChanged)]
    assert own[-1].reason == "ValueError: bad shape"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
def test_sigterm_stops_and_leaves_last_words(start: Callable[[str], Run]) -> None:
    run = start("os.kill(os.getpid(), signal.SIGTERM); time.sleep(60)")
    run.end()
    verdict = run.verdict()
    if ON_LINUX:
        assert (verdict.status, verdict.reason) == ("stopped", "SIGTERM")
    assert 'File "<string>"' in verdict.message


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
def test_a_segmentation_fault_is_named_with_its_stack(start: Callable[[str], Run]) -> None:
    run = start("ctypes.string_at(0)")
    run.end()
    verdict = run.verdict()
    assert (verdict.status, verdict.reason, verdict.signal) == ("failed", "SIGSEGV", 11)
    assert "Segmentation fault" in verdict.message
    assert "string_at" in verdict.message


def test_the_first_readings_come_at_the_iteration_of_the_task(start: Callable[[str], Run]) -> None:
    run = start(KILLED)
    # Rates come with the second reading.
    wait_for(lambda: [r for r in run.readers("recorder") if len(r.scalars().slots) > 8])
    run.end()
    (reader,) = run.readers("recorder")
    names = {
        item.number: (item.title, item.series)
        for _, item in reader.records().items
        if isinstance(item, SeriesDeclared)
    }
    slots = reader.scalars().slots
    series = {names[int(number)] for number in slots["series"]}
    wanted = {"cpu_usage", "memory_used_gb", "memory_free_gb", "disk_free_percent"}
    assert {(MACHINE_TITLE, name) for name in wanted} <= series
    assert set(slots["iteration"].tolist()) <= {0, 1, 2, 3, 4}
    assert int(slots["iteration"].max()) == 4


def test_packages_and_cost_are_told_even_of_a_short_run(start: Callable[[str], Run]) -> None:
    run = start("")
    run.end()
    records = run.records("recorder")
    told = [r.values for r in records if isinstance(r, EnvironmentDescribed)]
    assert any(values.get("packages", {}).get("msgspec") for values in told)
    costs = [r for r in records if isinstance(r, CostMeasured)]
    assert costs
    assert costs[-1].recorder_rss_bytes > 0
    assert costs[-1].journal_bytes > 0


def test_a_second_recorder_leaves_at_once(start: Callable[[str], Run]) -> None:
    run = start(KILLED)
    first = run.recorder()
    command = [sys.executable, "-m", "stripchart.recorder", str(run.task_dir())]
    second = subprocess.run(
        [*command, "--attempt", "0", "--pid", str(run.process.pid)],
        check=False,
        timeout=PATIENCE_SEC,
    )
    assert second.returncode == 0
    assert first.is_running()
    run.end()
    assert run.verdict().reason
    assert len(run.readers("recorder")) == 1


def test_a_process_that_was_handed_over_is_watched_too(start: Callable[[str], Run]) -> None:
    run = start("")
    sleeper = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    recorder = run.recorder()
    command = [sys.executable, "-m", "stripchart.recorder", str(run.task_dir())]
    subprocess.run([*command, "--pid", str(sleeper.pid)], check=True, timeout=PATIENCE_SEC)
    run.go.touch()
    run.process.wait(PATIENCE_SEC)
    wait_for(lambda: any(isinstance(r, WriterClosed) for r in run.records("task")))
    assert recorder.is_running()
    assert run.observed() == []
    sleeper.kill()
    wait_until_gone(recorder)
    sleeper.wait()
    assert run.verdict().status == "failed"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows ends a process without asking it")
def test_a_recorder_that_is_told_to_stop_seals_and_goes_while_the_training_lives(
    home: Path,
) -> None:
    run = Run(home, "")
    recorder = run.recorder()
    recorder.terminate()
    wait_until_gone(recorder)
    assert run.process.poll() is None
    assert run.observed() == []
    seals = list(run.task_dir().glob(f"journal/*-{run.process.pid}-*/scalars-*.seal"))
    assert seals
    assert any(isinstance(r, WriterClosed) for r in run.records("recorder"))
    run.go.touch()
    assert run.process.wait(PATIENCE_SEC) == 0


def test_a_recorder_whose_task_is_deleted_goes(start: Callable[[str], Run]) -> None:
    run = start("time.sleep(60)")
    recorder = run.recorder()
    folder = run.task_dir()

    def remove() -> bool:
        # A seal that is written meanwhile keeps its folder from being removed.
        shutil.rmtree(folder, ignore_errors=True)
        return not folder.exists()

    wait_for(remove)
    wait_until_gone(recorder)
    assert not folder.exists()
    run.end_now()


def test_no_pipe_is_held_when_the_training_has_ended(home: Path) -> None:
    """A recorder that held stdout would keep ``run`` from seeing its end while it lives."""
    code = TRAINING.replace("while not", "while False and not")
    # The sleeper keeps the recorder alive: only a pipe that it does not hold can end here.
    code += "import subprocess\n"
    code += "sleeper = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'], "
    code += "stdin=-3, stdout=-3, stderr=-3)\n"
    code += "print(sleeper.pid)\n"
    code += (
        "folder = os.path.join(os.environ['STRIPCHART_HOME'], 'tasks', Task.current_task().id)\n"
    )
    # Not waited for: it may be this one that gets the lock.
    code += "subprocess.Popen([sys.executable, '-m', 'stripchart.recorder', folder, "
    code += "'--pid', str(sleeper.pid)])\n"
    ended = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"STRIPCHART_RECORDER": "1", "GO": os.devnull},
        capture_output=True,
        text=True,
        timeout=PATIENCE_SEC,
        check=True,
    )
    (pid,) = [int(line) for line in ended.stdout.splitlines() if line.isdigit()]
    sleeper = psutil.Process(pid)
    assert sleeper.is_running()
    sleeper.kill()
    wait_for(lambda: list(home.glob("tasks/*/journal/*/records-000000.zst")))


def test_the_death_of_a_helper_is_a_note_and_not_the_end(start: Callable[[str], Run]) -> None:
    fork = """
if os.fork() == 0:
    logger.report_scalar("helper", "x", 1.0, 0)
    time.sleep(0.2)
    os.kill(os.getpid(), signal.SIGKILL)
time.sleep(3)
os.wait()
"""
    if not hasattr(os, "fork"):
        pytest.skip("no fork here")
    run = start(fork)
    run.end()
    notes = [r for r in run.records("recorder") if isinstance(r, Noted)]
    assert [n.code for n in notes] == ["process_ended"]
    assert "SIGKILL" in notes[0].message or not ON_LINUX
    assert run.outcome() == "completed"


def test_attempts_of_one_process_are_told_apart(home: Path) -> None:
    """Each attempt that the process closed keeps its own word; only the last one dies of the signal."""
    code = """
import os, signal, time
from stripchart import Task
arguments = dict(project_name="crash", task_name="attempts")
Task.init(**arguments).close()
for _ in range(2):
    task = Task.init(**arguments, continue_last_task=True)
    task.get_logger().report_scalar("loss", "train", 1.0, 1)
    task.close()
Task.init(**arguments, continue_last_task=True).get_logger().report_scalar("loss", "train", 1.0, 1)
time.sleep(1)
os.kill(os.getpid(), signal.SIGKILL)
"""
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        env=os.environ | {"STRIPCHART_RECORDER": "1"},
        stdout=subprocess.DEVNULL,
    )
    wait_for(lambda: process.poll() is not None)

    def conclusions() -> list[StatusChanged]:
        items = []
        with contextlib.suppress(JournalError, FileNotFoundError):
            readers = [JournalReader(path) for path in home.glob("tasks/*/journal/*")]
            mine = [reader for reader in readers if reader.identity.role == "recorder"]
            items = [item for reader in mine for _, item in reader.records().items]
        return [item for item in items if isinstance(item, StatusChanged)]

    assert [status.attempt for status in wait_for(conclusions)] == [3]
