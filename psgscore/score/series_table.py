"""Every periodic series of a night, on its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from psgscore.model._arrays import Bools
from psgscore.model.hypnogram import Stage
from psgscore.model.score import LegScore


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One periodic series.

    Parameters
    ----------
    number : int
        As in the verdicts.
    start_s, stop_s : float
        From the onset of its first movement to the end of its last.
    movements : int
        Members.
    per_hour : float
        Intervals over the time from the first onset to the last.
    median_interval_s : float
        Onset to onset.
    sides : mapping of str to int
        Members by side; movements of unknown side under "".
    stages : mapping of str to int
        Members by the stage at their onset, in the order of their first.
    arousal, automatic_arousal, respiratory : int or None
        Members with one; None where there is no such scoring.
    """

    number: int
    start_s: float
    stop_s: float
    movements: int
    per_hour: float
    median_interval_s: float
    sides: Mapping[str, int]
    stages: Mapping[str, int]
    arousal: int | None
    automatic_arousal: int | None
    respiratory: int | None


def series_of(leg: LegScore) -> tuple[Series, ...]:
    """Return the series of one rule set, in time order.

    Parameters
    ----------
    leg : LegScore
        Movements and verdicts.
    """
    numbers = leg.verdicts.series
    return tuple(_series(leg, int(number)) for number in np.unique(numbers[numbers > 0]))


def longest(series: tuple[Series, ...], n: int) -> tuple[Series, ...]:
    """Return the `n` series with the most movements, the earlier of equals, in time order."""
    chosen = sorted(series, key=lambda one: (-one.movements, one.number))[:n]
    return tuple(sorted(chosen, key=lambda one: one.number))


def _series(leg: LegScore, number: int) -> Series:
    verdicts = leg.verdicts
    mine = verdicts.series == number
    onsets = leg.movements.start_s[mine]
    return Series(
        number=number,
        start_s=float(onsets[0]),
        stop_s=float(leg.movements.stop_s[mine].max()),
        movements=int(mine.sum()),
        per_hour=3600.0 * (onsets.size - 1) / float(onsets[-1] - onsets[0]),
        median_interval_s=float(np.median(np.diff(onsets))),
        sides=_tally(verdicts.side[mine].tolist()),
        stages=_tally([Stage(stage).name for stage in verdicts.stage[mine].tolist()]),
        arousal=_hits(verdicts.arousal, mine),
        automatic_arousal=_hits(verdicts.automatic_arousal, mine),
        respiratory=_hits(verdicts.respiratory, mine),
    )


def _tally(words: list[str]) -> dict[str, int]:
    return {word: words.count(word) for word in dict.fromkeys(words)}


def _hits(verdict: Bools | None, mine: Bools) -> int | None:
    return None if verdict is None else int(np.sum(verdict & mine))
