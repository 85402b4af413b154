"""Record machine-learning experiments: on disk when the call returns, live in the browser, exact at every zoom.

Users import from here and from nowhere else. Nothing heavy is imported until it is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stripchart.sdk.errors import HomeError, UsageError
from stripchart.sdk.logger import Logger
from stripchart.sdk.task import Task, TaskTypes
from stripchart.settings import SettingsError

if TYPE_CHECKING:
    from stripchart.home_api import Api
    from stripchart.sdk.input_model import InputModel
    from stripchart.sdk.model import Model
    from stripchart.sdk.output_model import OutputModel
    from stripchart.sdk.storage_manager import StorageManager

__version__ = "0.1.0"

__all__ = [
    "Api",
    "HomeError",
    "InputModel",
    "Logger",
    "Model",
    "OutputModel",
    "SettingsError",
    "StorageManager",
    "Task",
    "TaskTypes",
    "UsageError",
]

_ON_USE = {
    "Api": "stripchart.home_api",
    "InputModel": "stripchart.sdk.input_model",
    "Model": "stripchart.sdk.model",
    "OutputModel": "stripchart.sdk.output_model",
    "StorageManager": "stripchart.sdk.storage_manager",
}

if not TYPE_CHECKING:  # type checkers shall say which classes are not there

    def __getattr__(name: str) -> Any:
        """Return a class that few scripts need, or what stands for one that is not there, such as ``Dataset``."""
        if name in _ON_USE:
            from importlib import import_module

            return getattr(import_module(_ON_USE[name]), name)
        from stripchart.sdk.absent import stand_in

        return stand_in(name)
