"""torch.utils.tensorboard's SummaryWriter (tensorboard's own event writer)."""

import os

from torch.utils.tensorboard import SummaryWriter

DIST = "tensorboard"


def setup(dir, run="run0"):
    global w
    w = SummaryWriter(os.path.join(dir, run))


def log_scalar(name, value, step):
    w.add_scalar(name, value, step)


def log_image(name, img, step):
    w.add_image(name, img, step, dataformats="HWC")


def finish():
    w.close()


def read_back(dir, name, run="run0"):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    acc = EventAccumulator(os.path.join(dir, run), size_guidance={"scalars": 0})
    acc.Reload()
    return [(e.step, e.value) for e in acc.Scalars(name)] if name in acc.Tags()["scalars"] else []
