"""Read back the plots and debug samples of a task from its journals, in the shapes of the contract."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from stripchart.records import PlotReported, SampleRemoved, SampleReported, SampleStored
from stripchart.sdk import lookup

Event = dict[str, Any]
_R = TypeVar("_R", PlotReported, SampleReported)


def plots(task_dir: Path, max_iterations: int | None = None) -> list[Event]:
    """Return the plots of the last ``max_iterations`` iterations (1) of each title and series, oldest first.

    Of several with one title, series, iteration and rank the last counts.
    """
    latest: dict[tuple[str, str, int | None, int], tuple[PlotReported, str]] = {}
    for reader in lookup.readers(task_dir):
        identity = reader.identity
        for record in lookup.records_of(reader):
            if isinstance(record, PlotReported):
                key = (record.title, record.series, record.iteration, identity.rank)
                if key not in latest or latest[key][0].time_us <= record.time_us:
                    latest[key] = (record, identity.host)
    kept = _last_iterations(latest.values(), lambda told: told[0], max_iterations or 1)
    return [
        _event(record, "plot", task_dir.name)
        | {"plot_str": record.figure, "plot_len": len(record.figure), "worker": host}
        for record, host in sorted(kept, key=lambda told: told[0].time_us)
    ]


def samples(
    task_dir: Path, title: str, series: str, n_last_iterations: int | None = None
) -> list[Event]:
    """Return the debug samples of a title and series that are still kept, newest iteration first."""
    reported: dict[str, SampleReported] = {}
    stored: dict[str, SampleStored] = {}
    removed: set[str] = set()
    for reader in lookup.readers(task_dir):
        for record in lookup.records_of(reader):
            if isinstance(record, SampleReported):
                if (record.title, record.series) == (title, series):
                    reported[record.sample] = record
            elif isinstance(record, SampleStored):
                stored[record.sample] = record
            elif isinstance(record, SampleRemoved):
                removed.add(record.sample)
    living = [record for name, record in reported.items() if name not in removed]
    kept = _last_iterations(living, lambda record: record, n_last_iterations or 100)
    ordered = sorted(kept, key=lambda record: (_place(record), record.time_us), reverse=True)
    return [_sample(record, stored.get(record.sample), task_dir) for record in ordered]


def _sample(record: SampleReported, stored: SampleStored | None, task_dir: Path) -> Event:
    # What waits is in the task's own form (a pack, a spooled file), which is nobody's to open, and soon gone.
    told = "" if stored is None else located(stored.url, task_dir)
    return _event(record, "training_debug_image", task_dir.name) | {
        "url": record.url or told,
        "key": record.sample,
        "error": stored.error if stored is not None else "",
    }


def located(url: str, task_dir: Path) -> str:
    """Return a URI, or an absolute path, of what a record names relative to the task's folder."""
    return url if not url or "://" in url else str(task_dir / url)


def _last_iterations(
    items: Iterable[Any], record_of: Callable[[Any], Any], number: int
) -> list[Any]:
    by_names: defaultdict[tuple[str, str], list[Any]] = defaultdict(list)
    for item in items:
        record = record_of(item)
        by_names[record.title, record.series].append(item)
    kept = []
    for group in by_names.values():
        places = sorted({_place(record_of(item)) for item in group}, reverse=True)[:number]
        kept += [item for item in group if _place(record_of(item)) in places]
    return kept


def _place(record: PlotReported | SampleReported) -> int:
    return record.iteration or 0


def _event(record: _R, kind: str, task: str) -> Event:
    return {
        "timestamp": record.time_us // 1000,
        "@timestamp": datetime.fromtimestamp(record.time_us / 1e6, UTC).isoformat(),
        "type": kind,
        "task": task,
        "iter": _place(record),
        "metric": record.title,
        "variant": record.series,
    }
