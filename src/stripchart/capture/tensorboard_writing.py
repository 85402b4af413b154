"""Write what summaries hold into the task: points, plots, debug samples, parameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from stripchart.capture import tensorboard_figures as figures
from stripchart.capture.tensorboard_tags import Name, Run, Runs
from stripchart.capture.watch import Watch

if TYPE_CHECKING:
    from numpy.typing import NDArray

_PARAMETERS = "TB_hparams"
_LAYOUT = "TensorBoard custom scalars"
# How files begin, and what those of their kind are called.
_BEGINNINGS = (
    (b"\x89PNG", "png"), (b"GIF8", "gif"), (b"\xff\xd8\xff", "jpg"), (b"BM", "bmp"),
    (b"RIFF", "wav"), (b"fLaC", "flac"), (b"OggS", "ogg"), (b"ID3", "mp3"),
)  # fmt: skip


class At(NamedTuple):
    """Say whose a value is: its log directory, its tag, the step and the wall time of its event."""

    run: Run
    tag: str
    step: int
    time_s: float


class Writing:
    """Report what the log directories of one task were given, under the names that ``Runs`` gives."""

    def __init__(self, watch: Watch, runs: Runs) -> None:
        self._watch = watch
        self._runs = runs

    def scalar(self, run: Run, tag: str, value: Any, step: int, time_s: float) -> None:
        """Report a point; its step and its wall time stay what the event says."""
        logger = self._watch.logger
        switches = logger._groups_scalars, logger._single_series
        title, series = run.names.get((tag, "scalar", *switches)) or self._runs.scalar(
            run, tag, grouped=switches[0], single=switches[1]
        )
        self._watch.scalar_at(title, series, value, step, time_s)

    def histogram(self, at: At, bins: NDArray[Any], told: dict[str, float]) -> None:
        """Report a histogram, its rows being (left, right, count), as a plot of its step."""
        name = self._runs.histogram(at.run, at.tag)
        self._plot(name, figures.histogram(*name, bins, told), at.step)

    def pr_curve(self, at: At, rows: NDArray[Any]) -> None:
        """Report a precision-recall curve as a plot of its step."""
        name = self._runs.whole(at.run, at.tag)
        self._plot(name, figures.pr_curve(at.tag, rows), at.step)

    def mesh(self, at: At, parts: Mapping[int, NDArray[Any]]) -> None:
        """Report the meshes of a batch as plots of their step; parts are vertices (1), faces (2), colours (3)."""
        vertices, faces, colours = (_batch(parts.get(part)) for part in (1, 2, 3))
        if vertices is None:
            return
        for i, points in enumerate(vertices):
            tag = _of_batch(at.tag, i, len(vertices))
            name = self._runs.histogram(at.run, tag, "Meshes")
            triangles = None if faces is None else faces[min(i, len(faces) - 1)]
            shades = None if colours is None else colours[min(i, len(colours) - 1)]
            self._plot(name, figures.mesh(name.series, points, triangles, shades), at.step)

    def images(self, at: At, files: Sequence[bytes]) -> None:
        """Report encoded images as debug samples, their bytes as they are."""
        self._samples(at, files, "Images", "png")

    def sounds(self, at: At, files: Sequence[bytes], content_type: str = "") -> None:
        """Report encoded sounds as debug samples, their bytes as they are."""
        subtype = content_type.partition("/")[2].removeprefix("x-")
        self._samples(at, files, "Audio", subtype or "wav")

    def text(self, at: At, text: bytes) -> None:
        """Report a text as a debug sample."""
        self._sample(self._runs.sample(at.run, at.tag, "Text"), text, "txt", at.step)

    def hparams(self, values: Mapping[str, Any]) -> None:
        """Set hyperparameters, unless the user does not want them."""
        choice = self._watch.choice
        if values and not (isinstance(choice, Mapping) and not choice.get("report_hparams", True)):
            self._watch.task._set(values, _PARAMETERS)

    def layout(self, charts: Mapping[str, Any]) -> None:
        """Keep a layout of custom scalars as a configuration object: which tags stand in which chart."""
        self._watch.task.set_configuration_object(_LAYOUT, config_dict=charts)

    # -- steps: a report adds the task's initial iteration, which an event's step has already ----------------

    def _plot(self, name: Name, figure: dict[str, Any], step: int) -> None:
        logger = self._watch.logger
        logger.report_plotly(*name, figure, iteration=step - logger._offset)

    def _samples(self, at: At, files: Sequence[bytes], title: str, extension: str) -> None:
        for i, data in enumerate(files):
            name = self._runs.sample(at.run, _of_batch(at.tag, i, len(files)), title)
            known = next((ext for begin, ext in _BEGINNINGS if data.startswith(begin)), extension)
            self._sample(name, data, known, at.step)

    def _sample(self, name: Name, data: bytes, extension: str, step: int) -> None:
        logger = self._watch.logger
        place = step - logger._offset
        logger.report_media(*name, place, stream=data, file_extension=extension)


def _of_batch(tag: str, index: int, count: int) -> str:
    return tag if count == 1 else f"{tag}/sample_{index}"


def _batch(values: Any) -> Any:
    """Return rows of three as a batch of one; what has more than one dimension before them as one batch."""
    return None if values is None else values.reshape(-1, *values.shape[-2:])
