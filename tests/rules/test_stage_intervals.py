"""Intervals by the stage of the later movement, and what is left without respiratory ones."""

from __future__ import annotations

import numpy as np
import pytest

from psgscore.model.criteria import AASM_V3, WASM_2016
from psgscore.model.events import Events
from psgscore.model.hypnogram import Hypnogram, Stage
from psgscore.score.night import Context, score_events

STAGES = [Stage.W] * 4 + [Stage.N2] * 6 + [Stage.N3] * 6
ONSETS = [100.0, 130.0, 135.0, 160.0, 300.0, 330.0]


def scored(*, respiratory=(), onsets=ONSETS, rules=WASM_2016, stages=STAGES, gaps=()):
    start = np.array(onsets)
    events = [Events.of("LM:left", start, start + 1.0)]
    if respiratory:
        stop = np.array(respiratory)
        events.append(Events.of("apnea", stop - 10.0, stop))
    return score_events(
        Events.concat(events),
        Hypnogram(np.array([int(stage) for stage in stages])),
        rules=(rules,),
        context=Context(
            covers=frozenset({"LM", "respiratory", "arousal"}),
            gaps=np.array(gaps, float).reshape(-1, 2),
        ),
    )


def values(score, scope, suffix=""):
    names = ("interval_short_count", "interval_in_range_count", "interval_long_count")
    rules = score.legs[0].criteria.name
    found = [score.statistic(f"{name}{suffix}", rules, scope) for name in names]
    return [None if one is None else one.value for one in found]


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        ("total", [1, 3, 1]),  # 5 s; 30, 25, 30 s; 140 s
        ("sleep", [1, 3, 1]),
        ("W", [0, 0, 0]),  # the first of all has no interval
        ("N2", [1, 2, 0]),
        ("N3", [0, 1, 1]),
        ("R", [0, 0, 0]),
    ],
)
def test_an_interval_is_in_the_stage_of_the_later_movement(scope, expected):
    assert values(scored(), scope) == expected


@pytest.mark.parametrize(
    ("interval_s", "rules", "expected"),
    [
        (10.0, WASM_2016, [0, 1, 0]),
        (9.99, WASM_2016, [1, 0, 0]),
        (5.0, AASM_V3, [0, 1, 0]),
        (4.99, AASM_V3, [1, 0, 0]),
        (90.0, WASM_2016, [0, 1, 0]),
        (90.01, WASM_2016, [0, 0, 1]),
    ],
)
def test_the_limits_belong_to_the_range(interval_s, rules, expected):
    assert values(scored(onsets=[130.0, 130.0 + interval_s], rules=rules), "sleep") == expected


def test_a_rule_set_of_sleep_has_no_interval_from_a_movement_in_wake():
    score = scored(rules=AASM_V3)
    assert values(score, "sleep") == [0, 3, 1]
    assert values(score, "W") == values(score, "total") == [None] * 3


def test_no_interval_runs_across_a_gap():
    assert values(scored(gaps=[[200.0, 260.0]]), "total") == [1, 3, 0]


def test_geometric_mean_and_spread():
    score = scored(onsets=[130.0, 150.0, 190.0])
    mean = score.statistic("interval_geometric_mean_s", "wasm-2016", "N2")
    spread = score.statistic("interval_geometric_sd", "wasm-2016", "N2")
    assert mean.value == pytest.approx(np.sqrt(20 * 40))
    assert spread.value == pytest.approx(2 ** (1 / np.sqrt(2)))
    assert score.statistic("interval_geometric_mean_s", "wasm-2016", "R").value is None


def test_respiratory_movements_are_taken_out_before_the_intervals():
    score = scored(respiratory=[132.0])
    assert values(score, "total") == [1, 3, 1]
    assert values(score, "total", "_without_respiratory") == [0, 2, 1]
    total = {
        name: score.rate(name, "wasm-2016", "total").count
        for name in ("clm", "lm_respiratory", "clm_without_respiratory")
    }
    assert total == {"clm": 6, "lm_respiratory": 2, "clm_without_respiratory": 4}


def test_share_in_series_without_respiratory_movements():
    onsets = [130.0, 150.0, 170.0, 190.0, 210.0, 230.0, 450.0]
    score = scored(onsets=onsets, respiratory=[131.0])
    share = score.statistic("pi_count_without_respiratory", "wasm-2016", "total")
    assert share.value == pytest.approx(5 / 6)
    assert (
        scored(onsets=[130.0], respiratory=[131.0])
        .statistic("pi_count_without_respiratory", "wasm-2016", "total")
        .value
        is None
    )


def test_without_respiratory_scoring_there_is_no_such_number():
    start = np.array(ONSETS)
    score = score_events(Events.of("LM:left", start, start + 1.0))
    assert not [one for one in score.statistics if one.name.endswith("_without_respiratory")]
    assert not [one for one in score.histograms if one.name.endswith("_without_respiratory")]
