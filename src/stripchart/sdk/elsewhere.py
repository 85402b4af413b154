"""The calls of the contract that run code somewhere else: refused by name, with what to do instead.

Calls that only prepare such a run (requirements, containers) are taken and change nothing, so that a script that
makes them runs here as it is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

from stripchart.sdk.errors import UsageError

REFUSED = {
    "execute_remotely": "start the script where it is to run, with your scheduler",
    "enqueue": "start the script where it is to run, with your scheduler",
    "dequeue": "cancel the job in your scheduler",
    "create_function_task": "call the function in a process of its own, with a Task.init there",
    "launch_multi_node": "start one process a node with torchrun or srun: they join one task",
    "debug_simulate_remote_task": "give the parameters on the command line",
    "reset": "start another attempt with Task.init(continue_last_task=...): what was recorded is never wiped",
    "mark_stop_request": "send SIGTERM to the process: the task is then recorded as stopped",
    "stop_request": "send SIGTERM to the process: the task is then recorded as stopped",
}
TAKEN = (
    "add_requirements", "ignore_requirements", "force_requirements_env_freeze",
    "force_store_standalone_script", "set_base_docker", "set_packages", "set_repo", "set_script",
    "set_credentials", "set_resource_monitor_iteration_timeout", "register_abort_callback",
)  # fmt: skip


def _refuse(name: str) -> NoReturn:
    raise UsageError(
        f"Task.{name} runs, stops or wipes tasks elsewhere, which is not done here: {REFUSED[name]}"
    )


class Elsewhere:
    """Refuse what would run elsewhere, and take what would only prepare that."""

    def execute_remotely(
        self, queue_name: str | None = None, clone: bool = False, exit_process: bool = True
    ) -> NoReturn:
        """Refuse: nothing is run elsewhere.

        Raises:
            UsageError: always.
        """
        _refuse("execute_remotely")

    @classmethod
    def enqueue(
        cls, task: Any, queue_name: str | None = None, queue_id: str | None = None
    ) -> NoReturn:
        """Refuse: there are no queues.

        Raises:
            UsageError: always.
        """
        _refuse("enqueue")

    @classmethod
    def dequeue(cls, task: Any) -> NoReturn:
        """Refuse: there are no queues.

        Raises:
            UsageError: always.
        """
        _refuse("dequeue")

    def create_function_task(
        self,
        func: Callable[..., Any],
        func_name: str | None = None,
        task_name: str | None = None,
        **kwargs: Any,
    ) -> NoReturn:
        """Refuse: nothing is run elsewhere.

        Raises:
            UsageError: always.
        """
        _refuse("create_function_task")

    def launch_multi_node(self, total_num_nodes: int, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse: nothing is launched; processes that a launcher starts join one task.

        Raises:
            UsageError: always.
        """
        _refuse("launch_multi_node")

    @classmethod
    def debug_simulate_remote_task(cls, task_id: str, reset_task: bool = False) -> NoReturn:
        """Refuse: nothing is run elsewhere, so there is nothing to simulate.

        Raises:
            UsageError: always.
        """
        _refuse("debug_simulate_remote_task")

    def reset(self, set_started_on_success: bool = False, force: bool = False) -> NoReturn:
        """Refuse: what was recorded is not wiped.

        Raises:
            UsageError: always.
        """
        _refuse("reset")

    def mark_stop_request(self, force: bool = False, status_message: str | None = None) -> NoReturn:
        """Refuse: no process here waits for such a request.

        Raises:
            UsageError: always.
        """
        _refuse("mark_stop_request")

    def stop_request(self, ignore_errors: bool = True) -> NoReturn:
        """Refuse: no process here waits for such a request.

        Raises:
            UsageError: always.
        """
        _refuse("stop_request")

    # -- taken, and of no effect ------------------------------------------------------------------------------

    @classmethod
    def add_requirements(cls, package_name: str, package_version: str | None = None) -> None:
        """Take a requirement; the packages that are installed are recorded as they are."""

    @classmethod
    def ignore_requirements(cls, package_name: str) -> None:
        """Take a package to be left out; the packages that are installed are recorded as they are."""

    @classmethod
    def force_requirements_env_freeze(
        cls, force: bool = True, requirements_file: Any = None
    ) -> None:
        """Take a choice of packages; the packages that are installed are recorded as they are."""

    @classmethod
    def force_store_standalone_script(cls, force: bool = True) -> None:
        """Take a choice of how code is kept; commit and uncommitted changes are recorded."""

    def set_base_docker(
        self,
        docker_cmd: str | None = None,
        docker_image: str | None = None,
        docker_arguments: Any = None,
        docker_setup_bash_script: Any = None,
    ) -> None:
        """Take a container for a later run elsewhere; there is none here."""

    def set_packages(self, packages: Any) -> None:
        """Take packages for a later run elsewhere; the packages that are installed are recorded."""

    def set_repo(
        self, repo: str | None = None, branch: str | None = None, commit: str | None = None
    ) -> None:
        """Take a repository for a later run elsewhere; the one that the script lies in is recorded."""

    def set_script(  # noqa: PLR0917 - the contract's signature
        self,
        repository: str | None = None,
        branch: str | None = None,
        commit: str | None = None,
        diff: str | None = None,
        working_dir: str | None = None,
        entry_point: str | None = None,
        binary: str | None = None,
    ) -> None:
        """Take a script for a later run elsewhere; the one that runs is recorded."""

    @classmethod
    def set_credentials(  # noqa: PLR0917 - the contract's signature
        cls,
        api_host: str | None = None,
        web_host: str | None = None,
        files_host: str | None = None,
        key: str | None = None,
        secret: str | None = None,
        store_conf_file: bool = False,
    ) -> None:
        """Take credentials of a server; none are needed, as everything is recorded locally first."""

    @classmethod
    def set_resource_monitor_iteration_timeout(
        cls,
        seconds_from_start: float = 30.0,
        wait_for_first_iteration_to_start_sec: float = 180.0,
        max_wait_for_first_iteration_to_start_sec: float = 1800.0,
    ) -> bool:
        """Take how long readings wait for iterations, and return True; they start at once and never wait."""
        return True

    def register_abort_callback(
        self, callback_function: Callable[[], Any] | None, callback_execution_timeout: float = 30.0
    ) -> None:
        """Take what to call when the task is aborted from the page; the page does not abort tasks."""
