"""One-to-one pairs: as many as can be, then the best of them, by brute force and by hand."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from psgscore.agree.matching import best_pairs, match_by_onset, match_by_overlap
from psgscore.intervals import match_one_to_one


def iou(one, other) -> float:
    shared = min(one[1], other[1]) - max(one[0], other[0])
    union = (one[1] - one[0]) + (other[1] - other[0]) - shared
    return shared / union if shared > 0 else 0.0


def brute_force(n: int, m: int, worth: dict[tuple[int, int], float]) -> tuple[int, float]:
    """Return the most pairs there can be, and the most they can be worth, trying every way."""
    best = (0, 0.0)
    columns = list(range(m)) + [None] * n
    for chosen in set(itertools.permutations(columns, n)):
        pairs = [pair for pair in enumerate(chosen) if pair in worth]
        best = max(best, (len(pairs), round(sum(worth[pair] for pair in pairs), 9)))
    return best


GRID = st.integers(0, 12)
SPANS = st.lists(
    st.tuples(GRID, st.integers(1, 6)).map(lambda one: (one[0] / 2, (one[0] + one[1]) / 2)),
    max_size=4,
).map(sorted)


@given(first=SPANS, second=SPANS, least=st.sampled_from([0.1, 0.2, 0.5, 1.0]))
def test_pairs_by_overlap_are_the_best_there_are(first, second, least):
    worth = {
        (row, column): iou(one, other)
        for row, one in enumerate(first)
        for column, other in enumerate(second)
        if iou(one, other) >= least - 1e-12
    }
    pairs = [tuple(pair) for pair in match_by_overlap(first, second, least).tolist()]
    assert set(pairs) <= set(worth)
    assert len({a for a, _ in pairs}) == len({b for _, b in pairs}) == len(pairs)
    found = (len(pairs), round(sum(worth[pair] for pair in pairs), 9))
    assert found == brute_force(len(first), len(second), worth)


@given(
    first=st.lists(GRID, max_size=4).map(sorted),
    second=st.lists(GRID, max_size=4).map(sorted),
    tolerance_s=st.sampled_from([0.5, 1.0, 3.0]),
)
def test_pairs_by_onset_are_the_best_there_are(first, second, tolerance_s):
    worth = {
        (row, column): 1 - abs(one - other) / tolerance_s
        for row, one in enumerate(first)
        for column, other in enumerate(second)
        if abs(one - other) <= tolerance_s
    }
    pairs = [tuple(pair) for pair in match_by_onset(first, second, tolerance_s).tolist()]
    assert set(pairs) <= set(worth)
    found = (len(pairs), round(sum(worth[pair] for pair in pairs), 9))
    assert found == brute_force(len(first), len(second), worth)


@given(first=SPANS, second=SPANS)
def test_never_fewer_pairs_than_the_greedy_way(first, second):
    assert len(match_by_overlap(first, second)) >= len(match_one_to_one(first, second))


def test_the_greedy_way_may_lose_a_pair():
    first, second = [(0.0, 10.0), (4.0, 14.0)], [(3.0, 13.0), (6.0, 16.0)]
    # Best first takes 4-14 with 3-13; 0-10 and 6-16 are left, and overlap by a quarter.
    assert len(match_one_to_one(first, second, 0.3)) == 1
    assert match_by_overlap(first, second, 0.3).tolist() == [[0, 0], [1, 1]]


@pytest.mark.parametrize(
    ("second", "least", "paired"),
    [
        pytest.param((0.0, 5.0), 0.2, True, id="exactly one fifth"),
        pytest.param((0.0, 5.001), 0.2, False, id="a hair under one fifth"),
        pytest.param((0.0, 1.0), 1.0, True, id="the same"),
        pytest.param((1.0, 2.0), 0.2, False, id="touching is no overlap"),
        pytest.param((0.5, 0.5), 0.2, False, id="no length, no overlap"),
    ],
)
def test_the_border_of_overlap(second, least, paired):
    assert bool(len(match_by_overlap([(0.0, 1.0)], [second], least))) is paired


@pytest.mark.parametrize(
    ("onset_s", "paired"),
    [(0.5, True), (-0.5, True), (0.500001, False), (-0.500001, False), (0.5000004, True)],
)
def test_the_border_of_onsets(onset_s, paired):
    assert bool(len(match_by_onset([100.0], [100.0 + onset_s]))) is paired


def test_closer_onsets_are_taken_where_the_count_is_the_same():
    assert match_by_onset([10.0], [9.6, 10.1, 10.4]).tolist() == [[0, 1]]


def test_nothing_gives_no_pairs():
    assert match_by_overlap([], [(0, 1)]).shape == (0, 2)
    assert match_by_onset([1.0], []).shape == (0, 2)
    assert best_pairs(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0)).shape == (0, 2)


@pytest.mark.parametrize("least", [0.0, -1.0, 1.1])
def test_an_overlap_out_of_range(least):
    with pytest.raises(ValueError, match="above 0 and at most 1"):
        match_by_overlap([(0, 1)], [(0, 1)], least)


def test_a_tolerance_out_of_range():
    with pytest.raises(ValueError, match="above 0 s"):
        match_by_onset([0.0], [0.0], 0.0)


def test_thousands_of_events_whose_pairs_compete():
    rng = np.random.default_rng(5)
    first = np.sort(rng.uniform(0, 30000, 3000))
    second = np.sort(first + rng.normal(0, 2, 3000))
    one, other = (np.column_stack([start, start + 6]) for start in (first, second))
    pairs = match_by_overlap(one, other)
    assert len(pairs) > 2900
    assert len(np.unique(pairs[:, 0])) == len(np.unique(pairs[:, 1])) == len(pairs)
