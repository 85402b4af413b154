"""LightGBM: values as it has them, not rounded, of ``train``, the scikit-learn classes and ``cv``, each apart."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.capture.scripts import from_0, lines, models, run, task_named

pytestmark = pytest.mark.heavy
pytest.importorskip("lightgbm")

SCRIPT = """
import numpy as np
import lightgbm as lgb
from lightgbm import train
import warnings
rng = np.random.default_rng(0)
x = rng.normal(size=(90, 3))
y = (x[:, 0] + rng.normal(size=90) / 2 > 0).astype(int)
params = {"objective": "binary", "verbose": -1, "num_threads": 1, "learning_rate": 0.3}
params["metric"] = ["auc", "binary_logloss"]
data = lambda: lgb.Dataset(x, y)
train(params, data(), 1).save_model("earlier.txt")
from stripchart import Task
task = Task.init("capture", "lightgbm")
first, held = {}, data()
booster = train(params, held, 4, valid_sets=[held, data()], callbacks=[lgb.record_evaluation(first)])
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    classifier = lgb.LGBMClassifier(n_estimators=3, verbose=-1, n_jobs=1).fit(x, y, eval_set=[(x, y)])
folds = lgb.cv(params, data(), 3, nfold=2, return_cvbooster=True)
folds.pop("cvbooster").save_model("folds.json")
on, error = {}, lambda predicted, data: ("mine", float(np.mean((predicted > 0.5) != data.get_label())), False)
train(params, data(), 2, valid_sets=[data()], feval=error, init_model=booster, callbacks=[lgb.record_evaluation(on)])
booster.save_model("booster.txt")
lgb.Booster(model_file="earlier.txt")
lgb.Booster(model_str=booster.model_to_string())
task.close()
train(params, data(), 2, valid_sets=[data()])
tell(first=first, classifier=classifier.evals_result_, cv=folds, on=on)
"""


def test_all_that_is_evaluated_arrives_as_the_library_has_it(tmp_path: Path) -> None:
    told = run(tmp_path / "work", SCRIPT)
    expected = {
        (title + suffix, metric): [(i + start, value) for i, value in enumerate(values)]
        for suffix, start, result in (
            ("", 0, told["first"]),
            (" - 1", 0, told["classifier"]),
            (" - 3", 4, told["on"]),  # goes on with a model of 4 iterations
        )
        for title, metrics in result.items()
        for metric, values in metrics.items()
    }
    for column, values in told["cv"].items():
        title, _, series = column.partition(" ")
        expected[f"{title} - 2", series] = from_0(values)
    task = task_named("lightgbm")
    assert lines(task) == expected
    assert {("valid_0 - 3", "mine"), ("valid - 2", "auc-stdv")} < set(expected)
    parameters = task.get_parameters()
    assert parameters["General/objective"] == "binary"
    assert parameters["General/learning_rate"] == "0.3"
    assert models(task) == [
        ("input", "earlier", "lightgbm", "earlier.txt"),
        ("output", "booster", "lightgbm", "booster.txt"),
        ("output", "folds", "lightgbm", "folds.json"),
    ]
