"""goodseed, local storage."""

import os

os.environ["GOODSEED_STORAGE"] = "local"
import goodseed

DIST = "goodseed"


def setup(dir, run="run0"):
    global r
    r = goodseed.Run(
        project="bench",
        run_id=run,
        log_dir=dir,
        storage="local",
        capture_hardware_metrics=False,
        capture_stdout=False,
        capture_stderr=False,
        capture_traceback=False,
        git_ref=False,
    )


def log_scalar(name, value, step):
    r.log_metrics({name: value}, step)


def log_dict(d, step):
    r.log_metrics(d, step)


def finish():
    r.close()


def read_back(dir, name, run="run0"):
    from pathlib import Path

    from goodseed.storage import LocalStorage

    s = LocalStorage(Path(dir) / (run + ".sqlite"))
    return [(p["step"], p["y"]) for p in s.get_metric_points(name)]
