"""Opening a recording: which file, which channel is what."""

from __future__ import annotations

import hashlib
import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from psgscore.errors import InputPathError, UsageError
from psgscore.io.channels import map_channels, read_channel_map
from psgscore.io.conformance import open_with_pyedflib
from psgscore.io.edf import open_edf
from psgscore.io.recording import Recording


def open_recording(
    path: str | os.PathLike[str],
    channels: str | os.PathLike[str] | None = None,
    *,
    engine: Literal["psgscore", "pyedflib"] = "psgscore",
) -> Recording:
    """Open a recording and give every channel its role.

    Parameters
    ----------
    path : path-like
        EDF, EDF+, BDF or BDF+.
    channels : path-like, optional
        A channel map (TOML) that wins over the labels.
    engine : {"psgscore", "pyedflib"}
        Who reads the file: ours, or EDFlib as a second opinion.

    Returns
    -------
    Recording
        Samples are read when asked for.

    Raises
    ------
    PsgscoreError
        The path, the file or the channel map is wrong; see `psgscore.errors`.
    """
    opener = open_edf if engine == "psgscore" else open_with_pyedflib
    return _mapped(opener(Path(path)), channels)


def _mapped(recording: Recording, channels: str | os.PathLike[str] | None) -> Recording:
    """Work out which channel is what."""
    user = None if channels is None else read_channel_map(Path(channels))
    return recording.mapped(map_channels(recording.channels, user))


def opened(
    recording: str | os.PathLike[str] | Recording,
    channels: str | os.PathLike[str] | None = None,
) -> Recording:
    """Return the recording with a channel map, opened if it is a path.

    Raises
    ------
    UsageError
        It has a channel map, and `channels` names another.
    """
    if not isinstance(recording, Recording):
        return open_recording(recording, channels)
    if recording.channel_map is None:
        return _mapped(recording, channels)
    if channels is not None:
        raise UsageError("the recording has a channel map: pass yours to open_recording instead")
    return recording


def sha256_of(path: str | os.PathLike[str]) -> str:
    """Return the SHA-256 of a file.

    Raises
    ------
    InputPathError
        It cannot be read.
    """
    try:
        with Path(path).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise InputPathError(f"{path}: cannot be read: {error.strerror}") from error


def moment_s(text: str | None, recording: Recording) -> float | None:
    """Return a moment, given as clock time or seconds, in seconds from the start.

    Raises
    ------
    UsageError
        It is neither, or a clock time in a recording that does not know its start.
    """
    if text is None:
        return None
    try:
        return float(text)
    except ValueError:
        pass
    for shape in ("%H:%M:%S", "%H:%M"):
        try:
            clock = datetime.strptime(text, shape).time()
        except ValueError:
            continue
        if recording.start is None:
            raise UsageError(f"{text}: the recording does not say when it began: give seconds")
        at = datetime.combine(recording.start.date(), clock)
        return (at - recording.start) % timedelta(days=1) / timedelta(seconds=1)
    raise UsageError(f"{text!r} is no moment: give HH:MM, HH:MM:SS or seconds from the start")
