"""Lightning Fabric: what a script logs with it, once, and the checkpoints that it saves."""

from __future__ import annotations

from collections.abc import Mapping
from types import ModuleType
from typing import Any

from stripchart.capture.calls import argument
from stripchart.capture.tensorboard_tags import split
from stripchart.capture.watch import Captured, Watch

TITLE = "Lightning Fabric"
CAPTURED = (
    Captured("`Fabric.log`, `log_dict`", "scalars", "as a TensorBoard tag of that name, the step"),
    Captured("`Fabric.save`", "output model", "the file's name"),
)
NOTES = "With a `TensorBoardLogger` the points are those that it writes, and they come once, from rank 0."


def begin(watch: Watch, module: ModuleType) -> None:
    """Observe what Fabric gives to its loggers, and saves."""

    def logged(_result: None, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
        fabric = args[0]
        names = {kind.__name__ for one in fabric._loggers for kind in type(one).__mro__}
        if fabric.is_global_zero and "TensorBoardLogger" not in names:
            step = argument(args, kwargs, 2, "step")
            for name, value in argument(args, kwargs, 1, "metrics").items():
                title, series = split(name, 1, name)
                if step is None:  # a point in time: none of the next ones takes its place
                    watch.logger.report_scalar(title, series, value, None)
                else:
                    watch.scalar_at(title, series, value, int(step))

    def saved(_result: None, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
        if args[0].is_global_zero:
            watch.model_saved(argument(args, kwargs, 1, "path"))

    watch.observe(module.Fabric, "log_dict", logged)
    watch.observe(module.Fabric, "save", saved)
