"""The finer edge of a burst, also at the ends of the signal."""

from __future__ import annotations

import numpy as np
import pytest

from psgscore.dsp.edges import refine_edge, refine_edges

RATE, REACH = 256, 26


def burst(first, last, n=1000, seed=1):
    samples = np.random.default_rng(seed).normal(0.0, 1.0, n)
    samples[first:last] *= 20.0
    return samples.astype(np.float32)


@pytest.mark.parametrize("off", [-20, -7, 0, 9, 20])
def test_an_edge_within_reach_is_found(off):
    samples = burst(400, 700)
    assert refine_edge(samples, 400 + off, REACH, 1.0, rising=True) == pytest.approx(400, abs=2)
    assert refine_edge(samples, 700 + off, REACH, 1.0, rising=False) == pytest.approx(700, abs=2)


@pytest.mark.parametrize(("first", "last"), [(0, 300), (3, 300), (600, 1000), (600, 998)])
def test_edges_never_leave_the_signal(first, last):
    samples = burst(first, last)
    onset, offset = (
        refine_edges(samples, np.array([place]), REACH, np.array([1.0]), rising=rising)[0]
        for place, rising in ((first, True), (last, False))
    )
    assert (onset, offset) == (pytest.approx(first, abs=4), pytest.approx(last, abs=4))
    assert 0 <= onset < offset <= samples.size


def test_edges_together_are_the_edges_one_by_one():
    samples = burst(400, 700)
    places, rest = np.array([0, 390, 405, 690, 1000]), np.array([1.0, 0.5, 2.0, 1.0, 1.0])
    together = refine_edges(samples, places, REACH, rest, rising=True)
    alone = [
        refine_edge(samples, int(place), REACH, float(level), rising=True)
        for place, level in zip(places, rest, strict=True)
    ]
    assert together.tolist() == alone


def test_nothing_to_refine_is_left_as_it_is():
    none = np.zeros(0, np.int64)
    assert refine_edges(burst(1, 2), none, REACH, none.astype(float), rising=True).size == 0
    assert refine_edge(np.zeros(0, np.float32), 0, REACH, 1.0, rising=True) == 0
