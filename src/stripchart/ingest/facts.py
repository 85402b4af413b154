"""What each record means for its task: the rules by which the catalog is derived from journals.

The result does not depend on the order in which writers are read, only on the order within each: what several
writers say of one thing is ordered by a clock, the record's time, held from going back within its writer (a
system clock may). Of equal clocks the later writer's name wins.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any, TypeVar

import msgspec

from stripchart.ingest.bounds import bounded
from stripchart.records import (
    AnyRecord,
    ArtifactStored,
    AttemptStarted,
    ConfigurationSet,
    CostMeasured,
    EnvironmentDescribed,
    Noted,
    ParametersSet,
    PropertiesSet,
    SeriesDeclared,
    StatusChanged,
    TaskDescribed,
    Unknown,
    WriterClosed,
    WriterIdentity,
)
from stripchart.store.catalog_state import (
    TAG_CHANGES,
    ArtifactState,
    AttemptState,
    Clock,
    Conclusion,
    ConfigurationState,
    CostState,
    NoteState,
    ParameterState,
    TaskState,
    WriterState,
)

Name = TypeVar("Name", bound=Hashable)
Said = TypeVar("Said", ParameterState, ConfigurationState, ArtifactState)

_DESCRIBED = (
    "project",
    "name",
    "type",
    "tags",
    "comment",
    "parent",
    "archived",
    "system_tags",
    "progress",
)
_LONGEST_CODE = 200


def meet(state: TaskState, identity: WriterIdentity) -> WriterState:
    """Return the state of a writer, made from its identity where it is new."""
    known = state.writers.get(identity.writer)
    if known is not None:
        return known
    started_us = bounded(identity.started_us)
    writer = WriterState(
        writer=identity.writer,
        role=identity.role,
        host=identity.host,
        pid=bounded(identity.pid),
        rank=identity.rank,
        attempt=identity.attempt,
        started_us=started_us,
        clock_us=started_us,
        heard_us=started_us,
    )
    state.writers[identity.writer] = writer
    state.changed_writers.add(identity.writer)
    attempt = _attempt(state, identity.attempt, started_us)
    if not attempt.opened and started_us < attempt.started_us:
        attempt.started_us = started_us
    return writer


def apply(state: TaskState, writer: WriterState, record: AnyRecord | Unknown) -> None:
    """Apply one record of a writer; records of one writer come in the order of its journal."""
    state.changed_writers.add(writer.writer)
    if isinstance(record, SeriesDeclared):
        state.new_series.append((writer.writer, record.number, record.title, record.series))
        return
    if isinstance(record, Unknown):
        note(
            state,
            writer,
            "unknown-record",
            f"records of a kind that this version does not know, such as {record.kind!r:.80}",
        )
        return
    time_us = bounded(record.time_us)
    writer.clock_us = max(writer.clock_us, time_us)
    hear(state, writer, time_us)
    clock = (writer.clock_us, writer.writer)
    if isinstance(record, TaskDescribed):
        _describe(state, record, clock)
    elif isinstance(record, AttemptStarted):
        _start(state, record, time_us)
    elif isinstance(record, StatusChanged):
        _conclude(state, record, clock, time_us)
    elif isinstance(record, ParametersSet | PropertiesSet):
        _set_values(state, record, clock)
    elif isinstance(record, ConfigurationSet):
        _set_configuration(state, record, clock)
    elif isinstance(record, ArtifactStored):
        _set_artifact(state, writer, record, clock)
    elif isinstance(record, EnvironmentDescribed):
        _describe_environment(state, record, clock, time_us)
    elif isinstance(record, Noted):
        _take_note(state, writer, record, time_us)
    elif isinstance(record, CostMeasured):
        state.costs[writer.writer] = CostState(
            time_us,
            record.recorder_cpu_sec,
            bounded(record.recorder_rss_bytes),
            bounded(record.journal_bytes),
        )
        state.changed_costs.add(writer.writer)
    elif isinstance(record, WriterClosed):
        writer.closed = True
    # What else there is (console text, for one) says nothing of the task itself: it is the event store's.


def hear(state: TaskState, writer: WriterState, time_us: int) -> None:
    """Note that a writer was heard of at a time; a task that speaks has not vanished."""
    writer.heard_us = max(writer.heard_us, time_us)
    state.changed_writers.add(writer.writer)
    attempt = state.attempts.get(writer.attempt)
    if attempt is not None and attempt.vanished is not None and writer.role == "task":
        attempt.vanished = None
        state.changed_attempts.add(attempt.number)


def vanish(state: TaskState, number: int, reason: str) -> None:
    """Conclude that the processes of an attempt are gone without a word; it ended when last heard of."""
    heard = max((w.heard_us for w in of_attempt(state, number)), default=0)
    state.attempts[number].vanished = Conclusion((heard, ""), heard, "failed", reason)
    state.changed_attempts.add(number)
    state.changed_task = True


def of_attempt(state: TaskState, number: int) -> list[WriterState]:
    """Return the writers that took part in an attempt: not those of people who spoke of it afterwards."""
    return [w for w in state.writers.values() if w.attempt == number and w.role != "page"]


def note(
    state: TaskState,
    writer: WriterState,
    code: str,
    message: str,
    *,
    count: int = 1,
    lost: bool = False,
) -> None:
    """Add to a note that ingest itself makes of a writer's journal."""
    before = state.notes.get((writer.writer, code))
    total = count + (before.count if before is not None else 0)
    state.notes[writer.writer, code] = NoteState(message, total, lost, writer.heard_us)
    state.changed_notes.add((writer.writer, code))


def _describe(state: TaskState, record: TaskDescribed, clock: Clock) -> None:
    for name in _DESCRIBED:
        value = getattr(record, name)
        if value is not None and _newer(clock, state.described.get(name, (None, None))[1]):
            state.described[name] = (value, clock)
            state.changed_task = True
    _change_tags(state, record, clock)


def _change_tags(state: TaskState, record: TaskDescribed, clock: Clock) -> None:
    """Keep of each tag the last word since all of them were set: what is older no longer counts."""
    set_at = state.described.get("tags", (None, None))[1]
    known: dict[str, list[Any]] = state.described.get(TAG_CHANGES, ({}, clock))[0]
    if record.tags is not None and set_at is not None and set_at == clock:
        # A change of this very clock came earlier in the same journal: no two writers share a clock.
        changes = {tag: said for tag, said in known.items() if tuple(said[1:]) > set_at}
    else:
        changes = dict(known)
    if _newer(clock, set_at):
        for is_added, tags in ((False, record.tags_removed), (True, record.tags_added)):
            for tag in tags:
                if tag not in changes or _newer(clock, (changes[tag][1], changes[tag][2])):
                    changes.pop(tag, None)  # of equal clocks the later said stands last
                    changes[tag] = [is_added, *clock]
    if changes != known or list(changes) != list(known):
        state.described[TAG_CHANGES] = (changes, clock)
        state.changed_task = True


def _start(state: TaskState, record: AttemptStarted, time_us: int) -> None:
    attempt = _attempt(state, record.attempt, time_us)
    if not attempt.opened or time_us < attempt.started_us:
        attempt.started_us = time_us
        attempt.initial_iteration = bounded(record.initial_iteration)
    attempt.opened = True


def _conclude(state: TaskState, record: StatusChanged, clock: Clock, time_us: int) -> None:
    attempt = _attempt(state, record.attempt, time_us)
    source = "observed" if record.observed else "own"
    before: Conclusion | None = getattr(attempt, source)
    if _newer(clock, before.clock if before is not None else None):
        conclusion = Conclusion(clock, time_us, record.status, record.reason, record.message)
        setattr(attempt, source, conclusion)


def _set_values(state: TaskState, record: ParametersSet | PropertiesSet, clock: Clock) -> None:
    changes = {name: ParameterState("", "", True, clock) for name in record.removed}
    if isinstance(record, ParametersSet):
        for name, value in record.values.items():
            kind, description = record.types.get(name, ""), record.descriptions.get(name, "")
            changes[name] = ParameterState(value, kind, False, clock, description)
        state.changed_parameters |= _replace(state.parameters, changes)
        return
    for name, said in record.values.items():
        value, kind, description = (said.get(k, "") for k in ("value", "type", "description"))
        changes[name] = ParameterState(value, kind, False, clock, description)
    state.changed_properties |= _replace(state.properties, changes)


def _set_configuration(state: TaskState, record: ConfigurationSet, clock: Clock) -> None:
    configuration = ConfigurationState(
        text=record.text or "",
        type=record.type,
        description=record.description,
        time_us=bounded(record.time_us),
        removed=record.text is None,
        clock=clock,
    )
    state.changed_configurations |= _replace(state.configurations, {record.name: configuration})


def _set_artifact(
    state: TaskState, writer: WriterState, record: ArtifactStored, clock: Clock
) -> None:
    artifact = ArtifactState(
        type=record.type,
        state=record.state,
        url=record.url,
        size_bytes=bounded(record.size_bytes),
        hash=record.hash,
        preview=record.preview,
        metadata=record.metadata,
        error=record.error,
        path=record.path,
        destination=record.destination,
        time_us=bounded(record.time_us),
        removed=record.removed,
        clock=clock,
    )
    place = (record.name, writer.role == "recorder")
    state.changed_artifacts |= _replace(state.artifacts, {place: artifact})


def _replace(known: dict[Name, Said], changes: Mapping[Name, Said]) -> set[Name]:
    """Put changes in the place of what is older, and return the names of those that were."""
    fresh = {
        name: said
        for name, said in changes.items()
        if _newer(said.clock, known[name].clock if name in known else None)
    }
    known.update(fresh)
    return set(fresh)


def _describe_environment(
    state: TaskState, record: EnvironmentDescribed, clock: Clock, time_us: int
) -> None:
    attempt = _attempt(state, record.attempt, time_us)
    for key, value in record.values.items():
        if _newer(clock, attempt.environment_clocks.get(key)):
            attempt.environment[key] = _plain(value)
            attempt.environment_clocks[key] = clock


def _take_note(state: TaskState, writer: WriterState, record: Noted, time_us: int) -> None:
    code = record.code[:_LONGEST_CODE]
    count = bounded(record.count)
    state.notes[writer.writer, code] = NoteState(record.message, count, record.lost, time_us)
    state.changed_notes.add((writer.writer, code))


def _attempt(state: TaskState, number: int, started_us: int) -> AttemptState:
    state.changed_attempts.add(number)
    return state.attempts.setdefault(number, AttemptState(number, started_us))


def _newer(clock: Clock, before: Clock | None) -> bool:
    return before is None or clock >= before


def _plain(value: Any) -> Any:
    """Return a value as JSON can carry it, whatever msgpack brought."""
    return msgspec.json.decode(msgspec.json.encode(msgspec.to_builtins(value, str_keys=True)))
