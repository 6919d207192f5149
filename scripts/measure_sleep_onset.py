"""Measure how well sleep onset is found to the second, on simulated transitions.

    python scripts/measure_sleep_onset.py [--recordings 60]
    python scripts/measure_sleep_onset.py --calibrate

Accuracy is measured on seeds from 2000 on, the two constants of `psgscore.staging.onset`
(`LAG_S`, `WIDENING_S`) are found on seeds 1000 to 1999.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from psgscore.model.hypnogram import Hypnogram, Stage
from psgscore.model.staging import OnsetKind
from psgscore.simulate.transitions import SimulatedTransitions, simulate_transition
from psgscore.staging.onset import LAG_S, WIDENING_S, sleep_onsets

MEASURED_FROM, CALIBRATED_FROM = 2000, 1000
KINDS: tuple[OnsetKind, ...] = ("alpha", "non-alpha", "epoch")


@dataclass(frozen=True)
class Condition:
    """What is simulated, which signals are given, and which median error is promised."""

    name: str
    kind: OnsetKind
    settings: Mapping[str, float] = field(default_factory=dict)
    eeg: tuple[int, ...] = (0, 1, 2)
    eog: tuple[int, ...] = (0, 1)
    scorer: Literal["right", "late", "early"] = "right"
    share: float = 1.0
    promised_s: float = 1.0


CONDITIONS = (
    *(Condition(f"alpha, {hz} Hz", "alpha", {"rate_hz": hz}) for hz in (100, 128, 256, 512)),
    Condition("alpha, C4 only", "alpha", eeg=(2,)),
    Condition("weak alpha (4 uV)", "alpha", {"alpha_uv": 4.0}),
    Condition("alpha, recording of 15 min", "alpha", {"minutes": 15}, share=2.0),
    Condition("alpha, eyes mostly open", "alpha", {"eyes_open_share": 0.9}, promised_s=2.0),
    *(
        Condition(f"no alpha, {hz} Hz", "non-alpha", {"alpha": False, "rate_hz": hz})
        for hz in (100, 128, 256, 512)
    ),
    Condition("no alpha, no EOG", "non-alpha", {"alpha": False}, eog=()),
    Condition("hardly any alpha (2 uV)", "non-alpha", {"alpha_uv": 2.0}),
    Condition("alpha, scorer an epoch late", "alpha", scorer="late"),
    Condition("alpha, scorer an epoch early", "alpha", scorer="early"),
    Condition("no alpha, scorer an epoch late", "non-alpha", {"alpha": False}, scorer="late"),
    Condition("no alpha, scorer an epoch early", "non-alpha", {"alpha": False}, scorer="early"),
)


def scored(simulated: SimulatedTransitions, scorer: str) -> Hypnogram:
    """Return the hypnogram of a scorer who is right, or calls every onset an epoch off."""
    stages = simulated.hypnogram.stages.copy()
    for epoch in simulated.onset_epochs:
        if scorer == "late":
            stages[epoch] = Stage.W
        elif scorer == "early" and epoch >= 2 and stages[epoch - 2] == Stage.W:
            stages[epoch - 1] = Stage.N1
    return Hypnogram(stages)


def errors(
    condition: Condition, recordings: int, first_seed: int
) -> dict[OnsetKind, NDArray[np.float64]]:
    """Return low, middle and high minus the true second, shape (n, 3), for each kind."""
    found: dict[OnsetKind, list[tuple[float, float, float]]] = {kind: [] for kind in KINDS}
    for seed in range(first_seed, first_seed + round(recordings * condition.share)):
        simulated = simulate_transition(seed, **condition.settings)  # type: ignore[arg-type]
        hypnogram = scored(simulated, condition.scorer)
        eeg = [simulated.eeg[place] for place in condition.eeg]
        eog = [simulated.eog[place] for place in condition.eog]
        for onset in sleep_onsets(hypnogram, eeg, eog):
            nearest = np.argmin(np.abs(simulated.onsets_s - onset.epoch * hypnogram.epoch_s))
            true_s = float(simulated.onsets_s[nearest])
            found[onset.kind].append(
                (onset.low_s - true_s, onset.onset_s - true_s, onset.high_s - true_s)
            )
    return {kind: np.array(rows).reshape(-1, 3) for kind, rows in found.items()}


def beyond(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how far each true second lies outside its interval, 0 inside."""
    outside: NDArray[np.float64] = np.maximum(np.maximum(rows[:, 0], -rows[:, 2]), 0)
    return outside


def measure(recordings: int) -> bool:
    """Print the accuracy in every condition; return whether the promises hold."""
    fine = True
    print("| condition | kind | onsets | median error | p90 | covered | width |")
    print("|---|---|---|---|---|---|---|")
    for condition in CONDITIONS:
        found = errors(condition, recordings, MEASURED_FROM)
        total = sum(len(rows) for rows in found.values())
        for kind, rows in found.items():
            if not len(rows):
                continue
            error = np.abs(rows[:, 1])
            middle, p90 = np.median(error), np.percentile(error, 90)
            covered, width = np.mean(beyond(rows) == 0), np.median(rows[:, 2] - rows[:, 0])
            print(
                f"| {condition.name} | {kind} | {len(rows)} of {total} | {middle:.1f} s | "
                f"{p90:.1f} s | {100 * covered:.0f} % | {width:.1f} s |",
                flush=True,
            )
            if condition.scorer == "right":
                fine &= covered >= 0.88
                fine &= not (kind == condition.kind == "alpha") or (
                    middle <= condition.promised_s and p90 <= 6.0
                )
    return fine


def calibrate(recordings: int) -> None:
    """Print what the two constants would be, each condition by itself."""
    print(f"in use: LAG_S {LAG_S}, WIDENING_S {WIDENING_S}")
    for condition in CONDITIONS:
        rows = errors(condition, recordings, CALIBRATED_FROM)[condition.kind]
        lag, wide = LAG_S[condition.kind], WIDENING_S[condition.kind]
        bare = rows + np.array([wide, 0.0, -wide])
        print(
            f"{condition.name:<34} n {len(rows):4d}  lag {np.median(rows[:, 1]) + lag:5.2f} s  "
            f"widening for 90 % {np.percentile(beyond(bare), 90):5.2f} s",
            flush=True,
        )


def main() -> int:
    """Parse the arguments and measure."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--recordings", type=int, default=60, help="of 30 minutes each")
    parser.add_argument("--calibrate", action="store_true")
    arguments = parser.parse_args()
    if arguments.calibrate:
        calibrate(arguments.recordings)
        return 0
    return 0 if measure(arguments.recordings) else 1


if __name__ == "__main__":
    sys.exit(main())
