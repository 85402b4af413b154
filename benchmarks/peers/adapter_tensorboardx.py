"""tensorboardX; read with tensorboard's EventAccumulator, sampling off."""

import os

from tensorboardX import SummaryWriter

DIST = "tensorboardX"


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

    acc = EventAccumulator(os.path.join(dir, run), size_guidance={"scalars": 0, "tensors": 0})
    acc.Reload()
    tags = acc.Tags()
    if name in tags["scalars"]:
        return [(e.step, e.value) for e in acc.Scalars(name)]
    if name in tags["tensors"]:
        return [(e.step, e.tensor_proto.float_val[0]) for e in acc.Tensors(name)]
    return []
