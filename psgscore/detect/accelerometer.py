"""Bursts of acceleration of a leg: the length of the vector of up to three axes.

What is slow, gravity and posture, is taken away; the rest is held against its own
resting level, so that any unit will do. See docs/rules/accelerometer.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from psgscore.dsp.edges import refine_edges
from psgscore.dsp.envelope import Envelope, rms_envelope
from psgscore.dsp.quality import smallest_step
from psgscore.dsp.resting import Thinned, moving_at, resting_level
from psgscore.intervals import close_gaps, first_hits, runs
from psgscore.model._arrays import Floats, Ints, Samples, as_spans, to_microsecond
from psgscore.model.accelerometer import AccelerometerBursts
from psgscore.model.accelerometer_criteria import (
    ACCELEROMETER,
    G_PER_UNIT,
    AccelerometerCriteria,
)
from psgscore.model.events import Events
from psgscore.model.signal import Signal

_PROBE = 1 << 16


@dataclass(frozen=True, slots=True, eq=False)
class _Moving:
    """An uninterrupted stretch: the length of the vector, its envelope and its rest."""

    start_s: float
    length: Samples
    envelope: Envelope
    rest: Samples
    onset: Samples
    offset: Samples

    def bursts(self, quiet_s: float) -> Ints:
        """Return index pairs on the envelope's grid, from onset to offset."""
        values = self.envelope.values
        joined = close_gaps(runs(values > self.offset), self.envelope.steps(quiet_s))
        spans: Ints = joined.astype(np.int64)
        return spans[first_hits(spans, values >= self.onset)[0]]


def find_accelerometer_bursts(
    axes: Sequence[Signal],
    criteria: AccelerometerCriteria = ACCELEROMETER,
    *,
    kind: str = "ACC",
) -> AccelerometerBursts:
    """Find bursts of acceleration on one leg.

    Parameters
    ----------
    axes : sequence of Signal
        One to three axes of one sensor: the same unit, rate, start and gaps.
    criteria : AccelerometerCriteria
        Thresholds.
    kind : str
        Kind of the events, for example ``"ACC:left"``.

    Returns
    -------
    AccelerometerBursts
        One row per burst of at least `min_duration_s`, however long. `reasons` says why
        where nothing can be looked at.
    """
    label = "+".join(axis.label for axis in axes)
    unit = axes[0].unit if axes else ""
    reasons = tuple(_refused(axes, criteria))
    if reasons:
        return AccelerometerBursts(
            label=label,
            unit=unit,
            events=Events.empty(),
            readable=as_spans([]),
            resting=None,
            reasons=reasons,
        )
    floor = _floor(axes, criteria)
    pieces = [
        _moving(pieces, floor, criteria)
        for pieces in zip(*(axis.pieces() for axis in axes), strict=True)
        if pieces[0].duration_s >= 2 * criteria.smoothing_s
    ]
    rest = np.concatenate([one.rest for one in pieces]) if pieces else np.zeros(0)
    return AccelerometerBursts(
        label=label,
        unit=unit,
        events=Events.concat([_events(one, criteria, kind, label) for one in pieces]),
        readable=as_spans([(one.start_s, one.start_s + _seconds(one)) for one in pieces]),
        resting=float(np.median(rest)) if rest.size else None,
        warnings=tuple(_warnings(axes)),
    )


def _refused(axes: Sequence[Signal], criteria: AccelerometerCriteria) -> list[str]:
    """Return why the axes cannot be looked at."""
    if not 1 <= len(axes) <= 3:
        return [f"a sensor has one to three axes, not {len(axes)}"]
    first = axes[0]
    checks = [
        (
            len({(a.unit, a.rate_hz, a.start_s, a.breaks, a.samples.size) for a in axes}) > 1,
            "its axes differ in unit, rate or length",
        ),
        (not first.unit, "its unit is not known"),
        (
            first.rate_hz < criteria.min_rate_hz,
            f"{first.rate_hz:g} Hz is too slow (at least {criteria.min_rate_hz:g} Hz)",
        ),
        (first.duration_s < 2 * criteria.smoothing_s, "it holds next to no signal"),
    ]
    reasons = [text for hit, text in checks if hit]
    if reasons:
        return reasons
    if not any(float(np.ptp(axis.samples)) > 0 for axis in axes):
        return ["it is flat"]
    most = max(_values(axis.samples, criteria.min_levels).size for axis in axes)
    if most < criteria.min_levels:
        return [f"it takes only {most} distinct values (at least {criteria.min_levels})"]
    return []


def _warnings(axes: Sequence[Signal]) -> list[str]:
    warnings = [
        f"{axis.label} is flat: movement along it is not seen"
        for axis in axes
        if float(np.ptp(axis.samples)) == 0.0
    ]
    if axes[0].unit not in G_PER_UNIT:
        warnings.append(
            f"{axes[0].unit!r} is no unit of acceleration: only the ratio to rest is used"
        )
    return warnings


def _floor(axes: Sequence[Signal], criteria: AccelerometerCriteria) -> float:
    """Return the least onset threshold, in the unit of the axes."""
    per_unit = G_PER_UNIT.get(axes[0].unit)
    in_unit = criteria.floor_g / per_unit if per_unit else 0.0
    return max(in_unit, criteria.floor_steps * max(_step(axis.samples) for axis in axes))


def _step(samples: Samples) -> float:
    """Return the smallest step between values that is no rounding error."""
    return smallest_step(_values(samples, 2))


def _values(samples: Samples, least: int) -> Samples:
    """Return the distinct values among many samples; among all, where there are few."""
    values = np.unique(samples[:: max(samples.size // _PROBE, 1)])
    return values if values.size >= least else np.unique(samples)


def _moving(pieces: Sequence[Signal], floor: float, criteria: AccelerometerCriteria) -> _Moving:
    """Take away what is slow, and follow the resting level with bursts left out."""
    rate_hz = pieces[0].rate_hz
    squares = np.zeros(pieces[0].samples.size, np.float32)
    for piece in pieces:
        squares += np.square(_without_slow(piece.samples, rate_hz, criteria.smoothing_s))
    length = np.sqrt(squares, out=squares)
    envelope = rms_envelope(length, rate_hz, criteria.envelope_s)
    thinned = Thinned.of(envelope, criteria.median_s)
    ringing = _ringing(envelope, criteria)
    high = np.maximum(ringing, np.float32(floor))
    low = np.maximum(ringing, np.float32(floor * criteria.offset_ratio / criteria.onset_ratio))
    moving = None
    for _ in range(criteria.resting_passes):
        rest = resting_level(
            thinned, criteria.resting_window_s, criteria.resting_percentile, moving
        )
        one = _Moving(
            start_s=pieces[0].start_s,
            length=length,
            envelope=envelope,
            rest=rest,
            onset=np.maximum(criteria.onset_ratio * rest, high),
            offset=np.maximum(criteria.offset_ratio * rest, low),
        )
        moving = moving_at(envelope, one.bursts(criteria.quiet_s))
    return one


def _without_slow(samples: Samples, rate_hz: float, window_s: float) -> Samples:
    """Take a centred mean away, the nearest weighing most; the ends are held."""
    from scipy import ndimage  # noqa: PLC0415 - start-up time

    size = 2 * round(window_s * rate_hz / 4) + 1
    slow = samples
    for _ in range(2):
        slow = ndimage.uniform_filter1d(slow, size, mode="nearest")
    fast: Samples = samples - slow
    return fast


def _ringing(envelope: Envelope, criteria: AccelerometerCriteria) -> Samples:
    """Return what the mean that was taken away leaves beside something large."""
    from scipy import ndimage  # noqa: PLC0415 - start-up time

    size = envelope.odd_steps(criteria.smoothing_s)
    near: Samples = ndimage.maximum_filter1d(envelope.values, size, mode="nearest")
    near *= np.float32(criteria.ringing_share)
    return near


def _seconds(one: _Moving) -> float:
    return one.length.size / one.envelope.rate_hz


def _events(one: _Moving, criteria: AccelerometerCriteria, kind: str, label: str) -> Events:
    envelope = one.envelope
    grid = one.bursts(criteria.quiet_s)
    rate_hz, places = envelope.rate_hz, np.minimum(grid, one.rest.size - 1)
    reach = max(round(criteria.envelope_s * rate_hz), 1)
    rest = one.rest[places].astype(np.float64)
    coarse = np.minimum(grid * envelope.step, one.length.size)
    onsets = refine_edges(one.length, coarse[:, 0], reach, rest[:, 0], rising=True)
    ends = refine_edges(one.length, coarse[:, 1], reach, rest[:, 1], rising=False)
    times: Floats = one.start_s + np.column_stack([onsets, ends]) / rate_hz
    whole = to_microsecond(times[:, 1] - times[:, 0]) >= criteria.min_duration_s
    grid, times, rest = grid[whole], times[whole], rest[whole]
    peak = np.array([float(envelope.values[a:b].max()) for a, b in grid])
    resting = rest.mean(axis=1)
    with np.errstate(divide="ignore"):
        ratio = np.where(resting > 0, peak / resting, np.inf)
    return Events.of(
        kind,
        times[:, 0],
        times[:, 1],
        channel=label,
        measures={"peak": peak, "resting": resting, "ratio": ratio},
    )
