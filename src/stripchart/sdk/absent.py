"""The classes beside ``Task`` and ``Logger`` that ported scripts import: importable, and refused by name when used.

A script that only imports them runs as it is; one that uses them is told what to do instead, where it does.
"""

from __future__ import annotations

from typing import Any, NoReturn

from stripchart.sdk.errors import UsageError

_STEPS = "start each step with your scheduler, each with a Task.init of its own"
INSTEAD = {
    "Dataset": "keep data with task.upload_artifact, and its version with task.connect",
    "PipelineController": _STEPS,
    "PipelineDecorator": _STEPS,
}


class _Refused(type):
    """Refuse to make objects of a class, and to look anything up in it."""

    def __call__(cls, *args: Any, **kwargs: Any) -> NoReturn:
        _refuse(cls)

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):  # what Python and its tools ask every class for
            raise AttributeError(name)
        _refuse(cls)


def _refuse(cls: type) -> NoReturn:
    raise UsageError(cls._told)  # type: ignore[attr-defined]


def stand_in(name: str) -> type:
    """Return the class that stands for one that is not there.

    Raises:
        AttributeError: the contract has no such class either.
    """
    if name not in INSTEAD:
        raise AttributeError(f"module 'stripchart' has no attribute {name!r}")
    if name not in _made:
        _made[name] = refusing(name, INSTEAD[name])
    return _made[name]


def refusing(name: str, instead: str) -> type:
    """Return a class that can be imported and subclassed, and says what to do instead when it is used."""
    told = f"{name} is not part of Stripchart: {instead}"
    names = {"__module__": "stripchart", "__doc__": f"Not here: {instead}.", "_told": told}
    return _Refused(name, (), names)


_made: dict[str, type] = {}
