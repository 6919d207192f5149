"""Stages as a JSON list, as Dreem published them: one code or word per 30 s."""

from __future__ import annotations

import math
import re
from typing import Any

from psgscore.errors import ScoringFileError
from psgscore.io.formats.foreign import ForeignScoring, Format, Source
from psgscore.io.formats.json_text import items, parsed
from psgscore.io.recording import Annotation
from psgscore.io.scoring_epochs import bare_stage
from psgscore.io.scoring_stages import EPOCH_S

_BEGINS = re.compile(r'\s*\[\s*(?:[-\d"\]]|NaN|null)')


def recognises(source: Source) -> bool:
    """Say whether a text is a JSON list of numbers or words."""
    return _BEGINS.match(source.head) is not None


def read(source: Source) -> ForeignScoring:
    """Read a list of stages.

    Raises
    ------
    ScoringFileError
        No JSON; an entry that is no stage.
    """
    listed = items(parsed(source), "the file", source)
    stages = [
        Annotation(place * EPOCH_S, EPOCH_S, _stage(value, source, place))
        for place, value in enumerate(listed)
    ]
    return ForeignScoring(vocabulary="", stages=stages)


def _stage(value: Any, source: Source, place: int) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "?"
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ScoringFileError(
            f"{source.name}, entry {place + 1}: {str(value)[:60]!r} is no stage (a code or a word)"
        )
    words = str(value)[:60]
    # Each entry of the published files has a line of its own, after that of the bracket.
    stage = bare_stage(words, source.name, place + 2, source.codes)
    return words if isinstance(value, str) else stage.name


FORMAT = Format(
    name="stage-list-json", title="JSON list of stages (Dreem)", recognises=recognises, read=read
)
