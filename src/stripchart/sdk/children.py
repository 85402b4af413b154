"""Have the workers of ``multiprocessing`` report into the task of the process that makes them, whatever they run.

A forked worker has the task already. One that is spawned begins with nothing, and its function may be the script's
own training that never names this package. What every worker gets is a small dict of its maker's, pickled with the
process object: one more entry in it, as it is unpickled, joins the task, and does nothing where this package is not
installed. It stays in the worker's dict, for workers of its own.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

from stripchart.capture.imports import when_imported

_ENTRY = "stripchart"
_UNPICKLE = "exec(code, names) or names.get('greeting')"
_OURS = "STRIPCHART_"
_CODE = f"""
try:
    from {__name__} import join
    greeting = join(environment)
except Exception:
    pass
"""


class Greeting:
    """Join the task when it is unpickled in a worker."""

    def __reduce__(self) -> tuple[Any, ...]:
        # A fork server may be older than the task, and than what was chosen for it since: its environment says little.
        environment = {n: value for n, value in os.environ.items() if n.startswith(_OURS)}
        return eval, (_UNPICKLE, {"code": _CODE, "names": {"environment": environment}})


def greet_workers() -> Callable[[], None]:
    """Have the workers that this process makes join its task; returns what ends it."""

    def greet(process: ModuleType) -> None:
        process.current_process()._config[_ENTRY] = Greeting()

    cancel = when_imported("multiprocessing.process", greet, on_error=_ignore)

    def stop() -> None:
        cancel()
        process = sys.modules.get("multiprocessing.process")
        if process is not None:
            process.current_process()._config.pop(_ENTRY, None)

    return stop


def join(environment: Mapping[str, str]) -> Greeting:
    """Join the task in a worker that is being set up, and return what its own workers are to get.

    ``environment`` is what its maker's environment says of us.
    """
    from stripchart.sdk.task import Task

    for name in [n for n in os.environ if n.startswith(_OURS) and n not in environment]:
        del os.environ[name]
    os.environ.update(environment)

    Task.current_task()
    return Greeting()


def _ignore(_: Exception) -> None:
    """Leave the workers alone: this process has no such dict."""
