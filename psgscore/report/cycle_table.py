"""The NREM/REM cycles of the night, with the periodic leg movements in each."""

from __future__ import annotations

import numpy as np

from psgscore.model.cycles import CYCLES, SleepCycle
from psgscore.model.score import LegScore, Score
from psgscore.report.parts import Row, Table, cells
from psgscore.report.texts import UNKNOWN, clock, number

CYCLE_RULE = (
    f"NREM/REM cycles after Feinberg & Floyd 1979: a NREM period of at least "
    f"{CYCLES.min_nrem_min:g} min (wake within it counts) and the REM period that ends it, of at "
    f"least {CYCLES.min_rem_min:g} min of unbroken stage R; no minimum for the first REM period. "
    "A cycle lasts up to the next NREM period; stage R before the first one is in no cycle, and a "
    "long NREM period is not split."
)
NO_CYCLE = (
    f"Sleep cycles: none, because there is no NREM period of at least {CYCLES.min_nrem_min:g} min."
)


def cycle_tables(score: Score) -> tuple[Table, ...]:
    """Return the table of the cycles, none where there is no cycle.

    Parameters
    ----------
    score : Score
        A scored night.
    """
    if not score.cycles:
        return ()
    plm = tuple(f"PLM, {leg.criteria.title}" for leg in score.legs)
    outside = Row(
        label="In no cycle",
        sub=UNKNOWN,
        cells=cells(*[UNKNOWN] * 5, *(str(_outside(score, leg)) for leg in score.legs)),
    )
    return (
        Table(
            key="cycles",
            title="Sleep cycles",
            heads=("Cycle", "Start"),
            columns=("Duration, min", "NREM, min", "REM, min", "Wake, min", "Unscored, min", *plm),
            rows=(*(_row(score, one) for one in score.cycles), *([outside] if plm else [])),
            notes=(
                CYCLE_RULE,
                "A cycle is incomplete where no REM period ends it, or where unscored time may "
                "hide an end or a beginning.",
            ),
        ),
    )


def _row(score: Score, cycle: SleepCycle) -> Row:
    return Row(
        label=str(cycle.number),
        sub=clock(score.start, cycle.start_s),
        note=f"incomplete: {cycle.incomplete}" if cycle.incomplete else "",
        cells=cells(
            number((cycle.stop_s - cycle.start_s) / 60.0),
            number(cycle.nrem_min),
            number(cycle.rem_min),
            number(cycle.wake_min),
            number(cycle.unscored_min),
            *(str(_within(leg, cycle)) for leg in score.legs),
        ),
    )


def _within(leg: LegScore, cycle: SleepCycle) -> int:
    start = leg.movements.start_s
    return int(np.sum(leg.verdicts.plm & (start >= cycle.start_s) & (start < cycle.stop_s)))


def _outside(score: Score, leg: LegScore) -> int:
    return int(leg.verdicts.plm.sum()) - sum(_within(leg, cycle) for cycle in score.cycles)
