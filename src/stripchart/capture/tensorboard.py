"""Capture what is written for TensorBoard, by whichever library.

All writers in Python hand each event, complete, to the ``add_event`` of their event file writer, in the caller's
thread: torch and ``tensorboard`` itself to one class, tensorboardX and ``tf.compat.v1`` to one of their own.
TensorFlow 2 writes in native code; see ``tensorboard_tensorflow``.
"""

from __future__ import annotations

import os
import weakref
from collections.abc import Mapping
from functools import partial
from types import ModuleType
from typing import Any

from stripchart.capture import tensorboard_tensorflow
from stripchart.capture.tensorboard_events import Events
from stripchart.capture.watch import Captured, Watch

TITLE = "TensorBoard: torch.utils.tensorboard, tensorboardX, TensorFlow and Keras, tensorboard"
_IMAGE = "debug sample, the bytes as written"
CAPTURED = (
    Captured("`add_scalar`, `tf.summary.scalar`", "scalar", "`a/loss`: a / loss; `loss`: loss / loss"),
    Captured("`add_scalars(main, {key: …})`", "scalars", "main / key, a `/` in main kept"),
    Captured("`add_histogram`, `tf.summary.histogram`", "plot", "`a/b`: a / b; `w`: Histograms / w"),
    Captured("`add_image(s)`, `add_figure`, `tf.summary.image`", _IMAGE, "`a/b`: a / b; `b`: Images / b"),
    Captured("`add_video`", "debug sample (GIF)", "as images"),
    Captured("`add_audio`, `tf.summary.audio`", _IMAGE, "`a/b`: a / b; `b`: Audio / b"),
    Captured("`add_text`", "debug sample (text)", "`a`: a / text_summary"),
    Captured("`tf.summary.text`", "debug sample (text)", "`a/b`: a / b; `b`: Text / b"),
    Captured("`add_pr_curve`", "plot", "the tag / an empty series"),
    Captured("`add_mesh`, `tensorboard.plugins.mesh`", "plot in space", "`a/b`: a / b; `b`: Meshes / b"),
    Captured("`add_hparams`, `hp.hparams`", "parameters; metrics are scalars", "`TB_hparams/…`"),
    Captured("`add_custom_scalars`", "configuration object", "`TensorBoard custom scalars`"),
)  # fmt: skip
NOTES = """
A tag is split at `/`: the last part is the series (of images, sounds and texts up to three), the others, joined with
`_`, are the title. `Logger.tensorboard_auto_group_scalars(True)` puts tags without `/` under the title `Scalars`. Two
tags that would get one name are told apart by the whole tag.

Step, wall time and value of a scalar are those of the event file: points out of order and repeated steps are kept as
they come, and steps that begin again are not moved. Plots and samples have the step, and the time of the call. A
histogram is one plot for each step, with every bin ([why](../adr/0014-tensorboard-histograms.md)).

**Several log directories.** One directory has plain names. `train`, `val`, `validation`, `test`, `eval` and the like
at the end of a path are always told: `train: epoch_loss` and `validation: epoch_loss`, whichever is written first. A
directory inside another one is called by the path between them. Of directories side by side that are opened before the
first summary, each is called by its own name; one that is opened later is, and the earlier one keeps its plain names
([why](../adr/0013-tensorboard-names.md)). Histograms have this header after the series, images, sounds and texts after
the title; with `Logger.tensorboard_single_series_per_graph(True)` scalars too have it in the title.

Several images of one summary become `tag/sample_0`, `tag/sample_1` … Trials of `add_hparams` after the first are
numbered. `Task.init(auto_connect_frameworks={"tensorboard": {"report_hparams": False}})` leaves hyperparameters out.
Of custom scalars the layout is kept, as a list of the tags of each chart. Summaries that a `tf.function` writes are
read from the event file every two seconds and when their writer is flushed; not where the log directory is remote.

Not taken over: graphs, embeddings (`add_embedding`), profiles, `add_tensor`, and event files of other processes.
"""

_events: weakref.WeakKeyDictionary[Any, Events] = weakref.WeakKeyDictionary()


def begin(watch: Watch, module: ModuleType) -> None:
    """Begin with one of the modules that write; all of a task share what is known of its log directories."""
    events = _events.get(watch.task) or _events.setdefault(watch.task, Events(watch))
    watch.undo_with(partial(_forget, watch.task))
    name = module.__name__.rpartition(".")[2]
    if name == "gen_summary_ops":
        tensorboard_tensorflow.begin(watch, module, events)
    elif name == "writer":
        _observe_add_scalars(watch, module, events)
    else:
        is_second = name == "event_file_writer_v2"
        writer = module.EventFileWriterV2 if is_second else module.EventFileWriter
        _observe_writer(watch, writer, events)


def _forget(task: Any) -> None:
    _events.pop(task, None)


def _observe_writer(watch: Watch, writer: Any, events: Events) -> None:
    def opened(_result: None, args: tuple[Any, ...], _kwargs: Mapping[str, Any]) -> None:
        events.runs.run(args[0].get_logdir())

    def added(_result: None, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
        if not getattr(args[0], "_closed", False):  # a closed one of tensorboardX drops it
            event = args[1] if len(args) > 1 else kwargs["event"]
            events.take(events.runs.run(args[0].get_logdir()), event)

    watch.observe(writer, "__init__", opened)
    watch.observe(writer, "add_event", added)


def _observe_add_scalars(watch: Watch, module: ModuleType, events: Events) -> None:
    """See beforehand which directories a call of ``add_scalars`` is about to make, and for which series."""
    is_torch = module.__name__.startswith("torch.")

    def prepare(args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
        main = args[1] if len(args) > 1 else kwargs["main_tag"]
        parent = str(args[0].log_dir if is_torch else args[0].logdir)
        for key in args[2] if len(args) > 2 else kwargs["tag_scalar_dict"]:
            made = f"{parent}/{main.replace('/', '_')}_{key}"
            directory = made if is_torch else os.path.join(parent, main, key)  # noqa: PTH118
            events.runs.join(directory, parent, main, key)

    watch.observe(module.SummaryWriter, "add_scalars", _nothing, prepare=prepare)


def _nothing(*_: Any) -> None:
    """See nothing after the call."""
