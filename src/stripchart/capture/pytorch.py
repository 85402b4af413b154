"""PyTorch: models that are saved and loaded, as weights, whole modules, TorchScript, exported programs and ONNX."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

from stripchart.capture.calls import argument
from stripchart.capture.watch import Captured, Watch
from stripchart.capture.weights import is_model, path_of

TITLE = "PyTorch"
CAPTURED = (
    Captured(
        "`torch.save`, `torch.jit.save`, `ScriptModule.save`", "output model", "the file's name"
    ),
    Captured("`torch.export.save`, `torch.onnx.export`", "output model", "the file's name"),
    Captured(
        "`torch.load`, `torch.jit.load`, `torch.export.load`", "input model", "the file's name"
    ),
)
NOTES = """\
Paths and open files are taken; a `BytesIO` has no place to be found at. A bare tensor is data, and the states of
optimizers and random generators beside a checkpoint's model are no models. Not seen: a `save` or `load` that was taken
out of the module by `from torch import save` before `Task.init`. Metrics come from what you log them with:
TensorBoard, Lightning, fastai, or `report_scalar`.
"""


def begin(watch: Watch, module: ModuleType) -> None:
    """Observe the functions that save and load."""
    for owner in (module, module.serialization):
        watch.observe(owner, "save", _saved(watch, "obj", 1))
        watch.observe(owner, "load", _loaded(watch))
    scripted = module.jit._script.RecursiveScriptModule  # what torch.jit.save calls
    watch.observe(scripted, "save", _saved(watch, "self", 1))
    watch.observe(module.jit, "load", _loaded(watch))
    watch.when_imported("torch.onnx", lambda onnx: _observe_onnx(watch, onnx))
    watch.when_imported("torch.export", lambda export: _observe_export(watch, export))


def _observe_onnx(watch: Watch, onnx: ModuleType) -> None:
    watch.observe(onnx, "export", _saved(watch, "model", 2))


def _observe_export(watch: Watch, export: ModuleType) -> None:
    watch.observe(export, "save", _saved(watch, "ep", 1))
    watch.observe(export, "load", _loaded(watch))


def _saved(watch: Watch, name: str, position: int) -> Callable[..., None]:
    """Return an observer of a function that saves its first argument, of this name, to ``f``, at this position."""

    def observer(_result: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
        path = path_of(argument(args, kwargs, position, "f"))
        if is_model(argument(args, kwargs, 0, name), path):
            watch.model_saved(path)

    return observer


def _loaded(watch: Watch) -> Callable[..., None]:
    def observer(result: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
        path = path_of(argument(args, kwargs, 0, "f"))
        if is_model(result, path):
            watch.model_loaded(path)

    return observer
