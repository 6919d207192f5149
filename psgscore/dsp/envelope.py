"""The amplitude of an EMG as a short running RMS, free of spikes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from psgscore.dsp.parts import in_parts
from psgscore.model._arrays import Bools, Samples

GRID_S = 0.02
"""The envelope is kept about every 20 ms; a step is always a whole number of samples."""

_BLOCKS_AT_ONCE = 8192


@dataclass(frozen=True, slots=True, eq=False)
class Envelope:
    """An amplitude on a coarser grid than the signal it was taken from.

    Parameters
    ----------
    values : ndarray of float32, shape (n,)
        In the unit of the signal.
    step : int
        Samples between two values.
    rate_hz : float
        Sampling rate of the signal, not of the envelope.

    Value ``i`` stands for the samples ``[i * step, (i + 1) * step)``.
    """

    values: Samples
    step: int
    rate_hz: float

    @property
    def step_s(self) -> float:
        """Seconds between two values."""
        return self.step / self.rate_hz

    def steps(self, seconds: float) -> int:
        """Return the number of values nearest to a duration, at least 1."""
        return max(round(seconds / self.step_s), 1)

    def odd_steps(self, seconds: float) -> int:
        """Return the length of a centred window about as long as a duration."""
        return 2 * (self.steps(seconds) // 2) + 1


def rms_envelope(samples: Samples, rate_hz: float, window_s: float) -> Envelope:
    """Return the centred running RMS of a signal.

    Parameters
    ----------
    samples : ndarray of float32, shape (n,)
        Filtered signal without NaN.
    rate_hz : float
        Samples per second.
    window_s : float
        Length of the window; the signal is mirrored at its ends.
    """
    step = max(round(GRID_S * rate_hz), 1)
    power = _block_power(samples, step)
    size = 2 * max(round(window_s * rate_hz / step - 1) // 2, 0) + 1
    padded = np.pad(power, size // 2, mode="symmetric")
    # Each sum is its own: a running one loses small values after large ones.
    mean = sum(padded[k : k + power.size] for k in range(1, size)) + padded[: power.size]
    mean /= np.float32(size)
    return Envelope(np.sqrt(mean, out=mean), step, rate_hz)


def _block_power(samples: Samples, step: int) -> Samples:
    """Return the mean square of each `step` samples; of those left over at the end, theirs."""
    whole = samples.size // step
    power = np.zeros(-(-samples.size // step), dtype=np.float32)
    share = np.full(step, 1.0 / step, dtype=np.float32)

    def fill(first: int, last: int) -> None:
        for begin in range(first, last, _BLOCKS_AT_ONCE):
            end = min(begin + _BLOCKS_AT_ONCE, last)
            squares = np.square(samples[begin * step : end * step]).reshape(-1, step)
            np.matmul(squares, share, out=power[begin:end])

    in_parts(fill, whole, 16 * _BLOCKS_AT_ONCE)
    if whole < power.size:
        power[-1] = np.mean(np.square(samples[whole * step :]))
    return power


def bridge_pops(samples: Samples, rate_hz: float, limit_uv: float) -> tuple[Samples, int]:
    """Draw a straight line across samples no muscle can make.

    Parameters
    ----------
    samples : ndarray of float32, shape (n,)
        Raw signal in uV.
    rate_hz : float
        Samples per second.
    limit_uv : float
        Distance from the running level (median of about 2 s) that counts as a pop.

    Returns
    -------
    bridged : ndarray of float32, shape (n,)
        The input itself when there is no pop.
    n_pops : int
    """
    if samples.size == 0 or float(samples.max()) - float(samples.min()) <= limit_uv:
        return samples, 0
    bad = np.flatnonzero(_far_from_level(samples, rate_hz, limit_uv))
    if not bad.size:
        return samples, 0
    near = max(round(0.02 * rate_hz), 2)
    wide = np.zeros(samples.size, dtype=np.bool_)
    for shift in range(-near, near + 1):
        wide[np.clip(bad + shift, 0, samples.size - 1)] = True
    beside = np.flatnonzero(wide[1:] != wide[:-1])
    ends = np.union1d(beside, beside + 1)
    good = ends[~wide[ends]]
    if not good.size:
        return samples, 0
    bridged = samples.copy()
    bridged[wide] = np.interp(np.flatnonzero(wide), good, samples[good])
    return bridged, int(np.sum(wide[1:] & ~wide[:-1]) + wide[0])


def _far_from_level(samples: Samples, rate_hz: float, limit_uv: float) -> Bools:
    """Mark samples further than a limit from the median of their block of about 2 s."""
    n_blocks = max(samples.size // max(round(2.0 * rate_hz), 1), 1)
    size, n_longer = divmod(samples.size, n_blocks)
    far = np.zeros(samples.size, dtype=np.bool_)
    cut = n_longer * (size + 1)
    for begin, stop, length in ((0, cut, size + 1), (cut, samples.size, size)):
        rows = samples[begin:stop].reshape(-1, length)
        # No sample of a block is further from its median than the block is high.
        high = rows.max(axis=1) - rows.min(axis=1) > limit_uv
        held = rows[high]
        level = np.median(held, axis=1, keepdims=True)
        far[begin:stop].reshape(-1, length)[high] = np.abs(held - level) > limit_uv
    return far
