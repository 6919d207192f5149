"""An entry of a journal as one line of JSON, and back; what is not one is refused."""

from __future__ import annotations

import json
import math
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from psgscore.errors import EditError
from psgscore.review.edits import KINDS, Edit, Entry, Sign

LONGEST_TEXT = 500
MOST_STAGES = 5_000
_ID = re.compile(r"[ae]\d{1,9}", re.ASCII)
_KIND = re.compile(r"[A-Za-z][\w.-]{0,39}(:[\w.-]{1,40})?", re.ASCII)
_HIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")  # lone surrogates last
_encode = json.JSONEncoder(ensure_ascii=True, allow_nan=False, separators=(",", ":")).encode


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    key: str
    read: Callable[[str, Any], Any]
    required: bool


def entry_line(entry: Entry) -> bytes:
    """Return an entry as a line of ASCII, its end included."""
    edit = entry.edit
    document: dict[str, Any] = {"n": entry.n, "at": entry.at, "by": entry.by}
    document["type"] = edit.word
    document |= {one.key: getattr(edit, one.name) for one in _FIELDS[type(edit)]}
    if entry.why:
        document["why"] = entry.why
    return _encode(document).encode("ascii") + b"\n"


def read_entry(line: bytes | str) -> Entry:
    """Return the entry of a line.

    Raises
    ------
    EditError
        It is none; the message says what is wrong with it.
    """
    document = document_of(line)
    n, at = document.pop("n", None), document.pop("at", None)
    by, why = document.pop("by", ""), document.pop("why", "")
    if not isinstance(n, int) or isinstance(n, bool) or n < 1:
        raise EditError(f"n must be a number from 1, not {_short(n)}")
    return Entry(n, text("at", at), text("by", by), read_edit(document), text("why", why))


def document_of(line: bytes | str) -> dict[str, Any]:
    """Return the JSON object of a line; EditError if it holds none."""
    try:
        words = line if isinstance(line, str) else line.decode("utf-8")
        document = _decode(words)
    except (ValueError, RecursionError) as error:
        raise EditError(f"no JSON: {str(error)[:120]}") from None
    if not isinstance(document, dict):
        raise EditError(f"an object {{...}} is needed, not {_short(document)}")
    return document


def read_edit(document: Mapping[str, Any]) -> Edit:
    """Return the edit that plain values describe, with nothing missing, nothing beside it.

    Raises
    ------
    EditError
        They describe none.
    """
    name = document.get("type")
    kind = KINDS.get(name) if isinstance(name, str) else None
    if kind is None:
        raise EditError(f"no edit of type {_short(name)}: there are {', '.join(KINDS)}")
    values: dict[str, Any] = {}
    for one in _FIELDS[kind]:
        if one.key in document:
            values[one.name] = one.read(one.key, document[one.key])
        elif one.required:
            raise EditError(f"{name}: {one.key} is missing")
    if len(values) + 1 < len(document):
        names = {one.key for one in _FIELDS[kind]} | {"type"}
        surplus = next(key for key in document if key not in names)
        raise EditError(f"{name}: has no {_short(surplus)}")
    return kind(**values)


def text(name: str, value: Any) -> str:
    """Return a text of at most `LONGEST_TEXT` characters without control characters."""
    if not isinstance(value, str):
        raise EditError(f"{name} must be a text, not {_short(value)}")
    if len(value) > LONGEST_TEXT:
        raise EditError(f"{name} has {len(value)} characters: at most {LONGEST_TEXT} are kept")
    if not value.isprintable() and _HIDDEN.search(value):
        raise EditError(f"{name} holds control characters: {_short(value)}")
    return value


def _number(name: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > 1e9:
        raise EditError(f"{name} must be a number of seconds, not {_short(value)}")
    if not math.isfinite(value):
        raise EditError(f"{name} must be finite")
    return float(value)


def _whole(name: str, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > 10**9:
        raise EditError(f"{name} must be a whole number, not {_short(value)}")
    return value


def _identifier(name: str, value: Any) -> str:
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise EditError(f"{name}: {_short(value)} is no id of an event")
    return sys.intern(value)


def _kind(name: str, value: Any) -> str:
    if not isinstance(value, str) or not _KIND.fullmatch(value):
        raise EditError(f"{name}: {_short(value)} is no kind of event")
    return sys.intern(value)


def _stages(name: str, value: Any) -> tuple[int, ...]:
    if not isinstance(value, list) or len(value) > MOST_STAGES:
        raise EditError(f"{name} must be a list of at most {MOST_STAGES} stages")
    return tuple(_whole(name, one) for one in value)


def _no_number(word: str) -> float:
    raise ValueError(f"{word} is no number of JSON")


_decode = json.JSONDecoder(parse_constant=_no_number).decode


def _short(value: Any) -> str:
    return ascii(value)[:60]


_READERS: Mapping[str, Callable[[str, Any], Any]] = {
    "start_s": _number,
    "stop_s": _number,
    "kind": _kind,
    "channel": text,
    "id": _identifier,
    "reason": text,
    "first_epoch": _whole,
    "stages": _stages,
    "by": text,
}
_OPTIONAL = ("channel", "reason")
_NAME_OF_SIGNER = "name"  # every line says who wrote it as "by"

_FIELDS: Mapping[type, tuple[_Field, ...]] = {
    kind: tuple(
        _Field(
            one.name,
            _NAME_OF_SIGNER if kind is Sign else one.name,
            _READERS[one.name],
            one.name not in _OPTIONAL,
        )
        for one in fields(kind)
    )
    for kind in KINDS.values()
}
