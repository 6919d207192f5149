"""Every number a standard or a paper gives, once, with its source.

Two standards are two values of one type: `WASM_2016`, `AASM_V3`, `AASM_V2` and
`COLEMAN_1982` below. ``psgscore config show NAME`` prints any of them as TOML.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

from psgscore.errors import ConfigError, did_you_mean

_WASM = "Ferri et al. 2016, Sleep Med 26:86-95"
AASM = "AASM Manual v3"
_BOTH = "AASM Manual v3; Ferri et al. 2016"
_MEASURED = "measured on simulated EMG, docs/rules/leg_movements.md"


def given(default: Any, source: str, *, confirm: bool = False) -> Any:
    """Return a field with its source; `confirm`: quoted, not read in the paid manual itself."""
    return field(default=default, metadata={"source": source, "confirm": confirm})


def require(condition: bool, message: str) -> None:
    """Raise ValueError with the message unless the condition holds."""
    if not condition:
        raise ValueError(message)


@dataclass(frozen=True, slots=True, kw_only=True)
class GateCriteria:
    """When a leg EMG is good enough to be scored at all."""

    min_rate_hz: float = given(100.0, _MEASURED)
    advised_rate_hz: float = given(200.0, _BOTH, confirm=True)
    max_step_uv: float = given(2.0, "one bit must be well under the 8 uV rise")
    advised_step_uv: float = given(0.5, "one bit must be well under the 2 uV rise")
    min_levels: int = given(32, _MEASURED)
    max_clipped_share: float = given(0.05, _MEASURED)
    max_flat_share: float = given(0.9, _MEASURED)
    flat_s: float = given(5.0, "no living muscle is constant this long")
    flat_uv: float = given(0.05, "peak to peak; no electrode and amplifier is this quiet")
    mains_share: float = given(0.8, _MEASURED)
    mains_uv: float = given(5.0, _MEASURED)
    advised_resting_uv: float = given(16.0, "resting EMG above ~10-16 uV is flagged by tools")
    pop_uv: float = given(3000.0, "beyond any surface EMG of the leg")

    def __post_init__(self) -> None:
        require(0 < self.min_rate_hz <= self.advised_rate_hz, "min_rate_hz out of range")
        require(0 < self.advised_step_uv <= self.max_step_uv, "advised_step_uv out of range")
        require(self.min_levels >= 2, "min_levels must be at least 2")
        for name in ("max_clipped_share", "max_flat_share", "mains_share"):
            require(0 < getattr(self, name) <= 1, f"{name} must lie in (0, 1]")
        for name in ("flat_s", "flat_uv", "mains_uv", "advised_resting_uv", "pop_uv"):
            require(getattr(self, name) > 0, f"{name} must be above 0")


@dataclass(frozen=True, slots=True, kw_only=True)
class LegMovementCriteria:
    """What makes a burst of leg EMG a movement, and how its amplitude is measured."""

    high_pass_hz: float = given(10.0, _BOTH, confirm=True)
    low_pass_hz: float = given(100.0, AASM, confirm=True)
    envelope_s: float = given(0.1, _MEASURED)
    median_s: float = given(0.3, _MEASURED)
    resting_window_s: float = given(90.0, _MEASURED)
    resting_percentile: float = given(25.0, _MEASURED)
    resting_floor_uv: float = given(0.4, _MEASURED)
    resting_passes: int = given(2, _MEASURED)
    amplitude_gain: float = given(1.0, "uV a scorer sees per uV of RMS envelope")
    onset_rise_uv: float = given(8.0, _BOTH)
    offset_rise_uv: float = given(2.0, _BOTH)
    quiet_s: float = given(0.5, _BOTH)
    min_duration_s: float = given(0.5, _BOTH)
    body_s: float = given(
        0.5, f"{_WASM}: some window this long has its median over the offset rise"
    )
    gate: GateCriteria = field(default_factory=GateCriteria)

    def __post_init__(self) -> None:
        require(0 < self.high_pass_hz < self.low_pass_hz, "high_pass_hz must be below low_pass_hz")
        require(0 < self.offset_rise_uv <= self.onset_rise_uv, "offset_rise_uv above onset_rise_uv")
        require(self.amplitude_gain > 0, "amplitude_gain must be above 0")
        require(0 < self.envelope_s <= self.min_duration_s, "envelope_s above min_duration_s")
        require(0 < self.resting_percentile < 100, "resting_percentile must lie in (0, 100)")
        require(self.resting_passes >= 1, "resting_passes must be at least 1")
        require(self.median_s <= self.resting_window_s, "median_s above resting_window_s")
        for name in ("median_s", "resting_window_s", "resting_floor_uv", "quiet_s", "body_s"):
            require(getattr(self, name) > 0, f"{name} must be above 0")


@dataclass(frozen=True, slots=True, kw_only=True)
class RespiratoryWindow:
    """Where a movement counts as related to a respiratory event; both ends belong to it."""

    anchor: Literal["event", "end"]
    before_s: float
    after_s: float

    def __post_init__(self) -> None:
        require(
            self.anchor in ("event", "end"), f'anchor must be "event" or "end": {self.anchor!r}'
        )
        require(self.before_s >= 0 and self.after_s >= 0, "before_s and after_s must be >= 0")


WIDE = RespiratoryWindow(anchor="end", before_s=2.0, after_s=10.25)
NARROW = RespiratoryWindow(anchor="end", before_s=0.5, after_s=0.5)
AROUND_EVENT = RespiratoryWindow(anchor="event", before_s=0.5, after_s=0.5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Criteria:
    """One rule set for scoring leg movements: from single-leg events to periodic series."""

    name: str
    title: str
    min_duration_s: float = given(0.5, _BOTH)
    max_duration_s: float = given(10.0, _BOTH)
    merge_gap_s: float = given(0.5, f"{_BOTH}: marks of one leg closer than this are one")
    long_movement: Literal["ends_series", "ignored"] = given("ends_series", _WASM)
    bilateral_by: Literal["gap", "onset"] = given("gap", f"{_WASM}; onset: {AASM}")
    bilateral_s: float = given(0.5, f"{_WASM}: offset to onset; {AASM}: 5 s onset to onset")
    bilateral_max_parts: int = given(4, _WASM)
    bilateral_max_duration_s: float = given(15.0, _WASM)
    min_interval_s: float = given(10.0, f"{_WASM}; {AASM}: 5 s")
    max_interval_s: float = given(90.0, _BOTH)
    min_movements: int = given(4, _BOTH)
    short_interval: Literal["ends_series", "skipped"] = given(
        "ends_series", f"{_WASM}; {AASM} is silent"
    )
    eligible: Literal["any_stage", "onset_in_sleep", "part_in_sleep"] = given("any_stage", _WASM)
    respiratory: Literal["flagged", "excluded"] = given("flagged", f"{_WASM}; excluded: {AASM}")
    respiratory_window: RespiratoryWindow = field(
        default=WIDE, metadata={"source": f"{_WASM} (wide)", "confirm": False}
    )
    arousal_gap_s: float = given(0.5, _BOTH)
    arousal_gap_inclusive: bool = given(True, "PLMScoRe 0.1.3 counts a gap of exactly 0.5 s")

    def __post_init__(self) -> None:
        choices = {
            "long_movement": ("ends_series", "ignored"),
            "bilateral_by": ("gap", "onset"),
            "short_interval": ("ends_series", "skipped"),
            "eligible": ("any_stage", "onset_in_sleep", "part_in_sleep"),
            "respiratory": ("flagged", "excluded"),
        }
        for name, allowed in choices.items():
            value = getattr(self, name)
            require(value in allowed, f"{name} must be one of {', '.join(allowed)}: {value!r}")
        require(0 < self.min_duration_s <= self.max_duration_s, "min_duration_s > max_duration_s")
        require(0 < self.min_interval_s <= self.max_interval_s, "min_interval_s > max_interval_s")
        require(self.min_movements >= 2, "min_movements must be at least 2")
        require(bool(self.name), "name must not be empty")


WASM_2016 = Criteria(name="wasm-2016", title="WASM 2016")

AASM_V3 = Criteria(
    name="aasm-v3",
    title="AASM v3",
    long_movement="ignored",
    bilateral_by="onset",
    bilateral_s=5.0,
    bilateral_max_parts=2,
    bilateral_max_duration_s=15.0,
    min_interval_s=5.0,
    short_interval="skipped",
    eligible="part_in_sleep",
    respiratory="excluded",
    respiratory_window=AROUND_EVENT,
    arousal_gap_inclusive=False,
)

AASM_V2 = replace(AASM_V3, name="aasm-v2", title="AASM v2", eligible="onset_in_sleep")

COLEMAN_1982 = replace(
    AASM_V2,
    name="coleman-1982",
    title="Coleman 1982",
    max_duration_s=5.0,
    min_interval_s=4.0,
    bilateral_s=4.0,
    respiratory="flagged",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodicityCriteria:
    """The periodicity index of intervals, the same under every rule set."""

    above_interval_s: float = given(10.0, "Ferri et al. 2006, Sleep 29:759-769")
    max_interval_s: float = given(90.0, "Ferri et al. 2006, Sleep 29:759-769")
    min_intervals: int = given(3, "Ferri et al. 2006, Sleep 29:759-769")


RULE_SETS = {rules.name: rules for rules in (WASM_2016, AASM_V3, AASM_V2, COLEMAN_1982)}
_COLEMAN = "Coleman 1982, as old data were scored: 0.5-5 s, intervals 4-90 s"
OWN_SOURCES = {
    COLEMAN_1982.name: {
        "max_duration_s": _COLEMAN,
        "min_interval_s": _COLEMAN,
        "bilateral_s": "no source: the shortest interval of the rule set",
    }
}
"""Where a rule set has a value from, if not from where the others have theirs."""
SIDE_BY_SIDE = (WASM_2016, AASM_V3)
DETECTION = LegMovementCriteria()
PERIODICITY = PeriodicityCriteria()


def rule_set(name: str) -> Criteria:
    """Return a shipped rule set by name.

    Raises
    ------
    ConfigError
        No such rule set.
    """
    if name not in RULE_SETS:
        raise ConfigError(f"no rule set {name!r}:{did_you_mean(name, RULE_SETS)}")
    return RULE_SETS[name]


def criteria_hash(*values: Any) -> str:
    """Return the SHA-256 of criteria values: the same numbers, the same hash."""
    text = json.dumps([asdict(value) for value in values], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
