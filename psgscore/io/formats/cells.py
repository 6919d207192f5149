"""Cells of scoring tables: numbers, and what says that there is nothing."""

from __future__ import annotations

import re

from psgscore.errors import ScoringFileError

MISSING = ("", ".", "n/a", "na", "nan", "none", "null")
LONGEST_S = 1e9
"""No time of a recording is further away than this (30 years)."""

_NUMBER = re.compile(
    r"[+-]?(?:\d{1,18}(?:[.,]\d{0,18})?|[.,]\d{1,18})(?:[eE][+-]?\d{1,3})?", re.ASCII
)


def is_missing(text: str) -> bool:
    """Say whether a cell holds nothing."""
    return text.strip().lower() in MISSING


def as_number(text: str) -> float | None:
    """Return the number a cell holds, with a point or a comma; None where it is none."""
    found = _NUMBER.fullmatch(text.strip())
    return float(found[0].replace(",", ".")) if found else None


def seconds(text: str, source: str, line: int, name: str = "the time") -> float:
    """Return a time of a cell.

    Raises
    ------
    ScoringFileError
        It is no number, or further away than any recording lasts.
    """
    value = as_number(text)
    if value is None or not abs(value) < LONGEST_S:
        raise ScoringFileError(
            f"{source}, line {line}: {name} is {text[:60]!r}, not a number of seconds (12.5)"
        )
    return value


def length(text: str, source: str, line: int, name: str = "the duration") -> float | None:
    """Return a duration of a cell, None where it is missing.

    Raises
    ------
    ScoringFileError
        It is no number, or negative.
    """
    if is_missing(text):
        return None
    value = seconds(text, source, line, name)
    if value < 0:
        raise ScoringFileError(f"{source}, line {line}: {name} {value:g} is negative")
    return value
