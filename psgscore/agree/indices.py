"""How far an index of two scorings agrees over many recordings."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from psgscore.model._arrays import Floats

Z_95 = 1.959963984540054
"""Half-width of the middle 95 % of a normal distribution, in standard deviations."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A number with its interval; None where it cannot be known."""

    value: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BlandAltman:
    """Differences of two scorings, other minus reference, over recordings.

    Parameters
    ----------
    n : int
        Recordings for which both give the index.
    bias : Estimate
        Mean difference.
    lower, upper : Estimate
        Limits of agreement, between which 95 % of the differences lie if they are normally
        distributed.
    sd : float or None
        Standard deviation of the differences.

    Notes
    -----
    Intervals are of 95 % and rest on Student's t with n - 1 degrees of freedom; the standard
    error of a limit is ``sd * sqrt(1 / n + z**2 / (2 * (n - 1)))``.

    References
    ----------
    Bland & Altman 1986, Lancet 327:307-310; 1999, Stat Methods Med Res 8:135-160.
    """

    n: int
    bias: Estimate = Estimate()
    lower: Estimate = Estimate()
    upper: Estimate = Estimate()
    sd: float | None = None


def bland_altman(reference: ArrayLike, other: ArrayLike) -> BlandAltman:
    """Compare an index of two scorings by the method of Bland and Altman.

    Parameters
    ----------
    reference, other : array_like, shape (n,)
        One value per recording; a recording with NaN in either is left out.

    Raises
    ------
    ValueError
        The shapes differ.
    """
    table = paired_values(reference, other)
    n = len(table)
    if not n:
        return BlandAltman(n=0)
    differences = table[:, 1] - table[:, 0]
    bias = float(differences.mean())
    if n == 1:
        return BlandAltman(n=1, bias=Estimate(value=bias))
    from scipy.stats import t  # noqa: PLC0415 - start-up time

    sd = float(differences.std(ddof=1))
    quantile = float(t.ppf(0.975, n - 1))
    of_bias = quantile * sd / math.sqrt(n)
    of_limit = quantile * sd * math.sqrt(1 / n + Z_95**2 / (2 * (n - 1)))
    return BlandAltman(
        n=n,
        bias=_around(bias, of_bias),
        lower=_around(bias - Z_95 * sd, of_limit),
        upper=_around(bias + Z_95 * sd, of_limit),
        sd=sd,
    )


def icc_2_1(ratings: ArrayLike) -> Estimate:
    """Return the intraclass correlation ICC(2,1): absolute agreement of single scorers.

    Parameters
    ----------
    ratings : array_like, shape (n_recordings, n_scorers)
        A recording with NaN is left out.

    Returns
    -------
    Estimate
        With its interval of 95 %. None with fewer than two recordings or scorers, or where
        nothing varies; no interval where the scorers agree exactly.

    Notes
    -----
    Two-way random effects, absolute agreement, single rater: with the mean squares of
    recordings, scorers and residual, ``(BMS - EMS) / (BMS + (k-1) EMS + k (JMS - EMS) / n)``.
    The interval is that of the same paper, with Satterthwaite's degrees of freedom.

    References
    ----------
    Shrout & Fleiss 1979, Intraclass correlations: uses in assessing rater reliability,
    Psychol Bull 86:420-428.
    """
    table = np.asarray(ratings, np.float64)
    if table.ndim != 2:
        raise ValueError(f"ratings must have shape (n_recordings, n_scorers), not {table.shape}")
    table = table[~np.isnan(table).any(axis=1)]
    n, k = table.shape
    if n < 2 or k < 2:
        return Estimate()
    between, scorers, residual = _mean_squares(table)
    whole = between + (k - 1) * residual + k * (scorers - residual) / n
    # What is left of equal numbers after subtraction is no variance.
    if whole <= 1e-12 * float(np.square(table).mean() or 1.0):
        return Estimate()
    value = (between - residual) / whole
    low, high = _icc_interval(between, scorers, residual, (n, k), value)
    return Estimate(value=value, low=low, high=high)


def paired_values(reference: ArrayLike, other: ArrayLike) -> Floats:
    """Return the rows for which both values are known, shape (n, 2).

    Raises
    ------
    ValueError
        The shapes differ.
    """
    first, second = np.asarray(reference, np.float64), np.asarray(other, np.float64)
    if first.ndim != 1 or first.shape != second.shape:
        raise ValueError(f"the values differ in shape: {first.shape}, {second.shape}")
    table = np.column_stack([first, second])
    known: Floats = table[~np.isnan(table).any(axis=1)]
    return known


def _around(value: float, half: float) -> Estimate:
    return Estimate(value=value, low=value - half, high=value + half)


def _mean_squares(table: Floats) -> tuple[float, float, float]:
    """Return the mean squares of recordings, scorers and residual."""
    n, k = table.shape
    rows, columns, grand = table.mean(axis=1), table.mean(axis=0), table.mean()
    between = k * float(np.square(rows - grand).sum()) / (n - 1)
    scorers = n * float(np.square(columns - grand).sum()) / (k - 1)
    left = table - rows[:, None] - columns[None, :] + grand
    residual = float(np.square(left).sum()) / ((n - 1) * (k - 1))
    return between, scorers, residual


def _icc_interval(
    between: float, scorers: float, residual: float, shape: tuple[int, int], value: float
) -> tuple[float | None, float | None]:
    from scipy.stats import f  # noqa: PLC0415 - start-up time

    n, k = shape
    if residual <= 1e-12 * between:
        return None, None
    ratio = scorers / residual
    share = n * (1 + (k - 1) * value) - k * value
    above = (k - 1) * (n - 1) * (k * value * ratio + share) ** 2
    freedom = above / ((n - 1) * k**2 * value**2 * ratio**2 + share**2)
    upward = float(f.ppf(0.975, n - 1, freedom))
    downward = float(f.ppf(0.975, freedom, n - 1))
    rest = k * scorers + (k * n - k - n) * residual
    low = n * (between - upward * residual) / (upward * rest + n * between)
    high = n * (downward * between - residual) / (rest + n * downward * between)
    return low, high
