"""``WeightsFileHandler``: a script's own functions around each model that a library is seen to save or load.

Ignite's ``ClearMLSaver`` uses it to have a checkpoint that takes another's place be the same model.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from enum import Enum
from typing import TYPE_CHECKING, ClassVar

import msgspec

if TYPE_CHECKING:
    from stripchart.sdk.model import BaseModel
    from stripchart.sdk.seen_models import SeenModels


class CallbackType(Enum):
    """Say what a library does with a model."""

    save = "save"
    load = "load"


class ModelInfo(msgspec.Struct):
    """Tell of a model that is about to be recorded; what a function changes here is recorded so.

    ``upload_filename`` is the name of the weights where they are stored, ``local_model_id`` what makes it the same
    model as an earlier one: its path, unless a function says something else. ``model`` is there when it is recorded.
    """

    task: SeenModels
    upload_filename: str
    local_model_path: str
    local_model_id: str
    framework: str
    model: BaseModel | None = None


Callback = Callable[[CallbackType, ModelInfo], ModelInfo | None]


class WeightsFileHandler:
    """Keep the functions that are called before and after a model is recorded."""

    CallbackType = CallbackType
    ModelInfo = ModelInfo
    _before: ClassVar[dict[int, Callback]] = {}
    _after: ClassVar[dict[int, Callback]] = {}
    _numbers: ClassVar[itertools.count[int]] = itertools.count(1)

    @classmethod
    def add_pre_callback(cls, callback_function: Callback) -> int:
        """Have a function called before a model is recorded, and return its handle; if it returns ``None``, none is.

        Raises:
            ValueError: it cannot be called.
        """
        return cls._add(cls._before, callback_function)

    @classmethod
    def add_post_callback(cls, callback_function: Callback) -> int:
        """Have a function called after a model is recorded, and return its handle.

        Raises:
            ValueError: it cannot be called.
        """
        return cls._add(cls._after, callback_function)

    @classmethod
    def remove_pre_callback(cls, handle: int) -> bool:
        """Take a function out again, and return whether it was there."""
        return cls._before.pop(handle, None) is not None

    @classmethod
    def remove_post_callback(cls, handle: int) -> bool:
        """Take a function out again, and return whether it was there."""
        return cls._after.pop(handle, None) is not None

    @classmethod
    def _add(cls, functions: dict[int, Callback], function: Callback) -> int:
        if not callable(function):
            raise ValueError(f"a callback can be called, {function!r:.100} cannot")
        handle = next(cls._numbers)
        functions[handle] = function
        return handle


def ask(what: CallbackType, info: ModelInfo) -> ModelInfo | None:
    """Call the functions before; ``None`` where one of them wants nothing recorded."""
    told: ModelInfo | None = info
    for function in list(WeightsFileHandler._before.values()):
        if told is None:
            break
        told = function(what, told)
    return told


def tell(what: CallbackType, info: ModelInfo) -> None:
    """Call the functions after."""
    for function in list(WeightsFileHandler._after.values()):
        info = function(what, info) or info
