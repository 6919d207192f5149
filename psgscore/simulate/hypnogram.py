"""The stages of a simulated night."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from psgscore.model.hypnogram import Hypnogram, Stage, Stages

EPOCH_S = 30.0
_CYCLE_EPOCHS = 184
_AWAKENINGS_PER_HOUR = 2.0


@dataclass(frozen=True, slots=True, eq=False)
class DrawnStages:
    """The stages and the time in bed they lie in."""

    hypnogram: Hypnogram
    lights_off_s: float
    lights_on_s: float


def draw_stages(rng: np.random.Generator, n_epochs: int) -> DrawnStages:
    """Draw a night: wake, cycles of about 92 min, wake.

    Deep sleep is early, REM sleep late; short awakenings in between. A short recording
    is a night with everything in proportion, so that every stage occurs.
    """
    before = max(min(int(rng.integers(20, 41)), round(0.15 * n_epochs)), 2)
    after = max(min(int(rng.integers(6, 15)), round(0.06 * n_epochs)), 2)
    asleep = n_epochs - before - after
    sleep = _with_awakenings(rng, _cycles(rng, asleep))
    stages = np.concatenate(
        [np.full(before, Stage.W, np.int8), sleep, np.full(after, Stage.W, np.int8)]
    )
    return DrawnStages(
        Hypnogram(stages, EPOCH_S),
        lights_off_s=max(before // 4, 1) * EPOCH_S,
        lights_on_s=(n_epochs - after // 2) * EPOCH_S,
    )


def _cycles(rng: np.random.Generator, n_epochs: int) -> Stages:
    n_cycles = max(round(n_epochs / _CYCLE_EPOCHS), 1)
    lengths = _shared_out(n_epochs, rng.uniform(0.9, 1.1, n_cycles))
    stages = []
    for cycle, length in enumerate(lengths):
        late = cycle / max(n_cycles - 1, 1)
        deep = max(0.42 * (1 - 1.7 * late), 0.0) * rng.uniform(0.85, 1.15)
        dream = (0.10 + 0.22 * late) * rng.uniform(0.85, 1.15)
        drowsy = 0.05
        light = 1 - deep - dream - drowsy
        order = [Stage.N1, Stage.N2, Stage.N3, Stage.N2, Stage.R]
        parts = _shared_out(length, [drowsy, 0.4 * light, deep, 0.6 * light, dream])
        stages.append(np.repeat(np.array(order, np.int8), parts))
    return np.concatenate(stages)


def _with_awakenings(rng: np.random.Generator, stages: Stages) -> Stages:
    """Put short awakenings in, each followed by N1; now and then a longer one."""
    broken = stages.copy()
    longest = max(round(0.03 * stages.size), 1)
    for _ in range(rng.poisson(_AWAKENINGS_PER_HOUR * stages.size * EPOCH_S / 3600)):
        first = int(rng.integers(2, stages.size - 2))
        wanted = int(rng.integers(8, 20)) if rng.random() < 0.1 else int(rng.integers(1, 4))
        last = first + min(wanted, longest)
        broken[first:last] = Stage.W
        broken[last : last + int(rng.integers(1, 3))] = Stage.N1
    return broken


def _shared_out(total: int, weights: np.typing.ArrayLike) -> list[int]:
    """Split `total` into whole numbers in proportion to `weights`."""
    shares = np.cumsum(np.asarray(weights, np.float64))
    edges = np.round(shares / shares[-1] * total).astype(np.int64)
    return [int(part) for part in np.diff(edges, prepend=0)]
