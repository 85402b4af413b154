"""XGBoost: what it evaluates after each iteration of ``train``, ``cv`` and the scikit-learn classes, and its models."""

from __future__ import annotations

from collections.abc import Mapping
from types import ModuleType
from typing import Any

from stripchart.capture.calls import argument
from stripchart.capture.trainings import Trainings
from stripchart.capture.watch import Captured, Watch

TITLE = "XGBoost"
CAPTURED = (
    Captured("`train(evals=…)`, `fit(eval_set=…)`", "scalars", "evaluation set / metric, from 0"),
    Captured(
        "`cv`", "scalars", "`train`, `test` / metric`-mean` and metric`-std`, as in its result"
    ),
    Captured("`save_model`, checkpoints", "output model", "the file's name"),
    Captured("`load_model`, `Booster(model_file=…)`", "input model", "the file's name"),
)
NOTES = "The second training of a task reports as `<set> - 1`, the third as `<set> - 2`: cross-validation by hand too."


def begin(watch: Watch, module: ModuleType) -> None:
    """Observe what XGBoost evaluates, through the container that calls its callbacks, and its model files."""
    trainings = Trainings()

    def evaluated(_result: bool, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
        container = args[0]
        epoch = argument(args, kwargs, 2, "epoch")
        for name, metrics in container.history.items():
            title = trainings.of(container).title(name)
            for metric, values in metrics.items():
                for series, value in _named(metric, values[-1]):
                    watch.logger.report_scalar(title, series, value, epoch)

    def saved(_result: None, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
        watch.model_saved(argument(args, kwargs, 1, "fname"))

    def loaded(_result: None, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
        watch.model_loaded(argument(args, kwargs, 1, "fname"))

    watch.observe(module.callback.CallbackContainer, "after_iteration", evaluated)
    watch.observe(module.Booster, "save_model", saved)
    watch.observe(module.Booster, "load_model", loaded)


def _named(metric: str, value: Any) -> tuple[tuple[str, float], ...]:
    """Return the series of a value: of a cross-validation it is a mean and a standard deviation."""
    if isinstance(value, tuple):
        return (f"{metric}-mean", value[0]), (f"{metric}-std", value[1])
    return ((metric, value),)
