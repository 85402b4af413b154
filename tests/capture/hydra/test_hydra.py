"""What Hydra composes is in the task: overrides as parameters, the configuration whole; a job of a sweep is a task."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from stripchart import Task
from tests.capture.command_lines import parameters, run

pytest.importorskip("hydra")

CONFIG = """
rate: 0.1
base: ${rate}
name: null
when: ${now:%Y}
model: {layers: [1, 2], kind: small}
left: ???
"""
JOB = """
from stripchart import Task
EARLY
import hydra

@hydra.main(version_base=None, config_path="conf", config_name="config")
def main(cfg):
    LATE
    if cfg.rate == 9:
        raise ValueError("nine")

if __name__ == "__main__":
    main()
"""
INIT = "Task.init('p', 'n')"
WHOLE = {
    "rate": 0.5,
    "base": "${rate}",
    "name": None,
    "when": "${now:%Y}",
    "model": {"layers": [3], "kind": "small"},
    "left": "???",
    "new": "a b",
}


@pytest.fixture(autouse=True)
def _config(tmp_path: Path) -> None:
    (tmp_path / "conf").mkdir()
    (tmp_path / "conf" / "config.yaml").write_text(CONFIG)


def whole(task: Task) -> Any:
    return task.get_configuration_object_as_dict("OmegaConf")


@pytest.mark.parametrize(
    ("early", "late"),
    [
        ("", INIT),
        (INIT, "pass"),
        ("del Task", "from stripchart import Task; Task.init('p', 'n')"),
    ],
)
def test_a_job(tmp_path: Path, early: str, late: str) -> None:
    code = JOB.replace("EARLY", early).replace("LATE", late)
    line = ("rate=0.5", "model.layers=[3]", "+new='a b'", "name=null")
    [task] = run(tmp_path, code, *line)
    values = task.get_parameters(cast=True)
    assert {n: v for n, v in values.items() if n.startswith("Hydra/")} == {
        "Hydra/rate": 0.5,
        "Hydra/model.layers": [3],
        "Hydra/new": "a b",
        "Hydra/name": None,
    }
    assert whole(task) == WHOLE
    text = task.get_configuration_object("OmegaConf")
    [written] = tmp_path.glob("outputs/*/*/.hydra/config.yaml")
    assert text == written.read_text()


def test_a_deletion_keeps_its_sign(tmp_path: Path) -> None:
    code = JOB.replace("EARLY", "").replace("LATE", INIT)
    assert parameters(tmp_path, code, "~base", section="Hydra") == {"~base": None}


def test_each_job_of_a_sweep_is_a_task(tmp_path: Path) -> None:
    late = "t = Task.init('p', 'n'); t.logger.report_scalar('t', 's', cfg.rate, 0)"
    code = JOB.replace("EARLY", "").replace("LATE", late)
    tasks = run(tmp_path, code, "-m", "rate=1,9,3", code_at_end=1)
    told = [(t.get_parameter("Hydra/rate", cast=True), t.status) for t in tasks]
    assert told == [(1, "completed"), (9, "failed"), (3, "completed")]
    assert [t.get_reported_scalars()["t"]["s"]["y"] for t in tasks] == [[1.0], [9.0], [3.0]]
    assert [whole(t)["rate"] for t in tasks] == [1, 9, 3]
    assert "nine" in (tasks[1].get_status_message() or "")


def test_a_task_opened_before_a_sweep_holds_all_of_it(tmp_path: Path) -> None:
    code = JOB.replace("EARLY", INIT).replace("LATE", "pass")
    [task] = run(tmp_path, code, "-m", "rate=1,2")
    assert (task.status, task.get_parameter("Hydra/rate")) == ("completed", "2")


@pytest.mark.parametrize("init_first", [True, False])
def test_the_compose_interface(tmp_path: Path, init_first: bool) -> None:
    compose = """
with hydra.initialize(version_base=None, config_path="conf"):
    cfg = hydra.compose("config", overrides=["rate=0.5", "model.layers=[3]", "+new='a b'"])
assert "hydra" not in cfg
"""
    parts = [f"{INIT}\n", compose] if init_first else [compose, f"{INIT}\n"]
    [task] = run(tmp_path, "from stripchart import Task\nimport hydra\n" + "".join(parts))
    assert task.get_parameter("Hydra/rate", cast=True) == 0.5
    assert whole(task) == WHOLE


def test_hydra_is_switched_off(tmp_path: Path) -> None:
    late = "Task.init('p', 'n', auto_connect_frameworks={'hydra': False})"
    [task] = run(tmp_path, JOB.replace("EARLY", "").replace("LATE", late), "rate=2")
    assert not [name for name in task.get_parameters() if name.startswith("Hydra/")]
    assert task.get_configuration_objects() == {}


def test_configurations_are_connected_as_what_they_hold(tmp_path: Path) -> None:
    code = """
    from omegaconf import OmegaConf
    from stripchart import Task
    task = Task.init("p", "n")
    made = OmegaConf.create({"rate": 0.1, "base": "${rate}", "left": "???", "model": {"layers": [1, {"a": 2}]}})
    assert task.connect(made) is made
    assert task.connect(OmegaConf.create({"bad": "${none}"}), "Bad")
    assert task.connect_configuration(made, "whole") is made
    """
    [task] = run(tmp_path, code)
    assert task.get_parameters(cast=True) == {
        "General/rate": 0.1,
        "General/base": 0.1,
        "General/left": "???",
        "General/model/layers": [1, {"a": 2}],
        "Bad/bad": "${none}",
    }
    assert task.get_configuration_object_as_dict("whole") == {
        "rate": 0.1,
        "base": 0.1,
        "left": "???",
        "model": {"layers": [1, {"a": 2}]},
    }
