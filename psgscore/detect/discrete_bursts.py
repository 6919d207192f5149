"""Bursts of EMG with silence between them, 0.05 to 3 s: what trains are made of.

They may be as low as a leg movement. A movement that waxes and wanes is one burst: the EMG
must come back close to rest, measured against the strength right beside, to part two.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce

import numpy as np

from psgscore.detect.close_look import (
    Close,
    frequency_hz,
    highest_within,
    inside,
    joined,
    over,
    whole,
)
from psgscore.detect.emg import EmgStretch, PreparedEmg
from psgscore.intervals import runs
from psgscore.model._arrays import Bools, Floats, Ints
from psgscore.model.events import Events
from psgscore.model.finding import NotScored
from psgscore.model.train_criteria import DISCRETE_BURSTS, DiscreteBurstCriteria

KIND = "discrete_burst"
_PASSES = 3
_AT_ONCE = 1 << 16
"""Samples at once: what a step works on stays in the processor's cache."""


def discrete_burst_refusal(
    emg: PreparedEmg, criteria: DiscreteBurstCriteria = DISCRETE_BURSTS
) -> NotScored | None:
    """Say why a channel is no good for trains of bursts, or None.

    Parameters
    ----------
    emg : PreparedEmg
        Of one channel.
    criteria : DiscreteBurstCriteria
        Uses `min_rate_hz`.
    """
    what = f"trains of bursts on {emg.label}"
    if emg.rate_hz < criteria.min_rate_hz:
        reason = (
            f"{emg.rate_hz:g} Hz is too slow: trains of bursts need at least "
            f"{criteria.min_rate_hz:g} Hz"
        )
        return NotScored(what, reason)
    return None if emg.stretches else NotScored(what, "no stretch of it can be read")


def find_discrete_bursts(
    emg: PreparedEmg, criteria: DiscreteBurstCriteria = DISCRETE_BURSTS
) -> Events:
    """Find the discrete bursts of one EMG.

    Parameters
    ----------
    emg : PreparedEmg
        Of one channel. One that `discrete_burst_refusal` refuses has none: ask it first.
    criteria : DiscreteBurstCriteria
        Envelope, smallest peak, gaps, edges and durations.

    Returns
    -------
    Events
        Kind ``"discrete_burst"``, in time order, never across a gap nor cut by one.
        Measures: ``duration_ms`` (between the edges), ``peak_uv`` (highest running RMS over
        `window_s`), ``baseline_uv`` (the resting level there) and ``stretch_s`` (where the
        uninterrupted stretch it lies in begins: a train is of one stretch).

    Notes
    -----
    A burst ends where the running RMS stays, for `gap_s` or longer, under `gap_share` of the
    highest within `beside_s`, both taken over the resting level. Within it, its edges are
    where the running RMS crosses `edge_share` of the RMS between them, moved inwards by
    `edge_shift_s`; under `edge_rest_ratio` times the resting level nothing is of the burst.
    A burst whose samples are too alike from one to the next
    (`min_frequency_hz`) is no muscle's: a QRS complex, or a moved electrode.
    """
    if discrete_burst_refusal(emg, criteria):
        return Events.empty()
    found = [
        _in_parts(one, close, criteria)
        for one in emg.stretches
        for close in _tall_parts(one, criteria)
    ]
    rows = np.concatenate([np.zeros((0, 5)), *found])
    starts_s, stops_s, peak_uv, baseline_uv, stretch_s = rows.T
    events = Events.of(
        KIND,
        starts_s,
        stops_s,
        channel=emg.label,
        measures={
            "duration_ms": np.round(1000 * (stops_s - starts_s), 3),
            "peak_uv": np.round(peak_uv, 3),
            "baseline_uv": np.round(baseline_uv, 3),
            "stretch_s": np.round(stretch_s, 6),
        },
    )
    return events.lasting(criteria.min_duration_s, criteria.max_duration_s)


def _where_to_look(stretch: EmgStretch, criteria: DiscreteBurstCriteria) -> Iterator[Ints]:
    """Yield the parts in which a burst may lie, first and last samples, some at a time.

    What peaks at P over `window_s` has at least that share of the mean square over the
    envelope's own, longer window: no burst is overlooked.
    """
    envelope, rest = stretch.envelope, stretch.rest
    share = np.float32(0.95 * min(np.sqrt(criteria.window_s / stretch.criteria.envelope_s), 1.0))
    high = envelope.values >= share * (rest + np.float32(criteria.onset_rise_uv))
    high &= envelope.values >= share * np.float32(criteria.baseline_ratio) * rest
    grid = runs(high) * envelope.step
    if not len(grid):
        return
    margin = round((stretch.criteria.envelope_s + criteria.gap_s + 0.1) * stretch.rate_hz)
    parts = joined(np.clip(grid + np.array([-margin, margin]), 0, stretch.filtered.size), 1)
    number = np.cumsum(parts[:, 1] - parts[:, 0]) // _AT_ONCE
    yield from np.split(parts, np.flatnonzero(np.diff(number)) + 1)


def _tall_parts(stretch: EmgStretch, criteria: DiscreteBurstCriteria) -> Iterator[Close]:
    """Look closely at the parts of which any peak is tall enough for a burst.

    Many parts of a raised tone, as of the chin awake, hold none.
    """
    for parts in _where_to_look(stretch, criteria):
        grid = _on_grid(stretch, parts - np.array([0, 1])) + np.array([0, 1])
        near = stretch.rest[grid[0, 0] : grid[-1, 1]]
        low_uv = over(np.minimum, near, grid - grid[0, 0])
        asked_uv = np.maximum(low_uv + criteria.onset_rise_uv, criteria.baseline_ratio * low_uv)
        close = Close.of(stretch, parts, criteria.window_s).reaching(parts, asked_uv)
        if close.power.size:
            yield close


def _in_parts(stretch: EmgStretch, close: Close, criteria: DiscreteBurstCriteria) -> Floats:
    """Return the bursts of some parts: onset and end (s), peak and baseline (uV), stretch (s)."""
    rate_hz = stretch.rate_hz
    level_uv = np.sqrt(np.maximum(close.power, 0.0))
    rest_uv = stretch.rest[_on_grid(stretch, close.sample)].astype(np.float64)
    loud = runs(_not_silent(level_uv, rest_uv, rate_hz, criteria))
    spans = _parted(loud, rate_hz, criteria)
    peak_uv, baseline_uv = over(np.maximum, level_uv, spans), rest_uv[spans[:, 0]]
    kept = peak_uv >= baseline_uv + criteria.onset_rise_uv
    kept &= peak_uv >= criteria.baseline_ratio * baseline_uv
    kept &= whole(stretch, close, spans)
    spans, peak_uv, baseline_uv = spans[kept], peak_uv[kept], baseline_uv[kept]
    lowest_uv = criteria.edge_rest_ratio * baseline_uv
    edges = _between_edges(close.power, spans, criteria.edge_share, lowest_uv)
    lowest_hz = min(criteria.min_frequency_hz, criteria.min_frequency_share * rate_hz)
    muscle = frequency_hz(stretch, close, edges) >= lowest_hz
    edges, peak_uv, baseline_uv = edges[muscle], peak_uv[muscle], baseline_uv[muscle]
    shift_s = np.array([criteria.edge_shift_s, -criteria.edge_shift_s])
    samples = close.sample[edges - np.array([0, 1])] + np.array([0, 1])
    times_s = stretch.start_s + samples / rate_hz + shift_s
    times_s[:, 1] = times_s.max(axis=1)
    begun_s = np.full(len(times_s), stretch.start_s)
    return np.column_stack([times_s, peak_uv, baseline_uv, begun_s])


def _on_grid(stretch: EmgStretch, sample: Ints) -> Ints:
    """Return the place on the envelope's grid that stands for each sample."""
    places: Ints = np.minimum(sample // stretch.envelope.step, stretch.rest.size - 1)
    return places


def _not_silent(
    level_uv: Floats, rest_uv: Floats, rate_hz: float, criteria: DiscreteBurstCriteria
) -> Bools:
    """Say where the EMG is not as silent as between bursts."""
    step = max(int(criteria.window_s * rate_hz / 4), 1)
    padded = np.zeros(-(-level_uv.size // step) * step)
    padded[: level_uv.size] = level_uv
    coarse = reduce(np.maximum, padded.reshape(-1, step).T)
    size = 2 * round(criteria.beside_s * rate_hz / step) + 1
    beside_uv = np.repeat(highest_within(coarse, size), step)[: level_uv.size]
    # Over rest alone everything is chance: a burst is at least so much higher.
    rise_uv = np.maximum(beside_uv - rest_uv, criteria.onset_rise_uv)
    loud: Bools = level_uv >= rest_uv + criteria.gap_share * rise_uv
    return loud


def _parted(loud: Ints, rate_hz: float, criteria: DiscreteBurstCriteria) -> Ints:
    """Join what too short a silence parts: the longer the bursts beside it, the longer it is."""
    spans = joined(loud, criteria.gap_s * rate_hz)
    for _ in range(_PASSES if len(spans) > 1 else 0):
        length = np.minimum(spans[:, 1] - spans[:, 0], criteria.longest_s * rate_hz)
        asked = criteria.gap_to_burst * np.maximum(length[1:], length[:-1])
        parted = spans[1:, 0] - spans[:-1, 1] >= asked
        first, last = np.append(True, parted), np.append(parted, True)
        spans = np.column_stack([spans[first, 0], spans[last, 1]])
    return spans


def _between_edges(power: Floats, spans: Ints, share: float, lowest_uv: Floats) -> Ints:
    """Return where the running RMS of each burst first and last reaches a share of its height."""
    within, lengths = inside(spans), spans[:, 1] - spans[:, 0]
    ends = np.cumsum(lengths)
    bursts = edges = np.column_stack([ends - lengths, ends])
    values = power[within]
    for _ in range(_PASSES if len(spans) else 0):
        height = over(np.add, values, edges) / (edges[:, 1] - edges[:, 0])
        asked = np.maximum(share**2 * height, lowest_uv**2)
        reached = np.flatnonzero(values >= np.repeat(asked, lengths))
        first = np.searchsorted(reached, bursts[:, 0])
        last = np.searchsorted(reached, bursts[:, 1]) - 1
        edges = np.column_stack([reached[first], reached[last] + 1])
    found: Ints = within[edges - np.array([0, 1])] + np.array([0, 1])
    return found
