"""Annotations of Snooz: a table with group, name, start, duration and channels."""

from __future__ import annotations

import re

from psgscore.errors import ScoringFileError
from psgscore.io.formats.cells import length, seconds
from psgscore.io.formats.foreign import ForeignScoring, Format, Source
from psgscore.io.formats.yasa import table_rows
from psgscore.io.recording import Annotation

_COLUMNS = ("group", "name", "start_sec", "duration_sec")
_STAGES = ("stage", "stages", "sleep stage", "sleep_stage", "sleep stages")


def recognises(source: Source) -> bool:
    """Say whether a table has the columns of Snooz."""
    first = source.head.split("\n", 1)[0]
    names = [name.strip().strip('"').lower() for name in re.split(r"[,\t;]", first)]
    return all(name in names for name in _COLUMNS)


def read(source: Source) -> ForeignScoring:
    """Read a table of Snooz: rows of the group ``stage`` are stages.

    Raises
    ------
    ScoringFileError
        A row without name or time.
    """
    stages: list[Annotation] = []
    notes: list[Annotation] = []
    for place, row in table_rows(source):
        name = row.get("name", "")
        if not name:
            raise ScoringFileError(f"{source.name}, line {place}: no name")
        onset = seconds(row.get("start_sec", ""), source.name, place, "start_sec")
        lasts = length(row.get("duration_sec", ""), source.name, place, "duration_sec")
        staged = row.get("group", "").lower() in _STAGES
        channel = "" if staged else _channels(row.get("channels", ""))
        (stages if staged else notes).append(Annotation(onset, lasts, name, channel))
    return ForeignScoring(vocabulary="snooz", stages=stages, notes=notes)


def _channels(text: str) -> str:
    """Return the channels of a cell such as ``['EEG C3', 'EEG C4']``."""
    names = (name.strip().strip("'\"").strip() for name in text.strip().strip("[]").split(","))
    return ", ".join(name for name in names if name)


FORMAT = Format(name="snooz", title="Snooz annotations (TSV)", recognises=recognises, read=read)
