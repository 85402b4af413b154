"""dvclive: one TSV per metric."""

import os

os.environ["DVC_NO_ANALYTICS"] = "1"
from dvclive import Live

DIST = "dvclive"
N = 5000  # log_dict writes a summary every step; 100k would take minutes


def setup(dir, run="run0"):
    global live
    live = Live(os.path.join(dir, run), save_dvc_exp=False, dvcyaml=None, report=None)


def log_scalar(name, value, step):
    live.step = step
    live.log_metric(name, value)


def log_dict(d, step):  # with the summary that next_step() writes, as in its docs
    live.step = step
    for k, v in d.items():
        live.log_metric(k, v)
    live.next_step()


def log_image(name, img, step):
    live.log_image("%s/%d.png" % (name, step), img)


def finish():
    live.end()


def read_back(dir, name, run="run0"):
    from dvclive.utils import parse_tsv

    p = os.path.join(dir, run, "plots", "metrics", name + ".tsv")
    return [(int(r["step"]), float(r[name])) for r in parse_tsv(p)]
