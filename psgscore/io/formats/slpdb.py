"""Sleep stages of the MIT-BIH Polysomnographic Database: ``.st``, annotations of WFDB.

Each note is of the 30 s that follow it. What it says besides the stage happened somewhere
within them: marks ``epoch:...`` over the whole, never events.
"""

from __future__ import annotations

import importlib
import math
from typing import Any

from psgscore.errors import ScoringFileError
from psgscore.io.formats.foreign import ForeignScoring, Format, Source
from psgscore.io.recording import Annotation

EPOCH_S = 30.0
_STAGES = ("w", "1", "2", "3", "4", "r")
_NO_STAGE = ("mt", "?")
_LARGEST_BYTES = 1_000_000
# Codes of the MIT format: a word is a code of 6 bits and a number of 10.
_NOTE, _SKIP, _AUX = 22, 59, 63
_FIELDS = (60, 61, 62)
_DEFINITIONS = "## annotation type definitions"
# What a reader of bytes raises on damaged ones.
_DAMAGE = (ArithmeticError, AttributeError, LookupError, OSError, TypeError, ValueError)


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
    """Read the notes of a ``.st`` file; the ``.hea`` beside it gives the sampling rate.

    Raises
    ------
    ScoringFileError
        The extra ``wfdb`` is missing, the file is damaged, the rate is not known, a note holds
        two stages.
    """
    found = _annotations(source)
    rate_hz = found.fs
    if not isinstance(rate_hz, int | float) or not math.isfinite(rate_hz) or rate_hz <= 0:
        raise ScoringFileError(
            f"{source.name}: its sampling rate is not known: put the header "
            f"{source.path.with_suffix('.hea').name} of the record beside it"
        )
    told = [
        *((0.0, text) for text in _lost_at_zero(source)),
        *((float(k) / rate_hz, note) for k, note in zip(found.sample, found.aux_note, strict=True)),
    ]
    stages: list[Annotation] = []
    notes: list[Annotation] = []
    for onset, note in told:
        words = str(note or "").strip("\0 \t\r\n").split()
        staged, more = _split(words, onset, source)
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


def _annotations(source: Source) -> Any:
    try:
        wfdb = importlib.import_module("wfdb")
    except ImportError as error:
        raise ScoringFileError(
            f"{source.name}: reading annotations of WFDB needs the extra wfdb: "
            "pip install 'psgscore[wfdb]'"
        ) from error
    try:
        size = source.path.stat().st_size
        if size > _LARGEST_BYTES:
            raise ScoringFileError(f"{source.name}: {size} bytes are too many for sleep stages")
        record = str(source.path.with_suffix("").resolve())
        return wfdb.rdann(record, source.path.suffix.removeprefix("."))
    except _DAMAGE as error:
        raise ScoringFileError(
            f"{source.name}: no annotation file of WFDB, or a damaged one: {error}"
        ) from error


def _lost_at_zero(source: Source) -> list[str]:
    """Return the notes on sample 0, which wfdb takes for definitions and drops."""
    raw = source.path.read_bytes()
    found: list[str] = []
    place, sample, last, defining = 0, 0, 0, False
    while sample <= 0 and place + 2 <= len(raw):
        word = int.from_bytes(raw[place : place + 2], "little")
        code, low = word >> 10, word & 0x3FF
        place += 2
        if not word:
            break
        if code == _SKIP:
            high, rest = raw[place : place + 2], raw[place + 2 : place + 4]
            sample += int.from_bytes(rest + high, "little", signed=True)
            place += 4
        elif code == _AUX:
            text = raw[place : place + low].decode("latin-1").strip("\0 ")
            place += low + low % 2
            defining = text.startswith(_DEFINITIONS) or (defining and not text.startswith("##"))
            if last == _NOTE and sample == 0 and not defining and not text.startswith("##"):
                found.append(text)
        elif code not in _FIELDS:
            sample, last = sample + low, code
    return found


FORMAT = Format(
    name="slpdb", title="MIT-BIH Polysomnographic Database (.st)", recognises=recognises, read=read
)
