"""The nights of one person side by side: their order, their notes, and what sets them apart."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from psgscore.model.score import Score
from psgscore.model.staging import AUTOMATIC_STAGES

NoteKind = Literal["number", "groups", "text"]
_NUMBER = re.compile(r"[-+]?(\d+([.,]\d*)?|[.,]\d+)([eE][-+]?\d+)?")
_UNKNOWN = frozenset({"", "n/a", "na", "-", "?", "unknown"})
_MOST_NAMED = 5
_DIGITS = re.compile(r"(\d+)")


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class TrendNight:
    """One scored night of several.

    Parameters
    ----------
    name : str
        Of its file, told apart from all others.
    score : Score
        What was scored.
    date : str
        As the notes give it (ISO 8601), "" where they do not.
    notes : mapping of str to str
        What the notes say of it, by column; empty where they do not know it.
    """

    name: str
    score: Score
    date: str = ""
    notes: Mapping[str, str] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """What it is called in a figure."""
        return self.date or self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteColumn:
    """A column of the notes, along the nights.

    Parameters
    ----------
    name : str
        Its heading.
    kind : {"number", "groups", "text"}
        Numbers; two groups of nights; or anything else, which is only shown.
    values : tuple of float, str or None
        One per night; None where nothing is noted.
    groups : tuple of str
        The two, in order; empty unless it has two.
    """

    name: str
    kind: NoteKind
    values: tuple[float | str | None, ...]
    groups: tuple[str, ...] = ()


def in_order(nights: Sequence[TrendNight]) -> tuple[tuple[TrendNight, ...], bool]:
    """Return the nights by their dates if all have one, else by name; and whether by dates.

    Numbers in a name count by their value: ``night2`` comes before ``night10``.
    """
    dated = all(night.date for night in nights)
    by_name = sorted(nights, key=lambda night: _natural(night.name))
    if dated:
        by_name.sort(key=lambda night: night.date)
    return tuple(by_name), dated


def _natural(name: str) -> tuple[tuple[int, int, str], ...]:
    parts = _DIGITS.split(name)
    return (
        *((1, int(one), "") if one.isdecimal() else (0, 0, one.casefold()) for one in parts),
        (0, 0, name),
    )


def note_columns(
    nights: Sequence[TrendNight], columns: Sequence[str], *, decimal_comma: bool
) -> tuple[NoteColumn, ...]:
    """Return the columns of the notes along the nights, each with its kind."""
    return tuple(_column(nights, name, decimal_comma) for name in columns)


def _column(nights: Sequence[TrendNight], name: str, decimal_comma: bool) -> NoteColumn:
    cells = [night.notes.get(name, "").strip() for night in nights]
    texts = [None if cell.casefold() in _UNKNOWN else cell for cell in cells]
    known = [text for text in texts if text is not None]
    numbers = [None if text is None else number_of(text, decimal_comma) for text in texts]
    if known and sum(number is not None for number in numbers) == len(known):
        distinct = sorted({number for number in numbers if number is not None})
        if len(distinct) != 2:
            return NoteColumn(name=name, kind="number", values=tuple(numbers))
        words = tuple(f"{number:g}" for number in numbers if number is not None)
        shown = tuple(None if number is None else f"{number:g}" for number in numbers)
        groups = tuple(f"{number:g}" for number in distinct)
        if len(set(words)) == 2:
            return NoteColumn(name=name, kind="groups", values=shown, groups=groups)
        return NoteColumn(name=name, kind="number", values=tuple(numbers))
    spelling = {text.casefold(): text for text in reversed(known)}
    same = tuple(None if text is None else spelling[text.casefold()] for text in texts)
    if len(spelling) == 2:
        groups = tuple(spelling[one] for one in sorted(spelling))
        return NoteColumn(name=name, kind="groups", values=same, groups=groups)
    return NoteColumn(name=name, kind="text", values=tuple(texts))


def number_of(text: str, decimal_comma: bool) -> float | None:
    """Return the number a cell holds, None for any other text."""
    if not _NUMBER.fullmatch(text) or ("," in text and not decimal_comma):
        return None
    return float(text.replace(",", "."))


def not_comparable(nights: Sequence[TrendNight]) -> Iterator[str]:
    """Yield what sets the nights apart besides the person's sleep: what, and which nights."""
    for what, read in _SAME.items():
        found: dict[str, list[str]] = {}
        for night in nights:
            found.setdefault(read(night.score), []).append(night.name)
        if len(found) > 1:
            parts = (f"{value} ({_named(names)})" for value, names in found.items())
            yield f"{what}: {'; '.join(parts)}"


def _named(names: Sequence[str]) -> str:
    return ", ".join(names) if len(names) <= _MOST_NAMED else f"{len(names)} nights"


def _rules(score: Score) -> str:
    return ", ".join(rules.name for rules in score.provenance.rules) or "none"


def legs_of(score: Score) -> str:
    """Return the legs the movements come from, in words."""
    roles = {one.role for one in score.provenance.channels if one.role.startswith("leg")}
    words = sorted(role.partition(":")[2] or "side not known" for role in roles)
    if not words:
        return "no leg scored" if not score.legs else "not stated"
    return {"both": "both on one channel"}.get(" and ".join(words), " and ".join(words))


def _staged_by(score: Score) -> str:
    if score.hypnogram is None:
        return "none"
    said = any(one.code == AUTOMATIC_STAGES for one in score.findings)
    source = score.provenance.stage_source.casefold()
    automatic = score.staging is not None or said or source.startswith("automatic")
    return "automatic" if automatic else "given"


def _whether(known: bool) -> str:
    return "scored" if known else "not scored"


def _arousals(score: Score) -> str:
    return _whether(any(leg.verdicts.arousal is not None for leg in score.legs))


def _respiratory(score: Score) -> str:
    return _whether(any(leg.verdicts.respiratory is not None for leg in score.legs))


def _movements_from(score: Score) -> str:
    return str(score.provenance.settings.get("movements", "not stated"))


def _lights(score: Score) -> str:
    codes = {finding.code for finding in score.findings}
    missing = [end for end in ("off", "on") if f"lights.no-{end}" in codes]
    return f"{' and '.join(missing)} not marked" if missing else "marked"


_SAME: Mapping[str, Callable[[Score], str]] = {
    "psgscore version": lambda score: score.provenance.version or "not stated",
    "rule sets": _rules,
    "criteria": lambda score: score.provenance.criteria_sha256[:12] or "not stated",
    "legs": legs_of,
    "movements": _movements_from,
    "sleep stages": _staged_by,
    "arousals": _arousals,
    "respiratory events": _respiratory,
    "lights": _lights,
    "review": lambda score: score.review.state,
}
"""What has to be the same for two nights to be compared."""
