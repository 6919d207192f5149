"""Measure the rule detector of arousals on simulated nights: a sanity check, not its accuracy.

Each night is simulated twice from one seed, with and without arousals; mixing the two gives
arousals of any strength in the same sleep. Prints the tables of docs/arousals.md.

    python scripts/measure_arousals.py [--nights 6] [--hours 8]
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from psgscore.detect.arousals import detect_arousals
from psgscore.intervals import match_one_to_one
from psgscore.model.events import Events
from psgscore.model.hypnogram import Hypnogram, Stage
from psgscore.model.signal import Signal
from psgscore.simulate import PlanSettings, SimulatedNight, simulate_night

EEG, CHIN = ("C4-M1", "O1-M2"), "Chin"
STILL = PlanSettings(arousals_per_hour=0, arousal_share=0, respiratory_per_hour=0)
AROUSED = replace(STILL, arousals_per_hour=25.0)
STRENGTHS = (1.0, 0.5, 0.3, 0.2)
STAGES = (Stage.N1, Stage.N2, Stage.N3, Stage.R)
MIN_OVERLAP = 0.2
# Other nights than those the values were chosen on.
_FIRST_SEED = 101
CHIN_RISE_S, CHIN_EVERY_S, CHIN_FACTOR = 3.0, 60.0, 5.0


@dataclass(frozen=True, slots=True)
class Pair:
    """One night without and with arousals."""

    still: SimulatedNight
    aroused: SimulatedNight

    def eeg(self, strength: float) -> list[Signal]:
        """Return the EEG with arousals of this share of their amplitude."""
        return [_mixed(self.still.signal(one), self.aroused.signal(one), strength) for one in EEG]


def _mixed(still: Signal, aroused: Signal, share: float) -> Signal:
    mixed = still.samples + np.float32(share) * (aroused.samples - still.samples)
    return replace(still, samples=mixed)


def nights(count: int, hours: float) -> Iterator[Pair]:
    channels = (*EEG, CHIN)
    for seed in range(_FIRST_SEED, _FIRST_SEED + count):
        still = simulate_night(seed, hours=hours, plan=STILL, channels=channels)
        yield Pair(still, simulate_night(seed, hours=hours, plan=AROUSED, channels=channels))


def stage_hours(hypnogram: Hypnogram) -> np.ndarray:
    epochs = [np.sum(hypnogram.stages == stage) for stage in STAGES]
    return np.array(epochs, np.float64) * hypnogram.epoch_s / 3600


def by_stage(events: Events, hypnogram: Hypnogram) -> np.ndarray:
    stages = hypnogram.at(events.start_s)
    return np.array([np.sum(stages == stage) for stage in STAGES], np.int64)


def found_table(pairs: Sequence[Pair], strength: float) -> list[str]:
    hits, truths, found = np.zeros(4), np.zeros(4), 0
    errors = []
    for pair in pairs:
        night = pair.aroused
        truth = night.events.of_kind("arousal")
        events = detect_arousals(pair.eeg(strength), night.hypnogram, night.signal(CHIN))
        matched = match_one_to_one(truth.spans, events.spans, MIN_OVERLAP)
        errors.append(events.spans[matched[:, 1]] - truth.spans[matched[:, 0]])
        hits += by_stage(truth.where(np.isin(np.arange(len(truth)), matched[:, 0])),
                         night.hypnogram)  # fmt: skip
        truths += by_stage(truth, night.hypnogram)
        found += len(events)
    off = np.median(np.abs(np.concatenate(errors)), axis=0)
    stages = [f"{hit / max(truth, 1):.2f}" for hit, truth in zip(hits, truths, strict=True)]
    recall, precision = hits.sum() / truths.sum(), hits.sum() / max(found, 1)
    return [f"{strength:.0%}", f"{truths.sum():.0f}", f"{recall:.2f}", *stages,
            f"{precision:.2f}", f"{off[0]:.2f}", f"{off[1]:.2f}"]  # fmt: skip


def false_table(pairs: Sequence[Pair], what: str) -> list[str]:
    hours, counts = np.zeros(4), np.zeros(4)
    for pair in pairs:
        night = pair.still
        chin = night.signal(CHIN)
        if what == "chin rises added":
            chin = _rising(chin)
        channels = EEG[:1] if what == "one EEG" else EEG
        events = detect_arousals([night.signal(one) for one in channels], night.hypnogram, chin)
        hours += stage_hours(night.hypnogram)
        counts += by_stage(events, night.hypnogram)
    rates = [f"{count / max(hour, 1e-9):.2f}" for count, hour in zip(counts, hours, strict=True)]
    return [what, f"{hours.sum():.0f}", f"{counts.sum() / hours.sum():.2f}", *rates]


def _rising(chin: Signal) -> Signal:
    times_s = np.arange(chin.samples.size) / chin.rate_hz
    rising = times_s % CHIN_EVERY_S < CHIN_RISE_S
    return replace(chin, samples=np.where(rising, CHIN_FACTOR * chin.samples, chin.samples))


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    print(f"| {' | '.join(header)} |\n{'|---' * len(header)}|")
    for row in rows:
        print(f"| {' | '.join(row)} |")
    print()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--nights", type=int, default=6)
    parser.add_argument("--hours", type=float, default=8.0)
    options = parser.parse_args()
    pairs = list(nights(options.nights, options.hours))
    names = [stage.name for stage in STAGES]
    table(
        ["amplitude", "arousals", "recall", *names, "precision", "onset off, s", "end off, s"],
        [found_table(pairs, strength) for strength in STRENGTHS],
    )
    table(
        ["no arousals", "hours of sleep", "false per hour", *names],
        [false_table(pairs, what) for what in ("two EEG", "one EEG", "chin rises added")],
    )
    one = pairs[0].aroused
    begun = time.process_time()
    detect_arousals([one.signal(name) for name in EEG], one.hypnogram, one.signal(CHIN))
    print(f"{time.process_time() - begun:.2f} s CPU for {options.hours:g} h of two EEG and a chin")


if __name__ == "__main__":
    main()
