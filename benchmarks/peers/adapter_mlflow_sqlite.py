"""mlflow fluent API, sqlite store (its default since 3.7)."""

import adapter_mlflow_file as base
from adapter_mlflow_file import *  # noqa: F403

DIST = "mlflow"
base.URI = "sqlite:///{}/mlflow.db"


def log_image(name, img, step):
    base.log_image(name, img, step)


def setup(dir, run="run0"):
    import os

    os.chdir(dir)  # artifacts go to ./mlruns
    base.setup(dir, run)


def read_back(dir, name, run="run0"):
    return base.read_back(dir, name, run)
