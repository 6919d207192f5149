"""One measure under every rule set, one row each: how the tables of the legs are filled."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from psgscore.model.score import Score
from psgscore.report.leg_channels import unknown_sides
from psgscore.report.parts import Cell, Row
from psgscore.report.texts import UNKNOWN, number

_HEADINGS = {"total": "Total", "sleep": "Sleep"}


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a table: the number it looks up, its words, and the section it opens."""

    name: str
    label: str
    note: str = ""
    section: str = ""
    digits: int = 1


Look = Callable[[Score, Line, str, str], Cell]


def scope_title(scope: str) -> str:
    """Return how a scope is headed: ``"Total"``, ``"Sleep"``, or the stage itself."""
    return _HEADINGS.get(scope, scope)


def rows_of_line(score: Score, line: Line, scopes: Sequence[str], look: Look) -> list[Row]:
    """Return one measure under every rule set, one row each, looked up by `look`."""
    rows = []
    for position, leg in enumerate(score.legs):
        first = position == 0
        rows.append(
            Row(
                label=line.label if first else "",
                sub=leg.criteria.title,
                cells=tuple(look(score, line, leg.criteria.name, scope) for scope in scopes),
                note=line.note if first else "",
                span=len(score.legs) if first else 0,
                section=line.section if first else "",
            )
        )
    return rows


def line_rate(score: Score, line: Line, rules: str, scope: str) -> Cell:
    """Return the rate of a line with its count, "-" where it is not known."""
    rate = score.rate(line.name, rules, scope)
    unknown = line.name.rpartition("_")[2] in unknown_sides(score)
    if rate is None or rate.per_hour is None or unknown:
        return Cell(UNKNOWN)
    return Cell(number(rate.per_hour), f"({rate.count})")


def statistic_cell(score: Score, line: Line, rules: str, scope: str) -> Cell:
    """Return the statistic of a line, "-" where it is not known."""
    found = score.statistic(line.name, rules, scope)
    return Cell(number(found.value if found else None, line.digits))


def duration_cell(score: Score, line: Line, rules: str, scope: str) -> Cell:
    """Return a duration, a mean with its standard deviation."""
    mean = statistic_cell(score, line, rules, scope)
    spread = score.statistic(line.name.replace("_mean_", "_sd_"), rules, scope)
    if "_mean_" not in line.name or spread is None or spread.value is None:
        return mean
    return Cell(mean.text, f"({number(spread.value)})")
