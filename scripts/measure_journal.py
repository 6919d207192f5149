"""Measure how long a review with very many edits takes to open, and what it holds in memory.

The recording is scored, its journal filled with edits as a person makes them (1 in 100 adds an
event, the others move, reject, restage, accept, undo), and opened as the server does. A tenth of
the edits is opened first: the time of each edit must not grow with their number.

python scripts/measure_journal.py REC [--edits 1000000]
"""

from __future__ import annotations

import argparse
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from psgscore.io.score_read import read_score
from psgscore.options import Options
from psgscore.review.desk import Desk
from psgscore.review.edits import (
    Accept,
    Add,
    Edit,
    Entry,
    Move,
    Redo,
    Reject,
    Restage,
    Restore,
    Undo,
)
from psgscore.review.entries import entry_line
from psgscore.review_plan import BASE, Plan
from psgscore.review_source import open_review

AT = "2026-01-02T03:04:05Z"


def edits(count: int, seconds: float, epochs: int) -> Iterator[Edit]:
    """Yield edits of a night that has stages, or none but room for them."""
    rng = random.Random(1)
    yield Add(1.0, 2.5, "LM:left")  # a1, which is moved and rejected
    for n in range(1, count):
        start_s = round(rng.uniform(0, seconds - 10), 3)
        if n % 100 == 0:
            yield Add(start_s, start_s + 2, "arousal")
            continue
        yield (
            Move("a1", start_s, start_s + 2),
            Undo(),
            Redo(),
            Reject("a1", "a cough"),
            Restore("a1"),
            Restage(rng.randrange(epochs), (rng.randrange(5),)),
            Accept(start_s, start_s + 10),
        )[n % 100 % 7]


def measure(recording: Path, folder: Path, count: int) -> None:
    """Fill a journal, open it, and print what that took."""
    plan = Plan(options=Options(), folder=folder, reviewer="A. Name")
    journal = plan.journal_of(recording)
    journal.unlink(missing_ok=True)
    open_review(recording, plan).journal.close()
    score = read_score(folder / f"{recording.stem}{BASE}")
    epochs = int(score.duration_s // 30)
    with journal.open("ab") as file:
        for n, edit in enumerate(edits(count, score.duration_s, epochs), 1):
            file.write(entry_line(Entry(n, AT, plan.reviewer, edit)))
    command = [sys.executable, __file__, str(recording), "--open", str(folder)]
    subprocess.run(command, check=True)


def open_it(recording: Path, folder: Path) -> None:
    """Open a journal in this process and print what that took."""
    told: list[str] = []
    began_s, began_cpu_s = time.perf_counter(), time.process_time()
    opened = open_review(recording, Plan(options=Options(), folder=folder, reviewer="A. Name"))
    desk = Desk(opened, "A. Name", lambda step, share: told.append(step))
    cpu_s, wall_s = time.process_time() - began_cpu_s, time.perf_counter() - began_s
    n = desk.state.n
    began_cpu_s = time.process_time()
    desk.history(n - 100, 500)
    history_s, began_cpu_s = time.process_time() - began_cpu_s, time.process_time()
    desk.edit(n, Accept(0.0, 10.0))
    edit_s = time.process_time() - began_cpu_s
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    size_mb = opened.journal.path.stat().st_size / 1e6
    desk.close()
    print(
        f"{n} edits ({size_mb:.0f} MB): {cpu_s:.1f} s of processor ({wall_s:.1f} s of clock, "
        f"{1e6 * cpu_s / n:.1f} us per edit), {peak_mb:.0f} MB at most, progress told {len(told)} "
        f"times; then the last page of the journal {history_s:.2f} s, one more edit {edit_s:.2f} s"
    )


def main() -> int:
    """Run it from the command line."""
    parser = argparse.ArgumentParser(description="measure the journal of a long review")
    parser.add_argument("recording", type=Path)
    parser.add_argument("--edits", type=int, default=1_000_000)
    parser.add_argument("--open", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.open is not None:
        open_it(chosen.recording, chosen.open)
        return 0
    with tempfile.TemporaryDirectory() as name:
        for count in (chosen.edits // 10, chosen.edits):
            measure(chosen.recording, Path(name), count)
    return 0


if __name__ == "__main__":
    sys.exit(main())
