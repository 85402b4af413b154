"""The table of compatibility is the code's: names, arguments, defaults, and tests that are there."""

from __future__ import annotations

import enum
import inspect
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from stripchart import InputModel, Logger, Model, OutputModel, StorageManager, Task
from stripchart.sdk.elsewhere import REFUSED, TAKEN
from tests.unit.driven import drives, has_test, reached

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "reference" / "compatibility.md"
CLASSES: dict[str, type] = {
    each.__name__: each for each in (Logger, Task, Model, OutputModel, InputModel, StorageManager)
}
STATUSES = {"same", "differs", "no effect", "refused", "absent", "added"}

# What the contract names; that a call leaves both the code and the table is then not unseen.
CONTRACT = {
    "Logger": """report_text report_scalar report_single_value report_histogram report_vector report_table
        report_line_plot report_scatter2d report_scatter3d report_confusion_matrix report_matrix report_surface
        report_plotly report_matplotlib_figure report_image report_media report_image_and_upload
        set_default_upload_destination get_default_upload_destination set_default_debug_sample_history
        get_default_debug_sample_history flush set_flush_period get_flush_period capture_logging current_logger
        tensorboard_auto_group_scalars tensorboard_single_series_per_graph matplotlib_force_report_non_interactive
        set_reporting_nan_value set_reporting_inf_value SeriesInfo""",
    "Task": """init get_reported_scalars get_all_reported_scalars get_last_scalar_metrics get_reported_single_values
        get_reported_single_value get_reported_plots get_reported_console_output get_debug_samples get_last_iteration
        get_initial_iteration set_initial_iteration set_progress get_progress current_task get_task get_tasks
        query_tasks create get_by_name get_project_id get_projects clone get_logger logger close flush mark_started
        started mark_completed mark_failed mark_stopped mark_stop_request completed stopped stop_request
        TaskStatusEnum TaskTypes status get_status get_status_message wait_for_status reload reset delete publish
        publish_on_completion set_archived get_archived export_task import_task update_task set_offline is_offline
        get_offline_mode_folder import_offline_session set_resource_monitor_iteration_timeout running_locally
        is_main_task is_current_task debug_simulate_remote_task register_abort_callback get_output_log_web_page
        get_task_output_log_web_page set_credentials set_random_seed get_random_seed connect connect_configuration
        connect_label_enumeration set_parameters update_parameters set_parameter get_parameter get_parameters
        get_parameters_as_dict set_parameters_as_dict delete_parameter set_configuration_object
        get_configuration_object get_configuration_object_as_dict get_configuration_objects set_user_properties
        get_user_properties delete_user_properties add_tags remove_tags set_tags get_tags set_system_tags
        get_system_tags set_name rename set_comment comment set_task_type set_parent move_to_project set_project
        set_script set_repo set_packages add_requirements ignore_requirements force_requirements_env_freeze
        force_store_standalone_script set_base_docker execute_remotely enqueue dequeue create_function_task
        launch_multi_node id task_id name project parent task_type artifacts models output_uri storage_uri cache_dir
        data input_models_id output_models_id labels_stats last_worker resource_monitor upload_artifact
        register_artifact unregister_artifact get_registered_artifacts delete_artifacts update_output_model
        set_input_model setup_aws_upload setup_gcp_upload setup_azure_upload setup_upload get_models""",
    "Model": """id name comment tags framework labels config_text config_dict url task project published
        get_metadata set_metadata get_all_metadata set_all_metadata get_local_copy get_weights get_weights_package
        query_models remove publish archive unarchive report_scalar report_single_value report_histogram
        report_vector report_table report_line_plot report_scatter2d report_scatter3d report_confusion_matrix
        report_matrix report_surface""",
    "OutputModel": """connect update_weights update_weights_package update_design update_labels
        set_upload_destination upload_storage_uri wait_for_uploads set_default_upload_uri""",
    "InputModel": "connect import_model load_model empty",
    "StorageManager": "get_local_copy upload_file upload_folder download_file download_folder list",
}


class Row(NamedTuple):
    """Hold one row of the table."""

    call: str
    argument: str
    status: str
    note: str
    test: str


def _cell(text: str) -> str:
    return text.strip().removeprefix("`").removesuffix("`")


ROWS = [
    Row(*(_cell(cell) for cell in line.strip().strip("|").split("|")))
    for line in PAGE.read_text().splitlines()
    if line.startswith("| `")
]


def _function(call: str) -> Any:
    name, _, method = call.partition(".")
    function = inspect.getattr_static(CLASSES[name], method)
    return getattr(function, "__func__", function)


def _signature(call: str) -> list[str]:
    function = _function(call)
    if not inspect.isfunction(function):
        return []
    parameters = inspect.signature(function).parameters.values()
    return [_shown(p) for p in parameters if p.name not in ("self", "cls")]


def _shown(parameter: inspect.Parameter) -> str:
    stars = "*" if parameter.kind is parameter.VAR_POSITIONAL else ""
    stars = "**" if parameter.kind is parameter.VAR_KEYWORD else stars
    if parameter.default is parameter.empty:
        return stars + parameter.name
    default = parameter.default
    text = str(default.value) if isinstance(default, enum.Enum) else repr(default)
    return f"{parameter.name}={text}"


def _has(call: str) -> bool:
    name, _, method = call.partition(".")
    return hasattr(CLASSES[name], method)


def _names(kind: type) -> list[str]:
    """Return what a class has; of a kind of model what is its own, as the rest is in the rows of ``Model``."""
    is_own = kind in (OutputModel, InputModel)
    return [n for n in (vars(kind) if is_own else dir(kind)) if not n.startswith("_")]


@pytest.mark.parametrize("name", CLASSES)
def test_every_call_is_in_the_table_and_every_row_is_a_call(name: str) -> None:
    calls = {f"{name}.{n}" for n in _names(CLASSES[name])}
    calls |= {f"{name}.{n}" for n in CONTRACT[name].split()}
    told = {row.call for row in ROWS if row.call.startswith(f"{name}.")}
    assert told == calls


@pytest.mark.parametrize("call", sorted({row.call for row in ROWS}))
def test_arguments_and_defaults_are_those_of_the_code(call: str) -> None:
    rows = [row for row in ROWS if row.call == call]
    assert rows[0].argument == ""
    assert all(row.status in STATUSES for row in rows)
    assert (rows[0].status == "absent") == (not _has(call))
    if _has(call):
        assert [row.argument for row in rows[1:]] == _signature(call)


@pytest.mark.parametrize("row", [r for r in ROWS if not r.argument], ids=lambda r: r.call)
def test_whatever_is_not_the_same_says_how(row: Row) -> None:
    assert row.status == "same" or row.note


def test_what_is_refused_or_without_effect_is_that_in_the_code() -> None:
    told = {row.call: row.status for row in ROWS if not row.argument}
    refused = {call for call, status in told.items() if status == "refused"}
    assert refused == {f"Task.{name}" for name in REFUSED}
    assert {f"Task.{name}" for name in TAKEN} <= {c for c, s in told.items() if s == "no effect"}


@pytest.mark.parametrize("row", [r for r in ROWS if r.status != "absent"], ids=str)
def test_the_named_test_is_there_and_drives_the_argument(row: Row) -> None:
    file, _, name = row.test.partition("::")
    assert has_test(ROOT / file, name)
    nodes = reached(ROOT / file, name)
    method = row.call.partition(".")[2]
    assert drives(nodes, method, row.argument, _function(row.call)), f"{row.test} does not"
