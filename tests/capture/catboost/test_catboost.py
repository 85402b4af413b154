"""CatBoost: what a training evaluated, at the iterations at which it did; the call itself is left alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.capture.scripts import lines, models, run, task_named

pytestmark = pytest.mark.heavy
pytest.importorskip("catboost")

SCRIPT = """
import numpy as np
import catboost
from catboost import CatBoostClassifier, CatBoostRegressor, Pool
rng = np.random.default_rng(0)
x = rng.normal(size=(80, 3))
y = (x[:, 0] > 0).astype(int)
quiet = {"verbose": False, "allow_writing_files": False, "thread_count": 1}
CatBoostRegressor(iterations=1, **quiet).fit(x, y).save_model("earlier.cbm")
from stripchart import Task
task = Task.init("capture", "catboost")
class Seen:
    iterations = []
    def after_iteration(self, info):
        self.iterations.append(info.iteration)
        return True
first = CatBoostClassifier(iterations=6, eval_metric="AUC", **quiet)
fitted = first.fit(x, y, eval_set=(x, y), callbacks=[Seen()])
assert fitted is first and Seen.iterations == [1, 2, 3, 4, 5, 6]
second = CatBoostRegressor(iterations=11, metric_period=4, **quiet).fit(x, y)
folds = catboost.cv(Pool(x, y), {"loss_function": "Logloss", "iterations": 3, "logging_level": "Silent"}, fold_count=2)
stopped = CatBoostRegressor(iterations=300, learning_rate=1.0, metric_period=3, od_wait=3, od_type="Iter", **quiet)
stopped.fit(x, y, eval_set=(x, -y))
first.save_model("first.cbm")
CatBoostRegressor().load_model("earlier.cbm")
task.close()
CatBoostRegressor(iterations=2, **quiet).fit(x, y)
tell(first=first.get_evals_result(), second=second.get_evals_result(), cv={k: list(v) for k, v in folds.items()},
     stopped=stopped.get_evals_result())
"""


def test_what_was_evaluated_stands_at_its_iterations(tmp_path: Path) -> None:
    told = run(tmp_path / "work", SCRIPT)
    expected = {
        (title + suffix, metric): list(zip(places, values, strict=False))
        for suffix, places, result in (
            ("", range(1, 7), told["first"]),
            (" - 1", (1, 5, 9, 11), told["second"]),
            (" - 3", range(1, 301, 3), told["stopped"]),
        )
        for title, metrics in result.items()
        for metric, values in metrics.items()
    }
    for column, values in told["cv"].items():
        title, _, series = column.partition("-")
        if column != "iterations":
            expected[f"{title} - 2", series] = [(i + 1, value) for i, value in enumerate(values)]
    task = task_named("catboost")
    assert lines(task) == expected
    assert len(expected["learn - 1", "RMSE"]) == 4
    assert {("validation", "AUC"), ("test - 2", "Logloss-std")} < set(expected)
    assert len(expected["validation - 3", "RMSE"]) < 20
    assert models(task) == [
        ("input", "earlier", "catboost", "earlier.cbm"),
        ("output", "first", "catboost", "first.cbm"),
    ]
