"""Bursts of the chin EMG in NREM sleep, and the tone each is held against."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from psgscore.detect.emg import EmgStretch
from psgscore.dsp.edges import refine_edges
from psgscore.intervals import close_gaps, runs
from psgscore.model._arrays import Bools, Floats, Ints, Samples, Spans, to_microsecond
from psgscore.model.chin_criteria import BruxismCriteria
from psgscore.model.hypnogram import NREM, Hypnogram


@dataclass(frozen=True, slots=True, eq=False)
class ChinBursts:
    """Bursts of a stretch: seconds, envelope, and what it is held against.

    The level is the median of the envelope: a jerk upon a risen tone is still a risen tone.
    """

    spans: Spans
    level_uv: Floats
    peak_uv: Floats
    background_uv: Floats

    @property
    def ratio(self) -> Floats:
        """Level over background."""
        return self.level_uv / self.background_uv

    def tall(self, criteria: BruxismCriteria) -> ChinBursts:
        """Return the bursts tall enough over their background, as a ratio and in uV."""
        ratio = self.level_uv >= criteria.min_ratio * self.background_uv
        return self._where(ratio & (self.level_uv >= self.background_uv + criteria.min_rise_uv))

    def _where(self, mask: Bools) -> ChinBursts:
        return ChinBursts(
            self.spans[mask], self.level_uv[mask], self.peak_uv[mask], self.background_uv[mask]
        )


def chin_bursts(stretch: EmgStretch, hypnogram: Hypnogram, criteria: BruxismCriteria) -> ChinBursts:
    """Return the bursts that are long enough, and tall enough over their background.

    Parameters
    ----------
    stretch : EmgStretch
        Of the chin.
    hypnogram : Hypnogram
        Only NREM sleep gives a background; what is found elsewhere is not to be used.
    criteria : BruxismCriteria
        Ratio, shortest burst, background.
    """
    bursts = _bursts(stretch, hypnogram, criteria)
    background = _episode_background(stretch, bursts, criteria)
    return replace(bursts, background_uv=background).tall(criteria)


def sequences_of(spans: Spans, criteria: BruxismCriteria) -> Ints:
    """Return which bursts follow each other with less than the quiet of a new episode."""
    if not len(spans):
        return np.zeros((0, 2), np.int64)
    quiet = to_microsecond(spans[1:, 0] - spans[:-1, 1])
    new = np.flatnonzero(quiet >= criteria.quiet_s) + 1
    return np.column_stack([[0, *new], [*new, len(spans)]]).astype(np.int64)


def _bursts(stretch: EmgStretch, hypnogram: Hypnogram, criteria: BruxismCriteria) -> ChinBursts:
    """Return what is long and tall enough, with edges at the samples where the EMG changes."""
    usual = _background(stretch, hypnogram, criteria)
    lowest = np.maximum(criteria.min_ratio * usual, usual + criteria.min_rise_uv)
    grid = runs(stretch.envelope.values >= lowest.astype(np.float32))
    grid = close_gaps(grid, stretch.envelope.steps(criteria.dip_s)).astype(np.int64)
    background = usual[grid[:, 0]].astype(np.float64)
    edges = _refined(stretch, grid, background)
    spans = stretch.start_s + edges / stretch.rate_hz
    long_enough = to_microsecond(spans[:, 1] - spans[:, 0]) >= criteria.min_burst_s
    spans, grid = spans[long_enough], grid[long_enough]
    parts = [stretch.envelope.values[first:last] for first, last in grid]
    found = ChinBursts(
        spans,
        np.array([_median(part) for part in parts], np.float64),
        np.array([part.max() for part in parts], np.float64),
        background[long_enough],
    )
    return found.tall(criteria)


def _background(stretch: EmgStretch, hypnogram: Hypnogram, criteria: BruxismCriteria) -> Samples:
    """Return the background at every value of the envelope: the tone of the sleep around.

    The resting level of the leg detector is that of a minute and a half in any stage. The
    tone of the chin is four times as high in N2 as in R, and higher still awake, so here a
    low percentile of the NREM seconds around is taken. Where there are none nothing is scored.
    """
    envelope = stretch.envelope
    size = envelope.steps(1.0)
    n_seconds = envelope.values.size // size
    if not n_seconds:
        return np.full(envelope.values.size, np.inf, np.float32)
    whole = envelope.values[: n_seconds * size].reshape(-1, size)
    seconds = np.partition(whole, size // 2, axis=1)[:, size // 2]
    middle_s = stretch.start_s + (np.arange(n_seconds) + 0.5) * size * envelope.step_s
    asleep = np.isin(hypnogram.at(middle_s), NREM)
    half = round(criteria.local_s / 2)
    padded = np.pad(np.where(asleep, seconds, np.float32(np.inf)), half, constant_values=np.inf)
    around = np.sort(np.lib.stride_tricks.sliding_window_view(padded, 2 * half + 1), axis=1)
    known = np.isfinite(around).sum(axis=1)
    place = np.round(criteria.local_percentile / 100 * np.maximum(known - 1, 0)).astype(np.int64)
    level = np.repeat(around[np.arange(n_seconds), place], size)
    level = np.pad(level, (0, envelope.values.size - level.size), mode="edge")
    floor = np.float32(stretch.criteria.resting_floor_uv)
    found: Samples = np.maximum(level, floor) * np.float32(criteria.background_gain)
    return found


def _refined(stretch: EmgStretch, grid: Ints, background: Floats) -> Ints:
    reach = round(stretch.criteria.envelope_s * stretch.rate_hz)
    coarse = np.minimum(grid * stretch.envelope.step, stretch.filtered.size)
    rest = background / stretch.criteria.amplitude_gain
    onsets, ends = (
        refine_edges(stretch.filtered, coarse[:, k], reach, rest, rising=k == 0) for k in (0, 1)
    )
    return np.column_stack([onsets, np.maximum(onsets, ends)]).astype(np.int64)


def _episode_background(
    stretch: EmgStretch, bursts: ChinBursts, criteria: BruxismCriteria
) -> Floats:
    """Return the background of each burst: the level before or after its episode, if higher.

    So a step of the tone, as at an awakening, is not held against the lower side of it.
    """
    background = bursts.background_uv.copy()
    values, steps = stretch.envelope.values, stretch.envelope.steps
    size, skip = steps(criteria.quiet_s), steps(stretch.criteria.envelope_s)
    for first, last in sequences_of(bursts.spans, criteria):
        edges = bursts.spans[[first, last - 1], [0, 1]] - stretch.start_s
        begin, end = np.round(edges / stretch.envelope.step_s).astype(np.int64)
        beside = (
            values[max(begin - size, 0) : max(begin - skip, 0)],
            values[end + skip : end + size],
        )
        levels = [_median(one) for one in beside if one.size]
        background[first:last] = max(_median(background[first:last]), *levels, 0.0)
    return background


def _median(values: Floats | Samples) -> float:
    """Return the middle value, of an even number the upper one."""
    return float(np.partition(values, values.size // 2)[values.size // 2])
