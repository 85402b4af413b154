"""The OpenAPI document: served at ``/api/v1/openapi.json``, and printed by ``python -m stripchart.server.openapi``.

Paths come from the handlers; the schemas of all bodies come from ``schema.py`` by msgspec, which also knows those
that no endpoint names because they travel inside an event or an Arrow stream (``Change``, ``ReadResult``).
"""

from __future__ import annotations

import sys
from typing import Any

import msgspec
from litestar import Litestar, MediaType, Request, Response, get
from litestar.openapi import ResponseSpec

from stripchart.server import schema

_REF = "#/components/schemas/{name}"


@get(
    "/openapi.json",
    operation_id="get_openapi",
    tags=["server"],
    responses={
        200: ResponseSpec(dict[str, Any], description="This document.", generate_examples=False)
    },
    sync_to_thread=True,
)
def openapi_document(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Give the OpenAPI document of this API."""
    body = msgspec.json.encode(document(request.app))
    return Response(body, media_type=MediaType.JSON)


def document(app: Litestar) -> dict[str, Any]:
    """Return the OpenAPI document of an app, its keys in a stable order."""
    made: dict[str, Any] = app.openapi_schema.to_schema()
    components = made.setdefault("components", {})
    components["schemas"] = components.get("schemas", {}) | body_schemas()
    made["paths"] = dict(sorted(made["paths"].items()))
    return made


def body_schemas() -> dict[str, Any]:
    """Return the JSON schema of every body by name."""
    bodies = sorted(_below(schema.Body), key=lambda body: body.__name__)
    _, found = msgspec.json.schema_components(bodies, ref_template=_REF)
    return dict(sorted(found.items()))


def _below(base: type) -> list[type]:
    children: list[type] = base.__subclasses__()
    return [t for child in children for t in (child, *_below(child))]


def main() -> None:
    """Print the document."""
    from stripchart.server.app import build_app

    text = msgspec.json.format(msgspec.json.encode(document(build_app(None))), indent=1)
    sys.stdout.write(text.decode() + "\n")


if __name__ == "__main__":
    main()
