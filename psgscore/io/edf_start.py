"""When a recording began, by the fields of its header."""

from __future__ import annotations

import re
from datetime import date, datetime, time

_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")


def read_start(day: str, clock: str, recording: str) -> datetime | None:
    """Return the start of a recording, None where date or time cannot be read.

    Parameters
    ----------
    day, clock : str
        The date and time fields of the header.
    recording : str
        The recording field of an EDF+ file, which has the year in full and wins; else "".
    """
    when = _plus_date(recording) or _date(day)
    at = _clock(clock)
    if when is None or at is None:
        return None
    return datetime.combine(when, at)


def contradicts(day: str, recording: str) -> bool:
    """Say whether the date field and the recording field of an EDF+ file name two days."""
    full, short = _plus_date(recording), _date(day)
    if full is None or short is None:
        return False
    return (full.day, full.month, full.year % 100) != (short.day, short.month, short.year % 100)


def _plus_date(recording: str) -> date | None:
    match = re.match(r"Startdate (\d{1,2})-([A-Za-z]{3})-(\d{4})\b", recording, re.IGNORECASE)
    if not match or match[2].upper() not in _MONTHS:
        return None
    return _day(int(match[3]), _MONTHS.index(match[2].upper()) + 1, int(match[1]))


def _date(text: str) -> date | None:
    match = re.fullmatch(r"(\d{1,2})[./: -](\d{1,2})[./: -](\d{2})", text)
    if not match:
        return None
    year = int(match[3])
    # The two digits of EDF stand for 1985 to 2084.
    return _day(year + (1900 if year >= 85 else 2000), int(match[2]), int(match[1]))


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _clock(text: str) -> time | None:
    match = re.fullmatch(r"(\d{1,2})[./: -](\d{1,2})[./: -](\d{1,2})", text)
    if not match:
        return None
    try:
        return time(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return None
