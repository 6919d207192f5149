"""Reading the wanted columns out of interleaved data records: few bytes, no copies."""

from __future__ import annotations

import os
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from psgscore.errors import RecordingError
from psgscore.io.positioned import read_at, read_into
from psgscore.model._arrays import Samples

_CHUNK_BYTES = 1 << 20
_SEEK_PAYS_BYTES = 8 << 10
_ANNOUNCE_BYTES = 128 << 10  # what Linux reads ahead for one announcement, by default


@dataclass(frozen=True, slots=True)
class Column:
    """Where one signal lies inside every data record, in bytes."""

    offset: int
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordFile:
    """A file of equally long data records.

    Parameters
    ----------
    path : Path
        The file.
    data_offset : int
        Where the first record begins.
    record_bytes, n_records : int
        Size and number of the records.
    """

    path: Path
    data_offset: int
    record_bytes: int
    n_records: int

    def read(self, columns: Sequence[Column]) -> list[NDArray[np.uint8]]:
        """Return the bytes of each column, shape (n_records, size); see `blocks`."""
        out = [np.empty((self.n_records, column.size), dtype=np.uint8) for column in columns]
        for first, parts in self.blocks(columns):
            for whole, part in zip(out, parts, strict=True):
                whole[first : first + len(part)] = part
        return out

    def blocks(self, columns: Sequence[Column]) -> Iterator[tuple[int, list[NDArray[np.uint8]]]]:
        """Yield the bytes of the columns some records at a time.

        Yields
        ------
        first : int
            Number of the first record of the block.
        parts : list of ndarray of uint8, shape (rows, size)
            One per column; overwritten by the next block.

        Raises
        ------
        RecordingError
            The file got shorter, or the disk cannot be read.
        """
        if not self.n_records:
            return
        try:
            with self.path.open("rb", buffering=0) as file:
                if self._seeking_pays(columns):
                    _advise_no_readahead(file.fileno())
                    yield from self._spans(file.fileno(), columns)
                else:
                    yield from self._chunks(file.fileno(), columns)
        except OSError as error:
            raise RecordingError(f"{self.path.name}: cannot be read: {error.strerror}") from error

    def _seeking_pays(self, columns: Sequence[Column]) -> bool:
        skipped = self.record_bytes - sum(column.size for column in columns)
        return skipped >= _SEEK_PAYS_BYTES * len(_joined(columns))

    def _spans(
        self, fd: int, columns: Sequence[Column]
    ) -> Iterator[tuple[int, list[NDArray[np.uint8]]]]:
        """Read just the wanted bytes: one system call per run of columns and record."""
        spans = _joined(columns)
        wanted = sum(span.size for span in spans)
        at_once = max(min(_CHUNK_BYTES // max(wanted, 1), self.n_records), 1)
        for first in range(0, self.n_records, at_once):
            rows = min(at_once, self.n_records - first)
            self._announce(fd, spans, first, rows)
            blocks = [self._span(fd, span, first, rows) for span in spans]
            parts = []
            for column in columns:
                span, block = _holding(column, spans, blocks)
                begin = column.offset - span.offset
                parts.append(block[:, begin : begin + column.size])
            yield first, parts

    def _span(self, fd: int, span: Column, first: int, rows: int) -> NDArray[np.uint8]:
        """Read the same bytes of several records, shape (rows, span.size)."""
        start = self.data_offset + first * self.record_bytes + span.offset
        places = range(start, start + rows * self.record_bytes, self.record_bytes)
        size = span.size
        data = b"".join([read_at(fd, size, place) for place in places])
        if len(data) == rows * size:
            return np.frombuffer(data, dtype=np.uint8).reshape(rows, size)
        # Some call gave less than was asked for: legal, rare, and sorted out one by one.
        block = np.empty((rows, size), dtype=np.uint8)
        for row, place in zip(block, places, strict=True):
            self._fill(fd, row.data, place)
        return block

    def _announce(self, fd: int, spans: Sequence[Column], first: int, rows: int) -> None:
        """Tell the system what is read next, so that a disk fetches it while we wait."""
        if not hasattr(os, "posix_fadvise"):
            return
        start = self.data_offset + first * self.record_bytes
        stop = start + rows * self.record_bytes
        # Small gaps are quicker read than skipped: all is asked for, in steps that are granted.
        if self.record_bytes <= _ANNOUNCE_BYTES:
            wanted = [(at, _ANNOUNCE_BYTES) for at in range(start, stop, _ANNOUNCE_BYTES)]
        else:
            records = range(start, stop, self.record_bytes)
            wanted = [(at + span.offset, span.size) for at in records for span in spans]
        for at, size in wanted:
            os.posix_fadvise(fd, at, size, os.POSIX_FADV_WILLNEED)

    def _chunks(
        self, fd: int, columns: Sequence[Column]
    ) -> Iterator[tuple[int, list[NDArray[np.uint8]]]]:
        """Read whole records into one buffer and look at the wanted columns in it."""
        at_once = max(_CHUNK_BYTES // max(self.record_bytes, 1), 1)
        buffer = np.empty((min(at_once, max(self.n_records, 1)), self.record_bytes), dtype=np.uint8)
        for first in range(0, self.n_records, at_once):
            rows = min(at_once, self.n_records - first)
            place = self.data_offset + first * self.record_bytes
            self._fill(fd, buffer[:rows].reshape(-1).data, place)
            yield first, [buffer[:rows, c.offset : c.offset + c.size] for c in columns]

    def _fill(self, fd: int, view: memoryview, place: int) -> None:
        got = read_into(fd, view, place)
        while got < len(view):
            more = read_into(fd, view[got:], place + got)
            if not more:
                raise RecordingError(f"{self.path.name}: ends in the middle of a record")
            got += more


def _joined(columns: Sequence[Column]) -> list[Column]:
    """Join columns that touch, so that one call reads them."""
    spans: list[Column] = []
    for column in sorted(set(columns), key=lambda one: (one.offset, one.size)):
        last = spans[-1] if spans else None
        if last and column.offset == last.offset + last.size:
            spans[-1] = Column(last.offset, last.size + column.size)
        else:
            spans.append(column)
    return spans


def _holding(
    column: Column, spans: Sequence[Column], blocks: Sequence[NDArray[np.uint8]]
) -> tuple[Column, NDArray[np.uint8]]:
    """Return the span a column lies in, and its bytes."""
    number = bisect_right([span.offset for span in spans], column.offset) - 1
    return spans[number], blocks[number]


def to_physical(
    raw: NDArray[np.uint8], bytes_per_sample: int, gain: float, offset: float, out: Samples
) -> None:
    """Turn little-endian integers into physical values.

    Parameters
    ----------
    raw : ndarray of uint8, shape (rows, n * bytes_per_sample)
        16- or 24-bit two's complement.
    bytes_per_sample : int
        2 or 3.
    gain, offset : float
        Physical value = gain * integer + offset, stored as float32 within one rounding.
    out : ndarray of float32, shape (rows, n)
        Written to.
    """
    digital = _integers(raw, bytes_per_sample)
    # An offset of a whole number of steps is added to the integers: float32 holds the sum
    # exactly, so one rounding is all there is. Any other offset is added in float64.
    steps = round(offset / gain)
    if abs(offset - steps * gain) <= 1e-6 * abs(gain) and abs(steps) < 1 << 23:
        shifted = digital + np.int32(steps) if steps else digital
        np.multiply(shifted, np.float32(gain), out=out, casting="unsafe")
    else:
        np.add(digital * gain, offset, out=out, casting="same_kind")


def _integers(raw: NDArray[np.uint8], bytes_per_sample: int) -> NDArray[np.signedinteger]:
    if bytes_per_sample == 2:
        return raw.view("<i2")
    wide = np.zeros((len(raw), raw.shape[1] // 3, 4), dtype=np.uint8)
    wide[..., 1:] = raw.reshape(len(raw), -1, 3)
    integers: NDArray[np.signedinteger] = wide.view("<i4")[..., 0] >> 8
    return integers


def _advise_no_readahead(fd: int) -> None:
    """Keep the system from reading what lies between the wanted spans (where it can be told)."""
    if hasattr(os, "posix_fadvise"):
        os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_RANDOM)
