"""Bursts of the chin EMG in NREM sleep, and the tone each is held against."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from psgscore.detect.close_look import inside
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
    # An edge moves by no more than the window of the envelope: many are too short anyway.
    longest_s = (grid[:, 1] - grid[:, 0]) * stretch.envelope.step_s
    longest_s += 2 * stretch.criteria.envelope_s
    grid = grid[longest_s >= criteria.min_burst_s - 2 / stretch.rate_hz]
    background = usual[grid[:, 0]].astype(np.float64)
    edges = _refined(stretch, grid, background)
    spans = stretch.start_s + edges / stretch.rate_hz
    long_enough = to_microsecond(spans[:, 1] - spans[:, 0]) >= criteria.min_burst_s
    spans, grid = spans[long_enough], grid[long_enough]
    values = stretch.envelope.values
    peak_uv = np.array([values[first:last].max() for first, last in grid.tolist()], np.float64)
    found = ChinBursts(spans, _medians(values, grid), peak_uv, background[long_enough])
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
    level = around[np.arange(n_seconds), place]
    floor = np.float32(stretch.criteria.resting_floor_uv)
    found: Samples = np.maximum(level, floor) * np.float32(criteria.background_gain)
    # What is left of a second at the end goes with the last whole one.
    sizes = np.full(n_seconds, size)
    sizes[-1] += envelope.values.size - n_seconds * size
    return np.repeat(found, sizes)


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
    envelope, rows = stretch.envelope, sequences_of(bursts.spans, criteria)
    size, skip = envelope.steps(criteria.quiet_s), envelope.steps(stretch.criteria.envelope_s)
    begin_s, end_s = bursts.spans[rows[:, 0], 0], bursts.spans[rows[:, 1] - 1, 1]
    begin, end = (
        np.round((edge_s - stretch.start_s) / envelope.step_s).astype(np.int64)[:, np.newaxis]
        for edge_s in (begin_s, end_s)
    )
    level_uv = _medians(bursts.background_uv, rows)
    for beside in (begin - np.array([size, skip]), end + np.array([skip, size])):
        inside_it = np.clip(beside, 0, envelope.values.size)
        level_uv = np.maximum(level_uv, _medians(envelope.values, inside_it))
    return np.repeat(level_uv, rows[:, 1] - rows[:, 0])


def _medians(values: Floats | Samples, spans: Ints) -> Floats:
    """Return the middle value of each span, of an even number the upper one; 0 of none."""
    lengths = spans[:, 1] - spans[:, 0]
    ends = np.cumsum(lengths)
    found = np.append(values[inside(spans)], 0.0)
    for first, last in zip((ends - lengths).tolist(), ends.tolist(), strict=True):
        if last > first:
            found[first:last].partition((last - first) // 2)
    return np.where(lengths > 0, found[ends - lengths + lengths // 2], 0.0)
