"""The section on sleep: stages, measures and cycles."""

from __future__ import annotations

from psgscore.model.score import Score
from psgscore.report.cycle_table import NO_CYCLE, cycle_tables
from psgscore.report.parts import Section
from psgscore.report.sleep_tables import sleep_tables


def sleep_section(score: Score) -> Section:
    """Return the section, with a sentence where there is no hypnogram or no cycle.

    Parameters
    ----------
    score : Score
        A scored night.
    """
    key, title = "sleep", "Sleep"
    if score.sleep is None:
        text = "Sleep measures and cycles: not scored, because there is no hypnogram."
        return Section(key=key, title=title, texts=(text,))
    texts = () if score.cycles else (NO_CYCLE,)
    tables = (*sleep_tables(score), *cycle_tables(score))
    return Section(key=key, title=title, texts=texts, tables=tables)
