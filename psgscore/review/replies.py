"""Answers of the server as JSON, and what a request may hold."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

LONGEST_BODY = 64 << 10
_JSON = "application/json"


class BadRequestError(Exception):
    """A request that is not understood: status, code and reason."""

    def __init__(self, status: int, code: str, reason: str) -> None:
        super().__init__(reason)
        self.status, self.code, self.reason = status, code, reason


def reply(document: Mapping[str, Any], status: int = 200) -> Response:
    """Return a document as ASCII JSON."""
    text = json.dumps(document, allow_nan=False, separators=(",", ":"))
    return Response(text, status, media_type=_JSON)


def problem(status: int, code: str, reason: str, **more: Any) -> Response:
    """Return why a request is not answered."""
    return JSONResponse({"error": reason, "code": code, **more}, status)


async def body_of(request: Request, *required: str) -> dict[str, Any]:
    """Return the JSON object of a request.

    Raises
    ------
    BadRequestError
        It is too large, cut off, no JSON, no object, or lacks something.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip() != _JSON:
        raise BadRequestError(400, "bad-request", f"the content type must be {_JSON}")
    body = await _whole_body(request)
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        raise BadRequestError(400, "bad-request", "the body is no JSON") from None
    if not isinstance(document, dict):
        raise BadRequestError(400, "bad-request", "the body is no JSON object")
    missing = [name for name in required if name not in document]
    if missing:
        raise BadRequestError(400, "bad-request", f"{missing[0]} is missing")
    return document


async def _whole_body(request: Request) -> bytes:
    body = b""
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > LONGEST_BODY:
                raise BadRequestError(413, "too-large", f"more than {LONGEST_BODY} bytes")
    except ClientDisconnect:
        raise BadRequestError(400, "bad-request", "the body was cut off") from None
    return body


def whole(document: Mapping[str, Any], name: str, default: int | None = None) -> int:
    """Return a whole number of a body or a query."""
    value = document.get(name, default)
    if isinstance(value, str) and value.isascii() and value.lstrip("-").isdecimal():
        value = int(value[:12])
    if isinstance(value, bool) or not isinstance(value, int):
        raise BadRequestError(400, "bad-request", f"{name} must be a whole number")
    return value


def number(document: Mapping[str, str], name: str) -> float:
    """Return a number of a query."""
    try:
        value = float(document[name])
    except (KeyError, ValueError):
        raise BadRequestError(400, "bad-request", f"{name} must be a number") from None
    if not math.isfinite(value):
        raise BadRequestError(400, "bad-request", f"{name} must be finite")
    return value
