"""User code that must type-check under mypy --strict; it is never run."""

from __future__ import annotations

from pathlib import Path

from stripchart import (
    HomeError,
    InputModel,
    Logger,
    Model,
    OutputModel,
    SettingsError,
    StorageManager,
    Task,
    TaskTypes,
    UsageError,
)


def train(folder: Path) -> None:
    task: Task = Task.init(
        "project/sub",
        "name",
        task_type=TaskTypes.training,
        tags=["a"],
        continue_last_task=True,
        auto_connect_frameworks={"matplotlib": False, "pytorch": "*.pt"},
        auto_connect_streams={"stdout": True},
    )
    logger: Logger = task.get_logger()
    logger.report_scalar("title", "series", 0.5, 1)
    logger.report_scalar(title="title", series="series", value=1, iteration=2)
    logger.report_single_value("name", 0.5)
    logger.report_text("text", 20, False, "argument")
    with logger.capture_logging():
        pass
    flushed: bool = logger.flush(wait=True)
    Logger.set_reporting_nan_value(float("nan"), warn_period=10)
    current: Logger | None = Logger.current_logger()
    read = Task.get_task(task_id=task.id).get_reported_scalars(max_samples=100, x_axis="iso_time")
    y: list[float] = read["title"]["series"]["y"]
    last: float = task.get_last_scalar_metrics()["title"]["series"]["last"]
    single: float | None = task.get_reported_single_value("name")
    lines: list[str] = task.get_reported_console_output(number_of_reports=5)
    parameters: dict[str, str] = task.get_parameters()
    print(flushed, current, y, last, single, lines, parameters, folder)
    task.close()


def models(task: Task, folder: Path) -> None:
    model = OutputModel(task, name="net", config_dict={"layers": 2}, label_enumeration={"cat": 0})
    place: str = model.update_weights(folder / "net.pt", iteration=3, auto_delete_file=False)
    model.update_weights_package(weights_path=folder)
    model.report_scalar("loss", "train", 0.5, 1)
    model.report_scalar(title="loss", series="train", value=0.5, iteration=1)
    model.tags = [*model.tags, "best"]
    started: InputModel = InputModel.import_model("s3://bucket/net.pt", framework="PyTorch")
    same: InputModel = task.connect(started)
    last: Model = task.models["output"][-1]
    named: Model = task.models.output["net"]
    copy: str | None = named.get_local_copy()
    found: list[Model] = Model.query_models(project_name="project", tags=["best"])
    fetched: str | None = StorageManager.get_local_copy("s3://bucket/x.zip")
    print(place, same, last, copy, found, fetched)


def errors() -> tuple[type[OSError], type[ValueError], type[RuntimeError]]:
    return HomeError, SettingsError, UsageError
