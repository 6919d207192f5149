"""Intervals over recordings by the bootstrap: seeded, so the same data give the same numbers."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from psgscore.agree.indices import Estimate

N_RESAMPLES = 2000
SEED = 1


def bootstrap_mean(
    values: ArrayLike, *, seed: int = SEED, n_resamples: int = N_RESAMPLES
) -> Estimate:
    """Return the mean over recordings with its percentile interval of 95 %.

    Parameters
    ----------
    values : array_like, shape (n_recordings,)
        One value per recording; NaN where it is not known.
    seed : int
        The same seed draws the same recordings.
    n_resamples : int
        How often recordings are drawn with replacement.

    Returns
    -------
    Estimate
        No value without recordings, no interval with a single one: it says nothing of
        others.

    References
    ----------
    Efron & Tibshirani 1993, An introduction to the bootstrap.
    """
    known = np.asarray(values, np.float64)
    known = known[~np.isnan(known)]
    if not known.size:
        return Estimate()
    mean = float(known.mean())
    if known.size == 1:
        return Estimate(value=mean)
    drawn = np.random.default_rng(seed).integers(0, known.size, (n_resamples, known.size))
    low, high = np.percentile(known[drawn].mean(axis=1), [2.5, 97.5])
    return Estimate(value=mean, low=float(low), high=float(high))
