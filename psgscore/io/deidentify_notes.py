"""Annotations of a de-identified copy: times untouched, texts only if they are allowed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Literal

from psgscore.errors import RecordingError
from psgscore.io.deidentify_words import AllowList
from psgscore.io.edf_tal import body_of, read_entry
from psgscore.model.staging import AUTOMATIC_NOTE

REPLACED = b"other"
"""What stands in for a text that is not allowed; one letter where the text was shorter."""
_SHORT = b"x"

Fate = Literal["kept", "replaced", "channel removed", "shortened"]


@dataclass(slots=True)
class NoteCleaner:
    """Cleans the annotation signals of a file, block by block.

    Parameters
    ----------
    allowed : AllowList
        What may stay.
    labels : collection of str
        Channel labels that stay in the header: they may stay after ``@@`` too.
    counts : Counter
        How many texts had which fate.
    damaged : int
        Entries that could not be read and were left out.
    removed : Counter
        The texts that are gone, and how often each was there.
    """

    allowed: AllowList
    labels: Collection[str]
    counts: Counter[Fate] = field(default_factory=Counter)
    damaged: int = 0
    removed: Counter[str] = field(default_factory=Counter)
    _seen: dict[bytes, tuple[bytes, Fate]] = field(default_factory=dict)

    def block(self, block: bytes) -> bytes:
        """Return one annotation signal of one record, as long as it was.

        What can be read as an entry keeps its onset and duration byte by byte; nothing else
        of the block is copied.

        Raises
        ------
        RecordingError
            The texts that are allowed take more room than there is.
        """
        body, _ = body_of(block)
        entries = []
        for raw in body.split(b"\0"):
            if not raw.strip(b" \r\n"):
                entries.append(b"")
            elif read_entry(raw) is None:
                self.damaged += 1
            else:
                head, *texts = raw.split(b"\x14")
                entries.append(b"\x14".join([head, *(self._text(text) for text in texts)]))
        cleaned = b"\0".join(entries).rstrip(b"\0").ljust(len(block), b"\0")
        if len(cleaned) > len(block):
            raise RecordingError(
                "holds texts in UTF-16 that take more room as UTF-8: take their words out of the "
                "allowed texts"
            )
        return cleaned

    def _text(self, raw: bytes) -> bytes:
        """Return what is written in the place of a text, never longer."""
        if not raw:
            return raw
        if raw not in self._seen:
            self._seen[raw] = self._judged(raw)
        cleaned, fate = self._seen[raw]
        self.counts[fate] += 1
        if fate != "kept":
            self.removed[_decoded(raw)] += 1
        return cleaned

    def _judged(self, raw: bytes) -> tuple[bytes, Fate]:
        words, mark, channel = raw.strip(b" \0").rpartition(b"@@")
        if not mark:
            words, channel = channel, b""
        if self.allowed.allows_note(_decoded(words).strip(" \0")):
            if not mark or _decoded(channel).strip() in self.labels:
                return raw, "kept"
            return words, "channel removed"
        # Without this note automatic stages would be taken for those of a person.
        if words.startswith(AUTOMATIC_NOTE.encode()):
            return AUTOMATIC_NOTE.encode(), "shortened"
        return (REPLACED if len(raw) >= len(REPLACED) else _SHORT), "replaced"


def _decoded(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")
