"""``Task``: one run of an experiment, as the script sees it.

The names, arguments and results are those of the Logger contract. Everything is local first: a task is a folder in
the home, complete without any server, and can be read back at any time. What a task can do is written in parts,
one file each; here stands how it starts and how it ends.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Self

from stripchart import settings as _settings
from stripchart.records import AttemptStarted, EnvironmentDescribed, TaskDescribed
from stripchart.sdk import (
    capturing,
    chronicle,
    endings,
    foreign,
    passing_on,
    seeding,
    start,
    surroundings,
)
from stripchart.sdk.chronicle import Chronicle, Described
from stripchart.sdk.configuration import Configuration
from stripchart.sdk.connecting import Connecting
from stripchart.sdk.console import Console
from stripchart.sdk.copies import Copies
from stripchart.sdk.data import Data
from stripchart.sdk.describing import Describing
from stripchart.sdk.elsewhere import Elsewhere
from stripchart.sdk.errors import UsageError, home_error
from stripchart.sdk.guard import contained
from stripchart.sdk.hearing import Hearing
from stripchart.sdk.held import name_of, names_of
from stripchart.sdk.logger import Logger
from stripchart.sdk.models import Models
from stripchart.sdk.monitoring import Monitoring, monitoring
from stripchart.sdk.offline import Offline
from stripchart.sdk.outputs import Destination, Outputs, checked_destination, keeps_models
from stripchart.sdk.properties import Properties
from stripchart.sdk.reading_back import ReadingBack
from stripchart.sdk.running import (
    ATTEMPT_VARIABLE,
    CAPTURE_VARIABLE,
    STREAMS_VARIABLE,
    TASK_VARIABLE,
    Running,
    accompany,
    announce,
)
from stripchart.sdk.session import Session, is_child_of_multiprocessing, now_us
from stripchart.sdk.showing import Showing
from stripchart.sdk.standing import Standing
from stripchart.sdk.start import TaskTypes

if TYPE_CHECKING:
    from pathlib import Path

    from stripchart.sdk import ranks
    from stripchart.settings import Settings

__all__ = ["Task", "TaskTypes"]


class Task(
    Describing,
    Standing,
    ReadingBack,
    Connecting,
    Configuration,
    Properties,
    Models,
    Data,
    Offline,
    Outputs,
    Copies,
    Elsewhere,
    Showing,
):
    """One run of an experiment; made by ``Task.init``, found by ``Task.get_task``."""

    TaskTypes = TaskTypes

    _current: ClassVar[Task | None] = None
    _lock: ClassVar[threading.RLock] = threading.RLock()

    def __init__(
        self,
        private_session: Session,
        told: Described | None,
        running: Running | None = None,
        *,
        offset: int | None = None,
    ) -> None:
        if not isinstance(private_session, Session):
            raise UsageError("Task object cannot be instantiated externally, use Task.init()")
        self._session = private_session
        self._described = told
        self._chronicle = Chronicle(private_session.task_dir)
        self._hearing = Hearing(private_session.task_dir)
        self._running = running
        self._watched, self._seen_models = {}, {}
        self._destination = private_session.settings.artifact_destination
        console = running.console if running is not None else None
        self._logger = Logger(private_session, console)
        self._logger._offset = self._told.initial_iteration if offset is None else offset

    # -- start -----------------------------------------------------------------------------------------------

    @classmethod
    def init(  # noqa: PLR0917 - the contract's signature
        cls,
        project_name: str | None = None,
        task_name: str | None = None,
        task_type: start.TaskTypes | str = TaskTypes.training,
        tags: Sequence[str] | None = None,
        reuse_last_task_id: bool | str = True,
        continue_last_task: bool | str | int = False,
        output_uri: str | bool | None = None,
        auto_connect_arg_parser: bool | Mapping[str, bool] = True,
        auto_connect_frameworks: bool
        | Mapping[str, bool | str | list[Any] | dict[str, Any]] = True,
        auto_resource_monitoring: bool | Mapping[str, Any] = True,
        auto_connect_streams: bool | Mapping[str, bool] = True,
        deferred_init: bool = False,
    ) -> Task:
        """Start a task in this process, and return it; a second call for the same task returns the same object.

        Without ``project_name`` the repository's name is taken, without ``task_name`` the script's. A project may
        be a path, ``a/b/c``. ``continue_last_task`` starts another attempt of the last task of this name (True) or
        of an id, whose iterations go on after its last one, or after the given integer. ``reuse_last_task_id`` with
        an id starts another attempt of that task with no such offset; True makes a new task, because what was
        recorded is not wiped here. ``output_uri`` is where artifacts go, tested at once. ``auto_connect_streams``
        chooses of stdout, stderr and logging what is captured. Processes that one launcher started as ranks of one
        job join one task, if they ask for the same names (docs/guides/ranks.md).

        ``auto_resource_monitoring`` is True, False or a dict: ``report_frequency_sec`` is the time between readings,
        ``report_global_mem_used`` reads the memory of the whole machine.

        ``auto_connect_frameworks`` and ``auto_connect_arg_parser`` are True, False or a dict by library or argument
        (docs/guides/capture.md). ``deferred_init`` has nothing to defer: this returns within milliseconds and speaks to
        no network.

        Raises:
            UsageError: another task is open, or an id is not in this home.
            SettingsError: a setting is wrong. HomeError (an OSError): the home cannot be written.
            TypeError, ValueError: an argument does not fit, or the destination cannot be written.
        """
        with cls._lock:
            kind = start.to_type(task_type)
            request = start.Request(
                project=_checked("project_name", project_name),
                name=_checked("task_name", task_name),
                task_type=kind,
                tags=_checked_tags(tags),
                reuse_last_task_id=reuse_last_task_id,
                continue_last_task=continue_last_task,
                streams=start.streams(auto_connect_streams),
                monitoring=monitoring(auto_resource_monitoring),
                capture=capturing.Choice(auto_connect_frameworks, auto_connect_arg_parser),
            )
            start.check_switch("auto_connect_arg_parser", auto_connect_arg_parser)
            start.check_switch("auto_connect_frameworks", auto_connect_frameworks)
            start.check_switch("output_uri", output_uri, str, type(None), os.PathLike)
            if cls._current is not None:
                return cls._current._as_requested(request)
            return cls._join_parent(request) or cls._start(request, output_uri)

    @classmethod
    def _start(cls, request: start.Request, output_uri: Destination) -> Task:
        settings = _settings.load()
        Logger._take_defaults(settings)
        request = start.under(settings, request)
        destination = checked_destination(output_uri, settings)
        checked_destination(settings.upload_destination or False, settings)
        project = request.project or surroundings.default_project()
        name = request.name or surroundings.default_name()
        from stripchart.sdk import ranks

        launch = ranks.launch_of(settings, project, name, request.task_type.value)
        joined = launch.wait_for_first() if launch is not None and not launch.is_first else None
        outputs = passing_on.Chosen(destination, keeps_models(output_uri))
        if joined is not None:
            task = cls._join_rank(settings, request, joined)
            outputs = joined.outputs if output_uri is None else outputs
        else:
            task = cls._open(settings, request, (project, name), launch, outputs)
        cls._current = task
        assert task._running is not None
        task._running.begin()
        task._choose(outputs)
        passing_on.pass_on(task._session, passing_on.OFFSET, str(task._logger._offset))
        if joined is None:
            task._begin_offline()
        if request.monitoring.remark:
            task._losses.note("monitoring", request.monitoring.remark, lost=False)
        task._capture_libraries(request.capture)
        seeding.apply()
        return task

    @classmethod
    def _open(
        cls,
        settings: Settings,
        request: start.Request,
        named: tuple[str, str],
        launch: ranks.Launch | None,
        outputs: passing_on.Chosen,
    ) -> Task:
        """Open an attempt, of a new task or of one that goes on, and tell the other ranks of the launch."""
        project, name = named
        try:
            plan = start.plan(settings, request, project, name)
            if launch is not None:
                plan = launch.as_restarted(plan)
            told = (
                Described() if plan.is_new else chronicle.describe(settings.task_dir(plan.task_id))
            )
            if plan.is_new or request.project:
                told.project = project
            if plan.is_new or request.name:
                told.name = name
            told.tags = list(dict.fromkeys([*told.tags, *(request.tags or ())]))
            told.parent = told.parent or os.environ.get(TASK_VARIABLE)
            told.type, told.status = request.task_type.value, "in_progress"
            told.attempt, told.initial_iteration = plan.attempt, plan.offset
            session = Session(settings, plan.task_id, plan.attempt)
            _write_opening(session, told, request.capture, is_new=plan.is_new)
            if launch is not None:
                launch.publish(plan, outputs)
        except OSError as error:
            raise home_error(error, settings.home) from error
        announce(session, is_new=plan.is_new)
        return cls(
            session,
            told,
            Running(
                session,
                Console(session),
                request.streams,
                request.monitoring,
                capture=request.capture,
                of_launch=launch is not None,
            ),
        )

    @classmethod
    def _join_rank(cls, settings: Settings, request: start.Request, joined: ranks.Joined) -> Task:
        """Join the task that the first rank of this launch has opened."""
        told = chronicle.describe(settings.task_dir(joined.task_id))
        told.attempt, told.initial_iteration = joined.attempt, joined.offset
        session = Session(settings, joined.task_id, joined.attempt)
        running = Running(
            session,
            Console(session),
            request.streams,
            request.monitoring,
            capture=request.capture,
            is_first=False,
            of_launch=True,
        )
        return cls(session, told, running)

    @classmethod
    def _join_parent(cls, request: start.Request | None = None) -> Task | None:
        """Return the task of the process that started this one, if there is one and it is what is asked for."""
        task_id = os.environ.get(TASK_VARIABLE, "")
        if not task_id or cls._current is not None:
            return cls._current
        settings = _settings.load()
        try:
            start.check_exists(settings, task_id)
            attempt = int(os.environ.get(ATTEMPT_VARIABLE, "0"))
        except (UsageError, ValueError):
            return None
        session = Session(settings, task_id, attempt)
        offset = passing_on.passed_on_offset(session)
        # A worker of multiprocessing runs the script's main module again: whatever it asks for, it means its parent.
        is_worker = is_child_of_multiprocessing()
        told = None if is_worker and offset is not None else chronicle.describe(session.task_dir)
        if told is not None and not is_worker and not _is_joined(told, session, request):
            return None
        Logger._take_defaults(settings)
        task = cls(session, told, offset=offset if told is None else None)
        task._take_destinations()
        endings.watch(task._ignore, task._close_at_exit)
        accompany(session, request.monitoring if request is not None else Monitoring())
        of_parent = frozenset(os.environ.get(STREAMS_VARIABLE, "").split(","))
        if request is not None:
            request = start.under(settings, request)
            task._capture_console(start.beside(request.streams, of_parent))
            task._capture_libraries(request.capture)
        elif is_worker:
            # It asked for no streams of its own; what another kind of child prints its parent may read, and print.
            chosen = start.streams(True) & of_parent
            task._capture_console(start.beside(chosen, of_parent))
            task._capture_libraries(capturing.choice_of(os.environ.get(CAPTURE_VARIABLE, "")))
        cls._current = task
        return task

    @contained("console", lost=False)
    def _capture_console(self, streams: frozenset[str]) -> None:
        """Capture what this process prints until its session is closed."""
        session, console = self._session, self._logger._console
        session.on_reset.append(lambda: console.disconnect() if session.closed else None)
        console.connect(streams)

    @contained("capture", lost=False)
    def _capture_libraries(self, choice: capturing.Choice) -> None:
        """Capture what libraries log, save and parse in this process until its session is closed."""
        capturing.begin(self, choice)

    @property
    def _leads(self) -> bool:
        return self._running is not None and self._running.leads()

    def _ignore(self, ending: endings.Ending) -> None:
        """Leave the status to the process that owns the attempt."""

    def _close_at_exit(self, ending: endings.Ending) -> None:
        self._session.close()

    def _as_requested(self, request: start.Request) -> Task:
        # A forked child means its parent's task whatever it asks for, as a worker does that was spawned.
        if self._session.is_fork or _is_called(self._told, self._session.task_dir, request):
            return self
        for what, asked, is_now in (
            ("project", request.project, self._told.project),
            ("task", request.name, self._told.name),
        ):
            if asked is not None and asked != is_now:
                raise UsageError(
                    f"Current task already created and requested {what} name '{asked}' does not match current "
                    f"{what} name '{is_now}'. If you wish to create additional tasks, close the current task first"
                )
        return self

    @classmethod
    def _found(cls, settings: Settings, task_id: str) -> Self:
        told = chronicle.describe(settings.task_dir(task_id))
        session = Session(settings, task_id, told.attempt)
        foreign.close_at_exit(session)
        return cls(session, told)

    # -- end -------------------------------------------------------------------------------------------------

    @contained("close", lost=False)
    def close(self) -> None:
        """End the task as completed and let go of everything it held; the process goes on."""
        self._keep_watched()
        if self._running is not None:
            self._running.end(endings.Ending("completed"), publishes=self._publishes)
            self._end_offline()
        else:
            endings.unwatch(self._ignore, self._close_at_exit)
            self._session.close()
        if self._told.status == "in_progress":
            self._told.status = "published" if self._publishes else "completed"
        if Task._current is self:
            Task._current = None

    def flush(self, wait_for_uploads: bool = False) -> bool:
        """Return whether everything reported is on disk; it is when the report returns.

        Registered tables that have changed are kept. ``wait_for_uploads`` waits as ``Logger.flush`` does.
        """
        self._keep_watched()
        return self._logger.flush(wait_for_uploads)

    @contained("read", lost=False)
    def reload(self) -> None:
        """Read anew what is known of the task."""
        self._described = chronicle.describe(self._session.task_dir)

    # -- what it is ------------------------------------------------------------------------------------------

    @classmethod
    def current_task(cls) -> Task | None:
        """Return the task that is open in this process, or ``None``.

        In a process that was started by one that has a task (a worker of ``multiprocessing`` or of Ray, a script that
        is given the environment), this joins that task.
        """
        return cls._current or cls._join_parent()

    def is_current_task(self) -> bool:
        """Return whether this is the task that is open in this process."""
        return Task._current is self

    def is_main_task(self) -> bool:
        """Return whether this is the task that ``Task.init`` opened in this process."""
        return Task._current is self

    def get_logger(self) -> Logger:
        """Return the task's logger, always the same one."""
        return self._logger

    @property
    def logger(self) -> Logger:
        """Return the task's logger, always the same one."""
        return self._logger

    @property
    def last_worker(self) -> str:
        """Return the machine that the task ran on last."""
        return self._read().host

    @staticmethod
    def running_locally() -> bool:
        """Return True: nothing here runs a task on another machine."""
        return True

    # -- of the process --------------------------------------------------------------------------------------

    @classmethod
    def set_random_seed(cls, random_seed: int | None) -> None:
        """Have ``Task.init`` seed Python's, NumPy's, PyTorch's and TensorFlow's generators; ``None`` leaves them alone.

        Without this call nothing is seeded.

        Raises:
            ValueError: it is no integer.
        """
        seeding.choose(random_seed)

    @classmethod
    def get_random_seed(cls) -> int | None:
        """Return the seed that was chosen, ``None`` where none was."""
        return seeding.chosen()


def _after_fork() -> None:
    Task._lock = threading.RLock()  # another thread of the parent may have held it


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


def _write_opening(
    session: Session, told: Described, choice: capturing.Choice, *, is_new: bool
) -> None:
    """Write what opens an attempt; of a new task that could not be opened nothing is left.

    Raises:
        OSError: the home cannot take it.
    """
    try:
        _write_head(session, told, choice)
    except OSError:
        session.forget()
        if is_new:
            import shutil

            shutil.rmtree(session.task_dir, ignore_errors=True)
        raise


def _write_head(session: Session, told: Described, choice: capturing.Choice) -> None:
    """Write what opens an attempt.

    Raises:
        OSError: the home cannot take it.
    """
    time_us = now_us()
    said = {name: getattr(told, name) for name in ("project", "name", "type", "tags", "parent")}
    session.append(TaskDescribed(time_us=time_us, **said))
    told.said_us |= dict.fromkeys(said, time_us)
    session.append(
        AttemptStarted(
            time_us=time_us, attempt=told.attempt, initial_iteration=told.initial_iteration
        )
    )
    values = surroundings.describe(choice.arguments)
    session.append(EnvironmentDescribed(time_us=time_us, attempt=told.attempt, values=values))


def _is_joined(told: Described, session: Session, request: start.Request | None) -> bool:
    """Tell whether a process that was started beside a task means that one."""
    if told.status != "in_progress":
        return False
    return request is None or _is_called(told, session.task_dir, request)


def _fits(told: Described, request: start.Request) -> bool:
    return request.project in (None, told.project) and request.name in (None, told.name)


def _is_called(told: Described, task_dir: Path, request: start.Request) -> bool:
    """Tell whether a request names the task as it is called now or, if people renamed it, as scripts call it."""
    return _fits(told, request) or _fits(Chronicle(task_dir, page=False).read(), request)


def _checked(argument: str, text: Any) -> str | None:
    if text is None or isinstance(text, str):
        return name_of(text) if text else None
    raise TypeError(f"{argument} must be a string, got {type(text).__name__}")


def _checked_tags(tags: Any) -> list[str] | None:
    if tags is None:
        return None
    if isinstance(tags, str) or not isinstance(tags, Sequence | set | frozenset):
        raise TypeError(f"tags must be a list of strings, got {type(tags).__name__}")
    return names_of(tags)
