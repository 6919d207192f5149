"""Which texts of a recording may stay when it is de-identified: an allow-list, nothing else."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path

from psgscore.errors import ConfigError
from psgscore.io.channel_names import fully_read
from psgscore.io.event_meanings import EVENT_MEANINGS
from psgscore.io.scoring_labels import event_kind, stage_words
from psgscore.io.units import microvolts_per

_OURS = ("imported:", "other:")
_LETTERS = re.compile(r"[^\W\d_]+")
_NOTE_FORM = re.compile(r"(?:[^\W\d_]|[ .,;:/()+_?!=&-])+")
_HEADER_FORM = re.compile(r"[\w .,;:/()+%=<>*°^²-]*")
# A number that long is a serial or a patient number; three in a row are a date.
_NUMBER_OR_DATE = re.compile(r"\d{5,}|\d{1,4}([./-])\d{1,2}\1\d{1,4}")


@dataclass(frozen=True, slots=True)
class AllowList:
    """What may stay.

    Parameters
    ----------
    note_words, header_words : frozenset of str
        Words, folded, that annotations and header texts may be made of.
    phrases : frozenset of str
        Whole annotation texts, folded, that the user allows.
    """

    note_words: frozenset[str]
    header_words: frozenset[str]
    phrases: frozenset[str] = frozenset()

    def allows_note(self, text: str) -> bool:
        """Whether an annotation text, its channel left out, may stay as it is."""
        while text.startswith(_OURS):
            text = text.partition(":")[2]
        is_stage, stage = stage_words().look_up(text)
        if (is_stage and stage is not None) or not event_kind(text).startswith(_OURS):
            return True
        plain = folded(text)
        if plain in self.phrases or self._is_made_of_note_words(plain):
            return True
        # What psgscore itself writes: "automatic_arousal", "jerk:left".
        kind, _, more = text.partition(":")
        return kind in EVENT_MEANINGS and (not more or self._is_made_of_note_words(folded(more)))

    def _is_made_of_note_words(self, plain: str) -> bool:
        made_of = set(_LETTERS.findall(plain))
        return bool(made_of and _NOTE_FORM.fullmatch(plain)) and made_of <= self.note_words

    def allows_field(self, text: str) -> bool:
        """Whether a transducer, prefilter or unit text may stay as it is."""
        plain = folded(text)
        if not plain or microvolts_per(text) is not None or plain in self.phrases:
            return True
        if not _HEADER_FORM.fullmatch(plain) or _NUMBER_OR_DATE.search(plain):
            return False
        made_of = set(_LETTERS.findall(plain))
        has_numbers = any(sign.isdigit() for sign in plain)
        return made_of <= self.header_words and (bool(made_of) or not has_numbers)

    def allows_label(self, text: str) -> bool:
        """Whether a channel label is made of names of channels, or of allowed words, alone."""
        plain = folded(text)
        if not plain or fully_read(text) or plain in self.phrases:
            return True
        return set(_LETTERS.findall(plain)) <= self.note_words | self.header_words and not (
            _NUMBER_OR_DATE.search(plain)
        )

    def identifying(self, texts: Iterable[str]) -> frozenset[str]:
        """Return the words of texts, folded, three characters or more, that may tell who it is."""
        words = {word for text in texts for word in re.findall(r"[^\W_]{3,}", folded(text))}
        harmless = self.note_words | self.header_words | _plain_words()
        return frozenset(word for word in words if word not in harmless and not fully_read(word))


def folded(text: str) -> str:
    """Return a text in lower case, its blanks joined."""
    return " ".join(text.casefold().split())


def allow_list(path: Path | None = None) -> AllowList:
    """Return the shipped allow-list, with the user's texts if there are any.

    Parameters
    ----------
    path : Path, optional
        UTF-8, one text per line; a line of one word allows the word in other texts too.
        What follows a ``#`` at the beginning of a line is a remark.

    Raises
    ------
    ConfigError
        No such file, or not UTF-8.
    """
    own = frozenset() if path is None else _lines(path)
    words = frozenset(text for text in own if _LETTERS.fullmatch(text))
    shipped = _shipped()
    return AllowList(shipped.note_words | words, shipped.header_words | words, own)


@cache
def _shipped() -> AllowList:
    folder = resources.files("psgscore.configs")
    table = tomllib.loads(folder.joinpath("deidentify.toml").read_text("utf-8"))
    notes, header = (
        frozenset(folded(word) for word in table[name]["words"])
        for name in ("annotations", "header")
    )
    return AllowList(notes, header)


def _plain_words() -> frozenset[str]:
    months = "jan feb mar apr may jun jul aug sep oct nov dec"
    return frozenset(["startdate", "xxx", *months.split()])


def _lines(path: Path) -> frozenset[str]:
    try:
        text = path.read_text("utf-8-sig")
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{path}: is not UTF-8: save the file as UTF-8") from None
    lines = (line for line in text.splitlines() if not line.startswith("#"))
    return frozenset(folded(line) for line in lines if line.strip())
