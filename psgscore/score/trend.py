"""Several nights of one person: how a number spreads, and what a difference can rest on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from psgscore.model._arrays import Floats

POWER, ALPHA = 0.80, 0.05
MIN_NIGHTS_FOR_SD = 5
"""With fewer nights their SD says too little to plan by."""
MIN_GROUP_FOR_INTERVAL = 4
MIN_NIGHTS_FOR_SLOPE_INTERVAL = 6
MOST_NIGHTS = 1000
_RESAMPLES = 10_000
_SEED = 20_160_301
_EQUAL = 1e-9
_FAR, _WRONG_WAY = 30.0, 8.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """One measure over the nights in which it is known.

    Parameters
    ----------
    nights : int
        How many those are.
    mean, median, low, high : float or None
        None without a night.
    sd : float or None
        With n - 1; None with fewer than two nights.
    cv_percent : float or None
        SD over mean; None where the mean is not above 0.
    step : float or None
        Mean size of the change from one night to the next; none across a night without
        a number.
    """

    nights: int
    mean: float | None
    median: float | None
    sd: float | None
    low: float | None
    high: float | None
    cv_percent: float | None
    step: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A difference between nights, and where resampling the nights puts it.

    Parameters
    ----------
    value : float
        Mean of the second group less that of the first; or the change of the measure per
        unit of what it is laid beside.
    low, high : float or None
        95 % interval from nights drawn anew; None with too few nights.
    """

    value: float
    low: float | None
    high: float | None


def spread(values: Sequence[float | None]) -> Spread:
    """Return how a measure spreads over nights, in their order; None is a night without it."""
    known = np.array([value for value in values if value is not None], np.float64)
    gaps = np.array([np.nan if value is None else value for value in values], np.float64)
    steps = np.abs(np.diff(gaps))
    steps = steps[~np.isnan(steps)]
    mean = float(known.mean()) if known.size else None
    sd = float(known.std(ddof=1)) if known.size > 1 else None
    return Spread(
        nights=int(known.size),
        mean=mean,
        median=float(np.median(known)) if known.size else None,
        sd=sd,
        low=float(known.min()) if known.size else None,
        high=float(known.max()) if known.size else None,
        cv_percent=100.0 * sd / mean if sd is not None and mean is not None and mean > 0 else None,
        step=float(steps.mean()) if steps.size else None,
    )


def power_of(nights: int, difference: float, sd: float) -> float:
    """Return the power of a two-sided two-sample t test with so many nights per condition.

    Parameters
    ----------
    nights : int
        In each of two conditions, at least 2.
    difference, sd : float
        Between the means of the two; of the nights of either, above 0.

    References
    ----------
    Harrison and Brady 2004, Stata Journal 4:142-153 (noncentral t distribution).
    """
    from scipy.special import nctdtr, stdtrit  # noqa: PLC0415 - start-up time

    freedom = 2 * nights - 2
    # Further out the power is 1 to every digit, and scipy has no value.
    shift = min(difference / sd * np.sqrt(nights / 2.0), _FAR)
    limit = stdtrit(freedom, 1.0 - ALPHA / 2.0)
    wrong_way = nctdtr(freedom, shift, -limit) if shift < _WRONG_WAY else 0.0
    return float(1.0 - nctdtr(freedom, shift, limit) + wrong_way)


def nights_per_condition(difference: float, sd: float) -> int | None:
    """Return the fewest nights per condition that see a difference with the power of `POWER`.

    Parameters
    ----------
    difference, sd : float
        Both above 0.

    Returns
    -------
    int or None
        None for more than `MOST_NIGHTS`.
    """
    if power_of(MOST_NIGHTS, difference, sd) < POWER:
        return None
    low, high = 1, MOST_NIGHTS
    while high - low > 1:
        middle = (low + high) // 2
        if power_of(middle, difference, sd) < POWER:
            low = middle
        else:
            high = middle
    return high


def sd_interval(sd: float, nights: int) -> tuple[float, float]:
    """Return the 95 % confidence interval of an SD of normal values, `nights` of them."""
    from scipy.special import chdtri  # noqa: PLC0415 - start-up time

    freedom = nights - 1
    low, high = (float(chdtri(freedom, share)) for share in (0.025, 0.975))
    return sd * np.sqrt(freedom / low), sd * np.sqrt(freedom / high)


def group_difference(first: Sequence[float], second: Sequence[float]) -> Difference:
    """Return the mean of the second group of nights less that of the first.

    The interval is that of the expanded percentile bootstrap: the nights of each group are
    drawn anew, with a fixed seed, and the percentiles lie further out the fewer nights
    there are.

    References
    ----------
    Hesterberg 2015, The American Statistician 69:371-386.
    """
    one, two = np.array(first, np.float64), np.array(second, np.float64)
    value = float(two.mean() - one.mean())
    if min(one.size, two.size) < MIN_GROUP_FOR_INTERVAL:
        return Difference(value=value, low=None, high=None)
    draw = np.random.default_rng(_SEED)
    means = [
        group[draw.integers(0, group.size, (_RESAMPLES, group.size))].mean(axis=1)
        for group in (one, two)
    ]
    fewest, freedom = min(one.size, two.size), one.size + two.size - 2
    return _with_interval(value, means[1] - means[0], _share(fewest / (fewest - 1), freedom))


def slope(beside: Sequence[float], values: Sequence[float]) -> Difference | None:
    """Return the change of a measure per unit of what it is laid beside (least squares).

    Nights are drawn anew in pairs; see `group_difference`. None where `beside` does not change.
    """
    x, y = np.array(beside, np.float64), np.array(values, np.float64)
    if x.size < 2 or _is_constant(x):
        return None
    value = float(_slopes(x[np.newaxis], y[np.newaxis])[0])
    if x.size < MIN_NIGHTS_FOR_SLOPE_INTERVAL:
        return Difference(value=value, low=None, high=None)
    rows = np.random.default_rng(_SEED).integers(0, x.size, (_RESAMPLES, x.size))
    # Drawing pairs spreads the slope more than drawing one group does its mean: no inflation.
    return _with_interval(value, _slopes(x[rows], y[rows]), _share(1.0, x.size - 2))


def _is_constant(x: Floats) -> bool:
    return bool(np.ptp(x) <= _EQUAL * max(1.0, float(np.abs(x).max())))


def _slopes(x: Floats, y: Floats) -> Floats:
    """Return the slope of each row; NaN where x is the same all along it."""
    from_mean = x - x.mean(axis=1, keepdims=True)
    square = (from_mean**2).sum(axis=1)
    flat = np.ptp(x, axis=1) == 0
    square[flat] = np.nan
    found: Floats = (from_mean * y).sum(axis=1) / square
    return found


def _share(inflation: float, freedom: int) -> float:
    """Return the share of drawn values beyond either end, smaller with few nights."""
    from scipy.special import ndtr, stdtrit  # noqa: PLC0415 - start-up time

    return float(ndtr(-np.sqrt(inflation) * stdtrit(freedom, 1.0 - ALPHA / 2.0)))


def _with_interval(value: float, drawn: Floats, share: float) -> Difference:
    low, high = np.nanquantile(drawn, [share, 1.0 - share])
    return Difference(value=value, low=float(low), high=float(high))
