"""Discrete bursts and their trains on simulated EMG with known truth."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest
from burst_signals import (
    heart_beats,
    motor_bursts,
    noise_burst,
    prepared,
    rectangle,
    resting_emg,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from psgscore.detect.discrete_bursts import discrete_burst_refusal, find_discrete_bursts
from psgscore.detect.emg import prepare_emg
from psgscore.intervals import match_one_to_one
from psgscore.model.events import Events
from psgscore.model.hypnogram import Hypnogram, Stage
from psgscore.model.signal import Signal
from psgscore.model.train_criteria import DISCRETE_BURSTS, DiscreteBurstCriteria
from psgscore.score.trains import find_trains
from psgscore.simulate import episodes as draw

MUSCLES = {"Left Leg": "leg:left", "Right Leg": "leg:right", "Chin": "chin"}


def found_in(samples, rate_hz=256.0, **settings):
    return find_discrete_bursts(prepared(samples, rate_hz, **settings))


def train_spans(rate_hz, burst_s, *, count=16, trains=5):
    starts = np.concatenate([10 + 60 * k + np.arange(count) / rate_hz for k in range(trains)])
    return np.column_stack([starts, starts + burst_s])


@pytest.mark.parametrize("resting_uv", [0.8, 4.0])
@pytest.mark.parametrize("rms_uv", [25.0, 120.0])
@pytest.mark.parametrize(
    ("rate_hz", "burst_s"), [(5.5, 0.073), (4.0, 0.1), (3.0, 0.15), (1.0, 0.3), (0.5, 0.9)]
)
def test_bursts_of_a_train_are_found_one_by_one(rate_hz, burst_s, rms_uv, resting_uv):
    truth = train_spans(rate_hz, burst_s)
    samples = resting_emg(310, resting_uv=resting_uv)
    motor_bursts(samples, 256.0, truth, rms_uv)
    found = found_in(samples)
    pairs = match_one_to_one(truth, found.spans)
    assert len(pairs) >= 0.95 * len(truth)
    assert len(pairs) >= 0.98 * len(found)


@pytest.mark.parametrize("sampling_hz", [100.0, 128.0, 200.0, 512.0])
@pytest.mark.parametrize(("rate_hz", "burst_s"), [(5.0, 0.08), (2.0, 0.2), (0.8, 0.5)])
def test_every_sampling_rate_that_is_accepted_will_do(sampling_hz, rate_hz, burst_s):
    truth = train_spans(rate_hz, burst_s)
    samples = resting_emg(310, rate_hz=sampling_hz, resting_uv=1.6)
    motor_bursts(samples, sampling_hz, truth, 60.0)
    found = found_in(samples, sampling_hz)
    pairs = match_one_to_one(truth, found.spans)
    assert len(pairs) >= 0.95 * len(truth)
    assert len(pairs) >= 0.95 * len(found)


@pytest.mark.parametrize("rms_uv", [12.0, 20.0, 60.0, 200.0])
def test_a_leg_movement_that_waxes_and_wanes_is_no_row_of_bursts(rms_uv):
    rng = np.random.default_rng(3)
    samples = resting_emg(1200)
    starts = 10 + 20.0 * np.arange(58)
    spans = np.column_stack([starts, starts + rng.uniform(4, 9, starts.size)])
    motor_bursts(samples, 256.0, spans, rms_uv)
    assert len(found_in(samples)) <= 0.05 * len(spans)


@pytest.mark.parametrize("length_s", [0.1, 0.25, 0.5, 1.0])
def test_durations_of_bursts_of_constant_strength(length_s):
    starts = 5 + 3.0 * np.arange(60)
    samples = resting_emg(190)
    for start_s in starts:
        noise_burst(samples, 256.0, start_s, rectangle(length_s, 100.0))
    found = found_in(samples)
    pairs = match_one_to_one(np.column_stack([starts, starts + length_s]), found.spans)
    assert len(pairs) == len(found) == len(starts)
    assert np.median(found.duration_s) == pytest.approx(length_s, abs=0.015)
    assert np.median(found.start_s - starts) == pytest.approx(0.0, abs=0.01)
    assert found.measures["duration_ms"] == pytest.approx(1000 * found.duration_s, abs=0.01)


def tone(peak_uv, *, resting_uv, duration_s=0.4):
    samples = resting_emg(120, resting_uv=resting_uv)
    times = np.arange(samples.size) / 256.0 - 60
    inside = (times >= 0) & (times < duration_s)
    wave = np.sqrt(2) * peak_uv * np.sin(2 * np.pi * 40 * times)
    return samples + np.where(inside, wave, 0).astype(np.float32)


@pytest.mark.parametrize(
    ("rms_uv", "resting_uv", "count"),
    [
        pytest.param(7.5, 0.5, 0, id="under 8 uV over rest"),
        pytest.param(10.0, 0.5, 1, id="over 8 uV over rest"),
        pytest.param(14.0, 12.0, 0, id="under two and a half times rest"),
        pytest.param(45.0, 12.0, 1, id="over it"),
    ],
)
def test_smallest_peak(rms_uv, resting_uv, count):
    found = found_in(tone(rms_uv, resting_uv=resting_uv))
    assert len(found) == count
    if count:
        assert found.measures["baseline_uv"][0] == pytest.approx(resting_uv, rel=0.35)
        assert found.measures["peak_uv"][0] >= rms_uv


@pytest.mark.parametrize(
    ("gap_s", "count"),
    [
        pytest.param(0.05, 1, id="50 ms of silence: one burst"),
        pytest.param(0.14, 2, id="140 ms: two"),
    ],
)
def test_silence_parts_two_bursts(gap_s, count):
    samples = resting_emg(120, resting_uv=1.0)
    noise_burst(samples, 256.0, 60.0, rectangle(0.15, 80.0))
    noise_burst(samples, 256.0, 60.15 + gap_s, rectangle(0.15, 80.0))
    assert len(found_in(samples)) == count


@pytest.mark.parametrize(
    ("length_s", "count"),
    [pytest.param(2.7, 1, id="2.7 s"), pytest.param(3.3, 0, id="3.3 s: too long for a train")],
)
def test_longest_burst(length_s, count):
    samples = resting_emg(120, resting_uv=1.0)
    noise_burst(samples, 256.0, 60.0, lambda t: 80.0 * ((t >= -1.7) & (t < length_s - 1.7)))
    assert len(found_in(samples)) == count


@pytest.mark.parametrize("rate_hz", [100.0, 128.0, 200.0, 256.0, 512.0])
@pytest.mark.parametrize("peak_uv", [30.0, 60.0, 150.0, 300.0])
def test_the_heart_is_no_train(rate_hz, peak_uv):
    samples = resting_emg(300, rate_hz=rate_hz, resting_uv=2.0)
    heart_beats(samples, rate_hz, peak_uv)
    assert len(found_in(samples, rate_hz)) <= 1


@pytest.mark.parametrize("resting_uv", [0.5, 5.0, 15.0])
def test_resting_emg_has_no_bursts(resting_uv):
    assert len(found_in(resting_emg(1200, resting_uv=resting_uv))) == 0


@pytest.mark.parametrize(
    ("rate_hz", "refused"),
    [
        pytest.param(64.0, True, id="64 Hz"),
        pytest.param(99.9, True, id="just under 100 Hz"),
        pytest.param(100.0, False, id="100 Hz will do"),
    ],
)
def test_too_slow_is_refused_not_empty(rate_hz, refused):
    emg = prepared(resting_emg(60, rate_hz=rate_hz), rate_hz)
    reason = discrete_burst_refusal(emg)
    assert (reason is not None) == refused
    if reason:
        assert reason.what == "trains of bursts on Left Leg"
        assert "at least 100 Hz" in reason.reason
        assert len(find_discrete_bursts(emg)) == 0


def test_nothing_readable_is_refused():
    signal = Signal("Chin", resting_emg(60), 256.0, "uV")
    refused = discrete_burst_refusal(prepare_emg(signal, np.array([[0.0, 60.0]])))
    assert refused is not None
    assert "can be read" in refused.reason


def test_a_train_never_crosses_a_gap_of_the_recording():
    truth = train_spans(1.0, 0.4, trains=1)
    samples = resting_emg(60, resting_uv=1.0)
    motor_bursts(samples, 256.0, truth, 80.0)
    whole = Signal("Left Leg", samples, 256.0, "uV")
    # Second 17.7 is silent; 0.2 s are missing.
    broken = Signal("Left Leg", samples, 256.0, "uV", 0.0, ((round(17.7 * 256), 17.9),))
    hypnogram = Hypnogram(np.full(4, Stage.N1))
    one = find_trains(find_discrete_bursts(prepare_emg(whole)), MUSCLES, hypnogram)
    two = find_trains(find_discrete_bursts(prepare_emg(broken)), MUSCLES, hypnogram)
    assert one.kind.tolist() == ["HFT"]
    assert len(two) == 2
    assert two.stop_s[0] < 17.7
    assert two.start_s[1] >= 17.9


@settings(max_examples=8, deadline=None)
@given(shift_s=st.floats(0.0, 5000.0))
def test_times_shift_with_the_recording(shift_s):
    samples = resting_emg(60)
    motor_bursts(samples, 256.0, [(20.0, 20.2), (40.0, 40.5)], 50.0)
    here, there = (found_in(samples, start_s=start) for start in (0.0, shift_s))
    assert len(here) == 2
    assert there.start_s == pytest.approx(here.start_s + shift_s, abs=2e-6)
    assert there.duration_s == pytest.approx(here.duration_s, abs=2e-6)


def rendered(episodes, seconds, *, resting_uv, amplitude=1.0, seed=0):
    """Return the trains found in the EMG of legs and chin that show some episodes."""
    found = []
    for number, (place, label) in enumerate(list(draw.PLACE_LABELS.items())[:3]):
        samples = resting_emg(seconds, resting_uv=resting_uv, seed=seed + number)
        mine = [one for episode in episodes for one in episode.bursts if one.place == place]
        for k, burst in enumerate(mine):
            span, level = (burst.start_s, burst.stop_s), amplitude * burst.amplitude_uv
            motor_bursts(samples, 256.0, [span], level, seed=1000 * seed + k)
        found.append(found_in(samples, label=label))
    hypnogram = Hypnogram(np.full(seconds // 30, Stage.N2))
    return find_trains(Events.concat(found), MUSCLES, hypnogram)


@pytest.mark.parametrize("resting_uv", [0.8, 4.0])
@pytest.mark.parametrize("amplitude", [0.5, 2.0])
@pytest.mark.parametrize(
    "drawer",
    [
        draw.alternating,
        draw.foot_tremor,
        draw.fast_leg_movements,
        draw.rocking,
        draw.rhythmic,
    ],
    ids=lambda drawer: drawer.__name__,
)
def test_trains_are_found_for_what_they_are(drawer, amplitude, resting_uv):
    rng = np.random.default_rng(7)
    episodes = [drawer(rng, start_s) for start_s in (30.0, 150.0, 270.0)]
    found = rendered(episodes, 360, resting_uv=resting_uv, amplitude=amplitude, seed=3)
    truth = np.array([(one.start_s, one.stop_s) for one in episodes])
    assert found.kind.tolist() == [one.kind for one in episodes]
    assert found.spans == pytest.approx(truth, abs=0.5)


@pytest.mark.parametrize("drawer", [draw.slow_alternation, draw.speech], ids=lambda d: d.__name__)
def test_what_looks_like_a_train_is_none(drawer):
    rng = np.random.default_rng(11)
    episodes = [drawer(rng, start_s) for start_s in (30.0, 110.0, 190.0, 270.0)]
    assert len(rendered(episodes, 360, resting_uv=1.6, seed=9)) == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"min_rate_hz": 0.0},
        {"window_s": 0.0},
        {"onset_rise_uv": 0.0},
        {"baseline_ratio": 1.0},
        {"beside_s": 0.0},
        {"gap_share": 1.0},
        {"gap_s": -0.1},
        {"gap_to_burst": 1.0},
        {"longest_s": 0.0},
        {"edge_share": 0.0},
        {"edge_rest_ratio": 0.9},
        {"edge_shift_s": 0.02},
        {"min_duration_s": 3.0},
        {"min_frequency_hz": -1.0},
        {"min_frequency_share": 0.5},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_impossible_criteria_are_refused(wrong):
    (name,) = wrong
    assert name in {field.name for field in fields(DISCRETE_BURSTS)}
    with pytest.raises(ValueError, match=name):
        DiscreteBurstCriteria(**wrong)
