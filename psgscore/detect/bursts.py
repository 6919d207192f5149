"""Short bursts of EMG, 30 ms to 1 s: what jerks, potentials and trains are made of.

A movement's envelope of 0.1 s is too slow for them. It only tells where to look; there a
running RMS of 25 ms is taken from the same filtered EMG.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from psgscore.detect.close_look import Close, frequency_hz, inside, joined, over, whole
from psgscore.detect.emg import EmgStretch, PreparedEmg
from psgscore.intervals import runs
from psgscore.model._arrays import Floats, Ints
from psgscore.model.events import Events
from psgscore.model.finding import NotScored
from psgscore.model.jerk_criteria import SHORT_BURSTS, ShortBurstCriteria

KIND = "burst"
_PASSES = 4
_MARGIN_S = 0.1
_AT_ONCE = 1 << 16
"""Samples at once: what a step works on stays in the processor's cache."""


def burst_refusal(
    emg: PreparedEmg, criteria: ShortBurstCriteria = SHORT_BURSTS
) -> NotScored | None:
    """Say why a channel is no good for short bursts, or None.

    Parameters
    ----------
    emg : PreparedEmg
        Of one channel.
    criteria : ShortBurstCriteria
        Uses `min_rate_hz`.
    """
    what = f"hypnic jerks and fragmentary myoclonus on {emg.label}"
    if emg.rate_hz < criteria.min_rate_hz:
        reason = (
            f"{emg.rate_hz:g} Hz is too slow: jerks and fragmentary myoclonus need at least "
            f"{criteria.min_rate_hz:g} Hz"
        )
        return NotScored(what, reason)
    return None if emg.stretches else NotScored(what, "no stretch of it can be read")


def find_short_bursts(emg: PreparedEmg, criteria: ShortBurstCriteria = SHORT_BURSTS) -> Events:
    """Find the short bursts of one EMG.

    Parameters
    ----------
    emg : PreparedEmg
        Of one channel. One that `burst_refusal` refuses has no bursts: ask it first.
    criteria : ShortBurstCriteria
        Envelope, smallest peak, edges and durations.

    Returns
    -------
    Events
        Kind ``"burst"``, in time order, never across a gap nor cut by one. Measures:
        ``duration_ms`` (between the edges), ``peak_uv`` (highest running RMS of 25 ms)
        and ``baseline_uv`` (the resting level there, or, where that is higher, the level
        the EMG stays at before or after it).

    Notes
    -----
    The edges of a burst lie where the running RMS crosses `edge_share` of its height, and its
    height is `height_gain` times the RMS between its edges; both are found together, in a few
    rounds. The highest peak of so short an RMS would not do: by chance it lies half above
    the strength of the EMG. Dips shorter than `join_s` do not part a burst.

    An edge is interpolated between samples in the mean square and moved inwards by
    `edge_shift_s`, for a window smears an edge. So the duration of a burst of constant
    strength, 100 or 200 ms, is right on average, and that of a bell-shaped one its width
    at half height, or up to about a tenth more.

    A burst whose samples are too alike from one to the next (`min_frequency_hz`) is no
    muscle's: a QRS complex, or a moved electrode.
    """
    if burst_refusal(emg, criteria):
        return Events.empty()
    found = [
        _in_parts(one, Close.of(one, parts, criteria.window_s), criteria)
        for one in emg.stretches
        for parts in _where_to_look(one, criteria)
    ]
    starts_s, stops_s, peak_uv, baseline_uv = np.concatenate([np.zeros((0, 4)), *found]).T
    events = Events.of(
        KIND,
        starts_s,
        stops_s,
        channel=emg.label,
        measures={
            "duration_ms": np.round(1000 * (stops_s - starts_s), 3),
            "peak_uv": np.round(peak_uv, 3),
            "baseline_uv": np.round(baseline_uv, 3),
        },
    )
    return events.lasting(criteria.min_duration_s, criteria.max_duration_s)


def _where_to_look(stretch: EmgStretch, criteria: ShortBurstCriteria) -> Iterator[Ints]:
    """Yield the parts in which a burst may lie, first and last samples, some at a time.

    What peaks at P over 25 ms has at least a quarter of the mean square over 0.1 s, so
    half of P there: no burst is overlooked.
    """
    envelope = stretch.envelope
    share = 0.95 * float(np.sqrt(criteria.window_s / stretch.criteria.envelope_s))
    high = envelope.values >= np.float32(share * criteria.min_peak_uv)
    high &= envelope.values >= np.float32(share * criteria.baseline_ratio) * stretch.rest
    grid = runs(high) * envelope.step
    if not len(grid):
        return
    margin = round((stretch.criteria.envelope_s + _MARGIN_S) * stretch.rate_hz)
    parts = np.clip(grid + np.array([-margin, margin]), 0, stretch.filtered.size)
    parts = joined(parts, 1)
    number = np.cumsum(parts[:, 1] - parts[:, 0]) // _AT_ONCE
    yield from np.split(parts, np.flatnonzero(np.diff(number)) + 1)


def _in_parts(stretch: EmgStretch, close: Close, criteria: ShortBurstCriteria) -> Floats:
    """Return the bursts of some parts: onset and end in seconds, peak and baseline in uV."""
    smallest_uv = _smallest_uv(stretch, close.sample, criteria)
    join = criteria.join_s * stretch.rate_hz
    segments = joined(runs(close.power >= (criteria.edge_share * smallest_uv) ** 2), join)
    tall = over(np.maximum, close.power, segments) >= smallest_uv[segments[:, 0]] ** 2
    segments = segments[tall]
    level = _levels(close.power, segments, join, criteria)
    spans = joined(runs(close.power >= level), join)
    peak_uv = np.sqrt(over(np.maximum, close.power, spans))
    kept = peak_uv >= smallest_uv[spans[:, 0]]
    kept &= whole(stretch, close, spans)
    kept &= frequency_hz(stretch, close, spans) >= criteria.min_frequency_hz
    spans, peak_uv = spans[kept], peak_uv[kept]
    baseline_uv = _baseline_uv(stretch, close.sample[spans - np.array([0, 1])], criteria)
    stands_out = peak_uv >= criteria.baseline_ratio * baseline_uv
    spans, peak_uv, baseline_uv = spans[stands_out], peak_uv[stands_out], baseline_uv[stands_out]
    shift_s = np.array([criteria.edge_shift_s, -criteria.edge_shift_s])
    times_s = stretch.start_s + _edges(close, spans, level) / stretch.rate_hz + shift_s
    times_s[:, 1] = times_s.max(axis=1)
    return np.column_stack([times_s, peak_uv, baseline_uv])


def _baseline_uv(stretch: EmgStretch, edges: Ints, criteria: ShortBurstCriteria) -> Floats:
    """Return the baseline of each burst: the resting level, or what the EMG does beside it.

    The larger of the low percentiles of the envelope before and after, where it does
    not reach into the burst: a peak within a movement is measured against the movement.
    """
    envelope, rest = stretch.envelope, stretch.rest
    baseline = rest[_on_grid(stretch, edges[:, 0])].astype(np.float64)
    count = envelope.steps(criteria.beside_s)
    clear = round(stretch.criteria.envelope_s * stretch.rate_hz / 2)
    index = int(criteria.beside_percentile / 100 * count)
    for edge, way in ((edges[:, 0] - clear, -1), (edges[:, 1] + clear, 1)):
        places = edge[:, np.newaxis] // envelope.step + way * np.arange(1, count + 1)
        known = (places >= 0) & (places < rest.size)
        values = envelope.values[np.clip(places, 0, rest.size - 1)]
        beside = np.sort(np.where(known, values, np.float32(0.0)), axis=1)[:, index]
        baseline = np.maximum(baseline, beside)
    return baseline


def _on_grid(stretch: EmgStretch, sample: Ints) -> Ints:
    """Return the place on the envelope's grid that stands for each sample."""
    places: Ints = np.minimum(sample // stretch.envelope.step, stretch.rest.size - 1)
    return places


def _smallest_uv(stretch: EmgStretch, sample: Ints, criteria: ShortBurstCriteria) -> Floats:
    """Return the smallest peak a burst needs at each sample."""
    rest = stretch.rest[_on_grid(stretch, sample)].astype(np.float64)
    return np.maximum(criteria.min_peak_uv, criteria.baseline_ratio * rest)


def _levels(power: Floats, segments: Ints, gap: float, criteria: ShortBurstCriteria) -> Floats:
    """Return the mean square at half height: one for each segment, infinite outside them."""
    level = np.full(power.size, np.inf)
    if not len(segments):
        return level
    lengths = segments[:, 1] - segments[:, 0]
    rows, number = inside(segments), np.repeat(np.arange(len(segments)), lengths)
    values = power[rows]
    factor = (criteria.edge_share * criteria.height_gain) ** 2
    mean = np.bincount(number, values) / lengths
    for _ in range(_PASSES):
        above = np.flatnonzero(values >= np.repeat(factor * mean, lengths))
        # Segments are further apart than what is joined: none runs into the next.
        parted = np.diff(rows[above]) - 1 >= max(gap, 1.0)
        first, last = np.append(True, parted), np.append(parted, True)
        spans = np.column_stack([above[first], above[last] + 1])
        row = number[spans[:, 0]]
        total = np.bincount(row, over(np.add, values, spans), len(segments))
        mean = total / np.bincount(row, spans[:, 1] - spans[:, 0], len(segments))
    level[rows] = np.repeat(factor * mean, lengths)
    return level


def _edges(close: Close, spans: Ints, level: Floats) -> Floats:
    """Return where the mean square crosses the level, in samples and parts of samples."""
    columns = []
    for inner, outer in ((spans[:, 0], spans[:, 0] - 1), (spans[:, 1] - 1, spans[:, 1])):
        high, low, at = close.power[inner], close.power[outer], level[inner]
        share = np.clip((high - at) / np.maximum(high - low, 1e-12), 0.0, 1.0)
        columns.append(close.sample[inner] + share * (outer - inner))
    return np.column_stack(columns)
