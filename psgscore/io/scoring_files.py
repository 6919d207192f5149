"""The lab's own scoring: stages and events from files or from a recording's annotations.

Finding codes (all begin with ``scoring.``): ``unknown-label``, ``plm-imported``, ``epoch-marks``,
``rk-stages``, ``automatic-stages``, ``stage-length``, ``stage-column``, ``columns-ignored``,
``off-grid``, ``codes-unsure``,
``other-start``, ``other-date``, ``start-unknown``; see also `scoring_fit`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from psgscore.errors import ScoringFileError
from psgscore.io.edf import EXTENSIONS, existing_file, open_edf
from psgscore.io.formats.clock import offset_s
from psgscore.io.formats.edf_notes import foreign_notes
from psgscore.io.formats.foreign import ForeignScoring, Format, Source
from psgscore.io.formats.generic import read_table_description
from psgscore.io.formats.registry import recognised, recognised_binary
from psgscore.io.formats.vocabulary import (
    COMMON,
    COMMON_WORDS,
    Vocabulary,
    read_vocabulary,
    vocabulary,
)
from psgscore.io.recording import Annotation
from psgscore.io.scoring_epochs import listed_stages, stage_rows
from psgscore.io.scoring_stages import StageRow, hypnogram_from_rows
from psgscore.io.scoring_tables import NIGHT, WORD, event_rows, read_table
from psgscore.io.scoring_text import read_text
from psgscore.io.scoring_words import automatic_finding, scoring_of, understood
from psgscore.model.events import Events
from psgscore.model.finding import Finding
from psgscore.model.scoring import Scoring
from psgscore.model.staging import AUTOMATIC

Reader = Callable[[Source], ForeignScoring]
_DAY = timedelta(days=1)
_MOMENT = "%Y-%m-%d %H:%M:%S"


@dataclass(frozen=True, slots=True, kw_only=True)
class HowToRead:
    """What a reader of scoring files is told besides the file.

    Parameters
    ----------
    codes : str or None
        What bare stage numbers mean.
    start : datetime or None
        When the recording began: second 0 of what is read.
    labels : Vocabulary
        Words of the user's, which win over those shipped.
    grammar : callable or None
        Reads and decodes the file whatever it looks like; see `psgscore.io.formats.generic`.
    """

    codes: str | None = None
    start: datetime | None = None
    labels: Vocabulary = COMMON_WORDS
    grammar: Reader | None = None


def read_scoring(
    path: str | os.PathLike[str],
    *,
    stage_codes: str | None = None,
    start: datetime | None = None,
    labels: str | os.PathLike[str] | None = None,
    table: str | os.PathLike[str] | None = None,
) -> Scoring:
    """Read a scoring file.

    Parameters
    ----------
    path : path-like
        EDF+ annotations, an export of a scoring program (`psgscore.io.formats.registry`), a
        table with a header row (BIDS events, ``events.tsv`` of psgscore,
        ``kind,onset_s,duration_s``), or one stage per line. Further columns of events
        become measures if they hold numbers.
    stage_codes : str, optional
        What bare numbers mean: ``"yasa"`` (default), ``"boas"``, ``"rk"``, ``"dreams"``.
    start : datetime, optional
        When the recording began; clock times in the file are counted from it.
    labels : path-like, optional
        A label table (TOML) whose words win over those shipped.
    table : path-like, optional
        Says in TOML which column of a text table is what; the file is then read so, whatever
        it looks like. Words of `labels` win over those in it.

    Returns
    -------
    Scoring
        Seconds from the start of the recording; what was tolerated is among its findings.

    Raises
    ------
    InputPathError
        No such file.
    ConfigError
        The label table or the description of the table is wrong.
    ScoringFileError
        A line, code or time that cannot be understood.
    """
    how = how_to_read(stage_codes=stage_codes, start=start, labels=labels, table=table)
    return read_scoring_as(path, how)


def how_to_read(
    *,
    stage_codes: str | None = None,
    start: datetime | None = None,
    labels: str | os.PathLike[str] | None = None,
    table: str | os.PathLike[str] | None = None,
) -> HowToRead:
    """Return what the options of `read_scoring` say, their files read.

    Raises
    ------
    ConfigError
        The label table or the description of the table is wrong.
    """
    words = COMMON_WORDS if labels is None else read_vocabulary(Path(labels))
    grammar = None
    if table is not None:
        grammar, described = read_table_description(Path(table))
        words = words.before(described)
    return HowToRead(codes=stage_codes, start=start, labels=words, grammar=grammar)


def read_scoring_as(path: str | os.PathLike[str], how: HowToRead) -> Scoring:
    """Read a scoring file; see `read_scoring`."""
    file = existing_file(path)
    if how.grammar is None and file.suffix.lower() in EXTENSIONS:
        return _from_edf(file, how)
    source = Source(path=file, text="", codes=how.codes, start=how.start)
    grammar = how.grammar or _reader(recognised_binary(source))
    if grammar is not None:
        return _aligned(grammar(source), source, how)
    source = replace(source, text=read_text(file))
    if not source.text.strip():
        raise ScoringFileError(f"{file.name}: the file is empty")
    grammar = _reader(recognised(source))
    return _from_table(source, how) if grammar is None else _aligned(grammar(source), source, how)


def read_scorings(
    paths: Sequence[str | os.PathLike[str]],
    *,
    stage_codes: str | None = None,
    start: datetime | None = None,
    labels: str | os.PathLike[str] | None = None,
    table: str | os.PathLike[str] | None = None,
) -> list[Scoring]:
    """Read scoring files of one recording; a `table` describes those that are no EDF.

    Raises
    ------
    PsgscoreError
        See `read_scoring`.
    """
    return [
        read_scoring(
            path,
            stage_codes=stage_codes,
            start=start,
            labels=labels,
            table=None if Path(path).suffix.lower() in EXTENSIONS else table,
        )
        for path in paths
    ]


def scoring_from_annotations(
    annotations: Sequence[Annotation],
    *,
    source: str = "annotations",
    labels: Vocabulary | None = None,
) -> Scoring:
    """Read stages and events from annotations.

    Parameters
    ----------
    annotations : sequence of Annotation
        Of a recording or a file.
    source : str
        Where they come from, for messages.
    labels : Vocabulary, optional
        Words that win over the common ones.

    Raises
    ------
    ScoringFileError
        A stage annotation whose stage is not known.
    """
    foreign = foreign_notes(annotations, source)
    words = (labels or COMMON_WORDS).before(vocabulary(foreign.vocabulary))
    return understood(foreign, words, source)


def _reader(known: Format | None) -> Reader | None:
    return None if known is None else known.read


def _from_edf(file: Path, how: HowToRead) -> Scoring:
    """Read the annotations of an EDF, whose onsets count from its own start."""
    recording = open_edf(file)
    shift_s, findings = _edf_shift(recording.start, how.start, file.name)
    foreign = foreign_notes(recording.annotations, file.name)
    words = how.labels.before(vocabulary(foreign.vocabulary))
    foreign = replace(foreign, findings=(*findings, *foreign.findings))
    return understood(foreign, words, file.name, shift_s=shift_s)


def _edf_shift(
    own: datetime | None, start: datetime | None, source: str
) -> tuple[float, list[Finding]]:
    """Return what to add to onsets; a start of another day is taken for an anonymous one."""
    if own is None or start is None or own == start:
        return 0.0, []
    apart_s = (own - start) / timedelta(seconds=1)
    same_day = abs(own - start) < _DAY / 2
    done = "its times are moved by that much" if same_day else "its times are taken as they are"
    message = (
        f"begins at {own:{_MOMENT}}, the recording at {start:{_MOMENT}} ({apart_s:+g} s): {done}"
    )
    return (apart_s if same_day else 0.0), [Finding("scoring.other-start", message, source)]


def _aligned(foreign: ForeignScoring, source: Source, how: HowToRead) -> Scoring:
    """Put a scoring on the clock of the recording."""
    words = how.labels.before(vocabulary(foreign.vocabulary))
    if foreign.origin is None:
        return understood(foreign, words, source.name)
    shift_s, findings = _clock_shift(foreign, how.start, source.name)
    foreign = replace(foreign, findings=(*foreign.findings, *findings))
    return understood(foreign, words, source.name, shift_s=shift_s)


def _clock_shift(
    foreign: ForeignScoring, start: datetime | None, source: str
) -> tuple[float, list[Finding]]:
    origin = foreign.origin
    if origin is None or start is None:
        clock = "" if origin is None else f" at {origin:%H:%M:%S}"
        message = (
            "has clock times, and it is not known when the recording began: times count from the "
            f"scoring's own beginning{clock}"
        )
        return 0.0, [Finding("scoring.start-unknown", message, source)]
    shift_s = offset_s(origin, start, dated=foreign.dated)
    if not foreign.dated or abs(shift_s) < _DAY.total_seconds():
        return shift_s, []
    message = (
        f"is dated {origin:%Y-%m-%d}, the recording {start:%Y-%m-%d}: clock times alone are used"
    )
    return offset_s(origin, start, dated=False), [Finding("scoring.other-date", message, source)]


def _from_table(source: Source, how: HowToRead) -> Scoring:
    """Read a table with a header we know, or a list of stages."""
    name = source.name
    table = read_table(source.text, name)
    if table is None:
        return _from_stages(listed_stages(source.text, name, how.codes), [], name)
    nights = {row[NIGHT] for row in table.rows} if NIGHT in table.columns else set()
    if len(nights) > 1:
        raise ScoringFileError(f"{name}: holds {len(nights)} nights: split it, one file each")
    if table.column(WORD) is not None:
        notes, columns, notes_on = event_rows(table, name)
        foreign = ForeignScoring(
            vocabulary=COMMON,
            notes=notes,
            measures=columns.measures,
            texts=columns.texts,
            findings=tuple(notes_on),
        )
        return understood(foreign, how.labels, name)
    rows, findings = stage_rows(table, name, how.codes)
    if any(row.get("scorer") == AUTOMATIC for row in table.rows):
        findings.append(automatic_finding(name))
    return _from_stages(rows, findings, name)


def _from_stages(rows: Sequence[StageRow], notes: Sequence[Finding], source: str) -> Scoring:
    """Put a list of nothing but stages together."""
    hypnogram, findings = hypnogram_from_rows(rows, source)
    return scoring_of(hypnogram, Events.empty(), [*notes, *findings], source)
