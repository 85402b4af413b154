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
    _add_editing(commands)
    _add_scalars(commands)
    _add_console(commands)
    _add_checking(commands)
    _add_sql(commands)
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
    tasks.add_argument("--filter", default="", help="a filter, such as 'tag:baseline duration>2h'")
    tasks.add_argument("--archived", action="store_true", help="the archived ones instead")
    tasks.add_argument(
        "--columns",
        nargs="+",
        default=[],
        metavar="COLUMN",
        help="metrics and parameters: metric.loss.min param.General/lr",
    )
    tasks.add_argument("--sort", help="a column, or a field such as name, updated, duration")
    tasks.add_argument("--descending", action="store_true", help="the highest first")
    tasks.add_argument("--limit", type=int, default=50, help="at most so many (default: 50)")
    shape = tasks.add_mutually_exclusive_group()
    shape.add_argument("--json", action="store_true", help="print JSON")
    shape.add_argument("--csv", action="store_true", help="print all of them as CSV")
    show = _verb(commands, "show", "showing", "Show one task.")
    _add_task(show)
    show.add_argument("--json", action="store_true", help="print JSON")


def _add_editing(commands: Verbs) -> None:
    edit = _verb(commands, "edit", "editing", "Rename, tag, comment, move, archive tasks.")
    _add_selection(edit)
    edit.add_argument("--name", help="a new name")
    edit.add_argument("--project", help="move to this project")
    edit.add_argument("--comment", help="a new comment, in Markdown; '' for none")
    edit.add_argument("--tag", action="append", default=[], help="add a tag; repeatable")
    edit.add_argument("--untag", action="append", default=[], help="remove a tag; repeatable")
    archiving = edit.add_mutually_exclusive_group()
    archiving.add_argument("--archive", action="store_true", help="put away, out of the lists")
    archiving.add_argument("--restore", action="store_true", help="take back from the archive")
    publishing = edit.add_mutually_exclusive_group()
    publishing.add_argument("--publish", action="store_true", help="mark as published")
    publishing.add_argument("--unpublish", action="store_true", help="mark as completed again")
    delete = _verb(commands, "delete", "editing", "Delete tasks, with all that they recorded.")
    _add_selection(delete)
    delete.add_argument("--force", action="store_true", help="those that are running too")
    undo = _verb(commands, "undo", "editing", "Take an edit or a deletion back, within an hour.")
    undo.add_argument("operation", nargs="?", help="its id; the latest without")
    gc = _verb(commands, "gc", "editing", "Remove for good what was deleted.")
    gc.add_argument(
        "--older-than",
        type=float,
        default=0.0,
        metavar="MINUTES",
        help="only what was deleted so long ago (default: 0)",
    )


def _add_selection(command: argparse.ArgumentParser) -> None:
    command.add_argument("task", nargs="*", help="id, name, or start of an id; several")
    command.add_argument("--filter", help="all tasks that fit this filter, instead")
    command.add_argument("--expect", type=int, help="how many these must be")


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


def _add_sql(commands: Verbs) -> None:
    text = "Ask one SELECT over tasks, parameters, metrics, single_values, points, console."
    sql = _verb(commands, "sql", "sql", text)
    sql.add_argument("select", help="the question; it can change nothing")
    sql.add_argument("--filter", default="", help="of the tasks that fit this filter")
    sql.add_argument("--limit", type=int, default=1000, help="at most so many rows (1000)")
    shape = sql.add_mutually_exclusive_group()
    shape.add_argument("--csv", action="store_true", help="print CSV")
    shape.add_argument("--json", action="store_true", help="print a JSON object a line")
    export = _verb(commands, "export", "sql", "Write what tasks recorded into a file.")
    export.add_argument("task", nargs="*", help="id, name, or start of an id; several")
    export.add_argument("--filter", default="", help="all tasks that fit this filter, instead")
    tables = ("points", "metrics", "parameters", "single_values", "console", "tasks")
    export.add_argument("--what", choices=tables, default="points", help="default: points")
    export.add_argument(
        "-o", "--output", required=True, help="a file that ends in .csv, .jsonl, .parquet or .html"
    )
    text = "width at which curves are exact in an .html file; default: 2000"
    export.add_argument("--columns", type=int, help=text)
    text = "most megabytes of data in an .html file; default: 25"
    export.add_argument("--max-mb", type=float, help=text)


def _add_run(commands: Verbs) -> None:
    run = _verb(commands, "run", "run", "Run a Python program as python does.")
    text = "have `import clearml` give Stripchart, in it and in Python programs that it starts"
    run.add_argument("--as-clearml", action="store_true", help=text)
    rest = argparse.REMAINDER
    run.add_argument("-m", dest="module", nargs=rest, help="a module and its arguments")
    run.add_argument("script", nargs=rest, help="a script and its arguments")


def _add_task(command: argparse.ArgumentParser) -> None:
    command.add_argument("task", help="id, name, or start of an id (at least 4 characters)")
