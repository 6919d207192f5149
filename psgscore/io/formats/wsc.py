"""Texts of the Wisconsin Sleep Cohort: ``allscore`` (Twin) and ``stg`` (Gamma).

``allscore`` has no header: a clock time without a date, a tab, and what happened; a stage lasts
until the next one. ``stg`` is a table of epochs from the start of the recording, numbered from 1,
with ``User-Defined Stage``; other columns of stages are the program's.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from psgscore.errors import ScoringFileError
from psgscore.io.formats.clock_table import unused_columns
from psgscore.io.formats.cohort_tables import VOCABULARY, epoch_number, event_word
from psgscore.io.formats.foreign import ForeignScoring, Format, Source
from psgscore.io.formats.placing import placed, stamp
from psgscore.io.formats.rows import cells, mark_of, plain, rows
from psgscore.io.recording import Annotation
from psgscore.io.scoring_stages import EPOCH_S

_LINE = re.compile(r"\s*\d{1,2}:\d{2}:\d{2}(?:[.,]\d+)?(?:\s?[AaPp][Mm])?\t\s*\S")
_USER_STAGE = "user-defined stage"
_ENDS = ("lights on", "stop recording", "recording paused", "end recording", "paused")


def _recognises_allscore(source: Source) -> bool:
    lines = [line for line in source.head.lstrip("\ufeff").split("\n")[:-1] if line.strip()]
    lines = lines or [source.head]
    return all(_LINE.match(line) for line in lines[:5])


def _read_allscore(source: Source) -> ForeignScoring:
    found = list(rows(source.text.split("\n"), "\t", 1))
    stamps = [stamp(row.cell(0), source.name, row.line) for row in found]
    times = placed(stamps, source.name)
    notes = []
    for row, at_s in zip(found, times.at_s, strict=True):
        text, lasts_s = event_word(row.cell(1) or "n/a")
        notes.append(Annotation(at_s, lasts_s, text))
    return ForeignScoring(
        vocabulary=VOCABULARY, notes=_lasting(notes), origin=times.origin, dated=times.dated
    )


def _lasting(notes: Sequence[Annotation]) -> list[Annotation]:
    """Let each stage last until the next one, or until the recording or the night ends."""
    lasting = list(notes)
    until = None
    for place in reversed(range(len(lasting))):
        note = lasting[place]
        is_stage = plain(note.text).startswith("stage")
        if is_stage and until is not None and until > note.onset_s:
            lasting[place] = Annotation(note.onset_s, until - note.onset_s, note.text)
        if is_stage or plain(note.text).startswith(_ENDS):
            until = note.onset_s
    return lasting


def _recognises_stg(source: Source) -> bool:
    first = source.head.lstrip("\ufeff \n").partition("\n")[0]
    names = {plain(name) for name in cells(first, mark_of(first))}
    return {"epoch", _USER_STAGE} <= names


def _read_stg(source: Source) -> ForeignScoring:
    lines = source.text.split("\n")
    first = next(place for place, line in enumerate(lines) if line.strip("\ufeff "))
    mark = mark_of(lines[first])
    header = cells(lines[first], mark)
    names = [plain(name) for name in header]
    epoch, stage = names.index("epoch"), names.index(_USER_STAGE)
    stages = []
    for row in rows(lines[first + 1 :], mark, first + 2):
        number = epoch_number(row.cell(epoch), source.name, row.line)
        if number < 1:
            raise ScoringFileError(f"{source.name}, line {row.line}: epochs are numbered from 1")
        stages.append(Annotation((number - 1) * EPOCH_S, EPOCH_S, row.cell(stage) or "?"))
    if not stages:
        raise ScoringFileError(f"{source.name}: a header, but no rows under it")
    return ForeignScoring(
        vocabulary="wsc_stg",
        stages=stages,
        findings=unused_columns(header, (epoch, stage), source.name),
    )


ALLSCORE = Format(
    name="wsc-allscore",
    title="Wisconsin Sleep Cohort (Twin): allscore text",
    recognises=_recognises_allscore,
    read=_read_allscore,
)
STG = Format(
    name="wsc-stg",
    title="Wisconsin Sleep Cohort (Gamma): stg text",
    recognises=_recognises_stg,
    read=_read_stg,
)
