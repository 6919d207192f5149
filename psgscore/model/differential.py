"""Which movement is it: a night's values beside the published pattern of each movement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

FEATURE_NAMES = ("burst", "recurrence", "when", "muscles", "software says")
Fit = Literal["fits", "does not fit", "cannot be known", "none found", "stated"]
"""``"stated"``: printed without being held against the pattern."""

DIFFERENTIAL_NOTE = (
    "Values of this night beside the published pattern of each movement, feature by feature: to "
    "be read, not added up. No diagnosis follows from them."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """One feature of a movement: the published pattern, and this night.

    Parameters
    ----------
    name : str
        One of `FEATURE_NAMES`.
    criterion : str
        The published pattern.
    value : str or None
        This night, in words; None where it is not known or there is none.
    numbers : mapping of str to float or None
        The same as numbers, the unit in the name; None for one that is not known.
    fit : Fit
        Whether the value lies in the pattern, by `DifferentialCriteria`.
    reason : str
        Why it is not known; "" where it is.
    """

    name: str
    criterion: str
    value: str | None
    fit: Fit
    numbers: Mapping[str, float | None] = field(default_factory=dict)
    reason: str = ""

    def __post_init__(self) -> None:
        if self.name not in FEATURE_NAMES:
            raise ValueError(f"name must be one of {', '.join(FEATURE_NAMES)}, not {self.name!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """The features of one movement.

    Parameters
    ----------
    key, title : str
        ``"hypnic_jerk"``, ``"plm"``, ``"efm"``, ``"seizure_flag"`` or ``"rls_wake"``, and
        what people read.
    count : int or None
        Events it rests on, those that something excludes left out; None where they were
        not looked for.
    features : tuple of Feature
        In the order of the table.
    """

    key: str
    title: str
    count: int | None
    features: tuple[Feature, ...]

    def feature(self, name: str) -> Feature:
        """Return the feature with that name."""
        return next(one for one in self.features if one.name == name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Differential:
    """The table of a night.

    Parameters
    ----------
    patterns : tuple of Pattern
        Hypnic jerk, periodic leg movements, fragmentary myoclonus, flag of a possible
        seizure, leg movements of restless legs in wake.
    remarks : tuple of str
        What no channel of this recording can tell.
    """

    patterns: tuple[Pattern, ...]
    remarks: tuple[str, ...]

    def pattern(self, key: str) -> Pattern:
        """Return the pattern with that key."""
        return next(one for one in self.patterns if one.key == key)
