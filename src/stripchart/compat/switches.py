"""``Patch….update_current_task(None)``, with which libraries that report by themselves switch a capture off."""

from __future__ import annotations

from typing import Any, ClassVar


class _Switch:
    """Switch the capture of a library in the current task."""

    _library: ClassVar[str]

    @classmethod
    def update_current_task(cls, task: Any, **_kwargs: Any) -> None:
        """Switch it off with ``None``, and on again, as ``Task.init`` was told to, with a task."""
        from stripchart.sdk import capturing
        from stripchart.sdk.task import Task

        current = Task.current_task()
        if current is not None:
            capturing.switch(current, cls._library, on=task is not None)


class PatchCatBoostModelIO(_Switch):
    """CatBoost."""

    _library = "catboost"


class PatchKerasModelIO(_Switch):
    """Keras."""

    _library = "keras"


class PatchLIGHTgbmModelIO(_Switch):
    """LightGBM."""

    _library = "lightgbm"


class PatchPyTorchModelIO(_Switch):
    """PyTorch, and what builds on it."""

    _library = "pytorch"


class PatchSummaryToEventTransformer(_Switch):
    """TensorBoard."""

    _library = "tensorboard"


class PatchTensorFlowEager(_Switch):
    """TensorBoard."""

    _library = "tensorboard"


class PatchTensorflowModelIO(_Switch):
    """TensorFlow, and Keras."""

    _library = "tensorflow"


class PatchXGBoostModelIO(_Switch):
    """XGBoost."""

    _library = "xgboost"


class PatchedJoblib(_Switch):
    """joblib."""

    _library = "joblib"


class PatchedMatplotlib(_Switch):
    """Matplotlib."""

    _library = "matplotlib"
