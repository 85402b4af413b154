"""Answer which models a task has: what its artifacts say of them, put together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from stripchart.ingest.bounds import bounded
from stripchart.query.models import Told, models_of, parsed
from stripchart.server import schema
from stripchart.server.samples import address, is_link, location
from stripchart.store.catalog_rows import Artifact
from stripchart.store.catalog_tables import name_key


def models(task_dir: Path, rows: Iterable[Artifact]) -> list[schema.Model]:
    """Return the models that artifacts of a task make up, the one saved last at the end."""
    return [_model(task_dir, told) for told in models_of(rows)]


def _model(task_dir: Path, told: Told[Artifact]) -> schema.Model:
    facts, weights = told.facts, told.weights
    iteration = facts.get("iteration", "")
    is_registered = bool(facts.get("registered")) and weights is not None
    return schema.Model(
        id=told.id,
        role=told.role,
        name=told.name,
        framework=facts.get("framework", ""),
        iteration=bounded(int(iteration)) if _is_number(iteration) else None,
        comment=facts.get("comment", ""),
        tags=[str(tag) for tag in parsed(facts, "tags", [])],
        labels=_numbers(parsed(facts, "labels", {})),
        design=facts.get("design", ""),
        metadata=_values(parsed(facts, "metadata", {})),
        state=weights.state if weights is not None else "",
        registered=is_registered,
        published=bool(facts.get("published")),
        archived=bool(facts.get("archived")),
        file=facts.get("file", ""),
        url=_url(task_dir, weights, is_registered=is_registered),
        uri=location(task_dir, weights.url) if weights is not None else "",
        size_bytes=weights.size_bytes if weights is not None else 0,
        hash=weights.hash if weights is not None else "",
        time_us=told.time_us,
        source=facts.get("source", ""),
        base=facts.get("base", ""),
        error=weights.error if weights is not None else "",
    )


def _url(task_dir: Path, weights: Artifact | None, *, is_registered: bool) -> str:
    if weights is None or (is_registered and not is_link(weights.url)):
        return ""  # where it lies is the training machine's affair
    return address(task_dir.name, weights.url, name_key(weights.name))


def _is_number(text: str) -> bool:
    digits = text.removeprefix("-")
    return digits.isascii() and digits.isdigit() and len(digits) < 30


def _numbers(labels: Mapping[str, Any]) -> dict[str, int]:
    return {name: bounded(n) for name, n in labels.items() if type(n) is int}


def _values(metadata: Mapping[str, Any]) -> dict[str, str]:
    return {
        key: str(told.get("value", "")) for key, told in metadata.items() if isinstance(told, dict)
    }
