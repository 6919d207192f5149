"""The text of a scoring file, whatever it is encoded in."""

from __future__ import annotations

from pathlib import Path

from psgscore.errors import ScoringFileError


def read_text(path: Path) -> str:
    """Return the text of a file: UTF-8 or UTF-16 (with or without BOM), else Latin-1.

    Lines end in LF, whatever they ended in.

    Raises
    ------
    ScoringFileError
        It cannot be read, is broken UTF-16, or holds NUL bytes: not a text file.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise ScoringFileError(f"{path.name}: cannot be read: {error.strerror}") from error
    return _decoded(raw, path.name).replace("\r\n", "\n").replace("\r", "\n")


def _decoded(raw: bytes, name: str) -> str:
    try:
        if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
            return raw.decode("utf-16")
        if b"\0" not in raw:
            return raw.decode("utf-8-sig")
        text = _unmarked_utf16(raw)
        if text is not None:
            return text
    except UnicodeDecodeError as error:
        if error.encoding.startswith("utf-8"):
            return raw.decode("latin-1")
    raise ScoringFileError(f"{name}: not a text file, and not an EDF by its name")


def _unmarked_utf16(raw: bytes) -> str | None:
    """Return UTF-16 without a BOM: its first letter, of ASCII, has one NUL that says the order."""
    if raw[:1] == b"\0" or raw[1:2] == b"\0":
        text = raw.decode("utf-16-be" if raw[:1] == b"\0" else "utf-16-le")
        # Bytes padded with NUL hold more of them.
        return None if "\0" in text else text
    return None
