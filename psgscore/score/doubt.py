"""What the doubt about automatic stages does to the numbers that rest on them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from psgscore.model._arrays import Bools, Floats
from psgscore.model.hypnogram import Hypnogram, Stage, Stages
from psgscore.model.score import Score
from psgscore.model.staging import PROBABILITY_STAGES

DOUBTFUL_BELOW = 0.6
"""Probability under which a stage may as well be the second likely one."""

_SLEEP_NUMBERS = (
    "tst_min",
    "sol_min",
    "rem_latency_min",
    "persistent_sleep_latency_min",
    "waso_min",
    "sleep_efficiency_percent",
    "awakenings",
    "stage_shifts",
    "arousal_index",
)

Numbers = Mapping[str, float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """A number, and how far the doubtful epochs move it.

    Parameters
    ----------
    low, high : float or None
        Smallest and largest value; None where it is never known.
    value : float or None
        With the stages as given.
    always_known : bool
        False if the number cannot be known under some of the stagings.
    """

    low: float | None
    value: float | None
    high: float | None
    always_known: bool = True


def index_range(
    score: Callable[[Hypnogram], Numbers],
    hypnogram: Hypnogram,
    probabilities: Floats,
    *,
    below: float = DOUBTFUL_BELOW,
) -> dict[str, Range]:
    """Score a night again with its doubtful epochs moved to their second choice.

    Parameters
    ----------
    score : callable
        Numbers by name for a hypnogram, for example ``stage_numbers(score_events(...))``;
        called once for each different staging, 12 times at most.
    hypnogram : Hypnogram
        Stages as given.
    probabilities : ndarray of float64, shape (n_epochs, 5)
        W, N1, N2, N3, R; rows of NaN (a person's epochs) are never moved.
    below : float
        An epoch is doubtful if the stage given has a probability below this.

    Returns
    -------
    dict of str to Range
        Over the stagings of `stagings`: a range of what is plausible, not a confidence
        interval, and no bound on errors made with confidence.

    Raises
    ------
    ValueError
        Probabilities that do not fit the hypnogram.
    """
    tried = {each.stages.tobytes(): each for each in stagings(hypnogram, probabilities, below)}
    given, *others = [score(each) for each in tried.values()]
    return {name: _range(value, [one.get(name) for one in others]) for name, value in given.items()}


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


def stage_numbers(score: Score) -> dict[str, float | None]:
    """Return the numbers of a score that change with the stages, by name.

    Returns
    -------
    dict of str to float or None
        Sleep measures by their own name, minutes of each stage as ``"N2_min"``, and
        rates per hour as ``"plm wasm-2016 sleep"`` (name, rule set, scope).
    """
    numbers: dict[str, float | None] = {}
    if score.sleep is not None:
        numbers = {name: getattr(score.sleep, name) for name in _SLEEP_NUMBERS}
        numbers |= {f"{stage}_min": value for stage, value in score.sleep.stage_min.items()}
    rates = {f"{rate.name} {rate.rules} {rate.scope}": rate.per_hour for rate in score.rates}
    return numbers | rates


def _range(value: float | None, others: list[float | None]) -> Range:
    values = [value, *others]
    known = [float(each) for each in values if each is not None]
    return Range(
        low=min(known, default=None),
        value=None if value is None else float(value),
        high=max(known, default=None),
        always_known=len(known) == len(values),
    )
