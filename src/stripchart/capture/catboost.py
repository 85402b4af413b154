"""CatBoost: what it evaluated in ``fit`` and ``cv``, and its models.

Its callbacks would tell of each iteration while it runs, but they are an argument of the call, and there are none on
GPUs: nothing is added to the call. What it evaluated is taken from the model when ``fit`` returns.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import ModuleType
from typing import Any

from stripchart.capture.calls import argument
from stripchart.capture.trainings import Trainings
from stripchart.capture.watch import Captured, Watch

TITLE = "CatBoost"
CAPTURED = (
    Captured(
        "`fit`",
        "scalars, when it returns",
        "`learn`, `validation`, … / metric, from 1, each `metric_period`",
    ),
    Captured(
        "`cv`",
        "scalars, when it returns",
        "`train`, `test` / metric`-mean` and metric`-std`, from 1",
    ),
    Captured("`save_model`", "output model", "the file's name"),
    Captured("`load_model`", "input model", "the file's name"),
)
NOTES = """\
The second training of a task reports as `learn - 1`, `validation - 1`, and so on. CatBoost tells of iterations only
through callbacks that are given to `fit`, and not on GPUs; your call is left as it is, so points come at its end.
"""


def begin(watch: Watch, module: ModuleType) -> None:
    """Observe what has been evaluated once a training has returned, and model files."""
    trainings = Trainings()

    def trained(_result: None, args: tuple[Any, ...], _kwargs: Mapping[str, Any]) -> None:
        model, params = args[0], args[3]
        training = trainings.new()
        last = int(model.get_all_params()["iterations"])
        for name, metrics in model.get_evals_result().items():
            for metric, values in metrics.items():
                for iteration, value in _placed(values, int(params.get("metric_period", 1)), last):
                    watch.logger.report_scalar(training.title(name), metric, value, iteration)

    def cross_validated(result: Any, _args: tuple[Any, ...], _kwargs: Mapping[str, Any]) -> None:
        training = trainings.new()
        for column in result:
            name, _, series = column.partition("-")
            if column != "iterations":
                for iteration, value in zip(result["iterations"], result[column], strict=True):
                    title = training.title(name)
                    watch.logger.report_scalar(title, series, value, iteration + 1)

    def saved(_result: None, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
        watch.model_saved(argument(args, kwargs, 1, "fname"))

    def loaded(_result: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
        watch.model_loaded(argument(args, kwargs, 1, "fname"))

    watch.observe(module.CatBoost, "_train", trained)
    watch.observe(module.core, "_cv", cross_validated)
    watch.observe(module.CatBoost, "save_model", saved)
    watch.observe(module.CatBoost, "load_model", loaded)


def _placed(values: list[float], period: int, last: int) -> Iterator[tuple[int, float]]:
    """Give values with their iterations: each ``period`` from the first on, and the last one, at 1-based places."""
    for index, value in enumerate(values):
        yield min(index * period + 1, last), value
