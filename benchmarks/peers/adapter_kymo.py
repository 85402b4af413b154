"""kymo: local mode downloads PostgreSQL, so only the client's half is driven: its server is faked as unreachable,
and the forked upload worker spools to disk, as documented for that case."""

import glob
import os

os.environ["KYMO_SPOOL_DIR"] = os.path.join(os.getcwd(), "spool")
import kymo
from kymo import client

DIST = "kymo"


def setup(dir, run="run0"):
    def reply(name, request, response, **kw):
        r = response()
        if hasattr(r, "run"):
            r.run.project_id, r.run.run_id, r.run.run_name = "bench", run, run
        return r

    client._run_control_rpc = reply
    kymo.init("127.0.0.1:9", "bench", run, run, system_metrics=False)


def log_scalar(name, value, step):
    kymo.log({name: value}, step)


def log_dict(d, step):
    kymo.log(d, step)


def finish():
    kymo.finish(60)


def read_back(dir, name, run="run0"):
    from kymo.spool import SpoolCorruptionError, read_spool

    out = []
    for p in glob.glob(os.path.join(dir, "spool", "*.mkspool")):
        _, records = read_spool(p)
        try:
            out += [(r[2], r[3]) for r in records if r[0] == "numeric_ts" and r[1] == name]
        except SpoolCorruptionError:
            pass
    return out
