"""What does capture add to a call of a captured library, beside that call unwatched in the same run?

    python benchmarks/capture_overhead.py [library …]

Blocks of calls, unwatched and watched in turn, each watched block in a task of its own that captures this library. A
row gives the median of what the watched blocks took more, per call, beside the median of the unwatched ones. One
function a library; it is passed over where the library is not installed.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from report import row

BLOCKS = 15


def added(
    what: str, framework: str, call: Callable[[int], object], *, calls: int, budget_us: float | None
) -> None:
    """Print what watching a call adds; ``call`` is given a number that grows."""
    from stripchart import Task

    unwatched, extra = [], []
    _block(call, calls, 0)
    for block in range(1, BLOCKS + 1):
        unwatched.append(_block(call, calls, block))
        task = Task.init("benchmark", what, auto_connect_frameworks={framework: True})
        call(block * calls)  # the first one declares its series
        extra.append(_block(call, calls, block) - unwatched[-1])
        task.close()
    row(
        what,
        max(0.0, statistics.median(extra)),
        "us",
        baseline=statistics.median(unwatched),
        beside="the call itself",
        budget=budget_us,
    )


def _block(call: Callable[[int], object], calls: int, block: int) -> float:
    """Return the microseconds that one of ``calls`` calls takes."""
    began = time.perf_counter()
    for number in range(block * calls, (block + 1) * calls):
        call(number)
    return (time.perf_counter() - began) / calls * 1e6


def tensorboard(folder: Path) -> None:
    """Measure what torch and tensorboardX write."""
    import numpy as np
    import tensorboardX
    from torch.utils.tensorboard import SummaryWriter

    values = np.random.default_rng(0).normal(size=1000)
    writers = {"torch": SummaryWriter, "tensorboardX": tensorboardX.SummaryWriter}
    for name, make in writers.items():
        writer = make(str(folder / name))
        for what, call, calls, budget_us in (
            ("add_scalar", lambda i, w=writer: w.add_scalar("train/loss", 0.5, i), 1000, 10.0),
            ("add_histogram", lambda i, w=writer: w.add_histogram("w", values, i), 50, None),
        ):
            added(
                f"{name}: `{what}`, added by capture",
                "tensorboard",
                call,
                calls=calls,
                budget_us=budget_us,
            )
        writer.close()


def tensorflow(folder: Path) -> None:
    """Measure what TensorFlow 2 writes at once."""
    import tensorflow as tf

    what = "TensorFlow: `tf.summary.scalar`, added by capture"
    with tf.summary.create_file_writer(str(folder / "tensorflow")).as_default():

        def call(number: int) -> None:
            tf.summary.scalar("train/loss", 0.5, number)

        added(what, "tensorboard", call, calls=300, budget_us=100.0)


def matplotlib(folder: Path) -> None:
    """Measure figures that are saved: drawn on since, so that each is kept, and unchanged."""
    import matplotlib as mpl

    mpl.use("agg")
    import matplotlib.pyplot as plt

    path = folder / "figure.png"
    for what, drawn_on, projection in (
        ("`savefig` of a new state", True, None),
        ("`savefig` of an unchanged figure", False, None),
        ("`savefig` of a new state, 3-D: kept as PNG", True, "3d"),
    ):
        figure = plt.figure()
        axes = figure.add_subplot(projection=projection)
        axes.plot([1, 2, 3], [1, 3, 2])

        def call(
            number: int, figure: Any = figure, axes: Any = axes, drawn_on: bool = drawn_on
        ) -> None:
            if drawn_on:
                axes.set_title(str(number))
            figure.savefig(path)

        added(f"Matplotlib: {what}, added by capture", "matplotlib", call, calls=3, budget_us=None)
        plt.close(figure)


def plotly(folder: Path) -> None:
    """Measure figures that are shown, of a thousand points, by a renderer that does nothing."""
    import plotly.graph_objects as go
    import plotly.io as pio

    pio.renderers["nothing"] = pio.base_renderers.ExternalRenderer()
    pio.base_renderers.ExternalRenderer.render = lambda self, figure: None
    pio.renderers.default = "nothing"
    figure = go.Figure(go.Scatter(x=list(range(1000)), y=list(range(1000))))

    def call(number: int) -> None:
        figure.layout.title.text = str(number)
        figure.show()

    added("Plotly: `fig.show()`, added by capture", "plotly", call, calls=20, budget_us=None)


def command_lines(folder: Path) -> None:
    """Measure a parser of twenty arguments: observed from the import on, so unwatched is its method as it was."""
    import argparse

    from stripchart import Task

    parser = argparse.ArgumentParser()
    for number in range(20):
        parser.add_argument(f"--option-{number}", type=int, default=number, help="a number")
    watched = argparse.ArgumentParser.parse_args, argparse.ArgumentParser.parse_known_args
    plain = [method.__wrapped__ for method in watched]

    def call(number: int) -> None:
        parser.parse_args(["--option-3", str(number)])

    task = Task.init("benchmark", "argparse")
    extra, unwatched = [], []
    for block in range(BLOCKS):
        for methods, times in ((plain, unwatched), (watched, extra)):
            argparse.ArgumentParser.parse_args, argparse.ArgumentParser.parse_known_args = methods
            times.append(_block(call, 20, block))
    task.close()
    row(
        "argparse: `parse_args` of other values, added by capture",
        max(0.0, statistics.median(extra) - statistics.median(unwatched)),
        "us",
        baseline=statistics.median(unwatched),
        beside="the call itself",
        budget=None,
    )


def boosting(folder: Path) -> None:
    """Measure trainings of twenty iterations with one evaluation set, and a model that is saved."""
    import catboost
    import lightgbm
    import numpy as np
    import xgboost

    x = np.random.default_rng(0).normal(size=(2000, 10))
    y = (x[:, 0] > 0).astype(int)
    matrix, xgb = xgboost.DMatrix(x, y), {"objective": "binary:logistic", "nthread": 1}
    lgb = {"objective": "binary", "verbose": -1, "num_threads": 1}
    data = lightgbm.Dataset(x, y, params=lgb, free_raw_data=False)
    cat = {"iterations": 20, "verbose": False, "allow_writing_files": False, "thread_count": 1}
    booster = xgboost.train(xgb, matrix, 20)
    for what, framework, call in (
        (
            "XGBoost: `train`, 20 iterations",
            "xgboost",
            lambda _: xgboost.train(xgb, matrix, 20, evals=[(matrix, "train")], verbose_eval=False),
        ),
        ("XGBoost: `save_model`", "xgboost", lambda _: booster.save_model(folder / "m.ubj")),
        (
            "LightGBM: `train`, 20 iterations",
            "lightgbm",
            lambda _: lightgbm.train(lgb, data, 20, valid_sets=[data]),
        ),
        (
            "CatBoost: `fit`, 20 iterations",
            "catboost",
            lambda _: catboost.CatBoostClassifier(**cat).fit(x, y),
        ),
    ):
        added(f"{what}, added by capture", framework, call, calls=3, budget_us=None)


def models(folder: Path) -> None:
    """Measure models of a few kilobytes that are saved."""
    import joblib
    import torch
    from safetensors.torch import save_file

    net = torch.nn.Linear(30, 30)
    weights = net.state_dict()
    for what, framework, call in (
        ("PyTorch: `torch.save`", "pytorch", lambda _: torch.save(weights, folder / "m.pt")),
        ("PyTorch: `torch.load`", "pytorch", lambda _: torch.load(folder / "m.pt")),
        ("safetensors: `save_file`", "pytorch", lambda _: save_file(weights, folder / "m.st")),
        ("joblib: `dump`", "joblib", lambda _: joblib.dump({"a": 1}, folder / "m.joblib")),
    ):
        added(f"{what}, added by capture", framework, call, calls=50, budget_us=None)


def keras(folder: Path) -> None:
    """Measure epochs of a small model."""
    import keras as library
    import numpy as np

    x = np.zeros((32, 3), dtype="float32")
    model = library.Sequential([library.Input((3,)), library.layers.Dense(1)])
    model.compile("sgd", library.losses.MeanSquaredError())

    def call(number: int) -> None:
        model.fit(x, x[:, 0], epochs=1, verbose=0)

    added("Keras: `fit`, 1 epoch, added by capture", "keras", call, calls=3, budget_us=None)


def lightning(folder: Path) -> None:
    """Measure a Lightning training of twenty batches that logs each."""
    import logging

    import lightning as library
    import torch

    logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)

    class Model(library.LightningModule):
        def __init__(self) -> None:
            super().__init__()
            self.layer = torch.nn.Linear(3, 1)

        def training_step(self, batch: Any, _index: int) -> Any:
            loss = self.layer(batch[0]).pow(2).mean()
            self.log("train/loss", loss)
            return loss

        def configure_optimizers(self) -> Any:
            return torch.optim.SGD(self.parameters(), 0.1)

    data = torch.utils.data.TensorDataset(torch.randn(40, 3))
    loader = torch.utils.data.DataLoader(data, batch_size=2)
    loud = ("enable_progress_bar", "enable_model_summary", "enable_checkpointing")
    options = {"max_epochs": 1, "log_every_n_steps": 1, "accelerator": "cpu", "logger": False}
    options |= dict.fromkeys(loud, False)

    def call(_number: int) -> None:
        library.Trainer(**options).fit(Model(), loader)

    what = "Lightning: `fit`, 20 batches logged, added by capture"
    added(what, "pytorch", call, calls=2, budget_us=None)


def transformers(folder: Path) -> None:
    """Measure a training of the Trainer, of ten batches that are logged."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification, Trainer, TrainingArguments

    sizes = {"num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 8}
    config = BertConfig(vocab_size=20, max_position_embeddings=16, hidden_size=8, **sizes)
    data = [{"input_ids": torch.arange(4), "labels": torch.tensor(i % 2)} for i in range(20)]
    chosen = TrainingArguments(
        output_dir=str(folder / "trainer"), report_to="none", max_steps=10, logging_steps=1, save_strategy="no",
        per_device_train_batch_size=2, use_cpu=True, disable_tqdm=True, log_level="error",
    )  # fmt: skip

    def call(_number: int) -> None:
        Trainer(BertForSequenceClassification(config), chosen, train_dataset=data).train()

    what = "Transformers: `Trainer.train`, 10 batches logged, added by capture"
    added(what, "transformers", call, calls=2, budget_us=None)


def fastai(_folder: Path) -> None:
    """Measure an epoch of thirty batches of a learner of tables."""
    import numpy as np
    import pandas as pd
    from fastai.tabular import all as library

    values = np.random.default_rng(0).normal(size=(300, 2))
    table = pd.DataFrame(values, columns=["a", "b"]).assign(y=(values[:, 0] > 0).astype(int))
    loaders = library.TabularDataLoaders.from_df(
        table, y_names="y", cont_names=["a", "b"], y_block=library.CategoryBlock(), bs=8
    )
    learner = library.tabular_learner(loaders, layers=[8])

    def call(_number: int) -> None:
        with learner.no_bar(), learner.no_logging():
            learner.fit(1, 1e-2)

    added("fastai: `fit`, 30 batches, added by capture", "fastai", call, calls=1, budget_us=None)


def optuna(folder: Path) -> None:
    """Measure trials that are asked for and told."""
    import optuna as library

    library.logging.set_verbosity(library.logging.ERROR)
    study = library.create_study(sampler=library.samplers.RandomSampler())

    def call(number: int) -> None:
        trial = study.ask()
        trial.suggest_float("x", 0, 1)
        study.tell(trial, 1.0)

    added("Optuna: `ask` and `tell`, added by capture", "optuna", call, calls=20, budget_us=None)


LIBRARIES: tuple[Callable[[Path], None], ...] = (
    tensorboard,
    tensorflow,
    matplotlib,
    plotly,
    boosting,
    models,
    keras,
    lightning,
    transformers,
    fastai,
    optuna,
    command_lines,
)


def main() -> None:
    """Print the rows of the libraries that are named, or of all."""
    chosen = set(sys.argv[1:]) or {library.__name__ for library in LIBRARIES}
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"STRIPCHART_HOME": f"{folder}/home", "STRIPCHART_RECORDER": "0"}
        os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
        for library in LIBRARIES:
            if library.__name__ not in chosen:
                continue
            try:
                library(Path(folder))
            except ImportError as error:
                print(f"{library.__name__} is not measured: {error}", file=sys.stderr)


if __name__ == "__main__":
    main()
