"""Single fields of an EDF header, as programs really write them."""

from __future__ import annotations

import math
import re

from psgscore.model.finding import Finding, Severity

_PADDING = " \0\t\r\n"
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")


class Notes:
    """Collects findings while the header is read."""

    def __init__(self) -> None:
        self.found: list[Finding] = []

    def add(self, code: str, message: str, where: str = "", severity: Severity = "warning") -> None:
        """Note something about the header; `code` without its ``edf.``."""
        self.found.append(Finding(f"edf.{code}", message, where, severity))


def read_text(raw: bytes, notes: Notes, what: str) -> str:
    """Decode a field: ASCII, else UTF-8, else Latin-1, said so; blanks and NULs stripped."""
    try:
        text = raw.decode("utf-8").strip(_PADDING)
    except UnicodeDecodeError:
        text = raw.decode("latin-1").strip(_PADDING)
    if what and not raw.isascii():
        notes.add("not-ascii", f"the {what} holds characters outside ASCII", severity="note")
    text, end, _ = text.partition("\0")
    if what and end:
        notes.add("text-nul", f"the {what} is cut at its NUL: what follows is no text")
    return text.strip(_PADDING)


def read_number(raw: bytes) -> float | None:
    """Read a number as programs write it: comma or point, any exponent, NUL or blank padded."""
    text = raw.decode("latin-1").strip(_PADDING).replace(",", ".")
    if not _NUMBER.fullmatch(text):
        return None
    value = float(text)
    return value if math.isfinite(value) else None


def read_count(raw: bytes) -> int | None:
    """Read a whole number below 1e9; None where the field holds none."""
    value = read_number(raw)
    return int(value) if value is not None and value == int(value) and value < 1e9 else None


def shown(raw: bytes) -> str:
    """Return a number field for a message; words are not repeated, they may name the patient."""
    text = raw.decode("latin-1").strip(_PADDING)
    if not text:
        return "blank"
    return repr(text) if re.fullmatch(r"[-+0-9.,eE ]+", text) else "no number"
