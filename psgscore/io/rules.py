"""Rule sets by name or from a user's TOML file."""

from __future__ import annotations

from pathlib import Path

from psgscore.errors import ConfigError
from psgscore.io.config import criteria_from_mapping, load_toml
from psgscore.model.criteria import Criteria, rule_set


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
