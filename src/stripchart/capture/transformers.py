"""Transformers: what its Trainer logs, once, whatever ``report_to`` says."""

from __future__ import annotations

from collections.abc import Mapping
from types import ModuleType
from typing import Any

from stripchart.capture.calls import argument
from stripchart.capture.trainings import Trainings
from stripchart.capture.watch import Captured, Watch

TITLE = "Transformers"
CAPTURED = (
    Captured("`Trainer.log`", "scalars", "`train`, `eval` or `test` / metric, at the global step"),
    Captured("the last log of `train`", "single values", "`train_runtime`, `total_flos`, …"),
    Captured(
        "checkpoints, `save_pretrained`",
        "output model",
        "by safetensors or PyTorch, the folder's name",
    ),
)
NOTES = """\
With `report_to="tensorboard"` or `"clearml"` the points are those that these callbacks write, and they come once. The
second Trainer of a task reports as `train - 1`, and so on. Accelerate reports through its trackers:
`Accelerator(log_with="tensorboard")`, or `"clearml"` as [in the guide](clearml.md).
"""

_REPORTERS = {"ClearMLCallback", "TensorBoardCallback"}
_OF_THE_WHOLE = {
    "total_flos",
    "train_loss",
    "train_runtime",
    "train_samples_per_second",
    "train_steps_per_second",
}


def begin(watch: Watch, module: ModuleType) -> None:
    """Observe where the Trainer tells its callbacks of what it has logged."""
    trainings = Trainings()

    def logged(_result: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
        handler, state = args[0], argument(args, kwargs, 2, "state")
        if not state.is_world_process_zero or any(map(_reports_itself, handler.callbacks)):
            return
        training = trainings.of(handler)
        for name, value in state.log_history[-1].items():
            if name in _OF_THE_WHOLE:
                watch.logger.report_single_value(training.title(name), value)
            elif name != "step" and isinstance(value, int | float):
                title, series = _names(name)
                watch.scalar_at(training.title(title), series, value, state.global_step)

    watch.when_imported(
        f"{module.__name__}.trainer_callback",
        lambda callbacks: watch.observe(callbacks.CallbackHandler, "on_log", logged),
    )


def _names(name: str) -> tuple[str, str]:
    title, _, series = name.partition("_")
    return (title, series) if title in ("eval", "test") and series else ("train", name)


def _reports_itself(callback: Any) -> bool:
    return any(kind.__name__ in _REPORTERS for kind in type(callback).__mro__)
