"""The restless-legs view and the immobilisation test, every limit a row."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from psgscore.model.criteria import AASM_V3, WASM_2016
from psgscore.model.events import Events
from psgscore.model.hypnogram import Hypnogram, Stage
from psgscore.model.restless_criteria import IMMOBILISATION, RESTLESS
from psgscore.score.immobilisation import immobilisation_test
from psgscore.score.legs import Night, score_legs
from psgscore.score.rates import Counted, leg_rates, leg_statistics
from psgscore.score.restless import interval_peak, restless_view

HOUR = 3600.0
W, N2, R, UNSCORED = (int(s) for s in (Stage.W, Stage.N2, Stage.R, Stage.UNSCORED))


def legs_at(onsets, duration_s=2.0, side="left"):
    onsets = np.asarray(onsets, float)
    return Events.of(f"LM:{side}", onsets, onsets + duration_s)


def hypnogram(*parts):
    """Build stages from (stage, minutes)."""
    return Hypnogram(np.concatenate([np.full(round(2 * m), s, np.int8) for s, m in parts]))


def night_of(events, stages, stop_s=None, **more):
    stop_s = stages.stop_s if stop_s is None else stop_s
    more = {"covers": frozenset({"LM"}), "lights_s": (0.0, stop_s)} | more
    return Night(events=events, hypnogram=stages, **more)


def view_of(night, rules=WASM_2016, criteria=RESTLESS):
    counted = Counted.of(score_legs(night, rules), night)
    rates, statistics = list(leg_rates(counted)), list(leg_statistics(counted))
    return restless_view(counted, night, rates, statistics, criteria)


def every(start_s, step_s, count):
    return start_s + step_s * np.arange(count)


# An hour awake, then 5 of sleep, half an hour awake in the middle of them.
STAGES = hypnogram((W, 60), (N2, 150), (W, 30), (N2, 150))


def test_wake_before_and_after_sleep_onset_apart():
    onsets = [every(60, 30, 12), every(5000, 30, 40), every(210 * 60 + 60, 30, 6)]
    view = view_of(night_of(legs_at(np.concatenate(onsets)), STAGES))
    assert (view.plmw_before_sleep.count, view.plmw_before_sleep.hours) == (12, 1.0)
    assert (view.plmw_after_onset.count, view.plmw_after_onset.hours) == (6, 0.5)
    assert (view.plmw.count, view.plmw.hours) == (18, 1.5)
    assert view.plmw.per_hour == 12.0
    assert view.rules == "wasm-2016"


@pytest.mark.parametrize(
    ("onset_s", "before", "after"),
    [
        pytest.param(3599.999999, 4, 0, id="just before sleep onset"),
        pytest.param(3600.0, 3, 0, id="at sleep onset: it is no wake"),
    ],
)
def test_sleep_onset_is_half_open(onset_s, before, after):
    events = legs_at([*every(onset_s - 90, 30, 3), onset_s, onset_s + 30])
    view = view_of(night_of(events, STAGES))
    assert (view.plmw_before_sleep.count, view.plmw_after_onset.count) == (before, after)


def test_lights_bound_the_wake_before_sleep():
    view = view_of(night_of(legs_at(every(60, 30, 100)), STAGES, lights_s=(1800.0, 390 * 60.0)))
    assert view.plmw_before_sleep.hours == 0.5
    assert view.plmw_before_sleep.count == 42


@pytest.mark.parametrize(
    ("stages", "rules", "what"),
    [
        pytest.param(None, WASM_2016, "PLMW): no hypnogram", id="no stages"),
        pytest.param(STAGES, AASM_V3, "PLMW): this rule set", id="AASM has none in wake"),
        pytest.param(
            hypnogram((W, 400)), WASM_2016, "before and after sleep onset: no sleep", id="no sleep"
        ),
        pytest.param(
            hypnogram((W, 10), (UNSCORED, 10), (N2, 300)),
            WASM_2016,
            "before and after sleep onset: no sleep, or time without a stage",
            id="sleep onset not known",
        ),
    ],
)
def test_what_cannot_be_known_is_none_with_a_reason(stages, rules, what):
    night = night_of(legs_at(every(60, 30, 12)), stages, stop_s=390 * 60.0)
    view = view_of(night, rules)
    assert view.plmw_before_sleep is None
    assert view.plmw_after_onset is None
    assert any(what in f"{one.what}: {one.reason}" for one in view.not_scored)


def thirds_night(first, last):
    """Return a night of 6 h of sleep with so many movements in its first and last third."""
    onsets = np.concatenate([every(600, 25, first), every(4 * HOUR + 600, 25, last)])
    return night_of(legs_at(onsets), hypnogram((N2, 360)))


@pytest.mark.parametrize(
    ("first", "last", "ratio", "falling"),
    [
        pytest.param(100, 75, 0.75, True, id="three quarters: falling"),
        pytest.param(100, 76, 0.76, False, id="more: not falling"),
        pytest.param(100, 0, 0.0, True, id="none left"),
        pytest.param(40, 80, 2.0, False, id="rising"),
        pytest.param(0, 80, None, None, id="none in the first third"),
    ],
)
def test_the_course_of_the_night(first, last, ratio, falling):
    view = view_of(thirds_night(first, last))
    assert view.third_ratio == (None if ratio is None else pytest.approx(ratio))
    assert view.falling is falling
    assert [one.scope for one in view.thirds] == ["third 1", "third 2", "third 3"]
    assert [one.scope for one in view.hours_of_night] == [f"hour {k}" for k in range(1, 7)]
    assert sum(one.count for one in view.hours_of_night) == first + last
    if ratio is None:
        assert "no periodic leg movements in the first third" in view.not_scored[0].reason


@pytest.mark.parametrize(("minutes", "known"), [(30, True), (29.5, False)])
def test_a_third_needs_half_an_hour_of_sleep(minutes, known):
    stages = hypnogram((N2, 240), (W, 120 - minutes), (N2, minutes))
    view = view_of(night_of(legs_at(every(600, 25, 60)), stages))
    assert (view.third_ratio is not None) == known
    if not known:
        assert any("less than 0.5 h of sleep" in one.reason for one in view.not_scored)


def test_the_slope_is_that_of_the_hours():
    counts = [60, 50, 40, 30, 20, 10]
    onsets = np.concatenate([every(HOUR * k + 10, 50, n) for k, n in enumerate(counts)])
    view = view_of(night_of(legs_at(onsets), hypnogram((N2, 360))))
    assert [one.count for one in view.hours_of_night] == counts
    assert view.slope_per_hour == pytest.approx(-10.0)
    assert view_of(night_of(legs_at(onsets), hypnogram((N2, 120)))).slope_per_hour is None
    assert view_of(night_of(legs_at(onsets), hypnogram((N2, 180)))).slope_per_hour == -10.0


def test_both_periodicity_indices_are_those_of_sleep():
    view = view_of(night_of(legs_at(every(600, 25, 60)), hypnogram((N2, 360))))
    assert (view.pi_interval, view.pi_count) == (1.0, 1.0)
    none = view_of(night_of(Events.empty(), hypnogram((N2, 360))))
    assert (none.pi_interval, none.pi_count) == (None, None)


def spread(middle_s, sd_ln, count, seed=0):
    return middle_s * np.exp(sd_ln * np.random.default_rng(seed).standard_normal(count))


@pytest.mark.parametrize("middle_s", [14.0, 24.0, 40.0])
def test_the_peak_of_the_intervals(middle_s):
    peak = interval_peak(spread(middle_s, 0.2, 400))
    assert peak.mode_s == pytest.approx(middle_s, rel=0.08)
    assert peak.geometric_sd == pytest.approx(np.exp(0.2), rel=0.08)
    low, high = peak.width_s
    # The kernel widens the density: half height at 1.18 times the joint SD.
    assert np.log(high / low) == pytest.approx(2.355 * np.hypot(0.2, 0.15), rel=0.15)


@pytest.mark.parametrize(
    ("interval_s", "count"),
    [
        pytest.param(9.999999, 0, id="under 10 s"),
        pytest.param(10.0, 30, id="10 s"),
        pytest.param(90.0, 30, id="90 s"),
        pytest.param(90.000001, 0, id="over 90 s"),
    ],
)
def test_the_range_of_the_intervals(interval_s, count):
    assert interval_peak(np.full(30, interval_s)).count == count


@pytest.mark.parametrize(("count", "known"), [(19, False), (20, True)])
def test_a_peak_needs_20_intervals(count, known):
    peak = interval_peak(np.append(spread(24.0, 0.1, count), [np.nan, 200.0]))
    assert peak.count == count
    assert (peak.mode_s is not None) == known
    assert (peak.geometric_sd is not None) == known


def test_intervals_that_only_grow_rarer_have_no_peak():
    peak = interval_peak(spread(4.0, 0.7, 2000))
    assert peak.count > 100
    assert (peak.mode_s, peak.width_s) == (None, None)
    both = np.concatenate([spread(3.0, 0.4, 500), spread(24.0, 0.2, 200)])
    assert interval_peak(both).mode_s == pytest.approx(24.0, rel=0.08)


def test_why_there_is_no_peak_is_said():
    view = view_of(night_of(legs_at(every(600, 25, 6)), hypnogram((N2, 360))))
    reasons = [one.reason for one in view.not_scored]
    assert "5 intervals of 10 to 90 s, at least 20 are needed" in reasons


@given(order=st.permutations(range(40)), factor=st.floats(0.7, 2.0))
def test_the_peak_scales_and_has_no_order(order, factor):
    intervals = spread(24.0, 0.1, 40, seed=3)
    plain = interval_peak(intervals)
    scaled = interval_peak(intervals[list(order)] * factor)
    assert scaled.mode_s == pytest.approx(plain.mode_s * factor, rel=0.01)
    assert scaled.geometric_sd == pytest.approx(plain.geometric_sd)


# --- the suggested immobilisation test --------------------------------------------------


def sit(onsets, *, stages=None, start_s=0.0, stop_s=HOUR, **more):
    events = onsets if isinstance(onsets, Events) else legs_at(onsets)
    night = Night(
        events=events,
        hypnogram=stages,
        lights_s=(0.0, 1e6),
        **({"covers": frozenset({"LM"})} | more),
    )
    return immobilisation_test(night, start_s, stop_s)


def test_an_hour_of_periodic_movements():
    found = sit(every(100, 12, 60))
    assert (found.index, found.plm.count, found.lm.count) == (60.0, 60, 60)
    assert found.plm.scope == "W"
    assert [one.count for one in found.course] == [42, 18, 0, 0, 0, 0]
    assert found.course[0].scope == "minute 0 to 10"
    assert found.course[0].per_hour == pytest.approx(252.0)
    assert found.interval.mode_s == pytest.approx(12.0, rel=0.02)
    assert (found.findings, found.not_scored) == ((), ())
    assert found.words.startswith("above the published 40/h")
    assert "not a diagnosis" in found.words


@pytest.mark.parametrize(
    ("count", "words"),
    [
        pytest.param(40, "not above", id="40 an hour is not above 40"),
        pytest.param(41, "above", id="41 is"),
    ],
)
def test_the_published_index(count, words):
    assert sit(every(10, 20, count)).words.split(" the")[0] == words


@pytest.mark.parametrize(
    ("step_s", "count", "plm"),
    [
        pytest.param(9.999999, 10, 0, id="WASM: under 10 s is not periodic"),
        pytest.param(10.0, 10, 10, id="10 s is"),
        pytest.param(90.0, 10, 10, id="90 s is"),
        pytest.param(90.000001, 10, 0, id="over 90 s is not"),
        pytest.param(20.0, 3, 0, id="three are no series"),
        pytest.param(20.0, 4, 4, id="four are"),
    ],
)
def test_the_rule_of_series_awake(step_s, count, plm):
    found = sit(every(10, step_s, count))
    assert (found.plm.count, found.lm.count) == (plm, count)


@pytest.mark.parametrize(
    ("duration_s", "lm", "plm"),
    [(0.499999, 0, 0), (0.5, 6, 6), (10.0, 6, 6), (10.000001, 6, 0)],
)
def test_the_length_of_a_movement(duration_s, lm, plm):
    found = sit(legs_at(every(10, 30, 6), duration_s))
    assert (found.lm.count, found.plm.count) == (lm, plm)


def test_only_the_hour_is_counted():
    found = sit(every(5, 20, 1000), start_s=1000.0, stop_s=9000.0)
    assert found.stop_s == 4600.0
    assert found.plm.count == 180
    reasons = set(found.legs.verdicts.excluded_by.tolist())
    assert reasons == {"", "before the test", "after the test"}


@pytest.mark.parametrize(
    ("onset_s", "inside"),
    [(999.999999, False), (1000.0, True), (4599.999999, True), (4600.0, False)],
)
def test_the_hour_is_half_open(onset_s, inside):
    assert sit([onset_s], start_s=1000.0, stop_s=9000.0).lm.count == inside


@pytest.mark.parametrize(("minutes", "codes"), [(60.0, []), (59.99, ["sit.short"]), (90.0, [])])
def test_less_than_an_hour_is_said(minutes, codes):
    found = sit(every(10, 20, 60), stop_s=minutes * 60)
    assert [one.code for one in found.findings] == codes
    assert found.plm.hours == pytest.approx(min(minutes, 60) / 60)


def test_a_short_test_has_the_index_of_what_was_recorded():
    found = sit(every(10, 20, 60), stop_s=30 * 60.0)
    assert found.plm.count == 60
    assert found.index == pytest.approx(120.0)
    assert "30.0 min long, not 60" in found.findings[0].message
    assert [one.scope for one in found.course][-1] == "minute 20 to 30"


@pytest.mark.parametrize(("minutes", "known"), [(15.0, True), (14.99, False)])
def test_a_quarter_of_an_hour_is_the_least(minutes, known):
    found = sit(every(10, 20, 30), stop_s=minutes * 60)
    assert (found.index is not None) == known
    assert bool(found.words) == known
    assert [one.what for one in found.not_scored] == (
        [] if known else ["index of the immobilisation test"]
    )


@pytest.mark.parametrize(
    ("onset_s", "bins"),
    [
        pytest.param(599.999999, [4, 0], id="the last moment of the first ten minutes"),
        pytest.param(600.0, [3, 1], id="the first moment of the next"),
    ],
)
def test_the_bins_are_half_open(onset_s, bins):
    found = sit([*(onset_s - 20.0 * np.arange(3, 0, -1)), onset_s])
    assert [one.count for one in found.course][:2] == bins


def test_sleep_is_left_out_and_said():
    stages = hypnogram((W, 20), (N2, 10), (W, 30))
    found = sit(every(10, 20, 170), stages=stages)
    assert found.plm.hours == pytest.approx(50 / 60)
    assert found.plm.count == 140
    assert "asleep" in found.legs.verdicts.excluded_by.tolist()
    assert [one.code for one in found.findings] == ["sit.asleep"]
    assert "10.0 min of sleep" in found.findings[0].message
    assert found.course[2].hours == 0.0
    assert found.course[2].per_hour is None


def test_a_movement_that_begins_with_sleep_is_asleep():
    stages = hypnogram((W, 5), (N2, 55))
    found = sit([240.0, 260.0, 280.0, 300.0], stages=stages)
    assert found.legs.verdicts.excluded_by.tolist() == ["", "", "", "asleep"]
    assert found.plm.count == 0


def test_unscored_epochs_are_taken_as_wake_as_the_test_asks_for():
    found = sit(every(10, 20, 170), stages=hypnogram((UNSCORED, 60)))
    assert (found.plm.count, found.findings) == (170, ())


def test_unreadable_time_is_in_no_denominator_and_ends_a_series():
    found = sit(every(10, 20, 170), unreadable=np.array([[600.0, 1200.0]]))
    assert found.plm.hours == pytest.approx(50 / 60)
    assert found.plm.count == 140
    assert [one.code for one in found.findings] == ["sit.unreadable"]
    three = sit([500, 520, 540, 1210, 1230, 1250], unreadable=np.array([[600.0, 1200.0]]))
    assert three.plm.count == 0


def test_nothing_detected_is_not_none_moved():
    found = sit(Events.empty(), covers=frozenset())
    assert any("no leg movements were detected" in one.reason for one in found.not_scored)
    quiet = sit(Events.empty())
    assert quiet.index == 0.0
    assert quiet.words.startswith("not above")


def test_both_legs_are_joined():
    events = Events.concat([legs_at(every(10, 20, 30)), legs_at(every(10.3, 20, 30), side="right")])
    assert sit(events).plm.count == 30


def test_the_end_must_follow_the_start():
    with pytest.raises(ValueError, match="stop_s must follow"):
        sit([1.0], start_s=10.0, stop_s=10.0)


@pytest.mark.parametrize(
    ("criteria", "name", "value"),
    [
        (RESTLESS, "peak_from_s", 90.0),
        (RESTLESS, "bandwidth_ln", 0.0),
        (RESTLESS, "min_intervals", 1),
        (RESTLESS, "falling_ratio", 1.0),
        (IMMOBILISATION, "bin_s", 700.0),
        (IMMOBILISATION, "length_s", 0.0),
        (IMMOBILISATION, "min_hours", 0.0),
        (IMMOBILISATION, "published_index", 0.0),
    ],
)
def test_criteria_that_make_no_sense_are_refused(criteria, name, value):
    with pytest.raises(ValueError, match=r"\w"):
        replace(criteria, **{name: value})
