"""Optuna: the values of each trial as it ends, its intermediate values, and a table of all trials."""

from __future__ import annotations

from collections.abc import Mapping
from types import ModuleType
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from stripchart.capture.calls import argument
from stripchart.capture.trainings import Training, Trainings
from stripchart.capture.watch import Captured, Watch

TITLE = "Optuna"
CAPTURED = (
    Captured(
        "each trial that ends, of `optimize` or `tell`",
        "scalars",
        "`trials` / `value` or the metric's name, `best value`; iteration: the trial's number",
    ),
    Captured("`Trial.report`", "scalars", "`intermediate values` / `trial <number>`, the step"),
    Captured(
        "the study, after `optimize` and at the end",
        "table",
        "`trials` / `table`: state, values, parameters",
    ),
)
NOTES = "The second study of a task reports as `trials - 1`, and so on; trials that other processes ran are not in it."


def begin(watch: Watch, module: ModuleType) -> None:
    """Observe what tells a study how a trial has ended: both ``optimize`` and ``tell`` call it."""
    _Observers(watch).observe(module)


class _Trial(NamedTuple):
    """Hold how a trial has ended."""

    number: int
    state: str
    values: list[float] | None
    params: dict[str, Any]


class _Study:
    """Hold the trials of one study that ended in this process while the task was open."""

    def __init__(self, training: Training) -> None:
        self.training = training
        self.trials: dict[int, _Trial] = {}
        self.best: float | None = None
        self.in_table = 0


class _Observers:
    """See trials report and end; studies are known by their storage and number, as they have many objects."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        self._trainings = Trainings()
        self._of_storages: WeakKeyDictionary[Any, dict[int, _Study]] = WeakKeyDictionary()
        self._studies: list[_Study] = []

    def observe(self, module: ModuleType) -> None:
        """Begin."""
        for part in ("study.study", "study._optimize"):
            self._watch.when_imported(
                f"{module.__name__}.{part}",
                lambda found: self._watch.observe(found, "_tell_with_warning", self._ended),
            )
        self._watch.observe(module.Trial, "report", self._reported)
        self._watch.observe(module.Study, "optimize", self._optimized)
        self._watch.finish_with(self._finish)

    def _of(self, study: Any) -> _Study:
        studies = self._of_storages.setdefault(study._storage, {})
        found = studies.get(study._study_id)
        if found is None:
            found = studies[study._study_id] = _Study(self._trainings.new())
            self._studies.append(found)
        return found

    def _reported(self, _result: None, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
        trial = args[0]
        value, step = argument(args, kwargs, 1, "value"), argument(args, kwargs, 2, "step")
        title = self._of(trial.study).training.title("intermediate values")
        self._watch.logger.report_scalar(title, f"trial {trial.number}", value, step)

    def _ended(self, result: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
        study, trial = argument(args, kwargs, 0, "study"), argument(args, kwargs, 1, "trial")
        of, ended = self._of(study), _ended(study, trial, *result[:2])
        of.trials[ended.number] = ended
        if ended.state != "COMPLETE" or ended.values is None:
            return
        title, names = of.training.title("trials"), _names_of_values(study)
        report = self._watch.logger.report_scalar
        for name, value in zip(names, ended.values, strict=True):
            report(title, name, value, ended.number)
        if len(names) == 1:
            of.best = _best(study, of.best, ended.values[0])
            report(title, f"best {names[0]}", of.best, ended.number)

    def _optimized(self, _result: None, args: tuple[Any, ...], _kwargs: Mapping[str, Any]) -> None:
        self._report_table(self._of(args[0]))

    def _finish(self) -> None:
        for study in self._studies:
            self._report_table(study)

    def _report_table(self, study: _Study) -> None:
        if study.in_table == len(study.trials):
            return
        study.in_table = len(study.trials)
        trials = [trial for _, trial in sorted(study.trials.items())]
        parameters = list(dict.fromkeys(name for trial in trials for name in trial.params))
        rows: list[list[Any]] = [["trial", "state", "values", *parameters]]
        for trial in trials:
            values = ", ".join(map(str, trial.values or ()))
            given = [trial.params.get(name, "") for name in parameters]
            rows.append([trial.number, trial.state, values, *given])
        self._watch.logger.report_table(study.training.title("trials"), "table", 0, table_plot=rows)


def _ended(study: Any, trial: Any, state: Any, values: list[float] | None) -> _Trial:
    if isinstance(trial, int):
        storage = study._storage
        number = storage.get_trial_id_from_study_id_trial_number(study._study_id, trial)
        trial = storage.get_trial(number)
    return _Trial(trial.number, state.name, values, dict(trial.params))


def _best(study: Any, best: float | None, value: float) -> float:
    """Return the best value after one more; the study is asked once, as its storage may be a distant database."""
    if best is None:
        return float(study.best_value)
    return (max if study.direction.name == "MAXIMIZE" else min)(best, value)


def _names_of_values(study: Any) -> list[str]:
    if study.metric_names:
        return list(study.metric_names)
    count = len(study.directions)
    return ["value"] if count == 1 else [f"value {index}" for index in range(count)]
