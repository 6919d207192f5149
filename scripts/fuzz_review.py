"""Ask the review server for what no browser would: only refusals may come out, and it lives on.

A server of its own is started over a copy of a recording (a simulated night without one). Bodies,
queries, names, headers and whole requests are malformed at random; some bodies never end. After
every answer the journal must be as it was, unless an edit was accepted. In the end many pings are
sent at once.

python scripts/fuzz_review.py [REC] [--minutes 10] [--seed 1] [--pings 10000]
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

MOST_OPEN = 20  # connections whose bodies never end
WORDS: list[Any] = [
    *(0, 1, -1, 2**31, 2**63, -(2**64), 10**400, 1.5, -0.0, 1e308, 5e-324),
    *(None, True, False, "", "0", "e0", "a1", "e999999999", "LM:left", "arousal", "c0", "c99"),
    *("\ud800", "\udfff\ud800", "\u202eevil", "\u2066x\u2069", "\x00", "\n", "a" * 501, "٣"),
    *("../../etc/passwd", "<script>", "NaN", [], {}, [[]], {"": {}}, [1] * 6000),
]
TEXTS = [b"NaN", b"Infinity", b"-Infinity", b"1e999", b"01", b"'x'", b"{", b"}", b"\xff\xfe", b"",
         b"nul", b'"\\ud800"', b'{"a":1,"a":2}', b"[" * 5000, b'{"a":' * 3000,
         b"9" * 5000]  # fmt: skip
KINDS = ["add", "remove", "move", "reject", "restore", "relabel", "restage", "accept", "undo",
         "redo", "sign", "reopen", "explode"]  # fmt: skip
KEYS = ["id", "start_s", "stop_s", "kind", "channel", "reason", "first_epoch", "stages", "by", "n"]
PLACES = ["edit", "sign", "reopen", "export", "open", "why", "tile", "state", "status", "levels",
          "uncertain", "disagreements", "history", "", "nothing"]  # fmt: skip
NAMES = ["channels", "start", "span", "px", "filter", "since", "event", "rules", "from", "t"]
PATHS = ["/", "/open", "/open?token=x", "/api/about", "/api/recordings", "/api/ping", "/static/",
         "/static/app.js", "/static/../app.py", "/static/%2e%2e/app.py", "/static//etc/passwd",
         "/static/..%5capp.py", "/static/%00", "/static/index.html%00.js", "/api/recordings/../..",
         "/api/recordings/%2e%2e/state", "/api/recordings/%00/edit", "/api/recordings/r0/open",
         "//evil.example/", "/%ff%fe", "/\u202e".encode().decode("latin-1")]  # fmt: skip
ODD_HEADERS = [("Content-Type", "text/plain"), ("Content-Type", "application/json;charset=utf-7"),
               ("Content-Type", "multipart/form-data"), ("Origin", "null"), ("Origin", "x" * 9000),
               ("Sec-Fetch-Site", "cross-site"), ("Cookie", "a=b; =;;\x01"), ("Range", "bytes=-1"),
               ("Upgrade", "websocket"), ("Expect", "100-continue"), ("X-\u00e9", "\u00ff"),
               ("Accept-Encoding", "gzip;q=nan"), ("Host", "evil.example"), ("X", "y" * 40000),
               ("If-Modified-Since", "never"), ("Content-Length", "-1"), ("Content-Length", "1e3"),
               ("Content-Length", "99999999999999999999"), ("Transfer-Encoding", "gzip, chunked"),
               ("X-HTTP-Method-Override", "DELETE")]  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """One request; the address has no host."""

    method: str
    address: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""


def hostile(rng: random.Random, recording: str, n: int) -> Asked:
    """Return some request about a recording whose journal has `n` entries."""
    if rng.random() < 0.1:
        return Asked(rng.choice(["GET", "POST", "PUT", "HEAD"]), rng.choice(PATHS))
    place = rng.choice(["edit"] * 12 + PLACES)
    address = f"{recording}/{place}" if place else recording
    odd = tuple(rng.sample(ODD_HEADERS, rng.choice([0, 0, 0, 0, 1, 2])))
    if place not in ("edit", "sign", "reopen", "export", "open"):
        query = "&".join(f"{rng.choice(NAMES)}={_word(rng)}" for _ in range(rng.randrange(6)))
        return Asked("GET", f"{address}?{query}", odd)
    return Asked("POST", address, odd, _body(rng, n))


def _word(rng: random.Random) -> str:
    word = rng.choice([*WORDS, "30", "100", "nan", "inf", "1_0", "c0,c1", "wasm-2016", "%", "+"])
    return quote(str(word)[:3000].encode("utf-8", "surrogatepass"))


def _body(rng: random.Random, n: int) -> bytes:
    edit: dict[str, Any] = {"type": rng.choice(KINDS)}
    for key in rng.sample(KEYS, rng.randrange(5)):
        edit[key] = rng.choice([rng.choice(WORDS), rng.uniform(-5, 1300), "e1", [0, 1, 2]])
    document: dict[str, Any] = {"expect": rng.choice([n, n, n, n + 1, rng.choice(WORDS)])}
    fine = {"type": "accept", "start_s": 0, "stop_s": 30}
    document["edit"] = rng.choice([edit, edit, edit, fine, rng.choice(WORDS)])
    for key in ("why", "by", "more"):
        if rng.random() < 0.2:
            document[key] = rng.choice(WORDS)
    body = json.dumps(document).encode()
    if rng.random() < 0.3:
        text, at = rng.choice(TEXTS), rng.randrange(len(body))
        body = body[:at] + text + body[at + rng.randrange(5) :]
    return body if rng.random() < 0.97 else body + b" " * (70 << 10)


def fault_of(asked: Asked, status: int, *, changed: bool) -> str:
    """Say what is wrong with an answer, "" for nothing."""
    if status >= 500:
        return f"status {status}"
    writes = asked.method == "POST" and asked.address.endswith(("/edit", "/sign", "/reopen"))
    # Without an answer (status 0) nobody was told: an edit may have been made all the same.
    return "the journal changed" if changed and not (writes and status in (0, 200)) else ""


class Server:
    """A review server of its own, and the only browser it lets in."""

    def __init__(self, recording: Path, folder: Path) -> None:
        command = [sys.executable, "-m", "psgscore", "review", str(recording), "-o", str(folder)]
        self.process = subprocess.Popen(
            [*command, "--no-browser", "--reviewer", "A"],
            stdout=subprocess.PIPE,
            stderr=(folder / "server.log").open("wb"),
            text=True,
        )
        assert self.process.stdout is not None
        parts = urlsplit(self.process.stdout.readline().strip())
        self.host, self.cookie = parts.netloc, ""
        head = self.answer(self.request(Asked("GET", f"{parts.path}?{parts.query}")))
        self.cookie = head.partition(b"set-cookie: ")[2].partition(b";")[0].decode()
        (row,) = self.document("GET", "/api/recordings")["recordings"]
        self.recording = f"/api/recordings/{row['rid']}"
        while (state := self.document("GET", f"{self.recording}/status"))["state"] != "ready":
            if state["state"] == "failed":
                raise SystemExit(state["error"])
            time.sleep(1.0)

    def document(self, method: str, address: str) -> dict[str, Any]:
        """Return what a plain request is answered with."""
        body = b"{}" if method == "POST" else b""
        answer = self.answer(self.request(Asked(method, address, (), body)))
        found: dict[str, Any] = json.loads(answer.partition(b"\r\n\r\n")[2])
        return found

    def request(self, asked: Asked) -> bytes:
        """Return a request as it is sent; headers of its own replace the usual ones."""
        headers = {
            "Host": self.host,
            "Cookie": self.cookie,
            "Origin": f"http://{self.host}",
            "Sec-Fetch-Site": "same-origin",
            "Content-Type": "application/json",
            "Content-Length": str(len(asked.body)),
            "Connection": "close",
        }
        lines = [f"{asked.method} {asked.address} HTTP/1.1"]
        lines += [f"{name}: {value}" for name, value in (headers | dict(asked.headers)).items()]
        return "\r\n".join([*lines, "", ""]).encode("latin-1", "replace") + asked.body

    def connected(self, data: bytes) -> socket.socket:
        """Open a connection and send something."""
        host, port = self.host.rsplit(":", 1)
        link = socket.create_connection((host, int(port)), timeout=60)
        with suppress(ConnectionError):  # it may have been refused half way
            link.sendall(data)
        return link

    def answer(self, data: bytes, *, whole: bool = True) -> bytes:
        """Send a request; return the whole answer, b"" if the connection was closed instead.

        Without `whole` the length it gives may be wrong: the server is told that no more comes.
        """
        parts = []
        with self.connected(data) as link, suppress(ConnectionError, OSError):
            if not whole:
                link.shutdown(socket.SHUT_WR)
            while part := link.recv(1 << 16):
                parts.append(part)
        return b"".join(parts)


def chunked(rng: random.Random, request: bytes) -> bytes:
    """Return a request with its body in chunks, some of them wrong."""
    head, _, body = request.partition(b"\r\n\r\n")
    lines = [one for one in head.split(b"\r\n") if not one.startswith(b"Content-Length")]
    parts = [b"\r\n".join([*lines, b"Transfer-Encoding: chunked", b"", b""])]
    while body:
        size = rng.randrange(1, 40)
        parts.append(b"%x\r\n%s\r\n" % (min(size, len(body)), body[:size]))
        body = body[size:]
    parts.append(rng.choice([b"0\r\n\r\n", b"0\r\n\r\n", b"zz\r\n", b"-1\r\n\r\n", b"f" * 99]))
    return b"".join(parts)


def broken(rng: random.Random, request: bytes) -> bytes:
    """Return a request with some bytes of it changed."""
    data = bytearray(request)
    for _ in range(rng.randrange(1, 6)):
        data[rng.randrange(len(data))] = rng.choice(b"\0\r\n :/\xff0GP{")
    return bytes(data) + b"\r\n\r\n"


class NeverEnding:
    """Connections that promise more than they send; some are dropped now and then."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._links: list[socket.socket] = []

    def add(self, server: Server, request: bytes) -> None:
        """Begin one more."""
        longer = request.replace(b"Content-Length: ", b"Content-Length: 9")
        self._links.append(server.connected(longer[: len(longer) - self._rng.randrange(20)]))
        if len(self._links) > MOST_OPEN:
            self._links.pop(self._rng.randrange(MOST_OPEN)).close()

    def close(self) -> None:
        """Drop them all."""
        for link in self._links:
            link.close()


def attack(server: Server, journal: Path, seconds: float, rng: random.Random) -> Counter[str]:
    """Send hostile requests for a while; return what came back, stop at the first fault."""
    told: Counter[str] = Counter()
    never_ending, last = NeverEnding(rng), b""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        before = journal.read_bytes()
        asked = hostile(rng, server.recording, before.count(b"\n") - 1)
        request, way = server.request(asked), rng.random()
        if way < 0.02:
            never_ending.add(server, request)
            continue
        request = changed(rng, request, way)
        answer = server.answer(request, whole=way > 0.2 and not asked.headers)
        status = status_of(answer)
        told[str(status or "closed")] += 1
        if not status:  # what it set going may still be on its way
            time.sleep(1.0)
            server.document("GET", f"{server.recording}/state")
        fault = fault_of(asked, status, changed=journal.read_bytes() != before)
        if fault or server.process.poll() is not None:
            what = f"{fault or 'the server died'}: {request[:3000]!r}: {answer[-500:]!r}"
            raise SystemExit(f"{what}, after {last[:3000]!r}")
        last = request
    never_ending.close()
    return told


def status_of(answer: bytes) -> int:
    """Return the status of an answer, 0 if there is none; 100 (go on) is only the first half."""
    while answer.startswith(b"HTTP/1.1 100"):
        answer = answer.partition(b"\r\n\r\n")[2]
    return int(answer[9:12]) if answer.startswith(b"HTTP/1.1 ") else 0


def changed(rng: random.Random, request: bytes, way: float) -> bytes:
    """Return a request as it is, in chunks, or broken."""
    if way < 0.12:
        return chunked(rng, request)
    return broken(rng, request) if way < 0.2 else request


def ping(server: Server, count: int) -> Counter[str]:
    """Send pings, as many at once as the server lets in and more."""
    request = server.request(Asked("POST", "/api/ping", (), b"{}"))

    def one(_: int) -> str:
        try:
            return server.answer(request)[9:12].decode() or "closed"
        except OSError as error:
            return type(error).__name__

    with ThreadPoolExecutor(200) as pool:
        return Counter(pool.map(one, range(count)))


def errors_in(log: Path) -> Counter[str]:
    """Return the last lines of the tracebacks in a log."""
    parts = log.read_text("utf-8", "replace").split("Traceback (most recent call last):\n")[1:]
    last = (next(one for one in part.splitlines() if not one.startswith(" ")) for part in parts)
    return Counter(one[:80] for one in last)


def main() -> int:
    """Run it from the command line."""
    parser = argparse.ArgumentParser(description="fuzz the server of psgscore review")
    parser.add_argument("recording", nargs="?", type=Path)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pings", type=int, default=10_000)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        recording = _recording(chosen.recording, folder)
        server = Server(recording, folder)
        try:
            journal = folder / f"{recording.stem}.review.jsonl"
            told = attack(server, journal, 60 * chosen.minutes, random.Random(chosen.seed))
            print(f"{told.total()} requests: {dict(sorted(told.items()))}")
            pinged = dict(sorted(ping(server, chosen.pings).items()))
            print(f"{chosen.pings} pings, 200 at once: {pinged}")
            print(f"errors in its log: {dict(errors_in(folder / 'server.log'))}")
            n = server.document("GET", f"{server.recording}/state")["n"]
            entries = journal.read_bytes().count(b"\n") - 1
            print(f"the server lives; {n} entries in it, {entries} in the journal")
            return int(n != entries)
        finally:
            server.process.kill()
            server.process.wait()


def _recording(given: Path | None, folder: Path) -> Path:
    """Return a copy of a recording in a folder of its own; a simulated one if none is given."""
    if given is not None:
        return Path(shutil.copy(given, folder))
    command = [sys.executable, "-m", "psgscore", "demo", "--hours", "0.5", "-o", str(folder)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return next(folder.glob("*.edf"))


if __name__ == "__main__":
    sys.exit(main())
