"""Capture the summaries of TensorFlow 2, which native code writes.

Where a summary is written at once (eagerly: Keras' callback, ``tf.summary`` in a plain loop), the arguments of the
op that writes it hold all of it. Inside a ``tf.function`` they hold symbols; such a writer's event file is followed
instead, from the first such call on, and its eager summaries are then taken from there too.
"""

from __future__ import annotations

import contextlib
import os
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from stripchart.capture.patch import unobserved
from stripchart.capture.tensorboard_events import Events
from stripchart.capture.tensorboard_following import Follower
from stripchart.capture.tensorboard_tags import Run
from stripchart.capture.tensorboard_writing import At
from stripchart.capture.watch import Watch

_OPS = {
    "write_summary": ("writer", "step", "tensor", "tag", "summary_metadata"),
    "write_raw_proto_summary": ("writer", "step", "tensor"),
    "import_event": ("writer", "event"),
    "create_summary_file_writer": ("writer", "logdir"),
    "flush_summary_writer": ("writer",),
    "close_summary_writer": ("writer",),
}
_EVERY_SEC = 2.0  # an event file that is followed is flushed and read


def begin(watch: Watch, module: ModuleType, events: Events) -> None:
    """Begin with the module of the ops that write summaries."""
    capture = _Capture(watch, module, events)
    for name, names in _OPS.items():
        watch.observe(module, name, _observer(capture, name, names))
    watch.finish_with(capture.end)


def _observer(capture: _Capture, name: str, names: tuple[str, ...]) -> Any:
    take = getattr(capture, name)

    def observe(result: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
        take(
            result,
            **{
                **dict(zip(names, args, strict=False)),
                **{k: kwargs[k] for k in names if k in kwargs},
            },
        )

    return observe


class _Writer:
    """Hold what is known of one native writer."""

    def __init__(self, resource: Any, directory: str, run: Run, path: Path | None) -> None:
        self.resource = resource  # kept, so that its id stays its own
        self.directory = directory
        self.run = run
        self.path = path
        self.is_in_function = False
        self.follower: Follower | None = None


# Writers that functions write to, by the id of their resource: a later task sees no function being traced again.
_in_functions: dict[int, _Writer] = {}


class _Capture:
    """Take the summaries of one task's native writers."""

    def __init__(self, watch: Watch, module: ModuleType, events: Events) -> None:
        self._watch = watch
        self._module = module
        self._events = events
        self._writers: dict[int, _Writer] = {}
        self._lock = threading.Lock()
        self._reading = threading.Lock()
        self._thread: threading.Thread | None = None
        self._pid = os.getpid()
        self._ended = threading.Event()
        for known in list(_in_functions.values()):
            run = events.runs.run(known.directory)
            writer = _Writer(known.resource, known.directory, run, known.path)
            self._writers[id(known.resource)] = writer
            self._follow(writer)

    # -- the ops, named as TensorFlow names them ------------------------------------------------------------

    def create_summary_file_writer(self, result: Any, writer: Any, logdir: Any, **_: Any) -> None:
        """See a writer being opened."""
        if result is None:
            self._know(writer, _text(logdir))

    def write_summary(self, result: Any, writer: Any, **written: Any) -> None:
        """See a tensor being written as a summary."""
        known = self._writer(writer)
        if result is not None:
            self._follow(known)
        elif known.follower is None:
            metadata = _proto("SummaryMetadata").FromString(_bytes(written["summary_metadata"]))
            at = At(known.run, _text(written["tag"]), _whole(written["step"]), time.time())
            self._events.take_tensor(at, metadata, _array(written["tensor"]))

    def write_raw_proto_summary(self, result: Any, writer: Any, step: Any, tensor: Any) -> None:
        """See whole summaries being written."""
        known = self._writer(writer)
        if result is not None:
            self._follow(known)
        elif known.follower is None:
            for raw in _array(tensor).reshape(-1).tolist():
                summary = _proto("Summary").FromString(raw)
                self._events.take_summary(known.run, summary, _whole(step), time.time())

    def import_event(self, result: Any, writer: Any, event: Any) -> None:
        """See a whole event being written."""
        if result is None:
            known = self._writer(writer)
            if known.follower is None:
                self._events.take(known.run, _event(_bytes(event)))

    def flush_summary_writer(self, result: Any, writer: Any) -> None:
        """Read an event file that is followed when it has been flushed."""
        if result is None:
            self._read(self._writer(writer))

    def close_summary_writer(self, result: Any, writer: Any) -> None:
        """Read an event file that is followed to its end."""
        if result is None:
            known = self._writer(writer)
            self._read(known)
            self._writers.pop(id(writer), None)
            _in_functions.pop(id(writer), None)

    # -- writers and their files ----------------------------------------------------------------------------

    def _writer(self, resource: Any) -> _Writer:
        """Return what is known of a writer; of one opened before the task only what it has open now."""
        return self._writers.get(id(resource)) or self._know(resource, None)

    def _know(self, resource: Any, directory: str | None) -> _Writer:
        with self._lock:
            taken = {writer.path for writer in self._writers.values()}
            found = _open_files() if directory is None else _files_in(directory)
            path = next((path for path in found if path not in taken), None)
            if directory is None:
                directory = str(path.parent) if path else ""
            writer = _Writer(resource, directory, self._events.runs.run(directory), path)
            self._writers[id(resource)] = writer
            return writer

    def _follow(self, writer: _Writer) -> None:
        """Begin to read a writer's event file behind what it holds now."""
        if writer.is_in_function:
            return
        writer.is_in_function = True
        if writer.path is None:
            message = f"what a tf.function writes to {writer.directory!r} is not recorded: no file to read"
            self._watch.on_error(OSError(message))
            return
        framework = sys.modules["tensorflow.python.framework.ops"]
        with unobserved(), framework.init_scope():
            if not framework.executing_eagerly_outside_functions():
                return
            self._module.flush_summary_writer(writer.resource)
        writer.follower = Follower(writer.path)
        _in_functions[id(writer.resource)] = writer
        with self._lock:
            if self._thread is None and not self._ended.is_set():
                self._thread = threading.Thread(
                    target=self._keep_reading, name="stripchart-tensorboard", daemon=True
                )
                self._thread.start()

    def _keep_reading(self) -> None:
        while not self._ended.wait(_EVERY_SEC):
            self._read_all()

    def _read_all(self) -> None:
        for writer in list(self._writers.values()):
            if writer.follower is None:
                continue
            try:
                with unobserved():
                    self._flush(writer)
                    self._read(writer)
            except Exception as error:  # noqa: BLE001 - handed to the guard
                self._watch.on_error(error)

    def _flush(self, writer: _Writer) -> None:
        errors = sys.modules["tensorflow.python.framework.errors_impl"]
        with contextlib.suppress(errors.OpError):  # it is closed, which has flushed it
            self._module.flush_summary_writer(writer.resource)

    def _read(self, writer: _Writer) -> None:
        with self._reading:
            for data in writer.follower.read() if writer.follower is not None else ():
                self._events.take(writer.run, _event(data))

    def end(self) -> None:
        """Read the rest of what is followed."""
        self._ended.set()
        if os.getpid() != self._pid:
            return  # a fork has neither the thread nor a working TensorFlow
        if self._thread is not None:
            self._thread.join()
        self._read_all()


def _files_in(directory: str) -> list[Path]:
    """Return the event files of this process in a directory, the last one opened first."""
    if "://" in directory:
        return []
    found = Path(directory).glob(f"events.out.tfevents.*.{os.getpid()}.*")
    return sorted(found, key=_order, reverse=True)


def _open_files() -> list[Path]:
    """Return the event files that native code of this process has open, where the system tells."""
    found = set()
    for link in Path("/proc/self/fd").glob("*"):
        try:
            target = link.readlink()
        except OSError:
            continue
        if ".tfevents." in target.name and target.name.endswith(".v2"):
            found.add(target)
    return sorted(found, key=_order)


def _order(path: Path) -> tuple[int, ...]:
    """Order event files by the numbers of their writers in the process, which their names hold."""
    parts = path.name.removeprefix("events.out.tfevents.").split(f".{os.getpid()}.")
    return tuple(int(part) for part in parts[-1].split(".") if part.isdigit())


# -- arguments, which may be tensors, variables or plain values -----------------------------------------------


def _array(value: Any) -> Any:
    import numpy as np

    held = value.numpy() if hasattr(value, "numpy") else value
    return np.asarray(held, dtype=object if isinstance(held, bytes | str) else None)


def _whole(value: Any) -> int:
    return int(value.numpy() if hasattr(value, "numpy") else value)


def _bytes(value: Any) -> bytes:
    held = value.numpy() if hasattr(value, "numpy") else value
    return held.encode() if isinstance(held, str) else bytes(held)


def _text(value: Any) -> str:
    return _bytes(os.fspath(value) if isinstance(value, os.PathLike) else value).decode(
        "utf-8", "replace"
    )


def _proto(name: str) -> Any:
    return getattr(sys.modules["tensorflow.core.framework.summary_pb2"], name)


def _event(data: bytes) -> Any:
    return sys.modules["tensorflow.core.util.event_pb2"].Event.FromString(data)
