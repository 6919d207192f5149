"""What falling asleep is read from: alpha, theta and the eyes, every quarter of a second."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from psgscore.model._arrays import Bools, Floats, Samples
from psgscore.model.signal import Signal

HOP_S = 0.25
EEG_WINDOW_S = 2.0
EOG_WINDOW_S = 4.0
"""A slow eye movement lasts about as long; 2 s would not hold one."""
MIN_RATE_HZ = 80.0
"""The whole of 0.5 to 30 Hz, with room for the recorder's own filter."""
MIN_EYE_RATE_HZ = 20.0

ALPHA_HZ = (8.0, 12.5)
THETA_HZ = (4.0, 7.5)
TOTAL_HZ = (1.0, 30.0)
SLOW_EYE_HZ = (0.2, 0.8)
QUICK_EYE_HZ = (1.0, 5.0)
_READABLE_UV = (2.0, 600.0)
"""Peak to peak in a window: less is a flat line, more is movement or a loose electrode."""
_FLOOR_UV2 = 1e-3
_LARGEST_UV = 1e6


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """Features over a stretch, one row each `HOP_S`.

    Parameters
    ----------
    values : ndarray, shape (n, n_features)
        Natural logarithms of power ratios.
    level : ndarray, shape (n,)
        Natural logarithm of the power of the first of them, in uV^2.
    readable : ndarray of bool, shape (n,)
        False where the signal is flat, too large or no number.
    """

    values: Floats
    level: Floats
    readable: Bools


def stretch(signal: Signal, start_s: float, stop_s: float) -> Samples | None:
    """Return the samples of [start_s, stop_s), None unless all are there without a gap."""
    for piece in signal.pieces():
        first = round((start_s - piece.start_s) * piece.rate_hz)
        last = round((stop_s - piece.start_s) * piece.rate_hz)
        if first >= 0 and last <= piece.samples.size:
            return piece.samples[first:last]
    return None


def eeg_course(
    signal: Signal, start_s: float, n_values: int, *, hop_s: float = HOP_S
) -> Course | None:
    """Return log alpha/total and log theta/total of windows centred on a grid.

    Parameters
    ----------
    signal : Signal
        EEG in uV, at least `MIN_RATE_HZ`.
    start_s : float
        Centre of the first window of 2 s.
    n_values : int
        How many windows.
    hop_s : float
        From one window to the next.

    Returns
    -------
    Course or None
        None where a window reaches into a gap or beyond the recording.
    """
    windows = _windows(signal, start_s, n_values, hop_s, EEG_WINDOW_S)
    if windows is None:
        return None
    power, frequency = _power(windows, signal.rate_hz)
    alpha, theta, total = (
        band_power(power, frequency, band) for band in (ALPHA_HZ, THETA_HZ, TOTAL_HZ)
    )
    values = np.column_stack([np.log(alpha / total), np.log(theta / total)])
    return Course(values, np.log(alpha), _readable(windows))


def eye_course(
    signal: Signal, start_s: float, n_values: int, *, hop_s: float = HOP_S
) -> Course | None:
    """Return log quick/slow eye movement of windows of 4 s centred on a grid.

    Parameters and result are those of `eeg_course`.
    """
    windows = _windows(signal, start_s, n_values, hop_s, EOG_WINDOW_S)
    if windows is None:
        return None
    power, frequency = _power(windows, signal.rate_hz)
    slow, quick = (band_power(power, frequency, band) for band in (SLOW_EYE_HZ, QUICK_EYE_HZ))
    return Course(np.log(quick / slow)[:, None], np.log(quick), _readable(windows))


def spectra(
    signal: Signal, start_s: float, n_values: int, *, hop_s: float = HOP_S
) -> tuple[Floats, Floats] | None:
    """Return the spectrum of windows of 2 s centred on a grid.

    Parameters are those of `eeg_course`.

    Returns
    -------
    tuple or None
        Power in uV^2 per bin, shape (n_values, n_bins), NaN in windows that cannot be read,
        and the bins in Hz; None where a window reaches into a gap or beyond the recording.
    """
    windows = _windows(signal, start_s, n_values, hop_s, EEG_WINDOW_S)
    if windows is None:
        return None
    power, frequency = _power(windows, signal.rate_hz)
    return np.where(_readable(windows)[:, None], power, np.nan), frequency


def _windows(
    signal: Signal, start_s: float, n_values: int, hop_s: float, window_s: float
) -> Samples | None:
    """Return the windows, shape (n_values, size)."""
    size = round(window_s * signal.rate_hz)
    stop_s = start_s + (n_values - 1) * hop_s + window_s / 2
    samples = stretch(signal, start_s - window_s / 2, stop_s)
    if samples is None or samples.size < size:
        return None
    firsts = np.round(np.arange(n_values) * hop_s * signal.rate_hz).astype(np.int64)
    firsts = np.minimum(firsts, samples.size - size)
    return np.lib.stride_tricks.sliding_window_view(samples, size)[firsts]


def _readable(windows: Samples) -> Bools:
    low, high = _READABLE_UV
    with np.errstate(invalid="ignore", over="ignore"):
        size = windows.max(axis=1) - windows.min(axis=1)
        readable: Bools = (size >= low) & (size <= high)  # a NaN is neither
    return readable


def _power(windows: Samples, rate_hz: float) -> tuple[Floats, Floats]:
    """Return Hann-windowed power in uV^2 per bin, shape (n, n_bins), and the bins in Hz."""
    from scipy import fft  # noqa: PLC0415 - start-up time

    size = windows.shape[1]
    taper = np.hanning(size + 1)[:-1].astype(np.float32)
    # Windows that cannot be read are left out later; they must not overflow here.
    known = np.clip(np.nan_to_num(windows, nan=0.0), -_LARGEST_UV, _LARGEST_UV)
    spectrum = fft.rfft((known - known.mean(axis=1, keepdims=True)) * taper, axis=1)
    power = (spectrum.real**2 + spectrum.imag**2) * (2.0 / (size * np.sum(taper**2)))
    return power.astype(np.float64), np.arange(power.shape[1]) * rate_hz / size


def band_power(power: Floats, frequency: Floats, band_hz: tuple[float, float]) -> Floats:
    """Return the power between two frequencies in each window, shape (n,)."""
    low, high = band_hz
    summed: Floats = power[:, (frequency >= low) & (frequency <= high)].sum(axis=1)
    return summed + _FLOOR_UV2
