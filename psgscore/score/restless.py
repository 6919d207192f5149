"""Leg movements looked at with restless legs in mind: in wake, through the night, at rest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from psgscore.intervals import intersect, total_s
from psgscore.model._arrays import Floats
from psgscore.model.finding import NotScored
from psgscore.model.hypnogram import SLEEP, Stage
from psgscore.model.restless import IntervalPeak, RestlessView
from psgscore.model.restless_criteria import RESTLESS, RestlessCriteria
from psgscore.model.score import Rate, Statistic
from psgscore.score.legs import Night
from psgscore.score.plm import intervals_s
from psgscore.score.rates import Counted, night_parts

_GRID = 512
_MIN_HOURS = 3


def restless_view(
    counted: Counted,
    night: Night,
    rates: Sequence[Rate],
    statistics: Sequence[Statistic],
    criteria: RestlessCriteria = RESTLESS,
) -> RestlessView:
    """Look at a night's leg movements with restless legs in mind.

    Parameters
    ----------
    counted : Counted
        The movements under one rule set; only WASM numbers series of wake.
    night : Night
        What they were scored from.
    rates, statistics : sequence of Rate and of Statistic
        Of those movements; see `leg_rates` and `leg_statistics`.
    criteria : RestlessCriteria
        Density of the intervals, and what counts as falling.

    Returns
    -------
    RestlessView
        None where a number cannot be known.
    """
    legs = counted.legs
    hours = _course(rates, "hour ")
    thirds = _course(rates, "third ")
    wake = _wake_rates(counted, night)
    ratio = _third_ratio(thirds, criteria)
    scope = "sleep" if "sleep" in counted.scopes else "total"
    values = {one.name: one.value for one in statistics if one.scope == scope}
    candidate = legs.verdicts.candidate & counted.inside[scope]
    intervals = intervals_s(legs.movements.start_s[candidate], counted.barriers)
    view = RestlessView(
        rules=legs.criteria.name,
        plmw=wake["all"],
        plmw_before_sleep=wake["before"],
        plmw_after_onset=wake["after"],
        hours_of_night=hours,
        thirds=thirds,
        third_ratio=ratio,
        slope_per_hour=_slope(hours),
        falling=None if ratio is None else bool(ratio <= criteria.falling_ratio),
        interval=interval_peak(intervals, criteria),
        pi_interval=values.get("pi_interval"),
        pi_count=values.get("pi_count"),
        not_scored=(),
        wake_hours=_wake_course(counted, "hour "),
        wake_thirds=_wake_course(counted, "third "),
    )
    return replace(view, not_scored=tuple(_unknown(view, night, criteria)))


def interval_peak(intervals: Floats, criteria: RestlessCriteria = RESTLESS) -> IntervalPeak:
    """Return where the intervals between movements are densest.

    Parameters
    ----------
    intervals : ndarray, shape (n,)
        Seconds, onset to onset; NaN where none is defined.
    criteria : RestlessCriteria
        Intervals from `peak_from_s` to `longest_interval_s` are looked at, both included.

    Returns
    -------
    IntervalPeak
    """
    low, high = criteria.peak_from_s, criteria.longest_interval_s
    with np.errstate(invalid="ignore"):
        logs = np.log(intervals[(intervals >= low) & (intervals <= high)])
    if logs.size < criteria.min_intervals:
        return IntervalPeak(count=int(logs.size), mode_s=None, geometric_sd=None, width_s=None)
    grid = np.linspace(np.log(low), np.log(high), _GRID)
    # Those outside the range shape the density at its ends: a slope there is no peak.
    with np.errstate(invalid="ignore"):
        every = np.log(intervals[intervals > 0])
    apart = (grid[:, np.newaxis] - every) / criteria.bandwidth_ln
    density = np.exp(-0.5 * apart**2).sum(axis=1)
    top = int(density.argmax())
    inside = 0 < top < _GRID - 1
    under = np.flatnonzero(density < density[top] / 2)
    left, right = under[under < top], under[under > top]
    width = None
    if inside and left.size and right.size:
        width = (float(np.exp(grid[left[-1]])), float(np.exp(grid[right[0]])))
    return IntervalPeak(
        count=int(logs.size),
        mode_s=float(np.exp(grid[top])) if inside else None,
        geometric_sd=float(np.exp(logs.std(ddof=1))),
        width_s=width,
    )


def _course(rates: Sequence[Rate], prefix: str) -> tuple[Rate, ...]:
    return tuple(one for one in rates if one.name == "plm" and one.scope.startswith(prefix))


def _wake_course(counted: Counted, prefix: str) -> tuple[Rate, ...]:
    """Return the periodic movements in wake, in the parts of the night those of sleep have."""
    if "W" not in counted.scopes or not counted.defined("plm", "W"):
        return ()
    return tuple(
        _rate_between(counted, f"W {name}", begin, end)
        for name, begin, end in night_parts(counted.lights_s)
        if name.startswith(prefix)
    )


def _wake_rates(counted: Counted, night: Night) -> dict[str, Rate | None]:
    """Return the periodic movements in wake: all, before sleep onset, after it."""
    found: dict[str, Rate | None] = dict.fromkeys(("all", "before", "after"))
    if "W" not in counted.scopes or not counted.defined("plm", "W"):
        return found
    off, on = counted.lights_s
    onset = _sleep_onset_s(counted, night)
    found["all"] = _rate_between(counted, "W", off, on)
    if onset is not None:
        found["before"] = _rate_between(counted, "W before sleep onset", off, onset)
        found["after"] = _rate_between(counted, "W after sleep onset", onset, on)
    return found


def _sleep_onset_s(counted: Counted, night: Night) -> float | None:
    """Return where sleep begins; None without sleep, or after time that was not scored."""
    off, on = counted.lights_s
    marks = night.events.counted().of_kind("lights_off").start_s
    if night.hypnogram is None or (marks < 0).any():
        return None
    sleep = intersect(night.hypnogram.spans(*SLEEP), [[off, on]])
    if not len(sleep):
        return None
    onset = float(sleep[0, 0])
    awake = intersect(night.hypnogram.spans(Stage.W), [[off, onset]])
    return onset if total_s(awake) >= onset - off - 1e-6 else None


def _rate_between(counted: Counted, scope: str, start_s: float, stop_s: float) -> Rate:
    """Return the periodic movements in wake between two times."""
    start = counted.legs.movements.start_s
    chosen = counted.legs.verdicts.plm & counted.inside["W"]
    count = int(np.sum(chosen & (start >= start_s) & (start < stop_s)))
    hours = total_s(intersect(counted.scopes["W"], [[start_s, stop_s]])) / 3600.0
    return Rate(name="plm", rules=counted.rules, scope=scope, count=count, hours=hours)


def _third_ratio(thirds: tuple[Rate, ...], criteria: RestlessCriteria) -> float | None:
    first, last = thirds[0], thirds[-1]
    if min(first.hours, last.hours) < criteria.min_third_h or not first.per_hour:
        return None
    return (last.per_hour or 0.0) / first.per_hour


def _slope(hours: tuple[Rate, ...]) -> float | None:
    """Return the change of the index per hour of night: a line, hours weighted by their sleep."""
    weight = np.array([one.hours for one in hours])
    if np.count_nonzero(weight) < _MIN_HOURS:
        return None
    index = np.array([one.per_hour or 0.0 for one in hours])
    at = np.arange(weight.size) - np.average(np.arange(weight.size), weights=weight)
    return float(np.sum(weight * at * index) / np.sum(weight * at**2))


def _unknown(view: RestlessView, night: Night, criteria: RestlessCriteria) -> Iterator[NotScored]:
    """Yield what is None, and why."""
    if view.plmw is None:
        reason = "this rule set counts periodic movements in sleep only"
        if night.hypnogram is None:
            reason = "no hypnogram: wake is not known"
        yield NotScored("periodic leg movements in wake (PLMW)", reason)
    elif view.plmw_before_sleep is None:
        reason = "no sleep, or time without a stage before it"
        yield NotScored("PLMW before and after sleep onset", reason)
    if view.third_ratio is None:
        reason = f"less than {criteria.min_third_h:g} h of sleep in the first or the last third"
        if min(view.thirds[0].hours, view.thirds[-1].hours) >= criteria.min_third_h:
            reason = "no periodic leg movements in the first third"
        yield NotScored("course of periodic leg movements over the night", reason)
    yield from peak_not_scored(view.interval, criteria)


def peak_not_scored(peak: IntervalPeak, criteria: RestlessCriteria) -> Iterator[NotScored]:
    """Yield why there is no interval peak, if there is none."""
    if peak.mode_s is None:
        reason = (
            f"{peak.count} intervals of {criteria.peak_from_s:g} to "
            f"{criteria.longest_interval_s:g} s"
        )
        few = peak.count < criteria.min_intervals
        reason += f", at least {criteria.min_intervals} are needed" if few else " without a peak"
        yield NotScored("peak of the intervals between leg movements", reason)
