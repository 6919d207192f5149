"""The heart rate from beat to beat, and what it does after a moment or around movements."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from psgscore.model._arrays import Bools, Floats, to_microsecond
from psgscore.model.finding import NotScored
from psgscore.model.heart import HeartBeats, HeartResponse
from psgscore.model.heart_criteria import (
    HEART,
    HEART_RESPONSE,
    HEART_RISE,
    HeartCriteria,
    HeartResponseCriteria,
    HeartRiseCriteria,
)

_NEIGHBOURS = 2
_STEP_S = 0.5
_WHAT = "heart-rate response to movements"


def instantaneous_rate(beats: HeartBeats, criteria: HeartCriteria = HEART) -> Floats:
    """Return the heart rate of the interval that ends at each beat.

    Parameters
    ----------
    beats : HeartBeats
        From `psgscore.detect.heart.find_r_peaks`.
    criteria : HeartCriteria
        Uses `min_bpm`, `max_bpm` (both belong to what is kept) and `ectopic_share`.

    Returns
    -------
    ndarray, shape (n_beats,)
        Beats per minute; NaN for the first beat of each readable stretch, where the
        rate is out of range, and where the interval differs from the median of the five
        intervals around it by more than `ectopic_share` of that median: an ectopic beat
        and the pause after it, a false beat, a missed one.
    """
    times = beats.times_s
    rate = np.full(times.size, np.nan)
    if times.size < 2:
        return rate
    stretch = np.searchsorted(beats.readable[:, 0], times, side="right")
    interval = to_microsecond(np.diff(times))
    interval[np.diff(stretch) != 0] = np.nan
    with np.errstate(invalid="ignore"):
        known = (interval >= 60.0 / criteria.max_bpm) & (interval <= 60.0 / criteria.min_bpm)
    interval[~known] = np.nan
    usual = _median_of_neighbours(interval)
    with np.errstate(invalid="ignore"):
        regular = np.abs(interval - usual) <= criteria.ectopic_share * usual + 1e-9
    rate[1:][regular] = 60.0 / interval[regular]
    return rate


def rate_rise_bpm(
    beats: HeartBeats,
    times_s: ArrayLike,
    criteria: HeartRiseCriteria = HEART_RISE,
    *,
    heart: HeartCriteria = HEART,
) -> Floats:
    """Return by how much the heart rate rises after each moment.

    The rise is the highest mean rate over `peak_s` within the `within_s` after the
    moment, less the mean rate of the `baseline_s` before it.

    Parameters
    ----------
    beats : HeartBeats
        From `psgscore.detect.heart.find_r_peaks`.
    times_s : array_like, shape (n,)
        Seconds from the start of the recording.
    criteria : HeartRiseCriteria
        How long before and after; `rise_bpm` is not applied here.
    heart : HeartCriteria
        Which beats give a rate.

    Returns
    -------
    ndarray, shape (n,)
        Beats per minute; NaN where too little can be read before or after.
    """
    times = np.asarray(times_s, dtype=np.float64).ravel()
    course = _Course.of(beats, heart)
    share = criteria.min_readable_share
    before = course.mean_bpm(times - criteria.baseline_s, times, share)
    latest = criteria.within_s - criteria.peak_s
    starts = times[:, np.newaxis] + np.append(np.arange(0.0, latest, _STEP_S), latest)
    after = course.mean_bpm(starts, starts + criteria.peak_s, share)
    whole = course.known_share(times, times + criteria.within_s) >= share
    highest = np.where(np.isnan(after), -np.inf, after).max(axis=1, initial=-np.inf)
    rise: Floats = np.where(whole & np.isfinite(highest), highest - before, np.nan)
    return rise


def heart_response(
    beats: HeartBeats,
    onsets_s: ArrayLike,
    criteria: HeartResponseCriteria = HEART_RESPONSE,
    *,
    others_s: ArrayLike = (),
    keep_overlapping: bool = False,
    heart: HeartCriteria = HEART,
) -> HeartResponse:
    """Return the mean course of the heart rate around the onsets of movements.

    Parameters
    ----------
    beats : HeartBeats
        From `psgscore.detect.heart.find_r_peaks`.
    onsets_s : array_like, shape (n,)
        Onsets of the movements, such as those of the periodic ones.
    criteria : HeartResponseCriteria
        Window, step and baseline.
    others_s : array_like
        Onsets of further movements, which are not averaged; those also among
        `onsets_s` may be in it.
    keep_overlapping : bool
        Also take onsets in whose window another onset lies. Left out by default: at
        intervals under `after_s` the response to the one is the baseline of the next.
    heart : HeartCriteria
        Which beats give a rate.

    Returns
    -------
    HeartResponse
        `not_scored` says why where fewer than `min_onsets` are left.

    References
    ----------
    Winkelman 1999, Sleep 22:575-580.
    """
    onsets = to_microsecond(onsets_s).ravel()
    edges = criteria.step_s * np.arange(
        -round(criteria.before_s / criteria.step_s), round(criteria.after_s / criteria.step_s) + 1
    )
    course = _Course.of(beats, heart)
    lows, highs = onsets[:, np.newaxis] + edges[:-1], onsets[:, np.newaxis] + edges[1:]
    rates = course.mean_bpm(lows, highs, criteria.min_readable_share)
    window = course.known_share(onsets - criteria.before_s, onsets + criteria.after_s)
    readable = (window >= criteria.min_readable_share) & ~np.isnan(rates).all(axis=1)
    alone = np.ones(onsets.size, np.bool_)
    if not keep_overlapping:
        alone = _alone(onsets, to_microsecond(others_s).ravel(), criteria)
    base = course.mean_bpm(
        onsets - criteria.before_s, onsets + criteria.baseline_stop_s, criteria.min_readable_share
    )
    used = readable & alone & ~np.isnan(base)
    left_out = {
        "another movement begins in the window": int(np.sum(~alone)),
        "the heart rate cannot be read": int(np.sum(alone & ~used)),
    }
    reason = _reason(beats, onsets.size, int(used.sum()), criteria.min_onsets)
    taken = rates[used] if not reason else np.full((1, edges.size - 1), np.nan)
    rises = taken - base[used][:, np.newaxis] if not reason else taken
    mean, error = _mean_and_error(taken)
    mean_rise, error_of_rise = _mean_and_error(rises)
    low, high = (mean_rise, mean_rise) if reason else _quartiles(rises)
    return HeartResponse(
        times_s=(edges[:-1] + edges[1:]) / 2,
        mean_bpm=mean,
        sem_bpm=error,
        mean_rise_bpm=mean_rise,
        sem_rise_bpm=error_of_rise,
        low_rise_bpm=low,
        high_rise_bpm=high,
        used=used & (not reason),
        left_out={text: count for text, count in left_out.items() if count},
        not_scored=NotScored(_WHAT, reason) if reason else None,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Course:
    """Beats and known seconds counted up: their differences are means over any window."""

    times_s: Floats
    beats: Floats
    seconds: Floats

    @classmethod
    def of(cls, beats: HeartBeats, criteria: HeartCriteria) -> _Course:
        rate = instantaneous_rate(beats, criteria)
        known = ~np.isnan(rate)
        length = np.where(known, np.diff(beats.times_s, prepend=0.0), 0.0)
        return cls(beats.times_s, np.cumsum(known.astype(np.float64)), np.cumsum(length))

    def mean_bpm(self, start_s: Floats, stop_s: Floats, min_share: float) -> Floats:
        """Return the mean rate of each window, NaN where too little of it is known."""
        counted = self._between(self.beats, start_s, stop_s)
        known = self._between(self.seconds, start_s, stop_s)
        enough = (known >= min_share * (stop_s - start_s) - 1e-9) & (known > 0)
        rate: Floats = np.where(enough, 60.0 * counted / np.where(enough, known, 1.0), np.nan)
        return rate

    def known_share(self, start_s: Floats, stop_s: Floats) -> Floats:
        """Return how much of each window lies in intervals whose rate is known."""
        return self._between(self.seconds, start_s, stop_s) / (stop_s - start_s)

    def _between(self, counted: Floats, start_s: Floats, stop_s: Floats) -> Floats:
        if not self.times_s.size:
            return np.zeros(np.shape(start_s))
        grown: Floats = np.interp(stop_s, self.times_s, counted)
        return grown - np.interp(start_s, self.times_s, counted)


def _median_of_neighbours(interval: Floats) -> Floats:
    """Return the median of each interval and its neighbours that are known."""
    padded = np.pad(interval, _NEIGHBOURS, constant_values=np.nan)
    rows = np.lib.stride_tricks.sliding_window_view(padded, 2 * _NEIGHBOURS + 1)
    ordered = np.sort(rows, axis=1)
    known = np.sum(~np.isnan(ordered), axis=1)
    at = np.arange(len(rows))
    last = 2 * _NEIGHBOURS
    low, high = (
        ordered[at, np.maximum(known - 1, 0) // 2],
        ordered[at, np.minimum(known // 2, last)],
    )
    medians: Floats = (low + high) / 2
    return medians


def _alone(onsets: Floats, others: Floats, criteria: HeartResponseCriteria) -> Bools:
    """Say in whose window no other onset lies; both ends belong to the window."""
    every = np.unique(np.concatenate([onsets, others]))
    first = np.searchsorted(every, to_microsecond(onsets - criteria.before_s), side="left")
    last = np.searchsorted(every, to_microsecond(onsets + criteria.after_s), side="right")
    alone: Bools = last - first <= 1
    return alone


def _mean_and_error(values: Floats) -> tuple[Floats, Floats]:
    """Return the mean of each column and its standard error, unknown values left out."""
    known = ~np.isnan(values)
    n = known.sum(axis=0)
    mean = np.where(n > 0, np.where(known, values, 0.0).sum(axis=0) / np.maximum(n, 1), np.nan)
    squares = np.where(known, values - mean, 0.0) ** 2
    variance = squares.sum(axis=0) / np.maximum(n - 1, 1)
    return mean, np.where(n > 1, np.sqrt(variance / np.maximum(n, 1)), np.nan)


def _quartiles(values: Floats) -> tuple[Floats, Floats]:
    low, high = np.nanpercentile(values, [25.0, 75.0], axis=0)
    return low, high


def _reason(beats: HeartBeats, n_onsets: int, n_used: int, least: int) -> str:
    """Return why there is no mean course, "" when there is one."""
    if beats.reasons:
        return f"no heart rate: {'; '.join(beats.reasons)}"
    if n_used >= least:
        return ""
    return f"only {n_used} of {n_onsets} onsets can be used, at least {least} are needed"
