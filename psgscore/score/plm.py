"""Periodic series: the grammar of periodic leg movements."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from psgscore.intervals import counts_before, counts_touching
from psgscore.model._arrays import Bools, Floats, Ints, microseconds, to_microsecond
from psgscore.model.criteria import Criteria


def number_series(
    onset_s: Floats,
    criteria: Criteria,
    *,
    member: Bools | None = None,
    breaker: Bools | None = None,
    barriers: ArrayLike = (),
) -> Ints:
    """Give each movement the number of its periodic series.

    Parameters
    ----------
    onset_s : ndarray, shape (n,)
        Onsets of the movements, sorted.
    criteria : Criteria
        Uses `min_interval_s`, `max_interval_s` (both inclusive), `min_movements` and
        `short_interval`.
    member : ndarray of bool, optional
        Movements that may belong to a series; default all.
    breaker : ndarray of bool, optional
        Movements that end a series; default none. Those neither member nor breaker
        are as if they were not there.
    barriers : array_like, shape (m, 2)
        Stretches (gaps, unscored time) across which no interval is defined.

    Returns
    -------
    ndarray of int, shape (n,)
        1, 2, ... for the members of each series in time order, 0 for the rest.
    """
    member = np.ones(len(onset_s), np.bool_) if member is None else member
    breaker = np.zeros(len(onset_s), np.bool_) if breaker is None else breaker
    series = np.zeros(len(onset_s), np.int64)
    number = 0
    for run in _periodic_runs(_Onsets.of(onset_s, barriers), criteria, member, breaker):
        if len(run) >= criteria.min_movements:
            number += 1
            series[run] = number
    return series


def intervals_s(onset_s: Floats, barriers: ArrayLike = ()) -> Floats:
    """Return each movement's interval to the one before it, onset to onset.

    NaN where there is none, or where a barrier lies in between.
    """
    intervals = np.full(len(onset_s), np.nan)
    if len(onset_s) > 1:
        between = np.column_stack([onset_s[:-1], onset_s[1:]])
        whole = counts_touching(between, barriers, closed=False) == 0
        intervals[1:] = np.where(whole, to_microsecond(np.diff(onset_s)), np.nan)
    return intervals


@dataclass(frozen=True, slots=True)
class _Onsets:
    """Onsets as plain numbers, with the barriers begun before and over by each of them."""

    times_s: list[float]
    begun: list[int]
    over: list[int]

    @classmethod
    def of(cls, onset_s: Floats, barriers: ArrayLike) -> _Onsets:
        """Count the barriers once for all of them."""
        begun, over = counts_before(onset_s, barriers)
        return cls(onset_s.tolist(), begun.tolist(), over.tolist())

    def crossed(self, last: int, row: int) -> bool:
        """Whether a barrier lies between two onsets."""
        return self.begun[row] > self.over[last]


def _periodic_runs(
    onsets: _Onsets, criteria: Criteria, member: Bools, breaker: Bools
) -> Iterator[list[int]]:
    """Yield every maximal run of members at periodic intervals, however short."""
    run: list[int] = []
    for row in np.flatnonzero(member | breaker).tolist():
        if breaker[row]:
            yield run
            run = []
            continue
        step = _step(onsets, run[-1], row, criteria) if run else "new"
        if step == "new":
            yield run
            run = [row]
        elif step == "next":
            run.append(row)
    yield run


def _step(onsets: _Onsets, last: int, row: int, criteria: Criteria) -> str:
    """Say whether a movement continues the run ("next"), heads a new one, or is skipped."""
    interval = microseconds(onsets.times_s[row] - onsets.times_s[last])
    if onsets.crossed(last, row) or interval > criteria.max_interval_s:
        return "new"
    if interval >= criteria.min_interval_s:
        return "next"
    return "new" if criteria.short_interval == "ends_series" else "skip"
