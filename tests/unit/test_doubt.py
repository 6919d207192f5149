"""Doubtful epochs move the numbers between their first and second choices, nothing else does."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import psgscore
from psgscore.model.hypnogram import SLEEP, Hypnogram, Stage
from psgscore.score.doubt import index_ranges, second_choices, stagings

W, N1, N2, N3, R, U = Stage.W, Stage.N1, Stage.N2, Stage.N3, Stage.R, Stage.UNSCORED


def doubted(*epochs: tuple[Stage, float, Stage]) -> tuple[Hypnogram, np.ndarray]:
    """Return a hypnogram, and for each epoch its probability with the rest on the second."""
    rows = np.zeros((len(epochs), 5))
    for row, (first, sure, second) in zip(rows, epochs, strict=True):
        if first == U:
            row[:] = np.nan
            continue
        row[second] += 1 - sure
        row[first] += sure
    return Hypnogram(np.array([first for first, _, _ in epochs], np.int8)), rows


def scored(hypnogram, events=None):
    events = psgscore.Events.empty() if events is None else events
    context = psgscore.Context(duration_s=hypnogram.stop_s)
    return psgscore.score_events(events, hypnogram, context=context)


def ranges(hypnogram, rows, again=scored):
    """Return (low, value, high) by name."""
    found = index_ranges(scored(hypnogram), again, rows)
    return {one.name: (one.low, one.value, one.high) for one in found}


def test_sleep_to_wake_and_wake_to_sleep_do_not_cancel():
    night = doubted((W, 0.5, N1), (N1, 0.5, W), (N2, 0.9, N3), (N2, 0.5, N3))
    assert ranges(*night)["tst_min"] == (1.0, 1.5, 2.0)


def test_a_number_that_is_unknown_under_some_stagings_keeps_the_others():
    assert ranges(*doubted((N2, 0.5, W), (W, 0.9, N1)))["sol_min"] == (0.0, 0.0, 0.0)
    assert ranges(*doubted((W, 0.9, N1)))["sol_min"] == (None, None, None)


def test_without_doubt_the_night_is_scored_once():
    calls = []

    def counted(hypnogram):
        calls.append(hypnogram)
        return scored(hypnogram)

    found = ranges(*doubted((W, 0.9, N1), (U, 0, U), (N2, 0.6, N3)), counted)
    assert found["tst_min"] == (0.5, 0.5, 0.5)
    assert not calls


def test_a_persons_epochs_and_unscored_ones_are_never_moved():
    hypnogram, rows = doubted((W, 0.5, N1), (U, 0, U), (N2, 0.5, W))
    rows[0] = np.nan
    doubtful, second = second_choices(hypnogram, rows, 0.6)
    assert doubtful.tolist() == [False, False, True]
    assert second.tolist() == [U, U, W]


@pytest.mark.parametrize(("sure", "doubtful"), [(0.59, True), (0.6, False)])
def test_doubtful_is_below_the_limit(sure, doubtful):
    assert second_choices(*doubted((W, sure, N1)), 0.6)[0].tolist() == [doubtful]


def test_probabilities_of_another_night_are_refused():
    with pytest.raises(ValueError, match=r"2 epochs need shape \(2, 5\), not \(1, 5\)"):
        ranges(Hypnogram(np.zeros(2, np.int8)), np.zeros((1, 5)))


@given(st.integers(0, 2**32 - 1))
def test_ranges_hold_their_value(seed):
    rows = np.random.default_rng(seed).dirichlet(np.ones(5), 12)
    found = ranges(Hypnogram(rows.argmax(axis=1).astype(np.int8)), rows)
    low, value, high = found["tst_min"]
    assert low <= value <= high


@given(st.integers(0, 2**32 - 1))
def test_every_staging_gives_each_epoch_its_first_or_second_choice(seed):
    rng = np.random.default_rng(seed)
    rows = rng.dirichlet(np.ones(5), 12)
    hypnogram = Hypnogram(rows.argmax(axis=1).astype(np.int8), probabilities=rows)
    doubtful, second = second_choices(hypnogram, rows, 0.6)
    tried = stagings(hypnogram, rows, 0.6)
    assert tried[0].stages.tolist() == hypnogram.stages.tolist()
    for each in tried:
        moved = each.stages != hypnogram.stages
        assert not (moved & ~doubtful).any()
        assert (each.stages[moved] == second[moved]).all()


def test_the_indices_of_a_night_have_a_range():
    night = psgscore.simulate_night(1, hours=1)
    stages = night.hypnogram.stages
    rows = np.full((stages.size, 5), 0.02)
    rows[np.arange(stages.size), stages] = 0.92
    asleep = np.flatnonzero(np.isin(stages, SLEEP))[::5]
    rows[asleep] = 0.0
    rows[asleep, stages[asleep]], rows[asleep, W] = 0.55, 0.45

    def again(hypnogram):
        return scored(hypnogram, night.events)

    found = {
        (one.name, one.rules, one.scope): one
        for one in index_ranges(again(night.hypnogram), again, rows)
    }
    tst = found["tst_min", "", "total"]
    assert tst.value - tst.low == pytest.approx(asleep.size / 2)
    assert tst.high == tst.value
    plm = found["plm", "wasm-2016", "sleep"]
    assert plm.low < plm.high
