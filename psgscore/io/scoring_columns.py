"""Further columns of an event table: numbers become measures; words, in our own tables, texts."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from psgscore.io.tables import TEXT_COLUMNS

MISSING = ("", "n/a", "na", "nan", "null")


@dataclass(frozen=True, slots=True)
class Further:
    """What the further columns of a table hold.

    Parameters
    ----------
    measures : mapping of str to list of float
        Columns of numbers, NaN where one is missing.
    texts : mapping of str to list of str
        Columns of words, "" where one is missing.
    ignored : tuple of str
        Columns of anything else.
    """

    measures: Mapping[str, list[float]]
    texts: Mapping[str, list[str]]
    ignored: tuple[str, ...]


def further(
    columns: Mapping[str, Sequence[str]], said: Mapping[str, Sequence[str]] | None
) -> Further:
    """Sort columns by what they hold.

    Parameters
    ----------
    columns : mapping of str to sequence of str
        Name and cells.
    said : mapping of str to sequence of str, or None
        Name and what the cells say as words; None for the table of another program, whose
        words are not used.
    """
    measures, texts, ignored = {}, {}, []
    for name, cells in columns.items():
        values = None if said is not None and name in TEXT_COLUMNS else numbers(cells)
        if values is not None:
            measures[name] = values
        elif said is not None:
            texts[name] = list(said[name])
        else:
            ignored.append(name)
    return Further(measures, texts, tuple(ignored))


def numbers(cells: Sequence[str]) -> list[float] | None:
    """Return a column of numbers, NaN where one is missing; None if it holds anything else."""
    try:
        values = [math.nan if cell.lower() in MISSING else float(cell) for cell in cells]
    except ValueError:
        return None
    return None if any(math.isinf(value) for value in values) else values
