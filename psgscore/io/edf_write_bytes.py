"""The bytes of EDF+ and BDF+ files: header fields and the annotation signal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from psgscore._version import __version__
from psgscore.io.recording import Annotation
from psgscore.model._arrays import Ints

FIRST_DAY, LAST_DAY = date(1985, 1, 1), date(2084, 12, 31)
"""The days the two-digit year of an EDF header can say."""

SIGNAL_FIELDS = (16, 80, 8, 8, 8, 8, 8, 80, 8, 32)
"""Widths: label, transducer, unit, physical limits, digital limits, prefilter, samples, rest."""

MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_SEPARATORS = {0: " ", 0x14: " ", 0x15: " "}
_SMALLEST_BLOCK = 8


@dataclass(frozen=True, slots=True, eq=False)
class Clock:
    """When each data record begins, in whole steps of 10 to the power of -`decimals` seconds.

    Integers, because EDFlib refuses a continuous file whose records are 1e-7 s off.
    """

    ticks: Ints
    decimals: int

    @classmethod
    def regular(cls, n_records: int, record_s: float) -> Clock:
        """Return the clock of records that follow each other without a gap."""
        # repr gives back the number the header states; a record lasts at most 8 characters.
        exponent = Decimal(repr(record_s)).normalize().as_tuple().exponent
        decimals = max(-int(exponent), 0)
        step = int(Decimal(repr(record_s)).scaleb(decimals))
        return cls(np.arange(n_records, dtype=np.int64) * step, decimals)

    @property
    def longest(self) -> int:
        """Bytes of the longest time-keeping entry."""
        return len(self._entry(int(self.ticks.max()), strip=False))

    def entry(self, record: int) -> bytes:
        """Return the time-keeping entry of a record."""
        return self._entry(int(self.ticks[record]))

    def _entry(self, ticks: int, *, strip: bool = True) -> bytes:
        whole, part = divmod(ticks, 10**self.decimals)
        text = f"+{whole}"
        if self.decimals:
            text = f"{text}.{part:0{self.decimals}d}"
            text = text.rstrip("0").rstrip(".") if strip else text
        return f"{text}\x14\x14\0".encode()


@dataclass(frozen=True, slots=True, eq=False)
class AnnotationSignal:
    """One annotation signal: an equally long block of bytes for every data record.

    Annotations are spread evenly and in order, not by their time: a thousand of them in
    one second would otherwise make every record of the file as long as that one needs.

    Parameters
    ----------
    entries : sequence of bytes
        From `annotation_entry`, in time order.
    n_records : int
        Data records of the file, at least 1.
    clock : Clock or None
        Time-keeping entries; None when another signal of the file keeps the time.
    bytes_per_sample : int
        2 in EDF, 3 in BDF: the length of a block is a multiple of it.
    """

    entries: Sequence[bytes]
    n_records: int
    clock: Clock | None
    bytes_per_sample: int = 2
    block_bytes: int = field(init=False)
    _firsts: Ints = field(init=False)

    def __post_init__(self) -> None:
        sizes = np.array([len(entry) for entry in self.entries], dtype=np.int64)
        ends = np.cumsum(sizes)
        total = int(ends[-1]) if sizes.size else 0
        record = (ends - sizes) * self.n_records // max(total, 1)
        firsts = np.searchsorted(record, np.arange(self.n_records + 1))
        loads = np.diff(np.concatenate([[0], ends])[firsts])
        size = max(int(loads.max()) + self._clock_bytes, _SMALLEST_BLOCK)
        whole = -(-size // self.bytes_per_sample) * self.bytes_per_sample
        object.__setattr__(self, "_firsts", firsts)
        object.__setattr__(self, "block_bytes", whole)

    @property
    def samples_per_record(self) -> int:
        """Length of a block as the header counts it."""
        return self.block_bytes // self.bytes_per_sample

    @property
    def _clock_bytes(self) -> int:
        return 0 if self.clock is None else self.clock.longest

    def header(self) -> tuple[str, ...]:
        """Return the ten fields of the signal header."""
        limits = ("-32768", "32767") if self.bytes_per_sample == 2 else ("-8388608", "8388607")
        kind = "EDF" if self.bytes_per_sample == 2 else "BDF"
        samples = str(self.samples_per_record)
        return (f"{kind} Annotations", "", "", "-1", "1", *limits, "", samples, "")

    def blocks(self, first: int, last: int) -> NDArray[np.uint8]:
        """Return the blocks of records [first, last), shape (last - first, block_bytes)."""
        blocks = np.zeros((last - first, self.block_bytes), dtype=np.uint8)
        counts = np.diff(self._firsts[first : last + 1])
        written = range(last - first) if self.clock is not None else np.flatnonzero(counts).tolist()
        for row in written:
            begin, end = self._firsts[first + row], self._firsts[first + row + 1]
            text = b"".join(self.entries[begin:end])
            if self.clock is not None:
                text = self.clock.entry(first + row) + text
            blocks[row, : len(text)] = np.frombuffer(text, dtype=np.uint8)
        return blocks


def annotation_entry(note: Annotation, shift_s: float = 0.0) -> bytes:
    """Return an annotation as it stands in an annotation signal.

    Parameters
    ----------
    note : Annotation
        Its text is written whole, in UTF-8; see `annotation_text`.
    shift_s : float
        Where second 0 of the recording lies on the clock of the file.
    """
    onset = Decimal(f"{note.onset_s:.6f}") + Decimal(repr(shift_s))
    length = "" if note.duration_s is None else "\x15" + _plain(Decimal(f"{note.duration_s:.6f}"))
    sign = "-" if onset < 0 else "+"
    return f"{sign}{_plain(abs(onset))}{length}\x14{annotation_text(note)}\x14\0".encode()


def annotation_text(note: Annotation) -> str:
    """Return ``word@@channel``; the three bytes that end an entry in EDF+ become blanks.

    What is not Unicode text (lone surrogates of undecodable input) becomes ``?``. A word that
    holds ``@@`` itself ends in the mark where there is no channel.
    """
    marked = note.channel or "@@" in note.text
    text = f"{note.text}@@{note.channel}" if marked else note.text
    return clean_text(text)


def clean_text(text: str) -> str:
    """Return a text as an annotation can hold it; see `annotation_text`."""
    return text.translate(_SEPARATORS).encode("utf-8", "replace").decode("utf-8")


def header_field(text: str, width: int) -> bytes:
    """Return an ASCII field of exactly `width` bytes.

    Raises
    ------
    ValueError
        The text is longer, or not printable ASCII.
    """
    if len(text) > width or not (text.isascii() and text.replace(" ", "x").isprintable()):
        raise ValueError(f"{text!r} does not fit an EDF header field of {width} ASCII characters")
    return text.encode("ascii").ljust(width)


def fixed_header(
    *, start: datetime | None, n_records: int, record_s: float, n_signals: int, plus: str
) -> bytes:
    """Return the first 256 bytes of an EDF file without patient identity.

    Parameters
    ----------
    start : datetime or None
        Its fraction of a second belongs into the first annotation entry; None writes the
        EDF+ stand-in for an unknown date.
    n_records : int
        Data records in the file.
    record_s : float
        What each lasts.
    n_signals : int
        Annotation signals included.
    plus : {"", "+C", "+D"}
        Plain, continuous or interrupted.

    Raises
    ------
    ValueError
        A number does not fit its field.
    """
    day, clock = (FIRST_DAY, time()) if start is None else (start.date(), start.time())
    fields = (
        ("0", 8),
        ("X X X X", 80),
        (f"{startdate(None if start is None else day)} X X psgscore_{__version__}", 80),
        (f"{day:%d.%m.%y}", 8),
        (f"{clock:%H.%M.%S}", 8),
        (str(256 * (n_signals + 1)), 8),
        (f"EDF{plus}" if plus else "", 44),
        (str(n_records), 8),
        (f"{record_s:g}", 8),
        (str(n_signals), 4),
    )
    return b"".join(header_field(text, width) for text, width in fields)


def signal_headers(rows: Sequence[Sequence[str]]) -> bytes:
    """Return the headers of signals, which EDF stores field by field.

    Parameters
    ----------
    rows : sequence of sequence of str
        The ten fields of each signal, see `SIGNAL_FIELDS`.

    Raises
    ------
    ValueError
        A text is too long or not ASCII.
    """
    return b"".join(
        header_field(row[place], width) for place, width in enumerate(SIGNAL_FIELDS) for row in rows
    )


def startdate(day: date | None) -> str:
    """Return how the EDF+ recording field begins."""
    if day is None:
        return "Startdate X"
    return f"Startdate {day.day:02d}-{MONTHS[day.month - 1]}-{day.year}"


def _plain(value: Decimal) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
