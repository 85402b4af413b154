"""XGBoost: what it evaluates is recorded as it says itself, each training apart, and its models."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.capture.scripts import from_0, lines, models, run, task_named

pytestmark = pytest.mark.heavy
pytest.importorskip("xgboost")

SCRIPT = """
import numpy as np
import sys
if sys.argv[1] == "before":
    import xgboost as xgb
    from xgboost import train
from stripchart import Task
task = Task.init("capture", "xgboost")
import xgboost as xgb
from xgboost import train
rng = np.random.default_rng(0)
x = rng.normal(size=(80, 3))
y = (x[:, 0] > 0).astype(int)
data, params = xgb.DMatrix(x, y), {"objective": "binary:logistic", "eval_metric": ["logloss", "auc"], "nthread": 1}
first, cv = {}, None
booster = train(params, data, 5, evals=[(data, "train"), (data, "held")], evals_result=first, verbose_eval=False)
classifier = xgb.XGBClassifier(n_estimators=4, n_jobs=1, eval_metric="logloss")
classifier.fit(x, y, eval_set=[(x, y)], verbose=False)
cv = xgb.cv(params, data, 3, nfold=2)
stopping = {}
xgb.train(params, data, 50, evals=[(data, "train")], evals_result=stopping, early_stopping_rounds=2, verbose_eval=False)
train(params, data, 2)  # nothing is evaluated
again = {}
train(params, data, 2, evals=[(data, "train")], evals_result=again, verbose_eval=False, xgb_model=booster)
booster.save_model("booster.ubj")
classifier.save_model("classifier.json")
booster.save_raw()
xgb.Booster(model_file="booster.ubj")
task.close()
train(params, data, 2, evals=[(data, "train")], verbose_eval=False)
booster.save_model("after.ubj")
cv = {name: list(column) for name, column in cv.items()}
tell(first=first, classifier=classifier.evals_result(), cv=cv, stopping=stopping, again=again)
"""


@pytest.mark.parametrize("imported", ["before", "after"])
def test_each_training_is_a_line_of_its_own_with_the_values_of_the_library(
    tmp_path: Path, imported: str
) -> None:
    told = run(tmp_path / "work", SCRIPT, imported)
    expected = {
        (title + suffix, metric): from_0(values)
        for suffix, result in (
            ("", told["first"]),
            (" - 1", told["classifier"]),
            (" - 3", told["stopping"]),
            (" - 4", told["again"]),
        )
        for title, metrics in result.items()
        for metric, values in metrics.items()
    }
    for column, values in told["cv"].items():
        title, _, series = column.partition("-")
        expected[f"{title} - 2", series] = from_0(values)
    task = task_named("xgboost")
    assert lines(task) == expected
    assert len(expected["train - 3", "auc"]) < 50
    assert ("test - 2", "auc-std") in expected
    assert models(task) == [
        ("output", "booster", "xgboost", "booster.ubj"),
        ("output", "classifier", "xgboost", "classifier.json"),
    ]
