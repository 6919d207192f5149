"""How far a PLM index moves: every threshold by itself, all together, and other series."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from psgscore.detect.emg import prepare_emg, with_thresholds
from psgscore.detect.leg_movements import find_leg_movements
from psgscore.model.criteria import AASM_V3, DETECTION, WASM_2016
from psgscore.model.events import Events
from psgscore.model.hypnogram import Hypnogram, Stage
from psgscore.model.sensitivity_criteria import SENSITIVITY
from psgscore.model.signal import Signal
from psgscore.score.legs import Night
from psgscore.score.night import Context, night_of, score_events
from psgscore.score.sensitivity import Detector, amplified, plm_sensitivity, sampled_index

HOUR = Hypnogram(np.full(120, int(Stage.N2), np.int8))


def emg_of(bursts, rise_uv=30.0, seconds=300.0, rate_hz=256.0, seed=3) -> Signal:
    """Noise of 1 uV with bursts of noise so many uV above it."""
    times = np.arange(round(seconds * rate_hz)) / rate_hz
    level = np.ones(times.size)
    for start, stop in bursts:
        level[(times >= start) & (times < stop)] += rise_uv
    noise = np.random.default_rng(seed).standard_normal(times.size)
    return Signal("Left Leg", (noise * level).astype(np.float32), rate_hz, "uV")


def night(onset_s, duration_s=2.0, hypnogram=HOUR) -> Night:
    onset = np.asarray(onset_s, np.float64)
    events = Events.of("LM:left", onset, onset + duration_s)
    return night_of(events, hypnogram, Context(duration_s=3600.0))


def swing(found, threshold):
    return next(one for one in found.swings if one.threshold == threshold)


@pytest.mark.parametrize(
    ("interval_s", "threshold", "at_low", "at_high"),
    [
        pytest.param(10.0, "min_interval_s", 8.0, 0.0, id="10 s is too short from 11 s on"),
        pytest.param(90.0, "max_interval_s", 0.0, 8.0, id="90 s is too long from 81 s down"),
        pytest.param(30.0, "min_interval_s", 8.0, 8.0, id="30 s is far from both"),
        pytest.param(30.0, "max_interval_s", 8.0, 8.0, id="and moves nothing"),
    ],
)
def test_one_threshold_is_moved_to_either_side(interval_s, threshold, at_low, at_high):
    (found,) = plm_sensitivity(night(np.arange(8) * interval_s), [WASM_2016], None)
    assert found.value == 8.0
    assert (swing(found, threshold).at_low, swing(found, threshold).at_high) == (at_low, at_high)


def test_a_long_movement_ends_the_series_at_the_lower_limit_alone():
    onset = np.arange(8) * 30.0
    duration = np.where(np.arange(8) == 4, 9.5, 2.0)
    (found,) = plm_sensitivity(night(onset, duration), [WASM_2016], None)
    one = swing(found, "max_duration_s")
    # Four before the long one are a series still; the three after it are none.
    assert (one.at_low, one.at_high) == (4.0, 8.0)


def test_the_moves_add_up_as_independent_errors():
    # 8 at 10 s: 11 s takes all of them; 8 at 90 s apart: 81 s takes those.
    onset = np.concatenate([np.arange(8) * 10.0, 1000.0 + np.arange(8) * 90.0])
    (found,) = plm_sensitivity(night(onset), [WASM_2016], None)
    assert found.value == 16.0
    assert found.low == pytest.approx(16.0 - math.hypot(8.0, 8.0))
    assert found.high == 16.0
    assert [one.threshold for one in found.swings[:2]] == ["max_interval_s", "min_interval_s"]


def test_a_range_never_goes_below_zero():
    onset = np.arange(4) * 10.0
    (found,) = plm_sensitivity(night(onset), [WASM_2016], None)
    assert (found.value, found.low) == (4.0, 0.0)


def test_every_rule_set_has_its_own():
    found = plm_sensitivity(night(np.arange(8) * 5.0), [WASM_2016, AASM_V3], None)
    assert [(one.rules, one.value) for one in found] == [("wasm-2016", 0.0), ("aasm-v3", 8.0)]
    assert swing(found[1], "min_interval_s").at_high == 4.0


def test_without_stages_it_is_the_index_of_the_whole_night():
    (found,) = plm_sensitivity(night(np.arange(8) * 30.0, hypnogram=None), [WASM_2016], None)
    assert (found.scope, found.value) == ("total", 8.0)


def test_without_sleep_there_is_no_index_to_move():
    wake = Hypnogram(np.zeros(120, np.int8))
    assert plm_sensitivity(night([10.0, 30.0], hypnogram=wake), [WASM_2016], None) == ()


@settings(max_examples=25, deadline=None)
@given(
    onset=st.lists(st.integers(0, 3500), min_size=0, max_size=60, unique=True).map(sorted),
)
def test_the_value_is_the_index_of_the_score(onset):
    this = night(onset)
    score = score_events(this.events, HOUR, context=Context(duration_s=3600.0))
    found = plm_sensitivity(this, [leg.criteria for leg in score.legs], None)
    rates = [score.rate("plm", leg.criteria.name, "sleep") for leg in score.legs]
    assert [one.value for one in found] == [rate.per_hour for rate in rates if rate]
    for one in found:
        assert 0.0 <= one.low <= one.value <= one.high
        assert one.low <= min(swing.at_low for swing in one.swings)


def test_a_movement_of_just_over_the_onset_is_lost_where_the_threshold_rises():
    times = [(20.0 + 30.0 * k, 22.0 + 30.0 * k) for k in range(8)]
    emg = emg_of(times, rise_uv=9.5)
    prepared = prepare_emg(emg)

    def again(criteria):
        return find_leg_movements(with_thresholds(prepared, criteria), kind="LM:left")

    this = night_of(again(DETECTION), HOUR, Context(duration_s=3600.0))
    (found,) = plm_sensitivity(this, [WASM_2016], Detector(criteria=DETECTION, again=again))
    one = swing(found, "onset_rise_uv")
    assert one.at_low >= found.value > one.at_high
    assert swing(found, "amplitude_gain").at_low < swing(found, "amplitude_gain").at_high


@pytest.mark.parametrize("changes", [{"onset_rise_uv": 6.0}, {"quiet_s": 0.7}, {}])
def test_other_thresholds_on_a_prepared_emg_equal_a_new_preparation(changes):
    emg = emg_of([(20.0, 22.0), (50.0, 51.0)])
    criteria = replace(DETECTION, **changes)
    again = find_leg_movements(with_thresholds(prepare_emg(emg), criteria))
    anew = find_leg_movements(prepare_emg(emg, None, criteria))
    np.testing.assert_array_equal(again.spans, anew.spans)


@pytest.mark.parametrize("factor", [0.8, 1.25])
def test_amplified_thresholds_find_what_an_amplified_emg_holds(factor):
    emg = emg_of([(20.0, 22.0), (50.0, 51.0)])
    louder = replace(emg, samples=emg.samples * np.float32(factor))
    found = find_leg_movements(prepare_emg(emg, None, amplified(DETECTION, factor)))
    expected = find_leg_movements(prepare_emg(louder))
    np.testing.assert_allclose(found.spans, expected.spans, atol=0.011)


def test_other_series_like_these():
    series = np.repeat(np.arange(1, 41), 10)
    low, high = sampled_index(series, 8.0)
    # 40 series of 10 in 8 h: a Poisson number of them, so 400 +- 1.96 x 10 x sqrt(40).
    assert low == pytest.approx((400 - 1.96 * 10 * math.sqrt(40)) / 8.0, rel=0.03)
    assert high == pytest.approx((400 + 1.96 * 10 * math.sqrt(40)) / 8.0, rel=0.03)
    assert sampled_index(series, 8.0) == (low, high)


@pytest.mark.parametrize(
    ("count", "known"), [(SENSITIVITY.min_series - 1, False), (SENSITIVITY.min_series, True)]
)
def test_few_series_say_nothing_of_how_they_vary(count, known):
    series = np.repeat(np.arange(1, count + 1), 4)
    assert (sampled_index(series, 8.0) is not None) is known
    assert sampled_index(series, 0.0) is None
