"""The words of one scoring program: its own label table first, then the common ones."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

from psgscore.errors import ConfigError, did_you_mean
from psgscore.io.scoring_labels import event_kind, stage_words
from psgscore.model.hypnogram import Stage

COMMON = ""
_NEGATIVE = re.compile(r"-\d+", re.ASCII)
_SECTIONS = ("title", "stages", "kinds", "rk")


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """What the words of a program mean.

    Parameters
    ----------
    name : str
        Of the label table, "" for the common ones alone.
    stages : mapping of str to Stage
        Folded word and stage: those that the common table has not, or understands otherwise.
    kinds : mapping of str to str
        Folded word and kind of event.
    rk : frozenset of str
        Folded words that are stages of Rechtschaffen and Kales that AASM has not.
    """

    name: str = COMMON
    stages: Mapping[str, Stage] = field(default_factory=dict)
    kinds: Mapping[str, str] = field(default_factory=dict)
    rk: frozenset[str] = frozenset()

    def stage(self, text: str) -> tuple[bool, Stage | None]:
        """Say whether a word among events names a stage, and which; None for an unknown one."""
        word = folded(text)
        if word in self.stages:
            return True, self.stages[word]
        if word in self.kinds:
            return False, None
        return stage_words().look_up(text)

    def listed_stage(self, text: str) -> Stage | None:
        """Return what a word means that can only be a stage, None where it is not known."""
        word = folded(text)
        if word in self.stages:
            return self.stages[word]
        words = stage_words()
        return words.words.get(word, words.look_up(text)[1])

    def kind(self, text: str) -> str:
        """Return the kind of an event; ``other:<word>`` if no table has it."""
        return self.kinds.get(folded(text)) or event_kind(text)

    def is_rk(self, text: str) -> bool:
        """Say whether a stage word is S3 or S4 of Rechtschaffen and Kales."""
        word = folded(text)
        if word.lstrip("-").isdecimal() and word in self.stages:
            return word in self.rk
        return word in self.rk or stage_words().is_rk(text)

    def before(self, other: Vocabulary) -> Vocabulary:
        """Return a table in which the words of this one win over those of another."""
        return Vocabulary(
            name=other.name or self.name,
            stages={**other.stages, **self.stages},
            kinds={**other.kinds, **self.kinds},
            rk=self.rk | other.rk,
        )


@lru_cache(maxsize=4096)
def folded(text: str) -> str:
    """Return a word as it is compared: lower case, no accents; blanks, ``_`` and ``-`` alike.

    A negative number keeps its sign: -1 is another stage than 1.
    """
    if _NEGATIVE.fullmatch(text.strip()):
        return text.strip()
    bare = unicodedata.normalize("NFKD", text.lower().replace("\u2019", "'"))
    bare = "".join(sign for sign in bare if not unicodedata.combining(sign))
    return " ".join(re.sub(r"[\s_\-]+", " ", bare).split())


COMMON_WORDS = Vocabulary()


@cache
def vocabulary(name: str = COMMON) -> Vocabulary:
    """Return a shipped label table, ``"remlogic"``; "" is the common one.

    Raises
    ------
    ConfigError
        There is no such table.
    """
    if name == COMMON:
        return COMMON_WORDS
    folder = resources.files("psgscore.configs").joinpath("labels")
    file = folder.joinpath(f"{name}.toml")
    if not file.is_file():
        known = [one.name.removesuffix(".toml") for one in folder.iterdir()]
        raise ConfigError(f"no label table {name!r}:{did_you_mean(name, known)}")
    return vocabulary_of(name, tomllib.loads(file.read_text("utf-8")))


def read_vocabulary(path: Path) -> Vocabulary:
    """Read a label table of the user's.

    Raises
    ------
    ConfigError
        It cannot be read, is no TOML, or holds what a label table has not.
    """
    try:
        table = tomllib.loads(path.read_text("utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{path.name}: no label table: {error}") from error
    return vocabulary_of(path.name, table)


def vocabulary_of(name: str, table: Mapping[str, Any]) -> Vocabulary:
    """Return the label table that a TOML file holds.

    Raises
    ------
    ConfigError
        It holds what a label table has not.
    """
    unknown = next((key for key in table if key not in _SECTIONS), None)
    if unknown is not None:
        raise ConfigError(f"{name}: no section {unknown!r}:{did_you_mean(unknown, _SECTIONS)}")
    stages: dict[str, Stage] = {}
    for stage, words in _lists(name, table, "stages"):
        if stage not in Stage.__members__:
            raise ConfigError(
                f"{name}: no stage {stage!r}:{did_you_mean(stage, Stage.__members__)}"
            )
        stages |= {folded(word): Stage[stage] for word in words}
    kinds = {folded(word): kind for kind, words in _lists(name, table, "kinds") for word in words}
    rk = table.get("rk", [])
    if not isinstance(rk, list):
        raise ConfigError(f"{name}: rk is a list of words")
    return Vocabulary(
        name=name, stages=stages, kinds=kinds, rk=frozenset(folded(str(word)) for word in rk)
    )


def _lists(name: str, table: Mapping[str, Any], section: str) -> list[tuple[str, list[str]]]:
    """Return a section whose values are lists of words."""
    rows = table.get(section, {})
    if not isinstance(rows, dict):
        raise ConfigError(f"{name}: [{section}] holds lines such as  N2 = ['stage 2']")
    for key, words in rows.items():
        if not (isinstance(words, list) and all(isinstance(word, str) for word in words)):
            raise ConfigError(f"{name}: {key} under [{section}] needs a list of words")
    return list(rows.items())
