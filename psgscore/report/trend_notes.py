"""Movements beside what is noted of the nights: by group, or along a number. No test, no cause."""

from __future__ import annotations

from collections.abc import Sequence

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
    "95 %: from the nights drawn anew 10 000 times with a fixed seed (expanded percentile "
    "bootstrap, Hesterberg 2015, The American Statistician 69:371-386), given from "
    f"{MIN_GROUP_FOR_INTERVAL} nights in each group, or {MIN_NIGHTS_FOR_SLOPE_INTERVAL} nights "
    "along a number."
)
_IN_TURN = (
    "The nights with {first} all lie {where} those with {second}: whatever else changed over that "
    "time is in the difference."
)


def notes_sections(columns: Sequence[NoteColumn], movements: Followed) -> tuple[Section, ...]:
    """Return a section for each column that can be laid beside movements.

    Parameters
    ----------
    columns : sequence of NoteColumn
        What is noted; a column of free text is shown under the nights only.
    movements : sequence of (TrendMeasure, list of float or None)
        Movements along the nights.
    """
    tables = {}
    for place, column in enumerate(columns):
        rows = [_row(column, one, values) for one, values in movements]
        known = tuple(row for row in rows if row is not None)
        if column.kind != "text" and known:
            tables[place] = _table(place, column, known)
    shown = sum(row.cells[-1].text != UNKNOWN for one in tables.values() for row in one.rows)
    chance = (
        f"Differences with an interval on this page: {shown}. Of many intervals some miss 0 by "
        "chance alone: about one in twenty where nothing differs."
    )
    return tuple(
        Section(
            key=f"section-{BESIDE}{place}",
            title=f"Movements beside {columns[place].name}",
            texts=(chance, _RESAMPLED) if place == min(tables) else (),
            figures=(_figure(place, columns[place]),),
            tables=(table,),
        )
        for place, table in tables.items()
    )


def pairs(column: NoteColumn, values: Sequence[float | None]) -> list[tuple[float | str, float]]:
    """Return what is noted and the number of the night, for nights that have both."""
    both = zip(column.values, values, strict=True)
    return [(noted, value) for noted, value in both if noted is not None and value is not None]


def _row(column: NoteColumn, one: TrendMeasure, values: list[float | None]) -> Row | None:
    known = pairs(column, values)
    if column.kind == "groups":
        first, second = ([v for noted, v in known if noted == group] for group in column.groups)
        if not first or not second:
            return None
        found = group_difference(first, second)
        means = (_mean(first), _mean(second))
        return Row(label=one.name, cells=(*means, *_difference(found)))
    numbers = [(noted, value) for noted, value in known if isinstance(noted, float)]
    along = slope([noted for noted, _ in numbers], [value for _, value in numbers])
    if along is None:
        return None
    return Row(label=one.name, cells=(Cell(str(len(numbers))), *_difference(along, 2)))


def _mean(values: Sequence[float]) -> Cell:
    return Cell(number(sum(values) / len(values)), f"({counted(len(values), 'night')})")


def _difference(found: Difference, digits: int = 1) -> tuple[Cell, Cell]:
    value = Cell(_signed(found.value, digits))
    if found.low is None or found.high is None:
        return value, Cell(UNKNOWN)
    return value, Cell(f"{_signed(found.low, digits)} to {_signed(found.high, digits)}")


def _signed(value: float, digits: int) -> str:
    """Return a number with its sign, and 0 without one."""
    text = f"{value:+.{digits}f}"
    return text if float(text) else text[1:]


def _in_turn(column: NoteColumn) -> tuple[str, ...]:
    """Say so where one group of nights lies wholly before the other."""
    if column.kind != "groups":
        return ()
    first, second = column.groups
    of = {
        group: [k for k, one in enumerate(column.values) if one == group] for group in column.groups
    }
    for where, early, late in (("before", first, second), ("after", second, first)):
        if max(of[early]) < min(of[late]):
            return (_IN_TURN.format(first=first, where=where, second=second),)
    return ()


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
        notes=_in_turn(column),
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
