"""Baseline: csv.writer with a flush per call."""

import csv
import os


def setup(dir, run="run0"):
    global f, w
    f = open(os.path.join(dir, run + ".csv"), "a", newline="")
    w = csv.writer(f)


def log_scalar(name, value, step):
    w.writerow((name, step, value))
    f.flush()


def finish():
    f.close()


def read_back(dir, name, run="run0"):
    with open(os.path.join(dir, run + ".csv"), newline="") as f:
        return [(int(r[1]), float(r[2])) for r in csv.reader(f) if r[0] == name]
