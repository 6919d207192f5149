"""Some seconds of a recording, read from the disk without the rest of the night."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from psgscore.errors import PsgscoreError, RecordingError
from psgscore.io.channels import Derivation, derive_all
from psgscore.io.edf import EdfSource
from psgscore.io.recording import Recording
from psgscore.model.signal import Signal


@dataclass(frozen=True, slots=True)
class _Run:
    """Records without an interruption: the first, the one after the last, and when they begin."""

    first: int
    stop: int
    start_s: float


def read_window(
    recording: Recording, derivations: Sequence[Derivation], start_s: float, stop_s: float
) -> list[list[Signal] | PsgscoreError]:
    """Read derivations between two moments.

    Parameters
    ----------
    recording : Recording
        From an EDF or BDF file.
    derivations : sequence of Derivation
        What to read.
    start_s, stop_s : float
        Seconds from the start of the recording; may reach beyond it.

    Returns
    -------
    list of list of Signal, or PsgscoreError
        By derivation its uninterrupted pieces, whole records that hold the window, each with
        its own start; or why there are none.

    Raises
    ------
    RecordingError
        The recording has no file of data records behind it.
    """
    source = recording.source
    if not isinstance(source, EdfSource):
        raise RecordingError("only recordings in EDF and BDF files can be read in parts")
    found: list[list[Signal] | PsgscoreError] = [[] for _ in derivations]
    for run in _runs(source):
        part = _cut(source, run, start_s, stop_s)
        if part is None:
            continue
        window = replace(recording, source=_of_records(source, part))
        for place, signal in enumerate(derive_all(window, derivations)):
            pieces = found[place]
            if isinstance(signal, PsgscoreError):
                found[place] = signal
            elif isinstance(pieces, list):
                pieces.append(replace(signal, start_s=part.start_s))
    return found


def _runs(source: EdfSource) -> Iterator[_Run]:
    firsts = [(0, 0.0), *source.breaks]
    stops = [record for record, _ in source.breaks] + [source.records.n_records]
    for (first, start_s), stop in zip(firsts, stops, strict=True):
        if stop > first:
            yield _Run(first, stop, start_s)


def _cut(source: EdfSource, run: _Run, start_s: float, stop_s: float) -> _Run | None:
    """Return the records of a run that hold a window, None if none does."""
    record_s = source.header.record_s
    if record_s <= 0:
        return run
    skipped = max(math.floor((start_s - run.start_s) / record_s), 0)
    first = run.first + skipped
    stop = min(run.first + math.ceil((stop_s - run.start_s) / record_s), run.stop)
    return _Run(first, stop, run.start_s + skipped * record_s) if first < stop else None


def _of_records(source: EdfSource, part: _Run) -> EdfSource:
    records = source.records
    return replace(
        source,
        breaks=(),
        records=replace(
            records,
            data_offset=records.data_offset + part.first * records.record_bytes,
            n_records=part.stop - part.first,
        ),
    )
