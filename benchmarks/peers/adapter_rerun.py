"""rerun-sdk, saving to an .rrd file."""

import os

import rerun as rr

DIST = "rerun-sdk"


def setup(dir, run="run0"):
    rr.init("bench", recording_id=run)
    rr.save(os.path.join(dir, run + ".rrd"))


def log_scalar(name, value, step):
    rr.set_time("step", sequence=step)
    rr.log(name, rr.Scalars(value))


def log_dict(d, step):
    rr.set_time("step", sequence=step)
    for k, v in d.items():
        rr.log(k, rr.Scalars(v))


def log_image(name, img, step):
    rr.set_time("step", sequence=step)
    rr.log(name, rr.Image(img))


def finish():
    rr.disconnect()


def read_back(dir, name, run="run0"):
    from rerun.chunk import RrdReader

    out = []
    for c in RrdReader(os.path.join(dir, run + ".rrd")).stream():
        if c.entity_path == "/" + name:
            b = c.to_record_batch()
            val = next(f for f in b.schema.names if f.endswith("scalars"))
            out += zip(b.column("step").to_pylist(), (v[0] for v in b.column(val).to_pylist()))
    return sorted(out)
