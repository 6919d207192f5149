"""Damage to the data section that reading cannot mend."""

from __future__ import annotations

from pathlib import Path

from psgscore.errors import RecordingError

_LOOK_BYTES = 1 << 20
_ENOUGH = 16


def refuse_text_mode(file: Path, data_offset: int) -> None:
    """Refuse a file whose every line feed was given a carriage return.

    A transfer in text mode does that to binary data: every sample after the first one
    is then read from the wrong place.

    Raises
    ------
    RecordingError
        The first megabyte of data has been through it.
    """
    with file.open("rb") as stream:
        stream.seek(data_offset)
        data = stream.read(_LOOK_BYTES)
    feeds = data.count(b"\n")
    if feeds >= _ENOUGH and feeds == data.count(b"\r\n"):
        raise RecordingError(
            "was transferred in text mode (every line feed has a carriage return before it), "
            "which shifts every sample: copy it again in binary mode"
        )
