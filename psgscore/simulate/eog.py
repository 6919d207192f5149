"""EOG: what the brain adds, and the eyes: slow, rapid, blinking."""

from __future__ import annotations

import numpy as np

from psgscore.model._arrays import Floats, Samples
from psgscore.model.hypnogram import Stage
from psgscore.model.signal import Signal
from psgscore.simulate.eeg import RATE_HZ, brain_activity
from psgscore.simulate.movements import scattered_times
from psgscore.simulate.noise import add_shapes, stream
from psgscore.simulate.plan import NightPlan

_LOOKS = {"E1-M2": 1.0, "E2-M2": -1.0}


def render_eog(night: NightPlan, label: str) -> Signal:
    """Render one EOG derivation in uV; the two deflect in opposite directions."""
    samples = brain_activity(night, label)
    direction = _LOOKS[label]
    _add_slow(samples, night, direction)
    _add_rapid(samples, night, direction)
    _add_blinks(samples, night, direction)
    return Signal(label, samples, RATE_HZ, "uV")


def _add_slow(samples: Samples, night: NightPlan, direction: float) -> None:
    """Add slow rolling of the eyes in N1."""
    rng = stream(night.seed, "slow eyes")
    times = scattered_times(rng, night.hypnogram.spans(Stage.N1), 500)
    height = direction * rng.uniform(40, 100, times.size)[:, None]
    turns = 2 * np.pi * rng.uniform(0.2, 0.4, times.size)[:, None]

    def roll(t_s: Floats, rows: slice) -> Floats:
        wave: Floats = np.sin(turns[rows] * t_s) * np.cos(np.pi * t_s / 7) ** 2
        return height[rows] * wave * (np.abs(t_s) < 3.5)

    add_shapes(samples, RATE_HZ, times, 3.5, roll)


def _add_rapid(samples: Samples, night: NightPlan, direction: float) -> None:
    """Add rapid eye movements: clusters in R."""
    rng = stream(night.seed, "rapid eyes")
    clusters = scattered_times(rng, night.hypnogram.spans(Stage.R), 110)
    sizes = rng.integers(1, 7, clusters.size)
    times = np.repeat(clusters, sizes) + rng.uniform(0, 4.0, int(sizes.sum()))
    signs = rng.choice([-1.0, 1.0], times.size)
    height = (direction * signs * rng.uniform(50, 160, times.size))[:, None]

    def saccade(t_s: Floats, rows: slice) -> Floats:
        jump = 1 / (1 + np.exp(-np.clip(t_s / 0.012, -40, 40)))
        back = np.exp(-np.maximum(t_s, 0) / 0.3)
        return height[rows] * (jump * back)

    add_shapes(samples, RATE_HZ, times, 1.8, saccade)


def _add_blinks(samples: Samples, night: NightPlan, direction: float) -> None:
    """Add blinks in wake: often before lights off, seldom after."""
    rng = stream(night.seed, "blinks")
    lights_off = float(night.events.of_kind("lights_off").start_s[0])
    awake = night.hypnogram.spans(Stage.W)
    times = scattered_times(rng, awake, 900)
    seldom = rng.random(times.size) < 0.15
    times = times[(times < lights_off) | seldom]
    height = -direction * rng.uniform(60, 140, times.size)[:, None]

    def blink(t_s: Floats, rows: slice) -> Floats:
        lid: Floats = np.exp(-0.5 * (t_s / 0.07) ** 2)
        return height[rows] * lid

    add_shapes(samples, RATE_HZ, times, 0.4, blink)
