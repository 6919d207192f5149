"""Rhythms in the onsets of bursts: runs of like intervals, of one muscle or from leg to leg."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from psgscore.model._arrays import MICROSECOND_DECIMALS, Floats, Ints, to_microsecond
from psgscore.model.train_criteria import TrainCriteria


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Onsets:
    """The onsets in which a rhythm is looked for, in time order; lists, for it is followed by hand.

    Parameters
    ----------
    times_s : list of float
        Seconds from the start of the recording.
    sides : list of int
        0 and 1 for the legs where they are to alternate, 0 throughout where they need not.
    stretches_s : list of float
        Where the uninterrupted stretch of the channel begins: a rhythm never runs on in another.
    alternating : bool
        Whether each burst is to be of the other leg than the one before.
    """

    times_s: list[float]
    sides: list[int]
    stretches_s: list[float]
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
    What goes on at the same rate (`alike_rate`) before that time is over, only out of step, is
    the same rhythm: one burst late or early does not make two trains of one.
    """
    waiting = np.zeros(0, np.int64)
    for rows in _in_step(onsets, criteria):
        if waiting.size and _resumes(onsets, waiting, rows, criteria):
            waiting = np.concatenate([waiting, rows])
            continue
        if waiting.size:
            yield waiting
        waiting = rows
    if waiting.size:
        yield waiting


def _in_step(onsets: Onsets, criteria: TrainCriteria) -> Iterator[Ints]:
    """Yield the rows of each rhythm as far as it keeps in step."""
    first, rates_hz = 0, (criteria.min_rate_hz, criteria.max_rate_hz)
    while first < len(onsets.times_s) - 1:
        rows = _rhythm_from(onsets, first, rates_hz, criteria)
        if rows.size:
            yield rows
        first = int(rows[-1]) + 1 if rows.size else first + 1


def usual_interval_s(time_s: Floats, criteria: TrainCriteria, *, alternating: bool) -> float:
    """Return the median interval of a rhythm, those with a burst missing left out.

    From leg to leg it is half of what passes until the same leg: the legs need not be midway.
    """
    steps = 2 if alternating else 1
    intervals = np.sort(to_microsecond((time_s[steps:] - time_s[:-steps]) / steps)).tolist()
    middle = _middle(intervals)
    for _ in range(2):
        middle = _middle(intervals[: bisect_left(intervals, _longest(middle, criteria))])
    return middle


def _resumes(onsets: Onsets, before: Ints, after: Ints, criteria: TrainCriteria) -> bool:
    """Say whether the second of two rhythms is the first one again, out of step."""
    (before_s, one_s), (after_s, other_s) = (
        (times_s, usual_interval_s(times_s, criteria, alternating=onsets.alternating))
        for times_s in (np.array([onsets.times_s[row] for row in rows]) for rows in (before, after))
    )
    slower_s = max(one_s, other_s)
    alike = abs(one_s - other_s) <= criteria.alike_rate * slower_s
    soon = after_s[0] - before_s[-1] < (criteria.max_missed + 1.5) * slower_s
    stretches_s = {onsets.stretches_s[row] for row in (*before[-2:], *after[:2])}
    sides = {onsets.sides[row] for row in (*before[-2:], *after[:2])}
    return bool(alike and soon and len(stretches_s) <= len(sides))


def _longest(usual_s: float, criteria: TrainCriteria) -> float:
    """Return from where on an interval is one with a burst missing."""
    return (2 - criteria.alternation_tolerance) * usual_s


def _rhythm_from(
    onsets: Onsets, first: int, rates_hz: tuple[float, float], criteria: TrainCriteria
) -> Ints:
    """Return the rhythm that begins with a burst, empty if there is none."""
    times_s, (slowest_hz, fastest_hz) = onsets.times_s, rates_hz
    slack = 1 + criteria.interval_tolerance
    for second in range(first + 1, min(first + 3, len(times_s))):
        interval_s = round(times_s[second] - times_s[first], MICROSECOND_DECIMALS)
        # Most bursts of a night are too far from the next: nothing is followed from there.
        if interval_s * slowest_hz > slack:
            break
        if slack * interval_s * fastest_hz >= 1 and _goes_on(onsets, [first], second, 1):
            rows = _followed(onsets, [first, second], interval_s, criteria)
            if _is_rhythm(onsets, rows, criteria):
                return np.array(rows, np.int64)
    return np.zeros(0, np.int64)


def _is_rhythm(onsets: Onsets, rows: list[int], criteria: TrainCriteria) -> bool:
    """Say whether bursts are enough, few enough missing and few enough passed over."""
    if len(rows) < criteria.min_bursts:
        return False
    if len(rows) < criteria.min_share * (rows[-1] - rows[0] + 1):
        return False
    times_s = np.array([onsets.times_s[row] for row in rows])
    intervals = to_microsecond(np.diff(times_s))
    usual = usual_interval_s(times_s, criteria, alternating=onsets.alternating)
    single = intervals < _longest(usual, criteria)
    return bool(single.sum() >= criteria.min_bursts - 1)


def _followed(
    onsets: Onsets, begun: list[int], interval_s: float, criteria: TrainCriteria
) -> list[int]:
    """Follow the rhythm that two bursts suggest as far as it goes."""
    times_s, rows, recent = onsets.times_s, list(begun), [interval_s]
    while True:
        # From leg to leg a long interval and a short one belong together.
        odd = len(recent) % 2 if onsets.alternating and len(recent) > 1 else 0
        found, steps = _next(onsets, rows, _middle(recent[odd:]), criteria)
        # One passed over is forgiven here: the first bursts of a rhythm are few.
        too_many = len(rows) + 2 < criteria.min_share * (found - rows[0] + 1)
        if not steps or too_many:
            return rows
        if steps == 1:
            recent.append(times_s[found] - times_s[rows[-1]])
            del recent[: -criteria.recent_intervals]
        rows.append(found)


def _next(
    onsets: Onsets, rows: list[int], usual_s: float, criteria: TrainCriteria
) -> tuple[int, int]:
    """Return the burst nearest to where one is awaited, and after how many intervals; 0: none."""
    times_s, alternating = onsets.times_s, onsets.alternating
    share = criteria.alternation_tolerance if alternating else criteria.interval_tolerance
    reach_s = share * usual_s + 1e-6
    for steps in range(1, criteria.max_missed + 2):
        awaited_s = times_s[rows[-1]] + steps * usual_s
        low = bisect_left(times_s, awaited_s - reach_s, rows[-1] + 1)
        high = bisect_right(times_s, awaited_s + reach_s, low)
        fit = [row for row in range(low, high) if _goes_on(onsets, rows, row, steps)]
        if fit:
            return min(fit, key=lambda row: abs(times_s[row] - awaited_s)), steps
    return 0, 0


def _goes_on(onsets: Onsets, rows: list[int], row: int, steps: int) -> bool:
    """Say whether a burst is of the leg whose turn it is, and of the same stretch as before."""
    sides, stretches_s = onsets.sides, onsets.stretches_s
    side = sides[row]
    if side != (sides[rows[-1]] + steps * onsets.alternating) % 2:
        return False
    for before in rows[:-5:-1]:
        if sides[before] == side:
            return stretches_s[before] == stretches_s[row]
    return True


def _middle(values: list[float]) -> float:
    """Return the median of a few values."""
    ordered, half = sorted(values), len(values) // 2
    return ordered[half] if len(values) % 2 else (ordered[half - 1] + ordered[half]) / 2
