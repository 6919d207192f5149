"""The header of EDF, EDF+ and BDF files: fixed columns of text, read leniently."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from psgscore.errors import RecordingError
from psgscore.io.edf_damage import refuse_foreign
from psgscore.io.edf_extent import Extent, find_records, sample_width
from psgscore.io.edf_fields import Notes, note_commas, read_number, read_text, shown
from psgscore.io.edf_patient import Patient, read_patient
from psgscore.io.edf_signals import (
    SIGNAL_BYTES,
    SignalHeader,
    all_limits_are_numbers,
    check_digital_limits,
    read_signals,
    samples_per_record,
)
from psgscore.io.edf_start import read_start
from psgscore.model.finding import Finding

FIXED_BYTES = 256
MAX_SIGNALS = 4096
# A data record shorter or longer than this is a damaged field, not a recording.
_SHORTEST_S, _LONGEST_S = 1e-6, 1e6


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """The whole header, and where the data are."""

    bytes_per_sample: int
    plus: str
    start: datetime | None
    data_offset: int
    n_records: int
    record_s: float
    signals: tuple[SignalHeader, ...]
    findings: tuple[Finding, ...]
    stated_records: int | None
    patient: Patient

    @property
    def record_bytes(self) -> int:
        """Size of one data record."""
        return self.bytes_per_sample * sum(signal.samples_per_record for signal in self.signals)

    @property
    def format(self) -> str:
        """``"EDF"``, ``"EDF+C"``, ``"BDF+D"``, ..."""
        return ("EDF" if self.bytes_per_sample == 2 else "BDF") + self.plus


def read_header(head: bytes, size: int, name: str = "") -> Header:
    """Read the header of a file.

    Parameters
    ----------
    head : bytes
        The beginning of the file: at least the whole header, if the file has it.
    size : int
        Size of the file in bytes.
    name : str
        Name of the file: its ending helps to tell EDF from BDF.

    Raises
    ------
    RecordingError
        The bytes are not an EDF or BDF header, or do not say how records are laid out.
    """
    notes = Notes()
    refuse_foreign(head)
    if len(head) < FIXED_BYTES:
        raise RecordingError(f"not an EDF file: {len(head)} bytes, a header alone has 256")
    day = read_text(head[168:176], notes, "start date")
    clock = read_text(head[176:184], notes, "start time")
    plus = _plus(read_text(head[192:236], notes, "reserved field"), notes)
    n_signals = _n_signals(head, size, notes)
    signals = read_signals(head[FIXED_BYTES:], n_signals, notes)
    extent = _extent(head, n_signals, size)
    reach = max((one.digital_reach for one in signals if not one.is_annotation), default=0.0)
    width = sample_width(head, name, reach, extent, notes)
    check_digital_limits(signals, width, notes)
    note_commas([head[236:244], head[244:252]], notes)
    record_s = _record_s(head[244:252], signals, notes)
    start = read_start(day, clock, read_text(head[88:168], notes, ""), plus, notes)
    if not plus and any(signal.is_annotation for signal in signals):
        notes.add("annotations-in-plain", "has annotations but does not call itself EDF+")
    offset, n_records = find_records(extent, width, notes)
    return Header(
        bytes_per_sample=width,
        plus=plus,
        start=start,
        data_offset=offset,
        n_records=n_records,
        record_s=record_s,
        signals=signals,
        findings=tuple(notes.found),
        stated_records=extent.stated_records,
        patient=read_patient(read_text(head[8:88], notes, ""), plus),
    )


def header_bytes(head: bytes) -> int:
    """Return how much of the file must be read to see the whole header."""
    counts = (read_number(head[252:256]), (read_number(head[184:192]) or 0) / SIGNAL_BYTES - 1)
    signals = [math.ceil(one) for one in counts if one is not None and 0 < one <= MAX_SIGNALS]
    return FIXED_BYTES + SIGNAL_BYTES * max(signals, default=0)


def _extent(head: bytes, n_signals: int, size: int) -> Extent:
    counts = samples_per_record(head[FIXED_BYTES:], n_signals) or []
    return Extent.of(head, FIXED_BYTES + SIGNAL_BYTES * n_signals, sum(counts), size)


def _plus(reserved: str, notes: Notes) -> str:
    """Return the kind of EDF+ a file calls itself."""
    match = re.match(r"[EB]DF ?\+ ?([CD]?)", reserved, re.IGNORECASE)
    if not match:
        return ""
    if not match[1]:
        message = "calls itself EDF+, but not continuous or interrupted: record onsets tell"
        notes.add("plus-kind", message)
        return "+C"
    if not re.match(r"[EB]DF\+[CD]", reserved):
        message = "the mark of EDF+ is not written as the standard demands: read all the same"
        notes.add("plus-kind", message, severity="note")
    return f"+{match[1].upper()}"


def _n_signals(head: bytes, size: int, notes: Notes) -> int:
    """Return the number of signals; where two fields disagree, the one that fits the table."""
    stated = read_number(head[252:256])
    from_size = (read_number(head[184:192]) or 0) / SIGNAL_BYTES - 1
    candidates = {
        int(value)
        for value in (stated, from_size)
        if value is not None and value == int(value) and 0 <= value <= MAX_SIGNALS
    }
    fitting = [one for one in candidates if samples_per_record(head[FIXED_BYTES:], one) is not None]
    if not fitting:
        raise RecordingError(
            "not an EDF file, or its header is damaged: the number of signals and their "
            "samples per record cannot be read"
        )
    count = fitting[0] if len(fitting) == 1 else _likelier(head, size, fitting)
    if count != stated:
        message = f"the number of signals is given wrong: the header has the fields of {count}"
        notes.add("signal-count", message)
    return count


def _likelier(head: bytes, size: int, counts: Sequence[int]) -> int:
    """Return which of two numbers of signals gives numbers in all fields and whole records."""

    def reads(count: int) -> bool:
        return count > 0 and all_limits_are_numbers(head[FIXED_BYTES:], count)

    def fills(count: int) -> bool:
        extent = _extent(head, count, size)
        return extent.fits(2) or extent.fits(3)

    for holds in (lambda count: count > 0, reads, fills):
        left = [count for count in counts if holds(count)]
        if len(left) == 1:
            return left[0]
    raise RecordingError(
        f"the header says {counts[0]} signals in one place and {counts[1]} in another, and both "
        "can be read: correct its number of signals (bytes 252 to 255) or its size (184 to 191)"
    )


def _record_s(raw: bytes, signals: Sequence[SignalHeader], notes: Notes) -> float:
    value = read_number(raw)
    has_samples = any(not one.is_annotation and one.samples_per_record for one in signals)
    if value is not None and (_SHORTEST_S <= value <= _LONGEST_S or not (value or has_samples)):
        return value
    if has_samples:
        raise RecordingError(
            f"the duration of a data record is {shown(raw)}: without it no sampling rate is known"
        )
    notes.add("record-duration", "the duration of a data record is unreadable: 0 taken")
    return 0.0
