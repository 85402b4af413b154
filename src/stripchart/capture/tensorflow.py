"""TensorFlow: checkpoints and saved models. Its summaries are captured with those of TensorBoard."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from stripchart.capture.calls import argument
from stripchart.capture.watch import Captured, Watch

TITLE = "TensorFlow"
CAPTURED = (
    Captured(
        "`tf.train.Checkpoint.save`, `.write`, `CheckpointManager.save`",
        "output models",
        "the checkpoint's files, index and data",
    ),
    Captured("`tf.train.Checkpoint.restore`, `.read`", "input models", "the checkpoint's files"),
    Captured("`tf.saved_model.save`", "output model", "the folder's name"),
    Captured("`tf.saved_model.load`", "input model", "the folder's name"),
)

_CHECKPOINTS = "tensorflow.python.checkpoint.checkpoint"
_SAVING = "tensorflow.python.saved_model.save"
_LOADING = "tensorflow.python.saved_model.load"


def begin(watch: Watch, module: ModuleType) -> None:
    """Observe what the public functions, which have many names, come down to."""

    def observe_checkpoints(checkpoints: ModuleType) -> None:
        kind = checkpoints.Checkpoint
        watch.observe(kind, "_write", _each(watch.model_saved, lambda result, *_: result))
        for name in ("read", "restore"):
            watch.observe(kind, name, _each(watch.model_loaded, _prefix))

    def saved(_result: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
        watch.model_saved(argument(args, kwargs, 1, "export_dir"))

    def loaded(_result: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
        watch.model_loaded(argument(args, kwargs, 0, "export_dir"))

    watch.when_imported(_CHECKPOINTS, observe_checkpoints)
    watch.when_imported(_SAVING, lambda part: watch.observe(part, "save_and_return_nodes", saved))
    watch.when_imported(_LOADING, lambda part: watch.observe(part, "load_partial", loaded))


def _prefix(_result: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
    return argument(args, kwargs, 1, "save_path")


def _each(record: Callable[[Any], None], prefix_of: Callable[..., Any]) -> Callable[..., None]:
    """Return an observer that records the files of a checkpoint: all are needed, and each is named by its prefix."""

    def observer(result: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
        prefix = prefix_of(result, args, kwargs)
        if isinstance(prefix, bytes | str) and prefix:
            text = prefix.decode() if isinstance(prefix, bytes) else prefix
            folder, name = Path(text).parent, Path(text).name
            for path in sorted(folder.iterdir()):
                if path.name.startswith(f"{name}."):
                    record(path)

    return observer
