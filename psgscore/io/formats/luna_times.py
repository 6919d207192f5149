"""Times of Luna's annotation files: seconds, clock times, dates, epochs, durations."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from psgscore.errors import ScoringFileError
from psgscore.io.formats.cells import LONGEST_S, as_number
from psgscore.io.formats.clock import clock_s, day

UNTIL_NEXT = "..."
EPOCH_S = 30.0
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_ELAPSED = re.compile(r"0\+(\d{1,4}):(\d{1,2})(?::(\d{1,2}(?:\.\d{1,9})?))?", re.ASCII)
_DATED = re.compile(
    r"(\d{1,4})[-/.](\d{1,2}|[A-Za-z]{3})[-/.](\d{1,4})[-T ](\d{1,2}[:.]\d{2}.*)", re.ASCII
)
_EPOCH = re.compile(r"e:(\d{1,7})(?::(\d{1,5}(?:\.\d+)?))?(?::(\d{1,5}(?:\.\d+)?))?", re.IGNORECASE)
# Two digits of a year as the EDF standard reads them: 85 to 99 are of the 20th century.
_CENTURY = 85


@dataclass(frozen=True, slots=True)
class When:
    """A time of a cell: exactly one of the three, and where an epoch ends.

    Parameters
    ----------
    elapsed_s : float or None
        Seconds from the start of the recording.
    clock_s : float or None
        Seconds since midnight.
    moment : datetime or None
        Date and time.
    end_s : float or None
        Of an epoch: its end, seconds from the start of the recording.
    """

    elapsed_s: float | None = None
    clock_s: float | None = None
    moment: datetime | None = None
    end_s: float | None = None

    @property
    def by_clock(self) -> bool:
        """Whether it is a time of day."""
        return self.elapsed_s is None

    def time_of_day_s(self) -> float:
        """Return seconds since midnight of a time by the clock."""
        if self.moment is None:
            return self.clock_s or 0.0
        midnight = self.moment.replace(hour=0, minute=0, second=0, microsecond=0)
        return (self.moment - midnight) / timedelta(seconds=1)


def when(text: str, source: str, line: int) -> When:
    """Return the time a cell holds.

    Raises
    ------
    ScoringFileError
        It holds none.
    """
    cell = text.strip()
    # Clock times first: most files of a million rows hold nothing else.
    clock = clock_s(cell) if ":" in cell else None
    if clock is not None:
        return When(clock_s=clock)
    value = as_number(cell)
    if value is not None and abs(value) < LONGEST_S and "," not in cell:
        return When(elapsed_s=value)
    found = _epoch(cell) or _elapsed(cell) or _moment(cell)
    if found is None:
        raise ScoringFileError(
            f"{source}, line {line}: {cell[:60]!r} is no time (120.5, 22:18:17, 0+01:30:00, "
            "29-07-16-22:18:17 or e:5)"
        )
    return found


def duration_s(text: str, source: str, line: int) -> float:
    """Return the duration of a cell that begins with ``+``: seconds, or hh:mm:ss.

    Raises
    ------
    ScoringFileError
        It is none.
    """
    rest = text.strip().removeprefix("+")
    value = as_number(rest)
    if value is None:
        found = _elapsed(f"0+{rest}")
        value = found.elapsed_s if found else None
    if value is None or not 0 <= value < LONGEST_S:
        raise ScoringFileError(f"{source}, line {line}: {text[:60]!r} is no duration (+30)")
    return value


def _epoch(cell: str) -> When | None:
    found = _EPOCH.fullmatch(cell)
    if found is None or int(found[1]) < 1:
        return None
    lasts = float(found[2]) if found[2] else EPOCH_S
    step = float(found[3]) if found[3] else lasts
    start = (int(found[1]) - 1) * step
    return When(elapsed_s=start, end_s=start + lasts) if start < LONGEST_S else None


def _elapsed(cell: str) -> When | None:
    found = _ELAPSED.fullmatch(cell)
    if found is None or int(found[2]) > 59 or float(found[3] or 0) >= 60:
        return None
    return When(elapsed_s=3600.0 * int(found[1]) + 60.0 * int(found[2]) + float(found[3] or 0))


def _moment(cell: str) -> When | None:
    """Read ``29-07-16-21:25:23``: day, month, year; the year may come first if it has 4 digits."""
    found = _DATED.fullmatch(cell)
    clock = clock_s(found[4]) if found else None
    if found is None or clock is None:
        return None
    first, month, last = found[1], found[2].lower(), found[3]
    month = str(_MONTHS.index(month) + 1) if month in _MONTHS else month
    date, year = (last, first) if len(first) == 4 else (first, last)
    if len(year) <= 2:
        year = str(int(year) + (1900 if int(year) >= _CENTURY else 2000))
    which = day(f"{date}.{month}.{year}")
    if which is None:
        return None
    midnight = datetime(which.year, which.month, which.day)
    return When(moment=midnight + timedelta(seconds=clock))
