"""A browser for an ASGI application: one request after the other, every header as it is given."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit


@dataclass
class Answer:
    status_code: int
    headers: dict[str, str]
    content: bytes

    def json(self):
        return json.loads(self.content)


@dataclass
class Browser:
    """Asks an application; `cookie` is what it was given, sent along with every request."""

    app: object
    host: str
    cookie: str = ""
    log: list[str] = field(default_factory=list)

    def get(self, address, *, params=None, headers=None):
        if params:
            address += f"?{urlencode(params)}"
        return self.ask("GET", address, headers or {})

    def post(self, address, *, headers, json=None, content=None):
        body = _text(json) if content is None else content
        return self.ask("POST", address, {"Content-Type": "application/json"} | headers, body)

    def ask(self, method, address, headers, body=b"", *, cut=False):
        parts = urlsplit(address)
        sent = {"Host": self.host, "Cookie": self.cookie} | headers
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": parts.path,
            "raw_path": parts.path.encode(),
            "root_path": "",
            "query_string": parts.query.encode(),
            "headers": [
                (name.lower().encode(), value.encode("latin-1"))
                for name, value in sent.items()
                if value is not None
            ],
            "server": ("127.0.0.1", 80),
            "client": ("127.0.0.1", 1),
        }
        messages = []
        received = [{"type": "http.request", "body": body, "more_body": cut}]

        async def receive():
            return received.pop() if received else {"type": "http.disconnect"}

        async def send(message):
            messages.append(message)

        asyncio.run(self.app(scope, receive, send))
        told = {name.decode(): value.decode() for name, value in messages[0]["headers"]}
        if "set-cookie" in told:
            self.cookie = told["set-cookie"].partition(";")[0]
        content = b"".join(one.get("body", b"") for one in messages[1:])
        return Answer(messages[0]["status"], told, content)


def _text(document):
    return json.dumps(document).encode()
