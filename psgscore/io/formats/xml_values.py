"""Numbers and words in XML scorings: what NSRR, Profusion, Philips and EDFbrowser have alike."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence

from psgscore.errors import ScoringFileError
from psgscore.io.formats.foreign import Source
from psgscore.io.formats.vocabulary import vocabulary
from psgscore.io.formats.xml_tree import Element
from psgscore.io.scoring_labels import OTHER

LONGEST_WORD = 200
LONGEST_S = 31 * 86400.0
_NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d{1,3})?", re.ASCII)
_MISSING = ("", "n/a", "na", "nan", "null", "-", "--")


def number(text: str) -> float | None:
    """Return a finite number, with a point or a comma; None where it is none."""
    word = text.strip()
    if _NUMBER.fullmatch(word) is None:
        return None
    value = float(word.replace(",", "."))
    return value if math.isfinite(value) else None


def seconds(text: str, what: str, source: Source, line: int) -> float:
    """Return a time in seconds.

    Raises
    ------
    ScoringFileError
        It is no number, or further away than any recording is long.
    """
    value = number(text)
    if value is None:
        raise ScoringFileError(
            f"{source.name}, line {line}: {what} is {text[:40]!r}, not a number of seconds (12.5)"
        )
    if abs(value) > LONGEST_S:
        raise ScoringFileError(
            f"{source.name}, line {line}: {what} is {value:g} s, more than a month: "
            "is it in seconds?"
        )
    return value


def length_s(text: str, what: str, source: Source, line: int) -> float | None:
    """Return a duration in seconds, None where it is missing.

    Raises
    ------
    ScoringFileError
        It is no number, or negative.
    """
    if text.strip().lower() in _MISSING:
        return None
    value = seconds(text, what, source, line)
    if value < 0:
        raise ScoringFileError(f"{source.name}, line {line}: {what} {value:g} s is negative")
    return value


def measured(text: str, what: str, source: Source, line: int) -> float:
    """Return a measured value, NaN where it is missing.

    Raises
    ------
    ScoringFileError
        It is no number.
    """
    word = text.strip().removesuffix("%").strip()
    if word.lower() in _MISSING:
        return math.nan
    value = number(word)
    if value is None:
        raise ScoringFileError(
            f"{source.name}, line {line}: {what} is {text[:40]!r}, not a number (91.5)"
        )
    return value


def clipped(text: str) -> str:
    """Return the word of an event on one line; a remark that is very long ends in "..."."""
    plain = " ".join(text.split())
    return plain if len(plain) <= LONGEST_WORD else plain[: LONGEST_WORD - 3] + "..."


def measures(
    rows: Sequence[Element], names: Mapping[str, str], source: Source, *, n_more: int = 0
) -> dict[str, list[float]]:
    """Return what some of the rows were measured to be, NaN for the others.

    Parameters
    ----------
    rows : sequence of Element
        Events.
    names : mapping of str to str
        Child element and name of the measure.
    source : Source
        For messages.
    n_more : int
        Events without measures that come after these.

    Raises
    ------
    ScoringFileError
        One is no number.
    """
    columns: dict[str, list[float]] = {}
    for place, row in enumerate(rows):
        for child in row.children:
            name = names.get(child.name)
            if name is not None:
                column = columns.setdefault(name, [math.nan] * (len(rows) + n_more))
                column[place] = measured(child.text, child.name, source, child.line)
    return columns


def free_text(text: str, what: str, table: str) -> str:
    """Return a remark of a person as the word of an event.

    One that a label table knows ("Lights off") says what it says. Any other is no stage,
    whatever it looks like ("stage change").
    """
    plain = clipped(text)
    if not plain:
        return what
    known = not vocabulary(table).kind(plain).startswith(f"{OTHER}:")
    return plain if known else clipped(f"{what}: {plain}")
