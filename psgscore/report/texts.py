"""How numbers and times are written in a report."""

from __future__ import annotations

import math

from psgscore.model.score import Score
from psgscore.score.night import lights_span

UNKNOWN = "-"
_DAY_S = 86_400


def number(value: float | None, digits: int = 1) -> str:
    """Return a number with fixed decimals, ``"-"`` where it is not known."""
    if value is None or not math.isfinite(value):
        return UNKNOWN
    return f"{value:.{digits}f}"


def short(value: float) -> str:
    """Return a number without needless zeros."""
    return f"{value:.10g}"


def hours(value: float) -> str:
    """Return hours with two decimals."""
    return f"{value:.2f} h"


def long_minutes(minutes: float | None) -> str:
    """Return minutes as ``"6 h 12.5 min"``."""
    if minutes is None:
        return UNKNOWN
    whole, rest = divmod(round(minutes, 1), 60.0)
    if not whole:
        return f"{rest:.1f} min"
    return (
        f"{whole:.0f} h {rest:02.0f} min"
        if rest == int(rest)
        else f"{whole:.0f} h {rest:04.1f} min"
    )


def counted(count: int, singular: str, plural: str = "") -> str:
    """Return a count with its noun, in the plural where that is right."""
    return f"{count} {singular}" if count == 1 else f"{count} {plural or singular + 's'}"


def start_of_day_s(start: str) -> int | None:
    """Return a clock time ``"HH:MM:SS"`` in seconds after midnight, None when there is none."""
    if not start:
        return None
    parts = [int(part) for part in start.split(":")]
    return sum(part * size for part, size in zip(parts, (3600, 60, 1), strict=False))


def clock(start: str, time_s: float, *, seconds: bool = False) -> str:
    """Return a time of the recording for display.

    Parameters
    ----------
    start : str
        Clock time of second 0, "" when unknown.
    time_s : float
        Seconds from the start of the recording.
    seconds : bool
        Print the seconds too.

    Returns
    -------
    str
        Clock time, or hours and minutes from the start (``"+1:30"``).
    """
    origin = start_of_day_s(start)
    shown = math.floor(time_s + 0.5) if seconds else math.floor(time_s)
    if origin is not None:
        shown = (shown + origin) % _DAY_S
    minutes, second = divmod(shown, 60)
    hour, minute = divmod(minutes, 60)
    head = f"+{hour}:{minute:02d}" if origin is None else f"{hour:02d}:{minute:02d}"
    return f"{head}:{second:02d}" if seconds else head


def clock_ticks(start: str, duration_s: float) -> list[tuple[float, str]]:
    """Return where a time axis has its marks: seconds from the start, and the label."""
    step = next(
        (step for step in (60, 300, 900, 1800, 3600, 7200) if duration_s <= 13 * step), 14_400
    )
    origin = start_of_day_s(start) or 0
    first = -origin % step
    times = [float(first + step * k) for k in range(int(max(duration_s - first, 0) // step) + 1)]
    return [(time, clock(start, time)) for time in times if time <= duration_s]


def lights_s(score: Score) -> tuple[float, float]:
    """Return lights off and lights on; the ends of the recording where they are not marked."""
    return lights_span(score.events, score.duration_s)
