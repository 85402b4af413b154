"""How long does the first page of 10,000 tasks take, sorted by a metric? Budget: 100 ms.

The baseline reads the same rows and metric values by the tasks' ids, already known: what sorting and filtering cost
beyond that is the ratio.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from report import row
from sqlalchemy import select

from stripchart.query.filter_text import parse
from stripchart.store import catalog_tables as tables
from stripchart.store.catalog import Catalog
from stripchart.store.catalog_rows import Grouping, GroupKey, Metric, Order, TaskFilter
from stripchart.store.catalog_state import (
    AttemptState,
    MetricState,
    ParameterState,
    TaskState,
    WriterState,
)
from stripchart.store.catalog_table import ColumnKind
from stripchart.store.open import open_catalog

LOSS = Metric("loss", "train")
COLUMNS = [LOSS, Metric("metric 3", "train", "max")]


def main() -> None:
    """Fill a catalog and print the median times."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--tasks", type=int, default=10_000)
    arguments.add_argument("--metrics", type=int, default=20)
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        catalog = open_catalog(Path(folder) / "catalog.sqlite")
        _fill(catalog, given.tasks, given.metrics)
        wanted = TaskFilter(order=[Order(metric=LOSS)], metrics=COLUMNS)
        ids = [row.id for row in catalog.tasks(wanted).tasks]
        baseline = _median_ms(lambda: _by_id(catalog, ids))
        for name, query in {
            "sorted by a metric": wanted,
            "sorted by start": TaskFilter(metrics=COLUMNS),
            "text search, sorted by a metric": TaskFilter(
                search="name 7", order=[Order(metric=LOSS)]
            ),
            "one project, sorted by a metric": TaskFilter(
                project="p/3", order=[Order(metric=LOSS)]
            ),
            "a filter on a metric, sorted by it": _filtered("metric.loss.min<0.5 tag:t3"),
            "a filter on a parameter by number": _filtered("param.lr<0.5 not status:failed"),
            "a filter by pattern, any series": _filtered('name~"7$" metric.loss:*'),
            "sorted by a parameter, then a metric": TaskFilter(
                order=[Order(parameter="General/seed"), Order(metric=LOSS)],
                parameters=["General/lr", "General/seed"],
            ),
        }.items():
            took = _median_ms(lambda query=query: catalog.tasks(query))  # type: ignore[misc]
            what = f"first page of {given.tasks:,} tasks, {name}"
            row(what, took, "ms", baseline=baseline, beside="the rows by id", budget=100)
        grouping = Grouping(keys=[GroupKey(parameter="General/seed")], metrics=COLUMNS)
        kinds: list[ColumnKind] = ["metric", "parameter", "tag"]
        for what, ask in [
            ("grouped by a parameter, two metrics", lambda: catalog.groups(TaskFilter(), grouping)),
            *((f"names of every {kind}", _names(catalog, kind)) for kind in kinds),
        ]:
            told = f"{given.tasks:,} tasks, {what}"
            row(told, _median_ms(ask), "ms", baseline=baseline, beside="the rows by id", budget=100)
        catalog.close()


def _names(catalog: Catalog, kind: ColumnKind) -> Callable[[], object]:
    return lambda: catalog.columns(kind, TaskFilter(project="p"), search="1")


def _filtered(text: str) -> TaskFilter:
    return TaskFilter(term=parse(text, now_us=0), order=[Order(metric=LOSS)], metrics=COLUMNS)


def _fill(catalog: Catalog, tasks: int, metrics: int) -> None:
    chance = random.Random(1)
    for begin in range(0, tasks, 500):
        catalog.save([_task(chance, number, metrics) for number in range(begin, begin + 500)])


def _task(chance: random.Random, number: int, metrics: int) -> TaskState:
    state = TaskState(f"{chance.getrandbits(128):032x}")
    state.described = {
        "project": (f"p/{number % 40}", (1, "w")),
        "name": (f"name {number}", (1, "w")),
    }
    state.attempts[0] = AttemptState(0, number)
    state.writers["w"] = WriterState("w", "task", "h", 1, 0, 0, 1)
    state.described["tags"] = ([f"t{number % 7}", f"t{number % 5}"], (1, "w"))
    state.changed_task = True
    for name, value in (("lr", chance.random()), ("seed", number % 10)):
        state.parameters[f"General/{name}"] = ParameterState(str(value), "", False, (1, "w"))
        state.changed_parameters.add(f"General/{name}")
    state.changed_attempts.add(0)
    state.changed_writers.add("w")
    for index in range(metrics):
        title = "loss" if index == 0 else f"metric {index}"
        value = chance.random()
        state.changed_metrics[title, "train"] = MetricState(
            title, "train", [0], [0], 9, 0, 0, 9, value, 0, value, 9, value, 0, value, 9, value
        )
    return state


def _by_id(catalog: Catalog, ids: list[str]) -> None:
    with catalog.engine.connect() as connection:
        connection.execute(select(tables.tasks).where(tables.tasks.c.id.in_(ids))).all()
        for metric in COLUMNS:
            key = tables.metric_key(metric.title, metric.series)
            of_metric = select(tables.metrics.c.last).where(
                tables.metrics.c.key == key, tables.metrics.c.task_id.in_(ids)
            )
            connection.execute(of_metric).all()


def _median_ms(run: Callable[[], object]) -> float:
    took = []
    for _ in range(15):
        begun = time.perf_counter()
        run()
        took.append(time.perf_counter() - begun)
    return sorted(took)[len(took) // 2] * 1000


if __name__ == "__main__":
    main()
