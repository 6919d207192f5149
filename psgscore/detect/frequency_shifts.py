"""Abrupt shifts of EEG frequency: the candidates of the arousal detector.

The power in each band, in short windows, is compared with its median over the seconds
before. What happens when, and what stage it is, is for `psgscore.detect.arousals`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from psgscore.dsp.band_power import STEP_S, band_power
from psgscore.dsp.edges import refine_edge
from psgscore.dsp.filters import band_pass
from psgscore.intervals import runs
from psgscore.model._arrays import Bools, Ints, Samples, Spans
from psgscore.model.eeg_criteria import ArousalCriteria
from psgscore.model.events import Events
from psgscore.model.signal import Signal

SHIFT_MEASURES = ("shift_ratio", "theta_ratio", "alpha_ratio", "beta_ratio")

_DELTA, _THETA, _ALPHA, _SIGMA, _BETA, _MUSCLE = range(6)
_STEPS_PER_S = round(1 / STEP_S)
_FOLLOWED_S = 60.0
_LOOK_BACK_S = 1.0
_KNOWN_SHARE = 0.6
_EDGE_REACH_S = 0.6
_REST_S = 10.0
# A filter that cuts right beside a rhythm rings, and moves its edges outwards.
_RINGING_HZ, _ABOVE_SLOW_WAVES_HZ = 2.5, 2.0


@dataclass(frozen=True, slots=True, eq=False)
class Spectrogram:
    """Band powers of all EEG channels on one grid of times.

    Parameters
    ----------
    power : ndarray of float32, shape (n_channels, n_bands, n_steps)
        uV^2; NaN where a channel cannot be read.
    criteria : ArousalCriteria
        Bands and ratios.
    """

    power: Samples
    criteria: ArousalCriteria

    @classmethod
    def of(cls, eeg: Sequence[Signal], criteria: ArousalCriteria, stop_s: float) -> Spectrogram:
        """Compute the spectrogram from second 0 to `stop_s`."""
        from scipy import ndimage  # noqa: PLC0415 - start-up time

        bands = (criteria.delta_hz, criteria.theta_hz, criteria.alpha_hz, criteria.sigma_hz,
                 criteria.beta_hz, criteria.muscle_hz)  # fmt: skip
        n_steps = int(stop_s / STEP_S) + 1
        power = np.stack([band_power(one, bands, n_steps, criteria.window_s) for one in eeg])
        total = power[:, :_MUSCLE].sum(axis=1)
        lost = (total < criteria.flat_uv**2) | (total > criteria.loose_uv**2)
        power[np.broadcast_to(lost[:, None], power.shape)] = np.nan
        size = 2 * (round(criteria.smoothing_s / STEP_S) // 2) + 1
        weights = np.full(size, 1 / size, np.float32)
        return cls(ndimage.convolve1d(power, weights, axis=2, mode="nearest"), criteria)

    def unreadable(self) -> Spans:
        """Return the stretches in which no channel can be read, in seconds, shape (n, 2)."""
        unread = runs(np.all(np.isnan(self.power[:, 0]), axis=0))
        # A window is lost as soon as it touches a gap with either half.
        inner = (self.criteria.window_s + self.criteria.smoothing_s) / 2 - STEP_S
        spans = (unread - 0.5) * STEP_S + np.array([inner, -inner])
        found: Spans = spans[spans[:, 1] > spans[:, 0]]
        return found

    def baselines(self) -> Samples:
        """Return the baseline of every whole second, shape (n_channels, n_bands, n_seconds).

        The median power of the `baseline_s` windows that end before that second.
        """
        c = self.criteria
        each_second = self.power[:, :, ::_STEPS_PER_S]
        size, lag = round(c.baseline_s), int(np.ceil(c.window_s / 2))
        missing = np.full((*each_second.shape[:2], size + lag - 1), np.nan, np.float32)
        padded = np.concatenate([missing, each_second[:, :, : each_second.shape[2] - lag]], axis=2)
        windows = np.lib.stride_tricks.sliding_window_view(padded, size, axis=2)
        ordered = np.sort(windows, axis=3)
        known = np.isfinite(ordered).sum(axis=3)
        middle = np.maximum(known - 1, 0)[..., None] // 2
        level: Samples = np.take_along_axis(ordered, middle, axis=3)[..., 0]
        level[known < _KNOWN_SHARE * size] = np.nan
        return level

    def evidence(self, power: Samples, baseline: Samples, *, hidden: bool = False) -> Samples:
        """Return how far power has shifted: 1 is what makes an arousal, 0 is no shift.

        Parameters
        ----------
        power, baseline : ndarray, shape (n_channels, n_bands, n) or (n_channels, n_bands, 1)
            uV^2.
        hidden : bool
            Also count what muscle hides: fast activity that is muscle rather than EEG.

        Returns
        -------
        ndarray of float32, shape (n_channels, n)
            The logarithm of the ratio in the band that shifted most, as a share of the
            logarithm of the ratio asked for. 0 where the channel is not readable.
        """
        c = self.criteria
        with np.errstate(invalid="ignore", divide="ignore"):
            rise = np.log(power / baseline)
            gained = power - baseline
            by_band = np.stack(
                [
                    rise[:, _THETA] / np.float32(np.log(c.theta_ratio)),
                    rise[:, _ALPHA] / np.float32(np.log(c.alpha_ratio)),
                    rise[:, _BETA] / np.float32(np.log(c.beta_ratio)),
                ]
            )
            # Slow waves and K-complexes reach into theta, muscle into beta.
            by_band[0][~(gained[:, _THETA] >= gained[:, _DELTA])] = 0.0
            per_hz = (c.muscle_hz[1] - c.muscle_hz[0]) / (c.beta_hz[1] - c.beta_hz[0])
            muscle = gained[:, _MUSCLE] > c.muscle_share * per_hz * gained[:, _BETA]
            by_band[2][muscle & (not hidden)] = 0.0
            counted = by_band >= c.keep_share
            fast = np.stack([gained[:, _THETA], gained[:, _ALPHA], gained[:, _BETA]])
            # A spindle reaches into the bands beside it, but has most of its power in sigma.
            spindle = np.where(counted, fast, 0.0).sum(axis=0) < gained[:, _SIGMA]
            best = by_band.max(axis=0)
        best[spindle | ~np.isfinite(best)] = 0.0
        found: Samples = np.clip(best, 0.0, None)
        return found


def find_shifts(eeg: Sequence[Signal], spectrogram: Spectrogram, searched: Bools) -> Events:
    """Return every abrupt shift of frequency that begins where it is searched.

    Parameters
    ----------
    eeg : sequence of Signal
        What the spectrogram was taken of, in uV.
    spectrogram : Spectrogram
        Of those channels.
    searched : ndarray of bool, shape (n_steps,)
        Times of the grid at which a shift may begin: sleep.

    Returns
    -------
    Events
        Kind ``"shift"``, disjoint, however short or long; `SHIFT_MEASURES`. The channel
        is the one that shifted most.
    """
    rows = []
    for shift in _coarse_shifts(spectrogram, searched):
        edges = _refined(eeg[shift.channel], shift, spectrogram.criteria)
        if edges is not None:
            rows.append((*edges, eeg[shift.channel].label, shift.ratios))
    if not rows:
        return Events.empty()
    starts, stops, labels, ratios = zip(*rows, strict=True)
    columns = dict(zip(SHIFT_MEASURES, np.round(np.array(ratios).T, 2), strict=True))
    return Events.of("shift", starts, stops, channel=labels, measures=columns)


@dataclass(frozen=True, slots=True)
class _Shift:
    """A shift on the grid: half-open steps, channel that shows it best, power ratios."""

    first: int
    last: int
    channel: int
    ratios: tuple[float, ...]


def _coarse_shifts(spectrogram: Spectrogram, searched: Bools) -> Iterator[_Shift]:
    """Yield the shifts in order of time; none begins before the one before has ended."""
    baselines = spectrogram.baselines()
    starts = np.flatnonzero(_promising(spectrogram, baselines) & searched)
    at, free_from = 0, 0
    while at < starts.size:
        shift = _followed(spectrogram, baselines, int(starts[at]), free_from)
        free_from = max(shift.last if shift else 0, int(starts[at]) + 1)
        if shift:
            yield shift
        at = int(np.searchsorted(starts, free_from))


def _promising(spectrogram: Spectrogram, baselines: Samples) -> Bools:
    """Say after which times the mean power of `min_duration_s` is that of a shift."""
    power = spectrogram.power
    steps = round(spectrogram.criteria.min_duration_s / STEP_S)
    known = np.isfinite(power)
    sums = np.cumsum(np.where(known, power, 0), axis=2, dtype=np.float64)
    sums = np.pad(sums, ((0, 0), (0, 0), (1, steps)), mode="edge")
    ahead = ((sums[:, :, steps:] - sums[:, :, :-steps]) / steps)[:, :, : power.shape[2]]
    each_step = np.repeat(baselines, _STEPS_PER_S, axis=2)[:, :, : power.shape[2]]
    found = spectrogram.evidence(ahead.astype(np.float32), each_step, hidden=True)
    result: Bools = found.max(axis=0) >= 1.0
    return result


def _followed(
    spectrogram: Spectrogram, baselines: Samples, start: int, free_from: int
) -> _Shift | None:
    """Follow a shift from `start` to its end, against the baseline of its beginning."""
    c = spectrogram.criteria
    baseline = baselines[:, :, start // _STEPS_PER_S][:, :, None]
    first = max(start - round(_LOOK_BACK_S / STEP_S), free_from)
    power = spectrogram.power[:, :, first : start + round(_FOLLOWED_S / STEP_S)]
    clean = spectrogram.evidence(power, baseline).max(axis=0)
    asked = round(c.min_duration_s / STEP_S)
    strong = np.flatnonzero(clean[start - first :][:asked] >= 1.0)
    if not strong.size:
        return None
    peak = start - first + int(strong[0])
    # A strong shift ends before it is all the way back.
    beginning, _ = _strengths(spectrogram, power[:, :, peak : peak + asked], baseline)
    level = float(np.clip(c.keep_share * beginning.max(), c.keep_share, c.keep_most))
    # Muscle that sets in hides the EEG: the shift is taken to go on behind it.
    found = spectrogram.evidence(power, baseline, hidden=True).max(axis=0)
    begin, end = _kept(found >= level, peak, round(c.bridge_s / STEP_S))
    if np.sum(clean[begin:end] >= level) < round(c.clean_s / STEP_S):
        return None
    strengths, ratios = _strengths(spectrogram, power[:, :, begin:end], baseline)
    channel = int(strengths.argmax())
    if strengths[channel] < 1.0:
        return None
    by_band = [float(ratios[channel, band]) for band in (_THETA, _ALPHA, _BETA)]
    return _Shift(first + begin, first + end, channel, (max(by_band), *by_band))


def _strengths(
    spectrogram: Spectrogram, power: Samples, baseline: Samples
) -> tuple[Samples, Samples]:
    """Return the evidence of the mean power of each channel, and its ratio to the baseline."""
    known = np.isfinite(power)
    count = np.maximum(known.sum(axis=2, keepdims=True), 1)
    mean = (np.where(known, power, 0).sum(axis=2, keepdims=True) / count).astype(np.float32)
    ratios: Samples = (mean / baseline)[:, :, 0]
    return spectrogram.evidence(mean, baseline, hidden=True)[:, 0], ratios


def _kept(kept: Bools, peak: int, bridge: int) -> tuple[int, int]:
    """Return the run of true values around `peak`, dips shorter than `bridge` filled after it."""
    before = np.flatnonzero(~kept[:peak])
    begin = int(before[-1]) + 1 if before.size else 0
    after: Ints = np.append(peak, np.flatnonzero(kept[peak:]) + peak)
    breaks = np.flatnonzero(np.diff(after) > bridge)
    return begin, int(after[breaks[0]] if breaks.size else after[-1]) + 1


def _refined(
    signal: Signal, shift: _Shift, criteria: ArousalCriteria
) -> tuple[float, float] | None:
    """Move the edges from the grid to the sample at which the EEG changes, in seconds."""
    span_s = (shift.first * STEP_S, (shift.last - 1) * STEP_S)
    part = excerpt(signal, span_s, (_REST_S, _EDGE_REACH_S))
    if part is None:
        return None
    rate_hz = part.rate_hz
    low_hz = max(_strongest(shift, criteria)[0] - _RINGING_HZ, _ABOVE_SLOW_WAVES_HZ)
    filtered = band_pass(part.samples, rate_hz, low_hz, criteria.beta_hz[1])
    onset, offset = (round((time_s - part.start_s) * rate_hz) for time_s in span_s)
    quiet = filtered[: max(onset - round(_EDGE_REACH_S * rate_hz), 1)].astype(np.float64)
    rest = float(np.sqrt(np.mean(quiet**2)))
    reach = round(_EDGE_REACH_S * rate_hz)
    onset = refine_edge(filtered, onset, reach, rest, rising=True)
    offset = refine_edge(filtered, offset, reach, rest, rising=False)
    if offset <= onset:
        return None
    return part.start_s + onset / rate_hz, part.start_s + offset / rate_hz


def _strongest(shift: _Shift, criteria: ArousalCriteria) -> tuple[float, float]:
    """Return the limits of the band that shifted most beyond what is asked of it."""
    bands = (criteria.theta_hz, criteria.alpha_hz, criteria.beta_hz)
    asked = (criteria.theta_ratio, criteria.alpha_ratio, criteria.beta_ratio)
    return bands[int(np.argmax(np.log(shift.ratios[1:]) / np.log(asked)))]


def excerpt(
    signal: Signal, span_s: tuple[float, float], margins_s: tuple[float, float]
) -> Signal | None:
    """Return what was recorded of a span without interruption, with margins where there are.

    None where the span itself is not wholly recorded.
    """
    start_s, stop_s = span_s
    for piece in signal.pieces():
        if piece.start_s <= start_s and stop_s <= piece.stop_s:
            wanted = np.array([start_s - margins_s[0], stop_s + margins_s[1]]) - piece.start_s
            edges = np.clip(np.round(wanted * piece.rate_hz), 0, piece.samples.size)
            first, last = edges.astype(np.int64)
            begin_s = piece.start_s + float(first) / piece.rate_hz
            return Signal(
                piece.label, piece.samples[first:last], piece.rate_hz, piece.unit, begin_s
            )
    return None
