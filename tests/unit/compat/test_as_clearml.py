"""``import clearml`` gives Stripchart where the user asks for it, and nothing of a real package is loaded."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

import stripchart
from stripchart.compat.names import MODULES, REFUSED

THE_REAL_ONE = 'raise SystemExit("the real one was loaded")\n'


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Return a folder in which a real package of that name lies, as a script's folder, first on its path."""
    folder = tmp_path / "place"
    (folder / "clearml").mkdir(parents=True)
    (folder / "clearml" / "__init__.py").write_text(THE_REAL_ONE)
    (folder / "clearml-1.0.dist-info").mkdir()
    (folder / "clearml-1.0.dist-info" / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: clearml\nVersion: 1.0\n"
    )
    return folder


def _run(place: Path, *command: str, code: int = 0) -> str:
    done = subprocess.run(
        [sys.executable, *command], cwd=place, capture_output=True, text=True, check=False
    )
    assert done.returncode == code, done.stderr
    return done.stdout + done.stderr


def _script(place: Path, text: str, name: str = "train.py") -> str:
    (place / name).write_text(text)
    return name


LINE = "import stripchart.compat; stripchart.compat.as_clearml()\n"
RUN = ("-m", "stripchart", "run", "--as-clearml")

USES = """
import importlib.metadata, importlib.util
import clearml, stripchart
from clearml import Dataset, Logger, OutputModel, StorageManager, Task, TaskTypes
from clearml.binding.frameworks.tensorflow_bind import WeightsGradientHistHelper
assert (Task, Logger, TaskTypes) == (stripchart.Task, stripchart.Logger, stripchart.TaskTypes)
flat = clearml.utilities.proxy_object.flatten_dictionary({"a": {"b": 1, "c": {}}, "d": [2]})
assert flat == {"a/b": 1, "a/c": {}, "d": [2]}
assert importlib.metadata.version("clearml") == clearml.__version__ and clearml.__version__ > "2"
assert importlib.util.find_spec("clearml") is not None
assert importlib.util.find_spec("clearml.no_such_module") is None
names = {dist.name for dist in importlib.metadata.distributions()}
print("fine", "clearml" in dir(), hasattr(clearml, "NoSuchClass"))
"""


@pytest.mark.parametrize("order", ["line", "run"])
def test_the_real_package_is_not_loaded(place: Path, order: str) -> None:
    assert "the real one" in _run(place, _script(place, "import clearml"), code=1)
    command = (_script(place, LINE + USES),) if order == "line" else (*RUN, _script(place, USES))
    shown = _run(place, *command)
    assert "fine True False" in shown


@pytest.mark.parametrize("order", ["line", "run"])
def test_children_do_as_their_parent(place: Path, order: str) -> None:
    _script(place, "import clearml; print('child', clearml.Task.__module__)", "child.py")
    text = (
        "import multiprocessing, subprocess, sys\n"
        "def work():\n"
        "    import clearml; print('spawned', clearml.Task.__module__, flush=True)\n"
        "if __name__ == '__main__':\n"
        "    subprocess.run([sys.executable, 'child.py'], check=True)\n"
        "    process = multiprocessing.get_context('spawn').Process(target=work)\n"
        "    process.start(); process.join(); sys.exit(process.exitcode)\n"
    )
    name = _script(place, (LINE if order == "line" else "") + text)
    shown = _run(place, *(RUN if order == "run" else ()), name)
    assert "child stripchart.sdk.task" in shown
    assert "spawned stripchart.sdk.task" in shown


def test_it_is_refused_once_the_real_one_is_loaded(place: Path) -> None:
    (place / "clearml" / "__init__.py").write_text("")
    shown = _run(place, "-c", "import clearml\n" + LINE, code=1)
    assert "UsageError: clearml has been imported before as_clearml()" in shown
    assert "fine" in _run(place, "-c", LINE + LINE + "import clearml; print('fine')")


def test_without_being_asked_nothing_changes(place: Path) -> None:
    (place / "clearml" / "__init__.py").write_text("print('the real one')")
    code = "import stripchart, stripchart.compat, clearml, os; print(os.environ.get('PYTHONPATH'))"
    assert _run(place, "-c", code).split() == [
        "the",
        "real",
        "one",
        str(os.environ.get("PYTHONPATH")),
    ]


def test_somebody_elses_sitecustomize_still_runs(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = place / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "sitecustomize.py").write_text("import sys; sys.was_customized = True")
    monkeypatch.setenv("PYTHONPATH", str(elsewhere))
    script = _script(place, "import sys, clearml; print(sys.was_customized, clearml.__version__)")
    assert _run(place, *RUN, script).startswith("True 2.")


def test_a_python_without_stripchart_starts_as_ever(place: Path) -> None:
    folder = Path(stripchart.__file__).parent / "compat" / "path"
    code = "import sys; print('started', 'clearml' in sys.modules)"
    shown = subprocess.run(
        [sys.executable, "-S", "-c", "import sitecustomize\n" + code],
        env={"PYTHONPATH": str(folder), "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=True,
    )
    assert (shown.stdout, shown.stderr) == ("started False\n", "")


def test_every_name_of_the_table_is_there() -> None:
    shown = subprocess.run(
        [sys.executable, "-c", LINE + _LOOK_UP, *sorted(MODULES)],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert int(shown) == sum(map(len, MODULES.values()))


_LOOK_UP = """
import importlib, sys
modules = map(importlib.import_module, sys.argv[1:])
print(sum(getattr(module, name) is not None for module in modules for name in module.__all__))
"""


@pytest.mark.parametrize("module", sorted(REFUSED))
def test_what_is_not_there_says_so_when_it_is_used(place: Path, module: str) -> None:
    code = f"{LINE}from {module} import Anything\nclass Mine(Anything): pass\nMine(1)"
    shown = _run(place, "-c", code, code=1)
    assert "UsageError: Anything is not part of Stripchart: " + REFUSED[module] in shown


def test_a_capture_is_switched_off_and_on_as_libraries_do_it(place: Path) -> None:
    text = LINE + (
        "from clearml import Task\n"
        "from clearml.binding.matplotlib_bind import PatchedMatplotlib\n"
        "import matplotlib; matplotlib.use('agg')\n"
        "import matplotlib.pyplot as plt\n"
        "PatchedMatplotlib.update_current_task(None)\n"
        "task = Task.init('capture', 'switched')\n"
        "for name, given in (('a', task), ('b', None), ('c', task)):\n"
        "    PatchedMatplotlib.update_current_task(given)\n"
        "    PatchedMatplotlib.update_current_task(given)\n"
        "    plt.figure(); plt.title(name); plt.plot([1, 2]); plt.savefig('f.png'); plt.close()\n"
        "task.close()\n"
        "PatchedMatplotlib.update_current_task(task)\n"
    )
    _run(place, _script(place, text))
    plots = stripchart.Task.get_task(project_name="capture", task_name="switched")
    assert [plot["metric"] for plot in plots.get_reported_plots()] == ["a", "c"]


def test_the_table_names_what_exists_here() -> None:
    for names in MODULES.values():
        for place in names.values():
            module, _, name = place.partition(":")
            assert hasattr(importlib.import_module(module), name)
