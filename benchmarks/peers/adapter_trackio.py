"""trackio, local mode."""

import os

os.environ.update(
    HF_HUB_OFFLINE="1",
    TRACKIO_DIR=os.path.join(os.getcwd(), "trackio"),
    HF_HUB_DISABLE_TELEMETRY="1",
)
import trackio

DIST = "trackio"


def setup(dir, run="run0"):
    global r
    r = trackio.init(project="bench", name=run, auto_log_gpu=False, auto_log_cpu=False, embed=False)


def log_scalar(name, value, step):
    r.log({name: value}, step=step)


def log_dict(d, step):
    r.log(d, step=step)


def log_image(name, img, step):
    r.log({name: trackio.Image(img)}, step=step)


def finish():
    trackio.finish()


def read_back(dir, name, run="run0"):
    from trackio.sqlite_storage import SQLiteStorage

    rows = SQLiteStorage.get_logs("bench", run, max_points=None)
    return [(r["step"], r[name]) for r in rows if name in r]
