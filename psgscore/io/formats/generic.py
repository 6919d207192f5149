"""Tables that no grammar knows: the user says in TOML which column is what.

::

    [table]
    separator = "semicolon"
    encoding = "cp1252"
    skip = 2
    time = "clock"
    decimal_comma = true

    [columns]
    onset = "Beginn"
    duration = "Dauer"
    word = "Ereignis"
    date = "Datum"

    [stages]
    N2 = ["Stadium 2"]

    [kinds]
    "LM:left" = ["Bein links"]
"""

from __future__ import annotations

import codecs
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from psgscore.errors import ConfigError, did_you_mean
from psgscore.io.formats.foreign import ForeignScoring, Source
from psgscore.io.formats.generic_rows import read_rows
from psgscore.io.formats.generic_table import COLUMNS, SEPARATORS, TIMES, TableDescription
from psgscore.io.formats.vocabulary import Vocabulary, vocabulary_of

_WORDS = ("title", "stages", "kinds", "rk")
_SECTIONS = ("table", "columns", *_WORDS)


@dataclass(frozen=True, slots=True)
class _Key:
    """A key of ``[table]``: what it must be."""

    kind: type
    says: str
    allows: Callable[[Any], bool] = field(default=lambda _: True)


def _is_separator(value: str) -> bool:
    return value in SEPARATORS or (len(value) == 1 and value not in '"\n\r')


def _is_encoding(value: str) -> bool:
    try:
        return bool(codecs.lookup(value)._is_text_encoding)
    except (LookupError, ValueError):
        return False


_KEYS = {
    "separator": _Key(str, f"one of {', '.join(SEPARATORS)}, or one character", _is_separator),
    "encoding": _Key(str, "the name of an encoding (cp1252, utf-16)", _is_encoding),
    "skip": _Key(int, "a number of lines", lambda value: 0 <= value <= 10_000),
    "comment": _Key(str, "what a comment begins with", lambda value: 0 < len(value) <= 10),
    "header": _Key(bool, "true or false"),
    "time": _Key(str, f"one of {', '.join(TIMES)}", lambda value: value in TIMES),
    "format": _Key(str, "how a clock time is written (%d.%m.%Y %H:%M:%S)", lambda v: "%" in v),
    "date_format": _Key(str, "how a date is written (%d.%m.%Y)", lambda v: "%" in v),
    "rate_hz": _Key(float, "a sampling rate above 0", lambda value: 0 < value < 1e7),
    "decimal_comma": _Key(bool, "true or false"),
    "epoch_s": _Key(float, "the length of an epoch above 0", lambda value: 0 < value <= 3600),
    "first_epoch": _Key(int, "the number of the first epoch", lambda value: 0 <= value <= 1),
}


def read_table_description(
    path: Path,
) -> tuple[Callable[[Source], ForeignScoring], Vocabulary]:
    """Read what the columns of a table are.

    Parameters
    ----------
    path : Path
        TOML with ``[table]``, ``[columns]``, and the sections of a label table.

    Returns
    -------
    grammar : callable
        Reads such tables.
    words : Vocabulary
        What their words mean.

    Raises
    ------
    ConfigError
        It cannot be read, is no TOML, names what psgscore has not, or says too little.
    """
    try:
        told = tomllib.loads(path.read_text("utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise ConfigError(f"{path.name}: no description of a table: {error}") from error
    _refuse_unknown(path.name, told, _SECTIONS, "section")
    words = vocabulary_of(path.name, {key: told[key] for key in _WORDS if key in told})
    table = TableDescription(
        **_keys(path.name, told), columns=_columns(path.name, told.get("columns", {}))
    )
    _refuse_gaps(path.name, table)
    if table.time == "epoch":
        words = _within_epochs(words)

    def grammar(source: Source) -> ForeignScoring:
        return read_rows(source, table, words)

    return grammar, words


def _refuse_unknown(name: str, table: Any, known: tuple[str, ...], what: str) -> None:
    if not isinstance(table, dict):
        raise ConfigError(f"{name}: [{what}] holds lines such as  key = value")
    unknown = next((key for key in table if key not in known), None)
    if unknown is not None:
        raise ConfigError(f"{name}: no {what} {unknown!r}:{did_you_mean(unknown, known)}")


def _keys(name: str, told: Mapping[str, Any]) -> dict[str, Any]:
    table = told.get("table", {})
    _refuse_unknown(name, table, tuple(_KEYS), "key of [table]")
    found = {}
    for key, value in table.items():
        wanted = _KEYS[key]
        number = isinstance(value, int | float) and not isinstance(value, bool)
        right = number if wanted.kind is float else type(value) is wanted.kind
        if not right or not wanted.allows(value):
            raise ConfigError(f"{name}: {key} under [table] is {value!r}, not {wanted.says}")
        found[key] = value
    return found


def _columns(name: str, told: Any) -> dict[str, str | int]:
    _refuse_unknown(name, told, COLUMNS, "key of [columns]")
    for key, value in told.items():
        if isinstance(value, bool) or not isinstance(value, int | str) or value in ("", 0):
            raise ConfigError(
                f"{name}: {key} under [columns] is {value!r}, not the name of a column, "
                "or its number from 1"
            )
        if isinstance(value, int) and not 1 <= value <= 1000:
            raise ConfigError(f"{name}: {key} under [columns]: columns count from 1")
    return dict(told)


def _refuse_gaps(name: str, table: TableDescription) -> None:
    """Refuse a description that says too little, or two things at once."""
    columns = table.columns
    if not {"word", "stage"} & set(columns):
        raise ConfigError(f"{name}: [columns] needs word, stage, or both")
    if "onset" not in columns and set(columns) - {"stage"}:
        raise ConfigError(f"{name}: [columns] needs onset; only a list of stages has none")
    if {"duration", "stop"} <= set(columns):
        raise ConfigError(f"{name}: [columns] has duration and stop: keep one of them")
    if table.time == "samples" and table.rate_hz is None:
        raise ConfigError(f"{name}: time = 'samples' needs rate_hz under [table]")
    if "date" in columns and table.time != "clock":
        raise ConfigError(f"{name}: a date column needs time = 'clock' under [table]")
    named = next((key for key, value in columns.items() if isinstance(value, str)), None)
    if not table.header and named is not None:
        raise ConfigError(f"{name}: without a header {named} is the number of a column, from 1")


def _within_epochs(words: Vocabulary) -> Vocabulary:
    """Make kinds ``epoch:...``: what is known to an epoch only is no event with a time."""
    kinds = {f"epoch:{word}": f"epoch:{kind}" for word, kind in words.kinds.items()}
    return Vocabulary(name=words.name, stages=words.stages, kinds=kinds, rk=words.rk)
