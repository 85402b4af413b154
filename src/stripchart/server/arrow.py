"""Encode the answer of ``/series/read``: one Arrow IPC stream, uncompressed, of standard types.

nanoarrow writes it (3 MB installed, where pyarrow takes 170), straight from the NumPy columns.
"""

from __future__ import annotations

import io
from collections.abc import Sequence

import msgspec
import nanoarrow as na  # type: ignore[import-untyped]
import numpy as np
from nanoarrow.ipc import InputStream, StreamWriter  # type: ignore[import-untyped]
from numpy.typing import NDArray

from stripchart.server.schema import ReadResult
from stripchart.store.contract import PointColumns

MEDIA_TYPE = "application/vnd.apache.arrow.stream"
_TYPES: dict[str, type[np.generic]] = {
    "read": np.uint32,
    "iteration": np.int64,
    "time_us": np.int64,
    "value": np.float64,
    "flags": np.uint8,
}


def encode_reads(columns: Sequence[PointColumns], results: Sequence[ReadResult]) -> bytes:
    """Encode one answer per read, in order; the schema's metadata ``reads`` carries the results as JSON."""
    rows = [len(part.value) for part in columns]
    data: dict[str, tuple[na.Schema, NDArray[np.generic]]] = {
        "read": (na.uint32(nullable=False), np.repeat(np.arange(len(rows), dtype=np.uint32), rows)),
        "iteration": (na.int64(nullable=False), _joined([c.iteration for c in columns], np.int64)),
        "time_us": (na.int64(nullable=False), _joined([c.time_us for c in columns], np.int64)),
        "value": (na.float64(nullable=False), _joined([c.value for c in columns], np.float64)),
        "flags": (na.uint8(nullable=False), _joined([c.flags for c in columns], np.uint8)),
    }
    schema = na.c_schema(na.struct({k: kind for k, (kind, _) in data.items()}, nullable=False))
    schema = schema.modify(metadata={"reads": msgspec.json.encode(results)})
    children = [na.c_array(values, kind) for kind, values in data.values()]
    batch = na.c_array_from_buffers(
        schema, length=sum(rows), buffers=[None], children=children, null_count=0
    )
    out = io.BytesIO()
    with StreamWriter.from_writable(out) as writer:
        writer.write_stream(na.c_array_stream(batch))
    return out.getvalue()


def decode_reads(body: bytes) -> tuple[dict[str, NDArray[np.generic]], list[ReadResult]]:
    """Decode what ``encode_reads`` made, for Python clients."""
    parts: dict[str, list[NDArray[np.generic]]] = {}
    with na.c_array_stream(InputStream.from_readable(io.BytesIO(body))) as stream:
        schema = stream.get_schema()
        names = [child.name for child in schema.children]
        results = msgspec.json.decode(
            dict(schema.metadata.items())[b"reads"], type=list[ReadResult]
        )
        for batch in stream:
            for name, column in zip(names, batch.children, strict=True):
                values = np.asarray(
                    column.view().buffer(1)
                )  # 0 would tell what is null: nothing is
                parts.setdefault(name, []).append(values[: column.length].copy())
    return {name: _joined(parts.get(name, []), _TYPES[name]) for name in names}, results


def _joined(parts: list[NDArray[np.generic]], dtype: type[np.generic]) -> NDArray[np.generic]:
    if not parts:
        return np.zeros(0, dtype)
    return np.ascontiguousarray(np.concatenate(parts), dtype=dtype)
