"""Tasks that no process runs: created, cloned, exported, imported, deleted."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from stripchart import settings as _settings
from stripchart.journal.liveness import is_alive
from stripchart.records import Record, StatusChanged, TaskDescribed
from stripchart.sdk import chronicle, parameters, start
from stripchart.sdk.chronicle import ENDED
from stripchart.sdk.errors import UsageError, home_error
from stripchart.sdk.finding import Finding
from stripchart.sdk.guard import contained
from stripchart.sdk.held import Held, name_of
from stripchart.sdk.losses import log
from stripchart.sdk.session import Session, new_task_id, now_us

if TYPE_CHECKING:
    from stripchart.settings import Settings

Source = str | Held | None


class Copies(Finding):
    """Make tasks from nothing, from others, from archives; delete them."""

    @classmethod
    def create(  # noqa: PLR0917 - the contract's signature
        cls,
        project_name: str | None = None,
        task_name: str | None = None,
        task_type: start.TaskTypes | str | None = None,
        repo: str | None = None,
        branch: str | None = None,
        commit: str | None = None,
        script: str | None = None,
        working_directory: str | None = None,
        packages: bool | Sequence[str] | None = None,
        requirements_file: str | Path | None = None,
        docker: str | None = None,
        docker_args: str | None = None,
        docker_bash_setup_script: str | None = None,
        argparse_args: Sequence[tuple[str, str]] | None = None,
        base_task_id: str | None = None,
        add_task_init_call: bool = True,
        force_single_script_file: bool = False,
        binary: str | None = None,
        module: str | None = None,
        detect_repository: bool = True,
    ) -> Self:
        """Make a task that no process runs yet, and return it: to report into, or to be filled by hand.

        What says how it would be executed elsewhere (``repo`` to ``docker_bash_setup_script``, ``binary``, ``module``)
        is refused, as nothing is. ``argparse_args`` become parameters of the section ``Args``, and ``base_task_id`` is
        cloned.

        Raises:
            UsageError: an argument asks for an execution, or the task to be cloned is not in this home.
            HomeError (an OSError): the home cannot be written.
        """
        _refuse_execution(
            repo=repo, branch=branch, commit=commit, script=script, packages=packages, docker=docker,
            working_directory=working_directory, requirements_file=requirements_file, binary=binary,
            docker_args=docker_args, docker_bash_setup_script=docker_bash_setup_script, module=module,
        )  # fmt: skip
        settings = _settings.load()
        records = _description_of(settings, base_task_id) if base_task_id is not None else []
        records.append(
            TaskDescribed(
                time_us=now_us(),
                project=name_of(project_name) if project_name else None,
                name=name_of(task_name) if task_name else None,
                type=start.to_type(task_type).value if task_type or not records else None,
                parent=base_task_id,
            )
        )
        task = cls._made(settings, new_task_id(), records)
        if argparse_args:
            texts, types = parameters.flatten(dict(argparse_args), "Args")
            task._append_parameters(values=texts, types=types)
        return task

    @classmethod
    def clone(
        cls,
        source_task: Source = None,
        name: str | None = None,
        comment: str | None = None,
        parent: str | None = None,
        project: str | None = None,
    ) -> Self:
        """Make a task described and configured as another (the current one), and return it.

        What was reported is not copied.

        Raises:
            UsageError: there is no current task, or the other one is not in this home.
        """
        source = _id_of(source_task) or (cls._current.id if cls._current is not None else "")
        if not source:
            raise UsageError("Task.clone needs a source_task where no task is open")
        settings = _settings.load()
        records = _description_of(settings, source)
        before = records[0].name if isinstance(records[0], TaskDescribed) else ""
        records.append(
            TaskDescribed(
                time_us=now_us(),
                name=name_of(name or f"Clone Of {before}"),
                project=name_of(project) if project else None,
                comment=comment,
                parent=parent or source,
                archived=False,
            )
        )
        return cls._made(settings, new_task_id(), records)

    @classmethod
    def _made(
        cls,
        settings: Settings,
        task_id: str,
        records: Sequence[Record],
        status: StatusChanged | None = None,
    ) -> Self:
        session = Session(settings, task_id, 0)
        status = status or StatusChanged(time_us=now_us(), attempt=0, status="created")
        try:
            for record in (*records, status):
                session.append(record)
            session.close()
        except OSError as error:
            raise home_error(error, settings.home) from error
        return cls._found(settings, task_id)

    # -- export and import -----------------------------------------------------------------------------------

    @contained("read", returns=dict, lost=False)
    def export_task(self) -> dict[str, Any]:
        """Return what is known of the task, but for what it reported, as a dict that ``import_task`` takes."""
        from stripchart.sdk import exporting

        return exporting.exported(self.id, self._read())

    @contained("describe", returns=bool)
    def update_task(self, task_data: Mapping[str, Any]) -> bool:
        """Set what an exported dict says of a task, and return whether that was done."""
        from stripchart.sdk import exporting

        for record in exporting.records(task_data):
            self._append(record)
        self._described = chronicle.describe(self._session.task_dir)
        return True

    @classmethod
    def import_task(
        cls, task_data: Mapping[str, Any], target_task: Source = None, update: bool = False
    ) -> Self | None:
        """Make a task of an exported dict, or with ``target_task`` set what it says on that one; return the task.

        Without ``update`` the parameters that a target has and the dict has not are removed. Returns ``None`` where
        ``task_data`` is empty.

        Raises:
            ValueError: the dict is none of a task. UsageError: the target is not in this home.
        """
        if not task_data:
            return None
        from stripchart.sdk import exporting

        settings, target = _settings.load(), _id_of(target_task)
        records = exporting.records(task_data)
        if not target:
            return cls._made(settings, new_task_id(), records, exporting.status_record(task_data))
        start.check_exists(settings, target)
        task = cls._found(settings, target)
        if not update:
            task._append_parameters(removed=list(task._read().parameters))
        task.update_task(task_data)
        return task

    def export_offline_session(self, to: str | os.PathLike[str] = ".") -> Path:
        """Write the task, with all that it reported, to one zip file (or into a folder), and return its path.

        ``Task.import_offline_session`` takes it into another home.

        Raises:
            OSError: it cannot be written.
        """
        from stripchart.sdk import archive

        return archive.pack(self._session.task_dir, Path(to))

    @classmethod
    def import_offline_session(
        cls,
        session_folder_zip: str | os.PathLike[str],
        previous_task_id: str | None = None,
        iteration_offset: int | None = 0,
    ) -> str | None:
        """Take an exported task (a zip file, or a copy of a task's folder) into this home, and return its id.

        It keeps its id, or gets a new one where the home has a task of that id. With ``previous_task_id`` its attempts
        become later ones of that task, their iterations raised by ``iteration_offset``.

        Raises:
            UsageError: it is no exported task, or the previous task is not in this home.
            OSError: it cannot be read, or the home cannot be written.
        """
        from stripchart.sdk import archive

        settings, source = _settings.load(), Path(session_folder_zip)
        if not source.exists():
            raise UsageError(
                f"there is no file or folder {str(source)!r}: task.export_offline_session() writes one"
            )
        if previous_task_id is None:
            return archive.unpack(source, settings, new_task_id())
        start.check_exists(settings, previous_task_id)
        archive.unpack_into(source, settings, previous_task_id, iteration_offset or 0)
        return previous_task_id

    # -- the end of a task -----------------------------------------------------------------------------------

    def delete(
        self,
        delete_artifacts_and_models: bool = True,
        skip_models_used_by_other_tasks: bool = True,
        raise_on_error: bool = False,
        callback: Callable[[str, list[str]], bool] | None = None,
    ) -> bool:
        """Delete the task's folder with everything in it, and return whether it is gone; one that runs is not deleted.

        With ``delete_artifacts_and_models`` what its recorder stored at other destinations is deleted too, debug
        samples included; where one does not answer, the task stays. ``callback`` is asked with ``"task"`` and the
        folder first, and may refuse by returning False.

        Raises:
            UsageError: the task runs, with ``raise_on_error``. OSError: the folder cannot be removed, likewise.
        """
        try:
            return self._delete(callback, everywhere=delete_artifacts_and_models)
        except (UsageError, OSError) as error:
            if raise_on_error:
                raise
            self._losses.note("delete", f"the task was not deleted: {error}", lost=False)
            return False

    def _delete(
        self, callback: Callable[[str, list[str]], bool] | None, *, everywhere: bool
    ) -> bool:
        folder = self._session.task_dir
        if self._is_running():
            raise UsageError(f"task {self.id} is running")
        if callback is not None and not callback("task", [str(folder)]):
            return False
        if everywhere:
            _delete_elsewhere(self._session)
        self._session.close()
        # Under another name first: who has it open (a recorder about to end, a server) sees it gone at once.
        import shutil

        doomed = folder.with_name(f".deleted-{folder.name}-{os.urandom(4).hex()}")
        folder.rename(doomed)
        shutil.rmtree(doomed)
        return True

    def _is_running(self) -> bool:
        if self._running is not None and not self._session.closed:
            return True
        told = self._read()
        if told.status in ENDED or told.status == "created":
            return False
        here = [
            i
            for i in self._chronicle.identities()
            if i.role == "task" and i.attempt == told.attempt
        ]
        return any(is_alive(identity) for identity in here if identity.pid != os.getpid())

    def get_output_log_web_page(self) -> str:
        """Return the address of the task's page, or how to get one where no server has the home open."""
        return self.get_task_output_log_web_page(self.id)

    @classmethod
    def get_task_output_log_web_page(
        cls, task_id: str, project_id: str | None = None, app_server_host: str | None = None
    ) -> str:
        """Return the address of a task's page, or how to get one where no server has the home open."""
        home = _settings.load().home
        address = app_server_host or _server_address(home)
        if not address:
            return f"no server has {home} open: start one with: stripchart ui"
        return f"{address.rstrip('/')}/task/{task_id}"


def _delete_elsewhere(session: Session) -> None:
    """Delete what the recorder of a task stored at other destinations; what these refuse is told in the log.

    Raises:
        OSError: one does not answer, or a file cannot be removed.
    """
    from stripchart.blobs import DestinationError
    from stripchart.blobs.removing import remove_stored
    from stripchart.journal.stored import stored_elsewhere

    for destination, urls in stored_elsewhere(session.task_dir).items():
        for url in urls:
            try:
                remove_stored(session.settings, session.task_id, destination, url)
            except (DestinationError, ImportError) as error:
                log.warning("Stripchart: of the deleted task %s is left: %s", url, error)


def _refuse_execution(**arguments: Any) -> None:
    given = [name for name, value in arguments.items() if value]
    if given:
        raise UsageError(f"Task.create executes nothing, so it takes no {', '.join(given)}")


def _description_of(settings: Settings, task_id: str) -> list[Record]:
    """Return the records that describe a task, to be given to another.

    Raises:
        UsageError: it is not in this home.
    """
    from stripchart.sdk import exporting

    start.check_exists(settings, task_id)
    told = chronicle.describe(settings.task_dir(task_id))
    return exporting.records(exporting.exported(task_id, told))


def _server_address(home: Path) -> str:
    import json

    try:
        told = json.loads((home / "server.json").read_bytes())
        return str(told["address"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def _id_of(task: Source) -> str:
    return task.id if isinstance(task, Held) else task or ""
