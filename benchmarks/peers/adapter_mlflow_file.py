"""mlflow fluent API, file store."""

import os

os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
os.environ["MLFLOW_ALLOW_FILE_STORE"] = "true"
os.environ["GIT_PYTHON_REFRESH"] = "quiet"
import mlflow

DIST = "mlflow"
URI = "file:{}/mlruns"


def setup(dir, run="run0"):
    mlflow.set_tracking_uri(URI.format(dir))
    if run == "run0":
        mlflow.set_experiment("bench")
    else:  # let run0 make the store first
        import time

        time.sleep(8)
        mlflow.set_experiment("bench")
    mlflow.start_run(run_name=run)


def log_scalar(name, value, step):
    mlflow.log_metric(name, value, step)


def log_dict(d, step):
    mlflow.log_metrics(d, step)


def fill(name, vals):
    import time

    c, rid, now = mlflow.MlflowClient(), mlflow.active_run().info.run_id, int(time.time() * 1000)
    for k in range(0, len(vals), 1000):
        c.log_batch(
            rid,
            [mlflow.entities.Metric(name, v, now, k + j) for j, v in enumerate(vals[k : k + 1000])],
        )


def log_image(name, img, step):
    mlflow.log_image(img, key=name, step=step)


def finish():
    mlflow.end_run()


def read_back(dir, name, run="run0"):
    mlflow.set_tracking_uri(URI.format(dir))
    c = mlflow.MlflowClient()
    rid = c.search_runs([c.get_experiment_by_name("bench").experiment_id])[0].info.run_id
    return [(m.step, m.value) for m in c.get_metric_history(rid, name)]
