"""How far an index moves when the thresholds behind it move."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Swing:
    """What one threshold does to an index, moved to either side with all others as they are.

    Parameters
    ----------
    threshold : str
        Name of the field of the criteria, for example ``"onset_rise_uv"``.
    setting, low_setting, high_setting : float
        As used, and as moved.
    at_low, at_high : float
        The index, per hour, at the moved settings.
    """

    threshold: str
    setting: float
    low_setting: float
    high_setting: float
    at_low: float
    at_high: float

    @property
    def width(self) -> float:
        """How far the index moves from one setting to the other, at the most."""
        return abs(self.at_high - self.at_low)


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexSensitivity:
    """How certain a PLM index is, as far as its thresholds and its series go.

    Parameters
    ----------
    rules, scope : str
        As in `Rate`: the PLM index of that rule set in that scope.
    value : float
        As scored, per hour.
    low, high : float
        With every threshold moved by its uncertainty, as independent errors add up: the
        root of the summed squares of the swings to either side.
    sampled_low, sampled_high : float or None
        Of the index if the night had had other series like these: the confidence interval of
        a Poisson bootstrap over the series. None with too few series.
    swings : tuple of Swing
        Widest first.
    """

    rules: str
    scope: str
    value: float
    low: float
    high: float
    sampled_low: float | None
    sampled_high: float | None
    swings: tuple[Swing, ...]
