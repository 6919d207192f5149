"""Words of a scoring cut to a length that a night's table of events can hold.

A column of words is as wide as its longest: one note of a megabyte would make every row as wide.

Finding code: ``scoring.words-cut``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from psgscore.io.recording import Annotation
from psgscore.model.finding import Finding

_LONGEST, _SHORTEST = 1000, 60
_MOST_LETTERS = 20_000_000
"""Of one column; 80 MB of memory."""


def cut_short(
    marks: Sequence[Annotation], texts: Mapping[str, Sequence[str]], source: str
) -> tuple[Sequence[Annotation], Mapping[str, Sequence[str]], list[Finding]]:
    """Cut words and channels of marks, and what is said of them, with a finding.

    Nothing is cut that has up to 60 letters; nor, in a scoring of up to 20,000 events, what has
    up to 1,000.

    Parameters
    ----------
    marks : sequence of Annotation
        Of one scoring.
    texts : mapping of str to sequence of str
        Columns of words that go with them.
    source : str
        Where they come from, for messages.
    """
    limit = max(_SHORTEST, min(_LONGEST, _MOST_LETTERS // max(len(marks), 1)))
    n_cut = sum(len(mark.text) > limit or len(mark.channel) > limit for mark in marks)
    n_cut += sum(len(word) > limit for said in texts.values() for word in said)
    if not n_cut:
        return marks, texts, []
    marks = [
        replace(mark, text=mark.text[:limit], channel=mark.channel[:limit])
        if len(mark.text) > limit or len(mark.channel) > limit
        else mark
        for mark in marks
    ]
    texts = {name: [word[:limit] for word in said] for name, said in texts.items()}
    message = f"{n_cut} words or notes are longer than {limit} letters: the rest is left out"
    return marks, texts, [Finding("scoring.words-cut", message, source)]
