"""To the rate the models were trained at, through the Fourier transform of the whole signal."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from psgscore.model._arrays import Floats

MODEL_RATE_HZ = 100.0
"""Vallat & Walker 2021: every recording was brought to 100 Hz."""

_SAME_RATE = 1e-6  # relative: closer than this is the same rate
_TABLE = 2048
_ROW = 1 << 19
_ROWS_AT_ONCE = 4  # transformed side by side in the lanes of the processor
_PLANS_KEPT = 16  # of scipy.fft, the last lengths it was asked for

_Spectrum = NDArray[np.complex128]


def resample(samples: NDArray[np.floating], rate_hz: float, to_hz: float = MODEL_RATE_HZ) -> Floats:
    """Resample by cutting (or extending) the spectrum, as mne's default does.

    Both ends are mirrored oddly until the length is a power of two, which keeps a
    step between the first and the last sample out of the spectrum.

    Parameters
    ----------
    samples : ndarray of float, shape (n_samples,)
        One uninterrupted stretch.
    rate_hz, to_hz : float
        Samples per second, before and after.

    Returns
    -------
    ndarray of float64, shape (round(n_samples * to_hz / rate_hz),)
        Unchanged values where the rates are equal.

    References
    ----------
    Gramfort et al. 2013, MEG and EEG data analysis with MNE-Python, Front Neurosci 7:267
    (``mne.io.Raw.resample``).
    """
    from scipy import fft  # noqa: PLC0415 - start-up time

    ratio = to_hz / rate_hz
    n = samples.size
    if n == 0 or abs(ratio - 1) <= _SAME_RATE:
        return samples.astype(np.float64)
    n_final = max(round(ratio * n), 1)
    n_padded = 1 << int(np.ceil(np.log2(n + 2 * min(n // 8, 100))))
    before = (n_padded - n) // 2
    n_new = max(round(ratio * n_padded), 1)
    spectrum = _low_bins(samples, before, n_padded, min(n_new, n_padded) // 2 + 1)
    if n_new < n_padded and n_new % 2 == 0:
        spectrum[n_new // 2] *= 2
    elif n_new >= n_padded:
        spectrum[n_padded // 2] /= 2
    spectrum *= n_new / n_padded
    first = round(ratio * before)
    resampled: Floats = fft.irfft(spectrum, n_new)[first : first + n_final]
    return resampled


def forget_plans() -> None:
    """Let scipy forget how it transforms a whole night: 26 MB that no other step needs.

    It has no switch for that; small transforms push the large one out.
    """
    from scipy import fft  # noqa: PLC0415 - start-up time

    for length in range(1, _PLANS_KEPT + 1):
        fft.rfft(np.zeros(length))


def _low_bins(samples: NDArray[np.floating], before: int, n_padded: int, n_bins: int) -> _Spectrum:
    """Return the first bins of the transform of the padded signal, `n_padded` a power of two.

    Every `step`-th sample is transformed on its own, a few such rows at once, and the
    rows are put together by Horner's rule: twice as fast as one long transform, and the
    whole padded night, 134 MB at 512 Hz, never exists.
    """
    from scipy import fft  # noqa: PLC0415 - start-up time

    step = max(n_padded // _ROW, 1)
    twiddle = _twiddle(n_padded, n_bins)
    total = np.zeros(n_bins, dtype=np.complex128)
    rows = np.empty((min(step, _ROWS_AT_ONCE), n_padded // step))
    for first in reversed(range(0, step, len(rows))):
        for offset, row in enumerate(rows, first):
            _every(row, samples, before, offset, step)
        # Nothing may hold the last transform while the next one is made.
        _add_rows(total, fft.rfft(rows, axis=1), twiddle)
    return total


def _add_rows(total: _Spectrum, rows: _Spectrum, twiddle: _Spectrum) -> None:
    """Take some rows into Horner's sum, the last of them first."""
    for row in rows[::-1]:
        total *= twiddle
        _add_periodic(total, row)


def _add_periodic(total: _Spectrum, row: _Spectrum) -> None:
    """Add the transform of a real row, continued beyond half of its rate."""
    half = row.size - 1
    if half == 0:
        total += row[0]
        return
    mirrored = np.conj(row[:0:-1])
    for place, first in enumerate(range(0, total.size, half)):
        part = total[first : first + half]
        part += (mirrored if place % 2 else row)[: part.size]


def _twiddle(n_padded: int, n_bins: int) -> _Spectrum:
    """Return exp(-2 pi i k / n) of the first bins, as products of two small tables."""
    fine = np.exp(-2j * np.pi / n_padded * np.arange(_TABLE))
    coarse = np.exp(-2j * np.pi / n_padded * _TABLE * np.arange(-(-n_bins // _TABLE)))
    table: _Spectrum = (coarse[:, None] * fine).reshape(-1)[:n_bins]
    return table


def _every(row: Floats, samples: NDArray[np.floating], before: int, offset: int, step: int) -> None:
    """Fill `row` with padded[offset::step] of the signal mirrored oddly at both ends."""
    n = samples.size
    left = len(range(offset, before, step))
    middle = len(range(offset, before + n, step)) - left
    row[:left] = samples[before - offset : 0 : -step]
    np.subtract(2 * float(samples[0]), row[:left], out=row[:left])
    row[left : left + middle] = samples[(left * step + offset - before) :: step]
    right = row[left + middle :]
    if right.size:
        skip = (left + middle) * step + offset - before - n
        right[:] = samples[n - 2 - skip :: -step][: right.size]
        np.subtract(2 * float(samples[-1]), right, out=right)
