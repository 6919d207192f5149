"""NREM/REM cycles of a hypnogram, by the rule of Feinberg & Floyd."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from psgscore.intervals import runs
from psgscore.model.cycles import CYCLES, CycleCriteria, SleepCycle
from psgscore.model.hypnogram import NREM, SLEEP, Hypnogram, Stage
from psgscore.score.architecture import StagedWindow

_MARGIN_MIN = 1e-6
NO_REM = "no REM period ends it"
UNSCORED_WITHIN = "unscored time in it"
UNSCORED_BEFORE = "unscored time before it"


def sleep_cycles(
    hypnogram: Hypnogram, lights_s: tuple[float, float], criteria: CycleCriteria = CYCLES
) -> tuple[SleepCycle, ...]:
    """Return the cycles between lights off and lights on.

    A NREM period begins with an epoch of N1, N2 or N3, when no stage R follows for at least
    `min_nrem_min`; wake within counts, wake at the end of the night does not. A REM period is
    one stretch of stage R of at least `min_rem_min`, the first after the first NREM period
    of at least `first_rem_min`. A cycle is a NREM period with the REM period that follows,
    up to the next NREM period. Stage R before the first NREM period is in no cycle; a long
    NREM period is never split.

    Parameters
    ----------
    hypnogram : Hypnogram
        Stages of the night.
    lights_s : tuple of float
        Lights off and lights on, seconds from the start of the recording.
    criteria : CycleCriteria
        The shortest periods.

    Returns
    -------
    tuple of SleepCycle
        A cycle with unscored time in it, or before the first, is marked incomplete:
        what the time holds is not known.

    References
    ----------
    Feinberg & Floyd 1979, Psychophysiology 16:283-291. Blume & Cajochen 2021, MethodsX
    8:101318.
    """
    window = StagedWindow.of(hypnogram, lights_s)
    starts = list(_cycle_starts(window, criteria))
    stops = [*(first for first, _ in starts[1:]), _last(window)]
    return tuple(
        _cycle(window, number, (first, stops[number - 1]), rem)
        for number, (first, rem) in enumerate(starts, 1)
    )


def _cycle_starts(
    window: StagedWindow, criteria: CycleCriteria
) -> Iterator[tuple[int, int | None]]:
    """Yield the first epoch of each cycle, and that of its REM period."""
    periods = [(epoch, "NREM") for epoch in _nrem_starts(window, criteria)]
    first_nrem = periods[0][0] if periods else 0
    periods += [(epoch, "REM") for epoch in _rem_starts(window, first_nrem, criteria)]
    cycle: int | None = None
    rem: int | None = None
    for epoch, kind in sorted(periods):
        if kind == "NREM" and (cycle is None or rem is not None):
            if cycle is not None:
                yield cycle, rem
            cycle, rem = epoch, None
        elif kind == "REM" and cycle is not None and rem is None:
            rem = epoch
    if cycle is not None:
        yield cycle, rem


def _nrem_starts(window: StagedWindow, criteria: CycleCriteria) -> Iterator[int]:
    """Yield where NREM periods that are long enough may begin, in time order."""
    nrem = np.isin(window.stages, NREM)
    for start, stop in runs(nrem | (window.stages == Stage.W)):
        asleep = start + np.flatnonzero(nrem[start:stop])
        if not asleep.size:
            continue
        before_rem = stop < len(window.stages) and window.stages[stop] == Stage.R
        end = stop if before_rem else asleep[-1] + 1
        if _minutes(window, asleep[0], end) >= criteria.min_nrem_min - _MARGIN_MIN:
            yield int(asleep[0])


def _rem_starts(window: StagedWindow, first_nrem: int, criteria: CycleCriteria) -> Iterator[int]:
    least = criteria.first_rem_min
    for start, stop in runs(window.stages == Stage.R):
        if start >= first_nrem and _minutes(window, start, stop) >= least - _MARGIN_MIN:
            yield int(start)
            least = criteria.min_rem_min


def _minutes(window: StagedWindow, start: int, stop: int) -> float:
    return float(window.stop_s[stop - 1] - window.start_s[start]) / 60.0


def _last(window: StagedWindow) -> int:
    """Return the epoch after the last one of sleep and the unscored ones right behind it."""
    asleep = np.flatnonzero(np.isin(window.stages, SLEEP))
    stop = int(asleep[-1]) + 1 if asleep.size else 0
    while stop < len(window.stages) and window.stages[stop] == Stage.UNSCORED:
        stop += 1
    return stop


def _cycle(
    window: StagedWindow, number: int, epochs: tuple[int, int], rem: int | None
) -> SleepCycle:
    start, stop = epochs
    part = window.part(start, stop)
    unscored = part.minutes(Stage.UNSCORED)
    reasons = {
        NO_REM: rem is None,
        UNSCORED_WITHIN: unscored > 0,
        UNSCORED_BEFORE: number == 1 and bool(np.any(window.stages[:start] == Stage.UNSCORED)),
    }
    return SleepCycle(
        number=number,
        start_s=float(window.start_s[start]),
        stop_s=float(window.stop_s[stop - 1]),
        rem_start_s=None if rem is None else float(window.start_s[rem]),
        nrem_min=part.minutes(*NREM),
        rem_min=part.minutes(Stage.R),
        wake_min=part.minutes(Stage.W),
        unscored_min=unscored,
        incomplete="; ".join(reason for reason, hit in reasons.items() if hit),
    )
