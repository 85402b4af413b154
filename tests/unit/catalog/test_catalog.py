"""The catalog: its tables and migrations, what it refuses, and what it answers."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, text

from stripchart.store import catalog_schema
from stripchart.store.catalog import Catalog, CatalogBroken, CatalogTooNew
from stripchart.store.catalog_rows import Metric, Order, SortField, TaskFilter
from stripchart.store.catalog_state import (
    ArtifactState,
    AttemptState,
    Conclusion,
    ConfigurationState,
    MetricState,
    ParameterState,
    TaskState,
    WriterState,
)
from stripchart.store.catalog_tables import metadata, metric_key
from stripchart.store.open import open_catalog

SECOND = 1_000_000


def metric(title: str, last: float | None, *, high: int = 9) -> MetricState:
    return MetricState(
        title=title,
        series="x",
        attempts=[0],
        ranks=[0],
        count=10,
        non_finite=0,
        low=0,
        high=high,
        first=0.0,
        first_iteration=0,
        last=last,
        last_iteration=high,
        min=0.0,
        min_iteration=0,
        max=last,
        max_iteration=high,
        mean=0.5,
    )


def task(number: int, project: str, name: str, *metrics: MetricState) -> TaskState:
    state = TaskState(f"{number:032x}")
    state.described = {
        "project": (project, (1, "w")),
        "name": (name, (1, "w")),
        "tags": (["Tag"], (1, "w")),
    }
    state.attempts[0] = AttemptState(0, number * SECOND)
    state.writers["w"] = WriterState("w", "task", "h", 1, 0, 0, 1, heard_us=number * SECOND + 5)
    state.changed_attempts.add(0)
    state.changed_writers.add("w")
    state.changed_metrics = {(m.title, m.series): m for m in metrics}
    return state


@pytest.fixture
def catalog(tmp_path: Path) -> Catalog:
    opened = open_catalog(tmp_path / "catalog.sqlite")
    done = task(3, "a/b", "żółw 100%", metric("loss", 3.0, high=7))
    done.attempts[0].own = Conclusion((9, "w"), 9 * SECOND, "completed", "r", "m")
    opened.save(
        [
            task(1, "a", "first", metric("loss", 1.0), metric(":monitor:machine", 5.0, high=999)),
            task(2, "a", "Second", metric("loss", None)),
            done,
            task(4, "ab", "fourth"),
            task(5, "A/b", "fifth", metric("loss", 2.0)),
        ]
    )
    return opened


def found(catalog: Catalog, **wanted: object) -> list[int]:
    page = catalog.tasks(TaskFilter(**wanted), now_us=10 * SECOND)  # type: ignore[arg-type]
    assert page.total >= len(page.tasks)
    return [int(row.id, 16) for row in page.tasks]


def test_the_iteration_of_a_task_is_that_of_its_metrics_whichever_changed(catalog: Catalog) -> None:
    def saved(*metrics: MetricState) -> int | None:
        state = task(1, "a", "first", *metrics)
        state.changed_task = True
        catalog.save([state])
        [row] = catalog.tasks(TaskFilter(ids=[state.id]), now_us=10 * SECOND).tasks
        return row.iteration

    assert saved() == 9
    assert saved(metric("other", 1.0, high=3)) == 9
    assert saved(metric(":monitor:machine", 1.0, high=2000)) == 9
    assert saved(metric("other", 1.0, high=12)) == 12
    assert saved(metric("other", 1.0, high=5)) == 9  # hidden in part by a later attempt
    assert saved(metric("loss", 1.0, high=4)) == 5


def test_tables_are_those_that_the_migrations_make(tmp_path: Path) -> None:
    catalog = open_catalog(tmp_path / "catalog.sqlite")
    with catalog.engine.connect() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, metadata) == []
        assert context.get_current_revision() == catalog_schema.HEAD
    catalog.close()


def test_a_later_catalog_is_refused_and_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "catalog.sqlite"
    catalog = open_catalog(file)
    with catalog.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    catalog.close()
    with pytest.raises(CatalogTooNew, match=r"revision 9999.*later version"):
        open_catalog(file)
    assert file.exists()


@pytest.mark.parametrize("content", [b"this is no database, only text" * 200, None])
def test_a_damaged_catalog_is_refused(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "catalog.sqlite"
    catalog = open_catalog(file)
    catalog.save([task(n, "p", "n" * 500) for n in range(50)])
    catalog.close()
    data = bytearray(file.read_bytes())
    data[4096 : len(data) // 2] = bytes([0xAB]) * (len(data) // 2 - 4096)
    file.write_bytes(bytes(data) if content is None else content)
    with pytest.raises(CatalogBroken, match="damaged"):
        open_catalog(file)


def test_what_is_named_is_saved_and_loaded(catalog: Catalog) -> None:
    state = catalog.load(f"{3:032x}")
    clock = (5, "w")
    state.parameters = {"p": ParameterState("1", "int", False, clock, "d")}
    state.properties = {"p": ParameterState("", "", True, clock)}
    state.configurations = {"c": ConfigurationState("t" * 9, "yaml", "d", 3, False, clock)}
    for settled in (False, True):
        artifact = ArtifactState(
            "dict", "stored", "u", 1, "h", "p", {"a": "b"}, "", "", "", 7, False, clock
        )
        state.artifacts["a", settled] = artifact
    state.changed_parameters, state.changed_properties = {"p"}, {"p"}
    state.changed_configurations, state.changed_artifacts = {"c"}, set(state.artifacts)
    catalog.save([state])
    assert catalog.load(state.id) == state
    assert [p.description for p in catalog.detail(state.id).parameters] == ["d"]  # type: ignore[union-attr]
    assert catalog.properties(state.id) == []
    assert [c.text for c in catalog.configurations(state.id)] == ["t" * 9]
    assert [a.url for a in catalog.artifacts(state.id)] == ["u"]
    catalog.forget([state.id])
    assert catalog.load(state.id) == TaskState(state.id)
    catalog.close()


def test_a_catalog_of_the_first_revision_is_emptied_to_be_filled_anew(tmp_path: Path) -> None:
    file = tmp_path / "catalog.sqlite"
    with create_engine(f"sqlite:///{file}").begin() as connection:
        config = Config()
        folder = Path(catalog_schema.__file__).parent / "migrations"
        config.set_main_option("script_location", str(folder))
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.execute(text("INSERT INTO declared VALUES ('t', 'w', 1, 'loss', 'train')"))
    catalog = open_catalog(file)
    assert catalog.series("t", "w") == {}
    assert catalog.known() == {}
    catalog.save([task(1, "p", "n")])
    assert found(catalog) == [1]
    catalog.close()


def test_what_is_saved_is_loaded(catalog: Catalog) -> None:
    state = catalog.load(f"{3:032x}")
    assert state.attempts[0].own == Conclusion((9, "w"), 9 * SECOND, "completed", "r", "m")
    assert state.described["name"] == ("żółw 100%", (1, "w"))
    assert state.writers["w"].heard_us == 3 * SECOND + 5
    assert catalog.load("unknown") == TaskState("unknown")
    catalog.close()


@pytest.mark.parametrize(
    ("field", "descending", "expected"),
    [
        ("started", True, [5, 4, 3, 2, 1]),
        ("updated", False, [1, 2, 3, 4, 5]),
        ("duration", False, [5, 3, 4, 2, 1]),
        ("iteration", True, [1, 2, 5, 3, 4]),
        ("project", False, [5, 1, 2, 3, 4]),
    ],
)
def test_tasks_are_sorted_by_a_field(
    catalog: Catalog, field: SortField, descending: bool, expected: list[int]
) -> None:
    assert found(catalog, order=[Order(field=field, descending=descending)]) == expected
    catalog.close()


def test_tasks_are_sorted_by_a_metric_those_without_it_last(catalog: Catalog) -> None:
    loss = Metric("loss", "x", "max")
    assert found(catalog, order=[Order(metric=loss)]) == [3, 5, 1, 2, 4]
    assert found(catalog, order=[Order(metric=loss, descending=False)]) == [1, 5, 3, 2, 4]
    assert found(catalog, order=[Order(metric=loss)], offset=1, limit=2) == [5, 1]
    page = catalog.tasks(TaskFilter(metrics=[loss, Metric("none", "x")], limit=3))
    assert [row.metrics for row in page.tasks] == [[2.0, None], [None, None], [3.0, None]]
    assert page.total == 5
    catalog.close()


def test_tasks_are_found_by_project_status_and_text(catalog: Catalog) -> None:
    assert found(catalog, project="a") == [3, 2, 1]
    assert found(catalog, project="a", recursive=False) == [2, 1]
    assert found(catalog, status=["completed"]) == [3]
    assert found(catalog, search="ŻÓŁW 100%") == [3]
    assert found(catalog, search="%") == [3]
    assert found(catalog, search="tag") == [5, 4, 3, 2, 1]
    assert found(catalog, search=f"{4:032x}"[-5:]) == [4]
    catalog.close()


def test_silence_marks_only_what_is_in_progress(catalog: Catalog) -> None:
    page = catalog.tasks(TaskFilter(order=[Order(descending=False)]), now_us=63 * SECOND)
    assert [row.unresponsive for row in page.tasks] == [True, True, False, False, False]
    catalog.close()


def test_projects_count_their_own_tasks(catalog: Catalog) -> None:
    counted = {p.name: (p.tasks, p.by_status) for p in catalog.projects()}
    assert counted == {
        "A/b": (1, {"in_progress": 1}),
        "a": (2, {"in_progress": 2}),
        "a/b": (1, {"completed": 1}),
        "ab": (1, {"in_progress": 1}),
    }
    catalog.close()


def test_forgetting_leaves_the_others(catalog: Catalog) -> None:
    catalog.forget([f"{1:032x}"])
    assert found(catalog) == [5, 4, 3, 2]
    assert catalog.metrics(f"{1:032x}") == []
    assert len(catalog.metrics(f"{3:032x}")) == 1
    catalog.close()


def test_metric_keys_do_not_run_together() -> None:
    assert metric_key("ab", "c") != metric_key("a", "bc")
