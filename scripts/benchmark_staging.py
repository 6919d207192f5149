"""Measure the staging engine against yasa: CPU time as a ratio, and peak memory.

From signals in memory to probabilities, EEG + EOG + EMG. Every figure is taken in fresh
processes, which alternate. "Cold" is the first night of a process, imports (and yasa's
compilation, where its cache does not hold it) included; "warm" is the second night. CPU
time is of all threads. Needs yasa: ``pip install psgscore[yasa]``.

    python scripts/benchmark_staging.py [--repeats 5] [--hours 8] [--rate 256]
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from fractions import Fraction
from pathlib import Path

import numpy as np

CHANNELS = {"eeg": "C4-M1", "eog": "E1-M2", "emg": "Chin"}
CPU_LIMIT, MEMORY_LIMIT_MIB = 0.5, 500

COMMON = """
import json, resource, sys, time, warnings
import numpy as np
warnings.simplefilter("ignore")
folder, rate = sys.argv[1], float(sys.argv[2])
night = {name: np.load(f"{folder}/{name}.npy") for name in ("eeg", "eog", "emg")}
"""
OURS = """
start = time.process_time()
from psgscore.io.stage_models import load_stage_model
from psgscore.model.signal import Signal
from psgscore.staging.features import channel_features, features
from psgscore.staging.prepare import prepare
from psgscore.staging.trees import probabilities
def stage():
    channels = {
        k: channel_features(k, prepare(Signal(k, x, rate, "uV"))) for k, x in night.items()
    }
    return probabilities(features(**channels)[1], load_stage_model("eeg+eog+emg"))
stage()
cold = time.process_time() - start
start = time.process_time()
p = stage()
warm = time.process_time() - start
"""
THEIRS = """
start = time.process_time()
import mne, yasa
mne.set_log_level("ERROR")
def raw():
    volts = np.array([1e-6 * x.astype(np.float64) for x in night.values()])
    return mne.io.RawArray(volts, mne.create_info(list(night), rate, "eeg"))
def stage(raw):
    found = yasa.SleepStaging(raw, eeg_name="eeg", eog_name="eog", emg_name="emg").predict()
    return found.proba[["WAKE", "N1", "N2", "N3", "REM"]].to_numpy()
stage(raw())
cold = time.process_time() - start
second = raw()
start = time.process_time()
p = stage(second)
warm = time.process_time() - start
"""
FINISH = """
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"cold": cold, "warm": warm, "peak": peak, "stages": p.argmax(1).tolist()}))
"""

Figures = dict[str, list[float]]


def make_night(folder: Path, hours: float, rate_hz: int) -> None:
    """Write the three channels of a simulated night."""
    from scipy.signal import resample_poly  # noqa: PLC0415

    from psgscore.simulate import simulate_night  # noqa: PLC0415

    night = simulate_night(1, hours=hours, channels=tuple(CHANNELS.values()))
    for name, label in CHANNELS.items():
        signal = night.signal(label)
        ratio = Fraction(rate_hz) / Fraction(signal.rate_hz)
        samples = resample_poly(signal.samples, ratio.numerator, ratio.denominator)
        np.save(folder / f"{name}.npy", samples.astype(np.float32))


def run(code: str, folder: Path, rate_hz: int, figures: Figures) -> list[int]:
    """Run one night twice in a fresh process; append its figures, return the stages."""
    done = subprocess.run(
        [sys.executable, "-c", COMMON + code + FINISH, str(folder), str(rate_hz)],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    found = json.loads(done.stdout.splitlines()[-1])
    for name in ("cold", "warm", "peak"):
        figures.setdefault(name, []).append(found[name])
    stages: list[int] = found["stages"]
    return stages


def report(ours: Figures, theirs: Figures) -> bool:
    """Print the figures; return whether the limits hold."""
    fine = True
    for name in ("cold", "warm"):
        one, other = (statistics.median(figures[name]) for figures in (ours, theirs))
        low = min(ours[name]) / min(theirs[name])
        held = one / other <= CPU_LIMIT
        fine &= held
        print(
            f"{name}: CPU {one:6.2f} s / {other:6.2f} s = median {one / other:.2f}x, "
            f"min {low:.2f}x (limit {CPU_LIMIT:g}x)  {'ok' if held else 'MISSED'}"
        )
    peak = max(ours["peak"])
    print(f"peak memory {peak:.0f} MiB (yasa {max(theirs['peak']):.0f}; limit {MEMORY_LIMIT_MIB})")
    return fine and peak < MEMORY_LIMIT_MIB


def main() -> int:
    """Parse the arguments and measure."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--hours", type=float, default=8.0)
    parser.add_argument("--rate", type=int, default=256)
    arguments = parser.parse_args()
    ours: Figures = {}
    theirs: Figures = {}
    with tempfile.TemporaryDirectory() as name:
        make_night(Path(name), arguments.hours, arguments.rate)
        for _ in range(arguments.repeats):
            stages = run(OURS, Path(name), arguments.rate, ours)
            reference = run(THEIRS, Path(name), arguments.rate, theirs)
    same = np.mean(np.array(stages) == np.array(reference))
    print(f"{arguments.hours:g} h at {arguments.rate} Hz: {len(stages)} epochs, {same:.1%} equal")
    return 0 if report(ours, theirs) else 1


if __name__ == "__main__":
    sys.exit(main())
