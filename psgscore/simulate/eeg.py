"""EEG by stage: a spectrum for each, and the waves a scorer looks for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from psgscore.model._arrays import Floats, Ints, Samples
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
from psgscore.simulate.plan import NightPlan

RATE_HZ = 256.0
_AROUSED = 5


@dataclass(frozen=True, slots=True)
class Place:
    """How strongly an electrode shows alpha, slow waves and spindles."""

    alpha: float
    slow: float
    spindle: float
    all: float = 1.0


PLACES = {
    "F3-M2": Place(0.4, 1.15, 0.8),
    "C3-M2": Place(0.7, 1.0, 1.0),
    "C4-M1": Place(0.7, 1.0, 1.0),
    "O1-M2": Place(1.4, 0.7, 0.4),
    "E1-M2": Place(0.3, 0.9, 0.3, 0.45),
    "E2-M2": Place(0.3, 0.9, 0.3, 0.45),
}

# Rhythms of a state: (what, centre Hz, width Hz, RMS uV). "rest" is the 1/f background.
_RHYTHMS: dict[int, tuple[tuple[str, float, float, float], ...]] = {
    Stage.W: (("rest", 0, 0, 8), ("alpha", 10, 0.6, 14), ("beta", 20, 5, 4)),
    Stage.N1: (("rest", 0, 0, 9), ("theta", 5.5, 1, 8), ("alpha", 9.5, 0.8, 2.5),
               ("beta", 20, 5, 2)),
    Stage.N2: (("rest", 0, 0, 10), ("slow", 1.5, 0.6, 11), ("theta", 5, 1.2, 6),
               ("spindle", 13, 0.8, 2), ("beta", 20, 5, 1.2)),
    Stage.N3: (("rest", 0, 0, 10), ("slow", 1.0, 0.4, 38), ("theta", 5, 1.2, 6),
               ("spindle", 12.5, 0.8, 2), ("beta", 20, 5, 0.8)),
    Stage.R: (("rest", 0, 0, 8), ("theta", 6, 1.2, 7), ("alpha", 9, 0.8, 2),
              ("beta", 20, 5, 2.5)),
    _AROUSED: (("rest", 0, 0, 10), ("theta", 5.5, 1, 6), ("alpha", 9.5, 0.9, 13),
               ("beta", 22, 5, 8)),
}  # fmt: skip


def render_eeg(night: NightPlan, label: str) -> Signal:
    """Render one EEG derivation in uV."""
    return Signal(label, brain_activity(night, label), RATE_HZ, "uV")


def brain_activity(night: NightPlan, label: str) -> Samples:
    """Return the EEG at a place of `PLACES`, also what reaches the eye electrodes."""
    place = PLACES[label]
    n_samples = round(night.duration_s * RATE_HZ)
    density = np.stack([_density(state, place) for state in sorted(_RHYTHMS)])
    sources = (stream(night.seed, "eeg"), stream(night.seed, "eeg", label))
    states = _states(night, block_times_s(n_samples, RATE_HZ))
    samples = shaped_noise(sources, RATE_HZ, n_samples, density, states)
    _add_spindles(samples, night, place)
    _add_k_complexes(samples, night, place)
    _add_sawteeth(samples, night, place)
    _add_episodes(samples, night, label)
    return samples


def _states(night: NightPlan, times_s: Floats) -> Ints:
    states: Ints = night.stages_at(times_s).astype(np.int64)
    for arousal in night.events.of_kind("arousal"):
        states[(times_s >= arousal.start_s) & (times_s < arousal.stop_s)] = _AROUSED
    return states


def _density(state: int, place: Place) -> Floats:
    """Return power per Hz of one state at one place, uV^2/Hz."""
    frequency = frequencies_hz(RATE_HZ)
    step_hz = frequency[1]
    gains = {"alpha": place.alpha, "slow": place.slow, "spindle": place.spindle}
    total = np.zeros_like(frequency)
    for what, centre_hz, width_hz, rms_uv in _RHYTHMS[state]:
        if what == "rest":
            shape = np.where(frequency >= 0.5, 1 / np.maximum(frequency, 0.5) ** 1.8, 0.0)
        else:
            shape = np.exp(-0.5 * ((frequency - centre_hz) / width_hz) ** 2)
        shape *= (frequency >= 0.5) & (frequency <= 90)
        rms = rms_uv * gains.get(what, 1.0) * place.all
        total += rms**2 * shape / (shape.sum() * step_hz)
    return total


def _add_spindles(samples: Samples, night: NightPlan, place: Place) -> None:
    """Add spindles: 12.5 to 14.5 Hz, 0.6 to 1.6 s."""
    rng = stream(night.seed, "spindles")
    times = np.concatenate(
        [
            scattered_times(rng, night.hypnogram.spans(Stage.N2), 300),
            scattered_times(rng, night.hypnogram.spans(Stage.N3), 80),
        ]
    )
    height = rng.lognormal(np.log(26), 0.25, times.size)[:, None] * place.spindle * place.all
    turns = 2 * np.pi * rng.uniform(12.5, 14.5, times.size)[:, None]
    width = rng.uniform(0.6, 1.6, times.size)[:, None] / 4

    def spindle(t_s: Floats, rows: slice) -> Floats:
        wave: Floats = np.sin(turns[rows] * t_s) * np.exp(-0.5 * (t_s / width[rows]) ** 2)
        return height[rows] * wave

    add_shapes(samples, RATE_HZ, times, 1.2, spindle)


def _add_k_complexes(samples: Samples, night: NightPlan, place: Place) -> None:
    """Add K-complexes in N2, sharp negative then slow positive, and vertex waves in N1."""
    rng = stream(night.seed, "k-complexes")
    in_n2 = scattered_times(rng, night.hypnogram.spans(Stage.N2), 90)
    in_n1 = scattered_times(rng, night.hypnogram.spans(Stage.N1), 60)
    height = rng.uniform(80, 150, in_n2.size)[:, None] * place.slow * place.all
    vertex = rng.uniform(40, 80, in_n1.size)[:, None] * place.slow * place.all

    def k_complex(t_s: Floats, rows: slice) -> Floats:
        return height[rows] * _k_shape(t_s)

    def vertex_wave(t_s: Floats, rows: slice) -> Floats:
        sharp: Floats = -np.exp(-0.5 * (t_s / 0.05) ** 2)
        return vertex[rows] * sharp

    add_shapes(samples, RATE_HZ, in_n2, 1.0, k_complex)
    add_shapes(samples, RATE_HZ, in_n1, 0.3, vertex_wave)


def _k_shape(t_s: Floats) -> Floats:
    sharp = np.exp(-0.5 * (t_s / 0.09) ** 2)
    slow = np.exp(-0.5 * ((t_s - 0.38) / 0.16) ** 2)
    shape: Floats = 0.6 * slow - sharp
    return shape


def _add_sawteeth(samples: Samples, night: NightPlan, place: Place) -> None:
    """Add trains of saw-tooth waves, 3 to 4 Hz, in R."""
    rng = stream(night.seed, "sawteeth")
    times = scattered_times(rng, night.hypnogram.spans(Stage.R), 30)
    turns_hz = rng.uniform(2.5, 4.0, times.size)[:, None]
    height = 22 * place.slow * place.all

    def train(t_s: Floats, rows: slice) -> Floats:
        turn = (t_s * turns_hz[rows]) % 1.0
        # Rises over seven tenths of a turn, falls over the rest.
        tooth = np.where(turn < 0.7, turn / 0.7, (1 - turn) / 0.3) - 0.5
        wave: Floats = 2 * tooth * np.exp(-0.5 * (t_s / 0.8) ** 4)
        return height * wave

    add_shapes(samples, RATE_HZ, times, 1.6, train)


def _add_episodes(samples: Samples, night: NightPlan, label: str) -> None:
    """Add what the episodes of the night show in the EEG: waves, rhythms, artefacts."""
    rng, place = stream(night.seed, "episodes", label), PLACES[label]
    episodes = night.episodes or ()
    waves_s = [time_s for one in episodes for time_s in one.waves_s]
    height = 120 * place.slow * place.all
    add_shapes(samples, RATE_HZ, waves_s, 1.0, lambda t_s, _: height * _k_shape(t_s))
    for one in episodes:
        first, last = (int(time_s * RATE_HZ) for time_s in (one.start_s, one.stop_s))
        t_s = np.arange(max(last - first, 0)) / RATE_HZ
        if one.rhythm is not None:
            rate_hz, height_uv = one.rhythm
            spikes = np.cos(2 * np.pi * rate_hz * t_s) ** 9
            samples[first:last] += (place.all * height_uv * spikes).astype(np.float32)
        if one.artefact_uv:
            noise = np.cumsum(rng.standard_normal(t_s.size)) * 0.3 + rng.standard_normal(t_s.size)
            noise -= np.linspace(noise[0], noise[-1], noise.size)
            noise *= one.artefact_uv / max(float(np.std(noise)), 1e-9)
            samples[first:last] += (np.hanning(t_s.size) ** 0.2 * noise).astype(np.float32)
