"""``Task.data``: what is known of a task as one object of plain attributes, as scripts read it elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from stripchart.records import EnvironmentDescribed
from stripchart.sdk.guard import contained
from stripchart.sdk.held import Held

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from stripchart.sdk.chronicle import Described

_MOMENTS = ("created", "started", "completed", "last_update")


class Fields(SimpleNamespace):
    """Hold named values; one that is not there is ``None``."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # what Python and its tools ask every object for
            raise AttributeError(name)
        return None

    def to_dict(self) -> dict[str, Any]:
        """Return the values as a dict, all the way down."""
        return {name: _plain(value) for name, value in vars(self).items()}


class Data(Held):
    """Tell all that is known of a task at once."""

    @property
    def data(self) -> Any:
        """Return what is known of the task now, but for what it reported, as an object of plain attributes.

        ``id, name, type, status, status_reason, status_message, project, parent, user, comment, tags, system_tags,
        created, started, completed, last_update, last_worker, last_iteration, hyperparams, configuration, runtime,
        execution.artifacts, models.input, models.output, output.destination, script``; what is not known is ``None``.
        """
        return self._read_data()

    @contained("read", returns=Fields, lost=False)
    def _read_data(self) -> Fields:
        from stripchart.sdk import exporting, lookup

        told, task_dir = self._read(), self._session.task_dir
        plain = exporting.exported(self.id, told)
        moments = {name: _moment(plain[name]) for name in _MOMENTS}
        kept = ("id", "name", "type", "tags", "system_tags", "comment", "parent", "status")
        return Fields(
            **{name: plain[name] for name in (*kept, "status_reason", "status_message", "project")},
            **moments,
            user=told.user,
            last_worker=told.host,
            last_iteration=lookup.last_iteration(task_dir) or 0,
            hyperparams=_hyperparams(plain["hyperparams"]),
            configuration={
                name: Fields(name=name, value=each["text"], type=each["type"], description=each["description"])
                for name, each in plain["configuration"].items()
            },
            runtime={} if told.progress is None else {"progress": str(told.progress)},
            execution=Fields(
                artifacts=[_artifact(name, each) for name, each in plain["artifacts"].items()],
                model_labels=self._labels_of(told),
            ),
            models=Fields(
                input=[_model(each) for each in plain["models"] if each["role"] == "input"],
                output=[_model(each) for each in plain["models"] if each["role"] == "output"],
            ),
            output=Fields(destination=self._destination),
            script=_script(task_dir),
        )  # fmt: skip

    _destination: str

    def _labels_of(self, told: Described) -> dict[str, int]:
        import json

        from stripchart.sdk.connecting import LABELS

        kept = told.configurations.get(LABELS)
        labels: dict[str, int] = json.loads(kept.text or "{}") if kept is not None else {}
        return labels

    @property
    def labels_stats(self) -> dict[str, Any]:
        """Return an empty dict: nothing here counts labels."""
        return {}

    @property
    def resource_monitor(self) -> None:
        """Return ``None``: the machine is read by the recorder, in another process."""
        return None


def _hyperparams(sections: Mapping[str, Mapping[str, Mapping[str, str]]]) -> dict[str, Any]:
    return {
        section: {
            name: Fields(section=section, name=name, **told) for name, told in parameters.items()
        }
        for section, parameters in sections.items()
    }


def _artifact(name: str, told: Mapping[str, Any]) -> Fields:
    return Fields(
        key=name,
        type=told.get("type", ""),
        uri=told.get("url") or told.get("path", ""),
        hash=told.get("hash", ""),
        content_size=told.get("size_bytes", 0),
        timestamp=told["time_us"] // 1_000_000,
        mode="output",
        type_data=Fields(preview=told.get("preview", "")),
        display_data=list(told.get("metadata", {}).items()),
    )


def _model(told: Mapping[str, Any]) -> Fields:
    return Fields(name=told["name"], model=told["id"])


def _script(task_dir: Path) -> Fields:
    from stripchart.sdk import lookup

    known: dict[str, Any] = {}
    for reader in lookup.readers(task_dir):
        for record in lookup.records_of(reader):
            if isinstance(record, EnvironmentDescribed):
                known |= record.values
    git = known.get("git") or {}
    packages = known.get("packages") or {}
    return Fields(
        repository=git.get("url"),
        branch=git.get("branch"),
        version_num=git.get("commit"),
        diff=git.get("diff"),
        working_dir=known.get("cwd"),
        entry_point=known.get("script"),
        binary=known.get("executable"),
        requirements={"pip": "\n".join(f"{n} == {v}" for n, v in sorted(packages.items()))},
    )


def _moment(text: str | None) -> datetime | None:
    from datetime import datetime

    return datetime.fromisoformat(text) if text else None


def _plain(value: Any) -> Any:
    if isinstance(value, Fields):
        return value.to_dict()
    if isinstance(value, Mapping):
        return {name: _plain(each) for name, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list) else value
