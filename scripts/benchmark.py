"""Measure speed as ratios against a plain memory-mapped read of the same run.

Every figure is taken in a fresh process. A file of a full night is made in a temporary folder
and removed. What is compared takes turns, round after round, so that a slow minute of the machine
meets all alike; every other round goes the other way round, for memory is dearer to the process
that touches it first than to the next one. *Min* is the least time of ours over the least of
theirs, each of whichever round it was best in; *median* is the median over the rounds of ours over
theirs. The first may be the larger: they are two views of the same rounds, and the first is
judged. From a warm page cache nothing waits, and processor time of all threads counts; from a cold
disk it is the clock.

The filter is held against `scipy.signal.sosfiltfilt` on both legs, float32 in and out, the second
time each has been called, and without what comes before and after: reading, gate and envelope are
the same with either filter, and the more they do the more alike whole runs would look.

Annotations: the time to read those of an EDF+ of 8 h, 1,770 in records of 1 s, against pyedflib,
file opened and closed by both; once as they are (`open_edf`), once as a scoring. The three are
run in turn in one process.

All movement detectors against the leg-movement detector alone: what the others cost. Both from
one file that holds a simulated night with its stages inside, in the page cache. *Legs alone* is
`score_legs`: to read both legs, put them through the gate and find their movements. *All* is the
same and the three steps `score_recording` takes besides for the other movements:
`read_movement_channels` (chin, EEG and ECG), `find_explaining` (what ranks above leg movements)
and `score_movements` (everything else). Opening the file, stages, indices and the onset of sleep
are in neither. Each step is timed where `score_recording` calls it, one whole run after the other
in one process; the imports are over before. Cost is processor time of all threads, for the leg
detector works on two and the clock on the wall would count what it does as half. The least of
the repeats counts, step by step. Two nights are judged, each by itself: an *ordinary* one of leg
movements, and a *full* one with every kind of movement.

What `bench_peers` measures comes last: time, memory and accuracy of leg movements and stages on
simulated nights, each run a whole process; with `--peers` also of psgscoring, Luna and YASA where
they are installed (`pip install .[bench]`). `--write-docs` puts its tables into
docs/benchmarks.md.

    python scripts/benchmark.py [--repeats 5] [--hours 8] [--channels 30] [--only-movements]
                                [--profile] [--only-nights] [--night-hours 2] [--peers]
                                [--write-docs]
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

import numpy as np
from bench_peers.compare import compare
from bench_peers.runs import environment
from bench_peers.table import write_between

PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"
FILTER_LIMIT = 3.0
LEG_HZ, EEG_HZ, SLOW_HZ = 256, 256, 32
MOVEMENTS_LIMIT = 3.0
ANNOTATIONS_LIMIT, N_AROUSALS = 1.5, 810
SMALLEST_SHARE = 0.01

COMMON = """
import json, os, sys, time
import numpy as np
path, offset, record, n_records = sys.argv[1], *map(int, sys.argv[2:5])
spans, clock = json.loads(sys.argv[5]), getattr(time, sys.argv[6])
def memmap_read(chosen):
    data = np.memmap(path, np.uint8, "r", offset, (n_records, record))
    return [data[:, a:b].reshape(-1).view("<i2").astype(np.float32) for a, b in chosen]
legs, everything = spans[:2], spans
"""
FILTERS = (
    "import scipy.fft, scipy.signal as ss; from psgscore.io.edf import open_edf; "
    "from psgscore.dsp.filters import band_pass; from psgscore.model.criteria import DETECTION; "
    "b = DETECTION.high_pass_hz, DETECTION.low_pass_hz; both = open_edf(path).signals([0, 1]); "
)
CASES = {
    "memmap legs": "t = clock(); memmap_read(legs)",
    "legs": ("from psgscore.io.edf import open_edf; t = clock(); open_edf(path).signals([0, 1])"),
    "memmap all": "t = clock(); memmap_read(everything)",
    "all": (
        "from psgscore.io.edf import open_edf; r = open_edf(path); t = clock(); "
        "r.signals(range(len(r.channels)))"
    ),
    "events": (
        "from psgscore.io.edf import open_edf; import psgscore.detect.leg_movements as d; "
        "import scipy.fft, scipy.ndimage; t = clock(); "
        "r = open_edf(path); found = [d.detect_leg_movements(s) for s in r.signals([0, 1])]"
    ),
    "filter": FILTERS
    + "go = lambda s: band_pass(s.samples, s.rate_hz, *b); list(map(go, both)); "
    + "t = clock(); found = list(map(go, both))",
    "filter sosfiltfilt": FILTERS
    + "sos = lambda s: ss.butter(4, b, 'band', fs=s.rate_hz, output='sos'); "
    + "go = lambda s: ss.sosfiltfilt(sos(s), s.samples).astype('f4'); list(map(go, both)); "
    + "t = clock(); found = list(map(go, both))",
}
MOVEMENTS = """
import cProfile, json, pstats, sys, time
from pathlib import Path
from psgscore import open_recording, pipeline, score_recording
path, repeats = sys.argv[1], int(sys.argv[2])
recording = open_recording(path)
times = {}
def timed(name):
    step = getattr(pipeline, name)
    def run(*given, **options):
        begin = time.process_time()
        found = step(*given, **options)
        times.setdefault(name, []).append(time.process_time() - begin)
        return found
    setattr(pipeline, name, run)
for name in json.loads(sys.argv[3]):
    timed(name)
score_recording(recording)  # the first imports
times.clear()
for _ in range(repeats):
    score_recording(recording)
counted = {name: list(found) for name, found in times.items()}
profile = cProfile.Profile()
profile.runcall(score_recording, recording)
shells = ("movement_channels", "movement_source", "burst_source", "explaining_source")
ours = lambda function: Path(function[0]).stem in shells
parts = {}
for function, (*_, callers) in pstats.Stats(profile).stats.items():
    if ours(function) or "psgscore" not in function[0]:
        continue
    spent = sum(found[3] for caller, found in callers.items() if ours(caller))
    if spent:
        parts[Path(function[0]).stem + "." + function[2]] = spent
print(json.dumps({"times": counted, "parts": parts}))
"""
ANNOTATIONS = """
import json, sys, time
import pyedflib
from psgscore.io.edf import open_edf
from psgscore.io.scoring_files import read_scoring
path, repeats, n_annotations = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
def theirs():
    with pyedflib.EdfReader(path) as file:
        return file.readAnnotations()[0]
runs = {
    "pyedflib": theirs,
    "annotations": lambda: open_edf(path).annotations,
    "scoring": lambda: read_scoring(path).events,
}
assert len(runs["pyedflib"]()) == len(runs["annotations"]()) == n_annotations
times = {name: [] for name in runs}
for _ in range(repeats):
    for name, run in runs.items():
        begin = time.perf_counter()
        run()
        times[name].append(time.perf_counter() - begin)
print(json.dumps(times))
"""
LEGS = "score_legs"
OTHERS = ("read_movement_channels", "find_explaining", "score_movements")
FINISH = "\ntook = clock() - t; from bench_peers.child import peak_mib; print(took, peak_mib())"


def make_file(path: Path, hours: float, n_channels: int, record_s: int) -> dict[str, object]:
    """Write an EDF of two legs, EEG and slow channels; return its layout."""
    from psgscore.simulate import simulate_leg_emg  # noqa: PLC0415

    rates = [LEG_HZ, LEG_HZ] + [
        EEG_HZ if k < n_channels * 2 // 3 else SLOW_HZ for k in range(n_channels - 2)
    ]
    labels = ["Left Leg", "Right Leg"] + [f"EEG {k}" for k in range(n_channels - 2)]
    n_records = int(hours * 3600 / record_s)
    sizes = [rate * record_s for rate in rates]
    from psgscore.io.edf_write_bytes import fixed_header, signal_headers  # noqa: PLC0415

    columns = [
        (label, "", "uV", "-3276.8", "3276.7", "-32768", "32767", "", str(size), "")
        for label, size in zip(labels, sizes, strict=True)
    ]
    head = fixed_header(
        start=None, n_records=n_records, record_s=record_s, n_signals=n_channels, plus=""
    )
    from psgscore.simulate import LegSettings  # noqa: PLC0415

    legs = [
        simulate_leg_emg(1, hours=hours, leg=LegSettings(rate_hz=LEG_HZ), side=side)[0].samples
        for side in ("left", "right")
    ]
    rng = np.random.default_rng(0)
    with path.open("wb") as file:
        file.write(head + signal_headers(columns))
        for record in range(n_records):
            parts = [np.rint(leg[record * sizes[0] : (record + 1) * sizes[0]] * 10) for leg in legs]
            rest = rng.integers(-500, 500, sum(sizes[2:]))
            file.write(np.concatenate([*parts, rest]).astype("<i2").tobytes())
    ends = np.cumsum([0, *(2 * size for size in sizes)]).tolist()
    return {
        "offset": 256 * (n_channels + 1),
        "record": ends[-1],
        "n_records": n_records,
        "spans": list(pairwise(ends)),
    }


def run(case: str, path: Path, layout: dict[str, object], *, cold: bool) -> tuple[float, float]:
    """Run one case in a fresh process; return seconds and peak memory in MiB."""
    if cold:
        descriptor = os.open(path, os.O_RDONLY)
        os.fsync(descriptor)
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(descriptor)
    arguments = [str(path), *(str(layout[key]) for key in ("offset", "record", "n_records"))]
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            COMMON + CASES[case] + FINISH,
            *arguments,
            json.dumps(layout["spans"]),
            "perf_counter" if cold else "process_time",
        ],
        capture_output=True,
        text=True,
        check=True,
        env=environment(),
    )
    seconds, peak = done.stdout.split()
    return float(seconds), float(peak)


def rounds(
    cases: Iterable[str], repeats: int, path: Path, layout: dict[str, object], *, cold: bool
) -> dict[str, list[tuple[float, float]]]:
    """Run the cases in turn, every other round the other way round; return what `run` gives."""
    found: dict[str, list[tuple[float, float]]] = {case: [] for case in cases}
    order = list(found)
    for _ in range(repeats):
        for case in order:
            found[case].append(run(case, path, layout, cold=cold))
        order.reverse()
    return found


def ratio(name: str, ours: list[float], theirs: list[float], limit: float, *, least: bool) -> bool:
    """Print what ours takes of theirs, at best and in the middle round, against its limit."""
    low = min(ours) / min(theirs)
    middle = statistics.median(one / other for one, other in zip(ours, theirs, strict=True))
    fine = low >= limit if least else low <= limit
    sign = ">=" if least else "<="
    print(
        f"{name:<46} min {low:6.2f}x  median {middle:6.2f}x  (limit {sign} {limit:g}x)  "
        f"{'ok' if fine else 'MISSED'}"
    )
    return fine


def measure(repeats: int, hours: float, n_channels: int, folder: Path) -> bool:
    """Measure everything; return whether all limits hold."""
    fine = True
    path = folder / "warm.edf"
    layout = make_file(path, hours, n_channels, 1)
    print(f"{path.stat().st_size / 1e6:.0f} MB, {n_channels} channels, {hours:g} h, records of 1 s")
    times = rounds(CASES, repeats, path, layout, cold=False)
    s = {case: [seconds for seconds, _ in found] for case, found in times.items()}
    fine &= ratio("two legs / memmap, warm", s["legs"], s["memmap legs"], 1.5, least=False)
    fine &= ratio("all channels / memmap, warm", s["all"], s["memmap all"], 1.0, least=False)
    fine &= ratio(
        "file to leg events / memmap read", s["events"], s["memmap legs"], 12, least=False
    )
    fine &= ratio(
        "sosfiltfilt / our filter, two legs",
        s["filter sosfiltfilt"],
        s["filter"],
        FILTER_LIMIT,
        least=True,
    )
    peak = max(peak for _, peak in times["events"])
    print(f"{'peak memory of scoring the legs':<46} {peak:6.0f} MiB (limit 300)")
    path.unlink()
    path = folder / "cold.edf"
    layout = make_file(path, hours, n_channels, 30)
    cold = rounds(("memmap legs", "legs"), repeats, path, layout, cold=True)
    fine &= ratio(
        "two legs / memmap, cold, records of 30 s",
        [seconds for seconds, _ in cold["legs"]],
        [seconds for seconds, _ in cold["memmap legs"]],
        0.5,
        least=False,
    )
    return fine and peak < 300


def measure_movements(repeats: int, hours: float, folder: Path, *, profile: bool) -> bool:
    """Compare every movement detector with that of leg movements; return whether it holds."""
    from psgscore.io.edf_write import write_edf  # noqa: PLC0415
    from psgscore.simulate import FamilySettings, simulate_night  # noqa: PLC0415

    fine = True
    for name, family in (("ordinary", None), ("full", FamilySettings())):
        night = simulate_night(1, hours=hours, family=family)
        path = folder / f"{name}.edf"
        write_edf(path, night.signals, start=night.start, hypnogram=night.hypnogram)
        fine &= judge_movements(name, path, repeats, profile=profile)
        path.unlink()
    return fine


def judge_movements(name: str, path: Path, repeats: int, *, profile: bool) -> bool:
    """Print what all movement detectors cost on one night; return whether the limit holds."""
    steps = json.dumps([LEGS, *OTHERS])
    arguments = [sys.executable, "-c", MOVEMENTS, str(path), str(repeats), steps]
    done = subprocess.run(arguments, capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    alone = found["times"][LEGS]
    others = [found["times"][step] for step in OTHERS]
    least = min(alone) + sum(min(one) for one in others)
    middle = [sum(one) / one[0] for one in zip(alone, *others, strict=True)]
    fine = bool(least / min(alone) <= MOVEMENTS_LIMIT)
    print(
        f"{f'all movement detectors / legs, {name} night':<46} min {least / min(alone):6.2f}x  "
        f"median {statistics.median(middle):6.2f}x  (limit <= {MOVEMENTS_LIMIT:g}x)  "
        f"{'ok' if fine else 'MISSED'}"
    )
    print(f"    processor time: legs alone {min(alone):.2f} s, all {least:.2f} s")
    if profile:
        whole = sum(found["parts"].values())
        for part, seconds in sorted(found["parts"].items(), key=lambda part: -part[1]):
            if seconds >= SMALLEST_SHARE * whole:
                print(f"    {100 * seconds / whole:5.1f} % of the rest  {part}")
    return fine


def measure_annotations(repeats: int, folder: Path) -> bool:
    """Compare the reading of annotations with that of pyedflib; return whether it holds."""
    from datetime import datetime  # noqa: PLC0415

    from psgscore.io.edf_write import write_edf  # noqa: PLC0415
    from psgscore.model.events import Events  # noqa: PLC0415
    from psgscore.model.hypnogram import Hypnogram  # noqa: PLC0415
    from psgscore.model.signal import Signal  # noqa: PLC0415

    rng = np.random.default_rng(1)
    seconds = 8 * 3600
    signals = [
        Signal(f"EEG {k}", rng.normal(0, 20, seconds * EEG_HZ).astype("f4"), EEG_HZ, "uV")
        for k in range(4)
    ]
    stages = rng.integers(0, 5, seconds // 30).astype(np.int8)
    onsets = np.sort(rng.uniform(0, seconds - 60, N_AROUSALS))
    path = folder / "annotations.edf"
    write_edf(
        path,
        signals,
        start=datetime(2024, 1, 1, 22),
        events=Events.of("arousal", onsets, onsets + 5),
        hypnogram=Hypnogram(stages),
    )
    found = [str(path), str(10 * repeats), str(N_AROUSALS + stages.size)]
    arguments = [sys.executable, "-c", ANNOTATIONS, *found]
    done = subprocess.run(arguments, capture_output=True, text=True, check=True)
    path.unlink()
    times = json.loads(done.stdout)
    fine = True
    for name in ("annotations", "scoring"):
        title = f"{name} of an EDF+ / pyedflib"
        fine &= ratio(title, times[name], times["pyedflib"], ANNOTATIONS_LIMIT, least=False)
    return fine


def main() -> int:
    """Parse the arguments and measure."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--hours", type=float, default=8.0)
    parser.add_argument("--channels", type=int, default=30)
    parser.add_argument("--only-movements", action="store_true")
    parser.add_argument("--profile", action="store_true", help="what share each part has")
    parser.add_argument("--only-nights", action="store_true", help="only what bench_peers measures")
    parser.add_argument("--night-hours", type=float, default=2.0)
    parser.add_argument("--peers", action="store_true", help="also run psgscoring, Luna and YASA")
    parser.add_argument("--write-docs", action="store_true", help="needs --peers")
    chosen = parser.parse_args()
    if chosen.write_docs and not chosen.peers:
        parser.error("--write-docs needs --peers: the page has their rows")
    fine = chosen.only_nights or measure_ours(chosen)
    if not chosen.only_movements:
        tables = compare(hours=chosen.night_hours, peers=chosen.peers)
        print(f"\n{tables}")
        if chosen.write_docs:
            write_between(PAGE, tables)
    return 0 if fine else 1


def measure_ours(chosen: argparse.Namespace) -> bool:
    """Hold our own times against their limits; return whether all hold."""
    fine = True
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if not chosen.only_movements:
            fine = measure(chosen.repeats, chosen.hours, chosen.channels, folder)
            fine &= measure_annotations(chosen.repeats, folder)
        fine &= measure_movements(chosen.repeats, chosen.hours, folder, profile=chosen.profile)
    return fine


if __name__ == "__main__":
    sys.exit(main())
