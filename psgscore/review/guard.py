"""Who may talk to the server: one browser of this computer, and no other page in it."""

from __future__ import annotations

import hmac
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING

from psgscore.review.replies import problem

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

COOKIE = "psgscore_review"
OPEN = "/open"
LONGEST_QUERY = 8 << 10
_TOKEN_BYTES = 32
_SAFE = ("GET", "HEAD")
HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}


@dataclass(slots=True)
class Access:
    """What opens the server, and when it was last used.

    Parameters
    ----------
    hosts : frozenset of str
        Values of the Host header that are answered, with their port.
    token : str
        Opens the server once.
    cookie : str
        Name of the cookie; cookies know no ports, so every server has a name of its own.
    """

    hosts: frozenset[str]
    cookie: str = COOKIE
    token: str = field(default_factory=lambda: secrets.token_urlsafe(_TOKEN_BYTES))
    used_s: float = field(default_factory=time.monotonic)
    _secret: str = field(default_factory=lambda: secrets.token_urlsafe(_TOKEN_BYTES))

    def admit(self, token: str) -> str | None:
        """Return the cookie for a token, None for a wrong one or one that was used."""
        right = bool(self.token) and hmac.compare_digest(token.encode(), self.token.encode())
        if not right:
            return None
        self.token = ""
        return self._secret

    def knows(self, cookies: str) -> bool:
        """Say whether the Cookie header is that of the browser that was let in."""
        jar: SimpleCookie = SimpleCookie()
        try:
            jar.load(cookies)
        except CookieError:
            return False
        morsel = jar.get(self.cookie)
        return morsel is not None and hmac.compare_digest(
            morsel.value.encode(), self._secret.encode()
        )

    def refusal(self, method: str, path: str, headers: Mapping[str, str]) -> tuple[int, str] | None:
        """Return status and reason for a request that is not answered, None for one that is."""
        if headers.get("host", "") not in self.hosts:
            return 403, "this server answers under its own address only"
        site = headers.get("sec-fetch-site", "")
        if method in _SAFE:
            if path != OPEN and site not in ("", "none", "same-origin"):
                return 403, "another site asked for it"
        elif site != "same-origin" or headers.get("origin") != f"http://{headers['host']}":
            return 403, "another site asked for it"
        if path != OPEN and not self.knows(headers.get("cookie", "")):
            return 401, "open the address that psgscore printed, in one browser"
        return None


class Guard:
    """Refuses what `Access` does not let through, and puts `HEADERS` on every answer."""

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self._app, self._access = app, access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = {name for name, _ in message.get("headers", [])}
                added = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
                kept = [pair for pair in added if pair[0] not in own]
                message = {**message, "headers": [*message.get("headers", []), *kept]}
            await send(message)

        refused = self._refused(scope)
        if refused is not None:
            code = "not-admitted" if refused[0] == 401 else "forbidden"
            await problem(refused[0], code, refused[1])(scope, receive, with_headers)
            return
        if scope["path"] != OPEN:
            self._access.used_s = time.monotonic()
        await self._app(scope, receive, with_headers)

    def _refused(self, scope: Scope) -> tuple[int, str] | None:
        if len(scope["query_string"]) > LONGEST_QUERY or len(scope["path"]) > LONGEST_QUERY:
            return 400, "the address is too long"
        names = [name for name, _ in scope["headers"]]
        if names.count(b"host") != 1:
            return 403, "this server answers under its own address only"
        headers = {
            name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]
        }
        return self._access.refusal(scope["method"], scope["path"], headers)
