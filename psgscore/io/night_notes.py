"""Notes on nights: a small CSV of the user's, one row per night."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from psgscore.errors import UsageError
from psgscore.io.edf import existing_file
from psgscore.io.scoring_text import read_text

NIGHT, DATE = "night", "date"
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteRow:
    """What is noted of one night: its `line` in the file, `night` and `date`, and the cells."""

    line: int
    night: str
    date: str
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class NightNotes:
    """A file of notes.

    Parameters
    ----------
    name : str
        Of the file.
    columns : tuple of str
        Its own columns, without ``night`` and ``date``.
    rows : tuple of NoteRow
        One per night.
    decimal_comma : bool
        Cells are not parted by commas, so a comma may stand in a number.
    """

    name: str
    columns: tuple[str, ...]
    rows: tuple[NoteRow, ...]
    decimal_comma: bool = False


def read_notes(path: Path) -> NightNotes:
    """Read the notes: cells parted by commas, semicolons or tabs, the first row names the columns.

    Raises
    ------
    InputPathError
        There is no such file.
    UsageError
        No column ``night``, a column or night twice, a date that is not one.
    """
    name = existing_file(path).name
    text = read_text(path)
    first = next((line for line in text.split("\n") if line.strip()), "")
    try:
        delimiter = _delimiter(first)
        reader = csv.reader(text.split("\n"), delimiter=delimiter, strict=True)
        rows = [(reader.line_num, cells) for cells in reader if any(map(str.strip, cells))]
    except csv.Error as error:
        raise UsageError(f"{name}: {error}: is it a CSV file?") from None
    if not rows:
        raise UsageError(f"{name}: is empty: the first row names the columns, {NIGHT} among them")
    header = _header(name, rows[0][1])
    found = [_row(name, line, header, cells) for line, cells in rows[1:]]
    _require_once([row.night for row in found], name, "night")
    return NightNotes(
        name=name,
        columns=tuple(one for one in header if one not in (NIGHT, DATE)),
        rows=tuple(found),
        decimal_comma=delimiter != ",",
    )


def _delimiter(header: str) -> str:
    """Return what parts the cells: what leaves a column `NIGHT`, and the most columns."""
    cells = {one: next(csv.reader([header], delimiter=one), []) for one in ",;\t"}
    named = {one: NIGHT in map(str.casefold, map(str.strip, found)) for one, found in cells.items()}
    return max(cells, key=lambda one: (named[one], len(cells[one])))


def _header(name: str, cells: Sequence[str]) -> list[str]:
    words = [cell.strip() for cell in cells]
    while words and not words[-1]:
        words.pop()
    own = [word.casefold() if word.casefold() in (NIGHT, DATE) else word for word in words]
    if NIGHT not in own:
        raise UsageError(
            f"{name}: has no column {NIGHT!r} (it has {', '.join(own)}): name the nights there, by "
            "file name without .score.json, or by study ID"
        )
    if "" in own:
        raise UsageError(f"{name}: column {own.index('') + 1} has no name: give it one")
    _require_once(own, name, "column")
    return own


def _require_once(words: Sequence[str], name: str, what: str) -> None:
    twice = sorted({word for word in words if words.count(word) > 1})
    if twice:
        raise UsageError(f"{name}: {what} {twice[0]!r} stands there more than once: keep one")


def _row(name: str, line: int, header: Sequence[str], cells: Sequence[str]) -> NoteRow:
    if any(cell.strip() for cell in cells[len(header) :]):
        raise UsageError(
            f"{name}, line {line}: has {len(cells)} cells, and there are {len(header)} columns: "
            "put a text that holds the separator in quotes"
        )
    padded = [*(cell.strip() for cell in cells), *[""] * len(header)]
    row = dict(zip(header, padded, strict=False))
    if not row[NIGHT]:
        raise UsageError(f"{name}, line {line}: does not say which night: fill in {NIGHT!r}")
    day = row.get(DATE, "")
    return NoteRow(
        line=line,
        night=row[NIGHT],
        date=_date(day, f"{name}, line {line}") if day else "",
        cells={key: value for key, value in row.items() if key not in (NIGHT, DATE)},
    )


def _date(text: str, where: str) -> str:
    iso, dotted = _ISO.fullmatch(text), _DOTTED.fullmatch(text)
    try:
        if iso:
            return date(int(iso[1]), int(iso[2]), int(iso[3])).isoformat()
        if dotted:
            return date(int(dotted[3]), int(dotted[2]), int(dotted[1])).isoformat()
    except ValueError:
        pass
    raise UsageError(f"{where}: {text!r} is no date: write it as 2024-03-14")
