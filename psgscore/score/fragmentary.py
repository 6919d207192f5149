"""Fragmentary myoclonus: short potentials in NREM, and when they are excessively many."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from psgscore.intervals import intersect, total_s
from psgscore.model._arrays import Bools, Floats, Spans, Words, to_microsecond
from psgscore.model.events import EXCLUDED_BY, Events
from psgscore.model.finding import NotScored
from psgscore.model.hypnogram import NREM, Hypnogram
from psgscore.model.jerk_criteria import FRAGMENTARY, FragmentaryCriteria
from psgscore.score.jerk_candidates import muscle_column
from psgscore.score.jerk_evidence import overlapped

KIND, RUN_KIND = "fragmentary_potential", "EFM"
WHAT = "excessive fragmentary myoclonus"
NOT_NREM = "not in NREM"
NOT_SCORED = "not scored"
TOGETHER = "synchronous in two muscles"


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class FragmentaryNight:
    """What is known about the night besides the potentials.

    Parameters
    ----------
    hypnogram : Hypnogram or None
        Sleep stages.
    n_channels : int
        EMG channels that `psgscore.detect.bursts.burst_refusal` does not refuse.
    readable : ndarray, shape (n, 2), optional
        Where at least one of them can be read, seconds; by default everywhere.
    outranked : mapping of str to ndarray of shape (n, 2)
        Spans in which something of higher precedence was scored (hypnic jerks among
        them), by the reason for `excluded_by`, the weightiest first.
    """

    hypnogram: Hypnogram | None
    n_channels: int
    readable: Spans | None = None
    outranked: Mapping[str, Spans] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class FragmentaryScore:
    """Potentials of a night, and the runs in which there are excessively many.

    Parameters
    ----------
    runs : Events
        Kind ``"EFM"``. Measures: ``potentials_per_min``, ``minutes``, ``n_channels``.
    potentials : Events
        All of them, in any stage; see `potentials`. The text ``excluded_by`` says why one
        does not count, "" where it does.
    nrem_h : float
        Hours of NREM in which an EMG can be read.
    per_hour : float or None
        Potentials that count per hour of these; None without any.
    not_scored : tuple of NotScored
        What could not be judged, and why.
    """

    runs: Events
    potentials: Events
    nrem_h: float
    per_hour: float | None
    not_scored: tuple[NotScored, ...]


def potentials(
    bursts: Events, muscles: Mapping[str, str], criteria: FragmentaryCriteria = FRAGMENTARY
) -> Events:
    """Return the bursts that have the form of fragmentary potentials, in any stage.

    Parameters
    ----------
    bursts : Events
        Of all EMG channels, with the measures of `psgscore.detect.bursts`.
    muscles : mapping of str to str
        The muscle of each channel; see `psgscore.score.jerk_candidates.muscles_of`.
    criteria : FragmentaryCriteria
        Duration (both limits included) and amplitude.

    Returns
    -------
    Events
        Kind ``"fragmentary_potential"``, with the measures of the bursts and
        ``synchronous``: 1 where another muscle has a burst of any length with its onset
        within `synchronous_s`. Of potentials that two derivations of one muscle show
        within that time, the largest is kept.
    """
    if not len(bursts):
        return Events.empty()
    names = muscle_column(bursts, muscles)
    fits = _fits(bursts, criteria)
    together, lesser = _neighbours(bursts, names, fits, criteria)
    kept = fits & ~lesser
    found = bursts.where(kept)
    return Events(
        found.start_s,
        found.stop_s,
        np.full(len(found), KIND),
        found.channel,
        {**found.measures, "synchronous": together[kept].astype(np.float64)},
    )


def score_fragmentary(
    found: Events, night: FragmentaryNight, criteria: FragmentaryCriteria = FRAGMENTARY
) -> FragmentaryScore:
    """Count the potentials of NREM and find the runs of excessively many.

    Parameters
    ----------
    found : Events
        See `potentials`.
    night : FragmentaryNight
        Stages, and what else was scored.
    criteria : FragmentaryCriteria
        How many, and for how long.

    Returns
    -------
    FragmentaryScore
        A run is `min_minutes` or more whole minutes, one right after the other, of NREM without
        a break, with at least `per_minute` potentials in each. Minutes are counted from
        a potential on, not on the grid of epochs; of overlapping runs the longest
        is taken, of equally long ones the first. Wake, R, an epoch without stage and a gap end
        a run. Potentials synchronous in two muscles do not count.
    """
    reason = _refusal(night)
    if reason or night.hypnogram is None:
        unknown = found.with_text(EXCLUDED_BY, np.full(len(found), NOT_SCORED))
        return _score(Events.empty(), unknown, 0.0, (NotScored(WHAT, reason),))
    spans = night.hypnogram.spans(*NREM)
    nrem = spans if night.readable is None else intersect(spans, night.readable)
    judged = found.with_text(EXCLUDED_BY, _excluded_by(found, night.hypnogram, night.outranked))
    counted = judged.counted()
    runs = [run for span in nrem for run in _runs(counted, span, criteria)]
    missing = _too_short(nrem, criteria)
    return _score(Events.concat(runs), judged, total_s(nrem) / 3600, missing)


def _score(
    runs: Events, judged: Events, nrem_h: float, not_scored: tuple[NotScored, ...]
) -> FragmentaryScore:
    count = len(judged.counted())
    return FragmentaryScore(
        runs=runs,
        potentials=judged,
        nrem_h=nrem_h,
        per_hour=count / nrem_h if nrem_h > 0 else None,
        not_scored=not_scored,
    )


def _fits(bursts: Events, criteria: FragmentaryCriteria) -> Bools:
    duration_s = bursts.duration_s
    fits: Bools = (
        (duration_s >= criteria.min_duration_s)
        & (duration_s <= criteria.max_duration_s)
        & (bursts.measures["peak_uv"] >= criteria.min_peak_uv)
    )
    return fits


def _neighbours(
    bursts: Events, names: Words, fits: Bools, criteria: FragmentaryCriteria
) -> tuple[Bools, Bools]:
    """Say which bursts another muscle's accompanies, and which one of the same muscle outdoes."""
    together = np.zeros(len(bursts), np.bool_)
    lesser = np.zeros(len(bursts), np.bool_)
    peak_uv = bursts.measures["peak_uv"]
    for apart in range(1, len(bursts)):
        near = to_microsecond(bursts.start_s[apart:] - bursts.start_s[:-apart])
        rows = np.flatnonzero(near <= criteria.synchronous_s)
        if not rows.size:
            break
        later = rows + apart
        unlike = (names[rows] != names[later]) & (names[rows] != "") & (names[later] != "")
        together[rows[unlike]] = together[later[unlike]] = True
        same = ~unlike & fits[rows] & fits[later]
        same &= bursts.channel[rows] != bursts.channel[later]
        first_wins = peak_uv[rows] >= peak_uv[later]
        lesser[later[same & first_wins]] = True
        lesser[rows[same & ~first_wins]] = True
    return together, lesser


def _excluded_by(found: Events, hypnogram: Hypnogram, outranked: Mapping[str, Spans]) -> Words:
    reasons = overlapped(found, outranked)
    reasons[NOT_NREM] = ~np.isin(hypnogram.at(found.start_s), NREM)
    reasons[TOGETHER] = found.measures.get("synchronous", np.zeros(len(found))) > 0
    words: Words = np.select(list(reasons.values()), list(reasons), "")
    return words


def _runs(counted: Events, span: Floats, criteria: FragmentaryCriteria) -> Iterator[Events]:
    """Yield the runs within one stretch of NREM, the longest first."""
    waiting = [(float(span[0]), float(span[1]))]
    while waiting:
        begin_s, end_s = waiting.pop()
        inside = counted.where((counted.start_s >= begin_s) & (counted.start_s < end_s))
        minutes = _minutes_from(inside.start_s, end_s, criteria)
        row = int(minutes.argmax()) if minutes.size else 0
        if not minutes.size or minutes[row] < criteria.min_minutes:
            continue
        start_s = float(inside.start_s[row])
        stop_s = float(to_microsecond(start_s + minutes[row] * criteria.minute_s))
        yield _run(inside, start_s, stop_s, int(minutes[row]))
        waiting += [(begin_s, start_s), (stop_s, end_s)]


def _minutes_from(times_s: Floats, end_s: float, criteria: FragmentaryCriteria) -> Floats:
    """Return how many whole minutes in a row, from each time on, hold enough of the times."""
    minutes = np.zeros(times_s.size)
    rows = np.arange(times_s.size)
    number = 0
    while rows.size:
        edges = to_microsecond(
            times_s[rows, np.newaxis] + criteria.minute_s * (number + np.arange(2))
        )
        first, last = np.searchsorted(times_s, edges, side="left").T
        rows = rows[(last - first >= criteria.per_minute) & (edges[:, 1] <= end_s)]
        minutes[rows] += 1
        number += 1
    return minutes


def _run(counted: Events, start_s: float, stop_s: float, minutes: int) -> Events:
    mine = counted.where((counted.start_s >= start_s) & (counted.start_s < stop_s))
    labels = np.unique(mine.channel)
    measures = {
        "potentials_per_min": round(len(mine) / minutes, 3),
        "minutes": minutes,
        "n_channels": labels.size,
    }
    return Events.of(RUN_KIND, [start_s], [stop_s], channel="+".join(labels), measures=measures)


def _refusal(night: FragmentaryNight) -> str:
    if night.n_channels < 1:
        return "no EMG can be used"
    if night.hypnogram is None:
        return "there are no sleep stages, and it is counted in NREM"
    if not np.isin(night.hypnogram.stages, NREM).any():
        return "no epoch is scored as NREM"
    return ""


def _too_short(nrem: Spans, criteria: FragmentaryCriteria) -> tuple[NotScored, ...]:
    longest_s = float((nrem[:, 1] - nrem[:, 0]).max()) if len(nrem) else 0.0
    asked_s = criteria.min_minutes * criteria.minute_s
    if longest_s >= asked_s:
        return ()
    reason = (
        f"the longest stretch of NREM that can be read has {longest_s / 60:.1f} min, "
        f"the rule asks for {asked_s / 60:g} min"
    )
    return (NotScored(WHAT, reason),)
