"""What a channel label says: role, side and electrode, by the values of ``channels.toml``."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from importlib import resources
from typing import Any

from psgscore.errors import ConfigError
from psgscore.io.config import parse_toml

Pairs = tuple[tuple[str, str], ...]

_FILE = "channels.toml"
_MOST_AFFIXES = 4
_REFERENCE = "EEG:reference"


@dataclass(frozen=True, slots=True)
class Name:
    """What a label says.

    Parameters
    ----------
    role : str
        ``"leg:left"``, ``"EEG"``, ...; "" when the label is not understood.
    stem : str
        The reduced name without electrode: ``"lat"`` of ``"LAT1"``.
    mark : str
        The electrode, ``"1"`` of ``"LAT1"``, both of a pair already subtracted,
        ``"1-2"`` of ``"LAT1-LAT2"``; "" when there is none.
    reference : str
        What the electrode is measured against, "" when the label does not say.
    """

    role: str
    stem: str = ""
    mark: str = ""
    reference: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NameTable:
    """The loaded ``channels.toml``, all spellings reduced; its comments say what each is for.

    Parameters
    ----------
    names, only_electrodes : mapping
        Spelling to role; the second only when an electrode follows.
    prefixes, suffixes, references : tuple of str
        What may stand before or after a name.
    never : mapping
        Prefix or suffix to the roles it excludes.
    kinds, decides : mapping
        First word, or any word, to the role it gives alone.
    pairs : mapping
        ``"leg"``, ``"chin"``, ``"EMG"`` to its pairs of electrodes, the preferred one first.
    before : frozenset of str
        For which of these the electrode may precede the name.
    chin_stems, not_chin_marks, leg_numbers : tuple of str
        The conventions.
    hints : tuple of str
        What makes an unknown label look like an EMG.
    not_voltage : frozenset of str
        Units no electrode gives, case folded.
    """

    names: Mapping[str, str]
    only_electrodes: Mapping[str, str]
    prefixes: tuple[str, ...]
    suffixes: tuple[str, ...]
    references: tuple[str, ...]
    never: Mapping[str, tuple[str, ...]]
    kinds: Mapping[str, str]
    decides: Mapping[str, str]
    pairs: Mapping[str, Pairs]
    before: frozenset[str]
    chin_stems: tuple[str, ...]
    not_chin_marks: tuple[str, ...]
    leg_numbers: tuple[str, ...]
    hints: tuple[str, ...]
    not_voltage: frozenset[str]

    @property
    def roles(self) -> frozenset[str]:
        """Every role a label can have."""
        return frozenset((*self.names.values(), *self.kinds.values(), *self.decides.values()))


def family(role: str) -> str:
    """Return ``"leg"`` of ``"leg:left"``."""
    return role.partition(":")[0]


def words_of(label: str) -> list[str]:
    """Return the words of a label: lower case, no accents, no punctuation.

    A ``+`` or ``-`` at the end is an electrode and becomes ``"plus"`` or ``"minus"``.
    """
    plain = unicodedata.normalize("NFKD", label.strip()).casefold()
    plain = re.sub(r"(?<=\w)\s*\+(?=[-/:]|$)", " plus ", plain)
    plain = re.sub(r"(?<=\w)\s*-$", " minus", plain)
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return re.findall(r"[^\W_]+", plain)


def reduced(label: str) -> str:
    """Return the label as the table has it: its words run together."""
    return "".join(words_of(label))


def read_label(label: str) -> Name:
    """Read one channel label.

    Parameters
    ----------
    label : str
        As in the recording.

    Returns
    -------
    Name
        With role "" when the label is not understood.
    """
    table = name_table()
    words = words_of(label)
    for word in words:
        if word in table.decides:
            return Name(table.decides[word], reduced(label))
    name = _understood(reduced(label), table) or _two_halves(label, table)
    if name is None and words and words[0] in table.kinds:
        return Name(table.kinds[words[0]], reduced(label))
    return name or Name("", reduced(label))


def fully_read(label: str) -> bool:
    """Return whether every part of a label is in the table: it holds no word of its own."""
    table = name_table()
    return bool(_understood(reduced(label), table) or _two_halves(label, table))


@functools.cache
def name_table() -> NameTable:
    """Load ``channels.toml``.

    Raises
    ------
    ConfigError
        One spelling stands for two roles.
    """
    text = resources.files("psgscore.configs").joinpath(_FILE).read_text(encoding="utf-8")
    values = parse_toml(text, where=_FILE)
    affixes, electrodes = values["affixes"], values["electrodes"]
    conventions = values["conventions"]
    return NameTable(
        names=_names(values),
        only_electrodes={
            reduced(word): role
            for role, words in values["only_electrodes"].items()
            for word in words
        },
        prefixes=_reduced_all(affixes["prefixes"]),
        suffixes=_reduced_all(affixes["suffixes"]),
        references=_reduced_all(affixes["references"]),
        never={word: tuple(roles) for word, roles in affixes["never"].items()},
        kinds=affixes["kinds"],
        decides=affixes["decides"],
        pairs={
            group: tuple((str(plus), str(minus)) for plus, minus in entry["pairs"])
            for group, entry in electrodes.items()
        },
        before=frozenset(group for group, entry in electrodes.items() if entry["before"]),
        chin_stems=_reduced_all(conventions["chin"]),
        not_chin_marks=tuple(conventions["not_chin"]),
        leg_numbers=tuple(conventions["leg_numbers"]),
        hints=_reduced_all(values["hints"]["emg"]),
        not_voltage=frozenset(unit.casefold() for unit in values["units"]["not_voltage"]),
    )


def _reduced_all(spellings: list[str]) -> tuple[str, ...]:
    return tuple(reduced(spelling) for spelling in spellings)


def _names(values: Mapping[str, Any]) -> dict[str, str]:
    """Return every reduced spelling with its role."""
    names: dict[str, str] = {}
    listed = (
        (role, reduced(word)) for role, words in values["spellings"].items() for word in words
    )
    sided = (item for entry in values["sided"] for item in _sided(entry, values["sides"]))
    for role, key in (*listed, *sided):
        if names.setdefault(key, role) != role:
            raise ConfigError(f"{_FILE}: {key!r} stands for both {names[key]!r} and {role!r}")
    return names


def _sided(entry: Mapping[str, Any], sides: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    words = _reduced_all(entry["words"])
    if "alone" in entry:
        yield from ((entry["alone"], word) for word in words)
    for group in entry["sides"]:
        for side in ("left", "right"):
            for spelling in _reduced_all(sides[group][side]):
                yield from ((entry[side], word + spelling) for word in words)
                yield from ((entry[side], spelling + word) for word in words)


def _understood(key: str, table: NameTable) -> Name | None:
    """Look a reduced label up, first as it is, then with ever more affixes taken off."""
    tried = [(key, "", frozenset[str]())]
    for _ in range(_MOST_AFFIXES):
        for stem, reference, never in tried:
            name = _found(stem, table)
            if name and name.role not in never:
                return replace(name, reference=reference)
        tried = [item for stem in tried for item in _without_affix(*stem, table)]
    return None


def _without_affix(
    key: str, reference: str, never: frozenset[str], table: NameTable
) -> Iterator[tuple[str, str, frozenset[str]]]:
    for affix in table.prefixes:
        if key.startswith(affix) and key != affix:
            yield key.removeprefix(affix), reference, never.union(table.never.get(affix, ()))
    for affix in (*table.suffixes, *table.references):
        if key.endswith(affix) and key != affix:
            told = affix if affix in table.references else reference
            yield key.removesuffix(affix), told, never.union(table.never.get(affix, ()))


def _found(key: str, table: NameTable) -> Name | None:
    """Look up a spelling, with an electrode before or after it if need be."""
    if key in table.names:
        return Name(table.names[key], key)
    for group, pairs in table.pairs.items():
        for plus, minus in pairs:
            for stem, mark in _electrodes(key, plus, minus, before=group in table.before):
                role = table.names.get(stem) or table.only_electrodes.get(stem, "")
                if family(role) == group and stem != key:
                    return Name(role, stem, mark)
    return None


def _electrodes(key: str, plus: str, minus: str, *, before: bool) -> Iterator[tuple[str, str]]:
    """Yield (stem, mark) for every way `key` can hold one or both of two electrodes."""
    half = key[: (len(key) - len(plus) - len(minus)) // 2]
    both = f"{plus}-{minus}"
    yield key.removesuffix(plus + minus), both
    if key == half + plus + half + minus:
        yield half, both
    for mark in (plus, minus):
        yield key.removesuffix(mark), mark
    if before:
        if key == plus + half + minus + half:
            yield half, both
        if key.startswith(plus) and key.endswith(minus):
            yield key.removeprefix(plus).removesuffix(minus), both
        for mark in (plus, minus):
            yield key.removeprefix(mark), mark


def _two_halves(label: str, table: NameTable) -> Name | None:
    """Read ``"X-Y"``: a derivation of two channels, or X against a reference."""
    halves = re.split(r"[-/:]", label)
    if len(halves) != 2:
        return None
    first, second = (_understood(reduced(half), table) for half in halves)
    if first is None or second is None:
        return None
    return _derived(label, (first, halves[0]), (second, halves[1]))


def _derived(label: str, plus: tuple[Name, str], minus: tuple[Name, str]) -> Name | None:
    """Return the name of one known channel against another."""
    (first, first_label), (second, second_label) = plus, minus
    if first.role == second.role:
        return Name(first.role, reduced(label))
    if family(first.role) == family(second.role) == "leg":
        return Name("leg:both", reduced(label))
    if second.role in ("EEG", _REFERENCE):
        return replace(first, reference=reduced(second_label))
    if first.role == _REFERENCE:
        return replace(second, reference=reduced(first_label))
    return None
