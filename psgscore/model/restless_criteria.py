"""Numbers of the restless-legs view and of the immobilisation test, once, with their source."""

from __future__ import annotations

from dataclasses import dataclass

from psgscore.model.criteria import given, require

_SIT = "Montplaisir et al. 1998, Mov Disord 13:324-329; Michaud et al. 2001, J Sleep Res 10:65-69"
_OWN = "own: no published limit"


@dataclass(frozen=True, slots=True, kw_only=True)
class RestlessCriteria:
    """How periodic leg movements of the night are looked at with restless legs in mind."""

    longest_interval_s: float = given(90.0, "Ferri et al. 2016, Sleep Med 26:86-95")
    peak_from_s: float = given(10.0, "Ferri et al. 2016: shorter intervals are not periodic")
    bandwidth_ln: float = given(0.15, f"of the density of ln intervals; {_OWN}")
    min_intervals: int = given(20, f"fewer have no peak; {_OWN}")
    falling_ratio: float = given(0.75, f"last third over first third; {_OWN}")
    min_third_h: float = given(0.5, f"of sleep in a third, or it has no index; {_OWN}")

    def __post_init__(self) -> None:
        require(0 < self.peak_from_s < self.longest_interval_s, "peak_from_s out of range")
        require(self.bandwidth_ln > 0, "bandwidth_ln must be above 0")
        require(self.min_intervals >= 2, "min_intervals must be at least 2")
        require(0 < self.falling_ratio < 1, "falling_ratio must lie in (0, 1)")
        require(self.min_third_h >= 0, "min_third_h must be >= 0")


@dataclass(frozen=True, slots=True, kw_only=True)
class ImmobilisationCriteria:
    """The suggested immobilisation test: awake in bed, legs stretched out, for an hour."""

    length_s: float = given(3600.0, _SIT)
    bin_s: float = given(600.0, f"of the course; {_OWN}")
    min_hours: float = given(0.25, f"readable and awake, or there is no index; {_OWN}")
    peak_from_s: float = given(5.0, f"intervals awake are shorter than asleep; {_OWN}")
    min_intervals: int = given(10, f"fewer have no peak; {_OWN}")
    published_index: float = given(40.0, f"{_SIT}: more than, per hour", confirm=True)
    published_interval_s: float = given(12.0, f"{_SIT}: the usual interval", confirm=True)

    def __post_init__(self) -> None:
        require(self.length_s > 0, "length_s must be above 0")
        whole = self.bin_s > 0 and abs(self.length_s / self.bin_s % 1) < 1e-9
        require(whole, "length_s must be a whole multiple of bin_s")
        require(self.min_hours > 0, "min_hours must be above 0")
        require(self.peak_from_s > 0, "peak_from_s must be above 0")
        require(self.min_intervals >= 2, "min_intervals must be at least 2")
        require(self.published_index > 0, "published_index must be above 0")


RESTLESS = RestlessCriteria()
IMMOBILISATION = ImmobilisationCriteria()
