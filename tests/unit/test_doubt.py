"""Doubtful epochs move the numbers between their first and second choices, nothing else does."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import psgscore
from psgscore.model.hypnogram import SLEEP, Hypnogram, Stage
from psgscore.score.doubt import Range, index_range, second_choices, stage_numbers, stagings

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


def minutes(hypnogram):
    sleep = float(np.isin(hypnogram.stages, SLEEP).sum()) / 2
    deep = float((hypnogram.stages == N3).sum()) / 2
    return {"tst_min": sleep, "n3_min": deep, "per_tst": 1 / sleep if sleep else None}


def test_sleep_to_wake_and_wake_to_sleep_do_not_cancel():
    night = doubted((W, 0.5, N1), (N1, 0.5, W), (N2, 0.9, N3), (N2, 0.5, N3))
    found = index_range(minutes, *night)
    assert found["tst_min"] == Range(low=1.0, value=1.5, high=2.0)
    assert found["n3_min"] == Range(low=0.0, value=0.0, high=0.5)


def test_a_number_that_is_unknown_under_some_stagings_says_so():
    found = index_range(minutes, *doubted((N2, 0.5, W), (W, 0.9, N1)))
    assert found["per_tst"] == Range(low=2.0, value=2.0, high=2.0, always_known=False)
    assert index_range(minutes, *doubted((W, 0.9, N1)))["per_tst"] == Range(
        low=None, value=None, high=None, always_known=False
    )


def test_without_doubt_the_night_is_scored_once():
    calls = []

    def counted(hypnogram):
        calls.append(hypnogram)
        return minutes(hypnogram)

    found = index_range(counted, *doubted((W, 0.9, N1), (U, 0, U), (N2, 0.6, N3)))
    assert found["tst_min"] == Range(low=0.5, value=0.5, high=0.5)
    assert len(calls) == 1


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
        index_range(minutes, Hypnogram(np.zeros(2, np.int8)), np.zeros((1, 5)))


@given(st.integers(0, 2**32 - 1), st.floats(0, 1), st.floats(0, 1))
def test_ranges_hold_their_value_and_grow_with_the_limit(seed, below, more):
    rng = np.random.default_rng(seed)
    rows = rng.dirichlet(np.ones(5), 12)
    hypnogram = Hypnogram(rows.argmax(axis=1).astype(np.int8))
    narrow = index_range(minutes, hypnogram, rows, below=min(below, more))
    wide = index_range(minutes, hypnogram, rows, below=max(below, more))
    for name in ("tst_min", "n3_min"):
        assert wide[name].low <= narrow[name].low <= narrow[name].value
        assert narrow[name].value <= narrow[name].high <= wide[name].high


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
    context = psgscore.Context(duration_s=night.duration_s)

    def numbers(hypnogram):
        return stage_numbers(psgscore.score_events(night.events, hypnogram, context=context))

    found = index_range(numbers, night.hypnogram, rows)
    tst = found["tst_min"]
    assert tst.value - tst.low == pytest.approx(asleep.size / 2)
    assert tst.high == tst.value
    assert found["plm wasm-2016 sleep"].low < found["plm wasm-2016 sleep"].high
    assert found["lm wasm-2016 total"].low == found["lm wasm-2016 total"].high
