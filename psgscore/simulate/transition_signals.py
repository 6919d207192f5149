"""How falling asleep looks in EEG and EOG, once it is known what happens."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from psgscore.model._arrays import Floats, Ints, Samples, Spans
from psgscore.model.hypnogram import Stage
from psgscore.model.signal import Signal
from psgscore.simulate.movements import scattered_times
from psgscore.simulate.noise import (
    add_shapes,
    block_times_s,
    frequencies_hz,
    shaped_noise,
    stream,
)

DROWSY_S = 40.0
"""Before sleep, while alpha comes in shorter bursts."""

# How strongly each electrode shows alpha and slow activity, and everything.
_EEG = {"O1-M2": (1.0, 0.7, 1.0), "O2-M1": (0.9, 0.7, 1.0), "C4-M1": (0.5, 1.0, 1.0)}
_EOG = {"E1-M2": (0.2, 0.8, 0.5), "E2-M2": (0.2, 0.8, 0.5)}
_LOOKS = {"E1-M2": 1.0, "E2-M2": -1.0}

# Background by state, RMS in uV: 1/f activity, slow waves, beta and muscle.
_BACKGROUND = {Stage.W: (8.0, 0.0, 4.5), Stage.N1: (9.0, 2.0, 2.5), Stage.N2: (9.0, 12.0, 1.5)}


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class TransitionPlan:
    """What happens, before any signal exists; independent of the sampling rate.

    Parameters
    ----------
    seed : int
    rate_hz, duration_s : float
        Of all signals.
    wake, eyes_open, n1, n2 : ndarray, shape (n, 2)
        Spans in seconds. N1 begins at the true onsets; `eyes_open` lies in `wake`.
    alpha : ndarray, shape (n, 4)
        Bursts: start, stop, gain, and the length of their flanks.
    alpha_uv, alpha_hz : float
        RMS of a full burst at O1, and its frequency.
    """

    seed: int
    rate_hz: float
    duration_s: float
    wake: Spans
    eyes_open: Spans
    n1: Spans
    n2: Spans
    alpha: Floats
    alpha_uv: float
    alpha_hz: float

    @property
    def n_samples(self) -> int:
        """Length of every signal."""
        return round(self.duration_s * self.rate_hz)


def render(plan: TransitionPlan) -> tuple[tuple[Signal, ...], tuple[Signal, ...]]:
    """Render the EEG and the EOG derivations in uV."""
    times = np.arange(plan.n_samples) / plan.rate_hz
    courses = _alpha_course(plan, times), _theta_course(plan, times)
    return (
        tuple(_eeg(plan, label, courses) for label in _EEG),
        tuple(_eog(plan, label, courses) for label in _EOG),
    )


def _eeg(plan: TransitionPlan, label: str, courses: tuple[Samples, Samples]) -> Signal:
    samples = _activity(plan, label, _EEG[label], courses)
    _, slow, _ = _EEG[label]
    rng = stream(plan.seed, "waves")
    _add_waves(samples, plan.rate_hz, rng, (plan.n1, plan.n2), slow)
    return Signal(label, samples, plan.rate_hz, "uV")


def _eog(plan: TransitionPlan, label: str, courses: tuple[Samples, Samples]) -> Signal:
    """Render one EOG: slow rolling about each onset, blinks and glances while awake."""
    samples = _activity(plan, label, _EOG[label], courses)
    rng = stream(plan.seed, "eyes")
    lead = rng.uniform(5, 45, len(plan.n1))
    rolling = np.column_stack([np.maximum(plan.n1[:, 0] - lead, plan.wake[:, 0]), plan.n1[:, 1]])
    rolls = scattered_times(rng, rolling, 700)
    height = _LOOKS[label] * rng.uniform(30, 100, rolls.size)[:, None]
    turns = 2 * np.pi * rng.uniform(0.2, 0.45, rolls.size)[:, None]
    alert = np.column_stack([plan.wake[:, 0], rolling[:, 0]])
    looks = np.concatenate(
        [scattered_times(rng, alert, 400), scattered_times(rng, plan.eyes_open, 900)]
    )
    jump = _LOOKS[label] * (rng.uniform(25, 120, looks.size) * rng.choice([-1, 1], looks.size))

    def roll(t_s: Floats, rows: slice) -> Floats:
        wave = np.sin(turns[rows] * t_s) * np.cos(np.pi * t_s / 7) ** 2
        return np.asarray(height[rows] * wave * (np.abs(t_s) < 3.5), np.float64)

    def glance(t_s: Floats, rows: slice) -> Floats:
        moved = np.exp(-np.maximum(t_s, 0) / 0.3) / (1 + np.exp(-np.clip(t_s / 0.012, -40, 40)))
        return np.asarray(jump[rows, None] * moved, np.float64)

    add_shapes(samples, plan.rate_hz, rolls, 3.5, roll)
    add_shapes(samples, plan.rate_hz, looks, 1.8, glance)
    return Signal(label, samples, plan.rate_hz, "uV")


def _activity(
    plan: TransitionPlan,
    label: str,
    place: tuple[float, float, float],
    courses: tuple[Samples, Samples],
) -> Samples:
    """Return what the brain and the muscles add at one place, half of it its own."""
    alpha, slow, everything = place
    alpha_course, theta_course = courses
    rate_hz, n_samples = plan.rate_hz, plan.n_samples

    def noise(name: str, density: Floats, states: Ints | None = None) -> Samples:
        sources = (stream(plan.seed, name), stream(plan.seed, name, label))
        return shaped_noise(sources, rate_hz, n_samples, density, states)

    density = np.stack([_background(rate_hz, stage, slow) for stage in _BACKGROUND])
    samples = noise("background", density, _states(plan))
    hum = noise("alpha", _peak(rate_hz, plan.alpha_hz, 0.45)[None])
    samples += hum * np.float32(alpha * plan.alpha_uv) * alpha_course
    theta_uv = stream(plan.seed, "theta size").uniform(4.0, 8.5)
    rolling = noise("theta", _peak(rate_hz, 5.6, 1.0)[None])
    samples += rolling * np.float32(slow * theta_uv) * theta_course
    _add_movements(samples, plan, label)
    samples *= np.float32(everything)
    return samples


def _states(plan: TransitionPlan) -> Ints:
    """Return the background of each block: it changes about each onset, not at it."""
    times = block_times_s(plan.n_samples, plan.rate_hz)
    early = stream(plan.seed, "background").uniform(-10, 10, len(plan.n1))
    drowsy = np.column_stack([plan.n1[:, 0] - early, plan.n1[:, 1]])
    states = np.zeros(times.size, np.int64)
    for row, spans in enumerate((drowsy, plan.n2), start=1):
        states[_inside(times, spans)] = row
    return states


def _inside(times: Floats, spans: Spans) -> Ints:
    place = np.searchsorted(spans[:, 0], times, side="right") - 1
    return np.flatnonzero((place >= 0) & (times < spans[np.maximum(place, 0), 1]))


def _peak(rate_hz: float, centre_hz: float, width_hz: float) -> Floats:
    """Return the density of noise of unit RMS around a frequency."""
    frequency = frequencies_hz(rate_hz)
    shape = np.exp(-0.5 * ((frequency - centre_hz) / width_hz) ** 2)
    return np.asarray(shape / (shape.sum() * frequency[1]), np.float64)


def _background(rate_hz: float, stage: Stage, slow: float) -> Floats:
    frequency = frequencies_hz(rate_hz)
    rest_uv, slow_uv, beta_uv = _BACKGROUND[stage]
    rest = np.where(frequency >= 0.5, 1 / np.maximum(frequency, 0.5) ** 1.8, 0.0)
    density: Floats = rest_uv**2 * rest / (rest.sum() * frequency[1])
    density += (slow * slow_uv) ** 2 * _peak(rate_hz, 1.3, 0.5)
    return density + beta_uv**2 * _peak(rate_hz, 21.0, 6.0)


def _alpha_course(plan: TransitionPlan, times: Floats) -> Samples:
    """Return the gain of alpha: bursts with linear flanks centred on their edges."""
    start, stop, gain, ramp = plan.alpha.T
    ramp = np.minimum(ramp, (stop - start) / 2)
    at = np.column_stack([start - ramp / 2, start + ramp / 2, stop - ramp / 2, stop + ramp / 2])
    height = np.column_stack([0 * gain, gain, gain, 0 * gain])
    course = np.interp(times, np.maximum.accumulate(at.ravel()), height.ravel())
    return np.asarray(course, np.float32)


def _theta_course(plan: TransitionPlan, times: Floats) -> Samples:
    """Return the gain of theta: up within seconds of each onset, down on waking."""
    rng = stream(plan.seed, "theta")
    awake = float(rng.uniform(0.35, 0.6))
    onset, woken = plan.n1[:, 0], plan.n2[:, 1]
    at = np.column_stack([onset, onset + rng.uniform(1, 10, onset.size), woken, woken + 0.01])
    course = np.interp(times, at.ravel(), np.tile([awake, 1.0, 1.0, awake], onset.size))
    # It waxes and wanes, in sleep too.
    knots = np.arange(0, plan.duration_s + 3.0, 3.0)
    course *= np.interp(times, knots, rng.uniform(0.6, 1.2, knots.size))
    drowsy = np.column_stack([np.maximum(onset - DROWSY_S, plan.wake[:, 0]), onset])
    trains = np.concatenate(
        [scattered_times(rng, plan.wake, 40), scattered_times(rng, drowsy, 120)]
    )
    for time in trains:
        # A short train while still awake.
        near = slice(*np.searchsorted(times, [time - 2, time + 2]))
        train = np.exp(-0.5 * ((times[near] - time) / 0.5) ** 2)
        course[near] = np.maximum(course[near], train)
    return np.asarray(course, np.float32)


def _add_movements(samples: Samples, plan: TransitionPlan, label: str) -> None:
    """Add a movement to the beginning of most awakenings."""
    rng = stream(plan.seed, "moving")
    own = stream(plan.seed, "moving", label)
    for start_s in plan.wake[1:, 0]:
        moves, length_s, height_uv = rng.random() < 0.6, rng.uniform(1, 4), rng.uniform(30, 120)
        first = round(start_s * plan.rate_hz)
        size = min(round(length_s * plan.rate_hz), samples.size - first)
        burst = own.standard_normal(size) * np.hanning(size) * height_uv
        if moves:
            samples[first : first + size] += burst.astype(np.float32)


def _add_waves(
    samples: Samples,
    rate_hz: float,
    rng: np.random.Generator,
    where: tuple[Spans, Spans],
    slow: float,
) -> None:
    """Add vertex waves in N1 and N2, and spindles in N2."""
    n1, n2 = where
    vertex = np.concatenate([scattered_times(rng, n1, 150), scattered_times(rng, n2, 80)])
    height = rng.uniform(40, 110, vertex.size)[:, None] * slow
    spindles = scattered_times(rng, n2, 250)
    turns = 2 * np.pi * rng.uniform(12.0, 14.5, spindles.size)[:, None]

    def sharp(t_s: Floats, rows: slice) -> Floats:
        wave = 0.4 * np.exp(-0.5 * ((t_s - 0.3) / 0.13) ** 2) - np.exp(-0.5 * (t_s / 0.06) ** 2)
        return np.asarray(height[rows] * wave, np.float64)

    def spindle(t_s: Floats, rows: slice) -> Floats:
        return np.asarray(18 * slow * np.sin(turns[rows] * t_s) * np.exp(-8 * t_s**2), np.float64)

    add_shapes(samples, rate_hz, vertex, 0.8, sharp)
    add_shapes(samples, rate_hz, spindles, 0.9, spindle)
