"""What the doubt about automatic stages does to the numbers that rest on them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from psgscore.model._arrays import Bools, Floats
from psgscore.model.hypnogram import Hypnogram, Stage, Stages
from psgscore.model.score import Score
from psgscore.model.staging import PROBABILITY_STAGES, IndexRange

DOUBTFUL_BELOW = 0.6
"""Probability under which a stage may as well be the second likely one."""

SLEEP_IN_DOUBT = (
    "tst_min",
    "sol_min",
    "waso_min",
    "sleep_efficiency_percent",
    "rem_latency_min",
)
"""Sleep measures that have a range where the stages are automatic."""
Key = tuple[str, str, str]
_RATES = ("plm", "plm_arousal")
_SCOPES = ("sleep", "W", "NREM", "R")


def index_ranges(
    score: Score, again: Callable[[Hypnogram], Score], probabilities: Floats
) -> tuple[IndexRange, ...]:
    """Score a night again with its doubtful epochs moved to their second choice.

    Parameters
    ----------
    score : Score
        As staged.
    again : callable
        Scores the same night with another hypnogram; called once for each different
        staging, 11 times at most.
    probabilities : ndarray of float64, shape (n_epochs, 5)
        W, N1, N2, N3, R; rows of NaN (a person's epochs) are never moved.

    Returns
    -------
    tuple of IndexRange
        Over the stagings of `stagings`: a range of what is plausible, not a confidence
        interval, and no bound on errors made with confidence.

    Raises
    ------
    ValueError
        Probabilities that do not fit the hypnogram.
    """
    if score.hypnogram is None:
        return ()
    tried = {
        each.stages.tobytes(): each
        for each in stagings(score.hypnogram, probabilities, DOUBTFUL_BELOW)
    }
    others = [_numbers(again(each)) for each in list(tried.values())[1:]]
    return tuple(
        _range(key, value, [value, *(one.get(key) for one in others)])
        for key, value in _numbers(score).items()
    )


def stagings(hypnogram: Hypnogram, probabilities: Floats, below: float) -> tuple[Hypnogram, ...]:
    """Return the hypnogram as given and with its doubtful epochs moved in different ways.

    Returns
    -------
    tuple of Hypnogram
        As given; all doubtful epochs moved; and for each of W, N1, N2, N3, R those moved
        that become it, and those that cease to be it: moving all at once would let the
        ones cancel the others. Sleep to wake and wake to sleep are among them.
    """
    doubtful, second = second_choices(hypnogram, probabilities, below)
    masks = [np.zeros_like(doubtful), doubtful]
    for stage in PROBABILITY_STAGES:
        masks += [doubtful & (second == stage), doubtful & (hypnogram.stages == stage)]
    return tuple(
        replace(hypnogram, stages=np.where(mask, second, hypnogram.stages)) for mask in masks
    )


def second_choices(
    hypnogram: Hypnogram, probabilities: Floats, below: float
) -> tuple[Bools, Stages]:
    """Return which epochs are doubtful, and the second choice of every epoch.

    Returns
    -------
    doubtful : ndarray of bool, shape (n_epochs,)
        Scored, of a probability below the limit, with another stage possible.
    second : ndarray of int8, shape (n_epochs,)
        The likeliest other stage, UNSCORED where there is none.

    Raises
    ------
    ValueError
        Probabilities that do not fit the hypnogram.
    """
    n_epochs = len(hypnogram)
    given = np.array(probabilities, dtype=np.float64)
    if given.shape != (n_epochs, len(PROBABILITY_STAGES)):
        raise ValueError(f"{n_epochs} epochs need shape ({n_epochs}, 5), not {given.shape}")
    known = (hypnogram.stages != Stage.UNSCORED) & ~np.isnan(given).any(axis=1)
    rows, first = np.flatnonzero(known), hypnogram.stages[known]
    sure = np.full(n_epochs, np.nan)
    sure[rows] = given[rows, first]
    given[rows, first] = 0.0
    given[~known] = 0.0
    other = known & (given.max(axis=1, initial=0.0) > 0)
    second = np.where(other, given.argmax(axis=1), int(Stage.UNSCORED)).astype(np.int8)
    return other & (sure < below), second


def _numbers(score: Score) -> Mapping[Key, float | None]:
    """Return the numbers that change with the stages, by name, rule set and scope."""
    numbers: dict[Key, float | None] = {
        (rate.name, rate.rules, rate.scope): rate.per_hour
        for rate in score.rates
        if rate.name in _RATES and rate.scope in _SCOPES
    }
    return numbers | {
        (name, "", "total"): getattr(score.sleep, name, None) for name in SLEEP_IN_DOUBT
    }


def _range(key: Key, value: float | None, values: list[float | None]) -> IndexRange:
    known = [one for one in values if one is not None]
    name, rules, scope = key
    return IndexRange(
        name=name,
        rules=rules,
        scope=scope,
        value=value,
        low=min(known, default=None),
        high=max(known, default=None),
    )
