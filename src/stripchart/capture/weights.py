"""Tell models from the other things that libraries keep in files with the same functions."""

from __future__ import annotations

import os
from pathlib import PurePath
from typing import Any

# Of any library: a data set is not a model, and there may be a hundred thousand files of it.
_DATA = {"DataFrame", "Series", "Tensor", "csr_matrix", "memmap", "ndarray"}

# Beside the model in a checkpoint of the Trainer of Transformers and of Accelerate: what a training goes on with.
_OF_TRAINERS = {
    "optimizer.bin",
    "optimizer.pt",
    "random_states_0.pkl",
    "rng_state.pth",
    "scaler.pt",
    "scheduler.bin",
    "scheduler.pt",
    "training_args.bin",
}

# What the weights are called in the folder of a model or checkpoint, whose name tells more.
_IN_FOLDERS = {"adapter_model", "model", "pytorch_model"}


def is_model(value: Any, path: Any) -> bool:
    """Tell whether ``value``, which is kept in the file ``path``, may be a model or a part of one."""
    if type(value).__name__ in _DATA or not isinstance(path, str | os.PathLike):
        return False
    return PurePath(os.fsdecode(os.fspath(path))).name not in _OF_TRAINERS


def path_of(file: Any) -> Any:
    """Return the path of what a function took that takes paths and open files; ``None`` where it has none.

    A file that is open for reading as well is a temporary one, whose name says nothing.
    """
    if isinstance(file, str | os.PathLike):
        return file
    name = getattr(file, "name", None)
    is_temporary = "+" in str(getattr(file, "mode", ""))
    return name if isinstance(name, str) and not is_temporary else None


def name_of(path: Any) -> str | None:
    """Return the name of a model that lies in a folder of its own; ``None`` where the file's name will do."""
    if not isinstance(path, str | os.PathLike):
        return None
    place = PurePath(os.path.abspath(os.fsdecode(os.fspath(path))))  # noqa: PTH100
    return place.parent.name if place.stem in _IN_FOLDERS else None
