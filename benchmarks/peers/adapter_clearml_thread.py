"""ClearML offline with its reporting subprocess turned off (a thread instead); not its default."""

import os

with open("clearml.conf", "w") as f:
    f.write("sdk { development { report_use_subprocess: false } }\n")
os.environ["CLEARML_CONFIG_FILE"] = os.path.abspath("clearml.conf")

from adapter_clearml import *  # noqa: F403

DIST = "clearml"
N = 100_000


def read_back(dir, name, run="run0"):
    import adapter_clearml

    return adapter_clearml.read_back(dir, name, run)


def log_image(name, img, step):
    import adapter_clearml

    adapter_clearml.log_image(name, img, step)
