"""A rate as a table cell: the index with its count and hours, or why there is none."""

from __future__ import annotations

from psgscore.model.score import LegScore, Score
from psgscore.report.leg_channels import SIDES, unknown_sides, why_no_sides
from psgscore.report.parts import Cell
from psgscore.report.texts import UNKNOWN, hours, number

SLEEP_ONLY = "this rule set counts periodic movements in sleep only"
_WORDS = {"sleep": "sleep", "W": "wake", "total": "recording"}


def rate_cell(score: Score, leg: LegScore, name: str, scope: str) -> Cell:
    """Return an index with its count and hours; "-" and the reason where it is not known."""
    rate = score.rate(name, leg.criteria.name, scope)
    if rate is None or _side(name) in unknown_sides(score):
        return Cell(UNKNOWN, f"({why_no_rate(score, leg, name, scope)})")
    if rate.per_hour is None:
        return Cell(UNKNOWN, f"({no_hours(scope)})")
    return Cell(number(rate.per_hour), f"({rate.count} in {hours(rate.hours)})")


def no_hours(scope: str) -> str:
    """Say that there was no time to count in."""
    return f"no readable {_WORDS.get(scope, scope)} was recorded between lights off and on"


def why_no_rate(score: Score, leg: LegScore, name: str, scope: str) -> str:
    """Say why a rule set has no such rate of this night."""
    if score.hypnogram is None and scope != "total":
        return "there is no hypnogram"
    if name.startswith("plm") and scope != "sleep" and leg.criteria.eligible != "any_stage":
        return SLEEP_ONLY
    if "respiratory" in name and leg.verdicts.respiratory is None:
        return "no respiratory events were scored"
    if name.endswith("arousal") and leg.verdicts.arousal is None:
        return "no arousals were scored"
    if _side(name):
        return why_no_sides(score)
    return "this recording does not allow it; see what was not scored"


def _side(name: str) -> str:
    side = name.rpartition("_")[2]
    return side if side in SIDES else ""
