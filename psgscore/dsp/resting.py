"""The resting level of an EMG: a low percentile of its envelope, followed through the night."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from psgscore.dsp.envelope import Envelope
from psgscore.dsp.median import medians_at
from psgscore.model._arrays import Bools, Floats, Ints, Samples

STEP_S = 6.0
LOCAL_S = 15.0
_SAMPLE_S = 0.3
_MIN_SHARE = 0.2
_LONGEST_MASKED_S = 15.0
_MASK_MARGIN_S = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Thinned:
    """An envelope every 0.3 s, spikes taken out by a running median: `every` steps apart."""

    envelope: Envelope
    values: Samples
    every: int

    @classmethod
    def of(cls, envelope: Envelope, median_s: float) -> Thinned:
        """Take the values from an envelope."""
        every = envelope.steps(_SAMPLE_S)
        values = medians_at(envelope.values, envelope.odd_steps(median_s), every)
        return cls(envelope, values, every)


def moving_at(envelope: Envelope, bursts: Ints) -> Bools:
    """Say which values of an envelope are movement, and so nothing of its resting level.

    Parameters
    ----------
    envelope : Envelope
        Of one uninterrupted stretch.
    bursts : ndarray of int, shape (n, 2)
        Movements on its grid, half-open. What lasts longer than 15 s is left out: that is
        a change of the resting level, not a movement.
    """
    short = bursts[bursts[:, 1] - bursts[:, 0] <= envelope.steps(_LONGEST_MASKED_S)]
    margin = envelope.steps(_MASK_MARGIN_S)
    moving = np.zeros(envelope.values.size, dtype=np.bool_)
    for first, last in short:
        moving[max(first - margin, 0) : last + margin] = True
    return moving


def resting_level(
    thinned: Thinned, window_s: float, percentile: float, moving: Bools | None = None
) -> Samples:
    """Return the resting level at every value of the envelope.

    Around each moment three windows are looked at: one before it, one around it, one
    after it. The one whose level is nearest to that of the closest seconds is taken,
    so that a step of the resting tone stays a step instead of smearing over a window.

    Parameters
    ----------
    thinned : Thinned
        Of one uninterrupted stretch.
    window_s : float
        Length of a window.
    percentile : float
        Which percentile of the envelope counts as rest.
    moving : ndarray of bool, optional
        Values of the envelope that are movement and are left out.

    Returns
    -------
    ndarray of float32, shape of ``thinned.envelope.values``
    """
    envelope, values, every = thinned.envelope, thinned.values, thinned.every
    if moving is not None and not moving[::every].all():
        values = np.where(moving[::every], np.float32(np.inf), values)
    spacing = every * envelope.step_s
    stride = max(round(STEP_S / spacing), 1)
    window = min(max(round(window_s / spacing), 1), values.size)
    centres: Ints = np.arange(0, values.size, stride, dtype=np.int64)
    local = min(max(round(LOCAL_S / spacing), 1), values.size)
    near = _percentiles(values, centres - local // 2, local, percentile)
    # Half a window in whole strides: the three windows of one moment are windows of others.
    half = window // 2 // stride * stride
    starts = np.concatenate([centres - 2 * half, centres - half, centres])
    candidates = _percentiles(values, starts, window, percentile).reshape(3, -1)
    whole = np.percentile(values[np.isfinite(values)], percentile)
    levels = _nearest(candidates, near, float(whole)).astype(np.float32)
    return _between(levels, stride * every)[: envelope.values.size]


def _between(levels: Samples, step: int) -> Samples:
    """Draw straight lines through levels `step` values apart, the last one held."""
    rise = np.diff(levels, append=levels[-1:])[:, np.newaxis]
    ramp = np.arange(step, dtype=np.float32) / np.float32(step)
    lines: Samples = (levels[:, np.newaxis] + rise * ramp).ravel()
    return lines


def _percentiles(values: Samples, starts: Ints, size: int, percentile: float) -> Floats:
    """Return the percentile of each window of `size` values; NaN where too few are known.

    Windows are moved inwards at the ends. Left-out values are infinite and sort last.
    """
    inside = np.clip(starts, 0, values.size - size)
    unique, inverse = np.unique(inside, return_inverse=True)
    windows = np.lib.stride_tricks.sliding_window_view(values, size)[unique]
    windows.sort(axis=1)
    count = np.concatenate([[0], np.cumsum(np.isfinite(values))])
    known = count[unique + size] - count[unique]
    index = np.floor(percentile / 100.0 * np.maximum(known - 1, 0)).astype(np.int64)
    found = windows[np.arange(len(windows)), index].astype(np.float64)
    found[known < _MIN_SHARE * size] = np.nan
    result: Floats = found[inverse]
    return result


def _nearest(candidates: Floats, near: Floats, whole: float) -> Floats:
    """Pick per column the candidate nearest to `near`; the middle one where that is unknown."""
    distance = np.abs(candidates - near)
    distance[np.isnan(distance)] = np.inf
    choice = np.where(np.isfinite(distance).any(axis=0), distance.argmin(axis=0), 1)
    picked = candidates[choice, np.arange(candidates.shape[1])]
    result: Floats = np.where(np.isnan(picked), whole, picked)
    return result
