"""``Task``: one run of an experiment, as the script sees it.

The names, arguments and results are those of the Logger contract. Everything is local first: a task is a folder in
the home, complete without any server, and can be read back at any time.
"""

from __future__ import annotations

import operator
import os
import threading
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from stripchart import settings as _settings
from stripchart.records import (
    AttemptStarted,
    EnvironmentDescribed,
    ParametersSet,
    TaskDescribed,
    clean_text,
)
from stripchart.sdk import endings, lookup, parameters, start, surroundings
from stripchart.sdk.console import Console
from stripchart.sdk.convert import shorten
from stripchart.sdk.errors import UsageError, home_error
from stripchart.sdk.guard import contained, user_line
from stripchart.sdk.logger import Logger
from stripchart.sdk.running import ATTEMPT_VARIABLE, TASK_VARIABLE, Running, announce
from stripchart.sdk.session import Session, is_child_of_multiprocessing, now_us
from stripchart.sdk.start import TaskTypes

if TYPE_CHECKING:
    from stripchart.sdk import reading as _reading
    from stripchart.sdk.losses import Losses

__all__ = ["Task", "TaskTypes"]


class Task:
    """One run of an experiment; made by ``Task.init``, found by ``Task.get_task``."""

    TaskTypes = TaskTypes

    _current: ClassVar[Task | None] = None
    _lock: ClassVar[threading.RLock] = threading.RLock()

    def __init__(
        self, private_session: Session, told: lookup.Described, running: Running | None = None
    ) -> None:
        if not isinstance(private_session, Session):
            raise UsageError("Task object cannot be instantiated externally, use Task.init()")
        self._session = private_session
        self._told = told
        self._running = running
        console = running.console if running is not None else None
        self._logger = Logger(private_session, console)
        self._logger._offset = told.initial_iteration

    @property
    def _losses(self) -> Losses:
        return self._session.losses

    # -- start and end ---------------------------------------------------------------------------------------

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
        auto_connect_frameworks: bool | Mapping[str, bool | str | list[Any]] = True,
        auto_resource_monitoring: bool | Mapping[str, Any] = True,
        auto_connect_streams: bool | Mapping[str, bool] = True,
        deferred_init: bool = False,
    ) -> Task:
        """Start a task in this process, and return it; a second call for the same task returns the same object.

        Without ``project_name`` the repository's name is taken, without ``task_name`` the script's. A project may
        be a path, ``a/b/c``. ``continue_last_task`` starts another attempt of the last task of this name (True) or
        of an id, whose iterations go on after its last one, or after the given integer. ``reuse_last_task_id`` with
        an id starts another attempt of that task with no such offset; True makes a new task, because what was
        recorded is not wiped here. ``auto_connect_streams`` chooses of stdout, stderr and logging what is captured.

        Accepted and checked, but not in force yet: ``output_uri``, ``auto_connect_arg_parser`` and
        ``auto_connect_frameworks`` (nothing is uploaded, and no library is captured), and
        ``auto_resource_monitoring`` (the machine is read whenever the setting ``recorder`` is on).
        ``deferred_init`` has nothing to defer: this returns within milliseconds and speaks to no network.

        Raises:
            UsageError: another task is open, or an id is not in this home.
            SettingsError: a setting is wrong. HomeError (an OSError): the home cannot be written.
            TypeError, ValueError: an argument does not fit.
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
            )
            start.check_switch("auto_connect_arg_parser", auto_connect_arg_parser)
            start.check_switch("auto_connect_frameworks", auto_connect_frameworks)
            start.check_switch("auto_resource_monitoring", auto_resource_monitoring, type)
            start.check_switch("output_uri", output_uri, str, type(None), os.PathLike)
            if cls._current is not None:
                return cls._current._as_requested(request)
            return cls._join_parent(request) or cls._start(request)

    @classmethod
    def _start(cls, request: start.Request) -> Task:
        settings = _settings.load()
        Logger._take_defaults(settings)
        project = request.project or surroundings.default_project()
        name = request.name or surroundings.default_name()
        try:
            plan = start.plan(settings, request, project, name)
            told = (
                lookup.Described()
                if plan.is_new
                else lookup.describe(settings.task_dir(plan.task_id))
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
            _open(session, told, is_new=plan.is_new)
        except OSError as error:
            raise home_error(error, settings.home) from error
        announce(session, is_new=plan.is_new)
        running = Running(session, Console(session), request.streams)
        task = cls(session, told, running)
        cls._current = task
        running.begin()
        return task

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
        told = lookup.describe(settings.task_dir(task_id))
        # A worker of multiprocessing runs the script's main module again: whatever it asks for, it means its parent.
        is_asked_for = request is None or (told.status == "in_progress" and _fits(told, request))
        if not is_asked_for and not is_child_of_multiprocessing():
            return None
        Logger._take_defaults(settings)
        session = Session(settings, task_id, attempt)
        task = cls(session, told)
        endings.watch(task._ignore, task._close_at_exit)
        cls._current = task
        return task

    def _ignore(self, ending: endings.Ending) -> None:
        """Leave the status to the process that owns the attempt."""

    def _close_at_exit(self, ending: endings.Ending) -> None:
        self._session.close()

    def _as_requested(self, request: start.Request) -> Task:
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
    def current_task(cls) -> Task | None:
        """Return the task that is open in this process, or ``None``."""
        return cls._current

    @classmethod
    def get_task(  # noqa: PLR0917 - the contract's signature
        cls,
        task_id: str | None = None,
        project_name: str | None = None,
        task_name: str | None = None,
        tags: Sequence[str] | None = None,
        allow_archived: bool = True,
        task_filter: Mapping[str, Any] | None = None,
    ) -> Task:
        """Return a task of the home: by id, or the one of this project and name that was started last.

        It may be running, finished or killed; it can be read back, and reported into. ``task_filter`` is not
        supported, and archiving is not known to journals.

        Raises:
            ValueError: there is no such task, or nothing to find it by was given.
        """
        current = cls._current
        if task_id is not None and current is not None and current.id == task_id:
            return current
        settings = _settings.load()
        if task_id is None:
            if task_filter:
                raise ValueError(
                    "task_filter is not supported: find a task by id, or by project and name"
                )
            if project_name is None and task_name is None:
                raise ValueError("get_task needs a task_id, or a project_name and task_name")
            task_id = lookup.find(settings, project_name, task_name, tags or ())
        if task_id is None:
            raise ValueError(
                f"no task {task_name!r} of project {project_name!r} in the home {str(settings.home)!r}"
            )
        try:
            start.check_exists(settings, task_id)
        except UsageError as error:
            raise ValueError(str(error)) from None
        told = lookup.describe(settings.task_dir(task_id))
        return cls(Session(settings, task_id, told.attempt), told)

    @contained("close", lost=False)
    def close(self) -> None:
        """End the task as completed and let go of everything it held; the process goes on."""
        if self._running is not None:
            self._running.end(endings.Ending("completed"))
        else:
            endings.unwatch(self._ignore, self._close_at_exit)
            self._session.close()
        if self._told.status == "in_progress":
            self._told.status = "completed"
        if Task._current is self:
            Task._current = None

    def flush(self, wait_for_uploads: bool = False) -> bool:
        """Return whether everything reported is on disk; it is when the report returns."""
        return self._logger.flush(wait_for_uploads)

    @contained("status")
    def mark_completed(
        self, ignore_errors: bool = True, status_message: str | None = None, force: bool = False
    ) -> None:
        """Say that the task has done what it was to do; the process goes on."""
        self._mark(endings.Ending("completed", message=status_message or ""))

    @contained("status")
    def mark_failed(
        self,
        ignore_errors: bool = True,
        status_reason: str | None = None,
        status_message: str | None = None,
        force: bool = False,
    ) -> None:
        """Say that the task has failed, and why; the process goes on."""
        self._mark(endings.Ending("failed", status_reason or "", status_message or ""))

    @contained("status")
    def mark_stopped(self, force: bool = False, status_message: str | None = None) -> None:
        """Say that the task was stopped before its end; the process goes on."""
        self._mark(endings.Ending("stopped", message=status_message or ""))

    def _mark(self, ending: endings.Ending) -> None:
        running = self._running or Running(self._session, Console(self._session), frozenset())
        running.say(ending)
        self._told.status, self._told.status_message = (
            ending.status,
            ending.message or ending.reason,
        )

    # -- what it is ------------------------------------------------------------------------------------------

    @property
    def id(self) -> str:
        """Return the task's id, 32 hexadecimal digits."""
        return self._session.task_id

    @property
    def task_id(self) -> str:
        """Return the task's id."""
        return self._session.task_id

    @property
    def name(self) -> str:
        """Return the task's name."""
        return self._told.name

    @property
    def project(self) -> str:
        """Return the path of the task's project."""
        return self._told.project

    @property
    def task_type(self) -> str:
        """Return what the task is for, one of the values of ``TaskTypes``."""
        return self._told.type

    @property
    def comment(self) -> str:
        """Return the task's comment."""
        return self._told.comment

    @property
    def parent(self) -> str | None:
        """Return the id of the task that started this one."""
        return self._told.parent

    @property
    def status(self) -> str:
        """Return the task's status, read anew from its journals."""
        return self.get_status()

    @contained("status", returns=lambda: "unknown", lost=False)
    def get_status(self) -> str:
        """Return the task's status, read anew from its journals."""
        return lookup.describe(self._session.task_dir).status

    @contained("status", returns=str, lost=False)
    def get_status_message(self) -> str | None:
        """Return what was said about the task's status, such as a traceback."""
        return lookup.describe(self._session.task_dir).status_message

    def get_project_name(self) -> str:
        """Return the path of the task's project."""
        return self._told.project

    def get_tags(self) -> list[str]:
        """Return the task's tags."""
        return list(self._told.tags)

    @contained("describe")
    def add_tags(self, tags: Sequence[str] | str) -> None:
        """Add tags to the task."""
        more = [tags] if isinstance(tags, str) else list(tags)
        self.set_tags([*self._told.tags, *more])

    @contained("describe")
    def set_tags(self, tags: Sequence[str]) -> None:
        """Set the task's tags."""
        self._describe(tags=_clean_tags(tags))

    @contained("describe")
    def set_name(self, name: str) -> None:
        """Rename the task."""
        self._describe(name=_text(name))

    @contained("describe")
    def set_comment(self, comment: str) -> None:
        """Set the task's comment."""
        self._describe(comment=clean_text(str(comment)))

    @contained("describe")
    def set_parent(self, parent: str | Task | None) -> None:
        """Say which task started this one."""
        self._describe(parent=parent.id if isinstance(parent, Task) else str(parent or ""))

    def _describe(self, **values: Any) -> None:
        self._session.append(TaskDescribed(time_us=now_us(), **values))
        for name, value in values.items():
            setattr(self._told, name, value)

    @staticmethod
    def is_offline() -> bool:
        """Return False: a task is local first, and nothing is held back for later."""
        return False

    @staticmethod
    def running_locally() -> bool:
        """Return True: nothing here runs a task on another machine."""
        return True

    def is_current_task(self) -> bool:
        """Return whether this is the task that is open in this process."""
        return Task._current is self

    def is_main_task(self) -> bool:
        """Return whether this is the task that ``Task.init`` opened in this process."""
        return Task._current is self

    # -- reporting -------------------------------------------------------------------------------------------

    def get_logger(self) -> Logger:
        """Return the task's logger, always the same one."""
        return self._logger

    @property
    def logger(self) -> Logger:
        """Return the task's logger, always the same one."""
        return self._logger

    def set_initial_iteration(self, offset: int = 0) -> int:
        """Set what is added to every iteration reported from now on, and return it.

        Raises:
            ValueError: the offset is not an integer.
        """
        if isinstance(offset, bool) or not hasattr(offset, "__index__"):
            raise ValueError("Initial iteration offset must be an integer")
        self._logger._offset = self._told.initial_iteration = operator.index(offset)
        return self._logger._offset

    def get_initial_iteration(self) -> int:
        """Return what is added to every reported iteration."""
        return self._logger._offset

    @contained("read", returns=int, lost=False)
    def get_last_iteration(self) -> int:
        """Return the highest iteration reported to the task, 0 where there is none."""
        return lookup.last_iteration(self._session.task_dir) or 0

    # -- reading back ----------------------------------------------------------------------------------------

    def get_reported_scalars(self, max_samples: int = 0, x_axis: str = "iter") -> _reading.Read:
        """Return the reported points: ``{title: {series: {"name", "x", "y"}}}``.

        ``x_axis`` is ``iter``, ``timestamp`` (milliseconds since 1970) or ``iso_time``. ``max_samples`` bounds the
        points of a series, of which every extreme is kept; 0 returns all.

        Raises:
            ValueError: there is no such axis.
        """
        from stripchart.sdk import reading

        reading.check_axis(x_axis)
        return self._scalars(x_axis, max_samples=max_samples) or {}

    def get_all_reported_scalars(self, x_axis: str = "iter") -> _reading.Read:
        """Return every reported point, as ``get_reported_scalars``; of consecutive ones at one x the last.

        Raises:
            ValueError: there is no such axis.
        """
        from stripchart.sdk import reading

        reading.check_axis(x_axis)
        return self._scalars(x_axis, last_of_equal=True) or {}

    @contained("read", returns=dict, lost=False)
    def _scalars(self, /, x_axis: str, **options: Any) -> _reading.Read:
        from stripchart.sdk import reading

        return reading.scalars(self._session.task_dir, x_axis, **options)

    @contained("read", returns=dict, lost=False)
    def get_last_scalar_metrics(self) -> dict[str, dict[str, dict[str, float]]]:
        """Return ``{title: {series: {"last", "min", "max"}}}``, machine readings and single values included."""
        from stripchart.sdk import reading

        return reading.last_metrics(self._session.task_dir)

    @contained("read", returns=dict, lost=False)
    def get_reported_single_values(self) -> dict[str, float]:
        """Return the single values by name."""
        from stripchart.sdk import reading

        return reading.single_values(self._session.task_dir)

    def get_reported_single_value(self, name: str) -> float | None:
        """Return one single value, ``None`` where it was not reported."""
        return self.get_reported_single_values().get(name)

    @contained("read", returns=list, lost=False)
    def get_reported_console_output(self, number_of_reports: int = 1) -> list[str]:
        """Return the last lines printed or texts reported, oldest first."""
        from stripchart.sdk import reading

        return reading.console(self._session.task_dir, number_of_reports)

    # -- parameters ------------------------------------------------------------------------------------------

    def connect(
        self, mutable: Any, name: str | None = None, ignore_remote_overrides: bool = False
    ) -> Any:
        """Record a dict of parameters under a section (``General``), and return it.

        Later writes to the returned dict are recorded too. Other objects than dicts come back as they are, noted
        as not recorded.
        """
        if not isinstance(mutable, dict):
            message = f"connect takes a dict; a {type(mutable).__name__} was not recorded"
            self._losses.note("connect", message, where=user_line())
            return mutable
        connected = self._connect(mutable, clean_text(str(name or parameters.DEFAULT_SECTION)))
        return mutable if connected is None else connected

    @contained("parameters")
    def _connect(self, values: dict[Any, Any], section: str) -> Any:
        self._set(values, section)
        return parameters.LiveDict(values, section, self._push)

    @contained("parameters")
    def _push(self, name: str, value: Any, removed: bool) -> None:
        if not removed:
            self._set({name: value})
        else:
            names, _ = parameters.flatten({name: value})
            self._append_parameters(removed=list(names))

    @contained("parameters")
    def set_parameters(self, /, *args: Mapping[str, Any], **kwargs: Any) -> None:
        """Replace all parameters by those of the dicts and keywords; names are ``section/name``."""
        values = parameters.merged(args, kwargs)
        before = lookup.describe(self._session.task_dir).parameters
        names, _ = parameters.flatten(values)
        gone = [name for name in before if name not in names]
        if gone:
            self._append_parameters(removed=gone)
        self._set(values)

    @contained("parameters")
    def update_parameters(self, /, *args: Mapping[str, Any], **kwargs: Any) -> None:
        """Set the parameters of the dicts and keywords, and leave the others."""
        self._set(parameters.merged(args, kwargs))

    @contained("parameters")
    def set_parameter(
        self, name: str, value: Any, description: str | None = None, value_type: Any = None
    ) -> None:
        """Set one parameter by its full name, ``section/name``."""
        self._set({name: value})

    @contained("parameters", returns=dict, lost=False)
    def get_parameters(
        self, backwards_compatibility: bool = True, cast: bool = False
    ) -> dict[str, str]:
        """Return all parameters as texts by full name."""
        return dict(lookup.describe(self._session.task_dir).parameters)

    def get_parameter(self, name: str, default: Any = None, cast: bool = False) -> Any:
        """Return one parameter's text, or ``default``."""
        return self.get_parameters().get(name, default)

    def _set(self, values: Mapping[Any, Any], section: str = "") -> None:
        texts, types = parameters.flatten(values, section)
        self._append_parameters(values=texts, types=types)

    def _append_parameters(self, **fields: Any) -> None:
        fields.setdefault("values", {})
        self._session.append(ParametersSet(time_us=now_us(), **fields))


def _open(session: Session, told: lookup.Described, *, is_new: bool) -> None:
    """Write what opens an attempt; of a new task that could not be opened nothing is left.

    Raises:
        OSError: the home cannot take it.
    """
    try:
        _write_head(session, told)
    except OSError:
        session.forget()
        if is_new:
            import shutil

            shutil.rmtree(session.task_dir, ignore_errors=True)
        raise


def _write_head(session: Session, told: lookup.Described) -> None:
    """Write what opens an attempt.

    Raises:
        OSError: the home cannot take it.
    """
    time_us = now_us()
    session.append(
        TaskDescribed(
            time_us=time_us,
            project=told.project,
            name=told.name,
            type=told.type,
            tags=told.tags,
            parent=told.parent,
        )
    )
    session.append(
        AttemptStarted(
            time_us=time_us, attempt=told.attempt, initial_iteration=told.initial_iteration
        )
    )
    values = surroundings.describe()
    session.append(EnvironmentDescribed(time_us=time_us, attempt=told.attempt, values=values))


def _after_fork() -> None:
    Task._lock = threading.RLock()  # another thread of the parent may have held it


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


def _fits(told: lookup.Described, request: start.Request) -> bool:
    return request.project in (None, told.project) and request.name in (None, told.name)


def _text(text: Any) -> str:
    return clean_text(shorten(str(text)))


def _checked(argument: str, text: Any) -> str | None:
    if text is None or isinstance(text, str):
        return _text(text) if text else None
    raise TypeError(f"{argument} must be a string, got {type(text).__name__}")


def _checked_tags(tags: Any) -> list[str] | None:
    if tags is None:
        return None
    if isinstance(tags, str) or not isinstance(tags, Sequence | set | frozenset):
        raise TypeError(f"tags must be a list of strings, got {type(tags).__name__}")
    return _clean_tags(tags)


def _clean_tags(tags: Any) -> list[str]:
    return list(dict.fromkeys(_text(tag) for tag in tags))
