"""Console capture: what is printed and logged is kept as written, and printed exactly as without us."""

from __future__ import annotations

import io
import logging
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest

from stripchart import Task
from stripchart.records import ConsoleWritten
from stripchart.sdk import lookup

OnlyTask = Callable[[], Task]
RunScript = Callable[..., "subprocess.CompletedProcess[str]"]


def written(task: Task) -> list[ConsoleWritten]:
    return [
        record
        for reader in lookup.readers(task._session.task_dir)
        for record in lookup.records_of(reader)
        if isinstance(record, ConsoleWritten)
    ]


def text_of(task: Task, stream: str) -> str:
    return "".join(r.text for r in written(task) if r.stream == stream)


@pytest.fixture
def captured(home: object) -> Iterator[Task]:
    task = Task.init("p", "n")
    yield task
    task.close()


SCRIPT = """
import logging, sys
TASK
out = sys.stdout
logging.basicConfig(stream=sys.stdout, format="%(levelname)s %(message)s")
print("plain", 1, end="!\\n")
sys.stdout.write("naïve 損失 \\x1b[31mred\\x1b[0m\\r\\tover\\n")
sys.stdout.writelines(["one\\n", "two\\n"])
print("x" * 3_000_000)
logging.warning("warned")
logging.getLogger("a.b").info("not shown")
sys.stdout.buffer.write(b"raw\\n")
assert sys.stdout is out and sys.stdout is sys.__stdout__
print(sys.stdout.isatty(), sys.stdout.fileno(), sys.stdout.encoding, sys.stdout.write("") == 0)
print("no line end", end="")
print(1, file=sys.stderr)
1 / 0
"""


def test_output_is_the_same_with_and_without_us(run_script: RunScript, only_task: OnlyTask) -> None:
    without = run_script(SCRIPT.replace("TASK", ""))
    with_us = run_script(SCRIPT.replace("TASK", "from stripchart import Task; Task.init('p', 'n')"))
    assert with_us.stdout == without.stdout
    assert with_us.returncode == without.returncode
    own_line, _, rest = with_us.stderr.partition("\n")
    assert own_line.startswith("Stripchart: task ")
    assert rest == without.stderr
    task = only_task()
    # What goes to the buffer is not seen.
    kept = text_of(task, "stdout").replace("\r", "\n")  # as subprocess reads it
    assert kept == without.stdout.replace("raw\n", "")
    assert text_of(task, "stderr") == without.stderr
    assert max(len(r.text) for r in written(task)) == 1 << 20


def test_lines_of_logging_have_their_level(captured: Task) -> None:
    logger = logging.getLogger("test_console")
    handler = logging.StreamHandler(sys.stderr)
    logger.addHandler(handler)
    logger.propagate = False
    logger.error("bad")
    print("plain", file=sys.stderr)
    logger.removeHandler(handler)
    assert [(r.text, r.level) for r in written(captured)] == [
        ("bad\n", logging.ERROR),
        ("plain", 0),
        ("\n", 0),
    ]


def test_a_stream_grabbed_before_the_start_is_covered(
    home: object, capsys: pytest.CaptureFixture[str]
) -> None:
    grabbed = sys.stdout
    task = Task.init("p", "n")
    grabbed.write("early bird\n")
    task.close()
    grabbed.write("late\n")
    assert text_of(task, "stdout") == "early bird\n"
    assert capsys.readouterr().out == "early bird\nlate\n"
    assert "write" not in vars(grabbed)


def test_a_wrapper_put_over_ours_is_left_in_place(captured: Task) -> None:
    ours = sys.stdout.write
    seen: list[str] = []

    def theirs(text: str) -> int:
        seen.extend(text)
        return ours(text)

    sys.stdout.write = theirs  # type: ignore[method-assign]
    try:
        print("a", end="")
        captured.close()
        print("b", end="")
        assert sys.stdout.write is theirs
    finally:
        del sys.stdout.write
    assert seen == ["a", "b"]
    assert text_of(captured, "stdout") == "a"


class Slotted:
    """Be a stream that lets no attribute be set."""

    __slots__ = ("kept",)

    def __init__(self) -> None:
        self.kept = io.StringIO()

    def write(self, text: str) -> int:
        return self.kept.write(text)


def test_a_stream_without_attributes_is_stood_in_for(
    home: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = Slotted()
    monkeypatch.setattr(sys, "stdout", stream)
    task = Task.init("p", "n")
    print("through")
    assert sys.stdout.kept.getvalue() == "through\n"  # type: ignore[union-attr]
    task.close()
    assert sys.stdout is stream
    assert text_of(task, "stdout") == "through\n"


@pytest.mark.parametrize(
    ("streams", "kept"),
    [
        (True, {"stdout", "stderr"}),
        (False, set()),
        ({}, set()),
        ({"stdout": True}, {"stdout"}),
        ({"stderr": True, "stdout": False}, {"stderr"}),
    ],
)
def test_streams_are_chosen(home: object, streams: dict[str, bool], kept: set[str]) -> None:
    task = Task.init("p", "n", auto_connect_streams=streams)
    print("out")
    print("err", file=sys.stderr)
    assert {r.stream for r in written(task)} == kept


def test_missing_streams_are_no_trouble(home: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    task = Task.init("p", "n")
    task.logger.report_text("text")
    assert text_of(task, "text") == "text"


def test_logging_is_captured_once(home: object) -> None:
    root = logging.getLogger()
    handlers = list(root.handlers)
    task = Task.init("p", "n", auto_connect_streams={"stderr": True, "logging": True})
    assert root.handlers == handlers
    unseen, seen = logging.getLogger("unseen"), logging.getLogger("seen")
    unseen.propagate = seen.propagate = False
    unseen.addHandler(logging.NullHandler())
    seen.addHandler(logging.StreamHandler(sys.stderr))
    unseen.warning("to nobody")
    seen.warning("to stderr")
    assert [(r.stream, r.text, r.level) for r in written(task)] == [
        ("text", "unseen: to nobody", logging.WARNING),
        ("stderr", "to stderr\n", logging.WARNING),
    ]
    task.close()
    unseen.warning("after")
    assert len(written(task)) == 2


def test_logging_is_captured_inside_a_with(task: Task) -> None:
    logger = logging.getLogger("inside")
    logger.warning("before")
    with task.logger.capture_logging():
        logger.warning("in %s", "it")
    logger.warning("after")
    assert [(r.text, r.level) for r in written(task)] == [("inside: in it", logging.WARNING)]


def test_a_reported_text_is_printed_and_kept_once(
    captured: Task, capsys: pytest.CaptureFixture[str]
) -> None:
    captured.logger.report_text("one %s %d", logging.WARNING, True, "and", 2)
    captured.logger.report_text("quiet", "error", False)  # type: ignore[arg-type]
    captured.logger.report_text(12345, print_console=False, unknown=1)  # type: ignore[arg-type]
    captured.logger.report_text("100%", print_console=False)
    assert capsys.readouterr().out == "one and 2\n"
    assert [(r.stream, r.text, r.level) for r in written(captured)] == [
        ("text", "one and 2", logging.WARNING),
        ("text", "quiet", logging.ERROR),
        ("text", "12345", logging.INFO),
        ("text", "100%", logging.INFO),
    ]


def test_arguments_that_do_not_fit_lose_no_text(task: Task) -> None:
    task.logger.report_text("a %d", logging.INFO, False, "b")
    task.logger.report_text("c", "LOUD", False)  # type: ignore[arg-type]
    task.logger.report_text("d\udc80", print_console=True)
    kept = written(task)
    assert "a %d" in kept[0].text
    assert [r.text for r in kept[1:]] == ["c", "d\\udc80"]
    assert {r.level for r in kept} == {logging.INFO}


def test_after_close_text_is_still_printed(task: Task, capsys: pytest.CaptureFixture[str]) -> None:
    task.close()
    task.logger.report_text("late")
    assert capsys.readouterr().out == "late\n"
    assert task._session.losses.counts() == {"closed": 1}


def test_an_error_of_the_stream_is_the_scripts(captured: Task) -> None:
    with pytest.raises(TypeError):
        sys.stdout.write(b"bytes")  # type: ignore[arg-type]
    assert written(captured) == []


def test_a_warning_has_its_level(run_script: RunScript) -> None:
    run_script(
        "import warnings\nfrom stripchart import Task\nTask.init('p', 'n')\nwarnings.warn('beware')"
    )
    (record,) = written(Task.get_task(project_name="p", task_name="n"))
    assert "UserWarning: beware" in record.text
    assert (record.stream, record.level) == ("stderr", logging.WARNING)
