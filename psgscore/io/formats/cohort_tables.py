"""Tables of cohorts: STAGES, the Human Sleep Project (BDSP) and Alice's epochs.

STAGES has ``Start Time,Duration (seconds),Event``, the Human Sleep Project ``time,event,duration``
in any order, with ``epoch`` or without: clock times have no date. "Right Leg w/ Arousal" is the
movement; its arousal is marked on its own. "Both Leg" is one movement of unknown side. Alice lists
`` Epoch Number ,Start Time ,Sleep Stage``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from psgscore.errors import ScoringFileError
from psgscore.io.formats.clock import DAY_S
from psgscore.io.formats.clock_table import foreign_table, unused_columns
from psgscore.io.formats.foreign import ForeignScoring, Format, Source
from psgscore.io.formats.placing import placed, stamp
from psgscore.io.formats.rows import Row, cells, columns_of, mark_of, plain, rows, shown
from psgscore.io.recording import Annotation

VOCABULARY = "cohorts"
_LASTS = re.compile(r"\s*-\s*dur:\s*(?P<s>\d+(?:\.\d+)?)\s*sec\.?", re.IGNORECASE)
_REST = re.compile(
    r"\s*-\s*(?:(?:desat|min|drop|min o2):?\s*\d+(?:\.\d+)?\s*%?|\d{1,2})\s*$|^\s*\*\s*"
    r"|\s*-\s*\(.*?\)\s*$",
    re.IGNORECASE,
)
_EPOCH, _STAGE = ("epoch number", "epoch"), ("sleep stage", "stage")
_MOST_EPOCHS = 100_000
_LONGEST = 200


@lru_cache(maxsize=4096)
def event_word(text: str) -> tuple[str, float | None]:
    """Return what a mark is, and the duration it tells of itself.

    ``* Arousal - Dur: 5.0 sec. - Respiratory Event``, ``Respiratory Event - Hypopnea - Desat
    93.0 %``, ``RespEvent - RERA - 6``: the depth of a desaturation and codes are left out.
    """
    if len(text) > _LONGEST:
        return text, None
    lasts = _LASTS.search(text)
    word = _LASTS.sub("", text)
    if not plain(word).startswith(("stage", "sleep_stage")):
        word = _REST.sub("", _REST.sub("", word))
    return word.strip() or text, float(lasts["s"]) if lasts else None


def _recognises_events(source: Source) -> bool:
    head = source.head.lstrip("\ufeff \n").split("\n")
    header = cells(head[0], mark_of(head[0]))
    names = {plain(name) for name in header}
    if not {"event"} <= names or not names & {"time", "start time"}:
        return False
    where = columns_of(header)
    return "duration" in where and "stop" not in where


def _read_events(source: Source) -> ForeignScoring:
    header, below = _table(source)
    return foreign_table(below, header, source.name, vocabulary=VOCABULARY, word=event_word)


def _recognises_alice(source: Source) -> bool:
    head = source.head.lstrip("\ufeff \n").split("\n")
    where = _alice_columns(cells(head[0], mark_of(head[0])))
    return len(where) == len(("epoch", "start", "stage"))


def _read_alice(source: Source) -> ForeignScoring:
    header, below = _table(source)
    where = _alice_columns(header)
    stamps = [stamp(row.cell(where["start"]), source.name, row.line) for row in below]
    times = placed(stamps, source.name)
    numbers = [epoch_number(row.cell(where["epoch"]), source.name, row.line) for row in below]
    lasts_s = _epoch_s(numbers, times.at_s)
    stages = [
        Annotation(at_s, lasts_s, row.cell(where["stage"]) or "?")
        for row, at_s in zip(below, times.at_s, strict=True)
    ]
    return ForeignScoring(
        vocabulary=VOCABULARY,
        stages=stages,
        origin=times.origin,
        dated=times.dated,
        findings=unused_columns(header, where.values(), source.name),
    )


def epoch_number(text: str, source: str, line: int) -> int:
    """Return the number of an epoch.

    Raises
    ------
    ScoringFileError
        It is none, or too high.
    """
    if not re.fullmatch(r"\d{1,6}(?:\.0*)?", text, re.ASCII) or float(text) > _MOST_EPOCHS:
        raise ScoringFileError(
            f"{source}, line {line}: {shown(text)} is no number of an epoch (1, 2, ...)"
        )
    return int(float(text))


def _table(source: Source) -> tuple[list[str], list[Row]]:
    lines = source.text.split("\n")
    first = next(place for place, line in enumerate(lines) if line.strip("\ufeff "))
    mark = mark_of(lines[first])
    return cells(lines[first], mark), list(rows(lines[first + 1 :], mark, first + 2))


def _alice_columns(header: Sequence[str]) -> Mapping[str, int]:
    names = [plain(name) for name in header]
    found = {
        "epoch": next((names.index(name) for name in _EPOCH if name in names), None),
        "start": names.index("start time") if "start time" in names else None,
        "stage": next((names.index(name) for name in _STAGE if name in names), None),
    }
    return {name: place for name, place in found.items() if place is not None}


def _epoch_s(numbers: Sequence[int], at_s: Sequence[float]) -> float | None:
    """Return the length of an epoch from the first two, None where they do not tell."""
    if len(numbers) < 2:
        return None
    n_epochs, apart_s = numbers[1] - numbers[0], at_s[1] - at_s[0]
    return apart_s / n_epochs if n_epochs > 0 and 0 < apart_s < DAY_S else None


ALICE = Format(
    name="alice-csv",
    title="Philips Alice: epochs (CSV)",
    recognises=_recognises_alice,
    read=_read_alice,
)
EVENTS = Format(
    name="cohort-csv",
    title="STAGES, Human Sleep Project (BDSP): events (CSV)",
    recognises=_recognises_events,
    read=_read_events,
)
