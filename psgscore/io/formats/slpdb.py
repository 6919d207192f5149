"""Sleep stages of the MIT-BIH Polysomnographic Database: ``.st``, annotations of WFDB.

Each note is of the 30 s that follow it. What it says besides the stage happened somewhere
within them: marks ``epoch:...`` over the whole, never events.
"""

from __future__ import annotations

from psgscore.errors import ScoringFileError
from psgscore.io.formats.foreign import ForeignScoring, Format, Source
from psgscore.io.formats.wfdb_notes import WfdbNotes, rate_of_header, read_notes
from psgscore.io.recording import Annotation

EPOCH_S = 30.0
_STAGES = ("w", "1", "2", "3", "4", "r")
_NO_STAGE = ("mt", "?")
_LARGEST_BYTES = 1_000_000


def recognises(source: Source) -> bool:
    """Say whether a file is called ``.st`` and is no text."""
    if source.path.suffix.lower() != ".st":
        return False
    try:
        with source.path.open("rb") as file:
            return b"\0" in file.read(4096)
    except OSError:
        return False


def read(source: Source) -> ForeignScoring:
    """Read the notes of a ``.st`` file; it or the ``.hea`` beside it gives the sampling rate.

    Raises
    ------
    ScoringFileError
        The file is damaged, the rate is not known, a note holds two stages.
    """
    found = _notes(source)
    rate_hz = found.rate_hz or rate_of_header(source.path.with_suffix(".hea"))
    if not rate_hz:
        raise ScoringFileError(
            f"{source.name}: its sampling rate is not known: put the header "
            f"{source.path.with_suffix('.hea').name} of the record beside it"
        )
    told = [(sample / rate_hz, note) for sample, note in found.notes]
    stages: list[Annotation] = []
    notes: list[Annotation] = []
    for onset, note in told:
        staged, more = _split(note.split(), onset, source)
        stages += [Annotation(onset, EPOCH_S, word) for word in staged]
        notes += [Annotation(onset, EPOCH_S, word) for word in more]
    if not stages:
        raise ScoringFileError(f"{source.name}: holds no notes with stages (W, 1, 2, 3, 4, R)")
    return ForeignScoring(vocabulary="slpdb", stages=stages, notes=notes)


def _split(words: list[str], onset_s: float, source: Source) -> tuple[list[str], list[str]]:
    """Return the stage of a note, and what else it says; movement time is no stage."""
    staged = [word for word in words if word.lower() in _STAGES]
    if len(staged) > 1:
        raise ScoringFileError(
            f"{source.name}: the note at {onset_s:g} s holds two stages: {' '.join(words)[:60]!r}"
        )
    told = [word for word in words if word.lower() not in _STAGES]
    none = [word for word in told if word.lower() in _NO_STAGE]
    return staged or none[:1], told


def _notes(source: Source) -> WfdbNotes:
    try:
        size = source.path.stat().st_size
        if size > _LARGEST_BYTES:
            raise ScoringFileError(f"{source.name}: {size} bytes are too many for sleep stages")
        return read_notes(source.path.read_bytes(), source.name)
    except OSError as error:
        raise ScoringFileError(f"{source.name}: cannot be read: {error.strerror}") from error


FORMAT = Format(
    name="slpdb", title="MIT-BIH Polysomnographic Database (.st)", recognises=recognises, read=read
)
