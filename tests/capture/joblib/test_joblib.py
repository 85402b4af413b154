"""joblib: scikit-learn models that are dumped and loaded, by whichever name, and nothing of its own business."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.capture.scripts import models, run, task_named

pytestmark = pytest.mark.heavy
pytest.importorskip("sklearn")

SCRIPT = """
import io
import joblib
import numpy as np
from joblib import dump, load
from sklearn.linear_model import LogisticRegression
x = np.arange(20.0).reshape(10, 2)
model = LogisticRegression().fit(x, x[:, 0] > 8)
dump(model, "earlier.joblib")
from stripchart import Task
task = Task.init("capture", "joblib", auto_connect_frameworks={"joblib": ["*.joblib", "*.gz", "*.z"]})
assert dump(model, "plain.joblib") == ["plain.joblib"]
dump(model, "by_name.joblib.gz", compress=3)
joblib.dump(model, "by_attribute.joblib.z", compress=("zlib", 9))
with open("open.joblib", "wb") as file:
    assert dump(model, file) is None
dump(model, io.BytesIO())
dump(model, "unwanted.pkl")
dump(x, "data.joblib")
dump({"model": model, "threshold": 0.5}, "with_more.joblib")
load("earlier.joblib")
load("plain.joblib")
try:
    dump(lambda: 0, "fails.joblib")
except Exception:
    pass
assert joblib.Parallel(n_jobs=2)(joblib.delayed(np.sum)(np.ones(300_000)) for _ in range(2)) == [3e5, 3e5]
cached = joblib.Memory("cache", verbose=0).cache(np.mean)
assert cached(x) == cached(x)
task.close()
dump(model, "after.joblib")
assert (load("by_name.joblib.gz").predict(x) == load("open.joblib").predict(x)).all()
tell()
"""


def test_models_are_recorded_and_nothing_else(tmp_path: Path) -> None:
    run(tmp_path / "work", SCRIPT)
    task = task_named("joblib")
    assert models(task) == [
        ("input", "earlier", "joblib", "earlier.joblib"),
        ("output", "by_attribute.joblib", "joblib", "by_attribute.joblib.z"),
        ("output", "by_name.joblib", "joblib", "by_name.joblib.gz"),
        ("output", "open", "joblib", "open.joblib"),
        ("output", "plain", "joblib", "plain.joblib"),
        ("output", "with_more", "joblib", "with_more.joblib"),
    ]
    sizes = {
        m.name: (tmp_path / "work" / (m.url or "").rpartition("/")[2])
        for m in task.models["output"]
    }
    assert all(path.exists() for path in sizes.values())
