"""The limits of the rules, one table each, named after the rule."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from psgscore.model.criteria import AASM_V2, AASM_V3, COLEMAN_1982, WASM_2016
from psgscore.model.events import Events
from psgscore.model.hypnogram import Hypnogram, Stage
from psgscore.score.associations import event_rates
from psgscore.score.night import Context, score_events
from psgscore.score.plm import number_series
from psgscore.score.rates import periodicity_of_intervals

WASM, AASM = WASM_2016, AASM_V3


def movements(*spans, side="left"):
    return Events.of(f"LM:{side}", [a for a, _ in spans], [b for _, b in spans])


def asleep(minutes=60, stage=Stage.N2):
    return Hypnogram(np.full(minutes * 2, int(stage), np.int8))


def leg(events, hypnogram, rules, **context):
    return score_events(events, hypnogram, rules=[rules], context=Context(**context)).legs[0]


@pytest.mark.parametrize(
    ("rules", "step_s", "periodic"),
    [
        pytest.param(WASM, 9.999999, 0, id="WASM: under 10 s is too short"),
        pytest.param(WASM, 10.0, 4, id="WASM: 10 s counts"),
        pytest.param(WASM, 90.0, 4, id="WASM: 90 s counts"),
        pytest.param(WASM, 90.000001, 0, id="WASM: over 90 s is too long"),
        pytest.param(AASM, 4.999999, 0, id="AASM: under 5 s is passed over"),
        pytest.param(AASM, 5.0, 4, id="AASM: 5 s counts"),
        pytest.param(AASM, 90.0, 4, id="AASM: 90 s counts"),
        pytest.param(AASM, 90.000001, 0, id="AASM: over 90 s is too long"),
        pytest.param(COLEMAN_1982, 4.0, 4, id="Coleman: 4 s counts"),
        pytest.param(COLEMAN_1982, 3.999999, 0, id="Coleman: under 4 s does not"),
    ],
)
def test_interval_limits(rules, step_s, periodic):
    series = number_series(100.0 + step_s * np.arange(4), rules)
    assert int((series > 0).sum()) == periodic


@pytest.mark.parametrize(("count", "periodic"), [(3, 0), (4, 4), (5, 5)])
@pytest.mark.parametrize("rules", [WASM, AASM, AASM_V2, COLEMAN_1982], ids=lambda r: r.name)
def test_four_movements_make_a_series(rules, count, periodic):
    series = number_series(20.0 * np.arange(count), rules)
    assert int((series > 0).sum()) == periodic


@pytest.mark.parametrize(
    ("rules", "duration_s", "rows", "candidates"),
    [
        pytest.param(WASM, 0.499999, 0, 0, id="WASM: under 0.5 s is no movement"),
        pytest.param(WASM, 0.5, 1, 1, id="WASM: 0.5 s counts"),
        pytest.param(WASM, 10.0, 1, 1, id="WASM: 10 s counts"),
        pytest.param(WASM, 10.000001, 1, 0, id="WASM: longer is a movement, no candidate"),
        pytest.param(AASM, 0.5, 1, 1, id="AASM: 0.5 s counts"),
        pytest.param(AASM, 10.0, 1, 1, id="AASM: 10 s counts"),
        pytest.param(AASM, 10.000001, 1, 0, id="AASM: longer is no LM, the row stays"),
        pytest.param(COLEMAN_1982, 5.0, 1, 1, id="Coleman: 5 s counts"),
        pytest.param(COLEMAN_1982, 5.000001, 1, 0, id="Coleman: longer does not"),
    ],
)
def test_duration_limits(rules, duration_s, rows, candidates):
    found = leg(movements((60.0, 60.0 + duration_s)), asleep(), rules, covers=frozenset({"LM"}))
    assert len(found.movements) == rows
    assert int(found.verdicts.candidate.sum()) == candidates


@pytest.mark.parametrize(
    ("rules", "first", "second", "rows"),
    [
        pytest.param(WASM, (10, 12), (12.499999, 14), 1, id="WASM: gap under 0.5 s joins"),
        pytest.param(WASM, (10, 12), (12.5, 14), 2, id="WASM: exactly 0.5 s does not"),
        pytest.param(AASM, (10, 11), (14.999999, 16), 1, id="AASM: onsets under 5 s apart join"),
        pytest.param(AASM, (10, 11), (15.0, 16), 2, id="AASM: exactly 5 s does not"),
        pytest.param(AASM, (10, 18), (16.0, 17), 2, id="AASM: overlap alone does not join"),
    ],
)
def test_two_legs(rules, first, second, rows):
    events = Events.concat([movements(first), movements(second, side="right")])
    found = leg(events, asleep(), rules)
    assert len(found.movements) == rows
    assert ("bilateral" in found.verdicts.side.tolist()) == (rows == 1)


def test_a_long_movement_ends_a_series_under_wasm_and_is_ignored_under_aasm():
    spans = [(100, 102), (120, 122), (131, 142), (145, 147), (170, 172)]
    assert leg(movements(*spans), asleep(), WASM).verdicts.plm.tolist() == [False] * 5
    assert leg(movements(*spans), asleep(), AASM).verdicts.plm.tolist() == [1, 1, 0, 1, 1]


@pytest.mark.parametrize(
    ("rules", "eligible"), [(AASM_V3, True), (AASM_V2, False)], ids=["v3", "v2"]
)
def test_a_movement_that_begins_in_wake_and_reaches_sleep(rules, eligible):
    stages = Hypnogram(np.array([0, 2, 2, 2], np.int8))
    found = leg(movements((29.0, 31.0)), stages, rules)
    assert (found.verdicts.excluded_by[0] == "") == eligible
    assert found.verdicts.stage[0] == Stage.W


def test_stage_is_that_of_the_half_open_epoch_of_the_onset():
    stages = Hypnogram(np.array([0, 1, 2], np.int8))
    assert stages.at([29.999999, 30.0, 89.999999, 90.0]).tolist() == [0, 1, 2, -1]


@pytest.mark.parametrize("rules", [WASM, AASM], ids=lambda r: r.name)
def test_a_recording_gap_ends_a_series(rules):
    spans = [(100 + 20 * k, 102 + 20 * k) for k in range(6)]
    whole = leg(movements(*spans), asleep(), rules)
    gap = leg(movements(*spans), asleep(), rules, gaps=np.array([[153.0, 155.0]]))
    assert whole.verdicts.plm.sum() == 6
    assert gap.verdicts.plm.sum() == 0


@pytest.mark.parametrize("rules", [WASM, AASM], ids=lambda r: r.name)
@pytest.mark.parametrize(
    ("onset_s", "counted"),
    [
        pytest.param(99.999999, 1, id="right before it"),
        pytest.param(100.0, 0, id="where it begins: in no denominator, so in no numerator"),
        pytest.param(159.999999, 0, id="its last moment"),
        pytest.param(160.0, 1, id="where it ends"),
    ],
)
def test_unreadable_time_is_half_open(rules, onset_s, counted):
    context = Context(unreadable=np.array([[100.0, 160.0]]))
    events = movements((onset_s, onset_s + 2.0))
    found = score_events(events, asleep(), rules=[rules], context=context)
    assert found.rate("lm", rules.name, "sleep").count == counted
    assert (found.legs[0].verdicts.excluded_by[0] == "unreadable signal") == (not counted)


@pytest.mark.parametrize("rules", [WASM, AASM], ids=lambda r: r.name)
def test_unscored_time_is_not_wake_and_ends_a_series(rules):
    stages = np.full(120, int(Stage.N2), np.int8)
    stages[5] = int(Stage.UNSCORED)
    spans = [(100 + 20 * k, 102 + 20 * k) for k in range(6)]
    found = score_events(movements(*spans), Hypnogram(stages), rules=[rules])
    assert found.legs[0].verdicts.plm.sum() == 0
    assert found.legs[0].verdicts.excluded_by.tolist().count("unscored epoch") == 1
    assert found.rate("lm", rules.name, "W").count == 0
    assert found.rate("lm", rules.name, "total").count == 5
    assert found.rate("lm", rules.name, "total").hours == pytest.approx(119 / 120)
    assert found.sleep.unscored_min == pytest.approx(0.5)


def test_no_hours_gives_no_rate():
    found = score_events(movements((10, 12)), asleep(), rules=[WASM])
    assert found.rate("plm", WASM.name, "R").hours == 0
    assert found.rate("plm", WASM.name, "R").per_hour is None


def test_what_was_not_scored_is_unknown_not_zero():
    verdicts = leg(movements((10, 12)), asleep(), WASM).verdicts
    assert verdicts.arousal is None
    assert verdicts.respiratory is None
    found = score_events(movements((10, 12)), asleep(), rules=[WASM])
    assert found.rate("plm_arousal", WASM.name, "sleep") is None
    assert {missing.what for missing in found.not_scored} == {
        "respiratory exclusion",
        "PLM-arousal indices",
    }


def test_one_recorded_leg_has_no_count_for_the_other():
    found = score_events(movements((10, 12)), asleep(), rules=[WASM])
    assert found.rate("clm_left", WASM.name, "sleep").count == 1
    assert found.rate("clm_right", WASM.name, "sleep") is None
    assert found.rate("clm_bilateral", WASM.name, "sleep") is None


def test_without_a_hypnogram_movements_count_per_hour_of_recording():
    events = movements(*[(100 + 20 * k, 102 + 20 * k) for k in range(6)])
    found = score_events(events, None, rules=[WASM, AASM], context=Context(duration_s=3600.0))
    for rules in (WASM, AASM):
        assert found.rate("plm", rules.name, "total").per_hour == pytest.approx(6.0)
        assert found.rate("plm", rules.name, "sleep") is None
    assert found.sleep is None
    assert "no hypnogram" in {missing.reason for missing in found.not_scored}


@pytest.mark.parametrize(
    ("gap_s", "inclusive", "associated"),
    [(0.5, True, True), (0.5, False, False), (0.499999, False, True), (0.500001, True, False)],
)
def test_arousal_gap(gap_s, inclusive, associated):
    rules = replace(WASM, arousal_gap_inclusive=inclusive)
    for arousal in ((102 + gap_s, 110), (95, 100 - gap_s)):
        events = Events.concat(
            [movements((100, 102)), Events.of("arousal", [arousal[0]], [arousal[1]])]
        )
        assert leg(events, asleep(), rules).verdicts.arousal.tolist() == [associated]


@pytest.mark.parametrize("stages", [None, asleep()], ids=["no stages", "stages"])
@pytest.mark.parametrize(
    ("off_s", "on_s", "hours"),
    [
        pytest.param(0.0, 3600.0, 1.0, id="the whole recording"),
        pytest.param(1800.0, 7200.0, 0.5, id="on an hour after it ended"),
        pytest.param(-1800.0, 1800.0, 0.5, id="off half an hour before it began"),
        pytest.param(4000.0, 7200.0, 0.0, id="both after it ended"),
    ],
)
def test_time_that_was_not_recorded_is_in_no_denominator(stages, off_s, on_s, hours):
    lights = Events.of(["lights_off", "lights_on"], [off_s, on_s], [off_s, on_s])
    events = Events.concat([movements((900, 902), (5000, 5002)), lights])
    context = Context(duration_s=3600.0)
    found = score_events(events, stages, rules=[WASM, AASM], context=context)
    outside = off_s < 0 or on_s > 3600
    assert ("lights.outside" in {one.code for one in found.findings}) == outside
    for rules in (WASM, AASM):
        lm = found.rate("lm", rules.name, "total")
        assert lm.hours == pytest.approx(hours)
        assert lm.count == (off_s <= 900 < on_s)
        hourly = [one for one in found.rates if one.scope.startswith("hour")]
        assert sum(one.hours for one in hourly if one.rules == rules.name) == pytest.approx(hours)
    arousals = event_rates(found, "arousal", Events.empty())
    assert {one.scope: one.hours for one in arousals}["total"] == pytest.approx(hours)


def test_sleep_onset_latency_from_before_the_recording_is_unknown():
    lights = Events.of("lights_off", [-1800.0], [-1800.0])
    found = score_events(lights, asleep(), context=Context(duration_s=3600.0))
    assert (found.sleep.sol_min, found.sleep.unscored_min) == (None, 30.0)


def test_what_counts_for_nothing_is_in_no_rule():
    legs = movements(*[(100 + 20 * k, 102 + 20 * k) for k in range(6)])
    others = Events.of(
        ["arousal", "apnea", "lights_off", "lights_on"],
        [141.0, 120.0, 130.0, 190.0],
        [150.0, 139.0, 130.0, 190.0],
    )
    given = Context(covers=frozenset({"LM", "arousal", "respiratory"}))
    rejected = others.with_text("excluded_by", np.full(4, "rejected in review"))
    found, without, counted = (
        score_events(Events.concat([legs, one]), asleep(), rules=[WASM, AASM], context=given)
        for one in (rejected, Events.empty(), others)
    )
    assert found.rates == without.rates
    assert found.sleep == without.sleep
    assert (found.sleep.arousals, counted.sleep.arousals) == (0, 1)
    assert counted.rates != without.rates


@pytest.mark.parametrize(
    ("intervals", "expected"),
    [
        pytest.param([20, 20, 20], 1.0, id="three in a row"),
        pytest.param([20, 20], 0.0, id="two are no run"),
        pytest.param([10, 20, 20, 20], 0.75, id="exactly 10 s is outside"),
        pytest.param([90, 90, 90], 1.0, id="90 s is inside"),
        pytest.param([20, 20, np.nan, 20, 20], 0.0, id="a barrier ends a run"),
        pytest.param([], None, id="no interval, no index"),
    ],
)
def test_periodicity_of_intervals(intervals, expected):
    assert periodicity_of_intervals(np.array(intervals, float)) == expected


def test_sol_waso_and_tst_add_up_to_trt():
    stages = [0] * 10 + [1, 2, 2, 0, 0, 2, 3, 4, 4] + [0] * 6
    sleep = score_events(Events.empty(), Hypnogram(np.array(stages, np.int8))).sleep
    assert sleep.sol_min + sleep.waso_min + sleep.tst_min == pytest.approx(sleep.trt_min)
    # Two epochs awake before the last sleep, six after it.
    assert (sleep.waso_spt_min, sleep.waso_min) == (1.0, 4.0)
    assert sleep.rem_latency_min == pytest.approx(3.5)
    assert sleep.awakenings == 2


@pytest.mark.parametrize("stage", [Stage.W, Stage.UNSCORED, Stage.N2])
def test_a_night_of_one_stage_gives_a_score(stage):
    found = score_events(movements((10, 12)), asleep(stage=stage), rules=[WASM, AASM])
    assert found.sleep.rem_latency_min is None
    assert found.legs
