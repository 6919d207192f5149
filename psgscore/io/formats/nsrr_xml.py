"""NSRR XML: the annotations of SHHS, MESA, MrOS, CFS, CHAT and others.

``<PSGAnnotation>``, ``<EpochLength>``, ``<ScoredEvents>`` with one ``<ScoredEvent>`` each for
stages (a multiple of the epoch long) and events. A concept has two names, that of NSRR and that
of the scoring program: ``Limb movement - left|Limb Movement (Left)``; older files have one name,
or one of an ontology (``SDO:WakeState``, ``SRO:Stage2Sleep``). Times are seconds from the start
of the recording: the clock time in the row ``Recording Start Time`` moves nothing, since that of
an anonymised recording may differ.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from psgscore.errors import ScoringFileError
from psgscore.io.formats.foreign import ForeignScoring, Format, Source
from psgscore.io.formats.scored_events import (
    EVENTS,
    STAGES,
    TECHNICIAN_NOTES,
    VOCABULARY,
    epoch_length_s,
    in_epochs,
    listed_stages,
    measures_of,
    remark,
    scored_events,
    timed,
)
from psgscore.io.formats.vocabulary import vocabulary
from psgscore.io.formats.xml_tree import Element, read_xml, require, root_name
from psgscore.io.formats.xml_values import free_text
from psgscore.io.recording import Annotation
from psgscore.io.scoring_labels import OTHER

ROOT = "PSGAnnotation"
TYPE, CONCEPT, CHANNEL = "EventType", "EventConcept", "SignalLocation"
CLOCK = "ClockTime"
STAGES_TYPE = "Stages|Stages"


def recognises(source: Source) -> bool:
    """Say whether the root element is that of NSRR."""
    return root_name(source) == ROOT


def read(source: Source) -> ForeignScoring:
    """Read the annotations of an NSRR data set.

    Raises
    ------
    ScoringFileError
        A row that cannot be understood, with its line.
    """
    root = read_xml(source)
    require(root, (EVENTS, STAGES), source)
    epoch_s = epoch_length_s(root, source)
    stages, findings = listed_stages(root, source, epoch_s)
    rows = scored_events(root)
    staged = [row for row in rows if _is_stage(row)]
    others = [row for row in rows if not _is_stage(row)]
    return ForeignScoring(
        vocabulary=VOCABULARY,
        stages=[*stages, *in_epochs(_timed(staged, _stage_word, source), epoch_s)],
        notes=_timed(others, _event_word, source),
        measures=measures_of(others, source),
        findings=tuple(findings),
    )


def _is_stage(row: Element) -> bool:
    kind = row.value(TYPE).partition("|")[0].strip().lower()
    return kind in ("stages", "stage", "sleep stages", "sleep stage")


def _timed(
    rows: list[Element], word: Callable[[Element, str], str], source: Source
) -> list[Annotation]:
    found = []
    for row in rows:
        concept = row.value(CONCEPT) or row.value("Name") or row.value(TYPE)
        if not concept:
            raise ScoringFileError(f"{source.name}, line {row.line}: no {CONCEPT}")
        channel = row.value(CHANNEL) or row.value("Input")
        found.append(timed(row, word(row, concept), channel, source))
    return found


def _stage_word(_row: Element, concept: str) -> str:
    """Return the word of a stage; an epoch its scorer was unsure of has none."""
    # Among events the same word is a respiratory event: one label table cannot hold both.
    return "Unscored|9" if concept.lower().startswith("unsure") else concept


def _event_word(row: Element, concept: str) -> str:
    if concept.partition("|")[0].strip().lower() == TECHNICIAN_NOTES.lower():
        return free_text(remark(row), TECHNICIAN_NOTES, VOCABULARY)
    return known_name(concept)


@lru_cache(maxsize=4096)
def known_name(concept: str) -> str:
    """Return the name that the label table has: both together, the program's, or that of NSRR."""
    words = vocabulary(VOCABULARY)
    if words.stage(concept)[0]:
        return concept
    first, _, rest = concept.partition("|")
    for name in (concept, rest.strip(), first.strip()):
        if name and not words.kind(name).startswith(f"{OTHER}:"):
            return name
    return concept


FORMAT = Format(
    name="nsrr-xml",
    title="NSRR XML (`PSGAnnotation`)",
    recognises=recognises,
    read=read,
)
