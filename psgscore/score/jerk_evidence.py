"""What speaks for a jerk, and what speaks against it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike

from psgscore.intervals import counts_touching
from psgscore.model._arrays import Bools, Floats, Spans, to_microsecond
from psgscore.model.events import Events
from psgscore.model.hypnogram import SLEEP, Hypnogram, Stage
from psgscore.model.jerk_criteria import JerkCriteria


def wave_evidence(
    start_s: Floats, waves: Events | None, looked: Spans | None, criteria: JerkCriteria
) -> Floats:
    """Say by which jerks a wave begins, `wave_before_s` before to `wave_after_s` after.

    1 or 0; NaN where nobody looked: no waves, or the EEG cannot be read there.
    """
    if waves is None:
        return np.full(start_s.size, np.nan)
    windows = np.column_stack([start_s - criteria.wave_before_s, start_s + criteria.wave_after_s])
    found = starting_in(waves.start_s, windows).astype(np.float64)
    if looked is not None:
        found[(found == 0) & ~_within(windows, looked)] = np.nan
    return found


def arousal_evidence(
    start_s: Floats, arousals: Events | None, hypnogram: Hypnogram, criteria: JerkCriteria
) -> Floats:
    """Say after which jerks an arousal or wake begins, within `arousal_after_s`.

    Wake begins where an epoch of sleep ends in one of wake: that it began earlier
    within the epoch is not known. 1 or 0; without scored arousals 1 or NaN.
    """
    windows = np.column_stack([start_s, start_s + criteria.arousal_after_s])
    found = starting_in(_awakenings_s(hypnogram), windows)
    if arousals is None:
        return np.where(found, 1.0, np.nan)
    found = found | starting_in(arousals.start_s, windows)
    return found.astype(np.float64)


def heart_evidence(rise_bpm: ArrayLike | None, n_jerks: int, criteria: JerkCriteria) -> Floats:
    """Say by which jerks the heart rate rises by `heart_rise_bpm`; NaN where not known."""
    if rise_bpm is None:
        return np.full(n_jerks, np.nan)
    rise = np.asarray(rise_bpm, np.float64)
    if rise.shape != (n_jerks,):
        raise ValueError(f"heart_rise_bpm must have shape ({n_jerks},), not {rise.shape}")
    return np.where(np.isnan(rise), np.nan, to_microsecond(rise) >= criteria.heart_rise_bpm)


def after_arousal(events: Events, arousals: Events | None, criteria: JerkCriteria) -> Bools:
    """Say which jerks an arousal leads: it began more than `arousal_lead_s` before.

    And lasts to the jerk, or ends less than `arousal_gap_s` before it: one long over
    has nothing to do with it.
    """
    if arousals is None or not len(arousals):
        return np.zeros(len(events), np.bool_)
    start = events.start_s[:, np.newaxis]
    lead = to_microsecond(start - arousals.start_s) > criteria.arousal_lead_s
    near = to_microsecond(start - arousals.stop_s) < criteria.arousal_gap_s
    led: Bools = np.any(lead & near, axis=1)
    return led


def among_potentials(events: Events, potentials: Events | None, criteria: JerkCriteria) -> Bools:
    """Say which jerks lie in a minute with `potentials_per_min` fragmentary potentials.

    Any minute that holds the jerk's onset, not one of a grid. Potentials of the jerk itself
    do not count, nor those synchronous in two muscles.
    """
    dense = np.zeros(len(events), np.bool_)
    if potentials is None or len(potentials) < criteria.potentials_per_min:
        return dense
    own = counts_touching(potentials.spans, events.spans, closed=False) > 0
    together = potentials.measures.get("synchronous", np.zeros(len(potentials))) > 0
    counted = potentials.start_s[~together]
    of_jerk = own[~together]
    first = np.searchsorted(counted, events.start_s - criteria.minute_s, side="right")
    last = np.searchsorted(counted, events.start_s + criteria.minute_s, side="left")
    for row in np.flatnonzero(last - first >= criteria.potentials_per_min):
        near, mine = counted[first[row] : last[row]], of_jerk[first[row] : last[row]]
        inside = (near >= events.start_s[row]) & (near < events.stop_s[row]) & mine
        dense[row] = _dense(near[~inside], float(events.start_s[row]), criteria)
    return dense


def _dense(times_s: Floats, moment_s: float, criteria: JerkCriteria) -> bool:
    """Say whether some minute holds the moment and enough of the times, which are sorted."""
    count = criteria.potentials_per_min
    if times_s.size < count:
        return False
    first = np.minimum(times_s[: times_s.size - count + 1], moment_s)
    last = np.maximum(times_s[count - 1 :], moment_s)
    return bool((to_microsecond(last - first) < criteria.minute_s).any())


def near_periodic(events: Events, spans: Spans, criteria: JerkCriteria) -> Bools:
    """Say which jerks lie in a periodic run or within `periodic_s` of one, both included."""
    reach = np.array([-criteria.periodic_s, criteria.periodic_s])
    windows = np.asarray(spans, np.float64).reshape(-1, 2) + reach
    return counts_touching(events.spans, windows, closed=True) > 0


def overlapped(events: Events, outranked: Mapping[str, ArrayLike]) -> dict[str, Bools]:
    """Return by each reason which events share time with its spans."""
    return {
        reason: counts_touching(events.spans, spans, closed=False) > 0
        for reason, spans in outranked.items()
    }


def starting_in(times_s: Floats, windows: Spans) -> Bools:
    """Say which windows, both ends included, hold one of the times."""
    times, edges = np.sort(times_s), to_microsecond(windows)
    first = np.searchsorted(times, edges[:, 0], side="left")
    found: Bools = np.searchsorted(times, edges[:, 1], side="right") > first
    return found


def _awakenings_s(hypnogram: Hypnogram) -> Floats:
    stages = hypnogram.stages
    wakes = np.isin(stages[:-1], SLEEP) & (stages[1:] == Stage.W)
    return to_microsecond(hypnogram.edges_s[1:-1][wakes])


def _within(windows: Spans, spans: Spans) -> Bools:
    """Say which windows lie wholly within one of disjoint, sorted spans."""
    array = np.concatenate([[[-np.inf, -np.inf]], np.asarray(spans, np.float64).reshape(-1, 2)])
    edges = to_microsecond(windows)
    row = np.searchsorted(array[:, 0], edges[:, 0], side="right") - 1
    inside: Bools = edges[:, 1] <= array[row, 1]
    return inside
