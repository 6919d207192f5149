"""Indices over a cohort: published tables, hand-made numbers, and what cannot be known."""

from __future__ import annotations

import math

import numpy as np
import pytest

from psgscore.agree.indices import bland_altman, icc_2_1
from psgscore.agree.resample import bootstrap_mean

# Shrout & Fleiss 1979, table 2: four judges rate six targets.
SHROUT_FLEISS = [
    [9, 2, 5, 8],
    [6, 1, 3, 2],
    [8, 4, 6, 8],
    [7, 1, 2, 6],
    [10, 5, 6, 9],
    [6, 2, 4, 7],
]


def test_the_published_example_of_the_intraclass_correlation():
    found = icc_2_1(SHROUT_FLEISS)
    # Mean squares 11.24, 32.49 and 1.02: (11.24 - 1.02) / (11.24 + 3 * 1.02 + 4 * 31.47 / 6).
    assert found.value == pytest.approx(0.29, abs=0.005)
    assert (found.low, found.high) == (
        pytest.approx(0.019, abs=5e-4),
        pytest.approx(0.761, abs=5e-4),
    )


def test_a_constant_shift_is_no_absolute_agreement():
    values = np.arange(5.0)
    same = icc_2_1(np.column_stack([values, values]))
    assert (same.value, same.low, same.high) == (1.0, None, None)
    # Recordings 5, scorers 2.5 * n with the shift, residual 0.
    shifted = icc_2_1(np.column_stack([values, values + 2]))
    assert shifted.value == pytest.approx(5 / (5 + 2 * 10 / 5))


@pytest.mark.parametrize(
    "ratings",
    [
        pytest.param(np.zeros((0, 2)), id="nobody"),
        pytest.param([[1.0, 2.0]], id="one recording"),
        pytest.param([[1.0], [2.0]], id="one scorer"),
        pytest.param([[3.3, 3.3], [3.3, 3.3], [3.3, 3.3]], id="nothing varies"),
        pytest.param([[1.0, math.nan], [2.0, 2.0]], id="one recording known to both"),
    ],
)
def test_a_correlation_that_cannot_be_known(ratings):
    assert icc_2_1(ratings).value is None


def test_bland_altman_by_hand():
    found = bland_altman([10, 20, 30, 40, math.nan], [11, 22, 33, 44, 5])
    assert found.n == 4
    # Differences 1, 2, 3, 4: mean 2.5, standard deviation sqrt(5 / 3); t of 3 is 3.182446.
    sd = math.sqrt(5 / 3)
    assert found.sd == pytest.approx(sd)
    assert found.bias.value == 2.5
    assert found.bias.high == pytest.approx(2.5 + 3.182446 * sd / 2, abs=1e-5)
    assert found.upper.value == pytest.approx(2.5 + 1.959964 * sd, abs=1e-5)
    assert found.lower.value == pytest.approx(2.5 - 1.959964 * sd, abs=1e-5)
    half = 3.182446 * sd * math.sqrt(1 / 4 + 1.959964**2 / 6)
    assert found.upper.high == pytest.approx(found.upper.value + half, abs=1e-5)
    assert found.lower.low == pytest.approx(found.lower.value - half, abs=1e-5)


def test_bland_altman_of_one_and_of_none():
    one = bland_altman([1.0], [3.0])
    assert (one.n, one.bias.value, one.bias.low, one.sd, one.upper.value) == (
        1,
        2,
        None,
        None,
        None,
    )
    assert bland_altman([math.nan], [3.0]).bias.value is None


def test_values_of_different_recordings_are_refused():
    with pytest.raises(ValueError, match="differ in shape"):
        bland_altman([1.0], [1.0, 2.0])


def test_the_bootstrap_is_the_same_each_time_and_holds_the_mean():
    values = np.random.default_rng(3).normal(0.7, 0.1, 40)
    first, again = bootstrap_mean(values), bootstrap_mean(values)
    assert first == again
    assert first != bootstrap_mean(values, seed=2)
    assert first.low < first.value < first.high
    # For a mean the interval is close to that of the normal distribution.
    assert first.high - first.low == pytest.approx(2 * 1.96 * values.std() / math.sqrt(40), rel=0.1)


def test_the_bootstrap_of_one_and_of_none():
    assert bootstrap_mean([0.5]).low is None
    assert bootstrap_mean([0.5]).value == 0.5
    assert bootstrap_mean([math.nan]).value is None
    assert bootstrap_mean([0.5, 0.5]).low == 0.5
