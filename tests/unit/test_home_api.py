"""``stripchart.Api``: what a script reported comes back as tables, with a server and without one."""

from __future__ import annotations

import csv
import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import numpy as np
import pytest

import stripchart
from stripchart import Api, Task
from stripchart.api import ApiFailure

POINTS = 5000


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, list[str]]]:
    home = tmp_path_factory.mktemp("api") / "home"
    ids = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STRIPCHART_HOME", str(home))
        patch.setenv("STRIPCHART_RECORDER", "0")
        for number in range(3):
            task = Task.init(
                "p/q",
                f"run {number}",
                tags=["t", str(number)],
                auto_connect_arg_parser=False,  # what another test has parsed in this process
            )
            task.connect({"lr": 0.1 * (number + 1), "net": "a"})
            logger = task.get_logger()
            for i in range(POINTS):
                logger.report_scalar("loss", "train", float(number + i), i)
            logger.set_reporting_nan_value(float("nan"))
            logger.report_scalar("loss", "val", float("nan"), 0)
            logger.report_scalar("loss", "val", 2.0, 1)
            logger.report_single_value("best", 0.5 + number)
            logger.report_text(f"hello {number}", print_console=False)
            ids.append(task.id)
            task.close()
        stripchart.Logger._nan_value = None
        yield home, ids


@pytest.fixture(scope="module")
def api(filled: tuple[Path, list[str]]) -> Iterator[Api]:
    with Api(filled[0]) as made:
        yield made


@pytest.fixture
def ids(filled: tuple[Path, list[str]]) -> list[str]:
    return filled[1]


def test_tasks_are_found_with_their_columns(api: Api, ids: list[str]) -> None:
    found = api.tasks("tag:t", metrics=["loss/train.max", "loss/train"], parameters=["General/lr"])
    assert sorted(found["id"]) == sorted(ids)
    by_name = {row["name"]: row for row in found.rows()}
    assert by_name["run 1"]["loss/train.max"] == by_name["run 1"]["loss/train"] == 1.0 + POINTS - 1
    assert float(by_name["run 2"]["General/lr"]) == pytest.approx(0.3)
    assert found["started"].dtype == np.dtype("datetime64[us]")
    assert sorted(by_name["run 1"]["tags"]) == ["1", "t"]
    assert len(api.tasks("name:nobody")) == 0
    assert len(api.tasks(limit=2)) == 2
    with pytest.raises(ApiFailure, match="expected"):
        api.tasks("param.lr<")
    with pytest.raises(ValueError, match="title/series"):
        api.tasks(metrics=["loss"])


def test_times_say_that_they_are_in_utc(api: Api, ids: list[str], tmp_path: Path) -> None:
    """In rows, frames, and every file; the same moment in each, and as the table of tasks writes it."""
    points = api.scalars(ids[0], "loss", "val")
    first = next(points.rows())["time"]
    assert first.tzinfo is dt.UTC
    assert abs(first - dt.datetime.now(dt.UTC)) < dt.timedelta(hours=1)
    csv_file, lines, parquet = (tmp_path / f"points.{kind}" for kind in ("csv", "jsonl", "parquet"))
    for path in (csv_file, lines, parquet):
        api.export(ids[0], path)
    of_csv = [
        row["time"]
        for row in csv.DictReader(csv_file.read_text().splitlines())
        if row["series"] == "val"
    ]
    assert of_csv[0] == first.isoformat(timespec="microseconds")
    assert of_csv[0].endswith("+00:00")
    of_lines = [json.loads(line) for line in lines.read_text().splitlines()]
    times = [row["time"] for row in of_lines if row["series"] == "val"]
    assert dt.datetime.fromisoformat(times[0]) == first
    import duckdb

    asked = f"select typeof(time), epoch_us(time) from '{parquet}' where series = 'val' order by 2"
    kind, time_us = duckdb.connect().execute(asked).fetchall()[0]
    assert kind == "TIMESTAMP WITH TIME ZONE"
    assert dt.datetime.fromtimestamp(time_us / 1e6, dt.UTC) == first


def test_an_export_keeps_its_order_and_names(api: Api, ids: list[str], tmp_path: Path) -> None:
    """Whatever has to be done to its times: an order that is asked for, and names that columns share."""
    from stripchart.server import schema

    question = schema.SqlQuestion(
        sql="select p.value, p.time, t.started as time, null as none, [p.time] as several "
        "from points p join tasks t on p.task = t.id where title = 'loss' and series = 'train' "
        "order by p.value desc ;"
    )
    kinds: tuple[Literal["csv", "parquet"], ...] = ("csv", "parquet")
    for kind in kinds:
        written = api._client.sql_export(schema.SqlExport(question=question, format=kind))
        path = tmp_path / f"answer.{kind}"
        path.write_bytes(written)
        if kind == "csv":
            rows = list(csv.reader(path.read_text().splitlines()))
            assert rows[0] == ["value", "time", "time_1", "none", "several"]
            values = [float(row[0]) for row in rows[1:]]
            assert len(values) == 3 * POINTS
            assert values == sorted(values, reverse=True)
            assert rows[1][1].endswith("+00:00")
            assert rows[1][2].endswith("+00:00")


def test_models_artifacts_and_plots_are_listed(home: Path) -> None:
    task = Task.init("p", "n", auto_connect_arg_parser=False)
    task.upload_artifact("table", {"a": 1})
    task._model_saved(__file__, "pytorch", name="net", iteration=3)
    for iteration in (2, 5):
        task.get_logger().report_histogram("h", "s", [iteration, 2], iteration)
    task.close()
    with Api() as api:
        [model] = api.models(task.id).rows()
        assert (model["name"], model["role"], model["framework"]) == ("net", "output", "pytorch")
        assert (model["iteration"], model["uri"]) == (3.0, Path(__file__).as_uri())
        [artifact] = api.artifacts(task.id).rows()
        assert (artifact["name"], artifact["type"]) == ("table", "JSON")
        assert artifact["time"].tzinfo is dt.UTC
        plots = api.plots(task.id)
        assert plots["iteration"].tolist() == [2, 5]
        assert list(plots["title"]) == ["h", "h"]
        assert api.plot(task.id, "h", "s")["data"][0]["y"] == [5, 2]
        assert api.plot(task.id, "h", "s", iteration=2)["data"][0]["y"] == [2, 2]
        with pytest.raises(ApiFailure):
            api.plot(task.id, "h", "s", iteration=3)


def test_every_point_comes_back_exactly(api: Api, ids: list[str]) -> None:
    points = api.scalars(ids[:2], "loss", "train")
    assert len(points) == 2 * POINTS
    second = points["task"] == ids[1]
    assert points["iteration"][second].tolist() == list(range(POINTS))
    assert points["value"][second].tolist() == [1.0 + i for i in range(POINTS)]
    both = api.scalars(ids[0], title="loss")
    assert set(both["series"]) == {"train", "val"}
    nan = both["value"][both["series"] == "val"]
    assert np.isnan(nan[0])
    assert both["flags"][both["series"] == "val"][0] == 1


def test_series_of_many_tasks_come_in_parts(
    api: Api, ids: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stripchart.api._MOST_SERIES", 1)
    monkeypatch.setattr("stripchart.api._MOST_TASKS", 2)
    points = api.scalars([*ids, ids[0]], title="loss")
    for task, times in ((ids[0], 2), (ids[1], 1), (ids[2], 1)):
        found = points["series"][points["task"] == task].tolist()
        assert (found.count("train"), found.count("val")) == (times * POINTS, times * 2)
    with pytest.raises(ApiFailure, match="no task") as failed:
        api.scalars([ids[0], "e" * 32], title="loss")
    assert (failed.value.status, failed.value.error.code) == (404, "not_found")


def test_fewer_points_draw_the_same(api: Api, ids: list[str]) -> None:
    drawn = api.scalars(ids[0], "loss", "train", columns=100)
    assert 100 <= len(drawn) <= 400
    assert (drawn["value"].min(), drawn["value"].max()) == (0.0, POINTS - 1.0)


def test_what_is_too_much_for_an_answer_comes_in_parts(
    api: Api, ids: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from stripchart.server import series

    monkeypatch.setattr(series, "MOST_POINTS", 700)
    monkeypatch.setattr("stripchart.api._COLUMNS_A_PART", 100)
    points = api.scalars(ids, "loss", "train")
    assert len(points) == 3 * POINTS
    for number, task in enumerate(ids):
        value = points["value"][points["task"] == task]
        assert value.tolist() == [float(number + i) for i in range(POINTS)]
    relative = api.scalars(ids[0], "loss", "train", axis="relative")
    assert len(relative) == POINTS


def test_parts_reach_points_that_cannot_be_drawn(
    api: Api, ids: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from stripchart.server import series

    monkeypatch.setattr(series, "MOST_POINTS", 1)
    monkeypatch.setattr(series, "RAW_PER_COLUMN", 1)
    monkeypatch.setattr("stripchart.api._COLUMNS_A_PART", 1)
    points = api.scalars(ids[0], "loss", "val")  # NaN lies before the first finite point
    assert points["iteration"].tolist() == [0, 1]
    assert np.isnan(points["value"][0])


def test_groups_summaries_values_and_console(api: Api, ids: list[str]) -> None:
    curves = api.group({"a": ids, "b": ids[:1]}, "loss", "train", columns=10)
    assert set(curves["group"]) == {"a", "b"}
    assert curves["n"][curves["group"] == "a"].tolist() == [3] * 10
    summary = next(row for row in api.series(ids[0], "train").rows())
    assert (summary["title"], summary["count"], summary["max"]) == ("loss", POINTS, POINTS - 1.0)
    assert api.values(ids[2]) == {"best": 2.5}
    assert api.parameters(ids[0])["General/net"] == "a"
    assert api.console(ids[1])["text"].tolist() == ["hello 1"]
    assert len(api.console(ids[1], pattern="nothing")) == 0


def test_sql_answers_over_all_tables(api: Api, ids: list[str]) -> None:
    rows = api.sql(
        "select t.name, count(*) n, max(p.value) high from points p join tasks t on t.id = p.task "
        "where title = 'loss' and series = 'train' group by all order by 1"
    )
    assert rows["n"].tolist() == [POINTS] * 3
    assert rows["high"].tolist() == [POINTS - 1.0 + i for i in range(3)]
    started = api.sql("select started from tasks", filter=f"id:{ids[0]}")
    assert started["started"].tolist() == api.tasks(f"id:{ids[0]}")["started"].tolist()
    counted = api.sql(
        "select (select count(*) from parameters), (select count(*) from single_values), "
        "(select count(*) from console), (select count(*) from metrics where series = 'val')"
    )
    assert [counted[name][0] for name in counted.columns] == [6, 3, 3, 3]


@pytest.mark.parametrize(
    "statement",
    [
        "delete from tasks",
        "select 1; select 2",
        "select * from read_text('/etc/passwd')",
        "copy tasks to '/tmp/x.csv'",
        "attach '/tmp/x.db'",
        "set enable_external_access = true",
        "install httpfs",
        "select * from nothing",
        "select now()",
        "select",
        "",
    ],
)
def test_sql_changes_and_reaches_nothing(api: Api, statement: str) -> None:
    with pytest.raises(ApiFailure) as refused:
        api.sql(statement)
    assert refused.value.status == 400


def test_tables_go_into_pandas_and_arrow(api: Api, ids: list[str]) -> None:
    pandas = pytest.importorskip("pandas")
    table = api.scalars(ids[0], "loss")
    frame = table.to_pandas()
    assert list(frame.columns) == table.columns
    assert isinstance(frame["time"].dtype, pandas.DatetimeTZDtype)
    assert frame["value"].sum() == pytest.approx(np.nansum(table["value"]))
    pyarrow = pytest.importorskip("pyarrow")
    arrow = pyarrow.table(table)
    assert arrow.column_names == table.columns
    assert arrow["series"].to_pylist() == table["series"].tolist()
    assert arrow["value"].to_numpy()[: POINTS - 1].tolist() == table["value"][: POINTS - 1].tolist()
    assert str(arrow.schema.field("time").type) == "timestamp[us, tz=UTC]"
    runs = api.tasks(parameters=["General/lr", "General/none"])
    assert pyarrow.table(runs)["General/none"].to_pylist() == [None] * 3
    assert pyarrow.table(api.tasks("name:nobody")).num_rows == 0


@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet"])
def test_files_hold_every_point(api: Api, ids: list[str], tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"points.{ending}"
    api.export(ids[:2], path)
    if ending == "parquet":
        read = pytest.importorskip("pyarrow.parquet").read_table(path)
        assert read.num_rows == 2 * (POINTS + 2)
    else:
        lines = path.read_text().splitlines()
        assert len(lines) == 2 * (POINTS + 2) + (ending == "csv")
    if ending == "jsonl":
        values = [json.loads(line)["value"] for line in lines]
        assert values.count("nan") == 2
    with pytest.raises(ValueError, match=r"\.csv"):
        api.export(ids, tmp_path / "points.xlsx")
