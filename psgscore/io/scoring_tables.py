"""Scoring in text files: one stage per line, or a table with a header row."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping, Sequence
from pathlib import Path

from psgscore.errors import ScoringFileError
from psgscore.io.scoring_labels import stage_words
from psgscore.io.scoring_stages import EPOCH_S, StageRow
from psgscore.model.finding import Finding
from psgscore.model.hypnogram import Stage

ONSET = ("onset", "onset_s", "start", "start_s")
DURATION = ("duration", "duration_s")
WORD = ("trial_type", "kind", "event", "description", "label")
STAGE = ("stage", "stage_hum", "sleep_stage", "stage_ai")
_MISSING = ("", "n/a", "na", "nan", "null")


def read_text(path: Path) -> str:
    """Return the text of a file: UTF-8 (with or without BOM), UTF-16 with BOM, else Latin-1.

    Raises
    ------
    ScoringFileError
        It cannot be read, or holds NUL bytes: not a text file.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise ScoringFileError(f"{path.name}: cannot be read: {error.strerror}") from error
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return raw.decode("utf-16", errors="replace")
    if b"\0" in raw:
        raise ScoringFileError(f"{path.name}: not a text file, and not an EDF by its name")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def table_rows(text: str) -> list[dict[str, str]] | None:
    """Return the rows of a table with a known header, None if there is no such header.

    Each row also holds its line number under the key ``"#"``.
    """
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    if not lines:
        return None
    mark = "\t" if "\t" in lines[0] else "," if "," in lines[0] else ";"
    header = [name.strip().lower() for name in next(csv.reader([lines[0]], delimiter=mark))]
    known = {*ONSET, *DURATION, *WORD, *STAGE}
    if len(known & set(header)) < 1 or not any(name in header for name in (*WORD, *STAGE)):
        return None
    reader = csv.reader(io.StringIO(text), delimiter=mark)
    rows = []
    for values in reader:
        if not values or values[0].startswith("#") or not any(value.strip() for value in values):
            continue
        row = {name: value.strip() for name, value in zip(header, values, strict=False)}
        rows.append(row | {"#": str(reader.line_num)})
    return rows[1:]


def column(rows: Sequence[Mapping[str, str]], names: Sequence[str]) -> str | None:
    """Return the first of `names` that the table has, None if it has none."""
    return next((name for name in names if rows and name in rows[0]), None)


def number(row: Mapping[str, str], name: str | None, source: str) -> float | None:
    """Return a number of a row, None where it is missing.

    Raises
    ------
    ScoringFileError
        It is neither a finite number nor missing.
    """
    text = "" if name is None else row.get(name, "")
    if text.lower() in _MISSING:
        return None
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise ScoringFileError(f"{source}, line {row['#']}: {name} is {text!r}, not a number")
    return value


def stage_rows(
    rows: Sequence[Mapping[str, str]], source: str, stage_codes: str | None
) -> tuple[list[StageRow], list[Finding]]:
    """Return the stages of a table that has a stage column; a person's column goes first."""
    name = column(rows, ("stage_hum", "stage", "sleep_stage", "stage_ai"))
    if name is None:
        return [], []
    findings = []
    if name == "stage_hum" and "stage_ai" in rows[0]:
        message = "the stages of people (stage_hum) are used, not those of stage_ai"
        findings.append(Finding("scoring.stage-column", message, source, "note"))
    if name == "stage_hum" and stage_codes is None:
        stage_codes = "boas"
    onset, duration = column(rows, ONSET), column(rows, DURATION)
    found = []
    for place, row in enumerate(rows):
        start = number(row, onset, source)
        length = number(row, duration, source)
        stage = bare_stage(row[name], source, int(row["#"]), stage_codes)
        found.append(StageRow(place * EPOCH_S if start is None else start, length, stage))
    return found, findings


def listed_stages(text: str, source: str, stage_codes: str | None) -> list[StageRow]:
    """Return the stages of a file with one per line; ``#`` begins a comment."""
    rows: list[StageRow] = []
    for place, line in enumerate(text.splitlines(), 1):
        word = line.split("#")[0].strip().strip(",;")
        if word:
            stage = bare_stage(word, source, place, stage_codes)
            rows.append(StageRow(len(rows) * EPOCH_S, EPOCH_S, stage))
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
    if key.lstrip("+-").replace(".0", "").isdigit():
        key = key.replace(".0", "")
        if key in codes:
            return codes[key]
        raise ScoringFileError(
            f"{source}, line {line}: unknown stage code {text!r} (known: {', '.join(codes)}). "
            f"Name the program's codes with --stage-codes: {', '.join(sorted(words.codes))}."
        )
    stage = words.words.get(key)
    if stage is None:
        stage = words.look_up(text)[1]
    if stage is None:
        raise ScoringFileError(f"{source}, line {line}: unknown stage code {text!r}")
    return stage
