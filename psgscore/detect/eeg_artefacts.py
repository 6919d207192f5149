"""Movement artefact in the EEG: large and broad-band, looked for only where something asks."""

from __future__ import annotations

import numpy as np

from psgscore.detect.frequency_shifts import excerpt
from psgscore.dsp.filters import band_pass
from psgscore.intervals import clip, close_gaps, intersect
from psgscore.model._arrays import Bools, Floats, Samples, Spans, as_spans
from psgscore.model.chin_criteria import LargeMovementCriteria
from psgscore.model.signal import Signal

_SECOND_S = 1.0
_QUIET_PERCENTILE = 25.0


def eeg_artefacts(eeg: Signal, spans: Spans, criteria: LargeMovementCriteria) -> Spans:
    """Find the seconds of an EEG that are artefact.

    Parameters
    ----------
    eeg : Signal
        In uV; one slower than `eeg_min_rate_hz` shows none.
    spans : ndarray, shape (n, 2)
        Where to look, seconds, sorted and disjoint.
    criteria : LargeMovementCriteria
        Its limits.

    Returns
    -------
    ndarray, shape (m, 2)
        Whole seconds from the start of a span on, less than `gap_s` apart joined, never
        across a gap.

    Raises
    ------
    UnitError
        The signal is not in uV.

    Notes
    -----
    A second is artefact where it ranges as far as no wave of sleep does, and where what is
    faster than any of them is strong and far stronger than in the quiet seconds around.
    """
    eeg.require_unit("uV")
    if eeg.rate_hz < criteria.eeg_min_rate_hz:
        return as_spans([])
    found = [as_spans([])]
    for piece in eeg.pieces():
        for span in clip(spans, piece.start_s, piece.stop_s):
            found.append(_in_span(piece, span, criteria))
    return close_gaps(np.concatenate(found))


def _in_span(piece: Signal, span: Spans, criteria: LargeMovementCriteria) -> Spans:
    size = round(_SECOND_S * piece.rate_hz)
    first = round((float(span[0]) - piece.start_s) * piece.rate_hz)
    count = min(round(float(span[1] - span[0]) / _SECOND_S), (piece.samples.size - first) // size)
    if count < 1:
        return as_spans([])
    seconds = piece.samples[first : first + count * size].reshape(count, size)
    large: Bools = np.ptp(seconds, axis=1) >= criteria.eeg_range_uv
    if not large.any():
        return as_spans([])
    begin_s = piece.start_s + first / piece.rate_hz
    stop_s = begin_s + count * size / piece.rate_hz
    large &= _fast(piece, (begin_s, stop_s), count, criteria)
    starts = begin_s + np.flatnonzero(large) * size / piece.rate_hz
    joined = close_gaps(np.column_stack([starts, starts + _SECOND_S]), criteria.gap_s)
    return intersect(joined, [[begin_s, stop_s]])


def _fast(
    piece: Signal, span_s: tuple[float, float], count: int, criteria: LargeMovementCriteria
) -> Bools:
    """Say in which seconds of a span the fast activity is strong, and stronger than around."""
    around = (criteria.eeg_around_s, criteria.eeg_around_s)
    part = excerpt(piece, span_s, around)
    if part is None:
        return np.zeros(count, np.bool_)
    fast = band_pass(part.samples, part.rate_hz, criteria.eeg_fast_hz, part.rate_hz / 2)
    first = round((span_s[0] - part.start_s) * part.rate_hz)
    size = round(_SECOND_S * part.rate_hz)
    inside = _rms(fast[first:], size)[:count]
    quiet = float(np.percentile(_rms(fast, size), _QUIET_PERCENTILE))
    strong: Bools = inside >= max(criteria.eeg_fast_uv, criteria.eeg_fast_ratio * quiet)
    return np.pad(strong, (0, count - strong.size))


def _rms(samples: Samples, size: int) -> Floats:
    seconds = samples[: samples.size // size * size].reshape(-1, size)
    rms: Floats = np.sqrt(np.mean(np.square(seconds, dtype=np.float64), axis=1))
    return rms
