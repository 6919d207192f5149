"""A feature in the context of its neighbours and of the night."""

from __future__ import annotations

import numpy as np

from psgscore.model._arrays import Floats

CENTRED_EPOCHS = 15  # 7.5 min
PAST_EPOCHS = 4  # 2 min, the epoch itself included
RANGE_PERCENT = (5.0, 95.0)
_NO_RANGE = 10 * np.finfo(np.float64).eps


def centred_mean(values: Floats) -> Floats:
    """Return the triangular mean over the 15 epochs around each epoch.

    Parameters
    ----------
    values : ndarray, shape (n_epochs, n_features)
        NaN where there is none.

    Returns
    -------
    ndarray, shape (n_epochs, n_features)
        Epochs beyond either end and NaN have no weight, so a night shorter than the
        window is a smaller mean; NaN where nothing is left.
    """
    half = CENTRED_EPOCHS // 2
    rise = np.arange(1, half + 2, dtype=np.float64)
    return _weighted_mean(values, np.concatenate([rise, rise[-2::-1]]) / (half + 1), half)


def past_mean(values: Floats) -> Floats:
    """Return the mean of each epoch and the three before it; shapes as `centred_mean`."""
    return _weighted_mean(values, np.ones(PAST_EPOCHS), PAST_EPOCHS - 1)


def _weighted_mean(values: Floats, weights: Floats, before: int) -> Floats:
    known = ~np.isnan(values)
    total, weight = np.zeros(values.shape), np.zeros(values.shape)
    filled = np.where(known, values, 0.0)
    n = len(values)
    for place, one in enumerate(weights):
        shift = place - before
        target = slice(max(-shift, 0), max(n - max(shift, 0), 0))
        source = slice(max(shift, 0), max(n - max(-shift, 0), 0))
        total[target] += one * filled[source]
        weight[target] += one * known[source]
    mean: Floats = np.divide(total, weight, out=np.full(values.shape, np.nan), where=weight > 0)
    return mean


def robust_scale(values: Floats) -> Floats:
    """Centre each column on its median, in units of its range from 5 to 95 %.

    Parameters
    ----------
    values : ndarray, shape (n_epochs, n_features)
        The whole night; NaN is left out and stays NaN.

    Returns
    -------
    ndarray, shape (n_epochs, n_features)
        A column without range is centred only.
    """
    scaled = np.full(values.shape, np.nan)
    for column in np.flatnonzero(~np.isnan(values).all(axis=0)):
        one = values[:, column]
        low, middle, high = np.nanpercentile(one, [RANGE_PERCENT[0], 50.0, RANGE_PERCENT[1]])
        width = high - low
        scaled[:, column] = (one - middle) / (width if width >= _NO_RANGE else 1.0)
    return scaled
