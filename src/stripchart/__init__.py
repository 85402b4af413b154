"""Record machine-learning experiments: on disk when the call returns, live in the browser, exact at every zoom.

Users import from here and from nowhere else. Nothing heavy is imported until it is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from stripchart.sdk.errors import HomeError, UsageError
from stripchart.sdk.logger import Logger
from stripchart.sdk.task import Task, TaskTypes
from stripchart.settings import SettingsError

__version__ = "0.1.0"

__all__ = ["HomeError", "Logger", "SettingsError", "Task", "TaskTypes", "UsageError"]

if not TYPE_CHECKING:  # type checkers shall say that they are not there

    def __getattr__(name: str) -> type:
        """Return what stands for a class that ported scripts import and that is not there, such as ``Dataset``."""
        from stripchart.sdk.absent import stand_in

        return stand_in(name)
