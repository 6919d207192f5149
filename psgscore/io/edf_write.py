"""Writing EDF+: annotation sidecars and whole nights."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from psgscore.errors import UsageError
from psgscore.io.edf_embed import embed_annotations, write_all
from psgscore.io.edf_write_bytes import (
    AnnotationSignal,
    Clock,
    annotation_entry,
    fixed_header,
    signal_headers,
)
from psgscore.io.edf_write_marks import (
    automatic_note,
    event_annotations,
    score_annotations,
    stage_annotations,
)
from psgscore.io.edf_write_notes import statable_day, write_notes_edf
from psgscore.io.recording import Annotation, Recording
from psgscore.model._arrays import Floats
from psgscore.model.events import Events
from psgscore.model.hypnogram import Hypnogram
from psgscore.model.score import Score
from psgscore.model.signal import Signal
from psgscore.model.staging import StagingResult

__all__ = [
    "MICROVOLT_RANGE",
    "embed_annotations",
    "write_annotations_edf",
    "write_edf",
    "write_stages_edf",
]

MICROVOLT_RANGE = ("-3276.8", "3276.7")
"""Physical limits of voltages written: one bit is 0.1 uV, what lies outside is clipped."""

_CHUNK_BYTES = 1 << 20
_LOWEST, _HIGHEST = -32768, 32767
_RECORD_S = (1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01)
_MAX_TEXT = 30
_US = 1_000_000


def write_annotations_edf(path: Path, score: Score, recording: Recording | None) -> None:
    """Write an EDF+ file that holds annotations only, on the clock of the recording.

    Parameters
    ----------
    path : Path
        Written over.
    score : Score
        What is to be shown: see `score_annotations`.
    recording : Recording or None
        Gives the start, to the microsecond, so that viewers line the two files up. When
        the date is unknown, or not one EDF can say (1985 to 2084), the EDF+ stand-in is
        written: ``Startdate X``, 1 January 1985. The patient is left out (``X X X X``).
    """
    start = None if recording is None else recording.start
    write_notes_edf(path, score_annotations(score), start, _primary_rules(score))


def write_stages_edf(path: Path, result: StagingResult, recording: Recording) -> None:
    """Write automatic stages as an EDF+ file of annotations; the first one says what they are."""
    notes = [automatic_note(result), *stage_annotations(result.hypnogram)]
    write_notes_edf(path, notes, recording.start, ("automatic_stages",))


def write_edf(
    path: Path,
    signals: Sequence[Signal],
    *,
    start: datetime | None = None,
    events: Events | None = None,
    hypnogram: Hypnogram | None = None,
) -> None:
    """Write signals as a 16-bit EDF+C, or EDF+D when they have breaks; streamed.

    Parameters
    ----------
    path : Path
        Written over.
    signals : sequence of Signal
        At any rates, all beginning at 0 s with the same breaks. Voltages (``"uV"``) are
        stored in steps of 0.1 uV and **clipped to `MICROVOLT_RANGE`, +-3.28 mV**, as an
        amplifier clips; other units get limits a little wider than their samples.
    start : datetime, optional
        Clock time of second 0, to the microsecond; None writes ``Startdate X``.
    events, hypnogram : optional
        Written as annotations.

    Raises
    ------
    UsageError
        What EDF cannot hold: signals of different lengths or breaks, no length of data
        record all rates and breaks fit into, samples that are no numbers, a label that is
        not 16 ASCII characters, a year outside 1985 to 2084.
    """
    layout = _layout(signals)
    if start is not None and statable_day(start) is None:
        raise UsageError(
            f"an EDF file cannot begin in {start.year}: give 1985 to 2084, or no start"
        )
    notes = [] if events is None else event_annotations(events)
    notes += [] if hypnogram is None else stage_annotations(hypnogram)
    fraction_us = 0 if start is None else start.microsecond
    added = AnnotationSignal(
        [annotation_entry(note, fraction_us / _US) for note in sorted(notes, key=_when)],
        layout.n_records,
        Clock(layout.onsets_us + fraction_us, 6),
    )
    columns = [_Column.of(s, n) for s, n in zip(signals, layout.per_record, strict=True)]
    rows = [*(column.header() for column in columns), added.header()]
    header = _header(start, layout, rows)
    with path.open("wb", buffering=0) as file:
        write_all(file, memoryview(header))
        record_bytes = 2 * sum(layout.per_record) + added.block_bytes
        at_once = max(_CHUNK_BYTES // record_bytes, 1)
        for first in range(0, layout.n_records, at_once):
            last = min(first + at_once, layout.n_records)
            parts = [column.records(first, last) for column in columns]
            block = np.concatenate([*parts, added.blocks(first, last)], axis=1)
            write_all(file, block.reshape(-1).data)


@dataclass(frozen=True, slots=True, eq=False)
class _Layout:
    """How the signals are cut into data records; `per_record` counts their samples."""

    record_s: float
    per_record: tuple[int, ...]
    n_records: int
    onsets_us: NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class _Column:
    """One signal and the limits it is stored with."""

    signal: Signal
    per_record: int
    low: str
    high: str

    @classmethod
    def of(cls, signal: Signal, per_record: int) -> _Column:
        low, high = MICROVOLT_RANGE if signal.unit == "uV" else _wide_limits(signal)
        return cls(signal, per_record, low, high)

    def header(self) -> tuple[str, ...]:
        """Return the ten fields of the signal header."""
        limits = (self.low, self.high, str(_LOWEST), str(_HIGHEST))
        return (self.signal.label, "", self.signal.unit, *limits, "", str(self.per_record), "")

    def records(self, first: int, last: int) -> NDArray[np.uint8]:
        """Return the bytes of records [first, last), one row each."""
        samples = self.signal.samples[first * self.per_record : last * self.per_record]
        low, high = float(self.low), float(self.high)
        steps = (samples.astype(np.float64) - low) * ((_HIGHEST - _LOWEST) / (high - low))
        digital = np.clip(np.rint(steps) + _LOWEST, _LOWEST, _HIGHEST).astype("<i2")
        rows: NDArray[np.uint8] = digital.view(np.uint8).reshape(last - first, -1)
        return rows


def _layout(signals: Sequence[Signal]) -> _Layout:
    """Find the record length all rates and uninterrupted stretches are multiples of."""
    if not signals or not signals[0].samples.size:
        raise UsageError("there is no signal to write")
    spans = _stretches(signals[0])
    for signal in signals:
        if not np.isfinite(signal.samples).all():
            raise UsageError(f"{signal.label!r} holds samples that are no numbers: EDF cannot")
        mine = _stretches(signal)
        if (
            signal.start_s != 0
            or mine.shape != spans.shape
            or not np.allclose(mine, spans, 0, 1e-6)
        ):
            raise UsageError(
                f"{signal.label!r} does not begin at 0 s or has other breaks or another length "
                f"than {signals[0].label!r}: cut them alike"
            )
    lengths = spans[:, 1] - spans[:, 0]
    for record_s in _RECORD_S:
        per_record = [signal.rate_hz * record_s for signal in signals]
        if _whole(np.array(per_record)) and min(per_record) > 0.5 and _whole(lengths / record_s):
            records = np.round(lengths / record_s).astype(np.int64)
            onsets = [
                s + np.arange(n) * record_s for s, n in zip(spans[:, 0], records, strict=True)
            ]
            return _Layout(
                record_s,
                tuple(round(count) for count in per_record),
                int(records.sum()),
                np.round(np.concatenate(onsets) * _US).astype(np.int64),
            )
    raise UsageError(
        "no data record fits all rates and uninterrupted stretches: give rates in whole Hz and "
        "stretches in whole seconds"
    )


def _stretches(signal: Signal) -> Floats:
    """Return start and stop of each uninterrupted stretch, shape (n, 2)."""
    return np.array([(piece.start_s, piece.stop_s) for piece in signal.pieces()]).reshape(-1, 2)


def _whole(values: Floats) -> bool:
    return bool((np.abs(values - np.round(values)) < 1e-6).all())


def _wide_limits(signal: Signal) -> tuple[str, str]:
    """Return limits just outside the samples that 8 characters hold exactly."""
    low, high = float(signal.samples.min()), float(signal.samples.max())
    size = Decimal(repr(max(abs(low), abs(high), 1e-4)))
    unit = Decimal(1).scaleb(size.adjusted() - 1)
    limits = (
        (Decimal(repr(low)) / unit).to_integral_value("ROUND_FLOOR") - 1,
        (Decimal(repr(high)) / unit).to_integral_value("ROUND_CEILING") + 1,
    )
    first, last = (f"{(limit * unit).normalize():f}" for limit in limits)
    if max(len(first), len(last)) > 8:
        raise UsageError(f"{signal.label!r} reaches from {low:g} to {high:g}: too far for EDF")
    return first, last


def _header(start: datetime | None, layout: _Layout, rows: Sequence[tuple[str, ...]]) -> bytes:
    gapless = np.diff(layout.onsets_us) == round(layout.record_s * _US)
    fixed = fixed_header(
        start=start,
        n_records=layout.n_records,
        record_s=layout.record_s,
        n_signals=len(rows),
        plus="+C" if gapless.all() else "+D",
    )
    try:
        return fixed + signal_headers(rows)
    except ValueError as error:
        raise UsageError(f"{error}: give a shorter label or unit") from None


def _primary_rules(score: Score) -> tuple[str, ...]:
    """Name the rule set of the PLM marks in the header, if its name is one short ASCII word."""
    names = [legs.criteria.name for legs in score.legs[:1]]
    return tuple(
        f"PLM:{name}"
        for name in names
        if re.fullmatch(rf"[\w.+-]{{1,{_MAX_TEXT}}}", name, re.ASCII)
    )


def _when(note: Annotation) -> float:
    return note.onset_s
