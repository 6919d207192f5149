"""The restless-legs view: periodic movements asleep and awake, through the night."""

from __future__ import annotations

from psgscore.model.restless import IntervalPeak, RestlessView
from psgscore.model.score import Rate, Score
from psgscore.report.leg_tables import course_parts
from psgscore.report.parts import Cell, Fact, Row, Section, Table
from psgscore.report.texts import UNKNOWN, clock, counted, number

_NOTE = "Numbers to read beside what the person says; restless legs are not seen in them."
_SECTIONS = {"hour 1": "By hour from lights off", "third 1": "By third of the night"}


def restless_section(score: Score) -> Section | None:
    """Return the section, None where no leg was scored.

    Parameters
    ----------
    score : Score
        A scored night.
    """
    view = score.restless
    if view is None:
        return None
    titles = {leg.criteria.name: leg.criteria.title for leg in score.legs}
    missing = tuple(f"Not scored: {one.what}, because {one.reason}." for one in view.not_scored)
    return Section(
        key="restless",
        title="Restless-legs view",
        texts=(f"{_NOTE} Rules: {titles.get(view.rules, view.rules)}.", *missing),
        facts=_facts(score, view),
        tables=(_course(score, view),),
    )


def _facts(score: Score, view: RestlessView) -> tuple[Fact, ...]:
    peak, where = view.interval, "of sleep" if score.hypnogram is not None else "of the recording"
    falling = {True: "yes", False: "no", None: UNKNOWN}[view.falling]
    return (
        Fact("PLMW per hour of wake", _rate(view.plmw)),
        Fact("PLMW before sleep onset, per hour", _rate(view.plmw_before_sleep)),
        Fact("PLMW after sleep onset, per hour", _rate(view.plmw_after_onset)),
        Fact("Last third over first third of the night", number(view.third_ratio, 2)),
        Fact("Falling through the night", falling),
        Fact("Change per hour of the night", _slope(view)),
        Fact(f"Interval peak {where}", _peak(peak)),
        Fact("Geometric SD of the intervals", _spread(peak)),
        Fact("Periodicity index, by intervals", number(view.pi_interval, 2)),
        Fact("Periodicity index, by movements", number(view.pi_count, 2)),
    )


def _slope(view: RestlessView) -> str:
    if view.slope_per_hour is None:
        return UNKNOWN
    return f"{view.slope_per_hour:+.1f} per hour, from each hour to the next"


def _peak(peak: IntervalPeak) -> str:
    if peak.mode_s is None:
        return UNKNOWN
    words = f"{number(peak.mode_s)} s"
    if peak.width_s is not None:
        words += f", half as dense at {number(peak.width_s[0])} and {number(peak.width_s[1])} s"
    return f"{words} ({counted(peak.count, 'interval')})"


def _spread(peak: IntervalPeak) -> str:
    return UNKNOWN if peak.geometric_sd is None else f"factor {number(peak.geometric_sd, 2)}"


def _course(score: Score, view: RestlessView) -> Table:
    asleep = {one.scope: one for one in (*view.hours_of_night, *view.thirds)}
    awake = {one.scope.removeprefix("W "): one for one in (*view.wake_hours, *view.wake_thirds)}
    rows = [
        Row(
            label=scope.capitalize(),
            sub=f"{clock(score.start, start)} to {clock(score.start, stop)}",
            cells=(*_cells(asleep.get(scope)), *_cells(awake.get(scope))),
            section=_SECTIONS.get(scope, ""),
        )
        for scope, start, stop in course_parts(score)
        if scope in asleep
    ]
    known = score.hypnogram is not None
    what, when = ("PLMS", "sleep") if known else ("PLM", "readable recording")
    return Table(
        key="restless-course",
        title="Periodic movements asleep and awake, through the night",
        heads=("Part", "Clock" if score.start else "From start"),
        columns=(f"Hours of {when}", f"{what} per hour (count)", "Hours of wake",
                 "PLMW per hour (count)"),
        rows=tuple(rows),
        notes=(f'"{UNKNOWN}": no such time in that part of the night, or it cannot be known.',),
    )  # fmt: skip


def _cells(rate: Rate | None) -> tuple[Cell, Cell]:
    if rate is None:
        return Cell(UNKNOWN), Cell(UNKNOWN)
    index = Cell(UNKNOWN)
    if rate.per_hour is not None:
        index = Cell(number(rate.per_hour), f"({rate.count})")
    return Cell(f"{rate.hours:.2f} h"), index


def _rate(rate: Rate | None) -> str:
    if rate is None or rate.per_hour is None:
        return UNKNOWN
    return f"{number(rate.per_hour)} ({rate.count} in {rate.hours:.2f} h)"
