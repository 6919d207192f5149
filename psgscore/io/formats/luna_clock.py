"""Times of Luna's rows put on one clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from psgscore.errors import ScoringFileError
from psgscore.io.formats.cells import LONGEST_S
from psgscore.io.formats.clock import DAY_S, after_midnight, offset_s, undated
from psgscore.io.formats.foreign import Source
from psgscore.io.formats.luna_times import UNTIL_NEXT, When, duration_s
from psgscore.io.recording import Annotation


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of an annotation file.

    Parameters
    ----------
    line : int
        Where it stands.
    word, name, channel : str
        What happened, its class, and on which channel.
    start : When
        Its beginning.
    stop : When or None
        Its end, where that is a time.
    stop_text : str
        Its end, where that is a duration, ``...`` or missing.
    instance : str
        Its name, "." where it has none.
    """

    line: int
    word: str
    channel: str
    start: When
    stop: When | None
    stop_text: str
    name: str
    instance: str


@dataclass(frozen=True, slots=True)
class Placed:
    """Annotations on one clock; see `ForeignScoring`."""

    notes: Sequence[Annotation]
    origin: datetime | None
    dated: bool


def placed(rows: Sequence[Row], source: Source) -> Placed:
    """Put rows on one clock.

    Raises
    ------
    ScoringFileError
        Clock times beside seconds from the start, and it is not known when the recording
        began; an end before its beginning.
    """
    by_clock = [row for row in rows if row.start.by_clock]
    if not by_clock:
        return Placed(
            _notes(rows, [row.start.elapsed_s or 0.0 for row in rows], source), None, True
        )
    if len(by_clock) == len(rows):
        origin, dated, starts = _own_clock(rows)
        return Placed(_notes(rows, starts, source), origin, dated)
    begun = _begun(rows) or source.start
    if begun is None:
        raise ScoringFileError(
            f"{source.name}, line {by_clock[0].line}: a clock time in a file that also counts from "
            "the start of the recording: it is not known when that was; read it with the recording"
        )
    starts = [_from(begun, row.start) for row in rows]
    return Placed(_notes(rows, starts, source), None, True)


def _own_clock(rows: Sequence[Row]) -> tuple[datetime, bool, list[float]]:
    """Return the earliest time, whether it has a date, and all times in seconds from it."""
    moments = [row.start.moment for row in rows if row.start.moment is not None]
    if len(moments) == len(rows):
        origin = min(moments)
        return origin, True, [(one - origin) / timedelta(seconds=1) for one in moments]
    clocks = after_midnight([row.start.time_of_day_s() for row in rows])
    first = min(clocks)
    return undated(first % DAY_S), False, [one - first for one in clocks]


def _begun(rows: Sequence[Row]) -> datetime | None:
    """Return when the recording began, if a row ``start_hms`` says it: a clock time."""
    for row in rows:
        if row.name.lower() == "start_hms":
            parts = row.instance.replace(":", ".").split(".")[:3]
            if len(parts) == 3 and all(part.isascii() and part.isdecimal() for part in parts):
                hours, minutes, seconds = (int(part[:4]) for part in parts)
                return undated((3600.0 * hours + 60.0 * minutes + seconds) % DAY_S)
    return None


def _from(begun: datetime, start: When) -> float:
    if start.elapsed_s is not None:
        return start.elapsed_s
    if start.moment is not None and begun.year > undated(0.0).year:
        return offset_s(start.moment, begun, dated=True)
    return offset_s(undated(start.time_of_day_s()), begun, dated=False)


def _notes(rows: Sequence[Row], starts: Sequence[float], source: Source) -> list[Annotation]:
    nexts = [*starts[1:], None]
    return [
        Annotation(start, _lasts(row, start, later, source), row.word, row.channel)
        for row, start, later in zip(rows, starts, nexts, strict=True)
    ]


def _lasts(row: Row, start: float, later: float | None, source: Source) -> float | None:
    """Return how long a row lasts, None where it does not say."""
    if row.stop_text[:1] == "+":
        return duration_s(row.stop_text, source.name, row.line)
    if row.stop_text == UNTIL_NEXT:
        lasts = None if later is None else later - start
    elif row.stop is None:
        lasts = None if row.start.end_s is None else row.start.end_s - start
    else:
        lasts = _apart(row, row.stop, start, source)
    if lasts is not None and not -1e-9 <= lasts < LONGEST_S:
        raise ScoringFileError(
            f"{source.name}, line {row.line}: {row.word[:60]!r} ends before it begins"
        )
    return lasts if lasts is None else max(lasts, 0.0)


def _apart(row: Row, stop: When, start: float, source: Source) -> float:
    """Return the time from the start of a row to its stop."""
    if stop.elapsed_s is not None and row.start.elapsed_s is not None:
        return (stop.elapsed_s if stop.end_s is None else stop.end_s) - start
    if stop.moment is not None and row.start.moment is not None:
        return (stop.moment - row.start.moment) / timedelta(seconds=1)
    if stop.by_clock and row.start.by_clock:
        return (stop.time_of_day_s() - row.start.time_of_day_s()) % DAY_S
    raise ScoringFileError(
        f"{source.name}, line {row.line}: start and stop are not on one clock: give both as clock "
        "times, or both as seconds"
    )
