"""How many nights a difference needs: a table, and what it rests on, in words."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from psgscore.report.parts import Cell, Row, Section, Table
from psgscore.report.texts import UNKNOWN, number
from psgscore.score.trend import (
    MIN_NIGHTS_FOR_SD,
    MOST_NIGHTS,
    Spread,
    nights_per_condition,
    sd_interval,
    spread,
)
from psgscore.score.trend_measures import TrendMeasure

_SIZES: tuple[tuple[str, Callable[[Spread], float | None]], ...] = (
    ("5 /h", lambda found: 5.0),
    ("10 /h", lambda found: 10.0),
    ("30 % of the mean", lambda found: None if not found.mean else 0.3 * found.mean),
)
_HOW = (
    "Nights in each of two conditions for a power of 80 % at alpha 0.05, two-sided: the fewest "
    "n at which a two-sample t test with n nights per condition reaches it, with the noncentral t "
    "distribution, 2n - 2 degrees of freedom and the shift d / s * sqrt(n / 2); d is the "
    "difference, s the SD of the nights at hand (Harrison and Brady 2004, Stata Journal "
    "4:142-153). In brackets: the same with the ends of the 95 % interval of s."
)
_INDEPENDENT = (
    "The nights of one person are treated as independent of each other and as spread alike in both "
    "conditions. Neighbouring nights often resemble each other, and then more are needed. s holds "
    "everything that differed between these nights."
)
_PUBLISHED = (
    "For comparison: in 20 people with restless legs, each recorded for 10 to 15 nights at the "
    "ankle, the PLM index of the highest night was on average 25.1 /h above that of the lowest "
    "(range 3.9 to 73.8; Trotti et al. 2009, Sleep Med, PMID 19022704). It gives no SD to plan by."
)


def power_section(movements: Sequence[tuple[TrendMeasure, list[float | None]]]) -> Section:
    """Return the section; a measure with too few nights says so instead of a number.

    Parameters
    ----------
    movements : sequence of (TrendMeasure, list of float or None)
        Movements along the nights.
    """
    rows = [_row(one, spread(values)) for one, values in movements]
    table = Table(
        key="power",
        title="Nights per condition",
        heads=("Measure",),
        columns=("SD", *(f"to see {size}" for size, _ in _SIZES)),
        rows=tuple(rows),
    )
    few = any(spread(values).nights < MIN_NIGHTS_FOR_SD for _, values in movements)
    return Section(
        key="power-section",
        title="How many nights a difference needs",
        texts=(_HOW, _INDEPENDENT, *([_PUBLISHED] if few or not rows else [])),
        tables=(table,) if rows else (),
    )


def _row(one: TrendMeasure, found: Spread) -> Row:
    why = _why_not(found)
    note = f"cannot be said: {why}" if why else ""
    texts = [
        UNKNOWN if why or (size.endswith("/h") and not one.per_hour) else _nights(found, read)
        for size, read in _SIZES
    ]
    sd = Cell(number(found.sd), f"({found.nights} nights)")
    return Row(label=one.name, note=note, cells=(sd, *(Cell(text) for text in texts)))


def _why_not(found: Spread) -> str:
    if found.nights < MIN_NIGHTS_FOR_SD:
        return f"an SD takes at least {MIN_NIGHTS_FOR_SD} nights with a number"
    return "" if found.sd else "all nights are equal"


def _nights(found: Spread, read: Callable[[Spread], float | None]) -> str:
    difference = read(found)
    if difference is None or not found.sd:
        return UNKNOWN
    best, fewest, most = (
        _count(nights_per_condition(difference, sd))
        for sd in (found.sd, *sd_interval(found.sd, found.nights))
    )
    return f"{best} ({fewest} to {most})"


def _count(nights: int | None) -> str:
    return f"over {MOST_NIGHTS}" if nights is None else str(nights)
