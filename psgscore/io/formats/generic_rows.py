"""Rows of a table that the user described."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from psgscore.errors import ScoringFileError, did_you_mean
from psgscore.io.formats.cells import LONGEST_S, as_number, is_missing
from psgscore.io.formats.clock import DAY_S, after_midnight, clock_s, day, moment, undated
from psgscore.io.formats.foreign import ForeignScoring, Source
from psgscore.io.formats.generic_table import SEPARATORS, TableDescription
from psgscore.io.formats.vocabulary import Vocabulary
from psgscore.io.recording import Annotation
from psgscore.io.scoring_text import read_text

Cells = Mapping[str, str]
Clock = datetime | float
"""A date and time, or seconds since midnight."""


def read_rows(source: Source, table: TableDescription, words: Vocabulary) -> ForeignScoring:
    """Read a table as it was described.

    Raises
    ------
    ScoringFileError
        It cannot be decoded, lacks a column, has a row that is not as described, or no rows.
    """
    rows = list(_rows(source, table))
    if not rows:
        raise ScoringFileError(f"{source.name}: holds no rows under its header")
    origin, dated, onsets = _onsets(rows, source, table)
    stages, notes = [], []
    for (place, row), onset in zip(rows, onsets, strict=True):
        lasts = _lasts(row, place, onset, source, table)
        stage, word, channel = (row.get(name, "") for name in ("stage", "word", "channel"))
        if not is_missing(stage) or ("word" not in row and "stage" in row):
            by_epoch = "onset" not in row or table.time == "epoch"
            length = table.epoch_s if lasts is None and by_epoch else lasts
            stages.append(Annotation(onset, length, stage or "?"))
        if not is_missing(word):
            notes.append(_note(Annotation(onset, lasts, word, channel), table, words))
    return ForeignScoring(vocabulary="", stages=stages, notes=notes, origin=origin, dated=dated)


def _note(mark: Annotation, table: TableDescription, words: Vocabulary) -> Annotation:
    """Mark what is told by the number of its epoch as somewhere within it."""
    if table.time != "epoch":
        return mark
    lasts = mark.duration_s or table.epoch_s
    is_stage, _ = words.stage(mark.text)
    text = mark.text if is_stage else f"epoch:{mark.text}"
    return Annotation(mark.onset_s, lasts, text, mark.channel)


def _rows(source: Source, table: TableDescription) -> Iterator[tuple[int, Cells]]:
    """Yield line number and the cells that are used, by what they are."""
    lines = _cells(_text(source.path, table), source, table)
    places = {name: value - 1 for name, value in table.columns.items() if isinstance(value, int)}
    if table.header:
        line, header = next(lines, (0, []))
        places |= _named(header, line, source, table)
    for line, cells in lines:
        last = max(places.values())
        if len(cells) <= min(places.values()):
            raise ScoringFileError(
                f"{source.name}, line {line}: {len(cells)} cells, column {last + 1} is needed: is "
                "the separator right?"
            )
        yield (
            line,
            {name: cells[place] if place < len(cells) else "" for name, place in places.items()},
        )


def _named(
    header: Sequence[str], line: int, source: Source, table: TableDescription
) -> dict[str, int]:
    """Return the places of the columns that are described by their names."""
    names = [" ".join(cell.split()).lower() for cell in header]
    found = {}
    for key, value in table.columns.items():
        if isinstance(value, str):
            wanted = " ".join(value.split()).lower()
            if names.count(wanted) != 1:
                problem = "more than one column" if wanted in names else "no column"
                raise ScoringFileError(
                    f"{source.name}, line {line}: {problem} {value!r} in the header:"
                    f"{did_you_mean(value, [cell[:60] for cell in header[:40]])}"
                )
            found[key] = names.index(wanted)
    return found


def _text(path: Path, table: TableDescription) -> str:
    if table.encoding is None:
        return read_text(path)
    try:
        text = path.read_bytes().decode(table.encoding).removeprefix("\ufeff")
    except OSError as error:
        raise ScoringFileError(f"{path.name}: cannot be read: {error.strerror}") from error
    except (UnicodeError, ValueError) as error:
        raise ScoringFileError(f"{path.name}: is not {table.encoding}: {error}") from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _cells(text: str, source: Source, table: TableDescription) -> Iterator[tuple[int, list[str]]]:
    """Yield line number and cells of the lines that hold something."""
    told = (
        (place, line)
        for place, line in enumerate(text.split("\n"), 1)
        if place > table.skip
        and line.strip()
        and not (table.comment and line.lstrip().startswith(table.comment))
    )
    mark = SEPARATORS.get(table.separator, table.separator)
    for place, line in told:
        if mark == " ":
            yield place, line.split()
            continue
        try:
            cells = next(csv.reader([line], delimiter=mark, strict=True))
        except (csv.Error, StopIteration) as error:
            raise ScoringFileError(
                f"{source.name}, line {place}: {error}: check the quotes"
            ) from None
        if any(cell.strip() for cell in cells):
            yield place, [cell.strip() for cell in cells]


def _onsets(
    rows: Sequence[tuple[int, Cells]], source: Source, table: TableDescription
) -> tuple[datetime | None, bool, list[float]]:
    """Return the onsets in seconds, and of what clock time they count."""
    if "onset" not in table.columns:
        return None, True, [place * table.epoch_s for place in range(len(rows))]
    if table.time != "clock":
        first = table.first_epoch if table.time == "epoch" else 0
        return (
            None,
            True,
            [
                _number(row["onset"], place, source, table, "onset", first=first)
                for place, row in rows
            ],
        )
    times = [_clock(row["onset"], row.get("date", ""), place, source, table) for place, row in rows]
    moments = [time for time in times if isinstance(time, datetime)]
    if len(moments) == len(times):
        origin = min(moments)
        return origin, True, [(one - origin) / timedelta(seconds=1) for one in moments]
    if moments:
        raise ScoringFileError(f"{source.name}: some rows have a date and some have none")
    clocks = after_midnight([time for time in times if isinstance(time, float)])
    begun = min(clocks)
    return undated(begun % DAY_S), False, [one - begun for one in clocks]


def _lasts(
    row: Cells, place: int, onset: float, source: Source, table: TableDescription
) -> float | None:
    """Return how long a row lasts, None where it does not say."""
    if not is_missing(row.get("duration", "")):
        text = row["duration"]
        clock = clock_s(text) if table.time == "clock" and ":" in text else None
        lasts = _number(text, place, source, table, "duration") if clock is None else clock
    elif not is_missing(row.get("stop", "")):
        lasts = _until(row, place, onset, source, table)
    else:
        return None
    if lasts < 0:
        raise ScoringFileError(
            f"{source.name}, line {place}: it ends {-lasts:g} s before it begins"
        )
    return lasts


def _until(row: Cells, place: int, onset: float, source: Source, table: TableDescription) -> float:
    if table.time == "epoch":
        # The epoch that is named is the last one.
        return (
            _number(row["stop"], place, source, table, "stop", first=table.first_epoch)
            + table.epoch_s
            - onset
        )
    if table.time != "clock":
        return _number(row["stop"], place, source, table, "stop") - onset
    begin = _clock(row["onset"], row.get("date", ""), place, source, table)
    end = _clock(row["stop"], "", place, source, table)
    if isinstance(begin, datetime) and isinstance(end, datetime):
        return (end - begin) / timedelta(seconds=1)
    begin, end = (_of_day(one) for one in (begin, end))
    return (end - begin) % DAY_S


def _of_day(time: Clock) -> float:
    if isinstance(time, float):
        return time
    return (time - time.replace(hour=0, minute=0, second=0, microsecond=0)) / timedelta(seconds=1)


def _number(
    text: str, place: int, source: Source, table: TableDescription, name: str, *, first: int = 0
) -> float:
    """Return a cell in the unit of the table as seconds."""
    comma_is_right = "," not in text or table.decimal_comma
    value = as_number(text) if comma_is_right else None
    found = None if value is None else (value - first) / table.per_second
    if found is None or not abs(found) < LONGEST_S:
        hint = "" if comma_is_right else "; with commas in numbers: decimal_comma = true"
        raise ScoringFileError(
            f"{source.name}, line {place}: {name} is {text[:60]!r}, no number of {table.time}{hint}"
        )
    return found


def _clock(text: str, date: str, place: int, source: Source, table: TableDescription) -> Clock:
    """Return a clock time, with its date if there is one."""
    try:
        found: Clock | None
        if table.format is not None:
            at = datetime.strptime(text, table.format)
            found = at if "%d" in table.format else _of_day(at)
        else:
            found = moment(text) or clock_s(text)
        if date and isinstance(found, float):
            which = datetime.strptime(date, table.date_format) if table.date_format else day(date)
            if which is None:
                raise ValueError
            found = datetime(which.year, which.month, which.day) + timedelta(seconds=found)
    except (ValueError, OverflowError):
        found = None
    if found is None:
        raise ScoringFileError(
            f"{source.name}, line {place}: {' '.join((date, text)).strip()[:60]!r} is no clock "
            f"time ({table.format or '22:18:17'}), or its date is none"
        )
    return found.replace(tzinfo=None) if isinstance(found, datetime) else found
