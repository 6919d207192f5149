"""Event lists of RemLogic and Embla, and those of the CAP sleep database.

A block that names the patient and the events, then a table separated by tabs. Columns vary
(``Time [hh:mm:ss]``, ``Event``, ``Duration[s]``, ``Location``, ``Position``, ``Sleep Stage``) and
are named in the language of the program; the stage of each row's epoch is given again as an
event of its own, ``SLEEP-S2``, and only those are read. Clock times have no date: the
``Recording Date`` does not say on which side of midnight the table begins.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from psgscore.errors import ScoringFileError
from psgscore.io.formats.clock_table import foreign_table
from psgscore.io.formats.foreign import ForeignScoring, Format, Source
from psgscore.io.formats.rows import NEEDED, cells, columns_of, mark_of, rows
from psgscore.io.recording import Annotation

_TITLE = "RemLogic Event Export"
_CLOCK_COLUMN = re.compile(r"\[\s*hh[:.]mm[:.]ss(?:[.,]x+)?\s*\]", re.IGNORECASE)
_STAGE = re.compile(r"(?:PED)?SLEEP-(?!SPINDLE|KCOMPLEX)", re.IGNORECASE)
_HEAD = 30_000
"""The list of the events included can be longer than the usual head."""


def recognises(source: Source) -> bool:
    """Say whether a file is such a list."""
    head = source.text[:_HEAD]
    return head.lstrip("\ufeff \n").startswith(_TITLE) or _header(head.split("\n")) is not None


def read(source: Source) -> ForeignScoring:
    """Read such a list.

    Raises
    ------
    ScoringFileError
        There is no table; a row that cannot be understood.
    """
    lines = source.text.split("\n")
    place = _header(lines)
    if place is None:
        raise ScoringFileError(
            f"{source.name}: an event list of RemLogic without its table: no line names the "
            "columns Time [hh:mm:ss] and Event"
        )
    mark = mark_of(lines[place])
    below = rows(lines[place + 1 :], mark, place + 2)
    table = foreign_table(below, cells(lines[place], mark), source.name, vocabulary="remlogic")
    stages: list[Annotation] = []
    notes: list[Annotation] = []
    for note in table.notes:
        (stages if _STAGE.match(note.text) else notes).append(note)
    return replace(table, stages=stages, notes=notes)


def _header(lines: Sequence[str]) -> int | None:
    """Return where the header of the table stands."""
    for place, line in enumerate(lines):
        if _CLOCK_COLUMN.search(line):
            found = columns_of(cells(line, mark_of(line)))
            if all(name in found for name in NEEDED):
                return place
    return None


FORMAT = Format(
    name="remlogic",
    title="RemLogic, Embla and the CAP sleep database: event list",
    recognises=recognises,
    read=read,
)
