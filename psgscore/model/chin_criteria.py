"""Every number of bruxism and of large muscle group movements, once, with its source."""

from __future__ import annotations

from dataclasses import dataclass

from psgscore.model.criteria import AASM, given, require

_IRLSSG = "IRLSSG 2021, PMC8436137"
_BRUXISM = "own, measured on simulated EMG, docs/rules/bruxism.md"
_LARGE = "own, measured on simulated EMG, docs/rules/large_movements.md"


@dataclass(frozen=True, slots=True, kw_only=True)
class BruxismCriteria:
    """What makes bursts of the chin an episode of bruxism, and against which background."""

    min_ratio: float = given(2.0, f"{AASM}: at least, over background", confirm=True)
    min_rise_uv: float = given(3.0, "own: over background; twice a slack chin may be 1 uV")
    min_burst_s: float = given(0.25, f"{AASM}; exactly this counts", confirm=True)
    max_phasic_s: float = given(2.0, f"{AASM}; exactly this is phasic, more is tonic", confirm=True)
    min_phasic_bursts: int = given(3, f"{AASM}: in sequence, at least", confirm=True)
    quiet_s: float = given(
        3.0, f"{AASM}: at least, before a new episode; exactly this is enough", confirm=True
    )
    dip_s: float = given(0.15, "own: a shorter dip does not part a burst")
    local_s: float = given(30.0, f"the seconds around whose tone is background; {_BRUXISM}")
    local_percentile: float = given(20.0, f"of those seconds; {_BRUXISM}")
    background_gain: float = given(
        1.1, f"the median of a quiet EMG over its low percentiles; {_BRUXISM}"
    )
    sure_ratio: float = given(3.0, f"at least: more than an arousal does to the tone; {_BRUXISM}")
    arousal_gap_s: float = given(1.0, "own: an arousal nearer than this is beside an episode")

    def __post_init__(self) -> None:
        require(1 < self.min_ratio <= self.sure_ratio, "min_ratio above sure_ratio")
        require(self.min_rise_uv >= 0, "min_rise_uv must be >= 0")
        require(0 < self.min_burst_s <= self.max_phasic_s, "min_burst_s above max_phasic_s")
        require(self.min_phasic_bursts >= 2, "min_phasic_bursts must be at least 2")
        require(0 <= self.dip_s < self.quiet_s, "dip_s must be below quiet_s")
        require(self.background_gain >= 1, "background_gain must be at least 1")
        require(self.local_s >= 2 * self.quiet_s, "local_s must be twice quiet_s or more")
        require(0 < self.local_percentile < 50, "local_percentile must lie in (0, 50)")
        require(self.arousal_gap_s >= 0, "arousal_gap_s must be >= 0")


@dataclass(frozen=True, slots=True, kw_only=True)
class LargeMovementCriteria:
    """What makes activity of several parts of the body a large muscle group movement."""

    min_duration_s: float = given(3.0, f"{_IRLSSG}; exactly this counts")
    max_duration_s: float = given(45.0, f"{_IRLSSG}: adults, children 30; exactly this counts")
    min_regions: int = given(2, f"{_IRLSSG}: channels; own: regions (legs, chin, arms, head)")
    min_rise_uv: float = given(20.0, f"over the background, every EMG; {_LARGE}")
    min_ratio: float = given(3.0, f"and at least this over the background; {_LARGE}")
    background_gain: float = given(
        1.1, f"the median of a quiet EMG over its resting level; {_BRUXISM}"
    )
    gap_s: float = given(1.0, "own: activity of a channel closer than this is one")
    block_s: float = given(0.02, "own: finer than any rhythm of a body")
    block_share: float = given(0.4, "own: of the limit, and of the RMS of the second around")
    min_active_share: float = given(0.75, f"of the blocks: no rhythm of bursts; {_LARGE}")
    eeg_range_uv: float = given(300.0, "own: peak to peak in 1 s, beyond K-complex and slow wave")
    eeg_fast_hz: float = given(30.0, "own: no wave of sleep is faster")
    eeg_fast_uv: float = given(15.0, "own: RMS of what is faster, in the same second")
    eeg_fast_ratio: float = given(3.0, "own: and at least this over the quiet seconds around")
    eeg_around_s: float = given(15.0, "own: how far to either side those are looked for")
    eeg_min_rate_hz: float = given(100.0, "own: slower EEG does not show what is faster")

    def __post_init__(self) -> None:
        require(0 < self.min_duration_s <= self.max_duration_s, "min_duration_s above max")
        require(1 <= self.min_regions <= 4, "min_regions must be 1 to 4")
        require(self.min_ratio > 1, "min_ratio must be above 1")
        require(self.background_gain >= 1, "background_gain must be at least 1")
        require(0 <= self.gap_s < self.min_duration_s, "gap_s must be below min_duration_s")
        for name in ("block_share", "min_active_share"):
            require(0 < getattr(self, name) <= 1, f"{name} must lie in (0, 1]")
        for name in ("min_rise_uv", "block_s", "eeg_range_uv", "eeg_fast_uv", "eeg_around_s"):
            require(getattr(self, name) > 0, f"{name} must be above 0")
        require(self.eeg_fast_ratio >= 1, "eeg_fast_ratio must be at least 1")
        require(
            0 < self.eeg_fast_hz < self.eeg_min_rate_hz / 2,
            "eeg_fast_hz must be below half of eeg_min_rate_hz",
        )


BRUXISM = BruxismCriteria()
LARGE_MOVEMENTS = LargeMovementCriteria()
