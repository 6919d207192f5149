"""Every number of the bursts of an accelerometer, once, with its source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from psgscore.model.criteria import given, require

_MEASURED = "measured on simulated acceleration, docs/rules/accelerometer.md"
_LEG = "that of leg movements: Ferri et al. 2016, Sleep Med 26:86-95"

G_PER_UNIT: Mapping[str, float] = MappingProxyType(
    {"g": 1.0, "G": 1.0, "mg": 1e-3, "mG": 1e-3}
    | dict.fromkeys(("m/s2", "m/s^2", "m/s\u00b2", "m/s**2"), 1 / 9.80665)
)
"""Words for a unit that say how much of the earth's gravity it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccelerometerCriteria:
    """What makes a burst of acceleration, and how it is measured."""

    min_rate_hz: float = given(20.0, "a leg moves at up to some 8 Hz")
    smoothing_s: float = given(1.0, f"mean taken away: half is left at 0.9 Hz; {_MEASURED}")
    envelope_s: float = given(0.2, _MEASURED)
    median_s: float = given(0.3, f"of what the resting level is taken from; {_MEASURED}")
    resting_window_s: float = given(90.0, "that of the EMG of the legs")
    resting_percentile: float = given(25.0, "that of the EMG of the legs")
    resting_passes: int = given(2, "that of the EMG of the legs")
    onset_ratio: float = given(5.0, f"over the resting level; {_MEASURED}")
    offset_ratio: float = given(2.5, f"over the resting level; {_MEASURED}")
    floor_g: float = given(0.01, f"least onset threshold where the unit is known; {_MEASURED}")
    floor_steps: float = given(4.0, "least onset threshold, in digital steps, in any unit")
    ringing_share: float = given(
        0.3, f"of what is within half of smoothing_s; less is left by the mean; {_MEASURED}"
    )
    quiet_s: float = given(0.5, _LEG)
    min_duration_s: float = given(0.5, _LEG)
    min_levels: int = given(8, "distinct values; fewer are no acceleration")

    def __post_init__(self) -> None:
        require(self.min_rate_hz > 0, "min_rate_hz must be above 0")
        require(0 < self.envelope_s <= self.min_duration_s, "envelope_s above min_duration_s")
        require(self.smoothing_s >= self.envelope_s, "smoothing_s under envelope_s")
        require(1 < self.offset_ratio <= self.onset_ratio, "offset_ratio above onset_ratio")
        require(self.floor_g >= 0 and self.floor_steps >= 0, "floors must be >= 0")
        require(0 <= self.ringing_share < 1, "ringing_share must lie in [0, 1)")
        require(0 < self.resting_percentile < 100, "resting_percentile must lie in (0, 100)")
        require(self.resting_passes >= 1, "resting_passes must be at least 1")
        require(self.quiet_s > 0 and self.median_s > 0, "quiet_s and median_s must be above 0")
        require(self.resting_window_s > 0, "resting_window_s must be above 0")
        require(self.min_levels >= 2, "min_levels must be at least 2")


ACCELEROMETER = AccelerometerCriteria()
