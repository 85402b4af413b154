"""What is recorded equals, value for value, what TensorBoard's own reader finds in the event files.

Each script writes every kind of summary, with odd tags, steps out of order and wall times of its own, and then reads
its event files with TensorBoard's loader. Here the one is compared with the other.
"""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from stripchart.journal.reader import JournalReader, writer_dirs
from stripchart.records import NAN, PlotReported, SampleReported, SeriesDeclared

pytestmark = pytest.mark.heavy
pytest.importorskip("tensorboard")

TORCH_LIKE = """
import io, sys, warnings
warnings.simplefilter("ignore")
import numpy as np
from PIL import Image
from stripchart import Task
LIBRARY, OUT = sys.argv[1:]
task = Task.init("tensorboard", LIBRARY)
if LIBRARY == "torch":
    from torch.utils.tensorboard import SummaryWriter
    from tensorboard.compat.proto.summary_pb2 import Summary
else:
    from tensorboardX import SummaryWriter
    from tensorboardX.proto.summary_pb2 import Summary
rng = np.random.default_rng(0)
w = SummaryWriter(OUT)
for i, step in enumerate((5, 3, 3, 100, 5, 1, 2**40, -7)):
    w.add_scalar("train/loss", rng.normal(), step, walltime=1.5e9 + i / 7)
for step, value in enumerate((float("nan"), float("inf"), float("-inf"), 1e-42, 3.4e38, 0.1)):
    w.add_scalar("loss", value, step)
w.add_scalar("no/step/given", 1)
w.add_scalar("odd  tag\\u00e9/x.y (z)", 2.0, 1)
w.add_scalars("grp/multi", {"x": 1.0, "y": 2.0}, 4, walltime=7.25)
if LIBRARY == "torch":
    w.add_scalar("new/style", 0.1, 2, new_style=True)
    w.add_scalar("double", 0.1, 2, double_precision=True)
    w.add_audio("sound", rng.uniform(-1, 1, (1, 800)).astype("f4"), 2, sample_rate=8000)
else:
    sound = Summary.Audio(encoded_audio_string=b"RIFF....WAVEfmt", content_type="audio/wav")
    w.file_writer.add_summary(Summary(value=[Summary.Value(tag="sound", audio=sound)]), 2)
w.add_histogram("weights/a", rng.normal(size=1000), 3, walltime=1.6e9)
w.add_histogram("weights/a", rng.normal(size=1000), 1, bins="auto")
w.add_histogram("constant", np.full(10, 3.0), 1)
w.add_histogram_raw("raw", 0.0, 9.0, 6, 20.0, 80.0, [1.0, 2.0, 9.0], [0, 4, 2], 1)
w.add_image("img", rng.uniform(size=(3, 8, 9)), 2)
w.add_image("a/b/c/d/img", rng.uniform(size=(1, 8, 9)), 1)
w.add_images("a/batch", rng.uniform(size=(4, 3, 8, 9)), 2)
frames = [Image.fromarray(rng.integers(0, 255, (6, 6, 3), dtype="u1")) for _ in range(3)]
gif = io.BytesIO()
frames[0].save(gif, "GIF", save_all=True, append_images=frames[1:])
video = Summary.Image(height=6, width=6, colorspace=3, encoded_image_string=gif.getvalue())
w._get_file_writer().add_summary(Summary(value=[Summary.Value(tag="video", image=video)]), 5)
w.add_text("note", "hello *w\\u00f6rld*\\n", 2)
w.add_pr_curve("pr/x", rng.integers(0, 2, 50), rng.uniform(size=50), 2)
faces, colours = np.array([[[0, 1, 2], [1, 2, 4]]]), rng.integers(0, 255, (1, 5, 3))
w.add_mesh("solid", rng.uniform(size=(1, 5, 3)), colours, faces, global_step=2)
w.add_mesh("cloud/points", rng.uniform(size=(2, 7, 3)).astype("f4"), global_step=3)
w.add_hparams({"lr": 0.1, "layers": 16, "name": "x\\u00e9"}, {"hparam/acc": 0.5}, global_step=3)
w.close()
"""

TENSORFLOW = """
import os, sys, warnings
warnings.simplefilter("ignore")
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy as np
from stripchart import Task
_, OUT = sys.argv[1:]
task = Task.init("tensorboard", "tensorflow")
import tensorflow as tf
from tensorboard.plugins.hparams import api as hp
from tensorboard.plugins.mesh import summary_v2 as mesh
rng = np.random.default_rng(0)
w = tf.summary.create_file_writer(OUT)
with w.as_default():
    for step in (5, 3, 3, 100, 5, 1, 2**40, -7):
        tf.summary.scalar("train/loss", rng.normal(), step)
    for step, value in enumerate((float("nan"), float("inf"), float("-inf"), 1e-42, 3.4e38, 0.1)):
        tf.summary.scalar("loss", value, tf.Variable(step, dtype=tf.int64))
    tf.summary.scalar("odd  tag\\u00e9/x.y (z)", tf.constant(2), 1)
    tf.summary.histogram("weights/a", rng.normal(size=1000), 3)
    tf.summary.histogram("weights/a", rng.normal(size=1000), 1, buckets=7)
    tf.summary.histogram("constant", np.full(10, 3.0), 1)
    tf.summary.image("img", rng.uniform(size=(1, 8, 9, 3)), 2)
    tf.summary.image("a/b/c/d/img", rng.uniform(size=(1, 8, 9, 4)), 1)
    tf.summary.image("a/batch", rng.uniform(size=(3, 8, 9, 1)), 2)
    tf.summary.audio("sound", rng.uniform(-1, 1, (1, 800, 1)).astype("f4"), 8000, 2)
    tf.summary.text("note", "hello *w\\u00f6rld*\\n", 2)
    tf.summary.text("table", [["a", "b"], ["c", "d"]], 2)
    faces, colours = np.array([[[0, 1, 2], [1, 2, 4]]]), rng.integers(0, 255, (1, 5, 3))
    mesh.mesh("solid", rng.uniform(size=(1, 5, 3)), faces, colours, step=2)
    mesh.mesh("cloud/points", rng.uniform(size=(2, 7, 3)).astype("f4"), step=3)
    hp.hparams({"lr": 0.1, "layers": 16, "name": "x\\u00e9"})

@tf.function
def train(x, step):
    with w.as_default():
        tf.summary.scalar("in/function", x, step)
        tf.summary.histogram("in/weights", tf.stack([x, x + 1]), step)
    return x

for step in range(30):
    train(tf.constant(step * 0.1), tf.constant(step, dtype=tf.int64))
with w.as_default():
    tf.summary.scalar("after/function", 9.0, 1)
w.close()
with tf.Graph().as_default():
    old = tf.compat.v1.summary.FileWriter(OUT)
    for step in (8, 9):  # the second time without metadata
        value = tf.compat.v1.Summary.Value(tag="old/x", simple_value=step + 0.1)
        old.add_summary(tf.compat.v1.Summary(value=[value]), step)
    old.close()
from tensorboard.summary import Writer
with_tensorboard = Writer(OUT)
with_tensorboard.add_scalar("by/tensorboard", 0.3, 3, wall_time=12.5)
with_tensorboard.close()
"""

READ = """
task.close()
import glob, pickle
from pathlib import Path
from tensorboard.backend.event_processing.event_file_loader import EventFileLoader
from tensorboard.plugins.hparams.plugin_data_pb2 import HParamsPluginData
from tensorboard.util import tensor_util
found, hparams = [], {}
for path in sorted(glob.glob(glob.escape(OUT) + "/**/events*", recursive=True)):
    plugins = {}
    for event in EventFileLoader(path).Load():
        for value in event.summary.value:
            told = value.metadata.plugin_data
            plugin = plugins.setdefault(value.tag, told.plugin_name)
            if plugin == "hparams":
                started = HParamsPluginData.FromString(told.content).session_start_info
                for name, held in started.hparams.items():
                    hparams[name] = getattr(held, held.WhichOneof("kind"))
                continue
            array = tensor_util.make_ndarray(value.tensor)
            found.append((Path(path).parent.name, value.tag, plugin, event.step, event.wall_time, array))
task_dir = str(task._session.task_dir)
Path(OUT, "found").write_bytes(pickle.dumps((task_dir, found, hparams, task.get_parameters())))
"""

# What each tag is to be called; of a scalar, with the name of its log directory where that matters.
NAMES = {
    "train/loss": ("train", "loss"),
    "loss": ("loss", "loss"),
    "no/step/given": ("no_step", "given"),
    "new/style": ("new", "style"),
    "double": ("double", "double"),
    "hparam/acc": ("hparam", "acc"),
    "in/function": ("in", "function"),
    "in/weights": ("in", "weights"),
    "after/function": ("after", "function"),
    "old/x": ("old", "x"),
    "by/tensorboard": ("by", "tensorboard"),
    "weights/a": ("weights", "a"),
    "constant": ("Histograms", "constant"),
    "raw": ("Histograms", "raw"),
    "img": ("Images", "img"),
    "video": ("Images", "video"),
    "a/b/c/d/img": ("a_b", "c_d_img"),
    "a/batch": ("a", "batch"),
    "sound": ("Audio", "sound"),
    "note": ("Text", "note"),
    "table": ("Text", "table"),
    "note/text_summary": ("note", "text_summary"),
    "pr/x": ("pr/x", ""),
    "solid": ("Meshes", "solid"),
    "cloud/points": ("cloud", "points"),
}
PARTS = {"1": "VERTEX", "2": "FACE", "3": "COLOR"}
MEMBERS = {"grp_multi_x": "x", "grp_multi_y": "y", "x": "x", "y": "y"}


@dataclass(frozen=True)
class Recorded:
    """Hold what a task has recorded."""

    points: Counter[tuple[str, str, int, float, float, bool]]
    plots: dict[tuple[str, str, int | None], dict[str, Any]]
    samples: dict[tuple[str, str, int | None], bytes]
    kinds: dict[tuple[str, str, int | None], str]


@dataclass(frozen=True)
class Run:
    """Hold what one script wrote: as TensorBoard's reader finds it, and as it was recorded."""

    values: list[tuple[str, str, str, int, float, Any]]
    hparams: dict[str, Any]
    parameters: dict[str, str]
    recorded: Recorded

    def of(self, plugin: str) -> list[tuple[str, str, int, float, Any]]:
        """Return directory, tag, step, wall time and tensor of a plugin's values."""
        return [(d, t, s, w, a) for d, t, p, s, w, a in self.values if p == plugin]


@pytest.fixture(scope="module", params=["torch", "tensorboardX", "tensorflow"])
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Run the script of one library, once for all tests."""
    library = request.param
    pytest.importorskip(library)
    folder = tmp_path_factory.mktemp(library)
    script = (TENSORFLOW if library == "tensorflow" else TORCH_LIKE) + READ
    environment = {
        "PATH": "/usr/bin:/bin",
        "STRIPCHART_HOME": str(folder / "home"),
        "STRIPCHART_STRICT": "1",
        "STRIPCHART_RECORDER": "0",
        "MPLCONFIGDIR": str(folder),
    }
    command = [sys.executable, "-c", script, library, str(folder / "logs")]
    subprocess.run(command, env=environment, check=True, timeout=300)
    found = pickle.loads((folder / "logs" / "found").read_bytes())
    return Run(found[1], found[2], found[3], _recorded(Path(found[0])))


def _recorded(task_dir: Path) -> Recorded:
    recorded = Recorded(Counter(), {}, {}, {})
    for directory in writer_dirs(task_dir):
        reader = JournalReader(directory)
        records = [record for _, record in reader.records().items]
        names = {r.number: (r.title, r.series) for r in records if isinstance(r, SeriesDeclared)}
        for slot in reader.scalars().slots:
            title, series = names[int(slot["series"])]
            if not title.startswith(":monitor:"):
                step, time_s, value = (
                    int(slot["iteration"]),
                    float(slot["time"]),
                    float(slot["value"]),
                )
                recorded.points[title, series, step, time_s, value, bool(slot["flags"])] += 1
        for record in records:
            if isinstance(record, PlotReported):
                key = record.title, record.series, record.iteration
                recorded.plots[key] = json.loads(record.figure)["data"][0]
            elif isinstance(record, SampleReported):
                key = record.title, record.series, record.iteration
                assert key not in recorded.samples
                recorded.samples[key] = (task_dir / record.path).read_bytes()
                recorded.kinds[key] = f"{record.media} {record.extension}"
    return recorded


def _name(tag: str, directory: str = "") -> tuple[str, str]:
    if tag == "grp/multi":
        return tag, MEMBERS[directory]
    if tag.startswith("odd"):
        title, _, series = tag.rpartition("/")
        return title, series
    return NAMES[tag]


def test_scalars_have_their_steps_wall_times_and_values(run: Run) -> None:
    expected: Counter[tuple[Any, ...]] = Counter()
    for directory, tag, step, wall_time, array in run.of("scalars"):
        value = array.item()
        told = (value, False) if np.isfinite(value) else (0.0, True)
        expected[*_name(tag, directory), step, wall_time, *told] += 1
    assert sum(expected.values()) >= 18
    points = run.recorded.points
    if any(tag == "in/function" for _, tag, *_ in run.values):
        # The wall time of an eager summary is taken in native code; it is seen right after.
        assert _without_times(points) == _without_times(expected)
        exact = {point for point in expected if point[0] in ("in", "after", "old", "by")}
        assert exact <= set(points)
        assert len(exact) == 34
        latest = {point[:3]: point[3] for point in points}
        assert all(abs(latest[point[:3]] - point[3]) < 60 for point in expected)
    else:
        assert points == expected


def _without_times(points: Counter[Any]) -> Counter[Any]:
    return Counter({(*p[:3], *p[4:]): n for p, n in points.items()}) + Counter()


def test_what_was_not_finite_is_flagged_for_what_it_was(run: Run) -> None:
    flagged = {(p[0], p[2]) for p in run.recorded.points if p[5]}
    assert flagged == {("loss", 0), ("loss", 1), ("loss", 2)}
    assert NAN == 1


def test_histograms_have_all_bins(run: Run) -> None:
    values = run.of("histograms")
    assert len(values) >= 3
    for _, tag, step, _, bins in values:
        trace = run.recorded.plots[*_name(tag), step]
        told = trace["meta"] if "x" in trace["meta"] else trace  # what is drawn may be evened out
        edges = np.array(told["x"]).astype("f4")
        assert edges.tolist() == [*bins[:, 0].astype("f4"), *bins[-1:, 1].astype("f4")]
        assert told["y"] == [*bins[:, 2].tolist(), 0.0]
        assert sum(trace["y"]) == pytest.approx(bins[:, 2].sum())


def test_images_are_the_bytes_that_were_written(run: Run) -> None:
    count = 0
    for _, tag, step, _, array in run.of("images"):
        files = array.tolist()[2:]
        for i, data in enumerate(files):
            title, series = _name(tag)
            if len(files) > 1:  # the tag is then a/batch/sample_i
                title, series = "a", f"batch_sample_{i}"
            assert run.recorded.samples[title, series, step] == data
            kind = run.recorded.kinds[title, series, step]
            assert kind == ("image gif" if tag == "video" else "image png")
            count += 1
    assert count >= 4


def test_sounds_are_the_bytes_that_were_written(run: Run) -> None:
    ((_, tag, step, _, array),) = run.of("audio")
    assert run.recorded.samples[*_name(tag), step] == array.reshape(-1)[0]
    assert run.recorded.kinds[*_name(tag), step] == "audio wav"


def test_texts_are_the_texts(run: Run) -> None:
    values = run.of("text")
    assert values
    for _, tag, step, _, array in values:
        expected = b"| a | b |\n| c | d |" if tag == "table" else array.reshape(-1)[0]
        assert run.recorded.samples[*_name(tag), step] == expected
        assert run.recorded.kinds[*_name(tag), step] == "text txt"


def test_precision_recall_curves_have_all_rows(run: Run) -> None:
    for _, tag, step, _, rows in run.of("pr_curves"):
        trace = run.recorded.plots[*_name(tag), step]
        assert np.array_equal(trace["x"], rows[5])
        assert np.array_equal(trace["y"], rows[4])
        assert np.array_equal(np.array(trace["customdata"])[:, 1:].T, rows[:4])


def test_meshes_have_their_points_triangles_and_colours(run: Run) -> None:
    parts = {}
    for _, tag, step, _, array in run.of("mesh"):
        name, _, part = tag.rpartition("_")
        parts[f"{name}_{PARTS.get(part, part)}", step] = array
    solid = run.recorded.plots["Meshes", "solid", 2]
    assert solid["type"] == "mesh3d"
    assert np.array_equal(np.array([solid[axis] for axis in "xyz"]).T, parts["solid_VERTEX", 2][0])
    assert np.array_equal(np.array([solid[axis] for axis in "ijk"]).T, parts["solid_FACE", 2][0])
    colours = [f"rgb({r},{g},{b})" for r, g, b in parts["solid_COLOR", 2][0].tolist()]
    assert solid["vertexcolor"] == colours
    for i, points in enumerate(parts["cloud/points_VERTEX", 3]):
        cloud = run.recorded.plots["cloud_points", f"sample_{i}", 3]
        assert cloud["type"] == "scatter3d"
        assert np.array_equal(np.array([cloud[axis] for axis in "xyz"]).T, points)


def test_hyperparameters_are_parameters(run: Run) -> None:
    assert set(run.hparams) == {"lr", "layers", "name"}
    assert run.parameters == {
        "TB_hparams/lr": "0.1",
        "TB_hparams/layers": "16",
        "TB_hparams/name": "xé",
    }


def test_nothing_else_is_recorded(run: Run) -> None:
    plots = {key for key in run.recorded.plots if key[0] not in ("Meshes", "cloud_points")}
    kinds = ("histograms", "pr_curves")
    expected = {(*_name(t), s) for _, t, p, s, *_ in run.values if p in kinds}
    assert plots == expected
