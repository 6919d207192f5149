"""Power by band of an epoch, from one spectrum of medians."""

from __future__ import annotations

from functools import cache

import numpy as np

from psgscore.model._arrays import Floats, frozen

SEGMENT_S = 5.0
BANDS_HZ = {
    "sdelta": (0.4, 1.0),
    "fdelta": (1.0, 4.0),
    "theta": (4.0, 8.0),
    "alpha": (8.0, 12.0),
    "sigma": (12.0, 16.0),
    "beta": (16.0, 30.0),
}
"""Vallat & Walker 2021; both edges belong to a band."""

BROAD_HZ = (0.4, 30.0)

_TOLERANCE = 1e-9  # of a frequency bin: 0.4 Hz is bin 2, whatever the rounding


def median_spectrum(epochs: Floats, rate_hz: float) -> Floats:
    """Return Welch's spectrum with the median in place of the mean.

    Parameters
    ----------
    epochs : ndarray, shape (n_epochs, n_samples)
        At least 5 s each.
    rate_hz : float
        Samples per second.

    Returns
    -------
    ndarray, shape (n_epochs, n_bins)
        Density in the square of the unit per Hz, from 0 Hz in steps of 0.2 Hz to 30 Hz.
        Segments of 5 s overlap by half, each freed of its mean and under a Hamming
        window; the median is divided by its bias.

    References
    ----------
    Welch 1967, IEEE Trans Audio Electroacoust 15:70-73. Allen et al. 2012, Phys Rev D
    85:122006 (bias of the median).
    """
    from scipy import fft  # noqa: PLC0415 - start-up time

    size = round(SEGMENT_S * rate_hz)
    window, scale = _window(size, rate_hz)
    views = np.lib.stride_tricks.sliding_window_view(epochs, size, axis=1)[:, :: size // 2]
    segments = (views - views.mean(axis=-1, keepdims=True)) * window
    last = round(BROAD_HZ[1] * SEGMENT_S)
    spectra = fft.rfft(segments, axis=-1)[..., : last + 1]
    power = spectra.real**2 + spectra.imag**2
    density: Floats = np.median(power, axis=1) * (scale / _median_bias(power.shape[1]))
    density[:, 1:] *= 2  # the negative frequencies
    return density


def band_powers(density: Floats) -> dict[str, Floats]:
    """Return absolute and relative band powers, and the ratios of bands.

    Parameters
    ----------
    density : ndarray, shape (n_epochs, n_bins)
        From `median_spectrum`.

    Returns
    -------
    dict of str to ndarray, shape (n_epochs,)
        ``abspow`` from 0.4 to 30 Hz (trapezoid, square of the unit); each band of
        `BANDS_HZ` as a share of the power from 0.4 to 30 Hz (Simpson); ``dt``, ``ds``,
        ``db``, ``at``: delta to theta, to sigma, to beta, and alpha to theta.
    """
    total = _simpson(density, BROAD_HZ)
    found = {"abspow": _trapezoid(density, BROAD_HZ)}
    found |= {name: _simpson(density, band) / total for name, band in BANDS_HZ.items()}
    delta = found["sdelta"] + found["fdelta"]
    found |= {
        "dt": delta / found["theta"],
        "ds": delta / found["sigma"],
        "db": delta / found["beta"],
        "at": found["alpha"] / found["theta"],
    }
    return found


@cache
def _window(size: int, rate_hz: float) -> tuple[Floats, float]:
    """Return a periodic Hamming window and the scale to a density."""
    window = frozen(np.hamming(size + 1)[:-1])
    return window, float(1 / (rate_hz * (window**2).sum()))


def _median_bias(n_segments: int) -> float:
    """Return the median over the mean of `n_segments` exponential variables."""
    even = 2.0 * np.arange(1, (n_segments - 1) // 2 + 1)
    return float(1 + np.sum(1 / (even + 1) - 1 / even))


def _bins(band_hz: tuple[float, float]) -> slice:
    low, high = (edge * SEGMENT_S for edge in band_hz)
    return slice(int(np.ceil(low - _TOLERANCE)), int(np.floor(high + _TOLERANCE)) + 1)


def _trapezoid(density: Floats, band_hz: tuple[float, float]) -> Floats:
    part = density[:, _bins(band_hz)]
    area: Floats = (part.sum(axis=1) - (part[:, 0] + part[:, -1]) / 2) / SEGMENT_S
    return area


def _simpson(density: Floats, band_hz: tuple[float, float]) -> Floats:
    part = density[:, _bins(band_hz)]
    area: Floats = part @ simpson_weights(part.shape[1]) / SEGMENT_S
    return area


@cache
def simpson_weights(n: int) -> Floats:
    """Return Simpson's weights for `n` points one apart.

    An even number of points leaves one interval over: the last, under the parabola of
    the last three points (Cartwright 2017, J Math Sci Math Educ 12:1-9).
    """
    odd = n - 1 + n % 2
    weights = np.zeros(n)
    weights[:odd:2] = 2
    weights[1:odd:2] = 4
    weights[[0, odd - 1]] = 1
    weights /= 3
    if odd < n:
        weights[-3:] += np.array([-1.0, 8.0, 5.0]) / 12
    return frozen(weights)
