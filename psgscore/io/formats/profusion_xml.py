"""Compumedics Profusion XML: ``<CMPStudyConfig>``.

Stages are codes, one per epoch (``<SleepStage>5</SleepStage>``); events have ``<Name>``,
``<Start>``, ``<Duration>`` and ``<Input>``. Times are seconds from the start of the recording.
"""

from __future__ import annotations

from psgscore.errors import ScoringFileError
from psgscore.io.formats.foreign import ForeignScoring, Format, Source
from psgscore.io.formats.scored_events import (
    EVENTS,
    STAGES,
    TECHNICIAN_NOTES,
    VOCABULARY,
    epoch_length_s,
    listed_stages,
    measures_of,
    remark,
    scored_events,
    timed,
)
from psgscore.io.formats.xml_tree import Element, read_xml, require, root_name
from psgscore.io.formats.xml_values import free_text

ROOT = "CMPStudyConfig"
NAME, CHANNEL = "Name", "Input"


def recognises(source: Source) -> bool:
    """Say whether the root element is that of Profusion."""
    return root_name(source) == ROOT


def read(source: Source) -> ForeignScoring:
    """Read an export of Profusion.

    Raises
    ------
    ScoringFileError
        A row that cannot be understood, with its line.
    """
    root = read_xml(source)
    require(root, (EVENTS, STAGES), source)
    stages, findings = listed_stages(root, source, epoch_length_s(root, source))
    rows = scored_events(root)
    return ForeignScoring(
        vocabulary=VOCABULARY,
        stages=stages,
        notes=[timed(row, _word(row, source), row.value(CHANNEL), source) for row in rows],
        measures=measures_of(rows, source),
        findings=tuple(findings),
    )


def _word(row: Element, source: Source) -> str:
    name = row.value(NAME) or row.value("EventConcept")
    if not name:
        raise ScoringFileError(f"{source.name}, line {row.line}: no {NAME}")
    if name.lower() == TECHNICIAN_NOTES.lower():
        return free_text(remark(row), TECHNICIAN_NOTES, VOCABULARY)
    return name


FORMAT = Format(
    name="profusion-xml",
    title="Compumedics Profusion XML (`CMPStudyConfig`)",
    recognises=recognises,
    read=read,
)
