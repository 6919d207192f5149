"""An EMG made ready for the detectors: filtered, its envelope taken, its resting level followed.

Every detector of EMG starts from a `PreparedEmg`, so that no channel is filtered twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from psgscore.dsp.envelope import Envelope, bridge_pops, rms_envelope
from psgscore.dsp.filters import band_pass
from psgscore.dsp.median import mostly
from psgscore.dsp.resting import Thinned, moving_at, resting_level
from psgscore.intervals import close_gaps, first_hits, runs
from psgscore.model._arrays import Bools, Ints, Samples, Spans, as_spans
from psgscore.model.criteria import DETECTION, LegMovementCriteria
from psgscore.model.signal import Signal


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class EmgStretch:
    """One uninterrupted, readable stretch with everything the thresholds look at.

    Parameters
    ----------
    start_s : float
        Time of its first sample, seconds from the start of the recording.
    rate_hz : float
        Samples per second of `filtered`.
    filtered : ndarray of float32, shape (n,)
        Band-passed EMG in uV, nothing moved in time.
    thinned : Thinned
        `envelope` every 0.3 s, for the resting level.
    rest : ndarray of float32, shape of ``envelope.values``
        The resting level, in the same uV.
    rise : ndarray of float32
        The envelope over the resting level.
    active, high : ndarray of bool
        Where the running median of `rise` is over the offset, at the onset threshold of
        a leg movement.
    criteria : LegMovementCriteria
        What it was prepared with.
    """

    start_s: float
    rate_hz: float
    filtered: Samples
    thinned: Thinned
    rest: Samples
    rise: Samples
    active: Bools
    high: Bools
    criteria: LegMovementCriteria

    @property
    def envelope(self) -> Envelope:
        """Running RMS over `envelope_s` on a grid of about 20 ms, times `amplitude_gain`."""
        return self.thinned.envelope

    @property
    def stop_s(self) -> float:
        """Time after its last sample."""
        return self.start_s + self.filtered.size / self.rate_hz

    def bursts(self) -> Ints:
        """Return movements on the envelope's grid: index pairs from onset to offset."""
        quiet = self.envelope.steps(self.criteria.quiet_s)
        spans = close_gaps(runs(self.active), quiet).astype(np.int64)
        held, onsets = first_hits(spans, self.high)
        return np.column_stack([onsets, spans[held, 1]])


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class PreparedEmg:
    """One EMG channel, ready for the detectors.

    Parameters
    ----------
    label : str
        Name of the channel or derivation; the `channel` of its events.
    role : str
        ``"leg:left"``, ``"chin"``, ``"arm:right"``, ...
    rate_hz : float
        Of the recording.
    stretches : tuple of EmgStretch
        In time order: never across a gap or an unreadable stretch.
    """

    label: str
    role: str
    rate_hz: float
    stretches: tuple[EmgStretch, ...]

    @property
    def spans(self) -> Spans:
        """Where it can be read, seconds, shape (n, 2)."""
        return as_spans([(one.start_s, one.stop_s) for one in self.stretches])


def prepare_emg(
    signal: Signal,
    unreadable: Spans | None = None,
    criteria: LegMovementCriteria = DETECTION,
    *,
    role: str = "",
) -> PreparedEmg:
    """Prepare an EMG that has passed the gate.

    Parameters
    ----------
    signal : Signal
        In uV.
    unreadable : ndarray, shape (n, 2), optional
        Seconds to leave out; see `psgscore.dsp.quality.assess_emg`.
    criteria : LegMovementCriteria
        Filter, envelope and resting level.
    role : str
        What the channel is.

    Raises
    ------
    UnitError
        The signal is not in uV.
    """
    signal.require_unit("uV")
    left_out = as_spans([]) if unreadable is None else unreadable
    return PreparedEmg(
        label=signal.label,
        role=role,
        rate_hz=signal.rate_hz,
        stretches=tuple(
            _prepare(stretch, criteria)
            for piece in signal.pieces()
            for stretch in _readable(piece, left_out)
            if stretch.duration_s >= criteria.min_duration_s
        ),
    )


def _readable(piece: Signal, unreadable: Spans) -> Iterator[Signal]:
    """Yield the parts of an uninterrupted piece outside the unreadable stretches."""
    marks = np.round((unreadable - piece.start_s) * piece.rate_hz).astype(np.int64)
    marks = np.clip(marks, 0, piece.samples.size)
    edges = np.concatenate([[0], marks.ravel(), [piece.samples.size]]).reshape(-1, 2)
    for first, last in edges:
        if last > first:
            start_s = piece.start_s + first / piece.rate_hz
            yield Signal(piece.label, piece.samples[first:last], piece.rate_hz, piece.unit, start_s)


def _prepare(signal: Signal, criteria: LegMovementCriteria) -> EmgStretch:
    """Filter, take the envelope, and follow the resting level."""
    samples, _ = bridge_pops(signal.samples, signal.rate_hz, criteria.gate.pop_uv)
    filtered = band_pass(samples, signal.rate_hz, criteria.high_pass_hz, criteria.low_pass_hz)
    envelope = rms_envelope(filtered, signal.rate_hz, criteria.envelope_s)
    np.multiply(envelope.values, np.float32(criteria.amplitude_gain), out=envelope.values)
    return _followed(
        _Filtered(
            signal.start_s, signal.rate_hz, filtered, Thinned.of(envelope, criteria.median_s)
        ),
        criteria,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Filtered:
    """What no threshold changes of a stretch."""

    start_s: float
    rate_hz: float
    filtered: Samples
    thinned: Thinned


def with_thresholds(emg: PreparedEmg, criteria: LegMovementCriteria) -> PreparedEmg:
    """Return the same EMG under other thresholds, without filtering it again.

    Parameters
    ----------
    emg : PreparedEmg
        As prepared.
    criteria : LegMovementCriteria
        Other thresholds and another resting level. The filter, `envelope_s`, `median_s`
        and `amplitude_gain` stay those of `emg`, and must be the same here.
    """
    return replace(
        emg,
        stretches=tuple(
            _followed(_Filtered(one.start_s, one.rate_hz, one.filtered, one.thinned), criteria)
            for one in emg.stretches
        ),
    )


def _followed(stretch: _Filtered, criteria: LegMovementCriteria) -> EmgStretch:
    """Follow the resting level of a stretch with movements left out."""
    found = _with_rest(stretch, None, criteria)
    for _ in range(criteria.resting_passes - 1):
        moving = moving_at(stretch.thinned.envelope, found.bursts())
        found = _with_rest(stretch, moving, criteria)
    return found


def _with_rest(
    stretch: _Filtered, moving: Bools | None, criteria: LegMovementCriteria
) -> EmgStretch:
    envelope = stretch.thinned.envelope
    level = resting_level(
        stretch.thinned, criteria.resting_window_s, criteria.resting_percentile, moving
    )
    rest = np.maximum(level, np.float32(criteria.resting_floor_uv), out=level)
    rise = envelope.values - rest
    size = envelope.odd_steps(criteria.median_s)
    return EmgStretch(
        start_s=stretch.start_s,
        rate_hz=stretch.rate_hz,
        filtered=stretch.filtered,
        thinned=stretch.thinned,
        rest=rest,
        rise=rise,
        active=mostly(rise > criteria.offset_rise_uv, size),
        high=mostly(rise >= criteria.onset_rise_uv, size),
        criteria=criteria,
    )
