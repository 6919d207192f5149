"""Strict reading of TOML: rule sets and channel maps refuse what they do not know."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass, replace
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar, get_args, get_origin, get_type_hints

from psgscore.errors import ConfigError, did_you_mean
from psgscore.model.criteria import OWN_SOURCES

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

T = TypeVar("T", bound="DataclassInstance")

_TOML_WORDS: dict[type, str] = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "a text",
    dict: "a table",
    list: "a list",
}


def load_toml(path: str | Path) -> dict[str, Any]:
    """Read a TOML file.

    Parameters
    ----------
    path : str or Path
        The file; UTF-8, a byte order mark is allowed.

    Returns
    -------
    dict
        Its contents.

    Raises
    ------
    ConfigError
        No such file, unreadable, not UTF-8, or not TOML (with line and column).
    """
    try:
        raw = Path(path).read_bytes()
    except FileNotFoundError:
        raise ConfigError(f"{path}: no such file") from None
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise ConfigError(f"{path}: line {line} is not UTF-8: save the file as UTF-8") from None
    return parse_toml(text, where=str(path))


def parse_toml(text: str, *, where: str) -> dict[str, Any]:
    """Read TOML text.

    Parameters
    ----------
    text : str
        The TOML.
    where : str
        What to call it in an error, usually the path.

    Raises
    ------
    ConfigError
        Not TOML; the message has line and column.
    """
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{where}: not valid TOML: {error}") from None
    except RecursionError:
        raise ConfigError(f"{where}: not valid TOML: nested too deeply") from None


def require_keys(table: Mapping[str, Any], allowed: Iterable[str], *, where: str) -> None:
    """Raise ConfigError when `table` has a key that is not in `allowed`."""
    known = list(allowed)
    for key in table:
        if key not in known:
            raise ConfigError(f"{where}: unknown key {key!r},{did_you_mean(key, known)}")


def require_type(value: Any, kind: type[Any], *, where: str) -> Any:
    """Return `value` as `kind`, one of bool, int, float, str, dict and list.

    A whole number is taken for a float; true and false are never numbers.

    Raises
    ------
    ConfigError
        Another type, or a float that is not a number (NaN).
    """
    if kind is float and type(value) is int:
        try:
            return float(value)
        except OverflowError:
            raise ConfigError(f"{where}: the number is out of range") from None
    if type(value) is not kind:
        raise ConfigError(f"{where}: must be {_TOML_WORDS[kind]}, found {_shown(value)}")
    if kind is float and value != value:  # noqa: PLR0124 - only NaN differs from itself
        raise ConfigError(f"{where}: must be a number, found nan")
    return value


def criteria_from_mapping(mapping: Mapping[str, Any], base: T, *, where: str = "rule set") -> T:
    """Override fields of a frozen dataclass by the keys of a TOML table.

    Parameters
    ----------
    mapping : mapping
        Field names to values; a nested dataclass is a nested table.
    base : dataclass instance
        What holds where `mapping` says nothing. Fields are float, int, bool,
        str, Literal, nested dataclasses and tuples of those.
    where : str
        What to call the mapping in an error, usually the path.

    Returns
    -------
    dataclass instance
        Of the type of `base`.

    Raises
    ------
    ConfigError
        Unknown key, wrong type, or a value the dataclass itself refuses.
    """
    read: T = _read(type(base), mapping, base, where=where)
    return read


def require_in_range(table: Mapping[str, Any], base: DataclassInstance, *, where: str) -> None:
    """Raise ConfigError for a number that is infinite, or below 0 where that of `base` is not."""
    for key, value in table.items():
        known = getattr(base, key, None)
        if isinstance(value, dict) and is_dataclass(known) and not isinstance(known, type):
            require_in_range(value, known, where=f"{where} [{key}]")
            continue
        for one, usual in _numbers(value, known):
            if abs(one) == inf:
                raise ConfigError(f"{where}: {key!r}: must be finite, found {one}")
            if one < 0 <= usual:
                raise ConfigError(f"{where}: {key!r}: must be at least 0, found {one}")


def _numbers(value: Any, known: Any) -> list[tuple[float, float]]:
    """Return the numbers of a value, each beside the one it takes the place of."""
    pairs = [(value, known)]
    if isinstance(value, list) and isinstance(known, tuple):
        pairs = list(zip(value, known, strict=False))
    return [
        (one, usual)
        for one, usual in pairs
        if isinstance(one, int | float) and isinstance(usual, int | float)
    ]


def criteria_to_toml(value: DataclassInstance, *, comments: bool = True, table: str = "") -> str:
    """Print a frozen dataclass as TOML that `criteria_from_mapping` reads back.

    Parameters
    ----------
    value : dataclass instance
        See `criteria_from_mapping` for the fields it may have.
    comments : bool
        Put the source of every value above it, from ``field.metadata["source"]``,
        and whether it still is to be confirmed, from ``field.metadata["confirm"]``.
    table : str
        Name of the table to print the values in; "" prints them at the top.

    Returns
    -------
    str
        TOML, ending in a line feed unless empty.
    """
    lines = [f"[{table}]"] if table else []
    lines += _toml_lines(value, f"{table}." if table else "", comments=comments)
    return "".join(f"{line}\n" for line in lines)


def _toml_lines(value: DataclassInstance, path: str, *, comments: bool) -> Iterator[str]:
    tables = []
    own = OWN_SOURCES.get(getattr(value, "name", ""), {})
    for field in fields(value):
        item = getattr(value, field.name)
        if not field.init:
            continue
        if is_dataclass(item) and not isinstance(item, type):
            tables.append((field, item))
            continue
        yield from _comment(field, own.get(field.name)) if comments else ()
        yield f"{field.name} = {toml_value(item)}"
    for field, item in tables:
        inner = f"{path}{field.name}"
        yield ""
        yield from _comment(field) if comments else ()
        yield f"[{inner}]"
        yield from _toml_lines(item, f"{inner}.", comments=comments)


def _comment(field: Field[Any], own: str | None = None) -> Iterator[str]:
    words = [" ".join(str(own or field.metadata.get("source") or "").split())]
    if field.metadata.get("confirm"):
        words.append("to be confirmed against the manual")
    text = "; ".join(word for word in words if word)
    if text:
        yield f"# {text}"


def toml_value(value: Any) -> str:
    """Return a value as TOML writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, tuple):
        return f"[{', '.join(map(toml_value, value))}]"
    if is_dataclass(value) and not isinstance(value, type):
        items = ((field.name, getattr(value, field.name)) for field in fields(value) if field.init)
        return "{" + ", ".join(f"{name} = {toml_value(item)}" for name, item in items) + "}"
    raise TypeError(f"criteria hold no {type(value).__name__}: {value!r}")


def _read(kind: type[Any], table: Mapping[str, Any], base: Any, *, where: str) -> Any:
    """Return a `kind` with the fields `table` gives, the others from `base` or the defaults."""
    known = {field.name: field for field in fields(kind) if field.init}
    require_keys(table, known, where=where)
    for name, field in known.items():
        has_default = field.default is not MISSING or field.default_factory is not MISSING
        if base is None and name not in table and not has_default:
            raise ConfigError(f"{where}: {name!r} is missing")
    hints = get_type_hints(kind)
    values = {
        key: _converted(
            value,
            hints[key],
            getattr(base, key, None),
            where=f"{where} [{key}]" if is_dataclass(hints[key]) else f"{where}: {key!r}",
        )
        for key, value in table.items()
    }
    try:
        return kind(**values) if base is None else replace(base, **values)
    except (ValueError, ArithmeticError) as error:
        raise ConfigError(f"{where}: {error}") from None


def _converted(value: Any, hint: Any, base: Any, *, where: str) -> Any:
    """Return a TOML value as the type `hint` of a field whose value was `base`."""
    if is_dataclass(hint):
        kind: Any = type(base) if is_dataclass(base) else hint
        return _read(kind, require_type(value, dict, where=where), base, where=where)
    if get_origin(hint) is tuple:
        return _converted_tuple(value, get_args(hint), where=where)
    if get_origin(hint) is Literal:
        choices = get_args(hint)
        require_type(value, type(choices[0]), where=where)
        if value not in choices:
            near = did_you_mean(str(value), map(str, choices))
            raise ConfigError(f"{where}: unknown value {value!r},{near}")
        return value
    return require_type(value, hint, where=where)


def _converted_tuple(value: Any, hints: tuple[Any, ...], *, where: str) -> tuple[Any, ...]:
    items = require_type(value, list, where=where)
    if hints[-1:] == (Ellipsis,):
        hints = (hints[0],) * len(items)
    if len(items) != len(hints):
        raise ConfigError(f"{where}: must have {len(hints)} values, found {len(items)}")
    return tuple(
        _converted(item, hint, None, where=f"{where}, value {number}")
        for number, (item, hint) in enumerate(zip(items, hints, strict=True), start=1)
    )


def _shown(value: Any) -> str:
    """Return `value` as its author wrote it, for an error message."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "a table"
    return repr(value)
