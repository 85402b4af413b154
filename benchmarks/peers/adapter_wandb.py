"""wandb in offline mode. It has no Python reader of .wandb files: the LevelDB log is parsed here with wandb's own protobufs."""

import glob
import json
import os
import struct

os.environ["WANDB_SILENT"] = "true"
import wandb

DIST = "wandb"


def setup(dir, run="run0"):
    global r
    d = os.path.join(dir, run)
    os.makedirs(d, exist_ok=True)
    r = wandb.init(
        mode="offline",
        dir=d,
        project="bench",
        name=run,
        settings=wandb.Settings(x_disable_stats=True, console="off"),
    )


def log_scalar(name, value, step):
    r.log({name: value}, step=step)


def log_dict(d, step):
    r.log(d, step=step)


def log_image(name, img, step):
    r.log({name: wandb.Image(img)}, step=step)


def finish():
    r.finish()


def records(path):
    """LevelDB log framing: 32 KiB blocks of (crc, length, type) chunks."""
    data = open(path, "rb").read()
    pos, part = 7, b""
    while pos + 7 <= len(data):
        left = 32768 - pos % 32768
        if left < 7:
            pos += left
            continue
        _, n, kind = struct.unpack_from("<IHB", data, pos)
        part += data[pos + 7 : pos + 7 + n]
        pos += 7 + n
        if kind in (1, 4):
            yield part
            part = b""
        elif kind == 0:
            return


def read_back(dir, name, run="run0"):
    from wandb.proto import wandb_internal_pb2 as pb

    out = []
    for p in glob.glob(os.path.join(dir, run, "wandb", "offline-run-*", "*.wandb")):
        for raw in records(p):
            try:
                rec = pb.Record.FromString(raw)
            except Exception:
                break
            if rec.WhichOneof("record_type") == "history":
                row = {i.key or "/".join(i.nested_key): i.value_json for i in rec.history.item}
                if name in row:
                    out.append((rec.history.step.num, json.loads(row[name])))
    return out
