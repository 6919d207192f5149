"""Annotations of an EDF+ whose words say who made them: ``sleep-n2,Manual``.

The export of Nox adds to each word whether a person or the program marked it. Words of a
program that a person did not touch count as automatic: arousals are automatic arousals, and
the stages of a night that has any are automatic stages.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from psgscore.io.formats.foreign import ForeignScoring
from psgscore.io.formats.vocabulary import COMMON, vocabulary
from psgscore.io.recording import Annotation
from psgscore.model.finding import Finding

_SCORED_BY = re.compile(r"(?P<word>.+?)\s*,\s*(?P<by>manual|auto|automatic)\s*", re.IGNORECASE)
_TABLE = "noxturnal"


def foreign_notes(annotations: Sequence[Annotation], source: str) -> ForeignScoring:
    """Return annotations as a scoring in its own words.

    Parameters
    ----------
    annotations : sequence of Annotation
        Of a recording or an EDF of annotations.
    source : str
        Where they come from, for messages.
    """
    said = {text: _SCORED_BY.fullmatch(text) for text in {note.text for note in annotations}}
    if not any(said.values()):
        return ForeignScoring(vocabulary=COMMON, notes=annotations)
    words = vocabulary(_TABLE)
    notes, n_stages, n_events = [], 0, 0
    for note in annotations:
        told = said[note.text]
        text = told["word"] if told else note.text
        if told and told["by"].lower() != "manual":
            is_stage = words.stage(text)[0]
            n_stages += is_stage
            n_events += not is_stage
            if words.kind(text).partition(":")[0] == "arousal":
                text = "automatic_arousal"
        notes.append(replace(note, text=text))
    return ForeignScoring(
        vocabulary=_TABLE, notes=notes, findings=tuple(_findings(n_stages, n_events, source))
    )


def _findings(n_stages: int, n_events: int, source: str) -> list[Finding]:
    findings = []
    if n_stages:
        message = (
            f"{n_stages} stages were made by a program and not changed by a person: the stages "
            "count as automatic"
        )
        findings.append(Finding("scoring.automatic-stages", message, source))
    if n_events:
        message = (
            f"{n_events} events were marked by a program and not changed by a person: arousals "
            "among them count as automatic, the others as they are"
        )
        findings.append(Finding("scoring.automatic-events", message, source))
    return findings
