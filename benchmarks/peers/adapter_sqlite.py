"""Baseline: one sqlite3 insert and commit per call, WAL, synchronous=NORMAL."""

import os
import sqlite3
import threading

lock = threading.Lock()


def setup(dir, run="run0"):
    global db, run_
    run_ = run
    db = sqlite3.connect(
        os.path.join(dir, "m.db"), isolation_level=None, check_same_thread=False, timeout=30
    )
    db.execute("pragma journal_mode=wal")
    db.execute("pragma synchronous=normal")
    db.execute("create table if not exists p(run text, name text, step integer, value real)")


def log_scalar(name, value, step):
    with lock:
        db.execute("insert into p values(?,?,?,?)", (run_, name, step, value))


def log_dict(d, step):
    with lock:
        db.execute("begin")
        db.executemany("insert into p values(?,?,?,?)", [(run_, k, step, v) for k, v in d.items()])
        db.execute("commit")


def finish():
    db.close()


def read_back(dir, name, run="run0"):
    db = sqlite3.connect(os.path.join(dir, "m.db"))
    return db.execute(
        "select step, value from p where run=? and name=? order by rowid", (run, name)
    ).fetchall()
