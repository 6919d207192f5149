"""Hypnograms of Visbrain and Elan: when each stage ends, or one code per epoch."""

from __future__ import annotations

import re
from itertools import takewhile

from psgscore.errors import ScoringFileError
from psgscore.io.formats.cells import seconds
from psgscore.io.formats.codes import code_word
from psgscore.io.formats.foreign import ForeignScoring, Format, Source
from psgscore.io.recording import Annotation

_DURATION = re.compile(r"\*\s*duration_sec\b", re.IGNORECASE)
_TIME_BASE = re.compile(r"\s*\[?\s*time_base\s+([\d.]{1,12})\s*\]?\s*(?:\n|$)", re.IGNORECASE)
_LIST = re.compile(r"\[?\s*epoch_list\s*\]?", re.IGNORECASE)


def recognises(source: Source) -> bool:
    """Say whether the first lines begin with ``*``, one of them ``*Duration_sec``."""
    lines = (line.strip() for line in source.head.split("\n"))
    heads = takewhile(lambda line: line[:1] == "*", (line for line in lines if line))
    return any(_DURATION.match(line) for line in heads)


def read(source: Source) -> ForeignScoring:
    """Read stages with the second at which each ends.

    Raises
    ------
    ScoringFileError
        A line is not a stage and a later time than the one before; there is none.
    """
    stages: list[Annotation] = []
    until_s = 0.0
    for place, line in enumerate(source.text.split("\n"), 1):
        if not line.strip() or line.lstrip()[0] in "*#":
            continue
        word, _, end = line.strip().replace("\t", " ").rpartition(" ")
        stop_s = seconds(end, source.name, place, "the end of the stage")
        if not word.strip() or stop_s <= until_s:
            raise ScoringFileError(
                f"{source.name}, line {place}: {line.strip()[:60]!r} is not a stage and the second "
                f"at which it ends, after {until_s:g} (Wake, tab, 500)"
            )
        stages.append(Annotation(until_s, stop_s - until_s, word.strip()))
        until_s = stop_s
    if not stages:
        raise ScoringFileError(f"{source.name}: a header, but no stages under it")
    return ForeignScoring(vocabulary="visbrain", stages=stages)


def recognises_elan(source: Source) -> bool:
    """Say whether a file begins with ``time_base``, and lists epochs."""
    return _TIME_BASE.match(source.head) is not None


def read_elan(source: Source) -> ForeignScoring:
    """Read one code per epoch, under a header that says how long an epoch is.

    Raises
    ------
    ScoringFileError
        The header has no ``epoch_list``; a line is no code.
    """
    found = _TIME_BASE.match(source.head)
    epoch_s = seconds(found[1] if found else "", source.name, 1, "time_base")
    lines = [line.strip() for line in source.text.split("\n")]
    first = next((k for k, line in enumerate(lines, 1) if _LIST.fullmatch(line)), None)
    if first is None or not epoch_s > 0:
        raise ScoringFileError(
            f"{source.name}: the header of an Elan hypnogram needs  time_base 30  and  epoch_list"
        )
    stages: list[Annotation] = []
    for place, line in enumerate(lines[first:], first + 1):
        if line:
            word = code_word(line, "elan", source, place)
            stages.append(Annotation(len(stages) * epoch_s, epoch_s, word))
    if not stages:
        raise ScoringFileError(f"{source.name}: a header, but no stages under it")
    return ForeignScoring(vocabulary="elan", stages=stages)


FORMAT = Format(
    name="visbrain", title="Visbrain hypnogram (stage and end)", recognises=recognises, read=read
)
ELAN = Format(
    name="elan", title="Elan hypnogram (.hyp)", recognises=recognises_elan, read=read_elan
)
