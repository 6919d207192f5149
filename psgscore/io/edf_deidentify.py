"""A copy of an EDF or BDF file without what tells whose it is: signals bit for bit, streamed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np

from psgscore.errors import RecordingError, UsageError
from psgscore.io.deidentify_header import CleanHeader, Wishes, clean_header
from psgscore.io.deidentify_notes import Fate, NoteCleaner
from psgscore.io.deidentify_words import AllowList
from psgscore.io.edf import EdfSource, open_edf
from psgscore.io.edf_embed import read_all, write_all
from psgscore.io.edf_header import FIXED_BYTES
from psgscore.io.edf_records import Column
from psgscore.io.edf_signals import SIGNAL_BYTES
from psgscore.io.recording import Recording
from psgscore.model.finding import Finding

# A chunk stays in the cache of the processor between reading, cleaning and writing.
_CHUNK_BYTES = 1 << 20
_MAX_RECORDS = 99_999_999


@dataclass(frozen=True, slots=True, kw_only=True)
class Deidentified:
    """What became of a recording; nothing here tells whose it was, `removed` left out.

    Parameters
    ----------
    format : str
        ``"EDF"``, ``"EDF+C"``, ...
    n_records : int
        Data records in the copy.
    header : CleanHeader
        What became of the header.
    notes : Counter
        Annotation texts by what became of them.
    damaged_notes, bytes_dropped : int
        Annotation entries, and bytes between header and records or after the last record,
        that are not in the copy.
    findings : tuple of Finding
        What was odd, and what the user has to look at.
    removed : Counter
        The texts that are gone. **They may name the patient.**
    """

    format: str
    n_records: int
    header: CleanHeader
    notes: Counter[Fate]
    damaged_notes: int
    bytes_dropped: int
    findings: tuple[Finding, ...]
    removed: Counter[str]


def deidentify_edf(
    recording: Recording, path: Path, wishes: Wishes, allowed: AllowList
) -> Deidentified:
    """Write a copy of a recording without what tells whose it is.

    Parameters
    ----------
    recording : Recording
        From an EDF or BDF file.
    path : Path
        Written over, never the recording itself; after an error it may hold an incomplete file.
    wishes : Wishes
        What the user asks for.
    allowed : AllowList
        Texts that may stay.

    Raises
    ------
    UsageError
        The recording does not come from an EDF or BDF file, or the date cannot be shifted so.
    RecordingError
        It cannot be copied, or the copy does not read as the recording does.
    """
    if recording.path is None or not isinstance(recording.source, EdfSource):
        raise UsageError("only EDF and BDF files can be de-identified: export one first")
    header, columns = recording.source.header, recording.source.columns
    if header.n_records > _MAX_RECORDS:
        raise RecordingError(
            f"holds {header.n_records} records: a header cannot say so many, export it again"
        )
    noted = [columns[k] for k, one in enumerate(header.signals) if one.is_annotation]
    with recording.path.open("rb", buffering=0) as file, path.open("wb", buffering=0) as copy:
        raw = file.read(FIXED_BYTES + SIGNAL_BYTES * len(header.signals))
        clean = clean_header(raw, header, wishes, allowed)
        cleaner = NoteCleaner(allowed, frozenset(clean.labels))
        write_all(copy, memoryview(clean.data))
        file.seek(header.data_offset)
        size = (header.n_records, header.record_bytes)
        for records in _cleaned(file, size, noted, cleaner):
            write_all(copy, memoryview(records))
    _require_same(recording, open_edf(path))
    used = len(raw) + header.n_records * header.record_bytes
    dropped = recording.path.stat().st_size - used
    return Deidentified(
        format=header.format,
        n_records=header.n_records,
        header=clean,
        notes=cleaner.counts,
        damaged_notes=cleaner.damaged,
        bytes_dropped=dropped,
        findings=tuple(_findings(clean, cleaner, dropped, wishes)),
        removed=Counter(clean.texts) + cleaner.removed,
    )


def _cleaned(
    file: BinaryIO, size: tuple[int, int], noted: list[Column], cleaner: NoteCleaner
) -> Iterator[memoryview]:
    """Yield all records, some at a time, with clean annotations."""
    n_records, record_bytes = size
    at_once = min(max(_CHUNK_BYTES // max(record_bytes, 1), 1), n_records)
    buffer = np.empty((at_once, record_bytes), dtype=np.uint8)
    for first in range(0, n_records, max(at_once, 1)):
        rows = buffer[: min(at_once, n_records - first)]
        read_all(file, rows.reshape(-1).data)
        for row in rows if noted else ():
            for column in noted:
                span = slice(column.offset, column.offset + column.size)
                row[span] = np.frombuffer(cleaner.block(row[span].tobytes()), dtype=np.uint8)
        yield rows.reshape(-1).data


def _require_same(before: Recording, after: Recording) -> None:
    """Refuse a copy that would be read otherwise: of a damaged header that may happen."""
    same = {
        "channels": _measured(before) == _measured(after),
        "interruptions": before.gaps == after.gaps,
        "duration": before.duration_s == after.duration_s,
        "annotations": _times(before) == _times(after),
    }
    different = [what for what, equal in same.items() if not equal]
    if different:
        raise RecordingError(
            f"the header is damaged: a copy with a clean one differs in {', '.join(different)}. "
            "Export the recording again"
        )


def _measured(recording: Recording) -> list[tuple[object, ...]]:
    return [
        (one.rate_hz, one.n_samples, one.resolution, one.physical_range)
        for one in recording.channels
    ]


def _times(recording: Recording) -> list[tuple[float, float | None]]:
    return [(note.onset_s, note.duration_s) for note in recording.annotations]


def _findings(
    clean: CleanHeader, cleaner: NoteCleaner, dropped: int, wishes: Wishes
) -> Iterator[Finding]:
    if clean.unknown_labels:
        message = (
            f"labels of {_listed(clean.unknown_labels)} are in no table and were kept: look "
            "whether they name anybody"
        )
        yield Finding("deidentify.label-unknown", message)
    if clean.replaced_labels:
        message = (
            f"labels of {_listed(clean.replaced_labels)} shared a word with the patient or "
            "recording field: replaced"
        )
        yield Finding("deidentify.label-replaced", message)
    if clean.removed:
        counts = ", ".join(f"{what} {count}" for what, count in sorted(clean.removed.items()))
        message = f"header fields that held other words than the allowed ones: blank now ({counts})"
        yield Finding("deidentify.field-removed", message)
    if cleaner.damaged:
        message = f"{cleaner.damaged} annotation entries could not be read: left out"
        yield Finding("deidentify.damaged-annotation", message)
    if dropped:
        message = f"{dropped} bytes outside header and data records may hold anything: left out"
        yield Finding("deidentify.bytes-dropped", message)
    if clean.date == "unknown" and wishes.date_shift is not None:
        message = "the recording has no date that could be shifted: the stand-in is written"
        yield Finding("deidentify.date-unknown", message)
    if not clean.clock_known:
        message = "the time of day cannot be read: left blank"
        yield Finding("deidentify.clock-unknown", message)


def _listed(indices: tuple[int, ...]) -> str:
    return ", ".join(f"#{index}" for index in indices)
