"""Rule sets by name, and numbers of rules and detectors from a user's TOML files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, TypeVar

from psgscore.errors import ConfigError
from psgscore.io.config import (
    criteria_from_mapping,
    load_toml,
    require_in_range,
    require_keys,
    require_type,
)
from psgscore.model.criteria import DETECTION, Criteria, LegMovementCriteria, rule_set
from psgscore.model.movement_criteria import MOVEMENTS, MovementCriteria

T = TypeVar("T", LegMovementCriteria, MovementCriteria)
_DETECTION = "detection"


def load_rules(name: str) -> Criteria:
    """Return a rule set by name, or read it from a TOML file.

    Parameters
    ----------
    name : str
        A shipped rule set, or a path ending in ``.toml``. A file says what it differs in:
        ``base = "wasm-2016"`` and the keys that ``psgscore config show`` prints.

    Raises
    ------
    ConfigError
        No such rule set; a file with an unknown key or a wrong value.
    """
    if not name.endswith(".toml"):
        return rule_set(name)
    table = dict(load_toml(Path(name)))
    try:
        base = rule_set(str(table.pop("base", "wasm-2016")))
    except ConfigError as error:
        raise ConfigError(f"{name}: base: {error}") from None
    stated = {"name": Path(name).stem, "title": Path(name).stem} | table
    return criteria_from_mapping(stated, base, where=name)


def load_criteria(path: str | Path | None) -> tuple[LegMovementCriteria, MovementCriteria]:
    """Read the numbers of the detectors from a TOML file; what it leaves out stays as it is.

    Parameters
    ----------
    path : path-like or None
        A table ``[detection]`` as ``psgscore config show detection`` prints it, and tables
        as ``psgscore config show movements`` does; None takes the shipped numbers.

    Returns
    -------
    LegMovementCriteria, MovementCriteria
        Those of leg movements, and of every other movement.

    Raises
    ------
    ConfigError
        An unknown key, a wrong type, or a number that is out of range.
    """
    if path is None:
        return DETECTION, MOVEMENTS
    where = str(path)
    table = load_toml(path)
    require_keys(table, [_DETECTION, *(field.name for field in fields(MOVEMENTS))], where=where)
    families = {key: value for key, value in table.items() if key != _DETECTION}
    movements = _stated(families, MOVEMENTS, where)
    detection = require_type(table.get(_DETECTION, {}), dict, where=f"{where} [{_DETECTION}]")
    return _stated(detection, DETECTION, f"{where} [{_DETECTION}]"), movements


def _stated(table: Mapping[str, Any], base: T, where: str) -> T:
    # First the range of each number alone: a check of two together may divide by it.
    require_in_range(table, base, where=where)
    return criteria_from_mapping(table, base, where=where)
