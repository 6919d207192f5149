"""Power of a signal in bands of frequency, on a grid of times that all channels share."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from psgscore.dsp.filters import band_pass
from psgscore.model._arrays import Floats, Ints, Samples
from psgscore.model.signal import Signal

STEP_S = 0.2
"""Value ``k`` of every grid stands for the window centred on ``k * STEP_S`` seconds."""

_ENOUGH_HZ = 100.0
_FRAMES_AT_ONCE = 8192
_PASSED_SHARE = 0.94

Band = tuple[float, float]


def band_power(signal: Signal, bands_hz: Sequence[Band], n_steps: int, window_s: float) -> Samples:
    """Return the power in each band, in windows around the times of a fixed grid.

    The grid begins at second 0 of the recording whatever the signal's rate, start or
    gaps: channels of different rates can be compared value by value.

    Parameters
    ----------
    signal : Signal
        Samples of shape (n_samples,).
    bands_hz : sequence of (float, float)
        Lowest and highest frequency of each band.
    n_steps : int
        Length of the grid.
    window_s : float
        Length of the Hann windows.

    Returns
    -------
    ndarray of float32, shape (n_bands, n_steps)
        In the unit of the signal, squared; NaN where a window is not wholly recorded.
    """
    powers: Samples = np.full((len(bands_hz), n_steps), np.nan, np.float32)
    for piece in signal.pieces():
        slow = _decimated(piece)
        size = max(round(window_s * slow.rate_hz), 2)
        first_s = np.arange(n_steps) * STEP_S - window_s / 2 - slow.start_s
        starts = np.round(first_s * slow.rate_hz).astype(np.int64)
        inside = np.flatnonzero((starts >= 0) & (starts + size <= slow.samples.size))
        if inside.size:
            powers[:, inside] = _powers(slow, starts[inside], size, bands_hz)
    return powers


def _decimated(piece: Signal) -> Signal:
    """Return the signal at the lowest whole fraction of its rate that still is enough."""
    factor = int(piece.rate_hz // _ENOUGH_HZ)
    if factor < 2:
        return piece
    rate_hz = piece.rate_hz / factor
    fast = band_pass(piece.samples, piece.rate_hz, _PASSED_SHARE * rate_hz / 2, piece.rate_hz)
    kept = piece.samples[::factor] - fast[::factor]
    return Signal(piece.label, kept, rate_hz, piece.unit, piece.start_s)


def _powers(signal: Signal, starts: Ints, size: int, bands_hz: Sequence[Band]) -> Samples:
    from scipy import fft  # noqa: PLC0415 - start-up time

    window = np.hanning(size + 1)[:-1]
    # Scaled so that a band's power is the mean square of what lies in it.
    scale = np.sqrt(2.0 / (size * np.sum(window**2)))
    taper = (window * scale).astype(np.float32)
    members = _members(np.arange(size // 2 + 1) * signal.rate_hz / size, bands_hz)
    windows = np.lib.stride_tricks.sliding_window_view(signal.samples, size)
    out = np.empty((len(bands_hz), starts.size), np.float32)
    for first in range(0, starts.size, _FRAMES_AT_ONCE):
        some = starts[first : first + _FRAMES_AT_ONCE]
        frames = windows[some]
        frames = (frames - frames.mean(axis=1, keepdims=True)) * taper
        spectrum = fft.rfft(frames, axis=1)
        squares = spectrum.real**2 + spectrum.imag**2
        out[:, first : first + some.size] = (squares @ members).T
    return out


def _members(frequencies: Floats, bands_hz: Sequence[Band]) -> Samples:
    """Return 1 where a frequency belongs to a band, shape (n_frequencies, n_bands)."""
    columns = [(frequencies >= low) & (frequencies < high) for low, high in bands_hz]
    return np.stack(columns, axis=1).astype(np.float32)
