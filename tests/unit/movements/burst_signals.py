"""Simulated EMG with short bursts of known edges."""

from __future__ import annotations

import numpy as np

from psgscore.detect.emg import prepare_emg
from psgscore.model.signal import Signal
from psgscore.simulate.artefacts import qrs
from psgscore.simulate.emg import add_burst
from psgscore.simulate.noise import add_shapes, band, shaped_noise, stream


def resting_emg(seconds, *, rate_hz=256.0, resting_uv=2.0, seed=1):
    """Return band-limited resting EMG in uV."""
    density = band(rate_hz, 10.0, 100.0)[None]
    rng = stream(seed, "resting")
    return shaped_noise((rng,), rate_hz, round(seconds * rate_hz), density) * np.float32(resting_uv)


def noise_burst(samples, rate_hz, start_s, strength):
    """Add EMG whose strength over time is `strength(seconds from start_s)`, in uV RMS."""
    rng = stream(round(start_s * 1000), "burst")
    reach = 2.0
    first = round((start_s - reach) * rate_hz)
    density = band(rate_hz, 12.0, 98.0)[None]
    noise = shaped_noise((rng,), rate_hz, round(2 * reach * rate_hz), density)
    times = (first + np.arange(noise.size)) / rate_hz - start_s
    samples[first : first + noise.size] += noise * strength(times).astype(np.float32)


def rectangle(duration_s, rms_uv):
    """Return a constant strength from 0 to `duration_s`."""
    return lambda t: rms_uv * ((t >= 0) & (t < duration_s))


def bell(width_s, rms_uv):
    """Return a bell-shaped strength, half as high at 0 and at `width_s`."""
    sigma = width_s / np.sqrt(8 * np.log(2))
    return lambda t: rms_uv * np.exp(-0.5 * ((t - width_s / 2) / sigma) ** 2)


def heart_beats(samples, rate_hz, peak_uv, *, period_s=0.83):
    """Add the spikes of a heart that beats through the recording."""
    times = np.arange(0.4, samples.size / rate_hz - 0.4, period_s)
    add_shapes(samples, rate_hz, times, 0.08, lambda t, _: peak_uv * qrs(t))


def prepared(samples, rate_hz=256.0, *, label="Left Leg", role="leg:left", start_s=0.0):
    """Prepare samples in uV."""
    return prepare_emg(Signal(label, samples, rate_hz, "uV", start_s), role=role)


def motor_bursts(samples, rate_hz, spans, rms_uv, *, seed=1):
    """Add bursts of motor units."""
    rng = stream(seed, "motor bursts")
    levels = np.broadcast_to(np.asarray(rms_uv, float), len(spans))
    for span, level in zip(spans, levels, strict=True):
        add_burst(samples, rate_hz, tuple(span), float(level), rng)
