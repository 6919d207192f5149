"""DREAMS databases: a header in brackets, then one code per 5 s.

Two standards share the codes 5 to 1. 0 is S4 under ``[HypnogramR&K]`` and unknown under
``[HypnogramAASM]``; a bare ``[hypnogram]`` does not say which, so its 0 is left unscored.
"""

from __future__ import annotations

import re

from psgscore.errors import ScoringFileError
from psgscore.io.formats.foreign import ForeignScoring, Format, Source
from psgscore.io.recording import Annotation
from psgscore.io.scoring_tables import bare_stage
from psgscore.model.finding import Finding

EPOCH_S = 5.0
_HEADER = re.compile(r"\s*\[\s*hypnogram[\s_]*(aasm|r\s*&?\s*k)?\s*\]\s*(?:\n|$)", re.IGNORECASE)
# Words in place of codes, so that S3 and S4 are told from N3.
_RK_WORDS = {"1": "S3", "0": "S4"}


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
    rk = standard.startswith("r")
    codes = source.codes or ("dreams-rk" if rk else "dreams")
    stages: list[Annotation] = []
    zeros = 0
    # The header is the first line that says something.
    lines = ((k, line.strip()) for k, line in enumerate(source.text.split("\n"), 1))
    told = [(place, line) for place, line in lines if line][1:]
    for place, line in told:
        word = bare_stage(line, source.name, place, codes).name
        zeros += line == "0"
        if codes == "dreams-rk":
            word = _RK_WORDS.get(line, word)
        stages.append(Annotation(len(stages) * EPOCH_S, EPOCH_S, word))
    if not stages:
        raise ScoringFileError(f"{source.name}: a header, but no stages under it")
    return ForeignScoring(
        vocabulary="", stages=stages, findings=_doubt(source, zeros if not standard else 0)
    )


def _doubt(source: Source, zeros: int) -> tuple[Finding, ...]:
    if not zeros or source.codes:
        return ()
    message = (
        f"does not say by which standard it is scored: {zeros} epochs with code 0, S4 of "
        "Rechtschaffen and Kales or unknown, are unscored; --stage-codes dreams-rk reads N3"
    )
    return (Finding("scoring.codes-unsure", message, source.name),)


FORMAT = Format(name="dreams", title="DREAMS hypnogram", recognises=recognises, read=read)
