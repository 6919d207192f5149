"""Stages in text files: tables of epochs, and lists of one stage per line."""

from __future__ import annotations

import re

from psgscore.errors import ScoringFileError
from psgscore.io.scoring_labels import stage_words
from psgscore.io.scoring_stages import EPOCH_S, StageRow
from psgscore.io.scoring_tables import (
    DURATION,
    LINE,
    ONSET,
    STAGE,
    WORD,
    Table,
    number,
    row_length,
)
from psgscore.model.finding import Finding
from psgscore.model.hypnogram import Stage

_CODE = re.compile(r"([+-]?\d+)(?:\.0*)?", re.ASCII)
_EPOCH = ("epoch", "epoch number", "epoch_number", "epoch no", "epoch_no", "epoch_index")
_EPOCH_TOLERANCE_S = 0.01


def stage_rows(
    table: Table, source: str, stage_codes: str | None
) -> tuple[list[StageRow], list[Finding]]:
    """Return the stages of a table that has a stage column; a person's column goes first.

    Raises
    ------
    ScoringFileError
        No rows, some rows without an onset, a negative duration, an unknown stage; without onsets,
        rows that are not one epoch of 30 s after another.
    """
    name = table.column(STAGE)
    if name is None or not table.rows:
        raise ScoringFileError(f"{source}: a header, but no stages under it")
    findings = []
    if name == "stage_hum":
        stage_codes = stage_codes or "boas"
        if "stage_ai" in table.columns:
            message = "the stages of people (stage_hum) are used, not those of stage_ai"
            findings.append(Finding("scoring.stage-column", message, source, "note"))
    onset, duration = table.column(ONSET), table.column(DURATION)
    if onset is None:
        _refuse_lengths(table, source)
        _refuse_numbers(table, source)
    found = []
    for place, row in enumerate(table.rows):
        start = number(row, onset, source)
        if start is None and onset is not None:
            raise ScoringFileError(f"{source}, line {row[LINE]}: no onset")
        length = row_length(row, duration, source)
        stage = bare_stage(row[name], source, int(row[LINE]), stage_codes)
        if start is None:
            start = place * EPOCH_S
        found.append(StageRow(start, length, stage))
    return found, findings


def _refuse_lengths(table: Table, source: str) -> None:
    """Refuse a table without onsets whose rows do not last 30 s each."""
    name = table.column(DURATION)
    for row in table.rows:
        length = number(row, name, source)
        if length is not None and abs(length - EPOCH_S) > _EPOCH_TOLERANCE_S:
            raise ScoringFileError(
                f"{source}, line {row[LINE]}: {length:g} s long, and no onset: a table of epochs "
                f"that do not last {EPOCH_S:g} s needs a column onset"
            )


def _refuse_numbers(table: Table, source: str) -> None:
    """Refuse a table without onsets whose numbers of epochs do not go up from 0 or 1."""
    name = next((one for one in table.columns if one.strip().lower() in _EPOCH), None)
    if name is None or all(number(row, name, source) is None for row in table.rows):
        return
    first = 0 if number(table.rows[0], name, source) == 0 else 1
    for place, row in enumerate(table.rows, first):
        if number(row, name, source) != place:
            raise ScoringFileError(
                f"{source}, line {row[LINE]}: {name} is {row[name][:60]!r} where {place} was to "
                "come: give every epoch from the first on, in order, or a column onset"
            )


def listed_stages(text: str, source: str, stage_codes: str | None) -> list[StageRow]:
    """Return the stages of a file with one per line; ``#`` begins a comment."""
    rows: list[StageRow] = []
    for place, line in enumerate(text.splitlines(), 1):
        word = line.split("#")[0].strip().strip(",;")
        if word:
            stage = bare_stage(word, source, place, stage_codes)
            rows.append(StageRow(len(rows) * EPOCH_S, EPOCH_S, stage))
    if not rows:
        raise ScoringFileError(f"{source}: holds no stages")
    return rows


def bare_stage(text: str, source: str, line: int, stage_codes: str | None) -> Stage:
    """Return the stage of a number or word standing alone.

    Raises
    ------
    ScoringFileError
        It is not in the map; numbers differ between programs and are not guessed.
    """
    words = stage_words()
    codes = words.code_map(stage_codes)
    key = text.strip().lower()
    whole = _CODE.fullmatch(key)
    if whole:
        key = whole[1]
        if key in codes:
            return codes[key]
        raise ScoringFileError(
            f"{source}, line {line}: unknown stage code {text[:60]!r} (known: {', '.join(codes)}). "
            f"Name the program's codes with --stage-codes: {', '.join(sorted(words.codes))}."
        )
    stage = words.words.get(key)
    if stage is None:
        stage = words.look_up(text)[1]
    if stage is None:
        raise ScoringFileError(
            f"{source}, line {line}: unknown stage code {text[:60]!r}. A list has one stage per "
            f"line, a table begins with a header: {ONSET[0]}, {DURATION[0]} and one of "
            f"{', '.join((*WORD, STAGE[1]))}."
        )
    return stage
