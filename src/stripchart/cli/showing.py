"""``show``: what is known of one task, short enough for a terminal."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import msgspec

from stripchart.api import Client
from stripchart.cli import printing
from stripchart.cli.asking import asking, find_task
from stripchart.cli.failure import DONE
from stripchart.cli.printing import duration, moment, printable, shortened
from stripchart.cli.tasks import NAME_WIDTH, reported, until_us, whole
from stripchart.server import schema

_MOST_ROWS = 20  # of what a training may have thousands of
_MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class _Known:
    """Hold the answers about one task."""

    detail: schema.TaskDetail
    values: schema.SingleValueList
    files: schema.ArtifactList
    configurations: schema.ConfigurationList
    plots: schema.PlotList
    samples: schema.SampleList


def show(arguments: argparse.Namespace) -> int:
    """Show one task."""
    with asking(arguments) as client:
        known = _ask(client, find_task(client, arguments.task).id)
    if arguments.json:
        print(msgspec.json.format(msgspec.json.encode(_as_json(known)), indent=2).decode())
        return DONE
    _print_facts(known.detail)
    for title, rows, most in _sections(known):
        if rows:
            print(f"\n{title}")
            for row in rows[:most]:
                print("  " + "  ".join(printable(cell) for cell in row if cell))
            if len(rows) > most:
                print(f"  and {len(rows) - most} more")
    return DONE


def _ask(client: Client, task_id: str) -> _Known:
    return _Known(
        client.task(task_id),
        client.values(task_id),
        client.artifacts(task_id),
        client.configurations(task_id),
        client.plots(task_id),
        client.samples(task_id),
    )


def _as_json(known: _Known) -> dict[str, object]:
    more = {
        "values": known.values.values,
        "models": known.files.models,
        "artifacts": known.files.artifacts,
        "configurations": known.configurations.configurations,
        "properties": known.configurations.properties,
        "plots": known.plots.plots,
        "samples": known.samples.groups,
    }
    return msgspec.structs.asdict(known.detail) | more


def _sections(known: _Known) -> Iterator[tuple[str, Sequence[Sequence[str]], int]]:
    detail, told = known.detail, known.configurations
    yield "Parameters", [[p.name, p.value] for p in detail.parameters], len(detail.parameters)
    yield "Properties", [[p.name, p.value] for p in told.properties], _MOST_ROWS
    values = [[v.name, reported(v.value, v.flags)] for v in known.values.values]
    yield "Values", values, len(values)
    yield "Models", [_model(m) for m in known.files.models], _MOST_ROWS
    yield "Artifacts", [_artifact(a) for a in known.files.artifacts], _MOST_ROWS
    texts = [
        [c.name, c.type, _counted(len(c.text.splitlines()), "line")] for c in told.configurations
    ]
    yield "Configuration", texts, _MOST_ROWS
    plots = [[_named(p.title, p.series), _at(p.iterations)] for p in known.plots.plots]
    yield "Plots", plots, _MOST_ROWS
    samples = [[_named(g.title, g.series), _at(g.iterations)] for g in known.samples.groups]
    yield "Debug samples", samples, _MOST_ROWS
    notes = [[_note_kind(n), f"{n.count}x", n.message] for n in detail.notes]
    yield "Notes", notes, len(notes)


def _model(model: schema.Model) -> list[str]:
    at = "" if model.iteration is None else f"iteration {model.iteration}"
    where = model.file if model.registered else ""
    state = model.error or ("left where it is" if model.registered else model.state)
    return [
        model.role,
        _short(model.name),
        model.framework,
        at,
        _size(model.size_bytes),
        state,
        _short(where),
    ]


def _artifact(artifact: schema.Artifact) -> list[str]:
    state = artifact.error or artifact.state
    return [_short(artifact.name), artifact.type, _size(artifact.size_bytes), state]


def _named(title: str, series: str) -> str:
    return f"{_short(title)} / {_short(series)}"


def _at(iterations: Sequence[int | None]) -> str:
    """Say how often something was kept, and at which iterations."""
    known = [iteration for iteration in iterations if iteration is not None]
    if not known:
        return "without an iteration"
    if len(known) == 1:
        return f"at iteration {known[0]}"
    return f"{len(known)} from iteration {known[0]} to {known[-1]}"


def _size(size_bytes: int) -> str:
    if not size_bytes:
        return ""
    return f"{size_bytes / _MIB:.1f} MiB" if size_bytes >= _MIB else f"{size_bytes} bytes"


def _counted(count: int, what: str) -> str:
    return f"1 {what}" if count == 1 else f"{count} {what}s"


def _short(text: str) -> str:
    return shortened(text, NAME_WIDTH)


def _note_kind(note: schema.Note) -> str:
    return "LOST" if note.lost else "degraded"


def _print_facts(detail: schema.TaskDetail) -> None:
    task = detail.task
    facts: Iterable[tuple[str, str]] = [
        ("Task", task.name),
        ("Id", task.id),
        ("Project", task.project),
        ("Type", task.type),
        ("Tags", ", ".join(task.tags)),
        ("Status", _status_and_reason(task)),
        ("User", f"{task.user}@{task.host}" if task.user else task.host),
        ("Started", moment(task.started_us)),
        ("Ended", moment(task.ended_us)),
        ("Duration", duration(task.started_us, until_us(task))),
        ("Iteration", whole(task.iteration)),
        ("Attempts", str(len(detail.attempts))),
        ("Lost records", str(task.lost)),
        ("Comment", detail.comment),
    ]
    for name, value in facts:
        if value:
            print(f"{name:<13} {printable(value)}")


def _status_and_reason(task: schema.TaskRow) -> str:
    status = printing.status(task.status, unresponsive=task.unresponsive)
    silent = "running, but nothing was heard of it for a while" if task.unresponsive else ""
    return ": ".join(filter(None, [status, task.status_reason or silent]))
