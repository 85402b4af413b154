"""Report one of each: every kind of plot, debug sample, artifact and configuration, at five iterations.

    python examples/reports.py

A few seconds; look at it with ``stripchart ui``. Figures of Matplotlib and tables of pandas are left out where those
are not installed.
"""

from __future__ import annotations

import importlib.util
import io
import math
import struct
import wave

import numpy as np

from stripchart import Logger, Task

CLASSES = ["zero", "one", "two", "three", "four", "five"]
RNG = np.random.default_rng(7)


def report_plots(logger: Logger, i: int) -> None:
    """Report curves, bars, clouds, matrices and surfaces that sharpen as the iterations go."""
    recall = np.linspace(0, 1, 60)
    for series, strength in (("cat", 2), ("dog", 4), ("horse", 7)):
        precision = 1 - recall ** (strength + 2 * i)
        points = np.c_[recall, precision]
        logger.report_scatter2d(
            "precision and recall", series, points, iteration=i, xaxis="recall", yaxis="precision"
        )
    for layer in (1, 2):
        counts, _ = np.histogram(RNG.normal(0, layer + i / 4, 4000), 30, (-6, 6))
        logger.report_histogram(
            "weights", f"layer {layer}", counts, iteration=i, xaxis="weight", yaxis="count"
        )
    cloud = RNG.normal(0, 1, (400, 2)) @ np.array([[1, 0.4 + i / 8], [0, 0.6]])
    logger.report_scatter2d("cloud", "validation", cloud, iteration=i, mode="markers")
    spiral = np.linspace(0, 6 * math.pi, 300)
    turns = np.c_[np.cos(spiral), np.sin(spiral), spiral / (i + 3)]
    logger.report_scatter3d("embedding", "spiral", turns, iteration=i)
    matrix = RNG.integers(0, 9, (6, 6)) + np.diag([20 + 12 * i] * 6)
    logger.report_confusion_matrix(
        "confusion", "valid", matrix, iteration=i, xaxis="predicted", yaxis="true",
        xlabels=CLASSES, ylabels=CLASSES, yaxis_reversed=True,
    )  # fmt: skip
    grid = np.linspace(-3, 3, 50)
    hills = np.sin(grid[:, None] + i / 2) * np.cos(grid) + (grid[:, None] ** 2 + grid**2) / 12
    logger.report_surface(
        "loss surface", "two weights", hills, iteration=i, xaxis="w1", yaxis="w2", zaxis="loss"
    )
    bars = {"type": "bar", "orientation": "h", "x": [3, 1 + i, 2], "y": ["a", "b", "c"]}
    figure = {"data": [bars], "layout": {"title": {"text": "Any plotly figure"}}}
    logger.report_plotly("plotly", "bars", figure, iteration=i)


def report_tables(logger: Logger, i: int) -> None:
    """Report a table of rows and, with pandas, one with heads of two levels."""
    rows = [[f"image {n:03d}", CLASSES[n % 6], float(RNG.exponential())] for n in range(200)]
    logger.report_table("worst", "rows", iteration=i, table_plot=[["name", "class", "loss"], *rows])
    if importlib.util.find_spec("pandas"):
        import pandas as pd

        heads = pd.MultiIndex.from_product([["train", "valid"], ["loss", "accuracy"]])
        frame = pd.DataFrame(RNG.random((12, 4)), columns=heads)
        frame.index.name = "epoch"
        frame.iloc[3, 1] = math.nan
        logger.report_table("summary", "epochs", iteration=i, table_plot=frame)


def report_matplotlib(logger: Logger, i: int) -> None:
    """Report a figure that becomes interactive, and one that is kept as an image."""
    if not importlib.util.find_spec("matplotlib"):
        return
    from matplotlib.figure import Figure

    figure = Figure()
    axes = figure.subplots()
    steps = np.arange(50)
    axes.plot(steps, np.exp(-steps / (10 + 5 * i)), label="train")
    axes.plot(steps, 0.1 + np.exp(-steps / (8 + 5 * i)), "k--", label="valid")
    axes.set_xlabel("step")
    axes.legend()
    logger.report_matplotlib_figure("matplotlib", "curves", figure, iteration=i)
    figure = Figure(figsize=(6, 4))
    for panel in figure.subplots(2, 2).flat:
        panel.imshow(RNG.random((12, 12)))
    logger.report_matplotlib_figure("matplotlib", "panels", figure, iteration=i)


def report_samples(logger: Logger, i: int) -> None:
    """Report images of several kinds, a sound, a page and a text."""
    y, x = np.mgrid[0:192, 0:256]
    for n in range(4):
        rings = np.sin(np.hypot(x - 60 * n, y - 96) / (4 + i)) * 0.5 + 0.5
        image = np.stack([rings, x / 255 * rings, 1 - y / 191], -1)
        logger.report_image("predictions", f"image {n}", iteration=i, image=image)
    logger.report_image("masks", "pixels", iteration=i, image=RNG.random((24, 32)) > 0.3 + i / 10)
    fading = np.dstack([255 - x, y, x, x]).astype(np.uint8)
    logger.report_image("masks", "see-through", iteration=i, image=fading)
    logger.report_media(
        "media", "sound", iteration=i, stream=tone(220 * (i + 1)), file_extension="wav"
    )
    page = f"<h1>Report {i}</h1><p>HTML is shown in a frame of its own, without the network.</p>"
    logger.report_media(
        "media", "page", iteration=i, stream=io.StringIO(page), file_extension="html"
    )
    text = io.StringIO("".join(f"{n:>4} a generated line\n" for n in range(80)))
    logger.report_media("media", "text", iteration=i, stream=text, file_extension="txt")


def tone(hertz: float) -> io.BytesIO:
    """Make one second of a sine as a WAV file."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        wave_form = (9000 * math.sin(math.tau * hertz * n / 8000) for n in range(8000))
        file.writeframes(b"".join(struct.pack("<h", int(v)) for v in wave_form))
    out.seek(0)
    return out


def main() -> None:
    task = Task.init(project_name="examples", task_name="one of each", tags=["reports"])
    task.connect({"depth": 3, "optimizer": {"name": "adam", "rate": 0.001}})
    task.connect_configuration({"classes": CLASSES, "augment": True}, name="data set")
    task.set_user_properties(owner="examples")
    logger = task.get_logger()
    for i in range(5):
        for k in range(20):
            logger.report_scalar("loss", "train", math.exp(-(20 * i + k) / 30), 20 * i + k)
        report_plots(logger, i)
        report_tables(logger, i)
        report_matplotlib(logger, i)
        report_samples(logger, i)
    task.upload_artifact("scores", {"accuracy": 0.93, "classes": CLASSES})
    task.upload_artifact("weights", RNG.random((8, 4)))
    task.close()


if __name__ == "__main__":
    main()
