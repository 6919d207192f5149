"""Every number of trains of EMG bursts, once, with its source: ALMA, HFT, HFLM, RMD, rhythm."""

from __future__ import annotations

from dataclasses import dataclass

from psgscore.model.criteria import AASM, given, require

_MEASURED = "measured on simulated EMG, docs/rules/trains.md"
_OWN = "own, docs/rules/trains.md"
_ALMA = f"{AASM}, alternating leg muscle activation"
_HFT = f"{AASM}, hypnagogic foot tremor"
_HFLM = "Ferri et al. 2016, Sleep Med 26:86-95, high-frequency leg movements"
_RMD = f"{AASM}, rhythmic movement disorder"
_FLAG = "own: sustained rhythmic activity is shown for review, never classified"


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscreteBurstCriteria:
    """How the bursts that trains are made of are found: silence between them parts them."""

    min_rate_hz: float = given(100.0, f"the gate's own limit for an EMG; {_MEASURED}")
    window_s: float = given(0.04, f"bursts of 75 ms, gaps of 110 ms must show; {_MEASURED}")
    onset_rise_uv: float = given(8.0, f"{AASM}; Ferri et al. 2016: as a leg movement")
    baseline_ratio: float = given(
        2.5, f"peak of so short an RMS, where twice the background is meant; {_MEASURED}"
    )
    beside_s: float = given(0.25, f"a gap is measured against the EMG this near it; {_MEASURED}")
    gap_share: float = given(
        0.2, f"of the peak beside it over rest: silence is under it; {_MEASURED}"
    )
    gap_s: float = given(0.06, f"silence shorter than this is chance; {_MEASURED}")
    gap_to_burst: float = given(
        0.25, f"silence is at least so much of the longer burst beside it; {_MEASURED}"
    )
    longest_s: float = given(1.0, f"a longer burst asks for no longer silence; {_OWN}")
    edge_share: float = given(0.3, f"of the RMS between the edges; {_MEASURED}")
    edge_rest_ratio: float = given(1.75, f"an edge is over rest by this; {_MEASURED}")
    edge_shift_s: float = given(0.014, f"how far the window moves an edge outwards; {_MEASURED}")
    min_duration_s: float = given(0.04, "an ECG spike seen in the leg lasts 20-40 ms")
    max_duration_s: float = given(3.0, "own: a train of 0.3 Hz has no room for longer bursts")
    min_frequency_hz: float = given(28.0, f"of a burst on average: muscle; {_MEASURED}")
    min_frequency_share: float = given(
        0.2, f"of the sampling rate, where that is less: slow recorders cut muscle; {_MEASURED}"
    )

    def __post_init__(self) -> None:
        require(self.min_rate_hz > 0, "min_rate_hz must be above 0")
        require(0 < self.window_s <= 0.1, "window_s must lie in (0, 0.1]")
        require(self.onset_rise_uv > 0, "onset_rise_uv must be above 0")
        require(self.baseline_ratio > 1, "baseline_ratio must be above 1")
        require(self.beside_s > 0, "beside_s must be above 0")
        require(0 < self.gap_share < 1, "gap_share must lie in (0, 1)")
        require(self.gap_s >= 0, "gap_s must be >= 0")
        require(0 <= self.gap_to_burst < 1, "gap_to_burst must lie in [0, 1)")
        require(self.longest_s > 0, "longest_s must be above 0")
        require(0 < self.edge_share < 1, "edge_share must lie in (0, 1)")
        require(
            1 <= self.edge_rest_ratio <= self.baseline_ratio, "edge_rest_ratio above baseline_ratio"
        )
        require(0 <= self.edge_shift_s < self.window_s / 2, "edge_shift_s above half a window")
        require(0 < self.min_duration_s < self.max_duration_s, "min_duration_s > max_duration_s")
        require(self.min_frequency_hz >= 0, "min_frequency_hz must be >= 0")
        require(0 <= self.min_frequency_share < 0.5, "min_frequency_share must lie in [0, 0.5)")


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainCriteria:
    """What makes bursts a train, and which train it is. Both limits of a range count."""

    min_bursts: int = given(4, f"{AASM}, all kinds of train; {_HFLM}", confirm=True)
    max_rate_hz: float = given(6.0, f"{_OWN}: faster bursts cannot be told apart")
    interval_tolerance: float = given(
        0.3, f"{_OWN}: share of the usual interval by which one may differ"
    )
    alternation_tolerance: float = given(
        0.4, f"{_OWN}: the same from leg to leg, which need not be midway"
    )
    recent_intervals: int = given(5, f"{_OWN}: the usual interval is the median of so many")
    max_missed: int = given(1, f"{_OWN}: bursts in a row that may be missing")
    min_share: float = given(0.75, f"{_OWN}: of the bursts during a train are part of it")
    alma_min_hz: float = given(0.5, _ALMA, confirm=True)
    alma_max_hz: float = given(3.0, _ALMA, confirm=True)
    alma_max_burst_s: float = given(0.5, f"{_ALMA}: bursts usually 0.1-0.5 s", confirm=True)
    alma_min_burst_s: float = given(0.1, f"{_ALMA}: bursts usually 0.1-0.5 s", confirm=True)
    hft_min_hz: float = given(0.3, _HFT, confirm=True)
    hft_max_hz: float = given(4.0, _HFT, confirm=True)
    hft_min_burst_s: float = given(0.25, _HFT, confirm=True)
    hft_max_burst_s: float = given(1.0, _HFT, confirm=True)
    hft_min_duration_s: float = given(
        10.0, f'{_HFT}: "usually"; own: shorter trains are HFLM', confirm=True
    )
    hflm_min_hz: float = given(0.3, _HFLM, confirm=True)
    hflm_max_hz: float = given(4.0, _HFLM, confirm=True)
    rmd_min_hz: float = given(0.5, _RMD, confirm=True)
    rmd_max_hz: float = given(2.0, _RMD, confirm=True)
    rmd_baseline_ratio: float = given(2.0, _RMD, confirm=True)
    rmd_min_regions: int = given(2, f"{_OWN}: of legs, arms and chin; video is needed anyway")
    flag_longer_than_s: float = given(10.0, _FLAG)
    flag_min_muscles: int = given(2, _FLAG)
    alike_rate: float = given(0.2, f"{_OWN}: share by which rates of one rhythm may differ")
    together_share: float = given(0.5, f"{_OWN}: of the longer train two muscles must share")

    def __post_init__(self) -> None:
        require(self.min_bursts >= 3, "min_bursts must be at least 3")
        for name in ("alma", "hft", "hflm", "rmd"):
            low, high = getattr(self, f"{name}_min_hz"), getattr(self, f"{name}_max_hz")
            require(0 < low <= high, f"{name}_min_hz > {name}_max_hz")
            require(high <= self.max_rate_hz, f"{name}_max_hz above max_rate_hz")
        require(0 <= self.alma_min_burst_s <= self.alma_max_burst_s, "alma_min_burst_s too large")
        require(0 <= self.hft_min_burst_s <= self.hft_max_burst_s, "hft_min_burst_s too large")
        for name in ("interval_tolerance", "alternation_tolerance", "alike_rate"):
            require(0 < getattr(self, name) < 0.5, f"{name} must lie in (0, 0.5)")
        for name in ("min_share", "together_share"):
            require(0 < getattr(self, name) <= 1, f"{name} must lie in (0, 1]")
        for name in ("recent_intervals", "rmd_min_regions", "flag_min_muscles"):
            require(getattr(self, name) >= 1, f"{name} must be at least 1")
        for name in ("max_missed", "hft_min_duration_s", "flag_longer_than_s",
                     "rmd_baseline_ratio"):  # fmt: skip
            require(getattr(self, name) >= 0, f"{name} must be >= 0")

    @property
    def min_rate_hz(self) -> float:
        """Rate of the slowest train of any kind."""
        return min(self.alma_min_hz, self.hft_min_hz, self.hflm_min_hz, self.rmd_min_hz)


DISCRETE_BURSTS = DiscreteBurstCriteria()
TRAINS = TrainCriteria()
