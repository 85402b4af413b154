"""fastai: what its recorder keeps of each batch and each epoch."""

from __future__ import annotations

from collections.abc import Mapping
from types import ModuleType
from typing import Any
from weakref import WeakKeyDictionary

from stripchart.capture.trainings import Trainings
from stripchart.capture.watch import Captured, Watch

TITLE = "fastai"
CAPTURED = (
    Captured("each batch of a `fit`", "scalars", "`metrics_<learner>` / `train_loss`"),
    Captured("each epoch of a `fit`", "scalars", "`metrics_<learner>` / `valid_<metric>`"),
    Captured(
        "hyperparameters of the optimizer", "scalars", "`<name>_<learner>` / name: `lr_0`, `mom_0`"
    ),
    Captured("`learn.save`, `learn.export`", "output model", "as PyTorch's"),
)
NOTES = """\
Values are those that fastai prints: `train_loss` is its smoothed one. Learners are numbered from 0, and the iteration
counts the batches that a learner has trained on, over all its fits. Of `lr_find` there are no points, only the
`_tmp.pth` that it writes; a learner with a `TensorBoardCallback` reports by that alone. Norms of gradients and pictures
of weights are not made: each would cost a walk over all parameters a batch.
"""

_ELSEWHERE = ("LRFinder", "TensorBoardCallback")  # callbacks of a learner whose fit is not recorded


def begin(watch: Watch, module: ModuleType) -> None:
    """Observe the callback in which each learner keeps what it measures."""
    observers = _Observers(watch)

    def found(learner: ModuleType) -> None:
        watch.observe(learner.Recorder, "after_batch", observers.batch_seen)
        watch.observe(learner.Recorder, "after_epoch", observers.epoch_seen)

    watch.when_imported(f"{module.__name__}.learner", found)


class _Observers:
    """See what recorders keep, and count the batches of their learners."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        self._trainings = Trainings()
        self._batches: WeakKeyDictionary[Any, int] = WeakKeyDictionary()

    def batch_seen(self, _result: Any, args: tuple[Any, ...], _kwargs: Mapping[str, Any]) -> None:
        """Report the loss and the hyperparameters of a batch that was trained on."""
        recorder = args[0]
        if not recorder.training or not recorder.losses or _is_told_elsewhere(recorder.learn):
            return
        learner = recorder.learn
        number = self._trainings.of(learner).number
        iteration = self._batches.get(learner, 0)
        self._batches[learner] = iteration + 1
        report = self._watch.logger.report_scalar
        report(f"metrics_{number}", "train_loss", recorder.losses[-1], iteration)
        for name, value in learner.opt.hypers[-1].items():
            if isinstance(value, int | float):
                report(f"{name}_{number}", name, value, iteration)

    def epoch_seen(self, _result: Any, args: tuple[Any, ...], _kwargs: Mapping[str, Any]) -> None:
        """Report the metrics of an epoch, at its last batch."""
        recorder = args[0]
        learner = recorder.learn
        names = [name for name in recorder.metric_names if name not in ("epoch", "time")]
        values = recorder.values[-1]
        # Of `validate` alone, and of an epoch that was cancelled, some are missing, and nothing says which.
        if len(values) != len(names) or _is_told_elsewhere(learner):
            return
        number = self._trainings.of(learner).number
        iteration = max(self._batches.get(learner, 0) - 1, 0)
        for name, value in zip(names, values, strict=True):
            if name != "train_loss" and value is not None:
                series = name if name.startswith(("train_", "valid_")) else f"valid_{name}"
                self._watch.logger.report_scalar(f"metrics_{number}", series, value, iteration)


def _is_told_elsewhere(learner: Any) -> bool:
    return any(type(callback).__name__ in _ELSEWHERE for callback in learner.cbs)
