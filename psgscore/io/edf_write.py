"""Writing EDF+: annotation sidecars, recordings with annotations inside, whole nights."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from psgscore.errors import RecordingError, UsageError
from psgscore.io.channel_names import read_label
from psgscore.io.edf_compose import (
    Mark,
    annotation_blocks,
    fixed_header,
    signal_headers,
    with_annotation_signal,
)
from psgscore.io.recording import Recording
from psgscore.model.events import Event, Events
from psgscore.model.hypnogram import Hypnogram, Stage
from psgscore.model.score import Score
from psgscore.model.signal import Signal

MICROVOLT_RANGE = (-3276.8, 3276.7)
"""Physical limits of voltages written: one bit is 0.1 uV, what lies outside is clipped."""

_CHUNK_BYTES = 8 << 20


def score_marks(score: Score) -> list[Mark]:
    """Return everything a viewer should show of a score.

    One ``Sleep stage ...`` per epoch; every event as ``word@@channel``; ``PLM`` for each
    periodic movement of the first rule set; lights, gaps and unreadable stretches.
    """
    marks = [] if score.hypnogram is None else stage_marks(score.hypnogram)
    marks += [_event_mark(event) for event in score.events]
    for leg in score.legs[:1]:
        periodic = leg.movements.where(leg.verdicts.plm)
        marks += [Mark(event.start_s, event.duration_s, "PLM") for event in periodic]
    marks += [Mark(start, stop - start, "unreadable") for start, stop in score.unreadable.tolist()]
    return marks


def stage_marks(hypnogram: Hypnogram) -> list[Mark]:
    """Return one annotation per epoch."""
    words = {int(stage): stage.name for stage in Stage} | {int(Stage.UNSCORED): "?"}
    return [
        Mark(start, hypnogram.epoch_s, f"Sleep stage {words[stage]}")
        for start, stage in zip(
            hypnogram.edges_s[:-1].tolist(), hypnogram.stages.tolist(), strict=True
        )
    ]


def write_annotations_edf(path: Path, score: Score, recording: Recording | None) -> None:
    """Write an EDF+ file that holds annotations only, on the clock of the recording.

    Parameters
    ----------
    path : Path
        Written over.
    score : Score
        What is to be shown.
    recording : Recording or None
        Gives the start; without one the EDF+ stand-in for an unknown date is written.
        The patient is left out.
    """
    import edfio  # noqa: PLC0415 - start-up time

    start = None if recording is None else recording.start
    marks = sorted(score_marks(score), key=lambda mark: (mark.onset_s, mark.text))
    edf = edfio.Edf(
        [],
        annotations=[edfio.EdfAnnotation(m.onset_s, m.duration_s, m.text) for m in marks],
        recording=edfio.Recording(startdate=None if start is None else start.date()),
        starttime=None if start is None else start.time(),
    )
    edf.write(path)


def embed_annotations(recording: Recording, score: Score, path: Path) -> None:
    """Write a copy of the recording with the annotations inside, signals bit for bit.

    The file is streamed. The patient stays in the copy as it is in the recording.

    Parameters
    ----------
    recording : Recording
        From an EDF or BDF file.
    score : Score
        What is to be shown.
    path : Path
        Written over.

    Raises
    ------
    UsageError
        The recording does not come from a file.
    RecordingError
        Its header is too damaged to be copied.
    """
    from psgscore.io.edf import EdfSource  # noqa: PLC0415 - the shell of the shell

    if recording.path is None or not isinstance(recording.source, EdfSource):
        raise UsageError("--embed needs an EDF or BDF file: leave it out to write a sidecar")
    header = recording.source.header
    if not header.n_records or header.data_offset != 256 * (len(header.signals) + 1):
        raise RecordingError(f"{recording.path.name}: has no regular data records to copy")
    keeps_time = any(signal.is_annotation for signal in header.signals)
    onsets = None if keeps_time else [k * header.record_s for k in range(header.n_records)]
    first_s = recording.source.first_s
    marks = [Mark(m.onset_s + first_s, m.duration_s, m.text) for m in score_marks(score)]
    wide = header.bytes_per_sample
    blocks = annotation_blocks(marks, onsets, header.n_records, wide)
    with recording.path.open("rb") as source, path.open("wb") as target:
        head = source.read(header.data_offset)
        target.write(with_annotation_signal(head, header.n_records, blocks.shape[1], wide == 3))
        rows = max(_CHUNK_BYTES // header.record_bytes, 1)
        for first in range(0, header.n_records, rows):
            block = blocks[first : first + rows]
            raw = source.read(len(block) * header.record_bytes)
            records = np.frombuffer(raw, dtype=np.uint8).reshape(len(block), -1)
            target.write(np.concatenate([records, block], axis=1).data)


def write_edf(
    path: Path,
    signals: Sequence[Signal],
    *,
    start: datetime | None = None,
    events: Events | None = None,
    hypnogram: Hypnogram | None = None,
) -> None:
    """Write signals as EDF+C, or EDF+D when they have breaks, in records of one second.

    Parameters
    ----------
    path : Path
        Written over.
    signals : sequence of Signal
        Whole numbers of samples per second, same breaks in all. Voltages outside
        `MICROVOLT_RANGE` are clipped, as an amplifier does.
    start : datetime, optional
        Clock time of second 0.
    events, hypnogram : optional
        Written as annotations.

    Raises
    ------
    UsageError
        A rate is no whole number, or lengths or breaks do not fall on whole seconds.
    """
    rates, n_records = _whole_seconds(signals)
    onsets = _record_onsets(signals[0], rates[0], n_records)
    marks = [] if events is None else [_event_mark(event) for event in events]
    marks += [] if hypnogram is None else stage_marks(hypnogram)
    blocks = annotation_blocks(marks, onsets, n_records, 2)
    limits = [_limits(signal) for signal in signals]
    columns = [
        (s.label, "", s.unit, f"{low:.7g}", f"{high:.7g}", "-32768", "32767", "", str(rate), "")
        for s, rate, (low, high) in zip(signals, rates, limits, strict=True)
    ]
    added = ("EDF Annotations", "", "", "-1", "1", "-32768", "32767", "")
    columns.append((*added, str(blocks.shape[1] // 2), ""))
    plus = "+D" if signals[0].breaks else "+C"
    with path.open("wb") as file:
        file.write(
            fixed_header(
                start=start, n_records=n_records, record_s=1.0, n_signals=len(columns), plus=plus
            )
        )
        file.write(signal_headers(columns))
        at_once = max(_CHUNK_BYTES // (2 * sum(rates)), 1)
        for first in range(0, n_records, at_once):
            last = min(first + at_once, n_records)
            parts = [
                _digital(signal.samples[first * rate : last * rate], low, high).reshape(-1, rate)
                for signal, rate, (low, high) in zip(signals, rates, limits, strict=True)
            ]
            block = np.ascontiguousarray(blocks[first:last]).view("<i2")
            file.write(np.concatenate([*parts, block], axis=1).data)


def _whole_seconds(signals: Sequence[Signal]) -> tuple[list[int], int]:
    if not signals:
        raise UsageError("there is no signal to write")
    rates = [round(signal.rate_hz) for signal in signals]
    lengths = {s.samples.size / rate for s, rate in zip(signals, rates, strict=True) if rate}
    whole = all(abs(s.rate_hz - rate) < 1e-9 for s, rate in zip(signals, rates, strict=True))
    if not whole or len(lengths) != 1 or not float(next(iter(lengths))).is_integer():
        raise UsageError("signals to write need whole rates in Hz and one length in whole seconds")
    return rates, int(next(iter(lengths)))


def _record_onsets(signal: Signal, rate: int, n_records: int) -> list[float]:
    firsts = np.arange(n_records, dtype=np.float64) * rate
    return [float(onset) for onset in signal.times_s(firsts)]


def _limits(signal: Signal) -> tuple[float, float]:
    """Return physical limits that an 8-character field holds exactly."""
    if signal.unit == "uV":
        return MICROVOLT_RANGE
    low, high = float(np.floor(signal.samples.min())), float(np.ceil(signal.samples.max()))
    return low, max(high, low + 1.0)


def _digital(samples: NDArray[np.float32], low: float, high: float) -> NDArray[np.int16]:
    gain = (high - low) / 65535.0
    digital = np.rint((samples - np.float32(low)) / np.float32(gain)) - 32768.0
    clipped: NDArray[np.int16] = np.clip(digital, -32768, 32767).astype("<i2")
    return clipped


def _event_mark(event: Event) -> Mark:
    """Return ``word@@channel``; ``LM`` alone where the channel's name gives the side."""
    word = event.kind
    if word == read_label(event.channel).role.replace("leg", "LM"):
        word = "LM"
    text = f"{word}@@{event.channel}" if event.channel else word
    return Mark(event.start_s, event.duration_s, text)
