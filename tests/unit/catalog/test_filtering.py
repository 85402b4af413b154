"""A filter finds in the catalog exactly the tasks that it means: SQL against the model, over any filter."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stripchart.query.filters import (
    STATS,
    All,
    Archived,
    Facts,
    Metric,
    Not,
    Parameter,
    Quantity,
    Some,
    Tag,
    Term,
    Text,
    Word,
    fits,
)
from stripchart.store.catalog import Catalog
from stripchart.store.catalog_filtering import PatternError, matching
from stripchart.store.catalog_rows import TaskFilter
from stripchart.store.catalog_state import (
    AttemptState,
    Conclusion,
    MetricState,
    ParameterState,
    TaskState,
    WriterState,
)

NOW_US = 1000
NAMES = ["", "a", "A", "Żółw", "ŻÓŁW x", "a/b", "100%_", 'q"uo\\te', "x.y"]
PROJECTS = ["", "a", "A/b", "a/b", "ab", "a/b/c"]
PARAMETERS = ["General/lr", "lr", "Args/lr", "Net/a b", "General/LR"]
VALUES = ["0.1", "1e-1", "adam", "Adam", "", "nan", "7", "-3"]
METRICS = [("a", "b"), ("a/b", "c"), ("a", "b/c"), ("loss", "loss"), ("Loss", "x")]
PATTERNS = ["a", "^a", "b$", "ż", "", "[0-9]+", "x|y", "."]


def _task(number: int) -> tuple[TaskState, Facts]:
    """Make a task, and say what is true of it."""

    def pick(values: list[str], salt: int) -> str:
        return values[(number * 7 + salt * (number // 3)) % len(values)]

    state = TaskState(f"{number:032x}")
    name, project = pick(NAMES, 1), pick(PROJECTS, 2)
    tags = [t for i, t in enumerate(("x", "X", "two words", "Żaba")) if number >> i & 1]
    archived = number % 5 == 0
    described = {"name": name, "project": project, "tags": tags, "archived": archived}
    state.described = {key: (value, (1, "w")) for key, value in described.items()}
    state.changed_task = True
    started, ended = 10 + number, None if number % 3 else 20 + number * 2
    state.attempts[0] = AttemptState(0, started)
    status = "in_progress" if ended is None else pick(["completed", "failed"], 1)
    if ended is not None:
        state.attempts[0].own = Conclusion((9, "w"), ended, status)
    state.changed_attempts.add(0)
    state.writers["w"] = WriterState(
        "w", "task", f"h{number % 3}", 1, 0, 0, 1, heard_us=50 + number
    )
    state.changed_writers.add("w")
    parameters = {p: pick(VALUES, i) for i, p in enumerate(PARAMETERS) if (number + i) % 3}
    for key, text in parameters.items():
        state.parameters[key] = ParameterState(text, "", False, (1, "w"))
    if number % 4 == 0 and parameters:
        gone = next(iter(parameters))
        del parameters[gone]
        state.parameters[gone].removed = True
    state.changed_parameters |= set(state.parameters)
    metrics: dict[tuple[str, str], dict[str, float]] = {}
    for i, (title, series) in enumerate(METRICS):
        if (number + i) % 2:
            value = None if (number + i) % 7 == 0 else float(number - i)
            state.changed_metrics[title, series] = MetricState(
                title, series, [0], [0], 3, number % 3, 0, number, value, 0, value, number, value, 1, value, 2, value
            )  # fmt: skip
            stats = {"first": value, "last": value, "min": value, "max": value, "mean": value,
                     "min_iteration": 1, "max_iteration": 2, "count": 3, "non_finite": number % 3}  # fmt: skip
            metrics[title, series] = {k: v for k, v in stats.items() if v is not None}
    quantities: dict[str, float] = {
        "started": started, "updated": 50 + number, "attempts": 1, "lost": 0,
        "duration": (ended or NOW_US) - started,
    }  # fmt: skip
    if ended is not None:
        quantities["ended"] = ended
    if metrics:
        quantities["iteration"] = number
    texts = {"name": name, "project": project, "id": state.id, "user": "", "comment": "",
             "host": f"h{number % 3}", "status": status, "type": "", "parent": ""}  # fmt: skip
    return state, Facts(
        texts=texts, tags=tags, quantities=quantities, archived=archived, parameters=parameters, metrics=metrics
    )  # fmt: skip


TASKS = [_task(number) for number in range(1, 40)]


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalog]:
    opened = Catalog(Path(tmp_path_factory.mktemp("catalog")) / "catalog.sqlite")
    opened.save([state for state, _ in TASKS])
    yield opened
    opened.close()


numbers = st.integers(-5, 60) | st.sampled_from([0.1, -0.0, 2.5, 1e300, 2.0**63, -(2.0**80)])
compares = st.sampled_from(["=", "!=", "<", "<=", ">", ">="])


def likeness(texts: list[str]) -> st.SearchStrategy[tuple[str, str]]:
    return st.tuples(
        st.sampled_from(["is", "exactly"]), st.sampled_from([*texts, *map(str.swapcase, texts)])
    ) | st.tuples(st.just("found"), st.sampled_from(PATTERNS))


atoms: st.SearchStrategy[Term] = st.one_of(
    st.builds(Word, st.sampled_from(["a", "A", "żółw", "%", "_", "\n", "x", '"', "\\"])),
    likeness(NAMES).map(lambda t: Text("name", *t)),  # type: ignore[arg-type]
    likeness(PROJECTS).map(lambda t: Text("project", *t)),  # type: ignore[arg-type]
    likeness(["completed", "failed", "in_progress"]).map(lambda t: Text("status", *t)),  # type: ignore[arg-type]
    likeness(["x", "two words", "Żaba", "none"]).map(lambda t: Tag(*t)),  # type: ignore[arg-type]
    st.just(Tag("is", None)),
    st.builds(
        Quantity,
        st.sampled_from(["started", "updated", "ended", "duration", "iteration", "attempts"]),
        compares,
        numbers,
    ),
    st.builds(Archived, st.booleans()),
    st.builds(
        Parameter,
        st.sampled_from([*PARAMETERS, "a b", "none"]),
        st.none() | st.tuples(compares, numbers) | likeness(VALUES),
    ),
    st.builds(
        Metric,
        st.sampled_from(["a", "a/b", "a/b/c", "loss", "Loss", "none"]),
        st.none() | st.sampled_from(["b", "c", "b/c", "x"]),
        st.sampled_from(STATS),
        st.none() | st.tuples(compares, numbers),
    ),
)


def several(made: st.SearchStrategy[Term]) -> st.SearchStrategy[Term]:
    return st.lists(made, min_size=2, max_size=5).map(lambda parts: Some(tuple(parts)))


# What the values of a list become: the same question, asked of one value after another.
lists: st.SearchStrategy[Term] = st.one_of(
    several(likeness(NAMES).map(lambda t: Text("name", *t))),  # type: ignore[arg-type]
    several(likeness(PROJECTS).map(lambda t: Text("project", *t))),  # type: ignore[arg-type]
    several(likeness([state.id for state, _ in TASKS]).map(lambda t: Text("id", *t))),  # type: ignore[arg-type]
    several(likeness(["x", "two words", "Żaba", "none"]).map(lambda t: Tag(*t))),  # type: ignore[arg-type]
    several(
        st.builds(
            Parameter,
            st.sampled_from(["General/lr", "lr"]),
            st.none() | st.tuples(compares, numbers) | likeness(VALUES),
        )
    ),
)
terms = st.recursive(
    atoms | lists,
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda parts: All(tuple(parts)))
        | st.lists(inner, max_size=3).map(lambda parts: Some(tuple(parts)))
        | inner.map(Not)
    ),
    max_leaves=6,
)


@functools.cache
def _search(pattern: str, text: str) -> bool:
    return bool(matching([text], pattern))


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(term=terms)
def test_the_database_finds_what_the_filter_means(catalog: Catalog, term: Term) -> None:
    meant = {state.id for state, facts in TASKS if fits(term, facts, _search)}
    found = catalog.ids(TaskFilter(term=term, limit=1000), now_us=NOW_US)
    assert set(found) == meant
    assert len(found) == len(meant)


def test_no_pattern_takes_for_ever(catalog: Catalog) -> None:
    assert matching(["a" * 5000 + "!"], "(a+)+$") == []


def test_a_pattern_that_the_engine_does_not_know(catalog: Catalog) -> None:
    with pytest.raises(PatternError, match="regular expression"):
        catalog.ids(TaskFilter(term=Text("name", "found", "(?=a)")))
