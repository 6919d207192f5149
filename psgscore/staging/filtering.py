"""The zero-phase band-pass the models were trained behind, in float64."""

from __future__ import annotations

import numpy as np

from psgscore.model._arrays import Floats

LOW_HZ, HIGH_HZ = 0.4, 30.0
"""Vallat & Walker 2021: band-pass 0.4 to 30 Hz."""

_HAMMING_LENGTH = 3.3  # taps per sample of transition: mne's rule for Hamming windows
_FFT_SIZE = 8192
_BLOCKS_AT_ONCE = 64


def band_pass_kernel(rate_hz: float, low_hz: float = LOW_HZ, high_hz: float = HIGH_HZ) -> Floats:
    """Return the taps of mne's default FIR band-pass.

    A Hamming-windowed sinc for each edge, as long as its own transition band asks for:
    below, a quarter of `low_hz` but at least 2 Hz and at most `low_hz`; above, a
    quarter of `high_hz` but at least 2 Hz. Half amplitude lies in mid-transition.

    Parameters
    ----------
    rate_hz : float
        Samples per second, above twice the upper end of the transition.
    low_hz, high_hz : float
        Edges of the pass-band.

    Returns
    -------
    ndarray of float64, shape (n_taps,), n_taps odd

    References
    ----------
    Widmann et al. 2015, Digital filter design for electrophysiological data, J Neurosci
    Methods 250:34-46; ``mne.filter.create_filter``.
    """
    low_width_hz = min(max(0.25 * low_hz, 2.0), low_hz)
    high_width_hz = min(max(0.25 * high_hz, 2.0), rate_hz / 2 - high_hz)
    lower = _low_pass(rate_hz, low_hz - low_width_hz / 2, low_width_hz)
    upper = _low_pass(rate_hz, high_hz + high_width_hz / 2, high_width_hz)
    kernel = -lower
    offset = (lower.size - upper.size) // 2
    kernel[offset : offset + upper.size] += upper
    return kernel


def _low_pass(rate_hz: float, cut_hz: float, width_hz: float) -> Floats:
    """Return a windowed sinc with a gain of 1 at 0 Hz."""
    n_taps = round(_HAMMING_LENGTH * rate_hz / width_hz)
    n_taps += 1 - n_taps % 2
    n = np.arange(n_taps) - n_taps // 2
    taps = np.sinc(2 * cut_hz / rate_hz * n) * np.hamming(n_taps)
    unit_gain: Floats = taps / taps.sum()
    return unit_gain


def zero_phase(samples: Floats, kernel: Floats) -> Floats:
    """Convolve with a symmetric kernel, so that nothing moves in time.

    Parameters
    ----------
    samples : ndarray of float64, shape (n,)
        One uninterrupted stretch. Both ends are mirrored oddly by the length of the
        kernel; where the signal is shorter than that, zeros follow.
    kernel : ndarray of float64, shape (n_taps,), n_taps odd

    Returns
    -------
    ndarray of float64, shape (n,)
    """
    from scipy import fft  # noqa: PLC0415 - start-up time

    n, half = samples.size, kernel.size // 2
    if n == 0:
        return samples.copy()
    step = _FFT_SIZE - 2 * half
    n_blocks = -(-n // step)
    padded = np.zeros(n_blocks * step + 2 * half)
    _fill_mirrored(padded, samples, half)
    response = fft.rfft(kernel, _FFT_SIZE)
    out = np.empty(n)
    blocks = np.lib.stride_tricks.sliding_window_view(padded, _FFT_SIZE)[::step]
    for first in range(0, n_blocks, _BLOCKS_AT_ONCE):
        chunk = blocks[first : first + _BLOCKS_AT_ONCE]
        done = fft.irfft(fft.rfft(chunk, axis=1) * response, _FFT_SIZE, axis=1)[:, 2 * half :]
        part = out[first * step : (first + len(chunk)) * step]
        part[:] = done.reshape(-1)[: part.size]
    return out


def _fill_mirrored(padded: Floats, samples: Floats, half: int) -> None:
    """Put the samples after `half` places, mirrored oddly about both ends."""
    n = samples.size
    reach = min(half, n - 1)
    padded[half : half + n] = samples
    padded[half - reach : half] = 2 * samples[0] - samples[reach:0:-1]
    after = padded[half + n : half + n + reach]
    after[:] = 2 * samples[-1] - samples[-2 : -reach - 2 : -1]
