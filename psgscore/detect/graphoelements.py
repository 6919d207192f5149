"""Vertex waves and K-complexes, looked for only where something asks for them.

Evidence for a jerk, not a count of their own: what does not plainly stand out is left
out. See docs/rules/hypnic_jerks.md for how many are found and how many are not there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from psgscore.detect.frequency_shifts import excerpt
from psgscore.errors import NotScorableError
from psgscore.intervals import close_gaps, spans_inside
from psgscore.model._arrays import Bools, Floats, Ints, Spans, as_spans
from psgscore.model.events import Events
from psgscore.model.jerk_criteria import GRAPHOELEMENTS, GraphoelementCriteria
from psgscore.model.signal import Signal

Band = tuple[float, float]

VERTEX_WAVE, K_COMPLEX = "vertex_wave", "K-complex"
_LONGEST_S = 60.0
_PAD_S = 2.0
_MUSCLE_S = 0.25
_SD_PER_MEDIAN = 1.4826
_LOWEST_UV = 0.5


def find_graphoelements(
    eeg: Signal, spans: Spans, criteria: GraphoelementCriteria = GRAPHOELEMENTS
) -> Events:
    """Find vertex waves and K-complexes that begin within given windows.

    Parameters
    ----------
    eeg : Signal
        A central or frontal derivation against the mastoid in uV, negative as recorded;
        at least `min_rate_hz`.
    spans : ndarray, shape (n, 2)
        Windows in seconds, in any order. See `looked_at` for those that cannot be read.
    criteria : GraphoelementCriteria
        Bands, amplitudes and durations.

    Returns
    -------
    Events
        Kinds ``"vertex_wave"`` (a sharp negative wave, from the positive turn before it to
        that after it, larger than its neighbours) and ``"K-complex"`` (a negative and a
        positive half wave). A K-complex is not also a vertex wave. Measures:
        ``peak_to_peak_uv`` and ``background_ratio``, over the RMS of the same band in
        the seconds around, estimated by the median, so that the wave itself weighs little.

    Raises
    ------
    UnitError
        The signal is not in uV.
    NotScorableError
        The signal is too slow.
    """
    eeg.require_unit("uV")
    if eeg.rate_hz < criteria.min_rate_hz:
        reason = f"{eeg.rate_hz:g} Hz is too slow (at least {criteria.min_rate_hz:g} Hz)"
        raise NotScorableError(eeg.label, (reason,))
    margins_s = (criteria.background_s, criteria.background_s)
    tables: list[Events] = []
    for start_s, stop_s in _cut(spans[looked_at(eeg, spans)], criteria):
        part = excerpt(eeg, (start_s, stop_s), margins_s)
        if part is not None:
            tables += _in_part(_Bands.of(part, criteria), (start_s, stop_s), criteria)
    found = Events.concat(tables)
    return found.where(_begins_within(found, spans))


def looked_at(eeg: Signal, spans: Spans) -> Bools:
    """Say which windows were recorded wholly and without interruption."""
    return spans_inside(spans, [(piece.start_s, piece.stop_s) for piece in eeg.pieces()])


def in_wave_band(eeg: Signal, criteria: GraphoelementCriteria = GRAPHOELEMENTS) -> Floats:
    """Return the samples of a short, uninterrupted excerpt in the band waves are looked for in."""
    return _Bands.of(eeg, criteria).whole


def _cut(spans: Spans, criteria: GraphoelementCriteria) -> Spans:
    """Join windows near each other, and cut long ones: the background is a local one."""
    pieces = []
    for start_s, stop_s in close_gaps(spans):
        edges = np.arange(start_s, stop_s, _LONGEST_S)
        pieces += list(zip(edges, [*edges[1:], stop_s], strict=True))
    return as_spans(pieces)


def _begins_within(found: Events, spans: Spans) -> Bools:
    joined = close_gaps(spans)
    row = np.searchsorted(joined[:, 0], found.start_s, side="right") - 1
    ends = np.append(joined[:, 1], -np.inf)
    inside: Bools = found.start_s <= ends[row]
    return inside


@dataclass(frozen=True, slots=True, eq=False)
class _Bands:
    """A short excerpt, filtered in every way that is asked for, nothing moved in time.

    `muscle` is scaled to what muscle alone would leave in the EEG's band.
    """

    eeg: Signal
    whole: Floats
    sharp: Floats
    slow: Floats
    muscle: Floats

    @classmethod
    def of(cls, eeg: Signal, criteria: GraphoelementCriteria) -> _Bands:
        """Filter an excerpt."""
        pad = min(round(_PAD_S * eeg.rate_hz), eeg.samples.size - 1)
        samples = np.pad(eeg.samples.astype(np.float64), pad, mode="reflect")
        muscle_hz = criteria.muscle_hz
        bands = (
            (criteria.low_hz, criteria.high_hz),
            (criteria.vertex_low_hz, criteria.high_hz),
            (criteria.low_hz, criteria.k_slow_hz),
            muscle_hz,
        )
        filtered = _filtered(samples, eeg.rate_hz, bands)
        whole, sharp, slow, muscle = filtered[:, pad : pad + eeg.samples.size]
        share = (criteria.high_hz - criteria.low_hz) / (muscle_hz[1] - muscle_hz[0])
        return cls(eeg, whole, sharp, slow, np.sqrt(share) * muscle)

    def muscle_uv(self, places: Ints) -> Floats:
        """Return the RMS of `muscle` around samples."""
        if not places.size:
            return np.zeros(0)
        size = max(round(_MUSCLE_S * self.eeg.rate_hz), 1)
        padded = np.pad(self.muscle, (size // 2, size - 1 - size // 2))
        near = np.lib.stride_tricks.sliding_window_view(padded, size)[places]
        rms: Floats = np.sqrt(np.mean(near**2, axis=1))
        return rms

    def begin_within(self, samples: Ints, window_s: tuple[float, float]) -> Bools:
        """Say which samples lie in a window, or so near that rounding could put them there."""
        first, last = (np.array(window_s) - self.eeg.start_s) * self.eeg.rate_hz
        inside: Bools = (samples >= first - 1) & (samples <= last + 1)
        return inside

    def events(self, kind: str, edges: Ints, uv: Floats, ratio: Floats) -> Events | None:
        """Return a table of waves given by their first and last samples, None of none."""
        if not len(edges):
            return None
        times = self.eeg.start_s + edges / self.eeg.rate_hz
        measures = {"peak_to_peak_uv": np.round(uv, 1), "background_ratio": np.round(ratio, 2)}
        return Events.of(kind, times[:, 0], times[:, 1], channel=self.eeg.label, measures=measures)


def _filtered(samples: Floats, rate_hz: float, bands: tuple[Band, ...]) -> Floats:
    """Filter in the frequency domain by the squared response of a Butterworth filter."""
    from scipy import fft  # noqa: PLC0415 - start-up time

    size = fft.next_fast_len(samples.size, real=True)
    spectra = fft.rfft(samples, size) * _gains(size, rate_hz, bands)
    filtered: Floats = fft.irfft(spectra, size, axis=1, overwrite_x=True)[:, : samples.size]
    return filtered


@lru_cache(maxsize=4)  # windows are of few lengths
def _gains(size: int, rate_hz: float, bands: tuple[Band, ...]) -> Floats:
    """Return the gain of each band at the frequencies of an FFT of so many samples."""
    hz = np.maximum(np.arange(size // 2 + 1) * (rate_hz / size), 1e-9)
    low, high = np.hsplit(np.array(bands), 2)
    gains: Floats = 1 / np.sqrt((1 + (low / hz) ** 8) * (1 + (hz / high) ** 16))
    return gains


def _in_part(
    bands: _Bands, window_s: tuple[float, float], criteria: GraphoelementCriteria
) -> Iterator[Events]:
    """Yield what begins within a window; a K-complex is not also a vertex wave."""
    start_s, stop_s = window_s
    near_s = (start_s - criteria.k_max_s, stop_s + criteria.vertex_max_s)
    complexes = _k_complexes(bands, near_s, criteria)
    waves = _vertex_waves(bands, window_s, criteria)
    if waves is not None:
        apart = (waves.start_s >= start_s) & (waves.start_s < stop_s)
        for one in complexes or ():
            apart &= (waves.stop_s <= one.start_s) | (waves.start_s >= one.stop_s)
        yield waves.where(apart)
    if complexes is not None:
        yield complexes.where((complexes.start_s >= start_s) & (complexes.start_s < stop_s))


def _background(bands: _Bands, values: Floats, places: Ints, seconds: float) -> Floats:
    """Return the RMS of a band around samples: of the seconds before or after, the larger.

    From medians, in which a rare wave weighs little; so slow waves that have just begun or
    are about to end are not taken for something that stands out.
    """
    block = min(round(bands.eeg.rate_hz), values.size)
    n_blocks = values.size // block
    usual = np.median(np.abs(values[: n_blocks * block]).reshape(n_blocks, block), axis=1)
    size = min(max(round(seconds), 1), n_blocks)
    windows = np.median(np.lib.stride_tricks.sliding_window_view(usual, size), axis=1)
    here = np.minimum(places // block, n_blocks - 1)
    before = windows[np.clip(here - size, 0, windows.size - 1)]
    after = windows[np.clip(here + 1, 0, windows.size - 1)]
    rms: Floats = np.maximum(_SD_PER_MEDIAN * np.maximum(before, after), _LOWEST_UV)
    return rms


def _vertex_waves(
    bands: _Bands, window_s: tuple[float, float], criteria: GraphoelementCriteria
) -> Events | None:
    from scipy.signal import find_peaks  # noqa: PLC0415 - start-up time

    values, rate_hz = bands.sharp, bands.eeg.rate_hz
    turns, peaks = find_peaks(values)[0], find_peaks(-values)[0]
    after = np.searchsorted(turns, peaks)
    inner = (after > 0) & (after < turns.size)
    peaks, after = peaks[inner], after[inner]
    edges = np.column_stack([turns[after - 1], turns[after]])
    height = values[edges].mean(axis=1) - values[peaks]
    kept = (height >= criteria.vertex_min_uv) & (height <= criteria.max_uv)
    kept &= (edges[:, 1] - edges[:, 0]) / rate_hz < criteria.vertex_max_s
    kept &= (values[peaks] < 0) & bands.begin_within(edges[:, 0], window_s)
    kept[kept] = height[kept] >= criteria.muscle_ratio * bands.muscle_uv(peaks[kept])
    for row in np.flatnonzero(kept):
        near = np.abs(peaks - peaks[row]) <= criteria.isolation_s * rate_hz
        near[row] = False
        others = float(height[near].max(initial=0.0))
        kept[row] = height[row] >= criteria.vertex_isolation * others
    ratio = _over_background(bands, values, peaks[kept], height[kept], criteria)
    tall = ratio >= criteria.vertex_ratio
    return bands.events(VERTEX_WAVE, edges[kept][tall], height[kept][tall], ratio[tall])


def _k_complexes(
    bands: _Bands, window_s: tuple[float, float], criteria: GraphoelementCriteria
) -> Events | None:
    slow, whole, rate_hz = bands.slow, bands.whole, bands.eeg.rate_hz
    crossings = np.flatnonzero(np.diff(np.signbit(slow))) + 1
    starts = np.flatnonzero(slow[crossings[:-2]] < 0) if crossings.size > 2 else np.zeros(0, int)
    starts = starts[bands.begin_within(crossings[starts], window_s)]
    if not starts.size:
        return None
    edges = np.column_stack([crossings[starts + k] for k in range(3)])
    trough, crest = _halves(slow, edges)
    low, high = _halves(whole, edges)
    uv = low + high
    seconds = (edges[:, 1:] - edges[:, :1]) / rate_hz
    kept = (uv >= criteria.k_min_uv) & (uv <= criteria.max_uv)
    kept &= crest >= criteria.k_positive_share * trough
    kept &= (seconds[:, 1] >= criteria.k_min_s) & (seconds[:, 1] <= criteria.k_max_s)
    kept &= seconds[:, 0] <= criteria.k_negative_max_s
    kept[kept] = uv[kept] >= criteria.muscle_ratio * bands.muscle_uv(edges[kept, 1])
    edges, uv, trough = edges[kept], uv[kept], trough[kept]
    ratio = _over_background(bands, whole, edges[:, 1], uv, criteria)
    tall = ratio >= criteria.k_ratio
    deep = _over_background(bands, slow, edges[tall, 1], trough[tall], criteria)
    tall[tall] = deep >= criteria.k_trough_ratio
    return bands.events(K_COMPLEX, edges[tall][:, [0, 2]], uv[tall], ratio[tall])


def _halves(values: Floats, edges: Ints) -> tuple[Floats, Floats]:
    """Return how deep the first and how high the second half wave goes."""
    low = np.minimum.reduceat(values, edges.ravel())[0::3]
    high = np.maximum.reduceat(values, edges.ravel())[1::3]
    return -low, high


def _over_background(
    bands: _Bands, values: Floats, places: Ints, uv: Floats, criteria: GraphoelementCriteria
) -> Floats:
    if not places.size:
        return np.zeros(0)
    ratio: Floats = uv / _background(bands, values, places, criteria.background_s)
    return ratio
