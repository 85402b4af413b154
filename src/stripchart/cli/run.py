"""``stripchart run``: run a Python program, as ``python`` does, with choices of Stripchart made for it."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys

from stripchart.cli.failure import WRONG_USE, Failure


def run(arguments: argparse.Namespace) -> int:
    """Become the program: what it prints, raises and exits with is what it would be under ``python``."""
    program = ["-m", *arguments.module] if arguments.module else arguments.script
    if not program:
        message = "what shall be run? stripchart run script.py, or stripchart run -m module"
        raise Failure(message, WRONG_USE)
    if arguments.home:
        os.environ["STRIPCHART_HOME"] = arguments.home
    if arguments.as_clearml:
        from stripchart.compat import hand_on

        hand_on(os.environ)
    command = [sys.executable, *_own_options(), *program]
    sys.stdout.flush()
    sys.stderr.flush()
    if os.name == "posix":
        os.execv(sys.executable, command)  # signals, terminal and exit code are the program's own
    return subprocess.run(command, check=False).returncode


def _own_options() -> list[str]:
    """Return the options that this Python was started with, such as ``-W`` and ``-X``."""
    options: list[str] = subprocess._args_from_interpreter_flags()  # type: ignore[attr-defined]
    return options
