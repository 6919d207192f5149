"""The review list: who is on it, why, and in which order."""

from __future__ import annotations

import csv
from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from psgscore.model.hypnogram import Hypnogram, Stage
from psgscore.model.staging import PROBABILITY_STAGES
from psgscore.staging import review
from psgscore.staging.review import (
    IMPLAUSIBLE,
    REASONS,
    TRANSITIONS,
    review_list,
    sequence_probability,
)

W, N1, N2, N3, R, U = Stage.W, Stage.N1, Stage.N2, Stage.N3, Stage.R, Stage.UNSCORED


def rows_for(stages, sure):
    """Return probabilities with `sure` on each stage and the rest spread evenly."""
    sure = np.broadcast_to(np.asarray(sure, float), len(stages))
    rows = np.repeat(((1 - sure) / 4)[:, None], 5, axis=1)
    rows[np.arange(len(stages)), np.maximum(stages, 0)] = sure
    rows[np.asarray(stages) < 0] = np.nan
    return rows


def listed(stages, sure=0.99, *, why=None, other=None):
    hypnogram = Hypnogram(np.array(stages, np.int8))
    reasons = np.full(len(stages), "") if why is None else np.array(why)
    rows = None if sure is None else rows_for(stages, sure)
    theirs = None if other is None else Hypnogram(np.array(other, np.int8))
    return review_list(hypnogram, rows, reasons, other=theirs)


def epochs_with(reason, items):
    return sorted(item.epoch for item in items if reason in item.reasons)


QUIET = [N2] * 12


@pytest.mark.parametrize(
    ("reason", "stages", "epochs"),
    [
        ("first R", [*QUIET, R, R, N2, R], [12]),
        ("first R", QUIET, []),
        ("isolated epoch", [*QUIET, W, *QUIET], [12]),
        ("isolated epoch", [*QUIET, W, W, *QUIET], []),
        ("isolated epoch", [N2, W, R], []),
        ("isolated epoch", [U, N2, U], []),
        ("isolated epoch", [N2, U, N2], []),
        ("implausible transition", [W, N3, N3], [0, 1]),
        ("implausible transition", [N3, R, N3], [0, 1, 2]),
        ("implausible transition", [N3, U, R], []),
        ("implausible transition", [N3, W, N2, R], []),
        ("sleep-onset neighbourhood", [W] * 10 + [N1] * 10, [7, 8, 9, 10, 11, 12, 13]),
        ("sleep-onset neighbourhood", [W] * 10, []),
        ("sleep-onset neighbourhood", [U, N1], [1]),
    ],
)
def test_reasons_of_the_stages_alone(reason, stages, epochs):
    assert epochs_with(reason, listed(stages)) == epochs
    assert epochs_with(reason, listed(stages, sure=None)) == epochs


@pytest.mark.parametrize(("sure", "doubtful"), [(0.89, True), (0.9, False)])
def test_low_confidence_is_below_nine_in_ten(sure, doubtful):
    items = listed([N2], sure)
    assert epochs_with("low confidence", items) == ([0] if doubtful else [])


def test_an_epoch_unlike_its_neighbours_is_named_without_low_confidence():
    rows = rows_for([*QUIET, N3, *QUIET], 0.99)
    rows[12] = [0.0, 0.0, 0.08, 0.92, 0.0]
    hypnogram = Hypnogram(np.array([*QUIET, N3, *QUIET], np.int8))
    items = review_list(hypnogram, rows, np.full(25, ""))
    assert items[0].epoch == 12
    assert items[0].reasons == ("isolated epoch", "unlike its neighbours")
    assert items[0].second == N2


def test_disagreement_of_two_backends_is_found_on_the_clock():
    hypnogram = Hypnogram(np.array(QUIET, np.int8), 30.0, 60.0)
    other = Hypnogram(np.array([*QUIET[:6], R, U, *QUIET[:6]], np.int8))
    items = review_list(hypnogram, rows_for(QUIET, 0.99), np.full(12, ""), other=other)
    assert epochs_with("two backends disagree", items) == [4]
    assert items[0].epoch == 4
    assert items[0].start_s == 180.0


def test_poor_signal_comes_last_in_order_of_time_and_has_no_stage():
    items = listed([U, N2, U, N1, U], [0, 0.4, 0, 0.85, 0], why=["flat", "", "", "", "clipped"])
    assert [item.epoch for item in items] == [1, 3, 0, 4]
    last = items[-1]
    assert (last.first, last.second, last.reasons) == (U, U, ("poor signal",))
    assert np.isnan([last.probability, last.second_probability]).all()


def test_the_second_choice_is_the_likeliest_other_stage_even_if_likelier_than_the_first():
    rows = np.array([[0.1, 0.2, 0.45, 0.05, 0.2]])
    (item,) = review_list(Hypnogram(np.array([1], np.int8)), rows, np.array([""]))
    assert (item.first, item.probability) == (N1, 0.2)
    assert (item.second, item.second_probability) == (N2, 0.45)


def test_less_sure_is_more_doubtful():
    # Stretches of one stage, so that the neighbours say the same of each.
    items = listed(QUIET, np.linspace(0.3, 0.85, 12))
    order = [item.epoch for item in items if item.epoch > 3]
    assert order == sorted(order)


def test_equal_doubt_is_in_order_of_time():
    items = listed([N2] * 400, 0.7)
    inner = [item.epoch for item in items if 150 < item.epoch < 250]
    assert inner == sorted(inner)


def test_a_sure_and_steady_night_has_nothing_to_review():
    assert listed([W] * 3 + QUIET)[-1].reasons == ("sleep-onset neighbourhood",)
    assert listed([W] * 20) == ()
    assert listed([], sure=None) == ()


@pytest.mark.parametrize(
    ("rows", "reasons"), [(np.zeros((2, 5)), 3), (np.zeros((3, 4)), 3), (np.zeros((3, 5)), 2)]
)
def test_probabilities_or_reasons_of_another_night_are_refused(rows, reasons):
    with pytest.raises(ValueError, match="3 epochs need probabilities of shape"):
        review_list(Hypnogram(np.zeros(3, np.int8)), rows, np.full(reasons, ""))


@given(
    st.lists(st.sampled_from([U, *PROBABILITY_STAGES]), max_size=40),
    st.integers(0, 2**32 - 1),
    st.booleans(),
)
def test_every_item_has_reasons_in_their_order_and_no_epoch_is_listed_twice(stages, seed, known):
    rng = np.random.default_rng(seed)
    rows = rng.dirichlet(np.ones(5), len(stages)) if known else None
    hypnogram = Hypnogram(np.array(stages, np.int8))
    why = np.where(rng.uniform(size=len(stages)) < 0.5, "flat", "")
    items = review_list(hypnogram, rows, why)
    assert len({item.epoch for item in items}) == len(items)
    for item in items:
        assert item.reasons
        places = [REASONS.index(reason) for reason in item.reasons]
        assert places == sorted(places)
        assert item.first == hypnogram.stages[item.epoch]
        assert item.start_s == item.epoch * 30.0
        assert item.second != item.first or item.first == U
    unstaged = [item.first == U for item in items]
    assert unstaged == sorted(unstaged)


@given(st.lists(st.integers(0, 4), min_size=1, max_size=4), st.integers(0, 999))
def test_the_sequence_probability_is_that_of_all_paths_summed_up(stages, seed):
    rows = np.random.default_rng(seed).dirichlet(np.ones(5), len(stages))
    odds = np.array([TRANSITIONS[stage] for stage in PROBABILITY_STAGES]) + review._FLOOR
    odds /= odds.sum(axis=1, keepdims=True)
    prior = np.full(5, 0.2)
    for _ in range(2000):
        prior = prior @ odds
    evidence = (np.maximum(rows, 1e-3) / prior**review._PRIOR_TEMPER) ** review._TEMPER
    weights = {
        path: prior[path[0]]
        * np.prod([odds[before, after] for before, after in pairwise(path)])
        * np.prod([evidence[epoch, stage] for epoch, stage in enumerate(path)])
        for path in product(range(5), repeat=len(stages))
    }
    total = sum(weights.values())
    expected = [
        sum(weight for path, weight in weights.items() if path[epoch] == stage) / total
        for epoch, stage in enumerate(stages)
    ]
    found = sequence_probability(rows, np.array(stages, np.int8))
    np.testing.assert_allclose(found, expected, rtol=1e-8)


def test_of_two_epochs_the_one_unlike_its_neighbours_goes_first():
    stages = [N2] * 10 + [N3] * 5 + [N2] * 5 + [R] + [N2] * 10
    sure = np.full(len(stages), 0.95)
    sure[17], sure[20] = 0.70, 0.75  # the lone R is the surer of the two
    rows = rows_for(stages, sure)
    hypnogram = Hypnogram(np.array(stages, np.int8))
    calm = sequence_probability(rows, hypnogram.stages)
    assert calm[20] < calm[17]
    items = review_list(hypnogram, rows, np.full(len(stages), ""))
    assert [item.epoch for item in items if item.epoch in (17, 20)] == [20, 17]


def test_neighbours_count_in_the_rank_without_any_rule():
    stages = [N2] * 20 + [W] * 2 + [N2] * 20
    sure = np.full(len(stages), 0.99)
    sure[5], sure[20], sure[21] = 0.70, 0.72, 0.72
    items = listed(stages, sure)
    # A change to wake that neither side confirms outweighs two points of probability.
    assert [item.epoch for item in items if item.epoch in (5, 20)] == [20, 5]
    assert "isolated epoch" not in items[0].reasons


def test_the_neighbours_speak_for_an_epoch_without_probability():
    rows = rows_for([N2] * 9, 0.99)
    rows[4] = np.nan
    assert sequence_probability(rows, np.full(9, N2, np.int8))[4] > 0.9
    assert sequence_probability(rows, np.full(9, N3, np.int8))[4] < 0.1
    assert np.isnan(sequence_probability(rows, np.full(9, U, np.int8))).all()


def test_the_odds_are_odds_and_leave_implausible_changes_out():
    for stage, odds in TRANSITIONS.items():
        assert sum(odds) == pytest.approx(1.0, abs=0.0015), stage
    for before, after in IMPLAUSIBLE:
        assert TRANSITIONS[before][after] == 0.0


def test_the_odds_are_those_of_experts(real_data):
    counts = np.zeros((5, 5))
    for path in real_data("hypnograms/boas").glob("*.tsv"):
        with path.open(encoding="utf-8") as file:
            scored = [int(row["stage_hum"]) for row in csv.DictReader(file, delimiter="\t")]
        for before, after in pairwise(scored):
            if before in range(5) and after in range(5):
                counts[before, after] += 1
    assert counts.sum() > 20_000
    for before, after in IMPLAUSIBLE:
        assert counts[before, after] == 0
    odds = counts / counts.sum(axis=1, keepdims=True)
    expected = np.array([TRANSITIONS[stage] for stage in PROBABILITY_STAGES])
    # 24 of the 128 nights: the same but for what nights differ in.
    np.testing.assert_allclose(odds, expected, atol=0.08)
