"""Left, right and bilateral movements side by side, where both legs can be told apart."""

from __future__ import annotations

import numpy as np

from psgscore.model.score import LegScore, Score
from psgscore.report.headlines import leg_reason
from psgscore.report.leg_channels import SIDES, one_leg_only, unknown_sides, why_no_sides
from psgscore.report.parts import Cell, Row, Section, Table
from psgscore.report.rate_cells import rate_cell
from psgscore.report.texts import UNKNOWN, number
from psgscore.score.rates import Counted
from psgscore.score.recount import recount, widest_scope

_COLUMNS = (
    "Candidates per hour", "PLM per hour", "Share of PLM, %", "PLM duration, median, s",
)  # fmt: skip


def side_section(score: Score) -> Section:
    """Return the section, with a sentence instead of the table where the legs are not known.

    Parameters
    ----------
    score : Score
        A scored night.
    """
    reason = _reason(score)
    key, title = "sides", "Left and right leg"
    if reason:
        return Section(key=key, title=title, texts=(f"{title}: not compared, because {reason}.",))
    return Section(key=key, title=title, tables=(_table(score),))


def _reason(score: Score) -> str:
    if not score.legs:
        return leg_reason(score)
    one = one_leg_only(score)
    if one:
        return f"the movements come from {'the ' if one.endswith('only') else ''}{one}"
    names = [f"plm_{side}" for side in SIDES]
    scope, rules = widest_scope(score), score.legs[0].criteria.name
    if unknown_sides(score) or any(score.rate(name, rules, scope) is None for name in names):
        return why_no_sides(score)
    return ""


def _table(score: Score) -> Table:
    where = "in sleep" if score.hypnogram is not None else "in the whole recording"
    return Table(
        key="sides-table",
        title=f"Movements by leg, {where}",
        heads=("Rules", "Side"),
        columns=_COLUMNS,
        rows=tuple(row for leg in score.legs for row in _rows(score, leg)),
        notes=(
            "Bilateral: movements of both legs that the rule set joins into one; they are in "
            "neither left nor right. In brackets: count and hours.",
        ),
    )


def _rows(score: Score, leg: LegScore) -> list[Row]:
    counted, scope = recount(score, leg), widest_scope(score)
    return [
        Row(
            label=leg.criteria.title if not place else "",
            sub=side.capitalize(),
            cells=(
                rate_cell(score, leg, f"clm_{side}", scope),
                rate_cell(score, leg, f"plm_{side}", scope),
                Cell(_share(counted, side, scope)),
                Cell(_duration(counted, side, scope)),
            ),
            span=0 if place else len(SIDES),
        )
        for place, side in enumerate(SIDES)
    ]


def _share(counted: Counted, side: str, scope: str) -> str:
    verdicts, inside = counted.legs.verdicts, counted.inside[scope]
    periodic = verdicts.plm & inside
    if not periodic.any():
        return UNKNOWN
    return number(100.0 * np.sum(periodic & (verdicts.side == side)) / periodic.sum())


def _duration(counted: Counted, side: str, scope: str) -> str:
    legs = counted.legs
    mine = legs.verdicts.plm & counted.inside[scope] & (legs.verdicts.side == side)
    return number(float(np.median(legs.movements.duration_s[mine]))) if mine.any() else UNKNOWN
