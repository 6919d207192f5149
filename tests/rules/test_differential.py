"""Which movement is it: each feature fits, does not fit, or cannot be known."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "unit"))

from movement_nights import jerks, movement_night, potentials, rows
from report_nights import N2, N3, STAGES, R, W, movements, nights

from psgscore.model.criteria import AASM_V3
from psgscore.model.events import Events
from psgscore.model.finding import NotScored
from psgscore.model.hypnogram import Stage
from psgscore.score.differential import differential

FITS, NOT, UNKNOWN = "fits", "does not fit", "cannot be known"
FEATURES = ("burst", "recurrence", "when", "muscles", "software says")
N2_S, N3_S, R_S = 2400.0, 5600.0, 7300.0
NIGHTS = nights()


def series(first_s, count, interval_s, duration_s=2.0):
    """Return movements of one leg at nearly even intervals."""
    wobble = np.resize([0.0, 0.4, -0.4, 0.2], count)
    return movements(
        (first_s + interval_s * np.arange(count) + wobble).tolist(), "left", duration_s
    )


def check(score, key, feature, fit):
    found = differential(score).pattern(key).feature(feature)
    assert found.fit == fit, found
    assert bool(found.reason) == (fit in (UNKNOWN, "none found"))
    return found


# hypnic jerks ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("feature", "found", "fit"),
    [
        pytest.param("burst", jerks([1200.0], ms=75), FITS, id="75 ms is core"),
        pytest.param("burst", jerks([1200.0], ms=250), FITS, id="250 ms is core"),
        pytest.param("burst", jerks([1200.0], ms=251), NOT, id="251 ms is longer"),
        pytest.param("burst", jerks([1200.0], ms=74), NOT, id="74 ms is shorter"),
        pytest.param("recurrence", jerks([1200.0, 1230.0, 1260.0]), FITS, id="3 in a row are few"),
        pytest.param(
            "recurrence", jerks([1200.0, 1230.0, 1260.0, 1290.0]), NOT, id="4 in a row are a series"
        ),
        pytest.param(
            "recurrence", jerks([1200.0, 1400.0, 1600.0, 1800.0]), FITS, id="200 s apart is single"
        ),
        pytest.param("when", jerks([1230.0], context="sleep onset"), FITS, id="at sleep onset"),
        pytest.param("when", jerks([N2_S], context="other"), NOT, id="far from any sleep onset"),
        pytest.param("when", jerks([N3_S], context="re-entry"), NOT, id="N3 is no light sleep"),
        pytest.param(
            "when",
            Events.concat([jerks([1230.0]), jerks([N2_S], context="other")]),
            FITS,
            id="half of them is most",
        ),
        pytest.param("when", jerks([1230.0], context=""), UNKNOWN, id="context not known"),
        pytest.param("muscles", jerks([1230.0], muscles=2), FITS, id="two muscles at once"),
        pytest.param("muscles", jerks([1230.0], muscles=1), NOT, id="one of several muscles"),
        pytest.param("muscles", jerks([1230.0], muscles=np.nan), UNKNOWN, id="muscles not counted"),
        pytest.param("software says", jerks([1230.0]), "stated", id="tiers are stated"),
    ],
)
def test_hypnic_jerks(feature, found, fit):
    check(movement_night(found), "hypnic_jerk", feature, fit)


def test_jerks_of_the_only_muscle_may_have_been_of_several():
    score = movement_night(jerks([1230.0], muscles=1), muscles={"Chin": "chin"})
    assert "one muscle" in check(score, "hypnic_jerk", "muscles", UNKNOWN).reason


def test_a_muscle_too_slow_for_jerks_is_none():
    slow = tuple(
        NotScored(f"hypnic jerks and fragmentary myoclonus on {label}", "100 Hz is too slow")
        for label in ("Left Leg", "Right Leg")
    )
    score = movement_night(jerks([1230.0], muscles=1), not_scored=slow)
    check(score, "hypnic_jerk", "muscles", UNKNOWN)


# periodic leg movements ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("feature", "legs", "fit"),
    [
        pytest.param("burst", series(N2_S, 30, 25.0, 0.5), FITS, id="0.5 s"),
        pytest.param("burst", series(N2_S, 30, 25.0, 10.0), FITS, id="10 s"),
        pytest.param("recurrence", series(N2_S, 30, 25.0), FITS, id="usual interval of 25 s"),
        pytest.param("recurrence", series(N2_S, 30, 15.0), NOT, id="usual interval of 15 s"),
        pytest.param("recurrence", series(N2_S, 30, 45.0), NOT, id="usual interval of 45 s"),
        pytest.param("recurrence", series(N2_S, 21, 25.0), FITS, id="20 intervals have a mode"),
        pytest.param("recurrence", series(N2_S, 20, 25.0), UNKNOWN, id="19 intervals have none"),
        pytest.param("when", series(N2_S, 30, 25.0), FITS, id="most in N2"),
        pytest.param("when", series(N3_S, 30, 25.0), NOT, id="most in N3"),
        pytest.param("when", series(R_S, 30, 25.0), NOT, id="most in R"),
        pytest.param("muscles", series(N2_S, 30, 25.0), FITS, id="one leg"),
        pytest.param("software says", series(N2_S, 30, 25.0), "stated", id="index is stated"),
    ],
)
def test_periodic_leg_movements(feature, legs, fit):
    check(movement_night(legs=legs), "plm", feature, fit)


@pytest.mark.parametrize(
    ("stages", "fit"),
    [
        pytest.param([N2] * 300 + [N3] * 60, FITS, id="N3 of 30 min is compared"),
        pytest.param([N2] * 329 + [N3] * 31, UNKNOWN, id="N3 of 14.5 min is not"),
        pytest.param([N2] * 328 + [N3] * 32, FITS, id="N3 of 15 min is"),
        pytest.param([N2] * 29 + [N3] * 331, UNKNOWN, id="hardly any light sleep"),
    ],
)
def test_a_stage_with_little_time_is_not_compared(stages, fit):
    # Lights go on 1 min before the end.
    score = movement_night(legs=series(200.0, 24, 25.0), night={"stages": stages})
    check(score, "plm", "when", fit)


def test_a_leg_that_was_not_recorded_has_no_count():
    numbers = differential(NIGHTS["one leg"]).pattern("plm").feature("muscles").numbers
    assert numbers["left"] == 30
    assert numbers["right"] is None
    assert numbers["bilateral"] is None


@pytest.mark.parametrize("name", NIGHTS)
def test_counts_and_indices_are_those_of_the_rest_of_the_report(name):
    score = NIGHTS[name]
    for key, scope in (("plm", "sleep"), ("rls_wake", "W")):
        found = differential(score).pattern(key)
        rate = score.legs and score.rate("plm", score.legs[0].criteria.name, scope)
        if found.count is None:
            assert not rate or rate.hours == 0
            continue
        assert found.count == rate.count
        assert found.feature("software says").numbers["per_hour"] == rate.per_hour


# wake ------------------------------------------------------------------------------------


def awake(interval_s, count=12, first_s=100.0, duration_s=2.0):
    return series(first_s, count, interval_s, duration_s)


@pytest.mark.parametrize(
    ("feature", "legs", "fit"),
    [
        pytest.param("burst", awake(12.0), FITS, id="2 s is a movement of wake"),
        pytest.param("recurrence", awake(12.0), FITS, id="usual interval of 12 s"),
        pytest.param("recurrence", awake(20.0), NOT, id="usual interval of 20 s"),
        pytest.param("recurrence", awake(12.0, count=10), UNKNOWN, id="9 intervals have no mode"),
        pytest.param("when", awake(12.0), NOT, id="before sleep only"),
        pytest.param(
            "when",
            Events.concat([awake(12.0), awake(12.0, first_s=9050.0)]),
            FITS,
            id="before and between sleep",
        ),
        pytest.param("muscles", awake(12.0), UNKNOWN, id="on purpose or not"),
        pytest.param("software says", awake(12.0), "stated", id="PLMW index is stated"),
    ],
)
def test_wake(feature, legs, fit):
    check(movement_night(legs=legs), "rls_wake", feature, fit)


def test_without_wake_after_sleep_onset_its_movements_are_not_known():
    stages = [W] * 40 + [N2] * 320
    score = movement_night(legs=awake(12.0), night={"stages": stages})
    check(score, "rls_wake", "when", UNKNOWN)


def test_the_interval_over_sleep_onset_is_of_neither_state():
    found = differential(movement_night(legs=series(1100.0, 12, 25.0)))
    for key, count in (("rls_wake", 4), ("plm", 8)):
        pattern = found.pattern(key)
        assert pattern.count == count
        assert pattern.feature("recurrence").numbers["intervals"] == count - 1


def test_how_many_last_5_to_10_s_is_told():
    score = movement_night(legs=Events.concat([awake(12.0), awake(12.0, 12, 400.0, 5.0)]))
    found = check(score, "rls_wake", "burst", FITS)
    assert found.numbers["often_percent"] == 50.0


def test_a_rule_set_of_sleep_has_no_movements_of_wake():
    score = movement_night(night={"rules": (AASM_V3,)})
    found = differential(score).pattern("rls_wake")
    assert found.count is None
    assert "sleep only" in found.feature("burst").reason
    assert "5-90 s" in differential(score).pattern("plm").feature("recurrence").criterion


# fragmentary myoclonus -------------------------------------------------------------------

SOME = [N2_S + 10.0 + 25.0 * k for k in range(10)]
RUN = Events.of("EFM", [N2_S], [N2_S + 1260.0], measures={"potentials_per_min": 6.5, "minutes": 21})


@pytest.mark.parametrize(
    ("feature", "found", "fit"),
    [
        pytest.param("burst", potentials(SOME, ms=150), FITS, id="150 ms"),
        pytest.param("burst", potentials(SOME, ms=151), NOT, id="151 ms"),
        pytest.param("recurrence", potentials(SOME), NOT, id="no run of 20 min"),
        pytest.param(
            "recurrence", Events.concat([potentials(SOME), RUN]), FITS, id="a run of 21 min"
        ),
        pytest.param("when", potentials(SOME), FITS, id="all in NREM"),
        pytest.param(
            "when",
            Events.concat(
                [
                    potentials(SOME[:4]),
                    potentials([100.0 + k for k in range(5)], excluded_by="not in NREM"),
                ]
            ),
            NOT,
            id="more in wake than in NREM",
        ),
        pytest.param("muscles", potentials(SOME), FITS, id="two channels, apart"),
        pytest.param("muscles", potentials(SOME, channels=("Chin",)), NOT, id="one of 3 channels"),
        pytest.param(
            "muscles",
            Events.concat(
                [
                    potentials(SOME[:4]),
                    potentials(SOME[5:], excluded_by="synchronous in two muscles"),
                ]
            ),
            NOT,
            id="most in two muscles at once",
        ),
        pytest.param("software says", potentials(SOME), "stated", id="potentials per min"),
    ],
)
def test_fragmentary_myoclonus(feature, found, fit):
    check(movement_night(found), "efm", feature, fit)


def test_too_little_nrem_for_a_run_is_not_the_absence_of_one():
    missing = NotScored("excessive fragmentary myoclonus", "the longest stretch has 9 min")
    score = movement_night(potentials(SOME), not_scored=(missing,))
    assert check(score, "efm", "recurrence", UNKNOWN).reason == missing.reason
    check(score, "efm", "burst", FITS)


def test_one_muscle_cannot_tell_multifocal():
    score = movement_night(potentials(SOME, channels=("Chin",)), muscles={"Chin": "chin"})
    check(score, "efm", "muscles", UNKNOWN)


# rhythmic flag ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("feature", "found", "fit"),
    [
        pytest.param("burst", rows("rhythmic_flag", (N2_S, N2_S + 12.0)), FITS, id="12 s"),
        pytest.param("recurrence", rows("rhythmic_flag", (N2_S, N2_S + 12)), UNKNOWN, id="alike"),
        pytest.param("when", rows("rhythmic_flag", (N2_S, N2_S + 12.0)), FITS, id="in N2"),
        pytest.param("when", rows("rhythmic_flag", (N3_S, N3_S + 12.0)), NOT, id="in N3"),
        pytest.param("muscles", rows("rhythmic_flag", (N2_S, N2_S + 12)), UNKNOWN, id="no video"),
        pytest.param(
            "software says", rows("rhythmic_flag", (N2_S, N2_S + 12)), "stated", id="flag only"
        ),
    ],
)
def test_rhythmic_flag(feature, found, fit):
    check(movement_night(found), "seizure_flag", feature, fit)


def test_flags_are_told_in_number_seconds_and_channels():
    score = movement_night(rows("rhythmic_flag", (N2_S, N2_S + 12.0), (R_S, R_S + 30.0)))
    found = differential(score).pattern("seizure_flag")
    assert found.count == 2
    assert found.feature("software says").value == "2 flags, 42 s in all"
    assert found.feature("muscles").value == "L, R"
    assert (
        found.feature("recurrence").value == f"onsets {R_S - N2_S:.0f} to {R_S - N2_S:.0f} s apart"
    )


# what holds for all ----------------------------------------------------------------------

EXCLUDED = [
    pytest.param("hypnic_jerk", jerks([1230.0]), id="jerk"),
    pytest.param("efm", potentials(SOME), id="potential"),
    pytest.param("seizure_flag", rows("rhythmic_flag", (N2_S, N2_S + 12.0)), id="flag"),
]


@pytest.mark.parametrize(("key", "found"), EXCLUDED)
def test_what_another_movement_explains_is_in_no_row(key, found):
    hidden = found.with_text("excluded_by", np.full(len(found), "artefact"))
    assert differential(movement_night(found)).pattern(key).count == len(found)
    pattern = differential(movement_night(hidden)).pattern(key)
    assert pattern.count == 0
    assert {one.fit for one in pattern.features} <= {"none found", "stated"}


@pytest.mark.parametrize(
    ("key", "changes", "what"),
    [
        ("hypnic_jerk", {"jerks": ()}, "hypnic jerks"),
        ("efm", {"fragmentary_per_hour": None}, "excessive fragmentary myoclonus"),
        ("seizure_flag", {"looked_for": ()}, "sustained rhythmic activity"),
    ],
)
def test_what_was_not_scored_has_its_reason_and_no_number(key, changes, what):
    score = movement_night(not_scored=(NotScored(what, "a reason"),), **changes)
    pattern = differential(score).pattern(key)
    assert pattern.count is None
    for one in pattern.features:
        assert (one.value, one.fit, one.reason) == (None, UNKNOWN, "a reason")
        assert not one.numbers


@pytest.mark.parametrize("key", ["plm", "rls_wake"])
@pytest.mark.parametrize("stages", [None, [Stage.UNSCORED] * len(STAGES)], ids=["none", "unscored"])
def test_without_stages_periodic_movements_belong_to_no_state(key, stages):
    pattern = differential(movement_night(night={"stages": stages})).pattern(key)
    assert pattern.count is None
    assert {one.fit for one in pattern.features} == {UNKNOWN}


def test_looked_for_and_none_found_is_a_known_zero():
    legs = movements([3000.0])
    for pattern in differential(movement_night(legs=legs)).patterns:
        assert pattern.count == 0
        assert {one.fit for one in pattern.features} <= {"none found", "stated"}


@pytest.mark.parametrize("name", NIGHTS)
def test_every_night_has_five_patterns_of_five_features(name):
    found = differential(NIGHTS[name])
    assert len(found.patterns) == 5
    for pattern in found.patterns:
        assert tuple(one.name for one in pattern.features) == FEATURES
        assert all(one.criterion for one in pattern.features)
        assert all(one.value != "" for one in pattern.features)


def test_propriospinal_myoclonus_cannot_be_excluded():
    (remark,) = differential(movement_night()).remarks
    assert "cannot be excluded" in remark
    assert "Left Leg, Right Leg, Chin" in remark


def test_limits_come_from_the_criteria():
    score = movement_night(jerks([1230.0], ms=300))
    rules = replace(score.movements.criteria.jerks, core_max_s=0.4)
    criteria = replace(score.movements.criteria, jerks=rules)
    score = replace(score, movements=replace(score.movements, criteria=criteria))
    found = check(score, "hypnic_jerk", "burst", FITS)
    assert found.criterion == "75-400 ms"


def test_the_order_of_stages_needs_a_fall():
    stages = [N2] * 120 + [N3] * 120 + [R] * 120
    legs = Events.concat([series(100.0, 10, 25.0), series(3700.0, 10, 25.0)])
    check(movement_night(legs=legs, night={"stages": stages}), "plm", "when", FITS)
    legs = Events.concat([series(100.0, 10, 25.0), series(7300.0, 10, 25.0)])
    check(movement_night(legs=legs, night={"stages": stages}), "plm", "when", NOT)
