"""What a number would be if the doubtful epochs were staged otherwise: a range, not a point."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import numpy as np

from psgscore.model._arrays import Bools
from psgscore.model.hypnogram import Hypnogram, Stage, Stages
from psgscore.model.score import Score
from psgscore.model.staging import IndexRange

Key = tuple[str, str, str]
_RATES = ("plm", "plm_arousal")
_SCOPES = ("sleep", "W", "NREM", "R")
_SLEEP = (
    "tst_min",
    "sol_min",
    "waso_min",
    "sleep_efficiency_percent",
    "rem_latency_min",
)


def index_ranges(
    score: Score, again: Callable[[Hypnogram], Score], doubtful: Bools, second: Stages
) -> tuple[IndexRange, ...]:
    """Return each number that depends on stages, with the doubtful epochs moved.

    Parameters
    ----------
    score : Score
        As staged.
    again : callable
        Scores the same night with another hypnogram.
    doubtful : ndarray of bool, shape (n_epochs,)
        Epochs of the hypnogram in doubt.
    second : ndarray of int8, shape (n_epochs,)
        The stage each would have instead; UNSCORED where there is none.

    Returns
    -------
    tuple of IndexRange
        Smallest and largest over: as staged, all moved, only those moved out of wake,
        only those moved into wake.
    """
    if score.hypnogram is None:
        return ()
    staged = score.hypnogram
    nights = [_numbers(again(other)) for other in _others(staged, doubtful, second)]
    return tuple(
        _range(key, value, [value, *(night.get(key) for night in nights)])
        for key, value in _numbers(score).items()
    )


def _others(staged: Hypnogram, doubtful: Bools, second: Stages) -> Iterator[Hypnogram]:
    movable = doubtful & (second != Stage.UNSCORED)
    wake = staged.stages == Stage.W
    for moved in (movable, movable & wake, movable & ~wake & (second == Stage.W)):
        stages = np.where(moved, second, staged.stages).astype(np.int8)
        yield Hypnogram(stages, staged.epoch_s, staged.start_s)


def _numbers(score: Score) -> Mapping[Key, float | None]:
    numbers: dict[Key, float | None] = {}
    for rate in score.rates:
        if rate.name in _RATES and rate.scope in _SCOPES:
            numbers[rate.name, rate.rules, rate.scope] = rate.per_hour
    for name in _SLEEP:
        numbers[name, "", "total"] = getattr(score.sleep, name, None)
    return numbers


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
