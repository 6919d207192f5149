"""Disturb a recording in ways that should, or should not, matter, and compare the stages.

    python scripts/perturb_staging.py RECORDING [RECORDING ...]

Prints, per recording, how many epochs keep the stage they had, and how many are UNSCORED.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from psgscore.errors import NotScorableError
from psgscore.model._arrays import Samples
from psgscore.model.eeg_criteria import STAGING_GATE
from psgscore.model.signal import Signal
from psgscore.opening import open_recording
from psgscore.stager import read_staging_signals, stage_model
from psgscore.staging.ladder import StagingSignals, stage_signals

Change = Callable[[Signal], Signal]


def scaled(gain: float) -> Change:
    return lambda signal: replace(signal, samples=signal.samples * np.float32(gain))


def sampled(rate_hz: float) -> Change:
    def change(signal: Signal) -> Signal:
        from psgscore.staging.resample import resample  # noqa: PLC0415

        samples = resample(signal.samples, signal.rate_hz, rate_hz).astype(np.float32)
        return replace(signal, samples=samples, rate_hz=rate_hz)

    return change


def filtered(low_hz: float, high_hz: float) -> Change:
    def change(signal: Signal) -> Signal:
        from scipy.signal import butter, sosfiltfilt  # noqa: PLC0415

        sos = butter(2, [low_hz, high_hz], "band", fs=signal.rate_hz, output="sos")
        return replace(signal, samples=sosfiltfilt(sos, signal.samples).astype(np.float32))

    return change


def noisy(make: Callable[[np.random.Generator, int, float], NDArray[np.float64]]) -> Change:
    def change(signal: Signal) -> Signal:
        rng = np.random.default_rng(1)
        added = make(rng, signal.samples.size, signal.rate_hz)
        return replace(signal, samples=(signal.samples + added).astype(np.float32))

    return change


def instead(make: Callable[[np.random.Generator, int], NDArray[np.float64]]) -> Change:
    def change(signal: Signal) -> Signal:
        made: Samples = make(np.random.default_rng(2), signal.samples.size).astype(np.float32)
        return replace(signal, samples=made)

    return change


CHANGES: dict[str, Change] = {
    "nothing": lambda signal: signal,
    "polarity turned": scaled(-1.0),
    "gain x 0.8": scaled(0.8),
    "gain x 1.25": scaled(1.25),
    "gain x 0.5": scaled(0.5),
    "gain x 2": scaled(2.0),
    "unit wrong by 1e-3": scaled(1e-3),
    "unit wrong by 1e3": scaled(1e3),
    "at 100 Hz": sampled(100.0),
    "at 200 Hz": sampled(200.0),
    "at 512 Hz": sampled(512.0),
    "filtered 0.3-35 Hz": filtered(0.3, 35.0),
    "filtered 0.5-35 Hz": filtered(0.5, 35.0),
    "white noise of 2 uV added": noisy(lambda rng, n, _: rng.normal(0, 2, n)),
    "10 uV of 50 Hz added": noisy(
        lambda _, n, rate_hz: 10 * np.sin(2 * np.pi * 50 * np.arange(n) / rate_hz)
    ),
    "flat line instead": instead(lambda _, n: np.zeros(n)),
    "white noise of 20 uV instead": instead(lambda rng, n: rng.normal(0, 20, n)),
}


def stages(signals: StagingSignals, n_epochs: int) -> NDArray[np.int64]:
    """Return the stages, -1 where there is none."""
    try:
        found = stage_signals(
            signals, start_s=0.0, n_epochs=n_epochs, models=stage_model, gate=STAGING_GATE
        )
    except NotScorableError:
        return np.full(n_epochs, -1)
    good = found.reasons == ""
    given = np.full(n_epochs, -1)
    given[good] = found.probabilities[good].argmax(axis=1)
    return given


def changed(signals: StagingSignals, change: Change) -> StagingSignals:
    """Apply a change to every channel."""
    return StagingSignals(
        eeg=tuple(change(one) for one in signals.eeg),
        eog=None if signals.eog is None else change(signals.eog),
        chin=None if signals.chin is None else change(signals.chin),
    )


def main() -> int:
    """Print one table per recording."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("recordings", nargs="+")
    for path in parser.parse_args().recordings:
        recording = open_recording(path)
        signals, _ = read_staging_signals(recording)
        n_epochs = int(recording.duration_s // 30)
        usual = stages(signals, n_epochs)
        print(f"{recording.name}: {n_epochs} epochs, {(usual < 0).sum()} unscored")
        for name, change in CHANGES.items():
            found = stages(changed(signals, change), n_epochs)
            same = 100 * (found == usual).mean()
            print(f"  {name:<30} same {same:5.1f} %   unscored {100 * (found < 0).mean():5.1f} %")
    return 0


if __name__ == "__main__":
    sys.exit(main())
