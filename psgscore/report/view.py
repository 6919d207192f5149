"""Score -> report as plain values: every text, number and table, nothing left to compute."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from psgscore.model.score import DISCLAIMER, Score
from psgscore.report.alerts import alerts
from psgscore.report.association_section import association_section
from psgscore.report.definitions import definition_section
from psgscore.report.differential_section import differential_section
from psgscore.report.figure_texts import overview_figure
from psgscore.report.glance import glance_section
from psgscore.report.head import head_facts, title
from psgscore.report.headlines import headlines
from psgscore.report.leg_sections import course_section, interval_section, stage_section
from psgscore.report.method import method_section
from psgscore.report.movement_section import movement_section
from psgscore.report.names import chosen_names
from psgscore.report.onset_section import onset_section
from psgscore.report.parts import ReportView, Section, SourcedFact
from psgscore.report.provenance import findings_section, provenance_section
from psgscore.report.quality_section import quality_section
from psgscore.report.reference_section import reference_section
from psgscore.report.restless_section import restless_section
from psgscore.report.rswa_section import rswa_section
from psgscore.report.sensitivity_section import sensitivity_section
from psgscore.report.series_section import series_section
from psgscore.report.side_section import side_section
from psgscore.report.sleep_section import sleep_section
from psgscore.report.snapshot_section import snapshot_section
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


def overview_section(score: Score) -> Section:
    """Return the picture of the whole night."""
    return Section(key="overview", title="The night", figures=(overview_figure(score),))


_SECTIONS: tuple[Callable[[Score], Section | None], ...] = (
    overview_section,
    glance_section,
    sleep_section,
    staging_section,
    stage_section,
    side_section,
    course_section,
    series_section,
    interval_section,
    sensitivity_section,
    association_section,
    reference_section,
    movement_section,
    snapshot_section,
    rswa_section,
    restless_section,
    differential_section,
    quality_section,
    method_section,
    findings_section,
)
_APPENDIX: tuple[Callable[[Score], Section | None], ...] = (provenance_section, onset_section)


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
    main, appendix = _made(_SECTIONS, score), _made(_APPENDIX, score)
    return ReportView(
        title=title(score),
        facts=head_facts(score),
        alerts=alerts(score),
        headlines=headlines(score),
        sections=(*main, definition_section(score, (*main, *appendix)), *appendix),
        context=CONTEXT,
        signature=SIGNATURE,
        disclaimer=DISCLAIMER,
        names=chosen_names(score),
    )


def _made(makers: Iterable[Callable[[Score], Section | None]], score: Score) -> list[Section]:
    sections = (make(score) for make in makers)
    return [section for section in sections if section is not None]
