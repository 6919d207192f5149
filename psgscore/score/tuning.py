"""Numbers of the leg movement detector that may be fitted, and the settings to choose among."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from itertools import product
from typing import Any

from psgscore.model.criteria import DETECTION, LegMovementCriteria
from psgscore.score.sensitivity import amplified

GAIN = "amplitude_gain"
FITTABLE: Mapping[str, tuple[int, int]] = {
    GAIN: (8, 16),
    "onset_rise_uv": (4, 4),
    "offset_rise_uv": (4, 4),
}
"""What may be fitted: settings per doubling, and how many there are to either side."""
MOST_SETTINGS = 1000
_DECIMALS = 3


def n_settings(names: Collection[str]) -> int:
    """Return how many settings there are to choose among."""
    total = 1
    for name in names:
        total *= 2 * FITTABLE[name][1] + 1
    return total


def grid_of(name: str, base: LegMovementCriteria = DETECTION) -> tuple[float, ...]:
    """Return the values a number may take, rising, evenly spaced on a logarithmic scale.

    Parameters
    ----------
    name : str
        A key of `FITTABLE`.
    base : LegMovementCriteria
        Its own value is in the middle.
    """
    per_doubling, reach = FITTABLE[name]
    value = getattr(base, name)
    steps = range(-reach, reach + 1)
    return tuple(round(value * 2.0 ** (step / per_doubling), _DECIMALS) for step in steps)


def settings_of(
    names: Collection[str], base: LegMovementCriteria = DETECTION
) -> tuple[LegMovementCriteria, ...]:
    """Return every setting there is to choose among, the one to prefer at a tie first.

    Parameters
    ----------
    names : collection of str
        What is fitted, keys of `FITTABLE`; all else stays as in `base`.
    base : LegMovementCriteria
        Where to start from; it is the first of them.

    Returns
    -------
    tuple of LegMovementCriteria
        By their distance from `base` in doublings, all numbers together; at the same
        distance the smaller gain, or threshold, first. Settings whose thresholds
        contradict each other are left out.
    """
    found = []
    for steps in product(*(range(2 * FITTABLE[name][1] + 1) for name in names)):
        changes: dict[str, Any] = {}
        distance = 0.0
        for name, step in zip(names, steps, strict=True):
            per_doubling, reach = FITTABLE[name]
            changes[name] = grid_of(name, base)[step]
            distance += abs(step - reach) / per_doubling
        onset_uv = changes.get("onset_rise_uv", base.onset_rise_uv)
        if changes.get("offset_rise_uv", base.offset_rise_uv) <= onset_uv:
            found.append((distance, tuple(changes.values()), changes))
    found.sort(key=lambda one: one[:2])
    return tuple(replace(base, **changes) for _, _, changes in found)


def at_the_end(name: str, value: float, base: LegMovementCriteria = DETECTION) -> bool:
    """Say whether a value is the smallest or the largest there was to choose."""
    grid = grid_of(name, base)
    return value in (grid[0], grid[-1])


def thresholds_at_gain_1(criteria: LegMovementCriteria) -> LegMovementCriteria:
    """Return thresholds that find in an EMG taken at gain 1 what `criteria` find in it."""
    return replace(amplified(criteria, criteria.amplitude_gain), amplitude_gain=1.0)
