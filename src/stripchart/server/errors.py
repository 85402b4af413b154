"""One shape for every error of every endpoint: ``{"error": {"code", "message", "detail"}}``."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Any

import msgspec
from litestar import MediaType, Request, Response
from litestar.exceptions import HTTPException, NotFoundException, ValidationException

from stripchart.server.schema import ErrorBody, ErrorInfo

_log = logging.getLogger("stripchart.server")


class ApiError(Exception):
    """Answer a request with an error: HTTP status, stable code, one sentence, details."""

    def __init__(self, status: int, code: str, message: str, **detail: Any) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.detail = detail


class NotFoundError(ApiError):
    """Say that there is no such thing."""

    def __init__(self, message: str, **detail: Any) -> None:
        super().__init__(HTTPStatus.NOT_FOUND, "not_found", message, **detail)


class GoneError(ApiError):
    """Say that there was such a thing, which was deleted."""

    def __init__(self, message: str, **detail: Any) -> None:
        super().__init__(HTTPStatus.NOT_FOUND, "gone", message, **detail)


class BadRequestError(ApiError):
    """Say what is wrong with the request."""

    def __init__(self, message: str, **detail: Any) -> None:
        super().__init__(HTTPStatus.BAD_REQUEST, "bad_request", message, **detail)


def error_bytes(code: str, message: str, detail: dict[str, Any] | None = None) -> bytes:
    """Encode an error body."""
    body = ErrorBody(error=ErrorInfo(code=code, message=message, detail=detail or {}))
    return msgspec.json.encode(body)


def answer_error(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """Turn an exception into the error shape; what we did not foresee is logged and told without its traceback."""
    status, code, message, detail = _describe(error, request.url.path)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        _log.error("%s %s failed", request.method, request.url.path, exc_info=error)
    headers = error.headers if isinstance(error, HTTPException) else None
    return Response(
        error_bytes(code, message, detail),
        status_code=status,
        media_type=MediaType.JSON,
        headers=headers,
    )


def _describe(error: Exception, path: str) -> tuple[int, str, str, dict[str, Any]]:
    if isinstance(error, ApiError):
        return error.status, error.code, error.message, error.detail
    if isinstance(error, ValidationException):
        return error.status_code, "invalid", _first_line(error.detail), {"fields": error.extra}
    if isinstance(error, NotFoundException):
        return HTTPStatus.NOT_FOUND, "not_found", f"there is nothing at {path[:200]}", {}
    if isinstance(error, HTTPException) and error.status_code < HTTPStatus.INTERNAL_SERVER_ERROR:
        return error.status_code, _code_of(error.status_code), _first_line(error.detail), {}
    message = "the server failed to answer; its log says why"
    return HTTPStatus.INTERNAL_SERVER_ERROR, "internal", message, {}


def _code_of(status: int) -> str:
    try:
        return HTTPStatus(status).phrase.lower().replace(" ", "_").replace("-", "_")
    except ValueError:
        return "error"


def _first_line(text: str) -> str:
    return text.splitlines()[0] if text else "the request is not valid"
