"""What the catalog keeps of one task, as one object in memory: loaded, changed by ingest, saved in one transaction.

``changed_*`` name the parts that differ from what is stored; ``Catalog.save`` writes those and clears them.
Nothing here decides anything: the rules are in ``ingest.facts``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Clock = tuple[int, str]
"""(time that never goes back within its writer, writer): orders what several writers say of one thing."""


TAG_CHANGES = "tag_changes"
"""The key of ``TaskState.described`` for the tags changed since all were set: tag -> [is added, *clock]."""


@dataclass(slots=True)
class WriterState:
    """Hold what is known of one writer, and how far its journal has been applied."""

    writer: str
    role: str
    host: str
    pid: int
    rank: int
    attempt: int
    started_us: int
    closed: bool = False
    points: int = 0
    record_bytes: int = 0
    scalars_end: int = 0
    records_end: int = 0
    clock_us: int = 0
    heard_us: int = 0
    console: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Conclusion:
    """Say how an attempt stands according to one source."""

    clock: Clock
    time_us: int
    status: str
    reason: str = ""
    message: str = ""


@dataclass(slots=True)
class AttemptState:
    """Hold one attempt. ``own`` is the task's word, ``observed`` the recorder's, ``vanished`` that of ingest."""

    number: int
    started_us: int
    initial_iteration: int = 0
    own: Conclusion | None = None
    observed: Conclusion | None = None
    vanished: Conclusion | None = None
    opened: bool = False  # its AttemptStarted has been seen; until then ``started_us`` is its earliest writer's
    environment: dict[str, Any] = field(default_factory=dict)
    environment_clocks: dict[str, Clock] = field(default_factory=dict)


@dataclass(slots=True)
class ParameterState:
    """Hold one parameter or user property; a removed one stays as a mark, which no older value can undo."""

    value: str
    type: str
    removed: bool
    clock: Clock
    description: str = ""


@dataclass(slots=True)
class ArtifactState:
    """Hold one word on an artifact, the task's or the recorder's; a removed one stays as a mark."""

    type: str
    state: str
    url: str
    size_bytes: int
    hash: str
    preview: str
    metadata: dict[str, str]
    error: str
    path: str
    destination: str
    time_us: int
    removed: bool
    clock: Clock


@dataclass(slots=True)
class ConfigurationState:
    """Hold one configuration object; a removed one stays as a mark."""

    text: str
    type: str
    description: str
    time_us: int
    removed: bool
    clock: Clock


@dataclass(slots=True)
class NoteState:
    """Hold the running count of one trouble of one writer."""

    message: str
    count: int
    lost: bool
    time_us: int


@dataclass(slots=True)
class CostState:
    """Hold the latest cost that one writer measured."""

    time_us: int
    recorder_cpu_sec: float
    recorder_rss_bytes: int
    journal_bytes: int


@dataclass(frozen=True, slots=True)
class MetricState:
    """Summarise the live line of one (title, series); values and iterations are ``None`` where no finite point is."""

    title: str
    series: str
    attempts: list[int]
    ranks: list[int]
    count: int
    non_finite: int
    low: int | None
    high: int | None
    first: float | None
    first_iteration: int | None
    last: float | None
    last_iteration: int | None
    min: float | None
    min_iteration: int | None
    max: float | None
    max_iteration: int | None
    mean: float | None


@dataclass(slots=True)
class TaskState:
    """Hold one task. ``described`` maps a field of ``TaskDescribed`` (or ``TAG_CHANGES``) to (value, clock).

    ``artifacts`` goes by (name, settled): the task's word of an artifact, and what the recorder did.
    """

    id: str
    described: dict[str, tuple[Any, Clock]] = field(default_factory=dict)
    attempts: dict[int, AttemptState] = field(default_factory=dict)
    writers: dict[str, WriterState] = field(default_factory=dict)
    parameters: dict[str, ParameterState] = field(default_factory=dict)
    artifacts: dict[tuple[str, bool], ArtifactState] = field(default_factory=dict)
    configurations: dict[str, ConfigurationState] = field(default_factory=dict)
    properties: dict[str, ParameterState] = field(default_factory=dict)
    notes: dict[tuple[str, str], NoteState] = field(default_factory=dict)
    costs: dict[str, CostState] = field(default_factory=dict)
    changed_task: bool = False
    changed_attempts: set[int] = field(default_factory=set)
    changed_writers: set[str] = field(default_factory=set)
    changed_parameters: set[str] = field(default_factory=set)
    changed_artifacts: set[tuple[str, bool]] = field(default_factory=set)
    changed_configurations: set[str] = field(default_factory=set)
    changed_properties: set[str] = field(default_factory=set)
    changed_notes: set[tuple[str, str]] = field(default_factory=set)
    changed_costs: set[str] = field(default_factory=set)
    new_series: list[tuple[str, int, str, str]] = field(default_factory=list)
    changed_metrics: dict[tuple[str, str], MetricState] = field(default_factory=dict)

    def clear_changes(self) -> None:
        """Forget what differed from the store, after a save."""
        self.changed_task = False
        for part in (
            self.changed_attempts,
            self.changed_writers,
            self.changed_parameters,
            self.changed_artifacts,
            self.changed_configurations,
            self.changed_properties,
            self.changed_notes,
            self.changed_costs,
        ):
            part.clear()
        self.new_series.clear()
        self.changed_metrics.clear()


ENDED = frozenset({"stopped", "published", "closed", "failed", "completed"})


def verdict(attempt: AttemptState) -> Conclusion | None:
    """Return how an attempt stands; ``None`` where nobody has said anything but that it started.

    The task's own word that it ended wins over what the recorder saw, that over what ingest found, and any end
    over the task's own word that it goes on.
    """
    for conclusion in (attempt.own, attempt.observed, attempt.vanished):
        if conclusion is not None and conclusion.status in ENDED:
            return conclusion
    return attempt.own or attempt.observed


def tags_of(state: TaskState) -> list[str]:
    """Return a task's tags: those that were set, with what was added and removed since, in order of clock."""
    tags: list[str] = state.described.get("tags", ([], None))[0] or []
    changes: dict[str, list[Any]] = state.described.get(TAG_CHANGES, ({}, None))[0]
    added = [tag for tag, said in changes.items() if said[0]]
    added.sort(key=lambda tag: (changes[tag][1], changes[tag][2]))
    return [*(tag for tag in tags if tag not in changes), *added]
