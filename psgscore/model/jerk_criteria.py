"""Every number of short bursts, hypnic jerks and fragmentary myoclonus, once, with its source.

No standard has a rule for hypnic jerks and no labelled recordings are public: what is
called *operational* below is a convention of this program, to be judged as such.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from psgscore.model.criteria import AASM, RespiratoryWindow, given, require

_MEASURED = "measured on simulated bursts, docs/rules/hypnic_jerks.md"
_WAVES = "measured on simulated EEG, docs/rules/hypnic_jerks.md"
_OPERATIONAL = "operational: no standard has a rule"
_PUBLISHED = "short EMG bursts of 75-250 ms in published descriptions; operational"
_FRAGMENTARY = "AASM Manual v3, excessive fragmentary myoclonus"
_TRAIN = f"{AASM}: four bursts make a run of ALMA or hypnagogic foot tremor"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortBurstCriteria:
    """How short bursts of EMG are found and measured, whatever they turn out to be."""

    min_rate_hz: float = given(200.0, f"{AASM}: leg EMG needs 200 Hz", confirm=True)
    window_s: float = given(0.025, _OPERATIONAL)
    min_peak_uv: float = given(50.0, f"{_OPERATIONAL}; {_FRAGMENTARY}", confirm=True)
    baseline_ratio: float = given(5.0, _OPERATIONAL)
    beside_s: float = given(1.0, f"a movement beside it is baseline, too; {_MEASURED}")
    beside_percentile: float = given(20.0, f"of the EMG beside it; {_MEASURED}")
    edge_share: float = given(0.5, f"{_OPERATIONAL}: edges at half height")
    height_gain: float = given(1.1, f"height over the RMS between the edges; {_MEASURED}")
    edge_shift_s: float = given(0.0025, f"how far the window moves an edge outwards; {_MEASURED}")
    join_s: float = given(0.06, f"dips shorter than this are noise; {_MEASURED}")
    min_duration_s: float = given(0.03, "an ECG spike seen in the leg lasts 20-40 ms")
    max_duration_s: float = given(1.0, "longer bursts are for the rules of movements")
    min_frequency_hz: float = given(
        28.0, f"of a burst on average: muscle has 36-86 Hz, a QRS complex 17-19; {_MEASURED}"
    )

    def __post_init__(self) -> None:
        require(self.min_frequency_hz >= 0, "min_frequency_hz must be >= 0")
        require(self.min_rate_hz > 0, "min_rate_hz must be above 0")
        require(0 < self.window_s <= 0.1, "window_s must lie in (0, 0.1]")
        require(self.min_peak_uv > 0, "min_peak_uv must be above 0")
        require(self.baseline_ratio > 1, "baseline_ratio must be above 1")
        require(self.beside_s > 0, "beside_s must be above 0")
        require(0 < self.beside_percentile < 100, "beside_percentile must lie in (0, 100)")
        require(0 < self.edge_share < 1, "edge_share must lie in (0, 1)")
        require(self.height_gain > 0, "height_gain must be above 0")
        require(0 <= self.edge_shift_s < self.window_s / 2, "edge_shift_s above half a window")
        require(self.join_s >= 0, "join_s must be >= 0")
        require(0 < self.min_duration_s < self.max_duration_s, "min_duration_s > max_duration_s")


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphoelementCriteria:
    """What makes a deflection of the EEG a vertex wave or a K-complex."""

    min_rate_hz: float = given(80.0, "room for muscle above the EEG")
    low_hz: float = given(0.5, "slower is sweat and movement")
    high_hz: float = given(12.0, "faster is spindle and muscle")
    vertex_low_hz: float = given(2.0, f"a vertex wave is sharp; {_WAVES}")
    vertex_max_s: float = given(0.5, f"{AASM}: vertex waves last less than 0.5 s", confirm=True)
    vertex_min_uv: float = given(55.0, f"from the peak to the EEG beside it; {_WAVES}")
    vertex_ratio: float = given(6.0, f"over the RMS of the EEG around; {_WAVES}")
    vertex_isolation: float = given(1.3, f"over the next largest wave nearby; {_WAVES}")
    isolation_s: float = given(1.2, f"alpha and theta come in trains; {_WAVES}")
    k_min_s: float = given(0.5, f"{AASM}: K-complexes last at least 0.5 s", confirm=True)
    k_max_s: float = given(2.0, _WAVES)
    k_negative_max_s: float = given(0.75, _WAVES)
    k_positive_share: float = given(0.2, f"of the negative peak; {_WAVES}")
    k_min_uv: float = given(75.0, f"peak to peak; no standard gives one; {_WAVES}")
    k_ratio: float = given(6.0, f"over the RMS of the EEG around; {_WAVES}")
    k_trough_ratio: float = given(4.0, f"the negative peak over slow waves around; {_WAVES}")
    k_slow_hz: float = given(4.0, f"a K-complex is slow; {_WAVES}")
    background_s: float = given(10.0, f"before and after; {_WAVES}")
    max_uv: float = given(500.0, "peak to peak; no EEG of an adult is this large")
    muscle_hz: tuple[float, float] = given((25.0, 40.0), "above the EEG, below the mains")
    muscle_ratio: float = given(6.0, f"over what muscle alone would leave in the band; {_WAVES}")

    def __post_init__(self) -> None:
        require(0 < self.low_hz < self.vertex_low_hz < self.high_hz, "bands must rise")
        require(self.low_hz < self.k_slow_hz <= self.high_hz, "k_slow_hz outside the band")
        require(self.vertex_isolation >= 1, "vertex_isolation must be at least 1")
        require(self.isolation_s >= 0, "isolation_s must be >= 0")
        require(self.high_hz < self.muscle_hz[0] < self.muscle_hz[1], "muscle_hz in the EEG")
        require(2 * self.muscle_hz[1] <= self.min_rate_hz, "min_rate_hz below twice muscle_hz")
        require(0 < self.k_min_s < self.k_max_s, "k_min_s above k_max_s")
        require(self.vertex_max_s > 0, "vertex_max_s must be above 0")
        require(0 < self.vertex_min_uv < self.max_uv, "vertex_min_uv out of range")
        require(0 < self.k_min_uv < self.max_uv, "k_min_uv out of range")
        require(self.background_s >= 2, "background_s must be at least 2")


@dataclass(frozen=True, slots=True, kw_only=True)
class JerkCriteria:
    """What makes short bursts a hypnic jerk, and how sure that is. All operational."""

    core_min_s: float = given(0.075, _PUBLISHED)
    core_max_s: float = given(0.25, _PUBLISHED)
    min_duration_s: float = given(0.05, f"extended; {_OPERATIONAL}")
    max_duration_s: float = given(
        0.5, f"extended; {_OPERATIONAL}: from here on it is a leg movement"
    )
    min_peak_uv: float = given(50.0, _OPERATIONAL)
    baseline_ratio: float = given(5.0, _OPERATIONAL)
    join_s: float = given(1.0, f"bursts less than this apart are one jerk; {_OPERATIONAL}")
    max_bursts: int = given(3, f"of one muscle in one jerk; {_TRAIN}", confirm=True)
    wake_before_s: float = given(60.0, f"wake before sleep begins; {_OPERATIONAL}")
    before_onset_s: float = given(60.0, _OPERATIONAL)
    after_onset_s: float = given(90.0, _OPERATIONAL)
    lone_points: int = given(
        2,
        "asked of one muscle's burst away from any sleep onset, where a point alone is often "
        f"chance: K-complexes come by themselves once or twice a minute of N2; {_OPERATIONAL}",
    )
    muscles_s: float = given(0.1, f"onsets of two muscles; {_OPERATIONAL}")
    wave_before_s: float = given(0.5, _OPERATIONAL)
    wave_after_s: float = given(1.0, _OPERATIONAL)
    arousal_after_s: float = given(3.0, _OPERATIONAL)
    heart_rise_bpm: float = given(8.0, _OPERATIONAL)
    heart_after_s: float = given(10.0, _OPERATIONAL)
    periodic_s: float = given(10.0, f"beside a periodic run; {_OPERATIONAL}")
    potentials_per_min: int = given(5, _FRAGMENTARY, confirm=True)
    minute_s: float = given(60.0, _FRAGMENTARY)
    respiratory_window: RespiratoryWindow = field(
        default=RespiratoryWindow(anchor="event", before_s=0.5, after_s=10.25),
        metadata={
            "source": "what AASM v3 or WASM 2016 (wide) would call respiratory",
            "confirm": False,
        },
    )
    arousal_lead_s: float = given(1.0, f"an arousal this much earlier leads; {_OPERATIONAL}")
    arousal_gap_s: float = given(0.5, f"{AASM}; Ferri et al. 2016: beside an arousal")

    def __post_init__(self) -> None:
        require(
            0 < self.min_duration_s <= self.core_min_s <= self.core_max_s < self.max_duration_s,
            "durations must rise: min_duration_s, core_min_s, core_max_s, max_duration_s",
        )
        require(self.min_peak_uv > 0, "min_peak_uv must be above 0")
        require(self.baseline_ratio > 1, "baseline_ratio must be above 1")
        require(self.max_bursts >= 1, "max_bursts must be at least 1")
        require(self.lone_points >= 1, "lone_points must be at least 1")
        require(self.potentials_per_min >= 1, "potentials_per_min must be at least 1")
        require(self.minute_s > 0, "minute_s must be above 0")
        for name in ("join_s", "wake_before_s", "before_onset_s", "after_onset_s", "muscles_s",
                     "wave_before_s", "wave_after_s", "arousal_after_s", "heart_rise_bpm",
                     "heart_after_s", "periodic_s", "arousal_lead_s", "arousal_gap_s"):  # fmt: skip
            require(getattr(self, name) >= 0, f"{name} must be >= 0")


@dataclass(frozen=True, slots=True, kw_only=True)
class FragmentaryCriteria:
    """Potentials of fragmentary myoclonus, and when there are excessively many."""

    min_duration_s: float = given(0.075, _FRAGMENTARY, confirm=True)
    max_duration_s: float = given(0.15, _FRAGMENTARY, confirm=True)
    min_peak_uv: float = given(50.0, _FRAGMENTARY, confirm=True)
    per_minute: int = given(5, _FRAGMENTARY, confirm=True)
    minute_s: float = given(60.0, _FRAGMENTARY)
    min_minutes: int = given(20, f"{_FRAGMENTARY}, of NREM", confirm=True)
    synchronous_s: float = given(
        0.1, "potentials of two muscles this close are a jerk's, not fragmentary; operational"
    )

    def __post_init__(self) -> None:
        require(0 < self.min_duration_s <= self.max_duration_s, "min_duration_s > max_duration_s")
        require(self.min_peak_uv > 0, "min_peak_uv must be above 0")
        require(self.per_minute >= 1, "per_minute must be at least 1")
        require(self.minute_s > 0, "minute_s must be above 0")
        require(self.min_minutes >= 1, "min_minutes must be at least 1")
        require(self.synchronous_s >= 0, "synchronous_s must be >= 0")


SHORT_BURSTS = ShortBurstCriteria()
GRAPHOELEMENTS = GraphoelementCriteria()
JERKS = JerkCriteria()
FRAGMENTARY = FragmentaryCriteria()
