"""Measure speed as ratios against a plain memory-mapped read of the same run.

Every figure is taken in a fresh process, min and median of several. A file of a full
night is made in a temporary folder and removed.

    python scripts/benchmark.py [--repeats 5] [--hours 8] [--channels 30]
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from itertools import pairwise
from pathlib import Path

import numpy as np

LEG_HZ, EEG_HZ, SLOW_HZ = 256, 256, 32

COMMON = """
import json, os, resource, sys, time
import numpy as np
path, offset, record, n_records = sys.argv[1], *map(int, sys.argv[2:5])
spans = json.loads(sys.argv[5])
def memmap_read(chosen):
    data = np.memmap(path, np.uint8, "r", offset, (n_records, record))
    return [data[:, a:b].reshape(-1).view("<i2").astype(np.float32) for a, b in chosen]
legs, everything = spans[:2], spans
"""
CASES = {
    "memmap legs": "t = time.perf_counter(); memmap_read(legs)",
    "legs": (
        "from psgscore.io.edf import open_edf; t = time.perf_counter(); "
        "open_edf(path).signals([0, 1])"
    ),
    "memmap all": "t = time.perf_counter(); memmap_read(everything)",
    "all": (
        "from psgscore.io.edf import open_edf; r = open_edf(path); t = time.perf_counter(); "
        "r.signals(range(len(r.channels)))"
    ),
    "events": (
        "from psgscore.io.edf import open_edf; import psgscore.detect.leg_movements as d; "
        "import scipy.fft, scipy.ndimage; t = time.perf_counter(); "
        "r = open_edf(path); found = [d.detect_leg_movements(s) for s in r.signals([0, 1])]"
    ),
    "events sosfiltfilt": (
        "from psgscore.io.edf import open_edf; import psgscore.detect.leg_movements as d; "
        "import scipy.fft, scipy.ndimage, scipy.signal as ss; "
        "d.band_pass = lambda x, f, lo, hi: ss.sosfiltfilt(ss.butter(4, [lo, min(hi, .47 * f)], "
        "'band', fs=f, output='sos'), x).astype('f4'); t = time.perf_counter(); "
        "r = open_edf(path); found = [d.detect_leg_movements(s) for s in r.signals([0, 1])]"
    ),
}
FINISH = "\nprint(time.perf_counter() - t, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"


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


def run(case: str, path: Path, layout: dict[str, object], *, cold: bool) -> tuple[float, int]:
    """Run one case in a fresh process; return seconds and peak memory in KiB."""
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
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    seconds, peak = done.stdout.split()
    return float(seconds), int(peak)


def ratio(name: str, ours: list[float], theirs: list[float], limit: float, *, least: bool) -> bool:
    """Print the ratio of minima and medians against its limit."""
    low = min(ours) / min(theirs)
    middle = statistics.median(ours) / statistics.median(theirs)
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
    times = {case: [run(case, path, layout, cold=False) for _ in range(repeats)] for case in CASES}
    s = {case: [seconds for seconds, _ in found] for case, found in times.items()}
    fine &= ratio("two legs / memmap, warm", s["legs"], s["memmap legs"], 1.5, least=False)
    fine &= ratio("all channels / memmap, warm", s["all"], s["memmap all"], 1.0, least=False)
    fine &= ratio(
        "file to leg events / memmap read", s["events"], s["memmap legs"], 12, least=False
    )
    fine &= ratio(
        "the same with sosfiltfilt / ours", s["events sosfiltfilt"], s["events"], 2, least=True
    )
    peak = max(peak for _, peak in times["events"]) / 1024
    print(f"{'peak memory of scoring the legs':<46} {peak:6.0f} MiB (limit 300)")
    path.unlink()
    path = folder / "cold.edf"
    layout = make_file(path, hours, n_channels, 30)
    cold = {
        case: [run(case, path, layout, cold=True)[0] for _ in range(repeats)]
        for case in ("memmap legs", "legs")
    }
    fine &= ratio(
        "two legs / memmap, cold, records of 30 s",
        cold["legs"],
        cold["memmap legs"],
        0.5,
        least=False,
    )
    return fine and peak < 300


def main() -> int:
    """Parse the arguments and measure."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--hours", type=float, default=8.0)
    parser.add_argument("--channels", type=int, default=30)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        fine = measure(arguments.repeats, arguments.hours, arguments.channels, Path(folder))
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
