"""Which words for a unit are voltages, and how many microvolts they are."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources


def microvolts_per(unit: str) -> float | None:
    """Return how many microvolts one `unit` is.

    Parameters
    ----------
    unit : str
        As a file or a user spells it; case matters (``mV`` is not ``MV``).

    Returns
    -------
    float or None
        None when the word is no voltage we know: it is never guessed.
    """
    return _table().get(unit.strip())


@cache
def _table() -> dict[str, float]:
    text = resources.files("psgscore.configs").joinpath("units.toml").read_text("utf-8")
    return {str(name): float(value) for name, value in tomllib.loads(text)["microvolts"].items()}
