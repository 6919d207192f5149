"""What a column of the summary is, and the columns that read one value of a score."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from psgscore.model.score import Rate, Score

Cell = str | int | float | None
"""A value of the summary; None where it cannot be known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryColumn:
    """One column of the summary.

    Parameters
    ----------
    name : str
        With the unit at its end, where it has one.
    description : str
        One sentence.
    source : str
        Where the value stands in the score.
    value : callable
        Takes it from a score.
    """

    name: str
    description: str
    source: str
    value: Callable[[Score], Cell]


def at(name: str, path: str, description: str) -> SummaryColumn:
    """Return the column of the value at a dotted path, None where the path leads nowhere."""

    def value(score: Score) -> Cell:
        found: Any = score
        for step in path.split("."):
            found = found.get(step) if isinstance(found, Mapping) else getattr(found, step)
            if found is None:
                return None
        return cell(found)

    return SummaryColumn(name=name, description=description, source=path, value=value)


def rate_columns(
    stem: str, what: str, source: str, find: Callable[[Score], Rate | None]
) -> Iterator[SummaryColumn]:
    """Yield the three columns of a rate: per hour, and the count and the hours it is made of."""

    def part(name: str, words: str, read: Callable[[Rate], Cell]) -> SummaryColumn:
        def value(score: Score) -> Cell:
            found = find(score)
            return None if found is None else cell(read(found))

        return SummaryColumn(
            name=f"{stem}_{name}", description=words, source=f"{source}, {name}", value=value
        )

    yield part("per_hour", f"{what}: per hour.", lambda rate: rate.per_hour)
    yield part("count", f"{what}: how many.", lambda rate: rate.count)
    yield part("hours", f"{what}: readable hours they are counted in.", lambda rate: rate.hours)


def cell(value: Any) -> Cell:
    """Return a value as a cell: yes and no as words, None for what is no number."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    if value is None or isinstance(value, str):
        return value or None
    return int(value)
