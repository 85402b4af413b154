"""Decode the events that writers of TensorBoard are given, and hand on what they hold.

An event is read through its own proto object, whichever library's class that is (format: ``event.proto`` and
``summary.proto`` of TensorFlow). A value says what it is by its field or, in the newer form, by the plugin that shows
it; a writer may leave the plugin out after the first value of a tag.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from stripchart.capture import tensorboard_figures as figures
from stripchart.capture import tensorboard_tensors as tensors
from stripchart.capture.tensorboard_tags import Plugin, Run, Runs
from stripchart.capture.tensorboard_writing import At, Writing
from stripchart.capture.watch import Watch

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MESH = "mesh"


@dataclass(frozen=True, slots=True)
class _Mesh:
    """Hold the parts of a mesh that have come, and which are to come: bit 1 for part 1 and so on, 0 if none says."""

    bits: int
    parts: dict[int, NDArray[Any]] = field(default_factory=dict)


_Meshes = dict[At, _Mesh]


class Events:
    """Take the events of all log directories of one task."""

    def __init__(self, watch: Watch) -> None:
        self.runs = Runs()
        self._on_error = watch.on_error
        self._writing = Writing(watch, self.runs)
        self._meshes: dict[tuple[str, str, int], _Mesh] = {}  # not complete yet
        self._by_plugin: dict[str, Callable[[At, NDArray[Any]], None]] = {
            "scalars": self._scalar,
            "histograms": self._histogram,
            "images": self._images,
            "audio": self._sounds,
            "text": self._text,
            "pr_curves": self._writing.pr_curve,
            "custom_scalars": self._layout,
        }

    def take(self, run: Run, event: Any) -> None:
        """Record what an ``Event`` holds, if that is a summary."""
        # Of another event the summary reads as an empty one.
        self.take_summary(run, event.summary, event.step, event.wall_time)

    def take_summary(self, run: Run, summary: Any, step: int, time_s: float) -> None:
        """Record the values of a ``Summary``; each whatever becomes of the others."""
        meshes: _Meshes = {}
        for value in summary.value:
            if value.WhichOneof("value") == "simple_value":
                self._writing.scalar(run, value.tag, value.simple_value, step, time_s)
                continue
            try:
                self._take_value(At(run, value.tag, step, time_s), value, meshes)
            except Exception as error:  # noqa: BLE001 - handed to the guard
                self._on_error(error)
        if meshes:
            self._finish(meshes)

    def take_tensor(self, at: At, metadata: Any, array: NDArray[Any]) -> None:
        """Record one tensor with its ``SummaryMetadata``, as TensorFlow writes it."""
        meshes: _Meshes = {}
        self._take_array(at, self._plugin(at, metadata), array, meshes)
        self._finish(meshes)

    def _take_value(self, at: At, value: Any, meshes: _Meshes) -> None:
        kind = value.WhichOneof("value")
        plugin = self._plugin(at, value.metadata)
        if plugin.name == "hparams":
            self._writing.hparams(tensors.hparams(plugin.content))
        elif kind == "histo":
            self._writing.histogram(at, *figures.bins_of(value.histo))
        elif kind == "image":
            self._writing.images(at, [value.image.encoded_image_string])
        elif kind == "audio":
            sound = value.audio
            self._writing.sounds(at, [sound.encoded_audio_string], sound.content_type)
        elif kind == "tensor" and (plugin.name == _MESH or plugin.name in self._by_plugin):
            self._take_array(at, plugin, tensors.array_of(value.tensor), meshes)

    def _plugin(self, at: At, metadata: Any) -> Plugin:
        told = metadata.plugin_data
        if told.plugin_name:
            plugin = Plugin(told.plugin_name, told.content)
            at.run.plugins.setdefault(at.tag, plugin)
            return plugin
        return at.run.plugins.get(at.tag, Plugin("", b""))

    def _take_array(self, at: At, plugin: Plugin, array: NDArray[Any], meshes: _Meshes) -> None:
        if plugin.name == _MESH:
            name, part, bits = tensors.mesh_part(plugin.content)
            whole = at._replace(tag=name or at.tag)
            meshes.setdefault(whole, _Mesh(bits)).parts[part] = array
        elif plugin.name in self._by_plugin:
            self._by_plugin[plugin.name](at, array)

    def _finish(self, meshes: _Meshes) -> None:
        """Report the meshes that are complete; TensorFlow writes each part as a summary of its own."""
        for at, mesh in meshes.items():
            key = at.run.path, at.tag, at.step
            whole = self._meshes.setdefault(key, mesh)
            whole.parts.update(mesh.parts)
            if all(part in whole.parts for part in (1, 2, 3) if whole.bits >> part & 1):
                del self._meshes[key]
                self._writing.mesh(at, whole.parts)

    def _scalar(self, at: At, array: NDArray[Any]) -> None:
        self._writing.scalar(at.run, at.tag, array.item(), at.step, at.time_s)

    def _histogram(self, at: At, array: NDArray[Any]) -> None:
        self._writing.histogram(at, array.reshape(-1, 3), {})

    def _images(self, at: At, array: NDArray[Any]) -> None:
        files = array.reshape(-1).tolist()[2:]  # width and height are texts before them
        self._writing.images(at, files)

    def _sounds(self, at: At, array: NDArray[Any]) -> None:
        files = array[:, 0] if array.ndim > 1 else array  # beside each its label
        self._writing.sounds(at, files.reshape(-1).tolist())

    def _text(self, at: At, array: NDArray[Any]) -> None:
        if array.ndim < 2:
            text = b"\n".join(array.reshape(-1).tolist())
        else:  # TensorBoard shows a table
            rows = (b" | ".join(row.reshape(-1).tolist()) for row in array)
            text = b"\n".join(b"| " + row + b" |" for row in rows)
        self._writing.text(at, text)

    def _layout(self, _at: At, array: NDArray[Any]) -> None:
        self._writing.layout(tensors.charts(array.item()))
