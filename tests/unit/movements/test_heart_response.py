"""The heart rate from beats that are known: rate, rise, and the response to movements."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from psgscore.detect.heart import find_r_peaks
from psgscore.model.heart import HeartBeats
from psgscore.model.heart_criteria import HEART, HEART_RESPONSE, HEART_RISE
from psgscore.score.heart import heart_response, instantaneous_rate, rate_rise_bpm
from psgscore.simulate.cardio import render_ecg
from psgscore.simulate.plan import plan_night
from psgscore.simulate.settings import PlanSettings


def heart(times_s, readable=None):
    times = np.asarray(times_s, float)
    spans = [[0.0, times[-1] + 1.0]] if readable is None else readable
    return HeartBeats(label="ECG", times_s=times, readable=np.array(spans, float).reshape(-1, 2))


def unreadable():
    none = np.zeros((0, 2))
    return HeartBeats(label="ECG", times_s=none[:, 0], readable=none, reasons=("it is flat",))


def course(rate_of, seconds=600.0):
    """Return a heart whose rate follows a function of time, in beats a minute."""
    grid = np.arange(0.0, seconds, 0.01)
    phase = np.cumsum([rate_of(t) / 60 for t in grid]) * 0.01
    return heart(np.interp(np.arange(1, int(phase[-1])), phase, grid))


def rising(onsets, by_bpm=12.0, *, base=60.0, delay_s=0.0, for_s=10.0):
    """Return a heart that beats faster for some seconds after each onset."""
    starts = np.asarray(onsets, float) + delay_s
    return course(lambda t: base + by_bpm * bool(((t >= starts) & (t < starts + for_s)).any()))


def test_a_steady_heart():
    rate = instantaneous_rate(heart(1.0 + np.arange(10)))
    assert np.isnan(rate[0])
    assert rate[1:] == pytest.approx(60.0)


@pytest.mark.parametrize(
    ("interval_s", "known"),
    [
        pytest.param(60 / 25, True, id="25 a minute is kept"),
        pytest.param(60 / 25 + 0.001, False, id="slower is not"),
        pytest.param(60 / 220 + 0.000001, True, id="220 a minute is kept"),
        pytest.param(60 / 220 - 0.0001, False, id="faster is not"),
    ],
)
def test_limits_of_the_rate(interval_s, known):
    rate = instantaneous_rate(heart(1.0 + interval_s * np.arange(10)))
    assert np.isnan(rate[1:]).all() != known


@pytest.mark.parametrize(
    ("early_s", "kept"),
    [
        pytest.param(0.25, True, id="a quarter early is still the sinus"),
        pytest.param(0.250002, False, id="earlier is an ectopic beat"),
        pytest.param(-0.25, True, id="a quarter late"),
        pytest.param(-0.250002, False, id="later"),
    ],
)
def test_ectopic_share(early_s, kept):
    times = 1.0 + np.arange(20.0)
    times[10] -= early_s
    rate = instantaneous_rate(heart(times))
    assert np.isnan(rate[[10, 11]]).tolist() == [not kept, not kept]
    assert not np.isnan(np.delete(rate, [0, 10, 11])).any()


@pytest.mark.parametrize(
    ("change", "unknown"),
    [
        pytest.param(lambda t: np.delete(t, 10), 1, id="a missed beat"),
        pytest.param(lambda t: np.sort(np.append(t, 10.4)), 2, id="a false beat"),
    ],
)
def test_faults_of_the_detector_give_no_rate(change, unknown):
    rate = instantaneous_rate(heart(change(1.0 + np.arange(20.0))))
    assert np.isnan(rate[1:]).sum() == unknown
    assert rate[~np.isnan(rate)] == pytest.approx(60.0)


def test_a_quick_rise_is_no_ectopic_beat():
    times = 1.0 + np.cumsum([1.0] * 10 + [0.9, 0.8, 0.72, 0.68, 0.66] + [0.66] * 10)
    assert not np.isnan(instantaneous_rate(heart(times))[1:]).any()


def test_no_interval_crosses_an_unreadable_stretch():
    times = np.concatenate([1.0 + np.arange(10), 11.2 + np.arange(10)])
    rate = instantaneous_rate(heart(times, [[0, 10.5], [11.0, 30.0]]))
    assert np.flatnonzero(np.isnan(rate)).tolist() == [0, 10]


def test_few_beats():
    assert instantaneous_rate(heart([5.0])).tolist() == pytest.approx([np.nan], nan_ok=True)
    assert instantaneous_rate(unreadable()).size == 0
    assert instantaneous_rate(heart([5.0, 6.0]))[1] == pytest.approx(60.0)


@pytest.mark.parametrize("by_bpm", [0.0, 7.0, 8.5, 20.0])
def test_the_rise_is_what_was_put_in(by_bpm):
    found = rate_rise_bpm(rising([100.0, 200.0], by_bpm), [100.0, 200.0])
    assert found == pytest.approx([by_bpm, by_bpm], abs=0.6)


@pytest.mark.parametrize(
    ("delay_s", "seen"),
    [
        pytest.param(6.9, True, id="3 s of it within 10 s"),
        pytest.param(10.1, False, id="it begins after 10 s"),
    ],
)
def test_the_rise_must_come_within_10_s(delay_s, seen):
    (found,) = rate_rise_bpm(rising([100.0], 20.0, delay_s=delay_s), [100.0])
    assert (found >= HEART_RISE.rise_bpm) == seen


def test_a_breath_is_no_rise():
    beats = course(lambda t: 62 + 5 * np.sin(2 * np.pi * 0.27 * t))
    found = rate_rise_bpm(beats, np.arange(50.0, 550.0, 3.1))
    assert np.mean(found >= HEART_RISE.rise_bpm) == 0.0


@pytest.mark.parametrize(
    ("hole", "known"),
    [
        pytest.param((98.0, 99.5), True, id="1.5 s of the 10 s before"),
        pytest.param((96.0, 99.5), False, id="3.5 s of the 10 s before"),
        pytest.param((101.0, 101.4), True, id="a beat of the 10 s after"),
        pytest.param((101.0, 104.5), False, id="3.5 s of the 10 s after"),
    ],
)
def test_a_rise_needs_a_heart_rate_before_and_after(hole, known):
    beats = rising([100.0])
    kept = beats.times_s[(beats.times_s < hole[0]) | (beats.times_s >= hole[1])]
    found = rate_rise_bpm(heart(kept, [[0, hole[0]], [hole[1], 600]]), [100.0])
    assert np.isnan(found[0]) != known


def test_a_rise_is_unknown_without_a_heart_rate_and_outside_the_recording():
    assert np.isnan(rate_rise_bpm(unreadable(), [10.0, 20.0])).all()
    assert np.isnan(rate_rise_bpm(rising([100.0]), [-50.0, 2.0, 598.0, 5000.0])).all()
    assert rate_rise_bpm(rising([100.0]), []).shape == (0,)


ONSETS = 40.0 + 40.0 * np.arange(12)


def test_the_mean_course():
    found = heart_response(rising(ONSETS, 12.0, for_s=6.0), ONSETS)
    assert (found.n, found.n_left_out, found.not_scored) == (12, 0, None)
    assert found.times_s[[0, -1]].tolist() == [-9.75, 14.75]
    before, during, later = (
        (found.times_s < -1),
        (found.times_s > 1) & (found.times_s < 5),
        (found.times_s > 8),
    )
    assert found.mean_bpm[before] == pytest.approx(60.0, abs=0.3)
    assert found.mean_rise_bpm[before] == pytest.approx(0.0, abs=0.3)
    assert found.mean_bpm[during] == pytest.approx(72.0, abs=0.3)
    assert found.mean_rise_bpm[later] == pytest.approx(0.0, abs=0.3)
    assert found.peak_rise_bpm == pytest.approx(12.0, abs=0.3)
    assert 0 < found.peak_latency_s < 6
    assert (found.sem_rise_bpm <= 2.0).all()
    assert (found.low_rise_bpm <= found.high_rise_bpm).all()


def test_the_latency_is_that_of_the_peak():
    found = heart_response(rising(ONSETS, 10.0, delay_s=4.0, for_s=2.0), ONSETS)
    assert found.peak_latency_s == pytest.approx(5.0, abs=0.8)


@pytest.mark.parametrize(
    ("other_s", "used"),
    [
        pytest.param(-10.0, False, id="10 s before: in the window"),
        pytest.param(-10.000001, True, id="earlier: outside"),
        pytest.param(15.0, False, id="15 s after: in the window"),
        pytest.param(15.000001, True, id="later: outside"),
    ],
)
def test_onsets_with_another_in_their_window_are_left_out(other_s, used):
    beats = rising(ONSETS)
    found = heart_response(beats, ONSETS, others_s=[*ONSETS, ONSETS[3] + other_s])
    assert found.used[3] == used
    assert found.used.sum() == 11 + used
    reasons = {} if used else {"another movement begins in the window": 1}
    assert found.left_out == reasons
    kept = heart_response(beats, ONSETS, others_s=[ONSETS[3] + other_s], keep_overlapping=True)
    assert kept.n == 12


@pytest.mark.parametrize(("count", "scored"), [(3, False), (4, True)])
def test_fewer_than_four_onsets_have_no_course(count, scored):
    found = heart_response(rising(ONSETS), ONSETS[:count])
    assert (found.not_scored is None) == scored
    assert (found.peak_rise_bpm is not None) == scored
    if not scored:
        assert found.not_scored.reason == "only 3 of 3 onsets can be used, at least 4 are needed"
        assert np.isnan(found.mean_bpm).all()
        assert found.peak_latency_s is None


def test_onsets_without_a_heart_rate_are_left_out_and_counted():
    beats = rising(ONSETS)
    kept = beats.times_s[(beats.times_s < 75) | (beats.times_s > 95)]
    found = heart_response(heart(kept, [[0, 75], [95, 600]]), ONSETS)
    assert found.left_out == {"the heart rate cannot be read": 1}
    assert not found.used[1]
    assert "no heart rate: it is flat" in heart_response(unreadable(), ONSETS).not_scored.reason


@settings(max_examples=20)
@given(shift_s=st.floats(0, 5000), order=st.permutations(range(12)))
def test_the_course_moves_with_the_recording_and_has_no_order(shift_s, order):
    beats = rising(ONSETS)
    moved = heart(beats.times_s + shift_s, [[shift_s, shift_s + 600]])
    plain = heart_response(beats, ONSETS)
    other = heart_response(moved, (ONSETS + shift_s)[list(order)])
    assert other.n == plain.n
    assert other.mean_rise_bpm == pytest.approx(plain.mean_rise_bpm, abs=1e-3)


def test_a_simulated_night_answers_its_arousals():
    plan = plan_night(1, 4.0, PlanSettings())
    beats = find_r_peaks(render_ecg(plan))
    onsets = plan.events.of_kind("arousal").start_s
    found = heart_response(beats, onsets)
    assert found.n > 40
    assert found.peak_rise_bpm == pytest.approx(12.0, abs=1.0)
    assert found.peak_latency_s == pytest.approx(4.0, abs=0.6)
    assert np.mean(rate_rise_bpm(beats, onsets) >= HEART_RISE.rise_bpm) >= 0.95
    moments = np.arange(300.0, plan.duration_s - 300, 61.0)
    away = np.abs(moments[:, None] - onsets).min(axis=1) > 30
    assert np.mean(rate_rise_bpm(beats, moments[away]) >= HEART_RISE.rise_bpm) <= 0.03


@pytest.mark.parametrize(
    ("criteria", "name", "value"),
    [
        (HEART, "min_bpm", 220.0),
        (HEART_RISE, "baseline_s", 0.0),
        (HEART_RISE, "peak_s", 10.5),
        (HEART_RISE, "min_readable_share", 1.1),
        (HEART_RESPONSE, "before_s", 0.0),
        (HEART_RESPONSE, "step_s", 0.7),
        (HEART_RESPONSE, "step_s", 0.0),
        (HEART_RESPONSE, "baseline_stop_s", 0.5),
        (HEART_RESPONSE, "baseline_stop_s", -10.0),
        (HEART_RESPONSE, "min_onsets", 0),
    ],
)
def test_criteria_that_make_no_sense_are_refused(criteria, name, value):
    with pytest.raises(ValueError, match=r"\w"):
        replace(criteria, **{name: value})
