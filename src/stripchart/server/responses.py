"""How the OpenAPI document shows errors: the same everywhere."""

from __future__ import annotations

from litestar.openapi import ResponseSpec

from stripchart.server.schema import ErrorBody

_ERROR = ResponseSpec(ErrorBody, description="What is wrong.", generate_examples=False)

ERRORS = {400: _ERROR, 404: _ERROR}
