"""Around every route: what a query may ask for, and how an error is told."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager

from starlette.requests import Request
from starlette.responses import Response

from psgscore.errors import ChannelError, EditError, JournalError, PsgscoreError
from psgscore.review.desk import ConflictError
from psgscore.review.documents import shown_whole
from psgscore.review.hub import NotWrittenError
from psgscore.review.pages import LONGEST_SPAN_S, MOST_PX, Page
from psgscore.review.replies import BadRequestError, number, problem, whole
from psgscore.review.tracks import MOST_TRACKS

Answer = Callable[[Request], Awaitable[Response]]


def page_of(query: Mapping[str, str]) -> Page:
    """Return the page a query asks for.

    Raises
    ------
    BadRequestError
        It asks for none, or for too much.
    """
    names = tuple(name for name in query.get("channels", "").split(",") if name)
    span_s, px = number(query, "span"), whole(query, "px")
    plain = query.get("filter", "default")
    if not 0 < len(names) <= MOST_TRACKS:
        raise BadRequestError(400, "bad-request", f"1 to {MOST_TRACKS} channels make a page")
    if not 0 < span_s <= LONGEST_SPAN_S:
        raise BadRequestError(400, "bad-request", f"span must lie in (0, {LONGEST_SPAN_S:g}] s")
    if not 0 < px <= MOST_PX:
        raise BadRequestError(400, "bad-request", f"px must lie in 1 to {MOST_PX}")
    if plain not in ("default", "off"):
        raise BadRequestError(400, "bad-request", "filter must be default or off")
    start_s = number(query, "start")
    if abs(start_s) > 1e7:
        raise BadRequestError(400, "bad-request", "start is out of range")
    return Page(names, start_s, span_s, px, plain == "off")


@contextmanager
def sought(what: str) -> Iterator[None]:
    """Say that there is no such thing where one is not found."""
    try:
        yield
    except KeyError:
        raise BadRequestError(404, "not-found", f"there is no such {what}") from None


_CODES: tuple[tuple[type[PsgscoreError], int, str], ...] = (
    (ConflictError, 409, "conflict"),
    (EditError, 422, "refused"),
    (ChannelError, 422, "refused"),
    (JournalError, 423, "locked"),
    (NotWrittenError, 503, "not-written"),
    (PsgscoreError, 500, "server"),
)
"""Status and code by error; the first that fits."""


def _problem_of(error: PsgscoreError) -> Response:
    status, code = next((status, code) for kind, status, code in _CODES if isinstance(error, kind))
    document = getattr(error, "document", None)
    more = {} if document is None else {"state": document}
    return problem(status, code, shown_whole(str(error)), **more)


def safe(answer: Answer) -> Answer:
    """Return an answer that says what went wrong, whatever it was."""

    async def answered(request: Request) -> Response:
        try:
            return await answer(request)
        except BadRequestError as error:
            return problem(error.status, error.code, error.reason)
        except PsgscoreError as error:
            return _problem_of(error)

    return answered


async def _failed(request: Request, error: Exception) -> Response:
    """Say that something went wrong; the server goes on, and its log says what."""
    return problem(500, "server", f"psgscore failed here ({type(error).__name__}); see its log")


async def _no_route(request: Request, error: Exception) -> Response:
    return problem(404, "not-found", "there is no such address")


FAILURES = {404: _no_route, 405: _no_route, Exception: _failed}
"""What answers when no route does."""
