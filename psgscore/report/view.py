"""Score -> report as plain values: every text, number and table, nothing left to compute."""

from __future__ import annotations

from psgscore.model.score import DISCLAIMER, Score
from psgscore.report.alerts import alerts
from psgscore.report.differential_section import differential_section
from psgscore.report.figure_texts import interval_figure, overview_figure
from psgscore.report.head import head_facts, title
from psgscore.report.headlines import headlines, leg_reason
from psgscore.report.leg_tables import interval_table, leg_tables
from psgscore.report.method import method_section
from psgscore.report.movement_section import movement_section
from psgscore.report.onset_section import onset_section
from psgscore.report.parts import ReportView, Section, SourcedFact
from psgscore.report.provenance import findings_section, provenance_section
from psgscore.report.restless_section import restless_section
from psgscore.report.sleep_tables import sleep_tables
from psgscore.report.staging_section import staging_section

SIGNATURE = ("Reviewed by", "Date", "Signature")
CONTEXT = (
    SourcedFact(
        "A PLMS index above 15 per hour in adults, and above 5 per hour in children, is the usual "
        "cut. An index is not a diagnosis.",
        "International Classification of Sleep Disorders, 3rd ed. (ICSD-3), American Academy of "
        "Sleep Medicine 2014",
    ),
    SourcedFact(
        "Of 100 healthy sleepers, 36 had a PLMS index above 5 per hour, and 18 above 15 per hour.",
        "Frauscher et al. 2014, Sleep, doi:10.5665/sleep.3586",
    ),
    SourcedFact(
        "WASM counts intervals of 10 to 90 s and every candidate movement; AASM counts intervals "
        "of 5 to 90 s and leaves out movements at respiratory events. The two indices of one night "
        "are not interchangeable.",
        "Ferri et al. 2016, Sleep Med 26:86-95; AASM Manual v3",
    ),
)


def report_view(score: Score) -> ReportView:
    """Turn a score into the report's texts and tables.

    Pure, and without drawing anything: every printed form of the report is made from this.

    Parameters
    ----------
    score : Score
        A scored night.

    Returns
    -------
    ReportView
        Everything in reading order. ``"-"`` stands where a number cannot be known.
    """
    staging, onsets = staging_section(score), onset_section(score)
    others = (differential_section(score), movement_section(score), restless_section(score))
    return ReportView(
        title=title(score),
        facts=head_facts(score),
        alerts=alerts(score),
        headlines=headlines(score),
        sections=(
            Section(key="overview", title="The night", figures=(overview_figure(score),)),
            _sleep(score),
            *([] if staging is None else [staging]),
            _legs(score),
            _intervals(score),
            *(section for section in others if section is not None),
            method_section(score),
            findings_section(score),
            provenance_section(score),
            *([] if onsets is None else [onsets]),
        ),
        context=CONTEXT,
        signature=SIGNATURE,
        disclaimer=DISCLAIMER,
    )


def _sleep(score: Score) -> Section:
    tables = sleep_tables(score)
    texts = () if tables else ("Sleep measures: not scored, because there is no hypnogram.",)
    return Section(key="sleep", title="Sleep", texts=texts, tables=tables)


def _legs(score: Score) -> Section:
    tables = leg_tables(score)
    texts = () if tables else (f"Leg movements: not scored, because {leg_reason(score)}.",)
    return Section(key="legs", title="Leg movements", texts=texts, tables=tables)


def _intervals(score: Score) -> Section:
    if not score.legs:
        text = f"Intervals: not scored, because {leg_reason(score)}."
        return Section(key="intervals", title="Intervals", texts=(text,))
    return Section(
        key="intervals",
        title="Intervals",
        figures=(interval_figure(score),),
        tables=(interval_table(score),),
    )
