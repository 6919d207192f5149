"""What electrodes, amplifiers and the heart add to a leg EMG."""

from __future__ import annotations

import numpy as np

from psgscore.model._arrays import Floats, Samples
from psgscore.simulate.noise import add_shapes
from psgscore.simulate.settings import LegSettings, Span

_POP_DECAY_S = 0.005
_POP_REACH_S = 0.06
_OVERDRIVE = 400.0
# Deflections of the QRS complex: seconds from the R peak, width, height.
QRS = ((-0.028, 0.009, -0.12), (0.0, 0.010, 1.0), (0.030, 0.010, -0.22))


def qrs(t_s: Floats) -> Floats:
    """Return a QRS complex of height 1, some 80 ms wide."""
    return deflections(t_s, QRS)


def deflections(t_s: Floats, waves: tuple[tuple[float, float, float], ...]) -> Floats:
    """Return the sum of Gaussian waves given as (time, width, height)."""
    total = np.zeros_like(t_s)
    for at_s, width_s, height in waves:
        total += height * np.exp(-0.5 * ((t_s - at_s) / width_s) ** 2)
    return total


def add_artefacts(samples: Samples, leg: LegSettings, beats_s: Floats) -> None:
    """Add to the EMG of a leg, in place, what the settings ask for."""
    if leg.ecg_spike_uv:
        add_shapes(samples, leg.rate_hz, beats_s, 0.08, lambda t, _: leg.ecg_spike_uv * qrs(t))
    if leg.mains_uv and leg.mains_hz < leg.rate_hz / 2:
        _add_hum(samples, leg)
    if leg.pops:
        signs = np.where(np.arange(len(leg.pops)) % 2, -1.0, 1.0)[:, None] * leg.pop_uv

        def pop(t_s: Floats, rows: slice) -> Floats:
            since = np.maximum(t_s, 0)
            heights: Floats = signs[rows] * np.exp(-since / _POP_DECAY_S) * (t_s >= 0)
            return heights

        add_shapes(samples, leg.rate_hz, leg.pops, _POP_REACH_S, pop)
    for span in leg.clipped:
        part = samples[_slice(span, leg.rate_hz)]
        np.clip(part * np.float32(_OVERDRIVE), -leg.clip_uv, leg.clip_uv, out=part)
    for span in leg.flat:
        samples[_slice(span, leg.rate_hz)] = 0.0


def _add_hum(samples: Samples, leg: LegSettings) -> None:
    """Add the mains in stretches, so that no night of float64 is ever held."""
    stretch = 1 << 20
    for first in range(0, samples.size, stretch):
        part = samples[first : first + stretch]
        turns = (first + np.arange(part.size)) * (leg.mains_hz / leg.rate_hz)
        part += (leg.mains_uv * np.sin(2 * np.pi * (turns % 1.0))).astype(np.float32)


def _slice(span: Span, rate_hz: float) -> slice:
    first, last = np.ceil(np.array(span) * rate_hz - 1e-6).astype(np.int64)
    return slice(int(first), int(last))
