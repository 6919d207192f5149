"""When a recording began, by the fields of its header."""

from __future__ import annotations

import re
from datetime import date, datetime, time

from psgscore.io.edf_fields import Notes

MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_AS_THE_STANDARD = re.compile(r"\d\d\.\d\d\.\d\d")


def read_start(day: str, clock: str, recording: str, plus: str, notes: Notes) -> datetime | None:
    """Return the start of a recording, None where date or time cannot be read.

    Parameters
    ----------
    day, clock : str
        The date and time fields of the header.
    recording : str
        The recording field. That of an EDF+ file has the year in full and wins; elsewhere
        it is free text, and only compared.
    plus : {"", "+C", "+D"}
        Whether the file calls itself EDF+.
    notes : Notes
        Takes the findings.
    """
    in_full, in_short = _plus_date(recording), _date(day)
    if in_full and in_short and not _same(in_full, in_short):
        taken = "recording" if plus else "start date"
        message = f"the dates in the recording and start date fields differ: the {taken} field's"
        notes.add("start-date", f"{message} is taken")
    when = (in_full if plus else None) or in_short
    at = read_clock(clock)
    if when is None or at is None:
        notes.add("start-unknown", "the start date or time is unreadable: times count from 0")
        return None
    read = [clock] if when is in_full else [day, clock]
    if not all(_AS_THE_STANDARD.fullmatch(text) for text in read):
        message = "the start date or time is not written as the standard demands: read all the same"
        notes.add("start-form", message, severity="note")
    return datetime.combine(when, at)


def _same(in_full: date, in_short: date) -> bool:
    """Whether two dates agree; a header has two digits for the year."""
    years_agree = (in_full.year - in_short.year) % 100 == 0
    return years_agree and (in_full.month, in_full.day) == (in_short.month, in_short.day)


def _plus_date(recording: str) -> date | None:
    match = re.match(r"Startdate (\d{1,2})-([A-Za-z]{3})-(\d{4})\b", recording, re.IGNORECASE)
    if not match or match[2].upper() not in MONTHS:
        return None
    return _day(int(match[3]), MONTHS.index(match[2].upper()) + 1, int(match[1]))


def _date(text: str) -> date | None:
    match = re.fullmatch(r"(\d{1,2})[./: -](\d{1,2})[./: -](\d{4}|\d{2})", text)
    if not match:
        return None
    year = int(match[3])
    if len(match[3]) == 2:
        # The two digits of EDF stand for 1985 to 2084.
        year += 1900 if year >= 85 else 2000
    return _day(year, int(match[2]), int(match[1]))


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def read_clock(text: str) -> time | None:
    """Return the time of day of a start time field, None where it holds none."""
    match = re.fullmatch(r"(\d{1,2})[./: -](\d{1,2})[./: -](\d{1,2})", text)
    if not match:
        return None
    try:
        return time(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return None
