"""One EMG in REM sleep: its background, its level by seconds, its bursts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from psgscore.detect.close_look import inside
from psgscore.detect.emg import EmgStretch, PreparedEmg
from psgscore.detect.rem_epochs import RemGrid
from psgscore.dsp.edges import refine_edges
from psgscore.intervals import close_gaps, runs
from psgscore.model._arrays import Bools, Floats, Ints, Samples, Spans
from psgscore.model.hypnogram import NREM, Hypnogram
from psgscore.model.rem import AtoniaIndex
from psgscore.model.rem_criteria import RemAtoniaCriteria

_NREM_EVERY = 5
_TOLERANCE_S = 1e-6


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class RemActivity:
    """What one channel shows in the REM epochs, before it is counted.

    Parameters
    ----------
    emg : PreparedEmg
        The channel.
    background_uv : ndarray, shape (n,)
        Of each REM epoch; NaN where none of its REM period can be read.
    nrem_minimum_uv : float
        NaN without readable NREM, and on a limb.
    level_uv : ndarray, shape (n, seconds)
        Median envelope of each second; NaN where the second is not wholly readable.
    bursts, large_bursts : ndarray, shape (m, 2)
        Activity over 2 and 4 times the background of the moment, however long.
    active : ndarray, shape (m, 2)
        Activity over 2 times the background of the REM period, however long.
    known : ndarray of bool, shape (n, k)
        Mini-epochs that can be read.
    """

    emg: PreparedEmg
    background_uv: Floats
    nrem_minimum_uv: float
    level_uv: Floats
    bursts: Spans
    large_bursts: Spans
    active: Spans
    known: Bools

    @classmethod
    def of(cls, emg: PreparedEmg, grid: RemGrid, hypnogram: Hypnogram) -> RemActivity:
        """Measure a channel in the REM epochs of a night."""
        criteria = grid.criteria
        level = _levels(emg, grid.second_start_s.ravel(), 1.0, every=1)
        level = level.reshape(grid.second_start_s.shape)
        background = _backgrounds(level, grid)
        parts = list(_parts(emg, grid, background))
        local = [one.local for one in parts]
        small, large = criteria.sinbar_burst_ratio, criteria.aasm_burst_ratio
        minimum = _nrem_minimum(emg, hypnogram, criteria) if emg.role == "chin" else float("nan")
        return cls(
            emg=emg,
            background_uv=background,
            nrem_minimum_uv=minimum,
            level_uv=level,
            bursts=_over(parts, local, small, criteria),
            large_bursts=_over(parts, local, large, criteria, inclusive=True),
            active=_over(parts, [one.floor for one in parts], small, criteria),
            known=_read(emg, grid.mini_spans).reshape(grid.left_out.shape),
        )

    def peaks(self, spans: Spans) -> tuple[Floats, Floats]:
        """Return the highest envelope in each span, and the background of that moment."""
        peak, rest = np.full(len(spans), np.nan), np.full(len(spans), np.nan)
        for one in self.emg.stretches:
            step = one.envelope.step_s
            mine = (spans[:, 0] >= one.start_s - step) & (spans[:, 1] <= one.stop_s + step)
            if not mine.any():
                continue
            firsts = np.floor((spans[mine, 0] - one.start_s) / step).astype(np.int64)
            lasts = np.ceil((spans[mine, 1] - one.start_s) / step).astype(np.int64)
            firsts = np.clip(firsts, 0, one.rest.size - 1)
            ends = np.column_stack([firsts, np.clip(lasts, firsts + 1, one.rest.size)]).ravel()
            values = np.append(one.envelope.values, np.float32(0.0))
            peak[mine] = np.maximum.reduceat(values, ends)[::2]
            rest[mine] = one.rest[firsts]
        return peak, rest


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """The envelope of a stretch of REM that can be read, and what it is held against."""

    stretch: EmgStretch
    first: int
    values: Samples
    floor: Samples
    local: Samples


def _parts(emg: PreparedEmg, grid: RemGrid, background: Floats) -> Iterator[_Part]:
    """Yield the REM of each stretch, consecutive epochs of one background together."""
    known = ~np.isnan(background)
    starts = grid.epoch_start_s
    new = (np.diff(starts) > grid.criteria.epoch_s + _TOLERANCE_S) | (np.diff(background) != 0)
    for rows in np.split(np.arange(starts.size), np.flatnonzero(new) + 1):
        if not rows.size or not known[rows[0]]:
            continue
        start_s, stop_s = starts[rows[0]], starts[rows[-1]] + grid.criteria.epoch_s
        for one in emg.stretches:
            step = one.envelope.step_s
            first = max(round((start_s - one.start_s) / step), 0)
            last = min(round((stop_s - one.start_s) / step), one.rest.size)
            if last > first:
                values = one.envelope.values[first:last]
                floor = np.full(values.size, background[rows[0]], np.float32)
                yield _Part(one, first, values, floor, np.maximum(floor, one.rest[first:last]))


def _over(
    parts: list[_Part],
    floors: list[Samples],
    ratio: float,
    criteria: RemAtoniaCriteria,
    *,
    inclusive: bool = False,
) -> Spans:
    """Return where the EMG is `ratio` times its floor, at the samples where it changes.

    Gaps are closed within each part only.
    """
    found = [np.zeros((0, 2))]
    compare, scale = np.greater_equal if inclusive else np.greater, np.float32(ratio)
    pairs = zip(parts, floors, strict=True)
    for _, mine in groupby(pairs, key=lambda pair: pair[0].stretch.start_s):
        near = [(one, floor, runs(compare(one.values, floor * scale))) for one, floor in mine]
        stretch = near[0][0].stretch
        rest = np.concatenate([floor[grid[:, 0]] for _, floor, grid in near]).astype(np.float64)
        places = np.concatenate([grid + one.first for one, _, grid in near])
        number = np.repeat(np.arange(len(near)), [len(grid) for *_, grid in near])
        edges = _refined(stretch, places, rest)
        whole = edges[:, 1] > edges[:, 0]
        edges, rest, number = edges[whole], rest[whole], number[whole]
        size = _rms(stretch.filtered, edges) * stretch.criteria.amplitude_gain
        tall = compare(size, ratio * rest)
        spans = stretch.start_s + edges[tall] / stretch.rate_hz
        each = np.split(spans, np.searchsorted(number[tall], np.arange(1, len(near))))
        found += [close_gaps(one, criteria.gap_s) for one in each]
    return close_gaps(np.concatenate(found))


def _refined(stretch: EmgStretch, places: Ints, rest: Floats) -> Ints:
    """Return the samples at which bursts given on the envelope's grid begin and end."""
    reach = round(stretch.criteria.envelope_s * stretch.rate_hz)
    coarse = np.minimum(places * stretch.envelope.step, stretch.filtered.size)
    onsets = refine_edges(stretch.filtered, coarse[:, 0], reach, rest, rising=True)
    ends = refine_edges(stretch.filtered, coarse[:, 1], reach, rest, rising=False)
    return np.column_stack([onsets, ends])


def _rms(samples: Samples, edges: Ints) -> Floats:
    """Return the RMS between each pair of edges; the pairs may overlap."""
    if not len(edges):
        return np.zeros(0)
    lengths = edges[:, 1] - edges[:, 0]
    squares = np.square(samples[inside(edges)])
    sums = np.add.reduceat(squares, np.cumsum(lengths) - lengths, dtype=np.float64)
    rms: Floats = np.sqrt(sums / lengths)
    return rms


def _read(emg: PreparedEmg, spans: Spans) -> Bools:
    """Say which spans lie wholly in one readable stretch."""
    whole = np.zeros(len(spans), np.bool_)
    for start_s, stop_s in emg.spans:
        whole |= (spans[:, 0] >= start_s - _TOLERANCE_S) & (spans[:, 1] <= stop_s + _TOLERANCE_S)
    return whole


def _levels(emg: PreparedEmg, starts: Floats, length_s: float, *, every: int) -> Floats:
    """Return the median envelope from each start on, NaN where it is not wholly readable."""
    level = np.full(starts.size, np.nan)
    for one in emg.stretches:
        step = one.envelope.step_s
        first = np.round((starts - one.start_s) / step).astype(np.int64)
        size = one.envelope.steps(length_s)
        inside = (starts >= one.start_s - _TOLERANCE_S) & (
            starts + length_s <= one.stop_s + _TOLERANCE_S
        )
        first = np.clip(first[inside], 0, max(one.rest.size - size, 0))
        if first.size and one.rest.size >= size:
            windows = np.lib.stride_tricks.sliding_window_view(one.envelope.values, size)
            rows = windows[first, ::every]
            middle = rows.shape[1] // 2
            rows.partition(middle, axis=1)
            level[inside] = rows[:, middle]
    return level


def _backgrounds(level: Floats, grid: RemGrid) -> Floats:
    """Return the background of each epoch: a low percentile of the mini-epochs of its period."""
    criteria = grid.criteria
    size = round(criteria.mini_epoch_s)
    # The mean of a mini-epoch wavers less than a second: its low percentile is nearer to rest.
    mini = level.reshape(len(level), -1, size).mean(axis=2)
    background = np.full(len(level), np.nan)
    apart = np.diff(grid.epoch_start_s) - criteria.epoch_s > criteria.same_period_s
    night = mini[~np.isnan(mini)]
    for rows in np.split(np.arange(len(level)), np.flatnonzero(apart) + 1):
        known = mini[rows][~np.isnan(mini[rows])]
        if known.size:
            enough = known if known.size * size >= criteria.min_background_s else night
            found = float(np.percentile(enough, criteria.background_percentile))
            background[rows] = max(found, criteria.background_floor_uv)
    return background


def _nrem_minimum(emg: PreparedEmg, hypnogram: Hypnogram, criteria: RemAtoniaCriteria) -> float:
    """Return the lowest level of NREM sleep: a low percentile of the medians of its epochs."""
    starts = hypnogram.edges_s[:-1][np.isin(hypnogram.stages, NREM)]
    level = _levels(emg, starts, hypnogram.epoch_s, every=_NREM_EVERY)
    known = level[~np.isnan(level)]
    return float(np.percentile(known, criteria.nrem_percentile)) if known.size else float("nan")


def atonia_index(emg: PreparedEmg, grid: RemGrid) -> AtoniaIndex:
    """Return the REM atonia index of a chin channel.

    Rectified EMG is averaged over whole seconds; from each, the lowest of the 60 s
    around it is taken away, in whatever stage they lie, never across a gap.
    """
    criteria = grid.criteria
    half = round(criteria.index_window_s / 2)
    kept = ~np.repeat(grid.left_out, round(criteria.mini_epoch_s), axis=1)
    wanted = grid.second_start_s[kept]
    found = [_over_minimum(one, wanted, half) for one in emg.stretches]
    over = np.concatenate(found) if found else np.zeros(0)
    return AtoniaIndex(
        label=emg.label,
        seconds=int(over.size),
        low=int(np.sum(over <= criteria.index_low_uv)),
        middle=int(np.sum((over > criteria.index_low_uv) & (over <= criteria.index_high_uv))),
        normal_above=criteria.index_normal,
        abnormal_below=criteria.index_abnormal,
    )


def _over_minimum(stretch: EmgStretch, wanted: Floats, half: int) -> Floats:
    """Return by how much the wanted seconds of a stretch exceed the minimum around them."""
    inside = (wanted >= stretch.start_s - _TOLERANCE_S) & (
        wanted + 1.0 <= stretch.stop_s + _TOLERANCE_S
    )
    wanted = wanted[inside]
    found = []
    for near in np.split(wanted, np.flatnonzero(np.diff(wanted) > 2 * half) + 1):
        if near.size:
            before = min(half, int(near[0] - stretch.start_s + _TOLERANCE_S))
            first_s = near[0] - before
            after = min(near[-1] + half + 1.0, stretch.stop_s + _TOLERANCE_S)
            count = int(after - first_s + _TOLERANCE_S)
            mean = _rectified(stretch, first_s, count)
            padded = np.pad(mean, half, constant_values=np.inf)
            lowest = np.lib.stride_tricks.sliding_window_view(padded, 2 * half + 1).min(axis=1)
            found.append((mean - lowest)[np.round(near - first_s).astype(np.int64)])
    return np.concatenate(found) if found else np.zeros(0)


def _rectified(stretch: EmgStretch, first_s: float, count: int) -> Floats:
    """Return the mean rectified EMG of so many seconds from a time on."""
    edges = (first_s - stretch.start_s + np.arange(count + 1)) * stretch.rate_hz
    marks = np.clip(np.round(edges).astype(np.int64), 0, stretch.filtered.size)
    part = np.abs(stretch.filtered[marks[0] : marks[-1]])
    sums = np.add.reduceat(part, marks[:-1] - marks[0], dtype=np.float64)
    means: Floats = sums / np.diff(marks)
    return means
