"""A program prints, returns, raises, pickles, forks and exits with a task exactly as it does without one."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest

from stripchart import Task
from tests.differential.running_twice import Case, run_twice

EXITS = (
    "well|zero|three|none|text|large|negative|tuple|at once|term|kill|int|abort|recursion|odd|chained|in_thread"
    "|unraisable|hooked|grouped|noted|at_exit|closed|syntax|interrupted"
)
ARGUMENTS = (
    (),
    ("--help",),
    ("--version",),
    ("--rate", "much"),
    ("--nothing",),
    ("a", "fit"),
    ("a", "fit", "--deep", "3", "--help"),
    ("--rate", "1e-3", "--path", "x", "y", "-cc", "--", "b", "fit", "--deep", "3"),
    ("--colour", "green"),
    ("wrong",),
)

CASES = [
    Case("prints"),
    Case("prints", python=("-u",)),
    Case("prints", python=("-X", "dev", "-W", "error")),
    Case("prints", environment=(("PYTHONIOENCODING", "ascii:replace"),)),
    Case("prints", python=("-m",)),
    Case("binary"),
    Case("surrogates"),
    Case("huge"),
    Case("huge", pipe="head -1"),
    Case("huge", pipe="md5sum"),
    *(Case("arguments", arguments=line) for line in ARGUMENTS),
    Case("arguments_known"),
    *(Case("exits", arguments=(way,)) for way in EXITS.split("|")),
    *(
        Case("logs", arguments=(w,))
        for w in ("none", "before", "after", "file", "dict", "warnings")
    ),
    Case("warned"),
    Case("warned", python=("-W", "error")),
    Case("warned", python=("-X", "dev")),
    Case("state"),
    Case("children"),
    Case("forks"),
    *(Case("processes", arguments=(m,)) for m in ("fork", "spawn", "forkserver")),
    Case("threads"),
    Case("signals"),
    Case("reads", stdin=b"one\ntwo\nthree\nfour"),
    Case("streams"),
    Case("pickles"),
    Case("imports"),
    Case("joblibs", needs=("joblib",)),
    Case("figures", needs=("matplotlib",)),
    Case("sklearns", needs=("sklearn",)),
    Case("bars", needs=("tqdm",)),
    *(
        Case("clicks", arguments=tuple(line.split()), needs=("click",))
        for line in (
            "",
            "--help",
            "fit --help",
            "fit --rate 2",
            "fit a b test",
            "none",
            "fit raise",
        )
    ),
    *(
        Case("fires", arguments=tuple(line.split()), needs=("fire",))
        for line in (
            "",
            "--help",
            "fit",
            "fit 0.5 a b --seed=1",
            "--depth 7 fit 1",
            "wait",
            "nothing",
        )
    ),
    *(
        Case("hydras", arguments=tuple(line.split()), needs=("hydra",))
        for line in (
            "",
            "rate=0.5 +new=1",
            "rate=2",
            "--help",
            "--cfg job",
            "none=1",
            "-m rate=1,0",
        )
    ),
    *(
        Case("absls", arguments=tuple(line.split()), needs=("absl",))
        for line in ("", "--rate 0.5 --names a,b rest", "--rate -1", "--rate 2", "--none", "--help")
    ),
    *(
        Case("jsonargs", arguments=tuple(line.split()), needs=("jsonargparse",))
        for line in (
            "",
            "fit --options.rate 2",
            "fit --help",
            "test x",
            "test 1",
            "--print_config fit",
        )
    ),
    *(
        Case(script, on_terminal=True, stdin=b"one\ntwo\n\x04\x04", needs=needs)
        for script, needs in (
            ("prints", ()),
            ("reads", ()),
            ("children", ()),
            ("warned", ()),
            ("bars", ("tqdm",)),
            ("clicks", ("click",)),
        )
    ),
    Case("exits", arguments=("chained",), on_terminal=True),
    Case("torches", needs=("torch",), heavy=True),
]


@pytest.mark.parametrize(
    "case", [pytest.param(c, id=str(c), marks=[pytest.mark.heavy] * c.heavy) for c in CASES]
)
def test_it_is_the_same(case: Case, tmp_path: Path, home: Path) -> None:
    for module in case.needs:
        if find_spec(module) is None:
            pytest.skip(f"{module} is not installed")
    without, with_task = run_twice(case, tmp_path, home)
    assert with_task.out == without.out
    assert with_task.err == without.err
    assert with_task.ended == without.ended
    assert with_task.files == without.files
    [task] = Task.get_tasks()
    assert task.name == "differential", "the run with a task had none"
