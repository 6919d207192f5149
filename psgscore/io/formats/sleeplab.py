"""Annotations in sleeplab-format: JSON, or a table with the same columns."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from psgscore.errors import ScoringFileError
from psgscore.io.formats.cells import length, seconds
from psgscore.io.formats.foreign import ForeignScoring, Format, Source
from psgscore.io.formats.json_text import begins_object, needed, number, parsed
from psgscore.io.formats.yasa import table_rows
from psgscore.io.recording import Annotation
from psgscore.io.scoring_labels import stage_words

_COLUMNS = ("name", "start_sec", "duration")
_HYPNOGRAMS = ("hypnogram", "rkhypnogram")


def recognises(source: Source) -> bool:
    """Say whether a text is an object with a scorer, a type and annotations."""
    return begins_object(source, "scorer", "type", "annotations")


def read(source: Source) -> ForeignScoring:
    """Read the JSON of one kind of annotations.

    Raises
    ------
    ScoringFileError
        No JSON, an annotation without name or time.
    """
    table = needed(parsed(source), ("type", "annotations"), source)
    listed = table["annotations"]
    if not isinstance(listed, list):
        raise ScoringFileError(f"{source.name}: annotations is no list")
    marks = [_mark(one, source, place) for place, one in enumerate(listed, 1)]
    return _told(marks, staged=str(table["type"]).lower() in _HYPNOGRAMS)


def _mark(one: Any, source: Source, place: int) -> Annotation:
    at = f"annotation {place}"
    row = needed(one, ("name", "start_sec"), source, at)
    name, channel = row["name"], row.get("input_channel")
    if not isinstance(name, str) or not name.strip():
        raise ScoringFileError(f"{source.name}, {at}: name is {str(name)[:60]!r}, no word")
    onset = number(row["start_sec"], source, f"{at}: start_sec")
    lasts = number(row.get("duration", 0.0), source, f"{at}: duration", least=0.0)
    return Annotation(onset, lasts, name.strip(), channel if isinstance(channel, str) else "")


def recognises_table(source: Source) -> bool:
    """Say whether a table has the columns of sleeplab-format."""
    first = source.head.split("\n", 1)[0]
    names = [name.strip().strip('"').lower() for name in re.split(r"[,\t;]", first)]
    return all(name in names for name in _COLUMNS)


def read_table(source: Source) -> ForeignScoring:
    """Read a table of annotations; if all its words are stages, it is a hypnogram.

    Raises
    ------
    ScoringFileError
        A row without name or time.
    """
    marks = []
    for place, row in table_rows(source):
        name = row.get("name", "")
        if not name:
            raise ScoringFileError(f"{source.name}, line {place}: no name")
        onset = seconds(row.get("start_sec", ""), source.name, place, "start_sec")
        lasts = length(row.get("duration", ""), source.name, place)
        marks.append(Annotation(onset, lasts, name, row.get("input_channel", "")))
    known = stage_words().words
    staged = bool(marks) and all(mark.text.lower() in known for mark in marks)
    return _told(marks, staged=staged and any(mark.text.upper() != "ARTIFACT" for mark in marks))


def _told(marks: Iterable[Annotation], *, staged: bool) -> ForeignScoring:
    """Return marks as a scoring; they count from the start of the recording."""
    if staged:
        return ForeignScoring(vocabulary="", stages=list(marks))
    return ForeignScoring(vocabulary="sleeplab", notes=list(marks))


FORMAT = Format(
    name="sleeplab", title="sleeplab-format annotations (JSON)", recognises=recognises, read=read
)
TABLE = Format(
    name="sleeplab-table",
    title="sleeplab-format annotations (table)",
    recognises=recognises_table,
    read=read_table,
)
