"""What records mean for their task, in whatever order writers are read."""

from __future__ import annotations

import itertools

import pytest

from stripchart.ingest import facts
from stripchart.records import (
    AnyRecord,
    AttemptStarted,
    EnvironmentDescribed,
    Noted,
    ParametersSet,
    StatusChanged,
    TaskDescribed,
    Unknown,
    WriterClosed,
    WriterIdentity,
)
from stripchart.store.catalog_state import TaskState, tags_of, verdict

TASK = "a" * 32


def identity(name: str, *, role: str = "task", attempt: int = 0) -> WriterIdentity:
    return WriterIdentity(
        task_id=TASK,
        writer=name,
        host="h",
        pid=1,
        started_us=1,
        attempt=attempt,
        role="task" if role == "task" else "recorder",
    )


def folded(*said: tuple[str, AnyRecord | Unknown]) -> TaskState:
    state = TaskState(TASK)
    for writer, record in said:
        facts.apply(state, facts.meet(state, identity(writer)), record)
    return state


def standing(state: TaskState, attempt: int = 0) -> tuple[str, str]:
    found = verdict(state.attempts[attempt])
    return ("in_progress", "") if found is None else (found.status, found.reason)


def test_later_description_replaces_only_what_it_carries() -> None:
    state = folded(
        ("a", TaskDescribed(time_us=10, project="p", name="n", tags=["x"])),
        ("a", TaskDescribed(time_us=20, name="m")),
        ("b", TaskDescribed(time_us=15, project="q", name="late")),
    )
    assert {k: v for k, (v, _) in state.described.items()} == {
        "project": "q",
        "name": "m",
        "tags": ["x"],
    }


def test_tags_of_several_processes_are_kept_in_any_order_of_reading() -> None:
    said: dict[str, list[AnyRecord]] = {
        "a": [
            TaskDescribed(time_us=10, tags=["x", "y"]),
            TaskDescribed(time_us=10, tags_added=["a"], tags_removed=["x"]),
            TaskDescribed(time_us=30, tags_added=["b", "y"]),
        ],
        "b": [
            TaskDescribed(time_us=5, tags_added=["forgotten"]),
            TaskDescribed(time_us=20, tags_added=["c", "x"], tags_removed=["a"]),
        ],
        "c": [TaskDescribed(time_us=20, tags_added=["d", "c"]), TaskDescribed(time_us=40)],
    }
    for order in itertools.permutations(said):
        state = folded(*((writer, record) for writer in order for record in said[writer]))
        assert tags_of(state) == ["x", "d", "c", "b", "y"], order
    alternating = [("a", said["a"][0]), ("b", said["b"][0]), ("c", said["c"][0])]
    rest = [(w, r) for w in "bac" for r in said[w][1:]]
    assert tags_of(folded(*alternating, *rest)) == ["x", "d", "c", "b", "y"]


def test_tags_set_anew_forget_what_was_changed_before() -> None:
    changes = TaskDescribed(time_us=10, tags_added=["a"], tags_removed=["z"])
    anew = TaskDescribed(time_us=20, tags=["z"])
    assert tags_of(folded(("a", changes), ("b", anew))) == ["z"]
    assert tags_of(folded(("b", anew), ("a", changes))) == ["z"]


def test_a_clock_that_goes_back_does_not_undo_the_last_word() -> None:
    state = folded(
        ("a", AttemptStarted(time_us=1000, attempt=0)),
        ("a", ParametersSet(time_us=1000, values={"General/lr": "1"})),
        ("a", ParametersSet(time_us=10, values={"General/lr": "2"})),
        ("a", StatusChanged(time_us=20, attempt=0, status="completed")),
    )
    assert state.parameters["General/lr"].value == "2"
    assert standing(state) == ("completed", "")


OWN = StatusChanged(time_us=10, attempt=0, status="completed")
SEEN = StatusChanged(time_us=99, attempt=0, status="failed", reason="SIGKILL", observed=True)
RUNNING = StatusChanged(time_us=100, attempt=0, status="in_progress")


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        ([], ("in_progress", "")),
        ([OWN], ("completed", "")),
        ([OWN, SEEN], ("completed", "")),
        ([SEEN, OWN], ("completed", "")),
        ([SEEN], ("failed", "SIGKILL")),
        ([RUNNING, SEEN], ("failed", "SIGKILL")),
    ],
)
def test_the_tasks_own_end_wins_over_what_was_observed(
    records: list[StatusChanged], expected: tuple[str, str]
) -> None:
    start = AttemptStarted(time_us=1, attempt=0)
    assert standing(folded(("a", start), *(("a", r) for r in records))) == expected


def test_a_vanished_task_that_speaks_again_has_not_vanished() -> None:
    state = folded(("a", AttemptStarted(time_us=5, attempt=0)))
    facts.vanish(state, 0, "vanished")
    assert standing(state) == ("failed", "vanished")
    facts.hear(state, state.writers["a"], 50)
    assert standing(state) == ("in_progress", "")


def test_order_between_writers_does_not_matter() -> None:
    said: dict[str, list[AnyRecord | Unknown]] = {
        "a": [
            AttemptStarted(time_us=3, attempt=0, initial_iteration=7),
            TaskDescribed(time_us=5, name="a"),
            ParametersSet(time_us=6, values={"x": "1", "y": "1"}),
            EnvironmentDescribed(time_us=7, attempt=0, values={"host": "h", "k": {b"b": b"\xff"}}),
        ],
        "b": [
            AttemptStarted(time_us=2, attempt=0),
            TaskDescribed(time_us=5, name="b"),
            ParametersSet(time_us=6, values={"y": "2"}, removed=["x"]),
            EnvironmentDescribed(
                time_us=6, attempt=0, values={"host": "i", "git": {"branch": "m"}}
            ),
        ],
        "c": [Noted(time_us=9, code="c", message="m", count=3), OWN, WriterClosed(time_us=11)],
    }
    results = []
    for order in itertools.permutations(said):
        state = folded(*((name, record) for name in order for record in said[name]))
        results.append(
            (state.described, state.attempts, state.parameters, state.notes, standing(state))
        )
    assert all(result == results[0] for result in results)
    assert results[0][1][0].started_us == 2
    assert results[0][1][0].environment["host"] == "h"


def test_notes_keep_the_running_count_and_unknown_records_are_counted() -> None:
    state = folded(
        ("a", Noted(time_us=1, code="full-disk", message="m", count=2, lost=True)),
        ("a", Noted(time_us=2, code="full-disk", message="m", count=2**64 - 1, lost=True)),
        ("a", Unknown(kind="later", payload=b"")),
        ("a", Unknown(kind="later", payload=b"")),
    )
    assert state.notes["a", "full-disk"].count == 2**63 - 1
    assert state.notes["a", "unknown-record"].count == 2
