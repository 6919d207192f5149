"""How a number spreads over nights, what a difference is, and how many nights it needs."""

from __future__ import annotations

import statistics

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from psgscore.score.trend import (
    MIN_GROUP_FOR_INTERVAL,
    MIN_NIGHTS_FOR_SLOPE_INTERVAL,
    MOST_NIGHTS,
    group_difference,
    nights_per_condition,
    power_of,
    sd_interval,
    slope,
    spread,
)

VALUES = st.lists(st.none() | st.floats(-1e4, 1e4), max_size=12)


# spread -----------------------------------------------------------------------------------


def test_a_spread_worked_by_hand():
    found = spread([2.0, 4.0, None, 4.0, 10.0])
    # Squares of the distances from 5: 9 + 1 + 1 + 25 = 36, over 3.
    assert found.nights == 4
    assert (found.mean, found.median, found.low, found.high) == (5.0, 4.0, 2.0, 10.0)
    assert found.sd == pytest.approx(12**0.5)
    assert found.cv_percent == pytest.approx(100 * 12**0.5 / 5)
    # From 2 to 4 and from 4 to 10; none across the night without a number.
    assert found.step == 4.0


@pytest.mark.parametrize(
    ("values", "known"),
    [
        pytest.param([], (0, None, None, None, None), id="no night"),
        pytest.param([None, None], (0, None, None, None, None), id="no number"),
        pytest.param([3.0], (1, 3.0, None, None, None), id="one night has no SD"),
        pytest.param(
            [3.0, None, 5.0], (2, 4.0, 2**0.5, 100 * 2**0.5 / 4, None), id="no neighbours"
        ),
        pytest.param([0.0, 0.0], (2, 0.0, 0.0, None, 0.0), id="no variation of nothing"),
        pytest.param([-1.0, 1.0], (2, 0.0, 2**0.5, None, 2.0), id="mean 0"),
    ],
)
def test_what_cannot_be_known_of_a_spread_is_none(values, known):
    found = spread(values)
    shown = (found.nights, found.mean, found.sd, found.cv_percent, found.step)
    assert shown == pytest.approx(known)


@given(VALUES)
def test_a_spread_equals_that_of_the_standard_library(values):
    found, known = spread(values), [value for value in values if value is not None]
    assert found.nights == len(known)
    if known:
        assert found.mean == pytest.approx(statistics.fmean(known), abs=1e-9)
        assert found.median == pytest.approx(statistics.median(known), abs=1e-9)
        assert (found.low, found.high) == (min(known), max(known))
    if len(known) > 1:
        assert found.sd == pytest.approx(statistics.stdev(known), rel=1e-9, abs=1e-6)


@given(VALUES, st.floats(-100, 100))
def test_a_shift_moves_the_mean_and_nothing_that_measures_distance(values, shift):
    one, two = spread(values), spread([None if v is None else v + shift for v in values])
    assert two.sd == pytest.approx(one.sd, abs=1e-6)
    assert two.step == pytest.approx(one.step, abs=1e-6)


# how many nights --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("difference", "nights"),
    [
        # Cohen 1988, table 2.4.1 and the like: 80 % power, two-sided 0.05, n per group.
        pytest.param(0.2, 394, id="small"),
        pytest.param(0.5, 64, id="medium"),
        pytest.param(0.8, 26, id="large"),
        pytest.param(1.0, 17, id="one SD"),
        pytest.param(2.0, 6, id="two SD"),
        pytest.param(50.0, 2, id="two nights are the fewest that have an SD"),
        pytest.param(0.01, None, id="more than anybody records"),
    ],
)
def test_known_sample_sizes(difference, nights):
    assert nights_per_condition(difference, 1.0) == nights


@pytest.mark.parametrize(("nights", "difference"), [(3, 2.5), (6, 2.0), (17, 1.0)])
def test_the_power_is_that_of_simulated_t_tests(nights, difference):
    rng = np.random.default_rng(7)
    n_trials = 40_000
    one = rng.normal(0.0, 3.0, (n_trials, nights))
    two = rng.normal(3.0 * difference, 3.0, (n_trials, nights))
    pooled = (one.var(axis=1, ddof=1) + two.var(axis=1, ddof=1)) / 2
    t = (two.mean(axis=1) - one.mean(axis=1)) / np.sqrt(2 * pooled / nights)
    # Two-sided 5 % limits of t, from a printed table.
    limit = {4: 2.776, 10: 2.228, 32: 2.037}[2 * nights - 2]
    simulated = float(np.mean(np.abs(t) > limit))
    assert power_of(nights, 3.0 * difference, 3.0) == pytest.approx(simulated, abs=0.007)


@given(st.floats(0.001, 1000), st.integers(2, MOST_NIGHTS))
def test_the_power_is_known_for_any_difference(difference, nights):
    power = power_of(nights, difference, 1.0)
    assert 0.049 <= power <= 1.0 + 1e-12
    assert power_of(nights, difference * 1.1, 1.0) >= power - 1e-9


@given(st.floats(0.05, 20), st.floats(0.1, 50))
def test_the_fewest_nights_that_reach_the_power(difference, sd):
    found = nights_per_condition(difference, sd)
    if found is None:
        assert power_of(MOST_NIGHTS, difference, sd) < 0.8
    else:
        assert power_of(found, difference, sd) >= 0.8
        assert found == 2 or power_of(found - 1, difference, sd) < 0.8


def test_the_interval_of_an_sd_is_that_of_chi_square():
    # Chi-square with 9 degrees of freedom: 2.700 and 19.023 (printed tables).
    low, high = sd_interval(2.0, 10)
    assert low == pytest.approx(2.0 * (9 / 19.023) ** 0.5, rel=1e-4)
    assert high == pytest.approx(2.0 * (9 / 2.700) ** 0.5, rel=1e-3)


# differences ------------------------------------------------------------------------------


def test_a_difference_is_second_less_first():
    found = group_difference([1.0, 2.0, 3.0], [10.0, 14.0])
    assert found.value == 10.0
    assert (found.low, found.high) == (None, None)


@pytest.mark.parametrize("fewer", [0, 1])
def test_an_interval_takes_enough_nights_in_each_group(fewer):
    many = [1.0, 2.0, 4.0, 8.0, 16.0]
    few = many[: MIN_GROUP_FOR_INTERVAL - fewer]
    for pair in ((few, many), (many, few)):
        assert (group_difference(*pair).low is None) == bool(fewer)


def test_the_interval_holds_nothing_in_about_95_of_100_simulated_comparisons():
    rng = np.random.default_rng(3)
    found = [group_difference(rng.normal(20, 6, 6), rng.normal(20, 6, 6)) for _ in range(200)]
    held = np.mean([one.low <= 0 <= one.high for one in found])
    assert 0.91 <= held <= 0.985


@given(st.lists(st.floats(0, 100), min_size=4, max_size=8), st.floats(-50, 50))
def test_an_interval_lies_around_its_difference_and_comes_again(values, shift):
    second = [value + shift for value in values]
    found = group_difference(values, second)
    assert found == group_difference(values, second)
    assert found.value == pytest.approx(shift, abs=1e-9)
    assert found.low - 1e-9 <= found.value <= found.high + 1e-9


def test_a_slope_worked_by_hand():
    # Means 2 and 5; sum of products -1*-2 + 0*1 + 1*1 = 3 over 2.
    found = slope([1.0, 2.0, 3.0], [3.0, 6.0, 6.0])
    assert found.value == pytest.approx(1.5)
    assert found.low is None


def test_there_is_no_slope_along_what_does_not_change():
    assert slope([2.0, 2.0, 2.0], [1.0, 2.0, 3.0]) is None
    assert slope([1.0], [1.0]) is None


@given(
    st.lists(st.integers(0, 5), min_size=MIN_NIGHTS_FOR_SLOPE_INTERVAL, max_size=12, unique=False),
    st.floats(-5, 5),
)
def test_a_straight_line_has_its_slope_whatever_nights_are_drawn(beside, per_unit):
    x = [float(one) for one in beside]
    found = slope(x, [7.0 + per_unit * one for one in x])
    if len(set(x)) == 1:
        assert found is None
    else:
        assert (found.value, found.low, found.high) == pytest.approx([per_unit] * 3, abs=1e-6)
