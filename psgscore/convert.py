"""A scoring in one format in, the same scoring in another out; what does not survive is said.

Every file is read back before it gets its name, and compared with what was to be written.

Finding codes: ``convert.excluded``, ``convert.automatic``, ``convert.stages``,
``convert.epoch-length``, ``convert.events``, ``convert.measures``, ``convert.texts``,
``convert.covers``, ``convert.start``, ``convert.too-early``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from psgscore.errors import ScoringFileError, UsageError
from psgscore.io.atomic import atomic_outputs
from psgscore.io.edf import EXTENSIONS, existing_file, open_edf
from psgscore.io.edf_write_notes import statable_day
from psgscore.io.formats import psgscore_json
from psgscore.io.formats.foreign import Source
from psgscore.io.outputs import spare
from psgscore.io.recording import Recording
from psgscore.io.score_json import SCORE_FILE
from psgscore.io.scoring_files import HowToRead, read_scoring_as
from psgscore.io.scoring_fit import combine
from psgscore.io.scoring_labels import OTHER
from psgscore.io.scoring_text import read_text
from psgscore.io.scoring_words import is_automatic_note
from psgscore.io.scoring_write.differences import differences
from psgscore.io.scoring_write.edf import SIDECAR
from psgscore.io.scoring_write.registry import format_for
from psgscore.io.scoring_write.written import About, WrittenFormat
from psgscore.model.events import Events
from psgscore.model.finding import Finding
from psgscore.model.hypnogram import Hypnogram
from psgscore.model.scoring import Scoring
from psgscore.model.staging import AUTOMATIC_NOTE


@dataclass(frozen=True, slots=True, kw_only=True)
class Converted:
    """What was converted.

    Parameters
    ----------
    format : str
        Its name.
    files : tuple of Path
        What was written.
    scoring : Scoring
        What was to be written.
    start : datetime or None
        When the recording began.
    findings : tuple of Finding
        Of the reading, then of the writing.
    """

    format: str
    files: tuple[Path, ...]
    scoring: Scoring
    start: datetime | None
    findings: tuple[Finding, ...]


def convert_scoring(
    sources: Sequence[Path],
    target: Path,
    *,
    to: str | None = None,
    how: HowToRead | None = None,
    recording: Recording | None = None,
    inputs: Sequence[Path] = (),
) -> Converted:
    """Read scorings of one recording, and write them together in another format.

    Parameters
    ----------
    sources : sequence of Path
        Stages of one, events of all.
    target : Path
        Written over, unless it is an input.
    to : str, optional
        Name of the format; without it the ending of `target` says which.
    how : HowToRead, optional
        How the sources are to be read. Its start wins over that of the recording, which wins
        over the one the first source states.
    recording : Recording, optional
        What was scored.
    inputs : sequence of Path
        Further files that must not be written over.

    Raises
    ------
    ScoringFileError
        A source cannot be understood, or holds nothing.
    UsageError
        No such format, or one that cannot hold the scoring.
    OutputError
        The target cannot be written, or is an input.
    """
    chosen = format_for(target.name, to)
    how = how or HowToRead()
    start = how.start or (None if recording is None else recording.start)
    start = start or stated_start(sources[0])
    scoring = combine([read_one(one, replace(how, start=start)) for one in sources])
    scoring, made = _to_write(scoring, chosen)
    if scoring.hypnogram is None and not len(scoring.events):
        raise ScoringFileError(f"{Path(sources[0]).name}: holds neither stages nor events")
    about = About(start=start, source=Path(sources[0]).name, recording=recording)
    own = () if recording is None or recording.path is None else (recording.path,)
    with atomic_outputs(target.parent) as out:
        chosen.write(out, target.name, scoring, about)
        spare(out.written, {*sources, *inputs, *own})
        lost = _lost(out.path(target.name), chosen, scoring, start)
    return Converted(
        format=chosen.name,
        files=out.written,
        scoring=scoring,
        start=start,
        findings=(*scoring.findings, *made, *_of_start(chosen, start), *lost),
    )


def read_one(path: Path, how: HowToRead) -> Scoring:
    """Read a scoring; a description of text tables says nothing of an EDF."""
    is_edf = path.suffix.lower() in EXTENSIONS
    return read_scoring_as(path, replace(how, grammar=None) if is_edf else how)


def stated_start(path: Path) -> datetime | None:
    """Return when the recording began, where the scoring itself says it with its date."""
    file = existing_file(path)
    if file.suffix.lower() in EXTENSIONS:
        return open_edf(file).start
    if file.suffix.lower() != ".json" or file.name.endswith(SCORE_FILE):
        return None
    source = Source(path=file, text=read_text(file))
    return psgscore_json.stated_start(source) if psgscore_json.recognises(source) else None


def _to_write(scoring: Scoring, chosen: WrittenFormat) -> tuple[Scoring, list[Finding]]:
    """Return what is written of a scoring, with what has to be said of it."""
    scoring, made = _not_too_early(scoring, chosen)
    events, hypnogram = scoring.events, scoring.hypnogram
    if not chosen.holds_texts:
        n_excluded = len(events) - len(events.counted())
        if n_excluded:
            message = (
                f"{n_excluded} events that something explains otherwise (excluded_by) are left "
                f"out: {chosen.title} cannot say so of an event"
            )
            made.append(Finding("convert.excluded", message))
        events = events.counted()
    automatic = any(one.code == "scoring.automatic-stages" for one in scoring.findings)
    if automatic and not any(map(is_automatic_note, events.kind.tolist())):
        message = "an event at 0 s says that the stages are automatic and nobody reviewed them"
        made.append(Finding("convert.automatic", message, severity="note"))
        events = Events.concat([events, Events.of(f"{OTHER}:{AUTOMATIC_NOTE}", [0.0], [0.0])])
    if hypnogram is not None and not len(hypnogram):
        hypnogram = None
    return replace(scoring, events=events, hypnogram=hypnogram), made


def _not_too_early(scoring: Scoring, chosen: WrittenFormat) -> tuple[Scoring, list[Finding]]:
    """Leave out what begins before the first second a format can say."""
    events, hypnogram = scoring.events, scoring.hypnogram
    in_time = events.start_s >= chosen.earliest_s
    n_epochs = 0
    if hypnogram is not None:
        n_epochs = int((hypnogram.edges_s[:-1] < chosen.earliest_s).sum())
        start_s = hypnogram.start_s + n_epochs * hypnogram.epoch_s
        hypnogram = Hypnogram(hypnogram.stages[n_epochs:], hypnogram.epoch_s, start_s)
    n_events = int((~in_time).sum())
    if not n_events and not n_epochs:
        return scoring, []
    message = (
        f"{n_events} events and {n_epochs} epochs that begin before the recording are left out: "
        f"{chosen.title} does not take them"
    )
    kept = replace(scoring, events=events.where(in_time), hypnogram=hypnogram)
    return kept, [Finding("convert.too-early", message)]


def _of_start(chosen: WrittenFormat, start: datetime | None) -> list[Finding]:
    """Say it where the file states no start, though its format has a place for one."""
    if chosen is not SIDECAR or statable_day(start) is not None:
        return []
    why = "is not known: give --recording or --start" if start is None else "has no day EDF can say"
    message = f"the start of the recording {why}; the file begins on the stand-in 1 January 1985"
    return [Finding("convert.start", message, severity="note")]


def _lost(
    file: Path, chosen: WrittenFormat, scoring: Scoring, start: datetime | None
) -> list[Finding]:
    """Return what the written file does not say, as psgscore reads it.

    Raises
    ------
    UsageError
        It cannot be read.
    """
    if not chosen.read_by_psgscore:
        return []
    try:
        again = read_scoring_as(file, HowToRead(start=start))
    except ScoringFileError as error:
        raise UsageError(f"{chosen.title} cannot hold this scoring: {error}") from None
    return differences(scoring, again)
