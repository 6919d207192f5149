"""Every number of staging and arousals, once, with its source: what the EEG is judged by."""

from __future__ import annotations

from dataclasses import dataclass

from psgscore.model.criteria import AASM, given, require

_SIMULATED = "measured on simulated EEG, docs/arousals.md"
_NAPS = "measured on two real naps and simulated nights, docs/staging.md"


@dataclass(frozen=True, slots=True, kw_only=True)
class StagingGate:
    """When an epoch of a channel is good enough to be staged from."""

    min_rate_hz: float = given(80.0, "the features reach to 30 Hz")
    max_missing_s: float = given(1.0, "more of a 30-s epoch without samples is a gap")
    flat_uv: float = given(0.2, "peak to peak within a second; no living scalp is this quiet")
    max_flat_share: float = given(0.2, "of the seconds of an epoch")
    max_clipped_share: float = given(0.05, "of the samples of an epoch")
    max_mains_ratio: float = given(5.0, "mains RMS over the RMS between 0.4 and 30 Hz")
    min_eeg_sd_uv: float = given(3.0, "implausible amplitude: EEG SD outside 3-100 uV")
    max_eeg_sd_uv: float = given(100.0, "implausible amplitude: EEG SD outside 3-100 uV")
    max_eog_sd_uv: float = given(300.0, "eye movements are larger than EEG")
    max_chin_sd_uv: float = given(500.0, "beyond any resting chin EMG")
    max_beat_likeness: float = given(
        0.35, f"a heartbeat comes back, at half its period not; {_NAPS}"
    )
    min_beat_kurtosis: float = given(8.0, f"QRS complexes are sharp; {_NAPS}")
    max_slope: float = given(-0.15, f"log power over log frequency, noise is 0; {_NAPS}")
    min_delta_variation: float = given(0.2, f"SD of log delta power over the epochs; {_NAPS}")
    min_sigma_variation: float = given(0.15, f"SD of log sigma power over the epochs; {_NAPS}")
    max_bad_share: float = given(0.8, "of the 10 min around: what is left there is not trusted")
    short_h: float = given(3.0, "features are scaled over the night: shorter is a warning")
    very_short_h: float = given(1.0, "features are scaled over the night: hardly a night")


STAGING_GATE = StagingGate()


@dataclass(frozen=True, slots=True, kw_only=True)
class ArousalCriteria:
    """What makes a shift of EEG frequency an arousal, and how the shift is measured.

    Limits of bands lie between the 1 Hz lines that windows of 1 s can tell apart.
    """

    min_duration_s: float = given(3.0, AASM, confirm=True)
    max_duration_s: float = given(15.0, "half an epoch: what lasts longer is an awakening")
    sleep_before_s: float = given(10.0, AASM, confirm=True)
    chin_rise_s: float = given(1.0, f"{AASM}, in R only", confirm=True)
    chin_ratio: float = given(2.0, "a doubled RMS is a rise beyond dispute; " + _SIMULATED)
    chin_baseline_s: float = given(10.0, "the seconds of sleep that are asked for")
    edge_tolerance_s: float = given(0.05, "how well edges are known; " + _SIMULATED)
    delta_hz: tuple[float, float] = given((0.5, 3.5), f"{AASM}: slow waves, K-complexes")
    theta_hz: tuple[float, float] = given((3.5, 7.5), AASM)
    alpha_hz: tuple[float, float] = given((7.5, 10.5), f"{AASM}, below the spindles")
    sigma_hz: tuple[float, float] = given((10.5, 16.5), f"{AASM}: spindles, 11 to 16 Hz")
    beta_hz: tuple[float, float] = given((16.5, 30.5), f"{AASM}: over 16 Hz")
    muscle_hz: tuple[float, float] = given((31.5, 44.5), "above the EEG, below the mains")
    theta_ratio: float = given(3.0, _SIMULATED)
    alpha_ratio: float = given(3.0, _SIMULATED)
    beta_ratio: float = given(2.0, _SIMULATED)
    muscle_share: float = given(0.5, f"rise per Hz above the EEG over that in beta; {_SIMULATED}")
    clean_s: float = given(1.0, "of a shift that muscle does not hide")
    keep_share: float = given(0.5, _SIMULATED)
    keep_most: float = given(0.75, _SIMULATED)
    bridge_s: float = given(0.4, _SIMULATED)
    baseline_s: float = given(15.0, _SIMULATED)
    window_s: float = given(1.0, "tells theta, alpha and spindles apart")
    smoothing_s: float = given(1.0, _SIMULATED)
    flat_uv: float = given(0.1, "RMS; no EEG is this quiet")
    loose_uv: float = given(400.0, "RMS; no EEG is this large: the electrode is loose")
    min_rate_hz: float = given(100.0, "twice the highest band, and room for a filter")

    def __post_init__(self) -> None:
        require(0 < self.min_duration_s <= self.max_duration_s, "min_duration_s > max_duration_s")
        require(self.sleep_before_s >= 0, "sleep_before_s must be >= 0")
        require(0 < self.keep_share <= self.keep_most <= 1, "keep_share above keep_most, or 1")
        require(0.4 <= self.window_s <= self.min_duration_s, "window_s out of range")
        require(self.baseline_s >= 5, "baseline_s must be at least 5")
        for name in ("theta_ratio", "alpha_ratio", "beta_ratio", "chin_ratio"):
            require(getattr(self, name) > 1, f"{name} must be above 1")


AROUSAL_AASM = ArousalCriteria()
