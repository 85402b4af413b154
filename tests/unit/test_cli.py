"""The command line through its front door, without and with a server."""

from __future__ import annotations

import csv
import io
import json
import math
import subprocess
import sys
from pathlib import Path

import pytest

from stripchart import Logger, Task
from stripchart.cli import main, verbs
from stripchart.cli.printing import console_text, number, printable

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def task(home: Path, capfd: Capture) -> Task:
    """Record one ended task."""
    task = Task.init("demo/a", "a \x1b[31mred\x1b[0m run", auto_connect_streams=False)
    logger: Logger = task.get_logger()
    for i in range(10):
        logger.report_scalar("loss", "train", 0.1 * i, i)
    logger.report_scalar("loss", "nan", math.nan, 0)
    logger.report_single_value("best", 0.1 + 0.2)
    logger.report_text("one\nerror: two\nthree", print_console=False)
    task.close()
    capfd.readouterr()
    return task


def run(capfd: Capture, *words: str) -> tuple[int, str, str]:
    code = main(words)
    out, err = capfd.readouterr()
    return code, out, err


def test_tasks_are_listed(task: Task, capfd: Capture) -> None:
    code, out, err = run(capfd, "tasks")
    assert (code, err) == (0, "")
    assert task.id[:8] in out
    assert "\x1b" not in out
    assert r"\x1b[31mred" in out
    code, out, _ = run(capfd, "tasks", "--json", "--project", "demo")
    assert [t["id"] for t in json.loads(out)["tasks"]] == [task.id]
    assert run(capfd, "tasks", "--project", "other")[1].count("\n") == 1


def test_what_a_task_keeps_is_shown(home: Path, tmp_path: Path, capfd: Capture) -> None:
    task = Task.init("demo", "n", auto_connect_streams=False, auto_connect_arg_parser=False)
    weights = tmp_path / "net.pt"
    weights.write_bytes(b"w" * 3_000_000)
    task._model_saved(weights, "pytorch", iteration=7)
    task.upload_artifact("table\x1b[31m", {"a": 1})
    task.set_configuration_object("net", config_text="one\ntwo\n")
    task.set_user_properties(owner="me")
    logger: Logger = task.get_logger()
    for i in range(25):
        logger.report_histogram(f"plot {i:02}", "s", [1, 2], i)
    for i in (3, 9):
        logger.report_media("samples", "s", i, stream="x", file_extension="txt")
    task.close()
    capfd.readouterr()
    code, out, _ = run(capfd, "show", task.id)
    assert code == 0
    lines = [line.strip() for line in out.splitlines()]
    assert lines[lines.index("Models") + 1].startswith("output  net  pytorch  iteration 7  2.9 MiB")
    assert lines[lines.index("Artifacts") + 1].startswith(r"table\x1b[31m  JSON")
    assert lines[lines.index("Configuration") + 1].startswith("net")
    assert lines[lines.index("Configuration") + 1].endswith("2 lines")
    assert lines[lines.index("Properties") + 1] == "owner  me"
    assert lines[lines.index("Plots") + 1] == "plot 00 / s  at iteration 0"
    assert "and 5 more" in lines  # plots
    assert lines[lines.index("Debug samples") + 1] == "samples / s  2 from iteration 3 to 9"
    told = json.loads(run(capfd, "show", task.id, "--json")[1])
    assert (len(told["plots"]), told["models"][0]["name"]) == (25, "net")
    assert told["task"]["id"] == task.id


def test_one_task_is_shown_by_id_start_and_name(task: Task, capfd: Capture) -> None:
    for wanted in (task.id, task.id[:6], task.id[:6].upper(), task.name):
        code, out, _ = run(capfd, "show", wanted)
        assert code == 0
        assert task.id in out
        assert "0.3" in out
    assert json.loads(run(capfd, "show", task.id, "--json")[1])["task"]["id"] == task.id


@pytest.mark.parametrize("verb", ["show", "scalars", "console", "verify"])
def test_a_task_that_is_not_there(verb: str, task: Task, capfd: Capture) -> None:
    code, out, err = run(capfd, verb, "no\nsuch")
    assert (code, out) == (1, "")
    assert err.startswith("stripchart: no task")
    assert len(err.splitlines()) == 1


def test_scalars_as_csv_are_exact(task: Task, capfd: Capture) -> None:
    _, out, _ = run(capfd, "scalars", task.id, "--csv", "--title", "loss")
    rows = list(csv.DictReader(io.StringIO(out)))
    values = [(int(r["iteration"]), float(r["value"])) for r in rows if r["series"] == "train"]
    assert values == [(i, 0.1 * i) for i in range(10)]
    [nan] = [r for r in rows if r["series"] == "nan"]
    assert (nan["value"], nan["reported"]) == ("0.0", "NaN")
    code, out, _ = run(capfd, "scalars", task.id)
    assert code == 0
    assert "0.9" in out
    assert run(capfd, "scalars", task.id, "--title", "other")[0] == 1


def test_more_points_than_fit_one_answer_all_come(
    home: Path, capfd: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stripchart.api._COLUMNS_A_PART", 5)
    task = Task.init("demo", "long", auto_connect_streams=False)
    for i in range(500):
        task.get_logger().report_scalar("loss", "train", float(i % 7), i)
    task.close()
    capfd.readouterr()
    _, out, _ = run(capfd, "scalars", task.id, "--csv", "--title", "loss")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert [(int(r["iteration"]), float(r["value"])) for r in rows] == [
        (i, float(i % 7)) for i in range(500)
    ]


def test_console_lines_can_be_searched(task: Task, capfd: Capture) -> None:
    _, out, _ = run(capfd, "console", task.id)
    assert out.splitlines()[-3:] == ["one", "error: two", "three"]
    assert run(capfd, "console", task.id, "--grep", "^err")[1] == "error: two\n"
    assert run(capfd, "console", task.id, "--follow", "--grep", "^th")[1] == "three\n"
    code, _, err = run(capfd, "console", task.id, "--grep", "([")
    assert code == 2
    assert err.startswith("stripchart: the pattern is not valid: missing ")
    assert "Error" not in err


def test_verify_finds_damage(task: Task, home: Path, capfd: Capture) -> None:
    assert run(capfd, "verify")[0] == 0
    code, out, _ = run(capfd, "verify", task.id[:8])
    assert code == 0
    assert "scalars" in out
    file = next((home / "tasks" / task.id / "journal").glob("*/records-*"))
    raw = bytearray(file.read_bytes())
    raw[raw.index(b"error: two")] ^= 0xFF
    file.write_bytes(raw)
    code, out, _ = run(capfd, "verify")
    assert code == 1
    assert "1 with damage" in out


def test_reindex_makes_the_same_again(task: Task, home: Path, capfd: Capture) -> None:
    before = run(capfd, "scalars", task.id, "--json")[1]
    (home / "events.duckdb").unlink()
    assert run(capfd, "reindex")[:2] == (0, "1 tasks indexed\n")
    assert run(capfd, "scalars", task.id, "--json")[1] == before


@pytest.mark.parametrize(
    "words",
    [[], ["nothing"], ["show"], ["tasks", "--limit", "x"], ["scalars", "a", "--csv", "--json"]],
)
def test_wrong_use_is_exit_code_2(words: list[str], capfd: Capture) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2
    assert main(["ui", "--port", "99999", "--no-browser"]) == 2
    assert "port" in capfd.readouterr().err


def test_a_pipe_that_closes_early_is_no_error(task: Task) -> None:
    command = f"{sys.executable} -m stripchart.cli scalars {task.id} --csv | true; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_without_the_server_it_says_what_to_install(task: Task) -> None:
    gone = ("litestar", "granian", "httpx", "duckdb", "nanoarrow", "sqlalchemy", "alembic")
    block = (
        f"import sys; sys.modules.update(dict.fromkeys({gone})); from stripchart.cli import main; "
    )

    def run_bare(*words: str) -> subprocess.CompletedProcess[str]:
        code = f"{block} sys.exit(main({list(words)}))"
        return subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=False
        )

    for words in (["tasks"], ["ui", "--no-browser"], ["reindex"]):
        done = run_bare(*words)
        assert done.returncode == 1
        assert "pip install 'stripchart[server]'" in done.stderr
        assert len(done.stderr.splitlines()) == 1
    assert run_bare("verify").returncode == 0


def test_a_status_is_asked_for_and_shown_as_on_the_page(home: Path, capfd: Capture) -> None:
    task = Task.init("demo", "going on", auto_connect_streams=False)
    for word in ("running", "in_progress"):
        code, out, _ = run(capfd, "tasks", "--status", word)
        assert code == 0
        assert " running " in out
        assert "in_progress" not in out
        [row] = json.loads(run(capfd, "tasks", "--status", word, "--json")[1])["tasks"]
        assert row["status"] == "in_progress"
    assert "running" in run(capfd, "show", task.id)[1]
    assert task.id[:8] not in run(capfd, "tasks", "--status", "failed")[1]
    task.close()


def test_an_unknown_status_is_wrong_use(home: Path, capfd: Capture) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["tasks", "--status", "runing"])
    assert ended.value.code == 2
    err = capfd.readouterr().err
    assert "'runing'" in err
    assert "running, stopped" in err


def test_points_without_iteration_say_so(home: Path, capfd: Capture) -> None:
    task = Task.init("demo", "none", auto_connect_streams=False)
    for value in (1.0, 2.0):
        task.get_logger().report_scalar("time", "only", value, None)  # type: ignore[arg-type]
    task.close()
    row = run(capfd, "scalars", "none")[1].splitlines()[-1]
    assert row.split() == ["time", "only", "2", "no", "iteration", "-", "-", "-", "1.5"]


def test_colours_are_dropped_where_no_terminal_is(home: Path, capfd: Capture) -> None:
    task = Task.init("demo", "coloured", auto_connect_streams=False)
    task.get_logger().report_text("\x1b[31mred\x1b[0m\tand", print_console=False)
    task.close()
    assert run(capfd, "console", "coloured")[1] == "red\tand\n"


def test_a_wrong_setting_is_one_line_in_plain_words(
    home: Path, capfd: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STRIPCHART_RANK", "abc")
    code, _, err = run(capfd, "tasks")
    assert code == 2
    assert err == "stripchart: setting 'rank' from STRIPCHART_RANK: 'abc' is not a whole number\n"


def test_asking_a_server_takes_none_of_its_packages(home: Path) -> None:
    code = (
        "import sys, stripchart.cli.tasks, stripchart.cli.console, stripchart.cli.scalars; "
        "print(*sys.modules)"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy = {"litestar", "sqlalchemy", "alembic", "duckdb", "granian", "numpy", "nanoarrow"}
    assert not heavy & set(shown.stdout.split())


def test_every_command_is_in_the_reference() -> None:
    page = (Path(__file__).parents[2] / "docs/reference/cli.md").read_text()
    for name, parser in verbs():
        assert f"\n## stripchart {name}\n" in page
        section = page.split(f"\n## stripchart {name}\n")[1].split("\n## ")[0]
        for action in parser._actions:
            for option in action.option_strings:
                if option.startswith("--") and option not in ("--help", "--home"):
                    assert option in section or name == "server", (name, option)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "-"), (0.1 + 0.2, "0.3"), (5.0, "5"), (123456789.0, "123456789"), (1e20, "1e+20"),
        (1e-9, "1e-09"), (math.inf, "inf"), (math.nan, "nan"), (-0.0001234567, "-0.000123457"),
    ],
)  # fmt: skip
def test_numbers_have_sensible_digits(value: float | None, text: str) -> None:
    assert number(value) == text


def test_nothing_steers_the_terminal() -> None:
    assert printable("a\x1b]0;x\x07\n\u202eb") == r"a\x1b]0;x\x07\n\u202eb"
    assert printable("Grün 中 🦜") == "Grün 中 🦜"
    line = "\x1b[31mred\x1b[0m\tx\x1b[2J"
    assert console_text(line, colour=True) == "\x1b[31mred\x1b[0m\tx\\x1b[2J\x1b[0m"
    assert console_text(line, colour=False) == "red\tx\\x1b[2J"
