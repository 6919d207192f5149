"""Which train is it: every number of the rules, at its limit and just past it."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from psgscore.model.events import Events
from psgscore.model.hypnogram import Hypnogram, Stage
from psgscore.model.train_criteria import TRAINS, TrainCriteria
from psgscore.score.trains import find_trains, trains_not_scored

LEGS = {"Left Leg": "leg:left", "Right Leg": "leg:right"}
MUSCLES = {**LEGS, "Chin": "chin", "Left Arm": "arm:left"}
START_S = 300.0


def stages(stage=Stage.N2, minutes=30):
    return Hypnogram(np.full(2 * minutes, stage))


def bursts(channel, onsets, burst_s=0.3, *, peak_uv=60.0, baseline_uv=2.0, stretch_s=0.0):
    """Return discrete bursts of one channel."""
    onsets = np.asarray(onsets, float)
    return Events.of(
        "discrete_burst",
        onsets,
        onsets + burst_s,
        channel=channel,
        measures={
            "duration_ms": 1000 * burst_s,
            "peak_uv": peak_uv,
            "baseline_uv": baseline_uv,
            "stretch_s": stretch_s,
        },
    )


def onsets(rate_hz, count, start_s=START_S):
    return start_s + np.arange(count) / rate_hz


def in_turn(rate_hz, count, burst_s=0.2):
    """Return bursts of the legs in turn."""
    times = onsets(rate_hz, count)
    return Events.concat(
        [bursts("Left Leg", times[::2], burst_s), bursts("Right Leg", times[1::2], burst_s)]
    )


def together(channels, rate_hz, count, burst_s=0.2, **more):
    return Events.concat([bursts(one, onsets(rate_hz, count), burst_s, **more) for one in channels])


def kinds(events, hypnogram=None, muscles=MUSCLES, criteria=TRAINS):
    hypnogram = stages() if hypnogram is None else hypnogram
    return find_trains(events, muscles, hypnogram, criteria).kind.tolist()


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        pytest.param(in_turn(1.5, 4), ["ALMA"], id="4 bursts in turn are an ALMA"),
        pytest.param(in_turn(1.5, 3), [], id="3 are none"),
        pytest.param(in_turn(0.5, 8), ["ALMA"], id="0.5 Hz is an ALMA"),
        pytest.param(in_turn(0.49, 8), ["HFLM"], id="0.49 Hz is not"),
        pytest.param(in_turn(3.0, 12), ["ALMA"], id="3.0 Hz is an ALMA"),
        pytest.param(in_turn(3.02, 12), ["HFLM"], id="3.02 Hz is not"),
        pytest.param(in_turn(1.0, 8, 0.1), ["ALMA"], id="bursts of 0.1 s"),
        pytest.param(in_turn(1.0, 8, 0.09), ["HFLM"], id="shorter ones are no ALMA's"),
        pytest.param(in_turn(1.0, 8, 0.5), ["ALMA"], id="bursts of 0.5 s"),
        pytest.param(in_turn(1.0, 8, 0.51), ["HFLM"], id="longer ones are no ALMA's"),
        pytest.param(in_turn(0.2, 8, 1.0), [], id="legs in turn every 5 s are no train"),
        pytest.param(in_turn(1 / 4, 8, 1.0), [], id="nor every 4 s"),
        pytest.param(in_turn(5.0, 60, 0.07), ["rhythmic_flag"], id="5 Hz in turn, 12 s: review"),
    ],
)
def test_legs_in_turn(found, expected):
    assert kinds(found) == expected


@pytest.mark.parametrize(
    ("rate_hz", "count", "burst_s", "expected"),
    [
        pytest.param(1.0, 12, 0.3, ["HFT"], id="one foot for 11.3 s"),
        pytest.param(0.3, 4, 0.3, ["HFT"], id="4 bursts, 0.3 Hz"),
        pytest.param(0.29, 5, 0.3, [], id="0.29 Hz is no train"),
        pytest.param(4.0, 45, 0.25, ["HFT"], id="4.0 Hz"),
        pytest.param(4.05, 45, 0.25, [], id="4.05 Hz of one muscle is no train"),
        pytest.param(1.0, 12, 0.25, ["HFT"], id="bursts of 0.25 s"),
        pytest.param(1.0, 12, 0.24, ["HFLM"], id="shorter ones: HFLM"),
        pytest.param(0.7, 9, 1.0, ["HFT"], id="bursts of 1.0 s"),
        pytest.param(0.7, 9, 1.01, ["HFLM"], id="longer ones: HFLM"),
        pytest.param(1.0, 10, 1.0 - 0.01, ["HFLM"], id="9.99 s are too short for HFT"),
        pytest.param(1.0, 11, 0.3, ["HFT"], id="10.3 s are enough"),
        pytest.param(1.0, 4, 0.2, ["HFLM"], id="4 bursts are an HFLM"),
        pytest.param(1.0, 3, 0.2, [], id="3 are none"),
        pytest.param(0.3, 5, 0.2, ["HFLM"], id="HFLM at 0.3 Hz"),
        pytest.param(4.0, 8, 0.1, ["HFLM"], id="HFLM at 4.0 Hz"),
    ],
)
def test_one_foot(rate_hz, count, burst_s, expected):
    assert kinds(bursts("Left Leg", onsets(rate_hz, count), burst_s)) == expected


def test_exactly_ten_seconds_are_a_foot_tremor():
    found = bursts("Left Leg", START_S + 0.97 * np.arange(11), 0.3)
    assert found.stop_s.max() - found.start_s.min() == pytest.approx(10.0)
    assert kinds(found) == ["HFT"]
    assert kinds(bursts("Left Leg", START_S + 0.97 * np.arange(11), 0.299)) == ["HFLM"]


def test_both_feet_at_once_are_one_tremor():
    (found,) = find_trains(together(LEGS, 1.0, 12, 0.3), MUSCLES, stages())
    assert (found.kind, found.channel) == ("HFT", "Left Leg+Right Leg")
    assert found.measures["n_bursts"] == 12
    assert found.measures["n_channels"] == 2


@pytest.mark.parametrize(
    ("stage", "expected"),
    [
        pytest.param(Stage.W, "HFT", id="awake"),
        pytest.param(Stage.N1, "HFT", id="N1"),
        pytest.param(Stage.N2, "HFT", id="N2"),
        pytest.param(Stage.N3, "HFLM", id="N3: no hypnagogic movement"),
        pytest.param(Stage.R, "HFLM", id="R: no hypnagogic movement"),
        pytest.param(Stage.UNSCORED, "HFLM", id="stage unknown: only what is certain"),
    ],
)
def test_a_foot_tremor_is_of_drowsiness(stage, expected):
    train = bursts("Left Leg", onsets(1.0, 12), 0.3)
    assert kinds(train, stages(stage)) == [expected]


FLAGGED = "sustained rhythmic activity (rhythmic_flag)"


def test_without_stages_no_foot_tremor_but_the_reason():
    train = bursts("Left Leg", onsets(1.0, 12), 0.3)
    assert find_trains(train, MUSCLES, None).kind.tolist() == ["HFLM"]
    reasons = {one.what: one.reason for one in trains_not_scored(MUSCLES, None)}
    assert set(reasons) == {"HFT"}
    assert "no sleep stages" in reasons["HFT"]


@pytest.mark.parametrize(
    ("muscles", "missing"),
    [
        pytest.param(MUSCLES, set(), id="all there"),
        pytest.param({"Left Leg": "leg:left", "Chin": "chin"}, {"ALMA"}, id="one leg"),
        pytest.param({"Legs": "leg:both", "Chin": "chin"}, {"ALMA"}, id="both legs on one channel"),
        pytest.param(LEGS, {"RMD"}, id="legs only"),
        pytest.param({"Left Leg": "leg:left"}, {"ALMA", "RMD", FLAGGED}, id="one muscle"),
        pytest.param({"Chin": "chin"}, {"ALMA", "HFT", "HFLM", "RMD", FLAGGED}, id="chin only"),
        pytest.param(
            {"Legs": "", "Chin": "chin"}, {"ALMA", "HFT", "HFLM", "RMD", FLAGGED}, id="none"
        ),
    ],
)
def test_what_cannot_be_scored_says_so(muscles, missing):
    found = trains_not_scored(muscles, stages())
    assert {one.what for one in found} == missing
    assert all(one.reason for one in found)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        pytest.param(together(["Left Leg", "Chin"], 1.0, 4), ["RMD"], id="4 movements"),
        pytest.param(together(["Left Leg", "Chin"], 1.0, 3), [], id="3 are none"),
        pytest.param(together(["Left Leg", "Chin"], 0.5, 8), ["RMD"], id="0.5 Hz"),
        pytest.param(together(["Left Leg", "Chin"], 0.49, 5), ["HFLM"], id="0.49 Hz, short"),
        pytest.param(together(["Left Leg", "Chin"], 2.0, 8), ["RMD"], id="2.0 Hz"),
        pytest.param(together(["Left Leg", "Chin"], 2.01, 8), ["HFLM"], id="2.01 Hz, short"),
        pytest.param(together(["Left Arm", "Chin"], 1.0, 8), ["RMD"], id="arm and chin"),
        pytest.param(together(["Chin"], 1.0, 30), [], id="the chin alone"),
        pytest.param(
            together(["Left Leg", "Chin"], 1.0, 8, peak_uv=20, baseline_uv=10),
            ["RMD"],
            id="twice the background",
        ),
        pytest.param(
            together(["Left Leg", "Chin"], 1.0, 8, peak_uv=19.9, baseline_uv=10),
            ["HFLM"],
            id="less than twice the background",
        ),
    ],
)
def test_several_regions_together(found, expected):
    assert kinds(found) == expected


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        pytest.param(
            together(["Left Leg", "Chin"], 5.0, 51, 0.07), ["rhythmic_flag"], id="5 Hz for 10.07 s"
        ),
        pytest.param(together(["Left Leg", "Chin"], 5.0, 50, 0.2), [], id="10.0 s are not enough"),
        pytest.param(
            together(["Left Leg", "Chin"], 3.0, 40, 0.1), ["rhythmic_flag"], id="3 Hz, with chin"
        ),
        pytest.param(together(LEGS, 5.0, 60, 0.07), ["rhythmic_flag"], id="both legs, 5 Hz"),
        pytest.param(together(LEGS, 3.0, 40, 0.1), ["HFLM"], id="both legs, 3 Hz: an HFLM"),
        pytest.param(together(["Left Leg"], 5.0, 60, 0.07), [], id="one muscle only"),
        pytest.param(
            together(["Left Leg", "Chin"], 0.4, 8, 0.3), ["rhythmic_flag"], id="slower than an RMD"
        ),
    ],
)
def test_rhythm_to_be_reviewed(found, expected):
    assert kinds(found) == expected


def test_short_trains_of_several_regions_are_told_apart_by_the_clock():
    assert kinds(together(["Left Leg", "Chin"], 3.0, 30, 0.1)) == ["HFLM"]


@pytest.mark.parametrize(
    ("late_s", "bursts_in_step"),
    [
        pytest.param(0.3, 4, id="30 % late still belongs"),
        pytest.param(0.31, 0, id="31 % late does not"),
        pytest.param(-0.3, 4, id="30 % early still belongs"),
        pytest.param(-0.31, 0, id="31 % early does not"),
    ],
)
def test_how_far_an_interval_may_deviate(late_s, bursts_in_step):
    times = START_S + np.array([0.0, 1.0, 2.0, 3.0 + late_s])
    found = find_trains(bursts("Left Leg", times, 0.2), MUSCLES, stages())
    assert found.measures.get("n_bursts", np.zeros(0)).sum() == bursts_in_step


@pytest.mark.parametrize(
    ("pause_s", "rate_hz", "count"),
    [
        pytest.param(1.45, 1.0, 1, id="out of step: the same train"),
        pytest.param(2.45, 1.0, 1, id="one missed, and out of step"),
        pytest.param(2.55, 1.0, 2, id="a longer pause: two trains"),
        pytest.param(1.45, 1.24, 1, id="a little faster"),
    ],
)
def test_a_train_that_goes_on_out_of_step(pause_s, rate_hz, count):
    first = onsets(1.0, 6)
    times = np.concatenate([first, onsets(rate_hz, 6, first[-1] + pause_s)])
    assert len(kinds(bursts("Left Leg", times, 0.2))) == count


def test_a_missed_burst_does_not_end_a_train():
    times = np.delete(onsets(1.0, 14), 6)
    (found,) = find_trains(bursts("Left Leg", times, 0.3), MUSCLES, stages())
    assert found.kind == "HFT"
    assert found.measures["n_bursts"] == 13
    assert found.measures["rate_hz"] == pytest.approx(1.0)
    legs = in_turn(1.5, 14)
    (found,) = find_trains(legs.where(np.arange(14) != 6), MUSCLES, stages())
    assert (found.kind, found.measures["n_bursts"]) == ("ALMA", 13)


def test_two_missed_in_a_row_end_it():
    times = np.delete(onsets(1.0, 14), [6, 7])
    assert kinds(bursts("Left Leg", times, 0.2)) == ["HFLM", "HFLM"]


def test_four_bursts_of_which_one_comes_late_are_no_train():
    assert kinds(bursts("Left Leg", START_S + np.array([0.0, 1.0, 2.0, 4.0]), 0.2)) == []


def test_a_burst_too_many_does_not_end_a_train():
    times = np.sort(np.append(onsets(1.0, 12), START_S + 5.5))
    (found,) = find_trains(bursts("Left Leg", times, 0.2), MUSCLES, stages())
    assert found.measures["n_bursts"] == 12


@pytest.mark.parametrize("lag_s", [0.42, 0.5, 0.58])
def test_legs_in_turn_need_not_be_midway(lag_s):
    times = onsets(1.0, 8)
    found = Events.concat(
        [bursts("Left Leg", times, 0.15), bursts("Right Leg", times + lag_s, 0.15)]
    )
    (row,) = find_trains(found, MUSCLES, stages())
    assert (row.kind, row.measures["n_bursts"]) == ("ALMA", 16)
    assert row.measures["rate_hz"] == pytest.approx(2.0)


def test_legs_at_once_do_not_take_turns():
    times = onsets(1.0, 14)
    found = Events.concat([bursts("Left Leg", times, 0.3), bursts("Right Leg", times + 0.05, 0.3)])
    assert kinds(found) == ["HFT"]


def test_a_train_never_crosses_a_gap():
    times = onsets(1.0, 12)
    whole = bursts("Left Leg", times, 0.3)
    assert kinds(whole) == ["HFT"]
    broken = Events.concat(
        [bursts("Left Leg", times[:6], 0.3), bursts("Left Leg", times[6:], 0.3, stretch_s=305.8)]
    )
    found = find_trains(broken, MUSCLES, stages())
    assert found.kind.tolist() == ["HFLM", "HFLM"]
    assert found.stop_s[0] <= 305.8 <= found.start_s[1]


def test_two_derivations_of_a_muscle_count_once():
    muscles = {"L1": "leg:left", "L2": "leg:left", "Chin": "chin"}
    found = Events.concat([bursts("L1", onsets(1.0, 8), 0.2), bursts("L2", onsets(1.0, 8), 0.2)])
    (row,) = find_trains(found, muscles, stages())
    assert (row.kind, row.measures["n_bursts"]) == ("HFLM", 8)


def test_a_derivation_of_both_legs_counts_on_its_legs():
    muscles = {**LEGS, "Legs": ""}
    found = together(["Legs"], 1.0, 8)
    assert kinds(found, muscles=muscles) == []


@pytest.mark.parametrize("interval_s", [5.0, 10.0, 24.0, 4.0])
def test_periodic_leg_movements_are_no_train(interval_s):
    times = START_S + interval_s * np.arange(20)
    found = Events.concat([bursts("Left Leg", times, 2.0), bursts("Right Leg", times + 0.2, 2.0)])
    assert kinds(found) == []


def test_speech_is_no_train():
    rng = np.random.default_rng(4)
    found = []
    for start in range(200, 1600, 60):
        gaps = rng.uniform(0.1, 0.7, 40) + rng.uniform(0.08, 0.35, 40)
        found.append(bursts("Chin", start + np.cumsum(gaps), 0.08))
    assert kinds(Events.concat(found)) == []


def test_bursts_at_random_are_rarely_a_train():
    rng = np.random.default_rng(8)
    found = [
        bursts(label, np.sort(rng.uniform(0, 3600, 300)), 0.12) for label in ("Left Leg", "Chin")
    ]
    hours = kinds(Events.concat(found), stages(minutes=60))
    assert len(hours) <= 4
    assert set(hours) <= {"HFLM"}


@settings(max_examples=20, deadline=None)
@given(shift_s=st.floats(0, 20000), rate_hz=st.floats(0.55, 2.9), count=st.integers(4, 30))
def test_trains_shift_with_the_recording(shift_s, rate_hz, count):
    here = find_trains(in_turn(rate_hz, count), MUSCLES, None)
    moved = replace(
        in_turn(rate_hz, count),
        start_s=in_turn(rate_hz, count).start_s + shift_s,
        stop_s=in_turn(rate_hz, count).stop_s + shift_s,
    )
    there = find_trains(moved, MUSCLES, None)
    assert there.kind.tolist() == here.kind.tolist() == ["ALMA"]
    assert there.start_s == pytest.approx(here.start_s + shift_s, abs=2e-6)
    assert there.measures["n_bursts"] == here.measures["n_bursts"]
    assert there.measures["rate_hz"] == pytest.approx(here.measures["rate_hz"], abs=2e-3)


@pytest.mark.parametrize(
    "found",
    [
        pytest.param(in_turn(1.5, 9), id="ALMA"),
        pytest.param(bursts("Left Leg", onsets(1.0, 12), 0.3), id="HFT"),
        pytest.param(bursts("Left Leg", onsets(2.0, 6), 0.1), id="HFLM"),
        pytest.param(together(["Left Leg", "Right Leg", "Chin"], 1.0, 8), id="RMD"),
        pytest.param(together(["Right Leg", "Chin"], 5.0, 60, 0.07), id="flag"),
    ],
)
def test_left_and_right_are_alike(found):
    swapped = {**MUSCLES, "Left Leg": "leg:right", "Right Leg": "leg:left"}
    plain = find_trains(found, MUSCLES, stages())
    assert len(plain) == 1
    assert find_trains(found, swapped, stages()) == plain
    backwards = dict(reversed(MUSCLES.items()))
    assert find_trains(found, backwards, stages()) == plain


def test_measures_say_what_was_seen():
    (found,) = find_trains(in_turn(2.0, 10, 0.2), MUSCLES, stages())
    assert found.channel == "Left Leg+Right Leg"
    assert (found.start_s, found.stop_s) == pytest.approx((START_S, START_S + 4.5 + 0.2))
    assert dict(found.measures) == pytest.approx(
        {"n_bursts": 10, "rate_hz": 2.0, "peak_uv": 60.0, "burst_ms": 200.0, "n_channels": 2}
    )


def test_no_bursts_no_trains():
    assert len(find_trains(Events.empty(), MUSCLES, stages())) == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"min_bursts": 2},
        {"max_rate_hz": 3.9},
        {"interval_tolerance": 0.5},
        {"alternation_tolerance": 0.0},
        {"recent_intervals": 0},
        {"max_missed": -1},
        {"min_share": 0.0},
        {"alma_min_hz": 3.1},
        {"alma_min_burst_s": 0.6},
        {"hft_min_hz": 0.0},
        {"hft_min_burst_s": 1.1},
        {"hft_min_duration_s": -1.0},
        {"hflm_min_hz": 4.1},
        {"rmd_min_hz": 2.1},
        {"rmd_min_regions": 0},
        {"rmd_baseline_ratio": -1.0},
        {"flag_longer_than_s": -1.0},
        {"flag_min_muscles": 0},
        {"alike_rate": 0.5},
        {"together_share": 1.1},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_impossible_criteria_are_refused(wrong):
    (name,) = wrong
    assert name in {field.name for field in fields(TrainCriteria)}
    with pytest.raises(ValueError, match=name):
        TrainCriteria(**wrong)
