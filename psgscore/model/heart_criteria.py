"""Every number of the heart beat and of the heart-rate response, once, with its source."""

from __future__ import annotations

from dataclasses import dataclass

from psgscore.model.criteria import given, require

_MEASURED = "measured on simulated ECG, docs/rules/heart_rate.md"
_EARLY = "the rate begins to rise some seconds before a movement: those are not baseline"


@dataclass(frozen=True, slots=True, kw_only=True)
class HeartCriteria:
    """How R peaks are found, and which beats give a rate."""

    low_hz: float = given(8.0, f"a QRS complex has most of its power here; {_MEASURED}")
    high_hz: float = given(20.0, f"a QRS complex has most of its power here; {_MEASURED}")
    min_rate_hz: float = given(100.0, "twice the highest frequency used, and room for a filter")
    threshold_share: float = given(0.45, f"of the usual QRS around; {_MEASURED}")
    refractory_s: float = given(0.25, "no two beats are closer: 240/min")
    t_wave_s: float = given(0.36, "a T wave peaks this soon after its QRS")
    t_wave_share: float = given(0.6, f"of its QRS, what is smaller is a T wave; {_MEASURED}")
    level_s: float = given(11.0, f"the usual QRS is the median over this long; {_MEASURED}")
    artefact_ratio: float = given(4.0, "no beat is this many times larger than those around")
    min_clearness: float = given(7.0, f"QRS over the quiet, usual around; {_MEASURED}")
    clearness_s: float = given(60.0, f"over which it is usual; {_MEASURED}")
    min_local_clearness: float = given(5.0, f"QRS over the quiet of 3 s; {_MEASURED}")
    min_qrs_uv: float = given(20.0, "peak within the band; less is an electrode that is off")
    max_qrs_uv: float = given(10000.0, "peak within the band; no heart is this large on the skin")
    min_readable_s: float = given(10.0, "a shorter stretch has no rate of its own")
    min_bpm: float = given(25.0, "a slower rate is a missed beat or a pause")
    max_bpm: float = given(220.0, "a faster rate is a false beat or an artefact")
    ectopic_share: float = given(0.25, "an interval this far from its neighbours' median")

    def __post_init__(self) -> None:
        require(0 < self.low_hz < self.high_hz, "low_hz must be below high_hz")
        require(self.min_rate_hz >= 4 * self.high_hz, "min_rate_hz under 4 times high_hz")
        require(0 < self.threshold_share < 1, "threshold_share must lie in (0, 1)")
        require(0 < self.t_wave_share < 1, "t_wave_share must lie in (0, 1)")
        require(0 < self.refractory_s <= self.t_wave_s, "refractory_s above t_wave_s")
        require(self.artefact_ratio > 1, "artefact_ratio must be above 1")
        require(self.clearness_s > 0, "clearness_s must be above 0")
        require(self.min_clearness > 1, "min_clearness must be above 1")
        require(self.min_local_clearness > 1, "min_local_clearness must be above 1")
        require(0 < self.min_qrs_uv < self.max_qrs_uv, "min_qrs_uv must be below max_qrs_uv")
        require(0 < self.min_bpm < self.max_bpm, "min_bpm must be below max_bpm")
        require(0 < self.ectopic_share < 1, "ectopic_share must lie in (0, 1)")
        require(self.level_s > 0 and self.min_readable_s >= 0, "level_s must be above 0")


@dataclass(frozen=True, slots=True, kw_only=True)
class HeartRiseCriteria:
    """How a rise of the heart rate after a moment is measured."""

    baseline_s: float = given(10.0, "own: the mean rate of the seconds before")
    within_s: float = given(10.0, "own: the seconds after that are looked at")
    peak_s: float = given(3.0, "own: the highest mean over this long, so that no breath is a rise")
    min_readable_share: float = given(0.8, "own: of the seconds before, and after")
    rise_bpm: float = given(8.0, "own: a rise beyond the sway of the breath")

    def __post_init__(self) -> None:
        require(self.baseline_s > 0, "baseline_s must be above 0")
        require(0 < self.peak_s <= self.within_s, "peak_s above within_s")
        require(0 < self.min_readable_share <= 1, "min_readable_share must lie in (0, 1]")


@dataclass(frozen=True, slots=True, kw_only=True)
class HeartResponseCriteria:
    """The mean course of the heart rate around the onsets of movements."""

    before_s: float = given(10.0, "Winkelman 1999, Sleep 22:575-580: 10 s before", confirm=True)
    after_s: float = given(15.0, "own: until the rate is back")
    step_s: float = given(0.5, "own: finer than a beat")
    baseline_stop_s: float = given(-5.0, f"own: {_EARLY}")
    min_readable_share: float = given(0.9, "own: of a window")
    min_onsets: int = given(4, "own: as many as the shortest periodic series")

    def __post_init__(self) -> None:
        require(self.before_s > 0 and self.after_s > 0, "before_s and after_s must be above 0")
        require(self.step_s > 0, "step_s must be above 0")
        steps = (self.before_s / self.step_s, self.after_s / self.step_s)
        whole = all(abs(one - round(one)) < 1e-9 for one in steps)
        require(whole, "before_s and after_s must be whole multiples of step_s")
        require(-self.before_s < self.baseline_stop_s <= 0, "baseline_stop_s out of the window")
        require(0 < self.min_readable_share <= 1, "min_readable_share must lie in (0, 1]")
        require(self.min_onsets >= 1, "min_onsets must be at least 1")


HEART = HeartCriteria()
HEART_RISE = HeartRiseCriteria()
HEART_RESPONSE = HeartResponseCriteria()
