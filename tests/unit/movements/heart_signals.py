"""ECG with known beats, and how well beats were found."""

from __future__ import annotations

import numpy as np

from psgscore.model.signal import Signal
from psgscore.simulate.artefacts import QRS, deflections
from psgscore.simulate.noise import add_shapes

P_WAVE, T_WAVE = (-0.16, 0.022, 0.12), (0.24, 0.045, 0.28)


def beats_at(bpm, seconds, *, spread=0.02, seed=0):
    """Return the times of a heart that beats about so often a minute."""
    rng = np.random.default_rng(seed)
    intervals = 60.0 / bpm * np.exp(spread * rng.standard_normal(int(seconds * bpm / 60 * 1.3)))
    times = 0.5 + np.cumsum(intervals)
    return times[times < seconds - 0.5]


def draw_beats(samples, rate_hz, times_s, *, r_uv=1000.0, waves=(P_WAVE, *QRS, T_WAVE)):
    """Add beats to a signal, in place."""
    add_shapes(samples, rate_hz, times_s, 0.5, lambda t_s, _: r_uv * deflections(t_s, waves))


def ecg_of(times_s, seconds, rate_hz=256.0, *, noise_uv=20.0, seed=1, **shape):
    """Return an ECG in uV with beats at those times."""
    rng = np.random.default_rng(seed)
    samples = rng.normal(0, noise_uv, round(seconds * rate_hz)).astype(np.float32)
    draw_beats(samples, rate_hz, times_s, **shape)
    return samples


def signal_of(samples, rate_hz=256.0, unit="uV", **more):
    """Return samples as an ECG."""
    return Signal("ECG", np.asarray(samples, np.float32), rate_hz, unit, **more)


def agreement(found, truth_s, within_s=0.05):
    """Return sensitivity, positive predictive value, and the errors of beats found, in s.

    Only what lies in readable stretches, half a second from their ends, is compared.
    """
    inner = found.readable + np.array([0.5, -0.5])
    truth, times = (_inside(one, inner) for one in (truth_s, found.times_s))
    after = np.clip(np.searchsorted(truth, times), 1, len(truth) - 1)
    late, early = times - truth[after - 1], times - truth[after]
    error = np.where(np.abs(late) < np.abs(early), late, early)
    hit = np.abs(error) <= within_s
    return hit.sum() / len(truth), hit.mean(), error[hit]


def _inside(times, spans):
    row = np.searchsorted(spans[:, 0], times, side="right") - 1
    return times[(row >= 0) & (times < spans[np.maximum(row, 0), 1])]
