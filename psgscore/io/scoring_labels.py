"""Words of scorers and scoring programs -> stages and event kinds, from the label tables."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import Any

from psgscore.errors import ConfigError
from psgscore.model.hypnogram import Stage

OTHER = "other"
"""An event whose word is not in the table keeps it: kind ``other:<word>``."""

_OURS = (f"{OTHER}:", "imported:")


@dataclass(frozen=True, slots=True)
class StageWords:
    """How stages are spelled; keys in lower case."""

    prefixes: tuple[str, ...]
    words: Mapping[str, Stage]
    prefixed_digits: Mapping[str, Stage]
    codes: Mapping[str, Mapping[str, Stage]]

    def look_up(self, text: str) -> tuple[bool, Stage | None]:
        """Say whether a text names a stage, and which; None for an unknown stage word."""
        word = " ".join(text.lower().split())
        for prefix in self.prefixes:
            if word.startswith(prefix):
                behind = word.removeprefix(prefix)
                rest = behind.strip(" _-:=")
                stage = self.prefixed_digits.get(rest, self.words.get(rest))
                # "staged by ...", "Stadelmann": letters that go on are another word.
                return stage is not None or (bool(rest) and not behind[0].isalpha()), stage
        bare = re.fullmatch(r"w|wake|n[123]|r|rem", word) is not None
        return bare, self.words.get(word) if bare else None

    def is_remark(self, text: str) -> bool:
        """Say whether a text goes on after a stage, as in "stage 2 looks odd"."""
        word = " ".join(text.lower().split())
        first = next((p for p in self.prefixes if word.startswith(p)), "")
        stage, _, more = word.removeprefix(first).strip(" _-:=").partition(" ")
        return bool(more) and self.look_up(f"{first} {stage}")[1] is not None

    def is_rk(self, text: str) -> bool:
        """Say whether a stage word is S3 or S4 of Rechtschaffen and Kales."""
        word = " ".join(text.lower().split())
        rest = next((word.removeprefix(p) for p in self.prefixes if word.startswith(p)), word)
        return rest.strip(" _-:=") in ("3", "4", "s3", "s4")

    def code_map(self, name: str | None) -> Mapping[str, Stage]:
        """Return the map of bare numbers with that name.

        Raises
        ------
        ConfigError
            No such map.
        """
        name = "yasa" if name is None else name
        if name not in self.codes:
            raise ConfigError(f"no stage codes {name!r}: there are {', '.join(sorted(self.codes))}")
        return self.codes[name]


@cache
def stage_words() -> StageWords:
    """Return the shipped table of stage words."""
    table = _load("stages.toml")
    return StageWords(
        tuple(table["prefixes"]),
        _stages(table["words"]),
        _stages(table["prefixed_digits"]),
        {name: _stages(codes) for name, codes in table["codes"].items()},
    )


@lru_cache(maxsize=4096)
def event_kind(text: str) -> str:
    """Return the kind of an event from its word; ``other:<word>`` if it is not in the table.

    ``other:...``, ``imported:...`` and the kinds of all label tables, which psgscore writes
    itself, stay what they are.
    """
    kind = _event_words().get(_plain(text))
    if kind is not None:
        return kind
    return text if text.startswith(_OURS) or text in _kinds() else f"{OTHER}:{text}"


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[\s_\-]+", " ", text.lower()).split())


@cache
def _event_words() -> dict[str, str]:
    kinds = _load("events.toml")["kinds"]
    words = {_plain(word): kind for kind, spellings in kinds.items() for word in spellings}
    return words | {_plain(kind): kind for kind in kinds}


@cache
def _kinds() -> frozenset[str]:
    """Return the kinds of all label tables, for what psgscore wrote itself."""
    folder = resources.files("psgscore.configs").joinpath("labels")
    names = sorted(file.name for file in folder.iterdir() if file.name.endswith(".toml"))
    return frozenset(kind for name in names for kind in _load(name).get("kinds", {}))


def _stages(names: Mapping[str, str]) -> dict[str, Stage]:
    return {word: Stage[name] for word, name in names.items()}


def _load(name: str) -> dict[str, Any]:
    folder = resources.files("psgscore.configs").joinpath("labels")
    return tomllib.loads(folder.joinpath(name).read_text("utf-8"))
