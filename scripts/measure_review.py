"""Measure the review page: how soon it is there, how soon it turns, what the server holds.

A night of 8 h is simulated: 10 channels of 256 Hz, some 1000 movements of the legs. It is scored
once; measured is `psgscore review` on a night that was scored before and not yet reviewed.
Chromium runs already, with an empty tab, when the command is given; it is headless and has no GPU.
Modules are compiled before, as those of an installed psgscore are.

Start, the median of the repeats: *address*, from the command to the address on stdout; *first
page*, from the command to the first page drawn (the page's mark `first-page`); *processor*, user
and system time of the server up to then, which says more than the clock where other work runs on
the machine.

Paging: from the key to the page drawn (the page's measure `key-to-drawn`), each page left alone for
a moment so that the next can be made ready; and the processor time of the browser's processes per
page, whether it was on the way of the key or not. Then edits: what the server takes for its numbers
(`recompute_ms`). Memory: what the server holds after all that, and the most it held.

With `--beside` another checkout is measured in the same run, start by start in turn, and ratios to
it are printed.

    pip install ".[review]" playwright
    python scripts/measure_review.py [--repeats 9] [--hours 8] [--night FOLDER] [--beside CHECKOUT]
                                     [--only-start]
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

HERE = Path(__file__).resolve().parents[1]
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")
SCREENS = (((1366, 768), 1), ((1366, 768), 2), ((1920, 1080), 1))
LAB = ("arousal", "apnea", "hypopnea", "lights_off", "lights_on")
N_PAGES, N_EDITS = 60, 30
LEFT_ALONE_MS = 150
DRAWN = """new Promise(done => {
  const look = new PerformanceObserver(list => {
    if (list.getEntriesByName("first-page").length) {
      look.disconnect();
      done(performance.timeOrigin + performance.getEntriesByName("first-page")[0].startTime);
    }
  });
  look.observe({type: "mark", buffered: true});
})"""
TURNED = """n => new Promise(done => {
  const look = () => {
    const found = performance.getEntriesByName("key-to-drawn");
    if (found.length >= n) done(found[n - 1].duration);
    else setTimeout(look, 5);
  };
  look();
})"""
EDITED = """async n => {
  const json = async (path, init) => (await fetch(path, init)).json();
  const [{rid}] = (await json("/api/recordings")).recordings;
  const one = `/api/recordings/${rid}`;
  let state = await json(`${one}/state`);
  const took = [];
  for (let k = 0; k < n; k += 1) {
    const {id, kind, start_s, stop_s} = state.events;
    const legs = id.map((_, row) => row).filter(row => kind[row].startsWith("LM:"));
    const row = legs[Math.floor(k * legs.length / n)];
    const edit = {type: "move", id: id[row], start_s: start_s[row], stop_s: stop_s[row] + 0.1};
    const body = JSON.stringify({expect: state.n, edit, why: ""});
    const headers = {"Content-Type": "application/json"};
    state = await json(`${one}/edit`, {method: "POST", headers, body});
    took.push(state.recompute_ms);
  }
  return took;
}"""


Found = dict[str, list[float]]


@dataclass(frozen=True, slots=True)
class Bench:
    """What is measured with: a browser, a night, a folder for compiled modules."""

    browser: Any
    path: Path
    compiled: Path

    @contextmanager
    def serving(self, checkout: Path) -> Iterator[tuple[int, str, float]]:
        """Start the server of a checkout; yield it, its address and when the command was given."""
        for old in self.path.parent.glob(f"{self.path.stem}.review*"):
            old.unlink()
        own = {
            "PYTHONPATH": str(checkout),
            "PYTHONDONTWRITEBYTECODE": "",
            "PYTHONPYCACHEPREFIX": str(self.compiled),
        }
        began_s = time.time()
        with subprocess.Popen(
            [sys.executable, "-m", "psgscore", "review", str(self.path), "--no-browser"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=os.environ | own,
            cwd=self.path.parent,
            text=True,
        ) as process:
            try:
                assert process.stdout is not None
                yield process.pid, process.stdout.readline().strip(), began_s
            finally:
                process.send_signal(signal.SIGINT)  # as a person ends it

    @contextmanager
    def tab(self, size: tuple[int, int], ratio: int) -> Iterator[Any]:
        """Yield an empty tab, of a browser that knows nothing yet."""
        context = self.browser.new_context(
            viewport={"width": size[0], "height": size[1]}, device_scale_factor=ratio
        )
        try:
            yield context.new_page()
        finally:
            context.close()

    def browser_s(self) -> float:
        """Return the processor time that the browser's processes took so far."""
        session = self.browser.new_browser_cdp_session()
        told = session.send("SystemInfo.getProcessInfo")["processInfo"]
        session.detach()
        return sum(float(one["cpuTime"]) for one in told)


def make_night(path: Path, hours: float) -> None:
    """Write a night with many movements, and its score."""
    from psgscore.io.edf_write import write_edf  # noqa: PLC0415 - often it is there already
    from psgscore.io.outputs import write_score  # noqa: PLC0415
    from psgscore.pipeline import score_recording  # noqa: PLC0415
    from psgscore.simulate import simulate_night  # noqa: PLC0415
    from psgscore.simulate.settings import PlanSettings  # noqa: PLC0415

    plan = PlanSettings(periodic_share=0.75, wake_share=0.6, isolated_per_hour=12.0)
    night = simulate_night(1, hours=hours, plan=plan)
    fast = [one for one in night.signals if one.rate_hz == 256]
    path.parent.mkdir(parents=True, exist_ok=True)
    lab = night.events.of_kind(*LAB)
    write_edf(path, fast, start=night.start, events=lab, hypnogram=night.hypnogram)
    score = score_recording(path)
    write_score(score, path.parent, path.stem, kinds=("score",))


def processor_s(pid: int) -> float:
    """Return user and system time of a process so far."""
    after_name = Path(f"/proc/{pid}/stat").read_text("ascii", "replace").rpartition(")")[2]
    user, system = after_name.split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def megabytes(pid: int, name: str) -> float:
    """Return ``VmRSS``, what a process holds, or ``VmHWM``, the most it held."""
    status = Path(f"/proc/{pid}/status").read_text("ascii", "replace")
    (line,) = (one for one in status.splitlines() if one.startswith(f"{name}:"))
    return int(line.split()[1]) / 1024


def start(bench: Bench, checkout: Path) -> Found:
    """Measure one start."""
    with bench.tab(*SCREENS[0]) as page, bench.serving(checkout) as (pid, url, began_s):
        told_s = time.time() - began_s
        page.goto(url, wait_until="commit")
        drawn_s = page.evaluate(DRAWN) / 1000 - began_s
        used_s = processor_s(pid)
    return {"address, s": [told_s], "first page, s": [drawn_s], "processor, s": [used_s]}


def use(bench: Bench, checkout: Path, size: tuple[int, int], ratio: int) -> Found:
    """Turn pages on a screen, then edit."""
    screen = f"{size[0]}x{size[1]} at {ratio}"
    with bench.serving(checkout) as (pid, url, _), bench.tab(size, ratio) as page:
        page.goto(url, wait_until="commit")
        page.evaluate(DRAWN)
        page.wait_for_timeout(1000)
        before_s = bench.browser_s()
        took = turned(page)
        each_ms = 1000 * (bench.browser_s() - before_s) / N_PAGES
        return {
            f"{screen}: key to drawn, ms": took,
            f"{screen}: browser per page, ms": [each_ms],
            f"{screen}: numbers after an edit, ms": page.evaluate(EDITED, N_EDITS),
            f"{screen}: server holds, MB": [megabytes(pid, "VmRSS")],
            f"{screen}: server held, MB": [megabytes(pid, "VmHWM")],
        }


def turned(page: Any) -> list[float]:
    """Turn pages; return what each took."""
    took = []
    for number in range(1, N_PAGES + 1):
        page.wait_for_timeout(LEFT_ALONE_MS)
        page.keyboard.press("ArrowRight")
        took.append(float(page.evaluate(TURNED, number)))
    return took


def measure(bench: Bench, checkouts: list[Path], repeats: int, *, only_start: bool) -> list[Found]:
    """Measure every checkout; the first start of each only compiles."""
    results: list[Found] = [{} for _ in checkouts]
    for turn in range(repeats + 1):
        for checkout, found in zip(checkouts, results, strict=True):
            for name, values in start(bench, checkout).items():
                found.setdefault(name, []).extend(values if turn else [])
    for size, ratio in () if only_start else SCREENS:
        for checkout, found in zip(checkouts, results, strict=True):
            found.update(use(bench, checkout, size, ratio))
    return results


def show(found: Found, others: list[Found]) -> None:
    """Print medians, 95th percentiles, and ratios to another checkout."""
    for name, values in found.items():
        text = f"{name:42} {statistics.median(values):8.2f}"
        if len(values) > 2:
            text += f" (95th percentile {statistics.quantiles(values, n=20)[-1]:8.2f})"
        for other in others:
            beside = statistics.median(other[name])
            text += f"  beside it {beside:8.2f}, ratio {statistics.median(values) / beside:.2f}"
        print(text)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--repeats", type=int, default=9)
    parser.add_argument("--hours", type=float, default=8.0)
    parser.add_argument("--night", type=Path, help="folder that keeps the night for next time")
    parser.add_argument("--beside", type=Path, help="another checkout")
    parser.add_argument("--only-start", action="store_true")
    given = parser.parse_args()
    binary = os.environ.get("PSGSCORE_CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)))
    checkouts = [HERE, *([given.beside.resolve()] if given.beside else [])]
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as made,
        sync_playwright() as playwright,
    ):
        path = (given.night or Path(made)).resolve() / "night.edf"
        if not path.is_file():
            make_night(path, given.hours)
        print(f"{path.stat().st_size / 1e6:.0f} MB; load {os.getloadavg()[0]:.1f} before")
        browser = playwright.chromium.launch(executable_path=binary, args=list(FLAGS))
        bench = Bench(browser, path, Path(made) / "compiled")
        results = measure(bench, checkouts, given.repeats, only_start=given.only_start)
        browser.close()
    show(results[0], results[1:])
    print(f"load {os.getloadavg()[0]:.1f} after")


if __name__ == "__main__":
    main()
