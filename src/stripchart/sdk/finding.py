"""Find tasks and projects of the home by id, name, tag and status."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Self

from stripchart import settings as _settings
from stripchart.sdk import lookup, start
from stripchart.sdk.errors import UsageError
from stripchart.sdk.held import Held

if TYPE_CHECKING:
    from stripchart.sdk import searching
    from stripchart.settings import Settings

Texts = str | Sequence[str]
_MOST_HINTS = 5


class Project:
    """Name a project: ``name`` is its path, which is also its ``id``; ``tasks`` counts its tasks."""

    __slots__ = ("id", "name", "tasks")

    def __init__(self, path: str, tasks: int) -> None:
        self.id = self.name = path
        self.tasks = tasks

    def __repr__(self) -> str:
        return f"<Project {self.name!r}: {self.tasks} tasks>"


class Finding(Held):
    """Find tasks, without a server."""

    _current: ClassVar[Any] = None

    @classmethod
    def _found(cls, settings: Settings, task_id: str) -> Self:
        raise NotImplementedError

    @classmethod
    def get_task(  # noqa: PLR0917 - the contract's signature
        cls,
        task_id: str | None = None,
        project_name: str | None = None,
        task_name: str | None = None,
        tags: Sequence[str] | None = None,
        allow_archived: bool = True,
        task_filter: Mapping[str, Any] | None = None,
    ) -> Self:
        """Return a task of the home: by id, or the one of this project and name that was active last.

        It may be running, finished or killed; it can be read back, and reported into.

        Raises:
            ValueError: there is no such task, or nothing to find it by was given.
        """
        from stripchart.sdk import searching

        settings = _settings.load()
        if task_id is not None and cls._current is not None and cls._current.id == task_id:
            current: Self = cls._current
            return current
        if task_id is None:
            if project_name is None and task_name is None and not tags and not task_filter:
                raise ValueError("get_task needs a task_id, or a project_name and task_name")
            wanted = _wanted(project_name, task_name, tags, allow_archived, task_filter, exact=True)
            found = searching.search(settings, wanted)
            if not found:
                raise ValueError(
                    f"no task {task_name!r} of project {project_name!r} in the home {str(settings.home)!r}"
                )
            task_id = found[0].id
        try:
            start.check_exists(settings, task_id)
        except UsageError as error:
            raise ValueError(f"{error}{_hint(settings, task_id)}") from None
        return cls._found(settings, task_id)

    @classmethod
    def get_tasks(  # noqa: PLR0917 - the contract's signature
        cls,
        task_ids: Sequence[str] | None = None,
        project_name: Texts | None = None,
        task_name: str | None = None,
        tags: Sequence[str] | None = None,
        allow_archived: bool = True,
        task_filter: Mapping[str, Any] | None = None,
    ) -> list[Self]:
        """Return the tasks of the home that fit, the one active last first, at most 500.

        ``project_name`` (one or several) and ``task_name`` are regular expressions that must be found in path or name.
        Of ``tags`` a task has one or more; ``-tag`` forbids one, and after ``__$all`` all are needed. ``task_filter``
        knows ``id, name, project, parent, status, type, tags, system_tags, search_text, _all_, _any_, order_by, page,
        page_size``.

        Raises:
            ValueError: a pattern is no regular expression, or the filter asks for what is not known here.
        """
        from stripchart.sdk import searching

        settings = _settings.load()
        wanted = _wanted(project_name, task_name, tags, allow_archived, task_filter, ids=task_ids)
        return [cls._found(settings, row.id) for row in searching.search(settings, wanted)]

    @classmethod
    def query_tasks(
        cls,
        project_name: Texts | None = None,
        task_name: str | None = None,
        tags: Sequence[str] | None = None,
        additional_return_fields: Sequence[str] | None = None,
        task_filter: Mapping[str, Any] | None = None,
    ) -> list[Any]:
        """Return the ids of the tasks that fit, as ``get_tasks`` finds them.

        With ``additional_return_fields`` dicts come back, of ``id`` and these fields: those of ``export_task``, and
        ``user``, ``last_worker``, ``last_iteration`` and ``last_metrics``, in the shape of
        ``get_last_scalar_metrics``. Dots lead inside, as in ``hyperparams.General.lr`` or ``project.name``; what is
        not there is ``None``.

        Raises:
            ValueError: as ``get_tasks``, or there is no field of a name.
        """
        from stripchart.sdk import exporting, searching

        exporting.check_fields(additional_return_fields or ())
        settings = _settings.load()
        wanted = _wanted(project_name, task_name, tags, True, task_filter)
        ids = [row.id for row in searching.search(settings, wanted)]
        if additional_return_fields is None:
            return ids
        return [exporting.fields(settings, id, additional_return_fields) for id in ids]

    @classmethod
    def get_by_name(cls, task_name: str) -> Self:
        """Return the task of this name that was active last.

        Raises:
            ValueError: there is none.
        """
        return cls.get_task(task_name=task_name)

    @classmethod
    def get_projects(cls, **kwargs: Any) -> list[Project]:
        """Return the projects of the home by path; ``name`` is a regular expression that chooses.

        Raises:
            ValueError: it is no regular expression.
        """
        from stripchart.sdk import searching

        settings = _settings.load()
        names = searching.texts_of(kwargs["name"]) if kwargs.get("name") else ()
        wanted = searching.Wanted(projects=names, limit=1 << 60)
        counts: dict[str, int] = {}
        for row in searching.search(settings, wanted):
            counts[row.project] = counts.get(row.project, 0) + 1
        return [Project(path, counts[path]) for path in sorted(counts)]

    @classmethod
    def get_project_id(cls, project_name: str, search_hidden: bool = True) -> str | None:
        """Return the project's path, which is its id, or ``None`` where no task is in it or below it."""
        from stripchart.sdk import searching

        below = f"{project_name}/"
        projects = (row.project for row in searching.rows(_settings.load()))
        return project_name if any(f"{p}/".startswith(below) for p in projects) else None


def _hint(settings: Settings, wrong: Any) -> str:
    """Say which ids could have been meant: the start of one is not enough for what may be reported into."""
    text = wrong.lower() if isinstance(wrong, str) else ""
    starting = [i for i in lookup.task_ids(settings) if i.startswith(text)] if text else []
    if not starting:
        return ""
    shown = ", ".join(starting[:_MOST_HINTS]) + (" …" if len(starting) > _MOST_HINTS else "")
    return f"; get_task needs a whole id, and this is the start of {shown}"


def _wanted(
    project: Texts | None,
    name: str | None,
    tags: Sequence[str] | None,
    allow_archived: bool,
    task_filter: Mapping[str, Any] | None,
    *,
    ids: Sequence[str] | None = None,
    exact: bool = False,
) -> searching.Wanted:
    from stripchart.sdk import searching

    fields = searching.from_filter(task_filter)
    if project is not None:
        fields["projects"] = searching.texts_of(project)
    if name is not None:
        fields["names"] = searching.texts_of(name)
    if tags:
        fields["tags"] = searching.texts_of(tags)
    if ids:
        fields["ids"] = list(ids)
    if not allow_archived:
        fields["archived"] = False
    return searching.Wanted(**fields, exact=exact)
