"""By how much each threshold may be wrong, once, with the reason."""

from __future__ import annotations

from dataclasses import dataclass

from psgscore.model.criteria import given, require

_OWN = "own choice: no published value"


@dataclass(frozen=True, slots=True, kw_only=True)
class SensitivityCriteria:
    """By how much a threshold is moved, to either side, and how series are drawn again."""

    amplitude_share: float = given(
        0.2, f"neither standard says how the amplitude of an EMG is measured; {_OWN}"
    )
    onset_rise_uv: float = given(1.0, f"an eighth of the rise; {_OWN}")
    offset_rise_uv: float = given(0.5, f"a quarter of the rise; {_OWN}")
    resting_percentile: float = given(
        5.0, f"20 to 30 found all simulated movements; {_OWN}: docs/rules/leg_movements.md"
    )
    quiet_s: float = given(0.1, f"the length of the envelope; {_OWN}")
    min_duration_s: float = given(0.1, f"the length of the envelope; {_OWN}")
    max_duration_s: float = given(1.0, f"a tenth; {_OWN}")
    bilateral_share: float = given(0.2, f"0.1 s under WASM, 1 s under AASM; {_OWN}")
    min_interval_s: float = given(1.0, f"a mark read from a screen; {_OWN}")
    max_interval_s: float = given(9.0, f"a tenth; {_OWN}")
    draws: int = given(2000, "of the series, for an interval that two runs agree on")
    confidence: float = given(0.95, "the usual one")
    min_series: int = given(5, f"fewer say nothing of how they vary; {_OWN}")

    def __post_init__(self) -> None:
        for name in ("amplitude_share", "bilateral_share"):
            require(0 < getattr(self, name) < 1, f"{name} must lie in (0, 1)")
        require(0 < self.confidence < 1, "confidence must lie in (0, 1)")
        require(self.draws >= 100, "draws must be at least 100")
        require(self.min_series >= 2, "min_series must be at least 2")


SENSITIVITY = SensitivityCriteria()
