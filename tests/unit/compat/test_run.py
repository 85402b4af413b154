"""``stripchart run`` is ``python``: the same output, arguments, path, traceback and exit code."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = """
import sys, os, pickle
class Kept: pass
print(sys.argv, __name__, __file__, sys.path[0], sys.modules["__main__"].__dict__ is globals(), sys.flags.optimize)
assert type(pickle.loads(pickle.dumps(Kept()))) is Kept
print(sys.stdin.read(), file=sys.stderr)
if sys.argv[1] == "raise":
    raise ValueError("of the script")
if sys.argv[1] == "kill":
    os.kill(os.getpid(), 15)
sys.exit(int(sys.argv[1]))
"""


def _both(folder: Path, *command: str) -> list[tuple[int, str, str]]:
    results = []
    for start in ((), ("-m", "stripchart", "run"), ("-m", "stripchart", "run", "--as-clearml")):
        options = [one for one in command if one in ("-O", "-Werror")]
        rest = [one for one in command if one not in options]
        done = subprocess.run(
            [sys.executable, *options, *start, *rest],
            cwd=folder,
            capture_output=True,
            text=True,
            input="typed",
            check=False,
        )
        results.append((done.returncode, done.stdout, done.stderr))
    return results


@pytest.mark.parametrize(
    ("argument", "how"),
    [
        ("0", ("-m", "program")),
        ("7", ("-O", "program.py")),
        ("raise", ("program.py",)),
        ("raise", ("-m", "program")),
        ("kill", ("program.py",)),
    ],
)
def test_it_is_as_python_does_it(tmp_path: Path, argument: str, how: tuple[str, ...]) -> None:
    (tmp_path / "program.py").write_text(SCRIPT)
    plain, with_run, as_clearml = _both(tmp_path, *how, argument, "--home", "-m", "--as-clearml")
    assert with_run == plain
    assert as_clearml == plain
    assert plain[0] == {"raise": 1, "kill": -signal.SIGTERM}.get(argument, plain[0])
    assert "['" in plain[1]
    assert "'--home', '-m', '--as-clearml'" in plain[1]


def test_the_home_can_be_chosen(tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text("from stripchart import Task; Task.init('p', 'chosen')")
    command = ["-m", "stripchart", "run", "--home", str(tmp_path / "chosen"), "program.py"]
    subprocess.run([sys.executable, *command], cwd=tmp_path, check=True, capture_output=True)
    assert len(list((tmp_path / "chosen" / "tasks").iterdir())) == 1


def test_with_nothing_to_run_it_says_so() -> None:
    command = [sys.executable, "-m", "stripchart", "run", "--as-clearml"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr == (
        "stripchart: what shall be run? stripchart run script.py, or stripchart run -m module\n"
    )
