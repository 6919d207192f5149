"""The detector on simulated EMG with known truth."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from psgscore.detect.leg_movements import detect_leg_movements
from psgscore.dsp.quality import assess_emg
from psgscore.errors import NotScorableError, UnitError
from psgscore.intervals import match_one_to_one
from psgscore.model.criteria import DETECTION
from psgscore.model.events import Events
from psgscore.model.signal import Signal
from psgscore.simulate import LegSettings, simulate_leg_emg

POPS = (601.0, 1803.0, 3307.0, 5009.0, 6501.0)
HARD = {"ecg_spike_uv": 12.0, "mains_uv": 2.0, "pops": POPS}


def truth_of(events):
    return events.of_kind("LM")


def agreement(found, truth):
    pairs = match_one_to_one(truth.spans, found.spans)
    f1 = 2 * len(pairs) / (len(truth) + len(found))
    return f1, found.start_s[pairs[:, 1]] - truth.start_s[pairs[:, 0]]


def noise(rate_hz=256.0, seconds=120, uv=2.0, seed=0):
    values = np.random.default_rng(seed).normal(0, uv, round(rate_hz * seconds))
    return values.astype(np.float32)


def signal(values, rate_hz=256.0, unit="uV"):
    return Signal("Left Leg", values, rate_hz, unit)


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param({"resting_uv": 0.3}, id="resting 0.3 uV"),
        pytest.param({"resting_uv": 0.5}, id="resting 0.5 uV"),
        pytest.param({"resting_uv": 1.6}, id="resting 1.6 uV"),
        pytest.param({"resting_uv": 3.0}, id="resting 3 uV"),
        pytest.param({"resting_uv": 5.0}, id="resting 5 uV"),
        pytest.param({"resting_steps": ((3600.0, 8.0),)}, id="step from 1.6 to 8 uV"),
        pytest.param(HARD, id="ECG spikes, mains and pops"),
        pytest.param({"resting_uv": 5.0, **HARD}, id="all of it at 5 uV"),
        pytest.param({"rate_hz": 100.0}, id="100 Hz"),
        pytest.param({"rate_hz": 128.0}, id="128 Hz"),
        pytest.param({"rate_hz": 200.0}, id="200 Hz"),
        pytest.param({"rate_hz": 500.0}, id="500 Hz"),
        pytest.param({"rate_hz": 512.0}, id="512 Hz"),
    ],
)
def test_movements_are_found_and_nothing_else(settings):
    errors = []
    for seed in (3, 7):
        emg, events = simulate_leg_emg(seed, hours=4.0, leg=LegSettings(**settings))
        truth = truth_of(events)
        f1, onset_error = agreement(detect_leg_movements(emg), truth)
        assert len(truth) > 30
        assert f1 >= 0.97
        errors.append(np.abs(onset_error))
    assert np.median(np.concatenate(errors)) <= 0.020
    assert np.percentile(np.concatenate(errors), 95) <= 0.060


@pytest.mark.parametrize("rate_hz", [100.0, 128.0, 200.0, 256.0, 300.0, 500.0, 512.0])
def test_times_do_not_drift_over_the_night(rate_hz):
    starts = np.array([60.0, 4 * 3600.0, 8 * 3600.0, 12 * 3600.0 - 60.0])
    values = noise(rate_hz, 12 * 3600, uv=1.0)
    burst = noise(rate_hz, 2, uv=60.0, seed=1)
    for start in starts:
        first = round(start * rate_hz)
        values[first : first + burst.size] += burst
    found = detect_leg_movements(signal(values, rate_hz))
    assert found.start_s == pytest.approx(starts, abs=0.05)


def test_a_step_of_the_resting_level_spoils_neither_half():
    leg = LegSettings(resting_steps=((3600.0, 8.0),))
    emg, events = simulate_leg_emg(5, hours=2.0, leg=leg)
    found, truth = detect_leg_movements(emg), truth_of(events)
    for start, stop in ((0.0, 3600.0), (3600.0, 7200.0)):
        real = truth.where((truth.start_s >= start) & (truth.start_s < stop))
        seen = found.where((found.start_s >= start) & (found.start_s < stop))
        pairs = match_one_to_one(real.spans, seen.spans)
        assert len(pairs) >= 0.95 * len(real)
        assert len(seen) - len(pairs) <= max(1, 0.02 * len(real))


def test_a_pop_changes_nothing_but_itself():
    clean, _ = simulate_leg_emg(4, hours=1.0)
    popped, _ = simulate_leg_emg(4, hours=1.0, leg=LegSettings(pops=(300.0, 1500.0)))
    a, b = detect_leg_movements(clean), detect_leg_movements(popped)
    far = [np.abs(e.start_s[:, None] - np.array([300.0, 1500.0])).min(axis=1) > 15 for e in (a, b)]
    assert a.where(far[0]).start_s == pytest.approx(b.where(far[1]).start_s, abs=0.02)


@pytest.mark.parametrize(
    ("length_s", "expected"), [(0.1, 0), (0.2, 0), (0.3, 0), (0.8, 1), (12.0, 1)]
)
def test_length_of_a_burst(length_s, expected):
    values = noise(uv=1.0)
    first = 60 * 256
    burst = noise(seconds=20, uv=60.0, seed=2)[: round(length_s * 256)]
    values[first : first + burst.size] += burst
    found = detect_leg_movements(signal(values))
    assert len(found) == expected
    if expected:
        assert found.duration_s[0] == pytest.approx(length_s, abs=0.15)


def test_quiet_of_half_a_second_parts_two_movements():
    for gap_s, expected in ((0.3, 1), (1.0, 2)):
        values = noise(uv=1.0)
        for k in range(2):
            first = round((60 + k * (1.0 + gap_s)) * 256)
            values[first : first + 256] += noise(seconds=1, uv=60.0, seed=3 + k)
        assert len(detect_leg_movements(signal(values))) == expected


def test_first_and_last_movement_of_the_night_are_kept():
    values = noise(uv=1.0)
    values[: 2 * 256] += noise(seconds=2, uv=60.0, seed=4)
    values[-2 * 256 :] += noise(seconds=2, uv=60.0, seed=5)
    found = detect_leg_movements(signal(values))
    assert found.start_s == pytest.approx([0.0, 118.0], abs=0.05)
    assert found.stop_s == pytest.approx([2.0, 120.0], abs=0.05)


def test_a_gap_is_never_crossed_and_times_after_it_are_true():
    values = noise(uv=1.0)
    values[60 * 256 - 256 : 60 * 256 + 256] += noise(seconds=2, uv=60.0, seed=6)
    gapped = Signal("Left Leg", values, 256.0, "uV", breaks=((60 * 256, 160.0),))
    found = detect_leg_movements(gapped)
    assert found.start_s == pytest.approx([59.0, 160.0], abs=0.05)
    assert found.stop_s == pytest.approx([60.0, 161.0], abs=0.05)


def test_the_amplitude_gain_scales_what_a_scorer_sees():
    values = noise(uv=1.0)
    values[60 * 256 : 62 * 256] += noise(seconds=2, uv=7.0, seed=7)
    assert len(detect_leg_movements(signal(values))) == 0
    assert len(detect_leg_movements(signal(values), replace(DETECTION, amplitude_gain=2.0))) == 1


def test_measures_say_why():
    values = noise(uv=1.0)
    values[60 * 256 : 62 * 256] += noise(seconds=2, uv=60.0, seed=8)
    (event,) = detect_leg_movements(signal(values))
    assert event.measures["resting_uv"] == pytest.approx(0.8, abs=0.15)
    assert event.measures["peak_uv"] == pytest.approx(60, rel=0.35)
    assert event.measures["onset_margin_uv"] == pytest.approx(
        event.measures["peak_uv"] - event.measures["resting_uv"] - 8.0, abs=0.3
    )
    assert event.measures["offset_margin_uv"] > 0


def test_an_unknown_unit_is_refused_with_the_remedy():
    with pytest.raises(UnitError, match=r"Left Leg.*\[units\]"):
        detect_leg_movements(signal(noise(), unit=""))


def steps_of(step_uv):
    return np.round(noise(uv=8 * step_uv) / step_uv) * np.float32(step_uv)


def hum():
    return (noise(uv=0.5) + 40 * np.sin(2 * np.pi * 50 * np.arange(120 * 256) / 256)).astype("f4")


@pytest.mark.parametrize(
    ("values", "rate_hz", "reason"),
    [
        pytest.param(noise(99.0), 99.0, "too slow", id="under 100 Hz"),
        pytest.param(steps_of(2.5), 256.0, "one digital step", id="2.5 uV per bit"),
        pytest.param(np.zeros(120 * 256, "f4"), 256.0, "flat", id="flat"),
        pytest.param(np.clip(noise(uv=20), -10, 10), 256.0, "clipped", id="clipped"),
        pytest.param(hum(), 256.0, "mains", id="mains"),
        pytest.param(np.round(noise(uv=2)).astype("f4"), 256.0, "distinct", id="few levels"),
        pytest.param(noise()[:100], 256.0, "less than a second", id="next to nothing"),
    ],
)
def test_the_gate_refuses_with_a_reason(values, rate_hz, reason):
    with pytest.raises(NotScorableError, match=reason):
        detect_leg_movements(signal(values, rate_hz))


@pytest.mark.parametrize(
    ("values", "rate_hz", "warning"),
    [
        pytest.param(noise(128.0), 128.0, "below the 200 Hz", id="under 200 Hz"),
        pytest.param(steps_of(1.0), 256.0, "coarse", id="1 uV per bit"),
        pytest.param(noise(uv=30), 256.0, "resting EMG", id="high resting tone"),
    ],
)
def test_the_gate_warns(values, rate_hz, warning):
    quality = assess_emg(signal(values, rate_hz), DETECTION.gate)
    assert not quality.reasons
    assert any(warning in text for text in quality.warnings)


def test_a_flat_stretch_is_unreadable_and_the_rest_is_scored():
    emg, events = simulate_leg_emg(6, hours=1.0, leg=LegSettings(flat=((600.0, 900.0),)))
    quality = assess_emg(emg, DETECTION.gate)
    assert quality.unreadable == pytest.approx(np.array([[600.0, 900.0]]), abs=1.0)
    f1, _ = agreement(detect_leg_movements(emg), truth_of(events))
    assert f1 >= 0.97


def test_an_empty_result_has_the_same_type():
    found = detect_leg_movements(signal(noise(uv=1.0)))
    assert isinstance(found, Events)
    assert len(found) == 0
