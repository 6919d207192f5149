"""Clock times of a night, with or without dates, put on one time line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from psgscore.errors import ScoringFileError
from psgscore.io.formats.clock import DAY_S, after_midnight, clock_s, undated
from psgscore.io.formats.rows import shown

_DATED = re.compile(
    r"(?P<date>\d{1,4}(?P<mark>[./-]) ?\d{1,2}[./-] ?\d{1,4})\.?,?(?:[T ]|\s-\s)\s*(?P<clock>.+)",
    re.ASCII,
)
_PARTS = re.compile(r"\d+", re.ASCII)
_HALF = re.compile(r"([AaPp])\.?\s?([Mm])\.?$")
_WEEK_DAYS = 7
_CENTURY = 100
_LONGEST = 60


@dataclass(frozen=True, slots=True)
class Placed:
    """Times of a file in seconds from the first of them.

    Parameters
    ----------
    origin : datetime
        The first, second 0.
    dated : bool
        Its date is certain; otherwise only its clock time is.
    at_s : list of float
        All of them, in the order of the file.
    """

    origin: datetime
    dated: bool
    at_s: list[float]


@dataclass(frozen=True, slots=True)
class Stamp:
    """A date as it is written, "" where there is none, and seconds since midnight."""

    day: str
    clock_s: float


def stamp(text: str, source: str, line: int) -> Stamp:
    """Read a clock time that may have a date: ``22.18.17``, ``4/27/2018 11:00:23 p. m.``.

    Raises
    ------
    ScoringFileError
        It is neither.
    """
    found = _stamp(text)
    if found is None:
        raise ScoringFileError(
            f"{source}, line {line}: {shown(text)} is no clock time (22:18:17) and no date with one"
        )
    return found


@lru_cache(maxsize=4096)
def _stamp(text: str) -> Stamp | None:
    if len(text) > _LONGEST:
        return None
    text = _HALF.sub(r"\1\2", text)
    seconds = clock_s(text)
    if seconds is not None:
        return Stamp("", seconds)
    found = _DATED.fullmatch(text)
    seconds = clock_s(found["clock"]) if found else None
    return None if found is None or seconds is None else Stamp(found["date"], seconds)


def placed(stamps: Sequence[Stamp], source: str) -> Placed:
    """Put the times of one night on one time line.

    Without dates each is taken within 12 h of the one before. Of dates such as 01/02/2020
    the order of day and month is the one that puts all of them within a week; where both do,
    the date counts for nothing.

    Raises
    ------
    ScoringFileError
        There is none; some have dates and some have not; a date cannot be.
    """
    if not stamps:
        raise ScoringFileError(f"{source}: a header, but no rows under it")
    if len({bool(one.day) for one in stamps}) > 1:
        raise ScoringFileError(f"{source}: some times have a date, some have not: export it again")
    if not stamps[0].day:
        clocks = after_midnight([one.clock_s for one in stamps])
        return Placed(undated(clocks[0]), False, [clock - clocks[0] for clock in clocks])
    days, certain = _days({one.day for one in stamps}, source)
    first = stamps[0]
    base = days[first.day].toordinal()
    at_s = [
        (days[one.day].toordinal() - base) * DAY_S + one.clock_s - first.clock_s for one in stamps
    ]
    origin = datetime.combine(days[first.day], time()) + timedelta(seconds=first.clock_s)
    return Placed(origin, certain, at_s)


def stop_after(start: Stamp, stop: Stamp) -> float:
    """Return how long something lasts from its clock times, less than a day."""
    return (stop.clock_s - start.clock_s) % DAY_S


def _days(texts: Iterable[str], source: str) -> tuple[dict[str, date], bool]:
    """Return the date of each spelling, and whether day and month are certain."""
    texts = sorted(texts)
    orders = [_read_days(texts, month_first=order) for order in (False, True)]
    possible = [days for days in orders if days is not None]
    if not possible:
        shown = ", ".join(repr(text) for text in texts[:3])
        raise ScoringFileError(f"{source}: dates that cannot be: {shown}")
    near = [days for days in possible if _span_days(days) <= _WEEK_DAYS]
    best = min(near or possible, key=_span_days)
    return best, all(days == best for days in near or possible)


def _span_days(days: dict[str, date]) -> int:
    return (max(days.values()) - min(days.values())).days


def _read_days(texts: Sequence[str], *, month_first: bool) -> dict[str, date] | None:
    found = {}
    for text in texts:
        day = _one_day(text, month_first=month_first)
        if day is None:
            return None
        found[text] = day
    return found


def _one_day(text: str, *, month_first: bool) -> date | None:
    """Return a date; with points the day comes first whatever is asked."""
    parts = _PARTS.findall(text)
    numbers = [int(part) for part in parts]
    if len(parts[0]) > 2:  # a year has more digits than a month
        year, month, day = numbers
    elif month_first and "." not in text:
        month, day, year = numbers
    else:
        day, month, year = numbers
    year += 2000 if year < _CENTURY else 0
    try:
        return date(year, month, day)
    except ValueError:
        return None
