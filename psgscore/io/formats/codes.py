"""Stage codes of a program: numbers with a label table of their own."""

from __future__ import annotations

import re

from psgscore.errors import ScoringFileError
from psgscore.io.formats.foreign import Source
from psgscore.io.formats.vocabulary import vocabulary
from psgscore.io.scoring_epochs import bare_stage

_WHOLE = re.compile(r"([+-]?\d{1,4})(?:\.0*)?", re.ASCII)


def code_word(text: str, table: str, source: Source, line: int) -> str:
    """Return a code as the label table spells it; a stage, if the user named the codes.

    Raises
    ------
    ScoringFileError
        It is no code of that table.
    """
    if source.codes is not None:
        return bare_stage(text, source.name, line, source.codes).name
    whole = _WHOLE.fullmatch(text)
    word = whole[1].removeprefix("+") if whole else text
    known = vocabulary(table)
    if known.listed_stage(word) is None:
        raise ScoringFileError(
            f"{source.name}, line {line}: unknown stage code {text[:60]!r} (known: "
            f"{', '.join(known.stages)})"
        )
    return word
