"""Lightning, as ``lightning`` and ``pytorch_lightning``: the metrics of its Trainer, once, and its checkpoints."""

from __future__ import annotations

from collections.abc import Mapping
from types import ModuleType
from typing import Any
from weakref import WeakSet

from stripchart.capture.calls import argument
from stripchart.capture.tensorboard_tags import split
from stripchart.capture.watch import Captured, Watch

TITLE = "Lightning"
CAPTURED = (
    Captured(
        "`self.log`, `log_dict`",
        "scalars",
        "as a TensorBoard tag of that name, at Lightning's step",
    ),
    Captured("`ModelCheckpoint`, `Trainer.save_checkpoint`", "output model", "the file's name"),
    Captured("`load_from_checkpoint`, `fit(ckpt_path=…)`", "input model", "the file's name"),
)
NOTES = """\
With a `TensorBoardLogger` (the default where TensorBoard is installed) the points are those that it writes; with other
loggers or none they are those that the Trainer gives to its loggers, every `log_every_n_steps`. Either way they come
once, by the same names, from rank 0.
"""


def begin(watch: Watch, module: ModuleType) -> None:
    """Observe where the Trainer hands metrics to its loggers, and where it saves."""
    inside = module.__name__
    doubled: WeakSet[Any] = WeakSet()  # loggers beside one of TensorBoard in the same Trainer

    def observe_connector(connector: ModuleType) -> None:
        watch.observe(connector._LoggerConnector, "log_metrics", handed_over)

    def observe_trainer(trainer: ModuleType) -> None:
        watch.observe(trainer.Trainer, "_run", lambda *_: None, prepare=begins)
        watch.observe(trainer.Trainer, "save_checkpoint", saved)

    def observe_csv(loggers: ModuleType) -> None:
        watch.observe(loggers.CSVLogger, "log_metrics", logged)

    def begins(args: tuple[Any, ...], _kwargs: Mapping[str, Any]) -> None:
        loggers = args[0].loggers
        if any(_is_a(logger, "TensorBoardLogger") for logger in loggers):
            doubled.update(loggers)

    def handed_over(_result: None, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
        trainer = args[0].trainer
        if not trainer.is_global_zero or any(map(_is_seen_itself, trainer.loggers)):
            return
        metrics = dict(argument(args, kwargs, 1, "metrics") or {})
        step = argument(args, kwargs, 2, "step")
        if step is None:
            step = metrics.pop("step", None)
        if step is None and metrics:
            metrics.setdefault("epoch", trainer.current_epoch)
            step = trainer.fit_loop.epoch_loop._batches_that_stepped
        report(metrics, step)

    def logged(_result: None, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
        rank_zero = module.utilities.rank_zero.rank_zero_only
        if getattr(rank_zero, "rank", 0) == 0 and args[0] not in doubled:
            report(argument(args, kwargs, 1, "metrics"), argument(args, kwargs, 2, "step"))

    def report(metrics: Mapping[str, Any], step: Any) -> None:
        for name, value in metrics.items():
            title, series = split(name, 1, name)
            watch.scalar_at(title, series, value, int(step or 0))

    def saved(_result: None, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
        if args[0].is_global_zero:
            watch.model_saved(argument(args, kwargs, 1, "filepath"), iteration=args[0].global_step)

    watch.when_imported(
        f"{inside}.trainer.connectors.logger_connector.logger_connector", observe_connector
    )
    watch.when_imported(f"{inside}.trainer.trainer", observe_trainer)
    watch.when_imported(f"{inside}.loggers.csv_logs", observe_csv)


def _is_seen_itself(logger: Any) -> bool:
    """Tell whether what a logger gets is captured where it arrives: it gets more than the Trainer's metrics."""
    return _is_a(logger, "TensorBoardLogger") or _is_a(logger, "CSVLogger")


def _is_a(logger: Any, name: str) -> bool:
    return any(kind.__name__ == name for kind in type(logger).__mro__)
