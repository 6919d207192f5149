"""The signal around some movements, from what the detectors had: no channel is read again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from psgscore.dsp.columns import low_high
from psgscore.leg_channels import LegResult
from psgscore.model._arrays import Floats
from psgscore.model.events import Event
from psgscore.model.jerk_criteria import GraphoelementCriteria
from psgscore.model.movement_criteria import MovementCriteria
from psgscore.model.score import Score
from psgscore.model.signal import Signal
from psgscore.model.snapshot import COLUMNS, PERIODIC, SNAPSHOT_S, Snapshot, SnapshotChannel
from psgscore.movement_channels import MovementChannels

if TYPE_CHECKING:
    from psgscore.detect.emg import PreparedEmg
    from psgscore.score.examples import Example

_BEFORE_S = 2.0
"""Shown before a movement too long to stand in the middle."""
_MOST_EMG = 3
_MARGIN_S = 2.0
"""Of EEG to either side, which the filter needs."""
_FINE_UV = 100.0
"""A channel that spans less is rounded to 0.1 uV, else to 1 uV."""
_WITH_EEG = "jerk"


def with_snapshots(
    score: Score,
    legs: Sequence[LegResult],
    channels: MovementChannels | None,
    criteria: MovementCriteria,
) -> Score:
    """Add to a score the signal around the movements that `psgscore.score.examples` chooses.

    Parameters
    ----------
    score : Score
        With every event that counts.
    legs : sequence of LegResult
        The legs that were scored.
    channels : MovementChannels or None
        Where the other movements were looked for, the legs among them; None: nowhere.
    criteria : MovementCriteria
        The band in which waves are looked for.

    Returns
    -------
    Score
        Without a snapshot of movements whose EMG is not there, such as marks of the lab.
    """
    from psgscore.score.examples import examples  # noqa: PLC0415 - start-up time

    looked = _Looked(
        emgs=[one.emg for one in legs if one.emg] if channels is None else channels.emgs,
        eeg=() if channels is None else channels.eeg,
        criteria=criteria.graphoelements,
    )
    found = (_snapshot(example, looked) for example in examples(score))
    return replace(score, snapshots=tuple(one for one in found if one.channels))


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class _Looked:
    """What the detectors looked at: filtered EMG, and EEG with the band of its waves."""

    emgs: Sequence[PreparedEmg]
    eeg: Sequence[Signal]
    criteria: GraphoelementCriteria


def _snapshot(example: Example, looked: _Looked) -> Snapshot:
    event = example.event
    span_s = _window(event)
    emgs = [emg for emg in looked.emgs if _found_in(emg, example)][:_MOST_EMG]
    channels = [_emg_columns(emg, span_s) for emg in emgs]
    if channels and example.group == _WITH_EEG:
        channels += [_eeg_columns(eeg, span_s, looked.criteria) for eeg in looked.eeg[:1]]
    return Snapshot(
        group=example.group,
        kind=event.kind,
        label=example.label,
        onset_s=event.start_s,
        stop_s=event.stop_s,
        from_s=span_s[0],
        to_s=span_s[1],
        channels=tuple(channels),
    )


def _window(event: Event) -> tuple[float, float]:
    """Put the movement in the middle, or its onset near the left edge where it is long."""
    duration_s = event.stop_s - event.start_s
    before_s = max((SNAPSHOT_S - duration_s) / 2, _BEFORE_S)
    start_s = round(event.start_s - before_s, 3)
    return start_s, start_s + SNAPSHOT_S


def _found_in(emg: PreparedEmg, example: Example) -> bool:
    """Say whether a movement was found in an EMG; one of joined legs names none."""
    if example.group == PERIODIC:
        return emg.role.startswith("leg")
    # Labels may hold the sign that joins them.
    return f"+{emg.label}+" in f"+{example.event.channel}+"


def _emg_columns(emg: PreparedEmg, span_s: tuple[float, float]) -> SnapshotChannel:
    near = [one for one in emg.stretches if one.start_s < span_s[1] and one.stop_s > span_s[0]]
    criteria = emg.stretches[0].criteria
    pieces = ((one.start_s, one.filtered) for one in near)
    return _channel(
        (emg.label, "uV"),
        (criteria.high_pass_hz, criteria.low_pass_hz),
        low_high(pieces, emg.rate_hz, span_s, COLUMNS),
    )


def _eeg_columns(
    eeg: Signal, span_s: tuple[float, float], criteria: GraphoelementCriteria
) -> SnapshotChannel:
    from psgscore.detect.graphoelements import in_wave_band  # noqa: PLC0415 - start-up time

    pieces = [
        (one.start_s, in_wave_band(one, criteria).astype(np.float32))
        for one in _excerpts(eeg, span_s)
    ]
    return _channel(
        (eeg.label, eeg.unit),
        (criteria.low_hz, criteria.high_hz),
        low_high(pieces, eeg.rate_hz, span_s, COLUMNS),
    )


def _excerpts(eeg: Signal, span_s: tuple[float, float]) -> Iterator[Signal]:
    """Yield what there is of a window and the margins around it, piece by piece."""
    ends_s = np.array([span_s[0] - _MARGIN_S, span_s[1] + _MARGIN_S])
    for piece in eeg.pieces():
        first, last = np.clip(
            np.round((ends_s - piece.start_s) * piece.rate_hz).astype(np.int64),
            0,
            piece.samples.size,
        )
        if last > first:
            start_s = piece.start_s + first / piece.rate_hz
            yield Signal(piece.label, piece.samples[first:last], piece.rate_hz, piece.unit, start_s)


def _channel(
    name: tuple[str, str], band_hz: tuple[float, float], edges: tuple[Floats, Floats]
) -> SnapshotChannel:
    low, high = edges
    known = np.isfinite(low)
    spread = float(high[known].max() - low[known].min()) if known.any() else 0.0
    decimals = 1 if spread < _FINE_UV else 0
    return SnapshotChannel(
        label=name[0],
        unit=name[1],
        band_hz=band_hz,
        low=np.round(low, decimals) + 0.0,
        high=np.round(high, decimals) + 0.0,
    )
