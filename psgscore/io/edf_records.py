"""Reading the wanted columns out of interleaved data records: few bytes, no copies."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from psgscore.errors import RecordingError
from psgscore.model._arrays import Samples

_CHUNK_BYTES = 4 << 20
_SEEK_PAYS_BYTES = 8 << 10
_BLOCK = 1 << 16


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
        """Return the bytes of each column, records joined, shape (n_records * size,).

        Raises
        ------
        RecordingError
            The file got shorter, or the disk cannot be read.
        """
        out = [np.empty((self.n_records, column.size), dtype=np.uint8) for column in columns]
        try:
            with self.path.open("rb", buffering=0) as file:
                if self._seeking_pays(columns):
                    self._read_spans(file.fileno(), columns, out)
                else:
                    self._read_chunks(file.fileno(), columns, out)
        except OSError as error:
            raise RecordingError(f"{self.path.name}: cannot be read: {error.strerror}") from error
        return [part.reshape(-1) for part in out]

    def _seeking_pays(self, columns: Sequence[Column]) -> bool:
        skipped = self.record_bytes - sum(column.size for column in columns)
        return skipped >= _SEEK_PAYS_BYTES * len(columns)

    def _read_spans(
        self, fd: int, columns: Sequence[Column], out: Sequence[NDArray[np.uint8]]
    ) -> None:
        """Read just the wanted bytes: one system call per column and record."""
        for column, part in zip(columns, out, strict=True):
            if not column.size:
                continue
            view = part.reshape(-1).data
            place = self.data_offset + column.offset
            for first in range(0, part.size, column.size):
                target = view[first : first + column.size]
                self._fill(fd, target, place)
                place += self.record_bytes

    def _read_chunks(
        self, fd: int, columns: Sequence[Column], out: Sequence[NDArray[np.uint8]]
    ) -> None:
        """Read whole records into one buffer and copy the wanted columns out of it."""
        at_once = max(_CHUNK_BYTES // max(self.record_bytes, 1), 1)
        buffer = np.empty((min(at_once, max(self.n_records, 1)), self.record_bytes), dtype=np.uint8)
        for first in range(0, self.n_records, at_once):
            rows = min(at_once, self.n_records - first)
            view = buffer[:rows].reshape(-1).data
            self._fill(fd, view, self.data_offset + first * self.record_bytes)
            for column, part in zip(columns, out, strict=True):
                stop = column.offset + column.size
                part[first : first + rows] = buffer[:rows, column.offset : stop]

    def _fill(self, fd: int, view: memoryview, place: int) -> None:
        got = os.preadv(fd, [view], place)
        while got < len(view):
            more = os.preadv(fd, [view[got:]], place + got)
            if not more:
                raise RecordingError(f"{self.path.name}: ends in the middle of a record")
            got += more


def to_physical(
    raw: NDArray[np.uint8], bytes_per_sample: int, gain: float, offset: float
) -> Samples:
    """Turn little-endian integers into physical values.

    Parameters
    ----------
    raw : ndarray of uint8, shape (n * bytes_per_sample,)
        16- or 24-bit two's complement.
    bytes_per_sample : int
        2 or 3.
    gain, offset : float
        Physical value = gain * integer + offset, computed in float64, stored as float32.

    Returns
    -------
    ndarray of float32, shape (n,)
    """
    n_samples = raw.size // bytes_per_sample
    out = np.empty(n_samples, dtype=np.float32)
    wide = np.empty((min(_BLOCK, n_samples), 4), dtype=np.uint8)
    # Blocks that fit the cache: no second copy of the night, and no slower for it.
    for first in range(0, n_samples, _BLOCK):
        last = min(first + _BLOCK, n_samples)
        block = raw[first * bytes_per_sample : last * bytes_per_sample]
        if bytes_per_sample == 2:
            digital: NDArray[np.signedinteger] = block.view("<i2")
        else:
            wide[: last - first, 0] = 0
            wide[: last - first, 1:] = block.reshape(-1, 3)
            digital = wide[: last - first].view("<i4")[:, 0] >> 8
        np.add(digital * gain, offset, out=out[first:last], casting="same_kind")
    return out
