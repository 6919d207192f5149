"""A copy of a recording with the annotations inside: records spliced, signals untouched."""

from __future__ import annotations

import os
import re
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import numpy as np

from psgscore.errors import OutputError, RecordingError, UsageError
from psgscore.io.edf import EdfSource
from psgscore.io.edf_header import FIXED_BYTES, Header
from psgscore.io.edf_tal import AnnotationReader
from psgscore.io.edf_write_bytes import (
    SIGNAL_FIELDS,
    AnnotationSignal,
    Clock,
    annotation_entry,
    header_field,
    startdate,
)
from psgscore.io.edf_write_marks import not_said_yet, scoring_not_said_yet
from psgscore.io.recording import Recording
from psgscore.model.score import Score
from psgscore.model.scoring import Scoring

# A chunk stays in the cache of the processor between reading, splicing and writing.
_CHUNK_BYTES = 1 << 20
_MAX_RECORDS = 99_999_999
_PATIENT, _RECORDING = slice(8, 88), slice(88, 168)
_PHYSICAL_MIN, _PHYSICAL_MAX, _DIGITAL_MIN, _DIGITAL_MAX = 3, 4, 5, 6
_PLUS_PATIENT = re.compile(rb"\S+ [XMF] (X|\d\d-[A-Z]{3}-\d{4}) \S+( .*)?")


def embed_annotations(recording: Recording, score: Score | Scoring, path: Path) -> None:
    """Write a copy of a recording with the annotations of a score inside.

    The records are streamed, constant in memory, and get one more annotation signal; all
    signals and all annotations of the recording are copied bit for bit. What the recording
    says already is not said twice (see `not_said_yet`). A plain EDF or BDF becomes EDF+C
    or BDF+C: its patient and recording texts are kept and put into the form EDF+ asks for.
    **It is a copy: the identity of the patient stays in it.**

    Corrected in the copy: the number of records, of signals and of header bytes, where the
    header states them wrong; limits given in falling order, without a change of values.
    Left out: bytes after the last whole record.

    Parameters
    ----------
    recording : Recording
        From an EDF or BDF file.
    score : Score or Scoring
        What is to be put inside.
    path : Path
        Written over; after an error it may hold an incomplete file.

    Raises
    ------
    UsageError
        The recording does not come from an EDF or BDF file.
    OutputError
        `path` is the recording itself.
    RecordingError
        The recording has no records, holds other sleep stages, or its header cannot
        become that of an EDF+ file.
    """
    if recording.path is None or not isinstance(recording.source, EdfSource):
        raise UsageError(
            "annotations can be put into EDF and BDF files only: write them beside it instead"
        )
    if path.exists() and os.path.samefile(path, recording.path):
        raise OutputError(f"{path}: is the recording itself: give another name for the copy")
    name, source = recording.path.name, recording.source
    if isinstance(score, Score):
        notes = not_said_yet(score, recording.annotations, name)
    else:
        notes = scoring_not_said_yet(score, recording.annotations, name)
    try:
        clock = _clock(source)
        entries = [annotation_entry(note, source.first_s) for note in notes]
        added = AnnotationSignal(
            entries, source.header.n_records, clock, source.header.bytes_per_sample
        )
        with recording.path.open("rb", buffering=0) as file, path.open("wb", buffering=0) as copy:
            raw = file.read(FIXED_BYTES * (1 + len(source.header.signals)))
            copy.write(_with_signal(raw, source.header, added))
            file.seek(source.header.data_offset)
            _splice(file, copy, source.header.record_bytes, added)
    except RecordingError as error:
        raise RecordingError(f"{name}: {error}") from None


def _clock(source: EdfSource) -> Clock | None:
    """Return the clock the new signal must keep, None when the file keeps its own."""
    header = source.header
    if not header.n_records:
        raise RecordingError("holds no whole data record: there is nothing to copy")
    if header.n_records > _MAX_RECORDS:
        raise RecordingError(f"holds {header.n_records} records: a header cannot say so many")
    if not any(signal.is_annotation for signal in header.signals):
        return Clock.regular(header.n_records, header.record_s)
    if not header.plus and not _keeps_time(source):
        raise RecordingError(
            "calls itself plain EDF and its annotation signal does not keep the time: "
            "write the annotations beside it instead (leave --embed out)"
        )
    return None


def _keeps_time(source: EdfSource) -> bool:
    """Whether every record of a plain file begins with its time, as EDF+ demands."""
    first = next(k for k, signal in enumerate(source.header.signals) if signal.is_annotation)
    column = source.columns[first]
    reader = AnnotationReader()
    reader.read_records(source.records.read([column]))
    return all(onset is not None for onset in reader.record_onsets_s)


def _splice(file: BinaryIO, copy: BinaryIO, record_bytes: int, added: AnnotationSignal) -> None:
    """Copy all records, each followed by its block of annotations."""
    wide = record_bytes + added.block_bytes
    at_once = min(max(_CHUNK_BYTES // wide, 1), added.n_records)
    records = np.empty((at_once, record_bytes), dtype=np.uint8)
    spliced = np.empty((at_once, wide), dtype=np.uint8)
    for first in range(0, added.n_records, at_once):
        rows = min(at_once, added.n_records - first)
        read_all(file, records[:rows].reshape(-1).data)
        spliced[:rows, :record_bytes] = records[:rows]
        spliced[:rows, record_bytes:] = added.blocks(first, first + rows)
        write_all(copy, spliced[:rows].reshape(-1).data)


def read_all(file: BinaryIO, view: memoryview) -> None:
    """Fill a buffer from an unbuffered file, which may give less than it is asked for.

    Raises
    ------
    RecordingError
        The file has become shorter, or cannot be read.
    """
    while view:
        try:
            got = file.readinto(view)  # type: ignore[attr-defined]
        except OSError as error:
            raise RecordingError(f"cannot be read: {error.strerror}") from error
        if not got:
            raise RecordingError("became shorter while it was copied")
        view = view[got:]


def write_all(file: BinaryIO, view: memoryview) -> None:
    """Write to an unbuffered file, which may take less than it is given."""
    while view:
        view = view[file.write(view) :]


def _with_signal(raw: bytes, header: Header, added: AnnotationSignal) -> bytes:
    """Return the header with one more signal; texts and numbers of the others as they are."""
    n_signals = len(header.signals)
    fixed = bytearray(raw[:FIXED_BYTES])
    if not header.plus:
        fixed[_PATIENT] = _plus_patient(raw[_PATIENT])
        fixed[_RECORDING] = _plus_recording(raw[_RECORDING], header.start)
        fixed[192:236] = header_field(f"{header.format}+C", 44)
    fixed[184:192] = header_field(str(FIXED_BYTES * (n_signals + 2)), 8)
    fixed[236:244] = header_field(str(header.n_records), 8)
    fixed[252:256] = header_field(str(n_signals + 1), 4)
    columns, offset = [], FIXED_BYTES
    for width in SIGNAL_FIELDS:
        columns.append(
            [raw[offset + k * width : offset + (k + 1) * width] for k in range(n_signals)]
        )
        offset += width * n_signals
    if not header.plus:
        _order_limits(columns, header)
    for column, text, width in zip(columns, added.header(), SIGNAL_FIELDS, strict=True):
        column.append(header_field(text, width))
    return bytes(fixed) + b"".join(b"".join(column) for column in columns)


def _order_limits(columns: list[list[bytes]], header: Header) -> None:
    """Put digital limits in the order EDF+ demands; swapping both pairs is the same line."""
    for k, signal in enumerate(header.signals):
        low, high = signal.digital_min, signal.digital_max
        if low is None or high is None or low < high:
            continue
        if low == high:
            raise RecordingError(
                f"{signal.label!r} has equal digital limits, which EDF+ viewers refuse: write the "
                "annotations beside it instead (leave --embed out)"
            )
        for first, last in ((_PHYSICAL_MIN, _PHYSICAL_MAX), (_DIGITAL_MIN, _DIGITAL_MAX)):
            columns[first][k], columns[last][k] = columns[last][k], columns[first][k]


def _plus_patient(raw: bytes) -> bytes:
    """Return a patient field as EDF+ wants it: code, sex, birth date, name, anything else."""
    text = raw.strip(b" \0")
    if _PLUS_PATIENT.fullmatch(text):
        return text.ljust(80)
    return _fitting([b"X X X " + (text or b"X"), b"X X X " + b" ".join(text.split())], "patient")


def _plus_recording(raw: bytes, start: datetime | None) -> bytes:
    """Return a recording field as EDF+ wants it: date, code, technician, equipment, rest."""
    text = raw.strip(b" \0")
    begin = startdate(None if start is None else start.date()).encode()
    words = text.split()
    if text.startswith(begin + b" ") and b"  " not in text and len(words) >= 5:
        return text.ljust(80)
    candidates = [begin + b" X X X " + text, begin + b" X X X " + b" ".join(words)]
    if len(words) >= 3:
        # Too long with three more letters: its own words have to stand for code and names.
        candidates.append(begin + b" " + b" ".join(words))
    return _fitting(candidates, "recording")


def _fitting(candidates: list[bytes], what: str) -> bytes:
    for candidate in candidates:
        if len(candidate) <= 80:
            return candidate.ljust(80)
    raise RecordingError(
        f"the {what} text is too long to become EDF+, which needs room for more: write the "
        "annotations beside it instead (leave --embed out)"
    )
