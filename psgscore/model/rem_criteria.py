"""Every number of REM sleep without atonia, once, with its source."""

from __future__ import annotations

from dataclasses import dataclass

from psgscore.model.criteria import AASM, given, require

_SINBAR = "SINBAR: Frauscher et al. 2012, doi 10.5665/sleep.1886"
_INDEX = "Ferri et al. 2008, Sleep Med 9:417-423; 2010, Sleep Med 11:947-949"
_OWN = "own, measured on simulated EMG, docs/rules/rem_atonia.md"


@dataclass(frozen=True, slots=True, kw_only=True)
class RemAtoniaCriteria:
    """What counts as muscle activity in REM sleep, and against which background."""

    epoch_s: float = given(30.0, f"{AASM}; {_SINBAR}", confirm=True)
    mini_epoch_s: float = given(3.0, f"{AASM}; {_SINBAR}", confirm=True)
    min_burst_s: float = given(0.1, f"{AASM}; {_SINBAR}; exactly this counts", confirm=True)
    max_burst_s: float = given(5.0, f"{AASM}; {_SINBAR}; exactly this counts", confirm=True)
    aasm_burst_ratio: float = given(4.0, f"{AASM}: at least, over background", confirm=True)
    aasm_mini_epochs: int = given(5, f"{AASM}: of the ten, at least", confirm=True)
    aasm_tonic_share: float = given(0.5, f"{AASM}: more than this of an epoch", confirm=True)
    sinbar_burst_ratio: float = given(2.0, f"{_SINBAR}: more than, over background", confirm=True)
    sinbar_tonic_share: float = given(0.5, f"{_SINBAR}: at least this of an epoch", confirm=True)
    sinbar_tonic_uv: float = given(10.0, f"{_SINBAR}: or more than this", confirm=True)
    gap_s: float = given(0.25, "own: bursts closer than this are one; exactly this: two")
    background_percentile: float = given(10.0, f"of the mini-epochs of REM; {_OWN}")
    same_period_s: float = given(900.0, "own: REM closer than this is one REM period")
    min_background_s: float = given(180.0, "own: shorter periods take the whole night's REM")
    background_floor_uv: float = given(
        1.0, "own: so that 2 uV and less is no burst, as it is atonia to the REM atonia index"
    )
    nrem_percentile: float = given(5.0, f"of the levels of the NREM epochs: the minimum; {_OWN}")
    nrem_margin: float = given(1.25, f"over that minimum, or noise alone would be tonic; {_OWN}")
    min_rem_s: float = given(300.0, "own: with less, a percentage is not held against a cut-off")
    chin_any_percent: float = given(18.0, f"{_SINBAR}: mentalis, any")
    chin_arms_percent: float = given(
        32.0, f"{_SINBAR}: mentalis any and flexor digitorum superficialis of both arms phasic"
    )
    index_window_s: float = given(60.0, f"{_INDEX}: the minimum around is taken away")
    index_low_uv: float = given(1.0, f"{_INDEX}: at most")
    index_high_uv: float = given(2.0, f"{_INDEX}: over 1 to this is left out")
    index_normal: float = given(0.9, f"{_INDEX}: above")
    index_abnormal: float = given(0.8, f"{_INDEX}: below")

    def __post_init__(self) -> None:
        require(self.mini_epoch_s >= 1, "mini_epoch_s must be at least 1")
        mini = self.epoch_s / self.mini_epoch_s
        require(mini == round(mini), "mini-epochs must fill an epoch")
        whole = self.mini_epoch_s == round(self.mini_epoch_s)
        require(whole, "mini_epoch_s must be whole seconds")
        require(0 < self.min_burst_s <= self.max_burst_s, "min_burst_s above max_burst_s")
        require(self.max_burst_s < self.epoch_s, "max_burst_s must be below epoch_s")
        require(1 <= self.aasm_mini_epochs <= mini, "aasm_mini_epochs out of range")
        require(1 < self.sinbar_burst_ratio <= self.aasm_burst_ratio, "burst ratios out of order")
        require(0 < self.aasm_tonic_share < 1, "aasm_tonic_share must lie in (0, 1)")
        require(0 < self.sinbar_tonic_share <= 1, "sinbar_tonic_share must lie in (0, 1]")
        for name in ("background_percentile", "nrem_percentile"):
            require(0 <= getattr(self, name) < 50, f"{name} must lie in [0, 50)")
        for name in ("sinbar_tonic_uv", "background_floor_uv", "nrem_margin", "index_window_s"):
            require(getattr(self, name) > 0, f"{name} must be above 0")
        for name in ("gap_s", "same_period_s", "min_background_s", "min_rem_s"):
            require(getattr(self, name) >= 0, f"{name} must be >= 0")
        require(0 < self.index_low_uv < self.index_high_uv, "index_low_uv above index_high_uv")
        require(self.index_abnormal <= self.index_normal, "index_abnormal above index_normal")


REM_ATONIA = RemAtoniaCriteria()
