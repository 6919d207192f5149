"""The header of a de-identified copy: built anew, from numbers and allowed texts alone."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal

from psgscore.errors import UsageError
from psgscore.io.deidentify_words import AllowList, folded
from psgscore.io.edf_fields import Notes, read_number, read_text
from psgscore.io.edf_header import FIXED_BYTES, Header
from psgscore.io.edf_start import read_clock
from psgscore.io.edf_write_bytes import (
    FIRST_DAY,
    LAST_DAY,
    SIGNAL_FIELDS,
    header_field,
    startdate,
)

DateFate = Literal["unknown", "stand-in", "shifted", "kept"]

_TEXTS = {"transducer": 1, "unit": 2, "prefilter": 7}
_NUMBERS = (3, 4, 5, 6, 8)
_RESERVED = 9
_PLUS_PATIENT = re.compile(r"\S+ ([XMF]) (?:X|\d\d-[A-Z]{3}-\d{4}) \S+( .*)?")
_PLUS_MARK = re.compile(r"[EB]DF( ?\+ ?[CD]?)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What the user asks for beyond the default.

    Parameters
    ----------
    date_shift : int or None
        Days the start date moves; None writes the stand-in for an unknown date.
    keep_sex : bool
        Keep the sex an EDF+ patient field states.
    """

    date_shift: int | None = None
    keep_sex: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanHeader:
    """A new header and what became of the old one.

    Parameters
    ----------
    data : bytes
        The header.
    labels : tuple of str
        Labels as they stand in it, one per channel, annotation signals left out.
    unknown_labels, replaced_labels : tuple of int
        Channels whose label stays but is in no table, and whose label is gone.
    kept, removed : Counter
        How many fields of each kind stay, and are gone.
    date : {"unknown", "stand-in", "shifted", "kept"}
        ``"unknown"``: the recording had none.
    clock_known, sex_kept : bool
        Whether the time of day could be read; whether a sex is in the copy.
    texts : tuple of str
        The texts that are gone, patient and recording fields included.
    """

    data: bytes
    labels: tuple[str, ...]
    unknown_labels: tuple[int, ...]
    replaced_labels: tuple[int, ...]
    kept: Counter[str]
    removed: Counter[str]
    date: DateFate
    clock_known: bool
    sex_kept: bool
    texts: tuple[str, ...]


def clean_header(raw: bytes, header: Header, wishes: Wishes, allowed: AllowList) -> CleanHeader:
    """Return the header of the copy.

    Parameters
    ----------
    raw : bytes
        The header as it is in the file.
    header : Header
        The same, read.
    wishes : Wishes
        Date and sex.
    allowed : AllowList
        What may stay.

    Raises
    ------
    UsageError
        The date shift leads out of the years an EDF header can say.
    """
    patient, recording = _read(raw[8:88]), _read(raw[88:168])
    day, fate = _day(header, wishes)
    clock = read_clock(_read(raw[176:184]))
    sex = _sex(patient) if wishes.keep_sex else "X"
    identity = allowed.identifying([*_readings(raw[8:88]), *_readings(raw[88:168])])
    table = _Table(header, allowed, identity)
    columns = table.columns(raw)
    fixed = (
        (_version(header), 8),
        (f"X {sex} X X", 80),
        (f"{startdate(day)} X X X", 80),
        (f"{day or FIRST_DAY:%d.%m.%y}", 8),
        ("" if clock is None else f"{clock:%H.%M.%S}", 8),
        (str(FIXED_BYTES * (len(header.signals) + 1)), 8),
        (_kind(raw, header), 44),
        (str(header.n_records), 8),
        (_read(raw[244:252]) if read_number(raw[244:252]) is not None else "0", 8),
        (str(len(header.signals)), 4),
    )
    start = b"".join(
        one.ljust(width) if isinstance(one, bytes) else header_field(one, width)
        for one, width in fixed
    )
    return CleanHeader(
        data=start + b"".join(b"".join(column) for column in columns),
        labels=tuple(table.labels),
        unknown_labels=tuple(table.unknown),
        replaced_labels=tuple(table.replaced),
        kept=table.kept,
        removed=table.removed,
        date=fate,
        clock_known=clock is not None,
        sex_kept=sex != "X",
        texts=tuple(text for text in (patient, recording, *table.texts) if text),
    )


@dataclass(slots=True)
class _Table:
    """Goes through the table of signals and keeps count."""

    header: Header
    allowed: AllowList
    identity: frozenset[str]
    labels: list[str] = field(default_factory=list)
    unknown: list[int] = field(default_factory=list)
    replaced: list[int] = field(default_factory=list)
    kept: Counter[str] = field(default_factory=Counter)
    removed: Counter[str] = field(default_factory=Counter)
    texts: list[str] = field(default_factory=list)

    def columns(self, raw: bytes) -> list[list[bytes]]:
        """Return the ten fields of every signal."""
        columns, offset = [], FIXED_BYTES
        for width in SIGNAL_FIELDS:
            places = range(offset, offset + width * len(self.header.signals), width)
            columns.append([raw[place : place + width] for place in places])
            offset += width * len(self.header.signals)
        columns[0] = self._labels(columns[0])
        for what, place in _TEXTS.items():
            columns[place] = [self._text(field, what) for field in columns[place]]
        for place in _NUMBERS:
            columns[place] = [self._number(field) for field in columns[place]]
        columns[_RESERVED] = [self._reserved(field) for field in columns[_RESERVED]]
        return columns

    def _labels(self, fields: list[bytes]) -> list[bytes]:
        cleaned = []
        for raw, signal in zip(fields, self.header.signals, strict=True):
            index = len(self.labels)
            if signal.is_annotation:
                cleaned.append(raw)
                continue
            if self.allowed.allows_label(signal.label):
                label, field = signal.label, raw
            elif self._identifies(raw):
                self.replaced.append(index)
                self.texts.append(signal.label)
                label = f"signal {index}"
                field = header_field(label, len(raw))
            else:
                self.unknown.append(index)
                label, field = signal.label, raw
            self.labels.append(label)
            cleaned.append(field)
        return cleaned

    def _identifies(self, raw: bytes) -> bool:
        """Whether a label shares a word, or the beginning of one, with patient or recording."""
        words = {one for text in _readings(raw) for one in re.findall(r"[^\W_]+", folded(text))}
        long = {one for one in words if len(one) > 3}
        return any(
            secret in words
            or any(secret.startswith(one) or (len(secret) > 3 and secret in one) for one in long)
            for secret in self.identity
        )

    def _text(self, raw: bytes, what: str) -> bytes:
        text = _read(raw)
        if not text:
            return b" " * len(raw)
        if self.allowed.allows_field(text):
            self.kept[what] += 1
            return raw
        self.removed[what] += 1
        self.texts.append(text)
        return b" " * len(raw)

    def _number(self, raw: bytes) -> bytes:
        if read_number(raw) is not None:
            return raw
        text = _read(raw)
        if text:
            self.removed["number"] += 1
            self.texts.append(text)
        return b" " * len(raw)

    def _reserved(self, raw: bytes) -> bytes:
        text = _read(raw)
        if text:
            self.removed["reserved"] += 1
            self.texts.append(text)
        return b" " * len(raw)


def _read(raw: bytes) -> str:
    return read_text(raw, Notes(), "")


def _readings(raw: bytes) -> tuple[str, ...]:
    """Return a field in every encoding it may be in: a label is cut in the middle of a letter."""
    return (_read(raw), raw.decode("utf-8", "ignore"), raw.decode("latin-1"))


def _version(header: Header) -> str | bytes:
    return "0" if header.bytes_per_sample == 2 else b"\xffBIOSEMI"


def _kind(raw: bytes, header: Header) -> str:
    """Return the reserved field: what kind of EDF+ the file calls itself, in its own spelling."""
    kind = "EDF" if header.bytes_per_sample == 2 else "BDF"
    mark = _PLUS_MARK.match(_read(raw[192:236]))
    if header.plus and mark:
        return f"{kind}{mark[1].upper()}"
    return "" if kind == "EDF" else "24BIT"


def _sex(patient: str) -> str:
    match = _PLUS_PATIENT.fullmatch(patient)
    return match[1] if match else "X"


def _day(header: Header, wishes: Wishes) -> tuple[date | None, DateFate]:
    """Return the day the copy bears, None for the stand-in, and what it is."""
    if header.start is None:
        return None, "unknown"
    if wishes.date_shift is None:
        return None, "stand-in"
    try:
        day = header.start.date() + timedelta(days=wishes.date_shift)
    except OverflowError:
        day = date.max
    if not FIRST_DAY <= day <= LAST_DAY:
        raise UsageError(
            "the date shift leads out of 1985 to 2084, the years an EDF header can say: give "
            "another number of days, or none for the stand-in"
        )
    return day, "shifted" if wishes.date_shift else "kept"
