"""Whatever a script hands to the describing calls: it is kept or noted, and never raised."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stripchart import Task
from tests.unit.sdk.hostile import Hostile

ATOMS = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary()
    | st.complex_numbers() | st.just(np.float32("nan")) | st.just(np.arange(3)) | st.just(object)
    | st.builds(Hostile)
)  # fmt: skip
KEYS = st.text() | st.integers() | st.none() | st.tuples(st.integers())
ANYTHING = st.recursive(
    ATOMS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(KEYS, inner, max_size=3)
        | st.tuples(inner, inner)
    ),
    max_leaves=6,
)
CALLS: list[Callable[[Task, Any], Any]] = [
    lambda task, x: task.connect(x),
    lambda task, x: task.connect({"x": x}).update({"y": x}),
    lambda task, x: task.connect_configuration(x),
    lambda task, x: task.set_configuration_object("c", config_dict=x),
    lambda task, x: task.set_configuration_object(x, config_text=x),
    lambda task, x: task.set_parameters(x),
    lambda task, x: task.set_parameter(x, x, x, x),
    lambda task, x: task.set_user_properties(x, x=x),
    lambda task, x: task.delete_user_properties(x),
    lambda task, x: task.add_tags(x),
    lambda task, x: task.remove_tags(x),
    lambda task, x: task.set_name(x),
    lambda task, x: task.set_comment(x),
    lambda task, x: task.set_parent(x),
    lambda task, x: task.set_task_type(x),
    lambda task, x: task.move_to_project(x, x),
    lambda task, x: task.set_progress(x),
    lambda task, x: task.mark_failed(status_reason=x, status_message=x),
    lambda task, x: task.upload_artifact("a", x, metadata={"x": x}, preview=x),
    lambda task, x: task.upload_artifact(x, {}, metadata=x),
    lambda task, x: task.update_task({"name": x, "tags": x}),
    lambda task, x: task.delete_artifacts(x),
]


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(call=st.sampled_from(CALLS), thing=ANYTHING)
@pytest.mark.filterwarnings("ignore")
def test_no_call_raises(task: Task, call: Callable[[Task, Any], Any], thing: Any) -> None:
    call(task, thing)
    read = Task.get_tasks(task_ids=[task.id])[0]
    assert read.get_parameters(cast=True) is not None
    assert read._losses.counts() == {}


def test_an_error_inside_an_enumeration_is_none_of_a_signal_handler(task: Task) -> None:
    # The default actions of signals are members of an enumeration: what runs in one is not the script's handler.
    task.set_task_type(Hostile())  # type: ignore[arg-type]
    assert task._losses.counts() == {"describe": 1}
