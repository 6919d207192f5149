"""Scorings written as JSON: read once, with errors that say where."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from psgscore.errors import ScoringFileError
from psgscore.io.formats.cells import LONGEST_S
from psgscore.io.formats.foreign import Source


def parsed(source: Source) -> Any:
    """Return what a JSON file holds.

    Raises
    ------
    ScoringFileError
        It is no JSON, nested too deeply, or holds a number with thousands of digits.
    """
    try:
        return json.loads(source.text)
    except json.JSONDecodeError as error:
        raise ScoringFileError(
            f"{source.name}, line {error.lineno}: no JSON: {error.msg}"
        ) from None
    except (RecursionError, ValueError) as error:
        raise ScoringFileError(f"{source.name}: no JSON that can be read: {error}") from None


def begins_object(source: Source, *names: str) -> bool:
    """Say whether a text is an object in whose beginning all of `names` occur as keys."""
    return source.head.lstrip()[:1] == "{" and all(f'"{name}"' in source.head for name in names)


def needed(table: Any, names: Iterable[str], source: Source, place: str = "") -> Mapping[str, Any]:
    """Return an object that has all of `names`.

    Raises
    ------
    ScoringFileError
        It is no object, or lacks one.
    """
    at = f", {place}" if place else ""
    if not isinstance(table, dict):
        raise ScoringFileError(f"{source.name}{at}: an object {{...}} is needed here")
    for name in names:
        if name not in table:
            raise ScoringFileError(f"{source.name}{at}: {name!r} is missing")
    return table


def items(value: Any, name: str, source: Source) -> list[Any]:
    """Return a list.

    Raises
    ------
    ScoringFileError
        It is none, or empty.
    """
    if not isinstance(value, list) or not value:
        raise ScoringFileError(f"{source.name}: {name} is no list, or an empty one")
    return value


def number(value: Any, source: Source, place: str, *, least: float = -LONGEST_S) -> float:
    """Return a time in seconds.

    Raises
    ------
    ScoringFileError
        It is no number, or out of range.
    """
    if (
        isinstance(value, bool)
        or not isinstance(value, int | float)
        or not least <= value < LONGEST_S
    ):
        raise ScoringFileError(
            f"{source.name}, {place} is {str(value)[:60]!r}, not a time in seconds"
        )
    return float(value)


def iso_moment(value: Any) -> datetime | None:
    """Return a date and time as written, without its time zone; None where it is none."""
    try:
        return datetime.fromisoformat(value).replace(tzinfo=None)
    except (TypeError, ValueError):
        return None
