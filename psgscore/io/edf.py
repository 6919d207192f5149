"""EDF, EDF+, BDF and BDF+ recordings: lenient, lazy, every channel at its own rate.

Second 0 is the first sample. `Recording.start` carries the fraction of a second an
EDF+ file may begin with, and annotation onsets are shifted by it.

Nothing is repaired in silence: what is tolerated is a finding, its codes begin with ``edf.``
and are listed in ``docs/findings.md``.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from operator import attrgetter
from pathlib import Path

import numpy as np

from psgscore.errors import CalibrationError, InputPathError, RecordingError
from psgscore.io.edf_damage import refuse_text_damage
from psgscore.io.edf_header import FIXED_BYTES, Header, header_bytes, read_header
from psgscore.io.edf_records import Column, RecordFile, to_physical
from psgscore.io.edf_signals import SignalHeader
from psgscore.io.edf_step import refuse_astray, without_surplus
from psgscore.io.edf_tal import AnnotationReader
from psgscore.io.edf_timeline import timeline
from psgscore.io.recording import Annotation, Channel, Recording
from psgscore.io.units import microvolts_per
from psgscore.model.finding import Finding
from psgscore.model.signal import Signal

EXTENSIONS = (".edf", ".rec", ".bdf")
_BIOSIGNAL_HZ = 64.0
_VOLTS = ("V", "VOLT", "VOLTS")


def open_edf(path: str | os.PathLike[str]) -> Recording:
    """Open an EDF, EDF+, BDF or BDF+ file.

    Parameters
    ----------
    path : path-like
        ``.edf``, ``.rec`` or ``.bdf``, in any case.

    Returns
    -------
    Recording
        Header and annotations are read; samples when asked for.

    Raises
    ------
    InputPathError
        The path is missing, a directory, or has another extension.
    RecordingError
        The file is empty, not an EDF, or its layout cannot be known.
    """
    file = existing_file(path, EXTENSIONS)
    with _naming(file):
        size = file.stat().st_size
        with file.open("rb") as stream:
            head = stream.read(FIXED_BYTES)
            head += stream.read(max(header_bytes(head) - FIXED_BYTES, 0))
        if not size:
            raise RecordingError("the file is empty")
        header = read_header(head, size, file.name)
        if any(not one.is_annotation for one in header.signals):
            refuse_text_damage(file, header.data_offset, header.record_bytes, header.stated_records)
    return _recording(file, header)


@contextmanager
def _naming(file: Path) -> Iterator[None]:
    """Put the name of the file before what is wrong with it."""
    try:
        yield
    except OSError as error:
        raise RecordingError(f"{file.name}: cannot be read: {error.strerror}") from error
    except RecordingError as error:
        raise RecordingError(f"{file.name}: {error}") from error


def existing_file(path: str | os.PathLike[str], extensions: Sequence[str] = ()) -> Path:
    """Return the path of a file that exists and has one of the extensions.

    Raises
    ------
    InputPathError
        It does not.
    """
    file = Path(path)
    # os.path never raises, whatever the name is made of.
    if os.path.isdir(file):
        raise InputPathError(f"{file}: is a directory, not a file")
    if not os.path.exists(file):
        raise InputPathError(f"{file}: no such file")
    if extensions and file.suffix.lower() not in extensions:
        raise InputPathError(f"{file}: psgscore reads {', '.join(extensions)} recordings here")
    return file


def _recording(file: Path, header: Header) -> Recording:
    columns = _columns(header)
    records = RecordFile(
        path=file,
        data_offset=header.data_offset,
        record_bytes=header.record_bytes,
        n_records=header.n_records,
    )
    reader = _read_annotations(header, columns, records)
    announced = without_surplus(header, reader)
    if announced != header:
        return _recording(file, announced)
    with _naming(file):
        refuse_astray(header, reader)
        times = timeline(header, reader.record_onsets_s)
    header = replace(header, record_s=times.record_s)
    signals = [k for k, one in enumerate(header.signals) if not one.is_annotation]
    channels = tuple(_channel(index, header.signals[k], header) for index, k in enumerate(signals))
    annotations = _shifted(reader.annotations, times.first_s)
    return Recording(
        path=file,
        format=header.format,
        channels=channels,
        patient=header.patient,
        start=_shifted_start(header.start, times.first_s),
        duration_s=_duration_s(header, times.breaks, annotations),
        gaps=times.gaps,
        annotations=annotations,
        findings=(
            *header.findings,
            *reader.findings(),
            *times.findings,
            *_unit_findings(channels),
        ),
        source=EdfSource(header, columns, records, tuple(signals), times.breaks, times.first_s),
    )


@dataclass(frozen=True, slots=True)
class EdfSource:
    """Reads samples from the file; `breaks` are (record, true start) after a gap.

    `first_s` is where the first record begins on the clock of the header.
    """

    header: Header
    columns: tuple[Column, ...]
    records: RecordFile
    signals: tuple[int, ...]
    breaks: tuple[tuple[int, float], ...]
    first_s: float

    def read(self, channels: Sequence[Channel]) -> list[Signal]:
        """Return the signals of the channels; see `Recording.signals`."""
        places = [self.signals[channel.index] for channel in channels]
        calibrations = [
            _calibration(channel, self.header.signals[place])
            for channel, place in zip(channels, places, strict=True)
        ]
        samples = [
            np.empty((self.records.n_records, self.header.signals[place].samples_per_record), "f4")
            for place in places
        ]
        for first, parts in self.records.blocks([self.columns[place] for place in places]):
            for whole, part, (gain, offset, _) in zip(samples, parts, calibrations, strict=True):
                rows = whole[first : first + len(part)]
                to_physical(part, self.header.bytes_per_sample, gain, offset, rows)
        return [
            Signal(
                channel.label,
                values.reshape(-1),
                channel.rate_hz,
                unit,
                breaks=tuple((record * values.shape[1], start) for record, start in self.breaks),
            )
            for channel, values, (_, _, unit) in zip(channels, samples, calibrations, strict=True)
        ]


def _calibration(channel: Channel, signal: SignalHeader) -> tuple[float, float, str]:
    """Return gain, offset and unit of the samples to be: uV for every voltage."""
    if signal.calibration is None or not signal.samples_per_record:
        raise CalibrationError(
            f"channel {channel.label!r}: the header gives physical limits "
            f"{_limits(signal.physical_min, signal.physical_max)} for digital limits "
            f"{_limits(signal.digital_min, signal.digital_max)}, {signal.samples_per_record} "
            "samples a record: its values are unknown. Export the recording again."
        )
    gain, offset = signal.calibration
    factor = microvolts_per(channel.effective_unit)
    if factor is None:
        return gain, offset, channel.effective_unit
    return gain * factor, offset * factor, "uV"


def _limits(low: float | None, high: float | None) -> str:
    shown = ["no number" if limit is None else f"{limit:g}" for limit in (low, high)]
    return f"[{shown[0]}, {shown[1]}]"


def _columns(header: Header) -> tuple[Column, ...]:
    columns, offset = [], 0
    for signal in header.signals:
        size = signal.samples_per_record * header.bytes_per_sample
        columns.append(Column(offset, size))
        offset += size
    return tuple(columns)


def _channel(index: int, signal: SignalHeader, header: Header) -> Channel:
    calibration = signal.calibration
    limits = None
    if calibration and signal.physical_min is not None and signal.physical_max is not None:
        low, high = sorted((signal.physical_min, signal.physical_max))
        limits = (low, high)
    return Channel(
        index=index,
        label=signal.label,
        rate_hz=signal.samples_per_record / header.record_s if header.record_s else 0.0,
        unit=signal.unit,
        n_samples=signal.samples_per_record * header.n_records,
        resolution=abs(calibration[0]) if calibration else None,
        physical_range=limits,
        transducer=signal.transducer,
        prefilter=signal.prefilter,
    )


def _read_annotations(
    header: Header, columns: Sequence[Column], records: RecordFile
) -> AnnotationReader:
    reader = AnnotationReader()
    chosen = [columns[k] for k, one in enumerate(header.signals) if one.is_annotation]
    if chosen and header.n_records:
        reader.read_records(records.read(chosen))
    return reader


def _duration_s(
    header: Header, breaks: Sequence[tuple[int, float]], annotations: Sequence[Annotation]
) -> float:
    """Return the end of the last record; of the last annotation if there are no samples."""
    if all(one.is_annotation for one in header.signals):
        ends = [note.onset_s + (note.duration_s or 0.0) for note in annotations]
        return max([header.n_records * header.record_s, *ends])
    record, start_s = breaks[-1] if breaks else (0, 0.0)
    return round(start_s + (header.n_records - record) * header.record_s, 6)


def _shifted(annotations: Sequence[Annotation], first_s: float) -> tuple[Annotation, ...]:
    moved = []
    for note in annotations:
        onset_s = round(note.onset_s - first_s, 6)
        same = onset_s == note.onset_s != 0.0  # 0 may have a sign to lose
        moved.append(
            note if same else Annotation(onset_s, note.duration_s, note.text, note.channel)
        )
    return tuple(sorted(moved, key=attrgetter("onset_s")))


def _shifted_start(start: datetime | None, first_s: float) -> datetime | None:
    if start is None:
        return None
    try:
        return start + timedelta(seconds=first_s)
    except OverflowError:
        return None


def _unit_findings(channels: Sequence[Channel]) -> list[Finding]:
    fast = [channel for channel in channels if channel.rate_hz >= _BIOSIGNAL_HZ]
    findings = []
    for channel in fast:
        if not channel.unit:
            findings.append(Finding("edf.unit-missing", "the file gives no unit", channel.label))
        elif channel.unit.upper().endswith(_VOLTS) and microvolts_per(channel.unit) is None:
            message = f"the unit {channel.unit!r} is no voltage we know: state it in a channel map"
            findings.append(Finding("edf.unit-unknown", message, channel.label))
    return findings
