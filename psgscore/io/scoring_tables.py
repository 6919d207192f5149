"""Scoring in text files: one stage per line, or a table with a header row."""

from __future__ import annotations

import csv
import io
import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from psgscore.errors import ScoringFileError
from psgscore.io.formats.rows import named, shown
from psgscore.io.recording import Annotation
from psgscore.io.scoring_columns import MISSING, Further, further
from psgscore.io.tables import CSV_COLUMNS, EVENT_COLUMNS, UNKNOWN, unescape_label
from psgscore.model.finding import Finding

ONSET = ("onset", "onset_s", "start", "start_s")
DURATION = ("duration", "duration_s")
WORD = ("trial_type", "kind", "event", "description", "label")
STAGE = ("stage_hum", "stage", "sleep_stage", "stage_ai")
CHANNEL, NIGHT = "channel", "night"
LINE = "\n"
"""Key of a row's line number: no name of a column, which cannot go over two lines."""

_COMMA = re.compile(r"[+-]?\d+,\d+", re.ASCII)
KNOWN_COLUMNS = {*ONSET, *DURATION, *WORD, *STAGE, CHANNEL, NIGHT}


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a known header.

    Parameters
    ----------
    columns : tuple of str
        Names of the header; those psgscore looks for in lower case.
    rows : sequence of mapping of str to str
        Cells by column, and the line number under `LINE`.
    ours : bool
        It begins with the columns of an event table of psgscore: its labels are escaped.
    """

    columns: tuple[str, ...]
    rows: Sequence[Mapping[str, str]]
    ours: bool

    def column(self, names: Sequence[str]) -> str | None:
        """Return the first of `names` that the table has, None if it has none."""
        return next((name for name in names if name in self.columns), None)

    def label(self, cell: str) -> str:
        """Return what a cell with a label says, "" when it is missing."""
        if self.ours:
            return unescape_label(cell)
        return "" if cell.lower() == UNKNOWN else cell


def read_table(text: str, source: str) -> Table | None:
    """Read a table with a known header, None if there is no such header.

    Raises
    ------
    ScoringFileError
        JSON; two columns with one name, a row with more cells than the header, stray quotes.
    """
    if text.lstrip()[:1] in ("{", "["):
        raise ScoringFileError(
            f"{source}: JSON, but of none of the kinds psgscore reads (its own, YASA's hypnogram, "
            "sleeplab-format, a list of stages)"
        )
    first = next((line for line in text.splitlines() if _says_something([line])), "")
    mark = "\t" if "\t" in first else "," if "," in first else ";"
    lines = _cells(text, mark, source)
    _, header = next(lines, (0, []))
    names = [name.strip() for name in header]
    columns = tuple(name.lower() if name.lower() in KNOWN_COLUMNS else name for name in names)
    if not any(name in columns for name in (*WORD, *STAGE)):
        return None
    twice = next((name for name, n in Counter(columns).items() if name and n > 1), None)
    if twice is not None:
        raise ScoringFileError(f"{source}: two columns are called {shown(twice)}: rename one")
    rows = []
    for line, values in lines:
        if any(value.strip() for value in values[len(columns) :]):
            raise ScoringFileError(
                f"{source}, line {line}: {len(values)} cells, the header has {len(columns)}"
            )
        cells = dict.fromkeys(columns, "")
        # Where cells end with a semicolon decimals are written with a comma.
        said = map(_with_point, values) if mark == ";" else values
        cells.update((name, cell.strip()) for name, cell in zip(columns, said, strict=False))
        rows.append(cells | {LINE: str(line)})
    ours = {"\t": EVENT_COLUMNS, ",": CSV_COLUMNS}.get(mark)
    return Table(columns, rows, columns[: len(EVENT_COLUMNS)] == ours)


def _with_point(cell: str) -> str:
    return cell.replace(",", ".") if _COMMA.fullmatch(cell.strip()) else cell


def _cells(text: str, mark: str, source: str) -> Iterator[tuple[int, list[str]]]:
    """Yield line number and cells of the rows that are neither blank nor a comment."""
    reader = csv.reader(io.StringIO(text), delimiter=mark, strict=True)
    try:
        for values in reader:
            if any("\n" in value for value in values):
                raise csv.Error("a quoted cell goes on in the next line")
            if _says_something(values):
                yield reader.line_num, values
    except csv.Error as error:
        raise ScoringFileError(
            f"{source}, line {reader.line_num}: {error}: check the quotes"
        ) from None


def _says_something(values: Sequence[str]) -> bool:
    return any(value.strip() for value in values) and not values[0].startswith("#")


def event_rows(table: Table, source: str) -> tuple[list[Annotation], Further, list[Finding]]:
    """Return the rows of a table with one event or stage per row.

    Returns
    -------
    notes : list of Annotation
        One per row, in their order; a row without a word is called ``n/a``.
    columns : Further
        Measures; texts in a table of psgscore.
    findings : list of Finding
        Names the further columns that are not used.

    Raises
    ------
    ScoringFileError
        A row without an onset, a time that is no number, a negative duration.
    """
    onset, word, duration = (table.column(names) for names in (ONSET, WORD, DURATION))
    notes = []
    for row in table.rows:
        start = number(row, onset, source)
        if start is None or word is None:
            raise ScoringFileError(f"{source}, line {row[LINE]}: {_no_onset(table)}")
        text = table.label(row[word]) or UNKNOWN
        channel = table.label(row.get(CHANNEL, ""))
        notes.append(Annotation(start, row_length(row, duration, source), text, channel))
    used = {onset, word, duration, CHANNEL, NIGHT, ""}
    cells = {
        table.label(name): [row[name] for row in table.rows]
        for name in table.columns
        if name not in used
    }
    said = {name: [table.label(cell) for cell in column] for name, column in cells.items()}
    found = further(cells, said if table.ours else None)
    if not found.ignored:
        return notes, found, []
    message = f"columns that are not used: {named(found.ignored)}"
    return notes, found, [Finding("scoring.columns-ignored", message, source, "note")]


def _no_onset(table: Table) -> str:
    if table.column(ONSET) is not None:
        return "no onset"
    return (
        f"no onset: no such column ({', '.join(ONSET)}) among {named(table.columns)}: rename it, "
        "or describe the table with --table"
    )


def row_length(row: Mapping[str, str], name: str | None, source: str) -> float | None:
    """Return a duration of a row, None where it is missing.

    Raises
    ------
    ScoringFileError
        It is no number, or negative.
    """
    length = number(row, name, source)
    if length is not None and length < 0:
        raise ScoringFileError(f"{source}, line {row[LINE]}: {name} {length:g} is negative")
    return length


def number(row: Mapping[str, str], name: str | None, source: str) -> float | None:
    """Return a number of a row, None where it is missing.

    Raises
    ------
    ScoringFileError
        It is neither a finite number nor missing.
    """
    text = "" if name is None else row.get(name, "")
    if text.lower() in MISSING:
        return None
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise ScoringFileError(
            f"{source}, line {row[LINE]}: {name} is {text[:60]!r}, not a number (12.5)"
        )
    return value
