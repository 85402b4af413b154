"""Processes that a task starts report into it: each with a journal, a rank and a console of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from stripchart import Task
from stripchart.records import ConsoleWritten, WriterIdentity
from stripchart.sdk import lookup

SOURCE = Path(__file__).parents[2] / "src"


def run(folder: Path, code: str) -> Task:
    script = folder / "script.py"
    script.write_text(textwrap.dedent(code))
    done = subprocess.run(
        [sys.executable, str(script)],
        env={**os.environ, "PYTHONPATH": str(SOURCE)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    [task] = Task.get_tasks()
    return task


def consoles(task: Task) -> dict[str, WriterIdentity]:
    """Return who printed which text."""
    found = {}
    for reader in lookup.readers(task.get_offline_mode_folder()):
        written = [r for r in lookup.records_of(reader) if isinstance(r, ConsoleWritten)]
        text = "".join(r.text for r in written if r.stream == "stdout")
        found[text] = reader.identity
    return found


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_workers_print_and_report_as_ranks(tmp_path: Path, method: str) -> None:
    task = run(
        tmp_path,
        f"""
        import multiprocessing, os, sys
        from stripchart import Task

        def work(rank):
            os.environ["RANK"] = str(rank)
            task = Task.init("p", "n")
            print("worker", rank)
            task.logger.report_scalar("t", f"worker {{rank}}", float(rank), 0)

        if __name__ == "__main__":
            Task.init("p", "n")
            context = multiprocessing.get_context({method!r})
            workers = [context.Process(target=work, args=(rank,)) for rank in (1, 2)]
            [w.start() for w in workers]
            [w.join() for w in workers]
            print("parent")
            sys.exit(sum(w.exitcode for w in workers))
        """,
    )
    printed = consoles(task)
    assert set(printed) == {"parent\n", "worker 1\n", "worker 2\n"}
    assert [printed[f"worker {rank}\n"].rank for rank in (1, 2)] == [1, 2]
    read = task.get_reported_scalars()["t"]
    assert [read[f"worker {rank}"]["y"] for rank in (1, 2)] == [[1.0], [2.0]]
    assert task.status == "completed"


def test_a_script_that_is_given_the_environment_joins(tmp_path: Path) -> None:
    task = run(
        tmp_path,
        """
        import subprocess, sys
        from stripchart import Task

        CHILD = '''
        from stripchart import Task
        task = Task.init("p", "n")
        print("child")
        task.logger.report_scalar("t", "child", 1.0, 0)
        '''.replace("        ", "")

        Task.init("p", "n")
        print("parent")
        sys.exit(subprocess.run([sys.executable, "-c", CHILD]).returncode)
        """,
    )
    assert set(consoles(task)) == {"parent\n", "child\n"}
    assert task.get_reported_scalars()["t"]["child"]["y"] == [1.0]
    assert task.status == "completed"
