"""What EDFlib, the library of EDFbrowser, makes of a file: will it open, and what is in it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from psgscore.errors import RecordingError
from psgscore.io.edf import existing_file
from psgscore.io.edf_header import FIXED_BYTES, header_bytes, read_header
from psgscore.io.recording import Annotation, Channel, Recording
from psgscore.io.units import microvolts_per
from psgscore.model.signal import Signal

_TICKS_PER_S = 10_000_000
_KINDS = ("EDF", "EDF+C", "BDF", "BDF+C")


@dataclass(frozen=True, slots=True)
class Conformance:
    """Whether EDFlib (EDFbrowser) opens the file, and if not why, in its words."""

    opens: bool
    reason: str


def strict_viewers(path: Path) -> Conformance:
    """Ask EDFlib, through pyedflib, whether it opens the file.

    Parameters
    ----------
    path : Path
        Any existing file.

    Returns
    -------
    Conformance
        With one line of reason, "" when it opens.

    Raises
    ------
    InputPathError
        The path is missing or a directory.
    """
    file = existing_file(path)
    try:
        with _opened(file):
            return Conformance(True, "")
    except RecordingError as error:
        return Conformance(False, str(error).removeprefix(f"{file.name}: "))


def open_with_pyedflib(path: str | os.PathLike[str]) -> Recording:
    """Open a file with EDFlib: a second opinion on the reader of psgscore.

    Parameters
    ----------
    path : path-like
        A file `strict_viewers` accepts.

    Returns
    -------
    Recording
        Samples as EDFlib calibrates them, voltages in uV. EDFlib reads continuous files
        only, cuts annotation texts at 512 bytes, and knows no tolerance: no findings.

    Raises
    ------
    InputPathError
        The path is missing or a directory.
    RecordingError
        EDFlib refuses the file.
    """
    file = existing_file(path)
    with _opened(file) as reader:
        rates = [float(reader.getSampleFrequency(k)) for k in range(reader.signals_in_file)]
        return Recording(
            path=file,
            format=_KINDS[reader.filetype],
            channels=tuple(_channel(reader, k, rate) for k, rate in enumerate(rates)),
            start=_start(reader),
            duration_s=float(reader.file_duration),
            annotations=_annotations(reader),
            source=_PyedflibSource(file),
        )


@dataclass(frozen=True, slots=True)
class _PyedflibSource:
    path: Path

    def read(self, channels: Sequence[Channel]) -> list[Signal]:
        """Return the signals of the channels; see `Recording.signals`."""
        found = []
        with _opened(self.path) as reader:
            for channel in channels:
                samples = reader.readSignal(channel.index)
                factor = microvolts_per(channel.effective_unit)
                if factor is not None:
                    samples *= factor
                unit = channel.effective_unit if factor is None else "uV"
                found.append(
                    Signal(channel.label, samples.astype(np.float32), channel.rate_hz, unit)
                )
        return found


@contextmanager
def _opened(file: Path) -> Iterator[Any]:
    """Open a file with pyedflib and close it again, whatever happens."""
    import pyedflib  # noqa: PLC0415 - start-up time

    if _is_short(file):
        # EDFlib would print this to the terminal, past Python, before it gives up.
        raise RecordingError(f"{file.name}: holds fewer data records than its header states")
    try:
        reader = pyedflib.EdfReader(
            str(file), check_file_size=pyedflib.edfreader.DO_NOT_CHECK_FILE_SIZE
        )
    except (OSError, ValueError, UnicodeError) as error:
        words = " ".join(str(error).replace(str(file), "").split()).strip(": ")
        raise RecordingError(f"{file.name}: {words}") from None
    try:
        yield reader
    finally:
        reader.close()


def _is_short(file: Path) -> bool:
    with file.open("rb") as stream:
        head = stream.read(FIXED_BYTES)
        head += stream.read(max(header_bytes(head) - FIXED_BYTES, 0))
    try:
        findings = read_header(head, file.stat().st_size).findings
    except RecordingError:
        return False
    return any(finding.code == "edf.truncated" for finding in findings)


def _channel(reader: Any, index: int, rate_hz: float) -> Channel:
    low, high = reader.getPhysicalMinimum(index), reader.getPhysicalMaximum(index)
    steps = reader.getDigitalMaximum(index) - reader.getDigitalMinimum(index)
    return Channel(
        index=index,
        label=reader.getLabel(index).strip(),
        rate_hz=rate_hz,
        unit=reader.getPhysicalDimension(index).strip(),
        n_samples=int(reader.samples_in_file(index)),
        resolution=abs(high - low) / steps if steps else None,
        physical_range=(float(low), float(high)),
        transducer=reader.getTransducer(index).strip(),
        prefilter=reader.getPrefilter(index).strip(),
    )


def _start(reader: Any) -> datetime | None:
    """Return the start; pyedflib's own takes the fraction for a hundredth of what it is."""
    day = (reader.startdate_year, reader.startdate_month, reader.startdate_day)
    clock = (reader.starttime_hour, reader.starttime_minute, reader.starttime_second)
    microseconds = reader.starttime_subsecond * 1_000_000 // _TICKS_PER_S
    return datetime(*day, *clock) + timedelta(microseconds=microseconds)


def _annotations(reader: Any) -> tuple[Annotation, ...]:
    notes = []
    for onset_s, duration_s, text in zip(*reader.readAnnotations(), strict=True):
        words, mark, channel = str(text).rpartition("@@")
        notes.append(
            Annotation(
                round(float(onset_s), 6),
                None if duration_s < 0 else float(duration_s),
                words if mark else str(text),
                channel if mark else "",
            )
        )
    return tuple(sorted(notes, key=lambda note: note.onset_s))
