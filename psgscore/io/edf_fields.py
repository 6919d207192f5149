"""Single fields of an EDF header, as programs really write them."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable

from psgscore.model.finding import Finding, Severity

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
# Fields are padded with blanks or NULs; some programs use tabs, line ends or hard blanks.
_PADDING = " \0\t\r\n\xa0"
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")


class Notes:
    """Collects findings while the header is read."""

    def __init__(self) -> None:
        self.found: list[Finding] = []

    def add(self, code: str, message: str, where: str = "", severity: Severity = "warning") -> None:
        """Note something about the header; `code` without its ``edf.``."""
        self.found.append(Finding(f"edf.{code}", message, where, severity))


def read_text(raw: bytes, notes: Notes, what: str) -> str:
    """Decode a field: ASCII, else UTF-8, else Latin-1, said so; the padding stripped.

    Control characters inside, NUL among them, become one blank: nothing after them is lost.
    """
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
    text = text.strip(_PADDING)
    if what and not raw.isascii():
        notes.add("not-ascii", f"the {what} holds characters outside ASCII", severity="note")
    if what and _CONTROL.search(text):
        notes.add("control-characters", f"the {what} holds control characters: read as blanks")
    return _CONTROL.sub(" ", text)


def read_number(raw: bytes) -> float | None:
    """Read a number as programs write it: comma or point, any exponent, NUL or blank padded."""
    text = _stripped(raw).replace(",", ".")
    if not _NUMBER.fullmatch(text):
        return None
    value = float(text)
    return value if math.isfinite(value) else None


def read_count(raw: bytes) -> int | None:
    """Read a whole number from 0 to below 1e9; None where the field holds none."""
    value = read_number(raw)
    return int(value) if value is not None and value == int(value) and 0 <= value < 1e9 else None


def note_commas(fields: Iterable[bytes], notes: Notes) -> None:
    """Tell of numbers written with a comma: they are read as decimal fractions."""
    found = sum(b"," in raw and read_number(raw) is not None for raw in fields)
    if found:
        message = f"{found} number(s) of the header have a decimal comma: read as decimal point"
        notes.add("decimal-comma", message)


def shown(raw: bytes) -> str:
    """Return a number field for a message; words are not repeated, they may name the patient."""
    text = _stripped(raw)
    if not text:
        return "blank"
    return repr(text) if re.fullmatch(r"[-+0-9.,eE ]+", text) else "no number"


def _stripped(raw: bytes) -> str:
    return raw.decode("latin-1").strip(_PADDING)
