"""The routes of the review server; who may use them is `psgscore.review.guard`'s business."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from psgscore._version import __version__
from psgscore.errors import EditError
from psgscore.model.score import DISCLAIMER
from psgscore.review.answers import FAILURES, page_of, safe, sought
from psgscore.review.desk import Desk
from psgscore.review.documents import Document, track_document
from psgscore.review.edits import Add, Relabel, Reopen, Sign
from psgscore.review.entries import read_edit, text
from psgscore.review.guard import OPEN, Access, Guard
from psgscore.review.hub import READY, Hub, Item, levels_document
from psgscore.review.kinds import ALLOWED, kinds_document, stages_document
from psgscore.review.pages import LONGEST_SPAN_S, MOST_PX
from psgscore.review.replies import BadRequestError, body_of, number, problem, reply, whole
from psgscore.review.setting import Setting
from psgscore.review.static_files import StaticFile, static_files
from psgscore.review.tracks import MOST_TRACKS

MOST_ENTRIES = 500
STATUS_WAITS_S = 0.25


class ReviewApp:
    """The application: routes over a hub of recordings."""

    def __init__(
        self, hub: Hub, setting: Setting, quit_server: Callable[[], None] = lambda: None
    ) -> None:
        self._hub, self._setting, self._quit = hub, setting, quit_server
        self._static: Mapping[str, StaticFile] = static_files(Path(__file__).parent / "static")

    def guarded(self, access: Access) -> Guard:
        """Return the whole as an ASGI application."""
        self._access = access
        one = "/api/recordings/{rid:str}"
        gets = {
            OPEN: self.open_page,
            "/": self.index,
            "/static/{name:path}": self.static,
            "/api/about": self.about,
            "/api/recordings": self.recordings,
            one: self.recording,
            f"{one}/status": self.status,
            f"{one}/state": self.state,
            f"{one}/levels": self.levels,
            f"{one}/tile": self.tile,
            f"{one}/derivation": self.derivation,
            f"{one}/why": self.why,
            f"{one}/uncertain": self.uncertain,
            f"{one}/disagreements": self.disagreements,
            f"{one}/history": self.history,
        }
        posts = {
            f"{one}/open": self.open_recording,
            f"{one}/close": self.close_recording,
            f"{one}/edit": self.edit,
            f"{one}/sign": self.sign,
            f"{one}/export": self.export,
            f"{one}/reopen": self.reopen,
            "/api/ping": self.ping,
            "/api/quit": self.quit,
        }
        routes = [Route(path, safe(answer), methods=["GET"]) for path, answer in gets.items()]
        routes += [Route(path, safe(answer), methods=["POST"]) for path, answer in posts.items()]
        return Guard(Starlette(routes=routes, exception_handlers=FAILURES), access)

    # -- the page ---------------------------------------------------------------------------

    async def open_page(self, request: Request) -> Response:
        """Let a browser in, once."""
        cookie = self._access.admit(request.query_params.get("token", ""))
        if cookie is None:
            reason = "this address was used already, or is not the one psgscore printed"
            return problem(403, "forbidden", reason)
        at = request.query_params.get("t")
        place = "/" if at is None else f"/?t={number(request.query_params, 't'):g}"
        answer = RedirectResponse(place, 303)
        answer.set_cookie(self._access.cookie, cookie, path="/", httponly=True, samesite="strict")
        return answer

    async def index(self, request: Request) -> Response:
        """Return the page."""
        return self._file("index.html")

    async def static(self, request: Request) -> Response:
        """Return one of the files that were there when the server began."""
        return self._file(request.path_params["name"])

    def _file(self, name: str) -> Response:
        file = self._static.get(name)
        if file is None:
            raise BadRequestError(404, "not-found", "there is no such file")
        return Response(file.read(), media_type=file.media_type)

    async def about(self, request: Request) -> Response:
        """Say what the program is and what can be marked."""
        setting = self._setting
        return reply(
            {
                "program": "psgscore",
                "version": __version__,
                "disclaimer": DISCLAIMER,
                "reviewer": setting.reviewer,
                "blind": setting.blind,
                "mode": "folder" if setting.folder else "recording",
                "others": list(setting.others),
                "stages": stages_document(),
                "kinds": kinds_document(),
                "filters": ["default", "off"],
                "limits": {"span_s": LONGEST_SPAN_S, "px": MOST_PX, "channels": MOST_TRACKS},
                "idle_exit_s": setting.idle_exit_s,
            }
        )

    async def ping(self, request: Request) -> Response:
        """Keep the server."""
        await body_of(request)
        return reply({"ok": True})

    async def quit(self, request: Request) -> Response:
        """Leave."""
        await body_of(request)
        self._quit()
        return reply({"ok": True})

    # -- recordings -------------------------------------------------------------------------

    async def recordings(self, request: Request) -> Response:
        """Return the worklist."""
        look = self._setting.folder
        return reply({"recordings": await run_in_threadpool(self._hub.worklist, look=look)})

    async def open_recording(self, request: Request) -> Response:
        """Begin to open a recording."""
        await body_of(request)
        self._hub.begin(self._item(request))
        return await self.status(request)

    async def close_recording(self, request: Request) -> Response:
        """Close a recording."""
        await body_of(request)
        return reply(await run_in_threadpool(self._hub.leave, self._item(request)))

    async def status(self, request: Request) -> Response:
        """Say how far opening is: as soon as it is done, or after a moment."""
        item = self._item(request)
        await run_in_threadpool(item.settled.wait, STATUS_WAITS_S)
        return reply(item.status())

    async def recording(self, request: Request) -> Response:
        """Return what does not change with edits."""
        item, desk = self._ready(request)
        return reply({"rid": item.rid, **await run_in_threadpool(desk.about)})

    async def state(self, request: Request) -> Response:
        """Return what changes with edits."""
        _, desk = self._ready(request)
        since = whole(request.query_params, "since", -1)
        return reply(await run_in_threadpool(desk.document, since))

    async def levels(self, request: Request) -> Response:
        """Return the resting levels of the legs."""
        item, desk = self._ready(request)
        ids = {one.derivation.name: one.id for one in reversed(desk.opened.catalog.tracks)}
        return reply(levels_document(self._hub.levels(item), ids))

    async def tile(self, request: Request) -> Response:
        """Return a page of signals."""
        _, desk = self._ready(request)
        page = page_of(request.query_params)
        with sought("channel"):
            data = await run_in_threadpool(desk.page, page)
        return Response(data, media_type="application/octet-stream")

    async def derivation(self, request: Request) -> Response:
        """Return one stored channel less another as something to draw."""
        _, desk = self._ready(request)
        query = request.query_params
        with sought("channel"):
            track = desk.opened.catalog.derivation(query.get("plus", ""), query.get("minus", ""))
        return reply(track_document(track))

    async def why(self, request: Request) -> Response:
        """Say why an event counts as it does."""
        _, desk = self._ready(request)
        event = request.query_params.get("event", "")
        rules = request.query_params.get("rules", "")
        with sought("event"):
            return reply(await run_in_threadpool(desk.why, event, rules))

    async def uncertain(self, request: Request) -> Response:
        """Return what to look at first."""
        _, desk = self._ready(request)
        return reply({"items": await run_in_threadpool(desk.uncertain)})

    async def disagreements(self, request: Request) -> Response:
        """Return where other scorers differ."""
        _, desk = self._ready(request)
        return reply(await run_in_threadpool(desk.disagreements))

    async def history(self, request: Request) -> Response:
        """Return entries of the journal."""
        _, desk = self._ready(request)
        first = whole(request.query_params, "from", 1)
        return reply(await run_in_threadpool(desk.history, first, MOST_ENTRIES))

    # -- what changes something -------------------------------------------------------------

    async def edit(self, request: Request) -> Response:
        """Do one edit."""
        _, desk = self._ready(request)
        document = await body_of(request, "expect", "edit")
        if not isinstance(document["edit"], dict):
            raise EditError("edit must be an object")
        edit = read_edit(document["edit"])
        if isinstance(edit, Sign | Reopen):
            raise EditError("signing and reopening have addresses of their own")
        if isinstance(edit, Add | Relabel) and edit.kind not in ALLOWED:
            raise EditError("no such kind of event can be marked")
        why = text("why", document.get("why", ""))
        expected = whole(document, "expect")
        return reply(await run_in_threadpool(desk.edit, expected, edit, why))

    async def sign(self, request: Request) -> Response:
        """Sign, and write what a signed review gives."""
        item, desk = self._ready(request)
        document = await body_of(request, "expect", "by")
        by = text("by", document["by"])
        await run_in_threadpool(desk.sign, whole(document, "expect"), by)
        return await self._exported(item, desk)

    async def export(self, request: Request) -> Response:
        """Write what a signed review gives once more."""
        item, desk = self._ready(request)
        await body_of(request)
        if not desk.state.signed:
            raise EditError("the review is not signed")
        return await self._exported(item, desk)

    async def reopen(self, request: Request) -> Response:
        """Begin a new revision."""
        _, desk = self._ready(request)
        document = await body_of(request, "expect")
        why = text("why", document.get("why", ""))
        expected = whole(document, "expect")
        return reply(await run_in_threadpool(desk.reopen, expected, why))

    async def _exported(self, item: Item, desk: Desk) -> Response:
        written: Document = await run_in_threadpool(self._hub.export, item, desk)
        return reply({**written, "state": await run_in_threadpool(desk.document)})

    # -- what is asked about ----------------------------------------------------------------

    def _item(self, request: Request) -> Item:
        with sought("recording"):
            return self._hub.item(request.path_params["rid"])

    def _ready(self, request: Request) -> tuple[Item, Desk]:
        item = self._item(request)
        if item.desk is None or item.state != READY:
            reason = item.error or "the recording is not open yet"
            raise BadRequestError(425, "not-ready", reason)
        return item, item.desk
