"""Make what is stored of one debug sample: encode it, make its thumbnail, put it where it belongs."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from stripchart.blobs.keys import sample_key
from stripchart.recorder.doors import Door
from stripchart.recorder.encoding import THUMBNAIL_PIXELS, Unreadable, encode, thumbnail
from stripchart.recorder.sources import Missing, Source
from stripchart.recorder.troubles import Troubles
from stripchart.records import SampleReported, SampleStored
from stripchart.settings import Settings

_MEDIA, _THUMBNAILS = "media", "media/thumbs"
_EXTENSION = {"png": "png", "jpeg": "jpeg", "webp": "webp"}
# What Pillow reads: one of these that it cannot read is damaged. Others (svg, heic) are stored as they are.
_READABLE = {
    "apng",
    "bmp",
    "gif",
    "jfif",
    "jpeg",
    "jpg",
    "png",
    "ppm",
    "tga",
    "tif",
    "tiff",
    "webp",
}
_SHOWN_AS_THEY_ARE = frozenset({"png", "jpeg", "jpg", "webp", "gif"})
_SLACK_US = 50_000  # file systems keep times in steps of some milliseconds


@dataclass(slots=True)
class _Made:
    """Hold what was made so far: the file to store, and the facts to tell."""

    path: Path
    extension: str
    width: int = 0
    height: int = 0
    thumbnail: str = ""
    part: Path | None = None  # to be removed once it is stored


class Maker:
    """Make samples of one task; images one at a time, so that no two large ones are in memory."""

    def __init__(self, task_dir: Path, settings: Settings, troubles: Troubles) -> None:
        self._task_dir, self._settings, self._troubles = task_dir, settings, troubles
        self._one_image = threading.Lock()

    def store(
        self, report: SampleReported, door: Door, folder: str, begin: Callable[[str], None]
    ) -> SampleStored:
        """Store a sample below the task's ``folder`` of a destination; return the record that says so.

        ``begin`` is told the URL before anything of the sample is made.

        Raises:
            Missing, Unreadable: it never can be.
            Shut, OSError: it cannot be now.
        """
        source = Source(self._task_dir, report.path)
        if not source.is_spooled and source.changed_us > report.time_us + _SLACK_US:
            message = f"{source.path} changed between its report and its upload"
            self._troubles.note("sample_file_changed", message)
        key = self._key(report, door, folder)
        begin(door.url(key))
        (self._task_dir / _THUMBNAILS).mkdir(parents=True, exist_ok=True)
        made = _Made(source.path, self._extension_of(report))
        try:
            if report.dtype:
                self._encode(report, source, made)
            elif report.media == "image":
                self._look_at(report, made)
            size_bytes = made.path.stat().st_size
            url = door.put(key, made.path)
        except BaseException:
            if made.thumbnail:
                self.remove(made.thumbnail)
            raise
        finally:
            if made.part is not None:
                _unlink(made.part)
        return self._stored(report, made, url, size_bytes, is_own=door.is_own)

    def sweep(self, sample: str) -> None:
        """Remove what was made in the task's folder of a sample that is not to be stored any more."""
        _unlink(self._thumbnail_of(sample))
        _unlink(self._part_of(sample))

    def remove(self, relative: str) -> None:
        """Remove a thumbnail."""
        if relative.startswith(_THUMBNAILS + "/") and ".." not in relative:
            _unlink(self._task_dir / relative)

    def _encode(self, report: SampleReported, source: Source, made: _Made) -> None:
        format, quality = self._settings.image_format, self._settings.image_quality
        made.part = made.path = self._part_of(report.sample)
        small = self._thumbnail_of(report.sample)
        with self._one_image:
            encoded = encode(
                source.path,
                made.part,
                shape=report.shape,
                dtype=report.dtype,
                layout=report.layout,
                format=format,
                quality=quality,
                small=small,
                offset=report.offset,
            )
        made.width, made.height = encoded.width, encoded.height
        made.thumbnail = self._name_of(small) if encoded.has_thumbnail else ""
        if encoded.clipped:
            message = (
                f"{report.title} / {report.series}: values outside of what an image holds were cut"
            )
            self._troubles.note("image_values_cut", message)

    def _look_at(self, report: SampleReported, made: _Made) -> None:
        small = self._thumbnail_of(report.sample)
        try:
            with self._one_image:
                seen = thumbnail(made.path, small)
        except Unreadable:
            if made.extension.rsplit(".", 1)[-1].lower() in _READABLE:
                raise
            return
        made.width, made.height = seen.width, seen.height
        made.thumbnail = self._name_of(small) if seen.has_thumbnail else ""

    def _key(self, report: SampleReported, door: Door, folder: str) -> str:
        extension = self._extension_of(report)
        if door.is_own:
            end = extension.rsplit(".", 1)[-1]
            return f"{_MEDIA}/{report.sample}{end and f'.{end}'}"
        return sample_key(
            folder,
            title=report.title,
            series=report.series,
            iteration=report.iteration,
            sample=report.sample,
            extension=extension,
        )

    def _extension_of(self, report: SampleReported) -> str:
        return _EXTENSION[self._settings.image_format] if report.dtype else report.extension

    def _part_of(self, sample: str) -> Path:
        return self._task_dir / _MEDIA / f".{sample}.part"

    def _thumbnail_of(self, sample: str) -> Path:
        return self._task_dir / _THUMBNAILS / f"{sample}.webp"

    def _name_of(self, small: Path) -> str:
        return f"{_THUMBNAILS}/{small.name}"

    def _stored(
        self, report: SampleReported, made: _Made, url: str, size_bytes: int, *, is_own: bool
    ) -> SampleStored:
        is_small = 0 < made.width <= THUMBNAIL_PIXELS and 0 < made.height <= THUMBNAIL_PIXELS
        if is_own and is_small and made.extension.lower() in _SHOWN_AS_THEY_ARE:
            made.thumbnail = url  # it is small enough itself
        return SampleStored(
            time_us=time.time_ns() // 1000,
            sample=report.sample,
            title=report.title,
            series=report.series,
            media=report.media,
            iteration=report.iteration,
            url=url,
            thumbnail=made.thumbnail,
            size_bytes=size_bytes,
            width=made.width,
            height=made.height,
        )


def lost(report: SampleReported, error: Exception) -> SampleStored:
    """Return the record that says that a sample cannot be stored, and why."""
    return SampleStored(
        time_us=time.time_ns() // 1000,
        sample=report.sample,
        title=report.title,
        series=report.series,
        media=report.media,
        iteration=report.iteration,
        error=str(error)[:2000] or type(error).__name__,
    )


def _unlink(path: Path) -> None:
    with contextlib.suppress(OSError):
        path.unlink()


__all__ = ["Maker", "Missing", "Unreadable", "lost"]
