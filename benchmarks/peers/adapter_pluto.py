"""pluto-ml: init() needs its server, so only the SDK's local half is driven: the sync queue that log() writes to."""

import os
import time

os.environ["PLUTO_DISABLE_TELEMETRY"] = "1"
import pluto  # noqa: F401
from pluto.sync.process import SyncProcessManager
from pluto.sync.store import SyncStore

DIST = "pluto-ml"


def setup(dir, run="run0"):
    global m
    m = SyncProcessManager(run, "bench", {"dir": dir}, os.path.join(dir, run + ".db"))


def log_scalar(name, value, step):
    m.enqueue_metrics({name: value}, int(time.time() * 1000), step)


def log_dict(d, step):
    m.enqueue_metrics(d, int(time.time() * 1000), step)


def finish():
    m.store.close()


def read_back(dir, name, run="run0"):
    s = SyncStore(os.path.join(dir, run + ".db"))
    rows = s.get_pending_records(limit=10_000_000)
    return [(r.step, r.payload[name]) for r in rows if name in r.payload]
