"""LightGBM: what ``train``, ``cv`` and the scikit-learn classes evaluate after each iteration, and its models."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from types import ModuleType
from typing import Any
from weakref import WeakSet

from stripchart.capture.calls import argument
from stripchart.capture.trainings import Training, Trainings
from stripchart.capture.watch import Captured, Watch

TITLE = "LightGBM"
CAPTURED = (
    Captured(
        "`train(valid_sets=…)`, `fit(eval_set=…)`", "scalars", "validation set / metric, from 0"
    ),
    Captured(
        "`cv`", "scalars", "`valid` / metric`-mean` and metric`-stdv`, as in its result, from 0"
    ),
    Captured("parameters of a training", "parameters", "section `General`"),
    Captured("`save_model`", "output model", "the file's name"),
    Captured("`Booster(model_file=…)`", "input model", "the file's name"),
)
NOTES = "Values are those of the library, not rounded. The second training of a task reports as `<set> - 1`, and so on."


def begin(watch: Watch, module: ModuleType) -> None:
    """Observe what boosters evaluate, which ``train`` asks of them after each iteration, and their model files."""
    _Observers(watch).observe(module)


class _CrossValidation:
    """Count the iterations of one ``cv``."""

    def __init__(self, training: Training) -> None:
        self.training = training
        self.iteration = 0


class _Observers:
    """See the evaluations of boosters, alone and as folds of a cross-validation."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        self._trainings = Trainings()
        self._folds: WeakSet[Any] = WeakSet()
        self._thread = threading.local()  # the cross-validation that runs in it

    def observe(self, module: ModuleType) -> None:
        """Begin."""
        booster = module.Booster
        self._watch.observe(booster, "__init__", self._created)
        self._watch.observe(booster, "eval_train", self._evaluated)
        self._watch.observe(booster, "eval_valid", self._evaluated)
        self._watch.observe(booster, "save_model", self._saved)
        self._watch.observe(module.CVBooster, "save_model", self._saved)
        self._watch.observe(module.engine, "_make_n_folds", self._folds_made)
        self._watch.observe(module.engine, "_agg_cv_result", self._folds_evaluated)

    def _created(self, _result: None, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
        if argument(args, kwargs, 2, "train_set") is not None:
            params = argument(args, kwargs, 1, "params") or {}
            self._watch.task.update_parameters({"General": dict(params)})
        else:
            self._watch.model_loaded(argument(args, kwargs, 3, "model_file"))

    def _evaluated(
        self, result: list[Any], args: tuple[Any, ...], _kwargs: Mapping[str, Any]
    ) -> None:
        booster = args[0]
        if booster in self._folds:
            return  # seen together, in _folds_evaluated
        iteration = booster.current_iteration() - 1
        for data, metric, value, *_ in result:
            title = self._trainings.of(booster).title(data)
            self._watch.logger.report_scalar(title, metric, value, iteration)

    def _folds_made(self, result: Any, _args: tuple[Any, ...], _kwargs: Mapping[str, Any]) -> None:
        self._folds.update(result.boosters)
        self._thread.cross_validation = _CrossValidation(self._trainings.new())

    def _folds_evaluated(
        self, result: list[Any], _args: tuple[Any, ...], _kwargs: Mapping[str, Any]
    ) -> None:
        run = self._thread.cross_validation
        for data, metric, mean, deviation in map(_of_folds, result):
            title = run.training.title(data)
            report = self._watch.logger.report_scalar
            report(title, f"{metric}-mean", mean, run.iteration)
            report(title, f"{metric}-stdv", deviation, run.iteration)
        run.iteration += 1

    def _saved(self, _result: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
        self._watch.model_saved(argument(args, kwargs, 1, "filename"))


def _of_folds(result: Any) -> tuple[str, str, float, float]:
    if result[0] == "cv_agg":  # before 4.7: ("cv_agg", "<set> <metric>", mean, maximize, deviation)
        data, _, metric = result[1].partition(" ")
        return data, metric, result[2], result[4]
    return result[0], result[1], result[2], result[4]
