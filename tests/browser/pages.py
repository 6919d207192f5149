"""A server of its own process and a browser that looks at its page."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager

FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
# A loaded machine is slow; only a page that never comes waits so long.
PATIENCE_MS = 180_000


def chromium(environment):
    """Return the path of a Chromium of this computer, None without one."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return environment.get("PSGSCORE_CHROMIUM") or next(
        filter(None, map(shutil.which, names)), None
    )


def copy_scores(folder, other, names="night.score*"):
    """Copy files of one folder to another; return that."""
    for file in folder.glob(names):
        (other / file.name).write_bytes(file.read_bytes())
    return other


@contextmanager
def serving(path, folder, *options):
    """Start `psgscore review`; yield the process and its address."""
    command = [sys.executable, "-m", "psgscore", "review", str(path), "--no-browser"]
    command += [] if folder is None else ["-o", str(folder)]
    with subprocess.Popen(
        [*command, *options], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        try:
            yield process, process.stdout.readline().strip()
        finally:
            process.kill()


class Looking:
    """The page of one recording, as a person sees it."""

    def __init__(self, page):
        self.page = page
        self.problems = []
        page.set_default_timeout(PATIENCE_MS)
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("console", self._heard)

    def _heard(self, message):
        # A refused request is told on the page; the browser tells it on the console as well.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.problems.append(message.text)

    def open(self, url):
        self.page.goto(url)
        self.page.wait_for_selector("#review:not([hidden])")
        self.drawn()
        return self

    def when(self, expression):
        """Wait for something true; the page's policy lets Playwright's own waiting not in."""
        self.until(lambda: self.page.evaluate(expression), expression)

    def until(self, done, what):
        """Wait until something is done, while the page goes on."""
        last = time.monotonic() + PATIENCE_MS / 1000
        while not done():
            assert time.monotonic() < last, what
            self.page.wait_for_timeout(20)

    def without_levels(self):
        """Hold back the resting levels: they are drawn whenever they come."""
        self.page.route("**/levels", lambda route: route.abort())
        return self

    def drawn(self):
        self.when("performance.getEntriesByName('first-page').length > 0")

    def settled(self):
        """Wait until everything is on the disk."""
        self.when("document.getElementById('saved').textContent.endsWith('all saved')")

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)
        self.settled()

    def text(self, selector):
        return self.page.locator(selector).text_content()

    def state(self):
        return self.ask("state")

    def ask(self, what):
        """Return a document of the recording, asked for by the page itself."""
        found = self.page.evaluate(
            """async what => {
              const rows = (await (await fetch("/api/recordings")).json()).recordings;
              return (await fetch(`/api/recordings/${rows[0].rid}/${what}`)).text();
            }""",
            what,
        )
        return json.loads(found)

    def picture(self):
        """Return what is drawn of the signals."""
        return self.page.evaluate("document.getElementById('signals').toDataURL()")

    def leg(self, row):
        """Return left edge, width and middle of a channel, by its place among the channels."""
        return self.row(".track", row)

    def row(self, what, row):
        """Return left edge, width and middle of a row of the plot."""
        # Asked for at once: a name may be written anew between one question and the next.
        return self.page.evaluate(
            """([what, row]) => {
              const names = document.getElementById("gutter").querySelectorAll(what);
              const name = names[row].getBoundingClientRect();
              const plot = document.getElementById("marks").getBoundingClientRect();
              return [plot.x, plot.width, name.y + name.height / 2];
            }""",
            [what, row],
        )

    def drag(self, row, start, stop):
        """Drag on a channel between two shares of the page."""
        self.drag_along(self.leg(row), start, stop)
        self.settled()

    def drag_along(self, place, start, stop):
        left, wide, y = place
        mouse = self.page.mouse
        mouse.move(left + wide * start, y)
        mouse.down()
        mouse.move(left + wide * (start + stop) / 2, y, steps=3)
        mouse.move(left + wide * stop, y, steps=3)
        mouse.up()

    def click(self, row, place):
        left, wide, y = self.leg(row)
        self.page.mouse.click(left + wide * place, y)

    def mark(self, kind, begin, part):
        """Mark an event by its times."""
        self.page.keyboard.press("m")
        self.page.wait_for_selector("#mark[open]")
        self.page.select_option("#mark-kind", kind)
        self.page.fill("#mark-begin", begin)
        self.page.fill("#mark-part", part)
        self.page.keyboard.press("Enter")
        self.page.wait_for_selector("#mark", state="hidden")
        self.settled()

    def go(self, text):
        self.page.keyboard.press("g")
        self.page.fill("#go-time", text)
        self.page.keyboard.press("Enter")
        self.page.wait_for_selector("#go", state="hidden")
