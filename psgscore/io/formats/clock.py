"""Clock times of scoring files: many spellings, often without a date, past midnight."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta

DAY_S = 86400.0
UNDATED = date(1900, 1, 1)
"""Stands for the date of a clock time that has none."""

_CLOCK = re.compile(
    r"(?P<h>\d{1,2})[:.](?P<m>\d{2})[:.](?P<s>\d{2})(?:[.,:](?P<f>\d{1,9}))?"
    r"\s*(?P<half>[AaPp]\.?[Mm]\.?)?",
    re.ASCII,
)
_DATES = (
    (re.compile(r"(?P<y>\d{4})[-/.](?P<mo>\d{1,2})[-/.](?P<d>\d{1,2})", re.ASCII)),
    (re.compile(r"(?P<d>\d{1,2})[./-](?P<mo>\d{1,2})[./-](?P<y>\d{4})", re.ASCII)),
)
_MONTH_FIRST = re.compile(r"(?P<mo>\d{1,2})/(?P<d>\d{1,2})/(?P<y>\d{4})", re.ASCII)
_NOON = 12


def clock_s(text: str) -> float | None:
    """Return a clock time as seconds since midnight, None where it is none.

    ``22:18:17``, ``22.18.17``, ``22:18:17,250``, ``10:18:17 PM``.
    """
    found = _CLOCK.fullmatch(text.strip())
    if found is None:
        return None
    hour, minute, second = (int(found[name]) for name in ("h", "m", "s"))
    if found["half"]:
        if not 1 <= hour <= _NOON:
            return None
        hour = hour % _NOON + (_NOON if found["half"][0] in "pP" else 0)
    if hour > 23 or minute > 59 or second > 59:
        return None
    fraction = float(f"0.{found['f']}") if found["f"] else 0.0
    return 3600.0 * hour + 60.0 * minute + second + fraction


def day(text: str, *, month_first: bool = False) -> date | None:
    """Return a date, None where it is none; ``01/02/2020`` is 1 February unless `month_first`."""
    shapes = (_MONTH_FIRST,) if month_first else _DATES
    for shape in shapes:
        found = shape.fullmatch(text.strip())
        if found:
            try:
                return date(int(found["y"]), int(found["mo"]), int(found["d"]))
            except ValueError:
                return None
    return None


def moment(text: str, *, month_first: bool = False) -> datetime | None:
    """Return a date and clock time, ``2011-09-21T00:30:32.644`` or ``27/04/2018 23:00:23``."""
    first, _, rest = text.strip().replace("T", " ", 1).partition(" ")
    which, seconds = day(first, month_first=month_first), clock_s(rest)
    if which is None or seconds is None:
        return None
    return datetime.combine(which, time()) + timedelta(seconds=seconds)


def after_midnight(clocks_s: Sequence[float]) -> list[float]:
    """Return clock times of one night as seconds that go on past midnight.

    Each is placed within 12 h of the one before, so that rows need not be in order.

    Parameters
    ----------
    clocks_s : sequence of float
        Seconds since midnight, in the order of the file.
    """
    found: list[float] = []
    for value in clocks_s:
        days = 0.0 if not found else round((found[-1] - value) / DAY_S)
        found.append(value + days * DAY_S)
    return found


def from_first(times: Iterable[datetime]) -> tuple[datetime, list[float]]:
    """Return the first of some moments, and all of them in seconds from it.

    Raises
    ------
    ValueError
        There is none.
    """
    moments = list(times)
    origin = moments[0]
    return origin, [(one - origin) / timedelta(seconds=1) for one in moments]


def undated(clock_s_: float) -> datetime:
    """Return a clock time as the `origin` of a scoring without a date."""
    return datetime.combine(UNDATED, time()) + timedelta(seconds=clock_s_)


def offset_s(origin: datetime, start: datetime, *, dated: bool) -> float:
    """Return by how much a scoring's second 0 lies after the start of the recording.

    Without a date it is the nearest such clock time, at most 12 h before or after.
    """
    apart = (origin - start) / timedelta(seconds=1)
    if dated:
        return apart
    return (apart + DAY_S / 2) % DAY_S - DAY_S / 2
