"""Workers whose function never names this package report into the task of the process that made them."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from stripchart import Task
from stripchart.records import ConsoleWritten
from stripchart.sdk import lookup

SOURCE = Path(__file__).parents[2] / "src"

# What the workers run: a module of the script's own, that uses a library which is captured.
WORK = """
def draw(name):
    import matplotlib
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt
    plt.plot([1, 2, 3])
    plt.title(name)
    plt.show()
    plt.close("all")
    print("drawn", name, flush=True)
    return name

def save(name):
    import joblib
    from sklearn.linear_model import LogisticRegression
    joblib.dump(LogisticRegression(), name)

def report():
    import sys
    from stripchart import Logger, Task
    Logger.current_logger().report_scalar("t", "s", 1.0, 1)
    # To join, and to report, the worker has read nothing of what may be very much by now.
    assert not {"numpy", "stripchart.journal.reader"} & set(sys.modules)
    task = Task.current_task()
    assert (task.name, task.get_initial_iteration()) == ("n", 100)

def draw_deeper(name):
    import multiprocessing
    worker = multiprocessing.get_context("spawn").Process(target=draw, args=(name,))
    worker.start()
    worker.join()
    assert worker.exitcode == 0
"""


def run(folder: Path, code: str, *command: str, **environment: str) -> Task:
    (folder / "work.py").write_text(WORK)
    script = folder / "script.py"
    script.write_text(textwrap.dedent(code))
    done = subprocess.run(
        [*(command or (sys.executable,)), str(script)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(SOURCE), **environment},
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    [task] = Task.get_tasks()
    assert task.status == "completed"
    return task


def printed(task: Task) -> list[str]:
    """Return what each process printed, but for those that printed nothing."""
    texts = []
    for reader in lookup.readers(task.get_offline_mode_folder()):
        written = [r for r in lookup.records_of(reader) if isinstance(r, ConsoleWritten)]
        texts.append("".join(r.text for r in written if r.stream == "stdout"))
    return sorted(text for text in texts if text)


def drawn(task: Task) -> set[str]:
    return {plot["metric"] for plot in task.get_reported_plots()}


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_a_process(tmp_path: Path, method: str) -> None:
    task = run(
        tmp_path,
        f"""
        import multiprocessing, work
        if __name__ == "__main__":
            from stripchart import Task
            Task.init("p", "n")
            worker = multiprocessing.get_context({method!r}).Process(target=work.draw, args=("a",))
            worker.start()
            worker.join()
            assert worker.exitcode == 0
        """,
    )
    assert printed(task) == ["drawn a\n"]
    assert drawn(task) == {"a"}


@pytest.mark.parametrize("method", ["spawn", "forkserver"])
def test_a_worker_begins_where_its_maker_stands(tmp_path: Path, method: str) -> None:
    task = run(
        tmp_path,
        f"""
        import multiprocessing, work
        if __name__ == "__main__":
            from stripchart import Task
            task = Task.init("p", "n")
            task.set_initial_iteration(100)
            worker = multiprocessing.get_context({method!r}).Process(target=work.report)
            worker.start()
            worker.join()
            assert worker.exitcode == 0
        """,
    )
    assert task.get_reported_scalars()["t"]["s"]["x"] == [101]


def test_a_fork_server_that_is_older_than_the_task(tmp_path: Path) -> None:
    task = run(
        tmp_path,
        """
        import multiprocessing, work
        if __name__ == "__main__":
            context = multiprocessing.get_context("forkserver")
            first = context.Process(target=work.draw, args=("before",))
            first.start()
            first.join()
            from stripchart import Task
            Task.init("p", "n")
            worker = context.Process(target=work.draw, args=("a",))
            worker.start()
            worker.join()
            assert worker.exitcode == 0
        """,
    )
    assert printed(task) == ["drawn a\n"]
    assert drawn(task) == {"a"}


@pytest.mark.heavy
@pytest.mark.parametrize("method", ["spawn", "forkserver"])
@pytest.mark.parametrize("chosen", ["at-init", "later", "not"])
def test_models_of_a_worker_are_kept_where_those_of_its_maker_are(
    tmp_path: Path, method: str, chosen: str
) -> None:
    pytest.importorskip("sklearn")
    task = run(
        tmp_path,
        f"""
        import multiprocessing, work
        if __name__ == "__main__":
            context = multiprocessing.get_context({method!r})
            from stripchart import Task
            task = Task.init("p", "n", output_uri={chosen == "at-init" or None})
            first = context.Process(target=print)
            first.start()
            first.join()
            if {chosen == "later"}:
                task.output_uri = True
            worker = context.Process(target=work.save, args=("m.joblib",))
            worker.start()
            worker.join()
            assert worker.exitcode == 0
        """,
        STRIPCHART_RECORDER="1",
    )
    where = str(tmp_path) if chosen == "not" else str(task._session.task_dir / "artifacts")
    until = time.monotonic() + 60
    # The recorder takes the file after the end of the script.
    while not _are_within(where, urls := [m.url or "" for m in task.models["output"]]):
        assert time.monotonic() < until, urls
        time.sleep(0.1)


def _are_within(where: str, urls: list[str]) -> bool:
    return [url.removeprefix("file://").startswith(where) for url in urls] == [True]


@pytest.mark.parametrize("method", ["spawn", "forkserver"])
def test_a_pool_and_an_executor(tmp_path: Path, method: str) -> None:
    task = run(
        tmp_path,
        f"""
        import concurrent.futures, multiprocessing, work
        if __name__ == "__main__":
            context = multiprocessing.get_context({method!r})
            from stripchart import Task
            Task.init("p", "n")
            with context.Pool(1) as pool:
                assert pool.map(work.draw, ["a", "b"]) == ["a", "b"]
                pool.close()
                pool.join()
            with concurrent.futures.ProcessPoolExecutor(1, mp_context=context) as executor:
                assert executor.submit(work.draw, "c").result() == "c"
        """,
    )
    assert printed(task) == ["drawn a\ndrawn b\n", "drawn c\n"]
    assert drawn(task) == {"a", "b", "c"}


def test_a_worker_of_a_worker(tmp_path: Path) -> None:
    task = run(
        tmp_path,
        """
        import multiprocessing, work
        if __name__ == "__main__":
            from stripchart import Task
            Task.init("p", "n")
            worker = multiprocessing.get_context("spawn").Process(
                target=work.draw_deeper, args=("a",)
            )
            worker.start()
            worker.join()
            assert worker.exitcode == 0
        """,
    )
    assert drawn(task) == {"a"}


def test_workers_of_joblib(tmp_path: Path) -> None:
    pytest.importorskip("joblib")
    task = run(
        tmp_path,
        """
        import joblib, work
        if __name__ == "__main__":
            from stripchart import Task
            Task.init("p", "n")
            made = joblib.Parallel(n_jobs=2)(joblib.delayed(work.draw)(n) for n in ("a", "b"))
            assert made == ["a", "b"]
        """,
    )
    assert "".join(printed(task)).count("drawn") == 2
    assert drawn(task) == {"a", "b"}


def test_workers_made_after_the_task_have_none(tmp_path: Path) -> None:
    task = run(
        tmp_path,
        """
        import multiprocessing, work
        if __name__ == "__main__":
            from stripchart import Task
            task = Task.init("p", "n")
            context = multiprocessing.get_context("spawn")
            task.close()
            worker = context.Process(target=work.draw, args=("a",))
            worker.start()
            worker.join()
            assert worker.exitcode == 0
            assert "stripchart" not in multiprocessing.current_process()._config
        """,
    )
    assert drawn(task) == set()
    assert printed(task) == []


def test_a_worker_where_the_package_is_not_installed_does_its_work(tmp_path: Path) -> None:
    run(
        tmp_path,
        """
        import multiprocessing, os, sys
        import work
        if __name__ == "__main__":
            from stripchart import Task
            Task.init("p", "n")
            (source,) = [p for p in sys.path if p == os.environ["PYTHONPATH"]]
            sys.modules["stripchart"].__path__  # it is here
            os.environ["PYTHONPATH"] = "."
            sys.path[:] = [p for p in sys.path if p != source]
            sys.path.insert(0, "broken")
            os.mkdir("broken")
            open("broken/stripchart.py", "w").write("raise RuntimeError('not here')")
            worker = multiprocessing.get_context("spawn").Process(target=print, args=("well",))
            worker.start()
            worker.join()
            assert worker.exitcode == 0
            os.environ["PYTHONPATH"] = source
        """,
    )
