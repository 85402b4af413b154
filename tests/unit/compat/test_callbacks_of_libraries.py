"""What callbacks of libraries that know ClearML call (Ultralytics, mmcv, LangChain …), in one script."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from stripchart import Task

pytest.importorskip("matplotlib")

SCRIPT = """
import io
from pathlib import Path
import numpy as np
import matplotlib
matplotlib.use("agg")
import matplotlib.pyplot as plt
import clearml
assert hasattr(clearml, "__version__")
from clearml import Logger, OutputModel, Task
from clearml.binding.frameworks.pytorch_bind import PatchPyTorchModelIO
from clearml.binding.matplotlib_bind import PatchedMatplotlib

def start():
    if task := Task.current_task():
        PatchPyTorchModelIO.update_current_task(None)
        PatchedMatplotlib.update_current_task(None)
    else:
        task = Task.init(
            project_name="callbacks", task_name="detector", tags=["Detector"], output_uri=True,
            reuse_last_task_id=False, auto_connect_frameworks={"pytorch": False, "matplotlib": False},
        )
    task.connect({"epochs": 2, "lr0": 0.01, "data": "coco.yaml"}, name="General")
    return task

task = start()
assert start() is task
logger = task.get_logger()
assert Logger.current_logger() is logger
plt.imsave("batch.jpg", np.zeros((8, 8, 3)))
for epoch in range(2):
    logger.report_image(title="Mosaic", series="batch", local_path="batch.jpg", iteration=epoch)
    for name, value in {"loss": 1.0 / (epoch + 1), "lr/pg0": 0.01}.items():
        logger.report_scalar("train", name, value, iteration=epoch)
    for name, value in {"Parameters": 3, "GFLOPs": 8.7}.items():
        logger.report_single_value(name, value)
figure = plt.figure()
plt.plot([1, 2])
plt.savefig("not captured.png")
logger.report_matplotlib_figure(title="Validation", series="", figure=figure, report_interactive=False)
logger.report_table(title="Actions", series="", table_plot=[["step", "name"], [1, "start"]], iteration=0)
logger.report_media(title="html", series="sample", iteration=0, stream=io.StringIO("<b>x</b>"), file_extension=".html")
logger.report_text("said")
Path("best.bin").write_bytes(b"weights")
task.update_output_model(model_path="best.bin", model_name="detector", auto_delete_file=False)
task.upload_artifact("results", {"map": 0.5})
OutputModel(task=task, name="second", framework="PyTorch").update_design(config_dict={"depth": 3})
task.connect_configuration({"names": {0: "cat"}}, name="Data")
task.flush()
task.close()
"""


def test_what_they_report_is_there(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(SCRIPT)
    command = [sys.executable, "-m", "stripchart", "run", "--as-clearml", "train.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    task = Task.get_task(project_name="callbacks", task_name="detector")
    scalars = task.get_reported_scalars()
    assert scalars["train"]["loss"]["y"] == [1.0, 0.5]
    assert scalars["train"]["lr/pg0"]["x"] == [0, 1]
    assert task.get_reported_single_values() == {"Parameters": 3.0, "GFLOPs": 8.7}
    plots = task.get_reported_plots()
    assert {plot["metric"] for plot in plots} == {"Validation", "Actions"}
    assert all(json.loads(plot["plot_str"]) for plot in plots)
    assert task.get_parameters()["General/lr0"] == "0.01"
    assert [model.name for model in task.models["output"]] == ["detector", "second"]
    assert task.artifacts["results"].get() == {"map": 0.5}
    assert task.get_tags() == ["Detector"]
