"""Hypnic jerks: every limit of the rule a row. The rules take tables, so no signal is needed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from psgscore.model.criteria import WASM_2016
from psgscore.model.events import EXCLUDED_BY, Events
from psgscore.model.hypnogram import Hypnogram, Stage
from psgscore.model.jerk_criteria import FRAGMENTARY, JERKS, JerkCriteria
from psgscore.model.staging import SleepOnset
from psgscore.score.family import (
    POTENTIAL,
    RISEN_CHIN,
    above_jerks,
    mere_potentials,
    not_within,
    periodic_spans,
    with_reason,
)
from psgscore.score.jerk_candidates import count_muscles, jerk_candidates, muscles_of
from psgscore.score.jerk_context import CONTEXT, OTHER, RE_ENTRY, SLEEP_ONSET
from psgscore.score.jerk_night import JerkNight
from psgscore.score.jerk_summary import jerk_summary
from psgscore.score.jerks import EVIDENCE, score_jerks
from psgscore.score.night import score_events

W, N1, N2, R, UNSCORED = Stage.W, Stage.N1, Stage.N2, Stage.R, Stage.UNSCORED
MUSCLES = muscles_of({"Left Leg": "leg:left", "Right Leg": "leg:right", "Chin": "chin"})
LEGS = ("Left Leg", "Right Leg")
NEAR, FAR = 320.0, 1500.0
"""Moments soon after the sleep onset at 300 s, and in N2 far from any."""


def stages(*parts):
    """Build stages from (stage, epochs)."""
    return Hypnogram(np.concatenate([np.full(n, int(stage), np.int8) for stage, n in parts]))


NIGHT = stages((W, 10), (N1, 4), (N2, 86))


def asleep_at(onset_s, epoch=None, spread_s=10.0):
    epoch = int(onset_s // 30) if epoch is None else epoch
    low_s, high_s = onset_s - spread_s, onset_s + spread_s
    return SleepOnset(epoch=epoch, onset_s=onset_s, low_s=low_s, high_s=high_s, kind="alpha")


def bursts(*rows, length_ms=100.0, peak_uv=100.0, baseline_uv=2.0):
    """Build bursts from (channel, start) or (channel, start, ms)."""
    starts = np.array([row[1] for row in rows], float)
    lengths = np.array([row[2] if len(row) > 2 else length_ms for row in rows], float)
    measures = {"duration_ms": lengths, "peak_uv": peak_uv, "baseline_uv": baseline_uv}
    channels = [row[0] for row in rows]
    return Events.of("burst", starts, starts + lengths / 1000, channel=channels, measures=measures)


def one(start_s=FAR, length_ms=100.0, **more):
    return jerk_candidates(bursts(("Left Leg", start_s, length_ms), **more), MUSCLES)


def two(start_s=FAR, **more):
    """Return a candidate seen in both legs at once."""
    return jerk_candidates(bursts(*[(leg, start_s) for leg in LEGS], **more), MUSCLES)


def events(*spans, kind="arousal"):
    return Events.of(kind, [a for a, _ in spans], [b for _, b in spans])


def night(hypnogram=NIGHT, **known):
    """Return a night in which everything was looked at, and nothing was there."""
    nothing = Events.empty()
    given_ = {
        "n_muscles": 3,
        "onsets": (asleep_at(300.0),),
        "waves": nothing,
        "arousals": nothing,
        "respiratory": nothing,
        "potentials": nothing,
        "heart_rise_bpm": np.zeros(1),
    }
    return JerkNight(hypnogram=hypnogram, **(given_ | known))


def judged(candidates, **known):
    """Return the one row."""
    (row,) = score_jerks(candidates, night(**known)).events
    return row


# --- bursts and candidates -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("length_ms", "core"),
    [
        pytest.param(49, None, id="49 ms is too short"),
        pytest.param(50, 0, id="50 ms: extended"),
        pytest.param(74, 0, id="74 ms: extended"),
        pytest.param(75, 1, id="75 ms: core"),
        pytest.param(250, 1, id="250 ms: core"),
        pytest.param(251, 0, id="251 ms: extended"),
        pytest.param(499, 0, id="499 ms: extended"),
        pytest.param(500, None, id="500 ms goes the way of leg movements"),
    ],
)
def test_the_length_of_a_burst(length_ms, core):
    found = one(length_ms=length_ms)
    assert found.measures.get("core", np.zeros(0)).tolist() == ([] if core is None else [core])


@pytest.mark.parametrize(
    ("peak_uv", "baseline_uv", "count"),
    [
        pytest.param(49.999, 2.0, 0, id="under 50 uV"),
        pytest.param(50.0, 2.0, 1, id="50 uV"),
        pytest.param(50.0, 10.0, 1, id="50 uV, five times the baseline"),
        pytest.param(99.999, 20.0, 0, id="under five times the baseline"),
        pytest.param(100.0, 20.0, 1, id="five times the baseline"),
    ],
)
def test_the_height_of_a_burst(peak_uv, baseline_uv, count):
    assert len(one(peak_uv=peak_uv, baseline_uv=baseline_uv)) == count


@pytest.mark.parametrize("second", LEGS, ids=["the same muscle", "another muscle"])
@pytest.mark.parametrize(
    ("gap_s", "count"),
    [
        pytest.param(0.999, 1, id="0.999 s after the end: one jerk"),
        pytest.param(1.0, 2, id="1 s: two jerks"),
    ],
)
def test_bursts_close_together_are_one_jerk(gap_s, count, second):
    rows = bursts(("Left Leg", FAR), (second, FAR + 0.1 + gap_s))
    assert len(jerk_candidates(rows, MUSCLES)) == count


@pytest.mark.parametrize(
    ("longest_ms", "core"),
    [pytest.param(251.0, 0, id="the largest lasts 251 ms"), pytest.param(250.0, 1, id="250 ms")],
)
def test_the_largest_burst_says_whether_it_is_core(longest_ms, core):
    rows = Events.concat(
        [
            bursts(("Left Leg", FAR, 100.0), peak_uv=80.0),
            bursts(("Right Leg", FAR, longest_ms), peak_uv=90.0),
        ]
    )
    (found,) = jerk_candidates(rows, MUSCLES)
    assert found.measures["core"] == core
    assert found.measures["duration_ms"] == longest_ms


@pytest.mark.parametrize(
    ("apart_ms", "n_muscles", "spread_ms"),
    [
        pytest.param(0, 2, 0, id="at once"),
        pytest.param(100, 2, 100, id="100 ms apart: two muscles"),
        pytest.param(101, 1, 0, id="101 ms apart: one"),
    ],
)
def test_two_muscles_at_once(apart_ms, n_muscles, spread_ms):
    rows = bursts(("Left Leg", FAR), ("Right Leg", FAR + apart_ms / 1000))
    (found,) = jerk_candidates(rows, MUSCLES)
    assert found.measures["n_muscles"] == n_muscles
    assert found.measures["onset_spread_ms"] == pytest.approx(spread_ms)
    assert found.channel == "Left Leg+Right Leg"


@pytest.mark.parametrize(
    ("roles", "recorded", "seen"),
    [
        pytest.param(("leg:left", "leg:right"), 2, 2, id="two legs"),
        pytest.param(("leg:left", "leg:left"), 1, 1, id="two derivations of one leg"),
        pytest.param(("leg:unknown", "leg:unknown"), 2, 2, id="legs whose side is not known"),
        pytest.param(("leg:left", "leg:both"), 1, 1, id="one leg, and both together"),
        pytest.param(("chin", "leg:both"), 2, 2, id="chin, and both legs together"),
    ],
)
def test_no_muscle_counts_twice(roles, recorded, seen):
    muscles = muscles_of(dict(zip(LEGS, roles, strict=True)))
    (found,) = jerk_candidates(bursts(*[(leg, FAR) for leg in LEGS]), muscles)
    assert count_muscles(muscles) == recorded
    assert found.measures["n_muscles"] == seen


def test_no_bursts_no_candidates():
    assert len(jerk_candidates(Events.empty(), MUSCLES)) == 0


# --- evidence ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("delay_s", "point"),
    [
        pytest.param(-0.501, 0, id="501 ms before"),
        pytest.param(-0.5, 1, id="0.5 s before"),
        pytest.param(1.0, 1, id="1 s after"),
        pytest.param(1.001, 0, id="1001 ms after"),
    ],
)
def test_a_wave_near_it(delay_s, point):
    waves = events((FAR + delay_s, FAR + delay_s + 0.3), kind="vertex_wave")
    assert judged(one(), waves=waves).measures["ev_wave"] == point


@pytest.mark.parametrize(
    ("span", "evidence"),
    [
        pytest.param((FAR - 0.5, FAR + 1.0), 0.0, id="looked at as far as it counts"),
        pytest.param((FAR - 0.499, FAR + 1.0), np.nan, id="not from 0.5 s before"),
        pytest.param((FAR - 0.5, FAR + 0.999), np.nan, id="not to 1 s after"),
        pytest.param((0.0, 100.0), np.nan, id="elsewhere"),
    ],
)
def test_a_wave_that_could_not_be_looked_for_is_not_absent(span, evidence):
    found = judged(one(), waves_looked=np.array([span])).measures["ev_wave"]
    assert found == pytest.approx(evidence, nan_ok=True)


@pytest.mark.parametrize(
    ("delay_s", "point"),
    [
        pytest.param(-0.001, 0, id="1 ms before it"),
        pytest.param(0.0, 1, id="at once"),
        pytest.param(3.0, 1, id="3 s after"),
        pytest.param(3.001, 0, id="3001 ms after"),
    ],
)
def test_an_arousal_after_it(delay_s, point):
    arousals = events((FAR + delay_s, FAR + delay_s + 5.0))
    assert judged(one(), arousals=arousals).measures["ev_arousal"] == point


@pytest.mark.parametrize(
    ("before_s", "point"),
    [
        pytest.param(3.0, 1, id="3 s before wake"),
        pytest.param(3.001, 0, id="3001 ms before wake"),
    ],
)
def test_an_awakening_after_it(before_s, point):
    wakes = stages((W, 10), (N2, 40), (W, 50))
    row = judged(one(1500.0 - before_s), hypnogram=wakes)
    assert row.measures["ev_arousal"] == point


def test_an_awakening_is_seen_where_no_arousals_were_scored():
    wakes = stages((W, 10), (N2, 40), (W, 50))
    assert judged(one(1498.0), hypnogram=wakes, arousals=None).measures["ev_arousal"] == 1


@pytest.mark.parametrize(
    ("rise_bpm", "point"),
    [
        pytest.param(7.999, 0, id="under 8 per minute"),
        pytest.param(8.0, 1, id="8 per minute"),
        pytest.param(np.nan, np.nan, id="not known"),
    ],
)
def test_a_faster_heart(rise_bpm, point):
    row = judged(one(), heart_rise_bpm=np.array([rise_bpm]))
    assert row.measures["ev_heart"] == pytest.approx(point, nan_ok=True)
    assert row.measures["points"] == (point == 1)


def test_one_heart_rise_for_each_candidate():
    with pytest.raises(ValueError, match=r"must have shape \(1,\), not \(2,\)"):
        judged(one(), heart_rise_bpm=np.zeros(2))


# --- where it stands -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("delay_s", "context"),
    [
        pytest.param(-60.001, OTHER, id="over 60 s before"),
        pytest.param(-60.0, SLEEP_ONSET, id="60 s before"),
        pytest.param(90.0, SLEEP_ONSET, id="90 s after"),
        pytest.param(90.001, OTHER, id="over 90 s after"),
    ],
)
def test_the_time_around_sleep_onset(delay_s, context):
    row = judged(two(300.0 + delay_s))
    assert row.texts[CONTEXT] == context
    delay = np.nan if context == OTHER else delay_s
    assert row.measures["onset_delay_s"] == pytest.approx(delay, nan_ok=True)
    assert row.measures["onset_low_s"] == pytest.approx(delay - 10, nan_ok=True)
    assert row.measures["onset_high_s"] == pytest.approx(delay + 10, nan_ok=True)


def test_the_estimate_counts_not_the_epoch():
    row = judged(two(389.0), onsets=(asleep_at(290.0, epoch=10),))
    assert row.texts[CONTEXT] == OTHER


@pytest.mark.parametrize(
    ("before", "context"),
    [
        pytest.param([(W, 1)], OTHER, id="30 s of wake before"),
        pytest.param([(W, 2)], SLEEP_ONSET, id="60 s of wake before"),
        pytest.param([(W, 5), (UNSCORED, 1), (W, 1)], OTHER, id="30 s, and before that not known"),
    ],
)
def test_how_long_awake_before(before, context):
    hypnogram = stages(*before, (N2, 40))
    onset_s = 30.0 * sum(n for _, n in before)
    row = judged(two(onset_s + 5), hypnogram=hypnogram, onsets=(asleep_at(onset_s),))
    assert row.texts[CONTEXT] == context


TWICE = stages((W, 10), (N2, 20), (W, 2), (N2, 40))
SHORT_FIRST = stages((W, 1), (N2, 29), (W, 2), (N2, 40))


@pytest.mark.parametrize(
    ("hypnogram", "start_s", "lights_off_s", "context"),
    [
        pytest.param(TWICE, 310.0, None, SLEEP_ONSET, id="the first"),
        pytest.param(TWICE, 970.0, None, RE_ENTRY, id="a later one"),
        pytest.param(TWICE, 310.0, 300.0, SLEEP_ONSET, id="at lights off"),
        pytest.param(TWICE, 310.0, 300.001, OTHER, id="before lights off"),
        pytest.param(TWICE, 970.0, 900.0, SLEEP_ONSET, id="the first after lights off"),
        pytest.param(TWICE, 970.0, 899.0, RE_ENTRY, id="asleep at lights off"),
        pytest.param(SHORT_FIRST, 970.0, None, RE_ENTRY, id="the first had too little wake"),
        pytest.param(TWICE, 700.0, None, OTHER, id="elsewhere in NREM"),
    ],
)
def test_sleep_onset_re_entry_and_elsewhere(hypnogram, start_s, lights_off_s, context):
    first = 30.0 if hypnogram is SHORT_FIRST else 300.0
    onsets = (asleep_at(first), asleep_at(960.0))
    row = judged(two(start_s), hypnogram=hypnogram, onsets=onsets, lights_off_s=lights_off_s)
    assert row.texts[CONTEXT] == context


def test_between_two_onsets_it_belongs_to_the_nearer():
    hypnogram = stages((W, 10), (N2, 1), (W, 2), (N2, 40))
    known = {"hypnogram": hypnogram, "onsets": (asleep_at(300.0), asleep_at(390.0))}
    assert judged(two(344.0), **known).texts[CONTEXT] == SLEEP_ONSET
    assert judged(two(346.0), **known).texts[CONTEXT] == RE_ENTRY


# --- what is no jerk -----------------------------------------------------------------------


def excluded_by(candidates, **known):
    return judged(candidates, **known).texts[EXCLUDED_BY]


@pytest.mark.parametrize(
    ("series", "reason"),
    [
        pytest.param((FAR - 100, FAR + 100), "periodic leg movements", id="inside a series"),
        pytest.param((FAR - 99, FAR - 10), "periodic leg movements", id="10 s after one"),
        pytest.param((FAR - 99, FAR - 10.001), "", id="over 10 s after one"),
        pytest.param((FAR + 10.1, FAR + 99), "periodic leg movements", id="10 s before one"),
        pytest.param((FAR + 10.101, FAR + 99), "", id="over 10 s before one"),
    ],
)
def test_periodic_series(series, reason):
    assert excluded_by(two(), periodic_spans=np.array([series])) == reason


def legs_with(*series):
    """Return leg scores whose movements, 20 s apart, have these series numbers."""
    found = []
    for numbers in series:
        starts = 100.0 + 20.0 * np.arange(len(numbers))
        legs = score_events(
            Events.of("LM:left", starts, starts + 1.0), NIGHT, rules=[WASM_2016]
        ).legs[0]
        verdicts = replace(legs.verdicts, series=np.array(numbers))
        found.append(replace(legs, verdicts=verdicts))
    return found


@pytest.mark.parametrize(
    ("series", "spans"),
    [
        pytest.param([], [], id="no leg movements scored"),
        pytest.param([[0, 0, 0, 0]], [], id="none periodic"),
        pytest.param([[0, 1, 1, 2, 2]], [[120, 141], [160, 181]], id="two series"),
        pytest.param([[0, 0, 0], [0, 3, 3]], [[120, 141]], id="of the second rule set only"),
    ],
)
def test_a_series_of_any_rule_set_is_periodic(series, spans):
    assert periodic_spans(legs_with(*series)).tolist() == spans


def some_potentials(*starts_s, synchronous=0.0):
    starts = np.array(starts_s, float)
    measures = {"synchronous": np.broadcast_to(synchronous, starts.shape)}
    return Events.of("fragmentary_potential", starts, starts + 0.1, measures=measures)


@pytest.mark.parametrize(
    ("potentials", "reason"),
    [
        pytest.param(some_potentials(*FAR + np.arange(10.0, 50.0, 10)), "", id="4 in the minute"),
        pytest.param(
            some_potentials(*FAR + np.arange(10.0, 60.0, 10)), "fragmentary potentials",
            id="5 in the minute",
        ),
        pytest.param(
            some_potentials(*FAR + np.array([10, 20, 30, 40, 59.999])), "fragmentary potentials",
            id="the fifth within the minute that begins with the jerk",
        ),
        pytest.param(
            some_potentials(*FAR + np.array([10, 20, 30, 40, 60.0])), "", id="the fifth after it"
        ),
        pytest.param(
            some_potentials(*FAR + np.array([-30, -20, -10, 10, 29.999])),
            "fragmentary potentials", id="five around it within a minute",
        ),
        pytest.param(
            some_potentials(*FAR + np.array([-30, -20, -10, 10, 30.0])), "",
            id="five around it, in just a minute",
        ),
        pytest.param(
            some_potentials(*FAR + np.array([0, 10, 20, 30, 40.0])), "",
            id="the jerk's own burst is not one of them",
        ),
        pytest.param(
            some_potentials(*FAR + np.arange(10.0, 60.0, 10), synchronous=[0, 0, 0, 0, 1]), "",
            id="nor is one of two muscles",
        ),
    ],
)  # fmt: skip
def test_fragmentary_potentials(potentials, reason):
    assert excluded_by(two(), potentials=potentials) == reason


@pytest.mark.parametrize(
    ("first_s", "start_s", "reason"),
    [
        pytest.param(299.0, 308.0, "", id="asleep: four of NREM, one of wake"),
        pytest.param(301.0, 308.0, "fragmentary potentials", id="asleep: five of NREM"),
        pytest.param(299.0, 295.0, "fragmentary potentials", id="awake: five of any stage"),
    ],
)
def test_short_bursts_of_wake_say_nothing_of_a_jerk_in_sleep(first_s, start_s, reason):
    potentials = some_potentials(first_s, 302.0, 303.0, 304.0, 305.0)
    assert excluded_by(two(start_s), potentials=potentials) == reason


@pytest.mark.parametrize(
    ("span", "reason"),
    [
        pytest.param((FAR + 0.6, FAR + 20), "respiratory event", id="0.5 s before it begins"),
        pytest.param((FAR + 0.601, FAR + 20), "", id="over 0.5 s before"),
        pytest.param((FAR - 30, FAR + 20), "respiratory event", id="during it"),
        pytest.param((FAR - 30, FAR - 10.25), "respiratory event", id="10.25 s after its end"),
        pytest.param((FAR - 30, FAR - 10.251), "", id="over 10.25 s after"),
    ],
)
def test_respiratory_events(span, reason):
    assert excluded_by(two(), respiratory=events(span, kind="hypopnea")) == reason


@pytest.mark.parametrize(
    ("span", "reason"),
    [
        pytest.param((FAR - 1.0, FAR + 4), "", id="it began 1 s before"),
        pytest.param((FAR - 1.001, FAR + 4), "after an arousal", id="over 1 s before"),
        pytest.param((FAR - 6, FAR - 0.499), "after an arousal", id="it ended 499 ms before"),
        pytest.param((FAR - 6, FAR - 0.5), "", id="it was over 0.5 s before"),
    ],
)
def test_an_arousal_before_it(span, reason):
    assert excluded_by(two(), arousals=events(span)) == reason


@pytest.mark.parametrize(
    ("span", "reason"),
    [
        pytest.param((FAR - 5, FAR), "", id="it ends where the jerk begins"),
        pytest.param((FAR - 5, FAR + 0.001), "large movement", id="1 ms of it"),
        pytest.param((FAR + 0.099, FAR + 5), "large movement", id="the last 1 ms"),
        pytest.param((FAR + 0.1, FAR + 5), "", id="it begins where the jerk ends"),
    ],
)
def test_movements_of_a_higher_rank(span, reason):
    assert excluded_by(two(), outranked={"large movement": np.array([span])}) == reason


@pytest.mark.parametrize(
    ("count", "reason"),
    [pytest.param(3, "", id="3 bursts"), pytest.param(4, "run of bursts", id="4 are a run")],
)
def test_runs_of_bursts(count, reason):
    rows = bursts(*[(leg, FAR + 0.8 * k) for k in range(count) for leg in LEGS])
    assert excluded_by(jerk_candidates(rows, MUSCLES)) == reason


@pytest.mark.parametrize(
    ("hypnogram", "start_s", "reason"),
    [
        pytest.param(stages((W, 10), (N2, 10), (R, 40)), 599.999, "", id="before stage R"),
        pytest.param(stages((W, 10), (N2, 10), (R, 40)), 600.0, "stage R", id="stage R"),
        pytest.param(
            stages((W, 10), (N2, 10), (UNSCORED, 9)), 600.0, "no sleep stage", id="no stage"
        ),
        pytest.param(NIGHT, 240.0, "", id="awake, 60 s before sleep onset"),
        pytest.param(
            NIGHT, 239.9, "wake, no sleep onset near", id="awake, more than 60 s before it"
        ),
    ],
)
def test_stages_in_which_there_is_none(hypnogram, start_s, reason):
    assert excluded_by(two(start_s), hypnogram=hypnogram) == reason


def test_the_weightiest_reason_stands():
    everywhere = np.array([(0.0, 3000.0)])
    known = {"outranked": {"artefact": everywhere, "LMM": everywhere}, "periodic_spans": everywhere}
    assert excluded_by(two(), **known) == "artefact"


def test_what_is_excluded_keeps_its_row_and_is_not_counted():
    score = score_jerks(two(NEAR), night(periodic_spans=np.array([(0.0, 3000.0)])))
    assert len(score.events) == 1
    assert {one.count for one in jerk_summary(score) if one.context == SLEEP_ONSET} == {0}


# --- tiers ---------------------------------------------------------------------------------


def with_points(candidates, points, **known):
    """Judge a candidate that has so many points besides its muscles."""
    start = candidates.start_s[0]
    if points >= 1:
        known["waves"] = events((start, start + 0.2), kind="vertex_wave")
    if points >= 2:
        known["arousals"] = events((start + 1, start + 6))
    if points >= 3:
        known["heart_rise_bpm"] = np.array([12.0])
    return judged(candidates, **known).kind.removeprefix("jerk:")


@pytest.mark.parametrize(
    ("muscles", "start_s", "length_ms", "points", "tier"),
    [
        pytest.param(2, NEAR, 100, 1, "definite", id="sleep onset, two muscles, one more point"),
        pytest.param(2, NEAR, 100, 0, "probable", id="sleep onset, two muscles only"),
        pytest.param(1, NEAR, 100, 3, "probable", id="sleep onset, one muscle, all other points"),
        pytest.param(1, NEAR, 100, 1, "probable", id="sleep onset, one muscle and a wave"),
        pytest.param(1, NEAR, 100, 0, "possible", id="sleep onset, no point"),
        pytest.param(2, NEAR, 74, 3, "possible", id="sleep onset, extended"),
        pytest.param(2, FAR, 100, 3, "probable", id="elsewhere it is never definite"),
        pytest.param(2, FAR, 100, 0, "probable", id="elsewhere, two muscles only"),
        pytest.param(1, FAR, 100, 2, "probable", id="elsewhere, one muscle and two points"),
        pytest.param(1, FAR, 100, 1, "possible", id="elsewhere, one muscle and a wave"),
        pytest.param(2, FAR, 251, 3, "possible", id="elsewhere, extended"),
    ],
)
def test_tiers(muscles, start_s, length_ms, points, tier):
    found = (one if muscles == 1 else two)(start_s, length_ms=length_ms)
    assert with_points(found, points) == tier


def test_a_later_falling_asleep_is_never_definite():
    onsets = (asleep_at(300.0), asleep_at(960.0))
    assert with_points(two(970.0), 3, hypnogram=TWICE, onsets=onsets) == "probable"


@pytest.mark.parametrize(("points", "tier"), [(0, "possible"), (1, "probable")])
def test_how_many_points_a_lone_burst_needs_can_be_set(points, tier):
    waves = events(*[(FAR, FAR + 0.2)] * points, kind="vertex_wave")
    criteria = replace(JERKS, lone_points=1)
    (row,) = score_jerks(one(), night(waves=waves), criteria).events
    assert row.kind == f"jerk:{tier}"


def test_with_one_muscle_recorded_it_is_at_most_possible():
    assert with_points(one(NEAR), 3, n_muscles=1) == "possible"
    score = score_jerks(one(NEAR), night(n_muscles=1))
    assert np.isnan(score.events.measures["ev_muscles"]).all()
    reasons = {item.what: item.reason for item in score.not_scored}
    assert "one muscle was recorded" in reasons["definite and probable hypnic jerks"]


# --- what is not known ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "evidence", "what"),
    [
        ("waves", "ev_wave", "vertex waves and K-complexes at hypnic jerks"),
        ("arousals", "ev_arousal", "arousals at hypnic jerks"),
        ("heart_rise_bpm", "ev_heart", "heart rate at hypnic jerks"),
        ("respiratory", None, "exclusion of hypnic jerks by respiratory events"),
        ("potentials", None, "exclusion of hypnic jerks by fragmentary potentials"),
    ],
)
def test_what_was_not_scored_is_unknown_and_said(name, evidence, what):
    score = score_jerks(two(), night(**{name: None}))
    assert [item.what for item in score.not_scored] == [what]
    (row,) = score.events
    unknown = {column for column in EVIDENCE if np.isnan(row.measures[column])}
    assert unknown == ({evidence} if evidence else set())
    assert row.kind == "jerk:probable"


def test_nothing_is_missing_where_everything_was_looked_at():
    assert score_jerks(two(), night()).not_scored == ()


@pytest.mark.parametrize(
    ("known", "reason"),
    [
        pytest.param({"n_muscles": 0}, "no EMG can be used", id="no EMG"),
        pytest.param({"hypnogram": None}, "no sleep stages", id="no stages"),
        pytest.param({"hypnogram": stages((W, 100))}, "no epoch is scored as sleep", id="no sleep"),
    ],
)
def test_not_scored_is_not_none_found(known, reason):
    score = score_jerks(two(), night(**known))
    (missing,) = score.not_scored
    assert missing.what == "hypnic jerks"
    assert reason in missing.reason
    assert len(score.events) == 0
    assert jerk_summary(score) == ()


def test_a_night_without_a_first_falling_asleep_says_so():
    (missing,) = score_jerks(two(), night(onsets=())).not_scored
    assert missing.what == "hypnic jerks at sleep onset"


# --- counts --------------------------------------------------------------------------------


def counts(score, context, onset=-1):
    rows = [row for row in jerk_summary(score) if (row.context, row.onset) == (context, onset)]
    return {row.tier: row.count for row in rows}


def test_counts_per_context_and_per_sleep_onset():
    rows = bursts(*[(leg, at) for leg in LEGS for at in (NEAR, FAR)])
    candidates = jerk_candidates(rows, MUSCLES)
    waves = events((NEAR, NEAR + 0.2), kind="vertex_wave")
    score = score_jerks(candidates, night(waves=waves, heart_rise_bpm=np.zeros(2)))
    assert counts(score, SLEEP_ONSET) == {"definite": 1, "probable": 0, "possible": 0}
    assert counts(score, SLEEP_ONSET, onset=0) == {"definite": 1, "probable": 0, "possible": 0}
    assert counts(score, OTHER) == {"definite": 0, "probable": 1, "possible": 0}


def test_a_sleep_onset_without_readable_emg_has_no_count():
    score = score_jerks(two(), night(readable=np.array([(1000.0, 3000.0)])))
    assert set(counts(score, SLEEP_ONSET, onset=0).values()) == {None}
    assert counts(score, OTHER)["probable"] == 1


# --- what is a potential, and no jerk ------------------------------------------------------


@pytest.mark.parametrize(
    ("start_s", "length_ms", "muscles", "points", "potential"),
    [
        pytest.param(FAR, 74, 1, 0, True, id="74 ms: neither a jerk nor counted"),
        pytest.param(FAR, 75, 1, 0, True, id="75 ms"),
        pytest.param(FAR, 150, 1, 0, True, id="150 ms"),
        pytest.param(FAR, 151, 1, 0, False, id="151 ms is too long for a potential"),
        pytest.param(FAR, 100, 2, 0, False, id="two muscles are a jerk's"),
        pytest.param(FAR, 100, 1, 1, True, id="one point is often chance"),
        pytest.param(FAR, 100, 1, 2, False, id="two points speak for a jerk"),
        pytest.param(NEAR, 100, 1, 0, False, id="by sleep onset it may be a jerk"),
    ],
)
def test_a_lone_burst_with_little_that_speaks_for_a_jerk(
    start_s, length_ms, muscles, points, potential
):
    waves = events(*[(start_s, start_s + 0.2)] * (points >= 1), kind="vertex_wave")
    arousals = events(*[(start_s + 1, start_s + 6)] * (points >= 2))
    found = (one if muscles == 1 else two)(start_s, length_ms=length_ms)
    jerks = score_jerks(found, night(waves=waves, arousals=arousals)).events
    assert mere_potentials(jerks, FRAGMENTARY, 2).tolist() == [potential]


def test_the_largest_burst_is_not_the_one_of_the_highest_peak():
    rows = Events.concat(
        [
            bursts(("Left Leg", FAR, 60.0), peak_uv=110.0),
            bursts(("Right Leg", FAR, 140.0), peak_uv=100.0),
        ]
    )
    (found,) = jerk_candidates(rows, MUSCLES)
    assert (found.measures["core"], found.measures["peak_uv"]) == (1, 100.0)


def test_a_reason_that_was_there_stays():
    jerks = score_jerks(one(), night(periodic_spans=np.array([(0.0, 3000.0)]))).events
    assert with_reason(jerks, np.array([True]), POTENTIAL).text(EXCLUDED_BY) == [
        "periodic leg movements"
    ]


def test_no_jerks_are_no_potentials():
    assert mere_potentials(Events.empty(), FRAGMENTARY, 2).tolist() == []


# --- properties ----------------------------------------------------------------------------

tables = st.lists(
    st.tuples(st.sampled_from(sorted(MUSCLES)), st.floats(100, 2900), st.floats(40, 520)),
    min_size=1,
    max_size=12,
)


@given(tables)
def test_every_fitting_burst_is_in_one_candidate(rows):
    found = bursts(*rows)
    fit = found.where((found.duration_s >= 0.05) & (found.duration_s < 0.5))
    candidates = jerk_candidates(found, MUSCLES)
    inside = (fit.start_s[:, None] >= candidates.start_s) & (
        fit.stop_s[:, None] <= candidates.stop_s
    )
    assert (inside.sum(axis=1) == 1).all()
    assert (candidates.start_s[1:] - candidates.stop_s[:-1] >= 1.0 - 1e-6).all()


@given(tables)
def test_more_evidence_never_lowers_a_tier(rows):
    candidates = jerk_candidates(bursts(*rows), MUSCLES)
    n = len(candidates)
    order = {"jerk:possible": 0, "jerk:probable": 1, "jerk:definite": 2}
    plain, faster = (
        score_jerks(candidates, night(heart_rise_bpm=np.full(n, bpm))).events.kind
        for bpm in (0.0, 9.0)
    )
    assert all(order[b] >= order[a] for a, b in zip(plain, faster, strict=True))


@pytest.mark.parametrize(
    "wrong",
    [
        {"lone_points": 0},
        {"max_bursts": 0},
        {"potentials_per_min": 0},
        {"minute_s": 0.0},
        {"min_peak_uv": 0.0},
        {"baseline_ratio": 1.0},
        {"muscles_s": -0.1},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_impossible_criteria_are_refused(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        JerkCriteria(**wrong)


def test_a_burst_in_a_risen_tone_of_the_chin_is_no_jerk_unless_it_comes_with_the_rise():
    risen = Events.of("bruxism:tonic", [100.0], [112.0], texts={EXCLUDED_BY: "may be a movement"})
    assert above_jerks(risen)[RISEN_CHIN].tolist() == [[101.0, 112.0]]
    short = Events.of("bruxism:tonic", [100.0], [101.0], texts={EXCLUDED_BY: "may be a movement"})
    assert above_jerks(short) == {}


def test_bursts_of_a_train_are_no_fragmentary_potentials():
    found = Events.of("fragmentary_potential", [10.0, 30.0, 50.0], [10.1, 30.1, 50.1])
    kept = not_within(found, {"ALMA": np.array([[25.0, 40.0]]), "HFT": np.array([[50.1, 60.0]])})
    assert kept.start_s.tolist() == [10.0, 50.0]
    assert not_within(found, {}) == found
