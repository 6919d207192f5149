"""Annotation files of PhysioNet's WFDB (MIT format), as far as their notes.

Ours, for two reasons: the reader of WFDB goes round for ever on some damaged files, and drops a
note on sample 0. The layout is that of the WFDB manual, annot(5): words of 16 bits, little-endian,
the upper 6 bits a code and the lower 10 a number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from psgscore.errors import ScoringFileError

_NOTE, _SKIP, _AUX = 22, 59, 63
_FIELDS = (60, 61, 62)
_LONGEST = 1 << 40
_RESOLUTION = re.compile(r"## time resolution: *([0-9]+(?:\.[0-9]*)?)$")
_DAMAGED = "no annotation file of WFDB, or a damaged one"
_DEFINITIONS = "## annotation type definitions"


@dataclass(frozen=True, slots=True, kw_only=True)
class WfdbNotes:
    """The notes of an annotation file.

    Parameters
    ----------
    notes : tuple of (int, str)
        Sample and text of each, in the order of the file.
    rate_hz : float or None
        What the file says a second has of samples; None where it does not say.
    """

    notes: tuple[tuple[int, str], ...]
    rate_hz: float | None


def read_notes(raw: bytes, source: str) -> WfdbNotes:
    """Read the notes of an annotation file.

    Parameters
    ----------
    raw : bytes
        The whole file.
    source : str
        Its name, for messages.

    Raises
    ------
    ScoringFileError
        It ends within an entry, or an entry lies before the record or absurdly far behind it.
    """
    notes: list[tuple[int, str]] = []
    rate_hz: float | None = None
    sample, code_before, defining = 0, 0, False
    for code, number, text in _entries(raw, source):
        if code == _SKIP:
            sample += number
        elif code == _AUX:
            told = _RESOLUTION.match(text)
            rate_hz = float(told[1]) if told else rate_hz
            defining = text.startswith(_DEFINITIONS) or (defining and not text.startswith("##"))
            if code_before == _NOTE and not defining and not text.startswith("##"):
                notes.append((sample, text))
        else:
            sample, code_before = sample + number, code
            if not 0 <= sample <= _LONGEST:
                raise ScoringFileError(f"{source}: {_DAMAGED}: a note at sample {sample}")
    return WfdbNotes(notes=tuple(notes), rate_hz=rate_hz)


def _entries(raw: bytes, source: str) -> Iterator[tuple[int, int, str]]:
    """Yield code, number and text of each entry but those that only set a field."""
    place = 0
    while place + 2 <= len(raw):
        word = int.from_bytes(raw[place : place + 2], "little")
        code, number = word >> 10, word & 0x3FF
        text = ""
        place += 2
        if not word:
            return
        if code == _SKIP:
            high, low = raw[place : place + 2], raw[place + 2 : place + 4]
            number = int.from_bytes(low + high, "little", signed=True)
            place += 4
        elif code == _AUX:
            text = raw[place : place + number].decode("latin-1").strip("\0 \t\r\n")
            place += number + number % 2
        if place > len(raw):
            break
        if code not in _FIELDS:
            yield code, number, text
    raise ScoringFileError(f"{source}: {_DAMAGED}: it breaks off at byte {len(raw)}")


def rate_of_header(path: Path) -> float | None:
    """Return the sampling rate a record's header (``.hea``) gives, None without one."""
    try:
        text = path.read_text("latin-1")
    except OSError:
        return None
    first = next((line for line in text.splitlines() if not line.startswith("#")), "")
    words = first.split()
    rate = re.match(r"[0-9]+(?:\.[0-9]*)?", words[2]) if len(words) > 2 else None
    return float(rate[0]) if rate else None
