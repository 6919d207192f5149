"""Event lists of Noxturnal: a header, a row of units in brackets, a row for each event.

UTF-16 or UTF-8, separated by commas, semicolons or tabs, mostly with one more at the end of the
line; names and words in the language of the program, dates in the order of its country. The row
of units makes the columns known where their names are not.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import chain, islice

from psgscore.errors import ScoringFileError
from psgscore.io.formats.clock_table import foreign_table
from psgscore.io.formats.foreign import ForeignScoring, Format, Source
from psgscore.io.formats.placing import stamp
from psgscore.io.formats.rows import NEEDED, Row, cells, columns_of, mark_of, named, rows

_UNIT = re.compile(r"\[[^\]]*\]")
_SECONDS = "[s]"


def recognises(source: Source) -> bool:
    """Say whether a file is such a list."""
    lines = _says_something(source.head)
    if len(lines) < 2:  # a header and one row
        return False
    mark = mark_of(lines[0])
    header, second = cells(lines[0], mark), cells(lines[1], mark)
    where = columns_of(header)
    if _are_units(second):
        return len(header) >= len(NEEDED)
    return {"start", "stop", "event"} <= set(where) and _is_time(second, where["start"])


def read(source: Source) -> ForeignScoring:
    """Read such a list.

    Raises
    ------
    ScoringFileError
        No column of times or events; a row that cannot be understood.
    """
    lines = source.text.split("\n")
    first = next(place for place, line in enumerate(lines) if line.strip())
    mark = mark_of(lines[first])
    header = cells(lines[first], mark)
    below = rows(lines[first + 1 :], mark, first + 2)
    top = list(islice(below, 2))
    units: Sequence[str] = ()
    if top and _are_units(top[0].cells):
        units, top = top[0].cells, top[1:]
    where = _columns(header, units, top)
    if not all(name in where for name in NEEDED):
        raise ScoringFileError(
            f"{source.name}: an event list of Noxturnal whose columns of start time and event "
            f"cannot be told: {named(header)}"
        )
    return foreign_table(
        chain(top, below), header, source.name, vocabulary="noxturnal", columns=where
    )


def _columns(
    header: Sequence[str], units: Sequence[str], below: Sequence[Row]
) -> Mapping[str, int]:
    """Return where the columns stand: by name, else by unit and by what the first row holds."""
    where = columns_of(header)
    if all(name in where for name in NEEDED) or not units or not below:
        return where
    row = below[0].cells
    times = [place for place in range(len(row)) if _is_time(row, place)]
    words = [
        place
        for place, cell in enumerate(row)
        if cell and place not in times and _unit(units, place) != _SECONDS
    ]
    lengths = [place for place in range(len(units)) if _unit(units, place) == _SECONDS]
    names = ("start", "stop", "event", "duration")
    places = (times[:1], times[1:2], words[:1], lengths[:1])
    return {name: found[0] for name, found in zip(names, places, strict=True) if found}


def _unit(units: Sequence[str], place: int) -> str:
    return units[place] if place < len(units) else ""


def _is_time(row: Sequence[str], place: int) -> bool:
    try:
        stamp(row[place], "", 0)
    except (IndexError, ScoringFileError):
        return False
    return True


def _are_units(row: Sequence[str]) -> bool:
    said = [cell for cell in row if cell]
    return len(said) > 1 and all(_UNIT.fullmatch(cell) for cell in said)


def _says_something(head: str) -> list[str]:
    return list(islice((line for line in head.split("\n") if line.strip()), 2))


FORMAT = Format(
    name="noxturnal",
    title="Noxturnal: event list (CSV)",
    recognises=recognises,
    read=read,
)
