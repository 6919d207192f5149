"""Walk through a review in Firefox and in WebKit, as the browser tests do in Chromium.

Usage: python scripts/check_browsers.py [--pictures FOLDER] [--size 1366x768] RECORDING

It steps, drags, takes back, stages, and opens every dialog, in each of the two that this computer
has: `firefox` or `firefox-esr`, and `WebKitWebDriver` (Debian: webkit2gtk-driver, which needs a
display; `xvfb-run` is one). The review is of a folder of its own; the recording stays as it is.
Exits 1 where anything differs from what is expected, and 0 with a message where there is neither.
"""

from __future__ import annotations

import argparse
import base64
import itertools
import json
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

PATIENCE_S = 120.0
KEYS = {"Escape": "\ue00c", "Enter": "\ue007", "Control": "\ue009", "Home": "\ue011"}
PATHS = {
    "Navigate": "url",
    "ExecuteScript": "execute/sync",
    "PerformActions": "actions",
    "SetWindowRect": "window/rect",
    "TakeScreenshot": "screenshot",
}
BOX = """
const name = document.querySelectorAll("#gutter .track")[0].getBoundingClientRect();
const plot = document.getElementById("marks").getBoundingClientRect();
return [plot.x, plot.width, name.y + name.height / 2];
"""
SEEN = "return new Promise(r => requestAnimationFrame(() => requestAnimationFrame(() => r(1))))"


class Firefox:
    """Firefox, spoken to by Marionette, which it brings along."""

    def __init__(self, folder: Path) -> None:
        binary = shutil.which("firefox") or shutil.which("firefox-esr")
        if binary is None:
            raise FileNotFoundError("firefox")
        (folder / "user.js").write_text('user_pref("marionette.port", 0);\n')
        command = [binary, "--headless", "--marionette", "--no-remote", "--profile", str(folder)]
        self.process = _started(command)
        port = folder / "MarionetteActivePort"
        _until(lambda: port.is_file() and port.read_text().strip(), "Firefox listens")
        self.socket = socket.create_connection(("127.0.0.1", int(port.read_text())), PATIENCE_S)
        self.stream = self.socket.makefile("rb")
        self.numbers = itertools.count(1)
        self._read()
        self.ask("NewSession", capabilities={})

    def _read(self) -> Any:
        length = b""
        while not length.endswith(b":"):
            length += self.stream.read(1)
        return json.loads(self.stream.read(int(length[:-1])))

    def ask(self, what: str, **how: Any) -> Any:
        """Return the answer to one command of WebDriver."""
        text = json.dumps([0, next(self.numbers), f"WebDriver:{what}", how]).encode()
        self.socket.sendall(str(len(text)).encode() + b":" + text)
        _, _, error, found = self._read()
        if error is not None:
            raise RuntimeError(f"{what}: {error['message']}")
        return found.get("value")

    def close(self) -> None:
        """End it."""
        self.socket.close()
        _ended(self.process)


class WebKit:
    """WebKitGTK, the engine of Safari's family, spoken to over its WebDriver."""

    def __init__(self, folder: Path) -> None:
        binary = shutil.which("WebKitWebDriver")
        shells = sorted(Path("/usr/lib").glob("*/webkit2gtk-4*/MiniBrowser"))
        if binary is None or not shells:
            raise FileNotFoundError("WebKitWebDriver")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.process = _started([binary, f"--port={port}"])
        self.address = f"http://127.0.0.1:{port}/session"
        _until(lambda: _listens(port), "WebKitWebDriver listens")
        browser = {"binary": str(shells[-1]), "args": ["--automation"]}
        wanted = {"alwaysMatch": {"webkitgtk:browserOptions": browser}}
        found = self._send("POST", self.address, {"capabilities": wanted})
        self.address += f"/{found['sessionId']}"

    def _send(self, method: str, address: str, document: Any = None) -> Any:
        body = None if document is None else json.dumps(document).encode()
        request = urllib.request.Request(address, body, method=method)
        request.add_header("Content-Type", "application/json")
        with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
            return json.load(answer)["value"]

    def ask(self, what: str, **how: Any) -> Any:
        """Return the answer to one command of WebDriver."""
        address = f"{self.address}/{PATHS[what]}"
        return (
            self._send("GET", address)
            if what == "TakeScreenshot"
            else self._send("POST", address, how)
        )

    def close(self) -> None:
        """End it."""
        with suppress(OSError):
            self._send("DELETE", self.address)
        _ended(self.process)


class Page:
    """The page of one recording, as a person sees it."""

    def __init__(self, browser: Firefox | WebKit, pictures: Path | None) -> None:
        self.browser, self.pictures = browser, pictures

    def run(self, script: str) -> Any:
        """Return what a script on the page gives."""
        return self.browser.ask("ExecuteScript", script=script, args=[])

    def when(self, expression: str) -> None:
        """Wait for something true."""
        _until(lambda: self.run(f"return Boolean({expression})"), expression)

    def text(self, identifier: str) -> str:
        """Return the text of an element."""
        return str(self.run(f"return document.getElementById('{identifier}').textContent"))

    def press(self, *keys: str) -> None:
        """Press keys; those with + are held down together."""
        for key in keys:
            held = [KEYS.get(one, one) for one in key.split("+")]
            down = [{"type": "keyDown", "value": one} for one in held]
            up = [{"type": "keyUp", "value": one} for one in reversed(held)]
            self._act({"type": "key", "id": "keys", "actions": [*down, *up]})

    def drag(self, start: float, stop: float) -> None:
        """Drag on the first channel between two shares of the page."""
        left, wide, y = self.run(BOX)
        steps: list[dict[str, Any]] = [
            {"type": "pointerMove", "x": round(left + wide * share), "y": round(y), "duration": 0}
            for share in (start, (start + stop) / 2, stop)
        ]
        steps.insert(1, {"type": "pointerDown", "button": 0})
        steps.append({"type": "pointerUp", "button": 0})
        kind = {"pointerType": "mouse"}
        self._act({"type": "pointer", "id": "mouse", "parameters": kind, "actions": steps})

    def _act(self, source: dict[str, Any]) -> None:
        self.browser.ask("PerformActions", actions=[source])

    def settled(self) -> None:
        """Wait until everything is on the disk."""
        self.when("document.getElementById('saved').textContent.endsWith('all saved')")

    def picture(self, name: str) -> None:
        """Keep what is seen, where pictures are wanted."""
        if self.pictures is not None:
            self.run(SEEN)
            found = self.browser.ask("TakeScreenshot")
            (self.pictures / f"{name}.png").write_bytes(base64.b64decode(found))


Seen = tuple[str, object, object]


def walk(page: Page) -> Iterator[Seen]:
    """Yield what was looked at, what was found and what was expected."""
    yield from edit(page)
    yield from ask(page)


def edit(page: Page) -> Iterator[Seen]:
    """Step, drag, take back and stage."""
    page.when("performance.getEntriesByName('first-page').length")
    page.picture("start")
    page.press("n")
    page.when("document.querySelector('#why-lines dt')")
    page.picture("why")
    yield "a movement is told of", page.text("why-verdict").partition(":")[0], "LM"
    page.press("Home")
    for start, stop, count in ((0.2, 0.3, 1), (0.3, 0.4, 2)):
        page.drag(start, stop)
        page.settled()
        yield "a movement is dragged", page.text("saved").split()[0], str(count)
    page.picture("dragged")
    page.press("Control+z", "Control+z")
    page.settled()
    yield "it is taken back", page.text("saved").split()[0], "0"
    place = page.text("place")
    page.press("2", "3", "r", "w")
    page.settled()
    yield "stages are given", page.text("saved").split()[0], "4"
    yield "and the page goes on", page.text("place") != place, True
    page.picture("staged")


def ask(page: Page) -> Iterator[Seen]:
    """Open every dialog, and a long page."""
    for key, name in (("?", "help"), ("c", "channels"), ("m", "mark"), ("g", "go")):
        page.press(key)
        page.when(f"document.getElementById('{name}').open")
        page.picture(name)
        page.press("Escape")
        page.when("document.querySelector('dialog[open]') === null")
    page.press("t", "t", "t")
    page.when("document.getElementById('loading').hidden")
    page.picture("long")
    page.run("document.getElementById('sign').click()")
    page.when("document.getElementById('sign-ask').open")
    page.picture("sign")
    yield (
        "signing asks for the name",
        page.run("return document.getElementById('sign-name').value"),
        "A. Name",
    )


def check(kind: type[Firefox | WebKit], recording: Path, options: argparse.Namespace) -> bool:
    """Walk through a review in one browser; tell what differs."""
    name = kind.__name__
    pictures = options.pictures and options.pictures / name.lower()
    if pictures:
        pictures.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, _reviewed(recording, Path(folder)) as url:
        profile = Path(folder) / "profile"
        profile.mkdir()
        browser = kind(profile)
        try:
            width, height = map(int, options.size.split("x"))
            browser.ask("SetWindowRect", width=width, height=height)
            browser.ask("Navigate", url=url)
            found = list(walk(Page(browser, pictures)))
        finally:
            browser.close()
    wrong = [
        f"  {what}: {seen!r}, not {wanted!r}" for what, seen, wanted in found if seen != wanted
    ]
    right = f"{name}: {len(found) - len(wrong)} of {len(found)} as expected"
    print("\n".join([right, *wrong]))
    return not wrong


def main(arguments: list[str] | None = None) -> int:
    """Check every browser that there is."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("recording", type=Path)
    parser.add_argument("--pictures", type=Path)
    parser.add_argument("--size", default="1366x768")
    options = parser.parse_args(arguments)
    done = []
    for kind in (Firefox, WebKit):
        try:
            done.append(check(kind, options.recording, options))
        except FileNotFoundError as error:
            print(f"not checked: no {error} on this computer")
    return int(not all(done))


@contextmanager
def _reviewed(recording: Path, folder: Path) -> Iterator[str]:
    command = [sys.executable, "-m", "psgscore", "review", str(recording), "-o", str(folder)]
    command += ["--reviewer", "A. Name", "--no-browser"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.kill()


def _started(command: list[str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _ended(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    process.wait(PATIENCE_S)


def _listens(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1.0):
        return True
    return False


def _until(done: Any, what: str) -> None:
    last = time.monotonic() + PATIENCE_S
    while not done():
        if time.monotonic() > last:
            raise TimeoutError(f"never: {what}")
        time.sleep(0.05)


if __name__ == "__main__":
    sys.exit(main())
