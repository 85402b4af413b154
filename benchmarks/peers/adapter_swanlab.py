"""swanlab, offline mode; read with its own DataStoreReader."""

import glob
import os

import swanlab

DIST = "swanlab"


def setup(dir, run="run0"):
    d = os.path.join(dir, run)
    os.makedirs(d, exist_ok=True)
    swanlab.init(mode="offline", project="bench", name=run, log_dir=d)


def log_scalar(name, value, step):
    swanlab.log({name: value}, step=step)


def log_dict(d, step):
    swanlab.log(d, step=step)


def log_image(name, img, step):
    swanlab.log({name: swanlab.Image(img)}, step=step)


def finish():
    swanlab.finish()


def read_back(dir, name, run="run0"):
    from swanlab.proto.swanlab.record.v1.record_pb2 import Record
    from swanlab.sdk.internal.core_python.store import DataStoreReader

    out = []
    for p in glob.glob(os.path.join(dir, run, "**", "*.swanlab"), recursive=True):
        rd = DataStoreReader()
        rd.open(p)
        for raw in rd:
            rec = Record.FromString(raw)
            if rec.HasField("scalar") and rec.scalar.key == name:
                out.append((rec.scalar.step, rec.scalar.value.number))
    return out
