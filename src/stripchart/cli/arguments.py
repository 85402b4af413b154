"""What can be typed."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any, get_args

from stripchart import __version__
from stripchart.cli.printing import IN_PROGRESS, RUNNING, printable, shortened
from stripchart.records import Status

Verbs = Any  # argparse keeps the type of its subparsers to itself


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line; the reference page is checked against it."""
    top = argparse.ArgumentParser(
        prog="stripchart", description="Look at what your experiments recorded."
    )
    top.add_argument("--version", action="version", version=f"stripchart {__version__}")
    commands = top.add_subparsers(title="commands", metavar="command", required=True)
    _add_serving(commands)
    _add_tasks(commands)
    _add_scalars(commands)
    _add_console(commands)
    _add_checking(commands)
    _add_run(commands)
    return top


def verbs() -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """Yield every command and its parser."""
    for action in make_parser()._actions:
        if isinstance(action, argparse._SubParsersAction):
            yield from sorted(action.choices.items())


def _verb(commands: Verbs, name: str, module: str, text: str) -> argparse.ArgumentParser:
    made: argparse.ArgumentParser = commands.add_parser(name, help=text, description=text)
    made.add_argument("--home", help="the folder of tasks and index (default: ~/.stripchart)")
    made.set_defaults(run=_later(module, name), verb=name)
    return made


def _later(module: str, name: str) -> Callable[[argparse.Namespace], int]:
    """Import the command's module when it runs: `--help` needs no server, `verify` neither."""

    def run(arguments: argparse.Namespace) -> int:
        code: int = getattr(import_module(f"stripchart.cli.{module}"), name)(arguments)
        return code

    return run


def _add_serving(commands: Verbs) -> None:
    ui = _verb(commands, "ui", "serving", "Serve the home and open the page in a browser.")
    ui.add_argument("--no-browser", action="store_true", help="do not open a browser")
    server = _verb(commands, "server", "serving", "Serve the home.")
    for made in (ui, server):
        made.add_argument("--host", help="loopback address to listen on (default: 127.0.0.1)")
        made.add_argument("--port", type=int, help="port (default: 8265; 0: any free one)")


def _add_tasks(commands: Verbs) -> None:
    tasks = _verb(commands, "tasks", "tasks", "List tasks, the latest first.")
    tasks.add_argument("--project", help="only this project and those below it")
    tasks.add_argument(
        "--status",
        action="append",
        default=[],
        type=_status,
        help="only this status; repeatable",
    )
    tasks.add_argument("--search", default="", help="text in name, project, tags or id")
    tasks.add_argument("--limit", type=int, default=50, help="at most so many (default: 50)")
    tasks.add_argument("--json", action="store_true", help="print JSON")
    show = _verb(commands, "show", "tasks", "Show one task.")
    _add_task(show)
    show.add_argument("--json", action="store_true", help="print JSON")


def _status(text: str) -> str:
    """Return the stored word of a status; the page's word for one in progress is ``running``."""
    known = get_args(Status)
    wanted = IN_PROGRESS if text == RUNNING else text
    if wanted in known:
        return wanted
    shown = ", ".join(RUNNING if name == IN_PROGRESS else name for name in known)
    text = printable(shortened(text, 50))
    raise argparse.ArgumentTypeError(f"no status is called {text!r}; there are {shown}")


def _add_scalars(commands: Verbs) -> None:
    text = "Summarise the series of a task, or print every point."
    scalars = _verb(commands, "scalars", "scalars", text)
    _add_task(scalars)
    scalars.add_argument("--title", help="only this title")
    scalars.add_argument("--series", help="only this series")
    shape = scalars.add_mutually_exclusive_group()
    shape.add_argument("--csv", action="store_true", help="print every point, exactly, as CSV")
    shape.add_argument("--json", action="store_true", help="print the summaries as JSON")


def _add_console(commands: Verbs) -> None:
    console = _verb(commands, "console", "console", "Print the console of a task.")
    _add_task(console)
    console.add_argument("--follow", "-f", action="store_true", help="go on until the task ends")
    console.add_argument("--grep", help="only lines in which this regular expression is found")


def _add_checking(commands: Verbs) -> None:
    verify = _verb(commands, "verify", "checking", "Check the journals of a task, or of all.")
    verify.add_argument("task", nargs="?", help="id, name, or start of an id; all tasks without")
    _verb(commands, "reindex", "checking", "Make the index again from the journals.")
    text = "Store the debug samples and artifacts that wait, of a task or of all."
    sync = _verb(commands, "sync", "syncing", text)
    sync.add_argument("task", nargs="?", help="id, name, or start of an id; all tasks without")
    config = _verb(commands, "config", "config", "Show every setting and where it came from.")
    config.add_argument("--json", action="store_true", help="print JSON")


def _add_run(commands: Verbs) -> None:
    run = _verb(commands, "run", "run", "Run a Python program as python does.")
    text = "have `import clearml` give Stripchart, in it and in Python programs that it starts"
    run.add_argument("--as-clearml", action="store_true", help=text)
    rest = argparse.REMAINDER
    run.add_argument("-m", dest="module", nargs=rest, help="a module and its arguments")
    run.add_argument("script", nargs=rest, help="a script and its arguments")


def _add_task(command: argparse.ArgumentParser) -> None:
    command.add_argument("task", help="id, name, or start of an id (at least 4 characters)")
