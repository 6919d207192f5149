"""Measure a batch: speed-up of two workers, what it costs besides scoring, memory, same bytes.

Speed-up: the same short nights with one worker and with two, each run as a whole process from
start to exit, one after the other; the least time of the repeats counts.

Overhead: processor time of the whole batch with one worker, less that of starting it (the same
batch over one night) and less that of scoring and writing the same nights in a plain loop in one
process, per recording. Processor time, because a busy machine stretches the clock.

Memory: recordings of 500 MB (8 h, some 34 channels) with stages inside and without; the most any
worker held.

Same bytes: the nights through a local cluster of dask.distributed with two workers (where it is
installed), every file compared with those of the pool.

    python scripts/measure_batch.py [--nights 200] [--hours 0.25] [--repeats 3] [--large 2]
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from batch_faults import COMMAND, LAB, OF_THE_RUN, digest, files_of, make_nights

LARGE_BYTES = 500e6
LOOP = """
import resource, sys, tempfile
from pathlib import Path
from psgscore import open_recording, score_recording
from psgscore.cli_scoring import AS_SHIPPED
from psgscore.io.outputs import write_score
paths = sorted(Path(sys.argv[1]).rglob("*.edf"))
def score(path, folder):
    recording = open_recording(path)
    found = score_recording(recording, AS_SHIPPED.options())
    write_score(found, Path(folder), path.parent.name + path.stem, recording=recording,
                kinds=("events", "movements", "score", "summary"))
with tempfile.TemporaryDirectory() as folder:
    score(paths[0], folder)
    begin = resource.getrusage(resource.RUSAGE_SELF)
    for path in paths:
        score(path, folder)
    end = resource.getrusage(resource.RUSAGE_SELF)
print(end.ru_utime + end.ru_stime - begin.ru_utime - begin.ru_stime)
"""


def batch(source: Path, out: Path, *options: str) -> tuple[float, float, dict[str, object]]:
    """Run a batch as a whole process; return its wall time, processor time and report."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begin_s = time.perf_counter()
    done = subprocess.run(
        [*COMMAND, "batch", str(source), "-o", str(out), "--json", *options],
        capture_output=True,
        text=True,
        check=False,
    )
    wall_s = time.perf_counter() - begin_s
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise SystemExit(done.stderr)
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return wall_s, cpu_s, json.loads(done.stdout)


def speed_up(source: Path, work: Path, repeats: int) -> None:
    best = {1: (1e9, 1e9), 2: (1e9, 1e9)}
    for turn in range(repeats):
        for workers in best:
            wall_s, cpu_s, _ = batch(
                source, work / f"out{workers}-{turn}", "--workers", str(workers)
            )
            best[workers] = (min(best[workers][0], wall_s), min(best[workers][1], cpu_s))
    print(f"one worker {best[1][0]:.1f} s, two {best[2][0]:.1f} s: {best[1][0] / best[2][0]:.2f}x")
    print(f"processor time: one {best[1][1]:.1f} s, two {best[2][1]:.1f} s")
    overhead(source, work, best[1][1], repeats)


def overhead(source: Path, work: Path, whole_s: float, repeats: int) -> None:
    n_nights = len(list(source.rglob("*.edf")))
    lone = work / "lone"
    lone.mkdir()
    first = sorted(source.rglob("*.edf"))[0]
    os.link(first, lone / first.name)
    starts = [batch(lone, work / f"lone{turn}", "--workers", "1")[1] for turn in range(repeats)]
    loops = [
        float(
            subprocess.run(
                [sys.executable, "-c", LOOP, str(source)],
                capture_output=True,
                text=True,
                check=True,
            ).stdout
        )
        for _ in range(repeats)
    ]
    each = min(loops) / n_nights
    spent = (whole_s - (min(starts) - each) - min(loops)) / n_nights
    print(
        f"scoring in a loop {1e3 * each:.0f} ms, a batch {1e3 * spent:.0f} ms more, per recording"
    )
    print(f"starting a batch: {min(starts) - each:.1f} s of processor time")


def same_bytes(source: Path, work: Path) -> None:
    try:
        from distributed import LocalCluster  # noqa: PLC0415 - an extra
    except ImportError:
        print("dask.distributed is not installed: not compared")
        return
    make_cluster: Any = LocalCluster
    with make_cluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None, host="127.0.0.1"
    ) as cluster:
        wall_s, _, _ = batch(source, work / "dask", "--scheduler", cluster.scheduler_address)
    names = 0
    for path in files_of(work / "out2-0"):
        name = path.relative_to(work / "out2-0")
        if str(name) not in OF_THE_RUN:
            names += 1
            if digest(path) != digest(work / "dask" / name):
                raise SystemExit(f"{name} differs between pool and cluster")
    print(f"cluster of two workers: {wall_s:.1f} s, {names} files, the same to the byte")


def memory(work: Path, n_large: int) -> None:
    """Score recordings of 500 MB, with stages and without."""
    from dataclasses import replace  # noqa: PLC0415

    from psgscore.io.edf_write import write_edf  # noqa: PLC0415
    from psgscore.simulate import simulate_night  # noqa: PLC0415

    for what in ("stages inside", "staged automatically"):
        source = work / what.replace(" ", "-")
        source.mkdir()
        for number in range(n_large):
            night = simulate_night(number + 1, hours=8)
            eeg = next(one for one in night.signals if one.label.startswith("C4"))
            one_bytes = 2 * eeg.samples.size
            held = sum(2 * one.samples.size for one in night.signals)
            n_more = int((LARGE_BYTES - held) // one_bytes) + 1
            more = [replace(eeg, label=f"X{k}") for k in range(n_more)]
            events = night.events.of_kind(*LAB) if what == "stages inside" else None
            write_edf(
                source / f"large{number}.edf",
                [*night.signals, *more],
                start=night.start,
                events=events,
                hypnogram=night.hypnogram if what == "stages inside" else None,
            )
            size = (source / f"large{number}.edf").stat().st_size
        _, _, report = batch(source, work / f"{source.name}-out", "--workers", "1")
        outcomes = report["outcomes"]
        cpu = [one["cpu_s"] for one in outcomes]  # type: ignore[attr-defined]
        print(
            f"{what}: {n_large} recordings of {size / 1e6:.0f} MB, peak {report['peak_mb']} MB, "
            f"{min(cpu):.1f} s of processor time each"
        )
        for path in source.glob("*.edf"):
            path.unlink()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--nights", type=int, default=200)
    parser.add_argument("--hours", type=float, default=0.25)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--large", type=int, default=2)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="psgscore-batch-") as folder:
        work = Path(folder)
        if chosen.large:
            memory(work, chosen.large)
        make_nights(work / "nights", chosen.nights, chosen.hours)
        speed_up(work / "nights", work, chosen.repeats)
        with suppress(KeyboardInterrupt):
            same_bytes(work / "nights", work)


if __name__ == "__main__":
    main()
