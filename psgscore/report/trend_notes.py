"""Movements beside what is noted of the nights: by group, or along a number. No test, no cause."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from psgscore.report.parts import Cell, FigureText, Row, Section, Table
from psgscore.report.texts import UNKNOWN, counted, number
from psgscore.score.trend import (
    MIN_GROUP_FOR_INTERVAL,
    MIN_NIGHTS_FOR_SLOPE_INTERVAL,
    Difference,
    group_difference,
    slope,
)
from psgscore.score.trend_measures import TrendMeasure
from psgscore.score.trend_nights import NoteColumn

BESIDE = "beside-"
"""Beginning of the key of the figure of a column of the notes; its number follows."""
Followed = Sequence[tuple[TrendMeasure, list[float | None]]]
_RESAMPLED = (
    "95 %: from the nights drawn anew 10 000 times with a fixed seed (percentile bootstrap), given "
    f"from {MIN_GROUP_FOR_INTERVAL} nights in each group, or {MIN_NIGHTS_FOR_SLOPE_INTERVAL} "
    "nights along a number. With few nights such intervals are too narrow."
)


def notes_section(columns: Sequence[NoteColumn], movements: Followed) -> Iterator[Section]:
    """Yield one section on the notes, none where nothing noted can be laid beside a movement.

    Parameters
    ----------
    columns : sequence of NoteColumn
        What is noted; a column of free text is shown under the nights only.
    movements : sequence of (TrendMeasure, list of float or None)
        Movements along the nights.
    """
    tables, figures, shown = [], [], 0
    for place, column in enumerate(columns):
        rows = [_row(column, one, values) for one, values in movements]
        known = [row for row in rows if row is not None]
        if column.kind == "text" or not known:
            continue
        shown += sum(row.cells[-1].text != UNKNOWN for row in known)
        tables.append(_table(place, column, tuple(known)))
        figures.append(_figure(place, column))
    if tables:
        yield Section(
            key="notes-section",
            title="Movements beside the notes",
            texts=(
                f"Differences with an interval on this page: {shown}. Of many intervals some miss "
                "0 by chance alone: about one in twenty where nothing differs, and more with few "
                "nights.",
                _RESAMPLED,
            ),
            figures=tuple(figures),
            tables=tuple(tables),
        )


def pairs(column: NoteColumn, values: Sequence[float | None]) -> list[tuple[float | str, float]]:
    """Return what is noted and the number of the night, for nights that have both."""
    both = zip(column.values, values, strict=True)
    return [(noted, value) for noted, value in both if noted is not None and value is not None]


def _row(column: NoteColumn, one: TrendMeasure, values: list[float | None]) -> Row | None:
    known = pairs(column, values)
    label, unit = one.title, one.unit and f"in {one.unit}"
    if column.kind == "groups":
        first, second = ([v for noted, v in known if noted == group] for group in column.groups)
        if not first or not second:
            return None
        found = group_difference(first, second)
        means = (_mean(first), _mean(second))
        return Row(label=label, note=unit, cells=(*means, *_difference(found)))
    numbers = [(noted, value) for noted, value in known if isinstance(noted, float)]
    along = slope([noted for noted, _ in numbers], [value for _, value in numbers])
    if along is None:
        return None
    return Row(label=label, note=unit, cells=(Cell(str(len(numbers))), *_difference(along, 2)))


def _mean(values: Sequence[float]) -> Cell:
    return Cell(number(sum(values) / len(values)), f"({counted(len(values), 'night')})")


def _difference(found: Difference, digits: int = 1) -> tuple[Cell, Cell]:
    value = Cell(f"{found.value:+.{digits}f}")
    if found.low is None or found.high is None:
        return value, Cell(UNKNOWN)
    return value, Cell(f"{found.low:+.{digits}f} to {found.high:+.{digits}f}")


def _table(place: int, column: NoteColumn, rows: tuple[Row, ...]) -> Table:
    heads: tuple[str, ...]
    if column.kind == "groups":
        first, second = column.groups
        heads = (f"Mean, {first}", f"Mean, {second}", f"{second} less {first}", "95 %")
    else:
        heads = ("Nights", "Change per 1 more", "95 %")
    return Table(
        key=f"{BESIDE}{place}",
        title=column.name,
        heads=("Measure",),
        columns=heads,
        rows=rows,
    )


def _figure(place: int, column: NoteColumn) -> FigureText:
    how = f"by {column.name}: {' and '.join(column.groups)}"
    if column.kind == "number":
        how = f"along {column.name}"
    return FigureText(
        key=f"{BESIDE}{place}",
        alt=f"Movements {how}; the numbers are in the table {column.name} below.",
        caption=f"{column.name}: one dot per night."
        + (" Bar: mean of the group." if column.kind == "groups" else ""),
    )
