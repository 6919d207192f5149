"""The sections on leg movements by stage, through the night, and their intervals."""

from __future__ import annotations

from psgscore.model.score import Score
from psgscore.report.figure_texts import interval_figure
from psgscore.report.headlines import leg_reason
from psgscore.report.interval_tables import interval_table, stage_interval_table
from psgscore.report.leg_tables import course_table, stage_table
from psgscore.report.parts import Section


def stage_section(score: Score) -> Section:
    """Return the leg movements by stage, or why there are none.

    Parameters
    ----------
    score : Score
        A scored night.
    """
    key, title = "legs", "Leg movements"
    if not score.legs:
        return _missing(score, key, title)
    return Section(key=key, title=title, tables=(stage_table(score),))


def course_section(score: Score) -> Section:
    """Return the periodic movements by hour and third of the night, or why there are none."""
    key, title = "course", "Through the night"
    if not score.legs:
        return _missing(score, key, title)
    return Section(key=key, title=title, tables=(course_table(score),))


def interval_section(score: Score) -> Section:
    """Return series, intervals and periodicity, or why there are none."""
    key, title = "intervals", "Intervals"
    if not score.legs:
        return _missing(score, key, title)
    return Section(
        key=key,
        title=title,
        figures=(interval_figure(score),),
        tables=(interval_table(score), stage_interval_table(score)),
    )


def _missing(score: Score, key: str, title: str) -> Section:
    text = f"{title}: not scored, because {leg_reason(score)}."
    return Section(key=key, title=title, texts=(text,))
