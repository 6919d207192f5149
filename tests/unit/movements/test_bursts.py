"""Short bursts on simulated EMG with known edges."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from burst_signals import (
    bell,
    heart_beats,
    motor_bursts,
    noise_burst,
    prepared,
    rectangle,
    resting_emg,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from psgscore.detect.bursts import burst_refusal, find_short_bursts
from psgscore.detect.emg import prepare_emg
from psgscore.intervals import match_one_to_one
from psgscore.model.jerk_criteria import SHORT_BURSTS, ShortBurstCriteria
from psgscore.model.signal import Signal
from psgscore.simulate.artefacts import add_artefacts
from psgscore.simulate.settings import LegSettings

RATES = [200.0, 256.0, 512.0]


def found_in(samples, rate_hz=256.0, criteria=SHORT_BURSTS, **settings):
    return find_short_bursts(prepared(samples, rate_hz, **settings), criteria)


def tone(duration_s, peak_uv, *, seconds=120, rate_hz=256.0, start_s=60.0, resting_uv=0.5):
    """Return resting EMG with one burst of 40 Hz whose running RMS is `peak_uv`."""
    samples = resting_emg(seconds, rate_hz=rate_hz, resting_uv=resting_uv)
    times = np.arange(samples.size) / rate_hz - start_s
    inside = (times >= 0) & (times < duration_s)
    wave = np.sqrt(2) * peak_uv * np.sin(2 * np.pi * 40 * times)
    return samples + np.where(inside, wave, 0).astype(np.float32)


def spread_out(n, every_s=2.0, seed=0):
    return 5 + every_s * np.arange(n) + np.random.default_rng(seed).uniform(0, 0.3, n)


@pytest.mark.parametrize("rate_hz", RATES)
@pytest.mark.parametrize(
    ("shape", "length_s", "longest_ratio"),
    [
        pytest.param(rectangle, 0.1, 1.03, id="constant strength, 100 ms"),
        pytest.param(rectangle, 0.2, 1.03, id="constant strength, 200 ms"),
        pytest.param(bell, 0.1, 1.13, id="bell, 100 ms at half height"),
        pytest.param(bell, 0.2, 1.13, id="bell, 200 ms at half height"),
    ],
)
def test_durations_are_unbiased(rate_hz, shape, length_s, longest_ratio):
    starts = spread_out(150)
    samples = resting_emg(320, rate_hz=rate_hz)
    for start_s in starts:
        noise_burst(samples, rate_hz, start_s, shape(length_s, 120.0))
    found = found_in(samples, rate_hz)
    pairs = match_one_to_one(np.column_stack([starts, starts + length_s]), found.spans)
    assert len(pairs) >= 0.97 * len(starts)
    assert 0.95 <= np.median(found.duration_s[pairs[:, 1]]) / length_s <= longest_ratio
    middles = found.spans[pairs[:, 1]].mean(axis=1) - starts[pairs[:, 0]] - length_s / 2
    assert np.median(middles) == pytest.approx(0.0, abs=0.004)


@pytest.mark.parametrize("resting_uv", [0.5, 2.0, 5.0])
@pytest.mark.parametrize("rate_hz", RATES)
def test_bursts_of_motor_units_are_found_and_nothing_else(rate_hz, resting_uv):
    rng = np.random.default_rng(5)
    starts = spread_out(200, 3.0)
    truth = np.column_stack([starts, starts + rng.uniform(0.075, 0.25, starts.size)])
    samples = resting_emg(620, rate_hz=rate_hz, resting_uv=resting_uv)
    motor_bursts(samples, rate_hz, truth, rng.uniform(60, 300, starts.size))
    heart_beats(samples, rate_hz, 40.0)
    samples += 2 * np.sin(2 * np.pi * 50 * np.arange(samples.size) / rate_hz).astype(np.float32)
    found = found_in(samples, rate_hz)
    pairs = match_one_to_one(truth, found.spans)
    assert len(pairs) >= 0.97 * len(truth)
    assert len(pairs) >= 0.97 * len(found)
    assert np.median(found.start_s[pairs[:, 1]] - truth[pairs[:, 0], 0]) <= 0.012


@pytest.mark.parametrize("length_s", [0.2, 0.3, 0.45])
def test_noise_does_not_cut_a_burst_in_two(length_s):
    starts = spread_out(150)
    samples = resting_emg(320)
    for start_s in starts:
        noise_burst(samples, 256.0, start_s, rectangle(length_s, 120.0))
    assert len(found_in(samples)) <= 1.01 * len(starts)


@pytest.mark.parametrize(
    ("gap_s", "count"),
    [
        pytest.param(0.04, 1, id="40 ms: one burst"),
        pytest.param(0.12, 2, id="120 ms: two"),
    ],
)
def test_a_gap_parts_two_bursts(gap_s, count):
    samples = tone(0.1, 200.0)
    samples += tone(0.1, 200.0, start_s=60.1 + gap_s)
    assert len(found_in(samples)) == count


@pytest.mark.parametrize(
    ("peak_uv", "resting_uv", "count"),
    [
        pytest.param(48.0, 0.5, 0, id="under 50 uV"),
        pytest.param(53.0, 0.5, 1, id="over 50 uV"),
        pytest.param(60.0, 20.0, 0, id="under five times the baseline"),
        pytest.param(125.0, 20.0, 1, id="over five times the baseline"),
    ],
)
def test_smallest_peak(peak_uv, resting_uv, count):
    samples = tone(0.2, peak_uv, resting_uv=resting_uv)
    found = found_in(samples)
    assert len(found) == count
    if count and resting_uv < 1:
        assert found.measures["peak_uv"][0] == pytest.approx(peak_uv, rel=0.05)


def test_amplitude_gain_scales_what_a_scorer_sees():
    emg = Signal("Left Leg", tone(0.2, 30.0), 256.0, "uV")
    plain = prepare_emg(emg)
    criteria = replace(plain.stretches[0].criteria, amplitude_gain=2.0)
    assert len(find_short_bursts(plain)) == 0
    (found,) = find_short_bursts(prepare_emg(emg, None, criteria))
    assert found.measures["peak_uv"] == pytest.approx(60.0, rel=0.05)


@pytest.mark.parametrize("rate_hz", RATES)
@pytest.mark.parametrize("peak_uv", [60.0, 100.0, 150.0, 300.0])
def test_the_heart_is_no_burst(rate_hz, peak_uv):
    samples = resting_emg(120, rate_hz=rate_hz, resting_uv=1.0)
    heart_beats(samples, rate_hz, peak_uv)
    assert len(found_in(samples, rate_hz)) == 0


@pytest.mark.parametrize("rate_hz", RATES)
@pytest.mark.parametrize("pop_uv", [200.0, 800.0, 2500.0, 15000.0])
def test_an_electrode_pop_is_no_burst(rate_hz, pop_uv):
    samples = resting_emg(120, rate_hz=rate_hz, resting_uv=1.0)
    leg = LegSettings(rate_hz=rate_hz, pops=tuple(np.arange(5.0, 115.0, 7.0)), pop_uv=pop_uv)
    add_artefacts(samples, leg, np.zeros(0))
    assert len(found_in(samples, rate_hz)) == 0


@pytest.mark.parametrize("rms_uv", [12.0, 20.0, 60.0, 200.0])
def test_a_leg_movement_is_no_series_of_bursts(rms_uv):
    rng = np.random.default_rng(3)
    samples = resting_emg(600)
    starts = 10 + 20.0 * np.arange(28)
    spans = np.column_stack([starts, starts + rng.uniform(2, 9, starts.size)])
    motor_bursts(samples, 256.0, spans, rms_uv)
    assert len(found_in(samples)) <= 0.25 * len(spans)


@pytest.mark.parametrize(("length_s", "every_s"), [(0.15, 0.4), (0.3, 0.6), (0.25, 1.0)])
def test_bursts_of_a_train_are_found_one_by_one(length_s, every_s):
    starts = np.concatenate([10 + 20 * k + every_s * np.arange(12) for k in range(10)])
    truth = np.column_stack([starts, starts + length_s])
    samples = resting_emg(220)
    motor_bursts(samples, 256.0, truth, 90.0)
    found = found_in(samples)
    pairs = match_one_to_one(truth, found.spans)
    assert len(pairs) >= 0.95 * len(truth)
    assert len(pairs) >= 0.95 * len(found)


def test_resting_emg_has_no_bursts():
    for resting_uv in (0.5, 5.0, 15.0):
        assert len(found_in(resting_emg(1200, resting_uv=resting_uv))) == 0


@pytest.mark.parametrize(
    ("rate_hz", "refused"),
    [
        pytest.param(100.0, True, id="100 Hz"),
        pytest.param(199.9, True, id="just under 200 Hz"),
        pytest.param(200.0, False, id="200 Hz will do"),
    ],
)
def test_too_slow_is_refused_not_empty(rate_hz, refused):
    emg = prepared(resting_emg(60, rate_hz=rate_hz), rate_hz)
    reason = burst_refusal(emg)
    assert (reason is not None) == refused
    if reason:
        assert reason.what == "hypnic jerks and fragmentary myoclonus on Left Leg"
        assert f"{rate_hz:g} Hz is too slow" in reason.reason
        assert "at least 200 Hz" in reason.reason
        assert len(find_short_bursts(emg)) == 0


def test_nothing_readable_is_refused():
    signal = Signal("Chin", resting_emg(60), 256.0, "uV")
    refused = burst_refusal(prepare_emg(signal, np.array([[0.0, 60.0]])))
    assert refused is not None
    assert "can be read" in refused.reason


def test_a_burst_cut_by_a_gap_is_not_measured():
    samples = tone(0.2, 200.0, start_s=59.9) + tone(0.2, 200.0, start_s=30.0)
    whole = Signal("Left Leg", samples, 256.0, "uV")
    broken = Signal("Left Leg", samples, 256.0, "uV", 0.0, ((60 * 256, 100.0),))
    assert len(find_short_bursts(prepare_emg(whole))) == 2
    (found,) = find_short_bursts(prepare_emg(broken))
    assert found.start_s == pytest.approx(30.0, abs=0.01)


def test_after_a_gap_the_clock_goes_on():
    samples = tone(0.2, 200.0, start_s=90.0)
    broken = Signal("Left Leg", samples, 256.0, "uV", 0.0, ((60 * 256, 100.0),))
    (found,) = find_short_bursts(prepare_emg(broken))
    assert found.start_s == pytest.approx(130.0, abs=0.01)


@settings(max_examples=12)
@given(
    length_s=st.floats(0.06, 0.6),
    start_s=st.floats(20, 80),
    rate_hz=st.sampled_from([200.0, 256.0, 300.0, 500.0, 512.0]),
)
def test_times_do_not_depend_on_the_sampling_rate(length_s, start_s, rate_hz):
    samples = tone(length_s, 200.0, start_s=start_s, rate_hz=rate_hz)
    (found,) = found_in(samples, rate_hz)
    assert found.start_s == pytest.approx(start_s, abs=0.012)
    assert found.duration_s == pytest.approx(length_s, abs=0.02)
    assert found.measures["duration_ms"] == pytest.approx(1000 * found.duration_s, abs=0.01)


@settings(max_examples=5)
@given(shift_s=st.floats(0.0, 5000.0))
def test_times_shift_with_the_recording(shift_s):
    samples = resting_emg(60)
    motor_bursts(samples, 256.0, [(20.0, 20.2), (40.0, 40.1)], 150.0)
    here, there = (found_in(samples, start_s=start) for start in (0.0, shift_s))
    assert there.start_s == pytest.approx(here.start_s + shift_s, abs=2e-6)
    assert there.duration_s == pytest.approx(here.duration_s, abs=2e-6)


@pytest.mark.parametrize("scale", [1.5, 4.0])
def test_edges_do_not_depend_on_the_amplitude(scale):
    samples = resting_emg(60)
    motor_bursts(samples, 256.0, [(20.0, 20.2), (40.0, 40.1)], 150.0)
    small, large = found_in(samples), found_in(np.float32(scale) * samples)
    assert large.spans == pytest.approx(small.spans, abs=1e-4)
    assert large.measures["peak_uv"] == pytest.approx(scale * small.measures["peak_uv"], rel=1e-3)


@pytest.mark.parametrize(
    "wrong",
    [
        {"min_rate_hz": 0.0},
        {"window_s": 0.0},
        {"min_peak_uv": 0.0},
        {"baseline_ratio": 1.0},
        {"edge_share": 1.0},
        {"height_gain": 0.0},
        {"edge_shift_s": 0.02},
        {"join_s": -0.1},
        {"min_duration_s": 1.0},
        {"min_frequency_hz": -1.0},
        {"beside_s": 0.0},
        {"beside_percentile": 0.0},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_impossible_criteria_are_refused(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        ShortBurstCriteria(**wrong)
