"""Bring the JSON Schema of a score up to date with the model: run after changing a value of it.

What the schema says by hand of a key (description, limits) stays; a key that is new gets its type
and its description from the model, one that is gone goes. To have a key written anew, take it out.
"""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from pathlib import Path
from types import NoneType
from typing import Any, Literal, get_args, get_origin, get_type_hints

from psgscore.io.plain_values import SHOWN, STAGE_CODES
from psgscore.io.score_json import Derived, score_schema
from psgscore.io.typed_values import array_type, hints_of, without_none
from psgscore.model._arrays import Columns
from psgscore.model.criteria import PeriodicityCriteria
from psgscore.model.hypnogram import Stage
from psgscore.model.score import Provenance, Score

FILE = Path(__file__).parents[1] / "psgscore" / "configs" / "score.schema.json"
HEADER = ("schema_version", "program", "version", "disclaimer", "input", "derived")
_SCALARS = {str: "string", bool: "boolean", int: "integer", float: "number", NoneType: "null"}
_CELLS = {"f": ["number", "null"], "i": "integer", "b": "boolean", "U": "string"}
_NULL = {"type": "null"}
_PARAMETER = re.compile(r"^(\w+(?:, \w+)*) : .*\n((?:    .*\n|\n)+)", re.MULTILINE)


def main() -> None:
    """Write the file."""
    text = json.dumps(completed(score_schema()), indent=2, ensure_ascii=False)
    FILE.write_text(text + "\n", "utf-8")


def completed(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return the schema with every key of the model, and no other."""
    old = schema["$defs"]
    top = _object(Score, schema["properties"])
    own = {name: schema["properties"][name] for name in HEADER if name != "derived"}
    own["derived"] = {"description": _summary(Derived), **_ref(Derived)}
    order = {**own, **{name: top[name] for name in schema["properties"] if name in top}, **top}
    defs = {
        kind.__name__: _definition(kind, old.get(kind.__name__, {}))
        for kind in _reachable(Score, Derived, PeriodicityCriteria)
        if kind is not Score
    }
    return {**schema, "properties": order, "required": list(order), "$defs": defs}


def _definition(kind: type, old: Mapping[str, Any]) -> dict[str, Any]:
    properties = _object(kind, old.get("properties", {}))
    if kind is Provenance:
        properties["periodicity"] = _ref(PeriodicityCriteria)
    return {
        "type": "object",
        "description": _summary(kind),
        **old,
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _object(kind: type, old: Mapping[str, Any]) -> dict[str, Any]:
    """Return the properties of a dataclass: what the schema says of one by hand comes first."""
    described = _descriptions(kind)
    return {
        name: {**described.get(name, {}), **(old.get(name) or _schema_of(hint))}
        for name, hint in _hints(kind).items()
    }


def _hints(kind: type) -> dict[str, Any]:
    shown = {
        name: get_type_hints(getattr(kind, name).fget)["return"] for name in SHOWN.get(kind, ())
    }
    return {**hints_of(kind), **shown}


def _descriptions(kind: Any) -> dict[str, dict[str, str]]:
    """Return what the model says of each key, from its sources or its docstrings."""
    found = {one.name: one.metadata.get("source", "") for one in fields(kind)}
    for name, hint in hints_of(kind).items():
        if not found[name] and isinstance(hint, type) and is_dataclass(hint):
            found[name] = _summary(hint)
    for names, text in _PARAMETER.findall(inspect.cleandoc(kind.__doc__ or "") + "\n"):
        found |= dict.fromkeys(names.split(", "), text)
    for name in SHOWN.get(kind, ()):
        found[name] = inspect.getdoc(getattr(kind, name)) or ""
    return {name: {"description": _words(text)} for name, text in found.items() if text}


def _summary(kind: type) -> str:
    return _words(inspect.cleandoc(kind.__doc__ or "").split("\n\n")[0])


def _words(text: str) -> str:
    """Return a text of the code on one line, in the words of JSON."""
    text = re.sub(r"\b(?:None|NaN)\b", "null", text.replace("`", ""))
    return " ".join(text.split())


def _schema_of(hint: Any) -> dict[str, Any]:
    inner, optional = without_none(hint)
    found = _schema_of_one(inner)
    if not optional:
        return found
    if isinstance(found.get("type"), str) and found["type"] in _SCALARS.values():
        return {**found, "type": [found["type"], "null"]}
    return {"anyOf": [_NULL, found]}


def _schema_of_one(hint: Any) -> dict[str, Any]:
    array = array_type(hint)
    if array is not None:
        return _array(*array)
    if get_origin(hint) is tuple:
        return _tuple(get_args(hint))
    if get_origin(hint) is Mapping:
        values = _schema_of(get_args(hint)[1])
        # A measure that does not apply is NaN.
        values = {"type": ["number", "null"]} if values == {"type": "number"} else values
        return {"type": "object", "additionalProperties": values}
    if get_origin(hint) is Literal:
        return {"enum": list(get_args(hint))}
    return _schema_of_class(hint)


def _schema_of_class(hint: Any) -> dict[str, Any]:
    if isinstance(hint, type) and is_dataclass(hint):
        return _ref(hint)
    if hint is Any:
        return {}
    if issubclass(hint, Enum):
        return {"enum": list(hint.__members__)}
    return {"type": _SCALARS[hint]}


def _array(dtype: Any, columns: Columns | None) -> dict[str, Any]:
    cell: dict[str, Any] = {"type": _CELLS.get(dtype.kind)}
    if dtype == STAGE_CODES:
        cell = {"enum": list(Stage.__members__)}
    if columns is None:
        return {"type": "array", "items": cell}
    row: dict[str, Any] = {"type": "array", "items": cell}
    if columns.n is not None:
        row |= {"minItems": columns.n, "maxItems": columns.n}
    return {"type": "array", "items": row}


def _tuple(hints: tuple[Any, ...]) -> dict[str, Any]:
    if Ellipsis in hints:
        return {"type": "array", "items": _schema_of(hints[0])}
    parts = [_schema_of(hint) for hint in hints]
    return {"type": "array", "prefixItems": parts, "minItems": len(parts), "items": False}


def _ref(kind: type) -> dict[str, str]:
    return {"$ref": f"#/$defs/{kind.__name__}"}


def _reachable(*kinds: type) -> list[type]:
    """Return the dataclasses, and every one that their fields are made of."""
    found: dict[type, None] = {}
    waiting = list(kinds)
    while waiting:
        kind = waiting.pop(0)
        if kind not in found:
            found[kind] = None
            waiting += [one for hint in hints_of(kind).values() for one in _classes(hint)]
    return list(found)


def _classes(hint: Any) -> Iterator[type]:
    if isinstance(hint, type) and is_dataclass(hint):
        yield hint
    for part in get_args(hint):
        yield from _classes(part)


if __name__ == "__main__":
    main()
