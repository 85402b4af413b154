"""aim: an embedded RocksDB per run."""

import os
import time

os.environ["AIM_UI_TELEMETRY_ENABLED"] = "0"
from aim import Image, Repo, Run

DIST = "aim"


def setup(dir, run="run0"):
    global r
    if run == "run0":
        Repo.from_path(dir, init=True)
    else:  # let run0 make the store first
        time.sleep(8)
    r = Run(repo=dir, experiment=run, system_tracking_interval=None, capture_terminal_logs=False)


def log_scalar(name, value, step):
    r.track(value, name=name, step=step)


def log_dict(d, step):
    r.track(d, step=step)


def log_image(name, img, step):
    r.track(Image(img), name=name, step=step)


def finish():
    r.close()


def read_back(dir, name, run="run0"):
    """Another process sees a run only once it is indexed, by `aim up` or by hand as here."""
    import subprocess
    import sys

    aim = os.path.join(os.path.dirname(sys.executable), "aim")
    subprocess.run(
        [aim, "storage", "--repo", dir, "reindex"], input=b"y\n", capture_output=True, check=True
    )
    for seq in Repo(dir).query_metrics("metric.name == %r" % name, report_mode=0).iter():
        steps, (values, _, _) = seq.data.items_list()
        return sorted(zip(steps, values))
    return []
