"""The guide to automatic capture, made from what each capture module says of itself."""

from __future__ import annotations

from importlib import import_module

from stripchart.capture.registry import ARGUMENTS, LIBRARIES, Library

_ARGUMENT = "auto_connect_arg_parser"
_HEAD = """# What is captured automatically

After `Task.init` what your libraries log, save and parse is recorded, with no further line. Nothing is imported on your
behalf, each original call runs first and untouched, and an error of ours is a note in the task, never one of your
program's.

Switch it with `Task.init(auto_connect_frameworks=…)`: `False` for nothing, or a dict such as
`{"matplotlib": False, "pytorch": ["*.pt"], "tensorboard": {"report_hparams": False}}` (what is not named stays on;
patterns choose model files; `{}` switches all off; a name that is no framework's switches nothing, which a note in the
task and a warning in the log say, with the nearest name), and with `auto_connect_arg_parser` for command lines:
`False`, or a dict by argument (`{"password": False}`; `{"*": False, "lr": True}` for some only). The setting
`capture_frameworks` switches both off where the script does not say. Made by `scripts/docs`.
"""


def page() -> str:
    """Return ``docs/guides/capture.md``."""
    parts = [_HEAD]
    for capture in dict.fromkeys(library.capture for library in LIBRARIES):
        rows = [library for library in LIBRARIES if library.capture == capture]
        parts.append(_section(capture, rows))
    return "\n".join(parts)


def _section(capture: str, rows: list[Library]) -> str:
    module = import_module(f"stripchart.capture.{capture}")
    named = dict.fromkeys(s for row in rows for s in row.switches)
    switches = ", ".join(f"`{_ARGUMENT if s == ARGUMENTS else s}`" for s in named)
    table = [
        "| call | becomes | title / series, iteration |",
        "|---|---|---|",
        *(f"| {c.call} | {c.becomes} | {c.named} |" for c in module.CAPTURED),
    ]
    notes = (module.NOTES.strip(), "") if hasattr(module, "NOTES") else ()
    lines = [f"## {module.TITLE}", "", f"Switched by {switches}.", "", *table, "", *notes]
    return "\n".join(lines)
