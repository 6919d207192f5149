"""The simulated night is what its truth says it is."""

from __future__ import annotations

import numpy as np
import pytest

from psgscore.errors import UsageError
from psgscore.model.events import Events
from psgscore.model.hypnogram import SLEEP, Stage
from psgscore.simulate import (
    LABELS,
    LegSettings,
    PlanSettings,
    SimulatedNight,
    simulate_leg_emg,
    simulate_night,
)
from psgscore.simulate.emg import resting_at
from psgscore.simulate.plan import plan_night

STILL = PlanSettings(
    periodic_share=0, wake_share=0, isolated_per_hour=0, long_per_hour=0, bursts_per_hour=0,
    respiratory_share=0,
)  # fmt: skip
LEGS = ("Left Leg", "Right Leg")


def rms(samples):
    return float(np.sqrt(np.mean(np.asarray(samples, np.float64) ** 2)))


def part(signal, start_s, stop_s):
    return signal.samples[
        int(np.ceil(start_s * signal.rate_hz)) : int(np.ceil(stop_s * signal.rate_hz))
    ]


def still_leg(**settings):
    return simulate_leg_emg(1, hours=0.25, plan=STILL, leg=LegSettings(**settings))[0]


def one_burst(start_s, stop_s, amplitude_uv=50.0, **settings):
    asked = Events.of("LM:left", [start_s], [stop_s], measures={"amplitude_uv": [amplitude_uv]})
    leg = LegSettings(**settings)
    moving, _ = simulate_leg_emg(1, hours=0.25, movements=asked, leg=leg)
    resting, _ = simulate_leg_emg(1, hours=0.25, movements=Events.empty(), leg=leg)
    return moving, moving.samples - resting.samples


@pytest.fixture(scope="module")
def night() -> SimulatedNight:
    return simulate_night(5, hours=1.5)


def band_power(signal, hypnogram, stage, low_hz, high_hz):
    """Mean power between two frequencies over the epochs of a stage."""
    size = int(30 * signal.rate_hz)
    epochs = signal.samples.reshape(-1, size)[hypnogram.stages == stage]
    assert len(epochs) >= 3
    pieces = epochs.reshape(-1, int(5 * signal.rate_hz))
    spectrum = np.abs(np.fft.rfft(pieces * np.hanning(pieces.shape[1]), axis=1)) ** 2
    frequency = np.fft.rfftfreq(pieces.shape[1], 1 / signal.rate_hz)
    chosen = (frequency >= low_hz) & (frequency < high_hz)
    return float(spectrum[:, chosen].mean())


def test_same_arguments_give_the_same_bytes_and_another_seed_does_not():
    first, again, other = (simulate_night(seed, hours=0.25) for seed in (3, 3, 4))
    assert first.events == again.events
    assert first.hypnogram.stages.tobytes() == again.hypnogram.stages.tobytes()
    for one, two, third in zip(first.signals, again.signals, other.signals, strict=True):
        assert one.samples.tobytes() == two.samples.tobytes()
        assert one.label == "SpO2" or one.samples.tobytes() != third.samples.tobytes()
    assert first.events != other.events


def test_every_channel_has_its_own_rate_unit_and_the_length_of_the_night(night):
    assert tuple(signal.label for signal in night.signals) == LABELS
    assert {signal.rate_hz for signal in night.signals} == {256.0, 32.0, 1.0}
    assert night.signal("Flow").unit == "cmH2O"
    assert night.signal("SpO2").unit == "%"
    for signal in night.signals:
        assert signal.samples.dtype == np.float32
        assert np.isfinite(signal.samples).all()
        assert signal.stop_s == night.duration_s == night.hypnogram.stop_s == 5400
        assert signal.unit == "uV" or signal.label in ("Flow", "SpO2")


def test_a_channel_is_the_same_alone_or_among_others(night):
    alone = simulate_night(5, hours=1.5, channels=("Left Leg", "C3-M2"))
    assert [signal.label for signal in alone.signals] == ["C3-M2", "Left Leg"]
    assert alone.events == night.events
    for signal in alone.signals:
        assert signal.samples.tobytes() == night.signal(signal.label).samples.tobytes()


def test_one_leg_alone_is_the_leg_of_the_night(night):
    signal, truth = simulate_leg_emg(5, hours=1.5, side="right")
    assert signal.samples.tobytes() == night.signal("Right Leg").samples.tobytes()
    assert truth == night.events.of_kind("LM:right", "burst:right")


def test_truth_does_not_depend_on_the_rate():
    truths = [
        simulate_leg_emg(2, hours=0.5, leg=LegSettings(rate_hz=rate_hz))[1]
        for rate_hz in (50, 100, 128, 256, 333.3, 500, 1000)
    ]
    assert len(truths[0]) > 5
    assert all(truth == truths[0] for truth in truths)


@pytest.mark.parametrize("rate_hz", [100, 128, 200, 256, 512, 1000])
@pytest.mark.parametrize("resting_uv", [0.3, 1.6, 5.0])
def test_resting_emg_has_the_rms_asked_for(rate_hz, resting_uv):
    signal = still_leg(rate_hz=rate_hz, resting_uv=resting_uv)
    assert rms(signal.samples) == pytest.approx(resting_uv, rel=0.03)
    assert rms(part(signal, 100, 200)) == pytest.approx(resting_uv, rel=0.03)
    assert rms(part(signal, 0, 60)) == pytest.approx(resting_uv, rel=0.05)


def test_resting_emg_lies_between_10_and_100_hz():
    samples = still_leg(rate_hz=512).samples
    pieces = samples[: samples.size // 2048 * 2048].reshape(-1, 2048) * np.hanning(2048)
    spectrum = (np.abs(np.fft.rfft(pieces, axis=1)) ** 2).sum(axis=0)
    frequency = np.fft.rfftfreq(2048, 1 / 512)
    inside = (frequency >= 9) & (frequency <= 101)
    assert spectrum[~inside].sum() < 0.001 * spectrum.sum()


def test_a_step_of_the_resting_emg_is_a_step():
    signal = still_leg(resting_uv=1.6, resting_steps=((300.0, 8.0), (600.0, 3.0)))
    for start_s, stop_s, level in ((0, 300, 1.6), (300, 600, 8.0), (600, 900, 3.0)):
        assert rms(part(signal, start_s, stop_s)) == pytest.approx(level, rel=0.03)
    assert rms(part(signal, 299.5, 300)) < 2.5
    assert rms(part(signal, 300, 300.5)) > 6


def test_drift_of_the_resting_emg_is_per_hour():
    signal = still_leg(resting_uv=1.0, drift_uv_per_h=8.0)
    assert rms(part(signal, 840, 900)) == pytest.approx(1.0 + 8 * 870 / 3600, rel=0.06)
    falling = LegSettings(resting_uv=1.0, drift_uv_per_h=-8.0)
    assert resting_at(falling, np.array([3600.0])).tolist() == [0.05]


@pytest.mark.parametrize("rate_hz", [100, 128, 200, 256, 500, 1000])
@pytest.mark.parametrize(
    ("duration_s", "amplitude_uv", "resting_uv"),
    [
        pytest.param(2.0, 50.0, 1.6, id="typical"),
        pytest.param(8.0, 25.0, 5.0, id="weak, on a restless leg"),
        pytest.param(0.25, 150.0, 0.5, id="short"),
    ],
)
def test_a_burst_has_the_rms_asked_for_and_stays_in_its_span(
    rate_hz, duration_s, amplitude_uv, resting_uv
):
    span = (100.003, 100.003 + duration_s)
    moving, added = one_burst(*span, amplitude_uv, rate_hz=rate_hz, resting_uv=resting_uv)
    changed = np.flatnonzero(added) / rate_hz
    assert span[0] <= changed.min() <= span[0] + 0.025 + 1 / rate_hz
    assert span[1] - 0.025 - 2 / rate_hz <= changed.max() < span[1]
    own = np.sqrt((resting_uv + amplitude_uv) ** 2 - resting_uv**2)
    burst = added[int(np.ceil(span[0] * rate_hz)) : int(np.ceil(span[1] * rate_hz))]
    assert rms(burst) == pytest.approx(own, rel=0.001)
    if duration_s >= 2:
        assert rms(part(moving, *span)) == pytest.approx(resting_uv + amplitude_uv, rel=0.06)


def test_a_burst_is_up_within_20_ms_and_never_quiet_inside():
    start_s, stop_s = 100.0, 108.0
    _, added = one_burst(start_s, stop_s, 60.0, rate_hz=500)
    powers = [
        rms(added[int(t * 500) : int((t + 0.1) * 500)]) for t in np.arange(start_s, 107.9, 0.1)
    ]
    assert min(powers) > 15
    assert rms(added[int(100.02 * 500) : int(100.07 * 500)]) > 20
    assert rms(added[int(107.90 * 500) : int(107.95 * 500)]) > 20


def test_the_night_moves_only_where_the_truth_says(night):
    for label in LEGS:
        signal = night.signal(label)
        truth = night.events.of_kind("LM", "burst")
        truth = truth.where(truth.channel == label)
        quiet = np.ones(signal.samples.size, np.bool_)
        for event in truth:
            first, last = np.ceil(np.array([event.start_s, event.stop_s]) * 256).astype(int)
            quiet[first:last] = False
            assert rms(signal.samples[first:last]) > 15
        assert rms(signal.samples[quiet]) == pytest.approx(1.6, rel=0.03)
        assert np.abs(signal.samples[quiet]).max() < 1.6 * 6.5


def test_ecg_spikes_stand_at_the_beats():
    beats = plan_night(1, 0.25, STILL).heart_beats_s()
    added = still_leg(ecg_spike_uv=12.0).samples - still_leg().samples
    assert added.max() == pytest.approx(12.0, rel=0.03)
    peaks = np.flatnonzero(
        (added[1:-1] > 6) & (added[1:-1] >= added[:-2]) & (added[1:-1] > added[2:])
    )
    assert len(peaks) == len(beats)
    assert np.abs((peaks + 1) / 256 - beats).max() < 0.005
    wide = np.abs(added) > 0.5
    assert 0.03 < wide.sum() / 256 / len(beats) < 0.12


@pytest.mark.parametrize(
    ("rate_hz", "mains_hz", "expected_uv"),
    [
        pytest.param(256, 50, 2.0, id="below half the rate"),
        pytest.param(256, 60, 2.0, id="60 Hz"),
        pytest.param(100, 50, 0.0, id="taken away by the recorder"),
    ],
)
def test_mains_hum(rate_hz, mains_hz, expected_uv):
    hum = still_leg(rate_hz=rate_hz, mains_uv=2.0, mains_hz=mains_hz).samples
    hum = hum - still_leg(rate_hz=rate_hz).samples
    times = np.arange(hum.size) / rate_hz
    assert np.allclose(hum, expected_uv * np.sin(2 * np.pi * mains_hz * times), atol=1e-3)


def test_pops_are_high_short_and_alternate():
    popped = still_leg(pops=(100.0, 200.0), pop_uv=15000.0).samples - still_leg().samples
    assert popped[25600] == pytest.approx(15000, rel=1e-3)
    assert popped[51200] == pytest.approx(-15000, rel=1e-3)
    changed = np.flatnonzero(np.abs(popped) > 1) / 256
    first = changed[changed < 150]
    assert first.min() == 100.0
    assert first.max() < 100.06
    assert changed.max() < 200.06


def test_flat_and_clipped_stretches():
    signal = still_leg(flat=((100.0, 200.0),), clipped=((300.0, 310.0),), clip_uv=250.0)
    assert not part(signal, 100, 200).any()
    assert part(signal, 200, 201).any()
    clipped = part(signal, 300, 310)
    assert np.abs(clipped).max() == 250.0
    assert np.mean(np.abs(clipped) == 250.0) > 0.5
    assert np.abs(part(signal, 310, 320)).max() < 20


def test_no_truth_where_the_signal_cannot_show_it(night):
    whole = night.events.of_kind("LM:left")
    middle = float(whole.start_s[len(whole) // 2])
    span = (middle - 30.0, middle + 30.0)
    leg = LegSettings(flat=(span,))
    _, truth = simulate_leg_emg(5, hours=1.5, leg=leg)
    hidden = (whole.start_s < span[1] + 1) & (whole.stop_s > span[0] - 1)
    assert hidden.any()
    assert truth.of_kind("LM:left") == whole.where(~hidden)


def test_gaps_cut_every_signal_and_leave_the_rest_as_it_was(night):
    gaps = ((1000.0, 1090.0), (2000.0, 2007.0))
    cut = simulate_night(5, hours=1.5, gaps=gaps)
    assert cut.gaps.tolist() == [list(gap) for gap in gaps]
    assert cut.duration_s == night.duration_s
    for signal, whole in zip(cut.signals, night.signals, strict=True):
        pieces = list(signal.pieces())
        assert [piece.start_s for piece in pieces] == [0.0, 1090.0, 2007.0]
        assert [piece.stop_s for piece in pieces] == [1000.0, 2000.0, 5400.0]
        if signal.label not in LEGS:
            for piece in pieces:
                same = part(whole, piece.start_s, piece.stop_s)
                assert piece.samples.tobytes() == same.tobytes()
    for event in cut.events.of_kind("LM", "burst", "arousal", "apnea", "hypopnea"):
        assert all(event.stop_s <= start - 2 or event.start_s >= stop + 2 for start, stop in gaps)
    assert (cut.hypnogram.at([1020, 1050]) == Stage.UNSCORED).all()
    assert cut.hypnogram.at([1085, 2003]).tolist() == night.hypnogram.at([1085, 2003]).tolist()


@pytest.mark.parametrize(
    ("label", "low_hz", "high_hz", "more", "less"),
    [
        ("O1-M2", 8, 12, Stage.W, Stage.N2),
        ("O1-M2", 8, 12, Stage.W, Stage.R),
        ("C3-M2", 0.5, 2, Stage.N3, Stage.N2),
        ("C3-M2", 0.5, 2, Stage.N3, Stage.N1),
        ("F3-M2", 0.5, 2, Stage.N2, Stage.R),
        ("C3-M2", 12, 15, Stage.N2, Stage.N1),
        ("C4-M1", 12, 15, Stage.N2, Stage.R),
        ("C3-M2", 4, 8, Stage.N1, Stage.W),
        ("E1-M2", 1, 3, Stage.R, Stage.N1),
        ("E1-M2", 0.2, 0.45, Stage.N1, Stage.N2),
        ("Chin", 20, 80, Stage.W, Stage.N1),
        ("Chin", 20, 80, Stage.N2, Stage.N3),
        ("Chin", 20, 80, Stage.N3, Stage.R),
    ],
)
def test_stages_differ_as_a_scorer_expects(night, label, low_hz, high_hz, more, less):
    signal = night.signal(label)
    strong = band_power(signal, night.hypnogram, more, low_hz, high_hz)
    assert strong > 1.3 * band_power(signal, night.hypnogram, less, low_hz, high_hz)


def test_alpha_is_posterior_and_slow_waves_are_frontal(night):
    front, back = night.signal("F3-M2"), night.signal("O1-M2")
    hypnogram = night.hypnogram
    assert band_power(back, hypnogram, Stage.W, 8, 12) > 4 * band_power(
        front, hypnogram, Stage.W, 8, 12
    )
    assert band_power(front, hypnogram, Stage.N3, 0.5, 2) > 1.5 * band_power(
        back, hypnogram, Stage.N3, 0.5, 2
    )


def test_slow_waves_exceed_75_uv_in_n3_and_seldom_in_n1(night):
    signal = night.signal("F3-M2")
    seconds = signal.samples.reshape(-1, 2 * 256)
    swing = np.ptp(seconds, axis=1)
    stages = night.hypnogram.at(np.arange(swing.size) * 2.0)
    assert np.mean(swing[stages == Stage.N3] > 75) > 0.8
    assert np.mean(swing[stages == Stage.N1] > 75) < 0.3


def test_rapid_eye_movements_deflect_the_eyes_apart(night):
    left, right = (
        night.signal(label).samples.reshape(-1, 30 * 256)[night.hypnogram.stages == Stage.R]
        for label in ("E1-M2", "E2-M2")
    )
    assert np.corrcoef(left.ravel(), right.ravel())[0, 1] < -0.5


def test_the_heart_beats_at_50_to_100_a_minute_and_faster_awake():
    plan = plan_night(1, 2.0, PlanSettings())
    beats = plan.heart_beats_s()
    intervals = np.diff(beats)
    assert 0.55 < intervals.min() < intervals.max() < 1.35
    stages = plan.hypnogram.at(beats[1:])
    assert intervals[stages == Stage.W].mean() < intervals[stages == Stage.N3].mean()


def test_breathing_stops_in_an_apnoea_and_saturation_falls_after():
    settings = PlanSettings(respiratory_per_hour=20)
    night = simulate_night(2, hours=1.0, plan=settings, channels=("Flow", "SpO2"))
    flow, saturation = night.signal("Flow"), night.signal("SpO2")
    apneas = night.events.of_kind("apnea:obstructive")
    assert len(apneas) >= 2
    for event in apneas:
        inside = rms(part(flow, event.start_s + 2, event.stop_s - 2))
        assert inside < 0.2 * rms(flow.samples)
        dip = saturation.samples[int(event.stop_s) : int(event.stop_s) + 40].min()
        assert dip <= 95
    assert np.median(saturation.samples) >= 95


@pytest.mark.parametrize("hours", [0.25, 1.0, 4.0, 8.0, 14.0])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_every_length_of_night_is_a_night(hours, seed):
    plan = plan_night(seed, hours, PlanSettings())
    stages = plan.hypnogram.stages
    assert stages.size == hours * 120
    assert set(stages.tolist()) == {int(stage) for stage in (Stage.W, *SLEEP)}
    assert stages[0] == stages[-1] == Stage.W
    off, on = plan.events.of_kind("lights_off", "lights_on").start_s
    asleep = np.flatnonzero(np.isin(stages, SLEEP)) * 30.0
    assert 0 < off < asleep[0] < asleep[-1] < on < plan.duration_s
    deep, dream = (np.flatnonzero(stages == stage).mean() for stage in (Stage.N3, Stage.R))
    assert deep < dream


def test_movements_of_a_default_night():
    tables = [plan_night(seed, 8.0, PlanSettings()).events for seed in range(8)]
    moved = Events.concat([table.of_kind("LM") for table in tables])
    usual = moved.lasting(0.5, 10.0)
    assert 1.8 < np.median(usual.duration_s) < 3.0
    assert len(usual) > 0.95 * len(moved) > 0
    assert len(moved.lasting(10.5)) >= 8
    assert len(moved.lasting(9.6, 10.7)) == 0
    amplitude = moved.measures["amplitude_uv"]
    assert amplitude.min() >= 25
    assert amplitude.max() <= 150
    bursts = Events.concat([table.of_kind("burst") for table in tables]).duration_s
    assert len(bursts) > 100
    assert 0.1 <= bursts.min() <= bursts.max() <= 0.3
    assert 0.4 < len(moved.of_kind("LM:left")) / len(moved) < 0.6


def test_periodic_series_have_the_intervals_asked_for():
    asleep, awake = [], []
    for seed in range(6):
        plan = plan_night(seed, 8.0, PlanSettings(interval_s=26.0))
        moved = plan.events.of_kind("LM")
        series = moved.measures["series"]
        for number in np.unique(series[series > 0]):
            onsets = moved.start_s[series == number]
            onsets = onsets[np.diff(onsets, prepend=-10.0) > 0.4]
            stage = plan.hypnogram.at(onsets[:1])[0]
            (awake if stage == Stage.W else asleep).append(np.diff(onsets))
    assert np.median(np.concatenate(asleep)) == pytest.approx(26, abs=2)
    assert np.median(np.concatenate(awake)) == pytest.approx(12, abs=1.5)
    assert max(len(intervals) for intervals in asleep) > 15


def test_arousals_come_with_movements_and_breathing_events():
    events = plan_night(1, 8.0, PlanSettings(arousals_per_hour=0)).events
    arousals = events.of_kind("arousal")
    causes = events.of_kind("LM", "apnea", "hypopnea")
    assert len(arousals) > 20
    for start_s in arousals.start_s:
        assert ((causes.start_s <= start_s) & (start_s <= causes.stop_s)).any()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        pytest.param({"hours": 0.2}, "hours must be 0.25 to 14", id="too short"),
        pytest.param({"hours": 14.5}, "hours must be 0.25 to 14", id="too long"),
        pytest.param({"hours": float("nan")}, "hours must be", id="not a number"),
        pytest.param({"seed": -1}, "seed", id="negative seed"),
        pytest.param({"channels": ("Cz",)}, "no channel Cz", id="unknown channel"),
        pytest.param({"gaps": ((0.0, 10.0),)}, "inside", id="gap at the start"),
        pytest.param({"gaps": ((10.0, 5.0),)}, "start < stop", id="gap backwards"),
        pytest.param({"gaps": ((10.5, 20.0),)}, "whole seconds", id="gap between seconds"),
        pytest.param({"gaps": ((10, 30), (20, 40))}, "apart", id="gaps that overlap"),
    ],
)
def test_a_night_that_cannot_be(arguments, words):
    with pytest.raises(UsageError, match=words):
        simulate_night(**({"hours": 0.25} | arguments))


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"rate_hz": 49}, "rate_hz"),
        ({"rate_hz": 1001}, "rate_hz"),
        ({"resting_uv": 0}, "above 0 uV"),
        ({"resting_steps": ((10, 2), (5, 3))}, "time order"),
        ({"flat": ((5, 5),)}, "start < stop"),
        ({"clipped": ((-1, 5),)}, "start < stop"),
        ({"clip_uv": 0}, "clip_uv"),
        ({"mains_hz": 0}, "mains_hz"),
    ],
)
def test_a_leg_that_cannot_be(settings, words):
    with pytest.raises(UsageError, match=words):
        LegSettings(**settings)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"periodic_share": 1.1}, "periodic_share"),
        ({"isolated_per_hour": -1}, "isolated_per_hour"),
        ({"interval_s": 1}, "interval_s"),
        ({"amplitude_uv": (50, 20)}, "amplitude_uv"),
    ],
)
def test_a_plan_that_cannot_be(settings, words):
    with pytest.raises(UsageError, match=words):
        PlanSettings(**settings)


def test_a_leg_has_two_sides():
    with pytest.raises(UsageError, match="side"):
        simulate_leg_emg(1, hours=0.25, side="middle")


def test_a_signal_that_was_not_rendered():
    night = simulate_night(1, hours=0.25, channels=("SpO2",))
    with pytest.raises(UsageError, match="no signal 'ECG'; there are SpO2"):
        night.signal("ECG")
