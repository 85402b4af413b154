"""Answer what artifacts, configuration objects and user properties a task has."""

from __future__ import annotations

from pathlib import Path

import msgspec

from stripchart.query.models import is_of_a_model
from stripchart.server import schema
from stripchart.server.models import models
from stripchart.server.samples import address, location
from stripchart.store import catalog_rows
from stripchart.store.catalog import Catalog
from stripchart.store.catalog_tables import name_key


def artifacts(catalog: Catalog, task_dir: Path) -> schema.ArtifactList:
    """Return the artifacts of a task, by name, and its models."""
    rows = catalog.artifacts(task_dir.name)
    return schema.ArtifactList(
        artifacts=[_artifact(task_dir, row) for row in rows if not is_of_a_model(row.name)],
        models=models(task_dir, rows),
    )


def find_artifact(catalog: Catalog, task_id: str, key: str) -> catalog_rows.Artifact | None:
    """Return the artifact that an address names by ``key``."""
    return next((row for row in catalog.artifacts(task_id) if name_key(row.name) == key), None)


def configurations(catalog: Catalog, task_id: str) -> schema.ConfigurationList:
    """Return the configuration objects and user properties of a task, by name."""
    return schema.ConfigurationList(
        configurations=[
            msgspec.convert(row, schema.Configuration, from_attributes=True)
            for row in catalog.configurations(task_id)
        ],
        properties=[
            msgspec.convert(row, schema.Parameter, from_attributes=True)
            for row in catalog.properties(task_id)
        ],
    )


def _artifact(task_dir: Path, row: catalog_rows.Artifact) -> schema.Artifact:
    return schema.Artifact(
        name=row.name,
        type=row.type,
        state=row.state,
        url=address(task_dir.name, row.url, name_key(row.name)),
        uri=location(task_dir, row.url),
        size_bytes=row.size_bytes,
        hash=row.hash,
        preview=row.preview,
        metadata=row.metadata,
        time_us=row.time_us,
        error=row.error,
    )
