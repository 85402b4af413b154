"""Optuna: each trial's values when it ends, what it reports on its way, and a table of all of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.capture.scripts import lines, run, task_named

pytestmark = pytest.mark.heavy
pytest.importorskip("optuna")

SCRIPT = """
import optuna
from stripchart import Task
optuna.logging.set_verbosity(optuna.logging.ERROR)
task = Task.init("capture", "optuna")
study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=0))
def objective(trial):
    x = trial.suggest_float("x", -1, 1)
    for step in range(2):
        trial.report(x + step, step)
    if trial.number == 1:
        raise optuna.TrialPruned
    if trial.number == 2:
        raise KeyError("of the objective")
    if trial.number == 3:
        trial.suggest_categorical("kind", ["a", "b"])
    return x * x
study.optimize(objective, n_trials=4, catch=KeyError)
study.tell(study.ask(), 5.0)
study.tell(study.ask().number, state=optuna.trial.TrialState.FAIL)
both = optuna.create_study(directions=["minimize", "maximize"])
both.set_metric_names(["size", "speed"])
both.optimize(lambda trial: (trial.suggest_int("n", 0, 9), trial.number), n_trials=6, n_jobs=2)
try:
    optuna.create_study().optimize(lambda trial: 1 / 0, n_trials=1)
except ZeroDivisionError:
    pass
for _ in range(3):  # the next one may lie where the last one lay in memory
    optuna.create_study().optimize(lambda trial: 1.0, n_trials=1)
task.close()
study.optimize(objective, n_trials=1)
tell(
    trials=[[t.number, t.state.name, t.values, t.params] for t in study.trials],
    both=[[t.number, t.values] for t in both.trials],
)
"""


def test_trials_are_recorded_as_the_study_has_them(tmp_path: Path) -> None:
    told = run(tmp_path / "work", SCRIPT)
    trials = told["trials"][:6]
    done = {number: values[0] for number, state, values, _ in trials if state == "COMPLETE"}
    assert sorted(done) == [0, 3, 4]
    task = task_named("optuna")
    found = lines(task)
    assert found["trials", "value"] == sorted(done.items())
    best = [(number, min(v for n, v in done.items() if n <= number)) for number in done]
    assert found["trials", "best value"] == best
    for number, _, _, parameters in trials[:4]:
        points = [(0, parameters["x"]), (1, parameters["x"] + 1)]
        assert found["intermediate values", f"trial {number}"] == points
    for index, name in enumerate(("size", "speed")):
        expected = [(number, values[index]) for number, values in told["both"]]
        assert sorted(found["trials - 1", name]) == expected
    assert [found[f"trials - {number}", "value"] for number in (3, 4, 5)] == [[(0, 1.0)]] * 3


def test_the_table_has_every_trial(tmp_path: Path) -> None:
    told = run(tmp_path / "work", SCRIPT)
    tables = [p for p in task_named("optuna").get_reported_plots() if p["metric"] == "trials"]
    figure = json.loads(tables[-1]["plot_str"])["data"][0]
    columns = dict(zip(figure["header"]["values"], figure["cells"]["values"], strict=True))
    assert list(columns) == ["trial", "state", "values", "x", "kind"]
    assert columns["trial"] == [number for number, *_ in told["trials"][:6]]
    assert columns["state"] == [state for _, state, *_ in told["trials"][:6]]
    assert columns["x"][:4] == [parameters["x"] for *_, parameters in told["trials"][:4]]
