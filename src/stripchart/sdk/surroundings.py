"""Say where and from what a task runs, from what is at hand at no cost.

Git and the installed packages take longer; the recorder gathers them.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from stripchart.capture.watch import is_chosen
from stripchart.records import clean_text
from stripchart.sdk.session import host_name, version

HIDDEN = "***"


def describe(arguments: Any = True) -> dict[str, Any]:
    """Return the values of an ``EnvironmentDescribed``; what cannot be learnt is left out.

    ``arguments`` is the choice of arguments to record: of an option that it leaves out the value is not in ``argv``.
    """
    values: dict[str, Any] = {
        "host": host_name(),
        "user": _user(),
        "os": _os(),
        "python": sys.version.split()[0],
        "executable": sys.executable or "",
        "argv": [clean_text(argument) for argument in without_hidden(_argv(), arguments)],
        "cwd": _cwd(),
        "script": _script(),
        "pid": os.getpid(),
        "cpu_count": os.cpu_count() or 0,
        "stripchart": version(),
    }
    return {
        key: clean_text(value) if isinstance(value, str) else value
        for key, value in values.items()
        if value not in ("", 0, [])
    }


def default_name() -> str:
    """Return the script's name without its ending: the name of a task that was given none."""
    script = _script()
    return Path(script).stem if script else "untitled"


def default_project() -> str:
    """Return the name of the repository that the script lies in, else ``Untitled``."""
    script = _script()
    start = Path(script).parent if script else Path(_cwd() or os.sep)
    for folder in (start, *start.parents):
        if (folder / ".git").exists():
            return _origin(folder / ".git" / "config") or folder.name or "Untitled"
    return "Untitled"


def _origin(config: Path) -> str:
    try:
        lines = config.read_text("utf-8", "replace").splitlines()
    except OSError:
        return ""
    for number, line in enumerate(lines):
        if line.strip() == '[remote "origin"]':
            for after in lines[number + 1 :]:
                key, _, value = after.strip().partition("=")
                if key.strip() == "url":
                    return (
                        value.strip()
                        .rstrip("/")
                        .removesuffix(".git")
                        .replace(":", "/")
                        .split("/")[-1]
                    )
                if key.startswith("["):
                    break
    return ""


def _script() -> str:
    main = sys.modules.get("__main__")
    path = getattr(main, "__file__", None) or _notebook(main)
    return str(Path(path).absolute()) if isinstance(path, str) and path else ""


def _notebook(main: Any) -> str:
    """Return the path of the notebook that this process is the kernel of, where its server or editor tells it."""
    if "ipykernel" not in sys.modules:
        return ""
    told = (getattr(main, "__vsc_ipynb_file__", ""), os.environ.get("JPY_SESSION_NAME", ""))
    return next((str(path) for path in told if str(path).endswith(".ipynb")), "")


def without_hidden(argv: list[str], arguments: Any) -> list[str]:
    """Return a command line with ``***`` for the values of the options that a choice leaves out.

    By the name of an option, or by that of the argument that a parser has said it is for.
    """
    if not isinstance(arguments, Mapping):
        return argv
    parsers = sys.modules.get("stripchart.capture.argparse_parsers")
    names: Mapping[str, str] = {} if parsers is None else parsers.OPTIONS
    shown = []
    hides_next = False
    for argument in argv:
        option, joint, _ = argument.partition("=")
        if option[:2] in names and not option.startswith("--"):  # -pVALUE
            option, joint = option[:2], argument[2:3]
        name = names.get(option) or option.lstrip("-+~").replace("-", "_")
        is_hidden = bool(name) and not is_chosen(arguments, name)
        if hides_next and not argument.startswith("--"):
            shown.append(HIDDEN)
        else:
            shown.append(
                f"{option}{'=' * (joint == '=')}{HIDDEN}" if is_hidden and joint else argument
            )
        hides_next = is_hidden and not joint and argument.startswith("-")
    return shown


def _argv() -> list[str]:
    return [str(argument) for argument in getattr(sys, "argv", [])]


def _cwd() -> str:
    try:
        return str(Path.cwd())
    except OSError:  # the working directory was deleted
        return ""


def _user() -> str:
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        if os.environ.get(name):
            return os.environ[name]
    try:
        import pwd

        return pwd.getpwuid(os.getuid()).pw_name
    except (ImportError, KeyError, OSError, AttributeError):
        return ""


def _os() -> str:
    if hasattr(os, "uname"):
        told = os.uname()
        return f"{told.sysname} {told.release} {told.machine}"
    return sys.platform
