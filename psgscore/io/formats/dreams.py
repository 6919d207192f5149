"""DREAMS databases: a header in brackets, then one code per 5 s.

Two standards share the codes 5 to 1. 0 is S4 under ``[HypnogramR&K]`` and unknown under
``[HypnogramAASM]``; a bare ``[hypnogram]`` does not say which, so its 0 is left unscored.
"""

from __future__ import annotations

import re

from psgscore.errors import ScoringFileError
from psgscore.io.formats.codes import code_word
from psgscore.io.formats.foreign import ForeignScoring, Format, Source
from psgscore.io.recording import Annotation
from psgscore.model.finding import Finding

EPOCH_S = 5.0
_HEADER = re.compile(r"\s*\[\s*hypnogram[\s_]*(aasm|r\s*&?\s*k)?\s*\]\s*(?:\n|$)", re.IGNORECASE)


def recognises(source: Source) -> bool:
    """Say whether a file begins with the header of a DREAMS hypnogram."""
    return _HEADER.match(source.head) is not None


def read(source: Source) -> ForeignScoring:
    """Read a DREAMS hypnogram.

    Raises
    ------
    ScoringFileError
        A line is no code of this database; there is none.
    """
    header = _HEADER.match(source.head)
    standard = (header[1] or "").lower() if header else ""
    table = "dreams-rk" if standard.startswith("r") else "dreams"
    stages: list[Annotation] = []
    # The header is the first line that says something.
    lines = ((k, line.strip()) for k, line in enumerate(source.text.split("\n"), 1))
    for place, line in [(place, line) for place, line in lines if line][1:]:
        word = code_word(line, table, source, place)
        stages.append(Annotation(len(stages) * EPOCH_S, EPOCH_S, word))
    if not stages:
        raise ScoringFileError(f"{source.name}: a header, but no stages under it")
    zeros = 0 if standard else sum(stage.text == "0" for stage in stages)
    return ForeignScoring(vocabulary=table, stages=stages, findings=_doubt(source, zeros))


def _doubt(source: Source, zeros: int) -> tuple[Finding, ...]:
    if not zeros:
        return ()
    message = (
        f"does not say by which standard it is scored: {zeros} epochs with code 0, S4 of "
        "Rechtschaffen and Kales or unknown, are unscored; name it in the header ([HypnogramR&K])"
    )
    return (Finding("scoring.codes-unsure", message, source.name),)


FORMAT = Format(name="dreams", title="DREAMS hypnogram", recognises=recognises, read=read)
