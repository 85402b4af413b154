"""Ignite: checkpoints that its savers write. Its metrics come through the logger that a script attaches."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from stripchart.capture.calls import argument
from stripchart.capture.watch import Captured, Watch

TITLE = "Ignite"
CAPTURED = (
    Captured(
        "`Checkpoint`, `ModelCheckpoint` with a `DiskSaver`", "output model", "the file's name"
    ),
    Captured("`TensorboardLogger`", "scalars and histograms", "as TensorBoard's"),
    Captured("`ClearMLLogger`", "scalars and histograms", "as it says, see [ClearML](clearml.md)"),
)


def begin(watch: Watch, module: ModuleType) -> None:
    """Observe the saver that writes a temporary file and renames it: PyTorch sees only a file that is gone."""

    def saved(_result: None, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
        saver = args[0]
        if getattr(saver, "_atomic", False):
            watch.model_saved(Path(saver.dirname, argument(args, kwargs, 2, "filename")))

    watch.when_imported(
        f"{module.__name__}.handlers.checkpoint",
        lambda handlers: watch.observe(handlers.DiskSaver, "__call__", saved),
    )
