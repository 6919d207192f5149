"""Where in the night a jerk lies: around which falling asleep, or elsewhere."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from psgscore.model._arrays import Floats, Ints, Words, to_microsecond
from psgscore.model.hypnogram import SLEEP, Hypnogram, Stage
from psgscore.model.jerk_criteria import JerkCriteria
from psgscore.model.staging import SleepOnset

CONTEXT = "context"
"""The column of words that says where a hypnic jerk stands."""
SLEEP_ONSET = "sleep onset"
RE_ENTRY = "re-entry"
OTHER = "other"
CONTEXTS = (SLEEP_ONSET, RE_ENTRY, OTHER)


@dataclass(frozen=True, slots=True, kw_only=True)
class JerkWindow:
    """The time around one falling asleep in which a jerk belongs to it.

    Parameters
    ----------
    onset : int
        Which of the sleep onsets, an index.
    context : str
        ``"sleep onset"`` or ``"re-entry"``.
    start_s, stop_s : float
        Seconds from the start of the recording; both ends belong to it.
    """

    onset: int
    context: str
    start_s: float
    stop_s: float


def jerk_windows(
    hypnogram: Hypnogram,
    onsets: tuple[SleepOnset, ...],
    lights_off_s: float | None,
    criteria: JerkCriteria,
) -> tuple[JerkWindow, ...]:
    """Return the time around each falling asleep after `wake_before_s` of wake.

    Parameters
    ----------
    hypnogram : Hypnogram
        The wake before is counted in its epochs, right before the first epoch of sleep.
    onsets : tuple of SleepOnset
        Every change from wake to sleep, in order of time.
    lights_off_s : float, optional
        Those before it have no window. Without it the recording begins with lights off.
    criteria : JerkCriteria
        Uses `wake_before_s`, `before_onset_s` and `after_onset_s`.

    Returns
    -------
    tuple of JerkWindow
        The first falling asleep since lights off is ``"sleep onset"`` and every other
        ``"re-entry"``, also when the first one has no window or was not recorded.
    """
    lights_s = -np.inf if lights_off_s is None else lights_off_s
    found = []
    for number, onset in enumerate(onsets):
        if onset.onset_s < lights_s or not _awake_before(hypnogram, onset.epoch, criteria):
            continue
        slept = _slept_between(hypnogram, lights_s, onset.epoch)
        found.append(
            JerkWindow(
                onset=number,
                context=RE_ENTRY if slept else SLEEP_ONSET,
                start_s=float(to_microsecond(onset.onset_s - criteria.before_onset_s)),
                stop_s=float(to_microsecond(onset.onset_s + criteria.after_onset_s)),
            )
        )
    return tuple(found)


def _awake_before(hypnogram: Hypnogram, epoch: int, criteria: JerkCriteria) -> bool:
    before = hypnogram.stages[:epoch]
    others = np.flatnonzero(before != Stage.W)
    awake = before.size - (int(others[-1]) + 1 if others.size else 0)
    return float(to_microsecond(awake * hypnogram.epoch_s)) >= criteria.wake_before_s


def _slept_between(hypnogram: Hypnogram, lights_s: float, epoch: int) -> bool:
    ends = hypnogram.edges_s[1 : epoch + 1]
    return bool((np.isin(hypnogram.stages[:epoch], SLEEP) & (ends > lights_s)).any())


def place_jerks(
    start_s: Floats, windows: tuple[JerkWindow, ...], onsets: tuple[SleepOnset, ...]
) -> tuple[Words, Ints, Floats]:
    """Return the context of each jerk, the index of its sleep onset, and the delays.

    Returns
    -------
    context : ndarray of str, shape (n,)
    onset : ndarray of int, shape (n,)
        -1 where the context is ``"other"``. In two windows at once a jerk belongs to the
        onset it is nearer to.
    delays_s : ndarray, shape (n, 3)
        From the sleep onset to the jerk, negative before it: as estimated, and the smallest
        and the largest it may be; NaN in context ``"other"``.
    """
    context = np.full(start_s.size, OTHER, dtype="<U16")
    chosen = np.full(start_s.size, -1, np.int64)
    delays = np.full((start_s.size, 3), np.nan)
    nearest = np.full(start_s.size, np.inf)
    for window in windows:
        onset = onsets[window.onset]
        delay = to_microsecond(start_s - onset.onset_s)
        inside = (start_s >= window.start_s) & (start_s <= window.stop_s)
        better = inside & (np.abs(delay) < nearest)
        nearest[better] = np.abs(delay[better])
        context[better], chosen[better] = window.context, window.onset
        ends = to_microsecond(start_s[:, np.newaxis] - np.array([onset.high_s, onset.low_s]))
        delays[better] = np.column_stack([delay, ends])[better]
    return context, chosen, delays
