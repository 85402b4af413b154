"""Stripchart as a person uses it: recorder, console capture and all defaults on."""

import os

from stripchart import Task

DIST = "stripchart"


def setup(dir, run="run0"):
    global log_scalar, task
    os.environ["STRIPCHART_HOME"] = os.path.join(dir, "stripchart-home")
    task = Task.init(project_name="bench", task_name=run)
    report = task.get_logger().report_scalar

    def log_scalar(name, value, step):
        report(name, name, value, step)


def finish():
    task.close()


def read_back(dir, name, run="run0"):
    os.environ["STRIPCHART_HOME"] = os.path.join(dir, "stripchart-home")
    line = Task.get_task(project_name="bench", task_name=run).get_all_reported_scalars()[name][name]
    return list(zip(line["x"], line["y"], strict=True))
