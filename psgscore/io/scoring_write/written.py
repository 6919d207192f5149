"""What a format that psgscore writes is, and what all of them are told."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from psgscore.io.atomic import OutputFolder
from psgscore.io.recording import Recording
from psgscore.model.scoring import Scoring


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a file may say besides the scoring.

    Parameters
    ----------
    start : datetime or None
        When the recording began: second 0 of the scoring.
    source : str
        Name of the file the scoring comes from.
    recording : Recording or None
        The recording it belongs to.
    """

    start: datetime | None = None
    source: str = ""
    recording: Recording | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenFormat:
    """A format psgscore writes.

    Parameters
    ----------
    name : str
        As the user may name it, ``"nsrr-xml"``.
    title : str
        As people know it.
    endings : tuple of str
        Of the names of its files; the first format that has the ending of a name is taken.
    write : callable
        Writes a scoring into a folder, under a name.
    holds_texts : bool
        It can say why an event counts for nothing; the others leave such events out.
    read_by_psgscore : bool
        What is written can be read back and compared.
    endings_only : bool
        Programs know the format by the name of the file alone.
    earliest_s : float
        Nothing may begin before, from the start of the recording.
    """

    name: str
    title: str
    endings: tuple[str, ...]
    write: Callable[[OutputFolder, str, Scoring, About], None]
    holds_texts: bool = False
    read_by_psgscore: bool = True
    endings_only: bool = False
    earliest_s: float = -math.inf
