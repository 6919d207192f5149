"""Rule sets by name or from a user's TOML file."""

from __future__ import annotations

from pathlib import Path

from psgscore.errors import ConfigError
from psgscore.io.config import criteria_from_mapping, did_you_mean, load_toml
from psgscore.model.criteria import RULE_SETS, Criteria


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
        if name not in RULE_SETS:
            raise ConfigError(f"no rule set {name!r}:{did_you_mean(name, RULE_SETS)}")
        return RULE_SETS[name]
    table = dict(load_toml(Path(name)))
    base = table.pop("base", "wasm-2016")
    if base not in RULE_SETS:
        raise ConfigError(f"{name}: no rule set {base!r} as base:{did_you_mean(base, RULE_SETS)}")
    stated = {"name": Path(name).stem, "title": Path(name).stem} | table
    return criteria_from_mapping(stated, RULE_SETS[base], where=name)
