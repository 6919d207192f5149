"""Least and greatest values in columns: a long signal as a small picture shows it."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from psgscore.model._arrays import Floats, Samples

_NEARLY = 1e-6
"""Of a sample: rounding must not put one into the column before its own."""


def low_high(
    pieces: Iterable[tuple[float, Samples]], rate_hz: float, span_s: tuple[float, float], most: int
) -> tuple[Floats, Floats]:
    """Return the least and the greatest value in columns of equal width.

    Parameters
    ----------
    pieces : iterable of (float, ndarray)
        Uninterrupted stretches: time of the first sample, samples.
    rate_hz : float
        Samples per second.
    span_s : (float, float)
        The window.
    most : int
        Columns at most; fewer where there are fewer samples.

    Returns
    -------
    low, high : ndarray, shape (n,)
        NaN in columns without a sample.
    """
    start_s, stop_s = span_s
    size = max(min(most, int((stop_s - start_s) * rate_hz)), 1)
    edges_s = np.linspace(start_s, stop_s, size + 1)
    low, high = np.full(size, np.nan), np.full(size, np.nan)
    for first_s, samples in pieces:
        places = np.ceil((edges_s - first_s) * rate_hz - _NEARLY).astype(np.int64)
        places = np.clip(places, 0, samples.size)
        filled = np.flatnonzero(places[1:] > places[:-1])
        if filled.size:
            starts, part = (
                places[filled] - places[filled[0]],
                samples[places[filled[0]] : places[filled[-1] + 1]],
            )
            low[filled] = np.fmin(low[filled], np.minimum.reduceat(part, starts))
            high[filled] = np.fmax(high[filled], np.maximum.reduceat(part, starts))
    return low, high
