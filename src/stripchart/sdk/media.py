"""Debug samples: the ``Logger`` calls that report images, audio, video, pages, texts and any other file.

A call writes the bytes once into the task's spool and appends one record; encoding, thumbnails, uploads and the
removal of old samples are the recorder's work. What it takes and how: ``docs/guides/debug-samples.md``.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stripchart.records import Media as Kind
from stripchart.records import SampleReported, SampleStored, clean_text
from stripchart.sdk import passing_on, spool
from stripchart.sdk.convert import Refused, Unfit, cast
from stripchart.sdk.errors import UsageError
from stripchart.sdk.guard import handle
from stripchart.sdk.media_types import clean_extension, extension_of, kind_of
from stripchart.sdk.pictures import NoImage, pixels_of
from stripchart.sdk.reporter import Reporter
from stripchart.sdk.session import host_name, now_us

if TYPE_CHECKING:
    from PIL.Image import Image

# A file up to this size is copied at once: scripts like to write the next picture over the last one.
_COPIED_BYTES = 16 << 20


@dataclass(frozen=True, slots=True)
class _Report:
    """Hold what all calls of a sample have in common, checked."""

    title: str
    series: str
    iteration: int | None
    history: int
    delete_after_upload: bool


class Media(Reporter):
    """Report debug samples; the part of ``Logger`` that deals with files and pixels."""

    _upload_destination: str | None = None  # None: the setting
    _sample_history: int | None = None
    _packs: spool.Packs | None = None

    def report_image(  # noqa: PLR0917 - the contract's signature
        self,
        title: str,
        series: str,
        iteration: int | None = None,
        local_path: str | os.PathLike[str] | None = None,
        image: Image | Any | None = None,
        matrix: Any | None = None,
        max_image_history: int | None = None,
        delete_after_upload: bool = False,
        url: str | None = None,
    ) -> None:
        """Report an image: pixels (``image``), a file (``local_path``) or a link (``url``), exactly one of them.

        ``image`` is a NumPy array, a tensor or a PIL image, HW, HWC or CHW with 1 to 4 channels. Floats up to 1
        are scaled by 255, booleans are black and white. It may change as soon as the call returns. Of a title and
        series the last ``max_image_history`` samples are kept, below 0 all. ``delete_after_upload`` removes the
        file once it is stored. ``matrix`` is the old name of ``image``.

        Raises:
            UsageError: not exactly one of them is given. ValueError: ``image`` is none.
            TypeError: ``title`` or ``series`` is no text, or ``iteration`` no integer.
        """
        if matrix is not None:
            message = "'matrix' variable is deprecated; use 'image' instead."
            warnings.warn(message, DeprecationWarning, stacklevel=2)
        try:
            _only_one(local_path=local_path or None, url=url or None, image=image, matrix=matrix)
            history = self._history("max_image_history", max_image_history)
            report = self._report(title, series, iteration, history, delete_after_upload)
            if local_path:
                self._keep_file(report, local_path, "image")
            elif url:
                self._keep_link(report, url, "image")
            else:
                self._keep_pixels(report, image if image is not None else matrix)
        except Exception as error:  # noqa: BLE001 - handed to the guard
            self._lose(error, "image")

    def report_media(  # noqa: PLR0917 - the contract's signature
        self,
        title: str,
        series: str,
        iteration: int | None = None,
        local_path: str | os.PathLike[str] | None = None,
        stream: Any | None = None,
        file_extension: str | None = None,
        max_history: int | None = None,
        delete_after_upload: bool = False,
        url: str | None = None,
    ) -> None:
        """Report a file of any kind: a path, a stream or a link, exactly one of them.

        ``stream`` is a text, bytes, or an object with ``getvalue`` or ``read``; it needs a ``file_extension``, with
        or without the dot, by which it is shown as image, audio, video, HTML, text or a file to download.

        Raises:
            UsageError: not exactly one of them is given. ValueError: the stream has no ``file_extension``.
            TypeError: ``title`` or ``series`` is no text, or ``iteration`` no integer.
        """
        try:
            _only_one(local_path=local_path or None, url=url or None, stream=stream)
            history = self._history("max_history", max_history)
            report = self._report(title, series, iteration, history, delete_after_upload)
            extension = clean_extension(file_extension)
            if local_path:
                self._keep_file(report, local_path, kind_of(extension), extension)
            elif url:
                self._keep_link(report, url, kind_of(extension), extension)
            else:
                self._keep_stream(report, stream, extension)
        except Exception as error:  # noqa: BLE001 - handed to the guard
            self._lose(error, "media")

    def report_image_and_upload(  # noqa: PLR0917 - the contract's signature
        self,
        title: str,
        series: str,
        iteration: int | None = None,
        path: str | os.PathLike[str] | None = None,
        matrix: Any | None = None,
        max_image_history: int | None = None,
        delete_after_upload: bool = False,
    ) -> None:
        """Report an image; deprecated, use ``report_image``."""
        warnings.warn(
            "'report_image_and_upload' is deprecated; use 'report_image' instead.",
            DeprecationWarning,
            stacklevel=2,
        )
        self.report_image(
            title,
            series,
            iteration,
            local_path=path,
            image=matrix,
            max_image_history=max_image_history,
            delete_after_upload=delete_after_upload,
        )

    # -- defaults ------------------------------------------------------------------------------------------

    def set_default_upload_destination(self, uri: str) -> bool:
        """Set where the debug samples of this task go from now on, and return True.

        ``uri`` is a folder or ``file://``, ``s3://``, ``gs://`` or ``azure://``; it is written to at once, as a test.

        Raises:
            DestinationError (a ValueError): it cannot be used; says why.
        """
        from stripchart.blobs import DestinationError, open_destination

        if not isinstance(uri, str | os.PathLike):
            raise DestinationError(f"uri must be text or a path, not {type(uri).__name__}")
        destination = open_destination(os.fspath(uri), self._session.settings)
        destination.check()
        self._upload_destination = destination.uri
        passing_on.pass_on(self._session, passing_on.SAMPLES, destination.uri)
        return True

    def get_default_upload_destination(self) -> str:
        """Return where the debug samples go: what was set, else the setting, else the task's own folder."""
        return self._destination() or (self._session.task_dir / "media").as_uri()

    def _destination(self) -> str:
        if self._upload_destination is not None:
            return self._upload_destination
        return self._session.settings.upload_destination

    def set_default_debug_sample_history(self, max_history: int) -> None:
        """Set how many debug samples of each title and series are kept; below 0 all, 0 the setting's number.

        Raises:
            TypeError, ValueError, OverflowError: it is no integer.
        """
        try:
            self._sample_history = _integer("max_history", max_history)
        except Exception as error:  # noqa: BLE001 - handed to the guard
            self._lose(error, "sample-history", "default debug sample history")

    def get_default_debug_sample_history(self) -> int:
        """Return how many debug samples of each title and series are kept where a report says nothing."""
        return self._sample_history or self._session.settings.sample_history

    # -- keeping -------------------------------------------------------------------------------------------

    def _history(self, argument: str, history: Any) -> int:
        """Return how many samples are kept; the default, with a note, where the argument is no number."""
        default = self.get_default_debug_sample_history()
        if history is None:
            return default
        try:
            return _integer(argument, history) or default
        except Unfit as unfit:
            handle(unfit.error, self._losses, unfit.code, lost=False)
            return default

    def _report(
        self, title: Any, series: Any, iteration: Any, history: int, delete: Any
    ) -> _Report:
        names = self._name(title, "title"), self._name(series, "series")
        return _Report(*names, self._place(iteration), history, bool(delete))

    def _keep_pixels(self, report: _Report, image: Any) -> None:
        try:
            pixels = pixels_of(image)
        except NoImage as error:
            raise Refused("image", ValueError(str(error))) from error
        except ValueError as error:
            raise Unfit("image", error) from error
        self._session.writer()  # a closed task leaves nothing in the spool
        sample = os.urandom(16).hex()
        place = self._open_packs().keep(sample, pixels.data, len(pixels.data))
        try:
            self._append(
                report,
                sample,
                "image",
                path=place.path,
                offset=place.offset,
                shape=pixels.shape,
                dtype=pixels.dtype,
                layout=pixels.layout,
            )
        except BaseException:
            place.discard(self._session.task_dir)
            raise

    def _open_packs(self) -> spool.Packs:
        if self._packs is None:
            self._packs = spool.Packs(self._session.task_dir, host_name())
            self._session.on_reset.append(self._packs.close)
        return self._packs

    def _keep_stream(self, report: _Report, stream: Any, extension: str) -> None:
        if not extension:
            message = "No file extension provided for stream media upload (file_extension)"
            raise Refused("media", ValueError(message))
        self._keep_bytes(report, _bytes_of(stream), kind_of(extension), extension=extension)

    def _keep_file(self, report: _Report, local_path: Any, kind: Kind, extension: str = "") -> None:
        try:
            path = Path(local_path).expanduser().absolute()
            size = path.stat().st_size
        except (TypeError, ValueError, RuntimeError) as error:
            raise Unfit("sample-file", error) from error
        except OSError as error:
            reason = FileNotFoundError(f"{local_path!s} cannot be read: {error.strerror}")
            raise Unfit("sample-file", reason) from error
        if not path.is_file():
            raise Unfit("sample-file", ValueError(f"{path} is not a file"))
        extension = extension or extension_of(path.name)
        if kind == "file":
            kind = kind_of(extension)
        if size <= _COPIED_BYTES and not report.delete_after_upload:
            with open(path, "rb") as file:
                pieces = spool.pieces_of(file)
                self._keep_bytes(report, pieces, kind, extension=extension)
        else:
            spool.make(self._session.task_dir)  # the recorder looks for it
            self._append(report, os.urandom(16).hex(), kind, path=str(path), extension=extension)

    def _keep_link(self, report: _Report, url: Any, kind: Kind, extension: str = "") -> None:
        url = clean_text(str(url))
        if kind == "file":
            extension = extension or extension_of(url.split("?")[0].rsplit("/", 1)[-1])
            kind = kind_of(extension)
        sample = os.urandom(16).hex()
        self._append(report, sample, kind, url=url, extension=extension)
        # Nothing is left to do for it: it is stored where it lies.
        stored = SampleStored(
            time_us=now_us(),
            sample=sample,
            title=report.title,
            series=report.series,
            media=kind,
            iteration=report.iteration,
            url=url,
        )
        self._session.append(stored)

    def _keep_bytes(
        self, report: _Report, pieces: Iterable[Any], kind: Kind, **described: Any
    ) -> None:
        self._session.writer()  # a closed task leaves nothing in the spool
        task_dir, sample = self._session.task_dir, os.urandom(16).hex()
        path = spool.keep(task_dir, sample, pieces)
        try:
            self._append(report, sample, kind, path=path, **described)
        except BaseException:
            spool.discard(task_dir, path)
            raise

    def _append(self, report: _Report, sample: str, kind: Kind, **described: Any) -> None:
        self._session.append(
            SampleReported(
                time_us=now_us(),
                sample=sample,
                title=report.title,
                series=report.series,
                media=kind,
                iteration=report.iteration,
                history=report.history,
                delete_after_upload=report.delete_after_upload,
                destination="" if "url" in described else self._destination(),
                **described,
            )
        )


def _only_one(**sources: Any) -> None:
    """Check that one source was given.

    Raises:
        Refused: none was, or several; with the contract's UsageError.
    """
    given = [name for name, source in sources.items() if source is not None]
    names = ", ".join(sources)
    if not given:
        raise Refused("sample-source", UsageError(f"At least one of ({names}) is required"))
    if len(given) > 1:
        raise Refused("sample-source", UsageError(f"Only one of ({names}) is allowed"))


def _integer(name: str, value: Any) -> int:
    try:
        return max(-(1 << 63), min(cast(int, name, value), (1 << 63) - 1))
    except (TypeError, ValueError, OverflowError) as error:
        raise Refused("sample-history", error) from error.__cause__


def _bytes_of(stream: Any) -> Iterable[Any]:
    if isinstance(stream, str):
        return (clean_text(stream).encode(),)
    if isinstance(stream, bytes | bytearray | memoryview):
        return (bytes(stream),)
    if hasattr(stream, "getvalue"):  # all of it, wherever the script has left its position
        return _bytes_of(stream.getvalue())
    if hasattr(stream, "read"):
        if callable(getattr(stream, "seekable", None)) and stream.seekable():
            stream.seek(0)
        return spool.pieces_of(stream)
    message = f"'stream' must be text, bytes or a file object, got {type(stream).__name__}"
    raise Unfit("media", ValueError(message))
