"""A report as its lab wants it: sections left out, order, language, letterhead."""

from __future__ import annotations

from dataclasses import replace

from psgscore.report.parts import Fact, ReportView, Section
from psgscore.report.settings import PLAIN, ReportSettings
from psgscore.report.translate import translated


def arranged(view: ReportView, settings: ReportSettings) -> ReportView:
    """Return the view as a lab wants it.

    Parameters
    ----------
    view : ReportView
        As it comes, in English.
    settings : ReportSettings
        What the lab asks for.

    Returns
    -------
    ReportView
        What was left out, and which templates are the lab's own, is told under Provenance.
    """
    if settings == PLAIN:
        return view
    kept = [one for one in view.sections if one.key not in settings.without]
    told = _told(view, settings)
    ordered = sorted(kept, key=lambda one: _place(one, settings))
    sections = tuple(_telling(one, told) for one in ordered)
    whole = replace(view, sections=sections, letterhead=settings.letterhead)
    return translated(whole, settings.language)


def _place(section: Section, settings: ReportSettings) -> int:
    """Return where a section is printed; those not named keep their order after the others."""
    order = settings.order
    return order.index(section.key) if section.key in order else len(order)


def _told(view: ReportView, settings: ReportSettings) -> tuple[Fact, ...]:
    """Return what the lab has changed in the report, for those who read it elsewhere."""
    left_out = [one.title for one in view.sections if one.key in settings.without]
    templates = [one.name for one in settings.templates]
    facts = (
        Fact("Left out by the lab's settings", ", ".join(left_out)),
        Fact("Templates of the lab's own", ", ".join(templates)),
    )
    return tuple(fact for fact in facts if fact.value)


def _telling(section: Section, told: tuple[Fact, ...]) -> Section:
    if section.key != "provenance" or not told:
        return section
    return replace(section, facts=(*section.facts, *told))
