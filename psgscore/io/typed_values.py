"""Plain values, as JSON has them, back into values of the model by their declared types."""

from __future__ import annotations

import math
import pkgutil
import reprlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from importlib import import_module
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

import numpy as np
from numpy.typing import NDArray

import psgscore.model
from psgscore.io.plain_values import STAGE_CODES
from psgscore.model._arrays import Columns
from psgscore.model.hypnogram import Stage

_Value = TypeVar("_Value")
_Decoder = Callable[[Any, str], Any]


class PlainValueError(ValueError):
    """A plain value is not of the declared type; the message begins with its place."""


def typed(kind: type[_Value], value: Any, place: str) -> _Value:
    """Turn a plain value back into a value of the model.

    Parameters
    ----------
    kind : type
        A dataclass of the model.
    value : object
        What `psgscore.io.plain_values.plain` gave, after a way through JSON. Keys that
        name no field are left alone.
    place : str
        Where it stands, for messages.

    Raises
    ------
    PlainValueError
        It is not of that type, or the model refuses it.
    """
    decode: _Decoder = _decoder(kind)  # type: ignore[arg-type]
    found: _Value = decode(value, place)
    return found


@cache
def hints_of(kind: type) -> Mapping[str, Any]:
    """Return the declared type of each field of a dataclass of the model."""
    # Modules of the model name each other's types without importing them.
    names = {**_names_of_the_model(), **vars(import_module(kind.__module__))}
    found = get_type_hints(kind, localns=names, include_extras=True)
    return {field.name: found[field.name] for field in fields(kind)}


@cache
def _names_of_the_model() -> Mapping[str, Any]:
    names: dict[str, Any] = {}
    for module in pkgutil.iter_modules(psgscore.model.__path__):
        names |= vars(import_module(f"psgscore.model.{module.name}"))
    return names


def without_none(hint: Any) -> tuple[Any, bool]:
    """Return a declared type without its None, and whether it had one."""
    if get_origin(hint) not in (Union, UnionType):
        return hint, False
    others = [one for one in get_args(hint) if one is not NoneType]
    if len(others) != 1:
        raise TypeError(f"a field of the model is of one type or None, not {hint}")
    return others[0], True


def array_type(hint: Any) -> tuple[np.dtype[Any], Columns | None] | None:
    """Return the dtype of an array type, and its columns if it says so; None for others."""
    columns = None
    if get_origin(hint) is Annotated:
        hint, *extras = get_args(hint)
        columns = next((one for one in extras if isinstance(one, Columns)), None)
    if get_origin(hint) is not np.ndarray:
        return None
    (scalar,) = get_args(get_args(hint)[1])
    return np.dtype(scalar), columns


@cache
def _decoder(hint: Any) -> _Decoder:
    """Return what turns a plain value into one of the declared type."""
    inner, optional = without_none(hint)
    decode = _decoder_of_one(inner)
    return (lambda value, at: None if value is None else decode(value, at)) if optional else decode


def _decoder_of_one(hint: Any) -> _Decoder:
    array = array_type(hint)
    if array is not None:
        return lambda value, place: _array(*array, value, place)
    if get_origin(hint) in _OF_ORIGIN:
        return _OF_ORIGIN[get_origin(hint)](get_args(hint))
    if is_dataclass(hint):
        return _of_dataclass(hint)
    if hint is Any:
        return _anything
    if issubclass(hint, Enum):
        return lambda value, place: hint[_choice(value, hint.__members__, place)]
    return lambda value, place: _scalar(hint, value, place)


def _of_dataclass(kind: Any) -> _Decoder:
    decoders = {name: _decoder(hint) for name, hint in hints_of(kind).items()}

    def decode(value: Any, place: str) -> Any:
        table = _needed(dict, value, place)
        missing = [name for name in decoders if name not in table]
        if missing:
            raise PlainValueError(f"{place}: {missing[0]!r} is missing")
        found = {name: one(table[name], f"{place}.{name}") for name, one in decoders.items()}
        try:
            return kind(**found)
        except ValueError as error:
            raise PlainValueError(f"{place}: {error}") from None

    return decode


def _of_tuple(hints: tuple[Any, ...]) -> _Decoder:
    decoders = [_decoder(hint) for hint in hints if hint is not Ellipsis]
    n_fixed = None if Ellipsis in hints else len(decoders)

    def decode(value: Any, place: str) -> Any:
        items = _needed_items(value, n_fixed, place)
        each = decoders * len(items) if n_fixed is None else decoders
        return tuple(
            one(item, f"{place}[{number}]")
            for number, (one, item) in enumerate(zip(each, items, strict=True))
        )

    return decode


def _of_mapping(hints: tuple[Any, ...]) -> _Decoder:
    decode_one = _decoder(hints[1])

    def decode(value: Any, place: str) -> Any:
        table = _needed(dict, value, place)
        return {key: decode_one(one, f"{place}.{key}") for key, one in table.items()}

    return decode


def _of_literal(choices: tuple[Any, ...]) -> _Decoder:
    return lambda value, place: _choice(value, choices, place)


_OF_ORIGIN: Mapping[Any, Callable[[tuple[Any, ...]], _Decoder]] = {
    tuple: _of_tuple,
    Mapping: _of_mapping,
    Literal: _of_literal,
}
_WORDS: Mapping[type, str] = {
    dict: "an object {...}",
    list: "a list [...]",
    str: "text",
    bool: "true or false",
    int: "a whole number",
    float: "a number",
}
_ALLOWED: Mapping[type, set[type]] = {
    str: {str},
    bool: {bool},
    int: {int},
    # A number keeps the spelling it had: 1 and 1.0 are written differently.
    float: {float, int, NoneType},
}
_LARGEST: Mapping[type, float] = {bool: 2, int: 2**63, float: 1e100}
"""Nothing that was measured is near, and there is room left to reckon with what is under it."""
_MOST_NESTED = 20
_OF_CELLS: Mapping[str, type] = {"f": float, "i": int, "b": bool, "U": str}


def _anything(value: Any, place: str, depth: int = 0) -> Any:
    """Return a value of no declared type as it came, unless it is nested as no setting is."""
    if depth > _MOST_NESTED:
        raise PlainValueError(f"{place}: is nested too deeply")
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for part in parts:
        _anything(part, place, depth + 1)
    return value


def _scalar(kind: type, value: Any, place: str) -> Any:
    if type(value) not in _ALLOWED[kind]:
        raise _wrong(_WORDS[kind], value, place)
    if value is None:
        return math.nan
    if kind is not str and not abs(value) < _LARGEST[kind]:
        raise PlainValueError(f"{place}: holds a number that is too large")
    return value


def _needed(kind: type, value: Any, place: str) -> Any:
    if type(value) is not kind:
        raise _wrong(_WORDS[kind], value, place)
    return value


def _needed_items(value: Any, n_items: int | None, place: str) -> list[Any]:
    items: list[Any] = _needed(list, value, place)
    if n_items is not None and len(items) != n_items:
        raise PlainValueError(f"{place}: holds {len(items)} values instead of {n_items}")
    return items


def _choice(value: Any, choices: Collection[Any], place: str) -> Any:
    if not isinstance(value, str) or value not in choices:
        raise _wrong(f"one of {', '.join(map(str, choices))}", value, place)
    return value


def _wrong(needed: str, value: Any, place: str) -> PlainValueError:
    return PlainValueError(f"{place}: {needed} is needed, not {reprlib.repr(value)}")


def _array(dtype: np.dtype[Any], columns: Columns | None, value: Any, place: str) -> NDArray[Any]:
    """Return an array; where columns are not declared, the first row tells."""
    rows: list[Any] = _needed(list, value, place)
    if dtype == STAGE_CODES:
        names = [_choice(name, Stage.__members__, place) for name in rows]
        return np.array([Stage[name] for name in names], dtype)
    if columns is None and not (rows and isinstance(rows[0], list)):
        return _line(dtype, rows, place)
    n_wanted = None if columns is None else columns.n
    if n_wanted is None:
        n_wanted = len(_needed(list, rows[0], f"{place}[0]")) if rows else 0
    lines = [
        _line(dtype, _needed_items(row, n_wanted, f"{place}[{number}]"), f"{place}[{number}]")
        for number, row in enumerate(rows)
    ]
    return np.array(lines, dtype).reshape(len(lines), n_wanted)


def _line(dtype: np.dtype[Any], cells: list[Any], place: str) -> NDArray[Any]:
    kind = _OF_CELLS[dtype.kind]
    if not set(map(type, cells)) <= _ALLOWED[kind]:
        number = next(i for i, one in enumerate(cells) if type(one) not in _ALLOWED[kind])
        raise _wrong(_WORDS[kind], cells[number], f"{place}[{number}]")
    wide = np.float64 if kind is float else dtype
    try:
        # numpy makes NaN of None.
        found: NDArray[Any] = np.array(cells, wide)
        if (
            kind is float
            and (np.abs(found) > min(_LARGEST[float], float(np.finfo(dtype).max))).any()
        ):
            raise OverflowError
    except OverflowError:
        raise PlainValueError(f"{place}: holds a number that is too large") from None
    return found.astype(dtype)
