"""Zero-phase band-pass filtering of long float32 signals."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from psgscore.dsp.parts import in_parts
from psgscore.model._arrays import Floats, Samples

FILTER_S = 0.5
"""Length of the filter's impulse response: half of it reaches to either side."""

_BLOCKS_AT_ONCE = 64


def band_pass(samples: Samples, rate_hz: float, low_hz: float, high_hz: float) -> Samples:
    """Filter with a symmetric FIR, so that nothing moves in time.

    Parameters
    ----------
    samples : ndarray of float32, shape (n,)
        One uninterrupted stretch without NaN.
    rate_hz : float
        Samples per second.
    low_hz, high_hz : float
        Half-amplitude frequencies. At or above 0.95 of half the rate `high_hz` is
        no limit: the recorder's own low-pass is all there is.

    Returns
    -------
    ndarray of float32, shape (n,)
    """
    return _overlap_save(samples, band_pass_taps(rate_hz, low_hz, high_hz))


def band_pass_taps(rate_hz: float, low_hz: float, high_hz: float) -> Floats:
    """Return the impulse response of `band_pass`: a Hamming-windowed sinc of odd length."""
    half = max(round(FILTER_S * rate_hz / 2), 8)
    n = np.arange(-half, half + 1)
    window = np.hamming(2 * half + 1)

    def low_pass(cut_hz: float) -> Floats:
        taps = 2 * cut_hz / rate_hz * np.sinc(2 * cut_hz / rate_hz * n) * window
        unit_gain: Floats = taps / taps.sum()
        return unit_gain

    everything = np.zeros(n.size)
    everything[half] = 1.0
    upper = everything if high_hz >= 0.95 * rate_hz / 2 else low_pass(high_hz)
    return upper - low_pass(low_hz)


def _overlap_save(samples: Samples, kernel: Floats) -> Samples:
    """Convolve in blocks of FFTs, in float32, mirrored at both ends."""
    from scipy import fft  # noqa: PLC0415 - start-up time

    half = kernel.size // 2
    size = fft.next_fast_len(max(8 * kernel.size, 4096), real=True)
    step = size - 2 * half
    response = fft.rfft(kernel.astype(np.float32), size)
    padded = _mirrored(samples, half)
    n_blocks = -(-samples.size // step)
    out = np.empty(samples.size, dtype=np.float32)

    def fill(first: int, last: int) -> None:
        chunk = padded(first * step, last * step + 2 * half)
        blocks = np.lib.stride_tricks.sliding_window_view(chunk, size)[::step]
        spectrum = fft.rfft(blocks, axis=1)
        spectrum *= response
        done = fft.irfft(spectrum, size, axis=1, overwrite_x=True)[:, 2 * half :]
        stop = min(last * step, samples.size)
        out[first * step : stop] = done.reshape(-1)[: stop - first * step]

    # Blocks do not depend on each other, which no recursive filter can say of its samples.
    in_parts(fill, n_blocks, _BLOCKS_AT_ONCE)
    return out


def _mirrored(samples: Samples, half: int) -> Callable[[int, int], Samples]:
    """Return a function that gives a stretch of the signal mirrored at its ends.

    Only the stretch asked for is copied: a night is never held twice.
    """
    if samples.size <= half:
        whole = np.pad(samples, half, mode="edge")
    else:
        whole = None
        before = samples[half:0:-1]
        after = samples[-2 : -half - 2 : -1]

    def stretch(first: int, last: int) -> Samples:
        size = last - first
        if whole is not None:
            part = whole[first:last]
        else:
            pieces = [
                before[first:] if first < half else before[:0],
                samples[max(first - half, 0) : max(last - half, 0)],
                after[: max(last - half - samples.size, 0)],
            ]
            part = np.concatenate(pieces)
        return np.pad(part, (0, size - part.size)) if part.size < size else part

    return stretch
