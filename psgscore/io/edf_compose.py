"""The bytes of EDF+ files: headers, annotation blocks, and one more annotation signal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from psgscore.errors import RecordingError

_FIELDS = (16, 80, 8, 8, 8, 8, 8, 80, 8, 32)
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")


@dataclass(frozen=True, slots=True)
class Mark:
    """One annotation to be written; `duration_s` None writes none."""

    onset_s: float
    duration_s: float | None
    text: str


def field(text: str, width: int) -> bytes:
    """Return an ASCII header field of exactly `width` bytes, what is not ASCII as ``?``."""
    return text.encode("ascii", "replace")[:width].ljust(width)


def seconds(value: float) -> str:
    """Return seconds with a sign and up to 6 decimals, as annotations need it."""
    text = f"{value:+.6f}".rstrip("0").rstrip(".")
    return "+0" if text in ("-0", "+") else text


def entry(mark: Mark) -> bytes:
    """Return one annotation as it stands in an annotation signal."""
    length = "" if mark.duration_s is None else "\x15" + seconds(mark.duration_s)[1:]
    text = mark.text.replace("\0", " ").replace("\x14", " ").replace("\x15", " ")
    return f"{seconds(mark.onset_s)}{length}\x14{text}\x14\0".encode()


def annotation_blocks(
    marks: Sequence[Mark], record_onsets_s: Sequence[float] | None, n_records: int, multiple: int
) -> NDArray[np.uint8]:
    """Spread annotations over the records of an annotation signal.

    Parameters
    ----------
    marks : sequence of Mark
        In any order; written by onset.
    record_onsets_s : sequence of float or None
        Time-keeping entry of each record; None where another signal keeps the time.
    n_records : int
        Number of records, at least 1.
    multiple : int
        The size of a block is a multiple of this (2 for EDF, 3 for BDF).

    Returns
    -------
    ndarray of uint8, shape (n_records, block size)
    """
    entries = [entry(mark) for mark in sorted(marks, key=lambda mark: (mark.onset_s, mark.text))]
    clocks = [b""] * n_records
    if record_onsets_s is not None:
        clocks = [f"{seconds(onset)}\x14\x14\0".encode() for onset in record_onsets_s]
    longest = max((len(one) for one in entries), default=0)
    clock = max(len(one) for one in clocks)
    size = clock + max(longest, -(-sum(map(len, entries)) // n_records), 2)
    while True:
        size = -(-size // multiple) * multiple
        packed = _pack(entries, clocks, size)
        if packed is not None:
            return np.frombuffer(b"".join(packed), dtype=np.uint8).reshape(n_records, size)
        size += max(longest, multiple)


def _pack(entries: Sequence[bytes], clocks: Sequence[bytes], size: int) -> list[bytes] | None:
    """Fill the blocks in turn; None if the entries do not fit."""
    blocks, place = [], 0
    for clock in clocks:
        block = clock
        while place < len(entries) and len(block) + len(entries[place]) <= size:
            block += entries[place]
            place += 1
        blocks.append(block.ljust(size, b"\0"))
    return blocks if place == len(entries) else None


def fixed_header(
    *, start: datetime | None, n_records: int, record_s: float, n_signals: int, plus: str
) -> bytes:
    """Return the first 256 bytes of an EDF+ file without patient identity."""
    day = start or datetime(1985, 1, 1)
    named = f"{day.day:02d}-{_MONTHS[day.month - 1]}-{day.year}" if start else "X"
    year = day.year % 100
    return b"".join(
        [
            field("0", 8),
            field("X X X X", 80),
            field(f"Startdate {named} X X X", 80),
            field(f"{day.day:02d}.{day.month:02d}.{year:02d}", 8),
            field(day.strftime("%H.%M.%S"), 8),
            field(str(256 * (n_signals + 1)), 8),
            field(f"EDF{plus}", 44),
            field(str(n_records), 8),
            field(f"{record_s:g}", 8),
            field(str(n_signals), 4),
        ]
    )


def signal_headers(columns: Sequence[Sequence[str]]) -> bytes:
    """Return the signal headers from one row of ten texts per signal, field by field."""
    return b"".join(
        field(row[place], width) for place, width in enumerate(_FIELDS) for row in columns
    )


def with_annotation_signal(head: bytes, n_records: int, block_size: int, wide: bool) -> bytes:
    """Return the header of a file with one more annotation signal at the end of its records.

    Plain EDF or BDF becomes EDF+C or BDF+C: its patient and recording texts are kept, put
    into the form EDF+ asks for.

    Raises
    ------
    RecordingError
        The header is too damaged to be copied.
    """
    n_signals = int(head[252:256])
    kind = "BDF" if wide else "EDF"
    if len(head) != 256 * (n_signals + 1):
        raise RecordingError("the header has an unusual size: annotations cannot be put inside")
    fixed = bytearray(head[:256])
    if not head[192:196].upper().startswith(f"{kind}+".encode()):
        fixed[192:236] = field(f"{kind}+C", 44)
        fixed[8:88] = field("X X X " + _one_word(head[8:88]), 80)
        fixed[88:168] = field(_startdate(head) + " X X " + _one_word(head[88:168]), 80)
    fixed[184:192] = field(str(256 * (n_signals + 2)), 8)
    fixed[236:244] = field(str(n_records), 8)
    fixed[252:256] = field(str(n_signals + 1), 4)
    low, high = ("-8388608", "8388607") if wide else ("-32768", "32767")
    samples = str(block_size // (3 if wide else 2))
    added = (f"{kind} Annotations", "", "", "-1", "1", low, high, "", samples, "")
    parts, offset = [bytes(fixed)], 256
    for text, width in zip(added, _FIELDS, strict=True):
        parts += [head[offset : offset + width * n_signals], field(text, width)]
        offset += width * n_signals
    return b"".join(parts)


def _one_word(raw: bytes) -> str:
    return "_".join(raw.decode("latin-1").split()) or "X"


def _startdate(head: bytes) -> str:
    """Return the EDF+ start date word by the two-digit date of the header."""
    digits = head[168:176].decode("latin-1").replace("/", ".").replace("-", ".").split(".")
    if len(digits) == 3 and all(part.strip().isdigit() for part in digits):
        day, month, year = (int(part) for part in digits)
        if 1 <= month <= 12:
            century = 1900 if year >= 85 else 2000
            return f"Startdate {day:02d}-{_MONTHS[month - 1]}-{century + year}"
    return "Startdate X"
