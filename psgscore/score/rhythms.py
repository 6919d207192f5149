"""Rhythms in the onsets of bursts: runs of like intervals, of one muscle or from leg to leg."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from psgscore.model._arrays import Floats, Ints, to_microsecond
from psgscore.model.train_criteria import TrainCriteria


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Onsets:
    """The onsets in which a rhythm is looked for, in time order.

    Parameters
    ----------
    time_s : ndarray of float64, shape (n,)
        Seconds from the start of the recording.
    side : ndarray of int, shape (n,)
        0 and 1 for the legs where they are to alternate, 0 throughout where they need not.
    stretch_s : ndarray of float64, shape (n,)
        Where the uninterrupted stretch of the channel begins: a rhythm never runs on in another.
    alternating : bool
        Whether each burst is to be of the other leg than the one before.
    """

    time_s: Floats
    side: Ints
    stretch_s: Floats
    alternating: bool


def find_rhythms(onsets: Onsets, criteria: TrainCriteria) -> Iterator[Ints]:
    """Yield the rows of each rhythm, in time order.

    Parameters
    ----------
    onsets : Onsets
        Of one muscle, or of both legs.
    criteria : TrainCriteria
        How many bursts, how like the intervals, how many may be missing.

    Notes
    -----
    From a burst on, the next one is awaited at the median of the last `recent_intervals`, give
    or take the tolerance; where there is none, after twice that time (`max_missed`), and so on.
    Bursts in between are passed over, but too many of them (`min_share`) make it no rhythm.
    """
    first = 0
    while first < onsets.time_s.size - 1:
        rows = _best_from(onsets, first, criteria)
        if rows.size:
            yield rows
        first = int(rows[-1]) + 1 if rows.size else first + 1


def usual_interval_s(time_s: Floats, criteria: TrainCriteria) -> float:
    """Return the median interval of a rhythm, those with a burst missing left out."""
    intervals = to_microsecond(np.diff(time_s))
    middle = float(np.median(intervals))
    for _ in range(2):
        single = intervals[intervals < (2 - criteria.alternation_tolerance) * middle]
        middle = float(np.median(single))
    return middle


def _best_from(onsets: Onsets, first: int, criteria: TrainCriteria) -> Ints:
    """Return the longest rhythm that begins with a burst, empty if there is none."""
    best = np.zeros(0, np.int64)
    for second in range(first + 1, min(first + 3, onsets.time_s.size)):
        rows = _followed(onsets, first, second, criteria)
        if rows.size > best.size and _is_rhythm(onsets, rows, criteria):
            best = rows
    return best


def _is_rhythm(onsets: Onsets, rows: Ints, criteria: TrainCriteria) -> bool:
    """Say whether bursts are enough, few enough missing and few enough passed over."""
    if rows.size < criteria.min_bursts:
        return False
    intervals = to_microsecond(np.diff(onsets.time_s[rows]))
    usual = usual_interval_s(onsets.time_s[rows], criteria)
    single = intervals < (2 - criteria.alternation_tolerance) * usual
    present = rows.size / (rows[-1] - rows[0] + 1)
    return bool(single.sum() >= criteria.min_bursts - 1 and present >= criteria.min_share)


def _followed(onsets: Onsets, first: int, second: int, criteria: TrainCriteria) -> Ints:
    """Follow the rhythm that two bursts suggest as far as it goes."""
    interval = _rounded(onsets.time_s[second] - onsets.time_s[first])
    longest_s, shortest_s = 1 / criteria.min_rate_hz, 1 / criteria.max_rate_hz
    fits = shortest_s - 1e-3 <= interval <= (1 + criteria.interval_tolerance) * longest_s
    if not fits or not _goes_on(onsets, [first], second, 1):
        return np.zeros(0, np.int64)
    rows, recent = [first, second], [interval]
    while True:
        usual = float(np.median(recent[-criteria.recent_intervals :]))
        found, steps = _next(onsets, rows, usual, criteria)
        if not steps:
            return np.array(rows, dtype=np.int64)
        if steps == 1:
            recent.append(_rounded(onsets.time_s[found] - onsets.time_s[rows[-1]]))
        rows.append(found)


def _next(
    onsets: Onsets, rows: list[int], usual_s: float, criteria: TrainCriteria
) -> tuple[int, int]:
    """Return the burst nearest to where one is awaited, and after how many intervals; 0: none."""
    alternating = onsets.alternating
    share = criteria.alternation_tolerance if alternating else criteria.interval_tolerance
    last_s = float(onsets.time_s[rows[-1]])
    for steps in range(1, criteria.max_missed + 2):
        awaited_s = last_s + steps * usual_s
        low, high = awaited_s - share * usual_s - 1e-6, awaited_s + share * usual_s + 1e-6
        near = range(
            max(int(np.searchsorted(onsets.time_s, low)), rows[-1] + 1),
            int(np.searchsorted(onsets.time_s, high, side="right")),
        )
        fit = [row for row in near if _goes_on(onsets, rows, row, steps)]
        if fit:
            return min(fit, key=lambda row: abs(float(onsets.time_s[row]) - awaited_s)), steps
    return 0, 0


def _goes_on(onsets: Onsets, rows: list[int], row: int, steps: int) -> bool:
    """Say whether a burst is of the leg whose turn it is, and of the same stretch as before."""
    turn = (int(onsets.side[rows[-1]]) + steps * onsets.alternating) % 2
    side = int(onsets.side[row])
    before = next((one for one in reversed(rows[-4:]) if onsets.side[one] == side), None)
    same = before is None or bool(onsets.stretch_s[before] == onsets.stretch_s[row])
    return side == turn and same


def _rounded(seconds: float) -> float:
    return float(to_microsecond(seconds))
