"""Record machine-learning experiments: on disk when the call returns, live in the browser, exact at every zoom.

Users import from here and from nowhere else. Nothing heavy is imported until it is used.
"""

from stripchart.sdk.errors import HomeError, UsageError
from stripchart.sdk.logger import Logger
from stripchart.sdk.task import Task, TaskTypes
from stripchart.settings import SettingsError

__version__ = "0.1.0"

__all__ = ["HomeError", "Logger", "SettingsError", "Task", "TaskTypes", "UsageError"]
