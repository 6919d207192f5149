"""Draw the pictures of the documentation: report and review page of a simulated night.

Usage: python scripts/picture_docs.py -o docs/pictures

Needs playwright, pypdfium2 and a Chromium (PSGSCORE_CHROMIUM or on the path).
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pypdfium2
from PIL import Image
from playwright.sync_api import Page, sync_playwright

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
AT = "23:46:30"
COLOURS = 128
WIDTH_PX = 1000
_DRAWN = "performance.getEntriesByName('first-page').length > 0"
_EXPLAINED = "document.querySelectorAll('#why-lines dt').length > 0"
_LEVELS = """async () => {
  const [{ rid }] = (await (await fetch("/api/recordings")).json()).recordings;
  return (await (await fetch(`/api/recordings/${rid}/levels`)).json()).ready;
}"""


def main(arguments: list[str] | None = None) -> int:
    """Draw every picture."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("-o", "--output", type=Path, required=True)
    folder = parser.parse_args(arguments).output
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as work:
        night = Path(work)
        psgscore("demo", "--hours", "8", "--format", "pdf,json", "-o", str(night))
        keep(first_page(night / "demo.report.pdf"), folder / "report.png")
        with reviewing(night / "demo.edf") as page:
            page.screenshot(path=night / "review.png")
        keep(Image.open(night / "review.png"), folder / "review.png")
    return 0


def psgscore(*words: str) -> None:
    """Run a command to its end."""
    subprocess.run([sys.executable, "-m", "psgscore", *words], check=True, capture_output=True)


def first_page(path: Path) -> Image.Image:
    """Return the first page of a PDF at screen size."""
    page = pypdfium2.PdfDocument(path)[0]
    picture: Image.Image = page.render(scale=WIDTH_PX / page.get_width()).to_pil()
    return picture


@contextmanager
def reviewing(path: Path) -> Iterator[Page]:
    """Show a movement of a series on the page of a review."""
    words = ["review", str(path), "--no-browser", "--at", AT]
    command = [sys.executable, "-m", "psgscore", *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            url = server.stdout.readline().strip()
            with sync_playwright() as started:
                browser = started.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
                page = browser.new_page(viewport={"width": 1366, "height": 768})
                page.goto(url)
                wait(page, _DRAWN)
                wait(page, _LEVELS)
                page.reload()
                wait(page, _DRAWN)
                page.keyboard.press("n")
                wait(page, _EXPLAINED)
                page.wait_for_load_state("networkidle")
                yield page
                browser.close()
        finally:
            server.terminate()


def wait(page: Page, expression: str) -> None:
    """Wait until something is true on the page; its policy lets nothing in that would tell."""
    while not page.evaluate(expression):
        page.wait_for_timeout(50)


def chromium() -> str:
    """Return the path of a browser."""
    found = os.environ.get("PSGSCORE_CHROMIUM") or next(
        filter(None, map(shutil.which, BROWSERS)), None
    )
    if found is None:
        raise SystemExit("no Chromium here: set PSGSCORE_CHROMIUM to its path")
    return found


def keep(picture: Image.Image, path: Path) -> None:
    """Write a picture with few colours: it is small, and text stays sharp."""
    picture.convert("RGB").quantize(COLOURS).save(path, optimize=True)
    print(f"{path}: {path.stat().st_size // 1000} kB")


if __name__ == "__main__":
    sys.exit(main())
