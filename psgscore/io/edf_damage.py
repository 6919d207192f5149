"""Files that are no EDF, or none any more: compressed, or rewritten as a text."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from pathlib import Path

from psgscore.errors import RecordingError

_FOREIGN = (
    (b"\x1f\x8b", "is compressed (gzip): unpack it first"),
    (b"PK\x03\x04", "is an archive (zip): unpack it first"),
    (b"BZh", "is compressed (bzip2): unpack it first"),
    (b"\xfd7zXZ", "is compressed (xz): unpack it first"),
    (b"(\xb5/\xfd", "is compressed (zstd): unpack it first"),
    (b"7z\xbc\xaf", "is an archive (7z): unpack it first"),
    (b"Rar!", "is an archive (rar): unpack it first"),
    (b"<", "is a web page or XML, not an EDF file: was the download an error message?"),
    (b"version https://git-lfs", "is the pointer of a Git LFS file: fetch the file itself"),
    (b"\xef\xbb\xbf", "was rewritten by a text program (byte order mark): get the original"),
    (b"\xff\xfe", "was rewritten by a text program (UTF-16): get the original"),
)
_CHUNK_BYTES = 1 << 20
# Binary data are text by chance once in 256 for each place looked at.
_ENOUGH_EXACT, _ENOUGH = 2, 64
_LINE_END = re.compile(rb"(\r?)\n")


def refuse_foreign(head: bytes) -> None:
    """Raise RecordingError when a file begins as those of another kind do."""
    for magic, message in _FOREIGN:
        if head.startswith(magic):
            raise RecordingError(message)


def refuse_text_damage(path: Path, offset: int, record_bytes: int, stated: int | None) -> None:
    """Raise RecordingError when a program took the data for a text and rewrote them.

    Only files longer than announced are looked at; data that were left alone are recognised
    within their first few hundred bytes.

    Parameters
    ----------
    path : Path
        The file.
    offset, record_bytes : int
        Where its records begin, and the size of one.
    stated : int or None
        How many records the header announces, None if it does not.
    """
    room = path.stat().st_size - offset
    if not record_bytes or room == (stated or 0) * record_bytes:
        return
    if stated and room < stated * record_bytes:
        return
    ends = _only_text_line_ends(path, offset)
    exact = room - ends == stated * record_bytes if stated else (room - ends) % record_bytes == 0
    if ends >= _ENOUGH or (exact and ends >= _ENOUGH_EXACT):
        raise RecordingError(
            f"was transferred as a text: all {ends} line feeds in its data got a carriage return "
            "before them, the samples are destroyed. Copy the original again in binary mode"
        )
    characters = _only_utf8(path, offset)
    if characters >= _ENOUGH:
        raise RecordingError(
            f"was saved as a text: its data are UTF-8, {characters} characters of several bytes, "
            "the samples are destroyed. Get the original"
        )


def _chunks(path: Path, offset: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(offset)
        while chunk := file.read(_CHUNK_BYTES):
            yield chunk


def _only_text_line_ends(path: Path, offset: int) -> int:
    """Return the number of line feeds, 0 as soon as one stands without carriage return."""
    count, last = 0, b""
    for chunk in _chunks(path, offset):
        for match in _LINE_END.finditer(last + chunk):
            if not match[1]:
                return 0
            count += 1
        last = chunk[-1:] if chunk[-1:] == b"\r" else b""
    return count


def _only_utf8(path: Path, offset: int) -> int:
    """Return the number of characters of several bytes, 0 if the data are not UTF-8."""
    decoder, count = codecs.getincrementaldecoder("utf-8")(), 0
    try:
        for chunk in _chunks(path, offset):
            count += sum(not char.isascii() for char in decoder.decode(chunk))
    except UnicodeDecodeError:
        return 0
    return count
