"""Keras: the metrics of each epoch of ``fit``, whatever the backend, and the models that are saved and loaded."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any
from weakref import WeakKeyDictionary

from stripchart.capture.calls import argument
from stripchart.capture.trainings import Training, Trainings
from stripchart.capture.watch import Captured, Watch

TITLE = "Keras"
CAPTURED = (
    Captured("`fit`", "scalars", "metric / `train` or `validation`, epoch from 0"),
    Captured(
        "`Model.save`, `save_weights`, `export`, `ModelCheckpoint`",
        "output model",
        "the file's name",
    ),
    Captured("`load_model`, `load_weights`", "input model", "the file's name"),
)
NOTES = """\
With a `TensorBoard` callback the metrics are those that it writes, and they come once. A model that is fitted again
goes on with its line; the second model of a task reports as `loss - 1`, and so on.
"""

_VALIDATION = "val_"


def begin(watch: Watch, module: ModuleType) -> None:
    """Observe the list that calls the callbacks of a training, and what ``save`` and ``load_model`` call."""
    epochs = _Epochs(watch)
    inside = f"{module.__name__}.src"

    def observe(name: str, observe_in: Callable[[ModuleType], None]) -> None:
        watch.when_imported(f"{inside}.{name}", observe_in)

    def observe_saving(saving: ModuleType) -> None:
        for name in ("save_model", "save_weights_only", "save_model_to_hdf5"):
            watch.observe(saving, name, saved)
        for name in ("load_model", "load_weights_only", "load_model_from_hdf5"):
            watch.observe(saving, name, loaded(1 if name == "load_weights_only" else 0))

    def saved(_result: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
        watch.model_saved(argument(args, kwargs, 1, "filepath"))

    def loaded(position: int) -> Callable[..., None]:
        def observer(_result: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
            watch.model_loaded(argument(args, kwargs, position, "filepath"))

        return observer

    observe("saving.saving_lib", observe_saving)
    observe("legacy.saving.legacy_h5_format", observe_saving)
    observe("models.model", lambda models: watch.observe(models.Model, "export", saved))
    observe(
        "callbacks.callback_list",
        lambda lists: watch.observe(lists.CallbackList, "on_epoch_end", epochs.ended),
    )


class _Line:
    """Place the epochs of one model, which start from 0 again when it is fitted again."""

    def __init__(self, training: Training) -> None:
        self.training = training
        self._epoch = -1
        self._offset = 0

    def iteration(self, epoch: int) -> int:
        """Return the place of an epoch that has just ended."""
        if epoch <= self._epoch:
            self._offset += self._epoch + 1 - epoch
        self._epoch = epoch
        return epoch + self._offset


class _Epochs:
    """Report what Keras has put into the history of a training at the end of each epoch."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        self._trainings = Trainings()
        self._lines: WeakKeyDictionary[Any, _Line] = WeakKeyDictionary()
        self._reported: WeakKeyDictionary[Any, dict[str, int]] = WeakKeyDictionary()

    def ended(self, _result: None, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
        """Observe ``CallbackList.on_epoch_end``."""
        callbacks, epoch = args[0], argument(args, kwargs, 1, "epoch")
        history = callbacks._history
        if history is None or any(_is_tensorboard(one) for one in callbacks.callbacks):
            return
        line = self._line(history.model)
        iteration = line.iteration(int(epoch))
        reported = self._reported.setdefault(history, {})
        for name, values in history.history.items():
            if len(values) > reported.get(name, 0):  # not all are computed in every epoch
                title = line.training.title(name.removeprefix(_VALIDATION))
                series = "validation" if name.startswith(_VALIDATION) else "train"
                self._watch.logger.report_scalar(title, series, values[-1], iteration)
            reported[name] = len(values)

    def _line(self, model: Any) -> _Line:
        found = self._lines.get(model)
        return found or self._lines.setdefault(model, _Line(self._trainings.new()))


def _is_tensorboard(callback: Any) -> bool:
    return any(kind.__name__ == "TensorBoard" for kind in type(callback).__mro__)
