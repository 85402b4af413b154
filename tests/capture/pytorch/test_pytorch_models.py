"""PyTorch and safetensors: what is saved and loaded as a model, and what is not one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.capture.scripts import models, run, task_named

pytestmark = pytest.mark.heavy
pytest.importorskip("torch")
pytest.importorskip("safetensors")

SCRIPT = """
import io
import sys
import warnings
from pathlib import Path
if sys.argv[1] == "before":
    import torch
    from safetensors.torch import save_file
from stripchart import Task
choice = sys.argv[2].split() or True
import torch, safetensors.torch
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    net = torch.nn.Linear(3, 1)
    torch.save(net.state_dict(), "earlier.pt")
    safetensors.torch.save_file(net.state_dict(), "earlier.safetensors")
    scripted = torch.jit.script(net)
    scripted.save("earlier_script.pt")
    task = Task.init("capture", "pytorch", auto_connect_frameworks={"pytorch": choice})
    from safetensors.torch import load_file, save_file, save_model
    assert torch.save(net.state_dict(), "weights.pt") is None
    torch.save(net.state_dict(), "weights.pt")
    torch.save(net, Path("whole.pth"))
    torch.save(obj={"model": net.state_dict(), "epoch": 3}, f="checkpoint.tar")
    with open("open.pt", "wb") as file:
        torch.save(net.state_dict(), file)
    torch.save(net.state_dict(), io.BytesIO())
    torch.save(torch.zeros(3), "data.pt")
    torch.save({"state": {}}, "optimizer.pt")
    torch.save(net.state_dict(), "legacy.pt", _use_new_zipfile_serialization=False)
    try:
        torch.save(net.state_dict(), "no/such/folder.pt")
    except RuntimeError:
        pass
    scripted.save("scripted.ts")
    torch.jit.save(scripted, "scripted2.ts")
    program = torch.export.export(net, (torch.zeros(1, 3),))
    torch.export.save(program, "program.pt2")
    save_file(net.state_dict(), "a.safetensors")
    Path("folder").mkdir()
    save_model(net, "folder/model.safetensors")
    torch.load("earlier.pt")
    torch.load("earlier.pt", map_location="cpu")
    torch.load("data.pt")
    torch.jit.load("earlier_script.pt")
    load_file("earlier.safetensors")
    task.close()
    torch.save(net.state_dict(), "after.pt")
    torch.load("weights.pt")
tell()
"""
SAVED = [
    ("output", "a", "safetensors", "a.safetensors"),
    ("output", "checkpoint", "pytorch", "checkpoint.tar"),
    ("output", "folder", "safetensors", "model.safetensors"),
    ("output", "legacy", "pytorch", "legacy.pt"),
    ("output", "open", "pytorch", "open.pt"),
    ("output", "program", "pytorch", "program.pt2"),
    ("output", "scripted", "pytorch", "scripted.ts"),
    ("output", "scripted2", "pytorch", "scripted2.ts"),
    ("output", "weights", "pytorch", "weights.pt"),
    ("output", "whole", "pytorch", "whole.pth"),
]
LOADED = [
    ("input", "earlier", "pytorch", "earlier.pt"),
    ("input", "earlier", "safetensors", "earlier.safetensors"),
    ("input", "earlier_script", "pytorch", "earlier_script.pt"),
]


@pytest.mark.parametrize("imported", ["before", "after"])
def test_models_are_recorded_and_other_files_are_not(tmp_path: Path, imported: str) -> None:
    run(tmp_path / "work", SCRIPT, imported, "")
    assert models(task_named("pytorch")) == LOADED + SAVED


def test_patterns_choose_files(tmp_path: Path) -> None:
    run(tmp_path / "work", SCRIPT, "after", "*.pth *.safetensors")
    assert models(task_named("pytorch")) == [LOADED[1], SAVED[0], SAVED[2], SAVED[-1]]
